// Drafts on this device: one row a draft, its photos beside it, so that typing never writes a photo again.
//
// A draft is `writing` (it can be changed), `ready` (frozen, to be sent), `refused` (the service told what to mend) or
// `sent`. `uncertain` means that the service may have it already: then it is never changed, only sent again.

const NAME = "servicebook-drafts";
const STRICT = { durability: "strict" }; // what a person was told is kept is on the disk
const CLAIM_MS = 90_000; // longer than a sending may take
const MOST_SENT = 20;

export const MOST_PHOTOS = 4;
export const FIELDS = ["machine", "alarm", "symptom", "ruled_out", "cured_by", "notes"];

const settled = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

/** Returns a fresh UUID; the browser's own maker is missing where a page came over plain http. */
export function freshId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const digits = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}

export const isEmpty = (draft) => FIELDS.every((name) => !draft.texts[name].trim());

export class Kept {
  /**
   * Opens what is kept; asks that the browser does not clear it when space runs short.
   * @param name Of the database; another room that sends things the same way has one of its own.
   * @param more Names of further stores, whose rows have an `id`.
   */
  static async open(name = NAME, more = []) {
    const opening = indexedDB.open(name, 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("drafts", { keyPath: "id" });
      opening.result.createObjectStore("photos", { keyPath: ["draft", "number"] });
      for (const one of more) opening.result.createObjectStore(one, { keyPath: "id" });
    };
    const database = await settled(opening);
    database.onversionchange = () => database.close();
    navigator.storage?.persist?.().catch(() => false);
    return new this(database, name);
  }

  constructor(database, name) {
    this.database = database;
    this.name = name;
    this.channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(name) : null;
  }

  /** Calls `changed` whenever another tab has changed what is kept. */
  listen(changed) { this.channel?.addEventListener("message", changed); }

  /** Runs `work` in one transaction and returns what it returned after all of it is kept. */
  async within(stores, mode, work, options) {
    const transaction = this.database.transaction(stores, mode, options);
    const done = new Promise((kept, failed) => {
      transaction.oncomplete = () => kept();
      transaction.onabort = () => failed(transaction.error || new Error("the device did not keep it"));
    });
    done.catch(() => null); // told by the await below
    const result = await work(...[stores].flat().map((name) => transaction.objectStore(name)));
    await done;
    if (mode === "readwrite") this.channel?.postMessage("changed");
    return result;
  }

  /** Returns all drafts, the oldest first. */
  async all() {
    const drafts = await this.within("drafts", "readonly", (store) => settled(store.getAll()));
    return drafts.sort((one, two) => (one.created < two.created ? -1 : 1));
  }

  /** Returns a draft as it stands now, or null where it is kept no longer. */
  async one(id) {
    return (await this.within("drafts", "readonly", (store) => settled(store.get(id)))) || null;
  }

  photos(id) {
    const range = IDBKeyRange.bound([id, 0], [id, Infinity]);
    return this.within("photos", "readonly", (store) => settled(store.getAll(range)));
  }

  blank() {
    const texts = Object.fromEntries(FIELDS.map((name) => [name, ""]));
    return { id: freshId(), created: new Date().toISOString(), state: "writing", texts, reason: "", uncertain: false, claimed: 0 };
  }

  /**
   * Keeps the texts of a draft that is being written; one that is frozen meanwhile, in another tab, stays as it is.
   * @param names The fields that were changed here; the others keep what another tab may have put into them.
   */
  write(draft, names = FIELDS) {
    return this.within("drafts", "readwrite", async (store) => {
      const kept = await settled(store.get(draft.id));
      if (kept && kept.state !== "writing") return false;
      const changed = Object.fromEntries(names.map((name) => [name, draft.texts[name]]));
      await settled(store.put({ ...(kept || draft), texts: { ...(kept || draft).texts, ...changed } }));
      return true;
    });
  }

  /** Changes a draft if it is in one of `states`; returns it as it stands then, or null where it is in none. */
  change(id, states, changes) {
    return this.within("drafts", "readwrite", async (store) => {
      const kept = await settled(store.get(id));
      if (!kept || !states.includes(kept.state)) return null;
      const changed = { ...kept, ...changes };
      await settled(store.put(changed));
      return changed;
    }, STRICT);
  }

  /** Adds a photo; false where the draft is frozen or has as many as it may. */
  addPhoto(id, data) {
    return this.within(["drafts", "photos"], "readwrite", async (drafts, photos) => {
      const kept = await settled(drafts.get(id));
      if (!kept || kept.state !== "writing") return false;
      const keys = await settled(photos.getAllKeys(IDBKeyRange.bound([id, 0], [id, Infinity])));
      if (keys.length >= MOST_PHOTOS) return false;
      const number = keys.length ? keys[keys.length - 1][1] + 1 : 1;
      await settled(photos.add({ draft: id, number, data }));
      return true;
    }, STRICT);
  }

  removePhoto(id, number) {
    return this.within(["drafts", "photos"], "readwrite", async (drafts, photos) => {
      const kept = await settled(drafts.get(id));
      if (kept?.state === "writing") await settled(photos.delete([id, number]));
    }, STRICT);
  }

  /** Makes a draft writable again; null where it is sent, or being sent, or may be at the service already. */
  reopen(id) {
    return this.within("drafts", "readwrite", async (store) => {
      const kept = await settled(store.get(id));
      if (!kept || kept.state === "sent" || (kept.state === "ready" && kept.uncertain)) return null;
      const open = { ...kept, state: "writing", reason: "", claimed: 0 };
      await settled(store.put(open));
      return open;
    }, STRICT);
  }

  /** Gives a refused draft another id, so that it can be changed although the service may know the old one. */
  renamed(id) {
    return this.within(["drafts", "photos"], "readwrite", async (drafts, photos) => {
      const kept = await settled(drafts.get(id));
      if (kept?.state !== "refused") return null;
      const other = { ...kept, id: freshId(), state: "writing", reason: "", uncertain: false, claimed: 0 };
      for (const photo of await settled(photos.getAll(IDBKeyRange.bound([id, 0], [id, Infinity])))) {
        await settled(photos.add({ ...photo, draft: other.id }));
        await settled(photos.delete([id, photo.number]));
      }
      await settled(drafts.delete(id));
      await settled(drafts.put(other));
      return other;
    }, STRICT);
  }

  /** Throws a draft away with its photos. */
  remove(id) {
    return this.within(["drafts", "photos"], "readwrite", async (drafts, photos) => {
      await settled(drafts.delete(id));
      await settled(photos.delete(IDBKeyRange.bound([id, 0], [id, Infinity])));
    }, STRICT);
  }

  /**
   * Takes the oldest draft that waits, for this tab alone; null where none waits or another tab has it.
   * The draft counts as uncertain from here on: if this tab dies now, nobody knows how far it came.
   * @param alone Whether a lock shows that no other tab sends, so that what a dead tab took is free.
   * @param passed Ids that are not taken again.
   */
  claim({ alone, passed }) {
    return this.within("drafts", "readwrite", async (store) => {
      const waiting = (await settled(store.getAll()))
        .filter((draft) => draft.state === "ready" && !passed.has(draft.id) && (alone || draft.claimed < Date.now()))
        .sort((one, two) => (one.created < two.created ? -1 : 1));
      if (!waiting.length) return null;
      const [first] = waiting;
      await settled(store.put({ ...first, claimed: Date.now() + CLAIM_MS, uncertain: true }));
      return first;
    }, STRICT);
  }

  /** Marks a draft as sent and forgets its photos; of those sent the newest stay in the list. */
  sent(id) {
    return this.within(["drafts", "photos"], "readwrite", async (drafts, photos) => {
      const all = await settled(drafts.getAll());
      const draft = all.find((one) => one.id === id);
      if (!draft) return;
      const now = new Date().toISOString();
      await settled(drafts.put({ ...draft, state: "sent", reason: "", uncertain: false, claimed: 0, sent: now }));
      await settled(photos.delete(IDBKeyRange.bound([id, 0], [id, Infinity])));
      const old = all.filter((one) => one.state === "sent").sort((one, two) => (one.sent < two.sent ? 1 : -1));
      for (const one of old.slice(MOST_SENT - 1)) await settled(drafts.delete(one.id));
    }, STRICT);
  }
}
