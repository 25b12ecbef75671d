"""Questions of a file into a course, for who edits: choose a file, see the difference, write what was seen."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, Form, Path, Request, UploadFile
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault, FaultyInput, NotAllowed, Unwritable
from kb.i18n import translator
from kb.usecases.courses import course
from kb.usecases.quiz_bank import headers_from, read_questions
from kb.usecases.quiz_import import (
    LONGEST_JSON,
    Mode,
    QuizProposal,
    questions_from_text,
    quiz_proposal,
    write_quiz,
)
from kb.web.context import HouseDep, VisitorDep, language_of_request
from kb.web.pages.editing_draft import editor_of
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter()
STATE_NAMES = {
    "new": "new question",
    "changed": "changed question",
    "same": "same question",
    "gone": "question taken out",
    "kept": "question kept",
}
Id = Annotated[str, Path(max_length=80)]


@router.get("/courses/{id}/quiz/import")
def choose(request: Request, house: HouseDep, id: Id) -> HTMLResponse:
    """Show the form for a file."""
    return _form(request, house, id)


@router.post("/courses/{id}/quiz/import")
def preview(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    id: Id,
    document: Annotated[UploadFile | None, File()] = None,
    mode: Annotated[Mode, Form()] = "merge",
    columns: Annotated[str, Form(max_length=10_000)] = "",
) -> HTMLResponse:
    """Read a file and show what it would change; nothing is written."""
    library = house.library()
    course(library, id)
    try:
        if document is None or not document.filename:
            fault = Fault(
                where="document", what="is missing", repair="choose a .xlsx, .csv, .gift or .txt file"
            )
            raise BadInput("nothing was read", [fault])
        came = read_questions(
            document.file,
            name=document.filename,
            headers=headers_from(_pairs(columns)),
            limit_bytes=house.settings.upload_limit_bytes,
        )
    except FaultyInput as refused:
        return _form(request, house, id, mode=mode, columns=columns, refused=refused)
    found = quiz_proposal(
        house.store, library, id, came, mode=mode, editor=editor_of(visitor), now=house.now()
    )
    return _preview(request, house, found, name=document.filename)


@router.post("/courses/{id}/quiz/import/write")
def write(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    id: Id,
    questions: Annotated[str, Form(max_length=LONGEST_JSON)] = "",
    based_on: Annotated[str, Form(max_length=80)] = "",
    why: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Write what was shown and lead to the course; or show the difference again with what is wrong."""
    library, editor, now = house.library(), editor_of(visitor), house.now()
    try:
        shown = questions_from_text(questions)
    except BadInput as refused:
        return _form(request, house, id, refused=refused)
    try:
        write_quiz(house.store, library, id, shown, based_on=based_on, why=why, editor=editor, now=now)
    except (BadInput, NotAllowed, Unwritable, Conflict) as refused:
        found = quiz_proposal(house.store, library, id, shown, mode="replace", editor=editor, now=now)
        return _preview(request, house, found, why=why, refused=refused)
    return RedirectResponse(f"/courses/{id}?imported=1", status_code=HTTPStatus.SEE_OTHER)


def _pairs(text: str) -> dict[str, str]:
    """Return the lines `field = name` of a form; a line without the sign names a field that is none."""
    lines = [line.strip() for line in text.replace("＝", "=").splitlines() if line.strip()]
    return {line.partition("=")[0].strip(): line.partition("=")[2].strip() for line in lines}


def _form(
    request: Request,
    house: House,
    id: str,
    *,
    mode: Mode = "merge",
    columns: str = "",
    refused: FaultyInput | None = None,
) -> HTMLResponse:
    values = {
        "course": course(house.library(), id),
        "mode": mode,
        "columns": columns,
        "faults": refused.faults if refused else (),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "quizzes/import.html", values, status_code=status)


def _preview(
    request: Request,
    house: House,
    found: QuizProposal,
    *,
    name: str = "",
    why: str = "",
    refused: BadInput | NotAllowed | Unwritable | Conflict | None = None,
) -> HTMLResponse:
    _ = translator(language_of_request(request))
    problem = str(refused) if refused is not None and not isinstance(refused, BadInput) else ""
    if isinstance(refused, Conflict):
        problem = _("Somebody has changed this since you opened it. Nothing of yours was written over it.")
    values = {
        "course": course(house.library(), found.course_id),
        "found": found,
        "name": name,
        "why": why,
        "states": STATE_NAMES,
        "faults": refused.faults if isinstance(refused, BadInput) else [one.fault() for one in found.faults],
        "problem": problem or found.not_allowed,
    }
    status = HTTPStatus.OK
    if refused is not None:
        status = HTTPStatus.CONFLICT if isinstance(refused, Conflict) else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "quizzes/import_preview.html", values, status_code=status)
