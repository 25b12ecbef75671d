"""Queries without a good answer, for the trainer; and the buttons that call an answer helpful or not."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import parse_qsl, urlencode

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault
from kb.i18n import translator
from kb.usecases.accounts import Role
from kb.usecases.search import FACETS
from kb.usecases.search_log import STATES, State, take_over, unanswered, unanswered_counts, vote
from kb.web.context import HouseDep, VisitorDep, language_of_request
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter()
votes_router = APIRouter()

PAGE_SIZE = 30
LAST_PAGE = 300
STATE_NAMES = {"open": "Open", "answered": "Answered", "declined": "Declined"}

Text = Annotated[str, Form(max_length=2000)]


@router.get("/search/unanswered")
def unanswered_page(
    request: Request,
    house: HouseDep,
    state: State = "open",
    page: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1,
) -> HTMLResponse:
    """Show the queries of a state with a form for each."""
    return _page(request, house, state=state, page=page)


@router.post("/search/unanswered/{id}")
def take_over_page(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    id: Annotated[str, Path(max_length=64)],
    owner: Text = "",
    due: Text = "",
    state: Text = "open",
    note: Text = "",
    revision: Annotated[int | None, Form()] = None,
    shown: Annotated[State, Form()] = "open",
    page: Annotated[int, Form(ge=1, le=LAST_PAGE)] = 1,
) -> Response:
    """Keep owner, due day, state and note, and lead back to the list; or show the form again with its faults."""
    typed = {"owner": owner, "due": due, "state": state, "note": note}
    try:
        take_over(
            house.store,
            id=id,
            owner=owner,
            due=due,
            state=state,
            note=note,
            revision=revision,
            who=visitor.name,
            now=house.now(),
        )
    except BadInput as refusal:
        return _page(request, house, state=shown, page=page, typed=typed, refused=id, faults=refusal.faults)
    except Conflict as refusal:
        _ = translator(language_of_request(request))
        said = _("somebody has changed it since you opened it; look at it and send it once more")
        return _page(
            request,
            house,
            state=shown,
            page=page,
            typed=typed,
            refused=id,
            faults=(Fault(where="revision", what=said),),
            status=HTTPStatus.PRECONDITION_FAILED,
            theirs=refusal.theirs,
        )
    address = "/search/unanswered?" + urlencode({"state": shown, "page": page, "saved": id})
    return RedirectResponse(f"{address}#q-{id}", status_code=HTTPStatus.SEE_OTHER)


@votes_router.post("/search/vote")
def vote_page(
    house: HouseDep,
    q: Text = "",
    page_id: Annotated[str, Form(max_length=80)] = "",
    helpful: Annotated[str, Form(pattern="^(yes|no)$")] = "no",
    back: Text = "",
) -> Response:
    """Count the vote and lead back to the search, with what was chosen there."""
    vote(
        house.store,
        house.library(),
        query=q,
        page_id=page_id,
        helpful=helpful == "yes",
        now=house.now(),
    )
    kept = [(name, value) for name, value in parse_qsl(back) if name in FACETS or name == "page"]
    address = "/search?" + urlencode([("q", q), *kept, ("voted", page_id)])
    return RedirectResponse(f"{address}#hit-{page_id}", status_code=HTTPStatus.SEE_OTHER)


def _page(
    request: Request,
    house: House,
    *,
    state: State,
    page: int,
    typed: dict[str, str] | None = None,
    refused: str = "",
    faults: tuple[Fault, ...] = (),
    status: HTTPStatus | None = None,
    theirs: dict[str, object] | None = None,
) -> HTMLResponse:
    rows = unanswered(
        house.store, house.search_index(), today=house.today(), state=state, page=page, size=PAGE_SIZE
    )
    counts = unanswered_counts(house.store)
    values = {
        "rows": rows,
        "counts": counts,
        "states": [(name, STATE_NAMES[name]) for name in STATES],
        "state": state,
        "page": page,
        "pages": max(1, min(LAST_PAGE, -(-counts[state] // PAGE_SIZE))),
        "typed": typed or {},
        "refused": refused,
        "faults": faults,
        "theirs": theirs or {},
        "titles": house.library().pages,
        "saved": request.query_params.get("saved", ""),
        "may_change": request.state.visitor.may(Role.EDITOR),
    }
    code = status or (HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK)
    return render(request, "search/unanswered.html", values, status_code=code)
