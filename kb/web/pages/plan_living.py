"""The pages of living with a plan: its published versions and what differs between them; and the rooms beside."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault
from kb.i18n import Language
from kb.usecases.accounts import Role
from kb.usecases.plan_replan_json import site_name, technician_name
from kb.usecases.plan_versions import (
    Comparison,
    Differs,
    compare_versions,
    monday_of,
    plan_versions,
    publish_plan,
)
from kb.usecases.plan_words import Words
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.pages.plan_board import router as board_router
from kb.web.pages.plan_difference import KINDS, difference_rows
from kb.web.pages.plan_map import router as map_router
from kb.web.pages.plan_people import router as people_router
from kb.web.pages.plan_replan import router as replan_router
from kb.web.pages.plan_rows import page_of, rows_of
from kb.web.pages.plan_travel import router as travel_router
from kb.web.pages.plan_whatif import router as whatif_router
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter(prefix="/plan")
for _part in (board_router, map_router, people_router, replan_router, travel_router, whatif_router):
    router.include_router(_part)

MOST_WEEKS = 60
"""Columns of the picture; a longer plan shows its first weeks with a change."""
GROUPS = 40
"""Technicians and sites that the summary names; the rest stands in the list."""

PageNumber = Annotated[int, Query(ge=1, le=1_000_000)]
Number = Annotated[str, Query(pattern=r"^(now|[1-9][0-9]{0,8})$")]
Text = Annotated[str, Form(max_length=2000)]


@router.get("/versions")
def versions(
    request: Request, house: HouseDep, language: LanguageDep, published: Annotated[int | None, Query()] = None
) -> HTMLResponse:
    """List the published versions, with the form that publishes the plan as it stands."""
    return _versions(request, house, language, published=published)


@router.post("/versions")
def publish(
    request: Request, house: HouseDep, language: LanguageDep, visitor: VisitorDep, note: Text = ""
) -> Response:
    """Publish the plan as it stands."""
    try:
        version = publish_plan(house.store, note=note, who=visitor.name, now=house.now())
    except (BadInput, Conflict) as error:
        faults = error.faults if isinstance(error, BadInput) else (Fault(where="", what=str(error)),)
        return _versions(request, house, language, faults=faults, note=note)
    return RedirectResponse(f"/plan/versions?published={version.number}", status_code=HTTPStatus.SEE_OTHER)


def _versions(
    request: Request,
    house: House,
    language: Language,
    *,
    published: int | None = None,
    faults: tuple[Fault, ...] = (),
    note: str = "",
) -> HTMLResponse:
    values = {
        "words": Words(language),
        "versions": [
            (one, one.published.astimezone(house.now().tzinfo) if one.published else None)
            for one in plan_versions(house.store)
        ],
        "published": published,
        "faults": faults,
        "note": note,
        "may_plan": request.state.visitor.may(Role.PLANNER),
    }
    code = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "plan_living/versions.html", values, status_code=code)


@router.get("/versions/compare")
def compare(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    before: Number = "now",
    after: Number = "now",
    kind: Differs | None = None,
    page: PageNumber = 1,
) -> HTMLResponse:
    """Show what differs between two versions: counts, a picture by week and technician, a list."""
    found = compare_versions(house.store, _number(before), _number(after))
    chosen = [one for one in found.changes if kind in (None, one.kind)]
    here = page_of(len(chosen), page)
    names = found.register
    return render(
        request,
        "plan_living/compare.html",
        {
            "words": Words(language),
            "found": found,
            "before": before,
            "after": after,
            "kinds": [(one, KINDS[one], found.counts()[one]) for one in Differs],
            "kind": kind,
            "rows": difference_rows(names, chosen[rows_of(here)], Words(language)),
            "here": here,
            "picture": _picture(found),
            "sites": [
                (site_name(names, site or ""), count.total())
                for site, count in list(found.by_site().items())[:GROUPS]
            ],
            "versions": plan_versions(house.store),
        },
    )


def _number(text: str) -> int | None:
    return None if text == "now" else int(text)


def _picture(found: Comparison) -> dict[str, object]:
    """Return the changes as a grid of technicians by weeks, each cell with its count."""
    weeks = sorted({monday_of(one.day) for one in found.changes})[:MOST_WEEKS]
    column = {week: number for number, week in enumerate(weeks)}
    people = list(found.by_technician())[:GROUPS]
    cells: dict[tuple[str | None, int], dict[str, int]] = {}
    for one in found.changes:
        for who in one.technicians:
            number = column.get(monday_of(one.day))
            if who in people and number is not None:
                cell = cells.setdefault((who, number), {})
                cell[one.kind.value] = cell.get(one.kind.value, 0) + 1
    most = max((sum(one.values()) for one in cells.values()), default=1)
    return {
        "weeks": weeks,
        "rows": [
            (
                technician_name(found.register, who),
                [
                    (number, counted, -(-sum(counted.values()) * 5 // most))
                    for number in range(len(weeks))
                    if (counted := cells.get((who, number)))
                ],
            )
            for who in people
        ],
    }
