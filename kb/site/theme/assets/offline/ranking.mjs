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

  /** Returns {text, coverage, found, kept, fits}: how all documents answer the units, and the query as it is written. */
  scoreUnits(units, tokens, allowed) {
    const { rules } = this;
    const { total } = this.postings;
    const text = new Float64Array(total);
    const coverage = new Float64Array(total);
    const sure = new Float64Array(total);
    const strongest = new Float64Array(total);
    const paired = new Float64Array(total);
    const answers = units.map((unit) => this.scoreUnit(unit));
    const information = answers.reduce((sum, answer) => sum + answer.information, 0) || 1;
    units.forEach((unit, number) => {
      const { values, parts, forgiven } = answers[number];
      const share = answers[number].information / information;
      const sureShare = share / forgiven;
      const informs = unit.weight >= rules.informing;
      for (let document = 0; document < total; document += 1) {
        const value = values[document];
        if (!parts[document]) continue;
        text[document] += share * value;
        coverage[document] += share * parts[document];
        sure[document] += sureShare * value;
        if (!informs) continue;
        paired[document] = Math.max(paired[document], Math.min(strongest[document], value));
        strongest[document] = Math.max(strongest[document], value);
      }
    });
    const rarities = tokens.map((token) => idf(total, this.postings.count(token)));
    const whole = rarities.reduce((sum, rarity) => sum + rarity, 0) || 1;
    const written = new Float64Array(total);
    tokens.forEach((token, number) => {
      const one = rarities[number] / whole;
      const { documents, impacts } = this.postings.impacts(token);
      for (let n = 0; n < documents.length; n += 1) written[documents[n]] += one * impacts[n];
    });
    const share = rules.written_share;
    const evidence = this.evidence(units, answers, tokens, rarities);
    const found = [];
    let [best, bestText, most, pair] = [0, 0, 0, 0];
    for (let document = 0; document < total; document += 1) {
      text[document] = (1 - share) * text[document] + share * written[document];
      if (!coverage[document] || !allowed[document]) continue;
      found.push(document);
      best = Math.max(best, coverage[document]);
      bestText = Math.max(bestText, text[document]);
      most = Math.max(most, evidence(document, sure[document], written[document]));
      pair = Math.max(pair, paired[document]);
    }
    const said = units.reduce((sum, unit) => sum + unit.weight, 0) || 1;
    const foreign = units.reduce((sum, unit) => sum + unit.weight * unit.novel, 0) / said;
    most *= 1 - rules.novel_weight * foreign;
    const elsewhere = units.some((unit, number) =>
      unit.other && !answers[number].values.some((value) => value >= rules.about));
    const kept = found.filter((document) =>
      coverage[document] >= rules.kept * best || text[document] >= rules.kept_text * bestText);
    return { text, coverage, found, kept, fits: !elsewhere && (most >= rules.fits || pair >= rules.paired) };
  }

  /** Returns how surely a document is about what was asked, as a function of it and of how it answers. */
  evidence(units, answers, tokens, rarities) {
    const { rules } = this;
    // Words that were understood in spite of their writing are not held against the pages that lack them.
    const excused = new Set(answers.flatMap((answer) => answer.excused.flatMap((token) => [token, ...token])));
    let whole = 0;
    let counted = 0;
    tokens.forEach((token, number) => {
      whole += rarities[number];
      if (!excused.has(token)) counted += rarities[number];
    });
    whole ||= 1;
    const first = answers[units.findIndex((unit) => unit.weight >= rules.informing)];
    const share = rules.written_share;
    return (document, sure, written) =>
      (1 - share) * sure + share * (counted ? written * (whole / counted) : sure)
      + (first ? (rules.first_weight / first.forgiven) * first.values[document] : 0);
  }

  scoreUnit(unit) {
    const { total } = this.postings;
    const { scattered, rarity_weight: rarityWeight } = this.rules;
    const values = new Float64Array(total);
    const parts = new Float64Array(total);
    const rarities = [];
    const had = [];
    for (const way of unit.ways) {
      const { tokens, factor } = way;
      const weights = tokens.map((token) => idf(total, this.postings.count(token)));
      const whole = weights.reduce((sum, weight) => sum + weight, 0) || 1;
      const sure = this.sureness(factor);
      if (tokens.length === 1) {
        const { documents, impacts } = this.postings.impacts(tokens[0]);
        if (!documents.length) continue;
        for (let n = 0; n < documents.length; n += 1) {
          const document = documents[n];
          values[document] = Math.max(values[document], factor * impacts[n]);
          parts[document] = Math.max(parts[document], sure);
        }
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
        if (!mine.size) continue;
        for (const document of mine) {
          const share = shares[document];
          values[document] = Math.max(values[document], factor * sums[document] * (scattered + (1 - scattered) * share));
          parts[document] = Math.max(parts[document], sure * share * Math.sqrt(share));
        }
      }
      rarities.push(whole / tokens.length);
      had.push(way);
    }
    const rarity = rarities.length ? Math.min(...rarities) : this.rules.unanswered;
    return {
      information: unit.weight * (1 + rarityWeight * rarity),
      values,
      parts,
      forgiven: had.length ? Math.max(...had.map((way) => way.factor)) : 1,
      excused: had.length && had[0] !== unit.ways[0] ? unit.ways[0].tokens : [],
    };
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
    if (code.state === "other_family") return tiers.OTHER_FAMILY;
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
