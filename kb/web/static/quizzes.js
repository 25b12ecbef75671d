/* A second click of an impatient thumb sends nothing: not the same form again, and not the next page, where it would
   pass over a question unseen. Without this script the service itself finds everything done. */
(function () {
  "use strict";
  const UNSEEN_MS = 400;
  const shown = performance.now();
  let touched = false;
  document.addEventListener("input", () => {
    touched = true;
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    const unseen = !touched && performance.now() - shown < UNSEEN_MS && form.querySelector(".quiz-go");
    if (form.dataset.sent || unseen) event.preventDefault();
    else form.dataset.sent = "1";
  });
  addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-sent]").forEach((form) => delete form.dataset.sent);
  });
})();
