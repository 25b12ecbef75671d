// The trade's words, as kb/search/dictionary.py has them: which names mean the same, which say little.

import { atomsOfKey } from "./tokens.mjs";

export const STOP = 1;
export const WEAK = 2;
export const HOWTO = 4;
export const TASK = 8;
export const DEFINE = 16;
const NONE = [];
const NO_FAMILIES = new Set();

const near = (one, two) =>
  two.glued || (two.start - one.end === 1 && one.kind !== "chinese" && two.kind !== "chinese");

export class Dictionary {
  /** @param words The pack's words: concepts and names, a line for each, fields parted by tabs. */
  constructor(words) {
    this.concepts = words.concepts.split("\n").map((line) => {
      const [id, label, labelEn, ...names] = line.split("\t");
      return { id, label, labelEn, names, token: "@" + id };
    });
    this.names = new Map();
    this.root = new Map();
    for (const line of words.names.split("\n")) {
      const [key, name, kinds, concepts, families] = line.split("\t");
      const known = {
        key,
        name: name || key,
        kinds: Number(kinds || 0),
        concepts: concepts ? concepts.split(",").map((number) => this.concepts[number]) : NONE,
        families: families ? new Set(families.split(",")) : NO_FAMILIES,
      };
      this.names.set(key, known);
      let node = this.root;
      for (const atom of atomsOfKey(key)) {
        let next = node.get(atom);
        if (next === undefined) node.set(atom, (next = new Map()));
        node = next;
      }
      node.key = key;
    }
  }

  /** Returns every name in a text as {key, first, last}, counted in atoms. */
  foundIn(atoms) {
    const found = [];
    for (let first = 0; first < atoms.length; first += 1) {
      let node = this.root.get(atoms[first].text);
      let last = first + 1;
      while (node !== undefined) {
        if (node.key !== undefined) found.push({ key: node.key, first, last });
        if (last >= atoms.length || !near(atoms[last - 1], atoms[last])) break;
        node = node.get(atoms[last].text);
        last += 1;
      }
    }
    return found;
  }

  meanings(key) { return this.names.get(key)?.concepts || NONE; }
  isKind(key, kind) { return ((this.names.get(key)?.kinds || 0) & kind) !== 0; }
  families(key) { return this.names.get(key)?.families || NO_FAMILIES; }
  name(key) { return this.names.get(key)?.name || key; }
  has(key) { return this.names.has(key); }
}
