"""Work orders for the office: a list, one order with all that was told of it, decisions, closing, files."""

from collections.abc import Callable
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault, Message
from kb.i18n import translator
from kb.usecases.accounts import Role
from kb.usecases.order_access import Actor, actor_of, technician_id
from kb.usecases.order_closing import close_order, draft_of_order, suggested_codes
from kb.usecases.order_finding import OrderWish, found_orders
from kb.usecases.order_making import Written, decide_finding, order_of_visit, write_order
from kb.usecases.order_pictures import order_file
from kb.usecases.order_report import told_of
from kb.usecases.order_sheet import order_sheet
from kb.usecases.order_signing import grouped
from kb.usecases.order_telling import settle_entry
from kb.usecases.order_visits import NOTE, note_told
from kb.usecases.order_words import (
    EVENT_WORDS,
    FINDING_WORDS,
    KIND_WORDS,
    PART_WORDS,
    STATE_WORDS,
    TEXT_WORDS,
    UNBOOKED_WORDS,
    VERDICT_WORDS,
)
from kb.usecases.plan_documents import checklists
from kb.usecases.register_kinds import wording_of
from kb.usecases.register_lists import options
from kb.usecases.work_order_fields import CODED
from kb.usecases.work_orders import change_order
from kb.web.context import HouseDep, LanguageDep, Visitor, VisitorDep, language_of_request
from kb.web.photos import photo_answer
from kb.web.rendering import render
from kb.wiring import House
from planner.model import Level, OrderState

router = APIRouter(prefix="/orders")

PAGE_SIZE = 30
PEOPLE_OFFERED = 500
OPEN = tuple(one for one in OrderState if one not in {OrderState.CLOSED, OrderState.CANCELLED})
Id = Annotated[str, Path(max_length=64)]
Short = Annotated[str, Query(max_length=200)]


async def _typed(request: Request) -> dict[str, str]:
    return {
        name: value
        for name, value in (await request.form()).multi_items()
        if isinstance(value, str) and name != "csrf_token"
    }


TypedDep = Annotated[dict[str, str], Depends(_typed)]


def acting(house: House, visitor: Visitor) -> Actor:
    """Return who acts: the technician that the visitor is, or a planner."""
    return actor_of(house.store, visitor.name, may_all=visitor.may(Role.PLANNER))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        return None


@router.get("")
def list_page(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    language: LanguageDep,
    state: Annotated[str, Query(max_length=20)] = "open",
    technician: Short = "",
    customer: Short = "",
    machine: Short = "",
    first: Annotated[str, Query(alias="from", max_length=10)] = "",
    last: Annotated[str, Query(alias="to", max_length=10)] = "",
    text: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> HTMLResponse:
    """List work orders; open ones unless another state is asked for."""
    return _list(
        request, house, visitor, language,
        {"state": state, "technician": technician, "customer": customer, "machine": machine, "from": first, "to": last, "text": text},
        page=page, mine=False,
    )  # fmt: skip


@router.get("/mine")
def my_page(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    language: LanguageDep,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> HTMLResponse:
    """List the open orders of the technician who is logged in, and lead to the page that the phone keeps."""
    return _list(request, house, visitor, language, {"state": "open"}, page=page, mine=True)


def _list(
    request: Request,
    house: House,
    visitor: Visitor,
    language: LanguageDep,
    typed: dict[str, str],
    *,
    page: int,
    mine: bool,
) -> HTMLResponse:
    state = typed.get("state", "open")
    states = OPEN if state == "open" else (OrderState(state),) if state in set(OrderState) else ()
    wish = OrderWish(
        mine=mine,
        states=states,
        technician=typed.get("technician", ""),
        customer=typed.get("customer", ""),
        machine=typed.get("machine", ""),
        first_day=_day(typed.get("from", "")),
        last_day=_day(typed.get("to", "")),
        text=typed.get("text", ""),
        page=page,
        size=PAGE_SIZE,
    )
    actor = acting(house, visitor)
    found = found_orders(house.store, wish, actor=actor, now=house.now())
    wording = wording_of(language, house.settings.time_zone, house.library().vocabularies)
    rest = "&".join(f"{name}={quote(value)}" for name, value in typed.items() if value)
    values = {
        "here": found,
        "typed": typed,
        "mine": mine,
        "is_technician": bool(actor.technician_ids),
        "states": STATE_WORDS,
        "rest": rest,
        "people": options(house.store, "technicians", wording, most=PEOPLE_OFFERED) or (),
        "customers": options(house.store, "customers", wording, most=PEOPLE_OFFERED) or (),
    }
    return render(request, "orders/list.html", values)


@router.get("/new")
def new_form(request: Request, house: HouseDep, follows: Short = "", machine: Short = "") -> HTMLResponse:
    """Show the form of a new order."""
    return _new(request, house, {"follows": follows, "machine": machine, "kind": "repair"}, ())


def _new(request: Request, house: House, typed: dict[str, str], faults: tuple[Fault, ...]) -> HTMLResponse:
    values = {
        "typed": typed,
        "faults": faults,
        "kinds": KIND_WORDS,
        "levels": [one.value for one in Level],
        "new_id": typed.get("id") or house.new_id(),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "orders/new.html", values, status_code=status)


@router.post("/new")
def make_order(request: Request, house: HouseDep, visitor: VisitorDep, typed: TypedDep) -> Response:
    """Open an order and lead to it; the form sent twice opens one."""
    day = typed.get("planned_day", "")
    written = Written(
        kind=typed.get("kind", ""),
        title=typed.get("title", ""),
        site=typed.get("site", ""),
        machine=typed.get("machine", ""),
        technician=typed.get("technician", ""),
        planned_day=_day(day),
        alarm=typed.get("alarm", ""),
        level=typed.get("level", ""),
        follows=typed.get("follows", ""),
    )
    try:
        if day and written.planned_day is None:
            raise BadInput(
                "no work order was opened",
                [
                    Fault(
                        where="planned_day",
                        what=Message("{value!r} is no day", value=day[:40]),
                        repair="write it as 2027-01-31",
                    )
                ],
            )
        made = write_order(
            house.store,
            written,
            pages=checklists(house.library()) if written.level else {},
            id=(typed.get("id") or house.new_id())[:40],
            actor=acting(house, visitor),
            now=house.now(),
        )
    except BadInput as refusal:
        return _new(request, house, typed, refusal.faults)
    return RedirectResponse(f"/orders/{made.id}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/of-visit")
def make_of_visit(
    house: HouseDep, visitor: VisitorDep, visit: Annotated[str, Form(max_length=200)]
) -> Response:
    """Open the order of a planned visit, or lead to it."""
    made = order_of_visit(
        house.store,
        visit,
        pages=checklists(house.library()),
        actor=acting(house, visitor),
        now=house.now(),
    )
    return RedirectResponse(f"/orders/{made.id}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/{id}")
def show_page(request: Request, house: HouseDep, visitor: VisitorDep, id: Id) -> HTMLResponse:
    """Show an order with all that was told of it."""
    return _show(request, house, visitor, id, ())


def _show(
    request: Request,
    house: House,
    visitor: Visitor,
    id: str,
    faults: tuple[Fault, ...],
    status: HTTPStatus | None = None,
) -> HTMLResponse:
    sheet = order_sheet(house.store, id, now=house.now())
    language = language_of_request(request)
    library = house.library()
    vocabularies = library.vocabularies
    actor = acting(house, visitor)
    may_change = actor.may_change(sheet.order.values["technician_id"])
    closing = may_change and "closed" in {one.value for one in sheet.order.next_events}

    def label(name: str, code: str) -> str:
        return vocabularies.label(name, code, language)

    items = {item for one in vocabularies.lists["subsystems"].values() for item in one.texts("items")}
    values: dict[str, Any] = {
        "sheet": sheet,
        "order": sheet.order,
        "faults": faults,
        "may_change": may_change,
        "may_plan": actor.may_all,
        "states": STATE_WORDS,
        "events": EVENT_WORDS,
        "kinds": KIND_WORDS,
        "verdicts": VERDICT_WORDS,
        "text_words": TEXT_WORDS,
        "part_words": PART_WORDS,
        "unbooked_words": UNBOOKED_WORDS,
        "finding_words": FINDING_WORDS,
        "told_of": told_of,
        "grouped": grouped,
        "visit_note": note_told(str(sheet.order.body.get(NOTE, "")), language),
        "label": label,
        "coded": CODED,
        "lists": {name: sorted(vocabularies.codes(vocabulary)) for name, vocabulary in CODED.items()},
        "items": sorted(items),
        "suggestions": suggested_codes(house.store, library, sheet.order.id, now=house.now())
        if closing
        else (),
        "closing": closing,
        "zone": house.now().tzinfo,
    }
    code = status or (HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK)
    return render(request, "orders/show.html", values, status_code=code)


@router.get("/{id}/files/{file}")
def file_of_order(house: HouseDep, id: Id, file: Annotated[str, Path(max_length=64)]) -> Response:
    """Return a picture of an order."""
    return photo_answer(*order_file(house.store, id, file))


def _after(request: Request, house: House, visitor: Visitor, id: str, work: Callable[[], object]) -> Response:
    """Do `work` and lead back to the order; or show it with what is wrong."""
    try:
        work()
    except BadInput as refusal:
        return _show(request, house, visitor, id, refusal.faults)
    except Conflict:
        _ = translator(language_of_request(request))
        said = _("somebody has changed it since you opened it; look at it and send it once more")
        fault = Fault(where="revision", what=said)
        return _show(request, house, visitor, id, (fault,), HTTPStatus.PRECONDITION_FAILED)
    return RedirectResponse(f"/orders/{quote(id)}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{id}/entries/{entry}")
def settle(
    request: Request, house: HouseDep, visitor: VisitorDep, typed: TypedDep, id: Id, entry: Id
) -> Response:
    """Take over an entry that waits, or drop it."""
    actor, take, reason = acting(house, visitor), typed.get("take") == "1", typed.get("reason", "")

    def work() -> object:
        return settle_entry(house.store, id, entry, take=take, reason=reason, actor=actor, now=house.now())

    return _after(request, house, visitor, id, work)


@router.post("/{id}/findings/{finding}")
def settle_finding(
    request: Request, house: HouseDep, visitor: VisitorDep, typed: TypedDep, id: Id, finding: Id
) -> Response:
    """Decide what becomes of a finding."""
    actor, decision, reason = acting(house, visitor), typed.get("decision", ""), typed.get("reason", "")

    def work() -> object:
        return decide_finding(
            house.store,
            finding,
            decision=decision,
            reason=reason,
            order_id=house.new_id(),
            actor=actor,
            now=house.now(),
        )

    return _after(request, house, visitor, id, work)


@router.post("/{id}/plan")
def plan(request: Request, house: HouseDep, visitor: VisitorDep, typed: TypedDep, id: Id) -> Response:
    """Give an order its technician and day; only planners do."""
    people = order_sheet(house.store, id, now=house.now()).order

    def work() -> object:
        if not visitor.may(Role.PLANNER):
            raise BadInput(
                "nothing was changed", [Fault(where="role", what="is too small", repair="planner")]
            )
        code = typed.get("technician", "").strip()
        day = typed.get("planned_day", "")
        wanted = technician_id(house.store, code)
        changes: dict[str, Any] = {"technician_id": wanted, "planned_day": _day(day)}
        if code and wanted is None:
            changes["technician_id"] = code
        return change_order(
            house.store,
            people.id,
            changes,
            revision=int(typed["revision"]) if typed.get("revision", "").isdecimal() else None,
            vocabularies=house.library().vocabularies,
            who=visitor.name,
            now=house.now(),
        )

    return _after(request, house, visitor, id, work)


@router.post("/{id}/close")
def close(request: Request, house: HouseDep, visitor: VisitorDep, typed: TypedDep, id: Id) -> Response:
    """Close an order with its codes."""
    actor = acting(house, visitor)

    def work() -> object:
        return close_order(
            house.store,
            id,
            {name: value for name, value in typed.items() if value},
            event_id=house.new_id(),
            actor=actor,
            vocabularies=house.library().vocabularies,
            now=house.now(),
        )

    return _after(request, house, visitor, id, work)


@router.post("/{id}/draft")
def draft(request: Request, house: HouseDep, visitor: VisitorDep, id: Id) -> Response:
    """Make a draft case of a closed order and lead to it; to the one there is where it was made before."""
    try:
        made, _ = draft_of_order(
            house.store,
            id,
            actor=acting(house, visitor),
            now=house.now(),
            photo_limit_bytes=house.settings.draft_photo_limit_bytes,
        )
    except BadInput as refusal:
        return _show(request, house, visitor, id, refusal.faults)
    return RedirectResponse(f"/drafts/{made.id}", status_code=HTTPStatus.SEE_OTHER)
