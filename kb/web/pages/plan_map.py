"""Pictures of the plan: the map of sites and routes, the load of everybody, how well dates are kept, concessions."""

from datetime import UTC, date, timedelta
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode, urlsplit

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import Conflict, NotFound
from kb.usecases.accounts import Role
from kb.usecases.plan import latest_plan
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_load import kept_dates, plan_load
from kb.usecases.plan_map import MapTile, plan_map
from kb.usecases.plan_relax import apply_relaxation, mark_of, relaxation_of
from kb.usecases.plan_versions import monday_of
from kb.usecases.plan_words import Words
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.pages.plan_rows import page_of, rows_of, unplaced_rows, visit_href
from kb.web.rendering import render
from kb.wiring import House
from planner.scheduling import ComplianceRule

router = APIRouter()

RULES = {
    ComplianceRule.ON_DUE_DATE: "on the due date",
    ComplianceRule.SMRP: "SMRP: up to 20 % of the cycle late, at most 28 days",
    ComplianceRule.TEN_PERCENT: "10 % rule: a tenth of the cycle on either side",
}
LONGEST_ROUTES = 7
"""Days of routes that one picture can show and still be read."""
PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]


def _book(house: House) -> PlanBook:
    book = latest_plan(house.store, zone=house.now().tzinfo or UTC)
    if book is None:
        raise NotFound("plan", "latest")
    return book


@router.get("/map")
def show_map(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    day: date | None = None,
    days: Annotated[int, Query(ge=1, le=LONGEST_ROUTES)] = 1,
    technician: str = "",
) -> HTMLResponse:
    """Show sites and routes of a day, or of a week, of everybody or of one technician."""
    book = _book(house)
    first = day or min(max(house.today(), book.first_day), book.last_day)
    if days == LONGEST_ROUTES:
        first = monday_of(first)
    tile_url = house.settings.tile_url
    picture = plan_map(
        book,
        first,
        first + timedelta(days=days - 1),
        technician_id=book.id_of("technicians", technician) if technician else None,
        tiled=bool(tile_url),
    )
    step = timedelta(days=days)

    def address(start: date, length: int, who: str) -> str:
        return f"/plan/map?{urlencode({'day': start.isoformat(), 'days': length, 'technician': who})}"

    answer = render(
        request,
        "plan_living/map.html",
        {
            "words": Words(language),
            "map": picture,
            "day": first,
            "last": first + timedelta(days=days - 1),
            "days": days,
            "technician": technician,
            "codes": book.codes.get("technicians", {}),
            "previous": address(first - step, days, technician),
            "following": address(first + step, days, technician),
            "other_length": address(first, 1 if days > 1 else LONGEST_ROUTES, technician),
            "everybody": address(first, days, ""),
            "address": address,
            "people": [
                (book.code("technicians", one), book.technician_name(one))
                for one in sorted(book.technicians, key=lambda one: book.code("technicians", one))
            ],
            "visit_href": visit_href,
            "tiles": [(one, _tile_address(tile_url, one)) for one in picture.tiles],
            "tile_credit": house.settings.tile_credit if tile_url else "",
        },
    )
    if tile_url:
        # Only this page may fetch pictures from elsewhere, and only from the server that the house has set.
        parts = urlsplit(tile_url)
        answer.headers["Content-Security-Policy"] = (
            f"default-src 'self'; img-src 'self' data: {parts.scheme}://{parts.netloc}; object-src 'none'; "
            "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
        )
    return answer


def _tile_address(url: str, tile: MapTile) -> str:
    return url.replace("{z}", str(tile.zoom)).replace("{x}", str(tile.x)).replace("{y}", str(tile.y))


@router.get("/load")
def show_load(request: Request, house: HouseDep, language: LanguageDep) -> HTMLResponse:
    """Show everybody's load by month, and how well dates are kept."""
    book = _book(house)
    load = plan_load(book)
    kept = kept_dates(house.store, book, today=house.today())
    return render(
        request,
        "plan_living/load.html",
        {
            "words": Words(language),
            "load": load,
            "rules": [(RULES[rule], kept.so_far[rule], kept.as_planned[rule]) for rule in ComplianceRule],
            "most": max((month.share or 0 for one in load.people for month in one.months), default=0),
        },
    )


@router.get("/unserved")
def unserved(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    page: PageNumber = 1,
    placed: str = "",
    conflict: bool = False,
) -> HTMLResponse:
    """List work without a place, with the smallest concession as a button."""
    book = _book(house)
    here = page_of(len(book.unplaced), page)
    shown = book.unplaced[rows_of(here)]
    concessions = [(mark_of(one), (relaxation_of(one) or {}).get("relax", "")) for one in shown]
    return render(
        request,
        "plan_living/unserved.html",
        {
            "words": Words(language),
            "rows": list(zip(unplaced_rows(book, shown, language), concessions, strict=True)),
            "here": here,
            "placed": placed,
            "placed_href": visit_href(placed) if placed else "",
            "conflict": conflict,
            "may_plan": request.state.visitor.may(Role.PLANNER),
        },
    )


@router.post("/unserved")
def concede(
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    mark: Annotated[str, Form(max_length=400)],
) -> Response:
    """Place the work by its concession, and say where it went."""
    try:
        visit = apply_relaxation(
            house.store, _book(house), mark, language=language, who=visitor.name, now=house.now()
        )
    except (Conflict, NotFound):
        return RedirectResponse("/plan/unserved?conflict=true", status_code=HTTPStatus.SEE_OTHER)
    query = urlencode({"placed": visit.key})
    return RedirectResponse(f"/plan/unserved?{query}", status_code=HTTPStatus.SEE_OTHER)
