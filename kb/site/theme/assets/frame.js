// What the theme's bundle expects to find before it runs. A file of our own, so that the content policy may
// forbid every inline script. The scope keeps choices (light or dark) apart between sites of one host.
"use strict";
(function () {
  var base = document.currentScript.dataset.base || ".";
  var scope = new URL(base.endsWith("/") ? base : base + "/", location.href);
  window.__md_scope = scope;
  window.__md_hash = function (text) {
    var sum = 0;
    for (var sign of text) { sum = (sum << 5) - sum + sign.charCodeAt(0); }
    return sum;
  };
  window.__md_get = function (key, storage, where) {
    try { return JSON.parse((storage || localStorage).getItem((where || scope).pathname + "." + key)); }
    catch (error) { return null; } // storage may be forbidden or hold what another program wrote
  };
  window.__md_set = function (key, value, storage, where) {
    try { (storage || localStorage).setItem((where || scope).pathname + "." + key, JSON.stringify(value)); }
    catch (error) { console.warn("the choice was not kept:", error.message); }
  };
})();
