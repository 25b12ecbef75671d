"""Making a plan from a request: what is quick is answered at once, what takes longer goes on behind a job."""

from dataclasses import dataclass

from kb.errors import Stopped
from kb.usecases.jobs import Job, find_job
from kb.usecases.plan_improve import improve_plan, start_improving
from kb.usecases.plan_job import make_plan, start_planning
from kb.usecases.plan_period import Period
from kb.usecases.plan_solve import Effort
from kb.wiring import House
from planner.scheduling import Overdue

AT_ONCE_S = 2.0
"""How long a request waits for its plan: within it a page still feels immediate."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """The job that answers a request, and whether the request started it; otherwise it found another's running."""

    job: Job
    is_new: bool


def asked_for_plan(house: House, period: Period, *, by: str) -> Asked:
    """Start making a plan and wait a moment for it; where one is being made already, return that one at once.

    Raises:
        BadInput, Conflict: The plan could not be made, and that was known within the moment.
    """
    started = start_planning(house.store, period, id=house.new_id(), now=house.now(), by=by)
    job = started.job
    if not started.is_new:
        return Asked(job=job, is_new=False)
    overdue = Overdue(house.settings.overdue)
    worker = house.in_background(
        job.id, lambda: make_plan(house.store, job, clock=house.now, overdue=overdue)
    )
    if worker.has_ended(within_s=AT_ONCE_S) and worker.error and not isinstance(worker.error, Stopped):
        raise worker.error
    return Asked(job=find_job(house.store, job.id, now=house.now()), is_new=True)


def asked_for_improvement(house: House, effort: Effort, *, by: str) -> Job:
    """Start improving the newest plan behind a job, and return it; the one that runs where one runs already.

    Raises:
        NotFound: There is no plan.
    """
    started = start_improving(house.store, effort, id=house.new_id(), now=house.now(), by=by)
    job = started.job
    if started.is_new:
        overdue = Overdue(house.settings.overdue)
        house.in_background(
            job.id,
            lambda: improve_plan(house.store, job, clock=house.now, seconds=house.seconds, overdue=overdue),
        )
    return job
