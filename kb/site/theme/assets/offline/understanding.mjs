// What does a query mean? Its codes first, then the words around them. kb/search/understanding.py.

import { DEFINE, HOWTO, STOP, TASK, WEAK } from "./dictionary.mjs";
import { Reader } from "./reading.mjs";
import { atomsOf, fold, hasChinese, nameKey, tokensOf, unique } from "./tokens.mjs";

const DEGREES = "太很挺";
const GLUED = /(?<![A-Za-z0-9])([A-Za-z]+)([0-9]+)/g;

/**
 * Returns what a query means.
 * @param query As typed.
 * @param parts {dictionary, tolerance, codes, table, count, rules}.
 */
export function understand(query, parts) {
  const { dictionary, table, rules } = parts;
  const text = parted(query.slice(0, rules.longest_query).split(/\s+/u).filter(Boolean).join(" "), dictionary, rules);
  const folded = fold(text);
  const nothing = {
    query: text, codes: [], alarmTexts: [], pages: [], units: [], written: [], terms: [], negligible: [],
    families: new Set(), intent: "find", suggestion: "",
  };
  if (!folded.trim()) return nothing;
  const reader = new Reader(text, folded, parts);
  const atoms = withoutDegree(atomsOf(folded));
  const segments = reader.segments(atoms);
  const families = new Set(segments.flatMap((segment) => [...dictionary.families(segment.key)]));
  const codes = codesOf(text, folded, segments, families, parts);
  const taken = codes.filter((code) => !isWord(code, atoms, parts.count));
  const rest = atoms.filter((atom) => !taken.some((code) => code.start <= atom.start && atom.start < code.end));
  const reading = reader.read(reader.segments(rest), !codes.length);
  let intent = !codes.length && reading.units.length === 1 && reading.terms.length ? "name" : "find";
  if (reading.kinds & DEFINE) intent = "define";
  else if (reading.kinds & HOWTO) intent = "howto";
  else if (reading.kinds & TASK) intent = "task";
  return {
    ...nothing,
    codes,
    alarmTexts: table.textsIn(text),
    pages: table.pagesById(text),
    units: reading.units,
    written: unique(tokensOf(rest)),
    terms: [...new Map(reading.terms.map((term) => [`${term.typed}\t${term.label}`, term])).values()],
    negligible: reading.negligible,
    families,
    intent,
    suggestion: suggestionOf(text, reading.replaced),
  };
}

/** Returns a query with a space between the name of a maker and the code that is glued to it: FANUCSV0401. */
function parted(query, dictionary, rules) {
  let whole = "";
  let last = 0;
  for (const match of query.matchAll(GLUED)) {
    const [, word, digits] = match;
    for (let length = word.length; length >= rules.shortest_maker; length -= 1) {
      const rest = word.length - length;
      if (rest > rules.most_letters || (!rest && digits.length < rules.shortest_glued)) continue;
      if (!makers(word.slice(0, length), dictionary).size) continue;
      whole += query.slice(last, match.index + length) + " ";
      last = match.index + length;
      break;
    }
  }
  return whole + query.slice(last);
}

/** Returns the families of a maker's name, written just so: FANUCS is none. */
function makers(word, dictionary) {
  const key = nameKey(atomsOf(fold(word)));
  return dictionary.name(key) === fold(word) ? dictionary.families(key) : new Set();
}

/** Whether pages have a code that none is about, as any other word: a year, a model, a number in a text. */
function isWord(code, atoms, count) {
  if (code.state !== "unknown") return false;
  return count(atoms.filter((atom) => code.start <= atom.start && atom.start < code.end).map((atom) => atom.text).join("")) > 0;
}

/** Returns the atoms without words of degree: 油温太高 is searched as 油温高. */
function withoutDegree(atoms) {
  const kept = [];
  let bridged = false;
  for (const atom of atoms) {
    if (DEGREES.includes(atom.text)) {
      bridged ||= atom.glued;
      continue;
    }
    const before = kept[kept.length - 1];
    kept.push({ ...atom, glued: atom.glued && before !== undefined && (before.end === atom.start || bridged) });
    bridged = false;
  }
  return kept;
}

function codesOf(text, folded, segments, families, { dictionary, codes, table }) {
  const written = codes.written(text);
  const named = segments.filter(
    (segment) => segment.key && segment.atoms.length > 1 && dictionary.families(segment.key).size);
  const informing = segments.filter(
    (segment) => !(segment.key && dictionary.isKind(segment.key, STOP | WEAK))
      && !written.some((code) => code.start <= segment.start && segment.start < code.axisEnd)
      && !dictionary.families(segment.key).size);
  const found = [];
  for (let code of written) {
    if (named.some((segment) => segment.start <= code.start && code.end <= segment.end)) continue;
    if (code.spaced && makers(code.prefix, dictionary).size) code = codes.withoutLetters(code, text);
    const product = code.prefix && code.prefix !== "AL"
      && dictionary.has(nameKey(atomsOf(fold(code.prefix + code.number))));
    if (product && !code.keys.slice(0, 1).some((key) => table.has(key))) continue;
    const asked = table.resolve(code, families, !informing.length, text.slice(code.start, code.end));
    if (asked) found.push(asked);
  }
  const spans = found.map((code) => [code.start, code.end]);
  for (const atom of atomsOf(folded)) {
    const word = folded.slice(atom.start, atom.end).toUpperCase();
    if (atom.kind !== "latin" || !table.isWord(word)) continue;
    if (spans.some(([start, end]) => start <= atom.start && atom.start < end)) continue;
    const entries = table.entries(word);
    const names = unique(entries.filter((entry) => entry.role === "alarm").map((entry) => entry.family));
    if (!names.length) continue;
    found.push({
      shown: word, key: word, state: "exact", entries, keys: [word], families: names, axis: "",
      start: atom.start, end: atom.end,
    });
  }
  return found;
}

/** Returns the query with what it was taken for; Chinese words that come to stand side by side are one phrase. */
function suggestionOf(text, replaced) {
  let whole = "";
  let last = 0;
  const ordered = [...replaced].sort(
    (one, two) => one[0] - two[0] || one[1] - two[1] || (one[2] < two[2] ? -1 : Number(one[2] > two[2])));
  for (const [start, end, word] of ordered) {
    if (start < last) continue;
    const between = text.slice(last, start);
    const joined = last && !between.trim() && hasChinese(whole.slice(-1)) && hasChinese(word.slice(0, 1));
    whole += (joined ? "" : between) + word;
    last = end;
  }
  let rest = text.slice(last);
  if (last && rest[0] === " " && hasChinese(whole.slice(-1)) && hasChinese(rest.slice(1, 2))) rest = rest.slice(1);
  return whole + rest === text ? "" : whole + rest;
}
