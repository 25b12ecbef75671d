"""Queries without a good answer as data, and votes on answers."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, Field

from kb.usecases.search_log import (
    LONGEST_NOTE,
    LONGEST_OWNER,
    MOST_ROWS,
    State,
    Unanswered,
    take_over,
    unanswered,
    unanswered_counts,
    unanswered_row,
    vote,
)
from kb.web.context import HouseDep, VisitorDep

router = APIRouter(prefix="/search", tags=["search"])
votes_router = APIRouter(prefix="/search", tags=["search"])


class VotesOut(BaseModel):
    """Votes on one page as an answer."""

    page_id: str
    helpful: int
    not_helpful: int


class UnansweredOut(BaseModel):
    """A query without a good answer; `found_now` is the page that answers it today, empty where none does."""

    id: str
    query: str
    asked: int
    nothing: int
    nearest: int
    not_helpful: int
    helpful: int
    first_at: datetime
    last_at: datetime
    state: str
    owner: str
    due: date | None
    overdue: bool
    note: str
    revision: int
    votes: list[VotesOut]
    found_now: str


class UnansweredList(BaseModel):
    """Queries without a good answer, the most asked first, and how many there are in each state."""

    items: list[UnansweredOut]
    page: int
    size: int
    counts: dict[str, int]


class TakenOver(BaseModel):
    """What becomes of a query; `revision` is the one that was seen, left out to overwrite."""

    owner: Annotated[str, Field(max_length=LONGEST_OWNER)] = ""
    due: Annotated[str, Field(max_length=10, description="An ISO day, or empty.")] = ""
    state: State = "open"
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""
    revision: int | None = None


class VoteIn(BaseModel):
    """A vote on a page as the answer to a query."""

    query: Annotated[str, Field(min_length=1, max_length=2000)]
    page_id: Annotated[str, Field(max_length=80)]
    helpful: bool


@router.get("/unanswered")
def list_unanswered(
    house: HouseDep,
    state: State = "open",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    size: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 50,
) -> UnansweredList:
    """Return the queries that found nothing, only what is near, or an answer called not helpful."""
    found = unanswered(
        house.store, house.search_index(), today=house.today(), state=state, page=page, size=size
    )
    return UnansweredList(
        items=[_out(one) for one in found], page=page, size=size, counts=unanswered_counts(house.store)
    )


@router.put("/unanswered/{id}")
def change_unanswered(
    id: Annotated[str, Path(max_length=64)], body: TakenOver, house: HouseDep, visitor: VisitorDep
) -> UnansweredOut:
    """Set owner, due day, state and note of a query."""
    changed = take_over(
        house.store,
        id=id,
        owner=body.owner,
        due=body.due,
        state=body.state,
        note=body.note,
        revision=body.revision,
        who=visitor.name,
        now=house.now(),
    )
    return _out(changed)


@votes_router.post("/votes", status_code=204)
def add_vote(body: VoteIn, house: HouseDep) -> None:
    """Count a vote; nothing about who voted is kept."""
    vote(
        house.store,
        house.library(),
        query=body.query,
        page_id=body.page_id,
        helpful=body.helpful,
        now=house.now(),
    )


def _out(one: Unanswered) -> UnansweredOut:
    return UnansweredOut.model_validate(unanswered_row(one))
