"""The pages of a training session: set up, who takes part, attendance and results with one thumb, closed."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault
from kb.i18n import translator
from kb.usecases.accounts import Role
from kb.usecases.courses import courses
from kb.usecases.plan_documents import AUTHOR
from kb.usecases.plan_words import Words
from kb.usecases.register_kinds import Wording
from kb.usecases.register_lists import options
from kb.usecases.training import training_item
from kb.usecases.training_closing import close_training, take_quiz_results
from kb.usecases.training_documents import ATTENDANCE_NAMES, SESSION_STATES, attendance_sheet
from kb.usecases.training_fields import PASS_PERCENT, SESSION
from kb.usecases.training_marks import Mark, mark
from kb.usecases.training_people import NewPeople, put_down, take_off
from kb.usecases.training_reading import training
from kb.usecases.training_sessions import cancel_training, change_training, set_up
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.downloads import download
from kb.web.pages.training import PEOPLE_OFFERED, TypedDep, WordingDep
from kb.web.pages.training_rows import form_fields, typed_values
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter(prefix="/training/sessions")

Id = Annotated[str, Path(max_length=64)]
_RESULTS: dict[str, Literal["yes", "no", "score", "none"]] = {
    "yes": "yes",
    "no": "no",
    "score": "score",
    "none": "none",
}


@router.get("/new")
def new_page(
    request: Request,
    house: HouseDep,
    wording: WordingDep,
    item: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """Show the form of a new session, filled in from its line of the plan."""
    typed = {"audience": "technicians", "pass_percent": str(PASS_PERCENT), "day": house.today().isoformat()}
    if item:
        values = training_item(house.store, item, today=house.today()).values
        names = ("title", "course", "audience", "hours", "trainer", "place", "skill")
        typed |= {name: f"{values[name]:g}" if name == "hours" else str(values[name]) for name in names}
        typed["day"] = str(values["planned_day"] or house.today())
    return _new_form(request, house, wording, typed, (), item=item, new_id=house.new_id())


@router.post("/new")
def make(
    request: Request, house: HouseDep, visitor: VisitorDep, wording: WordingDep, typed: TypedDep
) -> Response:
    """Set up a session, once however often the button is pressed; or show what is wrong."""
    new_id, item = typed.pop("id", "")[:64] or house.new_id(), typed.pop("item", "")[:64]
    try:
        made = set_up(
            house.store,
            typed,
            item_id=item or None,
            library=house.library(),
            wording=wording,
            id=new_id,
            who=visitor.name,
            now=house.now(),
        )
    except BadInput as refusal:
        return _new_form(request, house, wording, typed, refusal.faults, item=item, new_id=new_id)
    return _back(made.id)


def _new_form(
    request: Request,
    house: House,
    wording: Wording,
    typed: Mapping[str, str],
    faults: Sequence[Fault],
    *,
    item: str,
    new_id: str,
) -> HTMLResponse:
    values = {
        "item": item,
        "new_id": new_id,
        "fields": form_fields(SESSION, typed, faults, wording),
        "faults": faults,
        "courses": [(one.page.id, one.page.title) for one in courses(house.library())],
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "training/session_new.html", values, status_code=status)


@router.get("/{id}")
def show_page(request: Request, house: HouseDep, wording: WordingDep, id: Id) -> HTMLResponse:
    """Show a session with who takes part."""
    return _page(request, house, wording, id, ())


@router.get("/{id}/attendance.{format}")
def sheet(house: HouseDep, language: LanguageDep, id: Id, format: Literal["docx", "pdf"]) -> Response:
    """Return the attendance sheet to sign."""
    author = Words(language).say(AUTHOR)
    built = attendance_sheet(house.store, id, format, language=language, author=author, created=house.now())
    return download(built.content, built.media_type, built.name)


@router.post("/{id}")
def act(
    request: Request, house: HouseDep, visitor: VisitorDep, wording: WordingDep, typed: TypedDep, id: Id
) -> Response:
    """Do what a button says: change, put down, take off, record, take quiz results, close, cancel."""
    said = typed.pop("revision", "")
    revision = int(said) if said.isdecimal() else None
    action = typed.pop("action", "")
    who, now = visitor.name, house.now()
    try:
        if action == "people":
            people = _people(typed)
            put_down(house.store, id, people, revision=revision, new_id=house.new_id, who=who, now=now)
        elif action == "marks":
            mark(house.store, id, _marks(typed), revision=revision, who=who, now=now)
        elif action.startswith("off:"):
            take_off(house.store, id, action.removeprefix("off:"), revision=revision, who=who, now=now)
        elif action == "quiz":
            take_quiz_results(house.store, id, revision=revision, who=who, now=now)
        elif action == "cancel":
            cancel_training(house.store, id, revision=revision, who=who, now=now)
        elif action == "close":
            close_training(
                house.store,
                id,
                revision=revision,
                issuer=Words(wording.language).say(AUTHOR),
                wording=wording,
                new_id=house.new_id,
                who=who,
                now=now,
            )
        else:
            change_training(
                house.store,
                id,
                typed,
                revision=revision,
                library=house.library(),
                wording=wording,
                who=who,
                now=now,
            )
    except BadInput as refusal:
        return _page(request, house, wording, id, refusal.faults, typed=typed)
    except Conflict as refusal:
        faults = (Fault(where="revision", what=str(refusal)),)
        return _page(request, house, wording, id, faults, typed=typed, status=HTTPStatus.PRECONDITION_FAILED)
    return _back(id)


def _people(typed: Mapping[str, str]) -> NewPeople:
    technicians = [one for one in (typed.get("technician", ""),) if one]
    operators = [
        (name.strip(), typed.get("company", ""))
        for name in typed.get("operators", "").replace("，", "\n").replace(",", "\n").splitlines()
        if name.strip()
    ]
    return NewPeople(technicians=technicians, operators=operators)


def _marks(typed: Mapping[str, str]) -> dict[str, Mark]:
    keys = {name.partition(":")[2] for name in typed if name.startswith("attendance:")}
    return {
        key: Mark(
            attendance=typed.get(f"attendance:{key}"),
            score_percent=typed.get(f"score:{key}"),
            passed=_RESULTS.get(typed.get(f"passed:{key}", "")),
            note=typed.get(f"note:{key}"),
        )
        for key in keys
    }


def _page(
    request: Request,
    house: House,
    wording: Wording,
    id: str,
    faults: Sequence[Fault],
    *,
    typed: Mapping[str, str] | None = None,
    status: HTTPStatus | None = None,
) -> HTMLResponse:
    say = translator(wording.language)
    found = training(house.store, id)
    values = {
        "session": found,
        "fields": form_fields(SESSION, typed_values(SESSION, found.values, wording), faults, wording),
        "faults": faults,
        "typed": typed or {},
        "states": {state: say(name) for state, name in SESSION_STATES.items()},
        "attendances": [(code, say(name)) for code, name in ATTENDANCE_NAMES.items()],
        "people": options(house.store, "technicians", wording, most=PEOPLE_OFFERED),
        "customers": options(house.store, "customers", wording, most=PEOPLE_OFFERED) or (),
        "courses": [(one.page.id, one.page.title) for one in courses(house.library())],
        "may_plan": request.state.visitor.may(Role.PLANNER),
        "today": house.today(),
    }
    code = status or (HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK)
    return render(request, "training/session.html", values, status_code=code)


def _back(id: str) -> RedirectResponse:
    return RedirectResponse(f"/training/sessions/{id}", status_code=HTTPStatus.SEE_OTHER)
