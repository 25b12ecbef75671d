"""The handling plan of a report on a phone, as a file, and the step to an order in the inspection plan."""

from datetime import date
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Form, Path, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from kb.errors import BadInput, Fault, Message, NotFound
from kb.export.fault_plan import stock_told
from kb.i18n import Language
from kb.usecases.accounts import Role
from kb.usecases.fault_diagnosis import likely_causes
from kb.usecases.fault_dispatch import dispatch_report
from kb.usecases.fault_handling import handling_plan, work_time
from kb.usecases.fault_plan_files import plan_file
from kb.usecases.fault_reports import fault_report
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.downloads import download
from kb.web.rendering import render
from kb.wiring import House
from planner.faults import HandlingPlan

router = APIRouter(prefix="/faults")

Id = Annotated[str, Path(max_length=64)]
Text = Annotated[str, Form(max_length=200)]


def plan_of(house: House, id: str, language: Language) -> HandlingPlan:
    """Return the handling plan of a report as of now."""
    now = house.now()
    report = fault_report(house.store, id, now=now, warranty_months=house.settings.warranty_months)
    return handling_plan(
        house.store, house.library(), house.search_index(), report, language=language, now=now
    )


@router.get("/{id}/plan")
def plan_page(request: Request, house: HouseDep, language: LanguageDep, id: Id) -> HTMLResponse:
    """Show the plan: hazards first, then questions, checks, parts, who can go."""
    return _page(request, house, language, id)


@router.get("/{id}/plan.{ending}")
def plan_as_file(house: HouseDep, language: LanguageDep, id: Id, ending: str) -> Response:
    """Return the plan as docx or pdf."""
    if ending == "docx":
        made = plan_file(plan_of(house, id, language), "docx", language=language, created=house.now())
    elif ending == "pdf":
        made = plan_file(plan_of(house, id, language), "pdf", language=language, created=house.now())
    else:
        raise NotFound("document", ending[:20])
    return download(*made)


@router.post("/{id}/dispatch")
def dispatch(
    request: Request,
    house: HouseDep,
    language: LanguageDep,
    visitor: VisitorDep,
    id: Id,
    technician: Text = "",
    day: Text = "",
) -> Response:
    """Open the order for a technician and a day and put it into the plan; lead to what a planner must look at."""
    now, months = house.now(), house.settings.warranty_months
    try:
        try:
            wanted = date.fromisoformat(day)
        except ValueError as error:
            fault = Fault(
                where="day", what=Message("{value!r} is no day", value=day[:20]), repair="choose one"
            )
            raise BadInput("no work order was opened", [fault]) from error
        report = fault_report(house.store, id, now=now, warranty_months=months)
        likely = likely_causes(house.store, house.library(), house.search_index(), report, now=now)
        done = dispatch_report(
            house.store,
            id,
            technician=technician,
            day=wanted,
            duration=work_time(likely),
            order_id=house.new_id(),
            proposal_id=house.new_id(),
            now=now,
            who=visitor.name,
            warranty_months=months,
        )
    except BadInput as refusal:
        return _page(request, house, language, id, faults=refusal.faults)
    how = "planned" if done.in_plan else "proposal" if done.proposal_id else "order"
    target = f"/faults/{report.id}/plan?done={how}"
    if how == "proposal":
        target += f"&proposal={done.proposal_id}"
    return RedirectResponse(target, status_code=HTTPStatus.SEE_OTHER)


def _page(
    request: Request, house: House, language: Language, id: str, *, faults: tuple[Fault, ...] = ()
) -> HTMLResponse:
    now, months = house.now(), house.settings.warranty_months
    report = fault_report(house.store, id, now=now, warranty_months=months)
    library = house.library()
    plan = handling_plan(house.store, library, house.search_index(), report, language=language, now=now)
    values = {
        "report": report,
        "plan": plan,
        "faults": faults,
        "done": request.query_params.get("done", ""),
        "proposal": request.query_params.get("proposal", "")[:64],
        "is_page": lambda id: id in library.pages,
        "stock_told": lambda part: stock_told(part, language),
        "is_job": lambda id: id.startswith("GD"),
        "may_plan": request.state.visitor.may(Role.PLANNER),
    }
    code = HTTPStatus.UNPROCESSABLE_ENTITY if faults else HTTPStatus.OK
    return render(request, "faults/plan.html", values, status_code=code)
