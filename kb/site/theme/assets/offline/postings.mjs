// The postings of the pack: shards of tokens in order, each number one character (kb/search/offline_postings.py).

const FIRST = 35; // "#": what comes before would break a string of JavaScript
const BACKSLASH = 92;
const SURROGATES = 0xd800;
const SURROGATE_COUNT = 0x800;

/** Returns the number that stands at a place of a packed text. */
export function numberAt(text, place) {
  let code = text.charCodeAt(place);
  if (code > SURROGATES) code -= SURROGATE_COUNT;
  return code - FIRST - (code > BACKSLASH ? 1 : 0);
}

export function numbersOf(text) {
  const numbers = new Uint16Array(text.length);
  for (let place = 0; place < text.length; place += 1) numbers[place] = numberAt(text, place);
  return numbers;
}

const EMPTY = { documents: new Uint16Array(0), impacts: new Float64Array(0) };

export class Postings {
  /**
   * @param data The pack's numbers: total, first token of each shard, combinations, fields, lengths.
   * @param ask Returns a file of the pack, or undefined where it is yet to come.
   */
  constructor(data, ask) {
    this.total = data.total;
    this.ask = ask;
    this.firsts = data.shards.split("\t");
    this.k1 = data.k1;
    this.levels = data.levels;
    this.combos = data.combos.split(" "); // each is parted into numbers when it is first met
    this.fields = data.fields;
    this.beside = data.beside; // fields without which a body stands alone
    this.weights = this.fields.map(() => null);
    this.shards = new Map();
    this.lists = new Map();
    this.count = this.count.bind(this);
  }

  /** Whether nothing but title and summary stands beside the body of a document. */
  isAlone(document) {
    return this.beside.every((field) => numberAt(this.fields[field].lengths, document) === 0);
  }

  shardOf(token) {
    let low = 0;
    let high = this.firsts.length;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (this.firsts[middle] <= token) low = middle;
      else high = middle;
    }
    let shard = this.shards.get(low);
    if (!shard) {
      const data = this.ask(`p${low}`);
      if (!data) return null;
      shard = new Shard(data);
      this.shards.set(low, shard);
    }
    return shard;
  }

  /** Returns how many documents have a token; 0 where its shard is yet to come. */
  count(token) {
    const shard = this.shardOf(token);
    const place = shard ? shard.placeOf(token) : -1;
    return place < 0 ? 0 : shard.starts[place + 1] - shard.starts[place];
  }

  /** Returns the documents of a token, ascending, and how strongly each has it, 0 to 1. */
  impacts(token) {
    const known = this.lists.get(token);
    if (known) return known;
    const shard = this.shardOf(token);
    const place = shard ? shard.placeOf(token) : -1;
    if (place < 0) return EMPTY;
    const [start, end] = [shard.starts[place], shard.starts[place + 1]];
    const documents = new Uint16Array(end - start);
    const impacts = new Float64Array(end - start);
    let document = -1;
    for (let at = start; at < end; at += 1) {
      document += numberAt(shard.steps, at) + 1;
      documents[at - start] = document;
      impacts[at - start] = this.impact(document, this.combo(numberAt(shard.combos, at)));
    }
    const list = { documents, impacts };
    this.lists.set(token, list);
    return list;
  }

  /** Returns how strongly a document has a token that stands so often in these fields: BM25F, then saturation. */
  impact(document, combo) {
    let weight = 0;
    for (let part = 0; part < combo.length; part += 2) {
      const one = (this.weights[combo[part]] || this.weightsOf(combo[part]))[document];
      for (let times = combo[part + 1]; times > 0; times -= 1) weight += one; // added one by one, as the server adds
    }
    return Math.max(1, Math.round((this.levels * weight) / (weight + this.k1))) / this.levels;
  }

  combo(number) {
    const known = this.combos[number];
    return typeof known === "string" ? (this.combos[number] = known.split(",").map(Number)) : known;
  }

  /** Returns what one occurrence in a field weighs, by document. */
  weightsOf(field) {
    const { boost, alone, b, mean, lengths } = this.fields[field];
    const weights = new Float64Array(lengths.length);
    for (let document = 0; document < lengths.length; document += 1) {
      const length = numberAt(lengths, document);
      if (!length) continue;
      const one = alone === 1 || !this.isAlone(document) ? boost : boost * alone;
      weights[document] = one / (1 - b + (b * length) / mean);
    }
    this.weights[field] = weights;
    return weights;
  }
}

/** Tokens in order, and where the postings of each begin. */
class Shard {
  constructor([tokens, counts, steps, combos]) {
    this.tokens = tokens.split("\t");
    this.starts = new Uint32Array(this.tokens.length + 1);
    for (let place = 0; place < this.tokens.length; place += 1) {
      this.starts[place + 1] = this.starts[place] + numberAt(counts, place);
    }
    this.steps = steps;
    this.combos = combos;
  }

  placeOf(token) {
    let low = 0;
    let high = this.tokens.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.tokens[middle] < token) low = middle + 1;
      else high = middle;
    }
    return this.tokens[low] === token ? low : -1;
  }
}
