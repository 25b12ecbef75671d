// Keeps the page of work on site on this phone: the newest while there is a network, the kept one without.

const FILES = __FILES__;
const NAME = `servicebook-orders-${FILES.version}`;
const PAGE = "/orders/work";
const kept = new Set(FILES.addresses.map((one) => new URL(one, location.href).pathname));

async function keep() {
  const cache = await caches.open(NAME);
  for (const address of [PAGE, ...FILES.addresses]) {
    const answer = await fetch(address, { cache: "no-cache", credentials: "same-origin" });
    // A login page that came instead is not what was asked for.
    if (!answer.ok || answer.redirected) throw new Error(`${address}: ${answer.status}`);
    await cache.put(new URL(address, location.href).pathname, answer);
  }
}

async function fromNetworkFirst(request, path) {
  const cache = await caches.open(NAME);
  try {
    const answer = await fetch(request);
    if (answer.ok && !answer.redirected) await cache.put(path, answer.clone());
    return answer;
  } catch (error) {
    const found = await cache.match(path);
    if (found) return found;
    throw error;
  }
}

self.addEventListener("install", (event) => { event.waitUntil(keep().then(() => self.skipWaiting())); });
self.addEventListener("activate", (event) => {
  event.waitUntil((async () => {
    for (const name of await caches.keys()) {
      if (name.startsWith("servicebook-orders-") && name !== NAME) await caches.delete(name);
    }
    await self.clients.claim();
  })());
});
self.addEventListener("fetch", (event) => {
  const { pathname, origin } = new URL(event.request.url);
  if (event.request.method !== "GET" || origin !== location.origin) return;
  if (kept.has(pathname)) event.respondWith(fromNetworkFirst(event.request, pathname));
  else if (event.request.mode === "navigate" && (pathname === PAGE || pathname === "/orders/mine")) {
    event.respondWith(pathname === PAGE ? fromNetworkFirst(event.request, PAGE)
      : fetch(event.request).catch(async () => (await caches.match(PAGE)) || Response.error()));
  }
});
