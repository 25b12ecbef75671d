// The search page of the site: the form, the address, the results. Works from the service, any host, or a folder.

import { Engine } from "./engine.mjs";
import { Keeper } from "./keeping.mjs";
import { Machine } from "./machine.mjs";
import { idle, openPack } from "./pack.mjs";
import { View } from "./view.mjs";

const WAIT_MS = 60;
const PAGE_SIZE = 10;
const SEEN_AT_ONCE = 4; // as many as a phone's screen holds; they are shown while the rest is made
const LANGUAGE_KEY = "servicebook.language";
const LEFT_KEY = "servicebook.left";

const form = document.getElementById("so-form");
const field = document.getElementById("so-query");
const results = document.getElementById("so-results");
const start = document.getElementById("so-start");
const failure = document.getElementById("so-failure");

let engine = null;
let view = null;
let machine = null;
let chosen = new Map();
let leftAt = leftBefore(); // how many hits were shown, and where, when the reader opened one of them
let running = 0;
let timer = 0;

function storedLanguage() {
  try { return localStorage.getItem(LANGUAGE_KEY); }
  catch { return null; } // storage may be forbidden
}

/** Reads the query and the choice from the address: behind # as this page writes it, or ? as a form does. */
function readAddress() {
  const values = new URLSearchParams(location.hash.slice(1) || location.search);
  chosen = new Map();
  for (const [name, value] of values) {
    if (name === "q" || !value) continue;
    if (!chosen.has(name)) chosen.set(name, new Set());
    chosen.get(name).add(value);
  }
  return values.get("q") || "";
}

function writeAddress() {
  const values = new URLSearchParams();
  if (field.value) values.set("q", field.value);
  for (const [facet, set] of chosen) for (const value of set) values.append(facet, value);
  const text = values.toString();
  // Only the part behind # may be changed on a page that was opened from a folder.
  history.replaceState(null, "", text ? `#${text}` : location.pathname + (location.protocol === "file:" ? "" : location.search && "?"));
}

async function show() {
  const mine = (running += 1);
  const query = field.value;
  const nothing = !query.trim() && ![...chosen.values()].some((values) => values.size);
  start.hidden = !nothing;
  if (nothing) {
    results.replaceChildren();
    results.dataset.shown = "";
    return;
  }
  results.setAttribute("aria-busy", "true");
  performance.clearMarks();
  performance.mark("asked");
  try {
    const result = await engine.search(query, { chosen, size: SEEN_AT_ONCE, scope: machine.chosen });
    if (mine !== running) return;
    const shown = view.results(result, engine, chosen);
    results.replaceChildren(...shown.parts);
    performance.mark("answered");
    failure.hidden = true;
    const more = async (until) => {
      const hits = await result.further(shown.count(), until - shown.count());
      if (mine === running) shown.add(hits, () => guarded(more(until + PAGE_SIZE)));
    };
    if (result.hits.length) {
      await new Promise((done) => { setTimeout(done); }); // let the first be painted
      await more(Math.max(PAGE_SIZE, leftAt?.hits || 0));
      if (leftAt && mine === running) window.scrollTo(0, leftAt.top);
      leftAt = null;
    }
    if (mine === running) results.dataset.shown = query;
  } catch (error) {
    if (mine === running) complain(error);
  } finally {
    if (mine === running) results.setAttribute("aria-busy", "false");
  }
}

function complain(error) {
  failure.hidden = false;
  failure.querySelector("span").textContent = error.message;
}

const guarded = (work) => work.catch(complain);

/** Notes how far the reader has come, so that going back leads to where he was. */
function noteLeaving() {
  const hits = results.querySelectorAll(".so-hit").length;
  // A state of the history is lost where the browser opens the next page in another process.
  try { sessionStorage.setItem(LEFT_KEY, JSON.stringify({ address: location.href, hits, top: window.scrollY })); }
  catch (error) { console.warn("the place was not noted:", error.message); }
}

function leftBefore() {
  try {
    const left = JSON.parse(sessionStorage.getItem(LEFT_KEY));
    const back = performance.getEntriesByType("navigation")[0]?.type === "back_forward";
    return back && left?.address === location.href ? left : null;
  } catch { return null; } // storage may be forbidden
}

function search() {
  leftAt = null;
  // The address is written after what can be shown at once is shown: writing it costs a phone some milliseconds.
  setTimeout(() => {
    try { writeAddress(); }
    catch (error) { console.warn("the address was not changed:", error.message); }
  });
  return show();
}

function changed({ query, facet, value }) {
  if (query !== undefined) field.value = query;
  if (facet) {
    const values = new Set(chosen.get(facet));
    if (!values.delete(value)) values.add(value);
    chosen.set(facet, values);
  }
  search();
}

/** Fetches what later queries will ask for while nothing else is to be done: sounds, postings, then what is shown. */
async function fetchAhead(pack) {
  const kept = navigator.serviceWorker?.controller;
  if (navigator.connection?.saveData && !kept) return;
  const parts = Object.keys(pack.files);
  const folder = location.protocol === "file:"; // here a file is read into memory as it comes, so texts are left out
  await pack.ahead(["sounds"]);
  for (const ready of engine.warmings()) {
    await idle();
    ready();
  }
  await pack.ahead(["scope", ...parts.filter((name) => /^p\d+$/.test(name))]);
  if (!folder) await pack.ahead([...parts.filter((name) => /^t\d+$/.test(name)), "lettered"]);
}

function speak(texts, language) {
  view = new View(texts[language], language === "en", changed);
  document.documentElement.lang = language === "en" ? "en" : "zh-CN";
  for (const part of document.querySelectorAll("[data-text]")) part.textContent = view.say(part.dataset.text);
  for (const part of document.querySelectorAll("[data-label]")) part.setAttribute("aria-label", view.say(part.dataset.label));
}

async function open() {
  let composing = false;
  const soon = () => {
    clearTimeout(timer);
    if (!composing) timer = setTimeout(search, WAIT_MS);
  };
  field.value = readAddress() || field.value;
  const { pack, core, texts, list } = await openPack(new URL("offline/", document.baseURI));
  engine = new Engine(pack, core);
  speak(texts, storedLanguage() === "en" ? "en" : "zh_CN");
  machine = new Machine(document.getElementById("so-machine"), view, show);
  const keeper = new Keeper(view, list, document.getElementById("so-pack"));
  field.addEventListener("compositionstart", () => { composing = true; });
  field.addEventListener("compositionend", () => { composing = false; soon(); });
  field.addEventListener("input", soon);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    clearTimeout(timer);
    search();
    field.blur();
  });
  start.addEventListener("click", (event) => {
    const example = event.target.closest("[data-query]");
    if (example) changed({ query: example.dataset.query });
  });
  history.scrollRestoration = "manual"; // the hits come after the browser would have scrolled
  results.addEventListener("click", (event) => { if (event.target.closest("a[href]")) noteLeaving(); });
  document.getElementById("so-language").addEventListener("click", () => {
    const language = view.english ? "zh_CN" : "en";
    try { localStorage.setItem(LANGUAGE_KEY, language); }
    catch (error) { console.warn("the language was not kept:", error.message); }
    speak(texts, language);
    machine.show(view);
    keeper.view = view;
    keeper.show();
    show();
  });
  window.addEventListener("hashchange", () => { field.value = readAddress(); show(); });
  // For whoever puts this page to the test, or into a page of their own.
  globalThis.servicebookSearch = (query, options) => engine.search(query, options);
  document.documentElement.dataset.ready = "true";
  keeper.show();
  await show();
  fetchAhead(pack);
  await keeper.start();
}

open().catch(complain);
