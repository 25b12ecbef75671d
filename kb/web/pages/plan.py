"""The plan's pages: the year as heat, the month as a board, days, sites, technicians, what changed and why."""

from collections.abc import Mapping
from datetime import UTC, date, timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Fault, NotFound
from kb.i18n import Language, translator
from kb.usecases.jobs import JobState, find_job, stop_job
from kb.usecases.plan import day_kinds, latest_plan, planning_stock
from kb.usecases.plan_book import Change, PlanBook
from kb.usecases.plan_order import choice_of, choice_sentences
from kb.usecases.plan_period import LONGEST_YEARS, period_from
from kb.usecases.plan_trace import shortfall_sentence
from kb.usecases.plan_views import (
    FIRST_YEAR,
    LAST_YEAR,
    BoardRow,
    MonthBoard,
    VisitFilter,
    filtered,
    month_board,
    site_plan,
    technician_plan,
    year_heat,
)
from kb.usecases.plan_words import Words, in_hours
from kb.usecases.plan_workbook import provisional_notice
from kb.usecases.training_certificates import standings, visits_without_proof
from kb.usecases.travel_times import travel_state
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.pages.plan_rows import (
    change_rows,
    page_of,
    rows_of,
    site_rows,
    unplaced_rows,
    visit_row,
    visit_rows,
)
from kb.web.plan_jobs import asked_for_plan
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter(prefix="/plan")

PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]


def _book(house: House) -> PlanBook:
    """Return the latest plan.

    Raises:
        NotFound: There is none yet.
    """
    book = latest_plan(house.store, zone=house.now().tzinfo or UTC)
    if book is None:
        raise NotFound("plan", "latest")
    return book


def _common(book: PlanBook, language: Language) -> dict[str, object]:
    return {
        "book": book,
        "words": Words(language),
        "provisional": provisional_notice(book, language),
        "files": f"/api/v1/plans/{book.number}/documents",
    }


@router.get("")
def overview(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    year: Annotated[int | None, Query(ge=FIRST_YEAR, le=LAST_YEAR)] = None,
    made: bool = False,
) -> HTMLResponse:
    """Show the plan as a year of heat, with its figures, files and the form that makes it anew."""
    book = latest_plan(house.store, zone=house.now().tzinfo or UTC)
    today = house.today()
    if book is None:
        values = _form_values(date(today.year, 1, 1), date(today.year, 12, 31))
        return _empty(request, house, language, values)
    shown = year or min(max(today.year, book.first_day.year), book.last_day.year)
    return render(
        request,
        "plan/overview.html",
        {
            **_common(book, language),
            **_form_values(book.first_day, book.last_day),
            "faults": (),
            "heat": year_heat(book, shown, day_kinds()),
            "made": made,
            "today": today,
            "changes": [(change, book.change_count(change)) for change in Change],
            "changed": change_rows(book, book.changes[:5], language) if made else [],
            "shortfalls": [shortfall_sentence(book, one, language) for one in book.shortfalls],
            "roads_failed": travel_state(house.store).failed,
            "proofless": visits_without_proof(book, today=today, language=language),
            "papers": [one for one in standings(house.store, today=today) if one.is_warned],
            "work_hours": round(sum(in_hours(visit.duration) for visit in book.visits)),
            "people": sorted(
                {visit.technician_id for visit in book.visits if visit.technician_id is not None},
                key=lambda one: (book.technician_name(one), one),
            ),
        },
    )


@router.post("")
def make(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    first_day: Annotated[str, Form(max_length=40)] = "",
    last_day: Annotated[str, Form(max_length=40)] = "",
) -> Response:
    """Plan the period of the form, then show the plan with what changed; a wrong form is shown again."""
    try:
        period = period_from(first_day, last_day)
        asked = asked_for_plan(house, period, by=visitor.name)
    except BadInput as error:
        return _empty(request, house, language, {"first_day": first_day, "last_day": last_day}, error.faults)
    if asked.job.state is JobState.DONE:
        return RedirectResponse("/plan?made=true", status_code=303)
    return RedirectResponse(f"/plan/jobs/{asked.job.id}", status_code=303)


@router.get("/jobs/{id}")
def job(request: Request, house: HouseDep, language: LanguageDep, id: str) -> Response:
    """Show how far the making of a plan is; lead to the plan when it is done, to the form where it failed."""
    found = find_job(house.store, id, now=house.now())
    if found.state is JobState.DONE:
        return RedirectResponse("/plan?made=true", status_code=303)
    if found.state is JobState.FAILED:
        faults = found.faults or (Fault(where="", what=translator(language)(found.message)),)
        return _empty(request, house, language, found.request, faults)
    return render(
        request,
        "plan/job.html",
        {
            "job": found,
            "running": found.state is JobState.RUNNING,
            "elapsed_s": round(found.elapsed(house.now()).total_seconds()),
        },
    )


@router.post("/jobs/{id}/stop")
def stop(house: HouseDep, id: str) -> RedirectResponse:
    """Ask for the making of a plan to stop."""
    stop_job(house.store, id)
    return RedirectResponse(f"/plan/jobs/{id}", status_code=303)


def _form_values(first_day: date, last_day: date) -> dict[str, object]:
    return {"first_day": first_day.isoformat(), "last_day": last_day.isoformat()}


def _empty(
    request: Request,
    house: House,
    language: Language,
    values: Mapping[str, object],
    faults: tuple[Fault, ...] = (),
) -> HTMLResponse:
    return render(
        request,
        "plan/new.html",
        {
            **values,
            "faults": faults,
            "stock": planning_stock(house.store),
            "longest_years": LONGEST_YEARS,
        },
        status_code=422 if faults else 200,
    )


@router.get("/month")
def this_month(house: HouseDep) -> RedirectResponse:
    """Lead to the board of this month, or of the plan's nearest month."""
    book = _book(house)
    nearest = min(max(house.today(), book.first_day), book.last_day)
    return RedirectResponse(f"/plan/month/{nearest:%Y-%m}", status_code=302)


@router.get("/month/{year}-{month}")
def month(request: Request, house: HouseDep, language: LanguageDep, year: int, month: int) -> HTMLResponse:
    """Show a month as a board of technicians and days; a list of days on a phone."""
    book = _book(house)
    board = month_board(book, year, month, day_kinds())
    found = {
        visit.key: visit_row(book, visit, language)
        for row in board.rows
        for cell in row.days
        for visit in cell.visits
    }
    by_day = sorted(found.values(), key=lambda row: (row.hours, row.technician, row.key))
    return render(
        request,
        "plan/month.html",
        {
            **_common(book, language),
            "board": board,
            "rows": _busy(board),
            "visits": found,
            "day_list": [
                (day, kind, rows)
                for day, kind in board.days
                if (rows := [row for row in by_day if row.day == day])
            ],
        },
    )


def _busy(board: MonthBoard) -> list[BoardRow]:
    """Return the rows to show: those with a visit, or all where the month is empty."""
    return [row for row in board.rows if row.visits] or list(board.rows)


@router.get("/day/{day}")
def day(request: Request, house: HouseDep, language: LanguageDep, day: date) -> HTMLResponse:
    """Show the visits of a day by technician and hour."""
    book = _book(house)
    visits = filtered(book, VisitFilter(first_day=day, last_day=day))
    one = timedelta(days=1)
    return render(
        request,
        "plan/day.html",
        {
            **_common(book, language),
            "day": day,
            "previous": day - one if day > book.first_day else None,
            "following": day + one if day < book.last_day else None,
            "kind": day_kinds()(day),
            "visits": visit_rows(book, visits, language),
        },
    )


@router.get("/sites")
def sites(
    request: Request, house: HouseDep, language: LanguageDep, page: PageNumber = 1, q: str = ""
) -> HTMLResponse:
    """List the sites with their visits counted; `q` looks into names and cities."""
    book = _book(house)
    wanted = q.strip().casefold()
    rows = [
        row
        for row in site_rows(book, book.visits, house.today(), language)
        if wanted in f"{row.customer} {row.site} {row.city} {row.site_id}".casefold()
    ]
    here = page_of(len(rows), page)
    return render(
        request,
        "plan/sites.html",
        {**_common(book, language), "rows": rows[rows_of(here)], "here": here, "q": q.strip()},
    )


@router.get("/sites/{site_id:path}")
def site(request: Request, house: HouseDep, language: LanguageDep, site_id: str) -> HTMLResponse:
    """Show a site's visits with their windows and, on demand, why each is on its day."""
    book = _book(house)
    site_id = book.id_of("sites", site_id)
    plan = site_plan(book, site_id)
    return render(
        request,
        "plan/site.html",
        {
            **_common(book, language),
            "site_id": site_id,
            "site": book.sites.get(site_id),
            "visits": visit_rows(book, plan.visits, language),
            "unplaced": unplaced_rows(book, plan.unplaced, language),
            "today": house.today(),
        },
    )


@router.get("/technicians/{technician_id:path}")
def technician(
    request: Request, house: HouseDep, language: LanguageDep, technician_id: str, page: PageNumber = 1
) -> HTMLResponse:
    """List a technician's visits."""
    book = _book(house)
    technician_id = book.id_of("technicians", technician_id)
    visits = technician_plan(book, technician_id)
    here = page_of(len(visits), page)
    return render(
        request,
        "plan/technician.html",
        {
            **_common(book, language),
            "technician_id": technician_id,
            "visits": visit_rows(book, visits[rows_of(here)], language),
            "here": here,
        },
    )


@router.get("/visits/{key:path}")
def visit(request: Request, house: HouseDep, language: LanguageDep, key: str) -> HTMLResponse:
    """Show one visit and why it is on its day."""
    book = _book(house)
    found = book.visit(key)
    choice = choice_sentences(book, found, choice_of(house.store, book, found), language)
    values = {**_common(book, language), "visit": visit_row(book, found, language), "choice": choice}
    return render(request, "plan/visit.html", values)


@router.get("/unplaced")
def unplaced(page: PageNumber = 1) -> RedirectResponse:
    """Lead an old address to the list of work without a place."""
    return RedirectResponse(f"/plan/unserved?page={page}", status_code=HTTPStatus.PERMANENT_REDIRECT)


@router.get("/changes")
def changes(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    page: PageNumber = 1,
    change: Change | None = None,
) -> HTMLResponse:
    """List what the last run added, moved and removed."""
    book = _book(house)
    found = tuple(one for one in book.changes if change in (None, one.change))
    here = page_of(len(found), page)
    return render(
        request,
        "plan/changes.html",
        {
            **_common(book, language),
            "rows": change_rows(book, found[rows_of(here)], language),
            "here": here,
            "chosen": change,
            "counts": [(one, book.change_count(one)) for one in Change],
        },
    )
