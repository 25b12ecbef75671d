/* The questions of a package: one at a time, changed until the end, then every answer with why.
   The rule of what an answer is worth is that of kb/courseware/scoring.py; a test holds both to the same answers. */
(function () {
  "use strict";
  const data = JSON.parse(document.getElementById("quiz-data").textContent);
  const words = data.words;
  const place = document.querySelector(".quiz .inner");
  const body = document.body;
  const listeners = [];
  let state = { at: 0, answers: data.questions.map(() => []), done: false };

  function folded(text) {
    return text.normalize("NFKC").toLowerCase().replace(/\s+/gu, "").replace(/[.。]+$/u, "");
  }

  function numberOf(text) {
    const plain = text.normalize("NFKC").trim().replace(/,/g, ".").replace(/−/g, "-");
    return /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain) ? Number(plain) : NaN;
  }

  /* An answer is a list: texts of options, one typed text, or for each left side the right one. */
  function share(question, given) {
    const said = given.filter((text) => text.trim());
    if (!said.length) return 0;
    const right = question.options.filter((option) => option.correct).map((option) => option.text);
    if (question.kind === "match") {
      return question.options.filter((option, at) => option.pair === given[at]).length / question.options.length;
    }
    if (question.kind === "multiple") {
      const hits = right.filter((text) => said.includes(text)).length / right.length;
      const wrong = question.options.filter((option) => !option.correct);
      const misses = wrong.filter((option) => said.includes(option.text)).length / wrong.length;
      return Math.min(Math.max(hits - misses, 0), 1);
    }
    if (question.kind === "short") return right.map(folded).includes(folded(said[0])) ? 1 : 0;
    if (question.kind === "numeric") {
      const wanted = Number(question.options[0].text);
      const off = Math.abs(numberOf(said[0]) - wanted);
      return off <= (question.options[0].tolerance || 0) + 1e-9 * Math.max(1, Math.abs(wanted)) ? 1 : 0;
    }
    return said.length === 1 && right.includes(said[0]) ? 1 : 0;
  }

  function score() {
    const shares = data.questions.map((question, at) => share(question, state.answers[at]));
    return shares.reduce((sum, one) => sum + one, 0) / Math.max(shares.length, 1);
  }

  function passed() {
    return score() * 100 >= data.pass_mark - 1e-9;
  }

  function made(tag, attributes, ...inside) {
    const element = document.createElement(tag);
    Object.entries(attributes || {}).forEach(([name, value]) => {
      if (name === "checked" || name === "selected") element[name] = value;
      else element.setAttribute(name, value);
    });
    element.append(...inside);
    return element;
  }

  function button(text, action, first) {
    const one = made("button", { type: "button", class: first ? "first" : "" }, text);
    one.addEventListener("click", action);
    return one;
  }

  function changed() {
    listeners.forEach((listener) => listener(state));
  }

  function answer(given) {
    state.answers[state.at] = given;
    changed();
  }

  function field(question, given) {
    const name = "answer-" + state.at;
    if (question.kind === "match") {
      return question.options.map((option, at) => {
        const choices = ["", ...question.pairs].map((pair) => made("option", { value: pair, selected: given[at] === pair }, pair || "–"));
        const select = made("select", { name: name }, ...choices);
        return made("label", { class: "pair" }, made("span", {}, option.text), select);
      });
    }
    if (question.kind === "short" || question.kind === "numeric") {
      const input = made("input", { type: "text", name: name, value: given[0] || "", maxlength: "255", autocomplete: "off" });
      if (question.kind === "numeric") input.setAttribute("inputmode", "decimal");
      return [made("label", { class: "typed" }, made("span", { class: "soft" }, words[question.kind]), input)];
    }
    const kind = question.kind === "multiple" ? "checkbox" : "radio";
    return question.options.map((option) =>
      made("label", {}, made("input", { type: kind, name: name, value: option.text, checked: given.includes(option.text) }), made("span", {}, option.text)));
  }

  function read(set) {
    const texts = [];
    set.querySelectorAll("select, input").forEach((input) => {
      if (input.type === "checkbox" || input.type === "radio") {
        if (input.checked) texts.push(input.value);
      } else texts.push(input.value.trim());
    });
    return texts.some((text) => text) ? texts : [];
  }

  function shown(...inside) {
    const notice = place.querySelector(".unrecorded");
    place.replaceChildren(...(notice ? [notice] : []), ...inside);
    scrollTo(0, 0);
  }

  function ask(at) {
    state.at = at;
    const question = data.questions[at];
    const legend = made("legend", {}, at + 1 + ". " + question.stem);
    const hint = question.kind === "multiple" ? [made("p", { class: "soft" }, words.several)] : [];
    const set = made("fieldset", {}, legend, ...hint, ...field(question, state.answers[at]));
    set.addEventListener("input", () => answer(read(set)));
    const last = at === data.questions.length - 1;
    const go = made("div", { class: "go" });
    if (at) go.append(button(words.previous, () => ask(at - 1)));
    go.append(button(last ? words.check : words.next, () => (last ? check() : ask(at + 1)), true));
    shown(made("p", { class: "soft" }, at + 1 + " / " + data.questions.length), set, go);
    changed();
  }

  function check() {
    const open = state.answers.map((given, at) => (given.length ? 0 : at + 1)).filter((number) => number);
    const told = open.length ? words.open.replace("{numbers}", open.join(", ")) : words.complete;
    const go = made("div", { class: "go" }, button(words.back, () => ask(open.length ? open[0] - 1 : 0)), button(words.finish, finish, true));
    shown(made("h2", {}, words.before), made("p", {}, told), go);
  }

  function finish() {
    if (state.done) return;
    state.done = true;
    changed();
    result();
  }

  function result() {
    const told = data.questions.map((question, at) => {
      const given = state.answers[at];
      const right = share(question, given) === 1;
      const lines = [];
      if (question.kind === "match") {
        question.options.forEach((option, n) => lines.push(made("p", { class: option.pair === given[n] ? "yes" : "no" }, option.text + " → " + (given[n] || "–") + (option.pair === given[n] ? "" : "  (" + option.pair + ")"))));
      } else if (question.kind === "short" || question.kind === "numeric") {
        lines.push(made("p", { class: right ? "yes" : "no" }, (given[0] || "–") + (right ? "" : "  (" + question.right + ")")));
      } else {
        question.options.filter((option) => option.correct || given.includes(option.text)).forEach((option) => {
          lines.push(made("p", { class: option.correct ? "yes" : "no" }, (option.correct ? "✓ " : "✗ ") + option.text + (given.includes(option.text) ? "  · " + words.yours : "")));
          if (option.why) lines.push(made("p", { class: "why" }, option.why));
        });
      }
      if (question.why) lines.push(made("p", { class: "why" }, question.why));
      if (question.source) lines.push(made("p", { class: "soft" }, words.source + " " + question.source));
      return made("article", { class: right ? "right" : "wrong" }, made("h3", {}, at + 1 + ". " + question.stem), ...lines);
    });
    const is = passed();
    const go = made("div", { class: "go" }, button(words.slides, () => show(false), true));
    if (!is) go.prepend(button(words.again, again));
    shown(made("p", { class: "score " + (is ? "passed" : "failed") }, Math.round(score() * 100) + " % · " + (is ? words.passed : words.failed)), go, ...told);
  }

  function again() {
    state = { at: 0, answers: data.questions.map(() => []), done: false };
    ask(0);
  }

  function show(on) {
    body.classList.toggle("asking", on);
    if (!on) return;
    if (state.done) result();
    else ask(state.at);
  }

  window.quiz = {
    data: data,
    share: share,
    score: score,
    passed: passed,
    state: () => state,
    restore: (kept) => {
      state = kept;
    },
    show: show,
    onChange: (listener) => listeners.push(listener),
  };
  window.slides.doing.ask = () => show(!body.classList.contains("asking"));
  ["next", "previous", "overview"].forEach((name) => {
    const before = window.slides.doing[name];
    window.slides.doing[name] = () => {
      if (body.classList.contains("asking")) show(false);
      else if (name === "next" && window.slides.at() === window.slides.count - 1 && data.questions.length && window.slides.isToldWhole()) show(true);
      else before();
    };
  });
})();
