// Which pages answer best? kb/search/ranking.py, step by step, so that the same query has the same order.

const idf = (total, count) => Math.log(1 + (total - count + 0.5) / (count + 0.5));

/** Scores documents by the words of a query and by its codes. */
export class Ranking {
  /** @param postings Where tokens are looked up. @param rules Numbers of kb/search/ranking.py. */
  constructor(postings, rules) {
    this.postings = postings;
    this.rules = rules;
  }

  sureness(factor) { return 0.8 + 0.2 * factor; }

  /** Returns {text, coverage, found, best}: how all documents answer the units. */
  scoreUnits(units, bridges, allowed) {
    const { total } = this.postings;
    const text = new Float64Array(total);
    const coverage = new Float64Array(total);
    const touched = new Uint8Array(total);
    const answers = units.map((unit) => this.scoreUnit(unit));
    const information = answers.reduce((sum, answer) => sum + answer.information, 0) || 1;
    for (const answer of answers) {
      const share = answer.information / information;
      for (let document = 0; document < total; document += 1) {
        if (!answer.touched[document]) continue;
        touched[document] = 1;
        text[document] += share * answer.values[document];
        coverage[document] += share * answer.parts[document];
      }
    }
    const one = bridges.length ? this.rules.bridge_weight / bridges.length : 0;
    for (const token of bridges) {
      const { documents, impacts } = this.postings.impacts(token);
      for (let n = 0; n < documents.length; n += 1) text[documents[n]] += one * impacts[n];
    }
    const found = [];
    let best = 0;
    for (let document = 0; document < total; document += 1) {
      if (!touched[document] || !allowed[document]) continue;
      found.push(document);
      best = Math.max(best, coverage[document]);
    }
    return { text, coverage, found, best };
  }

  scoreUnit(unit) {
    const { total } = this.postings;
    const values = new Float64Array(total);
    const parts = new Float64Array(total);
    const touched = new Uint8Array(total);
    const rarities = [];
    for (const { tokens, factor } of unit.ways) {
      const weights = tokens.map((token) => idf(total, this.postings.count(token)));
      const whole = weights.reduce((sum, weight) => sum + weight, 0) || 1;
      const sure = this.sureness(factor);
      let any = false;
      if (tokens.length === 1) {
        const { documents, impacts } = this.postings.impacts(tokens[0]);
        for (let n = 0; n < documents.length; n += 1) {
          const document = documents[n];
          const value = impacts[n] * factor;
          if (value > values[document]) values[document] = value;
          if (sure > parts[document]) parts[document] = sure;
          touched[document] = 1;
        }
        any = documents.length > 0;
      } else {
        const sums = new Float64Array(total);
        const shares = new Float64Array(total);
        const mine = new Set();
        tokens.forEach((token, number) => {
          const share = weights[number] / whole;
          const { documents, impacts } = this.postings.impacts(token);
          for (let n = 0; n < documents.length; n += 1) {
            sums[documents[n]] += share * impacts[n];
            shares[documents[n]] += share;
            mine.add(documents[n]);
          }
        });
        for (const document of mine) {
          const share = shares[document];
          const value = factor * sums[document] * share;
          if (value > values[document]) values[document] = value;
          const part = sure * share * Math.sqrt(share);
          if (part > parts[document]) parts[document] = part;
          touched[document] = 1;
        }
        any = mine.size > 0;
      }
      if (any) rarities.push(whole / tokens.length);
    }
    const rarity = rarities.length ? Math.min(...rarities) : this.rules.unanswered;
    return { information: unit.weight * (1 + this.rules.rarity_weight * rarity), values, parts, touched };
  }

  /** Returns the number of the way by which a document answers a unit best, or null where it does not. */
  answeredBy(unit, document) {
    let best = 0;
    let bestWay = null;
    unit.ways.forEach(({ tokens, factor }, number) => {
      const weights = tokens.map((token) => idf(this.postings.total, this.postings.count(token)));
      const whole = weights.reduce((sum, weight) => sum + weight, 0) || 1;
      let value = 0;
      let part = 0;
      tokens.forEach((token, n) => {
        const list = this.postings.impacts(token);
        const place = placeOf(list.documents, document);
        if (place < 0) return;
        value += (weights[n] / whole) * list.impacts[place];
        part += weights[n] / whole;
      });
      if (factor * value * part > best) [best, bestWay] = [factor * value * part, number];
    });
    return bestWay;
  }

  /** Returns the documents that the codes of a query name, each in its best tier: {tier, code, entry, extra}. */
  scoreCodes(understood, allowed) {
    const { tiers } = this.rules;
    const found = new Map();
    const lift = (document, tier, code, entry) => {
      if (!allowed[document]) return;
      const known = found.get(document);
      if (!known || tier > known.tier) found.set(document, { tier, code, entry, extra: 0 });
    };
    for (const document of understood.pages) lift(document, tiers.PAGE_ID, null, null);
    for (const { entry, whole } of understood.alarmTexts) {
      const tier = entry.role === "alarm" ? tiers.CODE_ALARM : tiers.CODE_CASE;
      lift(entry.page, whole ? tier : tiers.IN_RANGE, null, entry);
    }
    for (const code of understood.codes) {
      for (const entry of code.entries) lift(entry.page, this.tier(code, entry), code, entry);
    }
    for (const code of understood.codes) {
      if (code.state !== "exact") continue;
      for (const key of code.keys) {
        const { documents, impacts } = this.postings.impacts(this.rules.code_mark + key);
        for (let n = 0; n < documents.length; n += 1) {
          const document = documents[n];
          if (!allowed[document]) continue;
          if (!found.has(document)) found.set(document, { tier: tiers.MENTION, code, entry: null, extra: 0 });
          found.get(document).extra += impacts[n];
        }
      }
    }
    return found;
  }

  tier(code, entry) {
    const { tiers } = this.rules;
    if (code.state === "range") return entry.role === "alarm" ? tiers.IN_RANGE : tiers.CODE_FACT;
    if (code.state === "other_prefix") return entry.role === "alarm" ? tiers.OTHER_PREFIX : tiers.CODE_FACT;
    return { alarm: tiers.CODE_ALARM, case: tiers.CODE_CASE, fact: tiers.CODE_FACT }[entry.role];
  }
}

/** Returns the place of a number in an ascending list, or -1. */
function placeOf(numbers, wanted) {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < wanted) low = middle + 1;
    else high = middle;
  }
  return numbers[low] === wanted ? low : -1;
}
