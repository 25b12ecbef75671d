/* Reports to a learning platform by SCORM 1.2: score, status, time, and where one stopped. Without a platform it says so. */
(function () {
  "use strict";
  const quiz = window.quiz;
  const slides = window.slides;
  const began = Date.now();
  const LONGEST = 4096; /* of cmi.suspend_data, in the data model of SCORM 1.2 */
  const FARTHEST = 10;
  const letters = "abcdefghijklmnopqrstuvwxyz0123456789";
  let ended = false;
  let told = false;

  function apiAbove(start) {
    let place = start;
    for (let step = 0; place && step < FARTHEST; step += 1) {
      try {
        if (place.API) return place.API;
      } catch (error) {
        return null; /* a page of another origin is no platform of ours */
      }
      if (place.parent === place) return null;
      place = place.parent;
    }
    return null;
  }

  const api = apiAbove(window) || (window.opener ? apiAbove(window.opener) : null);
  if (location.hash.startsWith("#present-")) return;
  if (!api || api.LMSInitialize("") === "false") {
    const notice = document.createElement("p");
    notice.className = "unrecorded";
    notice.textContent = quiz.data.words.unrecorded;
    document.querySelector(".quiz .inner").prepend(notice);
    return;
  }

  const set = (name, value) => api.LMSSetValue(name, String(value));

  function packed() {
    const state = quiz.state();
    const answers = state.answers.map((given, at) => {
      const question = quiz.data.questions[at];
      if (!given.length) return 0;
      if (question.kind === "short" || question.kind === "numeric") return given[0].slice(0, 80);
      if (question.kind === "match") return given.map((text) => question.pairs.indexOf(text));
      return given.map((text) => question.options.findIndex((option) => option.text === text));
    });
    const value = { r: quiz.data.revision, s: slides.at(), q: state.at, d: state.done ? 1 : 0, a: answers };
    let text = JSON.stringify(value);
    for (let at = answers.length - 1; text.length > LONGEST && at >= 0; at -= 1) {
      answers[at] = 0;
      text = JSON.stringify(value);
    }
    return text;
  }

  function unpacked(text) {
    let value;
    try {
      value = JSON.parse(text);
    } catch (error) {
      return; /* nothing was kept, or by another package */
    }
    if (!value || !Array.isArray(value.a)) return;
    slides.show(Number(value.s) || 0);
    if (value.r !== quiz.data.revision || value.a.length !== quiz.data.questions.length) return; /* other questions */
    const answers = value.a.map((given, at) => {
      const question = quiz.data.questions[at];
      if (!given) return [];
      if (typeof given === "string") return [given];
      if (question.kind === "match") return given.map((place) => question.pairs[place] || "");
      return given.map((place) => (question.options[place] || {}).text).filter((one) => one);
    });
    quiz.restore({ at: Math.min(Number(value.q) || 0, answers.length - 1), answers: answers, done: value.d === 1 });
    told = value.d === 1;
  }

  function responded(question, given) {
    if (question.kind === "match") return ["matching", given.map((text, at) => (text ? at + 1 + "." + letters[question.pairs.indexOf(text)] : "")).filter((one) => one).join(",")];
    if (question.kind === "numeric") return ["numeric", given[0] || ""];
    if (question.kind === "short") return ["fill-in", (given[0] || "").slice(0, 255)];
    if (question.kind === "true_false") return ["true-false", given.length ? (question.options[0].text === given[0] ? "t" : "f") : ""];
    return ["choice", given.map((text) => letters[question.options.findIndex((option) => option.text === text)]).join(",")];
  }

  function report() {
    const state = quiz.state();
    const first = Number(api.LMSGetValue("cmi.interactions._count")) || 0;
    quiz.data.questions.forEach((question, at) => {
      const given = state.answers[at];
      const [kind, text] = responded(question, given);
      const name = "cmi.interactions." + (first + at) + ".";
      set(name + "id", question.id.replace(/[^A-Za-z0-9-]/g, "-").slice(0, 255));
      set(name + "type", kind);
      if (text) set(name + "student_response", text);
      set(name + "result", quiz.share(question, given) === 1 ? "correct" : "wrong");
    });
    set("cmi.core.score.min", 0);
    set("cmi.core.score.max", 100);
    set("cmi.core.score.raw", Math.round(quiz.score() * 10000) / 100);
    set("cmi.core.lesson_status", quiz.passed() ? "passed" : "failed");
  }

  function keep() {
    if (ended) return;
    const done = quiz.state().done;
    if (done && !told) report();
    if (!done && told) set("cmi.core.lesson_status", "incomplete"); /* taken once more after a failure */
    told = done;
    if (!quiz.data.questions.length && slides.at() === slides.count - 1) set("cmi.core.lesson_status", "completed");
    set("cmi.core.lesson_location", slides.at() + 1);
    set("cmi.suspend_data", packed());
    api.LMSCommit("");
  }

  function time() {
    const hundredths = Math.floor((Date.now() - began) / 10);
    const pad = (number, width) => String(number).padStart(width, "0");
    const seconds = Math.floor(hundredths / 100);
    return pad(Math.floor(seconds / 3600), 4) + ":" + pad(Math.floor(seconds / 60) % 60, 2) + ":" + pad(seconds % 60, 2) + "." + pad(hundredths % 100, 2);
  }

  function end() {
    if (ended) return;
    keep();
    ended = true;
    set("cmi.core.session_time", time());
    set("cmi.core.exit", quiz.state().done ? "" : "suspend");
    api.LMSCommit("");
    api.LMSFinish("");
  }

  const status = api.LMSGetValue("cmi.core.lesson_status");
  unpacked(api.LMSGetValue("cmi.suspend_data"));
  if (status === "not attempted" || status === "" || status === "unknown") set("cmi.core.lesson_status", "incomplete");
  slides.onShow(keep);
  quiz.onChange(keep);
  keep();
  addEventListener("pagehide", end);
  addEventListener("beforeunload", end);
})();
