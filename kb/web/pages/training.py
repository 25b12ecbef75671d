"""The pages of training: the year with its strip, a line of the plan, certificates, topics, a technician's record."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, File, Path, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault
from kb.i18n import translator
from kb.usecases.accounts import Role
from kb.usecases.courses import courses
from kb.usecases.plan_documents import AUTHOR
from kb.usecases.plan_words import Words
from kb.usecases.register_kinds import Wording, wording_of
from kb.usecases.register_lists import options
from kb.usecases.training import add_item, change_item, training_item, training_year
from kb.usecases.training_certificates import (
    FILE_LIMIT_BYTES,
    MOST_WEEKS,
    WEEKS,
    attach_file,
    certificate_file,
    files_by_certificate,
    remove_file,
    standings,
)
from kb.usecases.training_documents import ITEM_STATES, SESSION_STATES, STANDING_STATES, training_workbook
from kb.usecases.training_fields import ITEM
from kb.usecases.training_record import training_record
from kb.usecases.training_topics import by_source, plan_topic, topics
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.downloads import download
from kb.web.pages.training_rows import bars_of, form_fields, lines_of, strip_of, today_x, typed_values
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter(prefix="/training")

PEOPLE_OFFERED = 500
SOURCE_NAMES = {
    "repeat": "Repairs that came back",
    "query": "Searches without an answer",
    "question": "Questions that many missed",
}
Id = Annotated[str, Path(max_length=64)]
Weeks = Annotated[int, Query(ge=0, le=MOST_WEEKS)]


def _wording(house: HouseDep, language: LanguageDep) -> Wording:
    return wording_of(language, house.settings.time_zone, house.library().vocabularies)


WordingDep = Annotated[Wording, Depends(_wording)]


async def _typed(request: Request) -> dict[str, str]:
    """Return the texts of the form that was sent."""
    form = await request.form()
    return {name: value for name, value in form.items() if isinstance(value, str) and name != "csrf_token"}


TypedDep = Annotated[dict[str, str], Depends(_typed)]


@router.get("")
def year_page(
    request: Request,
    house: HouseDep,
    wording: WordingDep,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
    month: Annotated[int | None, Query(ge=1, le=12)] = None,
) -> HTMLResponse:
    """Show a year's plan, what became of it, and the certificates that somebody has to see to."""
    say = translator(wording.language)
    found = training_year(house.store, year or house.today().year, today=house.today())
    names = {state: say(name) for state, name in ITEM_STATES.items()}
    warned = [one for one in standings(house.store, today=house.today()) if one.is_warned]
    values = {
        "plan": found,
        "lines": lines_of(found, month),
        "strip": strip_of(found, names),
        "states": names,
        "session_states": {state: say(name) for state, name in SESSION_STATES.items()},
        "warned": warned,
        "standing_states": {state: say(name) for state, name in STANDING_STATES.items()},
        "weeks": WEEKS,
        "people": options(house.store, "technicians", wording, most=PEOPLE_OFFERED) or (),
        "may_plan": request.state.visitor.may(Role.PLANNER),
    }
    return render(request, "training/year.html", values)


@router.get("/years/{year}/training.xlsx")
def workbook(
    house: HouseDep, language: LanguageDep, year: Annotated[int, Path(ge=2000, le=2100)]
) -> Response:
    """Return a year's training as a workbook."""
    author = Words(language).say(AUTHOR)
    built = training_workbook(
        house.store, year, language=language, today=house.today(), author=author, created=house.now()
    )
    return download(built.content, built.media_type, built.name)


@router.get("/items/new")
def new_item_page(
    request: Request,
    house: HouseDep,
    wording: WordingDep,
    year: Annotated[int | None, Query(ge=2000, le=2100)] = None,
) -> HTMLResponse:
    """Show an empty form of a line."""
    today = house.today()
    typed = {
        "year": str(year or today.year),
        "month": str(today.month),
        "audience": "technicians",
        "hours": "2",
    }
    return _item_form(request, house, wording, typed, (), id="", new_id=house.new_id())


@router.post("/items/new")
def make_item(
    request: Request, house: HouseDep, visitor: VisitorDep, wording: WordingDep, typed: TypedDep
) -> Response:
    """Put a line into the plan, once however often the button is pressed; or show what is wrong."""
    new_id = typed.pop("id", "")[:64] or house.new_id()
    try:
        made = add_item(
            house.store,
            typed,
            library=house.library(),
            wording=wording,
            id=new_id,
            who=visitor.name,
            now=house.now(),
        )
    except BadInput as refusal:
        return _item_form(request, house, wording, typed, refusal.faults, id="", new_id=new_id)
    return _to(f"/training/items/{made.id}?saved=1")


@router.get("/items/{id}")
def item_page(request: Request, house: HouseDep, wording: WordingDep, id: Id) -> HTMLResponse:
    """Show a line of the plan with its sessions, as a form for who may change it."""
    found = training_item(house.store, id, today=house.today())
    return _item_form(request, house, wording, typed_values(ITEM, found.values, wording), (), id=id)


@router.post("/items/{id}")
def change_item_page(
    request: Request, house: HouseDep, visitor: VisitorDep, wording: WordingDep, typed: TypedDep, id: Id
) -> Response:
    """Keep a line, cancel it or take it up again; or show what is wrong."""
    revision = typed.pop("revision", "")
    action = typed.pop("action", "save")
    try:
        change_item(
            house.store,
            id,
            typed if action == "save" else {},
            revision=int(revision) if revision.isdecimal() else None,
            cancelled={"cancel": True, "restore": False}.get(action),
            library=house.library(),
            wording=wording,
            who=visitor.name,
            now=house.now(),
        )
    except BadInput as refusal:
        return _item_form(request, house, wording, typed, refusal.faults, id=id)
    except Conflict:
        said = translator(wording.language)(
            "somebody has changed it since you opened it; look at it and send it once more"
        )
        faults = (Fault(where="revision", what=said),)
        return _item_form(
            request, house, wording, typed, faults, id=id, status=HTTPStatus.PRECONDITION_FAILED
        )
    return _to(f"/training/items/{id}?saved=1")


def _item_form(
    request: Request,
    house: House,
    wording: Wording,
    typed: Mapping[str, str],
    faults: Sequence[Fault],
    *,
    id: str,
    new_id: str = "",
    status: HTTPStatus | None = None,
) -> HTMLResponse:
    say = translator(wording.language)
    values = {
        "item": training_item(house.store, id, today=house.today()) if id else None,
        "new_id": new_id,
        "fields": form_fields(ITEM, typed, faults, wording),
        "faults": faults,
        "courses": [(one.page.id, one.page.title) for one in courses(house.library())],
        "states": {state: say(name) for state, name in ITEM_STATES.items()},
        "session_states": {state: say(name) for state, name in SESSION_STATES.items()},
        "saved": "saved" in request.query_params,
        "may_plan": request.state.visitor.may(Role.PLANNER),
    }
    code = status or (HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK)
    return render(request, "training/item.html", values, status_code=code)


@router.get("/certificates")
def certificates_page(
    request: Request, house: HouseDep, wording: WordingDep, weeks: Weeks = WEEKS, all: bool = False
) -> HTMLResponse:
    """Show how technicians stand with skills that rest on certificates."""
    say = translator(wording.language)
    found = standings(house.store, today=house.today(), weeks=weeks)
    values = {
        "rows": [one for one in found if all or one.is_warned],
        "total": len(found),
        "weeks": weeks,
        "all": all,
        "states": {state: say(name) for state, name in STANDING_STATES.items()},
    }
    return render(request, "training/certificates.html", values)


@router.get("/certificates/{code}/files")
def files_page(request: Request, house: HouseDep, code: Id) -> HTMLResponse:
    """Show the files of a certificate."""
    return _files_page(request, house, code, ())


@router.post("/certificates/{code}/files")
def add_file(
    request: Request, house: HouseDep, visitor: VisitorDep, code: Id, file: Annotated[UploadFile, File()]
) -> Response:
    """Keep a scan; or show what is wrong with it."""
    try:
        attach_file(
            house.store,
            code,
            name=file.filename or "",
            content=file.file.read(FILE_LIMIT_BYTES + 1),
            id=house.new_id(),
            who=visitor.name,
            now=house.now(),
        )
    except BadInput as refusal:
        return _files_page(request, house, code, refusal.faults)
    return _to(f"/training/certificates/{code}/files")


@router.get("/certificates/{code}/files/{id}")
def read_file(house: HouseDep, code: Id, id: Id) -> Response:
    """Return a file of a certificate."""
    kept, content = certificate_file(house.store, code, id)
    return download(content, kept.media_type, kept.name)


@router.post("/certificates/{code}/files/{id}/remove")
def take_file_off(house: HouseDep, visitor: VisitorDep, code: Id, id: Id) -> Response:
    """Take a file off a certificate."""
    remove_file(house.store, code, id, who=visitor.name, now=house.now())
    return _to(f"/training/certificates/{code}/files")


def _files_page(request: Request, house: House, code: str, faults: Sequence[Fault]) -> HTMLResponse:
    values = {
        "code": code,
        "files": files_by_certificate(house.store, [code]).get(code, ()),
        "faults": faults,
        "may_plan": request.state.visitor.may(Role.PLANNER),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "training/files.html", values, status_code=status)


@router.get("/technicians/{code}")
def technician_page(
    request: Request, house: HouseDep, wording: WordingDep, code: Id, weeks: Weeks = WEEKS
) -> HTMLResponse:
    """Show a technician's training and certificates."""
    say = translator(wording.language)
    found = training_record(house.store, code, today=house.today(), weeks=weeks)
    values = {
        "record": found,
        "bars": bars_of(found.papers, house.today(), weeks),
        "today_x": today_x(),
        "today": house.today(),
        "session_states": {state: say(name) for state, name in SESSION_STATES.items()},
        "states": {state: say(name) for state, name in STANDING_STATES.items()},
        "may_plan": request.state.visitor.may(Role.PLANNER),
    }
    return render(request, "training/technician.html", values)


@router.get("/topics")
def topics_page(request: Request, house: HouseDep, wording: WordingDep) -> HTMLResponse:
    """Show the topics that the field asks for, each with a button that plans it."""
    now = house.now()
    assert now.tzinfo is not None
    found = topics(house.store, house.library(), today=now.date(), zone=now.tzinfo, language=wording.language)
    say = translator(wording.language)
    values = {
        "groups": [(say(SOURCE_NAMES[source]), some) for source, some in by_source(found).items()],
        "may_plan": request.state.visitor.may(Role.PLANNER),
    }
    return render(request, "training/topics.html", values)


@router.post("/topics")
def take_topic(house: HouseDep, visitor: VisitorDep, wording: WordingDep, typed: TypedDep) -> Response:
    """Put a topic into the plan and lead to its line."""
    made = plan_topic(
        house.store,
        house.library(),
        typed.get("key", ""),
        {},
        id=house.new_id(),
        wording=wording,
        who=visitor.name,
        now=house.now(),
    )
    return _to(f"/training/items/{made.id}")


def _to(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)
