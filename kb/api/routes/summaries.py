"""Monthly and yearly summaries over HTTP: figures, the lists behind them, workbook and document, closing of months."""

from datetime import UTC
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query, Response

from kb.errors import NotFound
from kb.usecases.accounts import Role
from kb.usecases.summaries import PeriodSummary, close_month, open_month, summary, summary_json
from kb.usecases.summary_files import summary_docx, summary_xlsx
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.downloads import download

router = APIRouter(prefix="/summaries", tags=["summaries"])

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Period = Annotated[str, Path(max_length=10, description="a month such as 2026-11, or a year")]


def read(house: HouseDep, language: LanguageDep, period: str) -> PeriodSummary:
    """Return a period's summary."""
    return summary(
        house.store,
        period,
        zone=house.now().tzinfo or UTC,
        today=house.today(),
        vocabularies=house.library().vocabularies,
        language=language,
    )


@router.get(
    "/{period}",
    response_model=None,
    responses={200: {"content": {"application/json": {}, XLSX: {}, DOCX: {}}}},
)
def read_summary(
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    period: Period,
    form: Annotated[Literal["json", "xlsx", "docx"], Query(alias="format")] = "json",
) -> Response | dict[str, Any]:
    """Return the figures of a month or a year; the workbook has them as live formulas over its lists."""
    found = read(house, language, period)
    private = visitor.may(Role.PLANNER)
    if form == "xlsx":
        content = summary_xlsx(found, language, created=house.now(), private=private)
        return download(content, XLSX, f"summary-{period}.xlsx")
    if form == "docx":
        content = summary_docx(found, language, created=house.now(), private=private)
        return download(content, DOCX, f"summary-{period}.docx")
    return summary_json(found, private=private)


@router.get("/{period}/lists/{name}")
def read_list(
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    period: Period,
    name: Annotated[str, Path(max_length=40)],
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=500)] = 100,
) -> dict[str, Any]:
    """Return the list behind figures."""
    found = read(house, language, period)
    if name not in found.lists:
        raise NotFound("list", name)
    hidden = set() if visitor.may(Role.PLANNER) else {"compensation"}
    rows = found.lists[name].rows
    shown = rows[(page - 1) * size : page * size]
    items = [{key: value for key, value in row.items() if key not in hidden} for row in shown]
    return {"items": items, "total": len(rows), "page": page, "size": size}


@router.post("/{month}/close")
def close(house: HouseDep, language: LanguageDep, visitor: VisitorDep, month: Period) -> dict[str, Any]:
    """Keep a month's figures as they are."""
    close_month(
        house.store,
        month,
        zone=house.now().tzinfo or UTC,
        today=house.today(),
        vocabularies=house.library().vocabularies,
        who=visitor.name,
        now=house.now(),
    )
    return summary_json(read(house, language, month), private=True)


@router.post("/{month}/open")
def open_again(
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    month: Period,
    reason: Annotated[str, Body(embed=True, max_length=500)],
) -> dict[str, Any]:
    """Let a month's figures follow the records again."""
    open_month(house.store, month, reason=reason, who=visitor.name, now=house.now())
    return summary_json(read(house, language, month), private=True)
