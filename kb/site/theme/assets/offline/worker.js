// The service worker: keeps the site on this device and serves it whole.
//
// A list names every file of the site with its digest. Files are kept by digest, fetched only where the digest is
// new, checked before they are kept, and served by the list that is current. A newer list becomes current in one
// step, when all its files are there; so no reader ever gets pages of two versions. The files of the version
// before stay until the next, for pages that are still open.
"use strict";

const LIST = "offline/files.json";
const ABOUT = "offline/pack.js";
const AT_ONCE = 6;
const CACHE = `servicebook:${self.registration.scope}`;
const STATE = new URL(".servicebook/state", self.registration.scope).href;
const TYPES = {
  html: "text/html; charset=utf-8", js: "text/javascript; charset=utf-8", mjs: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8", json: "application/json", svg: "image/svg+xml", png: "image/png",
  jpg: "image/jpeg", webp: "image/webp", gif: "image/gif", xml: "application/xml", txt: "text/plain; charset=utf-8",
  webmanifest: "application/manifest+json", woff2: "font/woff2", pdf: "application/pdf",
};

let known = null;
let running = null;

self.addEventListener("install", (event) => event.waitUntil(self.skipWaiting()));
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => {
  const { type } = event.data || {};
  if (type === "update" || type === "keep") event.waitUntil(update(type === "keep"));
});
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || !url.href.startsWith(self.registration.scope)) return;
  event.respondWith(answer(event.request, pathOf(url)));
});

const keyOf = (digest) => new URL(`.servicebook/${digest}`, self.registration.scope).href;

function pathOf(url) {
  const path = decodeURIComponent(url.pathname.slice(new URL(self.registration.scope).pathname.length));
  return path === "" || path.endsWith("/") ? `${path}index.html` : path;
}

/** Returns {current, previous, all, whole}: lists that may be served, whether all pages are wanted, of which version all are here. */
async function state() {
  if (!known) {
    const kept = await (await caches.open(CACHE)).match(STATE);
    known = kept ? await kept.json() : { current: null, previous: null, all: false, whole: "" };
  }
  return known;
}

async function settle(changes) {
  known = { ...(await state()), ...changes };
  await (await caches.open(CACHE)).put(STATE, new Response(JSON.stringify(known)));
}

async function answer(request, path) {
  const { current, previous } = await state();
  const cache = await caches.open(CACHE);
  for (const list of [current, previous]) {
    const file = list?.files[path];
    const kept = file && (await cache.match(keyOf(file[0])));
    if (kept) return kept;
  }
  try {
    return await fetch(request);
  } catch (error) {
    if (request.mode !== "navigate") throw error;
    return missing(current?.files[path] !== undefined);
  }
}

function missing(listed) {
  const text = listed
    ? "此页未存到本机；联网时在检索页点“保存全部页面”。 This page is not kept on this device."
    : "本机资料里没有此页。 This device has no such page.";
  const here = (path) => new URL(path, self.registration.scope).href;
  const body = `<!doctype html><html lang="zh-CN"><meta charset="utf-8"><meta name="viewport" content="width=device-width">`
    + `<title>离线 Offline</title><link rel="stylesheet" href="${here("assets/offline/offline.css")}">`
    + `<main><h1>离线 Offline</h1><p class="so-notice">${text}</p><p><a class="so-primary" href="${here("search.html")}">离线检索 Search</a></p></main>`;
  return new Response(body, { status: 503, headers: { "Content-Type": TYPES.html } });
}

/** Looks for a newer list and fetches what it has and this device has not; one run at a time. */
async function update(all) {
  if (all) await settle({ all: true });
  if (running) await running.catch(() => null);
  running ||= renew().finally(() => { running = null; });
  try {
    await running;
    await tell({});
  } catch (error) {
    // What is there already stays as it is, and what came of the newer version is not fetched again.
    await tell({ failed: String(error.message || error), full: error.name === "QuotaExceededError" });
  }
}

async function renew() {
  const answered = await fetch(new URL(LIST, self.registration.scope), { cache: "no-store", credentials: "same-origin" });
  if (!answered.ok || answered.redirected) throw new Error(`the list of files was not given (${answered.status})`);
  const list = await answered.json();
  const { current, all } = await state();
  const files = Object.entries(list.files).filter(([, [, , search]]) => all || search);
  const cache = await caches.open(CACHE);
  const wanted = new Map();
  for (const [path, [digest]] of files) {
    if (!wanted.has(digest) && !(await cache.match(keyOf(digest)))) wanted.set(digest, path);
  }
  const queue = [...wanted];
  let left = queue.length;
  const work = async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      await keep(cache, next[0], next[1]);
      left -= 1;
      if (left % 20 === 0) await tell({ left });
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  // The file that says when the pack was built is new with each build, even where nothing else is.
  if (current?.files[ABOUT]?.[0] !== list.files[ABOUT]?.[0]) {
    const { previous } = await state();
    await settle({ current: list, previous: current?.version === list.version ? previous : current });
  }
  // All pages count as kept only from here on, not when somebody asks for them.
  if (all) await settle({ whole: list.version });
  await sweep(cache);
}

/** Fetches a file and keeps it, if it is exactly the file that the list names. */
async function keep(cache, digest, path) {
  const url = new URL(path.split("/").map(encodeURIComponent).join("/"), self.registration.scope);
  // A file of the pack has its digest in its name: what the page has just fetched need not come a second time.
  const from = path.startsWith("offline/") && path !== ABOUT ? "force-cache" : "no-store";
  const answered = await fetch(url, { cache: from, credentials: "same-origin" });
  if (!answered.ok || answered.redirected) throw new Error(`${path} was not given (${answered.status})`);
  const bytes = await answered.arrayBuffer();
  const found = [...new Uint8Array(await crypto.subtle.digest("SHA-256", bytes))];
  if (found.map((byte) => byte.toString(16).padStart(2, "0")).join("") !== digest) {
    throw new Error(`${path} has changed since the list was made`);
  }
  const type = TYPES[path.slice(path.lastIndexOf(".") + 1)] || "application/octet-stream";
  const headers = { "Content-Type": type, "Content-Length": String(bytes.byteLength) };
  // What the service says about scripts holds without it, too.
  const policy = answered.headers.get("Content-Security-Policy");
  if (policy) headers["Content-Security-Policy"] = policy;
  await cache.put(keyOf(digest), new Response(bytes, { headers }));
}

async function sweep(cache) {
  const { current, previous } = await state();
  const used = new Set([STATE]);
  for (const list of [current, previous]) {
    for (const [digest] of Object.values(list?.files || {})) used.add(keyOf(digest));
  }
  for (const request of await cache.keys()) if (!used.has(request.url)) await cache.delete(request);
}

async function tell(more) {
  const { current, all, whole } = await state();
  const bytes = current ? Object.values(current.files).reduce((sum, [, size]) => sum + size, 0) : 0;
  const kept = current ? (all && whole === current.version ? "all" : "search") : "";
  const message = { type: "state", version: current?.version || "", kept, bytes, ...more };
  for (const client of await self.clients.matchAll({ type: "window" })) client.postMessage(message);
}
