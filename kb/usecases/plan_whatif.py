"""What if: one technician more or less, another home, other hours, another tolerance; computed on a copy, side by side.

Both sides are planned from nothing by the same rule and for the same days, so that only the question makes the
difference; where wanted, the same search with the same seconds makes both better. Nothing of it is written but the
answer, which stands in the job.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from statistics import fmean, pstdev
from typing import Any

from kb.errors import BadInput, Fault
from kb.store import PlanningInput, Store, planning_input
from kb.usecases.jobs import Heart, Job, Started, end_with, start_job, working_on
from kb.usecases.plan import Planned, PlanningState, as_planned, placed, planning_state, task_of
from kb.usecases.plan_improve import begun_by_rule, setting_of
from kb.usecases.plan_memory import collector_paused
from kb.usecases.plan_period import Period
from kb.usecases.plan_solve import Effort, SolveTask, solved
from planner.calendars import technician_calendar
from planner.model import MaintenancePlan, OpeningHours, Position, Technician, TimeSpan, VisitState
from planner.routing import FirstPlan, Snapshot
from planner.routing.diary import Diary
from planner.scheduling import Overdue

WHAT_IF = "what_if"
"""The kind of these jobs."""
NEWCOMER = "what-if"
"""Id of a technician who is only supposed."""
LARGEST_SHIFT = 180
LONGEST_SEARCH = 3600
"""Seconds that each side may be searched."""
ONE_MINUTE = timedelta(minutes=1)
_READING, _AS_IS, _SUPPOSED = "Reading the register", "Planning as it is", "Planning as it might be"


@dataclass(frozen=True, slots=True, kw_only=True)
class Supposition:
    """What is supposed; at least one thing.

    Args:
        add_at: Code of a site or technician near whom a new technician lives; empty adds nobody.
        add_skills: Skills of the new technician; empty gives all that there are.
        remove: Code of a technician who leaves.
        move, move_to: Code of a technician who moves, and of the site near which the new home is.
        late_percent: Tolerance of every plan in percent of today's; 100 leaves it.
        shift_minutes: Minutes that every working day is longer (or, below zero, shorter) at its end.
    """

    add_at: str = ""
    add_skills: tuple[str, ...] = ()
    remove: str = ""
    move: str = ""
    move_to: str = ""
    late_percent: int = 100
    shift_minutes: int = 0


def checked_supposition(store: Store, supposed: Supposition) -> Supposition:
    """Return the supposition if it can be computed.

    Raises:
        BadInput: Every fault, by field.
    """
    with store.reading() as session:
        register = planning_input(session)
    faults = []

    def fault(where: str, what: str, repair: str) -> None:
        faults.append(Fault(where=where, what=what, repair=repair))

    if supposed == Supposition():
        fault("add_at", "nothing is supposed", "say what should be different")
    for where, code, position in (
        ("add_at", supposed.add_at, True),
        ("move_to", supposed.move_to, True),
        ("remove", supposed.remove, False),
        ("move", supposed.move, False),
    ):
        if not code:
            continue
        if position and _position(register, code) is None:
            fault(where, f"no site or technician {code[:60]!r} has a position", "name one that has")
        if not position and _technician(register, code) is None:
            fault(where, f"no technician in use has the code {code[:60]!r}", "use a code of the register")
    if bool(supposed.move) != bool(supposed.move_to):
        fault("move_to", "who moves and where to go together", "give both or neither")
    if not 10 <= supposed.late_percent <= 1000:
        fault("late_percent", f"is {supposed.late_percent}", "give 10 to 1,000")
    if abs(supposed.shift_minutes) > LARGEST_SHIFT:
        fault("shift_minutes", f"is {supposed.shift_minutes}", f"give -{LARGEST_SHIFT} to {LARGEST_SHIFT}")
    if faults:
        raise BadInput("this cannot be supposed", faults)
    return supposed


def start_what_if(
    store: Store,
    period: Period,
    supposed: Supposition,
    *,
    search_seconds: int = 0,
    id: str,
    now: datetime,
    by: str,
) -> Started:
    """Claim the computing of a supposition; where one is being computed, return that one.

    Args:
        store: The database.
        period: The days to plan.
        supposed: A checked supposition.
        search_seconds: How long the search makes each side better; 0 leaves both as the simple rule makes them.
        id: An id that nothing has.
        now: The present instant.
        by: Who asks.

    Raises:
        BadInput: The seconds lie outside their bounds.
    """
    if not 0 <= search_seconds <= LONGEST_SEARCH:
        what, repair = f"is {search_seconds}", f"give 0 to {LONGEST_SEARCH:,}"
        fault = Fault(where="search_seconds", what=what, repair=repair)
        raise BadInput("this cannot be supposed", [fault])
    request = {
        "search_seconds": search_seconds,
        "first_day": period.first_day.isoformat(),
        "last_day": period.last_day.isoformat(),
        **{name: getattr(supposed, name) for name in Supposition.__slots__},
        "add_skills": list(supposed.add_skills),
    }
    return start_job(store, id=id, kind=WHAT_IF, request=request, now=now, by=by)


def compute_what_if(
    store: Store,
    job: Job,
    *,
    clock: Callable[[], datetime],
    seconds: Callable[[], float],
    overdue: Overdue,
) -> Mapping[str, Any]:
    """Do the work of such a job; return both sides' figures.

    Args:
        store: The database.
        job: As `start_what_if` gave it.
        clock: Returns the present instant in the department's zone.
        seconds: Seconds, only ever growing; a function that can be pickled by name.
        overdue: What becomes of work whose window has passed.

    Raises:
        Stopped: Somebody stopped it.
        BadInput: The period or the supposition breaks a rule; the job has failed.
    """
    request = dict(job.request)
    period = Period(
        first_day=date.fromisoformat(str(request["first_day"])),
        last_day=date.fromisoformat(str(request["last_day"])),
    )
    fields: dict[str, Any] = {name: request[name] for name in Supposition.__slots__}
    supposed = Supposition(**{**fields, "add_skills": tuple(fields["add_skills"])})
    searched = float(str(request.get("search_seconds", 0)))
    rule_share = 0.1 if searched else 0.48
    with working_on(store, job.id, clock=clock) as heart, collector_paused():
        heart.tell(0, _READING)
        now = clock()
        # Planned from nothing: what stands already would hold both sides together.
        state = replace(planning_state(store), rows={}, runs=())

        def side(supposing: PlanningState, begin: float, message: str) -> dict[str, Any]:
            def told(done: int, total: int) -> None:
                heart.tell(begin + rule_share * done / max(total, 1), message)

            planned = placed(
                supposing, period, today=now.date(), zone=now.tzinfo or UTC, overdue=overdue, progress=told
            )
            if searched:
                planned = _better(
                    supposing,
                    period,
                    searched,
                    now=now,
                    seconds=seconds,
                    overdue=overdue,
                    heart=heart,
                    tell=lambda share: heart.tell(begin + 0.1 + 0.38 * share, message),
                )
            return figures(supposing, planned, period)

        as_is = side(state, 0.02, _AS_IS)
        might = side(replace(state, register=supposed_register(state.register, supposed)), 0.5, _SUPPOSED)
        result = {"as_is": as_is, "supposed": might}
        with store.writing() as session:
            end_with(session, job.id, now=clock(), result=result)
    return result


def _better(
    state: PlanningState,
    period: Period,
    searched: float,
    *,
    now: datetime,
    seconds: Callable[[], float],
    overdue: Overdue,
    heart: Heart,
    tell: Callable[[float], None],
) -> Planned:
    """Return the period's plan after the search has had its seconds, in a process of its own."""
    task = task_of(state, period, today=now.date(), zone=now.tzinfo or UTC, overdue=overdue)
    setting = setting_of(state, task, None)
    first = begun_by_rule(task, setting, ())
    share = 0.0

    def told(snapshot: Snapshot) -> None:
        nonlocal share
        share = min(1.0, snapshot.point.seconds / searched)

    def keep() -> bool:
        # What it raises where somebody stopped the job ends the search's process as well.
        tell(share)
        return heart.keep_wanted

    if not task.work:
        return as_planned(task, first, today=now.date())
    found = solved(
        SolveTask(
            work=task.work,
            visits=first.visits,
            setting=setting,
            effort=Effort(seconds=searched),
            clock=seconds,
        ),
        told=told,
        keep=keep,
    )
    better = found.improved
    plan = first if better is None else FirstPlan(visits=better.visits, unplaced=better.unplaced)
    return as_planned(task, plan, today=now.date())


def supposed_register(register: PlanningInput, supposed: Supposition) -> PlanningInput:
    """Return the register as it would be; the real one is not touched."""
    people = dict(register.technicians)
    every = frozenset().union(*(one.skills_ever | one.uncertified for one in people.values()))
    if supposed.remove and (gone := _technician(register, supposed.remove)) is not None:
        del people[gone.id]
    if supposed.move and (mover := _technician(register, supposed.move)) is not None and mover.id in people:
        home = _position(register, supposed.move_to)
        people[mover.id] = replace(mover, home=home or mover.home)
    if supposed.add_at and (home := _position(register, supposed.add_at)) is not None:
        skills = frozenset(supposed.add_skills) or every
        people[NEWCOMER] = Technician(id=NEWCOMER, name="+1", home=home, skills=skills)
    if supposed.shift_minutes:
        people = {
            id: replace(one, working_time=_longer(one.working_time, supposed.shift_minutes))
            for id, one in people.items()
        }
    plans = register.plans
    if supposed.late_percent != 100:
        plans = {id: _tolerant(one, supposed.late_percent) for id, one in plans.items()}
    return replace(register, technicians=people, plans=plans)


def figures(state: PlanningState, planned: Planned, period: Period) -> dict[str, Any]:
    """Return what a plan costs and keeps, in round numbers."""
    register = state.register
    diary = Diary(
        planned.visits,
        sites=register.sites,
        technicians=register.technicians,
        site_calendars=planned.task.site_calendars,
        technician_calendars=planned.task.technician_calendars,
        rule=state.rule,
    )
    days = {(one.technician_id, one.day) for one in planned.visits if one.technician_id is not None}
    costs = [diary.day_cost(*day) for day in sorted(days)]
    load: dict[str, list[int]] = {one: [0, 0] for one in register.technicians}
    outside = due = 0
    for visit in planned.visits:
        if visit.technician_id in load and visit.technician_id is not None:
            load[visit.technician_id][0] += round((visit.duration + visit.travel) / ONE_MINUTE)
        for one in visit.occurrences:
            due += 1
            outside += not one.earliest <= visit.day <= one.latest
    span = [
        period.first_day + timedelta(days=n) for n in range((period.last_day - period.first_day).days + 1)
    ]
    for id, person in register.technicians.items():
        calendar = technician_calendar(person)
        load[id][1] = round(
            sum((one.duration for day in span for one in calendar.spans(day)), timedelta(0)) / ONE_MINUTE
        )
    shares = {id: round(busy / free, 4) if free else 0.0 for id, (busy, free) in sorted(load.items())}
    mean = fmean(shares.values()) if shares else 0.0
    return {
        "technicians": len(register.technicians),
        "visits": sum(one.state is not VisitState.CANCELLED for one in planned.visits),
        "unserved": len(planned.unplaced),
        "due": due,
        "outside": outside,
        "travel_minutes": sum(one.travel for one in costs),
        "overtime_minutes": sum(one.overtime for one in costs),
        "travel_each": round(sum(one.travel for one in costs) / max(len(planned.visits), 1), 1),
        "load": {register.technicians[id].name: share for id, share in shares.items()},
        "spread": round(pstdev(shares.values()) / mean, 4) if mean else None,
    }


def _technician(register: PlanningInput, code: str) -> Technician | None:
    id = next((id for id, one in register.codes["technicians"].items() if one == code), code)
    return register.technicians.get(id)


def _position(register: PlanningInput, code: str) -> Position | None:
    id = next((id for id, one in register.codes["sites"].items() if one == code), code)
    if id in register.sites and register.sites[id].position is not None:
        return register.sites[id].position
    person = _technician(register, code)
    return person.home if person else None


def _longer(hours: OpeningHours, minutes: int) -> OpeningHours:
    def spans(day: tuple[TimeSpan, ...]) -> tuple[TimeSpan, ...]:
        if not day:
            return day
        end = min(max(_minute(day[-1].end) + minutes, _minute(day[-1].start) + 1), 24 * 60 - 1)
        return (*day[:-1], TimeSpan(start=day[-1].start, end=time(end // 60, end % 60)))

    return replace(hours, weekdays=tuple(spans(day) for day in hours.weekdays))


def _minute(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def _tolerant(plan: MaintenancePlan, percent: int) -> MaintenancePlan:
    cycle = {"days": 1, "weeks": 7, "months": 30, "years": 365}[
        plan.interval.unit.value
    ] * plan.interval.count
    # The defaults of windows: a fifth of the cycle, at most 28 days, after; a tenth before.
    late = plan.late if plan.late is not None else timedelta(days=min(cycle // 5, 28))
    early = plan.early if plan.early is not None else timedelta(days=cycle // 10)
    return replace(
        plan,
        late=timedelta(days=late.days * percent // 100),
        early=timedelta(days=early.days * percent // 100),
    )
