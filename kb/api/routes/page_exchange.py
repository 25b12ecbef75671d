"""Pages taken out of the library and brought into it, over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, File, Form, Path, Query, UploadFile
from fastapi.responses import Response
from pydantic import BaseModel, Field, Json

from kb.api.routes.jobs import JobOut, job_out
from kb.api.routes.register_schemas import problems_documented
from kb.export.docx import MEDIA_TYPE as DOCX
from kb.export.pdf import MEDIA_TYPE as PDF
from kb.export.pdf import Paper
from kb.usecases.jobs import stop_job
from kb.usecases.page_export import MARKDOWN, MOST_FILES, MOST_PAGES, ZIP, Format, chosen_pages, taken_out
from kb.usecases.page_import_accepting import accept_draft
from kb.usecases.page_import_job import ImportRequest
from kb.usecases.page_import_types import FIELDS, PAGE_TYPES
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.downloads import download
from kb.web.page_imports import asked_for_import, kept_upload
from kb.web.pages.editing_draft import editor_of

router = APIRouter(tags=["content"])

Kind = Literal["alarm", "case", "checklist", "course", "guide", "term"]
Values = Annotated[list[str] | None, Query(max_length=100)]
_PROBLEMS = problems_documented(
    s404="there is no such page", s422="the choice or the machine's fonts, with the repair"
)
_TOLD = problems_documented(
    s401="log in first",
    s403="the role is missing",
    s404="there is no such job, draft or file",
    s412="another file is being brought in",
    s422="every fault by place or field",
)
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {one: {} for one in (PDF, DOCX, ZIP, MARKDOWN.partition(";")[0])},
    },
    **_PROBLEMS,
}


@router.get("/pages/{page_id}/file", response_class=Response, responses=_FILE)
def fetch_page(
    page_id: Annotated[str, Path(max_length=80)],
    house: HouseDep,
    language: LanguageDep,
    format: Format = "pdf",
    paper: Paper = Paper.A4,
) -> Response:
    """Return a page as PDF, docx, or its Markdown; with hazards first, figures, sources and revision."""
    library = house.library()
    pages = chosen_pages(library, ids=[page_id])
    taken = taken_out(library, pages, format=format, created=house.now(), language=language, paper=paper)
    return download(taken.content, taken.media_type, taken.name)


@router.get("/page-selection", response_class=Response, responses=_FILE)
def fetch_selection(
    house: HouseDep,
    language: LanguageDep,
    id: Values = None,
    q: Annotated[str, Query(max_length=2000, description="a search; its hits are taken")] = "",
    type: Annotated[list[Kind] | None, Query(max_length=6)] = None,
    brand: Values = None,
    controller: Values = None,
    family: Values = None,
    subsystem: Values = None,
    failure_mode: Values = None,
    confidence: Values = None,
    level: Values = None,
    machine: Values = None,
    format: Format = "pdf",
    paper: Paper = Paper.A4,
    title: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Return the pages of a selection as one file, with a table of contents."""
    given: dict[str, Sequence[str] | None] = {
        "type": type,
        "brand": brand,
        "controller": controller,
        "family": family,
        "subsystem": subsystem,
        "failure_mode": failure_mode,
        "confidence": confidence,
        "level": level,
        "machine": machine,
    }
    chosen = {name: values for name, values in given.items() if values}
    library = house.library()
    pages = chosen_pages(
        library,
        ids=id or (),
        index=house.search_index(),
        query=q,
        chosen=chosen,
        most=MOST_FILES if format == "md" else MOST_PAGES,
    )
    taken = taken_out(
        library, pages, format=format, created=house.now(), language=language, paper=paper, title=title
    )
    return download(taken.content, taken.media_type, taken.name)


class AcceptedOut(BaseModel):
    """The page that a draft became; it is in preparation."""

    page: str
    digest: str
    draft: str


@router.post("/page-imports", responses=_TOLD)
def import_file(
    house: HouseDep,
    visitor: VisitorDep,
    language: LanguageDep,
    document: Annotated[UploadFile, File(description=".docx, .xlsx, .csv, .md or .zip")],
    mapping: Annotated[
        Json[dict[str, str]],
        Form(default_factory=dict, description="of a table: field by header; `-` leaves a column out"),
    ],
    only: Annotated[
        Json[list[Annotated[int, Field(ge=1)]]],
        Form(default_factory=list, description="numbers of the cases that are kept"),
    ],
    types: Annotated[
        Json[dict[Annotated[int, Field(ge=1)], Annotated[str, Field(max_length=40)]]],
        Form(
            default_factory=dict,
            description=f"what each becomes, by number: {', '.join(PAGE_TYPES)}; others as their headings tell",
        ),
    ],
    dry_run: Annotated[bool, Form(description="report only")] = True,
) -> JobOut:
    """Read a file into drafts, or report what it would become; what takes longer than a moment goes on as a job.

    Its `result` is the report. Nothing is published: each draft waits for a person to accept it.
    """
    name = document.filename or "file"
    digest = kept_upload(house, document.file, name)
    request = ImportRequest(name=name, mapping=mapping, only=only, types=types, dry_run=dry_run)
    job = asked_for_import(house, digest, request, by=visitor.name)
    return job_out(job, house.now(), language)


@router.post("/page-imports/{job_id}/stop", responses=_TOLD)
def stop_import(job_id: str, house: HouseDep, language: LanguageDep) -> JobOut:
    """Ask for an import to stop; nothing of it is kept."""
    return job_out(stop_job(house.store, job_id), house.now(), language)


@router.post("/drafts/{draft_id}/accept", responses=_TOLD)
def accept(
    draft_id: Annotated[str, Path(max_length=64)],
    house: HouseDep,
    visitor: VisitorDep,
    values: Annotated[
        dict[str, str], Body(description=f"what a person says of it, by field: {', '.join(FIELDS)}")
    ],
) -> AcceptedOut:
    """Make a page in preparation of a draft that came from a file, and close the draft with its id.

    Its `type` is what was chosen when it came, unless one is said; the other fields belong to the type.
    """
    made = accept_draft(
        house.store, house.library(), draft_id, values, editor=editor_of(visitor), now=house.now()
    )
    return AcceptedOut(page=made.saved.page_id, digest=made.saved.digest, draft=made.draft.id)
