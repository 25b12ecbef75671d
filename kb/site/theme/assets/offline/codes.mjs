// Alarm codes as people write them, and the one key that all ways of writing a code share: kb/search/codes.py.
// The patterns themselves come with the pack, so that they are the server's own.

import { fold, unique } from "./tokens.mjs";

export const plainNumber = (digits) => digits.replace(/^0+/, "") || "0";

const PATTERNS = {
  cue: ["cue", "u"], cueAfter: ["cue_after", "u"], unitAfter: ["unit_after", "u"], numbered: ["numbered", "gu"],
  axisAfter: ["axis_after", "u"], glued: ["mitsubishi_glued", "uy"], range: ["range", "u"], hex: ["hex", "gu"],
  decimal: ["decimal", "uy"], numberOrAxis: ["number_or_axis", "gu"], words: ["words", "gu"],
};

export class Codes {
  /** @param rules Patterns and lists of kb/search/codes.py. */
  constructor(rules) {
    for (const [own, [name, flags]] of Object.entries(PATTERNS)) {
      // Made when first used: most queries need few of them, and the classes of letters cost time.
      Object.defineProperty(this, own, { configurable: true, get: () => {
        const value = new RegExp(rules.patterns[name], flags);
        Object.defineProperty(this, own, { value });
        return value;
      } });
    }
    this.cueWords = new Set(rules.cue_words);
    this.certain = new Set(rules.certain_prefixes);
    this.products = new Set(rules.product_prefixes);
    this.fanuc = rules.fanuc_prefixes;
    this.displays = new Set(rules.display_letters);
    this.mostDisplayDigits = rules.most_display_digits;
    this.bits = new Set(rules.bits);
    this.showing = new Set(rules.showing);
    this.sinamicsLetters = new Set(rules.sinamics_letters);
    this.sinamicsDigits = rules.sinamics_digits;
    this.spindleDisplay = rules.spindle_display;
    this.spindleBase = rules.spindle_base;
  }

  /** Returns everything in `text` that is written like a code, in order; nothing overlaps. */
  written(text) {
    const folded = fold(text).replaceAll("p/s", " ps").replaceAll("．", ".");
    const found = [];
    for (const match of folded.matchAll(this.hex)) {
      found.push({
        keys: [`0X.${plainNumber(match[1].toUpperCase())}`], number: "", digits: 4, prefix: "0X", cued: false,
        measure: false, start: match.index, end: match.index + match[0].length, spaced: false, axis: "", axisEnd: 0,
      });
    }
    const taken = found.map((code) => [code.start, code.end]);
    this.numbered.lastIndex = 0;
    for (let match = this.numbered.exec(folded); match; match = this.numbered.exec(folded)) {
      const end = match.index + match[0].length;
      if (taken.some(([from, to]) => match.index < to && from < end)) continue;
      const code = this.read(folded, match);
      this.numbered.lastIndex = Math.max(code.end, match.index + 1);
      taken.push([code.start, code.axisEnd]);
      found.push(code);
    }
    return found.sort((one, two) => one.start - two.start);
  }

  read(folded, match) {
    let prefix = (match.groups.prefix || "").replaceAll("/", "").toUpperCase();
    const digits = match.groups.number;
    let second = (match.groups.second || "").toUpperCase();
    let start = match.index;
    let end = start + match[0].length;
    const numberEnd = start + match[0].indexOf(digits, (match.groups.prefix || "").length) + digits.length;
    if (this.products.has(prefix) && second && folded.slice(numberEnd, end - second.length).includes(" ")) {
      second = ""; // DA98 4: the drive DA98, and its alarm 4
      end = numberEnd;
    }
    const before = folded.slice(0, start);
    const after = folded.slice(end);
    let cued = this.cue.test(before) || this.cueAfter.test(after);
    if (this.cueWords.has(prefix.toLowerCase()) && prefix !== "ERR" && prefix !== "AL") {
      cued = true;
      start += match[0].indexOf(digits, (match.groups.prefix || "").length);
      prefix = "";
    }
    this.glued.lastIndex = start;
    const glued = this.glued.exec(folded);
    const number = plainNumber(digits);
    const keys = [];
    if (glued) {
      keys.push(`${glued[1][0].toUpperCase()}.${plainNumber(glued[1].slice(1))}.${plainNumber(glued[2])}`);
    }
    if (second) keys.push((prefix ? `${prefix}.` : "") + `${number}.${plainNumber(second)}`);
    if (prefix) {
      keys.push(`${prefix}.${number}`, ...this.sinamics(prefix, digits));
      if (prefix === this.spindleDisplay && number.length <= 3) keys.push(`SP.${this.spindleBase + Number(number)}`);
      if (prefix === "AL" && digits.length >= 3) cued = true;
    } else {
      keys.push(number);
    }
    let axis = "";
    let axisEnd = end;
    const found = this.axisAfter.exec(after);
    if (found) {
      axis = found.groups.axis.toUpperCase();
      axisEnd = end + found[0].length;
    }
    this.decimal.lastIndex = start;
    return {
      keys: unique(keys), number, digits: digits.length, prefix, cued,
      measure: !prefix && (this.decimal.test(folded) || (!cued && this.unitAfter.test(after))),
      start, end, spaced: folded.slice(start, end).includes(" "), axis, axisEnd,
    };
  }

  /** Returns a code without the letters before its number: they are the name of a maker, FANUC 2001. */
  withoutLetters(code, text) {
    let { start } = code;
    while (!/\p{Nd}/u.test(text[start])) start += 1;
    const keys = code.keys.filter((key) => key.startsWith(`${code.prefix}.`)).map((key) => key.slice(key.indexOf(".") + 1));
    return { ...code, keys, prefix: "", start, spaced: false };
  }

  sinamics(prefix, digits) {
    const full = this.sinamicsLetters.has(prefix) && digits.length === this.sinamicsDigits;
    return full || (prefix === "F" && digits.length === this.sinamicsDigits - 1)
      ? ["2" + digits.padStart(this.sinamicsDigits, "0")]
      : [];
  }

  /** Returns the run of codes that a text names as {prefix, low, last}, or null. */
  rangeOf(text) {
    const match = this.range.exec(fold(text));
    if (!match) return null;
    const { low, high } = match.groups;
    if (low.length !== high.length || Number(high) <= Number(low)) return null;
    const prefix = match.groups.prefix.toUpperCase();
    return { prefix: prefix === "NO" ? "" : prefix, low: Number(low), last: Number(high) };
  }

  /** Returns a message with numbers and axis letters replaced by `n`. */
  alarmText(text) {
    return (fold(text).replace(this.numberOrAxis, "n").match(this.words) || []).join(" ");
  }
}
