// On every page of the site: leads to the site's own search where the service's does not answer, which is so
// without a network, in a folder, and on a host that only has the files.
"use strict";
(() => {
  const own = new URL("../../search.html", document.currentScript.src).href;
  const form = document.querySelector(".sb-search");
  if (!form) return;
  const theirs = form.action;
  let asked = false;
  const lead = (address) => { form.action = address; };
  const link = document.createElement("a");
  link.href = own;
  link.className = "sb-own-search";
  link.textContent = "离线检索";
  form.append(link);
  if (location.protocol === "file:") {
    lead(own);
    return;
  }
  form.addEventListener("focusin", async () => {
    if (asked) return;
    asked = true;
    try {
      const answer = await fetch(theirs + "?part=results", { credentials: "same-origin" });
      if (!answer.ok) lead(own);
    } catch {
      lead(own); // no network, or a host without the service
    }
  });
  window.addEventListener("online", () => { asked = false; lead(theirs); });
  form.addEventListener("submit", () => { if (!navigator.onLine) lead(own); });
})();
