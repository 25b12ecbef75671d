"""Questions of a course as data: begun, answered, finished, and what the answers say of the questions."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, File, Form, Path, Response, UploadFile
from pydantic import BaseModel, ConfigDict, Field

from kb.api.routes.register_schemas import problems_documented
from kb.errors import NotAllowed
from kb.usecases.accounts import Role
from kb.usecases.quiz_bank import headers_from_file, read_questions
from kb.usecases.quiz_import import Mode, quiz_proposal, write_quiz
from kb.usecases.quiz_showing import attempt_json
from kb.usecases.quiz_statistics import quiz_figures
from kb.usecases.quizzes import (
    LONGEST_ANSWER,
    MOST_TEXTS,
    attempt,
    finish_attempt,
    give_answers,
    start_attempt,
)
from kb.web.context import HouseDep, VisitorDep
from kb.web.pages.editing_draft import editor_of
from kb.web.pages.quizzes import taker_of

router = APIRouter(tags=["courses"])
import_router = APIRouter(tags=["courses"])

Id = Annotated[str, Path(max_length=80)]
AnswerText = Annotated[str, Field(max_length=LONGEST_ANSWER)]


class AttemptIn(BaseModel):
    """What begins an attempt; the same id again begins nothing."""

    model_config = ConfigDict(extra="forbid")

    id: Annotated[
        str, Field(max_length=64, description="made by the caller: 8 to 64 letters, digits, - and _")
    ]
    person: Annotated[str, Field(max_length=400, description="who answers, while no user exists")] = ""


class AnswersIn(BaseModel):
    """Answers by the id of their question; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    answers: dict[str, Annotated[list[AnswerText], Field(max_length=MOST_TEXTS)]]


@router.post(
    "/courses/{id}/quiz-attempts",
    status_code=HTTPStatus.CREATED,
    responses=problems_documented(
        s404="there is no such course", s409="another attempt has this id", s422="every fault by field"
    ),
)
def begin(
    id: Id, body: AttemptIn, response: Response, house: HouseDep, visitor: VisitorDep
) -> dict[str, Any]:
    """Begin an attempt at the questions of a course; what is right is not told before its end."""
    begun = start_attempt(
        house.store,
        house.library(),
        id,
        id=body.id,
        taker=taker_of(visitor, body.person),
        whole=False,
        now=house.now(),
    )
    response.headers["Location"] = f"/api/v1/quiz-attempts/{begun.id}"
    return attempt_json(begun)


@router.get(
    "/quiz-attempts/{id}", responses=problems_documented(s403="it is another's", s404="there is none")
)
def read_attempt(id: Id, house: HouseDep, visitor: VisitorDep) -> dict[str, Any]:
    """Return an attempt; after its end with what is right, and why."""
    return attempt_json(attempt(house.store, id, taker=taker_of(visitor)))


@router.put(
    "/quiz-attempts/{id}/answers",
    responses=problems_documented(
        s403="it is another's", s404="there is none", s409="it is finished", s422="every fault by question"
    ),
)
def put_answers(id: Id, body: AnswersIn, house: HouseDep, visitor: VisitorDep) -> dict[str, Any]:
    """Keep answers: texts of options, a typed text, or for each left side of pairs the right one."""
    given = {name: tuple(texts) for name, texts in body.answers.items()}
    return attempt_json(give_answers(house.store, id, given, taker=taker_of(visitor)))


@router.post(
    "/quiz-attempts/{id}/end", responses=problems_documented(s403="it is another's", s404="there is none")
)
def end_attempt(id: Id, house: HouseDep, visitor: VisitorDep) -> dict[str, Any]:
    """End an attempt and count it, once."""
    return attempt_json(finish_attempt(house.store, id, taker=taker_of(visitor), now=house.now()))


@router.get(
    "/courses/{id}/results",
    responses=problems_documented(s403="the role editor is needed", s404="there is no such course"),
)
def results(id: Id, house: HouseDep, visitor: VisitorDep) -> dict[str, Any]:
    """Return every finished attempt, and for each question how many were asked, were right, and chose what."""
    if not visitor.may(Role.EDITOR):
        raise NotAllowed("the results of a course need the role editor")
    return quiz_figures(house.store, house.library(), id).json()


@import_router.post(
    "/courses/{id}/quiz-imports",
    responses=problems_documented(
        s403="the role editor is needed",
        s404="there is no such course",
        s412="the course has changed since it was shown",
        s422="every fault of the file, by row or line",
    ),
)
def import_questions(
    id: Id,
    house: HouseDep,
    visitor: VisitorDep,
    document: Annotated[UploadFile, File(description="xlsx, csv or GIFT (.gift, .txt)")],
    mode: Annotated[Mode, Form(description="merge keeps what the file does not name")] = "merge",
    columns: Annotated[
        str, Form(max_length=10_000, description="names of columns by field, a JSON object")
    ] = "{}",
    based_on: Annotated[
        str, Form(max_length=80, description="digest of a preview; without it nothing is written")
    ] = "",
    why: Annotated[str, Form(max_length=500)] = "",
) -> dict[str, Any]:
    """Show what the questions of a file would change on a course; with the digest of that preview, write it."""
    library, editor, now = house.library(), editor_of(visitor), house.now()
    came = read_questions(
        document.file,
        name=document.filename or "",
        headers=headers_from_file(columns),
        limit_bytes=house.settings.upload_limit_bytes,
    )
    found = quiz_proposal(house.store, library, id, came, mode=mode, editor=editor, now=now)
    if not based_on:
        return {**found.json(), "written": False}
    saved = write_quiz(
        house.store, library, id, found.questions, based_on=based_on, why=why, editor=editor, now=now
    )
    return {**found.json(), "written": saved.is_new_state, "digest": saved.digest}
