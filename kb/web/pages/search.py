"""The search page: a plain form that needs no script; with one, the same results as one types."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from kb.content import Library
from kb.errors import NotFound
from kb.i18n import Language, translator
from kb.usecases.search import (
    FACETS,
    Result,
    find_pages,
    home_term,
    shown_hits,
    value_label,
)
from kb.usecases.search_scope import InHand, equipment_in_hand, in_hand_label
from kb.web.context import HouseDep, LanguageDep
from kb.web.rendering import render

router = APIRouter()

PAGE_SIZE = 20
LAST_PAGE = 500
MOST_CHIPS = 12
EQUIPMENT = "equipment"
"""Name of the parameter with the tag of the machine in hand."""
FACET_TITLES: Mapping[str, str] = {
    "type": "Kind",
    "brand": "Brand",
    "controller": "Control",
    "family": "Alarm family",
    "subsystem": "Subsystem",
    "failure_mode": "Failure mode",
    "confidence": "Confidence",
    "level": "Inspection level",
    "machine": "Machine class",
}
EXAMPLES = ("SV0401", "报警25050", "数显表乱跳", "主轴过热", "zhuzhou guore", "encoder battery")

Text = Annotated[str, Query(max_length=2000)]
Values = Annotated[list[str] | None, Query(max_length=40)]


@dataclass(frozen=True, slots=True)
class Chip:
    """A value to choose or to drop, with the address that does it."""

    label: str
    count: int
    href: str
    on: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The values of one facet."""

    facet: str
    title: str
    chips: tuple[Chip, ...]


@router.get("/search")
def search_page(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    q: Text = "",
    type: Values = None,
    brand: Values = None,
    controller: Values = None,
    family: Values = None,
    subsystem: Values = None,
    failure_mode: Values = None,
    confidence: Values = None,
    level: Values = None,
    machine: Values = None,
    equipment: Annotated[str, Query(max_length=64)] = "",
    page: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1,
    part: Annotated[str, Query(pattern="^(results)?$")] = "",
    asked: bool = False,
) -> HTMLResponse:
    """Show what was found; `part=results` brings the list alone, for the script.

    A query that was not answered is noted, but for those that the script sends while somebody still types: it says
    `asked` with one that was meant.
    """
    given = {
        "type": type,
        "brand": brand,
        "controller": controller,
        "family": family,
        "subsystem": subsystem,
        "failure_mode": failure_mode,
        "confidence": confidence,
        "level": level,
        "machine": machine,
    }
    chosen = {name: [value for value in values if value] for name, values in given.items() if values}
    tag = equipment.strip()
    in_hand = _in_hand(house, tag)
    kept = {**chosen, EQUIPMENT: [tag]} if tag else chosen
    values: dict[str, object] = {
        "query": q,
        "chosen": kept,
        "examples": EXAMPLES,
        "result": None,
        "tag": tag,
        "in_hand": in_hand,
        "without_machine": _address(q, chosen),
    }
    if q.strip() or any(chosen.values()) or in_hand is not None:
        index = house.search_index()
        scope = in_hand.scope if in_hand is not None else None
        result = find_pages(
            index, q, chosen=chosen, page=page, size=PAGE_SIZE, scope=scope, reuse=house.reuse()
        )
        if page == 1 and not any(chosen.values()) and (asked or not part):
            house.search_notes.take(q, result, at=house.now())
        pages = max(1, min(LAST_PAGE, -(-result.total // PAGE_SIZE)))
        values |= {
            "result": result,
            "hits": shown_hits(index, result, language),
            "groups": _groups(result, kept, q, index.library, language),
            "families": _families(result, kept, q, index.library, language),
            "term": home_term(index, result),
            "label": lambda facet, value: value_label(index.library, facet, value, language),
            "pages": pages,
            "page": page,
            "previous": _address(q, kept, page - 1) if page > 1 else "",
            "next": _address(q, kept, page + 1) if page < pages else "",
            "suggested": _address(result.suggestion, kept) if result.suggestion else "",
            "cleared": _address(q, {EQUIPMENT: [tag]} if tag else {}),
            "about": in_hand_label(in_hand, index.library, language) if in_hand is not None else "",
        }
    template = "search/results.html" if part else "search/page.html"
    return render(request, template, values)


def _in_hand(house: HouseDep, tag: str) -> InHand | None:
    """Return the machine with a tag; None without a tag, or where the register has none, which the page says."""
    if not tag:
        return None
    try:
        return equipment_in_hand(house.store, tag)
    except NotFound:
        return None


def _address(query: str, chosen: Mapping[str, list[str]], page: int = 1) -> str:
    pairs = [("q", query)] + [
        (name, value) for name in (*FACETS, EQUIPMENT) for value in chosen.get(name, ())
    ]
    if page > 1:
        pairs.append(("page", str(page)))
    return "/search?" + urlencode(pairs)


def _toggled(chosen: Mapping[str, list[str]], facet: str, value: str) -> dict[str, list[str]]:
    now = chosen.get(facet, [])
    after = [one for one in now if one != value] if value in now else [*now, value]
    return {**chosen, facet: after}


def _groups(
    result: Result, chosen: Mapping[str, list[str]], query: str, library: Library, language: Language
) -> list[Group]:
    """Return the facets that can narrow the result down, each value with its count."""
    say = translator(language)
    groups = []
    for facet in FACETS:
        counts = dict(result.facets.get(facet, {}))
        for value in chosen.get(facet, ()):
            counts.setdefault(value, 0)
        # A facet whose every value holds every hit cannot narrow anything down.
        if not chosen.get(facet) and all(count == result.total for count in counts.values()):
            continue
        chips = tuple(
            Chip(
                label=value_label(library, facet, value, language),
                count=count,
                href=_address(query, _toggled(chosen, facet, value)),
                on=value in chosen.get(facet, ()),
            )
            for value, count in list(counts.items())[:MOST_CHIPS]
        )
        groups.append(Group(facet, say(FACET_TITLES[facet]), chips))
    return groups


def _families(
    result: Result, chosen: Mapping[str, list[str]], query: str, library: Library, language: Language
) -> list[tuple[str, list[Chip]]]:
    """Return, for each code that several families have, the families to choose from."""
    return [
        (
            code.shown,
            [
                Chip(
                    label=value_label(library, "family", family, language),
                    count=sum(1 for entry in code.entries if entry.family == family),
                    href=_address(query, _toggled(chosen, "family", family)),
                    on=family in chosen.get("family", ()),
                )
                for family in code.families
            ],
        )
        for code in result.understood.codes
        if len(code.families) > 1
    ]
