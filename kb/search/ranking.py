"""Which pages answer best? Scoring over postings, the same for every engine.

Order: pages about a code asked for, before pages that show it, before pages that only hold the words; within
each, how well the words are answered (BM25F with Lucene's idf, all units before some), times how sure the
department is of the page; then the later review; then the id.

Confidence weighs as a factor and not as an order of its own: else any validated page that holds one word would
stand above the page that answers the question.
"""

import math
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.content.pages import Confidence
from kb.search.code_table import AskedCode, CodeEntry
from kb.search.documents import CODE
from kb.search.postings import Postings
from kb.search.query import Intent, Understood, Unit

FITS = 0.66
"""A page fits from this share of the query's information on; what has less is only near."""
KEPT = 0.5
"""Of pages that fit less than the best does, those below this share of its coverage are left out."""
UNANSWERED = 2.0
RARITY_WEIGHT = 0.3
"""How much more a rare word says than a common one; at 1 a rare English verb outweighs the part it is about
(golden queries: hit at first 0.83 at 1, 0.86 at 0.3)."""
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


def idf(total: int, count: int) -> float:
    """Return Lucene's inverse document frequency: never negative, so a frequent word never counts against a page."""
    return math.log(1 + (total - count + 0.5) / (count + 0.5))


@dataclass(slots=True)
class Coded:
    """Why a document stands in a tier above those that only hold the words.

    Args:
        tier: One of the tiers above.
        code: The code it is found for; None where it was named by id or by the text of its message.
        entry: How it stands to that code.
        extra: How prominently it mentions the code.
    """

    tier: int
    code: AskedCode | None = None
    entry: CodeEntry | None = None
    extra: float = 0.0


@dataclass(frozen=True, slots=True)
class WordScores:
    """How all documents answer the words of a query, by document number.

    Plain lists as long as the index: a query touches thousands of documents, and an object for each would cost
    more than all the scoring.

    Args:
        text: How well a document answers, 0 to about 1.
        coverage: Share of the query's information that it has.
        found: Documents that answer anything, ascending.
    """

    text: list[float]
    coverage: list[float]
    found: list[int]

    @property
    def best(self) -> float:
        """The highest coverage."""
        return max((self.coverage[number] for number in self.found), default=0.0)


def score_units(
    units: Sequence[Unit], bridges: Sequence[str], postings: Postings, allowed: int
) -> WordScores:
    """Return how the documents answer the units.

    Args:
        units: What a page should answer.
        bridges: Tokens that favour the very phrase.
        postings: Where tokens are looked up.
        allowed: Bit set of the documents that may be found.
    """
    total = postings.total
    text, coverage = [0.0] * total, [0.0] * total
    answers = [_score_unit(unit, postings) for unit in units]
    information = sum(answer.information for answer in answers) or 1.0
    touched: set[int] = set()
    for answer in answers:
        share = answer.information / information
        values, parts = answer.values, answer.parts
        for document in answer.documents:
            text[document] += share * values[document]
            coverage[document] += share * parts[document]
        touched |= answer.documents
    if bridges:
        one = BRIDGE_WEIGHT / len(bridges)
        for token in bridges:
            for document, value in zip(*postings.impacts(token), strict=True):
                text[document] += one * value
    found = sorted(touched)
    if allowed != (1 << total) - 1:
        found = [document for document in found if allowed >> document & 1]
    return WordScores(text, coverage, found)


@dataclass(frozen=True, slots=True)
class _Answer:
    """How the documents answer one unit: value and share of the unit by document number."""

    information: float
    values: list[float]
    parts: list[float]
    documents: set[int]


def _score_unit(unit: Unit, postings: Postings) -> _Answer:
    total = postings.total
    values, parts = [0.0] * total, [0.0] * total
    documents: set[int] = set()
    rarities: list[float] = []
    for way in unit.ways:
        weights = [idf(total, postings.count(token)) for token in way.tokens]
        whole = sum(weights) or 1.0
        factor, sure = way.factor, _sureness(way.factor)
        numbers: Sequence[int]
        if len(way.tokens) == 1:
            numbers, impacts = postings.impacts(way.tokens[0])
            for document, value in zip(numbers, impacts, strict=True):
                value *= factor
                if value > values[document]:
                    values[document] = value
                if sure > parts[document]:
                    parts[document] = sure
        else:
            sums, shares = [0.0] * total, [0.0] * total
            mine: set[int] = set()
            for token, weight in zip(way.tokens, weights, strict=True):
                share = weight / whole
                numbers, impacts = postings.impacts(token)
                for document, value in zip(numbers, impacts, strict=True):
                    sums[document] += share * value
                    shares[document] += share
                mine.update(numbers)
            for document in mine:
                part = shares[document]
                value = factor * sums[document] * part
                if value > values[document]:
                    values[document] = value
                part = sure * part * math.sqrt(part)
                if part > parts[document]:
                    parts[document] = part
            numbers = tuple(mine)
        if numbers:
            rarities.append(whole / len(way.tokens))
            documents.update(numbers)
    # What a unit says is set by the commonest way to say it. One that no page answers cannot tell pages apart:
    # it counts like a middling word, so that it is missed but does not drown the others.
    rarity = min(rarities) if rarities else UNANSWERED
    return _Answer(unit.weight * (1.0 + RARITY_WEIGHT * rarity), values, parts, documents)


def answered_by(unit: Unit, document: int, postings: Postings) -> int | None:
    """Return the number of the way by which a document answers a unit best, or None where it does not."""
    best, best_way = 0.0, None
    for number, way in enumerate(unit.ways):
        weights = [idf(postings.total, postings.count(token)) for token in way.tokens]
        whole = sum(weights) or 1.0
        value, part = 0.0, 0.0
        for token, weight in zip(way.tokens, weights, strict=True):
            numbers, impacts = postings.impacts(token)
            place = bisect_left(numbers, document)
            if place < len(numbers) and numbers[place] == document:
                value += weight / whole * impacts[place]
                part += weight / whole
        if way.factor * value * part > best:
            best, best_way = way.factor * value * part, number
    return best_way


def _sureness(factor: float) -> float:
    """Return the share of a unit that a way of this factor answers: tolerance costs rank, hardly coverage."""
    return 0.8 + 0.2 * factor


def score_codes(
    understood: Understood, postings: Postings, numbers: Mapping[str, int], allowed: int
) -> dict[int, Coded]:
    """Return the documents that the codes of a query name, each in its best tier.

    Args:
        understood: The query.
        postings: Where mentions of codes are looked up.
        numbers: Document number by page id.
        allowed: Bit set of the documents that may be found.
    """
    found: dict[int, Coded] = {}

    def lift(page_id: str, tier: int, code: AskedCode | None, entry: CodeEntry | None) -> None:
        number = numbers.get(page_id)
        if number is None or not allowed >> number & 1:
            return
        known = found.get(number)
        if known is None or tier > known.tier:
            found[number] = Coded(tier, code, entry)

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
    for code in understood.codes:
        if code.state == "exact":
            _mentions(code, found, postings, allowed)
    return found


def _tier(code: AskedCode, entry: CodeEntry) -> int:
    if code.state == "range":
        return IN_RANGE if entry.role == "alarm" else CODE_FACT
    if code.state == "other_prefix":
        return OTHER_PREFIX if entry.role == "alarm" else CODE_FACT
    return {"alarm": CODE_ALARM, "case": CODE_CASE, "fact": CODE_FACT}[entry.role]


def _mentions(code: AskedCode, found: dict[int, Coded], postings: Postings, allowed: int) -> None:
    """Add how prominently documents mention a code: it orders those of one tier, and finds further ones."""
    for key in code.keys:
        for number, value in zip(*postings.impacts(CODE + key), strict=True):
            if allowed >> number & 1:
                found.setdefault(number, Coded(MENTION, code)).extra += value
