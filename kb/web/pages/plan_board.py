"""The board of a week: technicians by days, visits that are dragged, chosen or typed to another place."""

from collections.abc import Mapping
from datetime import UTC, date, timedelta
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault, NotFound, Unconfirmed
from kb.usecases.accounts import Role
from kb.usecases.plan import day_kinds, latest_plan
from kb.usecases.plan_board import Consequences, consequences_of_change, consequences_of_swap, swap_visits
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_company import company_of
from kb.usecases.plan_versions import GONE, monday_of
from kb.usecases.plan_words import Words, hours_text
from kb.usecases.register_kinds import Wording, wording_of
from kb.usecases.visit_reading import visit
from kb.usecases.visit_states import OPEN
from kb.usecases.visits import change_visit
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.pages.plan_rows import visit_href
from kb.web.rendering import render
from kb.wiring import House
from planner.calendars import technician_calendar
from planner.model import Visit

router = APIRouter()

CHANGED = ("day", "technician", "state", "locked")
Key = Annotated[str, Query(max_length=200)]
Text = Annotated[str, Form(max_length=200)]


def _wording(house: HouseDep, language: LanguageDep) -> Wording:
    return wording_of(language, house.settings.time_zone, house.library().vocabularies)


WordingDep = Annotated[Wording, Depends(_wording)]


def _book(house: House) -> PlanBook:
    book = latest_plan(house.store, zone=house.now().tzinfo or UTC)
    if book is None:
        raise NotFound("plan", "latest")
    return book


@router.get("/board")
def board(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    week: date | None = None,
    moved: Key = "",
    was_day: str = "",
    was: str = "",
) -> HTMLResponse:
    """Show a week: what everybody has on each day."""
    book, today = _book(house), house.today()
    monday = monday_of(week or min(max(today, book.first_day), book.last_day))
    days = [monday + timedelta(days=number) for number in range(7)]
    kinds, words = day_kinds(), Words(language)
    by_place: dict[tuple[str | None, date], list[Visit]] = {}
    for one in book.presences:
        if days[0] <= one.day <= days[-1] and one.state not in GONE:
            by_place.setdefault((one.technician_id, one.day), []).append(one)
    people: list[str | None] = [*sorted(book.technicians, key=lambda id: (book.code("technicians", id), id))]
    people += sorted({who for who, _ in by_place if who is not None and who not in book.technicians})
    if any(who is None for who, _ in by_place):
        people.insert(0, None)
    rows = []
    for who in people:
        person = book.technicians.get(who or "")
        calendar = technician_calendar(person) if person else None
        cells = []
        for day in days:
            pieces = sorted(by_place.get((who, day), ()), key=lambda one: (hours_text(one.hours), one.key))
            is_off = calendar is not None and not calendar.is_working(day)
            cells.append((day, is_off, [_piece(book, words, one) for one in pieces]))
        rows.append((who, book.code("technicians", who) if who else "", book.technician_name(who), cells))
    return render(
        request,
        "plan_living/board.html",
        {
            "words": words,
            "monday": monday,
            "days": [(day, kinds(day)) for day in days],
            "previous": monday - timedelta(days=7),
            "following": monday + timedelta(days=7),
            "rows": rows,
            "today": today,
            "total": sum(len(found) for found in by_place.values()),
            "moved": moved,
            "undo": f"/plan/move?{urlencode({'key': moved, 'day': was_day, 'technician': was})}"
            if was_day
            else "",
            "may_plan": request.state.visitor.may(Role.PLANNER),
        },
    )


def _piece(book: PlanBook, words: Words, one: Visit) -> Mapping[str, object]:
    return {
        "key": one.key,
        "href": visit_href(one.key),
        "move": f"/plan/move?{urlencode({'key': one.key})}",
        "hours": hours_text(one.hours),
        "site": book.site_name(one.site_id),
        "customer": book.customer_name(one.site_id),
        "levels": " · ".join(part for part in (words.levels(one), company_of(book, words, one)) if part),
        "state": words.state(one.state),
        "state_code": one.state.value,
        "locked": one.locked,
        "open": one.state in OPEN,
        "window": f"{one.earliest} – {one.latest}",
    }


@router.get("/move")
def move(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    wording: WordingDep,
    key: Key,
    day: str | None = None,
    technician: str | None = None,
    state: str | None = None,
    locked: str | None = None,
    other: Key = "",
    fragment: bool = False,
) -> HTMLResponse:
    """Show what a change of a visit comes to, with the button that makes it; without a change, the form for one."""
    if other:
        faults: tuple[Fault, ...] = ()
        found = None
        try:
            found = consequences_of_swap(house.store, key, other, wording=wording, today=house.today())
        except BadInput as error:
            faults = error.faults
        return _move(request, house, language, key, {}, found, other=other, faults=faults, fragment=fragment)
    given = {"day": day, "technician": technician, "state": state, "locked": locked}
    raw: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    found = (
        consequences_of_change(house.store, key, raw, wording=wording, today=house.today()) if raw else None
    )
    return _move(request, house, language, key, raw, found, fragment=fragment)


@router.post("/move")
def make(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    wording: WordingDep,
    visitor: VisitorDep,
    key: Text,
    revision: Annotated[int, Form()],
    day: Annotated[str | None, Form(max_length=40)] = None,
    technician: Annotated[str | None, Form(max_length=64)] = None,
    state: Annotated[str | None, Form(max_length=20)] = None,
    locked: Annotated[str | None, Form(max_length=10)] = None,
    confirm: Text = "",
) -> Response:
    """Make a change of a visit that was looked at before, and lead to the week where it stands now."""
    given = {"day": day, "technician": technician, "state": state, "locked": locked}
    raw: dict[str, object] = {name: value for name, value in given.items() if value is not None}
    was = visit(house.store, key, today=house.today())
    try:
        done = change_visit(
            house.store,
            key,
            {**raw, "confirm": bool(confirm)},
            revision=revision,
            wording=wording,
            who=visitor.name,
            now=house.now(),
        )
    except (BadInput, Conflict) as error:
        found = consequences_of_change(house.store, key, raw, wording=wording, today=house.today())
        unread = isinstance(error, Unconfirmed)
        return _move(
            request, house, language, key, raw, found, unread=unread, changed=isinstance(error, Conflict)
        )
    query: dict[str, str] = {"week": monday_of(done.kept.visit.day).isoformat(), "moved": key}
    if day is not None or technician is not None:
        query |= {"was_day": was.visit.day.isoformat(), "was": str(was.values["technician"] or "")}
    return RedirectResponse(f"/plan/board?{urlencode(query)}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/swap")
def swap(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    wording: WordingDep,
    visitor: VisitorDep,
    key: Text,
    other: Text,
    revision: Annotated[int, Form()],
    other_revision: Annotated[int, Form()],
    confirm: Text = "",
) -> Response:
    """Let two visits change places after it was looked at."""
    try:
        swap_visits(
            house.store,
            key,
            other,
            confirm=bool(confirm),
            wording=wording,
            who=visitor.name,
            now=house.now(),
            revisions=(revision, other_revision),
        )
    except (BadInput, Conflict) as error:
        found = None
        faults: tuple[Fault, ...] = ()
        try:
            found = consequences_of_swap(house.store, key, other, wording=wording, today=house.today())
        except BadInput as refusal:
            faults = refusal.faults
        return _move(
            request, house, language, key, {}, found, other=other, faults=faults,
            unread=isinstance(error, Unconfirmed), changed=isinstance(error, Conflict),
        )  # fmt: skip
    day = visit(house.store, key, today=house.today()).visit.day
    query = urlencode({"week": monday_of(day).isoformat(), "moved": key})
    return RedirectResponse(f"/plan/board?{query}", status_code=HTTPStatus.SEE_OTHER)


def _move(
    request: Request,
    house: House,
    language: LanguageDep,
    key: str,
    raw: Mapping[str, object],
    found: Consequences | None,
    *,
    other: str = "",
    faults: tuple[Fault, ...] = (),
    fragment: bool = False,
    unread: bool = False,
    changed: bool = False,
) -> HTMLResponse:
    kept = visit(house.store, key, today=house.today())
    book, words = _book(house), Words(language)
    values = {
        "words": words,
        "kept": kept,
        "key": key,
        "other": other,
        "site": kept.names.site_names.get(kept.visit.site_id, kept.visit.site_id),
        "href": visit_href(key),
        "raw": raw,
        "typed": {"day": kept.visit.day.isoformat(), "technician": kept.values["technician"] or "", **raw},
        "found": found,
        "faults": found.faults if found else faults,
        "sides": [_sides(book, words, one.before.visit, one.after, one.revision) for one in found.visits]
        if found
        else [],
        "unread": unread,
        "changed": changed,
        "is_open": kept.is_open,
        "people": [
            (book.code("technicians", one), book.technician_name(one))
            for one in sorted(book.technicians, key=lambda one: book.code("technicians", one))
        ],
        "may_plan": request.state.visitor.may(Role.PLANNER),
    }
    template = "plan_living/_consequences.html" if fragment else "plan_living/move.html"
    code = HTTPStatus.UNPROCESSABLE_ENTITY if unread or changed else HTTPStatus.OK
    return render(request, template, values, status_code=code)


def _sides(
    book: PlanBook, words: Words, before: Visit, after: Visit | None, revision: int
) -> Mapping[str, object]:
    def text(one: Visit | None) -> str:
        if one is None:
            return words.say("cancelled")
        who = book.technician_name(one.technician_id) or words.say("No technician")
        return " ".join(part for part in (words.day(one.day), hours_text(one.hours), who) if part)

    return {
        "site": book.site_name(before.site_id),
        "before": text(before),
        "after": text(after),
        "key": before.key,
        "revision": revision,
    }
