// Work on site on a phone: opened beforehand, filled in without a network, sent when it is back, each thing once.

import { base64 } from "/orders/outbox/drafts_sent.mjs";
import { element, filled } from "/orders/outbox/view.mjs";
import { OrdersKept, OrdersSender } from "./order_kept.js";
import { OrderView } from "./order_view.js";

const AGAIN_MS = 60_000;
const SOON_MS = 1_000;
const LONGEST_SIDE = 1600;
const QUALITIES = [0.82, 0.7, 0.55];
const LARGEST_BYTES = 1_500_000;
const NUMBERS = new Set(["quantity", "minutes", "kilometres", "value"]);
const OUTSIDE = new Set(["event", "rest", "signature"]);

const place = document.getElementById("order");
const bar = document.getElementById("order-bar");
const texts = JSON.parse(place.dataset.texts);
const say = (message, values) => filled(texts[message] || message, values);

let kept = null;
let sender = null;
let sheet = null;
let why = "";
let drawn = false;
let stale = false;
let later = 0;
let wait = SOON_MS;

let half = {}; // what is half typed in the order that is shown, as of this moment; the device has it a moment later
const halfTyped = async () => ({ ...(await kept.typed(sheet.id)), ...half });
function type(name, value) {
  half[name] = value;
  return kept.type(sheet.id, name, value);
}

const now = () => new Date(Date.now() + (sheet?.skew || 0)).toISOString();
const act = (work) => (typeof work === "function" ? Promise.resolve().then(work) : work).catch((error) => { bar.textContent = say("This device keeps nothing for this page: {reason}", { reason: error.message }); });

/** Returns what a value of an item comes to by its limits, as the service judges it. */
function verdict(line, values) {
  if (values.verdict === "na" || values.verdict === "fail") return values.verdict;
  if (line.kind !== "measure" || values.value === undefined) return "pass";
  const beyond = (low, high) => (low !== null && values.value < low) || (high !== null && values.value > high);
  if (beyond(line.lower, line.upper)) return line.typical ? "warn" : "fail";
  return beyond(line.warn_lower, line.warn_upper) ? "warn" : "pass";
}

async function tell(kind, values, typed = []) {
  const filledIn = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== "" && value !== undefined));
  const typing = await halfTyped();
  const sealed = sheet.signature || (await kept.entries(sheet.id)).some((one) => one.kind === "signature" && one.state !== "refused");
  const amends = sealed && !OUTSIDE.has(kind) ? (typing.amends || "").trim() : "";
  if (sealed && !OUTSIDE.has(kind) && !amends) {
    complain(say("The customer has signed: write the reason of the amendment first."));
    document.querySelector('[data-keep="amends"]')?.focus();
    return false;
  }
  await kept.tell(sheet.id, kind, filledIn, { at: now(), amends, typed });
  for (const name of typed) delete half[name];
  await draw();
  act(send);
  return true;
}

function complain(text) { bar.querySelector("[role=alert]").textContent = text; }

/** Returns the values of a form's fields by name, numbers as such. */
async function fields(prefix, names) {
  const typing = await halfTyped();
  return Object.fromEntries(names.map((name) => {
    const text = (typing[`${prefix}${name}`] ?? "").trim();
    return [name, NUMBERS.has(name) && text !== "" ? Number(text.replace(",", ".")) : text];
  }));
}

const FORMS = {
  finding: ["severity", "text", "recommendation", "follow"],
  parameter: ["equipment_id", "number", "axis", "before", "after"],
  part: ["equipment_id", "part_number", "name", "part_class", "quantity", "taken_from", "old_serial", "new_serial", "warranty_until"],
  rest: ["reason", "planned_day"],
  time: ["activity", "minutes", "kilometres"],
};
const NEEDED = { finding: ["severity", "text", "recommendation"], parameter: ["number"], part: ["quantity"], time: ["minutes"] };

async function smaller(file) {
  const picture = await createImageBitmap(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  const canvas = element("canvas", { width: Math.max(1, Math.round(picture.width * scale)), height: Math.max(1, Math.round(picture.height * scale)) });
  canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
  for (const quality of QUALITIES) {
    const blob = await new Promise((done) => { canvas.toBlob(done, "image/jpeg", quality); });
    if (blob && blob.size <= LARGEST_BYTES) return base64(new Uint8Array(await blob.arrayBuffer()));
  }
  throw new Error("the picture could not be written");
}

const view = new OrderView(texts, {
  verdict,
  tell: (kind, values) => act(() => tell(kind, values)),
  type: (name, value) => act(async () => { await type(name, value); await draw(); }),
  event: (event) => act(async () => {
    const reason = ["paused", "reopened"].includes(event) ? window.prompt(say("Why?")) : "";
    if (reason !== null) await tell("event", { event, reason });
  }),
  check: (line, said) => act(async () => {
    const prefix = `check:${line.key}.`;
    const names = ["value", "text", "severity", "recommendation", "follow"];
    const values = said === "na" ? {} : await fields(prefix, names);
    const told = { equipment_id: line.equipment_id, item_id: line.item_id, verdict: said, ...values };
    if (said === "pass" && line.kind === "measure" && (values.value === "" || Number.isNaN(values.value))) return complain(say("Give the measured value."));
    if (said === "pass" && line.kind === "choice" && !values.text) return complain(say("Choose one."));
    if (values.value === "" || Number.isNaN(values.value)) delete told.value;
    if (line.kind === "measure" && told.value !== undefined && line.unit) told.unit = line.unit;
    if (verdict(line, told) === "fail" && !(values.severity && values.recommendation)) {
      await type(`${prefix}open`, "fail");
      await draw();
      return complain(say("A fault needs its severity and what you recommend."));
    }
    if (said !== "fail") for (const name of ["severity", "recommendation", "follow"]) if (verdict(line, told) !== "fail") delete told[name];
    if (verdict(line, told) === "fail") told.verdict = "fail";
    await tell("check", told, [...names, "open"].map((name) => prefix + name));
  }),
  save: (kind) => act(async () => {
    const values = await fields(`${kind}.`, FORMS[kind]);
    if (kind === "time") {
      values.activity ||= "work";
      values.started_at = new Date(Date.parse(now()) - (values.minutes || 0) * 60_000).toISOString();
    }
    const missing = (NEEDED[kind] || []).filter((name) => values[name] === "" || Number.isNaN(values[name]));
    if (kind === "part" && !values.part_number && !values.name) missing.push("part_number");
    if (missing.length) return complain(`${say("Still missing")}: ${missing.map((one) => say(one.replace("_", " "))).join("，")}`);
    await tell(kind, values, FORMS[kind].map((name) => `${kind}.${name}`));
  }),
  reading: (meter) => act(async () => {
    const { value } = await fields(`reading:${meter.id}.`, ["value"]);
    if (value === "" || Number.isNaN(value)) return complain(say("Give the measured value."));
    await tell("reading", { meter_id: meter.id, value }, [`reading:${meter.id}.value`]);
  }),
  words: () => act(words),
  start: (activity) => act(async () => {
    await type("clock.activity", activity);
    await type("clock.started", now());
    await draw();
  }),
  stop: () => act(async () => {
    const typing = await halfTyped();
    const minutes = Math.max(1, Math.round((Date.parse(now()) - Date.parse(typing["clock.started"])) / 60_000));
    await tell("time", { activity: typing["clock.activity"], started_at: typing["clock.started"], minutes }, ["clock.activity", "clock.started"]);
  }),
  takeBack: (entry) => act(async () => {
    const reason = window.prompt(say("Why?"));
    if (reason) await tell("void", { entry, reason });
  }),
  photo: (input, item) => act(async () => {
    let content;
    try { content = await smaller(input.files[0]); }
    catch { return complain(say("This photo cannot be read.")); }
    await tell("photo", { content, item });
  }),
  pad,
  sign: (canvas) => act(() => sign(canvas)),
});

async function words() {
  const typing = await halfTyped();
  for (const name of ["found", "done", "advice", "acceptance"]) {
    const value = typing[`text.${name}`];
    if (value === undefined) continue;
    const last = (await kept.entries(sheet.id)).filter((one) => one.kind === "text" && one.values.name === name && one.state !== "refused").pop();
    const before = last ? last.values.value || "" : sheet.texts[name] || "";
    if (value.trim() !== before.trim() && !(await tell("text", { name, value, before }, [`text.${name}`]))) return false;
  }
  return true;
}

function pad(canvas) {
  const pen = canvas.getContext("2d");
  pen.fillStyle = "#fff";
  pen.fillRect(0, 0, canvas.width, canvas.height);
  pen.lineWidth = 2.5;
  pen.lineCap = "round";
  pen.strokeStyle = "#111";
  canvas.dataset.signed = "";
  let down = false;
  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left) * (canvas.width / box.width), (event.clientY - box.top) * (canvas.height / box.height)];
  };
  canvas.onpointerdown = (event) => { down = true; drawn = true; canvas.setPointerCapture(event.pointerId); pen.beginPath(); pen.moveTo(...at(event)); };
  canvas.onpointermove = (event) => {
    if (!down) return;
    pen.lineTo(...at(event));
    pen.stroke();
    canvas.dataset.signed = "1";
  };
  canvas.onpointerup = () => { down = false; };
}

async function sign(canvas) {
  const { name, remark } = await fields("signature.", ["name", "remark"]);
  if (!name || !canvas.dataset.signed) return complain(say("The customer's name and signature are needed."));
  const content = canvas.toDataURL("image/png").split(",")[1];
  if (!(await words())) return null;
  const done = ["resolved", "signed", "closed"].includes(sheet.state) || (await kept.entries(sheet.id)).some((one) => one.kind === "event" && one.values.event === "resolved" && one.state !== "refused");
  if (!done) await tell("event", { event: "resolved" });
  drawn = false;
  return tell("signature", { name, remark, content }, ["signature.name", "signature.remark"]);
}

/** Shows the order anew; what is being typed, or drawn, at this moment is left in peace until it is done. */
async function draw({ gently = false } = {}) {
  const parts = sheet ? [await kept.entries(sheet.id), await halfTyped()] : [];
  const active = document.activeElement; // asked for now, not before the waiting above: no await stands below
  if (gently && sheet && (drawn || (active && place.contains(active) && active.matches("input, textarea, select")))) {
    stale = true;
    return status();
  }
  stale = false;
  const shown = sheet ? view.order(sheet, parts[0], { ...parts[1], ...half }) : await list();
  const top = window.scrollY;
  const name = document.activeElement?.dataset?.keep;
  place.replaceChildren(...shown);
  if (name) place.querySelector(`[data-keep="${CSS.escape(name)}"]`)?.focus({ preventScroll: true });
  window.scrollTo({ top, behavior: "instant" });
  return status();
}

async function list() {
  const sheets = await kept.sheets();
  const entries = await kept.all();
  const parts = [element("h1", {}, say("Orders on this phone"))];
  for (const one of sheets.sort((a, b) => (a.planned_day || "9999").localeCompare(b.planned_day || "9999"))) {
    const waiting = entries.filter((entry) => entry.order === one.id && entry.state !== "sent").length;
    parts.push(element("section", { class: "card" }, element("h2", {}, element("a", { href: `#${one.id}` }, one.title)),
      element("p", { class: "soft" }, [one.number, one.planned_day, one.customer, one.site, one.tag].filter(Boolean).join(" · ")),
      element("p", {}, element("span", { class: "badge" }, say(`state ${one.state}`)), waiting ? ` ${say("{count} to send", { count: waiting })}` : "")));
  }
  if (!sheets.length) parts.push(element("p", { class: "card empty" }, say("No order is kept here yet. Open one while there is a network.")));
  return parts;
}

async function status() {
  const mine = (await kept.all()).filter((one) => one.state !== "sent");
  const waiting = mine.filter((one) => one.state === "ready");
  const notes = { offline: "No network: all of it is kept here and sent when the network is back.", login: "Log in to send; nothing is lost here.", absent: "The service does not answer: it is kept here." };
  const parts = [element("a", { href: "#" }, say("Orders on this phone")), element("strong", { id: "waiting", "data-count": String(waiting.length) }, say("{count} to send", { count: waiting.length }))];
  if (waiting.length && notes[why]) parts.push(element("span", { "data-why": why }, say(notes[why])));
  if (why === "login") parts.push(element("a", { href: `/login?next=${encodeURIComponent("/orders/work")}` }, say("Log in")));
  parts.push(element("span", { class: "error", role: "alert" }));
  for (const one of mine.filter((entry) => entry.state === "refused")) {
    parts.push(element("div", { class: "notice-box warning refused", "data-id": one.id },
      element("p", {}, `${say(one.kind)}: ${one.reason}`),
      element("button", { type: "button", on: () => act(() => mend(one)) }, say("Write it anew")),
      element("button", { type: "button", class: "link", on: () => act(async () => {
        if (!window.confirm(say("Throw it away? It is kept nowhere else."))) return;
        await kept.remove(one.id);
        await draw();
      }) }, say("Throw away"))));
  }
  bar.replaceChildren(...parts);
}

/** Puts what was refused back into the fields it came from, and takes it out of what waits. */
async function mend(entry) {
  const { values } = entry;
  const prefix = entry.kind === "check" ? `check:${values.equipment_id}/${values.item_id}.` : entry.kind === "text" ? "" : `${entry.kind}.`;
  if (entry.kind === "text") await kept.type(entry.order, `text.${values.name}`, values.value || "");
  else for (const [name, value] of Object.entries(values)) if (name !== "content") await kept.type(entry.order, prefix + name, String(value));
  if (entry.kind === "check" && values.verdict === "fail") await kept.type(entry.order, `${prefix}open`, "fail");
  await kept.remove(entry.id);
  half = {};
  location.hash = `#${entry.order}`;
  await draw();
}

async function fetched(id) {
  const asked = Date.now();
  const came = await sender.read(`orders/${encodeURIComponent(id)}`);
  if (!came) return null;
  const answered = Date.now(); // a clock that was set between the two says nothing; else the answer was made half-way
  const skew = Date.parse(came.now) - (answered < asked ? answered : (asked + answered) / 2);
  await kept.keepSheet({ ...came, skew });
  await kept.settle(came);
  return kept.sheet(came.id);
}

async function send() {
  why = navigator.onLine ? await sender.run() : "offline";
  const left = (await kept.all()).some((one) => one.state === "ready");
  clearTimeout(later);
  // An answer that was cut off is asked for again soon, then less and less often.
  if (!why && left) later = setTimeout(() => act(send), (wait = Math.min(wait * 2, AGAIN_MS)));
  else wait = SOON_MS;
  if (!why && sheet) sheet = (await fetched(sheet.id)) || sheet;
  await draw({ gently: true });
}

/** Keeps the orders of who is logged in on this phone before they are needed. */
async function ahead() {
  const mine = await sender.read("orders?mine=true&size=50&state=reported&state=accepted&state=assigned&state=on_the_way&state=on_site&state=restored");
  for (const one of mine?.items || []) await fetched(one.id);
}

async function go() {
  const id = decodeURIComponent(location.hash.slice(1));
  half = {};
  sheet = id ? (await kept.sheet(id)) || null : null;
  await draw();
  if (id) {
    const came = await fetched(id);
    if (came) sheet = came;
    await draw({ gently: Boolean(sheet) });
  } else {
    await ahead();
    await draw();
  }
}

async function open() {
  kept = await OrdersKept.open();
  sender = new OrdersSender(kept, () => act(status));
  place.addEventListener("input", ({ target }) => { if (target.dataset.keep) act(type(target.dataset.keep, target.value)); });
  place.addEventListener("focusout", () => setTimeout(() => { if (stale) act(() => draw({ gently: true })); }, 200));
  window.addEventListener("hashchange", () => act(go));
  for (const name of ["online", "offline"]) window.addEventListener(name, () => act(send));
  kept.listen(() => act(() => draw({ gently: true })));
  setInterval(() => act(async () => { if (navigator.onLine && (await kept.all()).some((one) => one.state === "ready")) await send(); }), AGAIN_MS);
  await go();
  document.documentElement.dataset.ready = "true";
  await send();
  if ("serviceWorker" in navigator && window.isSecureContext) {
    await navigator.serviceWorker.register("/orders/sw.js", { scope: "/orders/" });
    await navigator.serviceWorker.ready;
    document.documentElement.dataset.kept = "true";
  }
}

act(open);
