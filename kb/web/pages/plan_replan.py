"""Mending the plan after a disturbance: a form, what it comes to, and the yes or no to it."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Conflict, Fault
from kb.i18n import Language
from kb.usecases.accounts import Role
from kb.usecases.plan_replan import Proposal, find_proposal, latest_proposals, propose_replan
from kb.usecases.plan_replan_answer import accept_proposal, reject_proposal
from kb.usecases.plan_replan_json import (
    Names,
    names_of,
    proposal_differences,
    proposal_json,
    request_sentences,
)
from kb.usecases.plan_replan_request import replan_request
from kb.usecases.plan_words import Words
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.pages.plan_difference import difference_rows
from kb.web.rendering import render
from kb.wiring import House

router = APIRouter()

FIELDS = ("first", "last", "urgent", "by", "hours", "note")
STATES = {
    "open": "waits for an answer",
    "accepted": "The proposal is accepted.",
    "rejected": "The proposal is rejected.",
}
ProposalId = Annotated[str, Path(max_length=64)]


async def _typed(request: Request) -> dict[str, list[str]]:
    """Return the texts of the form that was sent; several of one name come together."""
    found: dict[str, list[str]] = {}
    for name, value in (await request.form()).multi_items():
        if isinstance(value, str) and name != "csrf_token":
            found.setdefault(name, []).append(value)
    return found


TypedDep = Annotated[dict[str, list[str]], Depends(_typed)]


@router.get("/replan")
def form(request: Request, house: HouseDep, language: LanguageDep) -> HTMLResponse:
    """Show the form, and the proposals that were made lately."""
    # A link from a visit or a technician fills the form in.
    asked = {name: request.query_params.getlist(name) for name in ("sick", "closed", "skills", *FIELDS)}
    return _form(request, house, language, asked)


@router.post("/replan")
def ask(
    request: Request, house: HouseDep, language: LanguageDep, visitor: VisitorDep, typed: TypedDep
) -> Response:
    """Work out a proposal and lead to it; or show the form again with its faults."""
    try:
        wanted = replan_request(
            house.store,
            today=house.today(),
            sick=typed.get("sick", ()),
            closed=_codes(typed.get("closed", ())),
            skills=typed.get("skills", ()),
            **{name: typed.get(name, [""])[-1] for name in FIELDS},
        )
        proposal = propose_replan(house.store, wanted, id=house.new_id(), who=visitor.name, now=house.now())
    except (BadInput, Conflict) as error:
        faults = error.faults if isinstance(error, BadInput) else (Fault(where="", what=str(error)),)
        return _form(request, house, language, typed, faults)
    return RedirectResponse(f"/plan/replan/{proposal.id}", status_code=HTTPStatus.SEE_OTHER)


def _codes(texts: list[str] | tuple[str, ...]) -> list[str]:
    """Return the codes of a field in which several may be typed with spaces or commas between them."""
    return [
        code
        for text in texts
        for code in text.replace("，", ",").replace("、", ",").replace(",", " ").split()
    ]


def _form(
    request: Request,
    house: House,
    language: Language,
    typed: dict[str, list[str]],
    faults: tuple[Fault, ...] = (),
) -> HTMLResponse:
    names, words = names_of(house.store), Words(language)
    people = sorted(names.technicians, key=lambda one: names.codes["technicians"].get(one, one))
    values = {
        "words": words,
        "faults": faults,
        "sick": typed.get("sick", []),
        "closed": " ".join(typed.get("closed", [])),
        "skills": " ".join(typed.get("skills", [])),
        "typed": {name: (typed.get(name) or [""])[-1] for name in FIELDS},
        "today": house.today().isoformat(),
        "people": [(names.codes["technicians"].get(one, one), names.technicians[one].name) for one in people],
        "sites": sorted((names.codes["sites"].get(id, id), site.name) for id, site in names.sites.items()),
        "skills_known": sorted(
            frozenset().union(*(one.skills_ever | one.uncertified for one in names.technicians.values()))
        ),
        "proposals": [
            (one, request_sentences(one, names, words), words.say(STATES[one.state]))
            for one in latest_proposals(house.store)
        ],
        "may_plan": request.state.visitor.may(Role.PLANNER),
    }
    code = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "plan_living/replan.html", values, status_code=code)


@router.get("/replan/{id}")
def show(request: Request, house: HouseDep, language: LanguageDep, id: ProposalId) -> HTMLResponse:
    """Show what a disturbance comes to, with the buttons that accept and reject it."""
    return _proposal(request, house, language, find_proposal(house.store, id))


@router.post("/replan/{id}/accept")
def accept(
    request: Request, house: HouseDep, language: LanguageDep, visitor: VisitorDep, id: ProposalId
) -> Response:
    """Write what a proposal comes to."""
    try:
        accept_proposal(house.store, id, who=visitor.name, now=house.now())
    except Conflict as conflict:
        found = find_proposal(house.store, id)
        return _proposal(request, house, language, found, conflict=str(conflict))
    return RedirectResponse(f"/plan/replan/{id}", status_code=HTTPStatus.SEE_OTHER)


@router.post("/replan/{id}/reject")
def reject(house: HouseDep, visitor: VisitorDep, id: ProposalId) -> RedirectResponse:
    """Put a proposal aside."""
    reject_proposal(house.store, id, who=visitor.name, now=house.now())
    return RedirectResponse("/plan/replan", status_code=HTTPStatus.SEE_OTHER)


def _proposal(
    request: Request, house: House, language: Language, proposal: Proposal, *, conflict: str = ""
) -> HTMLResponse:
    names: Names = names_of(house.store)
    words = Words(language)
    values = {
        "words": words,
        "proposal": proposal,
        "told": proposal_json(proposal, names, words),
        "rows": difference_rows(names, proposal_differences(proposal), words, hit=proposal.hit),
        "state": words.say(STATES[proposal.state]),
        "codes": names.codes["technicians"],
        "conflict": words.say(
            "the plan has changed since the proposal was made; nothing was written: ask for it anew"
        )
        if conflict
        else "",
        "may_plan": request.state.visitor.may(Role.PLANNER),
    }
    code = HTTPStatus.CONFLICT if conflict else HTTPStatus.OK
    return render(request, "plan_living/proposal.html", values, status_code=code)
