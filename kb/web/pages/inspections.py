"""Analyses of inspections and campaigns on pages: what is advised of which machines, which bulletins are open where."""

from datetime import UTC
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Path, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import Conflict, FaultyInput, NotAllowed, NotFound
from kb.usecases.accounts import Role
from kb.usecases.inspection_advice import advice_for
from kb.usecases.inspection_campaign_reading import STATES, campaign, campaigns, count_running
from kb.usecases.inspection_campaigns import decide_machine, keep_campaign
from kb.usecases.inspection_document import limits_of, shown
from kb.usecases.inspection_facts import Facts, Scope, inspection_facts
from kb.usecases.inspection_words import (
    BACKUP_NAMES,
    EVIDENCE_NAMES,
    FIELD_NAMES,
    NOTHING,
    STATE_NAMES,
    sentence,
)
from kb.usecases.order_words import VERDICT_WORDS
from kb.usecases.reliability_trends import item_name
from kb.web.context import HouseDep, LanguageDep, Visitor, VisitorDep
from kb.web.rendering import render
from kb.wiring import House
from planner.reliability.advice import Advice

router = APIRouter(prefix="/inspections")

Short = Annotated[str, Form(max_length=400)]
Long = Annotated[str, Form(max_length=10_000)]
Number = Annotated[str, Path(max_length=80)]
SHOWN = 200
"""Machines of a bulletin on its page, those that wait first; the API has all."""
Asked = Annotated[str, Query(max_length=200)]


@router.get("")
def analysis(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    machine: Asked = "",
    site: Asked = "",
    visit: Asked = "",
    order: Asked = "",
) -> HTMLResponse:
    """Show what the last inspections of machines came to; asks whose where nothing is named."""
    today = house.today()
    scope = Scope(
        **{
            name: value.strip()
            for name, value in (("machine", machine), ("site", site), ("visit", visit), ("order", order))
        }
    )
    missing = ""
    found: tuple[Facts, ...] = ()
    told: list[tuple[Facts, list[tuple[Advice, str]]]] = []
    if any(getattr(scope, name) for name in Scope.__slots__):
        try:
            found = inspection_facts(
                house.store, house.library(), scope, today=today, zone=house.now().tzinfo or UTC
            )
        except NotFound as error:
            missing = str(error)
    for facts in found:
        items = {one.item_id: one.item for one in facts.results}
        advice = [(one, sentence(one, items, language)) for one in advice_for(facts, today=today)]
        told.append((facts, advice))
    return render(
        request,
        "inspections/analysis.html",
        {
            "told": sorted(told, key=lambda one: (-len(one[1]), one[0].tag)),
            "scope": scope,
            "asked": bool(found) or bool(missing) or any(getattr(scope, name) for name in Scope.__slots__),
            "missing": missing,
            "query": request.url.query,
            "running": count_running(house.store),
            "evidence_names": EVIDENCE_NAMES,
            "backup_names": BACKUP_NAMES,
            "verdict_names": VERDICT_WORDS,
            "nothing": NOTHING,
            "shown": shown,
            "limits_of": limits_of,
            "item_name": lambda one: item_name(one, language),
        },
        status_code=HTTPStatus.NOT_FOUND if missing else HTTPStatus.OK,
    )


@router.get("/campaigns")
def overview(request: Request, house: HouseDep, visitor: VisitorDep) -> HTMLResponse:
    """List the bulletins with their progress."""
    return _list(request, house, may=visitor.may(Role.EDITOR))


@router.post("/campaigns")
def add(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    number: Short = "",
    title: Short = "",
    source: Short = "",
    reference: Short = "",
    action: Long = "",
    due: Short = "",
    brand: Short = "",
    models: Long = "",
    controller: Short = "",
    software: Short = "",
    first: Short = "",
    last: Short = "",
) -> Response:
    """Keep a new bulletin."""
    _refuse_others(visitor)
    raw: dict[str, Any] = {
        "number": number,
        "title": title,
        "source": source,
        "reference": reference,
        "action": action,
        "due": due or None,
        "rule": {
            "brand": brand,
            "models": _parts(models),
            "controller": controller,
            "software": software,
            "first": first,
            "last": last,
        },
    }
    try:
        found = keep_campaign(house.store, raw, id=house.new_id(), who=visitor.name, now=house.now())
    except FaultyInput as refused:
        typed = {**raw, **raw["rule"], "models": models, "due": due}
        return _list(request, house, may=True, refused=refused, typed=typed)
    return RedirectResponse(_address(request, found.id), status_code=HTTPStatus.SEE_OTHER)


@router.get("/campaigns/{number}")
def show(request: Request, house: HouseDep, visitor: VisitorDep, number: Number) -> HTMLResponse:
    """Show a bulletin with its machines."""
    return _campaign(request, house, number, visitor)


@router.post("/campaigns/{number}")
def decide(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    number: Number,
    what: Short = "",
    tag: Short = "",
    order: Short = "",
    why: Long = "",
    said_by: Short = "",
) -> Response:
    """Keep what was decided of a machine, or that the bulletin has ended or runs again."""
    if what in {"end", "resume"}:
        _refuse_others(visitor)
    try:
        if what in {"end", "resume"}:
            keep_campaign(
                house.store,
                {"ended": what == "end"},
                number=number,
                id=house.new_id(),
                who=visitor.name,
                now=house.now(),
            )
        else:
            decide_machine(
                house.store,
                number,
                tag,
                what,
                order=order,
                why=why,
                said_by=said_by,
                who=visitor.name,
                now=house.now(),
            )
    except (FaultyInput, Conflict) as refused:
        return _campaign(request, house, number, visitor, refused=refused, tag=tag)
    return RedirectResponse(request.url.path, status_code=HTTPStatus.SEE_OTHER)


def _address(request: Request, id: str) -> str:
    return f"{request.url.path}/{id}"


def _parts(text: str) -> list[str]:
    for mark in "，、；;\n":
        text = text.replace(mark, ",")
    return [part.strip() for part in text.split(",") if part.strip()]


def _refuse_others(visitor: Visitor) -> None:
    if not visitor.may(Role.EDITOR):
        raise NotAllowed("keeping and ending bulletins needs the role editor")


def _list(
    request: Request,
    house: House,
    *,
    may: bool,
    refused: FaultyInput | None = None,
    typed: dict[str, Any] | None = None,
) -> HTMLResponse:
    today, lists = house.today(), house.library().vocabularies
    values = {
        "found": [(one, one.is_overdue(today)) for one in campaigns(house.store)],
        "controllers": sorted(lists.codes("controllers")),
        "lists": lists,
        "states": [(state, STATE_NAMES[state]) for state in STATES],
        "may": may,
        "refused": refused,
        "typed": typed or {},
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "inspections/campaigns.html", values, status_code=status)


def _campaign(
    request: Request,
    house: House,
    number: str,
    visitor: Visitor,
    *,
    refused: FaultyInput | Conflict | None = None,
    tag: str = "",
) -> HTMLResponse:
    found = campaign(house.store, number)
    values = {
        "one": found,
        "machines": found.machines[:SHOWN],
        "overdue": found.is_overdue(house.today()),
        "states": [(state, STATE_NAMES[state]) for state in STATES],
        "state_names": STATE_NAMES,
        "field_names": FIELD_NAMES,
        "may": visitor.may(Role.ENGINEER),
        "may_keep": visitor.may(Role.EDITOR),
        "refused": refused,
        "tag": tag,
        "lists": house.library().vocabularies,
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK
    return render(request, "inspections/campaign.html", values, status_code=status)
