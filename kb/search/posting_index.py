"""The search itself, over the postings of any engine."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kb.content import Library
from kb.content.pages import CasePage
from kb.errors import NotFound
from kb.search.catalogue import Catalogue, bit_set, numbers_of
from kb.search.code_table import CodeTable
from kb.search.dictionary import Dictionary
from kb.search.documents import fields_of
from kb.search.highlight import Marker
from kb.search.index import NO_FILTERS, NO_REUSE, Filters, Hit, Match, Piece, Reason, Result
from kb.search.postings import Postings
from kb.search.query import Understood
from kb.search.ranking import (
    CODE_ALARM,
    CODE_CASE,
    FITS,
    KEPT,
    MOST_NEAREST,
    NEAR,
    PAGE_ID,
    WORDS,
    Coded,
    WordScores,
    answered_by,
    score_codes,
    score_units,
)
from kb.search.scope import FACTORS, STEPS, Fit, Scope, ScopeReader
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
        order: Document numbers, best first.
        finals: Score of each.
        coded: Why documents stand above those that only hold the words.
        nearest: Whether nothing holds all that was asked.
        fits: How documents stand to the machine in hand.
    """

    order: list[int]
    finals: dict[int, float]
    coded: dict[int, Coded]
    nearest: bool
    fits: "_Fits"


class _Fits:
    """How documents stand to the machine in hand, looked at once each; without a machine all stand alike."""

    def __init__(self, scope: Scope | None, library: Library, catalogue: Catalogue) -> None:
        self._reader = ScopeReader(scope, library) if scope is not None else None
        self._pages = catalogue.pages
        self._known: dict[int, Fit] = {}
        self.families = self._reader.families if self._reader is not None else frozenset()

    def __bool__(self) -> bool:
        return self._reader is not None

    def of(self, number: int) -> Fit | None:
        """Return how a document stands to the machine, or None without one."""
        if self._reader is None:
            return None
        fit = self._known.get(number)
        if fit is None:
            fit = self._known[number] = self._reader.fit(self._pages[number])
        return fit

    def factor(self, number: int) -> float:
        """Return how much the text of a document counts."""
        fit = self.of(number)
        return 1.0 if fit is None else FACTORS[fit]

    def step(self, number: int) -> int:
        """Return the place of a document among those about one code."""
        fit = self.of(number)
        return 0 if fit is None else STEPS[fit]


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
        fits = _Fits(scope, self._library, self._catalogue)
        found = self._found(understood, every, fits, reuse) if asked else self._browsed(every, fits)
        chosen = self._catalogue.allowed(filters)
        ordered = found.order
        if chosen != every:
            ordered = [number for number in ordered if chosen >> number & 1]
        return Result(
            hits=tuple(
                self._hit(number, found, understood, asked=asked) for number in ordered[first : first + size]
            ),
            total=len(ordered),
            understood=understood,
            facets=self._catalogue.counts(bit_set(found.order, self._postings.total), filters)
            if facets
            else {},
            nearest=found.nearest,
            unknown_codes=tuple(code.shown for code in understood.codes if code.state == "unknown"),
            suggestion=understood.suggestion,
        )

    def _found(self, understood: Understood, allowed: int, fits: _Fits, reuse: Mapping[str, float]) -> _Found:
        """Return the documents of a query in order, and whether none of them holds all that was asked."""
        words = score_units(understood.units, understood.bridges, self._postings, allowed)
        coded = score_codes(understood, self._postings, self._catalogue.numbers, allowed)
        best = words.best
        coverage = words.coverage
        said = sum(unit.weight for unit in understood.units)
        nearest = False
        if coded:
            # Beside pages about the code, only those count that answer all the words.
            worded = [number for number in words.found if said >= 1.0 and coverage[number] >= FITS]
        elif any(code.state == "unknown" for code in understood.codes):
            worded = [number for number in words.found if coverage[number] >= FITS]
            nearest = not worded
            coded = self._near_codes(understood, allowed) if nearest else {}
        else:
            worded = [number for number in words.found if coverage[number] >= best * KEPT]
            nearest = best < FITS
        finals = self._finals(words, coded, worded, understood, fits)
        for page_id, share in reuse.items():
            number = self._catalogue.numbers.get(page_id)
            if number is not None and number in finals:
                finals[number] += round(REUSE * share * min(finals[number], 1.0), 9)
        order = sorted(self._catalogue.in_tie_order(finals), key=finals.__getitem__, reverse=True)
        if said < 0.5 and any(len(code.families) > 1 for code in understood.codes):
            order = self._in_turn(order, coded, understood, fits)
        return _Found(order, finals, coded, nearest, fits)

    def _finals(
        self,
        words: WordScores,
        coded: dict[int, Coded],
        worded: Sequence[int],
        understood: Understood,
        fits: _Fits,
    ) -> dict[int, float]:
        """Return the score by which documents are ordered; documents are numbered so that ties fall right."""
        catalogue = self._catalogue
        text, coverage, confidence = words.text, words.coverage, catalogue.confidence
        factors = catalogue.type_factors[understood.intent]
        finals = {
            number: round(
                text[number]
                * (0.25 + 0.75 * coverage[number] * coverage[number])
                * factors[number]
                * confidence[number],
                9,
            )
            for number in worded
        }
        for number, why in coded.items():
            whole = 0.25 + 0.75 * coverage[number] ** 2 if understood.units else 1.0
            main = MAIN if why.entry is not None and why.entry.main else 0.0
            score = (text[number] * whole + why.extra + main) * confidence[number]
            if fits:
                score = min(score, 0.99 * SCOPE_STEP) + SCOPE_STEP * fits.step(number)
            finals[number] = round(TIER_STEP * max(why.tier - WORDS, 0) + score, 9)
        if fits:
            for number in worded:
                if number not in coded:
                    finals[number] = round(finals[number] * fits.factor(number), 9)
        return finals

    def _near_codes(self, understood: Understood, allowed: int) -> dict[int, Coded]:
        near: dict[int, Coded] = {}
        for code in understood.codes:
            if code.state != "unknown":
                continue
            for rank, key in enumerate(self._codes.nearest(code, MOST_NEAREST)):
                for entry in self._codes.entries(key):
                    number = self._catalogue.numbers.get(entry.page_id)
                    if entry.role == "alarm" and number is not None and allowed >> number & 1:
                        near.setdefault(number, Coded(NEAR, code, entry, extra=1.0 - 0.1 * rank))
        return dict(list(near.items())[:MOST_NEAREST])

    def _in_turn(
        self, order: list[int], coded: dict[int, Coded], understood: Understood, fits: _Fits
    ) -> list[int]:
        """Return alarms of a bare number that several families have one of each family in turn, then the rest.

        Those of the machine in hand come before all others.
        """
        ranks = {name: rank for code in understood.codes for rank, name in enumerate(code.families)}
        places: dict[str, int] = {}
        turn: dict[int, tuple[bool, int, int]] = {}
        for number in order:
            why = coded.get(number)
            if why is not None and why.tier == CODE_ALARM and why.entry is not None:
                family = why.entry.family
                turn[number] = (
                    family not in fits.families,
                    places.get(family, 0),
                    ranks.get(family, len(ranks)),
                )
                places[family] = places.get(family, 0) + 1
        return sorted(turn, key=turn.__getitem__) + [number for number in order if number not in turn]

    def _browsed(self, allowed: int, fits: _Fits) -> _Found:
        numbers = numbers_of(allowed)
        confidence = self._catalogue.confidence
        order = sorted(
            numbers,
            key=lambda number: (
                -fits.step(number),
                -confidence[number],
                self._catalogue.pages[number].id,
            ),
        )
        return _Found(order, dict.fromkeys(numbers, 0.0), {}, False, fits)

    def _hit(self, number: int, found: _Found, understood: Understood, *, asked: bool) -> Hit:
        why = found.coded.get(number)
        match: Match = "text"
        if not asked:
            match = "all"
        elif found.nearest or (why is not None and why.tier == NEAR):
            match = "nearest"
        elif why is not None:
            match = "code" if why.tier in {CODE_ALARM, CODE_CASE, PAGE_ID} else "related_code"
        answers = tuple(answered_by(unit, number, self._postings) for unit in understood.units)
        return Hit(
            page=self._catalogue.pages[number],
            score=round(found.finals[number], 4),
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
        words = score_units(understood.units, (), self._postings, allowed)
        ranked: list[tuple[float, str, int, tuple[str, ...]]] = []
        for number in numbers_of(allowed):
            other = self._catalogue.pages[number]
            if other.type == "term":
                continue
            shared = likeness(page, other)
            said = words.text[number]
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

    def marked(self, text: str, understood: Understood) -> tuple[Piece, ...]:
        """Return `text` in pieces; see `SearchIndex.marked`."""
        return Marker(understood).pieces(text)

    def excerpt(self, page_id: str, understood: Understood, *, length: int = 120) -> tuple[Piece, ...]:
        """Return the passage of a page that answers the query best; see `SearchIndex.excerpt`."""
        page = self._library.pages[page_id]
        fields = fields_of(page, self._library.bodies[page_id], self._library)
        order: Sequence[str] = ("symptom", "meaning", "summary", "causes", "items", "body")
        marker = Marker(understood)
        return marker.pieces(
            marker.best_passage([fields[name] for name in order if fields.get(name)], length)
        )
