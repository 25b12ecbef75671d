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

const EMPTY = { documents: new Uint16Array(0), impacts: new Float32Array(0) };

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
    this.combos = data.combos.split(" ").map((text) => text.split(",").map(Number));
    this.weights = data.fields.map(({ boost, b, mean, lengths }) => {
      const numbers = numbersOf(lengths);
      return Float64Array.from(numbers, (length) => (length ? boost / (1 - b + (b * length) / mean) : 0));
    });
    this.steps = Float32Array.from({ length: this.levels + 1 }, (_, level) => level / this.levels);
    this.shards = new Map();
    this.lists = new Map();
    this.count = this.count.bind(this);
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
      shard = opened(data);
      this.shards.set(low, shard);
    }
    return shard;
  }

  /** Returns how many documents have a token; 0 where its shard is yet to come. */
  count(token) { return this.shardOf(token)?.places.get(token)?.count || 0; }

  /** Returns the documents of a token, ascending, and how strongly each has it, 0 to 1. */
  impacts(token) {
    const known = this.lists.get(token);
    if (known) return known;
    const shard = this.shardOf(token);
    const place = shard?.places.get(token);
    if (!place) return EMPTY;
    const documents = new Uint16Array(place.count);
    const impacts = new Float32Array(place.count);
    let document = -1;
    for (let number = 0; number < place.count; number += 1) {
      document += numberAt(shard.steps, place.start + number) + 1;
      documents[number] = document;
      impacts[number] = this.impact(document, this.combos[numberAt(shard.combos, place.start + number)]);
    }
    const list = { documents, impacts };
    this.lists.set(token, list);
    return list;
  }

  /** Returns how strongly a document has a token that stands so often in these fields: BM25F, then saturation. */
  impact(document, combo) {
    let weight = 0;
    for (let part = 0; part < combo.length; part += 2) {
      const one = this.weights[combo[part]][document];
      for (let times = combo[part + 1]; times > 0; times -= 1) weight += one; // added one by one, as the server adds
    }
    return this.steps[Math.max(1, Math.round((this.levels * weight) / (weight + this.k1)))];
  }
}

function opened([tokens, counts, steps, combos]) {
  const places = new Map();
  let start = 0;
  tokens.split("\t").forEach((token, number) => {
    const count = numberAt(counts, number);
    places.set(token, { start, count });
    start += count;
  });
  return { places, steps, combos };
}
