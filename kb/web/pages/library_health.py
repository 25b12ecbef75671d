"""The health of the library as a picture, and the list behind each of its figures."""

from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Path, Query, Request
from fastapi.responses import HTMLResponse, Response

from kb.usecases.library_health import Rows, library_health
from kb.usecases.library_health_figures import health_counts
from kb.usecases.library_health_lists import Choice, health_list, health_xlsx
from kb.usecases.page_reviews import MOST_DAYS, WITHIN_DAYS, reviews_by_owner
from kb.web.context import HouseDep, LanguageDep
from kb.web.downloads import download
from kb.web.pages.library_health_charts import CONFIDENCES, age_bars, confidence_bars, heat_map
from kb.web.rendering import render

router = APIRouter(prefix="/library-health")

PAGE_SIZE = 50
LAST_PAGE = 10_000
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
TILES = (
    ("reviews", "Reviews due within 60 days", "/library-health/reviews"),
    ("work", "Called wrong or out of date", "/page-work"),
    ("doubted", "Pages that did not help", "/library-health/doubted"),
    ("links", "Links that lead nowhere good", "/library-health/links"),
    ("not_validated", "Pages not validated", "/library-health/not_validated"),
    ("no_source", "Pages without a source", "/library-health/no_source"),
    ("unused", "Pages that nobody used", "/library-health/unused"),
    ("missing", "Fields without a case", "/library-health/missing"),
    ("demand", "Asked for and not found", "/search/unanswered"),
    ("outside", "Addresses outside, not checked", "/library-health/outside"),
)
"""Count, title and list of each tile."""
MAP_KINDS = (("case", "Case"), ("alarm", "Alarm"), ("guide", "Guide"), ("", "all"))
SHOWN_HERE = 5

Short = Annotated[str, Query(max_length=80)]
MapKind = Annotated[Literal["case", "alarm", "guide", ""], Query()]


def _choice(
    within: Annotated[int, Query(ge=0, le=MOST_DAYS)] = WITHIN_DAYS,
    owner: Short = "",
    by: Rows = "brand",
    row: Short = "",
    subsystem: Short = "",
    kind: Annotated[Literal["case", "alarm", "guide", "checklist", "term", "course", ""], Query()] = "",
    age: Short = "",
    confidence: Short = "",
) -> Choice:
    """Return what the address narrows a list down to."""
    return Choice(
        within_days=within,
        owner=owner,
        by=by,
        row=row,
        subsystem=subsystem,
        kind=kind,
        age=age,
        confidence=confidence,
    )


ChoiceDep = Annotated[Choice, Depends(_choice)]


@router.get("")
def health_page(
    request: Request, house: HouseDep, language: LanguageDep, by: Rows = "brand", kind: MapKind = "case"
) -> HTMLResponse:
    """Show the health of the library."""
    health = library_health(house.store, house.library(), today=house.today())
    counts = health_counts(health)
    return render(
        request,
        "health/overview.html",
        {
            "total": sum(health.figures.pages.values()),
            "tiles": [(name, title, href, counts[name]) for name, title, href in TILES],
            "overdue": counts["overdue"],
            "map": heat_map(health, by=by, kind=kind, language=language),
            "by": by,
            "kind": kind,
            "kinds": MAP_KINDS,
            "ages": age_bars(health, language),
            "confidence": confidence_bars(health, language),
            "confidences": CONFIDENCES,
            "owners": list(reviews_by_owner(health.reviews).items())[:SHOWN_HERE],
            "missing": health_list(health, "missing", Choice(), language).rows[:SHOWN_HERE],
            "demand": health.demand[:SHOWN_HERE],
        },
    )


@router.get("/{name}")
def list_page(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    choice: ChoiceDep,
    name: Annotated[str, Path(max_length=40)],
    page: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1,
    form: Annotated[Literal["", "xlsx"], Query(alias="format")] = "",
) -> Response:
    """Show the list behind a figure, or hand it out as a workbook."""
    health = library_health(house.store, house.library(), today=house.today())
    found = health_list(health, name, choice, language)
    if form:
        content = health_xlsx(found, language, now=house.now())
        return download(content, XLSX, f"{name}-{house.today()}.xlsx")
    pages = max(1, -(-len(found.rows) // PAGE_SIZE))
    number = min(page, pages)
    kept = [(key, value) for key, value in request.query_params.multi_items() if key != "page"]
    return render(
        request,
        "health/list.html",
        {
            "found": found,
            "rows": found.rows[(number - 1) * PAGE_SIZE : number * PAGE_SIZE],
            "page": number,
            "pages": pages,
            "here": f"/library-health/{name}?" + urlencode(kept) + ("&" if kept else ""),
            "choice": choice,
            "owners": sorted({one.owner for one in house.library().pages.values()})
            if name == "reviews"
            else (),
            "numbers": {"used", "helpful", "not_helpful", "days", "asked", "alarms", "guides", "machines"},
            "shown": house.library().pages,
        },
    )
