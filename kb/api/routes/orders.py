"""Work orders over HTTP: lists, one of them whole, opened by hand or from a visit, told of from the phone, closed."""

from dataclasses import asdict
from datetime import date, datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from kb.api.routes.register_schemas import problems_documented
from kb.i18n import Language
from kb.usecases.accounts import Role
from kb.usecases.order_access import Actor, actor_of
from kb.usecases.order_closing import close_order, draft_of_order, suggested_codes
from kb.usecases.order_entry_checking import FIELDS, Entry
from kb.usecases.order_finding import OrderWish, found_orders
from kb.usecases.order_ledger import LedgerWish, ledger
from kb.usecases.order_making import DECISIONS, Written, decide_finding, order_of_visit, write_order
from kb.usecases.order_pictures import order_file
from kb.usecases.order_report import report_docx, report_pdf
from kb.usecases.order_sheet import order_sheet
from kb.usecases.order_signing import verify
from kb.usecases.order_telling import receive_entry, settle_entry
from kb.usecases.order_ties import tie_order
from kb.usecases.plan_documents import checklists
from kb.web.context import HouseDep, LanguageDep, Visitor, VisitorDep
from kb.web.downloads import download
from kb.web.photos import photo_answer
from kb.wiring import House
from planner.model import OrderState

router = APIRouter(prefix="/orders", tags=["work orders"])

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Handle = Annotated[str, Path(max_length=64, description="id or number of the work order")]
Code = Annotated[str, Query(max_length=64)]


def acting(house: House, visitor: Visitor) -> Actor:
    """Return who acts: the technician that the visitor is, or a planner."""
    return actor_of(house.store, visitor.name, may_all=visitor.may(Role.PLANNER))


class NewOrderIn(BaseModel):
    """A work order as it is written; site, machine and technician by code, tag or id."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[
        str, Field(max_length=40, description="made by the caller, so that twice is once; may be left out")
    ] = ""
    kind: Annotated[str, Field(max_length=40)] = "repair"
    title: str
    site: Annotated[str, Field(max_length=64)] = ""
    machine: Annotated[str, Field(max_length=200)] = ""
    technician: Annotated[str, Field(max_length=64)] = ""
    planned_day: date | None = None
    alarm: str = ""
    level: Annotated[str, Field(description="checklist of this level on the machine")] = ""
    follows: Annotated[str, Field(max_length=64, description="the order that it continues")] = ""


class VisitIn(BaseModel):
    """The planned visit that becomes a work order."""

    visit: Annotated[str, Field(max_length=200, description="key of the visit")]


class TieIn(BaseModel):
    """The visit that an order is."""

    model_config = ConfigDict(extra="forbid")

    visit: Annotated[str | None, Field(max_length=200, description="key of the visit; null for none")]
    revision: Annotated[int | None, Field(description="the one that was seen")] = None


class EntryIn(BaseModel):
    """Something that is told of an order; sent again under its id it changes nothing."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[str, Field(max_length=64, description="made by who tells it, such as a UUID")]
    kind: Annotated[str, Field(description=", ".join(FIELDS))]
    at: Annotated[datetime, Field(description="when it happened, with the offset")]
    values: Annotated[dict[str, Any], Field(description="fields of its kind")] = {}
    amends: Annotated[
        str, Field(description="why signed contents are changed; needed after the signature")
    ] = ""


class SettledIn(BaseModel):
    """What becomes of an entry that waits."""

    take: bool
    reason: str


class DecisionIn(BaseModel):
    """What becomes of a finding."""

    decision: Annotated[str, Field(max_length=40, description=", ".join(DECISIONS))]
    reason: str = ""


@router.get("")
def list_orders(
    house: HouseDep,
    visitor: VisitorDep,
    mine: bool = False,
    state: Annotated[list[OrderState] | None, Query(max_length=len(OrderState))] = None,
    kind: Annotated[str, Query(max_length=20)] = "",
    technician: Code = "",
    customer: Code = "",
    site: Code = "",
    machine: Annotated[str, Query(max_length=200)] = "",
    first_day: date | None = None,
    last_day: date | None = None,
    text: Annotated[str, Query(max_length=100)] = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """List work orders, open ones first; the days are those on which they were opened, both included."""
    wish = OrderWish(
        mine=mine,
        states=tuple(state or ()),
        kind=kind,
        technician=technician,
        customer=customer,
        site=site,
        machine=machine,
        first_day=first_day,
        last_day=last_day,
        text=text,
        page=page,
        size=size,
    )
    found = found_orders(house.store, wish, actor=acting(house, visitor), now=house.now())
    items = [one.json() for one in found.items]
    return {"items": items, "page": found.page, "size": found.size, "total": found.total}


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=problems_documented(
        s403="a technician opens orders of their own", s412="another has this id", s422="every fault by field"
    ),
)
def new_order(body: NewOrderIn, house: HouseDep, visitor: VisitorDep) -> dict[str, Any]:
    """Open a work order; the same again under the same id returns what is there."""
    values = body.model_dump(exclude={"id"})
    made = write_order(
        house.store,
        Written(**values),
        pages=checklists(house.library()) if body.level else {},
        id=body.id or house.new_id(),
        actor=acting(house, visitor),
        now=house.now(),
    )
    return made.json()


@router.post(
    "/of-visit", responses=problems_documented(s404="there is no such visit", s422="it is not open any more")
)
def make_of_visit(body: VisitIn, house: HouseDep, visitor: VisitorDep) -> dict[str, Any]:
    """Return the order of a planned visit, opened with its checklists where there is none yet."""
    made = order_of_visit(
        house.store,
        body.visit,
        pages=checklists(house.library()),
        actor=acting(house, visitor),
        now=house.now(),
    )
    return made.json()


@router.get("/parts")
def read_ledger(
    house: HouseDep,
    text: Annotated[str, Query(max_length=100)] = "",
    site: Code = "",
    machine: Annotated[str, Query(max_length=200)] = "",
    part_class: Annotated[str, Query(max_length=20)] = "",
    covered: bool = False,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=500)] = 50,
) -> dict[str, Any]:
    """List the parts that were fitted, with serial numbers and warranty; `covered` asks for those still covered today."""
    under = house.today() if covered else None
    wish = LedgerWish(
        text=text, site=site, machine=machine, part_class=part_class, under=under, page=page, size=size
    )
    found = ledger(house.store, wish)
    items = [one.json() for one in found.items]
    return {"items": items, "page": found.page, "size": found.size, "total": found.total}


@router.get("/verify", responses=problems_documented(s404="there is no such order", s422="it is no digest"))
def verify_report(
    house: HouseDep,
    digest: Annotated[
        str, Query(max_length=200, description="as printed beside the signature; 12 digits or more")
    ],
    order: Annotated[str, Query(max_length=64, description="number or id; empty looks through all")] = "",
) -> dict[str, Any]:
    """Say which signed document a digest is of, and whether what is kept still gives it."""
    return verify(house.store, digest, order=order).json()


@router.put(
    "/{id}/visit",
    responses=problems_documented(
        s403="only planners do", s404="there is no such order", s412="changed meanwhile", s422="no such visit"
    ),
)
def tie(id: Handle, body: TieIn, house: HouseDep, visitor: VisitorDep) -> dict[str, Any]:
    """Say which visit of the plan an order is, or with null that it is none; one that is done reports the visit done."""
    tied = tie_order(
        house.store,
        id,
        body.visit or "",
        revision=body.revision,
        actor=acting(house, visitor),
        now=house.now(),
    )
    return tied.json()


@router.get("/{id}", responses=problems_documented(s404="there is none"))
def read_order(id: Handle, house: HouseDep) -> dict[str, Any]:
    """Return an order with its checklist, results, last values, findings, parts, times and entries."""
    return order_sheet(house.store, id, now=house.now()).json()


@router.post(
    "/{id}/entries",
    status_code=HTTPStatus.CREATED,
    responses={
        200: {"description": "the same entry was received before; nothing changed"},
        **problems_documented(
            s403="the order is and was another's",
            s404="there is no such order",
            s412="another entry has this id",
            s422="every fault by field; nothing was kept",
        ),
    },
)
def tell(
    id: Handle, body: EntryIn, response: Response, house: HouseDep, visitor: VisitorDep
) -> dict[str, Any]:
    """Receive what was told of an order, once however often it is sent.

    `state` is `applied`, or `held` where the order was ended, signed, given to somebody else or its text changed meanwhile.
    """
    received = receive_entry(
        house.store,
        id,
        Entry(id=body.id, kind=body.kind, at=body.at, values=body.values, amends=body.amends),
        actor=acting(house, visitor),
        now=house.now(),
        photo_limit_bytes=house.settings.draft_photo_limit_bytes,
    )
    response.status_code = HTTPStatus.CREATED if received.fresh else HTTPStatus.OK
    return received.json()


@router.post(
    "/{id}/entries/{entry}/decision",
    responses=problems_documented(s403="the order is another's", s404="there is none", s422="give a reason"),
)
def settle(
    id: Handle,
    entry: Annotated[str, Path(max_length=64)],
    body: SettledIn,
    house: HouseDep,
    visitor: VisitorDep,
) -> dict[str, Any]:
    """Take over an entry that waits, or drop it; it stays in the log either way."""
    received = settle_entry(
        house.store,
        id,
        entry,
        take=body.take,
        reason=body.reason,
        actor=acting(house, visitor),
        now=house.now(),
    )
    return received.json()


@router.post(
    "/findings/{finding}/decision",
    responses=problems_documented(s403="the order is another's", s404="there is none", s422="every fault"),
)
def settle_finding(
    finding: Annotated[str, Path(max_length=64)], body: DecisionIn, house: HouseDep, visitor: VisitorDep
) -> dict[str, Any]:
    """Decide what becomes of a finding: an order, a line of a proposal, or nothing for a reason."""
    order = decide_finding(
        house.store,
        finding,
        decision=body.decision,
        reason=body.reason,
        order_id=house.new_id(),
        actor=acting(house, visitor),
        now=house.now(),
    )
    return order.json()


@router.get(
    "/{id}/files/{file}", response_class=Response, responses=problems_documented(s404="there is none")
)
def read_file(id: Handle, file: Annotated[str, Path(max_length=64)], house: HouseDep) -> Response:
    """Return a picture of an order."""
    return photo_answer(*order_file(house.store, id, file))


@router.get("/{id}/codes", responses=problems_documented(s404="there is none"))
def read_codes(id: Handle, house: HouseDep) -> dict[str, Any]:
    """Return the codes that an order may be closed with, the likely ones first, each with what it rests on."""
    found = suggested_codes(house.store, house.library(), id, now=house.now())
    return {"items": [one.json() for one in found]}


@router.post(
    "/{id}/close",
    responses=problems_documented(s403="the order is another's", s404="there is none", s422="every fault"),
)
def close(
    id: Handle, body: Annotated[dict[str, str], Body()], house: HouseDep, visitor: VisitorDep
) -> dict[str, Any]:
    """Close an order with its codes; closing it again changes nothing."""
    closed = close_order(
        house.store,
        id,
        body,
        event_id=house.new_id(),
        actor=acting(house, visitor),
        vocabularies=house.library().vocabularies,
        now=house.now(),
    )
    return closed.json()


@router.post(
    "/{id}/draft",
    responses=problems_documented(s403="the order is another's", s404="there is none", s422="not closed"),
)
def make_draft(id: Handle, house: HouseDep, visitor: VisitorDep) -> dict[str, Any]:
    """Return the draft case of a closed order, made where there is none yet, and what of the customer stayed behind."""
    made, left = draft_of_order(
        house.store,
        id,
        actor=acting(house, visitor),
        now=house.now(),
        photo_limit_bytes=house.settings.draft_photo_limit_bytes,
    )
    return {"draft": made.json(), "left_behind": [asdict(one) for one in left]}


@router.get(
    "/{id}/report", response_class=Response, responses=problems_documented(s404="there is no such order")
)
def read_report(
    id: Handle,
    house: HouseDep,
    language: LanguageDep,
    kind: Literal["pdf", "docx"] = "pdf",
    lang: Language | None = None,
) -> Response:
    """Return the service report of an order."""
    make, media_type = (report_pdf, "application/pdf") if kind == "pdf" else (report_docx, DOCX)
    content = make(house.store, id, house.library().vocabularies, lang or language, now=house.now())
    return download(content, media_type, f"service-report.{kind}")
