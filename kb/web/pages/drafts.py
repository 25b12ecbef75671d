"""Draft cases from the field for who makes cases of them: a list, one draft with its photos, its state."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault
from kb.i18n import translator
from kb.usecases.accounts import Role
from kb.usecases.drafts import STATES, State, change_draft, draft, draft_counts, draft_photo, drafts
from kb.usecases.duplicates import draft_sketch, duplicates_of
from kb.usecases.search import sentences
from kb.web.context import HouseDep, VisitorDep, language_of_request
from kb.web.photos import photo_answer
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter(prefix="/drafts")

PAGE_SIZE = 30
LAST_PAGE = 300
DUPLICATES_SHOWN = 3
STATE_NAMES = {"new": "new draft", "taken": "taken up", "closed": "closed draft"}
FIELD_NAMES = (
    ("machine", "Machine and control"),
    ("alarm", "What the control shows"),
    ("symptom", "What the customer complains of"),
    ("ruled_out", "What was ruled out, and how"),
    ("cured_by", "What cured it"),
    ("notes", "Further notes"),
)
"""Fields of a draft and their titles, as the phone's form has them."""

Id = Annotated[str, Path(max_length=64)]
Text = Annotated[str, Form(max_length=2000)]


@router.get("")
def list_page(
    request: Request,
    house: HouseDep,
    state: State = "new",
    page: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1,
) -> HTMLResponse:
    """Show the drafts of a state, those received last first."""
    counts = draft_counts(house.store)
    values = {
        "rows": drafts(house.store, state=state, page=page, size=PAGE_SIZE),
        "counts": counts,
        "states": [(name, STATE_NAMES[name]) for name in STATES],
        "state_names": STATE_NAMES,
        "state": state,
        "page": page,
        "pages": max(1, min(LAST_PAGE, -(-counts[state] // PAGE_SIZE))),
    }
    return render(request, "drafts/list.html", values)


@router.get("/{id}")
def show_page(request: Request, house: HouseDep, id: Id) -> HTMLResponse:
    """Show a draft."""
    return _page(request, house, id)


@router.get("/{id}/photos/{position}")
def photo(house: HouseDep, id: Id, position: Annotated[int, Path(ge=1, le=500)]) -> Response:
    """Return a photo of a draft."""
    return photo_answer(*draft_photo(house.store, id, position))


@router.post("/{id}/page")
def make_page(house: HouseDep, visitor: VisitorDep, id: Id) -> Response:
    """Take a draft up and lead to the form of its page; to the page itself where it has one."""
    kept = draft(house.store, id)
    if kept.page_id:
        return RedirectResponse(f"/pages/{kept.page_id}/read", status_code=HTTPStatus.SEE_OTHER)
    if kept.state != "taken":
        change_draft(
            house.store,
            id,
            state="taken",
            note=kept.note,
            revision=None,
            who=visitor.name,
            now=house.now(),
        )
    return RedirectResponse(f"/pages/new/case?draft={kept.id}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{id}")
def change_page(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    id: Id,
    state: Text = "new",
    note: Text = "",
    revision: Annotated[int | None, Form()] = None,
) -> Response:
    """Keep state and note and lead back to the draft; or show the form again with its faults."""
    typed = {"state": state, "note": note}
    try:
        kept = change_draft(
            house.store, id, state=state, note=note, revision=revision, who=visitor.name, now=house.now()
        )
    except BadInput as refusal:
        return _page(request, house, id, typed=typed, faults=refusal.faults)
    except Conflict:
        _ = translator(language_of_request(request))
        said = _("somebody has changed it since you opened it; look at it and send it once more")
        fault = Fault(where="revision", what=said)
        return _page(request, house, id, typed=typed, faults=(fault,), status=HTTPStatus.PRECONDITION_FAILED)
    return RedirectResponse(f"/drafts/{kept.id}?saved=1", status_code=HTTPStatus.SEE_OTHER)


def _page(
    request: Request,
    house: House,
    id: str,
    *,
    typed: dict[str, str] | None = None,
    faults: tuple[Fault, ...] = (),
    status: HTTPStatus | None = None,
) -> HTMLResponse:
    kept = draft(house.store, id)
    language = language_of_request(request)
    alike = duplicates_of(house.search_index(), draft_sketch(kept.texts), size=DUPLICATES_SHOWN)
    values = {
        "draft": kept,
        "alike": [(one, sentences(one.why, language)) for one in alike],
        "fields": FIELD_NAMES,
        "states": [(name, STATE_NAMES[name]) for name in STATES],
        "typed": typed or {},
        "faults": faults,
        "saved": "saved" in request.query_params,
        "may_change": request.state.visitor.may(Role.EDITOR),
    }
    code = status or (HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK)
    return render(request, "drafts/show.html", values, status_code=code)
