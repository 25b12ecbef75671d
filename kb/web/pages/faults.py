"""Fault reports for the office: the list by deadline, the form for a call, one report with all that follows from it."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import APIRouter, Form, Path, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault, Message, NotFound
from kb.i18n import Language, translator
from kb.usecases.fault_deciding import accept_report, set_aside
from kb.usecases.fault_intake import label_of
from kb.usecases.fault_list import GROUPS, SORTS, Due, FaultQuery, Group, Sort, fault_list
from kb.usecases.fault_log import STATES, ReportEvent, tell_report
from kb.usecases.fault_machines import about_machine, machines_found
from kb.usecases.fault_photos import MOST_PHOTOS, report_photo
from kb.usecases.fault_reports import (
    NewReport,
    fault_report,
    report_fault,
)
from kb.usecases.fault_words import (
    MACHINE_STATES,
    POINT_NAMES,
    STATE_NAMES,
    entitlement_reason,
)
from kb.usecases.register_kinds import wording_of
from kb.usecases.register_lists import options
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.pages.faults_label import qr_path
from kb.web.pages.faults_values import PRIORITY_CSS, report_values
from kb.web.photos import photo_answer
from kb.web.rendering import render
from kb.wiring import House
from planner.model import MachineState

router = APIRouter(prefix="/faults")

PAGE_SIZE = 40
PEOPLE_OFFERED = 300
Id = Annotated[str, Path(max_length=64)]
Text = Annotated[str, Form(max_length=4000)]
Asked = Annotated[str, Query(max_length=100)]


@router.get("")
def list_page(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    group: Group = "open",
    state: Asked = "",
    priority: Asked = "",
    customer: Asked = "",
    technician: Asked = "",
    due: Due = "",
    q: Asked = "",
    sort: Sort = "due",
    page: Annotated[int, Query(ge=1, le=10_000)] = 1,
) -> HTMLResponse:
    """Show reports, the nearest deadline first."""
    asked: dict[str, str] = {
        "group": group, "state": state, "priority": priority, "customer": customer,
        "technician": technician, "due": due if group == "open" else "", "q": q, "sort": sort,
    }  # fmt: skip
    found = fault_list(
        house.store,
        FaultQuery(
            group=group,
            state=state,
            priority=priority,
            customer=customer,
            technician=technician,
            due=due if group == "open" else "",
            text=q,
            sort="reported" if group != "open" and sort == "due" else sort,
            page=page,
            size=PAGE_SIZE,
        ),
        now=house.now(),
    )
    wording = wording_of(language, house.settings.time_zone, house.library().vocabularies)

    def link(**changes: object) -> str:
        values = {**asked, **{name: str(value) for name, value in changes.items()}}
        return "/faults?" + urlencode({name: value for name, value in values.items() if value})

    values = {
        "found": found,
        "asked": asked,
        "link": link,
        "groups": GROUPS,
        "group_names": {"open": "open reports", "ended": "ended reports", "all": "all reports"},
        "sorts": SORTS,
        "sort_names": {"due": "next deadline", "reported": "newest first", "priority": "gravest first"},
        "states": STATES,
        "state_names": STATE_NAMES,
        "point_names": POINT_NAMES,
        "priority_css": PRIORITY_CSS,
        "people": options(house.store, "technicians", wording, most=PEOPLE_OFFERED) or (),
        "customers": options(house.store, "customers", wording, most=PEOPLE_OFFERED) or (),
        "filtered": any(asked[name] for name in ("state", "priority", "customer", "technician", "due", "q")),
    }
    return render(request, "faults/list.html", values)


@router.get("/new")
def new_page(
    request: Request, house: HouseDep, language: LanguageDep, tag: Asked = "", q: Asked = ""
) -> HTMLResponse:
    """Show the form for a call: first the machine, then what is wrong."""
    return _form(request, house, language, {"tag": tag, "id": house.new_id()}, q=q)


def _form(
    request: Request,
    house: House,
    language: Language,
    typed: Mapping[str, str],
    *,
    q: str = "",
    faults: tuple[Fault, ...] = (),
) -> HTMLResponse:
    about = None
    if typed.get("tag"):
        try:
            about = about_machine(
                house.store, typed["tag"], now=house.now(), warranty_months=house.settings.warranty_months
            )
        except NotFound:
            q = q or typed["tag"]
    pays = ""
    if about is not None:
        pays = entitlement_reason(about.entitlement, contract_code=about.contract_code, language=language)
    values = {
        "typed": typed,
        "about": about,
        "pays": pays,
        "q": q,
        "machines": machines_found(house.store, q),
        "faults": faults,
        "machine_states": MACHINE_STATES,
        "most_photos": MOST_PHOTOS,
        "now": house.now(),
    }
    code = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "faults/new.html", values, status_code=code)


@router.post("/new")
def keep_report(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    id: Text = "",
    tag: Text = "",
    site: Text = "",
    alarm: Text = "",
    symptom: Text = "",
    machine_state: Text = "stopped",
    danger: Text = "",
    line: Text = "",
    since: Text = "",
    contact: Text = "",
    phone: Text = "",
    photos: list[UploadFile] | None = None,
) -> Response:
    """Keep a report and lead to it; or show the form again with every fault."""
    typed = {
        "id": id, "tag": tag, "site": site, "alarm": alarm, "symptom": symptom, "machine_state": machine_state,
        "danger": danger, "line": line, "since": since, "contact": contact, "phone": phone,
    }  # fmt: skip
    try:
        kept = report_fault(
            house.store,
            NewReport(
                channel="phone",
                tag=tag,
                site_code=site,
                alarm=alarm,
                symptom=symptom,
                machine_state=_machine_state(machine_state),
                is_dangerous=bool(danger),
                stops_a_line=bool(line),
                since=instant(since, house.now(), "since"),
                contact=contact,
                phone=phone,
            ),
            id=id[:64] or house.new_id(),
            now=house.now(),
            who=visitor.name,
            warranty_months=house.settings.warranty_months,
            photos=photos_sent(photos),
            photo_limit_bytes=house.settings.report_photo_limit_bytes,
        )
    except BadInput as refusal:
        return _form(request, house, language, typed, faults=refusal.faults)
    return RedirectResponse(f"/faults/{kept.id}?saved=1", status_code=HTTPStatus.SEE_OTHER)


def _machine_state(text: str) -> MachineState:
    return MachineState(text) if text in set(MachineState) else MachineState.STOPPED


def instant(text: str, now: datetime, where: str) -> datetime | None:
    """Return an instant as a form sends it, in the zone of `now`; None for an empty field.

    Raises:
        BadInput: It is no time.
    """
    if not text.strip():
        return None
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError as error:
        fault = Fault(
            where=where, what=Message("{text!r} is no time", text=text[:40]), repair="choose day and time"
        )
        raise BadInput("nothing was written", [fault]) from error
    return found if found.tzinfo else found.replace(tzinfo=now.tzinfo)


def photos_sent(photos: list[UploadFile] | None) -> list[bytes]:
    """Return the bytes of the photos of a form; fields without a file count for nothing."""
    return [content for one in (photos or [])[: MOST_PHOTOS + 1] if (content := one.file.read())]


@router.get("/label/{tag}")
def label_page(request: Request, house: HouseDep, tag: Id) -> HTMLResponse:
    """Show the button that makes a machine's QR label, or says why there is none."""
    about = about_machine(house.store, tag, now=house.now(), warranty_months=house.settings.warranty_months)
    return render(request, "faults/label.html", {"about": about, "label": None, "address": "", "qr": ""})


@router.post("/label/{tag}")
def make_label(
    request: Request, house: HouseDep, visitor: VisitorDep, tag: Id, renew: Text = ""
) -> HTMLResponse:
    """Show a machine's QR label to print; `renew` lets the old address lead nowhere."""
    found = label_of(
        house.store, tag, token=house.token, who=visitor.name, now=house.now(), renew=bool(renew)
    )
    address = str(request.base_url).rstrip("/") + found.path
    about = about_machine(house.store, tag, now=house.now(), warranty_months=house.settings.warranty_months)
    values = {"about": about, "label": found, "address": address, "qr": qr_path(address)}
    answer = render(request, "faults/label.html", values)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.get("/{id}/photos/{position}")
def photo(house: HouseDep, id: Id, position: Annotated[int, Path(ge=1, le=100)]) -> Response:
    """Return a photo of a report."""
    return photo_answer(*report_photo(house.store, id, position))


@router.get("/{id}")
def show_page(request: Request, house: HouseDep, language: LanguageDep, id: Id) -> HTMLResponse:
    """Show a report with priority, who pays, deadlines, what it may repeat, and what happened."""
    return _show(request, house, language, id)


@router.post("/{id}/tell")
def tell(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    id: Id,
    event_id: Text = "",
    kind: Text = "",
    at: Text = "",
    reason: Text = "",
) -> Response:
    """Keep what happened and lead back; or show the report again with what is wrong."""
    try:
        if kind not in _kinds_of_event():
            raise BadInput(
                "nothing was told", [Fault(where="event", what=Message("{value!r} is none", value=kind[:40]))]
            )
        now = house.now()
        tell_report(
            house.store,
            id,
            id=event_id[:64] or house.new_id(),
            kind=ReportEvent(kind),
            at=instant(at, now, "at") or now,
            reason=reason,
            who=visitor.name,
            now=now,
        )
    except BadInput as refusal:
        return _show(
            request, house, language, id, faults=refusal.faults, typed={"kind": kind, "reason": reason}
        )
    return RedirectResponse(f"/faults/{quote(id, safe='')}?saved=1", status_code=HTTPStatus.SEE_OTHER)


def _kinds_of_event() -> frozenset[str]:
    """Return the kinds of event that a form may send."""
    return frozenset(kind.value for kind in ReportEvent)


@router.post("/{id}/aside")
def aside(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    id: Id,
    state: Text = "duplicate",
    other: Text = "",
    reason: Text = "",
    revision: Annotated[int | None, Form()] = None,
) -> Response:
    """Set a report aside and lead back; or show it again with what is wrong."""
    try:
        set_aside(
            house.store,
            id,
            state=state,
            reason=reason,
            other=other,
            revision=revision,
            now=house.now(),
            who=visitor.name,
            event_id=house.new_id(),
        )
    except BadInput as refusal:
        return _show(request, house, language, id, faults=refusal.faults)
    except Conflict:
        return _show(
            request, house, language, id, faults=(_changed(language),), status=HTTPStatus.PRECONDITION_FAILED
        )
    return RedirectResponse(f"/faults/{quote(id, safe='')}?saved=1", status_code=HTTPStatus.SEE_OTHER)


def _changed(language: Language) -> Fault:
    said = translator(language)(
        "somebody has changed it since you opened it; look at it and send it once more"
    )
    return Fault(where="revision", what=said)


@router.post("/{id}/order")
def open_order(
    request: Request, house: HouseDep, language: LanguageDep, visitor: VisitorDep, id: Id
) -> Response:
    """Make the report a work order and lead back; or show it again with what is wrong."""
    try:
        accept_report(
            house.store,
            id,
            order_id=house.new_id(),
            revision=None,
            now=house.now(),
            who=visitor.name,
            warranty_months=house.settings.warranty_months,
        )
    except BadInput as refusal:
        return _show(request, house, language, id, faults=refusal.faults)
    return RedirectResponse(f"/faults/{quote(id, safe='')}?saved=1", status_code=HTTPStatus.SEE_OTHER)


def _show(
    request: Request,
    house: House,
    language: Language,
    id: str,
    *,
    faults: tuple[Fault, ...] = (),
    typed: Mapping[str, str] | None = None,
    status: HTTPStatus | None = None,
) -> HTMLResponse:
    now = house.now()
    months = house.settings.warranty_months
    kept = fault_report(house.store, id, now=now, warranty_months=months)
    values = {**report_values(kept, language, months, now), "faults": faults, "typed": typed or {}}
    values |= {"saved": "saved" in request.query_params, "event_id": house.new_id(), "now": now}
    code = status or (HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK)
    return render(request, "faults/show.html", values, status_code=code)
