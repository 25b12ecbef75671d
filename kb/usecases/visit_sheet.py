"""Visits as rows of a workbook, and the finished visits of the past that a workbook brings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kb.store.mapping import maintenance_plan_of
from kb.store.planning import add_run, hold_plan, latest_run_number, write_visits
from kb.store.register import Session
from kb.store.tables import MaintenancePlanRow, PlanRunRow
from kb.store.visit_rows import VisitSelection, page_of_visits
from kb.store.visits import body_of
from kb.usecases.register_merged import MergedRows
from kb.usecases.register_rows import columns_of
from kb.usecases.register_tables import TABLES
from kb.usecases.visit_reading import KeptVisit, kept_visits
from planner.model import Level, MaintenancePlan, Occurrence, Reason, ReasonKind, Visit, VisitState
from planner.scheduling import OccurrenceKey, combined_levels, first_k_from, nominal_date, window

_SIZES = tuple(Level)
"""Levels from the smallest to the largest."""
HISTORY = "import"
"""Who made the plan run that imported visits belong to where no plan was made before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastVisit:
    """A finished visit of the past, to be added.

    Args:
        visit: The visit, done.
        done_on: The day on which it was done.
        notes: Its notes.
    """

    visit: Visit
    done_on: date
    notes: str


def stored_visits(session: Session) -> tuple[KeptVisit, ...]:
    """Return all visits, those that a plan has taken out left out, by day and key."""
    found = kept_visits(session, page_of_visits(session, VisitSelection()), today=date.min)
    return tuple(one for one in found if not one.dropped)


def stored_values(session: Session) -> list[dict[str, Any]]:
    """Return the values of all visits by field; the same on every day, since a forecast stays one until it is changed."""
    return [one.values for one in stored_visits(session)]


def keys_served(occurrences: Sequence[Occurrence]) -> frozenset[str]:
    """Return the keys of occurrences and of all that they absorbed."""
    return frozenset(key for one in occurrences for key in (one.key, *one.absorbed))


def nearest_occurrence(plan: MaintenancePlan, day: date) -> Occurrence:
    """Return the occurrence of `plan` whose nominal date is nearest to `day`, the earlier of two equally near.

    Raises:
        InvalidInput: The date lies outside the years 1 to 9999.
    """
    after = first_k_from(plan.anchor, plan.interval, day)
    candidates = [(k, nominal_date(plan.anchor, plan.interval, k)) for k in (after - 1, after)]
    k, nominal = min(candidates, key=lambda one: (abs(one[1] - day), one[0]))
    earliest, latest = window(plan, nominal)
    values = (
        ("nominal", nominal.isoformat()),
        ("anchor", plan.anchor.isoformat()),
        ("k", str(k)),
        ("count", str(plan.interval.count)),
        ("unit", plan.interval.unit.value),
    )
    return Occurrence(
        key=str(OccurrenceKey(plan_id=plan.id, level=plan.level, k=k)),
        plan_id=plan.id,
        equipment_id=plan.equipment_id,
        level=plan.level,
        k=k,
        nominal=nominal,
        due=nominal,
        earliest=earliest,
        latest=latest,
        reasons=(Reason(kind=ReasonKind.NOMINAL, values=values),),
    )


def past_occurrences(
    done: Sequence[MaintenancePlan], others: Sequence[MaintenancePlan], day: date
) -> tuple[Occurrence, ...]:
    """Return what a visit on `day` did: the nearest date of each plan, the larger levels with what they contain.

    Args:
        done: Plans that were done.
        others: Further plans of the same machines; a smaller one near a larger that was done counts as done with it.
        day: The planned day.
    """
    found: list[Occurrence] = []
    for machine in sorted({plan.equipment_id for plan in done}):
        of_machine = [plan for plan in done if plan.equipment_id == machine]
        spare = {plan.id: plan for plan in others if plan.equipment_id == machine}
        listed = []
        for plan in sorted(of_machine, key=lambda one: _SIZES.index(one.level), reverse=True):
            own = nearest_occurrence(plan, day)
            smaller = [one for one in spare.values() if _SIZES.index(one.level) < _SIZES.index(plan.level)]
            near = [nearest_occurrence(one, day) for one in smaller]
            own = next(one for one in combined_levels([own, *near]) if one.key == own.key)
            for one in near:
                if one.key in own.absorbed:
                    del spare[one.plan_id]
            listed.append(own)
        found += combined_levels(listed)
    return tuple(sorted(found, key=lambda one: one.key))


def plan_in(around: MergedRows, code: str) -> MaintenancePlan | None:
    """Return the maintenance plan with this code, of the file or of the register; None where it is wrong or missing."""
    values = around.values_called("plans", code)
    id = around.id_of("plans", code)
    if values is None or id is None or any(one.name not in values for one in TABLES["plans"].fields):
        return None
    if around.id_of("equipment", values["equipment"]) is None:
        return None
    return maintenance_plan_of(MaintenancePlanRow(id=id, **columns_of(TABLES["plans"], values, around)))


def past_visit(
    *,
    key: str,
    site_id: str,
    technician_id: str | None,
    day: date,
    done_on: date,
    occurrences: tuple[Occurrence, ...],
    durations: Mapping[str, timedelta],
    notes: str,
) -> PastVisit:
    """Return a finished visit of the past.

    Args:
        durations: Working time by plan id.
    """
    visit = Visit(
        key=key,
        site_id=site_id,
        day=day,
        earliest=max(one.earliest for one in occurrences),
        latest=min(one.latest for one in occurrences),
        occurrences=occurrences,
        duration=sum((durations[one.plan_id] for one in occurrences), timedelta(0)),
        state=VisitState.DONE,
        technician_id=technician_id,
    )
    return PastVisit(visit=visit, done_on=done_on, notes=notes)


def add_past_visits(session: Session, visits: Sequence[PastVisit], *, now: datetime) -> None:
    """Add finished visits; where no plan was ever made, a run that holds their days stands for it."""
    if not visits:
        return
    hold_plan(session)
    run = latest_run_number(session)
    if run == 0:
        row = PlanRunRow(
            number=0,
            created=now,
            created_by=HISTORY,
            first_day=min(one.visit.day for one in visits),
            last_day=max(one.visit.day for one in visits),
        )
        add_run(session, row)
        run = row.number
    write_visits(
        session,
        added=[
            {
                "key": one.visit.key,
                "run": run,
                "site_id": one.visit.site_id,
                "technician_id": one.visit.technician_id,
                "day": one.visit.day,
                "state": VisitState.DONE.value,
                "locked": False,
                "sequence": 0,
                "revision": 1,
                "notes": one.notes,
                "done_on": one.done_on,
                "body": body_of(one.visit),
            }
            for one in visits
        ],
        changed=(),
    )
