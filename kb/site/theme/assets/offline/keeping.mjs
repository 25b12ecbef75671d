// Keeps the site on this device: registers the worker, asks it to look for a newer pack, says how old this one is.

import { element } from "./view.mjs";

const DAY_MS = 86_400_000;
const OLD_DAYS = 30;
const MEGABYTE = 1_000_000;
const AGAIN_MS = 4_000;
const LONGEST_MS = 300_000;

/** Returns how old a pack is in whole days, or null where its list does not say. */
export function ageDays(built, now) {
  const moment = built ? Date.parse(built) : NaN;
  return Number.isNaN(moment) ? null : Math.max(0, Math.floor((now - moment) / DAY_MS));
}

export class Keeper {
  /**
   * @param view Says texts.
   * @param list The pack's list.
   * @param place Where the state is shown.
   */
  constructor(view, list, place) {
    this.view = view;
    this.list = list;
    this.place = place;
    this.state = null;
    this.failed = "";
    this.wait = AGAIN_MS; // until a failed update is tried again; twice as long after each failure
    this.timer = 0;
    this.installing = null;
    this.possible = location.protocol !== "file:" && "serviceWorker" in navigator && window.isSecureContext;
  }

  async start() {
    window.addEventListener("online", () => { this.show(); this.ask("update"); });
    window.addEventListener("offline", () => this.show());
    window.addEventListener("beforeinstallprompt", (event) => {
      event.preventDefault();
      this.installing = event;
      this.show();
    });
    if (!this.possible) return;
    navigator.serviceWorker.addEventListener("message", ({ data }) => this.heard(data));
    try {
      await navigator.serviceWorker.register("sw.js");
      await navigator.serviceWorker.ready;
      this.ask("update");
    } catch (error) {
      this.failed = error.message;
      this.show();
    }
  }

  async ask(type) {
    const worker = (await navigator.serviceWorker?.ready)?.active;
    if (worker) worker.postMessage({ type });
  }

  heard(data) {
    if (data.type !== "state") return;
    this.state = data;
    this.failed = data.failed || "";
    clearTimeout(this.timer);
    if (this.failed) { // a phone says that it is online before it is
      this.timer = setTimeout(() => { if (navigator.onLine) this.ask("update"); }, this.wait);
      this.wait = Math.min(this.wait * 2, LONGEST_MS);
    } else {
      this.wait = AGAIN_MS;
    }
    this.show();
  }

  show() {
    const { view, list, state } = this;
    const age = ageDays(list.built, Date.now());
    const when = list.built ? list.built.slice(0, 10) : list.version.slice(0, 8);
    const parts = [element("span", { class: age !== null && age > OLD_DAYS ? "so-age so-old" : "so-age" },
      view.say("Pack of {date}", { date: when }),
      age === null ? "" : ` · ${view.say(age === 0 ? "today" : "{days} days old", { days: age })}`,
      ` · ${view.say("{count} pages", { count: list.pages })}`)];
    if (!navigator.onLine) parts.push(element("strong", { class: "so-offline" }, view.say("offline")));
    if (this.possible) parts.push(...this.kept(state));
    if (location.protocol === "file:") parts.push(element("span", {}, view.say("opened from a folder")));
    if (this.failed && navigator.onLine) parts.push(element("span", { class: "so-failed" }, this.failure()));
    if (this.installing) {
      parts.push(element("button", { type: "button", on: () => this.install() }, view.say("Install")));
    }
    this.place.replaceChildren(...parts.flatMap((part) => [part, " "]));
    this.place.dataset.kept = state ? state.kept : "";
  }

  failure() {
    const { view, state } = this;
    if (state?.full) return view.say("This device has no room for the newer pack; it keeps the one it has.");
    if (!state?.version) return view.say("The pack could not be kept on this device: {reason}", { reason: this.failed });
    return view.say("The newer pack did not come whole ({reason}); the one on this device stays as it is.", { reason: this.failed });
  }

  kept(state) {
    const { view } = this;
    if (!state) return [];
    if (state.version && state.version !== this.list.whole) {
      return [element("button", { type: "button", class: "so-primary", on: () => location.reload() }, view.say("A newer pack is here: reload"))];
    }
    if (state.left) {
      return [element("span", { role: "status" }, view.say("{left} files to come", { left: state.left }))];
    }
    if (state.kept === "all") return [element("span", {}, view.say("search and all pages are on this device"))];
    if (state.kept !== "search") return [];
    if (!navigator.onLine) return [element("span", {}, view.say("only the search is on this device; pages open when the network is back"))];
    const size = (state.bytes / MEGABYTE).toFixed(0);
    return [
      element("span", {}, view.say("the search is on this device")),
      element("button", { type: "button", id: "keep-all", on: () => this.keepAll() }, view.say("Keep all pages too ({size} MB)", { size })),
    ];
  }

  /** Keeps all pages, and asks that the browser does not clear them when space runs short. */
  async keepAll() {
    await navigator.storage?.persist?.().catch(() => false);
    await this.ask("keep");
  }

  async install() {
    this.installing.prompt();
    await this.installing.userChoice;
    this.installing = null;
    this.show();
    await this.keepAll();
  }
}
