"""Where a reader says whether a page helped, where an engineer says which page cured a fault, and the work from it."""

from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault, NotFound
from kb.i18n import Language, translator
from kb.usecases.accounts import Role
from kb.usecases.course_stale import keep_stale_work
from kb.usecases.page_feedback import LONGEST_TEXT, REASONS, Verdict, feedback_on, judge_page
from kb.usecases.page_use import LINKED_KINDS, link_page, pages_of_visit, unlink_page
from kb.usecases.page_work import STATES, State, page_work, page_work_counts, take_over_page
from kb.usecases.search import find_pages, shown_hits
from kb.usecases.work_items import Asked
from kb.web.context import HouseDep, LanguageDep, VisitorDep, language_of_request
from kb.web.pages.visit_rows import visit_address
from kb.web.rendering import render
from kb.wiring import House

votes_router = APIRouter()
uses_router = APIRouter()
work_router = APIRouter()

PAGE_SIZE = 30
LAST_PAGE = 300
HITS_OFFERED = 10
STATE_NAMES = {"open": "Open", "mended": "mended", "declined": "Declined"}
PageId = Annotated[str, Path(max_length=80)]
Text = Annotated[str, Form(max_length=4000)]


@votes_router.get("/pages/{page_id}/feedback")
def feedback_page(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    page_id: PageId,
    back: Annotated[str, Query(max_length=2000)] = "",
) -> HTMLResponse:
    """Show how a page is judged, with the form to judge it."""
    return _feedback(request, house, visitor, page_id, back=back)


@votes_router.post("/pages/{page_id}/feedback")
def judge(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    page_id: PageId,
    helpful: Annotated[str, Form(pattern="^(yes|no)$")] = "no",
    reason: Text = "",
    text: Text = "",
    back: Text = "",
) -> Response:
    """Keep the verdict and lead back to the page's feedback; or show the form again with its faults."""
    helped = helpful == "yes"
    verdict = Verdict(helpful=helped, reason="" if helped else reason, text=text)
    try:
        judge_page(house.store, house.library(), page_id, verdict, voter=visitor.voter, now=house.now())
    except BadInput as refusal:
        return _feedback(request, house, visitor, page_id, back=back, typed=verdict, faults=refusal.faults)
    query = urlencode({"saved": "1", **({"back": back} if back else {})})
    return RedirectResponse(f"/pages/{page_id}/feedback?{query}", status_code=HTTPStatus.SEE_OTHER)


def _feedback(
    request: Request,
    house: House,
    visitor: VisitorDep,
    page_id: str,
    *,
    back: str,
    typed: Verdict | None = None,
    faults: tuple[Fault, ...] = (),
) -> HTMLResponse:
    found = feedback_on(house.store, house.library(), page_id, voter=visitor.voter)
    values = {
        "found": found,
        "mine": typed or (found.mine.verdict if found.mine else None),
        "reasons": list(REASONS.items()),
        "reason_names": REASONS,
        "longest": LONGEST_TEXT,
        "faults": faults,
        "saved": "saved" in request.query_params,
        "back": back if back.startswith("/") and not back.startswith(("//", "/\\")) else "",
    }
    code = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "health/feedback.html", values, status_code=code)


@uses_router.get("/page-uses")
def choose_page(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    visit: Annotated[str, Query(max_length=200)],
    q: Annotated[str, Query(max_length=2000)] = "",
) -> HTMLResponse:
    """Show the pages that were used on a visit, and those that a search offers to be linked to it."""
    return _uses(request, house, language, visit, q)


@uses_router.post("/page-uses")
def use_page(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    language: LanguageDep,
    visit: Annotated[str, Form(max_length=200)],
    page_id: Annotated[str, Form(max_length=80)],
    how: Annotated[str, Form(pattern="^(solved|used|unlink)$")] = "solved",
    q: Text = "",
) -> Response:
    """Link a page to a visit, or take the link back, and lead to the visit; a second click counts once."""
    try:
        if how == "unlink":
            unlink_page(house.store, page_id=page_id, visit_key=visit, who=visitor.name, now=house.now())
        else:
            link_page(
                house.store,
                house.library(),
                page_id=page_id.strip(),
                visit_key=visit,
                solved=how == "solved",
                who=visitor.name,
                now=house.now(),
            )
    except Conflict as refusal:
        fault = Fault(where="page_id", what=str(refusal))
        return _uses(request, house, language, visit, q, faults=(fault,))
    except NotFound:
        if how != "unlink":
            raise
    return RedirectResponse(f"{visit_address(visit)}#pages", status_code=HTTPStatus.SEE_OTHER)


def _uses(
    request: Request,
    house: House,
    language: Language,
    visit: str,
    query: str,
    *,
    faults: tuple[Fault, ...] = (),
) -> HTMLResponse:
    linked = pages_of_visit(house.store, house.library(), visit, today=house.today())
    hits = []
    if query.strip():
        index = house.search_index()
        chosen = {"type": LINKED_KINDS}
        result = find_pages(index, query, chosen=chosen, size=HITS_OFFERED, with_facets=False)
        hits = list(shown_hits(index, result, language))
    values = {
        "visit_key": visit,
        "visit_href": visit_address(visit),
        "query": query,
        "linked": linked,
        "linked_ids": {one.page_id for one in linked},
        "hits": hits,
        "faults": faults,
        "may_link": request.state.visitor.may(Role.ENGINEER),
    }
    code = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "health/uses.html", values, status_code=code)


@work_router.get("/page-work")
def work_page(
    request: Request,
    house: HouseDep,
    state: State = "open",
    page: Annotated[int, Query(ge=1, le=LAST_PAGE)] = 1,
) -> HTMLResponse:
    """Show the pages that readers called wrong or out of date, with a form for each."""
    return _work(request, house, state=state, page=page)


@work_router.post("/page-work/{page_id}")
def take_over_work(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    page_id: PageId,
    owner: Text = "",
    due: Text = "",
    state: Text = "open",
    note: Text = "",
    revision: Annotated[int | None, Form()] = None,
    shown: Annotated[State, Form()] = "open",
    page: Annotated[int, Form(ge=1, le=LAST_PAGE)] = 1,
) -> Response:
    """Keep owner, due day, state and note, and lead back to the list; or show the form again with its faults."""
    asked = Asked(owner=owner, due=due, state=state, note=note, revision=revision)
    try:
        take_over_page(house.store, house.library(), page_id, asked, who=visitor.name, now=house.now())
    except BadInput as refusal:
        return _work(
            request, house, state=shown, page=page, typed=asked, refused=page_id, faults=refusal.faults
        )
    except Conflict as refusal:
        _ = translator(language_of_request(request))
        said = _("somebody has changed it since you opened it; look at it and send it once more")
        return _work(
            request,
            house,
            state=shown,
            page=page,
            typed=asked,
            refused=page_id,
            faults=(Fault(where="revision", what=said),),
            status=HTTPStatus.PRECONDITION_FAILED,
            theirs=refusal.theirs,
        )
    address = "/page-work?" + urlencode({"state": shown, "page": page, "saved": page_id})
    return RedirectResponse(f"{address}#w-{page_id}", status_code=HTTPStatus.SEE_OTHER)


def _work(
    request: Request,
    house: House,
    *,
    state: State,
    page: int,
    typed: Asked | None = None,
    refused: str = "",
    faults: tuple[Fault, ...] = (),
    status: HTTPStatus | None = None,
    theirs: dict[str, object] | None = None,
) -> HTMLResponse:
    library = house.library()
    keep_stale_work(house.store, library, now=house.now())
    counts = page_work_counts(house.store)
    values = {
        "rows": page_work(house.store, library, today=house.today(), state=state, page=page, size=PAGE_SIZE),
        "counts": counts,
        "states": [(name, STATE_NAMES[name]) for name in STATES],
        "state": state,
        "page": page,
        "pages": max(1, min(LAST_PAGE, -(-counts[state] // PAGE_SIZE))),
        "typed": typed,
        "refused": refused,
        "faults": faults,
        "theirs": theirs or {},
        "reasons": REASONS,
        "saved": request.query_params.get("saved", ""),
        "may_change": request.state.visitor.may(Role.EDITOR),
    }
    code = status or (HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK)
    return render(request, "health/work.html", values, status_code=code)
