// Sends drafts, one at a time, until the service has said that it has them.
//
// Exactly once is made of two halves: the phone sends a frozen draft again and again until it hears an answer that
// names the draft, and the service keeps an id once. Tabs do not send at the same time.

const WAIT_MS = 60_000;

/** Returns bytes as base64. */
export function base64(bytes) {
  let text = "";
  for (let at = 0; at < bytes.length; at += 0x8000) text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  return btoa(text);
}

/** Says why nothing more can be sent now: `login`, `offline` or `absent` (no service at this address). */
export class Stopped extends Error {
  constructor(why) {
    super(why);
    this.why = why;
  }
}

export class Sender {
  /**
   * @param kept Drafts on this device.
   * @param api Address of the service's API, ending with a slash.
   * @param changed Called when a draft's state has changed.
   */
  constructor(kept, api, changed) {
    this.kept = kept;
    this.api = api;
    this.changed = changed;
    this.running = null;
    this.refusals = [412, 413, 422]; // answers that no sending again would change
  }

  /** Sends what waits; returns "" when nothing is left to do, else why it stopped. One run at a time, in all tabs. */
  run() {
    this.running ||= this.alone().finally(() => { this.running = null; });
    return this.running;
  }

  alone() {
    if (!navigator.locks) return this.sendAll(false); // plain http: the claim in the database is the lock
    return navigator.locks.request(this.kept.name, { ifAvailable: true }, (lock) => (lock ? this.sendAll(true) : ""));
  }

  async sendAll(alone) {
    const passed = new Set();
    try {
      if (!(await this.kept.all()).some((draft) => draft.state === "ready")) return "";
      const token = await this.token();
      for (;;) {
        const draft = await this.kept.claim({ alone, passed });
        if (!draft) return "";
        passed.add(draft.id);
        this.changed();
        await this.send(draft, token);
        this.changed();
      }
    } catch (error) {
      if (!(error instanceof Stopped)) throw error;
      return error.why;
    }
  }

  /** Asks who we are to the service; it is asked before each run, because the token is bound to the login. */
  async token() {
    let answer;
    try {
      answer = await this.ask("session/token", { cache: "no-store" });
    } catch {
      throw new Stopped("offline");
    }
    const told = answer.ok && !answer.redirected ? await answer.json().catch(() => null) : null;
    if (typeof told?.csrf_token !== "string") throw new Stopped("absent");
    if (told.login_needed) throw new Stopped("login");
    return told.csrf_token;
  }

  ask(path, options) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), WAIT_MS);
    return fetch(new URL(path, this.api), { credentials: "same-origin", signal: abort.signal, ...options })
      .finally(() => clearTimeout(timer));
  }

  /** Returns where a draft is sent to, and what is sent; the same bytes however often. */
  async letter(draft) {
    const photos = (await this.kept.photos(draft.id)).map((photo) => base64(new Uint8Array(photo.data)));
    return { path: "drafts", content: { id: draft.id, created: draft.created, ...draft.texts, photos } };
  }

  async send(draft, token) {
    const { path, content } = await this.letter(draft);
    const body = JSON.stringify(content);
    let answer;
    let told;
    try {
      const headers = { "Content-Type": "application/json", "X-CSRF-Token": token };
      answer = await this.ask(path, { method: "POST", headers, body });
      told = await answer.json(); // an answer that is cut off is no answer
    } catch {
      await this.kept.change(draft.id, ["ready"], { claimed: 0, reason: "cut" });
      throw new Stopped(navigator.onLine ? "" : "offline");
    }
    // A portal of a guest network answers 200 to anything: only an answer that names the draft counts.
    if ((answer.status === 200 || answer.status === 201) && told.id === draft.id) {
      await this.kept.sent(draft.id, told);
      return;
    }
    const reason = [told.detail, ...(told.faults || []).map((fault) => `${fault.where}: ${fault.what} ${fault.repair}`)]
      .filter(Boolean).join(" · ") || `HTTP ${answer.status}`;
    const refused = this.refusals.includes(answer.status);
    // What was refused before it was kept is certain not to be there, unless an earlier sending got no answer.
    const uncertain = draft.uncertain || answer.status >= 500 || answer.ok;
    await this.kept.change(draft.id, ["ready"], {
      claimed: 0, reason, uncertain, state: refused ? "refused" : "ready",
    });
    if (answer.status === 401) throw new Stopped("login");
    if (!refused) throw new Stopped("");
  }
}
