"""Which pages answer best? Scoring over postings, the same for every engine.

Order: pages about a code asked for, before pages that show it, before pages that only hold the words; within
each, how well the words are answered (BM25F with Lucene's idf, all units before some), times how sure the
department is of the page; then the later review; then the id.

Confidence weighs as a factor and not as an order of its own: else any validated page that holds one word would
stand above the page that answers the question.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.content.pages import Confidence
from kb.search.code_table import AskedCode, CodeEntry
from kb.search.documents import CODE
from kb.search.postings import Documents, Impacts, Postings
from kb.search.query import Intent, Understood, Unit, Way
from kb.search.scratch import Lent

FITS = 0.3
"""Evidence from which on a page fits; with less, all that is found is only near."""
PAIRED = 0.55
"""A page fits that answers two words so well, too: as a title and the text do, but a text alone does not."""
FIRST_WEIGHT = 0.2
"""How much the first word that informs adds to the evidence: it names the thing, what follows its trouble, and trouble is
the same in every trade."""
NOVEL_WEIGHT = 0.4
"""How much of the evidence is lost where all that was asked is new to the library."""
ABOUT = 0.4
"""How well a page answers a thing of another trade that is about it: in its title or its keywords, or again and again."""
COVERED = 0.66
"""Beside pages about a code asked for, a page counts from this share of the words on."""
KEPT, KEPT_TEXT = 0.5, 0.5
"""A page is found that has this share of what the best has of the words, or answers this share as well as the best: else
a page that has one word of two would be among the hits, or one that answers most of a long question would not."""
UNANSWERED = 7.0
"""What a unit says that no page answers: as much as the rarest word."""
RARITY_WEIGHT = 0.3
"""How much more a rare word says than a common one; at 1 a rare English verb outweighs the part it is about
(golden queries: hit at first 0.83 at 1, 0.86 at 0.3)."""
WRITTEN_SHARE = 0.5
"""How much the query as it is written counts beside what it means: plain BM25, which nothing that is unknown confuses."""
SCATTERED = 0.8
"""How much of a stretch counts whose parts are scattered over a page, so that it has hardly any of them together."""
UNCOVERED = 0.75
"""How much of its score a page keeps that has next to none of the units."""
MOST_NEAREST = 5
INFORMING = 0.5
"""Weight from which on a unit informs; makers and words that say little have less."""
CONFIDENCE = {
    Confidence.VALIDATED: 1.08,
    Confidence.NOT_VALIDATED: 1.0,
    Confidence.WIP: 0.8,
    Confidence.ARCHIVED: 0.5,
}
TYPE_FACTORS: Mapping[Intent, Mapping[str, float]] = {
    "find": {"case": 1.15, "alarm": 1.08, "guide": 1.0, "checklist": 0.78, "course": 0.75, "term": 0.72},
    "name": {"term": 1.3, "guide": 1.05, "case": 1.05, "alarm": 1.0, "checklist": 0.8, "course": 0.8},
    "task": {"guide": 1.25, "checklist": 0.9, "case": 1.08, "alarm": 0.95, "course": 0.9, "term": 0.6},
    "howto": {"guide": 1.3, "checklist": 0.95, "case": 1.0, "alarm": 0.9, "course": 0.9, "term": 0.6},
    "define": {"term": 1.6, "alarm": 1.05, "guide": 0.9, "case": 0.9, "course": 0.9, "checklist": 0.6},
}
PAGE_ID, CODE_ALARM, CODE_CASE, OTHER_PREFIX, IN_RANGE, CODE_FACT, MENTION, WORDS, NEAR, OTHER_FAMILY = (
    9,
    8,
    7,
    6,
    5,
    4,
    3,
    1,
    0,
    -1,
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

    Args:
        text: How well a document answers, 0 to about 1.
        coverage: Share of the query's information that it has.
        found: Documents that answer anything, ascending.
        evidence: How surely the best of them is about what was asked, 0 to about 1: how well it answers, whatever
            way of writing was forgiven, and the first word that informs above the others.
        paired: How well the one of the two that is answered worse is, of the two words that a page answers best.
    """

    text: NDArray[np.float64]
    coverage: NDArray[np.float64]
    found: NDArray[np.intp]
    evidence: float
    paired: float

    @property
    def fits(self) -> bool:
        """Whether any page is about what was asked: enough of it, or two words as a title has them, whatever else."""
        return self.evidence >= FITS or self.paired >= PAIRED

    @property
    def kept(self) -> NDArray[np.intp]:
        """Documents that answer enough, compared with the best."""
        coverage, text = self.coverage[self.found], self.text[self.found]
        if not len(self.found):
            return self.found
        enough: NDArray[np.bool_] = (coverage >= KEPT * coverage.max()) | (text >= KEPT_TEXT * text.max())
        return self.found[enough]


def score_units(
    units: Sequence[Unit], words: Sequence[str], postings: Postings, allowed: NDArray[np.bool_], lent: Lent
) -> WordScores:
    """Return how the documents answer the units.

    Args:
        units: What a page should answer.
        words: Tokens of the query as it is written, pairs that span two units among them.
        postings: Where tokens are looked up.
        allowed: Which documents may be found.
        lent: Lends the arrays; those of what comes back are lent, too.
    """
    total = postings.total
    answers = [_score_unit(unit, postings, lent) for unit in units]
    information = sum(answer.information for answer in answers) or 1.0
    meant, coverage, sure = lent.zeros(), lent.zeros(), lent.zeros()
    strongest, paired, product = lent.zeros(), lent.zeros(), lent.zeros()
    # Everything is worked out in place: an array for each product would cost more than the product.
    for unit, answer in zip(units, answers, strict=True):
        share = answer.information / information
        meant += np.multiply(answer.values, share, out=product)
        coverage += np.multiply(answer.parts, share, out=product)
        sure += np.multiply(answer.values, share / answer.forgiven, out=product)
        if unit.weight >= INFORMING:
            np.maximum(paired, np.minimum(strongest, answer.values, out=product), out=paired)
            np.maximum(strongest, answer.values, out=strongest)
    rarities = [idf(total, postings.count(token)) for token in words]
    whole = sum(rarities) or 1.0
    written = lent.zeros()
    for token, rarity in zip(words, rarities, strict=True):
        documents, impacts = _places(postings, token)
        np.add.at(written, documents, rarity / whole * impacts)
    meant *= 1.0 - WRITTEN_SHARE
    meant += np.multiply(written, WRITTEN_SHARE, out=product)
    text = meant
    found = np.flatnonzero((coverage > 0.0) & allowed)
    # Words that were understood in spite of their writing are not held against the pages that lack them.
    excused = {sign for answer in answers for token in answer.excused for sign in (token, *token)}
    counted = sum(rarity for token, rarity in zip(words, rarities, strict=True) if token not in excused)
    surely = (
        np.multiply(written, whole / counted, out=written) if counted else np.multiply(sure, 1.0, out=written)
    )
    surely *= WRITTEN_SHARE
    evidence = np.multiply(sure, 1.0 - WRITTEN_SHARE, out=sure)
    evidence += surely
    first = next(
        (answer for unit, answer in zip(units, answers, strict=True) if unit.weight >= INFORMING), None
    )
    if first is not None:
        evidence += np.multiply(first.values, FIRST_WEIGHT / first.forgiven, out=product)
    said = sum(unit.weight for unit in units) or 1.0
    foreign = sum(unit.weight * unit.novel for unit in units) / said
    elsewhere = any(
        unit.other and not (answer.values >= ABOUT).any() for unit, answer in zip(units, answers, strict=True)
    )
    if not len(found) or elsewhere:
        return WordScores(text, coverage, found, 0.0, 0.0)
    best = float(evidence[found].max()) * (1.0 - NOVEL_WEIGHT * foreign)
    return WordScores(text, coverage, found, best, float(paired[found].max()))


@dataclass(frozen=True, slots=True)
class _Answer:
    """How the documents answer one unit: value and share of the unit by document number.

    Args:
        information: What the unit says.
        values: How well each document answers.
        parts: What share of the unit each has.
        forgiven: The factor of the best way that any document has: below 1 where a way of writing was forgiven.
        excused: Tokens of the writing that no document has, where another way was understood.
    """

    information: float
    values: NDArray[np.float64]
    parts: NDArray[np.float64]
    forgiven: float
    excused: tuple[str, ...]


def _score_unit(unit: Unit, postings: Postings, lent: Lent) -> _Answer:
    total = postings.total
    values, parts = lent.zeros(), lent.zeros()
    rarities: list[float] = []
    had: list[Way] = []
    for way in unit.ways:
        weights = [idf(total, postings.count(token)) for token in way.tokens]
        whole = sum(weights) or 1.0
        factor, sure = way.factor, _sureness(way.factor)
        if len(way.tokens) == 1:
            documents, impacts = _places(postings, way.tokens[0])
            if not len(documents):
                continue
            np.maximum.at(values, documents, factor * impacts)
            np.maximum.at(parts, documents, sure)
        else:
            lists = [_places(postings, token) for token in way.tokens]
            if not any(len(documents) for documents, _ in lists):
                continue
            sums, shares = lent.taken(), lent.taken()
            for (documents, impacts), weight in zip(lists, weights, strict=True):
                np.add.at(sums, documents, weight / whole * impacts)
                np.add.at(shares, documents, weight / whole)
            if sum(len(documents) for documents, _ in lists) < total // 8:
                # Only where any part stands: a rare word must not pay for the length of the library.
                some = np.flatnonzero(shares)
                had_sums, had_shares = sums[some], shares[some]
                answered = factor * had_sums * (SCATTERED + (1.0 - SCATTERED) * had_shares)
                values[some] = np.maximum(values[some], answered)
                parts[some] = np.maximum(parts[some], sure * had_shares * np.sqrt(had_shares))
            else:
                product = np.multiply(shares, 1.0 - SCATTERED, out=lent.taken())
                product += SCATTERED
                sums *= factor
                np.maximum(values, np.multiply(sums, product, out=sums), out=values)
                np.sqrt(shares, out=product)
                shares *= sure
                np.maximum(parts, np.multiply(shares, product, out=shares), out=parts)
                lent.put_back(product)
            lent.put_back(sums, shares)
        rarities.append(whole / len(way.tokens))
        had.append(way)
    # What a unit says is set by the commonest way to say it.
    rarity = min(rarities) if rarities else UNANSWERED
    return _Answer(
        unit.weight * (1.0 + RARITY_WEIGHT * rarity),
        values,
        parts,
        max((way.factor for way in had), default=1.0),
        unit.ways[0].tokens if had and had[0] is not unit.ways[0] else (),
    )


def _places(postings: Postings, token: str) -> tuple[NDArray[np.intp], Impacts]:
    """Return the postings of a token as numpy adds up fastest: the plain type of places, and each document once."""
    documents, impacts = postings.impacts(token)
    return documents.astype(np.intp), impacts


def answered_by(unit: Unit, documents: Documents, postings: Postings) -> list[int | None]:
    """Return for each of `documents` the number of the way by which it answers a unit best, None where it does not.

    All at once, as a place in a list is then looked up once for a token and not once for each hit.
    """
    best, best_way = np.zeros(len(documents)), np.full(len(documents), -1)
    for number, way in enumerate(unit.ways):
        weights = [idf(postings.total, postings.count(token)) for token in way.tokens]
        whole = sum(weights) or 1.0
        values, parts = np.zeros(len(documents)), np.zeros(len(documents))
        for token, weight in zip(way.tokens, weights, strict=True):
            numbers, impacts = postings.impacts(token)
            if not len(numbers):
                continue
            # Both are of one type: else numpy would copy the whole list into a wider one to look up a few.
            places = np.minimum(np.searchsorted(numbers, documents), len(numbers) - 1)
            has = numbers[places] == documents
            values[has] += weight / whole * impacts[places[has]]
            parts[has] += weight / whole
        scores = way.factor * values * parts
        better = scores > best
        best[better], best_way[better] = scores[better], number
    return [way if way >= 0 else None for way in best_way.tolist()]


def _sureness(factor: float) -> float:
    """Return the share of a unit that a way of this factor answers: tolerance costs rank, hardly coverage."""
    return 0.8 + 0.2 * factor


def score_codes(
    understood: Understood, postings: Postings, numbers: Mapping[str, int], allowed: NDArray[np.bool_]
) -> dict[int, Coded]:
    """Return the documents that the codes of a query name, each in its best tier.

    Args:
        understood: The query.
        postings: Where mentions of codes are looked up.
        numbers: Document number by page id.
        allowed: Which documents may be found.
    """
    found: dict[int, Coded] = {}

    def lift(page_id: str, tier: int, code: AskedCode | None, entry: CodeEntry | None) -> None:
        number = numbers.get(page_id)
        if number is None or not allowed[number]:
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
    if code.state == "other_family":
        return OTHER_FAMILY
    if code.state == "other_prefix":
        return OTHER_PREFIX if entry.role == "alarm" else CODE_FACT
    return {"alarm": CODE_ALARM, "case": CODE_CASE, "fact": CODE_FACT}[entry.role]


def _mentions(
    code: AskedCode, found: dict[int, Coded], postings: Postings, allowed: NDArray[np.bool_]
) -> None:
    """Add how prominently documents mention a code: it orders those of one tier, and finds further ones."""
    for key in code.keys:
        documents, impacts = postings.impacts(CODE + key)
        may = allowed[documents]
        for number, value in zip(documents[may].tolist(), impacts[may].tolist(), strict=True):
            known = found.get(number)
            if known is None:
                known = found[number] = Coded(MENTION, code)
            known.extra += value
