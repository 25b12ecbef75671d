"""Analyses of inspections and campaigns over HTTP."""

from datetime import UTC
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query, Response
from pydantic import BaseModel, Field

from kb.usecases.inspection_campaign_reading import campaign, campaigns
from kb.usecases.inspection_campaigns import CampaignForm, decide_machine, keep_campaign
from kb.usecases.inspection_document import inspection_docx, inspection_pdf
from kb.usecases.inspection_facts import Scope, inspection_facts
from kb.usecases.inspection_json import analysis_json, campaign_json
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.downloads import download

router = APIRouter(prefix="/inspections", tags=["inspections"])
campaigns_router = APIRouter(prefix="/inspections/campaigns", tags=["inspections"])
"""Keeping bulletins: what machines are called back for is technical content, as a page is."""

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Text = Annotated[str, Query(max_length=200)]
Number = Annotated[str, Path(max_length=80, description="number of the bulletin")]
FIELDS = Body(description=f"a bulletin: {', '.join(CampaignForm.model_fields)}")


class DecisionBody(BaseModel):
    """What was decided of a machine; `done` needs a work order, `not_affected` a reason."""

    state: Literal["open", "affected", "done", "not_affected"]
    order: str = Field(default="", max_length=64)
    why: str = Field(default="", max_length=4000)
    said_by: str = Field(default="", max_length=200)


@router.get("", response_model=None)
def analyse(
    house: HouseDep,
    language: LanguageDep,
    machine: Text = "",
    site: Text = "",
    visit: Text = "",
    order: Text = "",
    form: Annotated[Literal["json", "pdf", "docx"], Query(alias="format")] = "json",
) -> Response | dict[str, Any]:
    """Return what the last inspections of machines came to, with advice; of a machine, site, visit or work order."""
    today, now = house.today(), house.now()
    scope = Scope(machine=machine, site=site, visit=visit, order=order)
    found = inspection_facts(house.store, house.library(), scope, today=today, zone=now.tzinfo or UTC)
    name = machine or site or visit or order
    if form == "pdf":
        return download(
            inspection_pdf(found, language, today=today, created=now), "application/pdf", f"{name}.pdf"
        )
    if form == "docx":
        return download(inspection_docx(found, language, today=today, created=now), DOCX, f"{name}.docx")
    return {"items": [analysis_json(one, language, today=today) for one in found], "total": len(found)}


@router.get("/campaigns")
def list_campaigns(house: HouseDep) -> dict[str, Any]:
    """List the bulletins with their progress: those that run first, of each those due first."""
    today = house.today()
    found = campaigns(house.store)
    return {
        "items": [campaign_json(one, today=today, with_machines=False) for one in found],
        "total": len(found),
    }


@campaigns_router.post("", status_code=201)
def add_campaign(
    house: HouseDep, visitor: VisitorDep, body: Annotated[dict[str, Any], FIELDS]
) -> dict[str, Any]:
    """Keep a new bulletin."""
    found = keep_campaign(house.store, body, id=house.new_id(), who=visitor.name, now=house.now())
    return campaign_json(found, today=house.today())


@router.get("/campaigns/{number}")
def read_campaign(house: HouseDep, number: Number) -> dict[str, Any]:
    """Return a bulletin with its machines."""
    return campaign_json(campaign(house.store, number), today=house.today())


@campaigns_router.patch("/{number}")
def change_campaign(
    house: HouseDep,
    visitor: VisitorDep,
    number: Number,
    body: Annotated[dict[str, Any], FIELDS],
    revision: Annotated[int | None, Query(ge=0)] = None,
) -> dict[str, Any]:
    """Change a bulletin; what is not named stays."""
    found = keep_campaign(
        house.store,
        body,
        number=number,
        revision=revision,
        id=house.new_id(),
        who=visitor.name,
        now=house.now(),
    )
    return campaign_json(found, today=house.today())


@router.put("/campaigns/{number}/machines/{tag}")
def decide(
    house: HouseDep,
    visitor: VisitorDep,
    number: Number,
    tag: Annotated[str, Path(max_length=64)],
    body: DecisionBody,
) -> dict[str, Any]:
    """Keep what was decided of a machine."""
    found = decide_machine(
        house.store,
        number,
        tag,
        body.state,
        order=body.order,
        why=body.why,
        said_by=body.said_by,
        who=visitor.name,
        now=house.now(),
    )
    return campaign_json(found, today=house.today())
