// While a draft is written: which pages may say it already? The service is asked where it answers; without it the
// pack on this device. Code, control and then words: kb/usecases/duplicates.py.

import { Engine } from "./engine.mjs";
import { openPack } from "./pack.mjs";
import { atomsOf, fold, hasChinese, tokensOf } from "./tokens.mjs";

const KINDS = new Set(["case", "alarm", "guide"]);
const SHOWN = 4;
const LOOKED_AT = 12;
const LONGEST = 200;
const SHORTEST = 4;
const ALIKE_TEXT = 0.55; // as the service has them
const SURE_TEXT = 0.85;
const FEWEST_WORDS = 6;
const WAIT_MS = 4000;

const lines = (text) => text.split("\n").map((line) => line.trim()).filter(Boolean);
const words = (text) => new Set(tokensOf(atomsOf(fold(text))).filter((token) => !(token.length === 1 && hasChinese(token))));

/** Returns the share of the words of the shorter text that the other has. */
function agreement(one, two) {
  const least = Math.min(one.size, two.size);
  if (!least) return 0;
  let same = 0;
  for (const word of one) same += two.has(word) ? 1 : 0;
  return same === one.size && same === two.size ? 1 : same / Math.max(least, FEWEST_WORDS);
}

export class Alike {
  /** @param base Address of the pack's folder. @param api Address of the service's API, or null where there is none. */
  constructor(base, api) {
    this.base = base;
    this.api = api;
    this.engine = null;
  }

  /** Returns pages that may say what a draft says: {id, title, titleEn, address, sure}; none where it says too little. */
  async of(texts) {
    if (!texts.alarm.trim() && texts.symptom.trim().length < SHORTEST) return [];
    if (this.api && navigator.onLine) {
      const found = await this.asked(texts).catch(() => null); // the pack answers as well
      if (found) return found;
    }
    return this.looked(texts);
  }

  async asked({ machine, alarm, symptom }) {
    const abort = new AbortController();
    const timer = setTimeout(() => abort.abort(), WAIT_MS);
    try {
      const first = (lines(symptom)[0] || lines(alarm)[0] || "").slice(0, 120);
      const body = { title: first, symptom: symptom.slice(0, 2000), alarms: lines(alarm).slice(0, 20), models: machine.trim() ? [machine.slice(0, 200)] : [] };
      const answer = await fetch(new URL("duplicates", this.api), {
        method: "POST", credentials: "same-origin", signal: abort.signal,
        headers: { "Content-Type": "application/json" }, body: JSON.stringify(body),
      });
      if (!answer.ok) return null;
      const { items } = await answer.json();
      return items.slice(0, SHOWN).map(({ id, title, sure }) => ({
        id, title, titleEn: title, sure, address: new URL(`../../pages/${encodeURIComponent(id)}`, this.api).href,
      }));
    } finally {
      clearTimeout(timer);
    }
  }

  async looked({ machine, alarm, symptom }) {
    if (!this.engine) {
      const { pack, core } = await openPack(this.base, ["core"]);
      this.engine = new Engine(pack, core);
    }
    const { engine } = this;
    const search = async (query) => (await engine.search(query.slice(0, LONGEST), { size: LOOKED_AT, facets: false })).hits;
    const families = (await engine.complete(() => engine.understand(machine))).families;
    const ofFamily = new Set([...families].flatMap((name) => [...(engine.facetSets().get("family")?.get(name) || [])]));
    const fits = (hit) => !families.size || ofFamily.has(hit.document); // a code of another maker's control is another alarm
    const asked = words(symptom);
    const found = new Map();
    const take = (hit, code) => {
      if (!KINDS.has(hit.type) || found.has(hit.id)) return;
      const text = Math.max(agreement(asked, words(`${hit.title}\n${hit.texts[0] || ""}`)), agreement(asked, words(hit.title)));
      if (!code && text < ALIKE_TEXT) return;
      found.set(hit.id, {
        id: hit.id, title: hit.title, titleEn: hit.titleEn, address: new URL(`../${hit.address}`, this.base).href,
        sure: hit.type === "case" && (code || text >= SURE_TEXT), weight: code ? 1 : 0, text,
      });
    };
    for (const line of [...lines(alarm), ...lines(symptom).slice(0, 1)].slice(0, 6)) {
      for (const hit of await search(line)) {
        if (hit.match === "code" && fits(hit)) take(hit, true);
      }
    }
    if (symptom.trim()) for (const hit of await search(lines(symptom)[0])) if (hit.match !== "code") take(hit, false);
    const order = [...found.values()];
    order.sort((one, two) => Number(two.sure) - Number(one.sure) || two.weight - one.weight || two.text - one.text || (one.id < two.id ? -1 : 1));
    return order.slice(0, SHOWN);
  }
}
