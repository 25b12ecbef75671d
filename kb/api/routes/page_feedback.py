"""What readers think of pages as data, the work that follows from it, and the jobs that pages were used in."""

from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from kb.api.routes.register_schemas import problems_documented
from kb.usecases.course_stale import keep_stale_work
from kb.usecases.page_feedback import (
    LONGEST_TEXT,
    REASONS,
    Feedback,
    Verdict,
    feedback_on,
    judge_page,
)
from kb.usecases.page_use import PageUse, link_page, pages_of_visit, unlink_page, uses_of_page
from kb.usecases.page_work import State, page_work, page_work_counts, take_over_page
from kb.usecases.work_items import LONGEST_NOTE, LONGEST_OWNER, MOST_ROWS, Asked
from kb.web.context import HouseDep, VisitorDep

votes_router = APIRouter(tags=["feedback"])
uses_router = APIRouter(tags=["feedback"])
work_router = APIRouter(tags=["feedback"])

PageId = Annotated[str, Path(max_length=80, description="id of a library page")]
VisitKey = Annotated[str, Query(max_length=200, description="key of a visit")]


class VerdictIn(BaseModel):
    """What a reader says of a page; sent again it changes nothing, with another verdict it changes the vote."""

    model_config = ConfigDict(extra="forbid")

    helpful: bool
    reason: Annotated[str, Field(max_length=20, description=f"{', '.join(REASONS)}, or empty")] = ""
    text: Annotated[str, Field(max_length=2 * LONGEST_TEXT)] = ""
    cast: Annotated[
        AwareDatetime | None, Field(description="when it was meant, where it waited on a phone")
    ] = None
    revision: Annotated[int | None, Field(ge=1, description="revision of the page that was read")] = None


class VoteOut(BaseModel):
    """A vote; `current` says whether the page still has the revision that it is about."""

    helpful: bool
    reason: str
    text: str
    cast: datetime
    revision: int
    current: bool


class FeedbackOut(BaseModel):
    """How readers judge a page as it stands; `before` counts votes on earlier revisions, `mine` is the caller's."""

    page_id: str
    revision: int
    helpful: int
    not_helpful: int
    reasons: dict[str, int]
    before: int
    mine: VoteOut | None
    told: list[VoteOut]


class UseIn(BaseModel):
    """A page that was used on a visit."""

    model_config = ConfigDict(extra="forbid")

    page_id: Annotated[str, Field(max_length=80)]
    visit: Annotated[str, Field(max_length=200)]
    solved: Annotated[bool, Field(description="whether it cured the fault")] = True


class UseOut(BaseModel):
    """A page used in a job."""

    page_id: str
    title: str
    job_kind: str
    job_key: str
    solved: bool
    who: str
    used: datetime


class UsesOut(BaseModel):
    """Uses of a page, or the pages used on a visit."""

    items: list[UseOut]


class WorkOut(BaseModel):
    """A page to be looked at again; `mended_since` says that it has changed since the complaints."""

    page_id: str
    title: str
    state: str
    owner: str
    due: date | None
    overdue: bool
    note: str
    revision: int
    reasons: dict[str, int]
    texts: list[str]
    mended_since: bool
    first_at: datetime
    last_at: datetime


class WorkList(BaseModel):
    """Pages to be looked at again, those due first, and how many there are in each state."""

    items: list[WorkOut]
    page: int
    size: int
    counts: dict[str, int]


class WorkIn(BaseModel):
    """What becomes of a page's work item; `revision` is the one that was seen, left out to overwrite."""

    owner: Annotated[str, Field(max_length=LONGEST_OWNER)] = ""
    due: Annotated[str, Field(max_length=10, description="An ISO day, or empty.")] = ""
    state: State = "open"
    note: Annotated[str, Field(max_length=LONGEST_NOTE)] = ""
    revision: int | None = None


@votes_router.get("/pages/{page_id}/feedback", responses=problems_documented(s404="there is no such page"))
def read_feedback(page_id: PageId, house: HouseDep, visitor: VisitorDep) -> FeedbackOut:
    """Return how readers judge a page, and the caller's own vote."""
    return _feedback(feedback_on(house.store, house.library(), page_id, voter=visitor.voter))


@votes_router.put(
    "/pages/{page_id}/feedback",
    responses=problems_documented(
        s403="the token in X-CSRF-Token is missing or another's",
        s404="there is no such page",
        s422="every fault by field",
        s429="too many pages were judged within the hour",
    ),
)
def put_feedback(page_id: PageId, body: VerdictIn, house: HouseDep, visitor: VisitorDep) -> FeedbackOut:
    """Keep the caller's verdict on a page, once however often it is sent."""
    judge_page(
        house.store,
        house.library(),
        page_id,
        Verdict(helpful=body.helpful, reason=body.reason, text=body.text),
        voter=visitor.voter,
        now=house.now(),
        cast=body.cast,
        revision=body.revision,
    )
    return _feedback(feedback_on(house.store, house.library(), page_id, voter=visitor.voter))


@uses_router.get("/pages/{page_id}/uses", responses=problems_documented(s404="there is no such page"))
def read_uses(page_id: PageId, house: HouseDep) -> UsesOut:
    """Return the jobs that a page was used in, the latest first."""
    return UsesOut(items=[_use(one) for one in uses_of_page(house.store, house.library(), page_id)])


@uses_router.get("/page-uses", responses=problems_documented(s404="there is no such visit"))
def read_visit_pages(house: HouseDep, visit: VisitKey) -> UsesOut:
    """Return the pages that were used on a visit, those that cured the fault first."""
    found = pages_of_visit(house.store, house.library(), visit, today=house.today())
    return UsesOut(items=[_use(one) for one in found])


@uses_router.put(
    "/page-uses",
    responses=problems_documented(
        s404="there is no such page or visit", s412="the page is no case, guide or alarm"
    ),
)
def put_use(body: UseIn, house: HouseDep, visitor: VisitorDep) -> UseOut:
    """Say that a page was used on a visit; said again it counts once."""
    kept = link_page(
        house.store,
        house.library(),
        page_id=body.page_id,
        visit_key=body.visit,
        solved=body.solved,
        who=visitor.name,
        now=house.now(),
    )
    return _use(kept)


@uses_router.delete("/page-uses", status_code=204, responses=problems_documented(s404="they are not linked"))
def delete_use(
    house: HouseDep,
    visitor: VisitorDep,
    page_id: Annotated[str, Query(max_length=80)],
    visit: VisitKey,
) -> None:
    """Take back that a page was used on a visit."""
    unlink_page(house.store, page_id=page_id, visit_key=visit, who=visitor.name, now=house.now())


@work_router.get("/page-work")
def list_page_work(
    house: HouseDep,
    state: State = "open",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    size: Annotated[int, Query(ge=1, le=MOST_ROWS)] = 50,
) -> WorkList:
    """Return the pages that readers called wrong or out of date, those due first."""
    keep_stale_work(house.store, house.library(), now=house.now())
    found = page_work(house.store, house.library(), today=house.today(), state=state, page=page, size=size)
    items = [WorkOut.model_validate(one.json()) for one in found]
    return WorkList(items=items, page=page, size=size, counts=page_work_counts(house.store))


@work_router.put(
    "/page-work/{page_id}",
    responses=problems_documented(
        s404="nobody has complained of such a page",
        s412="somebody has changed it meanwhile",
        s422="every fault by field",
    ),
)
def put_page_work(page_id: PageId, body: WorkIn, house: HouseDep, visitor: VisitorDep) -> WorkOut:
    """Set owner, due day, state and note of a page's work item."""
    asked = Asked(owner=body.owner, due=body.due, state=body.state, note=body.note, revision=body.revision)
    changed = take_over_page(house.store, house.library(), page_id, asked, who=visitor.name, now=house.now())
    return WorkOut.model_validate(changed.json())


def _feedback(found: Feedback) -> FeedbackOut:
    return FeedbackOut.model_validate(found.json())


def _use(one: PageUse) -> UseOut:
    return UseOut.model_validate(one.json())
