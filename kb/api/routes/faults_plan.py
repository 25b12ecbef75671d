"""The handling plan of a report as data and as a file, and the step to an order in the inspection plan."""

from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from kb.api.routes.register_schemas import problems_documented
from kb.usecases.fault_diagnosis import likely_causes
from kb.usecases.fault_dispatch import dispatch_report
from kb.usecases.fault_handling import work_time
from kb.usecases.fault_plan_files import plan_file, plan_json
from kb.usecases.fault_reports import fault_report
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.downloads import download
from kb.web.pages.faults_plan import plan_of

router = APIRouter(prefix="/faults", tags=["faults"])
dispatch_router = APIRouter(prefix="/faults", tags=["faults"])

Id = Annotated[str, Path(max_length=64, description="id or number of the report")]


class DispatchIn(BaseModel):
    """Who goes on which day."""

    model_config = ConfigDict(extra="forbid")

    technician: Annotated[str, Field(max_length=64, description="id or code")]
    day: date


@router.get("/{id}/plan", responses=problems_documented(s404="there is none"))
def read_plan(house: HouseDep, language: LanguageDep, id: Id) -> dict[str, Any]:
    """Return the handling plan: hazards, questions, checks in order, parts, who can go, what is missing."""
    return plan_json(plan_of(house, id, language))


@router.get(
    "/{id}/plan.{ending}",
    response_class=Response,
    responses={
        200: {"content": {"application/pdf": {}, "application/octet-stream": {}}},
        **problems_documented(s404="there is none"),
    },
)
def read_plan_file(
    house: HouseDep, language: LanguageDep, id: Id, ending: Literal["docx", "pdf"]
) -> Response:
    """Return the handling plan as docx or pdf."""
    return download(*plan_file(plan_of(house, id, language), ending, language=language, created=house.now()))


@dispatch_router.post(
    "/{id}/dispatch",
    status_code=HTTPStatus.CREATED,
    responses=problems_documented(s404="there is none", s422="every fault by field"),
)
def dispatch(id: Id, body: DispatchIn, house: HouseDep, visitor: VisitorDep) -> dict[str, Any]:
    """Open the work order for a technician and a day, and put it into the plan where mending the plan agrees."""
    now, months = house.now(), house.settings.warranty_months
    report = fault_report(house.store, id, now=now, warranty_months=months)
    likely = likely_causes(house.store, house.library(), house.search_index(), report, now=now)
    done = dispatch_report(
        house.store,
        id,
        technician=body.technician,
        day=body.day,
        duration=work_time(likely),
        order_id=house.new_id(),
        proposal_id=house.new_id(),
        now=now,
        who=visitor.name,
        warranty_months=months,
    )
    return {"order": done.order_id, "proposal": done.proposal_id, "in_plan": done.in_plan}
