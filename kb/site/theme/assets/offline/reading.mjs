// The words of a query become units: names, rests, pinyin, initials, likely spellings. kb/search/reading.py.

import { DEFINE, HOWTO, OTHER, STOP, TASK, WEAK } from "./dictionary.mjs";
import { atomsOf, fold, hasChinese, nameKey, unique } from "./tokens.mjs";

const segmentOf = (atoms, key = "") => ({
  atoms, key,
  single: atoms.length === 1 && atoms[0].kind === "chinese",
  start: atoms[0].start,
  end: atoms[atoms.length - 1].end,
});
const way = (tokens, factor, kind, shown) => ({ tokens, factor, kind, shown });

export class Reader {
  /**
   * @param text The query.
   * @param folded The same, folded.
   * @param parts {dictionary, tolerance, codes, count, rules}.
   */
  constructor(text, folded, parts) {
    this.text = text;
    this.folded = folded;
    Object.assign(this, parts);
  }

  /** Returns the cheapest way to cover the atoms by names; what no name covers is left as a rest. */
  segments(atoms) {
    const total = atoms.length;
    const names = new Map();
    for (const { key, first, last } of this.dictionary.foundIn(atoms)) {
      if (!names.has(first)) names.set(first, []);
      names.get(first).push([last, key]);
    }
    const cost = [0, ...Array(total).fill(Infinity)];
    const step = Array(total + 1).fill(null).map(() => [0, ""]);
    for (let first = 0; first < total; first += 1) {
      const options = [[first + 1, "", atoms[first].kind === "chinese" ? 2.2 : 1.4]];
      for (const [last, key] of names.get(first) || []) {
        options.push([last, key, last - first > 1 ? 1 + 0.01 * (last - first) : 1.3]);
      }
      for (const [last, key, price] of options) {
        if (cost[first] + price < cost[last] - 1e-9) {
          cost[last] = cost[first] + price;
          step[last] = [first, key];
        }
      }
    }
    const found = [];
    for (let last = total; last > 0; ) {
      const [first, key] = step[last];
      found.push(segmentOf(atoms.slice(first, last), key));
      last = first;
    }
    return this.joined(found.reverse());
  }

  joined(segments) {
    const joined = [];
    segments.forEach((segment, number) => {
      const before = joined[joined.length - 1];
      const touching = before !== undefined && segment.atoms[0].glued && before.end === segment.start;
      const join = () => { joined[joined.length - 1] = segmentOf([...before.atoms, ...segment.atoms]); };
      if (touching && !before.key && before.atoms[before.atoms.length - 1].kind === "chinese") {
        const after = segments[number + 1];
        const stop = segment.key && this.dictionary.isKind(segment.key, STOP);
        const more = after !== undefined && !after.key && after.atoms[0].glued;
        if ((!segment.key && segment.single) || (segment.single && (!stop || more))) return join();
      }
      if (before !== undefined && !segment.key && segment.single && touching && before.single) {
        const stop = this.dictionary.isKind(before.key, STOP);
        if (before.key && !stop && !this.dictionary.isKind(before.key, WEAK)) return join();
      }
      if (before !== undefined && !segment.key && !before.key && segment.atoms[0].joined) return join();
      return joined.push(segment);
    });
    return joined;
  }

  /** Returns {units, terms, negligible, replaced, kinds}; `alone` says that no code stands beside the words. */
  read(segments, alone) {
    const reading = { units: [], terms: [], negligible: [], replaced: [], kinds: 0 };
    let number = 0;
    while (number < segments.length) {
      const segment = segments[number];
      if (segment.key) {
        this.nameRead(segment, reading);
        number += 1;
      } else if (segment.atoms[0].kind === "chinese") {
        this.chineseRest(segment, reading);
        number += 1;
      } else {
        const group = [segment];
        for (let next = segments[number + 1]; next; next = segments[number + group.length]) {
          if (next.key || next.atoms[0].kind === "chinese") break;
          group.push(next);
        }
        this.latinRest(group, reading);
        number += group.length;
      }
    }
    const weak = this.rules.weak_weight;
    if (alone && reading.units.length && reading.units.every((unit) => unit.weight <= weak)) {
      reading.units = reading.units.map((unit) => ({ ...unit, weight: 1 }));
    }
    if (alone && !reading.units.length && reading.negligible.length) {
      for (const segment of segments) {
        if (segment.key && !this.dictionary.isKind(segment.key, DEFINE)) this.literal(segment, reading, weak);
      }
    }
    return reading;
  }

  typed(segment) { return this.text.slice(segment.start, segment.end); }

  unit(reading, first, last, text, weight, ways, surfaces, novel = 0, other = false) {
    const { start } = first;
    reading.units.push({ text, weight, ways, surfaces: unique(surfaces), start, end: last.end, novel, other });
  }

  nameRead(segment, reading) {
    const { key } = segment;
    const words = this.dictionary;
    const typed = this.typed(segment);
    for (const kind of [HOWTO, DEFINE, TASK]) if (words.isKind(key, kind)) reading.kinds |= kind;
    const meanings = words.meanings(key);
    if (words.isKind(key, STOP) || (!meanings.length && words.isKind(key, HOWTO | DEFINE))) {
      reading.negligible.push(typed);
      return;
    }
    let weight = 1;
    if (words.isKind(key, WEAK)) weight = this.rules.weak_weight;
    else if (words.families(key).size) weight = this.rules.maker_weight;
    else if (segment.single) weight = this.rules.single_weight;
    const ways = [way(this.literalTokens(segment.atoms), this.rules.word, "word", typed)];
    const surfaces = [this.folded.slice(segment.start, segment.end)];
    for (const concept of meanings) {
      const [kind, factor] = this.kindOf(typed, concept);
      ways.push(way([concept.token], factor, kind, concept.label));
      surfaces.push(...concept.names);
      if (concept.id.startsWith("TERM-")) {
        reading.terms.push({ typed, label: concept.label, labelEn: concept.labelEn, kind, page: concept.id });
        if (kind === "spelling") reading.replaced.push([segment.start, segment.end, concept.label]);
      }
    }
    const spelt = meanings.length && !hasChinese(typed) ? this.tolerance.speltName(fold(typed), meanings) : "";
    if (spelt) reading.replaced.push([segment.start, segment.end, spelt]);
    const other = words.isKind(key, OTHER) && this.askedAbout(segment);
    this.unit(reading, segment, segment, typed, weight, ways, surfaces, 0, other);
  }

  /** Whether a thing is what a query asks about, and not the place or the means of it. */
  askedAbout(segment) {
    const meets = (pattern, text) => new RegExp(pattern, "u").test(text);
    return !(meets(this.rules.beside, this.folded.slice(0, segment.start))
      || meets(this.rules.place, this.folded.slice(segment.end)) || meets(this.rules.ours, this.folded));
  }

  kindOf(typed, concept) {
    const folded = fold(typed);
    if (folded === fold(concept.label)) return ["word", 0.95];
    if (!hasChinese(folded) && this.tolerance.spellsAName(folded, concept.names)) return ["pinyin", this.rules.synonym];
    if (hasChinese(folded) && this.tolerance.misspells(folded, fold(concept.label))) {
      return ["spelling", this.rules.synonym];
    }
    return ["synonym", this.rules.synonym];
  }

  /** Returns the tokens that a page with the very words has. */
  literalTokens(atoms) {
    if (atoms.length === 1) return [atoms[0].text];
    const tokens = [];
    for (let number = 1; number < atoms.length; number += 1) {
      const [one, two] = [atoms[number - 1], atoms[number]];
      if (!two.glued || (one.kind !== "chinese" && two.kind !== "chinese")) continue;
      if (one.kind === "chinese" || one.text.length === 1) tokens.push(one.text + two.text);
    }
    const latin = atoms.filter((atom) => atom.kind !== "chinese");
    if (latin.length === atoms.length && atoms.slice(1).every((atom) => atom.joined)) {
      const word = atoms.map((atom) => atom.text).join("");
      return this.count(word) ? [word] : unique(atoms.map((atom) => atom.text));
    }
    tokens.push(...latin.filter((atom) => atom.text.length > 1).map((atom) => atom.text));
    return tokens.length ? unique(tokens) : [atoms[0].text];
  }

  literal(segment, reading, weight) {
    const typed = this.typed(segment);
    const ways = [way(this.literalTokens(segment.atoms), this.rules.word, "word", typed)];
    this.unit(reading, segment, segment, typed, weight, ways, [this.folded.slice(segment.start, segment.end)]);
  }

  chineseRest(segment, reading) {
    const run = segment.atoms.map((atom) => atom.text).join("");
    if (run.length === 1) {
      this.literal(segment, reading, this.rules.single_weight * (this.count(run) ? 1 : 0.5));
      return;
    }
    let last = 0;
    for (const guess of this.tolerance.chinese(run, this.count)) {
      this.unknownRun(segment.atoms.slice(last, guess.start), reading, false);
      last = guess.start + guess.length;
      this.guessed(segmentOf(segment.atoms.slice(guess.start, last)), guess, reading);
    }
    this.unknownRun(segment.atoms.slice(last), reading, !last);
  }

  guessed(segment, guess, reading) {
    const run = segment.atoms.map((atom) => atom.text).join("");
    const ways = [way(this.literalTokens(segment.atoms), this.rules.word, "word", run)];
    const surfaces = [run];
    const name = this.tolerance.rightName(guess.key);
    for (const concept of this.dictionary.meanings(guess.key)) {
      ways.push(way([concept.token], this.rules.spelling, "spelling", name));
      surfaces.push(...concept.names);
    }
    reading.replaced.push([segment.start, segment.end, name]);
    this.unit(reading, segment, segment, this.typed(segment), 1, ways, surfaces);
  }

  /** Reads characters that are no name; they count by their number, as a word has two or three. */
  unknownRun(atoms, reading, alone) {
    if (!atoms.length) return;
    const segment = segmentOf(atoms);
    const run = atoms.map((atom) => atom.text).join("");
    if (run.length === 1) {
      this.literal(segment, reading, this.rules.single_weight * 0.5);
      return;
    }
    const tokens = this.literalTokens(atoms);
    const literal = tokens.filter((token) => this.count(token));
    const ways = [way(literal.length ? tokens : unique([...run]), this.rules.word, "word", run)];
    const sound = alone && !literal.length ? this.tolerance.soundTokens(run) : [];
    if (sound.length && sound.every((token) => this.count(token))) ways.push(way(sound, this.rules.spelling, "spelling", run));
    const weight = Math.max(1, run.length / this.rules.characters_a_word);
    const novel = ways.length > 1 ? 0 : this.novel(run);
    this.unit(reading, segment, segment, this.typed(segment), weight, ways, [run, ...literal], novel);
  }

  /** Returns the share of characters that stand in no pair that any page has. */
  novel(run) {
    let alone = 0;
    for (let place = 0; place < run.length; place += 1) {
      const before = place > 0 && this.count(run.slice(place - 1, place + 1));
      const after = place + 1 < run.length && this.count(run.slice(place, place + 2));
      if (!before && !after) alone += 1;
    }
    return alone / run.length;
  }

  /** Reads neighbouring Latin words that the dictionary does not know: pinyin, initials, or misspelt. */
  latinRest(group, reading) {
    const words = group.map((segment) =>
      segment.atoms.map((atom) => this.folded.slice(atom.start, atom.end)).join(""));
    const unknown = group.map((segment) => !this.count(this.literalTokens(segment.atoms)[0]));
    const syllables = words.map((word) => this.tolerance.syllables(word));
    let first = 0;
    while (first < group.length) {
      let last = first;
      while (last < group.length && syllables[last].length) last += 1;
      if (last > first && unknown.slice(first, last).some(Boolean)) {
        const whole = syllables.slice(first, last).flat();
        if (whole.length > 1) {
          this.pinyin(group[first], group[last - 1], whole, reading);
          first = last;
          if (first >= group.length) return;
        }
      }
      const segment = group[first];
      if (unknown[first] && !segment.atoms.some((atom) => atom.kind === "digits")) {
        this.unknownLatin(segment, words[first], reading);
      } else {
        this.literal(segment, reading, words[first].length === 1 ? this.rules.weak_weight : 1);
      }
      first += 1;
    }
  }

  pinyin(first, last, syllables, reading) {
    const heard = [];
    for (const piece of this.tolerance.heard(syllables)) {
      let { keys } = piece;
      let factor = this.rules.sound;
      if (!keys.length && !piece.tokens.some((token) => this.count(token))) {
        // No page sounds like it: a slip of a letter is likelier than a word that nobody wrote.
        keys = this.tolerance.slipped(piece.text, this.count);
        factor = this.rules.slip;
      }
      const { ways, surfaces, weight } = this.waysOf(piece.text, keys, factor, reading);
      if (piece.tokens.length) ways.push(way(piece.tokens, this.rules.sound, "pinyin", piece.text));
      heard.push(keys.length ? this.tolerance.rightName(keys[0]) : piece.text);
      if (keys.some((key) => this.dictionary.isKind(key, STOP))) {
        reading.negligible.push(piece.text);
      } else if (ways.length) {
        this.unit(reading, first, last, piece.text, weight, ways, surfaces);
      }
    }
    if (heard.some(hasChinese)) reading.replaced.push([first.start, last.end, heard.join("")]);
    if (!heard.length) this.literal(first, reading, 1);
  }

  /** Returns {ways, surfaces, weight} of names that something typed may stand for. */
  waysOf(typed, keys, factor, reading, kind = "pinyin") {
    const ways = [];
    const surfaces = [];
    let weight = 1;
    for (const key of keys) {
      const name = this.dictionary.name(key);
      if (this.dictionary.isKind(key, WEAK)) weight = this.rules.weak_weight;
      ways.push(way(this.literalTokens(atomsOf(name)), factor, kind, name));
      surfaces.push(name);
      for (const concept of this.dictionary.meanings(key)) {
        ways.push(way([concept.token], factor * 0.95, kind, name));
        surfaces.push(...concept.names);
        this.hear(typed, concept, kind, reading);
      }
    }
    return { ways, surfaces, weight };
  }

  hear(typed, concept, kind, reading) {
    if (!concept.id.startsWith("TERM-")) return;
    reading.terms.push({ typed, label: concept.label, labelEn: concept.labelEn, kind, page: concept.id });
  }

  unknownLatin(segment, word, reading) {
    const ways = [way(this.literalTokens(segment.atoms), this.rules.word, "word", word)];
    const surfaces = [word];
    for (const guess of this.tolerance.initials(word)) {
      // Words that no page has together say nothing; concepts stand for themselves.
      if (!guess.tokens.length || !guess.tokens.every((token) => token[0] === "@" || this.count(token))) continue;
      ways.push(way(guess.tokens, this.rules.letters, "initials", guess.text));
      surfaces.push(...guess.surfaces);
      for (const concept of guess.concepts) this.hear(word, concept, "initials", reading);
    }
    if (ways.length === 1 && !this.codes.certain.has(word.toUpperCase())) {
      this.likely(segment, word, ways, surfaces, reading);
    }
    this.unit(reading, segment, segment, this.typed(segment), 1, ways, surfaces, ways.length === 1 ? 1 : 0);
  }

  /** Adds what a word that nobody knows may stand for: pinyin that is cut short or mistyped, a likely spelling. */
  likely(segment, word, ways, surfaces, reading) {
    let keys = this.tolerance.characters(word);
    if (!keys.length) keys = this.tolerance.shortened(word, this.count);
    if (!keys.length) keys = this.tolerance.slipped(word, this.count);
    const more = this.waysOf(word, keys, this.rules.slip, reading);
    ways.push(...more.ways);
    surfaces.push(...more.surfaces);
    for (const spelt of this.tolerance.latin(word)) {
      const atoms = atomsOf(spelt);
      ways.push(way(this.literalTokens(atoms), this.rules.spelling, "spelling", spelt));
      surfaces.push(spelt);
      for (const concept of this.dictionary.meanings(nameKey(atoms))) {
        ways.push(way([concept.token], this.rules.spelling * 0.95, "spelling", spelt));
        surfaces.push(...concept.names);
      }
    }
    if (ways.length === 1) return;
    const shown = keys.length ? this.tolerance.rightName(keys[0]) : ways[1].shown;
    reading.replaced.push([segment.start, segment.end, shown]);
  }
}
