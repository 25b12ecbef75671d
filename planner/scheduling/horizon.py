"""Forecast and call: from when on a visit has a work order, and what it may become next."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal

from planner.calendars import WorkCalendar
from planner.errors import InvalidInput
from planner.model import VisitState

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
