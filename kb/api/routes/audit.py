"""The audit trail, and the personal data of a customer, over HTTP."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query, Response

from kb.api.routes.register_schemas import problems_documented
from kb.usecases.audit import AuditQuery, audit_csv, audit_kinds, audit_trail
from kb.usecases.personal_data import erase_customer, export_customer
from kb.web.context import HouseDep
from kb.web.downloads import download
from kb.web.pages.records_asked import ActorDep

router = APIRouter(tags=["audit"])

Text = Annotated[str, Query(max_length=200)]
Code = Annotated[str, Path(max_length=64, description="code of the customer")]


@router.get(
    "/audit",
    responses=problems_documented(s400="the page cannot be given", s403="the role planner is needed"),
)
def read_audit(
    house: HouseDep,
    actor: ActorDep,
    who: Text = "",
    kind: Text = "",
    thing: Annotated[str, Query(max_length=200, description="id or code of the thing")] = "",
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
    page: Annotated[int, Query(ge=1, le=20_000)] = 1,
    size: Annotated[int, Query(ge=1, le=500)] = 50,
    format: Literal["json", "csv"] = "json",
) -> Any:
    """Return who changed what, when, from what to what, the newest first; as csv all of it."""
    query = AuditQuery(who=who, kind=kind, thing=thing, first_day=first, last_day=last, page=page, size=size)
    if format == "csv":
        content = audit_csv(house.store, query, actor=actor, now=house.now())
        return download(content, "text/csv; charset=utf-8", f"audit-{house.today()}.csv")
    found = audit_trail(house.store, query, actor=actor, now=house.now())
    return {
        "items": [one.json() for one in found.items],
        "page": found.page,
        "size": found.size,
        "more": found.more,
        "kinds": list(audit_kinds(house.store)),
    }


@router.get(
    "/personal-data/{code}",
    response_class=Response,
    responses={
        200: {"content": {"application/zip": {}}},
        **problems_documented(s403="the role planner is needed", s404="there is no such customer"),
    },
)
def read_personal_data(house: HouseDep, actor: ActorDep, code: Code) -> Response:
    """Return everything about a customer as a zip of JSON, csv and files."""
    content = export_customer(house.store, code, actor=actor)
    return download(content, "application/zip", f"{code}-{house.today()}.zip")


@router.post(
    "/personal-data/{code}/erasure",
    responses=problems_documented(
        s403="the role admin is needed", s404="there is no such customer", s422="it is not confirmed"
    ),
)
def erase_personal_data(
    house: HouseDep,
    actor: ActorDep,
    code: Code,
    confirm: Annotated[str, Body(max_length=64, description="the customer's code again")],
    more: Annotated[list[str] | None, Body(max_length=200, description="further names and numbers")] = None,
    with_files: Annotated[bool, Body(description="whether the files' contents go too")] = False,
) -> dict[str, Any]:
    """Erase names, telephone numbers and addresses of a customer; the figures stay."""
    done = erase_customer(
        house.store,
        code,
        confirm=confirm,
        more=more or (),
        with_files=with_files,
        actor=actor,
        now=house.now(),
    )
    return {"places": done.places, "total": done.total, "files": done.files}
