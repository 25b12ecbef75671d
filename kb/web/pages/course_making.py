"""A course proposed from pages that are found by a search, opened in the editor; and one brought in step again."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, NotAllowed, Unwritable
from kb.usecases.accounts import Role
from kb.usecases.course_drawing import DRAWN
from kb.usecases.course_new import MOST_PAGES, ProposedCourse, propose_course
from kb.usecases.course_stale import StaleCourse, refresh_course, stale_courses
from kb.usecases.courses import course
from kb.usecases.search import find_pages
from kb.web.context import HouseDep, VisitorDep
from kb.web.pages.editing_draft import Sent, editor_of
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter()

FOUND = 20
TYPES = ["case", "guide", "alarm", "checklist"]
Text = Annotated[str, Query(max_length=200)]


@router.get("/new")
def new(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    q: Text = "",
    from_: Annotated[list[str] | None, Query(alias="from", max_length=2 * FOUND + MOST_PAGES)] = None,
    id: Text = "",
    title: Text = "",
    title_en: Text = "",
    propose: bool = False,
) -> HTMLResponse:
    """Show pages to choose from, and what a course made of the chosen ones would be."""
    library = house.library()
    named = list(dict.fromkeys(one.strip()[:80] for one in from_ or () if one.strip()))
    chosen = [library.pages[one] for one in named if one in library.pages]
    found = []
    if q.strip():
        index = house.search_index()
        hits = find_pages(index, q, chosen={"type": TYPES}, page=1, size=FOUND, reuse=house.reuse()).hits
        found = [hit.page for hit in hits if hit.page.id not in named and isinstance(hit.page, DRAWN)]
    made: ProposedCourse | None = None
    refused: BadInput | None = None
    if propose:
        try:
            made = propose_course(
                library, named, owner=visitor.name, now=house.now(), id=id, title=title, title_en=title_en
            )
        except BadInput as error:
            refused = error
    values = {
        "q": q,
        "chosen": chosen,
        "found": found,
        "typed": {"id": id, "title": title, "title_en": title_en},
        "made": made,
        "refused": refused,
        "most": MOST_PAGES,
        "may_write": visitor.may(Role.EDITOR),
    }
    code = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "courses/new.html", values, status_code=code)


@router.get("/stale")
def stale_page(request: Request, house: HouseDep) -> HTMLResponse:
    """Show the courses whose sources have moved on, with the slides to look at."""
    rows = stale_courses(house.store, house.library(), now=house.now())
    return render(request, "courses/stale.html", {"rows": rows})


@router.get("/{id}/stale")
def look(request: Request, house: HouseDep, id: Annotated[str, Path(max_length=80)]) -> HTMLResponse:
    """Show what changed in the sources of one course, and let a trainer say that he has looked."""
    return _look(request, house, id)


@router.post("/{id}/stale")
def refresh(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    id: Annotated[str, Path(max_length=80)],
    pairs: Sent,
    why: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Bring a course in step with the sources that were ticked, as they were shown."""
    looked_at = {}
    for name, value in pairs:
        source, _, revision = value.rpartition("@")
        if name == "looked_at" and revision.isdigit():
            looked_at[source] = int(revision[:9])
    try:
        refresh_course(
            house.store,
            house.library(),
            id,
            looked_at,
            why=why,
            editor=editor_of(visitor),
            now=house.now(),
        )
    except (BadInput, Conflict, NotAllowed, Unwritable) as refusal:
        return _look(request, house, id, refusal=refusal, why=why)
    return RedirectResponse(f"/courses/{id}", status_code=HTTPStatus.SEE_OTHER)


def stale_course(house: House, id: str) -> StaleCourse | None:
    """Return a course with what changed in its sources; None where it is in step."""
    found = stale_courses(house.store, house.library(), now=house.now())
    return next((one for one in found if one.page.id == id), None)


def _look(
    request: Request,
    house: House,
    id: str,
    *,
    refusal: BadInput | Conflict | NotAllowed | Unwritable | None = None,
    why: str = "",
) -> HTMLResponse:
    page = course(house.library(), id)
    faults = [str(one) for one in refusal.faults] if isinstance(refusal, BadInput) else []
    if refusal is not None and not faults:
        faults = [str(refusal)]
    code = {BadInput: HTTPStatus.UNPROCESSABLE_ENTITY, Conflict: HTTPStatus.CONFLICT}.get(
        type(refusal), HTTPStatus.FORBIDDEN if refusal else HTTPStatus.OK
    )
    values = {
        "page": page,
        "stale": stale_course(house, id),
        "faults": faults,
        "why": why,
        "may_write": request.state.visitor.may(Role.EDITOR),
    }
    return render(request, "courses/look.html", values, status_code=code)
