// At the foot of each library page: the page as a file to hand out. The links show only where the service answers.
"use strict";
(() => {
  const foot = document.querySelector(".sb-revision[data-page]");
  if (!foot || location.protocol === "file:") return;
  const root = new URL("../../", document.currentScript.src);
  const links = document.createElement("p");
  links.className = "sb-revision sb-files";
  links.append("下载本页：");
  for (const [format, name] of [["pdf", "PDF"], ["pdf&paper=phone", "PDF（手机）"], ["docx", "Word"], ["md", "Markdown"]]) {
    const link = document.createElement("a");
    link.href = new URL(`pages/${encodeURIComponent(foot.dataset.page)}/file?format=${format}`, root).href;
    link.textContent = name;
    links.append(link, " ");
  }
  fetch(new URL("static/icon.svg", root), { method: "HEAD", credentials: "same-origin" })
    .then((answer) => { if (answer.ok) foot.before(links); })
    .catch(() => {}); // no network, or a host without the service: nothing to download from
})();
