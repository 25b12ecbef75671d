"""Find pages: by alarm code, by complaint, by task, in any of the ways in which people type."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from kb.content import Library
from kb.content.pages import TermPage
from kb.errors import BadQuery
from kb.i18n import Language, translator
from kb.search import FACETS as FACETS
from kb.search import Filters, Fit, Hit, Piece, Reason, SearchIndex, Understood
from kb.search import Result as Result
from kb.search import Scope as Scope

MOST_HITS = 100
DEEPEST = 10_000
LONGEST_LINE = 10_000
"""Characters of a line of a batch that are looked at; far more than any query, far less than a memory."""
FACET_LISTS: Mapping[str, str] = {
    "controller": "controllers",
    "family": "alarm_families",
    "subsystem": "subsystems",
    "failure_mode": "failure_modes",
    "level": "levels",
    "machine": "equipment_classes",
}
"""Where the names of a facet's values stand; the names of types and confidence are interface texts."""

VALUE_NAMES: Mapping[str, str] = {
    "case": "Case",
    "guide": "Guide",
    "alarm": "Alarm",
    "checklist": "Checklist",
    "term": "Term",
    "course": "Course",
    "validated": "validated",
    "not_validated": "not validated",
    "wip": "being written",
    "archived": "archived",
}
"""Message ids of the values that no vocabulary names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """A hit as it is shown.

    Args:
        hit: The hit.
        title: Its title, marked.
        passage: The passage that answers best, marked.
        why: Why it was found, as sentences in the reader's language.
        hazard: The gravest hazard on the page: `danger`, `warning`, `caution`, `notice`, or empty.
        fit: How it stands to the machine in hand, in words; empty where none was given.
    """

    hit: Hit
    title: tuple[Piece, ...]
    passage: tuple[Piece, ...]
    why: tuple[str, ...]
    hazard: str
    fit: str


def find_pages(
    index: SearchIndex,
    query: str,
    *,
    chosen: Mapping[str, Iterable[str]] | None = None,
    withdrawn: bool = False,
    page: int = 1,
    size: int = 20,
    with_facets: bool = True,
    scope: Scope | None = None,
    reuse: Mapping[str, float] | None = None,
) -> Result:
    """Return what answers `query`; an empty query lists all that the choice allows.

    Args:
        index: The open index.
        query: As typed.
        chosen: Allowed values by facet; unknown values find nothing, unknown facets are refused.
        withdrawn: Whether withdrawn pages are found, too.
        page: Number of the page of hits, from 1.
        size: Hits on a page, 1 to `MOST_HITS`.
        with_facets: Whether to count facets.
        scope: The machine in hand (`kb.usecases.search_scope`): hits for it come first, all are labelled.
        reuse: How proven pages are by jobs (`kb.usecases.page_use.reuse_scores`): it orders what answers alike.

    Raises:
        BadQuery: A facet is not known, or page or size are out of bounds.
    """
    faults = [
        f"{name!r} is no facet; facets are {', '.join(FACETS)}" for name in chosen or {} if name not in FACETS
    ]
    if not 1 <= size <= MOST_HITS:
        faults.append(f"size is {size}; it must be 1 to {MOST_HITS}")
    if page < 1 or (page - 1) * max(size, 1) >= DEEPEST:
        faults.append(f"page is {page}; it must be at least 1 and within the first {DEEPEST:,} hits")
    if faults:
        raise BadQuery("; ".join(faults))
    values = {name: frozenset(entries) for name, entries in (chosen or {}).items()}
    filters = Filters(
        chosen={name: entries for name, entries in values.items() if entries}, withdrawn=withdrawn
    )
    return index.search(
        query,
        filters=filters,
        first=(page - 1) * size,
        size=size,
        facets=with_facets,
        scope=scope,
        reuse=reuse or {},
    )


def shown_hits(index: SearchIndex, result: Result, language: Language) -> tuple[Shown, ...]:
    """Return the hits of a result with marks and reasons for a reader."""
    understood = result.understood
    return tuple(
        Shown(
            hit=hit,
            title=index.marked(hit.page.title_en if language == "en" else hit.page.title, understood),
            passage=index.excerpt(hit.page.id, understood),
            why=sentences(hit.why, language),
            hazard=gravest_hazard(hit),
            fit=fit_label(hit, language),
        )
        for hit in result.hits
    )


def sentences(reasons: Sequence[Reason], language: Language) -> tuple[str, ...]:
    """Return reasons as sentences in `language`."""
    say = translator(language)
    return tuple(say(reason.message).format(**reason.values) for reason in reasons)


FIT_NAMES: Mapping[Fit, str] = {
    Fit.PROVEN: "proven on this model",
    Fit.MODEL: "written for this model, not proven yet",
    Fit.FAMILY: "same family",
    Fit.GENERAL: "for any control",
    Fit.OTHER: "other family",
}
"""Message ids of how a page stands to the machine in hand."""


def fit_label(hit: Hit, language: Language) -> str:
    """Return how a hit stands to the machine in hand; empty where none was given."""
    return translator(language)(FIT_NAMES[hit.fit]) if hit.fit is not None else ""


def gravest_hazard(hit: Hit) -> str:
    """Return the gravest kind of hazard on the page of a hit, or an empty text."""
    hazards = hit.page.hazards
    kinds = {hazard.type for hazard in hazards} if not isinstance(hazards, str) else set()
    return next((kind for kind in ("danger", "warning", "caution", "notice") if kind in kinds), "")


def value_label(library: Library, facet: str, value: str, language: Language) -> str:
    """Return how a value of a facet is called."""
    name = FACET_LISTS.get(facet)
    if name is not None:
        return library.vocabularies.label(name, value, language)
    return translator(language)(VALUE_NAMES.get(value, value)) if facet in {"type", "confidence"} else value


def home_term(index: SearchIndex, result: Result) -> TermPage | None:
    """Return the term page that a query is the name of, to be shown above the hits; None where it is more."""
    understood = result.understood
    if understood.codes or len(understood.units) != 1:
        return None
    ids = {term.page_id for term in understood.terms if term.kind != "synonym" or len(understood.terms) == 1}
    page = index.library.pages.get(ids.pop()) if len(ids) == 1 else None
    return page if isinstance(page, TermPage) else None


def similar_pages(index: SearchIndex, page_id: str, *, size: int = 5) -> tuple[Hit, ...]:
    """Return the pages most like a page.

    Raises:
        NotFound: The library has no such page.
    """
    return index.similar(page_id, size=size)


class MarkedRow(TypedDict):
    """A piece of a text as JSON."""

    text: str
    marked: bool


def marked_row(piece: Piece) -> MarkedRow:
    """Return a piece of a text as an object of JSON."""
    return {"text": piece.text, "marked": piece.marked}


def hit_row(hit: Hit, language: Language) -> dict[str, object]:
    """Return a hit as a row of JSON: the form that `search --json` and `--batch` write."""
    row: dict[str, object] = {
        "id": hit.page.id,
        "type": hit.page.type,
        "title": hit.page.title,
        "score": hit.score,
        "match": hit.match,
        "facts": list(hit.page.facts),
        "why": "；".join(sentences(hit.why, language)),
    }
    if hit.fit is not None:
        row["fit"] = hit.fit.value
    return row


def result_row(result: Result, language: Language, *, query: str) -> dict[str, object]:
    """Return a result as an object of JSON.

    Args:
        result: What was found.
        language: Of the reasons.
        query: Exactly as it was given, even where only a part of it was read.
    """
    return {
        "query": query,
        "total": result.total,
        "nearest": result.nearest,
        "unknown_codes": list(result.unknown_codes),
        "suggestion": result.suggestion,
        "hits": [hit_row(hit, language) for hit in result.hits],
    }


def understood_row(understood: Understood, library: Library, language: Language) -> dict[str, object]:
    """Return what a query was taken for as an object of JSON."""
    return {
        "codes": [
            {
                "shown": code.shown,
                "key": code.key,
                "state": code.state,
                "axis": code.axis,
                "families": [
                    {"code": family, "name": value_label(library, "family", family, language)}
                    for family in code.families
                ],
            }
            for code in understood.codes
        ],
        "terms": [
            {
                "typed": term.typed,
                "label": term.label,
                "label_en": term.label_en,
                "way": term.kind,
                "id": term.page_id,
            }
            for term in understood.terms
        ],
        "units": [
            {
                "text": unit.text,
                "weight": round(unit.weight, 2),
                "ways": [{"way": way.kind, "shown": way.shown} for way in unit.ways],
            }
            for unit in understood.units
        ],
        "negligible": list(understood.negligible),
        "families": sorted(understood.families),
        "intent": understood.intent,
    }


def answer_lines(
    index: SearchIndex,
    lines: Iterable[bytes],
    *,
    size: int,
    chosen: Mapping[str, Iterable[str]],
    language: Language,
    scope: Scope | None = None,
) -> Iterator[dict[str, object]]:
    """Yield one answer for each line, as it comes; a blank line has no hits.

    Args:
        index: The open index.
        lines: Queries, one a line, UTF-8; bytes that are not are read as the replacement character.
        size: Hits of each.
        chosen: Allowed values by facet.
        language: Of the reasons.
        scope: The machine in hand.
    """
    for number, line in enumerate(lines):
        text = line.decode("utf-8-sig" if number == 0 else "utf-8", errors="replace").strip("\r\n")
        query = text[:LONGEST_LINE]
        if not query.strip():
            yield {"query": query, "total": 0, "hits": []}
            continue
        result = find_pages(index, query, chosen=chosen, size=size, with_facets=False, scope=scope)
        yield result_row(result, language, query=query)
