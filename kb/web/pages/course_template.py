"""A department's own template: what it lacks, or the slides of a course on it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, File, Form, Request, UploadFile
from fastapi.responses import HTMLResponse, Response

from kb.courseware.template_check import TemplateReport
from kb.errors import BadImport, Fault
from kb.usecases.course_template import looked_at_template
from kb.usecases.courses import build_course, courses
from kb.web.context import HouseDep, LanguageDep
from kb.web.downloads import download
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter(prefix="/course-template")


@router.get("")
def choose(request: Request, house: HouseDep) -> HTMLResponse:
    """Show the form for a template."""
    return _page(request, house)


@router.post("")
def look(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    template: Annotated[UploadFile | None, File()] = None,
    course: Annotated[str, Form(max_length=80)] = "",
) -> Response:
    """Say what a template lacks; where it lacks nothing and a course is chosen, give its slides on it."""
    name = template.filename if template is not None else ""
    try:
        if template is None or not name:
            fault = Fault(where="template", what="is missing", repair="choose a .pptx file")
            raise BadImport("the template was not used", [fault])
        content = template.file.read()
        report = looked_at_template(content, name=name, limit_bytes=house.settings.upload_limit_bytes)
    except BadImport as refused:
        return _page(request, house, name=name or "", course=course, faults=refused.faults)
    if report.lacks or not course:
        return _page(request, house, name=name, course=course, report=report)
    made = build_course(house.library(), course, "pptx", language=language, template=content)
    return download(made.content, made.media_type, made.name)


def _page(
    request: Request,
    house: House,
    *,
    name: str = "",
    course: str = "",
    report: TemplateReport | None = None,
    faults: tuple[Fault, ...] = (),
) -> HTMLResponse:
    values = {
        "rows": [one.page for one in courses(house.library()) if not one.faults],
        "name": name,
        "chosen": course,
        "report": report,
        "faults": faults,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "courses/template.html", values, status_code=status)
