"""The pages of visits: reported on a phone with one button, changed by the planner, both versions after a conflict."""

from collections.abc import Mapping, Sequence
from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault, Unconfirmed
from kb.usecases.accounts import Role
from kb.usecases.page_use import pages_of_visit
from kb.usecases.register_days import day_of
from kb.usecases.register_kinds import Wording, Wrong, wording_of
from kb.usecases.register_lists import options
from kb.usecases.visit_fields import STATES, VISITS
from kb.usecases.visit_reading import KeptVisit, VisitQuery, visit, visit_history, visits
from kb.usecases.visit_states import OPEN
from kb.usecases.visits import change_visit
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.pages.visit_rows import (
    EDITED,
    REPORTED,
    history_rows,
    sides,
    state_options,
    typed_of,
    visit_address,
    visit_card,
)
from kb.web.rendering import render
from kb.wiring import House
from planner.model import VisitState

router = APIRouter(prefix="/visits")

PEOPLE_OFFERED = 500


def _wording(house: HouseDep, language: LanguageDep) -> Wording:
    return wording_of(language, house.settings.time_zone, house.library().vocabularies)


WordingDep = Annotated[Wording, Depends(_wording)]


async def _typed(request: Request) -> dict[str, list[str]]:
    """Return the texts of the form that was sent; boxes of one name come together."""
    found: dict[str, list[str]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str) and name != "csrf_token":
            found.setdefault(name, []).append(value)
    return found


TypedDep = Annotated[dict[str, list[str]], Depends(_typed)]


@router.get("")
def list_page(
    request: Request,
    house: HouseDep,
    wording: WordingDep,
    technician: Annotated[str, Query(max_length=64)] = "",
    site: Annotated[str, Query(max_length=64)] = "",
    first: Annotated[str, Query(alias="from", max_length=20)] = "",
    state: Annotated[str, Query(max_length=20)] = "open",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> HTMLResponse:
    """List visits from a day on, today where none is given; open ones unless another state is asked for."""
    today = house.today()
    start, fault = _day(first, today, wording)
    states = tuple(OPEN) if state == "open" else (VisitState(state),) if state in STATES else ()
    query = VisitQuery(technician=technician, site=site, first_day=start, states=states, page=page)
    found = visits(house.store, query, today=today)
    return render(
        request,
        "visits/list.html",
        {
            "rows": [visit_card(one, wording) for one in found.items],
            "here": found,
            "technician": technician,
            "site": site,
            "first": first or today.isoformat(),
            "fault": fault,
            "state": state,
            "states": [(code, wording.pick(names)) for code, names in STATES.items()],
            "people": options(house.store, "technicians", wording, most=PEOPLE_OFFERED) or (),
        },
    )


def _day(text: str, today: date, wording: Wording) -> tuple[date, str]:
    if not text:
        return today, ""
    try:
        return day_of(text), ""
    except Wrong as wrong:
        return today, wrong.told(wording.language)[0]


@router.get("/{key:path}/edit")
def edit_form(request: Request, house: HouseDep, wording: WordingDep, key: str) -> HTMLResponse:
    """Show the planner's form with the window that the visit should stay in."""
    kept = visit(house.store, key, today=house.today())
    return _edit(request, house, wording, kept, typed_of(kept, wording))


@router.post("/{key:path}/edit")
def save(
    request: Request, house: HouseDep, visitor: VisitorDep, wording: WordingDep, typed: TypedDep, key: str
) -> Response:
    """Change a visit, or show the form again: with its faults, what must be confirmed, or both versions."""
    values = {name: texts[-1] for name, texts in typed.items()}
    raw: dict[str, object] = {name: values[name] for name in (*EDITED, "confirm") if name in values}
    return _saved(request, house, visitor, wording, key, raw, values, edited=True)


@router.post("/{key:path}/report")
def report(
    request: Request, house: HouseDep, visitor: VisitorDep, wording: WordingDep, typed: TypedDep, key: str
) -> Response:
    """Report a visit done, or partly done where some boxes are empty; or show the form again."""
    values = {name: texts[-1] for name, texts in typed.items() if name != "done_plans"}
    boxes = typed.get("done_plans", [])
    raw: dict[str, object] = {
        name: values[name] for name in ("done_on", "notes", "confirm") if name in values
    }
    kept = visit(house.store, key, today=house.today())
    whole = "whole" in values or set(boxes) >= set(kept.values["plans"])
    raw["state"] = (VisitState.DONE if whole else VisitState.PARTLY_DONE).value
    if not whole:
        raw["done_plans"] = boxes
    shown = {**values, "state": str(raw["state"]), "done_plans": "" if whole else ", ".join(boxes)}
    return _saved(request, house, visitor, wording, key, raw, shown, edited=False, boxes=boxes)


def _saved(
    request: Request,
    house: House,
    visitor: VisitorDep,
    wording: Wording,
    key: str,
    raw: Mapping[str, object],
    typed: Mapping[str, str],
    *,
    edited: bool,
    boxes: Sequence[str] | None = None,
) -> Response:
    revision = typed.get("revision", "")
    try:
        done = change_visit(
            house.store,
            key,
            raw,
            revision=int(revision) if revision.isascii() and revision.isdigit() and len(revision) < 10 else 0,
            wording=wording,
            who=visitor.name,
            now=house.now(),
            may_plan=visitor.may(Role.PLANNER),
        )
    except (BadInput, Conflict) as error:
        kept = visit(house.store, key, today=house.today())
        faults = error.faults if isinstance(error, BadInput) else ()
        if edited:
            return _edit(request, house, wording, kept, typed, error=error, faults=faults)
        return _show(request, house, wording, kept, typed, error=error, faults=faults, boxes=boxes)
    passed = "".join(f"&passed={one.value}" for one in done.passed)
    return RedirectResponse(f"{visit_address(key)}?saved=true{passed}", status_code=303)


def _outcome(
    error: BadInput | Conflict | None, faults: Sequence[Fault], wording: Wording
) -> tuple[dict[str, object], int]:
    """Return what a form shows of a change that was not saved, and the status of the answer."""
    told = [
        Fault(where=wording.pick(VISITS.field(one.where).title), what=one.what, repair=one.repair)
        if one.where in {field.name for field in VISITS.fields}
        else one
        for one in faults
    ]
    warned = isinstance(error, Unconfirmed)
    shown: dict[str, object] = {
        "faults": () if warned else told,
        "warnings": told if warned else (),
        "conflict": isinstance(error, Conflict),
    }
    if error is None:
        return shown, HTTPStatus.OK
    return shown, HTTPStatus.PRECONDITION_FAILED if shown["conflict"] else HTTPStatus.UNPROCESSABLE_ENTITY


def _edit(
    request: Request,
    house: House,
    wording: Wording,
    kept: KeptVisit,
    typed: Mapping[str, str],
    *,
    error: BadInput | Conflict | None = None,
    faults: Sequence[Fault] = (),
) -> HTMLResponse:
    shown, status = _outcome(error, faults, wording)
    return render(
        request,
        "visits/edit.html",
        {
            **shown,
            "visit": visit_card(kept, wording),
            "typed": {**typed_of(kept, wording), **typed},
            # After a conflict the next attempt starts from what stands now.
            "revision": kept.revision if shown["conflict"] else typed.get("revision", kept.revision),
            "states": state_options(kept, wording),
            "people": options(house.store, "technicians", wording, most=PEOPLE_OFFERED),
            "sides": sides(typed, kept, EDITED, wording) if shown["conflict"] else (),
        },
        status_code=status,
    )


@router.get("/{key:path}")
def show(
    request: Request,
    house: HouseDep,
    wording: WordingDep,
    key: str,
    saved: bool = False,
    passed: Annotated[list[VisitState] | None, Query(max_length=3)] = None,
) -> HTMLResponse:
    """Show a visit with its work, and the form that reports it done."""
    kept = visit(house.store, key, today=house.today())
    names = [wording.pick(STATES[one.value]) for one in passed or ()]
    return _show(request, house, wording, kept, {}, saved=saved, passed=names)


def _show(
    request: Request,
    house: House,
    wording: Wording,
    kept: KeptVisit,
    typed: Mapping[str, str],
    *,
    error: BadInput | Conflict | None = None,
    faults: Sequence[Fault] = (),
    boxes: Sequence[str] | None = None,
    saved: bool = False,
    passed: Sequence[str] = (),
) -> HTMLResponse:
    shown, status = _outcome(error, faults, wording)
    today = house.today()
    return render(
        request,
        "visits/show.html",
        {
            **shown,
            "visit": visit_card(kept, wording),
            "typed": {"done_on": today.isoformat(), "notes": kept.notes, **typed},
            "today": today.isoformat(),
            "boxes": kept.values["plans"] if boxes is None else boxes,
            "revision": kept.revision if shown["conflict"] else typed.get("revision", kept.revision),
            "planner": Role.PLANNER,
            "history": history_rows(visit_history(house.store, kept.key), wording),
            "linked": pages_of_visit(house.store, house.library(), kept.key, today=today),
            "visit_key": kept.key,
            "may_link": request.state.visitor.may(Role.ENGINEER),
            "saved": saved,
            "passed": passed,
            "sides": sides(typed, kept, REPORTED, wording) if shown["conflict"] else (),
        },
        status_code=status,
    )
