// What does a query mean? Its codes first, then the words around them. kb/search/understanding.py.

import { DEFINE, HOWTO, STOP, TASK, WEAK } from "./dictionary.mjs";
import { Reader } from "./reading.mjs";
import { atomsOf, fold, nameKey, unique } from "./tokens.mjs";

const DEGREES = "太很挺";

/**
 * Returns what a query means.
 * @param query As typed.
 * @param parts {dictionary, tolerance, codes, table, count, rules}.
 */
export function understand(query, parts) {
  const { dictionary, table, rules } = parts;
  const text = query.slice(0, rules.longest_query).split(/\s+/u).filter(Boolean).join(" ");
  const folded = fold(text);
  const nothing = {
    query: text, codes: [], alarmTexts: [], pages: [], units: [], bridges: [], terms: [], negligible: [],
    families: new Set(), intent: "find", suggestion: "",
  };
  if (!folded.trim()) return nothing;
  const reader = new Reader(text, folded, parts);
  const atoms = withoutDegree(atomsOf(folded));
  const segments = reader.segments(atoms);
  const families = new Set(segments.flatMap((segment) => [...dictionary.families(segment.key)]));
  const codes = codesOf(text, folded, segments, families, parts);
  const rest = atoms.filter((atom) => !codes.some((code) => code.start <= atom.start && atom.start < code.end));
  const reading = reader.read(reader.segments(rest), !codes.length);
  let intent = "find";
  if (reading.kinds & DEFINE) intent = "define";
  else if (reading.kinds & HOWTO) intent = "howto";
  else if (reading.kinds & TASK) intent = "task";
  return {
    ...nothing,
    codes,
    alarmTexts: table.textsIn(text),
    pages: table.pagesById(text),
    units: reading.units,
    bridges: bridgesOf(rest, reading.units),
    terms: [...new Map(reading.terms.map((term) => [`${term.typed}\t${term.label}`, term])).values()],
    negligible: reading.negligible,
    families,
    intent,
    suggestion: suggestionOf(text, reading.replaced),
  };
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
  for (const code of written) {
    if (named.some((segment) => segment.start <= code.start && code.end <= segment.end)) continue;
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

function bridgesOf(atoms, units) {
  const inside = new Set(units.flatMap((unit) => unit.ways[0].tokens));
  const found = [];
  for (let number = 1; number < atoms.length; number += 1) {
    const [one, two] = [atoms[number - 1], atoms[number]];
    const pair = one.text + two.text;
    if (two.glued && one.kind === "chinese" && two.kind === "chinese" && !inside.has(pair)) found.push(pair);
  }
  return unique(found);
}

function suggestionOf(text, replaced) {
  if (!replaced.length) return "";
  let whole = "";
  let last = 0;
  const ordered = [...replaced].sort(
    (one, two) => one[0] - two[0] || one[1] - two[1] || (one[2] < two[2] ? -1 : Number(one[2] > two[2])));
  for (const [start, end, word] of ordered) {
    if (start < last) continue;
    whole += text.slice(last, start) + word;
    last = end;
  }
  return whole + text.slice(last);
}
