// Starts the search page or the page of drafts: as modules, or, where a page is opened from a folder and modules may not load, as one
// plain script that is written from the same modules.
"use strict";
(() => {
  const { src: here, dataset } = document.currentScript;
  const script = document.createElement("script");
  const folder = location.protocol === "file:";
  if (!folder) {
    script.type = "module";
    for (const name of dataset.modules.split(" ")) { // ahead, as a module tells of the next only when it is there
      const link = document.createElement("link");
      link.rel = "modulepreload";
      link.href = new URL(name, here).href;
      document.head.append(link);
    }
  }
  script.src = new URL(folder ? dataset.classic || "classic.js" : `${dataset.main || "page"}.mjs`, here).href;
  document.head.append(script);
})();
