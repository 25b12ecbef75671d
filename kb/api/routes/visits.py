"""Visits as data: lists, one with its ETag, a change with If-Match, the history of changes."""

import re
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.responses import JSONResponse

from kb.api.problems import problem
from kb.api.routes.register_schemas import body_schema, problems_documented
from kb.usecases.accounts import Role
from kb.usecases.register_kinds import Wording, wording_of
from kb.usecases.visit_fields import VISITS
from kb.usecases.visit_reading import DEFAULT_SIZE, KeptVisit, VisitQuery, visit, visit_history, visits
from kb.usecases.visits import change_visit
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.wiring import House
from planner.model import VisitState

router = APIRouter(prefix="/visits", tags=["visits"])

_ETAG = re.compile(r'"r([1-9][0-9]{0,9})"')
Code = Annotated[str, Query(max_length=64)]
Values = Annotated[dict[str, Any], Body()]


def _wording(house: House, language: LanguageDep) -> Wording:
    return wording_of(language, house.settings.time_zone, house.library().vocabularies)


def etag(kept: KeptVisit) -> str:
    """Return the entity tag of a visit as it stands; a forecast that has become called is another one."""
    return f'"r{kept.revision}"'


@router.get("")
def list_visits(
    house: HouseDep,
    site: Code = "",
    technician: Code = "",
    first_day: date | None = None,
    last_day: date | None = None,
    state: Annotated[list[VisitState] | None, Query(max_length=len(VisitState))] = None,
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=500)] = DEFAULT_SIZE,
) -> dict[str, Any]:
    """List visits by day; site and technician are codes, the days are planned ones and both included."""
    query = VisitQuery(
        site=site,
        technician=technician,
        first_day=first_day,
        last_day=last_day,
        states=tuple(state or ()),
        page=page,
        size=size,
    )
    found = visits(house.store, query, today=house.today())
    items = [one.json() for one in found.items]
    return {"items": items, "page": found.page, "size": found.size, "total": found.total}


@router.get("/{key:path}/history")
def read_history(house: HouseDep, key: str) -> dict[str, Any]:
    """List what people changed in a visit, the newest first."""
    visit(house.store, key, today=house.today())
    return {
        "items": [
            {
                "at": entry.at.isoformat(),
                "who": entry.who,
                "action": entry.action,
                "fields": [{"field": name, "before": old, "after": new} for name, old, new in entry.fields],
            }
            for entry in visit_history(house.store, key)
        ]
    }


@router.get("/{key:path}", responses={304: {"description": "it is as you know it"}})
def read_visit(request: Request, house: HouseDep, key: str) -> Response:
    """Return a visit with its work: what is done, what is left and where that went."""
    kept = visit(house.store, key, today=house.today())
    known = [tag.strip().removeprefix("W/") for tag in request.headers.get("if-none-match", "").split(",")]
    if etag(kept) in known or "*" in known:
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers={"ETag": etag(kept)})
    return JSONResponse(kept.json(), headers={"ETag": etag(kept)})


@router.patch(
    "/{key:path}",
    openapi_extra={
        "parameters": [
            {
                "name": "If-Match",
                "in": "header",
                "required": False,
                "schema": {"type": "string"},
                "description": "the ETag that the change was made from; without it the answer is 428",
            }
        ],
        "requestBody": {
            "required": True,
            "content": {"application/json": {"schema": body_schema(VISITS, partial=True)}},
        },
        "responses": problems_documented(
            s403="more than a report of work done needs the role planner",
            s412="somebody has changed it meanwhile; `yours` and `theirs` show both versions",
            s422="every fault by field; rules of planning that are broken are told until `confirm` is true",
            s428="If-Match is missing",
        ),
    },
)
def change(
    request: Request, house: HouseDep, language: LanguageDep, visitor: VisitorDep, key: str, values: Values
) -> Response:
    """Change a visit: report it done or partly done, book, move, lock, miss or cancel it."""
    header = request.headers.get("if-match")
    if header is None:
        return problem(
            request,
            HTTPStatus.PRECONDITION_REQUIRED,
            "send If-Match with the ETag that the change was made from, so that no other change is overwritten",
        )
    wording = _wording(house, language)
    done = change_visit(
        house.store,
        key,
        values,
        revision=_revision_of(header),
        wording=wording,
        who=visitor.name,
        now=house.now(),
        may_plan=visitor.may(Role.PLANNER),
    )
    body = {
        **done.kept.json(),
        "passed": [one.value for one in done.passed],
        "confirmed": [{"where": one.field, "what": one.wrong.told(language)[0]} for one in done.confirmed],
        "locked_by_move": done.locked_by_move,
    }
    return JSONResponse(body, headers={"ETag": etag(done.kept)})


def _revision_of(header: str) -> int | None:
    """Return the revision that an If-Match header asks for; None where it accepts any, 0 where it fits none."""
    tags = [tag.strip() for tag in header.split(",")]
    if tags == ["*"]:
        return None
    found = [_ETAG.fullmatch(tag) for tag in tags]
    return max((int(one.group(1)) for one in found if one), default=0)
