// Search as one types: fetches the same list that the form brings, so the page works alike without this script.
// One request at a time, the older is dropped; the address follows, so that back, reload and sharing work.
"use strict";
(() => {
  const WAIT_MS = 140;
  const SLOW_MS = 12000;
  const SETTLED_MS = 3000;
  const form = document.getElementById("search-form");
  const field = document.getElementById("search-query");
  const results = document.getElementById("search-results");
  const lost = document.getElementById("search-lost");
  const failed = document.getElementById("search-failed");
  if (!form || !field || !results || !window.fetch || !window.AbortController) return;

  let timer = 0;
  let running = null;
  let wanted = location.search;
  let composing = false;
  let settling = 0;

  const addressOfForm = () => {
    const values = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (value !== "" || name === "q") values.append(name, value);
    return "?" + values.toString();
  };

  // The hidden fields hold the chosen facets; they follow the address.
  const followAddress = (search) => {
    const values = new URLSearchParams(search);
    for (const old of form.querySelectorAll("input[type=hidden]")) old.remove();
    for (const [name, value] of values) {
      if (["q", "page", "part", "voted"].includes(name)) continue;
      const hidden = document.createElement("input");
      hidden.type = "hidden";
      hidden.name = name;
      hidden.value = value;
      form.append(hidden);
    }
    return values.get("q") || "";
  };

  // A query left standing without an answer was meant: only then the service is told, which counts it.
  const settle = (search) => {
    clearTimeout(settling);
    if (!results.querySelector("[data-unanswered]")) return;
    settling = setTimeout(() => {
      if (search !== wanted) return;
      const values = new URLSearchParams(search);
      values.set("part", "results");
      values.set("asked", "1");
      fetch("/search?" + values.toString(), { credentials: "same-origin" }).catch(() => {});
    }, SETTLED_MS);
  };

  const show = async (search) => {
    clearTimeout(settling);
    wanted = search;
    if (running) running.abort();
    const mine = new AbortController();
    running = mine;
    const slow = setTimeout(() => mine.abort("slow"), SLOW_MS);
    results.setAttribute("aria-busy", "true");
    try {
      const values = new URLSearchParams(search);
      values.set("part", "results");
      const answer = await fetch("/search?" + values.toString(), {
        signal: mine.signal,
        headers: { Accept: "text/html" },
        credentials: "same-origin",
      });
      if (answer.redirected) {
        location.assign("/search" + search);
        return;
      }
      if (!answer.ok) throw new RangeError("status " + answer.status);
      const html = await answer.text();
      if (running !== mine) return;
      results.innerHTML = html;
      settle(search);
      lost.hidden = true;
      failed.hidden = true;
      const query = values.get("q") || "";
      document.title = document.title.replace(/^.*(?= · )/, query || field.placeholder);
    } catch (error) {
      if (running !== mine) return;
      const answered = error instanceof RangeError;
      failed.hidden = !answered;
      lost.hidden = answered;
    } finally {
      clearTimeout(slow);
      if (running === mine) {
        running = null;
        results.setAttribute("aria-busy", "false");
      }
    }
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(() => {
      const search = addressOfForm();
      if (search === wanted) return;
      history.replaceState(null, "", search);
      show(search);
    }, WAIT_MS);
  };

  field.addEventListener("compositionstart", () => { composing = true; });
  field.addEventListener("compositionend", () => { composing = false; soon(); });
  field.addEventListener("input", () => { if (!composing) soon(); });

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    const search = addressOfForm();
    if (search !== location.search) history.pushState(null, "", search);
    show(search);
    field.blur();
  });

  results.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-search]");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
    event.preventDefault();
    clearTimeout(timer);
    const search = new URL(link.href).search;
    history.pushState(null, "", search);
    field.value = followAddress(search);
    show(search);
    if (link.dataset.search === "top") window.scrollTo(0, 0);
  });

  window.addEventListener("popstate", () => {
    clearTimeout(timer);
    field.value = followAddress(location.search);
    show(location.search);
  });
  window.addEventListener("offline", () => { lost.hidden = false; });
  window.addEventListener("online", () => { show(wanted); });
})();
