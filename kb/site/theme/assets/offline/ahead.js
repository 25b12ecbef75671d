// Fetches files of the pack ahead, on a thread of its own, so that a search that is asked meanwhile waits for nothing.
//
// The page sends {names, addresses}; each file goes back as {name, data}. What does not come ends it: {left: true}.
// The page sends {rest: true} while a search fetches files itself, and {rest: false} after it.
"use strict";

const AT_ONCE = 4;
const queue = [];
let resting = false;
let running = 0;
let wake = [];

const rested = () => (resting ? new Promise((done) => wake.push(done)) : null);

async function work() {
  for (let file = queue.shift(); file; file = queue.shift()) {
    await rested();
    const answer = await fetch(file.address, { priority: "low", credentials: "same-origin" });
    if (!answer.ok) throw new Error(String(answer.status));
    const data = await answer.arrayBuffer();
    await rested();
    self.postMessage({ name: file.name, data }, [data]);
  }
}

async function run() {
  running += 1;
  try { await Promise.all(Array.from({ length: AT_ONCE }, work)); }
  catch { queue.length = 0; } // no network, and not kept; a search asks again when it needs the file
  running -= 1;
  if (!running && !queue.length) self.postMessage({ left: true });
}

self.addEventListener("message", ({ data }) => {
  if ("rest" in data) {
    resting = data.rest;
    if (!resting) for (const go of wake.splice(0)) go();
    return;
  }
  queue.push(...data.files);
  run();
});
