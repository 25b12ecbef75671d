"""Forecast and call: from when on a visit has a work order, and what happens to work that was left over."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from enum import StrEnum

from planner.calendars import WorkCalendar
from planner.errors import InvalidInput
from planner.model import Occurrence, Reason, ReasonKind, Visit, VisitState

ONE_DAY = timedelta(days=1)
WHOLE_CYCLE = Decimal(100)

FOLLOWING_STATES: Mapping[VisitState, frozenset[VisitState]] = {
    VisitState.FORECAST: frozenset({VisitState.CALLED, VisitState.CANCELLED}),
    VisitState.CALLED: frozenset(
        {VisitState.BOOKED, VisitState.MISSED, VisitState.CANCELLED, VisitState.FORECAST}
    ),
    VisitState.BOOKED: frozenset(
        {VisitState.DONE, VisitState.PARTLY_DONE, VisitState.MISSED, VisitState.CANCELLED, VisitState.CALLED}
    ),
    VisitState.DONE: frozenset(),
    VisitState.PARTLY_DONE: frozenset({VisitState.DONE}),
    VisitState.MISSED: frozenset(),
    VisitState.CANCELLED: frozenset(),
}
"""What a visit may become next. A missed or cancelled visit stays so: its work comes back as new work."""


class Overdue(StrEnum):
    """What happens to occurrences whose window has passed without a visit."""

    STACK = "stack"
    SKIP = "skip"
    MERGE = "merge"


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterOverdue:
    """What is left to do, and what the policy let go.

    Args:
        left: Sorted by due date and key.
        dropped: Occurrences that nobody will serve any more; with `merge` the one that is left names them.
    """

    left: tuple[Occurrence, ...]
    dropped: tuple[Occurrence, ...]


def call_state(day: date, *, today: date, lead: timedelta) -> VisitState:
    """Return whether a visit on `day` is called by `today`, that is, has a work order, or is a forecast.

    It is computed on reading, so no timer has to fire on the day of the call.

    Source:
        Spec of scheduling, points 8 and 9.
    """
    return VisitState.CALLED if day - lead <= today else VisitState.FORECAST


def called_working_days_before(day: date, count: int, calendar: WorkCalendar) -> date:
    """Return the day that lies `count` working days before `day`; `day` itself for 0.

    Raises:
        InvalidInput: `count` is negative.
        NoFeasiblePlan: The calendar is closed for longer than a working day is looked for.
    """
    if count < 0:
        raise InvalidInput([f"call horizon is {count} working days; it must be at least 0"])
    found = day
    for _ in range(count):
        found = calendar.preceding(found - ONE_DAY)
    return found


def called_at_share_of_cycle(before: date, day: date, percent: Decimal) -> date:
    """Return the day on which `percent` of the cycle from `before` to `day` has passed: 0 calls at once, 100 on the day.

    Raises:
        InvalidInput: `percent` lies outside 0 to 100, or `day` before `before`.

    Source:
        The call horizon in per cent of SAP maintenance plans.
    """
    faults = []
    if not 0 <= percent <= WHOLE_CYCLE:
        faults.append(f"call horizon is {percent} %; it must lie in 0..100")
    if day < before:
        faults.append(f"the cycle runs from {before} to {day}; its end must not be earlier")
    if faults:
        raise InvalidInput(faults)
    passed = (percent / WHOLE_CYCLE * (day - before).days).quantize(Decimal(1), rounding=ROUND_FLOOR)
    return before + timedelta(days=int(passed))


def after_overdue(occurrences: Sequence[Occurrence], *, today: date, policy: Overdue) -> AfterOverdue:
    """Return what is left of `occurrences` when those overdue are stacked, skipped or merged.

    Overdue is what could last be done before `today`. *Stack* keeps every one. *Skip* lets all of them go; the next
    date is the next visit. *Merge* makes those of one plan into the youngest of them, which names the others as
    absorbed, so that one visit makes good for all.

    Source:
        Spec of scheduling, point 8.
    """
    overdue: dict[str, list[Occurrence]] = defaultdict(list)
    left = []
    for occurrence in sorted(occurrences, key=lambda one: (one.due, one.key)):
        if occurrence.latest < today and policy is not Overdue.STACK:
            overdue[occurrence.plan_id].append(occurrence)
        else:
            left.append(occurrence)
    dropped: list[Occurrence] = []
    for of_plan in overdue.values():
        older = of_plan if policy is Overdue.SKIP else of_plan[:-1]
        dropped.extend(older)
        if policy is Overdue.MERGE:
            left.append(_merged(of_plan[-1], older))
    return AfterOverdue(left=_sorted(left), dropped=_sorted(dropped))


def open_occurrences(occurrences: Iterable[Occurrence], settled: Iterable[Visit]) -> tuple[Occurrence, ...]:
    """Return the occurrences that no settled visit serves, absorbed ones included: what a new plan has to place.

    Args:
        settled: Locked visits, and those booked, done or partly done; visits missed or cancelled serve nothing.
    """
    nothing = {VisitState.MISSED, VisitState.CANCELLED}
    served = {
        key
        for visit in settled
        if visit.state not in nothing
        for occurrence in visit.occurrences
        for key in (occurrence.key, *occurrence.absorbed)
    }
    return tuple(occurrence for occurrence in occurrences if occurrence.key not in served)


def _merged(youngest: Occurrence, older: Sequence[Occurrence]) -> Occurrence:
    if not older:
        return youngest
    absorbed = {key for one in older for key in (one.key, *one.absorbed)}.union(youngest.absorbed)
    reasons = tuple(
        Reason(
            kind=ReasonKind.ABSORBED,
            values=(
                ("level", one.level.value),
                ("due", one.due.isoformat()),
                ("key", one.key),
                ("overdue", "yes"),
            ),
        )
        for one in older
    )
    return Occurrence(
        key=youngest.key,
        plan_id=youngest.plan_id,
        equipment_id=youngest.equipment_id,
        level=youngest.level,
        k=youngest.k,
        nominal=youngest.nominal,
        due=youngest.due,
        earliest=youngest.earliest,
        latest=youngest.latest,
        absorbed=tuple(sorted(absorbed)),
        reasons=youngest.reasons + reasons,
    )


def _sorted(occurrences: Iterable[Occurrence]) -> tuple[Occurrence, ...]:
    return tuple(sorted(occurrences, key=lambda one: (one.due, one.key)))
