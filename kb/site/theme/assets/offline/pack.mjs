// Loads the files of the pack. They are scripts that hand over their data, because a script is all that a page
// opened from a folder may load. Over http the same files are fetched as bytes and read only when they are asked
// for: what lies ready costs the phone neither time nor twice its size.

const HELPER = "assets/offline/ahead.js"; // what fetches ahead on a thread of its own
const served = location.protocol !== "file:";
const decoder = new TextDecoder();

const arrived = new Map(); // data by name
const raw = new Map(); // bytes by name, over http, until somebody asks for the data
const waiting = new Map(); // promises by name
const expected = new Map(); // who waits for a part that the page brings by a script of its own
// The page's scripts have all run, or failed, when its document is said to be loaded.
const parsed = document.readyState === "complete" ? Promise.resolve() : new Promise((done) => {
  for (const event of ["DOMContentLoaded", "load"]) window.addEventListener(event, () => done(), { once: true });
});

globalThis.servicebookPack = (name, data) => {
  arrived.set(name, data);
  expected.get(name)?.();
};

export class Pack {
  /** @param base Address of the pack's folder. @param files Names of its files by part. */
  constructor(base, files) {
    this.base = base;
    this.files = files;
    this.busy = 0;
    this.helper = null;
  }

  /** Returns a part of the pack, or undefined where it is yet to come. */
  get(name) {
    if (!arrived.has(name) && raw.has(name)) {
      arrived.set(name, handedOver(name, decoder.decode(raw.get(name))));
      raw.delete(name);
    }
    return arrived.get(name);
  }

  has(name) { return arrived.has(name) || raw.has(name); }
  address(name) { return new URL(this.files[name], this.base); }

  /** Loads parts of the pack, each once. */
  async load(names) {
    this.busy += 1;
    if (this.busy === 1) this.helper?.postMessage({ rest: true });
    try { await Promise.all(names.map((name) => this.loadOne(name, "high"))); }
    finally {
      this.busy -= 1;
      if (!this.busy) this.helper?.postMessage({ rest: false });
    }
  }

  loadOne(name, priority) {
    if (this.has(name)) return Promise.resolve();
    return served ? fetched(name, this.address(name), priority) : loadScript(name, this.address(name));
  }

  /** Loads parts one after the other while no search waits for one; stops where the network does. */
  ahead(names) {
    const wanted = names.filter((name) => name in this.files && !this.has(name));
    if (!wanted.length) return Promise.resolve();
    return served && typeof Worker === "function" ? this.aheadByHelper(wanted) : this.aheadByItself(wanted);
  }

  /** Has a thread of its own fetch them: what the network costs falls on another core than the search. */
  aheadByHelper(names) {
    return new Promise((done) => {
      const helper = (this.helper ||= new Worker(new URL(HELPER, document.baseURI)));
      helper.onmessage = ({ data }) => {
        if (data.left) done();
        else if (!this.has(data.name)) raw.set(data.name, data.data);
      };
      helper.onerror = () => { // it is not there, or may not run: a page without it still searches
        this.helper = null;
        this.aheadByItself(names.filter((name) => !this.has(name))).then(done);
      };
      helper.postMessage({ files: names.map((name) => ({ name, address: String(this.address(name)) })) });
      if (this.busy) helper.postMessage({ rest: true });
    });
  }

  async aheadByItself(names) {
    const queue = [...names];
    try {
      for (let name = queue.shift(); name; name = queue.shift()) {
        await idle();
        while (this.busy) await new Promise((done) => { setTimeout(done, 30); });
        await this.loadOne(name, "low");
      }
    } catch { queue.length = 0; } // no network, and not kept; a search asks again when it needs the file
  }
}

/** Waits until the page has nothing else to do, a second at most. */
export function idle() {
  const later = window.requestIdleCallback || ((work) => setTimeout(work, 50));
  return new Promise((done) => { later(done, { timeout: 1000 }); });
}

function handedOver(name, text) {
  const head = `servicebookPack("${name}",`;
  if (!text.startsWith(head) || !text.endsWith(");\n")) throw new Error(`${name}: the file is not what was asked for`);
  return JSON.parse(text.slice(head.length, -3));
}

/** Keeps one promise for each name, and forgets it where it failed, so that it can be tried again. */
function once(name, begin) {
  if (!waiting.has(name)) {
    waiting.set(name, begin().finally(() => waiting.delete(name)));
  }
  return waiting.get(name);
}

function fetched(name, address, priority) {
  return once(name, async () => {
    let answer = null;
    try {
      answer = await fetch(address, { priority, credentials: "same-origin" });
      if (answer.ok) raw.set(name, await answer.arrayBuffer());
    } catch {
      answer = null;
    }
    if (!answer) throw new Error(`${name}: the file does not come`);
    if (!answer.ok) throw new Error(`${name}: the file does not come (${answer.status})`);
  });
}

/** Returns a part of the pack after its script has run. */
export async function loadScript(name, address) {
  if (!arrived.has(name)) {
    await once(name, () => new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = String(address);
      script.charset = "utf-8";
      script.onload = () => {
        script.remove();
        if (arrived.has(name)) done();
        else failed(new Error(`${name}: the file is not what was asked for`));
      };
      script.onerror = () => {
        script.remove();
        failed(new Error(`${name}: the file does not come`));
      };
      document.head.append(script);
    }));
  }
  return arrived.get(name);
}

/** Waits for a part that the page itself brings as a script, as long as it may still come. */
function brought(name) {
  if (arrived.has(name)) return null;
  return Promise.race([parsed, new Promise((done) => { expected.set(name, done); })]);
}

/**
 * Returns the pack that stands in a folder: its list of files, and the parts `names`.
 * The page brings them by scripts of its own; what did not come that way is asked for again.
 */
export async function openPack(base, names = ["core", "texts"]) {
  await brought("list");
  const list = await loadScript("list", new URL("pack.js", base));
  const pack = new Pack(base, list.files);
  for (const name of names) {
    await brought(name);
    await loadScript(name, pack.address(name));
  }
  return { pack, list, ...Object.fromEntries(names.map((name) => [name, arrived.get(name)])) };
}
