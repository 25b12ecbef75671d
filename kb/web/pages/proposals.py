"""Maintenance proposals on pages: the list, a new one, three options side by side to compare and adjust, the price book."""

from collections.abc import Mapping
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault, FaultyInput, Message
from kb.i18n import Language
from kb.usecases.accounts import Role
from kb.usecases.price_book import price_book, read_parts, write_price_book, written_parts
from kb.usecases.proposal_acceptance import accept_proposal
from kb.usecases.proposal_reading import Proposal, ProposalState
from kb.usecases.proposal_words import (
    LEVEL_NAMES,
    PROMISE_NAMES,
    STATE_NAMES,
    assumptions,
    words_of,
)
from kb.usecases.proposals import adjust, move_proposal, proposal, proposal_list, propose, sites_to_propose
from kb.usecases.register_kinds import wording_of
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.pages.proposals_chart import option_bars
from kb.web.pages.proposals_words import PRICE_FIELDS, TERM_FIELDS, told
from kb.web.rendering import render
from planner.model import ContractLevel

router = APIRouter(prefix="/proposals")

WISH_FIELDS = (
    "visits_per_year",
    "start",
    "desired",
    "contact",
    "note",
    "downtime_hour",
    "failures_per_year",
    "trip_minutes",
    "trip_kilometres",
)
Text = Annotated[str, Form(max_length=100)]


@router.get("")
def overview(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    state: Annotated[str, Query(max_length=20)] = "",
    site: Annotated[str, Query(max_length=64)] = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
) -> HTMLResponse:
    """Show the proposals, the newest first, and a form for a new one."""
    found = proposal_list(house.store, state=state, site_id=site, page=page)
    return render(
        request,
        "proposals/list.html",
        {
            "found": found,
            "state": state,
            "site": site,
            "states": STATE_NAMES,
            "may": visitor.may(Role.PLANNER),
            "has_prices": price_book(house.store) is not None,
            "sites": sites_to_propose(house.store),
            "first_day": date(house.today().year + 1, 1, 1),
            "refused": None,
        },
    )


@router.post("")
def new(
    request: Request,
    house: HouseDep,
    visitor: VisitorDep,
    language: LanguageDep,
    site: Text = "",
    start: Text = "",
    visits_per_year: Text = "4",
    id: Text = "",
) -> Response:
    """Work a proposal out and lead to it."""
    try:
        made = propose(
            house.store,
            house.library(),
            site,
            {"start": start, "visits_per_year": visits_per_year},
            id=id or house.new_id(),
            language=language,
            who=visitor.name,
            now=house.now(),
        )
    except FaultyInput as refused:
        return render(
            request,
            "proposals/list.html",
            {
                "found": proposal_list(house.store),
                "state": "",
                "site": site,
                "states": STATE_NAMES,
                "may": True,
                "has_prices": price_book(house.store) is not None,
                "sites": sites_to_propose(house.store),
                "first_day": start,
                "refused": told(refused, language),
            },
            status_code=HTTPStatus.UNPROCESSABLE_ENTITY,
        )
    return RedirectResponse(f"/proposals/{made.number}", status_code=HTTPStatus.SEE_OTHER)


@router.get("/prices")
def prices(request: Request, house: HouseDep, language: LanguageDep, visitor: VisitorDep) -> HTMLResponse:
    """Show the price book as a form."""
    kept = price_book(house.store)
    body = dict(kept.body) if kept else {}
    return _prices(request, language, body, seen=kept.number if kept else 0, may=visitor.may(Role.PLANNER))


@router.post("/prices")
async def keep_prices(
    request: Request, house: HouseDep, language: LanguageDep, visitor: VisitorDep
) -> Response:
    """Keep the price book."""
    form = {key: str(value)[:20_000] for key, value in (await request.form()).multi_items()}
    seen = int(form.get("seen", "0")) if form.get("seen", "0").isdigit() else 0
    body: dict[str, Any] = {name: form[name] for name in PRICE_FIELDS if form.get(name, "").strip()}
    body["currency"] = form.get("currency", "CNY")
    body["terms"] = {
        level.value: {
            **{name: text for name in TERM_FIELDS if (text := form.get(f"{level.value}-{name}", "").strip())},
            "exclusions": [
                one for one in form.get(f"{level.value}-exclusions", "").splitlines() if one.strip()
            ],
        }
        for level in ContractLevel
    }
    try:
        body["parts"] = read_parts(form.get("parts", "").splitlines())
        write_price_book(
            house.store,
            body,
            id=house.new_id(),
            seen=seen,
            note=form.get("note", ""),
            who=visitor.name,
            now=house.now(),
        )
    except (FaultyInput, Conflict) as refused:
        return _prices(
            request, language, body, seen=seen, may=True, refused=refused, typed=form.get("parts", "")
        )
    return RedirectResponse("/proposals/prices", status_code=HTTPStatus.SEE_OTHER)


@router.get("/{handle}")
def show(
    request: Request, house: HouseDep, language: LanguageDep, visitor: VisitorDep, handle: str
) -> HTMLResponse:
    """Show a proposal: three options side by side, and what can be adjusted."""
    return _page(request, house, language, proposal(house.store, handle), may=visitor.may(Role.PLANNER))


@router.post("/{handle}")
async def change(
    request: Request, house: HouseDep, language: LanguageDep, visitor: VisitorDep, handle: str
) -> Response:
    """Change the wishes of a draft, or gather the facts again."""
    form = {key: str(value)[:4000] for key, value in (await request.form()).multi_items()}
    wishes: dict[str, Any] = {name: form[name].strip() or None for name in WISH_FIELDS if name in form}
    for name in ("contact", "note"):
        wishes[name] = wishes.get(name) or ""
    wishes["adjustments"] = [
        {"level": level.value, "amount": amount, "reason": form.get(f"{level.value}-reason", "").strip()}
        for level in ContractLevel
        if (amount := form.get(f"{level.value}-amount", "").strip())
    ]
    try:
        valid = form.get("valid_until", "")
        adjust(
            house.store,
            house.library(),
            handle,
            wishes,
            revision=int(form["revision"]) if form.get("revision", "").isdigit() else None,
            valid_until=_day(valid),
            refresh=form.get("what") == "refresh",
            who=visitor.name,
            now=house.now(),
        )
    except (FaultyInput, Conflict) as refused:
        return _page(
            request, house, language, proposal(house.store, handle), may=True, refused=refused, typed=form
        )
    return RedirectResponse(f"/proposals/{handle}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/{handle}/state")
def move(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    handle: str,
    revision: Annotated[int, Form(ge=1)],
    state: Text = "",
    level: Text = "",
) -> Response:
    """Approve, send, decline, take back; or accept, which makes contract and maintenance plans."""
    try:
        _refuse_unknown(state, level)
        if state == ProposalState.ACCEPTED:
            wording = wording_of(language, house.settings.time_zone, house.library().vocabularies)
            accept_proposal(
                house.store,
                handle,
                ContractLevel(level),
                revision=revision,
                wording=wording,
                who=visitor.name,
                now=house.now(),
            )
        else:
            move_proposal(
                house.store,
                handle,
                ProposalState(state),
                revision=revision,
                who=visitor.name,
                now=house.now(),
            )
    except (FaultyInput, Conflict) as refused:
        return _page(request, house, language, proposal(house.store, handle), may=True, refused=refused)
    return RedirectResponse(f"/proposals/{handle}", status_code=HTTPStatus.SEE_OTHER)


def _refuse_unknown(state: str, level: str) -> None:
    faults = []
    if state not in list(ProposalState):
        faults.append(
            Fault(
                where="state",
                what=Message("{state} is no state", state=repr(state[:20])),
                repair=", ".join(ProposalState),
            )
        )
    if state == ProposalState.ACCEPTED and level not in list(ContractLevel):
        faults.append(
            Fault(
                where="level",
                what=Message("{value!r} is no level", value=level[:20]),
                repair=", ".join(ContractLevel),
            )
        )
    if faults:
        raise BadInput("nothing was changed", faults)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise BadInput(
            "nothing was changed",
            [Fault(where="valid_until", what=Message("{value!r} is no day", value=text[:20]))],
        ) from error


def _page(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    found: Proposal,
    *,
    may: bool,
    refused: FaultyInput | Conflict | None = None,
    typed: Mapping[str, str] | None = None,
) -> HTMLResponse:
    words = words_of(found, house.library().vocabularies, language)
    wishes = {
        name: "" if value is None else value for name, value in found.wishes.model_dump(mode="json").items()
    }
    wishes |= {name: value for name, value in (typed or {}).items() if name in WISH_FIELDS}
    return render(
        request,
        "proposals/show.html",
        {
            "one": found,
            "words": words,
            "wishes": wishes,
            "by_hand": {one.level.value: one for one in found.wishes.adjustments},
            "assumptions": assumptions(found, words),
            "promises": PROMISE_NAMES,
            "levels": LEVEL_NAMES,
            "states": STATE_NAMES,
            "bars": option_bars(found, words),
            "may": may,
            "refused": told(refused, language),
        },
        status_code=HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK,
    )


def _prices(
    request: Request,
    language: Language,
    body: Mapping[str, Any],
    *,
    seen: int,
    may: bool,
    refused: FaultyInput | Conflict | None = None,
    typed: str | None = None,
) -> HTMLResponse:
    return render(
        request,
        "proposals/prices.html",
        {
            "body": {"terms": {}, "currency": "CNY", **body},
            "parts_text": written_parts(body) if typed is None else typed,
            "fields": PRICE_FIELDS,
            "term_fields": dict(zip(TERM_FIELDS, PROMISE_NAMES.values(), strict=True)),
            "levels": LEVEL_NAMES,
            "seen": seen,
            "may": may,
            "refused": told(refused, language),
        },
        status_code=HTTPStatus.UNPROCESSABLE_ENTITY if refused else HTTPStatus.OK,
    )
