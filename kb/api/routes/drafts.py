"""Draft cases from the field as data: sent by the offline page, listed, read, taken up.

A draft comes as one JSON document with its photos in base64, not as multipart: the page keeps exactly this document
and sends the same bytes again until it hears an answer, one digest covers it whole, and a photo made small by the
page is some hundred kilobytes, so that the third more does not count.
"""

from dataclasses import asdict
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from kb.api.routes.editing_schemas import BegunOut, LeftBehindOut
from kb.api.routes.register_schemas import problems_documented
from kb.usecases.draft_checking import FIELDS, Sent
from kb.usecases.draft_page import page_from_draft
from kb.usecases.drafts import (
    LONGEST_NOTE,
    MOST_ROWS,
    Draft,
    State,
    change_draft,
    draft,
    draft_counts,
    draft_photo,
    drafts,
    receive_draft,
)
from kb.web.context import HouseDep, VisitorDep
from kb.web.photos import photo_answer

router = APIRouter(prefix="/drafts", tags=["drafts"])
states_router = APIRouter(prefix="/drafts", tags=["drafts"])

Id = Annotated[str, Path(max_length=64, description="the UUID that the phone made")]


class DraftIn(BaseModel):
    """A draft as the phone sends it; `alarm` or `symptom` must say something."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(max_length=64, description="a UUID, made by the phone")]
    created: Annotated[datetime, Field(description="when it was begun, with the offset")]
    machine: str = ""
    alarm: str = ""
    symptom: str = ""
    ruled_out: str = ""
    cured_by: str = ""
    notes: str = ""
    photos: Annotated[list[str], Field(description="JPEG, PNG or WebP in base64, four at most")] = []


class PhotoOut(BaseModel):
    """What is known of a photo; its bytes are at `/drafts/{id}/photos/{position}`."""

    position: int
    media_type: str
    size_bytes: int
    digest: str


class DraftOut(BaseModel):
    """A draft that was received; `created` is by the phone's clock, `received` by ours."""

    id: str
    title: str
    machine: str
    alarm: str
    symptom: str
    ruled_out: str
    cured_by: str
    notes: str
    created: datetime
    received: datetime
    author: str
    state: str
    handled_by: str
    note: str
    revision: int
    photos: list[PhotoOut]
    page_id: Annotated[str, Field(description="the page that came of it; empty as long as none did")]
    imported: Annotated[
        dict[str, Any], Field(description="what came from a file; empty for a draft from the field")
    ]


class DraftList(BaseModel):
    """Drafts, those received last first, and how many there are in each state."""

    items: list[DraftOut]
    page: int
    size: int
    counts: dict[str, int]


class DraftState(BaseModel):
    """What becomes of a draft; `revision` is the one that was seen, left out to overwrite."""

    state: State
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""
    revision: int | None = None


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses={
        200: {
            "model": DraftOut,
            "description": "the same draft was received before; nothing was stored again",
        },
        **problems_documented(
            s401="log in first; nothing was stored",
            s403="the token in X-CSRF-Token is missing or another's, or the role is",
            s412="another draft has this id",
            s413="the whole is larger than the service takes",
            s422="every fault by field",
        ),
    },
)
def send_draft(body: DraftIn, response: Response, house: HouseDep, visitor: VisitorDep) -> DraftOut:
    """Receive a draft, once however often it is sent."""
    sent = Sent(
        id=body.id,
        created=body.created,
        texts={name: getattr(body, name) for name in FIELDS},
        photos=body.photos,
    )
    kept, fresh = receive_draft(
        house.store,
        sent,
        author=visitor.name,
        now=house.now(),
        photo_limit_bytes=house.settings.draft_photo_limit_bytes,
    )
    response.status_code = HTTPStatus.CREATED if fresh else HTTPStatus.OK
    response.headers["ETag"] = etag(kept)
    response.headers["Location"] = f"/api/v1/drafts/{kept.id}"
    return _out(kept)


@router.get("")
def list_drafts(
    house: HouseDep,
    state: State | None = None,
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    size: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 50,
) -> DraftList:
    """List drafts, those received last first."""
    found = drafts(house.store, state=state or "", page=page, size=size)
    return DraftList(
        items=[_out(one) for one in found], page=page, size=size, counts=draft_counts(house.store)
    )


@router.get(
    "/{id}",
    response_model=DraftOut,
    responses={304: {"description": "it is as you know it"}, **problems_documented(s404="there is none")},
)
def read_draft(request: Request, response: Response, house: HouseDep, id: Id) -> DraftOut | Response:
    """Return a draft with its ETag."""
    kept = draft(house.store, id)
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if etag(kept) in known or "*" in known:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag(kept)})
    response.headers["ETag"] = etag(kept)
    return _out(kept)


@router.get(
    "/{id}/photos/{position}",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}, "image/png": {}, "image/webp": {}}},
        **problems_documented(s404="there is none"),
    },
)
def read_photo(house: HouseDep, id: Id, position: Annotated[int, Path(ge=1, le=500)]) -> Response:
    """Return a photo."""
    return photo_answer(*draft_photo(house.store, id, position))


@states_router.post(
    "/{id}/page",
    responses=problems_documented(
        s403="the role editor is needed", s404="there is none", s422="it came from a file"
    ),
)
def begin_page(id: Id, house: HouseDep, visitor: VisitorDep) -> BegunOut:
    """Return the page that a draft begins, without what belongs to the customer; its photos wait to be written beside it.

    Send it, completed, to `POST /library/pages` with the draft's id, and the draft is closed with the page's id.
    """
    begun = page_from_draft(
        house.store,
        house.search_index(),
        id,
        owner=visitor.name,
        now=house.now(),
        limit_bytes=house.settings.draft_photo_limit_bytes,
    )
    return BegunOut(
        fields=dict(begun.values),
        body=begun.body,
        text=begun.text,
        left_behind=[LeftBehindOut.model_validate(asdict(one)) for one in begun.left_behind],
        lost_photos=list(begun.lost_photos),
    )


@states_router.put(
    "/{id}/state",
    responses=problems_documented(
        s403="the role editor is needed",
        s404="there is none",
        s412="somebody has changed it meanwhile",
        s422="every fault by field",
    ),
)
def put_state(id: Id, body: DraftState, response: Response, house: HouseDep, visitor: VisitorDep) -> DraftOut:
    """Take up, close or open a draft again."""
    kept = change_draft(
        house.store,
        id,
        state=body.state,
        note=body.note,
        revision=body.revision,
        who=visitor.name,
        now=house.now(),
    )
    response.headers["ETag"] = etag(kept)
    return _out(kept)


def etag(kept: Draft) -> str:
    """Return the entity tag of a draft as it stands."""
    return f'"r{kept.revision}"'


def _out(kept: Draft) -> DraftOut:
    return DraftOut.model_validate(kept.json())
