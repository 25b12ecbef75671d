"""Make a year's inspections: read the register, let the planner decide, keep the plan and what it changed."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import Any

from kb.errors import BadInput, Conflict, Fault
from kb.store import PlanningInput, Store, planning_input
from kb.store.planning import (
    RunMark,
    add_run,
    all_visits,
    hold_plan,
    latest_run_number,
    run_marks,
    visit_revisions,
    write_visits,
)
from kb.store.register import Session
from kb.store.tables import PlanRunRow, VisitRow
from kb.store.visits import DROPPED, FORMER, body_of, unplaced_json, visit_json, visit_of
from kb.usecases.plan_book import Change, PlanBook, VisitChange
from kb.usecases.plan_memory import collector_paused
from kb.usecases.plan_overdue import past_of
from kb.usecases.plan_period import Period
from kb.usecases.plan_reading import day_kinds, latest_plan, plan_book, planning_stock
from kb.usecases.plan_trail import note_plan
from kb.usecases.plan_work import PlanTask, plan_task
from kb.usecases.travel_rules import travel_rule
from planner.calendars import provisional_years
from planner.model import Unplaced, Visit, VisitState
from planner.routing import DEFAULT_RULE, FirstPlan, Progress, TravelRule, first_plan
from planner.scheduling import Generated, Overdue, call_state, difference

__all__ = [
    "Planned",
    "PlanningState",
    "Progress",
    "day_kinds",
    "keep_plan",
    "latest_plan",
    "placed",
    "plan_book",
    "plan_inspections",
    "planning_state",
    "planning_stock",
]


WithRun = Callable[[Session, int], None]
"""Told the number of a run in the transaction that writes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningState:
    """What planning starts from, all of one moment.

    Args:
        register: The register.
        rows: Every visit's row, by key.
        run: Number of the newest plan run, 0 where there is none.
        runs: Every run with what it could not place.
        rule: What is assumed about the roads, and which ways are known better.
    """

    register: PlanningInput
    rows: Mapping[str, VisitRow]
    run: int
    runs: tuple[RunMark, ...] = ()
    rule: TravelRule = DEFAULT_RULE


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What planning decided.

    Args:
        task: What was to be placed.
        visits: Where it was placed, with the state that each visit has today.
        unplaced: What found no place, and work that no contract covers.
    """

    task: PlanTask
    visits: tuple[Visit, ...]
    unplaced: tuple[Unplaced, ...]


def plan_inspections(
    store: Store,
    *,
    first_day: date,
    last_day: date,
    now: datetime,
    by: str = "",
    overdue: Overdue = Overdue.MERGE,
    progress: Progress = lambda done, total: None,
    with_run: WithRun = lambda session, number: None,
) -> PlanBook:
    """Plan the inspections of a period, keep the plan, and return it with what it changed.

    Planning runs outside of any transaction; the plan is written in one short one. Done again with nothing
    changed, all visits are unchanged, with the same keys and the same bytes; see `plan_work` for what may move.

    Args:
        store: The database.
        first_day: First day of the period.
        last_day: Last day of the period, included.
        now: The present instant, aware, in the department's time zone.
        by: Who asks, for the plan run.
        overdue: What becomes of work whose window has passed without a visit.
        progress: Called with how many trips are placed, of how many.
        with_run: Called with the number of the run in the transaction that writes it; what it raises undoes it all.

    Raises:
        BadInput: The period breaks a rule, or the register holds nothing to plan.
        Conflict: Somebody changed visits while the plan was made; nothing was written.
    """
    period = Period(first_day=first_day, last_day=last_day)
    with collector_paused():
        planned, state = _planned(store, period, now=now, overdue=overdue, progress=progress)
        number = keep_plan(store, state, planned, period, now=now, by=by, with_run=with_run)
        book = plan_book(store, number, zone=now.tzinfo or UTC)
    assert book is not None
    return book


def _planned(
    store: Store, period: Period, *, now: datetime, overdue: Overdue, progress: Progress
) -> tuple[Planned, PlanningState]:
    state = planning_state(store)
    refuse_nothing(state)
    zone = now.tzinfo or UTC
    planned = placed(state, period, today=now.date(), zone=zone, overdue=overdue, progress=progress)
    return planned, state


def refuse_nothing(state: PlanningState) -> None:
    """Refuse to plan where there is nothing to plan.

    Raises:
        BadInput: No machine in use has a maintenance plan, and there never was a visit.
    """
    if not state.register.plans and not state.rows:
        what = "the register holds no maintenance plan of a machine in use"
        repair = "bring in machines and their maintenance plans first"
        raise BadInput("there is nothing to plan", [Fault(where="register", what=what, repair=repair)])


def planning_state(store: Store) -> PlanningState:
    """Return what planning starts from."""
    with store.reading() as session:
        rows = {row.key: row for row in all_visits(session)}
        state = PlanningState(
            register=planning_input(session),
            rows=rows,
            run=latest_run_number(session),
            runs=run_marks(session),
            rule=travel_rule(session),
        )
        session.expunge_all()
    return state


def placed(
    state: PlanningState,
    period: Period,
    *,
    today: date,
    zone: tzinfo = UTC,
    overdue: Overdue = Overdue.MERGE,
    progress: Progress = lambda done, total: None,
) -> Planned:
    """Return the plan of a period; touches nothing.

    Args:
        today: The present day in `zone`.
        zone: The department's time zone.
        overdue: What becomes of work whose window has passed without a visit.
        progress: Called with how many trips are placed, of how many.
    """
    task = task_of(state, period, today=today, zone=zone, overdue=overdue)
    plan = first_plan(
        task.work,
        sites=state.register.sites,
        technicians=state.register.technicians,
        site_calendars=task.site_calendars,
        technician_calendars=task.technician_calendars,
        locked=task.standing,
        published=task.before,
        spacing=task.spacing,
        rule=state.rule,
        kits=state.register.kits,
        progress=progress,
    )
    return as_planned(task, plan, today=today)


def task_of(
    state: PlanningState, period: Period, *, today: date, zone: tzinfo = UTC, overdue: Overdue = Overdue.MERGE
) -> PlanTask:
    """Return what is to be placed in a period, and around what; arguments as of `placed`."""
    live = {key: row for key, row in state.rows.items() if DROPPED not in row.body}
    visits = [visit_of(row) for row in live.values()]
    return plan_task(
        state.register,
        visits,
        past=past_of(live, visits, state.runs, zone),
        first_day=period.first_day,
        last_day=period.last_day,
        today=today,
        overdue=overdue,
        rule=state.rule,
    )


def as_planned(task: PlanTask, plan: FirstPlan, *, today: date) -> Planned:
    """Return a plan with the state that each visit has today, and what no contract covers beside what has no place."""
    leads = {one.key: one.lead for one in task.work}
    return Planned(
        task=task,
        visits=tuple(
            replace(visit, state=call_state(visit.day, today=today, lead=leads[visit.key]))
            for visit in plan.visits
        ),
        unplaced=(*plan.unplaced, *task.uncovered),
    )


def keep_plan(
    store: Store,
    state: PlanningState,
    planned: Planned,
    period: Period,
    *,
    now: datetime,
    by: str = "",
    with_run: WithRun = lambda session, number: None,
) -> int:
    """Write a plan run and its visits; return the run's number.

    Args:
        with_run: As of `plan_inspections`.

    Raises:
        Conflict: Visits or runs are not as they were in `state`.
    """
    changes = _changes(difference(planned.task.before, planned.visits))
    run = PlanRunRow(
        number=0,
        created=now,
        created_by=by,
        first_day=period.first_day,
        last_day=period.last_day,
        provisional_years=list(provisional_years(period.first_day, period.last_day)),
        unplaced=[unplaced_json(one) for one in planned.unplaced],
        changes=[_change_json(one) for one in changes if one.change is not Change.UNCHANGED],
        unchanged=sum(one.change is Change.UNCHANGED for one in changes)
        + sum(period.first_day <= visit.day <= period.last_day for visit in planned.task.standing),
    )
    leads = {one.key: one.lead for one in planned.task.work}
    with store.writing() as session:
        hold_plan(session)
        if visit_revisions(session) != {key: row.revision for key, row in state.rows.items()} or (
            latest_run_number(session) != state.run
        ):
            raise Conflict("visits were changed while the plan was made; nothing was written: plan again")
        add_run(session, run)
        number = run.number
        added, changed = _rows(state.rows, changes, leads, number)
        write_visits(session, added=added, changed=changed)
        with_run(session, number)
        counts = Counter(one.change.value for one in changes)
        after = {
            "run": number,
            "first_day": run.first_day.isoformat(),
            "last_day": run.last_day.isoformat(),
            **counts,
            "unchanged": run.unchanged,
            "unplaced": len(planned.unplaced),
        }
        note_plan(session, "plan_runs", str(number), "plan", {"run": state.run}, after, who=by, now=now)
    return number


def _changes(found: Generated) -> tuple[VisitChange, ...]:
    """Return what became of each visit, unchanged ones included, by key."""
    changes = [
        VisitChange(change=Change.ADDED, key=one.key, site_id=one.site_id, before=None, after=one)
        for one in found.added
    ]
    changes += [
        VisitChange(
            change=Change.MOVED,
            key=one.after.key,
            site_id=one.after.site_id,
            before=one.before,
            after=one.after,
            fields=one.fields,
        )
        for one in found.moved
    ]
    changes += [
        VisitChange(change=Change.REMOVED, key=one.key, site_id=one.site_id, before=one, after=None)
        for one in found.removed
    ]
    changes += [
        VisitChange(change=Change.UNCHANGED, key=one.key, site_id=one.site_id, before=one, after=one)
        for one in found.unchanged
    ]
    return tuple(sorted(changes, key=lambda one: one.key))


def _change_json(one: VisitChange) -> dict[str, Any]:
    return {
        "change": one.change.value,
        "key": one.key,
        "site_id": one.site_id,
        "fields": list(one.fields),
        "before": visit_json(one.before) if one.before is not None else None,
    }


def _rows(
    rows: Mapping[str, VisitRow],
    changes: Sequence[VisitChange],
    leads: Mapping[str, timedelta],
    run: int,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return the columns of the visits to add and of those to write anew; what stays the same is in neither."""
    added, changed = [], []
    for one in changes:
        row = rows.get(one.key)
        if one.after is None:
            assert row is not None
            changed.append(_dropped(row, run))
        elif row is None:
            added.append(
                {
                    **_columns(one.after, body_of(one.after, lead=leads[one.key])),
                    "run": run,
                    "site_id": one.site_id,
                    "locked": False,
                    "sequence": 0,
                    "revision": 1,
                    "notes": "",
                    "done_on": None,
                }
            )
        elif (columns := _changed(row, one, leads[one.key], run)) is not None:
            changed.append(columns)
    return added, changed


def _columns(visit: Visit, body: dict[str, Any]) -> dict[str, Any]:
    return {
        "key": visit.key,
        "technician_id": visit.technician_id,
        "day": visit.day,
        "state": visit.state.value,
        "body": body,
    }


def _changed(row: VisitRow, one: VisitChange, lead: timedelta, run: int) -> dict[str, Any] | None:
    assert one.after is not None
    former = set(row.body.get(FORMER, ()))
    if row.technician_id is not None:
        former.add(row.technician_id)
    former.discard(one.after.technician_id or "")
    columns = _columns(one.after, body_of(one.after, lead=lead, former=sorted(former)))
    if all(getattr(row, name) == value for name, value in columns.items()):
        return None
    moved = one.change is not Change.UNCHANGED
    return {
        **columns,
        "run": run if moved else row.run,
        "sequence": row.sequence + moved,
        "revision": row.revision + 1,
    }


def _dropped(row: VisitRow, run: int) -> dict[str, Any]:
    """Return the columns of a visit that no longer takes place; it stays, so that calendars are told."""
    return {
        "key": row.key,
        "state": VisitState.CANCELLED.value,
        "sequence": row.sequence + 1,
        "revision": row.revision + 1,
        "run": run,
        "body": {**row.body, DROPPED: run},
    }
