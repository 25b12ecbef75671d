// Which pieces of a text answer the query? kb/search/highlight.py; pieces, so that nothing is ever read as HTML.

import { atomsOf, fold, hasChinese } from "./tokens.mjs";

const SENTENCE_END = /(?<=[。！？；\n])|(?<=[.!?;]\s)/u;
const SENTENCE_ENDS = new RegExp(SENTENCE_END.source, "gu");
const MARKUP = /^[#>*\-\s|]+|[*`_]{1,3}|\[([^\]]*)\]\([^)]*\)/gmu;

export class Marker {
  /** @param understood The query. @param codes How codes are read. */
  constructor(understood, codes) {
    this.codes = codes;
    this.phrases = new Map();
    understood.units.forEach((unit, number) => {
      for (const surface of unit.surfaces) {
        const atoms = atomsOf(surface);
        const typed = surface === unit.surfaces[0];
        if (typed || surface.length > (hasChinese(surface) ? 1 : 3)) this.add(atoms, number);
        if (!typed || unit.ways[0].kind !== "word" || atoms.length <= 2) continue;
        for (let place = 1; place < atoms.length; place += 1) {
          const pair = atoms.slice(place - 1, place + 1);
          if (pair.every((atom) => atom.kind === "chinese")) this.add(pair, number);
        }
      }
    });
    for (const list of this.phrases.values()) list.sort((one, two) => two.texts.length - one.texts.length);
    this.keys = new Set(understood.codes.map((code) => code.key));
    this.numbers = new Set(understood.codes.map((code) => code.key.slice(code.key.lastIndexOf(".") + 1)));
  }

  add(atoms, number) {
    if (!atoms.length) return;
    const texts = atoms.map((atom) => atom.text);
    const whole = texts.join("\t");
    const list = this.phrases.get(texts[0]);
    if (!list) this.phrases.set(texts[0], [{ texts, whole, number }]);
    else if (!list.some((known) => known.whole === whole)) list.push({ texts, whole, number });
  }

  /** Returns [start, end, number of the unit or -1] of what answers the query; nothing overlaps. */
  spans(text) {
    const found = [];
    if (this.keys.size) {
      for (const code of this.codes.written(text)) {
        const same = code.keys.some((key) => this.keys.has(key));
        if (same || (this.numbers.has(code.number) && !code.measure)) found.push([code.start, code.end, -1]);
      }
    }
    const atoms = atomsOf(fold(text));
    let first = 0;
    while (first < atoms.length) {
      const phrase = (this.phrases.get(atoms[first].text) || []).find(({ texts }) => {
        const part = atoms.slice(first, first + texts.length);
        return part.length === texts.length && texts.every((one, n) => part[n].text === one) && together(part);
      });
      if (phrase) {
        const last = first + phrase.texts.length;
        found.push([atoms[first].start, atoms[last - 1].end, phrase.number]);
        first = last;
      } else {
        first += 1;
      }
    }
    found.sort((one, two) => one[0] - two[0] || two[1] - one[1]);
    return found.reduce((kept, span) => {
      if (!kept.length || span[0] >= kept[kept.length - 1][1]) kept.push(span);
      return kept;
    }, []);
  }

  /** Returns a text cut where marks begin and end: {text, marked}. */
  pieces(text) {
    const pieces = [];
    let last = 0;
    for (const [start, end] of this.spans(text)) {
      if (start > last) pieces.push({ text: text.slice(last, start), marked: false });
      const before = pieces[pieces.length - 1];
      if (before?.marked && start === last) before.text += text.slice(start, end);
      else pieces.push({ text: text.slice(start, end), marked: true });
      last = end;
    }
    if (last < text.length) pieces.push({ text: text.slice(last), marked: false });
    return pieces;
  }

  /** Returns the sentence that answers most units, with what follows up to `length` characters. */
  bestPassage(texts, length) {
    let best = "";
    let most = [0, 0];
    const wanted = this.phrases.size;
    for (const text of texts) {
      const plain = text.replace(MARKUP, (_, label) => label || "");
      const spans = this.spans(plain);
      for (const [start, end] of spans.length ? sentences(plain) : []) {
        const inside = spans.filter((span) => start <= span[0] && span[0] < end);
        const score = [new Set(inside.map((span) => span[2])).size, Math.min(inside.length, wanted)];
        if (score[0] > most[0] || (score[0] === most[0] && score[1] > most[1])) {
          most = score;
          best = cut(plain, start, end, inside[0][0], length);
        }
      }
    }
    return best || (texts.length ? cut(texts[0], 0, texts[0].length, 0, length) : "");
  }
}

const together = (atoms) => atoms.slice(1).every((two, number) => {
  const one = atoms[number];
  return two.start - one.end <= (one.kind === "chinese" || two.kind === "chinese" ? 0 : 1);
});

function sentences(text) {
  const ends = [0, ...[...text.matchAll(SENTENCE_ENDS)].map((match) => match.index), text.length];
  return ends.slice(1).map((end, number) => [ends[number], end]).filter(([start, end]) => text.slice(start, end).trim());
}

function cut(text, from, to, place, length) {
  let start = from;
  if (to - from > length) start = Math.max(from, Math.min(place - Math.floor(length / 4), to - length));
  const shown = text.slice(start, start + length).split(/\s+/u).filter(Boolean).join(" ");
  const ended = start === 0 || atEnd(text, start);
  return (ended ? "" : "…") + shown + (start + length < text.length ? "…" : "");
}

const atEnd = (text, place) => /[。！？；\n]$|[.!?;]\s$/u.test(text.slice(Math.max(0, place - 2), place));
