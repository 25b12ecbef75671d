// Applies the reader's choice of light or dark before the page is painted; the first visit follows the system.
"use strict";
(function () {
  var choice = window.__md_get("__palette");
  var color = choice && choice.color;
  if (!color) { return; }
  for (var name of ["media", "scheme", "primary", "accent"]) {
    if (color[name]) { document.body.setAttribute("data-md-color-" + name, color[name]); }
  }
})();
