"""Plans as data: make one, read its visits, changes and unplaced work, fetch its documents."""

from collections.abc import Mapping
from datetime import UTC, date
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict

from kb.api.routes.jobs import JobOut, job_out
from kb.errors import NotFound
from kb.export.docx import MEDIA_TYPE as DOCX
from kb.export.ics import MEDIA_TYPE as ICS
from kb.export.pdf import MEDIA_TYPE as PDF
from kb.export.xlsx import MEDIA_TYPE as XLSX
from kb.usecases.jobs import JobState
from kb.usecases.plan import plan_book
from kb.usecases.plan_book import Change, PlanBook
from kb.usecases.plan_documents import AUTHOR, site_docx, site_pdf, technician_ics, workbook_xlsx
from kb.usecases.plan_json import change_json, summary_json, unplaced_json, visit_json
from kb.usecases.plan_period import Period
from kb.usecases.plan_trace import visit_sentences
from kb.usecases.plan_views import VisitFilter, filtered
from kb.usecases.plan_words import Words
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.downloads import download
from kb.web.plan_jobs import asked_for_plan
from kb.wiring import House
from planner.model import Level, VisitState

router = APIRouter(prefix="/plans", tags=["plans"])

PAGE_SIZE = 50
_Item = TypeVar("_Item")


class PeriodIn(BaseModel):
    """The days to plan, both included."""

    model_config = ConfigDict(extra="forbid")

    first_day: date
    last_day: date


class Window(BaseModel):
    """First and last day on which something may be, both included."""

    earliest: date
    latest: date


class Hours(BaseModel):
    """Local times of one day, `08:30`."""

    start: str
    end: str


class Counts(BaseModel):
    """What a run did to the visits of the run before."""

    added: int
    moved: int
    removed: int
    unchanged: int


class ShortfallOut(BaseModel):
    """Days of a contract on which fewer visits are planned than were sold."""

    contract: str
    site: str
    first_day: date
    last_day: date
    sold: int
    planned: int


class PlanOut(BaseModel):
    """A plan run without its visits."""

    number: int
    created: str
    first_day: date
    last_day: date
    provisional: bool
    provisional_years: list[int]
    visit_count: int
    unplaced_count: int
    difference_counts: Counts
    shortfalls: list[ShortfallOut]


class OccurrenceOut(BaseModel):
    """One due date of one maintenance plan; `trace` says how it came about."""

    key: str
    plan: str
    plan_code: str
    equipment: str
    tag: str
    level: Level
    k: int
    nominal: date
    due: date
    earliest: date
    latest: date
    absorbed: list[str]
    reasons: list[dict[str, str]]
    trace: list[str]


class VisitOut(BaseModel):
    """One trip to one site on one day."""

    key: str
    site: str
    site_code: str
    site_name: str
    customer_name: str
    day: date
    window: Window
    technician: str | None
    technician_code: str | None
    technician_name: str | None
    hours: Hours | None
    work_hours: float
    travel_hours: float
    travel_m: int
    state: VisitState
    locked: bool
    sequence: int
    occurrences: list[OccurrenceOut]
    reasons: list[dict[str, str]]
    trace: list[str]


class VisitExplained(VisitOut):
    """A visit with its reasons in both languages."""

    trace_zh: list[str]
    trace_en: list[str]


class UnplacedOut(BaseModel):
    """Work that found no place, and why."""

    site: str
    site_code: str
    site_name: str
    customer_name: str
    window: Window
    work_hours: float
    reason: dict[str, str]
    sentence: str
    occurrences: list[OccurrenceOut]


class VisitShort(BaseModel):
    """Where a visit stood."""

    day: date
    technician: str | None
    hours: Hours | None


class ChangeOut(BaseModel):
    """One visit that the run added, moved or removed."""

    change: Change
    key: str
    site: str
    site_name: str
    fields: list[str]
    before: VisitShort | None
    after: VisitShort | None


class VisitPage(BaseModel):
    """A page of visits."""

    items: list[VisitOut]
    page: int
    size: int
    total: int


class UnplacedPage(BaseModel):
    """A page of unplaced work."""

    items: list[UnplacedOut]
    page: int
    size: int
    total: int


class ChangePage(BaseModel):
    """A page of changes, with the counts of all."""

    counts: Counts
    items: list[ChangeOut]
    page: int
    size: int
    total: int


PlanRef = Annotated[
    str, Path(pattern=r"^(latest|[1-9][0-9]{0,8})$", description="A run's number, or `latest`")
]
PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
PageSize = Annotated[int, Query(ge=1, le=500)]


def _book(house: House, plan: str) -> PlanBook:
    number = None if plan == "latest" else int(plan)
    book = plan_book(house.store, number, zone=house.now().tzinfo or UTC)
    if book is None:
        raise NotFound("plan", plan)
    return book


def _slice(items: tuple[_Item, ...], page: int, size: int) -> tuple[_Item, ...]:
    return items[(page - 1) * size : page * size]


def _summary(book: PlanBook) -> PlanOut:
    return PlanOut.model_validate(summary_json(book))


@router.post(
    "",
    status_code=201,
    response_model=PlanOut,
    responses={
        202: {"model": JobOut, "description": "It takes longer, or another is being made: see the job"}
    },
)
def make_plan(
    period: PeriodIn, house: HouseDep, visitor: VisitorDep, language: LanguageDep, response: Response
) -> object:
    """Plan the inspections of a period and keep the plan; done, locked and frozen visits do not move.

    What takes longer than a moment goes on as a job, whose address is given with 202; so is the address of a job of
    another request that is making a plan already.
    """
    checked = Period(first_day=period.first_day, last_day=period.last_day)
    asked = asked_for_plan(house, checked, by=visitor.name)
    if asked.job.state is not JobState.DONE or not asked.is_new:
        body = job_out(asked.job, house.now(), language).model_dump_json()
        return Response(
            body,
            status_code=202,
            media_type="application/json",
            headers={"Location": f"/api/v1/jobs/{asked.job.id}"},
        )
    book = _book(house, str(asked.job.result["plan"]))
    response.headers["Location"] = f"/api/v1/plans/{book.number}"
    return _summary(book)


@router.get("/{plan}")
def read_plan(plan: PlanRef, house: HouseDep, response: Response) -> PlanOut:
    """Return what a plan is: its period, counts and whether its calendar is provisional."""
    book = _book(house, plan)
    response.headers["ETag"] = f'"plan-{book.number}"'
    return _summary(book)


@router.get("/{plan}/visits")
def read_visits(
    plan: PlanRef,
    house: HouseDep,
    language: LanguageDep,
    first_day: Annotated[date | None, Query(alias="from")] = None,
    last_day: Annotated[date | None, Query(alias="to")] = None,
    site: str | None = None,
    technician: str | None = None,
    equipment: str | None = None,
    level: Level | None = None,
    state: VisitState | None = None,
    page: PageNumber = 1,
    size: PageSize = PAGE_SIZE,
) -> VisitPage:
    """Return the visits of a plan by day, filtered; each with its occurrences and their traces."""
    book = _book(house, plan)
    wanted = VisitFilter(
        first_day=first_day,
        last_day=last_day,
        site_id=site and book.id_of("sites", site),
        technician_id=technician and book.id_of("technicians", technician),
        equipment_id=equipment and book.equipment_id_of(equipment),
        level=level,
        state=state,
    )
    visits = filtered(book, wanted)
    items = [VisitOut.model_validate(visit_json(book, one, language)) for one in _slice(visits, page, size)]
    return VisitPage(items=items, page=page, size=size, total=len(visits))


@router.get("/{plan}/visits/{key:path}")
def read_visit(plan: PlanRef, key: str, house: HouseDep, language: LanguageDep) -> VisitExplained:
    """Return one visit and why it is on its day, in both languages."""
    book = _book(house, plan)
    visit = book.visit(key)
    body: Mapping[str, object] = {
        **visit_json(book, visit, language),
        "trace_zh": visit_sentences(book, visit, "zh_CN"),
        "trace_en": visit_sentences(book, visit, "en"),
    }
    return VisitExplained.model_validate(body)


@router.get("/{plan}/difference")
def read_difference(
    plan: PlanRef, house: HouseDep, page: PageNumber = 1, size: PageSize = PAGE_SIZE
) -> ChangePage:
    """Return what the run changed against the run before; unchanged visits are only counted."""
    book = _book(house, plan)
    items = [ChangeOut.model_validate(change_json(book, one)) for one in _slice(book.changes, page, size)]
    return ChangePage(
        counts=_summary(book).difference_counts, items=items, page=page, size=size, total=len(book.changes)
    )


@router.get("/{plan}/unplaced")
def read_unplaced(
    plan: PlanRef, house: HouseDep, language: LanguageDep, page: PageNumber = 1, size: PageSize = PAGE_SIZE
) -> UnplacedPage:
    """Return the work that found no place, each with the reason."""
    book = _book(house, plan)
    items = [
        UnplacedOut.model_validate(unplaced_json(book, one, language))
        for one in _slice(book.unplaced, page, size)
    ]
    return UnplacedPage(items=items, page=page, size=size, total=len(book.unplaced))


_FILE = {"description": "The file"}


@router.get(
    "/{plan}/documents/plan.xlsx", response_class=Response, responses={200: {"content": {XLSX: {}}, **_FILE}}
)
def fetch_workbook(plan: PlanRef, house: HouseDep, language: LanguageDep) -> Response:
    """Return the plan as a workbook: plan, technicians, sites, unplaced, changes, notes."""
    book, words = _book(house, plan), Words(language)
    content = workbook_xlsx(book, language, author=words.say(AUTHOR))
    name = f"{words.say('Inspection plan')}_{book.first_day}_{book.last_day}.xlsx"
    return download(content, XLSX, name)


@router.get(
    "/{plan}/documents/technicians/{technician}.ics",
    response_class=Response,
    responses={200: {"content": {"text/calendar": {}}, **_FILE}},
)
def fetch_calendar(plan: PlanRef, technician: str, house: HouseDep, language: LanguageDep) -> Response:
    """Return a technician's visits as a calendar."""
    book = _book(house, plan)
    technician = book.id_of("technicians", technician)
    files = technician_ics(book, language, time_zone=house.settings.time_zone, only=technician)
    name = f"{Words(language).say('Inspection plan')}_{book.technician_name(technician)}.ics"
    return download(files[technician], ICS, name)


@router.get(
    "/{plan}/documents/sites/{site}.docx",
    response_class=Response,
    responses={200: {"content": {DOCX: {}}, **_FILE}},
)
def fetch_site_document(
    plan: PlanRef, site: str, house: HouseDep, language: LanguageDep, request: Request
) -> Response:
    """Return a site's plan with its checklists, to be signed."""
    book, words = _book(house, plan), Words(language)
    site = book.id_of("sites", site)
    content = site_docx(book, site, house.library(), language, author=words.say(AUTHOR))
    name = f"{words.say('Inspection plan')}_{book.customer_name(site)}_{book.site_name(site)}.docx"
    return download(content, DOCX, name)


@router.get(
    "/{plan}/documents/sites/{site}.pdf",
    response_class=Response,
    responses={200: {"content": {PDF: {}}, **_FILE}},
)
def fetch_site_pdf(plan: PlanRef, site: str, house: HouseDep, language: LanguageDep) -> Response:
    """Return a site's plan with its checklists as PDF."""
    book, words = _book(house, plan), Words(language)
    site = book.id_of("sites", site)
    content = site_pdf(book, site, house.library(), language, author=words.say(AUTHOR))
    name = f"{words.say('Inspection plan')}_{book.customer_name(site)}_{book.site_name(site)}.pdf"
    return download(content, PDF, name)
