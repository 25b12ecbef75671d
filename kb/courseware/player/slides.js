/* Plays the slides of a page: keys, swipes, overview, one address a slide, and a second window for the speaker.
   It knows no text of its own and asks no network; without it the page lists every slide with its answer. */
(function () {
  "use strict";
  const root = document.documentElement;
  const body = document.body;
  const frames = Array.from(document.querySelectorAll(".frame"));
  const bar = document.querySelector(".bar");
  const count = document.querySelector(".count");
  const live = document.querySelector(".live");
  const told = document.querySelector(".told");
  const help = document.querySelector(".help");
  const deck = body.dataset.deck;
  const SWIPE_PX = 45;
  const link = /^#present-([a-z0-9]+)$/.exec(location.hash);
  const isSpeaker = link !== null;
  const session = link ? link[1] : ownSession();
  const listeners = [];
  let at = 0;
  let typed = "";
  let began = 0;
  let other = isSpeaker ? window.opener : null;

  function ownSession() {
    const fresh = Array.from(crypto.getRandomValues(new Uint8Array(8)), (one) => one.toString(16).padStart(2, "0")).join("");
    try {
      const key = "slides-" + deck;
      const kept = sessionStorage.getItem(key);
      if (kept) return kept;
      sessionStorage.setItem(key, fresh);
    } catch (error) {
      /* A browser that keeps nothing for files still plays; only the speaker's window must be opened anew. */
    }
    return fresh;
  }

  function isQuestion(frame) {
    return frame.querySelector(".answer") !== null;
  }

  function fit(frame) {
    const slide = frame.querySelector(".slide");
    slide.style.setProperty("--fit", "1");
    if (getComputedStyle(slide).position !== "absolute") return;
    for (let share = 0.96; share > 0.5 && slide.scrollHeight > slide.clientHeight + 1; share -= 0.04) {
      slide.style.setProperty("--fit", share.toFixed(2));
    }
  }

  function hold(position) {
    return Math.min(Math.max(position, 0), frames.length - 1);
  }

  function show(position, options) {
    const quiet = options && options.quiet;
    at = hold(position);
    frames.forEach((frame, number) => {
      frame.classList.toggle("now", number === at);
      frame.classList.toggle("next", number === at + 1);
      frame.inert = !root.classList.contains("overview") && number !== at;
    });
    count.textContent = at + 1 + " / " + frames.length;
    bar.style.setProperty("--part", String((at + 1) / frames.length));
    fit(frames[at]);
    if (isSpeaker) {
      if (frames[at + 1]) fit(frames[at + 1]);
      const notes = frames[at].querySelector(".notes");
      document.querySelector(".said").textContent = notes ? notes.textContent : "";
      document.querySelector(".where").textContent = count.textContent;
    } else {
      history.replaceState(null, "", "#slide-" + (at + 1));
      live.textContent = count.textContent + " " + frames[at].querySelector("h1, h2").textContent;
    }
    if (!root.classList.contains("overview")) scrollTo(0, 0);
    if (!quiet) tell();
    listeners.forEach((listener) => listener(at, frames.length));
  }

  function reveal(frame, shown) {
    frame.classList.toggle("revealed", shown);
    fit(frame);
  }

  function next() {
    const frame = frames[at];
    if (isQuestion(frame) && !frame.classList.contains("revealed")) {
      reveal(frame, true);
      tell();
      return;
    }
    if (!began) began = Date.now();
    show(at + 1);
  }

  function overview(on) {
    root.classList.toggle("overview", on);
    show(at, { quiet: true });
    if (on) frames.forEach(fit);
    if (on) frames[at].scrollIntoView({ block: "center" });
    frames.forEach((frame) => {
      if (on) frame.setAttribute("tabindex", "0");
      else frame.removeAttribute("tabindex");
    });
    if (on) frames[at].focus({ preventScroll: true });
  }

  function fullscreen() {
    if (document.fullscreenElement) document.exitFullscreen();
    else if (root.requestFullscreen) root.requestFullscreen().catch(() => {});
  }

  function say(text) {
    told.textContent = text;
    told.classList.add("on");
    setTimeout(() => told.classList.remove("on"), 5000);
  }

  function present() {
    const address = location.href.split("#")[0] + "#present-" + session;
    other = window.open(address, "presenter-" + session, "popup,width=1200,height=720");
    if (!other) say(told.dataset.blocked);
  }

  function print(notes) {
    root.classList.toggle("with-notes", notes);
    frames.forEach(fit);
    window.print();
  }

  /* Both windows tell each other where they stand: by a channel, and by messages where a file has none. */
  let channel = null;
  try {
    channel = new BroadcastChannel("slides-" + deck + "-" + session);
    channel.onmessage = (event) => heard(event.data, null);
  } catch (error) {
    channel = null;
  }

  function state() {
    return { session: session, at: at, revealed: frames[at].classList.contains("revealed"), black: root.classList.contains("black"), began: began };
  }

  function send(message) {
    if (channel) channel.postMessage(message);
    if (other && !other.closed) other.postMessage(message, location.protocol === "file:" ? "*" : location.origin);
  }

  function tell() {
    send(state());
  }

  function heard(message, source) {
    if (!message || typeof message !== "object" || message.session !== session) return;
    if (source && !isSpeaker) other = source;
    if (message.asks) {
      tell();
      return;
    }
    if (!Number.isInteger(message.at) || !frames[message.at]) return;
    began = Number(message.began) || 0;
    root.classList.toggle("black", message.black === true);
    reveal(frames[message.at], message.revealed === true);
    show(message.at, { quiet: true });
  }

  addEventListener("message", (event) => {
    if (location.protocol !== "file:" && event.origin !== location.origin) return;
    heard(event.data, event.source);
  });

  function pad(number) {
    return String(number).padStart(2, "0");
  }

  function tick() {
    const now = new Date();
    const seconds = began ? Math.floor((now.getTime() - began) / 1000) : 0;
    document.querySelector(".time").textContent = pad(now.getHours()) + ":" + pad(now.getMinutes());
    document.querySelector(".elapsed").textContent = pad(Math.floor(seconds / 60)) + ":" + pad(seconds % 60);
  }

  const doing = {
    next: next,
    previous: () => show(at - 1),
    first: () => show(0),
    last: () => show(frames.length - 1),
    overview: () => overview(!root.classList.contains("overview")),
    fullscreen: fullscreen,
    present: present,
    print: () => print(false),
    notes: () => print(true),
    help: () => help.classList.toggle("on"),
    black: () => {
      root.classList.toggle("black");
      tell();
    },
    reset: () => {
      began = Date.now();
      tell();
      tick();
    },
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do]");
    if (button) {
      doing[button.dataset.do]();
      return;
    }
    if (event.target.closest(".reveal")) {
      reveal(frames[at], true);
      tell();
      return;
    }
    if (event.target.closest(".figure img") && !root.classList.contains("overview")) {
      event.target.closest(".figure").classList.toggle("big"); /* on a phone a drawing is read in parts */
      return;
    }
    const frame = event.target.closest(".frame");
    if (frame && root.classList.contains("overview")) {
      at = frames.indexOf(frame);
      overview(false);
      tell();
    }
  });

  const keys = {
    ArrowRight: "next", PageDown: "next", " ": "next", n: "next",
    ArrowLeft: "previous", PageUp: "previous", Backspace: "previous", p: "previous",
    Home: "first", End: "last", o: "overview", f: "fullscreen", s: "present", b: "black", ".": "black", "?": "help",
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input, textarea, select")) return;
    if (body.classList.contains("asking")) return;
    if (/^[0-9]$/.test(event.key)) {
      typed = (typed + event.key).slice(-4);
      return;
    }
    if (event.key === "Enter" && typed) {
      overview(false);
      show(Number(typed) - 1);
      typed = "";
      event.preventDefault();
      return;
    }
    typed = "";
    const focused = event.target.closest("button, a");
    if (focused && (event.key === " " || event.key === "Enter")) return;
    if (event.key === "Escape") {
      if (help.classList.contains("on")) help.classList.remove("on");
      else overview(!root.classList.contains("overview"));
      return;
    }
    if (root.classList.contains("overview")) {
      if (event.key === "Enter") {
        const frame = event.target.closest(".frame");
        if (frame) at = frames.indexOf(frame);
        overview(false);
        tell();
        return;
      }
      const move = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (move) {
        show(at + move);
        frames[at].focus();
        event.preventDefault();
        return;
      }
    }
    const action = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
    if (!action) return;
    event.preventDefault();
    doing[action]();
  });

  let touch = null;
  document.addEventListener("touchstart", (event) => {
    touch = event.touches.length === 1 ? { x: event.touches[0].clientX, y: event.touches[0].clientY } : null;
  }, { passive: true });
  document.addEventListener("touchend", (event) => {
    if (!touch || root.classList.contains("overview") || event.target.closest(".wide, .bar, .quiz")) return;
    const across = event.changedTouches[0].clientX - touch.x;
    const along = event.changedTouches[0].clientY - touch.y;
    touch = null;
    if (Math.abs(across) < SWIPE_PX || Math.abs(across) < 1.5 * Math.abs(along)) return;
    doing[across < 0 ? "next" : "previous"]();
  }, { passive: true });

  function asked() {
    const found = /^#slide-(\d+)$/.exec(location.hash);
    return found ? Number(found[1]) - 1 : 0;
  }
  addEventListener("hashchange", () => {
    if (/^#slide-\d+$/.test(location.hash)) show(asked());
  });
  addEventListener("resize", () => frames.forEach(fit));
  addEventListener("beforeprint", () => frames.forEach(fit));

  root.classList.add("playing");
  if (isSpeaker) {
    root.classList.add("presenting");
    setInterval(tick, 500);
    tick();
    show(0, { quiet: true });
    send({ session: session, asks: true });
  } else {
    show(asked());
  }
  window.slides = {
    show: show,
    at: () => at,
    isToldWhole: () => !isQuestion(frames[at]) || frames[at].classList.contains("revealed"),
    onShow: (listener) => listeners.push(listener),
    count: frames.length,
    doing: doing,
  };
})();
