"""Questions of a course for who learns and who trains: begin, answer, see why, results with figures.

Every answer is a form that leads on (303), so a page that is loaded again or gone back to sends nothing, and a second
click finds everything done.
"""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.courseware.scoring import answers_to
from kb.errors import BadInput, Conflict, Fault, NotAllowed
from kb.usecases.accounts import Role
from kb.usecases.courses import course
from kb.usecases.quiz_showing import asked, verdicts
from kb.usecases.quiz_statistics import LEAST, quiz_figures
from kb.usecases.quizzes import (
    Attempt,
    Taker,
    attempt,
    attempts,
    finish_attempt,
    give_answers,
    start_attempt,
)
from kb.web.context import HouseDep, Visitor, VisitorDep
from kb.web.pages.editing_draft import Sent
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter()
REMARKS = {"too_easy": "too easy", "too_hard": "too hard", "misleading": "misleading"}
ATTEMPTS_SHOWN = 10
Id = Annotated[str, Path(max_length=80)]


def taker_of(visitor: Visitor, typed: str = "") -> Taker:
    """Return who answers: the user, or while no user exists whoever was typed."""
    user = visitor.user
    if user is None:
        return Taker(name=typed, is_trainer=True)
    return Taker(name=user.name, user_id=user.id, is_trainer=visitor.may(Role.EDITOR))


@router.get("/courses/{id}/quiz")
def start_page(request: Request, house: HouseDep, visitor: VisitorDep, id: Id) -> HTMLResponse:
    """Show what is asked, and the attempts so far."""
    return _start(request, house, visitor, id)


@router.post("/courses/{id}/quiz")
def start(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    id: Id,
    attempt_id: Annotated[str, Form(alias="attempt", max_length=80)] = "",
    person: Annotated[str, Form(max_length=400)] = "",
    whole: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Begin an attempt and lead to its first question."""
    try:
        begun = start_attempt(
            house.store,
            house.library(),
            id,
            id=attempt_id,
            taker=taker_of(visitor, person),
            whole=whole == "1",
            now=house.now(),
        )
    except BadInput as refused:
        return _start(request, house, visitor, id, person=person, faults=refused.faults)
    return _to(f"/quiz-attempts/{begun.id}")


@router.get("/quiz-attempts/{id}")
def question_page(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    id: Id,
    q: Annotated[int | None, Query(ge=1, le=10_000)] = None,
) -> Response:
    """Show a question, or all; of a finished attempt its result."""
    found = attempt(house.store, id, taker=taker_of(visitor))
    if found.finished is not None:
        return _to(f"/quiz-attempts/{id}/result")
    questions = asked(found)
    if q is None and not found.whole:  # an address of its own for each question, so that going back finds it
        return _to(f"/quiz-attempts/{id}?q={next(iter(found.open_numbers), 1)}")
    number = min(q or 1, len(questions))
    shown = questions if found.whole else questions[number - 1 : number]
    values = {
        "attempt": found,
        "course": _title(house, found),
        "shown": shown,
        "number": number,
        "count": len(questions),
    }
    shown_page = render(request, "quizzes/question.html", values)
    shown_page.headers["Cache-Control"] = (
        "no-store"  # who goes back sees what is kept, not what was typed before
    )
    return shown_page


@router.post("/quiz-attempts/{id}")
def answer(house: HouseDep, visitor: VisitorDep, id: Id, sent: Sent) -> Response:
    """Keep what was answered and lead on."""
    taker = taker_of(visitor)
    found = attempt(house.store, id, taker=taker)
    fields: dict[str, list[str]] = {}
    for name, value in sent:
        fields.setdefault(name, []).append(value)
    numbers = [int(text) for text in fields.get("shown", []) if text.isdecimal() and len(text) < 6]
    given = {}
    for number in numbers:
        if 1 <= number <= len(found.answers):
            texts = tuple(text.strip() for text in fields.get(f"a{number}", []))
            given[found.answers[number - 1].question.id] = texts if any(texts) else ()
    try:
        kept = give_answers(house.store, id, given, taker=taker)
    except Conflict:
        return _to(f"/quiz-attempts/{id}/result?late=1")
    go = fields.get("go", ["next"])[-1]
    number = numbers[-1] if numbers else 1
    if go == "finish":
        finish_attempt(house.store, id, taker=taker, now=house.now())
        return _to(f"/quiz-attempts/{id}/result")
    if go == "check" and kept.finished is None:
        return _to(f"/quiz-attempts/{id}/check")
    if go == "previous":
        return _to(f"/quiz-attempts/{id}?q={max(number - 1, 1)}")
    if number >= len(found.answers):
        return _to(f"/quiz-attempts/{id}/check")
    return _to(f"/quiz-attempts/{id}?q={number + 1}")


@router.get("/quiz-attempts/{id}/check")
def check_page(request: Request, house: HouseDep, visitor: VisitorDep, id: Id) -> Response:
    """Show what is answered and what not, before the end."""
    found = attempt(house.store, id, taker=taker_of(visitor))
    if found.finished is not None:
        return _to(f"/quiz-attempts/{id}/result")
    values = {"attempt": found, "course": _title(house, found), "questions": asked(found)}
    return render(request, "quizzes/check.html", values)


@router.get("/quiz-attempts/{id}/result")
def result_page(request: Request, house: HouseDep, visitor: VisitorDep, id: Id) -> Response:
    """Show what was right, what not, and why."""
    found = attempt(house.store, id, taker=taker_of(visitor))
    if found.finished is None:
        return _to(f"/quiz-attempts/{id}")
    pages = house.library().pages
    told = [
        (one, verdicts(one), answers_to(one.question), pages.get(one.question.source or ""))
        for one in found.answers
    ]
    values = {
        "attempt": found,
        "course": _title(house, found),
        "told": told,
        "zone": house.now().tzinfo,
        "late": "late" in request.query_params,
        "right": sum(one.is_right for one in found.answers),
    }
    return render(request, "quizzes/result.html", values)


@router.get("/courses/{id}/results")
def results_page(request: Request, house: HouseDep, visitor: VisitorDep, id: Id) -> HTMLResponse:
    """Show a trainer who has passed, and what the answers say of the questions."""
    if not visitor.may(Role.EDITOR):
        raise NotAllowed("the results of a course need the role editor")
    library = house.library()
    values = {
        "course": course(library, id),
        "figures": quiz_figures(house.store, library, id),
        "attempts": attempts(house.store, id, taker=taker_of(visitor)),
        "zone": house.now().tzinfo,
        "remarks": REMARKS,
        "least": LEAST,
    }
    return render(request, "quizzes/results.html", values)


def _start(
    request: Request,
    house: House,
    visitor: Visitor,
    id: str,
    *,
    person: str = "",
    faults: tuple[Fault, ...] = (),
) -> HTMLResponse:
    page = course(house.library(), id)
    values = {
        "course": page,
        "attempts": attempts(house.store, id, taker=taker_of(visitor))[:ATTEMPTS_SHOWN],
        "zone": house.now().tzinfo,
        "new_id": house.new_id(),
        "person": person,
        "faults": faults,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "quizzes/start.html", values, status_code=status)


def _title(house: House, found: Attempt) -> dict[str, str]:
    """Return what the course is called; its id where it is gone."""
    page = house.library().pages.get(found.course_id)
    return {
        "id": found.course_id,
        "title": page.title if page else found.course_id,
        "title_en": page.title_en if page else found.course_id,
    }


def _to(address: str) -> RedirectResponse:
    return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)
