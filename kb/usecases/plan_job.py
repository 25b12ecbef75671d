"""Making a plan as a job: claimed, watched, stopped; the plan and the job's end are one transaction."""

from collections.abc import Callable
from datetime import date, datetime

from kb.store import Store
from kb.store.register import Session
from kb.usecases.jobs import Job, Started, end_with, start_job, working_on
from kb.usecases.plan import Progress, plan_inspections
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_period import Period
from planner.scheduling import Overdue

PLANNING = "planning"
"""The kind of these jobs."""
PLACED_SHARE = 0.95
"""Placing the visits takes nearly all of the time; writing them the rest."""
_READING, _PLACING, _WRITING = "Reading the register", "Placing the visits", "Writing the plan"


def start_planning(store: Store, period: Period, *, id: str, now: datetime, by: str) -> Started:
    """Claim the making of a plan; where one is being made already, return that one."""
    request = {"first_day": period.first_day.isoformat(), "last_day": period.last_day.isoformat()}
    return start_job(store, id=id, kind=PLANNING, request=request, now=now, by=by)


def make_plan(
    store: Store,
    job: Job,
    *,
    clock: Callable[[], datetime],
    overdue: Overdue,
    progress: Progress = lambda done, total: None,
) -> PlanBook:
    """Do the work of a planning job; return the plan.

    Args:
        clock: Returns the present instant in the department's zone.
        overdue: What becomes of work whose window has passed.
        progress: Told beside the job how many trips are placed, of how many.

    Raises:
        Stopped: Somebody stopped it; nothing was written.
        BadInput, Conflict: As `plan_inspections`; the job has failed.
    """
    with working_on(store, job.id, clock=clock) as heart:
        heart.tell(0, _READING)

        def placing(done: int, total: int) -> None:
            heart.tell(PLACED_SHARE * done / max(total, 1), _WRITING if done == total else _PLACING)
            progress(done, total)

        def ended(session: Session, number: int) -> None:
            end_with(session, job.id, now=clock(), result={"plan": number})

        return plan_inspections(
            store,
            first_day=date.fromisoformat(str(job.request["first_day"])),
            last_day=date.fromisoformat(str(job.request["last_day"])),
            now=clock(),
            by=job.created_by,
            overdue=overdue,
            progress=placing,
            with_run=ended,
        )
