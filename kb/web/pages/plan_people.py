"""A technician's week for the phone and for the printer, and the calendars that phones subscribe to."""

from datetime import UTC, date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import NotFound
from kb.export.docx import MEDIA_TYPE as DOCX
from kb.export.docx import docx_bytes
from kb.export.ics import MEDIA_TYPE as ICS
from kb.export.pdf import MEDIA_TYPE as PDF
from kb.export.pdf import pdf_bytes
from kb.usecases.accounts import Role
from kb.usecases.plan import latest_plan
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_documents import AUTHOR
from kb.usecases.plan_feeds import feed_file, feeds, make_feed, revoke_feed
from kb.usecases.plan_week import WEEK, technician_week, week_document
from kb.usecases.plan_words import Words
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.downloads import download
from kb.web.pages.plan_rows import visit_href
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter()
feed_router = APIRouter(prefix="/calendar")
"""Asked by phones without a login: the address itself is the secret."""

Code = Annotated[str, Path(max_length=64)]


def _book(house: House) -> PlanBook:
    book = latest_plan(house.store, zone=house.now().tzinfo or UTC)
    if book is None:
        raise NotFound("plan", "latest")
    return book


@router.get("/week/{technician}")
def week(
    request: Request, house: HouseDep, language: LanguageDep, technician: Code, day: date | None = None
) -> HTMLResponse:
    """Show a technician's week, made for a phone."""
    book = _book(house)
    found = technician_week(book, technician, day or house.today(), language)
    return render(
        request,
        "plan_living/week.html",
        {
            "words": Words(language),
            "week": found,
            "last": found.monday + WEEK,
            "previous": found.monday - WEEK,
            "following": found.monday + WEEK,
            "today": house.today(),
            "visit_href": visit_href,
            "feeds": feeds(house.store, found.technician_id),
            "may_plan": request.state.visitor.may(Role.PLANNER),
        },
    )


@router.get("/week/{technician}/{monday}.{ending}")
def week_file(
    house: HouseDep, language: LanguageDep, technician: Code, monday: date, ending: str
) -> Response:
    """Return a technician's week as docx or pdf."""
    book, words = _book(house), Words(language)
    if ending not in ("docx", "pdf"):
        raise NotFound("document", ending)
    found = technician_week(book, technician, monday, language)
    document = week_document(book, found, language, author=words.say(AUTHOR))
    name = f"{words.say('Week of {name}').format(name=found.name)}_{found.monday}.{ending}"
    if ending == "docx":
        return download(docx_bytes(document), DOCX, name)
    return download(pdf_bytes(document, created=document.created), PDF, name)


@router.post("/feeds")
def subscribe(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    technician: Annotated[str, Form(max_length=64)],
) -> HTMLResponse:
    """Make a secret address of a technician's calendar, and show it this once."""
    feed, secret = make_feed(
        house.store, technician, id=house.new_id(), secret=house.token, who=visitor.name, now=house.now()
    )
    book = latest_plan(house.store, zone=house.now().tzinfo or UTC)
    address = str(request.base_url).rstrip("/") + f"/calendar/{secret}.ics"
    values = {
        "name": book.technician_name(feed.technician_id) if book else technician,
        "code": technician,
        "address": address,
    }
    answer = render(request, "plan_living/feed.html", values)
    answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post("/feeds/{id}/revoke")
def revoke(
    house: HouseDep,
    visitor: VisitorDep,
    id: Code,
    technician: Annotated[str, Form(max_length=64)] = "",
) -> RedirectResponse:
    """Let a secret address hold no longer."""
    revoke_feed(house.store, id, who=visitor.name, now=house.now())
    where = f"/plan/week/{technician}" if technician and technician.isalnum() else "/plan/board"
    return RedirectResponse(where, status_code=HTTPStatus.SEE_OTHER)


@feed_router.get("/{secret}.ics")
def calendar(
    request: Request, house: HouseDep, language: LanguageDep, secret: Annotated[str, Path(max_length=200)]
) -> Response:
    """Return the calendar of a secret address; nothing is sent where the phone has it already."""
    found = feed_file(
        house.store, secret, language=language, time_zone=house.settings.time_zone, now=house.now()
    )
    headers = {
        "ETag": f'"{found.mark}"',
        "Cache-Control": "private, max-age=900",
        "X-Robots-Tag": "noindex",
    }
    known = [one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")]
    if f'"{found.mark}"' in known or "*" in known:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    return Response(found.content, media_type=ICS, headers=headers)
