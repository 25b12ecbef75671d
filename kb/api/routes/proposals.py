"""Maintenance proposals and the price book over HTTP."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Query, Response

from kb.errors import NotFound
from kb.i18n import Language
from kb.usecases.price_book import price_book, write_price_book
from kb.usecases.proposal_acceptance import accept_proposal
from kb.usecases.proposal_files import letterhead_to_begin_with, proposal_docx, proposal_pdf
from kb.usecases.proposal_json import proposal_json
from kb.usecases.proposal_reading import ProposalState, Wishes
from kb.usecases.proposals import adjust, move_proposal, proposal, proposal_list, propose
from kb.usecases.register_kinds import wording_of
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.downloads import download
from planner.model import ContractLevel

router = APIRouter(tags=["maintenance proposals"])

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Values = Annotated[dict[str, Any], Body(description=f"wishes: {', '.join(Wishes.model_fields)}")]
Revision = Annotated[int | None, Body(ge=1)]


@router.get("/price-book")
def read_price_book(house: HouseDep) -> dict[str, Any]:
    """Return the price book in force."""
    kept = price_book(house.store)
    if kept is None:
        raise NotFound("price book", "in force")
    return kept.json()


@router.put("/price-book")
def keep_price_book(
    house: HouseDep,
    visitor: VisitorDep,
    body: Annotated[dict[str, Any], Body()],
    seen: Annotated[int | None, Query(ge=0, description="number of the version it was made from")] = None,
    note: Annotated[str, Query(max_length=300)] = "",
) -> dict[str, Any]:
    """Keep a price book as the one in force; older ones stay with their proposals."""
    kept = write_price_book(
        house.store, body, id=house.new_id(), seen=seen, note=note, who=visitor.name, now=house.now()
    )
    return kept.json()


@router.get("/proposals")
def list_proposals(
    house: HouseDep,
    state: Annotated[str, Query(max_length=20)] = "",
    site: Annotated[str, Query(max_length=64, description="id of the site")] = "",
    page: Annotated[int, Query(ge=1, le=1_000_000)] = 1,
    size: Annotated[int, Query(ge=1, le=200)] = 50,
) -> dict[str, Any]:
    """List proposals, the newest first."""
    found = proposal_list(house.store, state=state, site_id=site, page=page, size=size)
    return {"items": [dict(one) for one in found.items], "total": found.total, "page": page, "size": size}


@router.post("/proposals", status_code=201)
def make_proposal(
    house: HouseDep,
    visitor: VisitorDep,
    language: LanguageDep,
    site: Annotated[str, Query(max_length=64, description="id of the site")],
    wishes: Values,
    id: Annotated[
        str,
        Query(max_length=64, pattern=r"^[A-Za-z0-9_-]*$", description="made by you: sent twice, made once"),
    ] = "",
) -> dict[str, Any]:
    """Work a proposal out for a site and keep it as a draft."""
    found = propose(
        house.store,
        house.library(),
        site,
        wishes,
        id=id or house.new_id(),
        language=language,
        who=visitor.name,
        now=house.now(),
    )
    return proposal_json(found)


@router.get("/proposals/letterhead")
def read_letterhead(language: LanguageDep) -> Response:
    """Return a Word letterhead to begin with."""
    return download(letterhead_to_begin_with(language), DOCX, "letterhead.docx")


@router.get("/proposals/{handle}")
def read_proposal(house: HouseDep, handle: str) -> dict[str, Any]:
    """Return a proposal by its id or number: options side by side, calculation, parts, facts."""
    return proposal_json(proposal(house.store, handle))


@router.patch("/proposals/{handle}")
def change_proposal(
    house: HouseDep,
    visitor: VisitorDep,
    handle: str,
    wishes: Values,
    revision: Annotated[int | None, Query(ge=1)] = None,
    valid_until: date | None = None,
    document_language: Language | None = None,
    refresh: Annotated[
        bool, Query(description="gather the facts again, with the price book in force")
    ] = False,
) -> dict[str, Any]:
    """Change the wishes of a draft and work it out again."""
    found = adjust(
        house.store,
        house.library(),
        handle,
        wishes,
        revision=revision,
        valid_until=valid_until,
        language=document_language,
        refresh=refresh,
        who=visitor.name,
        now=house.now(),
    )
    return proposal_json(found)


@router.post("/proposals/{handle}/state")
def change_state(
    house: HouseDep,
    visitor: VisitorDep,
    handle: str,
    state: Annotated[ProposalState, Body()],
    revision: Revision = None,
) -> dict[str, Any]:
    """Approve, send or decline a proposal, or take it back to draft."""
    return proposal_json(
        move_proposal(house.store, handle, state, revision=revision, who=visitor.name, now=house.now())
    )


@router.post("/proposals/{handle}/acceptance")
def accept(
    house: HouseDep,
    visitor: VisitorDep,
    language: LanguageDep,
    handle: str,
    level: Annotated[ContractLevel, Body()],
    revision: Revision = None,
) -> dict[str, Any]:
    """Accept an option: the contract and the maintenance plans are made."""
    wording = wording_of(language, house.settings.time_zone, house.library().vocabularies)
    return proposal_json(
        accept_proposal(
            house.store, handle, level, revision=revision, wording=wording, who=visitor.name, now=house.now()
        )
    )


@router.get("/proposals/{handle}/file")
def read_file(
    house: HouseDep,
    handle: str,
    format: Literal["docx", "pdf"] = "docx",
    document_language: Language | None = None,
) -> Response:
    """Return a proposal as Word, on the department's letterhead where one is set, or as PDF."""
    found = proposal(house.store, handle)
    vocabularies = house.library().vocabularies
    language = document_language or found.language
    if format == "pdf":
        return download(proposal_pdf(found, vocabularies, language), "application/pdf", f"{found.number}.pdf")
    template = house.settings.letterhead
    return download(
        proposal_docx(found, vocabularies, language, template=template), DOCX, f"{found.number}.docx"
    )
