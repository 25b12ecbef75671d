"""Making a plan better as a job: a plan is there at once and gets better until the time is up or somebody has enough.

While it runs, the job's result holds the falling curve, and beside it, not shown, the best plan so far. A job whose
process died leaves that behind; the next one of the same period takes it up, unless another plan was made meanwhile.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime

from kb.errors import BadInput, Conflict, Fault, NotFound
from kb.store import Store
from kb.store.jobs import newest_jobs
from kb.store.planning import latest_run
from kb.store.register import Session
from kb.usecases.jobs import CHECKPOINT, Heart, Job, JobState, Started, end_with, start_job, working_on
from kb.usecases.plan import (
    PlanningState,
    as_planned,
    keep_plan,
    plan_book,
    planning_state,
    refuse_nothing,
    task_of,
)
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_checkpoint import Checkpoint, checkpoint_of, taken_up
from kb.usecases.plan_memory import collector_paused
from kb.usecases.plan_period import Period
from kb.usecases.plan_solve import Effort, Solved, SolveTask, solved
from kb.usecases.plan_work import PlanTask
from planner.model import Visit, VisitState
from planner.routing import CurvePoint, FirstPlan, Snapshot, Weights, first_plan, plan_costs
from planner.routing.setting import Setting
from planner.scheduling import Overdue

IMPROVING = "improving"
"""The kind of these jobs."""
PROMISED = frozenset({VisitState.CALLED})
"""States in which a visit that may still move has been announced."""
LONGEST_SECONDS = 24 * 3600.0
MOST_WORKERS = 64
TRIES = 3
"""How often a finished plan is fitted to visits that people changed meanwhile."""
_READING, _SEARCHING, _WRITING = "Reading the register", "Making the plan better", "Writing the plan"
_MOST_POINTS = 400
"""Points of the curve that are kept; more than a screen can show would only make the row long."""

Watch = Callable[[Snapshot], None]


def effort_of(
    *,
    seconds: float | None,
    iterations: int | None = None,
    seed: int = 1,
    workers: int = 1,
    cluster: str = "",
) -> Effort:
    """Return how hard to search.

    Raises:
        BadInput: A number lies outside its bounds; every fault is listed.
    """
    bounds = (
        ("seconds", seconds, 1, LONGEST_SECONDS),
        ("iterations", iterations, 0, 10**9),
        ("seed", seed, 0, 2**31 - 1),
        ("workers", workers, 1, MOST_WORKERS),
    )
    faults = [
        Fault(where=name, what=f"is {value}", repair=f"give {least:,} to {most:,.0f}")
        for name, value, least, most in bounds
        if value is not None and not least <= value <= most
    ]
    if seconds is None and iterations is None:
        faults.append(
            Fault(where="seconds", what="is missing", repair="say how long, or how many iterations")
        )
    if cluster and "://" not in cluster:
        faults.append(Fault(where="cluster", what=f"is {cluster!r}", repair="give tcp://HOST:PORT"))
    if faults:
        raise BadInput("the plan cannot be improved so", faults)
    return Effort(seconds=seconds, iterations=iterations, seed=seed, workers=workers, cluster=cluster)


def start_improving(
    store: Store, effort: Effort, *, period: Period | None = None, id: str, now: datetime, by: str
) -> Started:
    """Claim the improving of a period's plan; where one is being improved already, return that one.

    Args:
        store: The database.
        effort: How hard to search.
        period: The days; None takes those of the newest plan.
        id: An id that nothing has.
        now: The present instant.
        by: Who asks.

    Raises:
        NotFound: No period is given and there is no plan.
    """
    if period is None:
        with store.reading() as session:
            run = latest_run(session)
            if run is None:
                raise NotFound("plan", "latest")
            period = Period(first_day=run.first_day, last_day=run.last_day)
    request = {
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        **asdict(effort),
    }
    return start_job(store, id=id, kind=IMPROVING, request=request, now=now, by=by)


def improve_plan(
    store: Store,
    job: Job,
    *,
    clock: Callable[[], datetime],
    seconds: Callable[[], float],
    overdue: Overdue,
    weights: Weights | None = None,
    watch: Watch = lambda snapshot: None,
) -> PlanBook:
    """Do the work of an improving job; return the plan that it wrote.

    Args:
        store: The database.
        job: As `start_improving` gave it.
        clock: Returns the present instant in the department's zone.
        seconds: Seconds, only ever growing; a function that can be pickled by name.
        overdue: What becomes of work whose window has passed.
        weights: What is worth how much; None takes the defaults.
        watch: Told beside the job how far the search is.

    Raises:
        Stopped: Somebody stopped it; nothing was written.
        BadInput, Conflict: As `plan_inspections`, or the cluster does not answer; the job has failed.
    """
    request = job.request
    period = Period(
        first_day=date.fromisoformat(str(request["first_day"])),
        last_day=date.fromisoformat(str(request["last_day"])),
    )
    effort = Effort(**{name: request[name] for name in Effort.__slots__})  # type: ignore[arg-type]
    with working_on(store, job.id, clock=clock) as heart:
        heart.tell(0, _READING)
        now = clock()
        # The collector sleeps only while much is made at once, not during the whole search.
        with collector_paused():
            state = planning_state(store)
            refuse_nothing(state)
            task = task_of(state, period, today=now.date(), zone=now.tzinfo or UTC, overdue=overdue)
            begin = _begin(store, job, task, setting_of(state, task, weights))
        found = _searched(begin, job, heart, effort, seconds, watch)
        heart.tell(0.99, _WRITING)
        with collector_paused():
            number = _kept(store, job, period, state, begin, found, clock=clock, overdue=overdue)
    book = plan_book(store, number, zone=clock().tzinfo or UTC)
    assert book is not None
    return book


def setting_of(state: PlanningState, task: PlanTask, weights: Weights | None) -> Setting:
    """Return what stays the same while a plan gets better; without weights, the defaults."""
    return Setting(
        sites=state.register.sites,
        technicians=state.register.technicians,
        site_calendars=task.site_calendars,
        technician_calendars=task.technician_calendars,
        locked=task.standing,
        # Only what lies ahead and was promised has a price; a forecast is nobody's promise.
        published=tuple(one for one in task.before if one.state in PROMISED),
        spacing=task.spacing,
        rule=state.rule,
        weights=weights or Weights(),
        kits=state.register.kits,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Begin:
    """What a search begins with: the task, the plan by the simple rule or a checkpoint, and the plan before it all."""

    task: PlanTask
    setting: Setting
    visits: tuple[Visit, ...]
    taken_from: str


def _begin(store: Store, job: Job, task: PlanTask, setting: Setting) -> _Begin:
    plan = begun_by_rule(task, setting, task.before)
    left = _left_behind(store, job)
    if left is None:
        return _Begin(task=task, setting=setting, visits=plan.visits, taken_from="")
    id, checkpoint = left
    return _Begin(
        task=task, setting=setting, visits=taken_up(checkpoint, task.work, plan.visits), taken_from=id
    )


def begun_by_rule(task: PlanTask, setting: Setting, published: Sequence[Visit]) -> FirstPlan:
    """Return the plan by the simple rule, which keeps visits of `published` where that is possible."""
    return first_plan(
        task.work,
        sites=setting.sites,
        technicians=setting.technicians,
        site_calendars=task.site_calendars,
        technician_calendars=task.technician_calendars,
        locked=task.standing,
        published=published,
        spacing=task.spacing,
        rule=setting.rule,
        kits=setting.kits,
    )


def _left_behind(store: Store, job: Job) -> tuple[str, Checkpoint] | None:
    """Return the id and the best plan of the last such job where its process died and no plan was made since."""
    with store.reading() as session:
        for row in newest_jobs(session, IMPROVING, 2):
            if row.id == job.id:
                continue
            request, result = row.request or {}, row.result or {}
            same = all(request.get(name) == job.request[name] for name in ("first_day", "last_day"))
            run = latest_run(session)
            is_newer = run is None or run.created < row.created_at
            if row.state == JobState.FAILED and same and is_newer and CHECKPOINT in result:
                return row.id, str(result[CHECKPOINT])
    return None


def _searched(
    begin: _Begin, job: Job, heart: Heart, effort: Effort, seconds: Callable[[], float], watch: Watch
) -> Solved:
    curve: list[CurvePoint] = []
    best = checkpoint_of(begin.visits)

    def told(snapshot: Snapshot) -> None:
        nonlocal best
        if snapshot.visits:
            best = checkpoint_of(snapshot.visits)
        curve.append(snapshot.point)
        heart.note(
            {
                **told_curve(curve),
                "unplaced": snapshot.unplaced,
                "taken_from": begin.taken_from,
                CHECKPOINT: best,
            }
        )
        heart.tell(_share(effort, snapshot.point), _SEARCHING)
        watch(snapshot)

    if not begin.task.work:
        return Solved(visits=(), curve=(), improved=None)
    heart.tell(0.01, _SEARCHING)
    task = SolveTask(
        work=begin.task.work, visits=begin.visits, setting=begin.setting, effort=effort, clock=seconds
    )

    def keep() -> bool:
        heart.tell(max(0.01, _share(effort, curve[-1]) if curve else 0.01), _SEARCHING)
        return heart.keep_wanted

    return solved(task, told=told, keep=keep)


def told_curve(curve: Sequence[CurvePoint]) -> dict[str, object]:
    """Return a curve as JSON values, thinned out evenly where it is long, the last point always there."""
    every = -(-len(curve) // _MOST_POINTS) or 1
    points = [*curve[:-1:every], *curve[-1:]]
    return {"curve": [[round(one.seconds, 2), one.iterations, round(one.cost, 1)] for one in points]}


def _share(effort: Effort, point: CurvePoint) -> float:
    if effort.seconds is not None:
        return min(0.98, point.seconds / max(effort.seconds, 0.1))
    return min(0.98, point.iterations / max(effort.iterations or 1, 1))


def _kept(
    store: Store,
    job: Job,
    period: Period,
    state: PlanningState,
    begin: _Begin,
    found: Solved,
    *,
    clock: Callable[[], datetime],
    overdue: Overdue,
) -> int:
    """Write the plan; where people changed visits meanwhile, everything that still holds stays where it is."""
    task, setting = begin.task, begin.setting
    improved = found.improved
    plan = (
        FirstPlan(visits=improved.visits, unplaced=improved.unplaced)
        if improved is not None
        else begun_by_rule(task, setting, found.visits)
    )
    for attempt in range(TRIES):
        now = clock()
        result = {**told_curve(found.curve), **_costs_told(begin, plan), "taken_from": begin.taken_from}

        def ended(session: Session, number: int, result: Mapping[str, object] = result) -> None:
            end_with(session, job.id, now=clock(), result={"plan": number, **result})

        try:
            made = as_planned(task, plan, today=now.date())
            return keep_plan(store, state, made, period, now=now, by=job.created_by, with_run=ended)
        except Conflict:
            if attempt == TRIES - 1:
                raise
        state = planning_state(store)
        task = task_of(state, period, today=now.date(), zone=now.tzinfo or UTC, overdue=overdue)
        setting = setting_of(state, task, setting.weights)
        plan = begun_by_rule(task, setting, plan.visits)
    raise AssertionError("the last attempt returns or raises")


def _costs_told(begin: _Begin, plan: FirstPlan) -> dict[str, object]:
    """Return the parts of the plan's price, in minutes of driving."""
    setting = begin.setting
    costs = plan_costs(
        plan.visits,
        plan.unplaced,
        technicians=setting.technicians,
        technician_calendars=setting.technician_calendars,
        locked=setting.locked,
        published=setting.published,
        weights=setting.weights,
    )
    return {"costs": {part: round(value, 1) for part, value in asdict(costs).items()}}
