"""Pages taken out and brought in, in the browser: files to hand out, a preview of what a file becomes, drafts to accept."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, File, Path, Query, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault, FaultyInput, NotFound, Unwritable
from kb.export.pdf import Paper
from kb.i18n import translator
from kb.usecases.accounts import Role
from kb.usecases.drafts import draft
from kb.usecases.jobs import JobState, find_job, stop_job
from kb.usecases.page_export import MOST_FILES, MOST_PAGES, Format, chosen_pages, taken_out
from kb.usecases.page_import_accepting import accept_draft, accept_form, types_of_draft
from kb.usecases.page_import_cases import concerns
from kb.usecases.page_import_job import IMPORTING, ImportRequest, request_of
from kb.usecases.page_import_pages import HAZARD_TYPES
from kb.usecases.page_import_types import FIELDS, kind_of_draft
from kb.usecases.page_import_words import FIELD_NAMES, SECTIONS
from kb.usecases.search import FACETS
from kb.web.context import HouseDep, LanguageDep, VisitorDep, language_of_request
from kb.web.downloads import download
from kb.web.page_imports import asked_for_import, kept_upload
from kb.web.pages.editing_draft import editor_of
from kb.web.pages.page_exchange_form import LONGEST, LONGEST_LINES, form_rows, label_of
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter()

KINDS = ("case", "guide", "alarm", "checklist", "term", "course")
KIND_NAMES = {
    "case": "Case",
    "guide": "Guide",
    "alarm": "Alarm",
    "checklist": "Checklist",
    "term": "Term",
    "course": "Course",
}
STATE_NAMES = {
    "new": "becomes a draft",
    "known": "is a draft already",
    "unchanged": "is in the library as it is",
    "left": "was not chosen",
}
TYPE_FIELD = "type-"
"""Beginning of the name of a choice in the preview; the number of the document follows."""
ITEMS_SHOWN = 200


@router.get("/page-exchange")
def overview(request: Request) -> HTMLResponse:
    """Show how pages are taken out and brought in."""
    return _overview(request)


@router.get("/pages/{page_id}/file")
def page_file(
    page_id: Annotated[str, Path(max_length=80)],
    house: HouseDep,
    language: LanguageDep,
    format: Format = "pdf",
    paper: Paper = Paper.A4,
) -> Response:
    """Give a page as a file to save."""
    library = house.library()
    pages = chosen_pages(library, ids=[page_id])
    taken = taken_out(library, pages, format=format, created=house.now(), language=language, paper=paper)
    return download(taken.content, taken.media_type, taken.name)


@router.get("/page-exchange/selection")
def selection(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    ids: Annotated[str, Query(max_length=8000)] = "",
    q: Annotated[str, Query(max_length=2000)] = "",
    format: Format = "pdf",
    paper: Paper = Paper.A4,
    title: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Give the pages that are named or that a search finds as one file to save."""
    chosen = {name: [one for one in request.query_params.getlist(name) if one] for name in FACETS}
    library = house.library()
    pages = chosen_pages(
        library,
        ids=ids.replace("，", " ").replace(",", " ").replace("、", " ").split(),
        index=house.search_index(),
        query=q,
        chosen=chosen,
        most=MOST_FILES if format == "md" else MOST_PAGES,
    )
    taken = taken_out(
        library, pages, format=format, created=house.now(), language=language, paper=paper, title=title
    )
    return download(taken.content, taken.media_type, taken.name)


@router.post("/page-exchange/import")
def send(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    document: Annotated[UploadFile | None, File()] = None,
) -> Response:
    """Read a file and lead to the preview of what it would become."""
    if document is None or not document.filename:
        fault = Fault(
            where="document", what="is missing", repair="choose a .docx, .xlsx, .csv, .md or .zip file"
        )
        return _overview(request, refused=BadInput("nothing was imported", [fault]))
    try:
        digest = kept_upload(house, document.file, document.filename)
        wanted = ImportRequest(name=document.filename, dry_run=True)
        job = asked_for_import(house, digest, wanted, by=visitor.name)
    except FaultyInput as refused:
        return _overview(request, refused=refused)
    except Conflict as busy:
        return _overview(request, refused=BadInput("", [Fault(where=document.filename, what=str(busy))]))
    return RedirectResponse(f"/page-exchange/jobs/{job.id}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/page-exchange/jobs/{job_id}")
def show_job(request: Request, house: HouseDep, job_id: str) -> HTMLResponse:
    """Show how far the reading of a file is, or what it would become, or became."""
    return _job(request, house, job_id)


@router.post("/page-exchange/jobs/{job_id}/stop")
def stop(house: HouseDep, job_id: str) -> Response:
    """Ask for the reading to stop."""
    stop_job(house.store, job_id)
    return RedirectResponse(f"/page-exchange/jobs/{job_id}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/page-exchange/jobs/{job_id}/again")
async def again(request: Request, house: HouseDep, visitor: VisitorDep, job_id: str) -> Response:
    """Read the same file with other columns, or keep its cases as drafts."""
    form = await request.form()
    before = find_job(house.store, job_id, now=house.now())
    if before.kind != IMPORTING or before.state is not JobState.DONE:
        raise NotFound("preview", job_id[:64])
    headers = [str(one) for one in form.getlist("header")][:2000]
    fields = [str(one) for one in form.getlist("field")][:2000]
    wanted = ImportRequest(
        name=request_of(before).name,
        mapping={header: field or "" for header, field in zip(headers, fields, strict=False) if header},
        only=[int(str(one)[:9]) for one in form.getlist("only") if str(one).isdecimal()],
        types={
            int(number[:9]): str(kind)[:40]
            for name, kind in form.items()
            if name.startswith(TYPE_FIELD) and (number := name.removeprefix(TYPE_FIELD)).isdecimal()
        },
        dry_run=form.get("action") != "keep",
    )
    if not wanted.dry_run and not wanted.only:
        fault = Fault(where="only", what="no case is chosen", repair="choose at least one")
        return _job(request, house, job_id, refused=BadInput("nothing was imported", [fault]))
    try:
        job = asked_for_import(house, str(before.result["digest"]), wanted, by=visitor.name)
    except FaultyInput as refused:
        return _job(request, house, job_id, refused=refused)
    except NotFound:
        fault = Fault(where=wanted.name, what="is not kept any more", repair="send the file again")
        return _overview(request, refused=BadInput("nothing was imported", [fault]))
    return RedirectResponse(f"/page-exchange/jobs/{job.id}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/page-exchange/drafts/{draft_id}")
def show_draft(
    request: Request, house: HouseDep, draft_id: str, type: Annotated[str, Query(max_length=40)] = ""
) -> HTMLResponse:
    """Show a draft from a file, with the form to accept it as a type; without one as what was chosen when it came."""
    return _draft(request, house, draft_id, typed={"type": type} if type else None)


@router.post("/page-exchange/drafts/{draft_id}")
async def accept(request: Request, house: HouseDep, visitor: VisitorDep, draft_id: str) -> Response:
    """Make a page of a draft and lead to it; or show the form again with its faults."""
    form = await request.form()
    typed = {name: str(form[name]) for name in FIELDS if name in form}
    try:
        made = accept_draft(
            house.store, house.library(), draft_id, typed, editor=editor_of(visitor), now=house.now()
        )
    except (BadInput, Unwritable) as refused:
        return _draft(request, house, draft_id, typed=typed, refused=refused)
    return RedirectResponse(
        f"/page-exchange/drafts/{made.draft.id}?accepted=1", status_code=HTTPStatus.SEE_OTHER
    )


def _overview(request: Request, *, refused: FaultyInput | None = None) -> HTMLResponse:
    values = {
        "refused": refused,
        "kinds": [(kind, KIND_NAMES[kind]) for kind in KINDS],
        "most": MOST_PAGES,
        "may_import": request.state.visitor.may(Role.EDITOR),
    }
    status = HTTPStatus.OK if refused is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "page_exchange/overview.html", values, status_code=status)


def _job(request: Request, house: House, job_id: str, *, refused: FaultyInput | None = None) -> HTMLResponse:
    job = find_job(house.store, job_id, now=house.now())
    if job.kind != IMPORTING:
        raise NotFound("import", job_id[:64])
    report = job.result if job.state is JobState.DONE else None
    values = {
        "job": job,
        "wanted": request_of(job),
        "running": job.state is JobState.RUNNING,
        "stopped": job.state is JobState.CANCELLED,
        "elapsed_s": round(job.elapsed(house.now()).total_seconds()),
        "report": report,
        "items": (report or {}).get("items", ()),
        "told": _teller(request),
        "sections": tuple(SECTIONS),
        "shown": ITEMS_SHOWN,
        "refused": refused,
        "states": STATE_NAMES,
        "kind_names": KIND_NAMES,
        "fields": list(FIELD_NAMES.items()),
        "may_import": request.state.visitor.may(Role.EDITOR),
    }
    status = HTTPStatus.OK if refused is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "page_exchange/job.html", values, status_code=status)


def _draft(
    request: Request,
    house: House,
    draft_id: str,
    *,
    typed: dict[str, str] | None = None,
    refused: BadInput | Unwritable | None = None,
) -> HTMLResponse:
    waiting = draft(house.store, draft_id)
    if not waiting.imported:
        raise NotFound("draft from a file", draft_id[:64])
    library, language = house.library(), language_of_request(request)
    faults = refused.faults if isinstance(refused, BadInput) else ()
    possible = types_of_draft(waiting)
    kind = kind_of_draft(waiting.imported, typed or {})
    if possible and kind not in possible:
        kind = kind_of_draft(waiting.imported, {})
    form = {**accept_form(library, waiting, kind), **(typed or {})}
    values = {
        "draft": waiting,
        "told": _teller(request),
        "came": waiting.imported,
        "notes": [one for one in waiting.imported["notes"] if concerns(str(one.get("message", "")), kind)],
        "sections": tuple(SECTIONS),
        "page_title": library.pages[waiting.note].title if waiting.note in library.pages else "",
        "accepted": "accepted" in request.query_params,
        "form": {**form, "type": kind} if possible else form,
        "rows": form_rows(library, {**form, "type": kind}, language) if possible else (),
        "longest": LONGEST,
        "longest_lines": LONGEST_LINES,
        "labelled": lambda name: label_of(name, language),
        "kind": kind,
        "kind_names": KIND_NAMES,
        "possible": possible,
        "hazard_types": HAZARD_TYPES,
        "faults": faults,
        "problem": str(refused) if refused is not None and not faults else "",
        "may_accept": request.state.visitor.may(Role.EDITOR) and waiting.state != "closed",
    }
    status = HTTPStatus.OK if refused is None else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "page_exchange/draft.html", values, status_code=status)


def _teller(request: Request) -> Callable[[Mapping[str, Any]], str]:
    """Return what says a remark of an import in the visitor's language."""
    say = translator(language_of_request(request))

    def told(note: Mapping[str, Any]) -> str:
        if not note.get("message"):
            return say(str(note["what"]))
        return say(str(note["message"])).format(**dict(note["values"]))

    return told
