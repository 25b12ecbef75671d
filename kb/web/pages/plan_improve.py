"""Making the plan better from a page: start it, end it early with the best plan it has."""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import RedirectResponse

from kb.usecases.jobs import keep_job
from kb.usecases.plan_improve import effort_of
from kb.web.context import HouseDep, VisitorDep
from kb.web.plan_jobs import asked_for_improvement

router = APIRouter(prefix="/plan")

DEFAULT_SECONDS = 60


@router.post("/improve")
def improve(
    house: HouseDep, visitor: VisitorDep, seconds: Annotated[int, Form(ge=1, le=24 * 3600)] = DEFAULT_SECONDS
) -> RedirectResponse:
    """Start making the newest plan better, and lead to where one can watch it."""
    effort = effort_of(seconds=float(seconds), cluster=house.settings.cluster)
    job = asked_for_improvement(house, effort, by=visitor.name)
    return RedirectResponse(f"/plan/jobs/{job.id}", status_code=303)


@router.post("/jobs/{id}/keep")
def keep(house: HouseDep, id: str) -> RedirectResponse:
    """Ask for the search to end now with the best plan it has."""
    keep_job(house.store, id)
    return RedirectResponse(f"/plan/jobs/{id}", status_code=303)
