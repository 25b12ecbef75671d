"""Emergency plans over HTTP."""

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Body, Path, Query, Response
from pydantic import BaseModel, Field

from kb.usecases.emergency import change_emergency_plan, tell_drill
from kb.usecases.emergency_document import emergency_docx, emergency_pdf
from kb.usecases.emergency_json import line_json, plan_json
from kb.usecases.emergency_reading import Added, emergency_lines, emergency_plan
from kb.usecases.emergency_triggers import BY_CODE
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.downloads import download

router = APIRouter(prefix="/emergency", tags=["emergency plans"])

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
Kind = Annotated[Literal["sites", "machines"], Path()]
Name = Annotated[str, Path(max_length=64, description="code of the site, or tag of the machine")]


class DrillBody(BaseModel):
    """A drill that was held; `id` is made by you: told twice, kept once."""

    id: str = Field(min_length=1, max_length=64)
    day: date
    trigger: str = Field(max_length=40, description=", ".join(BY_CODE))
    led_by: str = Field(max_length=200)
    people: int
    result: str = Field(max_length=10_000)


def which(kind: str, name: str) -> dict[str, str]:
    """Return what a use case wants to know of a path."""
    return {"site": name} if kind == "sites" else {"tag": name}


@router.get("")
def list_plans(
    house: HouseDep, due: Annotated[bool, Query(description="only those that wait for a review")] = False
) -> dict[str, Any]:
    """List the plans of all sites: those never looked through first, then by the day they are due."""
    today = house.today()
    lines = [one for one in emergency_lines(house.store) if not due or one.is_due(today)]
    return {"items": [line_json(one, today) for one in lines], "total": len(lines)}


@router.get("/{kind}/{name}", response_model=None)
def read_plan(
    house: HouseDep,
    language: LanguageDep,
    kind: Kind,
    name: Name,
    form: Annotated[Literal["json", "pdf", "docx"], Query(alias="format")] = "json",
) -> Response | dict[str, Any]:
    """Return the plan of a site or of a machine, as data, PDF or Word."""
    plan = emergency_plan(house.store, house.library(), **which(kind, name), today=house.today())
    if form == "pdf":
        return download(emergency_pdf(plan, language, created=house.now()), "application/pdf", f"{name}.pdf")
    if form == "docx":
        return download(emergency_docx(plan, language, created=house.now()), DOCX, f"{name}.docx")
    return plan_json(plan, language)


@router.patch("/{kind}/{name}")
def change_plan(
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    kind: Kind,
    name: Name,
    body: Annotated[dict[str, Any], Body(description=f"what is added: {', '.join(Added.model_fields)}")],
    owner: Annotated[str | None, Query(max_length=80)] = None,
    reviewed: Annotated[bool, Query(description="looked through today")] = False,
    review_due: date | None = None,
    revision: Annotated[int | None, Query(ge=0)] = None,
) -> dict[str, Any]:
    """Keep what a person adds to a plan, and whether he has looked it through."""
    plan = change_emergency_plan(
        house.store,
        house.library(),
        body,
        **which(kind, name),
        owner=owner,
        reviewed=reviewed,
        review_due=review_due,
        revision=revision,
        id=house.new_id(),
        who=visitor.name,
        now=house.now(),
    )
    return plan_json(plan, language)


@router.post("/{kind}/{name}/drills")
def add_drill(
    house: HouseDep, language: LanguageDep, visitor: VisitorDep, kind: Kind, name: Name, drill: DrillBody
) -> dict[str, Any]:
    """Keep a drill that was held."""
    plan = tell_drill(
        house.store,
        house.library(),
        **which(kind, name),
        id=drill.id,
        day=drill.day,
        trigger=drill.trigger,
        led_by=drill.led_by,
        people=drill.people,
        result=drill.result,
        who=visitor.name,
        now=house.now(),
    )
    return plan_json(plan, language)
