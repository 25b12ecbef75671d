"""Courses as data and as files."""

from typing import Annotated, Any

from fastapi import APIRouter, File, Path, Query, Response, UploadFile

from kb.api.routes import course_making
from kb.api.routes.register_schemas import problems_documented
from kb.errors import NotAllowed
from kb.usecases.accounts import Role
from kb.usecases.course_template import looked_at_template
from kb.usecases.courses import WITH_ANSWERS, Format, build_course, courses
from kb.usecases.quiz_paper import LONGEST_SEED, MOST_VARIANTS, Paper
from kb.web.context import HouseDep, LanguageDep, VisitorDep

router = APIRouter(prefix="/courses", tags=["courses"])
template_router = APIRouter(tags=["courses"])
router.include_router(course_making.router)


@router.get("")
def list_courses(house: HouseDep) -> dict[str, Any]:
    """List the courses, each with how many slides it makes and which of its sources have moved on."""
    return {"items": [one.json() for one in courses(house.library())]}


@router.get(
    "/{id}/file",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}},
        403: {"description": "a format with answers, and the role is below editor"},
        404: {"description": "there is no such course"},
    },
)
def course_file(
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    id: Annotated[str, Path(max_length=80)],
    format: Annotated[
        Format,
        Query(
            description="pptx, html (slides for a browser), scorm (package), pdf or docx (handout), gift, moodle, "
            "xlsx (question bank), paper-pdf or paper-docx (to print), key-pdf or key-docx (what is right on them)"
        ),
    ] = "pptx",
    seed: Annotated[str, Query(max_length=LONGEST_SEED, description="decides the order on a paper")] = "1",
    variant: Annotated[str, Query(max_length=1, description="of a paper, a letter from A on")] = "A",
    variants: Annotated[int, Query(ge=1, le=MOST_VARIANTS, description="that a key is for, from A on")] = 2,
) -> Response:
    """Return slides, handout, package, paper or question file of a course."""
    if format in WITH_ANSWERS and not visitor.may(Role.EDITOR):
        raise NotAllowed(f"{format} holds the right answers of the questions; it needs the role editor")
    paper = Paper(seed=seed, variant=variant, variants=variants)
    made = build_course(house.library(), id, format, language=language, paper=paper)
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.content, media_type=made.media_type, headers=headers)


Template = Annotated[UploadFile, File(description="a presentation (.pptx) of the department")]


@template_router.post(
    "/course-template-checks",
    responses=problems_documented(
        s403="the role editor is needed", s422="it is no presentation, or has macros"
    ),
)
def check_template(house: HouseDep, template: Template) -> dict[str, Any]:
    """Tell what a department's template lacks to carry our slides, and what would look better otherwise."""
    report = looked_at_template(
        template.file.read(), name=template.filename or "", limit_bytes=house.settings.upload_limit_bytes
    )
    return report.json()


@template_router.post(
    "/courses/{id}/slides",
    response_class=Response,
    responses={
        200: {"content": {"application/octet-stream": {}}},
        **problems_documented(
            s403="the role editor is needed", s404="there is no such course", s422="everything that it lacks"
        ),
    },
)
def slides_on_template(
    house: HouseDep, language: LanguageDep, id: Annotated[str, Path(max_length=80)], template: Template
) -> Response:
    """Return a course's slides on a department's own template."""
    made = build_course(house.library(), id, "pptx", language=language, template=template.file.read())
    headers = {"Content-Disposition": f'attachment; filename="{made.name}"'}
    return Response(made.content, media_type=made.media_type, headers=headers)
