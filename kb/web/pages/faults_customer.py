"""The customer's own page behind the QR label: report a fault, and see what became of it. No login, nothing else."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault, NotFound, TooOften
from kb.i18n import translator
from kb.usecases.fault_intake import Limits, own_machine, receipt_of, report_by_customer
from kb.usecases.fault_photos import MOST_PHOTOS
from kb.usecases.fault_reports import NewReport
from kb.usecases.fault_words import MACHINE_STATES, STATE_NAMES
from kb.web.context import HouseDep, LanguageDep
from kb.web.pages.faults import instant, photos_sent
from kb.web.rendering import render
from kb.wiring import House
from planner.model import MachineState

router = APIRouter(prefix="/report")

Token = Annotated[str, Path(max_length=80)]
Text = Annotated[str, Form(max_length=4000)]
FIELD_NAMES = {
    "symptom": "What is wrong",
    "alarm": "What the screen shows",
    "contact": "Your name",
    "phone": "Telephone",
    "since": "Since when",
    "photos": "Photos",
    "website": "Leave this field empty",
}


@router.get("/{token}")
def form_page(request: Request, house: HouseDep, token: Token) -> HTMLResponse:
    """Show the form of the machine whose label was read."""
    return _form(request, house, token, {"id": house.new_id()})


@router.post("/{token}")
def send(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    token: Token,
    id: Text = "",
    alarm: Text = "",
    symptom: Text = "",
    machine_state: Text = "stopped",
    danger: Text = "",
    since: Text = "",
    contact: Text = "",
    phone: Text = "",
    website: Text = "",
    photos: list[UploadFile] | None = None,
) -> Response:
    """Keep the report, once however often it is sent, and lead to its receipt."""
    typed = {
        "id": id, "alarm": alarm, "symptom": symptom, "machine_state": machine_state, "danger": danger,
        "since": since, "contact": contact, "phone": phone,
    }  # fmt: skip
    settings = house.settings
    say = translator(language)
    try:
        kept = report_by_customer(
            house.store,
            token,
            NewReport(
                channel="form",
                alarm=alarm,
                symptom=symptom,
                machine_state=MachineState(machine_state)
                if machine_state in set(MachineState)
                else MachineState.STOPPED,
                is_dangerous=bool(danger),
                since=instant(since, house.now(), "since"),
                contact=contact,
                phone=phone,
            ),
            id=id,
            trap=website,
            address=request.client.host if request.client else "",
            limits=Limits(
                per_machine=settings.report_limit_per_machine,
                per_address=settings.report_limit_per_address,
                photo_bytes=settings.report_photo_limit_bytes,
            ),
            photos=photos_sent(photos),
            now=house.now(),
        )
    except NotFound:
        return _gone(request)
    except BadInput as refusal:
        return _form(request, house, token, typed, faults=refusal.faults)
    except TooOften:
        told = say("Several reports came in within the hour already. Please telephone us; nothing was sent.")
        faults = (Fault(where="", what=told),)
        return _form(request, house, token, typed, faults=faults, status=HTTPStatus.TOO_MANY_REQUESTS)
    except Conflict:
        told = say("The form had grown old. Look through it and send it once more.")
        typed["id"] = house.new_id()
        faults = (Fault(where="", what=told),)
        return _form(request, house, token, typed, faults=faults, status=HTTPStatus.PRECONDITION_FAILED)
    return RedirectResponse(f"/report/{token}/{kept}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/{token}/{id}")
def receipt_page(request: Request, house: HouseDep, token: Token, id: Token) -> HTMLResponse:
    """Show the number of a report that was sent, what happens next, and how far it is."""
    try:
        found = receipt_of(house.store, token, id)
    except NotFound:
        return _gone(request)
    values = {"receipt": found, "token": token, "state_names": STATE_NAMES, "zone": house.now().tzinfo}
    return _private(render(request, "faults/receipt.html", values))


def _form(
    request: Request,
    house: House,
    token: str,
    typed: Mapping[str, str],
    *,
    faults: tuple[Fault, ...] = (),
    status: HTTPStatus | None = None,
) -> HTMLResponse:
    try:
        machine = own_machine(house.store, token)
    except NotFound:
        return _gone(request)
    values = {
        "machine": machine,
        "token": token,
        "typed": typed,
        "faults": faults,
        "field_names": FIELD_NAMES,
        "machine_states": MACHINE_STATES,
        "most_photos": MOST_PHOTOS,
        "zone": house.now().tzinfo,
    }
    code = status or (HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK)
    return _private(render(request, "faults/customer.html", values, status_code=code))


def _gone(request: Request) -> HTMLResponse:
    return _private(render(request, "faults/gone.html", {}, status_code=HTTPStatus.NOT_FOUND))


def _private(answer: HTMLResponse) -> HTMLResponse:
    """Return a page that is kept nowhere and found by no search engine."""
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    return answer
