"""The search itself, over the postings of any engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.content import Library
from kb.content.pages import CasePage
from kb.errors import NotFound
from kb.search.catalogue import Catalogue, bit_set, mask_of, numbers_of
from kb.search.code_table import MISSING, CodeTable
from kb.search.dictionary import Dictionary
from kb.search.documents import fields_of
from kb.search.fits import Fits
from kb.search.highlight import Marker
from kb.search.index import NO_FILTERS, NO_REUSE, Filters, Hit, Match, Piece, Reason, Result
from kb.search.postings import Postings
from kb.search.query import Understood
from kb.search.ranking import (
    CODE_ALARM,
    CODE_CASE,
    COVERED,
    INFORMING,
    MOST_NEAREST,
    NEAR,
    PAGE_ID,
    UNCOVERED,
    WORDS,
    Coded,
    WordScores,
    answered_by,
    score_codes,
    score_units,
)
from kb.search.scope import Scope
from kb.search.scratch import Lent, Scratch
from kb.search.similarity import likeness
from kb.search.tolerance import Tolerance
from kb.search.understanding import understand
from kb.search.why import reasons_of

TIER_STEP = 10.0
"""Added to a score for each tier: far more than any answer by words, so that the order is that of the tiers."""
MAIN = 0.3
"""Added where a page's own code is asked for, and not an alias of it."""
REUSE = 0.07
"""Share by which a page that jobs have proven beyond doubt stands above one that answers as well and nobody used: less
than what parts validated from not validated pages, so that use orders what answers alike and hides nothing."""
SCOPE_STEP = 2.5
"""Added among pages about one code for each step nearer to the machine in hand; what else parts them counts less."""


@dataclass(frozen=True, slots=True)
class _Found:
    """What was found, in order.

    Args:
        order: Document numbers, best first, as far as they are looked at.
        finals: Score of each document of the library.
        coded: Why documents stand above those that only hold the words.
        nearest: Whether nothing holds all that was asked.
        fits: How documents stand to the machine in hand.
    """

    order: NDArray[np.intp]
    finals: NDArray[np.float64]
    coded: dict[int, Coded]
    nearest: bool
    fits: Fits


class PostingIndex:
    """A `SearchIndex` over the postings of one engine.

    Args:
        library: The library that was indexed.
        dictionary: Its words.
        codes: Its codes.
        tolerance: Likely words for what was mistyped.
        catalogue: What is known of each document.
        postings: The engine.
        name: Name of the index: changes with schema, tokens and content.
    """

    def __init__(
        self,
        *,
        library: Library,
        dictionary: Dictionary,
        codes: CodeTable,
        tolerance: Tolerance,
        catalogue: Catalogue,
        postings: Postings,
        name: str,
    ) -> None:
        self.name = name
        self._library = library
        self._dictionary = dictionary
        self._codes = codes
        self._tolerance = tolerance
        self._catalogue = catalogue
        self._postings = postings
        self._scratch = Scratch(postings.total)
        self._marker: tuple[Understood, Marker] | None = None

    @property
    def library(self) -> Library:
        """The library it was built from."""
        return self._library

    def understand(self, query: str) -> Understood:
        """Return what a query means."""
        return understand(
            query,
            dictionary=self._dictionary,
            codes=self._codes,
            tolerance=self._tolerance,
            count=self._postings.count,
        )

    def search(
        self,
        query: str,
        *,
        filters: Filters = NO_FILTERS,
        first: int = 0,
        size: int = 20,
        facets: bool = True,
        scope: Scope | None = None,
        reuse: Mapping[str, float] = NO_REUSE,
    ) -> Result:
        """Return the pages for `query`; see `SearchIndex.search`."""
        understood = self.understand(query)
        every = self._catalogue.allowed(Filters(withdrawn=filters.withdrawn))
        asked = bool(understood.query)
        fits = Fits(scope, self._library, self._catalogue)
        total = self._postings.total
        chosen = self._catalogue.allowed(filters)
        most = first + size if chosen == every else None
        with self._scratch.lent() as lent:
            found = (
                self._found(understood, mask_of(every, total), fits, reuse, most, lent)
                if asked
                else self._browsed(every, fits)
            )
            ordered = found.order
            if chosen != every:
                ordered = ordered[mask_of(chosen, total)[ordered]]
            return Result(
                hits=self._hits(ordered[first : first + size], found, understood, asked=asked),
                total=len(ordered),
                understood=understood,
                facets=self._catalogue.counts(bit_set(found.order, total), filters) if facets else {},
                nearest=found.nearest,
                unknown_codes=tuple(code.shown for code in understood.codes if code.state in MISSING),
                suggestion=understood.suggestion,
            )

    def _found(
        self,
        understood: Understood,
        allowed: NDArray[np.bool_],
        fits: Fits,
        reuse: Mapping[str, float],
        most: int | None,
        lent: Lent,
    ) -> _Found:
        """Return the documents of a query, the best `most` in order, and whether none holds all that was asked."""
        words = score_units(understood.units, understood.written, self._postings, allowed, lent)
        coded = score_codes(understood, self._postings, self._catalogue.numbers, allowed)
        coverage = words.coverage[words.found]
        said = sum(unit.weight for unit in understood.units)
        kept = words.kept
        nearest = False
        if any(why.tier > WORDS for why in coded.values()):
            # Beside pages about the code, only those count that answer all the words.
            worded = words.found[coverage >= COVERED] if said >= 1.0 else words.found[:0]
        elif any(code.state in MISSING for code in understood.codes):
            worded = kept if said >= INFORMING else words.found[:0]
            nearest = not len(worded) or not words.fits
            if nearest:
                coded = {**coded, **self._near_codes(understood, allowed)}
        else:
            worded = kept
            nearest = not words.fits
        finals = self._finals(words, coded, worded, understood, fits, lent)
        for page_id, share in reuse.items():
            number = self._catalogue.numbers.get(page_id)
            if number is not None and finals[number] > 0:
                finals[number] += round(REUSE * share * min(float(finals[number]), 1.0), 9)
        numbers = worded
        if coded:
            either = np.zeros(len(finals), dtype=np.bool_)
            either[worded] = True
            either[np.fromiter(coded, dtype=np.intp, count=len(coded))] = True
            numbers = np.flatnonzero(either)
        mixed = said < 0.5 and any(len(code.families) > 1 for code in understood.codes)
        order = self._catalogue.ordered(finals, numbers, None if mixed else most)
        if mixed:
            order = self._in_turn(order, coded, understood, fits)
        return _Found(order, finals, coded, nearest, fits)

    def _finals(
        self,
        words: WordScores,
        coded: dict[int, Coded],
        worded: NDArray[np.intp],
        understood: Understood,
        fits: Fits,
        lent: Lent,
    ) -> NDArray[np.float64]:
        """Return the score by which documents are ordered, by document number."""
        catalogue = self._catalogue
        text, coverage, confidence = words.text, words.coverage, catalogue.confidence
        factors = catalogue.type_factors[understood.intent]
        finals = lent.zeros()
        covered = coverage[worded]
        scores = text[worded] * (UNCOVERED + (1.0 - UNCOVERED) * covered * covered)
        scores *= factors[worded] * confidence[worded]
        if fits:
            scores *= fits.factors(worded)
        finals[worded] = scores
        for number, why in coded.items():
            whole = 0.25 + 0.75 * float(coverage[number]) ** 2 if understood.units else 1.0
            main = MAIN if why.entry is not None and why.entry.main else 0.0
            score = (float(text[number]) * whole + why.extra + main) * float(confidence[number])
            if fits:
                score = min(score, 0.99 * SCOPE_STEP) + SCOPE_STEP * fits.step(number)
            finals[number] = TIER_STEP * max(why.tier - WORDS, 0) + score
        return np.round(finals, 9, out=finals)

    def _near_codes(self, understood: Understood, allowed: NDArray[np.bool_]) -> dict[int, Coded]:
        near: dict[int, Coded] = {}
        for code in understood.codes:
            if code.state not in MISSING:
                continue
            keys = self._codes.nearest(code, MOST_NEAREST, understood.families)
            for rank, key in enumerate(keys):
                for entry in self._codes.entries(key):
                    if understood.families and entry.family not in understood.families:
                        continue
                    number = self._catalogue.numbers.get(entry.page_id)
                    if entry.role == "alarm" and number is not None and allowed[number]:
                        near.setdefault(number, Coded(NEAR, code, entry, extra=1.0 - 0.1 * rank))
        return dict(list(near.items())[:MOST_NEAREST])

    def _in_turn(
        self, order: NDArray[np.intp], coded: dict[int, Coded], understood: Understood, fits: Fits
    ) -> NDArray[np.intp]:
        """Return alarms of a bare number that several families have one of each family in turn, then the rest.

        Those of the machine in hand come before all others; of one family, those that show the very number.
        """
        ranks = {name: rank for code in understood.codes for rank, name in enumerate(code.families)}
        direct = frozenset(page_id for code in understood.codes for page_id in code.direct)
        pages = self._catalogue.pages
        places: dict[str, int] = {}
        turn: dict[int, tuple[bool, int, int]] = {}
        rest: list[int] = []
        for number in sorted(order.tolist(), key=lambda number: pages[number].id not in direct):
            why = coded.get(number)
            if why is not None and why.tier == CODE_ALARM and why.entry is not None:
                family = why.entry.family
                turn[number] = (
                    family not in fits.families,
                    places.get(family, 0),
                    ranks.get(family, len(ranks)),
                )
                places[family] = places.get(family, 0) + 1
            else:
                rest.append(number)
        return np.array([*sorted(turn, key=turn.__getitem__), *rest], dtype=np.intp)

    def _browsed(self, allowed: int, fits: Fits) -> _Found:
        numbers = numbers_of(allowed, self._postings.total)
        confidence = self._catalogue.confidence
        order = sorted(
            numbers.tolist(),
            key=lambda number: (
                -fits.step(number),
                -confidence[number],
                self._catalogue.pages[number].id,
            ),
        )
        return _Found(np.array(order, dtype=np.intp), np.zeros(self._postings.total), {}, False, fits)

    def _hits(
        self, numbers: NDArray[np.intp], found: _Found, understood: Understood, *, asked: bool
    ) -> tuple[Hit, ...]:
        documents = numbers.astype(np.int32)
        by_unit = [answered_by(unit, documents, self._postings) for unit in understood.units]
        return tuple(
            self._hit(number, found, understood, [ways[place] for ways in by_unit], asked=asked)
            for place, number in enumerate(numbers.tolist())
        )

    def _hit(
        self,
        number: int,
        found: _Found,
        understood: Understood,
        answers: Sequence[int | None],
        *,
        asked: bool,
    ) -> Hit:
        why = found.coded.get(number)
        match: Match = "text"
        if not asked:
            match = "all"
        elif found.nearest or (why is not None and why.tier <= NEAR):
            match = "nearest"
        elif why is not None:
            match = "code" if why.tier in {CODE_ALARM, CODE_CASE, PAGE_ID} else "related_code"
        return Hit(
            page=self._catalogue.pages[number],
            score=round(float(found.finals[number]), 4),
            match=match,
            why=reasons_of(why, answers, understood),
            fit=found.fits.of(number),
        )

    def similar(self, page_id: str, *, size: int = 5) -> tuple[Hit, ...]:
        """Return the pages most like a page; see `SearchIndex.similar`."""
        page = self._library.pages.get(page_id)
        if page is None:
            raise NotFound("page", page_id)
        text = page.symptom if isinstance(page, CasePage) else page.summary
        understood = self.understand(f"{page.title} {text}")
        allowed = self._catalogue.allowed(NO_FILTERS) & ~(1 << self._catalogue.numbers[page_id])
        total = self._postings.total
        ranked: list[tuple[float, str, int, tuple[str, ...]]] = []
        with self._scratch.lent() as lent:
            words = score_units(understood.units, (), self._postings, mask_of(allowed, total), lent)
            for number in numbers_of(allowed, total).tolist():
                other = self._catalogue.pages[number]
                if other.type == "term":
                    continue
                shared = likeness(page, other)
                said = float(words.text[number])
                if shared.weight + said > 0.3:
                    ranked.append((-(shared.weight + said), other.id, number, shared.reasons))
        ranked.sort()
        return tuple(
            Hit(
                page=self._catalogue.pages[number],
                score=round(-score, 4),
                match="text",
                why=tuple(Reason(message, {}) for message in (reasons or ("similar words",))),
            )
            for score, _, number, reasons in ranked[:size]
        )

    def _marker_of(self, understood: Understood) -> Marker:
        """Return what marks the words of a query; the last is kept, as it marks all hits of one answer."""
        known = self._marker
        if known is None or known[0] is not understood:
            known = self._marker = (understood, Marker(understood))
        return known[1]

    def marked(self, text: str, understood: Understood) -> tuple[Piece, ...]:
        """Return `text` in pieces; see `SearchIndex.marked`."""
        return self._marker_of(understood).pieces(text)

    def excerpt(self, page_id: str, understood: Understood, *, length: int = 120) -> tuple[Piece, ...]:
        """Return the passage of a page that answers the query best; see `SearchIndex.excerpt`."""
        page = self._library.pages[page_id]
        fields = fields_of(page, self._library.bodies[page_id], self._library)
        order: Sequence[str] = ("symptom", "meaning", "summary", "causes", "items", "body")
        marker = self._marker_of(understood)
        return marker.pieces(
            marker.best_passage([fields[name] for name in order if fields.get(name)], length)
        )
