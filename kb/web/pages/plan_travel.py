"""Travel times: what planning assumes, the ways that people know better, and the road service."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, Form, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadImport, BadInput, Fault
from kb.export.xlsx import MEDIA_TYPE as XLSX
from kb.i18n import Language
from kb.usecases.accounts import Role
from kb.usecases.plan_words import Words
from kb.usecases.travel_roads import ask_roads
from kb.usecases.travel_times import import_ways, known_by_hand, set_way, travel_state, ways_workbook
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.downloads import download
from kb.web.pages.plan_rows import page_of, rows_of
from kb.web.rendering import render
from kb.wiring import House
from planner.routing import DEFAULT_RULE

router = APIRouter(prefix="/travel")

Text = Annotated[str, Form(max_length=64)]


@router.get("")
def show(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    saved: int = 0,
) -> HTMLResponse:
    """Show what planning knows of the roads."""
    return _page(request, house, language, page=page, saved=saved)


@router.post("")
def keep(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    one: Text = "",
    other: Text = "",
    minutes: Text = "",
    km: Text = "",
) -> Response:
    """Keep how long a way takes."""
    try:
        set_way(house.store, one=one, other=other, minutes=minutes, km=km, who=visitor.name, now=house.now())
    except BadInput as error:
        typed = {"one": one, "other": other, "minutes": minutes, "km": km}
        return _page(request, house, language, faults=error.faults, typed=typed)
    return RedirectResponse("/plan/travel?saved=1", status_code=HTTPStatus.SEE_OTHER)


@router.post("/import")
def bring_in(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    file: Annotated[UploadFile, File()],
) -> Response:
    """Bring in a workbook of ways."""
    try:
        count = import_ways(
            house.store,
            content=file.file,
            name=file.filename or "file",
            who=visitor.name,
            now=house.now(),
            limit_bytes=house.settings.upload_limit_bytes,
        )
    except BadImport as error:
        return _page(request, house, language, faults=error.faults)
    return RedirectResponse(f"/plan/travel?saved={count}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/ways.xlsx")
def workbook(house: HouseDep, language: LanguageDep) -> Response:
    """Return the ways that people have typed as a workbook."""
    content = ways_workbook(house.store, language, now=house.now())
    return download(content, XLSX, f"{Words(language).say('Travel times')}.xlsx")


@router.post("/roads")
def ask(request: Request, house: HouseDep, visitor: VisitorDep, language: LanguageDep) -> Response:
    """Ask the road service for the ways that are not known."""
    try:
        news = ask_roads(house.store, house.settings.osrm_url, who=visitor.name, now=house.now())
    except BadInput as error:
        return _page(request, house, language, faults=error.faults)
    return RedirectResponse(f"/plan/travel?saved={news.learnt}", status_code=HTTPStatus.SEE_OTHER)


def _page(
    request: Request,
    house: House,
    language: Language,
    *,
    page: int = 1,
    saved: int = 0,
    faults: tuple[Fault, ...] = (),
    typed: dict[str, str] | None = None,
) -> HTMLResponse:
    state = travel_state(house.store)
    here = page_of(state.by_hand, page)
    values = {
        "words": Words(language),
        "state": state,
        "looked": state.looked.astimezone(house.now().tzinfo) if state.looked else None,
        "rule": DEFAULT_RULE,
        "ways": known_by_hand(house.store)[rows_of(here)],
        "here": here,
        "saved": saved,
        "faults": faults,
        "typed": typed or {"one": "", "other": "", "minutes": "", "km": ""},
        "has_service": bool(house.settings.osrm_url),
        "may_plan": request.state.visitor.may(Role.PLANNER),
    }
    code = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "plan_living/travel.html", values, status_code=code)
