"""What the office does with an order that others work on: amend what was signed, tie it to a visit, verify a signed report."""

from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault
from kb.usecases.order_entry_checking import ACTIVITIES, Entry
from kb.usecases.order_report import told_of
from kb.usecases.order_sheet import order_sheet
from kb.usecases.order_signing import Verified, grouped, verify
from kb.usecases.order_taking_back import TAKEN_BACK
from kb.usecases.order_telling import receive_entry
from kb.usecases.order_ties import tie_order, visits_offered
from kb.usecases.order_words import PART_WORDS, TEXT_WORDS
from kb.web.context import HouseDep, Visitor, VisitorDep
from kb.web.pages.orders import TypedDep, acting
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter(prefix="/orders")

Id = Annotated[str, Path(max_length=64)]
FIELDS = {
    "text": ("name", "value", "before"),
    "part": (
        "part_number", "name", "part_class", "quantity", "taken_from", "old_serial", "new_serial", "warranty_until",
    ),
    "time": ("activity", "started_at", "minutes", "kilometres"),
    "void": ("entry",),
}  # fmt: skip
"""What the page tells, and the fields of each."""
NUMBERS = frozenset({"quantity", "minutes", "kilometres"})


@router.get("/verify")
def verify_page(
    request: Request,
    house: HouseDep,
    digest: Annotated[str, Query(max_length=200)] = "",
    order: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """Ask for the digest of a signed report, and say whether it is that of a document that is kept, unchanged."""
    faults: tuple[Fault, ...] = ()
    verified: Verified | None = None
    if digest.strip():
        try:
            verified = verify(house.store, digest, order=order)
        except BadInput as refusal:
            faults = refusal.faults
    values = {
        "digest": digest,
        "order": order,
        "verified": verified,
        "faults": faults,
        "grouped": grouped,
        "zone": house.now().tzinfo,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "orders/verify.html", values, status_code=status)


@router.get("/{id}/amend")
def amend_page(request: Request, house: HouseDep, visitor: VisitorDep, id: Id) -> HTMLResponse:
    """Show the forms by which the office corrects an order, signed or not, and ties it to a visit."""
    return _amend(request, house, visitor, id, {}, ())


def _amend(
    request: Request,
    house: House,
    visitor: Visitor,
    id: str,
    typed: dict[str, str],
    faults: tuple[Fault, ...],
    status: HTTPStatus | None = None,
) -> HTMLResponse:
    now = house.now()
    sheet = order_sheet(house.store, id, now=now)
    actor = acting(house, visitor)
    places = dict.fromkeys(str(one["place"]) for one in sheet.reach)
    values = {
        "sheet": sheet,
        "order": sheet.order,
        "typed": typed,
        "faults": faults,
        "may_change": actor.may_change(sheet.order.values["technician_id"]),
        "may_plan": actor.may_all,
        "is_signed": sheet.signature is not None and sheet.order.standing.state in {"signed", "closed"},
        "new_id": house.new_id,
        "at": now.isoformat(),
        "zone": now.tzinfo,
        "began": now.strftime("%Y-%m-%dT%H:%M"),
        "text_words": TEXT_WORDS,
        "part_words": PART_WORDS,
        "places": tuple(places),
        "activities": ACTIVITIES,
        "told_of": told_of,
        "returnable": [
            one for one in sheet.entries if one["kind"] in TAKEN_BACK and one["state"] == "applied"
        ],
        "visits": visits_offered(house.store, sheet.order, today=house.today()) if actor.may_all else (),
    }
    code = status or (HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK)
    return render(request, "orders/amend.html", values, status_code=code)


@router.post("/{id}/amend")
def amend(request: Request, house: HouseDep, visitor: VisitorDep, typed: TypedDep, id: Id) -> Response:
    """Tell a correction of an order, once however often the form is sent; what was signed needs its reason."""
    try:
        received = receive_entry(
            house.store,
            id,
            _entry(house, typed, is_signed=_is_signed(house, id)),
            actor=acting(house, visitor),
            now=house.now(),
            photo_limit_bytes=house.settings.draft_photo_limit_bytes,
        )
    except BadInput as refusal:
        return _amend(request, house, visitor, id, typed, refusal.faults)
    anchor = "#held" if received.state == "held" else ""
    return RedirectResponse(f"/orders/{quote(id)}{anchor}", status_code=HTTPStatus.SEE_OTHER)


def _is_signed(house: House, id: str) -> bool:
    sheet = order_sheet(house.store, id, now=house.now())
    return sheet.signature is not None and sheet.order.standing.state in {"signed", "closed"}


def _entry(house: House, typed: dict[str, str], *, is_signed: bool) -> Entry:
    kind, amends = typed.get("kind", ""), typed.get("amends", "").strip()
    if is_signed and not amends:
        fault = Fault(
            where="amends", what="is empty", repair="the customer has signed: say why it is changed"
        )
        raise BadInput("the entry was not kept", [fault])
    values: dict[str, Any] = {name: _value(house, name, typed.get(name, "")) for name in FIELDS.get(kind, ())}
    if kind == "text" and not typed.get("value"):
        values["value"] = ""
    if kind == "void":
        values["reason"] = amends
    try:
        at = datetime.fromisoformat(typed.get("at", ""))
    except ValueError:
        at = house.now()
    return Entry(
        id=typed.get("id") or house.new_id(),
        kind=kind,
        at=at if at.tzinfo is not None else house.now(),
        values={name: value for name, value in values.items() if value != ""},
        amends=amends,
    )


def _value(house: House, name: str, text: str) -> Any:
    text = text.strip() if name not in {"value", "before"} else text
    if name in NUMBERS:
        try:
            number = float(text.replace(",", "."))
        except ValueError:
            return text
        return int(number) if name == "minutes" and number.is_integer() else number
    if name == "started_at":
        try:
            began = datetime.fromisoformat(text)
        except ValueError:
            return text
        return (began if began.tzinfo else began.replace(tzinfo=house.now().tzinfo)).isoformat()
    return text


@router.post("/{id}/visit")
def tie(request: Request, house: HouseDep, visitor: VisitorDep, typed: TypedDep, id: Id) -> Response:
    """Say which visit of the plan an order is, or that it is none."""
    seen = typed.get("revision", "")
    try:
        tie_order(
            house.store,
            id,
            typed.get("visit", ""),
            revision=int(seen[:9]) if seen.isdecimal() else 0,  # what was not seen overwrites nothing
            actor=acting(house, visitor),
            now=house.now(),
        )
    except BadInput as refusal:
        return _amend(request, house, visitor, id, typed, refusal.faults)
    except Conflict as conflict:
        fault = Fault(where="revision", what=conflict.args[0])
        return _amend(request, house, visitor, id, typed, (fault,), HTTPStatus.PRECONDITION_FAILED)
    return RedirectResponse(f"/orders/{quote(id)}", status_code=HTTPStatus.SEE_OTHER)
