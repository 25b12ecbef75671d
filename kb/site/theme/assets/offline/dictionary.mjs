// The trade's words, as kb/search/dictionary.py has them: which names mean the same, which say little.

export const STOP = 1;
export const WEAK = 2;
export const HOWTO = 4;
export const TASK = 8;
export const DEFINE = 16;
export const OTHER = 32;
const NONE = [];
const NO_FAMILIES = new Set();

const keyOf = (line) => {
  const end = line.indexOf("\t");
  return end < 0 ? line : line.slice(0, end);
};

const near = (one, two) =>
  two.glued || (two.start - one.end === 1 && one.kind !== "chinese" && two.kind !== "chinese");

export class Dictionary {
  /**
   * @param words The pack's words: concepts and names, a line for each, fields parted by tabs; names in the order of
   *   their keys, so that one is found by halving, and a line is parted only when somebody asks for it.
   */
  constructor(words) {
    this.concepts = words.concepts.split("\n");
    this.lines = words.names.split("\n");
    this.names = new Map();
  }

  concept(number) {
    const known = this.concepts[number];
    if (typeof known !== "string") return known;
    const [id, label, labelEn, ...names] = known.split("\t");
    return (this.concepts[number] = { id, label, labelEn, names, token: "@" + id });
  }

  /** Returns the place of the first line that is not before a key. */
  placeOf(key) {
    let low = 0;
    let high = this.lines.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (keyOf(this.lines[middle]) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** Returns what is known of a key, or null where it is no name. */
  known(key) {
    let found = this.names.get(key);
    if (found !== undefined) return found;
    const line = this.lines[this.placeOf(key)];
    found = null;
    if (line !== undefined && keyOf(line) === key) {
      const [, name, kinds, concepts, families] = line.split("\t");
      found = {
        name: name || key,
        kinds: Number(kinds || 0),
        concepts: concepts ? concepts.split(",").map((number) => this.concept(Number(number))) : NONE,
        families: families ? new Set(families.split(",")) : NO_FAMILIES,
      };
    }
    this.names.set(key, found);
    return found;
  }

  /** Returns every name in a text as {key, first, last}, counted in atoms. */
  foundIn(atoms) {
    const found = [];
    for (let first = 0; first < atoms.length; first += 1) {
      let key = "";
      for (let last = first; last < atoms.length; last += 1) {
        if (last > first && !near(atoms[last - 1], atoms[last])) break;
        const parted = last > first && atoms[last - 1].kind !== "chinese" && atoms[last].kind !== "chinese";
        key += (parted ? " " : "") + atoms[last].text;
        const line = this.lines[this.placeOf(key)];
        if (line === undefined || !line.startsWith(key)) break; // no name begins so
        if (keyOf(line) === key) found.push({ key, first, last: last + 1 });
      }
    }
    return found;
  }

  meanings(key) { return this.known(key)?.concepts || NONE; }
  isKind(key, kind) { return ((this.known(key)?.kinds || 0) & kind) !== 0; }
  families(key) { return this.known(key)?.families || NO_FAMILIES; }
  name(key) { return this.known(key)?.name || key; }
  has(key) { return this.known(key) !== null; }
}
