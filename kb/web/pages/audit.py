"""The audit trail on a page, and beside it the personal data of a customer: handed out, or erased."""

from datetime import date
from http import HTTPStatus
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, Response

from kb.errors import BadInput, NotFound
from kb.usecases.accounts import Role
from kb.usecases.audit import AuditQuery, audit_kinds, audit_trail
from kb.usecases.audit_words import action_word, field_word, kind_word
from kb.usecases.personal_data import Erased, erase_customer, export_customer
from kb.usecases.record_nouns import Actor
from kb.usecases.record_words import local_time
from kb.usecases.register_days import day_of
from kb.usecases.register_kinds import Wording, Wrong
from kb.web.context import HouseDep
from kb.web.downloads import download
from kb.web.pages.records_asked import ActorDep, WordingDep
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter(prefix="/audit")

Text = Annotated[str, Query(max_length=200)]
LONGEST_VALUE = 200


@router.get("")
def list_page(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    wording: WordingDep,
    who: Text = "",
    kind: Text = "",
    thing: Text = "",
    first: Annotated[str, Query(alias="from", max_length=20)] = "",
    last: Annotated[str, Query(alias="to", max_length=20)] = "",
    page: Annotated[int, Query(ge=1, le=400)] = 1,
) -> HTMLResponse:
    """Show who changed what, when, from what to what."""
    faults: list[str] = []
    query = AuditQuery(
        who=who,
        kind=kind,
        thing=thing,
        first_day=_day(first, wording, faults),
        last_day=_day(last, wording, faults),
        page=page,
    )
    return _page(request, house, actor, wording, query, faults=faults)


def _day(text: str, wording: Wording, faults: list[str]) -> date | None:
    try:
        return day_of(text) if text else None
    except Wrong as wrong:
        faults.append(" ".join(wrong.told(wording.language)))
        return None


def _page(
    request: Request,
    house: House,
    actor: Actor,
    wording: Wording,
    query: AuditQuery,
    *,
    faults: list[str] | None = None,
    erased: Erased | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HTMLResponse:
    found = audit_trail(house.store, query, actor=actor, now=house.now())
    asked = {
        "who": query.who,
        "kind": query.kind,
        "thing": query.thing,
        "from": query.first_day.isoformat() if query.first_day else "",
        "to": query.last_day.isoformat() if query.last_day else "",
    }
    told = urlencode({name: text for name, text in asked.items() if text})
    values = {
        "asked": asked,
        "kinds": sorted((kind_word(one, wording), one) for one in audit_kinds(house.store)),
        "rows": [
            {
                "at": local_time(one.at, wording),
                "who": one.who,
                "action": action_word(one.action, wording.language),
                "kind": one.kind,
                "kind_word": kind_word(one.kind, wording),
                "thing": one.thing,
                "fields": [
                    (field_word(one.kind, name, wording), _short(old), _short(new))
                    for name, old, new in one.fields
                ],
            }
            for one in found.items
        ],
        "page": found.page,
        "previous": f"/audit?{told}&page={found.page - 1}" if found.page > 1 else "",
        "following": f"/audit?{told}&page={found.page + 1}" if found.more else "",
        "csv": f"/api/v1/audit?format=csv&{told}",
        "faults": faults or [],
        "erased": erased.total if erased else None,
        "may_erase": actor.role.contains(Role.ADMIN),
    }
    return render(request, "audit/list.html", values, status_code=status)


def _short(value: object) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= LONGEST_VALUE else f"{text[: LONGEST_VALUE - 1]}…"


@router.get("/personal-data")
def hand_out(house: HouseDep, actor: ActorDep, customer: Text = "") -> Response:
    """Return everything about a customer as a zip."""
    content = export_customer(house.store, customer, actor=actor)
    return download(content, "application/zip", f"{customer}-{house.today()}.zip")


@router.post("/erasure")
def erase(
    request: Request,
    house: HouseDep,
    actor: ActorDep,
    wording: WordingDep,
    customer: Annotated[str, Form(max_length=64)] = "",
    confirm: Annotated[str, Form(max_length=64)] = "",
    more: Annotated[str, Form(max_length=8000)] = "",
    files: Annotated[str, Form(max_length=8)] = "",
) -> HTMLResponse:
    """Erase the personal data of a customer and say in how many places; or say what is missing."""
    try:
        done = erase_customer(
            house.store,
            customer.strip(),
            confirm=confirm.strip(),
            more=[line for line in more.splitlines() if line.strip()],
            with_files=bool(files),
            actor=actor,
            now=house.now(),
        )
    except (BadInput, NotFound) as error:
        said = [str(one) for one in error.faults] if isinstance(error, BadInput) else [str(error)]
        code = HTTPStatus.UNPROCESSABLE_ENTITY
        return _page(request, house, actor, wording, AuditQuery(), faults=said, status=code)
    return _page(request, house, actor, wording, AuditQuery(thing=customer.strip()), erased=done)
