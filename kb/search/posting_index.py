"""The search itself, over the postings of any engine."""

from collections.abc import Sequence

from kb.content import Library
from kb.content.pages import CasePage
from kb.errors import NotFound
from kb.search.catalogue import Catalogue, numbers_of
from kb.search.code_table import CodeTable
from kb.search.dictionary import Dictionary
from kb.search.documents import fields_of
from kb.search.highlight import Marker
from kb.search.index import NO_FILTERS, Filters, Hit, Match, Piece, Reason, Result
from kb.search.query import Understood
from kb.search.ranking import (
    CODE_ALARM,
    CODE_CASE,
    FITS,
    KEPT,
    MOST_NEAREST,
    NEAR,
    PAGE_ID,
    TYPE_FACTORS,
    WORDS,
    Postings,
    Scored,
    score_codes,
    score_units,
)
from kb.search.similarity import likeness
from kb.search.tolerance import Tolerance
from kb.search.understanding import understand
from kb.search.why import reasons_of

TIER_STEP = 10.0
"""Added to a score for each tier, so that the numbers shown follow the order."""


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
    ) -> Result:
        """Return the pages for `query`; see `SearchIndex.search`."""
        understood = self.understand(query)
        catalogue = self._catalogue
        every = catalogue.allowed(Filters(withdrawn=filters.withdrawn))
        asked = bool(understood.units or understood.codes or understood.page_ids or understood.alarm_texts)
        if asked:
            found, nearest = self._found(understood, every)
            ordered = self._ordered(found, understood)
        else:
            found = {number: Scored() for number in numbers_of(every)}
            nearest = False
            ordered = self._browsed(found)
        chosen = catalogue.allowed(filters)
        ordered = [number for number in ordered if chosen >> number & 1]
        bits = 0
        if facets:
            marks = bytearray(len(catalogue.pages) // 8 + 1)
            for number in found:
                marks[number >> 3] |= 1 << (number & 7)
            bits = int.from_bytes(marks, "little")
        return Result(
            hits=tuple(
                self._hit(number, found[number], understood, nearest=nearest, asked=asked)
                for number in ordered[first : first + size]
            ),
            total=len(ordered),
            understood=understood,
            facets=catalogue.counts(bits, filters) if facets else {},
            nearest=nearest,
            unknown_codes=tuple(code.shown for code in understood.codes if code.state == "unknown"),
            suggestion=understood.suggestion,
        )

    def _found(self, understood: Understood, allowed: int) -> tuple[dict[int, Scored], bool]:
        """Return the documents of a query, and whether none of them holds all that was asked."""
        units = understood.units
        found = score_units(units, understood.bridges, self._postings, allowed)
        best = max((scored.coverage for scored in found.values()), default=0.0)
        floor = best * KEPT
        worded = {number: scored for number, scored in found.items() if scored.coverage >= floor}
        score_codes(understood, found, self._postings, self._catalogue.numbers, allowed)
        coded = {number: scored for number, scored in found.items() if scored.tier > WORDS}
        if coded:
            # Beside pages about the code, only those count that answer all the words.
            said = sum(unit.weight for unit in units) >= 1.0
            worded = {number: s for number, s in worded.items() if said and s.coverage >= FITS}
            return {**worded, **coded}, False
        if any(code.state == "unknown" for code in understood.codes):
            near = self._near_codes(understood, allowed)
            kept = {number: scored for number, scored in worded.items() if scored.coverage >= FITS}
            return ({**near, **kept}, not kept)
        if best < FITS:
            return worded, True
        return worded, False

    def _near_codes(self, understood: Understood, allowed: int) -> dict[int, Scored]:
        near: dict[int, Scored] = {}
        for code in understood.codes:
            if code.state != "unknown":
                continue
            for rank, key in enumerate(self._codes.nearest(code, MOST_NEAREST)):
                for entry in self._codes.entries(key):
                    number = self._catalogue.numbers.get(entry.page_id)
                    if entry.role == "alarm" and number is not None and allowed >> number & 1:
                        near.setdefault(
                            number, Scored(tier=NEAR, text=0.5 - 0.05 * rank, code=code, entry=entry)
                        )
        return dict(list(near.items())[:MOST_NEAREST])

    def _ordered(self, found: dict[int, Scored], understood: Understood) -> list[int]:
        catalogue = self._catalogue
        factors = TYPE_FACTORS[understood.intent]
        said = sum(unit.weight for unit in understood.units) >= 0.5
        many = any(len(code.families) > 1 for code in understood.codes)
        family_rank = {name: rank for code in understood.codes for rank, name in enumerate(code.families)}
        places: dict[str, int] = {}
        for number, scored in found.items():
            page = catalogue.pages[number]
            whole = 0.25 + 0.75 * min(scored.coverage, 1.0) ** 2 if understood.units else 1.0
            factor = factors.get(page.type, 1.0) if scored.tier <= WORDS else 1.0
            main = 0.3 if scored.entry is not None and scored.entry.main else 0.0
            scored.final = (scored.text * whole * factor + main) * catalogue.confidence[number]
        ordered = sorted(
            found,
            key=lambda number: (
                -found[number].tier,
                -round(found[number].final, 9),
                -catalogue.reviewed[number],
                catalogue.pages[number].id,
            ),
        )
        if not many or said:
            return ordered
        # A bare number that several families have: one of each family in turn, not all of the first.
        turn: dict[int, tuple[int, int]] = {}
        for number in ordered:
            entry = found[number].entry
            if found[number].tier == CODE_ALARM and entry is not None:
                turn[number] = (places.get(entry.family, 0), family_rank.get(entry.family, 99))
                places[entry.family] = places.get(entry.family, 0) + 1
        alarms = sorted(turn, key=lambda number: turn[number])
        return alarms + [number for number in ordered if number not in turn]

    def _browsed(self, found: dict[int, Scored]) -> list[int]:
        catalogue = self._catalogue
        return sorted(found, key=lambda number: (-catalogue.confidence[number], catalogue.pages[number].id))

    def _hit(self, number: int, scored: Scored, understood: Understood, *, nearest: bool, asked: bool) -> Hit:
        match: Match = "text"
        if not asked:
            match = "all"
        elif nearest or scored.tier == NEAR:
            match = "nearest"
        elif scored.tier in {CODE_ALARM, CODE_CASE, PAGE_ID}:
            match = "code"
        elif scored.tier > WORDS:
            match = "related_code"
        return Hit(
            page=self._catalogue.pages[number],
            score=round(TIER_STEP * max(scored.tier - WORDS, 0) + scored.final, 4),
            match=match,
            why=reasons_of(scored, understood),
        )

    def similar(self, page_id: str, *, size: int = 5) -> tuple[Hit, ...]:
        """Return the pages most like a page; see `SearchIndex.similar`."""
        page = self._library.pages.get(page_id)
        if page is None:
            raise NotFound("page", page_id)
        text = page.symptom if isinstance(page, CasePage) else page.summary
        understood = self.understand(f"{page.title} {text}")
        allowed = self._catalogue.allowed(NO_FILTERS) & ~(1 << self._catalogue.numbers[page_id])
        worded = score_units(understood.units, (), self._postings, allowed)
        ranked: list[tuple[float, str, int, tuple[str, ...]]] = []
        for number in numbers_of(allowed):
            other = self._catalogue.pages[number]
            if other.type == "term":
                continue
            shared = likeness(page, other)
            said = worded[number].text if number in worded else 0.0
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
