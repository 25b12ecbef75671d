"""Courses for who trains: a list with what is stale, and each course's slides to read with its files."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from fastapi.responses import HTMLResponse, Response

from kb.usecases.accounts import Role
from kb.usecases.course_slides import player_content, slides_page
from kb.usecases.courses import FORMATS, WITH_ANSWERS, course, course_deck, courses
from kb.web.context import HouseDep, LanguageDep
from kb.web.pages import course_making
from kb.web.rendering import render

router = APIRouter(prefix="/courses")
router.include_router(course_making.router)  # before {id}: `new` and `stale` are no ids

NAMES = {
    "pptx": "Slides (PowerPoint)",
    "html": "Slides (one file for a browser)",
    "scorm": "Package for a learning platform (SCORM 1.2)",
    "pdf": "Handout (PDF)",
    "docx": "Handout (Word)",
    "gift": "Questions (GIFT)",
    "moodle": "Questions (Moodle XML)",
    "xlsx": "Questions (workbook)",
    "paper-pdf": "Question paper (PDF)",
    "paper-docx": "Question paper (Word)",
    "key-pdf": "Answer key (PDF)",
    "key-docx": "Answer key (Word)",
}


@router.get("")
def list_page(request: Request, house: HouseDep) -> HTMLResponse:
    """Show the courses."""
    return render(request, "courses/list.html", {"rows": courses(house.library())})


@router.get("/player/{name}")
def player(name: Annotated[str, Path(max_length=80)]) -> Response:
    """Return a style or script of the slides."""
    media_type, content = player_content(name)
    return Response(content, media_type=media_type, headers={"Cache-Control": "public, max-age=31536000"})


@router.get("/{id}/slides")
def slides(house: HouseDep, language: LanguageDep, id: Annotated[str, Path(max_length=80)]) -> HTMLResponse:
    """Show a course's slides to a room, or to one person on a phone."""
    library = house.library()
    deck = course_deck(library, id, language=language)
    return HTMLResponse(slides_page(library, deck, language=language))


@router.get("/{id}")
def show_page(
    request: Request, house: HouseDep, language: LanguageDep, id: Annotated[str, Path(max_length=80)]
) -> HTMLResponse:
    """Show a course's slides as text, with its files."""
    library = house.library()
    page = course(library, id)
    state = next(one for one in courses(library) if one.page.id == id)
    deck = None if state.faults else course_deck(library, id, language=language)
    may_train = request.state.visitor.may(Role.EDITOR)
    formats = [(name, NAMES[name]) for name in FORMATS if may_train or name not in WITH_ANSWERS]
    return render(
        request,
        "courses/show.html",
        {
            "page": page,
            "state": state,
            "deck": deck,
            "formats": formats,
            "may_train": may_train,
        },
    )
