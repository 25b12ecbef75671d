"""Improving a plan as data: start it, and end it early with the best plan it has. How far it is, `jobs` tells."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import BaseModel, ConfigDict, Field

from kb.api.routes.jobs import JobOut, job_out
from kb.usecases.jobs import keep_job
from kb.usecases.plan_improve import LONGEST_SECONDS, MOST_WORKERS, effort_of
from kb.web.context import HouseDep, LanguageDep, VisitorDep
from kb.web.plan_jobs import asked_for_improvement

router = APIRouter(prefix="/plans/improvements", tags=["plans"])


class EffortIn(BaseModel):
    """How hard to search."""

    model_config = ConfigDict(extra="forbid")

    seconds: Annotated[float, Field(ge=1, le=LONGEST_SECONDS)] = 60.0
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 1
    workers: Annotated[int, Field(ge=1, le=MOST_WORKERS)] = 1


@router.post("", status_code=202, response_model=JobOut)
def improve_latest(
    effort: EffortIn, house: HouseDep, visitor: VisitorDep, language: LanguageDep, response: Response
) -> JobOut:
    """Make the newest plan better; the job's `result` holds the falling `curve` as [seconds, iterations, cost].

    The cost counts in minutes of driving. Once the job is done, `result` names the plan, and the parts of its cost.
    Where a plan is being improved already, its job is given.
    """
    wanted = effort_of(
        seconds=effort.seconds, seed=effort.seed, workers=effort.workers, cluster=house.settings.cluster
    )
    job = asked_for_improvement(house, wanted, by=visitor.name)
    response.headers["Location"] = f"/api/v1/jobs/{job.id}"
    return job_out(job, house.now(), language)


@router.post("/{id}/end", status_code=202)
def end_early(id: Annotated[str, Path(max_length=64)], house: HouseDep, language: LanguageDep) -> JobOut:
    """Ask an improvement to end now with the best plan it has; to stop it and keep nothing, delete the job."""
    return job_out(keep_job(house.store, id), house.now(), language)
