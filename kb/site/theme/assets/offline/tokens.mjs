// Text becomes tokens, as kb/search/tokens.py does it: forms made equal, then atoms. Places in the folded text
// are places in the text itself, counted as JavaScript counts them.

const CHINESE = "\\u3400-\\u4dbf\\u4e00-\\u9fff\\uf900-\\ufaff\\u3007";
const ATOM = new RegExp(`([${CHINESE}])|([0-9]+)|((?:(?![${CHINESE}])[\\p{L}\\p{Nl}\\p{No}])+)`, "gu");
const HAS_CHINESE = new RegExp(`[${CHINESE}]`, "u");
const ALL_CHINESE = new RegExp(`^[${CHINESE}]+$`, "u");
const KEY_ATOM = new RegExp(`[${CHINESE}]|[^\\s${CHINESE}]+`, "gu");
const NOT_SHOWN = /\p{C}/u;
const JOINTS = "-./_+";
const IRREGULAR = new Map([
  ["axes", "axis"], ["axis", "axis"], ["indices", "index"], ["lost", "lose"], ["oily", "oil"], ["teeth", "tooth"],
  ["tire", "tyre"], ["tires", "tyre"],
]);
const DOUBLED = /([bdgklmnprt])\1$/;

const folded = new Map();
let simplified = { from: "", to: "", beyond: new Map() };

/** Takes Traditional characters and, in the same order, their Simplified ones; pairs beyond the BMP by themselves. */
export function useSimplified({ from, to, beyond }) {
  const signs = [...beyond];
  simplified = { from, to, beyond: new Map() };
  for (let place = 0; place < signs.length; place += 2) simplified.beyond.set(signs[place], signs[place + 1]);
  folded.clear();
}

/** Returns a character as it is written in the mainland. The few that a text has are looked for, not all indexed. */
function simplifiedSign(sign) {
  const place = sign.length === 1 && sign > "\u2e7f" ? simplified.from.indexOf(sign) : -1;
  return place < 0 ? simplified.beyond.get(sign) || sign : simplified.to[place];
}

function foldedSign(sign) {
  let found = folded.get(sign);
  if (found === undefined) {
    const plain = sign.normalize("NFKC").toLowerCase();
    found = plain ? String.fromCodePoint(plain.codePointAt(0)) : " ";
    if (NOT_SHOWN.test(found)) found = " ";
    found = simplifiedSign(found); // some Simplified characters lie beyond the BMP
    found = found.padEnd(sign.length).slice(0, sign.length); // beyond the BMP a sign has two units, before and after
    folded.set(sign, found);
  }
  return found;
}

export function fold(text) {
  let whole = "";
  for (const sign of text) whole += foldedSign(sign);
  return whole;
}

export const hasChinese = (text) => HAS_CHINESE.test(text);
export const whollyChinese = (text) => ALL_CHINESE.test(text);
export const isAsciiWord = (text) => /^[a-z]+$/i.test(text);

export function stem(word) {
  const irregular = IRREGULAR.get(word);
  if (irregular) return irregular;
  if (word.length < 4 || /[^\x00-\x7f]/.test(word)) return word;
  let base = word;
  if (base.endsWith("ies") && base.length > 4) base = base.slice(0, -3) + "y";
  else if (/(?:sses|shes|ches|xes)$/.test(base)) base = base.slice(0, -2);
  else if (base.endsWith("s") && !/(?:ss|us|is)$/.test(base)) base = base.slice(0, -1);
  for (const ending of ["ing", "ed"]) {
    if (base.endsWith(ending) && base.length - ending.length >= 3) {
      base = base.slice(0, base.length - ending.length).replace(DOUBLED, "$1");
      break;
    }
  }
  return base.endsWith("e") && base.length > 3 ? base.slice(0, -1) : base;
}

/** Returns the atoms of a folded text: {text, kind, start, end, joined, glued}. */
export function atomsOf(text) {
  const atoms = [];
  let lastEnd = -1;
  let lastLatin = false;
  for (const match of text.matchAll(ATOM)) {
    const start = match.index;
    const end = start + match[0].length;
    const glued = start === lastEnd;
    if (match[1] !== undefined) {
      atoms.push({ text: match[0], kind: "chinese", start, end, joined: false, glued });
      lastLatin = false;
    } else {
      const gap = lastLatin ? text.slice(lastEnd, start) : " ";
      const joined = lastLatin && (gap === "" || (gap.length === 1 && JOINTS.includes(gap)));
      const kind = match[2] !== undefined ? "digits" : "latin";
      atoms.push({ text: kind === "latin" ? stem(match[0]) : match[0], kind, start, end, joined, glued });
      lastLatin = true;
    }
    lastEnd = end;
  }
  return atoms;
}

/** Whether an atom and the Chinese character after it are looked up together: X轴 and X 轴 alike. */
const isPair = (one, two) => (one.kind === "chinese" ? two.glued : one.text.length === 1 && two.start - one.end <= 1);

/** Returns the tokens of a text given as atoms, one for each occurrence: kb/search/tokens.py. */
export function tokensOf(atoms) {
  const tokens = [];
  let word = [];
  let before = null;
  const close = () => {
    if (word.length > 1) tokens.push(word.join(""));
    word = [];
  };
  for (const atom of atoms) {
    if (word.length && !atom.joined) close();
    if (atom.kind === "chinese") {
      tokens.push(atom.text);
      if (before && isPair(before, atom)) tokens.push(before.text + atom.text);
    } else {
      word.push(atom.text);
      tokens.push(atom.text);
    }
    before = atom;
  }
  close();
  return tokens;
}

/** Returns the key of a name: its atoms, Latin ones parted by spaces. */
export function nameKey(atoms) {
  let key = "";
  let before = "";
  for (const atom of atoms) {
    if (before && atom.kind !== "chinese" && !hasChinese(before)) key += " ";
    key += atom.text;
    before = atom.text;
  }
  return key;
}

/** Returns the texts of the atoms of which a key is made. */
export const atomsOfKey = (key) => key.match(KEY_ATOM) || [];

export const unique = (list) => [...new Set(list)];
