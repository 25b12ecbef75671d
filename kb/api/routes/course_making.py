"""Courses proposed from pages and kept in step with them, over the API."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from kb.usecases.course_new import MOST_PAGES, propose_course
from kb.usecases.course_stale import refresh_course, stale_courses
from kb.web.context import HouseDep, VisitorDep
from kb.web.pages.editing_draft import editor_of

router = APIRouter()

Text = Annotated[str, Query(max_length=200)]


class LookedAt(BaseModel):
    """What a trainer has looked at."""

    model_config = ConfigDict(extra="forbid")

    looked_at: dict[str, int] = Field(
        description="the revision of each source, as it was seen", max_length=200
    )
    why: str = Field(description="what was found; goes into the history", max_length=500)


@router.get("/proposal")
def proposal(
    house: HouseDep,
    visitor: VisitorDep,
    from_: Annotated[list[str], Query(alias="from", max_length=MOST_PAGES + 1)],
    id: Text = "",
    title: Text = "",
    title_en: Text = "",
) -> dict[str, Any]:
    """Propose a course from pages, in their order; nothing is written."""
    made = propose_course(
        house.library(), from_, owner=visitor.name, now=house.now(), id=id, title=title, title_en=title_en
    )
    return made.json()


@router.get("/stale")
def list_stale(house: HouseDep) -> dict[str, Any]:
    """List the courses whose sources have moved on, with the slides that draw on each and where its changes stand."""
    return {"items": [one.json() for one in stale_courses(house.store, house.library(), now=house.now())]}


@router.post("/{id}/refresh")
def refresh(
    id: Annotated[str, Path(max_length=80)], body: LookedAt, house: HouseDep, visitor: VisitorDep
) -> dict[str, Any]:
    """Set a course's `built_from` to the present revisions, after a person has looked at what changed."""
    saved = refresh_course(
        house.store,
        house.library(),
        id,
        body.looked_at,
        why=body.why,
        editor=editor_of(visitor),
        now=house.now(),
    )
    return {"id": saved.page_id, "digest": saved.digest}
