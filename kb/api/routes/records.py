"""The department's records over HTTP: kinds, lists, one record with its moves and its log."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Header, Path, Query, Response

from kb.api.routes.register_schemas import problems_documented
from kb.usecases.record_kinds import KINDS
from kb.usecases.record_nouns import Record
from kb.usecases.record_reading import record, record_counts, record_history, record_list
from kb.usecases.record_words import kind_json
from kb.usecases.records import change_record, create_record, move_record
from kb.web.context import HouseDep
from kb.web.pages.records_asked import ActorDep, QueryDep, WordingDep

router = APIRouter(prefix="/records", tags=["records"])

Handle = Annotated[str, Path(max_length=64, description="number or id of the record")]
Revision = Annotated[
    int | None, Body(ge=1, description="the revision that was seen; without it, as it stands")
]


@router.get("/kinds")
def list_kinds(house: HouseDep, wording: WordingDep) -> dict[str, Any]:
    """Return the kinds of records with their fields, states and moves, and how many of each wait."""
    counts = record_counts(house.store)
    return {
        "items": [
            {**kind_json(kind, wording), "open": counts[name][0], "total": counts[name][1]}
            for name, kind in KINDS.items()
        ]
    }


@router.get(
    "", responses=problems_documented(s400="the list cannot be understood", s404="no such kind or code")
)
def list_records(house: HouseDep, query: QueryDep, wording: WordingDep) -> dict[str, Any]:
    """List records, the newest first; with `due` overdue or week those due first."""
    found = record_list(house.store, query, wording=wording, now=house.now())
    return {
        "items": [one.json() for one in found.items],
        "page": found.page,
        "size": found.size,
        "total": found.total,
    }


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=problems_documented(
        s403="the role may not make such records",
        s404="there is no such kind",
        s412="another record has this id",
        s422="every fault by field",
    ),
)
def make_record(
    house: HouseDep,
    wording: WordingDep,
    actor: ActorDep,
    response: Response,
    kind: Annotated[str, Query(max_length=40)],
    values: Annotated[dict[str, Any], Body(description="values by field; see /records/kinds")],
    id: Annotated[
        str,
        Query(max_length=64, pattern=r"^[A-Za-z0-9_-]*$", description="made by you: sent twice, made once"),
    ] = "",
) -> dict[str, Any]:
    """Make a record."""
    made = create_record(
        house.store, kind, values, id=id or house.new_id(), actor=actor, wording=wording, now=house.now()
    )
    return _told(made, response)


@router.get("/{handle}", responses=problems_documented(s404="there is none"))
def read_record(
    house: HouseDep, wording: WordingDep, actor: ActorDep, response: Response, handle: Handle
) -> dict[str, Any]:
    """Return a record with its files."""
    return _told(record(house.store, handle, actor=actor, wording=wording, now=house.now()), response)


@router.patch(
    "/{handle}",
    responses=problems_documented(
        s400="If-Match is no tag of a record",
        s403="the role may not change it",
        s404="there is none",
        s412="it was changed meanwhile; both versions are told",
        s422="every fault by field",
    ),
)
def patch_record(
    house: HouseDep,
    wording: WordingDep,
    actor: ActorDep,
    response: Response,
    handle: Handle,
    values: Annotated[dict[str, Any], Body(description="new values by field; those left out stay")],
    revision: Annotated[int | None, Query(ge=1)] = None,
    if_match: Annotated[str, Header(max_length=100)] = "",
) -> dict[str, Any]:
    """Change a record; with `revision` or `If-Match` only if nobody else has meanwhile."""
    tag = if_match.strip().removeprefix("W/").strip('"').removeprefix("r")
    seen = int(tag) if tag.isascii() and tag.isdigit() and len(tag) < 10 else None
    changed = change_record(
        house.store,
        handle,
        values,
        revision=revision or seen,
        actor=actor,
        wording=wording,
        now=house.now(),
        new_id=house.new_id,
    )
    return _told(changed, response)


@router.post(
    "/{handle}/moves",
    responses=problems_documented(
        s403="the role may not go this way",
        s404="there is none",
        s412="it stands elsewhere, or was changed meanwhile",
        s422="what that state needs is not filled in",
    ),
)
def move(
    house: HouseDep,
    wording: WordingDep,
    actor: ActorDep,
    response: Response,
    handle: Handle,
    to: Annotated[str, Body(max_length=40)],
    note: Annotated[str, Body(max_length=4000)] = "",
    revision: Revision = None,
    id: Annotated[
        str,
        Body(max_length=64, pattern=r"^[A-Za-z0-9_-]*$", description="of the move: told twice, moved once"),
    ] = "",
) -> dict[str, Any]:
    """Move a record into another state."""
    moved = move_record(
        house.store,
        handle,
        to,
        note=note,
        revision=revision,
        id=id or house.new_id(),
        actor=actor,
        wording=wording,
        now=house.now(),
    )
    return _told(moved, response)


@router.get("/{handle}/history", responses=problems_documented(s404="there is none"))
def read_history(house: HouseDep, actor: ActorDep, handle: Handle) -> dict[str, Any]:
    """Return who changed what, when, from what to what; the newest first."""
    return {"items": [one.json() for one in record_history(house.store, handle, actor=actor)]}


def _told(one: Record, response: Response) -> dict[str, Any]:
    response.headers["ETag"] = f'"r{one.revision}"'
    return one.json()
