// Loads the files of the pack. They are scripts that hand over their data, because a script is all that a page
// opened from a folder may load; over http the same files come from the service, a static host or the worker.

const waiting = new Map();
const arrived = new Map();

globalThis.servicebookPack = (name, data) => { arrived.set(name, data); };

export class Pack {
  /** @param base Address of the pack's folder. @param files Names of its files by part. */
  constructor(base, files) {
    this.base = base;
    this.files = files;
  }

  get(name) { return arrived.get(name); }

  /** Loads parts of the pack, each once. */
  load(names) { return Promise.all(names.map((name) => loadScript(name, new URL(this.files[name], this.base)))); }
}

/** Returns a part of the pack after its script has run. */
export function loadScript(name, address) {
  if (arrived.has(name)) return Promise.resolve(arrived.get(name));
  if (!waiting.has(name)) {
    waiting.set(name, new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = String(address);
      script.charset = "utf-8";
      script.onload = () => {
        script.remove();
        if (arrived.has(name)) done(arrived.get(name));
        else failed(new Error(`${name}: the file is not what was asked for`));
      };
      script.onerror = () => {
        script.remove();
        waiting.delete(name); // so that it can be tried again when the network is back
        failed(new Error(`${name}: the file does not come`));
      };
      document.head.append(script);
    }));
  }
  return waiting.get(name);
}

/** Returns the pack that stands in a folder: its list of files, the part that every search needs, what is said. */
export async function openPack(base) {
  const list = await loadScript("list", new URL("pack.js", base));
  const pack = new Pack(base, list.files);
  await pack.load(["core", "texts"]);
  return { pack, core: pack.get("core"), texts: pack.get("texts"), list };
}
