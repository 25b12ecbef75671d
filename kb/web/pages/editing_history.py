"""A page of the library as its file stands: read, with its history, its standing, and the site built again."""

from datetime import timedelta
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from markupsafe import Markup

from kb.content.lifecycle import next_confidences, next_statuses
from kb.content.pages import Confidence, Status
from kb.errors import BadInput, Conflict, Fault, NotAllowed, NotFound, Unwritable
from kb.i18n import Language, translator
from kb.usecases.accounts import Role
from kb.usecases.content import address_on_site
from kb.usecases.editing_difference import difference
from kb.usecases.editing_history import history, revision, texts_of
from kb.usecases.editing_opening import Opened, open_page
from kb.usecases.editing_preview import is_newer_than_site, rendered
from kb.usecases.editing_standing import YEAR, restore, set_standing
from kb.usecases.jobs import JobState, find_job
from kb.usecases.site_job import build_in_process, site_configuration, start_building
from kb.web.context import HouseDep, Visitor, VisitorDep, language_of_request
from kb.web.pages.editing_draft import editor_of
from kb.web.pages.editing_faults import in_words
from kb.web.pages.editing_words import HISTORY_NAMES, VALUE_NAMES, place_name
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter(prefix="/pages")

Id = Annotated[str, Path(max_length=80)]
Text = Annotated[str, Form(max_length=500)]
Number = Annotated[int, Query(ge=1, le=1_000_000)]
ROWS = 30
REFUSALS = (BadInput, Conflict, NotAllowed, Unwritable)


@router.post("/site/build")
def build_site(house: HouseDep, visitor: VisitorDep, back: Text = "/") -> Response:
    """Start building the site and lead to the job.

    Raises:
        NotAllowed: The role editor is needed.
    """
    if not visitor.may(Role.EDITOR):
        raise NotAllowed("building the site needs the role editor")
    settings = house.settings
    config = site_configuration(settings.content_dir)
    started = start_building(house.store, id=house.new_id(), now=house.now(), by=visitor.name)
    job = started.job
    if started.is_new:
        house.in_background(
            job.id,
            lambda: build_in_process(
                house.store,
                job,
                config_file=config,
                content_dir=settings.content_dir,
                site_dir=settings.site_dir,
                home=settings.home,
                clock=house.now,
            ),
        )
    return RedirectResponse(f"/pages/site/jobs/{job.id}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/site/jobs/{job_id}")
def site_job(job_id: Annotated[str, Path(max_length=64)], request: Request, house: HouseDep) -> HTMLResponse:
    """Show how far the building of the site is."""
    job = find_job(house.store, job_id, now=house.now())
    values = {
        "job": job,
        "running": job.state is JobState.RUNNING,
        "elapsed_s": round(job.elapsed(house.now()).total_seconds()),
    }
    return render(request, "editing/site_job.html", values)


@router.get("/{page_id}/read")
def read(
    page_id: Id,
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    saved: Annotated[str, Query(max_length=90)] = "",
) -> HTMLResponse:
    """Show a page as its file stands, made by the service itself."""
    opened = open_page(house.store, house.library(), page_id, editor=editor_of(visitor), now=house.now())
    return _page(request, house, visitor, opened, saved=saved)


@router.get("/{page_id}/history")
def history_page(page_id: Id, request: Request, house: HouseDep, page: Number = 1) -> HTMLResponse:
    """Show the states of a page, the newest first."""
    library = house.library()
    rows, total = history(
        house.store,
        library.folder,
        page_id,
        library.paths.get(page_id, ""),
        now=house.now(),
        page=page,
        size=ROWS,
    )
    if not total:
        raise NotFound("page", page_id)
    known = library.pages.get(page_id)
    values = {
        "id": page_id,
        "title": known.title if known else page_id,
        "rows": rows,
        "total": total,
        "page": page,
        "pages": max(-(-total // ROWS), 1),
        "names": HISTORY_NAMES,
        "zone": house.now().tzinfo,
    }
    return render(request, "editing/history.html", values)


@router.get("/{page_id}/difference")
def difference_page(
    page_id: Id, request: Request, house: HouseDep, visitor: VisitorDep, before: Number, after: Number
) -> HTMLResponse:
    """Show how one state of a page became another."""
    return _difference(request, house, visitor, page_id, before, after)


@router.post("/{page_id}/restore")
def bring_back(
    page_id: Id,
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    number: Annotated[int, Form(ge=1, le=1_000_000)],
    after: Annotated[int, Form(ge=1, le=1_000_000)] = 1,
    base: Text = "",
    why: Text = "",
) -> Response:
    """Bring an earlier state back as a new one, and show the page."""
    try:
        restore(
            house.store,
            house.library(),
            page_id,
            number,
            based_on=base,
            why=why,
            editor=editor_of(visitor),
            now=house.now(),
        )
    except REFUSALS as refusal:
        faults = _sentences(request, refusal)
        return _difference(request, house, visitor, page_id, number, after, why=why, faults=faults)
    return RedirectResponse(f"/pages/{page_id}/read?saved={page_id}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{page_id}/standing")
def change_standing(
    page_id: Id,
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    status: Annotated[Status, Form()],
    confidence: Annotated[Confidence, Form()],
    reviewed: Text = "",
    superseded_by: Text = "",
    base: Text = "",
    why: Text = "",
) -> Response:
    """Change status, confidence or review of a page; or show it again with what speaks against it."""
    editor = editor_of(visitor)
    try:
        set_standing(
            house.store,
            house.library(),
            page_id,
            status=status,
            confidence=confidence,
            reviewed_today=bool(reviewed),
            superseded_by=superseded_by.strip(),
            based_on=base,
            why=why,
            editor=editor,
            now=house.now(),
        )
    except REFUSALS as refusal:
        typed = {
            "status": status.value,
            "confidence": confidence.value,
            "reviewed": reviewed,
            "superseded_by": superseded_by,
            "why": why,
        }
        opened = open_page(house.store, house.library(), page_id, editor=editor, now=house.now())
        return _page(request, house, visitor, opened, typed=typed, faults=_sentences(request, refusal))
    return RedirectResponse(f"/pages/{page_id}/read?saved={page_id}", status_code=HTTPStatus.SEE_OTHER)


def _page(
    request: Request,
    house: House,
    visitor: Visitor,
    opened: Opened,
    *,
    saved: str = "",
    typed: dict[str, str] | None = None,
    faults: tuple[str, ...] = (),
) -> HTMLResponse:
    library = house.library()
    page, known = opened.page, opened.known
    role = editor_of(visitor).role.value
    statuses = next_statuses(role, page) if page is not None else ()
    confidences = next_confidences(role, page) if page is not None else ()
    pause = page.review_due - page.reviewed if page is not None else YEAR
    values = {
        "id": opened.id,
        "title": known.title if known else opened.id,
        "digest": opened.digest,
        "saved": saved,
        "html": Markup(rendered(library, page, opened.body)) if page is not None else "",  # noqa: S704 - sanitised
        "status_name": VALUE_NAMES[known.status] if known else "",
        "confidence_name": VALUE_NAMES[known.confidence] if known else "",
        "site_address": address_on_site(page) if page is not None else "",
        "is_newer": opened.id in library.pages
        and is_newer_than_site(library, opened.id, house.settings.site_dir),
        "may_rebuild": visitor.may(Role.EDITOR),
        "may_review": page is not None and not opened.not_allowed,
        "statuses": [(one.value, VALUE_NAMES[one]) for one in statuses],
        "confidences": [(one.value, VALUE_NAMES[one]) for one in confidences],
        "next_review": house.today() + (pause if pause > timedelta(0) else YEAR),
        "faults": faults,
        "typed": typed
        or {
            "status": page.status.value if page else "",
            "confidence": page.confidence.value if page else "",
            "reviewed": "",
            "superseded_by": "",
            "why": "",
        },
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "editing/read.html", values, status_code=status)


def _difference(
    request: Request,
    house: House,
    visitor: Visitor,
    page_id: str,
    before: int,
    after: int,
    *,
    why: str = "",
    faults: tuple[str, ...] = (),
) -> HTMLResponse:
    library = house.library()
    one, old = revision(house.store, page_id, before)
    other, new = revision(house.store, page_id, after)
    texts = texts_of([old, new])
    path = library.paths.get(page_id, "")
    known = library.pages.get(page_id)
    values = {
        "id": page_id,
        "before": one,
        "after": other,
        "lines": difference(*texts),
        "digest": library.files[path].digest if path else "",
        "may_restore": known is None or visitor.may(Role.ENGINEER),
        "names": HISTORY_NAMES,
        "zone": house.now().tzinfo,
        "why": why,
        "faults": faults,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "editing/difference.html", values, status_code=status)


def _sentences(request: Request, refusal: Exception) -> tuple[str, ...]:
    _ = translator(language_of_request(request))
    if isinstance(refusal, Conflict):
        return (_("somebody has changed it since you opened it; look at it and send it once more"),)
    if isinstance(refusal, BadInput):
        return tuple(
            " ".join(part for part in _parts(fault, language_of_request(request)) if part)
            for fault in refusal.faults
        )
    return (str(refusal.args[0]),)


def _parts(fault: Fault, language: Language) -> tuple[str, ...]:
    repair = f"→ {in_words(fault.repair, language)}" if fault.repair else ""
    return place_name(fault.where, language), in_words(fault.what, language), repair
