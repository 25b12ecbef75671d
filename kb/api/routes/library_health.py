"""The library's health as data: its figures, and the list behind each as JSON or as a workbook."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from kb.usecases.library_health import Rows, library_health
from kb.usecases.library_health_figures import health_row
from kb.usecases.library_health_lists import LISTS, Choice, health_list, health_xlsx
from kb.usecases.page_reviews import MOST_DAYS, WITHIN_DAYS
from kb.web.context import HouseDep, LanguageDep
from kb.web.downloads import download

router = APIRouter(prefix="/library-health", tags=["library health"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
Short = Annotated[str, Query(max_length=80)]


@router.get("")
def read_health(house: HouseDep) -> dict[str, Any]:
    """Return the figures: pages, confidence, ages, coverage, and how long each list is."""
    return health_row(library_health(house.store, house.library(), today=house.today()))


@router.get(
    "/{name}",
    responses={200: {"content": {"application/json": {}, XLSX: {}}}, 404: {"description": "no such list"}},
    response_model=None,
)
def read_list(
    house: HouseDep,
    language: LanguageDep,
    name: Annotated[str, Path(max_length=40, description=", ".join(LISTS))],
    within: Annotated[
        int, Query(ge=0, le=MOST_DAYS, description="days that the reviews look ahead")
    ] = WITHIN_DAYS,
    owner: Short = "",
    by: Rows = "brand",
    row: Annotated[str, Query(max_length=80, description="a row of the map; - is any control")] = "",
    subsystem: Short = "",
    kind: Annotated[Literal["case", "alarm", "guide", "checklist", "term", "course", ""], Query()] = "",
    age: Annotated[str, Query(max_length=10, description="months, such as 6-12 or 24-")] = "",
    confidence: Short = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=500)] = 100,
    form: Annotated[Literal["json", "xlsx"], Query(alias="format")] = "json",
) -> Response | dict[str, Any]:
    """Return a list: a page of it as JSON, or all of it as xlsx."""
    choice = Choice(
        within_days=within,
        owner=owner,
        by=by,
        row=row,
        subsystem=subsystem,
        kind=kind,
        age=age,
        confidence=confidence,
    )
    health = library_health(house.store, house.library(), today=house.today())
    found = health_list(health, name, choice, language)
    if form == "xlsx":
        return download(health_xlsx(found, language, now=house.now()), XLSX, f"{name}-{house.today()}.xlsx")
    body = found.json()
    items = body["items"]
    assert isinstance(items, list)
    return {**body, "items": items[(page - 1) * size : page * size], "page": page, "size": size}
