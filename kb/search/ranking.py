"""Which pages answer best? Scoring over postings, the same for every engine.

Order: pages about a code asked for, before pages that show it, before pages that only hold the words; within
each, how well the words are answered (BM25F with Lucene's idf, all units before some), times how sure the
department is of the page; then the later review; then the id.

Confidence weighs as a factor and not as an order of its own: else any validated page that holds one word would
stand above the page that answers the question.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from kb.content.pages import Confidence
from kb.search.code_table import AskedCode, CodeEntry
from kb.search.documents import CODE
from kb.search.query import Intent, Understood, Unit, Way

K1 = 2.0
"""Saturation of BM25F; above the usual 1.2, because weights of a title are several times those of a body."""
FITS = 0.66
"""A page fits from this share of the query's information on; what has less is only near."""
KEPT = 0.5
"""Of pages that fit less than the best does, those below this share of its coverage are left out."""
UNANSWERED = 2.0
BRIDGE_WEIGHT = 0.12
MOST_NEAREST = 5
CONFIDENCE = {
    Confidence.VALIDATED: 1.08,
    Confidence.NOT_VALIDATED: 1.0,
    Confidence.WIP: 0.8,
    Confidence.ARCHIVED: 0.5,
}
TYPE_FACTORS: Mapping[Intent, Mapping[str, float]] = {
    "find": {"case": 1.15, "alarm": 1.08, "guide": 1.0, "checklist": 0.78, "course": 0.75, "term": 0.72},
    "task": {"guide": 1.25, "checklist": 0.9, "case": 1.08, "alarm": 0.95, "course": 0.9, "term": 0.6},
    "howto": {"guide": 1.3, "checklist": 0.95, "case": 1.0, "alarm": 0.9, "course": 0.9, "term": 0.6},
    "define": {"term": 1.6, "alarm": 1.05, "guide": 0.9, "case": 0.9, "course": 0.9, "checklist": 0.6},
}
PAGE_ID, CODE_ALARM, CODE_CASE, OTHER_PREFIX, IN_RANGE, CODE_FACT, MENTION, WORDS, NEAR = (
    9,
    8,
    7,
    6,
    5,
    4,
    3,
    1,
    0,
)
"""Tiers of the order, best first."""


class Postings(Protocol):
    """Where pages and impacts of tokens come from."""

    @property
    def total(self) -> int:
        """Number of documents."""

    def count(self, token: str) -> int:
        """Return how many documents have a token."""

    def impacts(self, token: str) -> tuple[Sequence[int], Sequence[float]]:
        """Return the documents of a token in ascending order and how strongly each has it, 0 to 1."""


def idf(total: int, count: int) -> float:
    """Return Lucene's inverse document frequency: never negative, so a frequent word never counts against a page."""
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


def impact(weight: float) -> float:
    """Return a BM25F weight after saturation, 0 to 1."""
    return weight / (weight + K1)


@dataclass(slots=True)
class Scored:
    """A document and why it stands where it stands.

    Args:
        tier: One of the tiers above.
        text: How well it answers the units, 0 to about 1.
        coverage: Share of the query's information that it has.
        answered: Number of the unit and of the way by which it is answered.
        code: The code it is found for.
        entry: How it stands to that code.
    """

    tier: int = WORDS
    text: float = 0.0
    coverage: float = 0.0
    answered: dict[int, int] = field(default_factory=dict)
    code: AskedCode | None = None
    entry: CodeEntry | None = None
    final: float = 0.0


@dataclass(slots=True)
class _UnitScore:
    """How the documents answer one unit: value, share of its information, and number of the way."""

    information: float
    by_document: dict[int, tuple[float, float, int]]


def score_units(
    units: Sequence[Unit], bridges: Sequence[str], postings: Postings, allowed: int
) -> dict[int, Scored]:
    """Return the documents that answer any unit, with text score and coverage.

    Args:
        units: What a page should answer.
        bridges: Tokens that favour the very phrase.
        postings: Where tokens are looked up.
        allowed: Bit set of the documents that may be found; -1 for all.
    """
    scores = [_score_unit(unit, postings) for unit in units]
    information = sum(score.information for score in scores) or 1.0
    found: dict[int, Scored] = {}
    for number, score in enumerate(scores):
        share = score.information / information
        for document, (value, part, way) in score.by_document.items():
            scored = found.get(document)
            if scored is None:
                if not allowed >> document & 1:
                    continue
                scored = found[document] = Scored()
            scored.text += share * value
            scored.coverage += share * part
            scored.answered[number] = way
    if bridges and found:
        one = BRIDGE_WEIGHT / len(bridges)
        for token in bridges:
            for document, value in zip(*postings.impacts(token), strict=True):
                if document in found:
                    found[document].text += one * value
    return found


def _score_unit(unit: Unit, postings: Postings) -> _UnitScore:
    best: dict[int, tuple[float, float, int]] = {}
    rarities: list[float] = []
    for number, way in enumerate(unit.ways):
        values, rarity = _score_way(way, postings)
        if values:
            rarities.append(rarity)
        if not best:
            best = {document: (value, part, number) for document, (value, part) in values.items()}
            continue
        for document, (value, part) in values.items():
            known = best.get(document)
            if known is None:
                best[document] = (value, part, number)
            elif value > known[0]:
                best[document] = (value, max(part, known[1]), number)
            elif part > known[1]:
                best[document] = (known[0], part, known[2])
    # What a unit says is set by the commonest way to say it. One that no page answers cannot tell pages apart:
    # it counts like a middling word, so that it is missed but does not drown the others.
    rarity = min(rarities) if rarities else UNANSWERED
    return _UnitScore(unit.weight * (0.4 + rarity), best)


def _score_way(way: Way, postings: Postings) -> tuple[dict[int, tuple[float, float]], float]:
    """Return value and share by document, and the rarity of the way."""
    total = postings.total
    weights = [idf(total, postings.count(token)) for token in way.tokens]
    whole = sum(weights) or 1.0
    if len(way.tokens) == 1:
        documents, values = postings.impacts(way.tokens[0])
        factor, sure = way.factor, _sureness(way.factor)
        return {d: (factor * v, sure) for d, v in zip(documents, values, strict=True)}, weights[0]
    sums: dict[int, float] = {}
    parts: dict[int, float] = {}
    for token, weight in zip(way.tokens, weights, strict=True):
        share = weight / whole
        documents, values = postings.impacts(token)
        for document, value in zip(documents, values, strict=True):
            sums[document] = sums.get(document, 0.0) + share * value
            parts[document] = parts.get(document, 0.0) + share
    factor, sure = way.factor, _sureness(way.factor)
    found = {d: (factor * value * parts[d], sure * parts[d] ** 1.5) for d, value in sums.items()}
    return found, whole / len(way.tokens)


def _sureness(factor: float) -> float:
    """Return the share of a unit that a way of this factor answers: tolerance costs rank, hardly coverage."""
    return 0.8 + 0.2 * factor


def score_codes(
    understood: Understood,
    found: dict[int, Scored],
    postings: Postings,
    numbers: Mapping[str, int],
    allowed: int,
) -> None:
    """Lift the documents that the codes of a query name into their tiers.

    Args:
        understood: The query.
        found: Documents found by words; lifted and completed in place.
        postings: Where mentions of codes are looked up.
        numbers: Document number by page id.
        allowed: Bit set of the documents that may be found.
    """

    def lift(page_id: str, tier: int, code: AskedCode | None, entry: CodeEntry | None) -> None:
        number = numbers.get(page_id)
        if number is None or not allowed >> number & 1:
            return
        scored = found.setdefault(number, Scored())
        if scored.code is None or tier > scored.tier:
            scored.tier, scored.code, scored.entry = max(tier, scored.tier), code, entry

    for page_id in understood.page_ids:
        lift(page_id, PAGE_ID, None, None)
    for entry, whole in understood.alarm_texts:
        lift(
            entry.page_id,
            (CODE_ALARM if entry.role == "alarm" else CODE_CASE) if whole else IN_RANGE,
            None,
            entry,
        )
    for code in understood.codes:
        for entry in code.entries:
            lift(entry.page_id, _tier(code, entry), code, entry)
        if code.state == "exact":
            _mentions(code, found, postings, allowed)


def _tier(code: AskedCode, entry: CodeEntry) -> int:
    if code.state == "range":
        return IN_RANGE
    if code.state == "other_prefix":
        return OTHER_PREFIX if entry.role == "alarm" else CODE_FACT
    return {"alarm": CODE_ALARM, "case": CODE_CASE, "fact": CODE_FACT}[entry.role]


def _mentions(code: AskedCode, found: dict[int, Scored], postings: Postings, allowed: int) -> None:
    """Add how prominently documents mention a code: it orders those of one tier, and finds further ones."""
    keys = {code.key} if "." in code.key or not code.entries else {code.key, *_prefixed(code)}
    for key in sorted(keys):
        for number, value in zip(*postings.impacts(CODE + key), strict=True):
            if not allowed >> number & 1:
                continue
            scored = found.setdefault(number, Scored(tier=MENTION, code=code))
            if scored.code is None:
                scored.tier, scored.code = max(scored.tier, MENTION), code
            scored.text += value


def _prefixed(code: AskedCode) -> list[str]:
    return [f"{prefix}.{code.key}" for prefix in ("SV", "SP", "DS", "OT", "PS", "OH", "SW", "SR", "PW")]
