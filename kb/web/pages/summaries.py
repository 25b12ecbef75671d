"""Monthly and yearly summaries on pages: each figure with the list behind it one click away."""

from datetime import UTC
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import Conflict, FaultyInput, NotFound
from kb.usecases.accounts import Role
from kb.usecases.summaries import PeriodSummary, close_month, open_month, summary
from kb.usecases.summary_figures import FIGURES
from kb.usecases.summary_files import CHARTED, shown
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.pages.plan_rows import page_of, rows_of
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter(prefix="/summaries")

Period = Annotated[str, Path(max_length=10)]


@router.get("")
def this_month(house: HouseDep) -> RedirectResponse:
    """Lead to the present month."""
    return RedirectResponse(f"/summaries/{house.today():%Y-%m}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/{period}")
def show(
    request: Request, house: HouseDep, language: LanguageDep, visitor: VisitorDep, period: Period
) -> HTMLResponse:
    """Show the figures of a month or a year."""
    return _page(request, house, language, visitor, period)


@router.get("/{period}/lists/{name}")
def behind(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    period: Period,
    name: Annotated[str, Path(max_length=40)],
    month: Annotated[str, Query(max_length=7)] = "",
    column: Annotated[str, Query(max_length=40)] = "",
    value: Annotated[str, Query(max_length=80)] = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> HTMLResponse:
    """Show the list behind a figure."""
    found = _read(house, language, period)
    if name not in found.lists or (column and column not in found.lists[name].columns):
        raise NotFound("list", name)
    those = found.lists[name]
    rows = [(row, link) for row, link in those.of_month(month) if not column or str(row[column]) == value]
    here = page_of(len(rows), page)
    private = visitor.may(Role.PLANNER)
    columns = {
        key: text
        for key, text in those.columns.items()
        if key != "month" and (private or key != "compensation")
    }
    return render(
        request,
        "summaries/list.html",
        {
            "period": period,
            "month": month,
            "list": those,
            "columns": columns,
            "rows": rows[rows_of(here)],
            "here": here,
            "asked": {"month": month, "column": column, "value": value},
        },
    )


@router.post("/{period}/close")
def close(
    request: Request, house: HouseDep, language: LanguageDep, visitor: VisitorDep, period: Period
) -> Response:
    """Keep a month's figures as they are."""
    try:
        close_month(
            house.store,
            period,
            zone=house.now().tzinfo or UTC,
            today=house.today(),
            vocabularies=house.library().vocabularies,
            who=visitor.name,
            now=house.now(),
        )
    except FaultyInput as refused:
        return _page(request, house, language, visitor, period, refused=refused)
    return RedirectResponse(f"/summaries/{period}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{period}/open")
def open_again(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    period: Period,
    reason: Annotated[str, Form(max_length=500)] = "",
) -> Response:
    """Let a month's figures follow the records again."""
    try:
        open_month(house.store, period, reason=reason, who=visitor.name, now=house.now())
    except (FaultyInput, Conflict) as refused:
        return _page(request, house, language, visitor, period, refused=refused)
    return RedirectResponse(f"/summaries/{period}", status_code=HTTPStatus.SEE_OTHER)


def _read(house: House, language: LanguageDep, period: str) -> PeriodSummary:
    return summary(
        house.store,
        period,
        zone=house.now().tzinfo or UTC,
        today=house.today(),
        vocabularies=house.library().vocabularies,
        language=language,
    )


def _page(
    request: Request,
    house: House,
    language: LanguageDep,
    visitor: VisitorDep,
    period: str,
    *,
    refused: FaultyInput | Conflict | None = None,
) -> HTMLResponse:
    found = _read(house, language, period)
    private = visitor.may(Role.PLANNER)
    figures = [one for one in FIGURES if private or not one.private]
    bars = []
    for one in figures:
        if one.code in CHARTED and len(found.months) > 1:
            values = [found.values[one.code][month] or 0.0 for month in found.months]
            most = max(values) or 1.0
            bars.append(
                (
                    one,
                    [
                        (month, value, round(60 * value / most, 1))
                        for month, value in zip(found.months, values, strict=True)
                    ],
                )
            )
    year, month = period[:4], period[5:]
    today = house.today()
    last = (
        f"{int(year) - 1}-12"
        if month == "01"
        else f"{year}-{int(month) - 1:02d}"
        if month
        else f"{int(year) - 1}"
    )
    coming = (
        f"{int(year) + 1}-01"
        if month == "12"
        else f"{year}-{int(month) + 1:02d}"
        if month
        else f"{int(year) + 1}"
    )
    return render(
        request,
        "summaries/show.html",
        {
            "found": found,
            "figures": [
                (
                    one,
                    [(when, shown(one, found.values[one.code][when])) for when in found.months],
                    shown(one, found.whole(one)),
                )
                for one in figures
            ],
            "bars": bars,
            "drifts": [
                (one, shown(one.figure, one.kept), shown(one.figure, one.now))
                for one in found.drifts
                if private or not one.figure.private
            ],
            "is_month": bool(month),
            "year": year,
            "last": last,
            "coming": coming if coming <= (f"{today:%Y-%m}" if month else f"{today:%Y}") else "",
            "may": visitor.may(Role.PLANNER),
            "may_open": visitor.may(Role.ADMIN),
            "over": bool(month) and period < f"{today:%Y-%m}",
            "refused": refused,
        },
        status_code=HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK,
    )
