"""Search as data: hits, facets, what was understood; and the pages most like a page."""

from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel

from kb.usecases.search import (
    MOST_HITS,
    find_pages,
    marked_row,
    sentences,
    shown_hits,
    similar_pages,
    understood_row,
)
from kb.usecases.search_scope import equipment_in_hand
from kb.web.context import HouseDep, LanguageDep

router = APIRouter(prefix="/search", tags=["search"])

Values = Annotated[list[str] | None, Query(max_length=40)]


class PieceOut(BaseModel):
    """A piece of a text; `marked` where it answers the query."""

    text: str
    marked: bool


class HitOut(BaseModel):
    """One page that was found; `fit` tells how it stands to the machine of `equipment`."""

    id: str
    type: str
    title: str
    title_en: str
    summary: str
    score: float
    match: str
    confidence: str
    hazard: str
    facts: list[str]
    why: list[str]
    fit: str | None
    marked_title: list[PieceOut]
    passage: list[PieceOut]


class SearchOut(BaseModel):
    """What a search brought; `page` counts from 1."""

    query: str
    page: int
    size: int
    total: int
    nearest: bool
    unknown_codes: list[str]
    suggestion: str
    understood: dict[str, object]
    facets: dict[str, dict[str, int]]
    hits: list[HitOut]


class SimilarOut(BaseModel):
    """A page like another, and what they share."""

    id: str
    type: str
    title: str
    score: float
    why: list[str]


@router.get("")
def search(
    house: HouseDep,
    language: LanguageDep,
    q: Annotated[str, Query(max_length=2000, description="As an engineer types it; empty lists all.")] = "",
    type: Values = None,
    brand: Values = None,
    controller: Values = None,
    family: Values = None,
    subsystem: Values = None,
    failure_mode: Values = None,
    confidence: Values = None,
    level: Values = None,
    machine: Values = None,
    equipment: Annotated[
        str,
        Query(
            max_length=64,
            description="Tag of the machine in hand: pages for it come first, all are labelled.",
        ),
    ] = "",
    withdrawn: bool = False,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    size: Annotated[int, Query(ge=1, le=MOST_HITS)] = 20,
) -> SearchOut:
    """Return the pages for `q`, best first, with counts by facet over all that was found."""
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
    index = house.search_index()
    chosen = {name: values for name, values in given.items() if values}
    scope = equipment_in_hand(house.store, equipment).scope if equipment.strip() else None
    result = find_pages(
        index, q, chosen=chosen, withdrawn=withdrawn, page=page, size=size, scope=scope, reuse=house.reuse()
    )
    if page == 1 and not chosen:
        house.search_notes.take(q, result, at=house.now())
    return SearchOut(
        query=q,
        page=page,
        size=size,
        total=result.total,
        nearest=result.nearest,
        unknown_codes=list(result.unknown_codes),
        suggestion=result.suggestion,
        understood=understood_row(result.understood, index.library, language),
        facets={name: dict(counts) for name, counts in result.facets.items()},
        hits=[
            HitOut(
                id=shown.hit.page.id,
                type=shown.hit.page.type,
                title=shown.hit.page.title,
                title_en=shown.hit.page.title_en,
                summary=shown.hit.page.summary,
                score=shown.hit.score,
                match=shown.hit.match,
                confidence=shown.hit.page.confidence.value,
                hazard=shown.hazard,
                facts=list(shown.hit.page.facts),
                why=list(shown.why),
                fit=shown.hit.fit.value if shown.hit.fit is not None else None,
                marked_title=[PieceOut(**marked_row(piece)) for piece in shown.title],
                passage=[PieceOut(**marked_row(piece)) for piece in shown.passage],
            )
            for shown in shown_hits(index, result, language)
        ],
    )


@router.get("/similar/{page_id}")
def similar(
    page_id: Annotated[str, Path(max_length=80)],
    house: HouseDep,
    language: LanguageDep,
    size: Annotated[int, Query(ge=1, le=50)] = 5,
) -> list[SimilarOut]:
    """Return the pages most like a page: a shared alarm, machine and component before text."""
    return [
        SimilarOut(
            id=hit.page.id,
            type=hit.page.type,
            title=hit.page.title,
            score=hit.score,
            why=list(sentences(hit.why, language)),
        )
        for hit in similar_pages(house.search_index(), page_id, size=size)
    ]
