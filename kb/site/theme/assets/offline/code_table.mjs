// Which pages are about which code: kb/search/code_table.py over the table that the pack carries.

import { plainNumber } from "./codes.mjs";
import { fold, unique } from "./tokens.mjs";

const ALL_DIGITS = /^\d+$/;
const ALL_LETTERS = /^\p{L}+$/u;
/** What stands before the last number of a key: `SV`, `S.1`, or nothing. */
const headOf = (key) => key.slice(0, Math.max(key.lastIndexOf("."), 0));
const ROLES = ["alarm", "case", "fact"];

const entryOf = ([page, family, role, main]) => ({ page, family, role: ROLES[role], main: main === 1 });

/** States of a code that no page is about, as far as the query names a family. */
export const MISSING = new Set(["other_family", "unknown"]);

export class CodeTable {
  /**
   * @param table The pack's table: keys, ranges, texts, ids, order; pages are document numbers.
   * @param codes How codes are read.
   * @param pages Ids of the pages, in the order of their document numbers.
   */
  constructor(table, codes, pages) {
    this.codes = codes;
    this.pages = pages;
    this.byKey = new Map(table.keys.map((row) => [row[0], row])); // entries are read from a row when asked for
    this.ranges = table.ranges.map(([prefix, low, last, entry]) => ({ prefix, low, last, entry: entryOf(entry) }));
    this.texts = table.texts;
    this.ids = new Map(table.ids.map(([id, ...pages]) => [id, pages]));
    this.order = new Map(table.order.map((family, rank) => [family, rank]));
    this.leastTextWords = table.least_text_words;
    this.read = new Map();
    this.numbers = null;
  }

  /** Returns keys by the number at their end, made when the first bare number is asked for. */
  get byNumber() {
    if (this.numbers) return this.numbers;
    this.numbers = new Map();
    const count = (number, key) => {
      const keys = this.numbers.get(number);
      if (keys) keys.push(key);
      else this.numbers.set(number, [key]);
    };
    for (const key of this.byKey.keys()) {
      const last = key.slice(key.lastIndexOf(".") + 1);
      if (!ALL_DIGITS.test(last)) continue;
      count(last, key);
      if (key.startsWith("SP.9") && last.length === 4) count(plainNumber(last.slice(1)), key);
    }
    return this.numbers;
  }

  has(key) { return this.byKey.has(key); }

  /** Whether a word of letters alone is a code. */
  isWord(word) { return ALL_LETTERS.test(word) && this.byKey.has(word); }

  entries(key) {
    let entries = this.read.get(key);
    if (entries === undefined) {
      const row = this.byKey.get(key);
      entries = row ? row.slice(1).map(entryOf) : [];
      this.read.set(key, entries);
    }
    return entries;
  }
  rank(family) { return this.order.has(family) ? this.order.get(family) : this.order.size; }

  pagesById(text) {
    const asked = fold(text).trim().toUpperCase();
    const named = this.ids.get(asked);
    if (named) return named;
    const own = /^[A-Z]+-/.test(asked) ? this.pages.findIndex((id) => id.toUpperCase() === asked) : -1;
    if (own >= 0) return [own];
    const span = this.codes.rangeOf(text);
    if (!span) return [];
    return this.ranges
      .filter((one) => one.prefix === span.prefix && one.low === span.low && one.last === span.last)
      .filter((one) => one.entry.role === "alarm")
      .map((one) => one.entry.page);
  }

  textsIn(query) {
    const asked = this.codes.alarmText(query);
    if (asked.length < 4) return [];
    const long = (text) => text.split(" ").length >= this.leastTextWords;
    const found = new Map();
    for (const [text, ...entries] of this.texts) {
      const whole = text === asked;
      const part = ` ${asked} `.includes(` ${text} `) && long(text);
      const inside = ` ${text} `.includes(` ${asked} `) && long(asked);
      if (!whole && !part && !inside) continue;
      for (const entry of entries.map(entryOf)) {
        found.set(entry.page, { entry, whole: whole || part || Boolean(found.get(entry.page)?.whole) });
      }
    }
    return [...found.values()];
  }

  /** Returns what the library has for a written code, or null where it is no code at all. */
  resolve(code, families, alone, shown) {
    if (code.measure) return null;
    const asked = (key, state, keys, more = []) => {
      const entries = this.inFamilies([...keys.flatMap((one) => this.entries(one)), ...more], families);
      const alarms = entries.filter((entry) => entry.role === "alarm");
      const missed = families.size && alarms.length && !alarms.some((entry) => families.has(entry.family));
      if ((state === "exact" || state === "range") && missed) state = "other_family";
      const pages = new Set(entries.map((entry) => entry.page));
      const kept = keys.filter((one) => this.entries(one).some((entry) => pages.has(entry.page)));
      const names = unique(entries.filter((entry) => entry.role === "alarm").map((entry) => entry.family));
      const direct = new Set([...this.direct(code.number)].filter((page) => pages.has(page)));
      const shows = new Set(entries.filter((entry) => direct.has(entry.page)).map((entry) => entry.family));
      names.sort((one, two) => Number(shows.has(two)) - Number(shows.has(one)) || this.rank(one) - this.rank(two));
      const end = code.axis ? code.axisEnd : code.end;
      const { axis, start } = code;
      return { shown, key, state, entries, keys: kept, families: names, axis, start, end, direct };
    };
    const value = Number(code.number || 0);
    const within = code.digits < 3 ? [] : this.ranges
      .filter((one) => (!code.prefix || code.prefix === one.prefix) && one.low <= value && value <= one.last)
      .map((one) => one.entry);
    // A run of numbers of the family named comes before the very number of another.
    const own = within.some((entry) => families.has(entry.family));
    const certainPrefix = this.codes.certain.has(code.prefix);
    const bare = !code.prefix || (code.spaced && !certainPrefix);
    const exact = code.keys.filter((key) => this.has(key));
    if (exact.length && !(bare && !code.prefix)) {
      const keys = code.prefix === "AL" ? exact : exact.slice(0, 1);
      const wider = code.keys.length > 0 && code.keys[0].startsWith(`${exact[0]}.`);
      return wider ? asked(code.keys[0], "range", exact.slice(0, 1)) : asked(exact[0], "exact", keys);
    }
    const sure = code.cued || alone || families.size > 0 || code.digits >= 3;
    if (bare && sure) {
      const keys = unique([...exact, ...this.numbered(code, families)]);
      const found = keys.length ? asked(code.number, "exact", keys) : null;
      if (found && !(found.state === "other_family" && own)) return found;
    }
    if (sure && within.length) return asked(code.keys[0], "range", [], within);
    if (this.codes.displays.has(code.prefix) && code.digits <= this.codes.mostDisplayDigits) {
      const shownSo = (this.byNumber.get(code.number) || []).filter((key) => this.codes.displays.has(headOf(key)));
      if (shownSo.length) return asked(code.keys[0], "other_prefix", shownSo);
    }
    if (certainPrefix) {
      const others = (this.byNumber.get(code.number) || []).filter((key) => {
        const head = key.split(".")[0];
        const known = this.codes.fanuc.includes(head) || head === key;
        return known && this.entries(key).some((entry) => entry.family === "fanuc" || entry.family === "");
      });
      if (others.length) return asked(code.keys[0], "other_prefix", others);
    }
    const certain = certainPrefix || (code.keys.length > 1 && ["F", "A", "N", "S"].includes(code.prefix));
    if (certain || (!code.prefix && (code.cued || alone) && code.digits >= 2)) {
      return asked(code.keys[0], "unknown", []);
    }
    return null;
  }

  numbered(code, families) {
    return (this.byNumber.get(code.number) || []).filter((key) => {
      const point = key.lastIndexOf(".");
      const prefix = headOf(key);
      if (this.codes.bits.has(prefix) && !families.size) return false; // bit 4 of a word is no alarm 4
      const padded = !prefix || this.codes.fanuc.includes(prefix);
      if (!padded && prefix.includes(".") && code.digits < 4 && !families.size) return false;
      if (prefix === "SP" && plainNumber(key.slice(point + 1)) !== code.number && !code.cued) return false;
      return code.digits >= 3 || code.cued || (families.size > 0 && code.digits === 2);
    });
  }

  /** Returns the pages whose own alarm shows the very number, whatever letters stand before it. */
  direct(number) {
    const keys = (this.byNumber.get(number) || []).filter((key) =>
      (!headOf(key) || this.codes.showing.has(headOf(key))) && key.slice(key.lastIndexOf(".") + 1) === number);
    const entries = keys.flatMap((key) => this.entries(key));
    return new Set(entries.filter((entry) => entry.role === "alarm" && entry.main).map((entry) => entry.page));
  }

  inFamilies(entries, families) {
    const inside = entries.filter((entry) => families.has(entry.family));
    const kept = new Map();
    for (const entry of inside.length ? inside : entries) {
      const known = kept.get(entry.page);
      const better =
        !known || entry.role < known.role || (entry.role === known.role && entry.main && !known.main);
      if (better) kept.set(entry.page, entry);
    }
    return [...kept.values()].sort(
      (one, two) => this.rank(one.family) - this.rank(two.family) || Number(two.main) - Number(one.main)
        || (this.pages[one.page] < this.pages[two.page] ? -1 : 1),
    );
  }

  /** Returns keys with the same letters and the nearest numbers; a bare number may have any letters of its family. */
  nearest(code, most, families) {
    const point = code.key.lastIndexOf(".");
    const prefix = point >= 0 ? code.key.slice(0, point) : "";
    const last = code.key.slice(point + 1);
    if (!ALL_DIGITS.test(last)) return [];
    const same = [];
    for (const key of this.byKey.keys()) {
      const place = key.lastIndexOf(".");
      const tail = key.slice(place + 1);
      const alike = (place >= 0 ? key.slice(0, place) : "") === prefix || (families.size && !prefix);
      if (!alike || !ALL_DIGITS.test(tail)) continue;
      const told = (entry) => entry.role === "alarm" && (!families.size || families.has(entry.family));
      if (this.entries(key).some(told)) same.push([Math.abs(Number(tail) - Number(last)), Number(tail), key]);
    }
    same.sort((one, two) => one[0] - two[0] || one[1] - two[1] || (one[2] < two[2] ? -1 : 1));
    return same.slice(0, most).map((one) => one[2]);
  }
}
