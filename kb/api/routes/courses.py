"""Courses as data and as files."""

from typing import Annotated, Any

from fastapi import APIRouter, Path, Query, Response

from kb.usecases.courses import Format, build_course, courses
from kb.web.context import HouseDep, LanguageDep

router = APIRouter(prefix="/courses", tags=["courses"])


@router.get("")
def list_courses(house: HouseDep) -> dict[str, Any]:
    """List the courses, each with how many slides it makes and which of its sources have moved on."""
    return {"items": [one.json() for one in courses(house.library())]}


@router.get(
    "/{id}/file",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}},
        404: {"description": "there is no such course"},
    },
)
def course_file(
    house: HouseDep,
    language: LanguageDep,
    id: Annotated[str, Path(max_length=80)],
    format: Annotated[
        Format,
        Query(
            description="pptx, html (slides for a browser), scorm (package), pdf or docx (handout), gift, moodle"
        ),
    ] = "pptx",
) -> Response:
    """Return slides, handout or question file of a course."""
    made = build_course(house.library(), id, format, language=language)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.content, media_type=made.media_type, headers=headers)
