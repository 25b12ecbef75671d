"""One machine, one file over HTTP: as data, as PDF, as Word."""

from datetime import UTC
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Response

from kb.usecases.machine_file import machine_file, machine_json
from kb.usecases.machine_file_document import machine_docx, machine_pdf
from kb.web.context import HouseDep, LanguageDep
from kb.web.downloads import download

router = APIRouter(prefix="/machine-files", tags=["machine files"])

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@router.get(
    "/{tag}",
    response_model=None,
    responses={200: {"content": {"application/json": {}, "application/pdf": {}, DOCX: {}}}},
)
def read_machine(
    house: HouseDep,
    language: LanguageDep,
    tag: Annotated[str, Path(max_length=64, description="tag, serial number or id")],
    form: Annotated[Literal["json", "pdf", "docx"], Query(alias="format")] = "json",
) -> Response | dict[str, Any]:
    """Return everything about a machine: register, versions, contracts, visits, faults, parts, values."""
    now = house.now()
    found = machine_file(house.store, tag, today=house.today(), zone=now.tzinfo or UTC)
    library = house.library()
    if form == "pdf":
        return download(
            machine_pdf(found, library, language, created=now), "application/pdf", f"{found.tag}.pdf"
        )
    if form == "docx":
        return download(machine_docx(found, library, language, created=now), DOCX, f"{found.tag}.docx")
    return machine_json(found, library.vocabularies, language)
