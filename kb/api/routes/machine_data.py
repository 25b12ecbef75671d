"""Machine data over HTTP: an uploaded probe document becomes equipment; what a machine is made of.

The service fetches nothing: an address would be fetched from where the service stands, and reach what the caller
cannot (SSRF). An agent's document is fetched by the command line, or saved by the caller and uploaded.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, File, Form, UploadFile
from pydantic import BaseModel, Field

from kb.i18n import translator
from kb.usecases.machine_data import import_upload, machine_data
from kb.usecases.machine_data_report import machine_json, report_json
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from planner.model import EquipmentClass

router = APIRouter(prefix="/machine-data", tags=["machine data"])


class Version(BaseModel):
    """A piece of software and its version."""

    name: str
    version: str


class FieldChangeBody(BaseModel):
    """A field before and after."""

    field: str
    before: str
    after: str


class DeviceOutcome(BaseModel):
    """What became of one device."""

    outcome: Literal["added", "changed", "unchanged", "skipped"]
    tag: str
    device: str
    uuid: str
    brand: str
    model: str
    serial: str
    description: str
    equipment_class: str
    controller: str
    matched_by: str = Field(description="uuid, serial, name, or empty for a new machine")
    software: list[Version]
    components: int
    data_items: int
    changes: list[FieldChangeBody]
    remarks: list[str]


class ImportOutcome(BaseModel):
    """What an import did, or with dry_run would do."""

    document: str
    version: str
    sender: str
    site: str
    site_name: str
    dry_run: bool
    counts: dict[str, int]
    machines: list[DeviceOutcome]


class MachineDataBody(BaseModel):
    """What a machine is made of, as last read."""

    tag: str
    brand: str
    model: str
    serial: str
    mtconnect_uuid: str
    controller: str
    software: list[Version]
    hardware: list[dict[str, Any]]


@router.post("/imports")
def import_document(
    document: Annotated[UploadFile, File(description="an MTConnect probe document")],
    site: Annotated[str, Form(min_length=1, max_length=64, description="code of the site")],
    house: HouseDep,
    visitor: VisitorDep,
    language: LanguageDep,
    dry_run: Annotated[bool, Form()] = False,
    equipment_class: Annotated[EquipmentClass | None, Form(description="class of new machines")] = None,
) -> ImportOutcome:
    """Take the machines of an uploaded MTConnect probe document over; all of it, or nothing."""
    report = import_upload(
        house.store,
        document.file,
        name=document.filename or "probe.xml",
        limit_bytes=house.settings.upload_limit_bytes,
        site_code=site,
        vocabularies=house.library().vocabularies,
        who=visitor.name,
        now=house.now(),
        new_id=house.new_id,
        equipment_class=equipment_class,
        dry_run=dry_run,
    )
    return ImportOutcome.model_validate(report_json(report, translator(language)))


@router.get("/{tag}")
def show(tag: str, house: HouseDep) -> MachineDataBody:
    """Return hardware and software of a machine by its tag."""
    return MachineDataBody.model_validate(machine_json(machine_data(house.store, tag)))
