"""Fault reports as data: reported, listed, judged, told of, set aside, made a work order."""

import base64
import binascii
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from kb.api.routes.register_schemas import problems_documented
from kb.errors import BadInput, Fault
from kb.usecases.fault_deciding import accept_report, set_aside
from kb.usecases.fault_intake import label_of
from kb.usecases.fault_json import about_json, report_json
from kb.usecases.fault_list import Due, FaultQuery, Group, Sort, fault_list
from kb.usecases.fault_log import ReportEvent, tell_report
from kb.usecases.fault_machines import about_machine, machines_found
from kb.usecases.fault_photos import report_photo
from kb.usecases.fault_reports import (
    FaultReport,
    NewReport,
    fault_report,
    report_fault,
)
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.photos import photo_answer
from kb.wiring import House
from planner.model import MachineState

router = APIRouter(prefix="/faults", tags=["faults"])

Id = Annotated[str, Path(max_length=64, description="id or number of the report")]
Code = Annotated[str, Query(max_length=64)]
Longer = Annotated[str, Field(max_length=2000)]


class _In(BaseModel):
    model_config = ConfigDict(extra="forbid")


class FaultIn(_In):
    """What is reported; `alarm` or `symptom` must say something."""

    id: Annotated[
        str, Field(max_length=64, description="made by the caller; the same again is the same report")
    ] = ""
    tag: Longer = ""
    site: Annotated[
        str, Field(max_length=2000, description="code of the site, where no machine is named")
    ] = ""
    alarm: Longer = ""
    symptom: Annotated[str, Field(max_length=4000)] = ""
    machine_state: MachineState = MachineState.STOPPED
    is_dangerous: bool = False
    stops_a_line: bool = False
    since: AwareDatetime | None = None
    contact: Longer = ""
    phone: Longer = ""
    photos: Annotated[
        list[str], Field(description="JPEG, PNG or WebP in base64, three at most", max_length=20)
    ] = []


class EventIn(_In):
    """What happened; the same id again changes nothing."""

    id: Annotated[str, Field(max_length=64)] = ""
    kind: ReportEvent
    at: AwareDatetime | None = None
    reason: Longer = ""


class AsideIn(_In):
    """Why a report is set aside; `other` is what a duplicate repeats."""

    state: Literal["duplicate", "rejected"]
    reason: Longer = ""
    other: Longer = ""
    revision: int | None = None


class OrderIn(_In):
    """Which revision was seen; left out accepts what is there."""

    revision: int | None = None


@router.get("")
def list_faults(
    house: HouseDep,
    group: Group = "open",
    state: Annotated[str, Query(max_length=20)] = "",
    priority: Annotated[str, Query(max_length=10)] = "",
    customer: Code = "",
    technician: Code = "",
    due: Due = "",
    q: Annotated[str, Query(max_length=100)] = "",
    sort: Sort = "due",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """List reports: those whose next deadline is nearest first."""
    found = fault_list(
        house.store,
        FaultQuery(
            group=group,
            state=state,
            priority=priority,
            customer=customer,
            technician=technician,
            due=due,
            text=q,
            sort="reported" if group != "open" and sort == "due" else sort,
            page=page,
            size=size,
        ),
        now=house.now(),
    )
    return {
        "items": [one.json() for one in found.items],
        "total": found.total,
        "page": page,
        "size": size,
        "overdue": found.overdue,
        "soon": found.soon,
    }


@router.post(
    "",
    status_code=HTTPStatus.CREATED,
    responses=problems_documented(
        s413="the photos are larger than the service takes", s422="every fault by field"
    ),
)
def report(
    body: FaultIn, house: HouseDep, language: LanguageDep, visitor: VisitorDep, response: Response
) -> dict[str, Any]:
    """Report a fault and return it with priority, who pays, deadlines and what it may repeat."""
    kept = report_fault(
        house.store,
        NewReport(
            channel="api",
            tag=body.tag,
            site_code=body.site,
            alarm=body.alarm,
            symptom=body.symptom,
            machine_state=body.machine_state,
            is_dangerous=body.is_dangerous,
            stops_a_line=body.stops_a_line,
            since=body.since,
            contact=body.contact,
            phone=body.phone,
        ),
        id=body.id or house.new_id(),
        now=house.now(),
        who=visitor.name,
        warranty_months=house.settings.warranty_months,
        photos=_photos(body.photos),
        photo_limit_bytes=house.settings.report_photo_limit_bytes,
    )
    response.headers["Location"] = f"/api/v1/faults/{kept.id}"
    return _json(house, kept, language)


def _photos(encoded: list[str]) -> list[bytes]:
    photos, faults = [], []
    for number, one in enumerate(encoded, start=1):
        try:
            photos.append(base64.b64decode(one, validate=True))
        except (binascii.Error, ValueError):
            faults.append(
                Fault(where=f"photos[{number}]", what="is no base64", repair="send the bytes in base64")
            )
    if faults:
        raise BadInput("the fault was not reported", faults)
    return photos


@router.get("/machines")
def find_machines(house: HouseDep, q: Annotated[str, Query(max_length=100)] = "") -> dict[str, Any]:
    """Return machines whose tag, serial number, model, site or customer has every word typed."""
    return {"items": [one.json() for one in machines_found(house.store, q)]}


@router.get("/machine", responses=problems_documented(s404="there is none"))
def read_machine(
    house: HouseDep, language: LanguageDep, tag: Annotated[str, Query(max_length=64)]
) -> dict[str, Any]:
    """Return what is known of a machine before a report: who pays, what is promised, what is open."""
    found = about_machine(house.store, tag, now=house.now(), warranty_months=house.settings.warranty_months)
    return about_json(found, language=language)


@router.post(
    "/label", responses=problems_documented(s404="there is none", s412="it was taken out of the register")
)
def make_label(
    house: HouseDep, visitor: VisitorDep, tag: Annotated[str, Query(max_length=64)], renew: bool = False
) -> dict[str, str]:
    """Return the path of a machine's own report form, for its QR label; `renew` lets the old one lead nowhere."""
    found = label_of(house.store, tag, token=house.token, who=visitor.name, now=house.now(), renew=renew)
    return {"tag": found.tag, "what": found.what, "path": found.path}


@router.get("/{id}", responses=problems_documented(s404="there is none"))
def read(house: HouseDep, language: LanguageDep, id: Id) -> dict[str, Any]:
    """Return a report with what follows from it now."""
    return _json(house, _report(house, id), language)


@router.get(
    "/{id}/photos/{position}",
    response_class=Response,
    responses={
        200: {"content": {"image/jpeg": {}, "image/png": {}, "image/webp": {}}},
        **problems_documented(s404="there is none"),
    },
)
def read_photo(house: HouseDep, id: Id, position: Annotated[int, Path(ge=1, le=100)]) -> Response:
    """Return a photo of a report."""
    return photo_answer(*report_photo(house.store, id, position))


@router.post(
    "/{id}/events",
    status_code=HTTPStatus.CREATED,
    responses=problems_documented(
        s404="there is none", s412="another event has this id", s422="the log would be impossible"
    ),
)
def tell(
    id: Id, body: EventIn, house: HouseDep, language: LanguageDep, visitor: VisitorDep
) -> dict[str, Any]:
    """Tell what happened to a report; of one that became a work order it goes into the order's log."""
    now: datetime = house.now()
    tell_report(
        house.store,
        id,
        id=body.id or house.new_id(),
        kind=body.kind,
        at=body.at or now,
        reason=body.reason,
        who=visitor.name,
        now=now,
    )
    return _json(house, _report(house, id), language)


@router.post(
    "/{id}/order",
    status_code=HTTPStatus.CREATED,
    responses=problems_documented(s404="there is none", s412="it has changed", s422="the site is not known"),
)
def open_order(
    id: Id, body: OrderIn, house: HouseDep, language: LanguageDep, visitor: VisitorDep
) -> dict[str, Any]:
    """Make a report a work order; once more returns the same."""
    accept_report(
        house.store,
        id,
        order_id=house.new_id(),
        revision=body.revision,
        now=house.now(),
        who=visitor.name,
        warranty_months=house.settings.warranty_months,
    )
    return _json(house, _report(house, id), language)


@router.post(
    "/{id}/aside",
    responses=problems_documented(s404="there is none", s412="it has changed", s422="every fault by field"),
)
def aside(
    id: Id, body: AsideIn, house: HouseDep, language: LanguageDep, visitor: VisitorDep
) -> dict[str, Any]:
    """Set a report aside: as a duplicate of another, or turned down with a reason."""
    set_aside(
        house.store,
        id,
        state=body.state,
        reason=body.reason,
        other=body.other,
        revision=body.revision,
        now=house.now(),
        who=visitor.name,
        event_id=house.new_id(),
    )
    return _json(house, _report(house, id), language)


def _report(house: House, id: str) -> FaultReport:
    return fault_report(house.store, id, now=house.now(), warranty_months=house.settings.warranty_months)


def _json(house: House, kept: FaultReport, language: LanguageDep) -> dict[str, Any]:
    months = house.settings.warranty_months
    return report_json(kept, language=language, warranty_months=months, now=house.now())
