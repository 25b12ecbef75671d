"""Pages taken out of the library and brought into it, over HTTP."""

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query
from fastapi.responses import Response

from kb.api.routes.register_schemas import problems_documented
from kb.export.docx import MEDIA_TYPE as DOCX
from kb.export.pdf import MEDIA_TYPE as PDF
from kb.export.pdf import Paper
from kb.usecases.page_export import MARKDOWN, MOST_FILES, MOST_PAGES, ZIP, Format, chosen_pages, taken_out
from kb.web.context import HouseDep, LanguageDep
from kb.web.downloads import download

router = APIRouter(tags=["content"])

Kind = Literal["alarm", "case", "checklist", "course", "guide", "term"]
Values = Annotated[list[str] | None, Query(max_length=100)]
_PROBLEMS = problems_documented(
    s404="there is no such page", s422="the choice or the machine's fonts, with the repair"
)
_FILE: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The file",
        "content": {one: {} for one in (PDF, DOCX, ZIP, MARKDOWN.partition(";")[0])},
    },
    **{int(status): about for status, about in _PROBLEMS.items()},
}


@router.get("/pages/{page_id}/file", response_class=Response, responses=_FILE)
def fetch_page(
    page_id: Annotated[str, Path(max_length=80)],
    house: HouseDep,
    language: LanguageDep,
    format: Format = "pdf",
    paper: Paper = Paper.A4,
) -> Response:
    """Return a page as PDF, docx, or its Markdown; with hazards first, figures, sources and revision."""
    library = house.library()
    pages = chosen_pages(library, ids=[page_id])
    taken = taken_out(library, pages, format=format, created=house.now(), language=language, paper=paper)
    return download(taken.content, taken.media_type, taken.name)


@router.get("/page-selection", response_class=Response, responses=_FILE)
def fetch_selection(
    house: HouseDep,
    language: LanguageDep,
    id: Values = None,
    q: Annotated[str, Query(max_length=2000, description="a search; its hits are taken")] = "",
    type: Annotated[list[Kind] | None, Query(max_length=6)] = None,
    brand: Values = None,
    controller: Values = None,
    family: Values = None,
    subsystem: Values = None,
    failure_mode: Values = None,
    confidence: Values = None,
    level: Values = None,
    machine: Values = None,
    format: Format = "pdf",
    paper: Paper = Paper.A4,
    title: Annotated[str, Query(max_length=200)] = "",
) -> Response:
    """Return the pages of a selection as one file, with a table of contents."""
    given: dict[str, Sequence[str] | None] = {
        "type": type,
        "brand": brand,
        "controller": controller,
        "family": family,
        "subsystem": subsystem,
        "failure_mode": failure_mode,
        "confidence": confidence,
        "level": level,
        "machine": machine,
    }
    chosen = {name: values for name, values in given.items() if values}
    library = house.library()
    pages = chosen_pages(
        library,
        ids=id or (),
        index=house.search_index(),
        query=q,
        chosen=chosen,
        most=MOST_FILES if format == "md" else MOST_PAGES,
    )
    taken = taken_out(
        library, pages, format=format, created=house.now(), language=language, paper=paper, title=title
    )
    return download(taken.content, taken.media_type, taken.name)
