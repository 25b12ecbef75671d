"""Machine data as pages: send a probe document, see what it would change, take it over; what a machine is made of."""

import base64
import binascii
import io
from http import HTTPStatus
from typing import Annotated, BinaryIO

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse

from kb.errors import BadImport, BadInput, Fault, FaultyInput, NotFound
from kb.i18n import translator
from kb.usecases.machine_data import ImportReport, import_upload, machine_data, site_choices
from kb.usecases.machine_data_changes import Outcome
from kb.web.context import HouseDep, VisitorDep, language_of_request
from kb.web.rendering import render
from kb.wiring import House
from planner.model import EquipmentClass

router = APIRouter(prefix="/machine-data")

HELD_BYTES = 500_000
"""A document up to this size travels back in the form, so that after the trial run nobody has to choose it again."""
BADGES = {Outcome.ADDED: "good", Outcome.CHANGED: "notice", Outcome.UNCHANGED: "", Outcome.SKIPPED: "caution"}


@router.get("")
def form(request: Request, house: HouseDep, site: str = "") -> HTMLResponse:
    """Show the form."""
    return _page(request, house, site=site[:64])


@router.post("")
def send(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    document: Annotated[UploadFile | None, File()] = None,
    held: Annotated[str, Form(max_length=HELD_BYTES * 2)] = "",
    held_name: Annotated[str, Form(max_length=200)] = "",
    site: Annotated[str, Form(max_length=64)] = "",
    equipment_class: Annotated[str, Form(max_length=3)] = "",
    action: Annotated[str, Form(max_length=10)] = "check",
) -> HTMLResponse:
    """Report what the document would change, or take it over."""
    try:
        name, content = _content(document, held, held_name)
        report = import_upload(
            house.store,
            content,
            name=name,
            limit_bytes=house.settings.upload_limit_bytes,
            site_code=site.strip(),
            vocabularies=house.library().vocabularies,
            who=visitor.name,
            now=house.now(),
            new_id=house.new_id,
            equipment_class=_class_of(equipment_class),
            dry_run=action != "store",
        )
    except NotFound as error:
        fault = Fault(where=error.kind, what=str(error), repair="choose one of the list")
        refused = BadInput("nothing was imported", [fault])
        return _page(request, house, site=site, equipment_class=equipment_class, refused=refused)
    except (BadImport, BadInput) as refused:
        return _page(request, house, site=site, equipment_class=equipment_class, refused=refused)
    return _page(
        request,
        house,
        site=site,
        equipment_class=equipment_class,
        report=report,
        held=_held(content) if report.dry_run else "",
    )


@router.get("/{tag}")
def show(tag: str, request: Request, house: HouseDep) -> HTMLResponse:
    """Show hardware and software of a machine."""
    data = machine_data(house.store, tag)
    label = house.library().vocabularies.label("controllers", data.controller, language_of_request(request))
    return render(request, "machine_data/show.html", {"data": data, "controller": label})


def _page(
    request: Request,
    house: House,
    *,
    site: str,
    equipment_class: str = "",
    refused: FaultyInput | None = None,
    report: ImportReport | None = None,
    held: str = "",
) -> HTMLResponse:
    language = language_of_request(request)
    vocabularies = house.library().vocabularies
    values = {
        "site": site,
        "sites": site_choices(house.store),
        "equipment_class": equipment_class,
        "classes": [
            (one.value, vocabularies.label("equipment_classes", one.value, language))
            for one in EquipmentClass
        ],
        "refused": refused,
        "report": report,
        "held": held,
        "badges": BADGES,
        "outcomes": list(Outcome),
        "translate": translator(language),
    }
    status = HTTPStatus.OK if refused is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "machine_data/import.html", values, status_code=status)


def _content(document: UploadFile | None, held: str, held_name: str) -> tuple[str, BinaryIO]:
    if document is not None and document.filename:
        return document.filename, document.file
    if held:
        try:
            return held_name or "probe.xml", io.BytesIO(base64.b64decode(held, validate=True))
        except (binascii.Error, ValueError) as error:
            fault = Fault(where="document", what="came back damaged", repair="choose the file again")
            raise BadInput("nothing was imported", [fault]) from error
    fault = Fault(where="document", what="is missing", repair="choose a probe document")
    raise BadInput("nothing was imported", [fault])


def _held(content: BinaryIO) -> str:
    content.seek(0)
    kept = content.read(HELD_BYTES + 1)
    return base64.b64encode(kept).decode() if len(kept) <= HELD_BYTES else ""


def _class_of(text: str) -> EquipmentClass | None:
    if not text:
        return None
    try:
        return EquipmentClass(text)
    except ValueError as error:
        fault = Fault(where="equipment_class", what=f"is {text!r}", repair="choose one of the list")
        raise BadInput("nothing was imported", [fault]) from error
