// The page on which an engineer writes a draft case: kept as one types, sent when the network is back.

import { Alike } from "./alike.mjs";
import { FIELDS, Kept, MOST_PHOTOS, isEmpty } from "./drafts_kept.mjs";
import { Sender, base64 } from "./drafts_sent.mjs";
import { openPack } from "./pack.mjs";
import { element, filled } from "./view.mjs";

const LANGUAGE_KEY = "servicebook.language";
const LONGEST_SIDE = 1600;
const QUALITIES = [0.82, 0.7, 0.55];
const LARGEST_BYTES = 1_500_000; // well below what the service takes
const AGAIN_MS = 60_000;
const HEARD_MS = 150;
const ALIKE_MS = 700; // after the last key, so that nothing is asked of half a code
const TWICE_MS = 2000; // a second click on the button that sent a draft means the same draft
const ASKED_FIELDS = new Set(["machine", "alarm", "symptom"]);

const form = document.getElementById("sd-form");
const place = document.getElementById("sd-list");
const state = document.getElementById("sd-state");
const saved = document.getElementById("sd-saved");
const pictures = document.getElementById("sd-photos");
const chooser = document.getElementById("sd-file");
const failure = document.getElementById("so-failure");
const served = location.protocol !== "file:";

let texts = {};
let english = false;
let kept = null;
let sender = null;
let draft = null;
let why = "";
let alike = null;
let alikeTimer = 0;
let alikeAsked = 0;
let sentAt = -Infinity;

const say = (message, values) => filled(texts[message] || message, values);

function complain(error) {
  failure.hidden = false;
  failure.querySelector("span").textContent = say("This device keeps nothing for this page: {reason}", { reason: error.message });
}

function speak(all) {
  let stored = null;
  try { stored = localStorage.getItem(LANGUAGE_KEY); }
  catch (error) { console.warn("the language is not known:", error.message); }
  english = stored === "en";
  texts = all[english ? "en" : "zh_CN"].ui;
  document.documentElement.lang = english ? "en" : "zh-CN";
  for (const part of document.querySelectorAll("[data-text]")) {
    part.textContent = say(part.dataset.text, { count: MOST_PHOTOS });
  }
}

/** Returns a photo as a JPEG of at most 1,600 pixels a side; what the camera wrote beside it, such as the place, is left out. */
async function smaller(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(picture.width * scale));
  canvas.height = Math.max(1, Math.round(picture.height * scale));
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  let blob = null;
  for (const quality of QUALITIES) {
    blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", quality); });
    if (blob && blob.size <= LARGEST_BYTES) break;
  }
  if (!blob) throw new Error("the picture could not be written");
  return blob.arrayBuffer();
}

async function showPhotos() {
  const mine = draft.id;
  const photos = await kept.photos(mine);
  if (mine !== draft.id) return;
  pictures.replaceChildren(...photos.map((photo, at) => element("figure", {},
    element("img", { src: `data:image/jpeg;base64,${base64(new Uint8Array(photo.data))}`, alt: `${at + 1}` }),
    element("button", { type: "button", on: () => act(async () => {
      await kept.removePhoto(mine, photo.number);
      await showPhotos();
    }) }, say("Remove")))));
  chooser.disabled = photos.length >= MOST_PHOTOS;
}

async function addPhotos() {
  const files = [...chooser.files];
  chooser.value = "";
  await kept.write(draft, taken());
  for (const file of files) {
    let data;
    try { data = await smaller(file); }
    catch (error) {
      console.warn("a photo was left out:", error.message);
      saved.textContent = say("This photo cannot be read.");
      continue;
    }
    if (!(await kept.addPhoto(draft.id, data))) break;
    told();
  }
  await showPhotos();
  await list();
}

function told() {
  const time = new Date().toTimeString().slice(0, 8);
  saved.textContent = say("kept on this device {time}", { time });
}

/** Puts a draft into the form. */
async function edit(one) {
  draft = one;
  for (const name of FIELDS) form.elements[name].value = draft.texts[name];
  form.dataset.id = draft.id;
  saved.textContent = "";
  if (alike) soonAlike(0);
  await showPhotos();
}

/** Shows which pages may say already what is being written. */
async function showAlike() {
  const mine = (alikeAsked += 1);
  const texts = Object.fromEntries(FIELDS.map((name) => [name, form.elements[name].value]));
  const found = await alike.of(texts);
  if (mine !== alikeAsked) return; // more was typed meanwhile
  const shown = document.getElementById("sd-alike");
  shown.hidden = !found.length;
  shown.querySelector("ul").replaceChildren(...found.map((one) => element("li", { "data-id": one.id },
    element("span", { class: "so-badge" }, say(one.sure ? "very likely the same" : "may be the same")), " ",
    element("a", { href: one.address }, english ? one.titleEn || one.title : one.title))));
}

function soonAlike(wait = ALIKE_MS) {
  clearTimeout(alikeTimer);
  alikeTimer = setTimeout(() => showAlike().catch((error) => { console.warn("no page was looked for:", error.message); }), wait);
}

/** Returns the names of the fields whose text is not the draft's, after the draft has taken it. */
function taken() {
  const names = FIELDS.filter((name) => draft.texts[name] !== form.elements[name].value);
  for (const name of names) draft.texts[name] = form.elements[name].value;
  return names;
}

/** Shows what another tab has changed: fields of the draft that is open here too, and the list. */
async function heard() {
  const now = await kept.one(draft.id);
  if (now && now.state !== "writing") await edit(kept.blank()); // it is sent off there
  else if (now) {
    for (const name of FIELDS) {
      // What is being typed here at this moment is newer than what is kept.
      if (form.elements[name].value !== draft.texts[name] || now.texts[name] === draft.texts[name]) continue;
      draft.texts[name] = form.elements[name].value = now.texts[name];
    }
    await showPhotos();
  }
  await list();
}

async function typed() {
  const mine = draft;
  const wrote = await kept.write(mine, taken());
  if (mine !== draft) return; // it was sent off meanwhile
  if (wrote) told();
  else { // another tab has sent it off: what is typed here goes into a draft of its own
    draft = { ...kept.blank(), texts: draft.texts };
    await kept.write(draft);
    await showPhotos();
    await list();
  }
}

async function begin() {
  await edit(kept.blank());
  await list();
}

async function done() {
  const changed = taken();
  if (isEmpty(draft) && performance.now() - sentAt < TWICE_MS) return;
  if (!draft.texts.alarm.trim() && !draft.texts.symptom.trim()) {
    saved.textContent = say("Write what the control shows or what the customer complains of.");
    form.elements.alarm.focus();
    return;
  }
  const going = draft;
  sentAt = performance.now();
  const empty = edit(kept.blank()); // at once: what is typed from here on belongs to the next draft
  window.scrollTo({ top: 0 });
  try {
    await kept.write(going, changed);
    await kept.change(going.id, ["writing"], { state: "ready", reason: "", claimed: 0 });
  } catch (error) {
    await edit(going);
    throw error;
  }
  await empty;
  await list();
  await send();
}

async function send() {
  if (!served) why = "absent";
  else if (!navigator.onLine) why = "offline";
  else why = await sender.run();
  await list();
}

function reasonOf(one) {
  if (!one.reason) return "";
  if (one.reason === "cut") return say("No answer came; it is sent again, and counts once.");
  return say("The service could not keep it: {reason}", { reason: one.reason });
}

function row(one) {
  const title = [one.texts.machine, one.texts.alarm || one.texts.symptom].filter(Boolean).join(" · ").slice(0, 90) || "—";
  const names = { writing: "Write on", ready: "waits to be sent", refused: "must be mended first", sent: "sent" };
  const sending = one.state === "ready" && one.claimed > Date.now();
  const buttons = [];
  if (one.state === "writing" || one.state === "refused" || (one.state === "ready" && !one.uncertain)) {
    buttons.push(element("button", { type: "button", class: "sd-edit", on: () => act(async () => {
      const open = one.state === "refused" && one.uncertain ? await kept.renamed(one.id) : await kept.reopen(one.id);
      if (open) await edit(open);
      await list();
    }) }, say("Write on")));
  }
  if (one.state !== "sent" && !sending) {
    buttons.push(element("button", { type: "button", class: "so-link sd-drop", on: () => act(async () => {
      if (!window.confirm(say("Throw this draft away? It is kept nowhere else."))) return;
      await kept.remove(one.id);
      if (one.id === draft.id) await begin();
      await list();
    }) }, say("Throw away")));
  }
  const heading = one.state === "sent" && served
    ? element("a", { href: new URL(`../drafts/${one.id}`, document.baseURI).href }, title) : title;
  return element("li", { class: "so-card", "data-id": one.id, "data-state": one.state },
    element("strong", {}, heading), " ",
    element("span", { class: "so-badge" }, say(sending ? "is being sent" : names[one.state])),
    element("p", { class: "so-failed" }, reasonOf(one)),
    element("p", { class: "so-chips" }, buttons));
}

async function list() {
  const drafts = (await kept.all()).filter((one) => one.id !== draft.id || one.state !== "writing");
  const waiting = drafts.filter((one) => one.state === "ready");
  place.replaceChildren(...drafts.reverse().filter((one) => one.state !== "writing" || !isEmpty(one)).map(row));
  const parts = [element("a", { id: "sd-waiting", href: "#sd-list", "data-count": String(waiting.length) }, say("{count} to send", { count: waiting.length }))];
  if (waiting.length) {
    parts.push(element("button", { type: "button", id: "sd-send", on: () => act(send) }, say("Send now")));
    const notes = { offline: "No network: it is kept here and sent when the network is back.",
      absent: "The service does not answer here: drafts are kept on this device until it is reached.",
      login: "Log in to send; nothing is lost." };
    if (notes[why]) parts.push(element("span", { class: "so-failed", "data-why": why }, say(notes[why])));
    if (why === "login") {
      const login = new URL(`../login?next=${encodeURIComponent(location.pathname)}`, document.baseURI).href;
      parts.push(element("a", { href: login, id: "sd-login" }, say("Log in")));
    }
  }
  state.replaceChildren(...parts.flatMap((part) => [part, " "]));
}

/** Runs what a person or the network asked for; what goes wrong is told, never lost. */
function act(work) { return Promise.resolve().then(work).catch(complain); }

async function open() {
  speak((await openPack(new URL("offline/", document.baseURI), ["texts"])).texts);
  kept = await Kept.open();
  sender = new Sender(kept, new URL("../api/v1/", document.baseURI), () => act(list));
  alike = new Alike(new URL("offline/", document.baseURI), served ? new URL("../api/v1/", document.baseURI) : null);
  const unfinished = (await kept.all()).filter((one) => one.state === "writing");
  await edit(unfinished.pop() || kept.blank());
  form.addEventListener("input", (event) => { if (event.target !== chooser) act(typed); });
  form.addEventListener("input", (event) => { if (ASKED_FIELDS.has(event.target.name)) soonAlike(); });
  form.addEventListener("submit", (event) => { event.preventDefault(); act(done); });
  chooser.addEventListener("change", () => act(addPhotos));
  document.getElementById("sd-begin").addEventListener("click", () => act(begin));
  window.addEventListener("online", () => act(send));
  window.addEventListener("offline", () => act(send));
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) act(async () => { await heard(); await send(); });
  });
  let soon = 0;
  kept.listen(() => {
    clearTimeout(soon);
    soon = setTimeout(() => act(heard), HEARD_MS);
  });
  setInterval(() => act(async () => {
    if (navigator.onLine && (await kept.all()).some((one) => one.state === "ready")) await send();
  }), AGAIN_MS);
  await list();
  document.documentElement.dataset.ready = "true";
  await send();
  if (served && "serviceWorker" in navigator && window.isSecureContext) {
    navigator.serviceWorker.addEventListener("message", ({ data }) => {
      if (data.type === "state") document.documentElement.dataset.kept = data.kept;
    });
    await navigator.serviceWorker.register("sw.js");
    (await navigator.serviceWorker.ready).active?.postMessage({ type: "update" });
  }
}

open().catch(complain);
