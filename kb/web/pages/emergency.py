"""Emergency plans on pages: which wait for a review, one to read in a hurry on a phone, what a person adds, drills."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault, FaultyInput
from kb.usecases.accounts import Role
from kb.usecases.emergency import change_emergency_plan, tell_drill
from kb.usecases.emergency_reading import emergency_lines, emergency_plan
from kb.usecases.emergency_triggers import TRIGGERS
from kb.usecases.proposal_words import PROMISE_NAMES
from kb.web.context import HouseDep, VisitorDep
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter(prefix="/emergency")

Kind = Annotated[Literal["sites", "machines"], Path()]
Name = Annotated[str, Path(max_length=64)]
Short = Annotated[str, Form(max_length=300)]
Long = Annotated[str, Form(max_length=10_000)]


@router.get("")
def overview(request: Request, house: HouseDep) -> HTMLResponse:
    """List the plans of all sites; those that wait for a review stand first."""
    today = house.today()
    lines = emergency_lines(house.store)
    return render(
        request,
        "emergency/list.html",
        {
            "lines": [(one, one.is_due(today)) for one in lines],
            "due": sum(one.is_due(today) for one in lines),
        },
    )


@router.get("/{kind}/{name}")
def show(request: Request, house: HouseDep, visitor: VisitorDep, kind: Kind, name: Name) -> HTMLResponse:
    """Show a plan."""
    return _page(request, house, kind, name, may=visitor.may(Role.ENGINEER))


@router.post("/{kind}/{name}")
def change(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    kind: Kind,
    name: Name,
    revision: Annotated[int, Form(ge=0)],
    roles: Long = "",
    meeting_point: Short = "",
    temporary: Long = "",
    spares: Long = "",
    note: Long = "",
    owner: Short = "",
    review_due: Short = "",
    what: Annotated[Literal["keep", "review"], Form()] = "keep",
) -> Response:
    """Keep what a person adds, or that he has looked the plan through."""
    try:
        change_emergency_plan(
            house.store,
            house.library(),
            {
                "roles": _roles(roles),
                "meeting_point": meeting_point,
                "temporary": temporary,
                "spares": spares,
                "note": note,
            },
            **_which(kind, name),
            owner=owner,
            reviewed=what == "review",
            review_due=_day("review_due", review_due) if what == "review" and review_due else None,
            revision=revision,
            id=house.new_id(),
            who=visitor.name,
            now=house.now(),
        )
    except (FaultyInput, Conflict) as refused:
        return _page(request, house, kind, name, may=True, refused=refused, roles=roles)
    return RedirectResponse(request.url.path, status_code=HTTPStatus.SEE_OTHER)


@router.post("/{kind}/{name}/drills")
def drill(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    kind: Kind,
    name: Name,
    id: Short = "",
    day: Short = "",
    trigger: Short = "",
    led_by: Short = "",
    people: Short = "",
    result: Long = "",
) -> Response:
    """Keep a drill that was held."""
    try:
        tell_drill(
            house.store,
            house.library(),
            **_which(kind, name),
            id=id[:64] or house.new_id(),
            day=_day("day", day),
            trigger=trigger,
            led_by=led_by,
            people=int(people) if people.isdigit() else 0,
            result=result,
            who=visitor.name,
            now=house.now(),
        )
    except FaultyInput as refused:
        return _page(request, house, kind, name, may=True, refused=refused)
    return RedirectResponse(request.url.path.removesuffix("/drills"), status_code=HTTPStatus.SEE_OTHER)


def _which(kind: str, name: str) -> dict[str, str]:
    return {"site": name} if kind == "sites" else {"tag": name}


def _day(where: str, text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise BadInput(
            "nothing was kept",
            [Fault(where=where, what=f"{text[:20]!r} is no day", repair="write 2026-01-31")],
        ) from error


def _roles(text: str) -> list[dict[str, str]]:
    """Return the people of lines such as `role; name; phone`."""
    found, faults = [], []
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.replace("；", ";").split(";")]
        if not any(cells):
            continue
        if len(cells) > 3:
            faults.append(
                Fault(where=f"roles {number}", what=f"has {len(cells)} fields", repair="role; name; phone")
            )
        found.append(dict(zip(("role", "name", "phone"), cells, strict=False)))
    if faults:
        raise BadInput("nothing was kept", faults)
    return found


def _page(
    request: Request,
    house: House,
    kind: str,
    name: str,
    *,
    may: bool,
    refused: FaultyInput | Conflict | None = None,
    roles: str | None = None,
) -> HTMLResponse:
    plan = emergency_plan(house.store, house.library(), **_which(kind, name), today=house.today())
    values: dict[str, Any] = {
        "plan": plan,
        "kind": kind,
        "name": name,
        "roles": "\n".join("; ".join((one.role, one.name, one.phone)) for one in plan.added.roles)
        if roles is None
        else roles,
        "triggers": [(one.code, one.name) for one in TRIGGERS],
        "trigger_names": {one.code: one.name for one in TRIGGERS},
        "promises": [(label, getattr(plan.promised, field)) for field, label in PROMISE_NAMES.items()],
        "today": house.today(),
        "new_id": house.new_id(),
        "may": may,
        "refused": refused,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "emergency/show.html", values, status_code=status)
