// Why a page was found: message ids and what to fill in, kb/search/why.py. The sentences come with the pack.

/** Returns [message, values] of each reason, the strongest first. */
export function reasonsOf(coded, answers, understood, tiers) {
  const reasons = [];
  if (coded) reasons.push(codeReason(coded, tiers));
  const words = [];
  const others = [];
  const missing = [];
  understood.units.forEach((unit, number) => {
    const answer = answers[number];
    if (answer === null) {
      missing.push(unit.text);
      return;
    }
    const way = unit.ways[answer];
    if (way.kind === "word" || way.shown === unit.text) words.push(unit.text);
    else others.push([way.kind, { typed: unit.text, shown: way.shown }]);
  });
  if (words.length) reasons.push(["word", { typed: [...new Set(words)].join("、") }]);
  reasons.push(...others);
  if (missing.length && missing.length < understood.units.length) {
    reasons.push(["missing", { missing: [...new Set(missing)].join("、") }]);
  }
  return reasons.length ? reasons : [["browse", {}]];
}

function codeReason({ tier, code }, tiers) {
  if (tier === tiers.PAGE_ID) return ["page", {}];
  if (!code) return [tier === tiers.CODE_ALARM || tier === tiers.CODE_CASE ? "text" : "part", {}];
  const values = { code: code.shown };
  if (tier === tiers.NEAR) return ["nearest_code", values];
  if (code.state === "range") return [`code_${tiers.IN_RANGE}`, values];
  return [`code_${tier}`, values];
}
