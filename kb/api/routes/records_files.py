"""Files of records, documents and lists of them, and records made from what was done: over HTTP."""

from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, File, Form, Path, Query, Response, UploadFile

from kb.api.routes.register_schemas import problems_documented
from kb.export.xlsx import MEDIA_TYPE as XLSX
from kb.usecases.record_documents import document_bytes, list_file, record_document
from kb.usecases.record_files import add_file, file_of, remove_file
from kb.usecases.record_making import draw_sample, follow_up, make_library_work
from kb.usecases.record_messages import messages_of
from kb.usecases.record_reading import record
from kb.usecases.record_summaries import summary_of
from kb.web.context import HouseDep
from kb.web.downloads import download
from kb.web.pages.records_asked import ActorDep, QueryDep, WordingDep

router = APIRouter(prefix="/records", tags=["records"])

Handle = Annotated[str, Path(max_length=64, description="number or id of the record")]
Made = Annotated[
    str, Query(max_length=64, pattern=r"^[A-Za-z0-9_-]*$", description="made by you: sent twice, made once")
]
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@router.get("/export", responses=problems_documented(s400="the list cannot be understood, or is too long"))
def export_list(
    house: HouseDep,
    query: QueryDep,
    wording: WordingDep,
    actor: ActorDep,
    format: Literal["xlsx", "csv"] = "xlsx",
) -> Response:
    """Return a whole list as a file; a list of one kind has all its fields."""
    content = list_file(house.store, query, format, actor=actor, wording=wording, now=house.now())
    name = f"{query.kind or 'records'}-{house.today()}.{format}"
    return download(content, XLSX if format == "xlsx" else "text/csv; charset=utf-8", name)


@router.post(
    "/samples",
    status_code=HTTPStatus.CREATED,
    responses=problems_documented(s403="the role planner is needed", s422="every fault by field"),
)
def make_sample(
    house: HouseDep,
    wording: WordingDep,
    actor: ActorDep,
    asked: Annotated[
        dict[str, Any],
        Body(description="population (visits, orders, calls), first_day, last_day, share, seed"),
    ],
    id: Made = "",
) -> dict[str, Any]:
    """Draw what is to be verified; the list is kept with its seed."""
    made = draw_sample(
        house.store, asked, id=id or house.new_id(), actor=actor, wording=wording, now=house.now()
    )
    return made.json()


@router.post("/follow-ups", responses=problems_documented(s422="the work is not finished"))
def make_follow_up(
    house: HouseDep,
    wording: WordingDep,
    actor: ActorDep,
    visit: Annotated[str, Query(max_length=200)] = "",
    order: Annotated[str, Query(max_length=64)] = "",
) -> dict[str, Any]:
    """Return the follow-up call for a finished visit or work order; made where there is none yet."""
    made = follow_up(
        house.store,
        visit=visit,
        order=order,
        id=house.new_id(),
        actor=actor,
        wording=wording,
        now=house.now(),
    )
    return made.json()


@router.get("/{handle}/document", responses=problems_documented(s404="there is none"))
def read_document(
    house: HouseDep,
    wording: WordingDep,
    actor: ActorDep,
    handle: Handle,
    format: Literal["docx", "pdf"] = "docx",
) -> Response:
    """Return a record as Word or PDF; of a complaint this is the evidence file."""
    one, document = record_document(house.store, handle, actor=actor, wording=wording, now=house.now())
    content = document_bytes(document, format)
    return download(content, "application/pdf" if format == "pdf" else DOCX, f"{one.number}.{format}")


@router.get("/{handle}/summary", responses=problems_documented(s404="there is none"))
def read_summary(house: HouseDep, wording: WordingDep, actor: ActorDep, handle: Handle) -> dict[str, Any]:
    """Return what a record comes to, and the messages of the steps that wait."""
    one = record(house.store, handle, actor=actor, wording=wording, now=house.now())
    summed = summary_of(house.store, one, actor=actor, wording=wording, now=house.now())
    return {
        "summary": [{"name": name, "text": text} for name, text in summed.rows] if summed else [],
        "messages": [{"step": step, "text": text} for step, text in messages_of(one, wording)],
    }


@router.post(
    "/{handle}/library", responses=problems_documented(s404="there is none", s422="no answered question")
)
def hand_to_library(house: HouseDep, wording: WordingDep, actor: ActorDep, handle: Handle) -> dict[str, Any]:
    """Make an answered question work for the library."""
    made = make_library_work(
        house.store, handle, id=house.new_id(), actor=actor, wording=wording, now=house.now()
    )
    return made.json()


@router.post(
    "/{handle}/files",
    status_code=HTTPStatus.CREATED,
    responses=problems_documented(
        s403="the role may not", s404="there is none", s413="too large", s422="what is wrong with the file"
    ),
)
def send_file(
    house: HouseDep,
    actor: ActorDep,
    handle: Handle,
    file: Annotated[UploadFile, File()],
    note: Annotated[str, Form(max_length=300)] = "",
) -> dict[str, Any]:
    """Keep a file with a record; the same bytes are kept once."""
    kept = add_file(
        house.store,
        handle,
        name=file.filename or "",
        content=file.file.read(house.settings.upload_limit_bytes + 1),
        note=note,
        id=house.new_id(),
        actor=actor,
        now=house.now(),
        limit_bytes=house.settings.upload_limit_bytes,
    )
    return kept.json()


@router.get("/{handle}/files/{file_id}", responses=problems_documented(s404="there is none"))
def read_file(house: HouseDep, handle: Handle, file_id: Annotated[str, Path(max_length=64)]) -> Response:
    """Return a file, to be saved and not opened in the browser."""
    known, content = file_of(house.store, handle, file_id)
    return download(content, known.media_type, known.name)


@router.delete(
    "/{handle}/files/{file_id}",
    status_code=HTTPStatus.NO_CONTENT,
    responses=problems_documented(s403="the role may not", s404="there is none"),
)
def delete_file(
    house: HouseDep, actor: ActorDep, handle: Handle, file_id: Annotated[str, Path(max_length=64)]
) -> Response:
    """Take a file off a record."""
    remove_file(house.store, handle, file_id, id=house.new_id(), actor=actor, now=house.now())
    return Response(status_code=HTTPStatus.NO_CONTENT)
