// Work orders on this phone: their sheets, what was told of them and not sent yet, and what is half typed.
//
// Keeping and sending are those of draft cases: an entry is a row that is `ready` from the start, since it never changes.

import { Kept, freshId } from "/orders/outbox/drafts_kept.mjs";
import { Sender } from "/orders/outbox/drafts_sent.mjs";

const NAME = "servicebook-orders";
const STRICT = { durability: "strict" };

const settled = (request) => new Promise((done, failed) => {
  request.onsuccess = () => done(request.result);
  request.onerror = () => failed(request.error);
});

// A page that is closed takes with it what it has only asked the database to keep; the storage of a page keeps at once.
const early = {
  put(id, value) {
    try { localStorage.setItem(`${NAME}:${id}`, value); } catch { /* full or forbidden: the database has it in a moment */ }
  },
  drop(id, value) {
    try { if (localStorage.getItem(`${NAME}:${id}`) === value) localStorage.removeItem(`${NAME}:${id}`); } catch { /* as above */ }
  },
  all() {
    try {
      const mine = Object.keys(localStorage).filter((key) => key.startsWith(`${NAME}:`));
      return mine.map((key) => [key.slice(NAME.length + 1), localStorage.getItem(key)]);
    } catch { return []; }
  },
};

export class OrdersKept extends Kept {
  static async open() {
    const kept = await super.open(NAME, ["sheets", "typing"]);
    await kept.gather();
    return kept;
  }

  /** Keeps an order as the service told it. */
  keepSheet(sheet) {
    return this.within("sheets", "readwrite", (store) => settled(store.put(sheet)), STRICT);
  }

  sheet(id) { return this.within("sheets", "readonly", (store) => settled(store.get(id))); }
  sheets() { return this.within("sheets", "readonly", (store) => settled(store.getAll())); }

  /** Forgets an order of which nothing waits to be sent. */
  async forget(id) {
    if ((await this.entries(id)).some((one) => one.state !== "sent")) return false;
    await this.within(["sheets", "drafts"], "readwrite", async (sheets, drafts) => {
      await settled(sheets.delete(id));
      for (const one of await settled(drafts.getAll())) if (one.order === id) await settled(drafts.delete(one.id));
    }, STRICT);
    return true;
  }

  /**
   * Keeps something that is told of an order; returns it once it is on the disk.
   * What was half typed for it is forgotten in the same transaction.
   */
  tell(order, kind, values, { at, amends = "", typed = [] }) {
    const entry = {
      id: freshId(), order, kind, values, amends, at, created: new Date().toISOString(),
      state: "ready", reason: "", uncertain: false, claimed: 0,
    };
    return this.within(["drafts", "typing"], "readwrite", async (drafts, typing) => {
      const all = await settled(drafts.getAll());
      const last = all.reduce((most, one) => (one.created > most ? one.created : most), "");
      // Two entries of one moment keep their order: they are sent as they were told.
      if (last >= entry.created) entry.created = new Date(Date.parse(last) + 1).toISOString();
      await settled(drafts.add(entry));
      for (const name of typed) await settled(typing.delete(`${order}/${name}`));
      return entry;
    }, STRICT);
  }

  /** Returns what was told of an order on this phone, in the order in which it was told. */
  async entries(order) { return (await this.all()).filter((one) => one.order === order); }

  /** Marks an entry as heard, with what became of it; it is shown until the order has been fetched anew. */
  sent(id, told) {
    return this.change(id, ["ready"], { state: "sent", reason: "", uncertain: false, claimed: 0, became: told });
  }

  /** Forgets sent entries that an order, as it was fetched, has. */
  settle(sheet) {
    const there = new Set(sheet.entries.map((one) => one.id));
    return this.within("drafts", "readwrite", async (drafts) => {
      for (const one of await settled(drafts.getAll())) {
        if (one.state === "sent" && there.has(one.id)) await settled(drafts.delete(one.id));
      }
    }, STRICT);
  }

  /** Keeps what is half typed in a field: at once in the page's own storage, until the database has it. */
  async type(order, name, value) {
    const id = `${order}/${name}`;
    early.put(id, value);
    await this.within("typing", "readwrite", (store) => settled(store.put({ id, value })));
    early.drop(id, value);
  }

  /** Puts what a page that was closed in the middle of typing left behind into the database. */
  async gather() {
    for (const [id, value] of early.all()) {
      await this.within("typing", "readwrite", (store) => settled(store.put({ id, value })));
      early.drop(id, value);
    }
  }

  /** Returns what is half typed in the fields of an order, by field. */
  async typed(order) {
    const all = await this.within("typing", "readonly", (store) => settled(store.getAll()));
    const mine = all.filter((one) => one.id.startsWith(`${order}/`));
    return Object.fromEntries(mine.map((one) => [one.id.slice(order.length + 1), one.value]));
  }
}

export class OrdersSender extends Sender {
  constructor(kept, changed) {
    super(kept, new URL("/api/v1/", document.baseURI), changed);
    this.refusals = [403, 404, 412, 413, 422];
  }

  async letter(entry) {
    const { id, kind, at, values, amends } = entry;
    return { path: `orders/${encodeURIComponent(entry.order)}/entries`, content: { id, kind, at, values, amends } };
  }

  /** Returns an answer of the service as JSON, or null where it cannot be reached or does not know us. */
  async read(path) {
    try {
      const answer = await this.ask(path, { cache: "no-store" });
      return answer.ok && !answer.redirected ? await answer.json() : null;
    } catch {
      return null;
    }
  }
}
