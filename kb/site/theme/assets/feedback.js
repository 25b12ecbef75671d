// At the foot of each library page: did it help, and if not, why? One vote a reader; the next click changes it.
//
// The form shows only where the service answers. Once it has, votes cast without a network wait on this device, one
// for each page, and are sent until the service names the page in its answer; a vote sent twice counts once.
"use strict";
(() => {
  const foot = document.querySelector(".sb-revision[data-page]");
  const root = new URL("../", document.currentScript.src);
  if (location.protocol === "file:") return; // a folder has nobody to send to
  const api = new URL("../api/v1/", root);
  const WAITING = "servicebook.votes";
  const ANSWERED = "servicebook.answered";
  const LONGEST = 1000;
  const REASONS = [
    ["outdated", "过时", "out of date"], ["wrong", "有错", "wrong"], ["unclear", "看不明白", "unclear"],
    ["other_machine", "不适用于我的机床", "does not fit my machine"], ["incomplete", "不完整", "incomplete"],
  ];
  let token = "";

  function kept(key) {
    try { return JSON.parse(localStorage.getItem(key)); }
    catch (error) { console.warn("this device keeps nothing:", error.message); return null; }
  }
  function keep(key, value) {
    try { localStorage.setItem(key, JSON.stringify(value)); return true; }
    catch (error) { console.warn("this device keeps nothing:", error.message); return false; }
  }
  let english = false;
  try { english = localStorage.getItem("servicebook.language") === "en"; } // chosen on the site's own search page
  catch (error) { console.warn("the language is not known:", error.message); }
  const say = (zh, en) => (english ? en : zh);

  function element(tag, attributes, ...children) {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "on") made.addEventListener("click", value); else made.setAttribute(name, value);
    }
    made.append(...children);
    return made;
  }

  const ask = (path, options) => fetch(new URL(path, api), { credentials: "same-origin", cache: "no-store", ...options });
  const address = (page) => `pages/${encodeURIComponent(page)}/feedback`;

  /** Sends one vote; returns what the service says of the page, or throws with `why`: offline, login, later, refused. */
  async function send(page, vote) {
    const stop = (why) => { throw Object.assign(new Error(why), { why }); };
    let answer = null;
    for (const fresh of [false, true]) { // the token is bound to the login, which may have changed
      try {
        if (fresh || !token) {
          const told = await (await ask("session/token")).json();
          if (told.login_needed) stop("login");
          token = told.csrf_token;
        }
        const headers = { "Content-Type": "application/json", "X-CSRF-Token": token };
        answer = await ask(address(page), { method: "PUT", headers, body: JSON.stringify(vote) });
      } catch (error) { stop(error.why || "offline"); }
      if (answer.status !== 403) break;
    }
    const told = await answer.json().catch(() => null);
    if (answer.ok && told && told.page_id === page) return told;
    if (answer.status === 401) stop("login");
    if (answer.status === 404 || answer.status === 422) stop("refused");
    return stop("later"); // a portal of a guest network answers anything, too
  }

  /** Sends what waits; a vote stays until it is taken or can never be. */
  async function flush() {
    for (const [page, vote] of Object.entries(kept(WAITING) || {})) {
      try { await send(page, vote); }
      catch (error) { if (error.why !== "refused") return; }
      const now = kept(WAITING) || {};
      if (now[page] && now[page].cast === vote.cast) { delete now[page]; keep(WAITING, now); }
    }
  }
  window.addEventListener("online", flush);
  if (Object.keys(kept(WAITING) || {}).length && navigator.onLine) flush();
  if (!foot) return;

  const page = foot.dataset.page;
  const status = element("p", { class: "sb-vote-said", role: "status" });
  const yes = element("button", { type: "button", on: () => cast({ helpful: true, reason: "", text: "" }) });
  const no = element("button", { type: "button", on: () => cast({ helpful: false, reason: "", text: "" }) });
  const text = element("textarea", { rows: "2", maxlength: String(LONGEST), "aria-label": say("具体说说", "In your own words") });
  const reasons = REASONS.map(([code, zh, en]) => element("button", { type: "button", "data-reason": code,
    on: () => cast({ helpful: false, reason: code, text: text.value.trim() }) }, say(zh, en)));
  const more = element("div", { class: "sb-vote-more" },
    element("p", {}, say("为什么？", "Why?")), element("p", { class: "sb-vote-row" }, ...reasons), text,
    element("button", { type: "button", on: () => cast({ ...mine, helpful: false, text: text.value.trim() }) }, say("发送说明", "Send")));
  const form = element("section", { class: "sb-vote", "aria-label": say("反馈", "Feedback") },
    element("p", { class: "sb-vote-row" }, element("span", {}, say("这一页有帮助吗？", "Did this page help?")), yes, no), more, status);
  let mine = null;

  function show(told) {
    if (told) mine = told.mine;
    const count = (number) => (told && number ? ` ${number}` : "");
    yes.textContent = say("有帮助", "Helpful") + count(told && told.helpful);
    no.textContent = say("没有帮助", "Not helpful") + count(told && told.not_helpful);
    yes.setAttribute("aria-pressed", String(Boolean(mine && mine.helpful)));
    no.setAttribute("aria-pressed", String(Boolean(mine && !mine.helpful)));
    for (const button of reasons) button.setAttribute("aria-pressed", String(Boolean(mine && mine.reason === button.dataset.reason)));
    more.hidden = !mine || mine.helpful;
    if (mine && document.activeElement !== text) text.value = mine.text || "";
  }

  async function cast(said) {
    const vote = { helpful: said.helpful, reason: said.reason || "", text: said.text || "", cast: new Date().toISOString(),
      revision: Number(foot.dataset.revision) };
    mine = vote;
    show(null);
    const stored = keep(WAITING, { ...kept(WAITING), [page]: vote });
    try {
      show(await send(page, vote));
      const now = kept(WAITING) || {};
      if (now[page] && now[page].cast === vote.cast) { delete now[page]; keep(WAITING, now); }
      status.textContent = say("谢谢，已经记下。", "Thank you: it was counted.");
    } catch (error) {
      if (error.why === "refused") {
        const now = kept(WAITING) || {};
        delete now[page];
        keep(WAITING, now);
        status.textContent = say("服务没有接受这一票。", "The service did not take this vote.");
      } else if (error.why === "login") {
        status.replaceChildren(say("登录后才会计入：", "It counts once you are logged in: "),
          element("a", { href: new URL(`../login?next=${encodeURIComponent(location.pathname)}`, root).href }, say("登录", "Log in")));
      } else {
        status.textContent = stored ? say("已存在本机，联网后自动发送。", "Kept on this device, sent when the network is back.")
          : say("没有发出，请稍后再试。", "It was not sent; please try again later.");
      }
      form.dataset.why = error.why;
      return;
    }
    form.dataset.why = "";
  }

  /** Shows the form once a reader has come to the end, if the service answers or did so before. */
  async function open() {
    let told = null;
    try {
      const answer = await ask(address(page));
      told = answer.ok ? await answer.json() : null;
      if (told && told.page_id !== page) told = null;
      if (told) keep(ANSWERED, true);
      else if (answer.status !== 401) return; // only files here, or the page is not in the service's library
    } catch { if (kept(ANSWERED) !== true) return; }
    const waits = (kept(WAITING) || {})[page];
    show(told);
    if (waits) { mine = waits; show(null); }
    document.head.append(element("link", { rel: "stylesheet", href: new URL("assets/feedback.css", root).href }));
    foot.before(form);
  }
  new IntersectionObserver((seen, watch) => {
    if (seen.some((one) => one.isIntersecting)) { watch.disconnect(); open(); }
  }, { rootMargin: "200px" }).observe(foot);
})();
