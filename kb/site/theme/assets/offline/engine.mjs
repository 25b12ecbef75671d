// The search itself, over the pack: kb/search/posting_index.py without a server.

import { CodeTable, MISSING } from "./code_table.mjs";
import { Codes } from "./codes.mjs";
import { Dictionary } from "./dictionary.mjs";
import { Marker } from "./highlight.mjs";
import { Postings, numbersOf } from "./postings.mjs";
import { Ranking } from "./ranking.mjs";
import { ScopeReader } from "./scope.mjs";
import { Tolerance } from "./tolerance.mjs";
import { useSimplified } from "./tokens.mjs";
import { understand } from "./understanding.mjs";
import { reasonsOf } from "./why.mjs";

const MOST_ROUNDS = 12;
const SELDOM = "lettered";
const rounded = (value) => Math.round(value * 1e9) / 1e9;

export class Engine {
  /** @param pack Loads the pack's files. @param core Its file `core`, loaded. */
  constructor(pack, core) {
    this.pack = pack;
    this.rules = core.rules;
    this.about = core.about;
    const missing = (this.missing = new Set());
    const ask = (this.ask = (name) => {
      const data = pack.get(name);
      if (data === undefined) missing.add(name);
      return data;
    });
    this.scoped = null;
    useSimplified(core.simplified);
    this.ids = core.ids.split("\n");
    this.total = core.numbers.total;
    this.facts = core.facets;
    this.types = numbersOf(core.types);
    this.confidences = numbersOf(core.confidences);
    this.confidence = new Float64Array(this.total);
    for (let document = 0; document < this.total; document += 1) {
      this.confidence[document] = this.rules.confidence[this.confidences[document]][1];
    }
    this.postings = new Postings(core.numbers, ask);
    this.dictionary = new Dictionary(core.words);
    this.codes = new Codes(core.rules.codes);
    this.table = new CodeTable(core.codes, this.codes, this.ids);
    this.tolerance = new Tolerance(this.dictionary, core.rules.tolerance, ask);
    this.ranking = new Ranking(this.postings, core.rules);
    this.every = new Uint8Array(this.total).fill(1);
    this.sets = null;
  }

  /** Returns what `work` returns once every file of the pack that it asks for is there. */
  async complete(work) {
    for (let round = 0; round < MOST_ROUNDS; round += 1) {
      this.missing.clear();
      const result = work();
      if (!this.missing.size) return result;
      // What is large and seldom needed only where nothing else is: a word that is yet to come may turn out known.
      const wanted = [...this.missing].filter((name) => name !== SELDOM);
      await this.pack.load(wanted.length ? wanted : [SELDOM]);
    }
    throw new Error("the pack kept asking for more files");
  }

  understand(query) {
    return understand(query, {
      dictionary: this.dictionary, tolerance: this.tolerance, codes: this.codes, table: this.table,
      count: this.postings.count, rules: this.rules.reading,
    });
  }

  /**
   * Returns {hits, total, understood, facets, nearest, unknownCodes, suggestion, further}; `further(first, size)` gives
   * more of its hits without searching again.
   * @param query As typed; an empty one finds all.
   * @param options chosen: a Map of allowed values by facet; first, size: which hits; facets: whether to count;
   *   scope: the machine in hand, {machine, controller}: hits for it come first, all are labelled.
   */
  async search(query, { chosen = new Map(), first = 0, size = 10, facets = true, scope = null } = {}) {
    // One step after the other, so that nothing is scored before all its postings are there.
    const understood = await this.complete(() => {
      const meant = this.understand(query);
      this.fetched(meant);
      return meant;
    });
    const asked = Boolean(understood.query);
    const fits = await this.complete(() => this.fits(scope));
    const found = await this.complete(() => (asked ? this.found(understood, fits) : this.browsed(fits)));
    const order = chosen.size ? this.filtered(found.order, chosen) : found.order;
    const further = (from, count) => this.complete(() =>
      order.slice(from, from + count).map((document) => this.hit(document, found, understood, asked)));
    return this.complete(() => ({
      hits: order.slice(first, first + size).map((document) => this.hit(document, found, understood, asked)),
      further,
      term: this.termOf(understood),
      total: order.length,
      understood,
      facets: facets && !this.missing.size ? this.counts(found.order, chosen) : new Map(),
      nearest: found.nearest,
      unknownCodes: understood.codes.filter((code) => MISSING.has(code.state)).map((code) => code.shown),
      suggestion: understood.suggestion,
    }));
  }

  /** Returns what can be made ready before it is asked for, piece by piece, each short enough for a pause. */
  warmings() {
    return [
      ...this.postings.fields.map((_, field) => () => this.postings.weights[field] || this.postings.weightsOf(field)),
      () => this.facetSets(),
      () => this.tolerance.sounds(),
    ];
  }

  /** Asks for the postings that will be scored. */
  fetched({ units, written, codes }) {
    for (const unit of units) for (const way of unit.ways) way.tokens.forEach(this.postings.count);
    written.forEach(this.postings.count);
    for (const code of codes) for (const key of code.keys) this.postings.count(this.rules.code_mark + key);
  }

  /** Returns how documents stand to the machine in hand, or null where none is known. */
  fits(scope) {
    if (!scope?.machine && !scope?.controller) return null;
    const name = `${scope.machine} ${scope.controller}`;
    if (this.scoped?.name === name) return this.scoped.reader;
    const data = this.ask("scope");
    if (data === undefined) return null;
    this.scoped = { name, reader: new ScopeReader(data, scope) };
    return this.scoped.reader;
  }

  found(understood, fits) {
    const { rules } = this;
    const words = this.ranking.scoreUnits(understood.units, understood.written, this.every);
    let coded = this.ranking.scoreCodes(understood, this.every);
    const said = understood.units.reduce((sum, unit) => sum + unit.weight, 0);
    let nearest = false;
    let worded = words.kept;
    if ([...coded.values()].some((why) => why.tier > rules.tiers.WORDS)) {
      worded = said >= 1 ? words.found.filter((document) => words.coverage[document] >= rules.covered) : [];
    } else if (understood.codes.some((code) => MISSING.has(code.state))) {
      if (said < rules.informing) worded = [];
      nearest = !worded.length || !words.fits;
      if (nearest) coded = new Map([...coded, ...this.nearCodes(understood)]);
    } else {
      nearest = !words.fits;
    }
    const finals = this.finals(words, coded, worded, understood, fits);
    let order = [...finals.keys()].sort((one, two) => finals.get(two) - finals.get(one) || one - two);
    if (said < 0.5 && understood.codes.some((code) => code.families.length > 1)) {
      order = this.inTurn(order, coded, understood, fits);
    }
    return { order, finals, coded, nearest, fits };
  }

  finals(words, coded, worded, understood, fits) {
    const { rules, confidence, types } = this;
    const factors = rules.type_factors[understood.intent];
    const finals = new Map();
    for (const document of worded) {
      const coverage = words.coverage[document];
      finals.set(document, rounded(
        words.text[document] * (rules.uncovered + (1 - rules.uncovered) * coverage * coverage)
        * (factors[types[document]] * confidence[document]) * (fits ? fits.factor(document) : 1)));
    }
    for (const [document, why] of coded) {
      const whole = understood.units.length ? 0.25 + 0.75 * words.coverage[document] ** 2 : 1;
      const main = why.entry?.main ? rules.main : 0;
      let score = (words.text[document] * whole + why.extra + main) * confidence[document];
      if (fits) score = Math.min(score, 0.99 * fits.scopeStep) + fits.scopeStep * fits.step(document);
      finals.set(document, rounded(rules.tier_step * Math.max(why.tier - rules.tiers.WORDS, 0) + score));
    }
    return finals;
  }

  nearCodes(understood) {
    const near = new Map();
    for (const code of understood.codes) {
      if (!MISSING.has(code.state)) continue;
      const { families } = understood;
      this.table.nearest(code, this.rules.most_nearest, families).forEach((key, rank) => {
        for (const entry of this.table.entries(key)) {
          if (families.size && !families.has(entry.family)) continue;
          if (entry.role !== "alarm" || near.has(entry.page)) continue;
          near.set(entry.page, { tier: this.rules.tiers.NEAR, code, entry, extra: 1 - 0.1 * rank });
        }
      });
    }
    return new Map([...near].slice(0, this.rules.most_nearest));
  }

  /**
   * Returns alarms of a bare number that several families have one of each family in turn, then the rest. Those of the
   * machine in hand come before all others; of one family, those that show the very number.
   */
  inTurn(order, coded, understood, fits) {
    const ranks = new Map(understood.codes.flatMap((code) => code.families.map((name, rank) => [name, rank])));
    const direct = new Set(understood.codes.flatMap((code) => [...(code.direct || [])]));
    const places = new Map();
    const turns = [];
    const rest = [];
    for (const document of [...order].sort((one, two) => Number(direct.has(two)) - Number(direct.has(one)))) {
      const why = coded.get(document);
      if (why?.tier !== this.rules.tiers.CODE_ALARM || !why.entry) {
        rest.push(document);
        continue;
      }
      const { family } = why.entry;
      const place = places.get(family) || 0;
      turns.push([fits && !fits.families.has(family) ? 1 : 0, place, ranks.get(family) ?? ranks.size, document]);
      places.set(family, place + 1);
    }
    turns.sort((one, two) => one[0] - two[0] || one[1] - two[1] || one[2] - two[2]);
    return [...turns.map((turn) => turn[3]), ...rest];
  }

  browsed(fits) {
    const order = Array.from({ length: this.total }, (_, document) => document);
    order.sort((one, two) =>
      (fits ? fits.step(two) - fits.step(one) : 0) || this.confidence[two] - this.confidence[one] || (this.ids[one] < this.ids[two] ? -1 : 1));
    return { order, finals: new Map(), coded: new Map(), nearest: false, fits };
  }

  /** Returns the term that a query is the name of, to be shown above the hits, or null where it is more. */
  termOf({ codes, units, terms }) {
    if (codes.length || units.length !== 1) return null;
    const pages = new Set(terms.filter((term) => term.kind !== "synonym" || terms.length === 1).map((term) => term.page));
    const document = pages.size === 1 ? this.ids.indexOf([...pages][0]) : -1;
    return document < 0 ? null : this.record(document);
  }

  /** Returns what is shown of a page; empty where its file is yet to come. */
  record(document) {
    const size = this.rules.texts_in_file;
    const name = `t${Math.floor(document / size)}`;
    const file = this.pack.get(name);
    if (file === undefined) this.missing.add(name);
    const fields = file === undefined ? [] : file.split("\x80")[document % size].split("\x7f");
    const [title = "", titleEn = "", address = "", hazard = "", ...texts] = fields;
    return { title, titleEn, address, hazard, texts: texts.filter(Boolean) };
  }

  hit(document, found, understood, asked) {
    const why = found.coded.get(document);
    const { tiers } = this.rules;
    let match = "text";
    if (!asked) match = "all";
    else if (found.nearest || (why && why.tier <= tiers.NEAR)) match = "nearest";
    else if (why) match = [tiers.CODE_ALARM, tiers.CODE_CASE, tiers.PAGE_ID].includes(why.tier) ? "code" : "related_code";
    const answers = understood.units.map((unit) => this.ranking.answeredBy(unit, document));
    return {
      ...this.record(document), document, id: this.ids[document], type: this.rules.types[this.types[document]],
      confidence: this.rules.confidence[this.confidences[document]][0],
      score: found.finals.get(document) || 0, match,
      fit: found.fits ? found.fits.fit(document) : "",
      why: reasonsOf(why, answers, understood, tiers),
    };
  }

  marker(understood) { return new Marker(understood, this.codes); }

  // Facets: sets of documents by value by facet, unpacked when first counted.
  facetSets() {
    this.sets ||= new Map(Object.entries(this.facts).map(([facet, values]) => [
      facet, new Map(Object.entries(values).map(([value, steps]) => [value, membersOf(steps)])),
    ]));
    return this.sets;
  }

  marked(documents) {
    const inside = new Uint8Array(this.total);
    for (const document of documents) inside[document] = 1;
    return inside;
  }

  filtered(order, chosen, but = "") {
    const sets = this.facetSets();
    const wanted = [...chosen].filter(([facet, values]) => facet !== but && values.size)
      .map(([facet, values]) => this.marked([...values].flatMap((value) => [...(sets.get(facet)?.get(value) || [])])));
    return order.filter((document) => wanted.every((inside) => inside[document]));
  }

  /** Returns how many found documents have each value, every facet without its own choice. */
  counts(order, chosen) {
    const counted = new Map();
    const whole = this.marked(order);
    for (const [facet, values] of this.facetSets()) {
      const inside = chosen.size ? this.marked(this.filtered(order, chosen, facet)) : whole;
      const counts = [];
      for (const [value, members] of values) {
        let count = 0;
        for (const document of members) count += inside[document];
        if (count) counts.push([value, count]);
      }
      counts.sort((one, two) => two[1] - one[1] || (one[0] < two[0] ? -1 : 1));
      counted.set(facet, counts);
    }
    return counted;
  }
}

/** Returns the documents of a list of steps. */
function membersOf(steps) {
  const members = numbersOf(steps);
  let document = -1;
  for (let number = 0; number < members.length; number += 1) {
    document += members[number] + 1;
    members[number] = document;
  }
  return members;
}
