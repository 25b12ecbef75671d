"""The occurrences of one plan that are due in a span of days."""

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType

from planner.calendars import ClosedBy, WorkCalendar
from planner.errors import InvalidInput
from planner.model import CalendarMove, MaintenancePlan, Occurrence, Reason, ReasonKind
from planner.scheduling.basis import chain
from planner.scheduling.dates import nominal_date
from planner.scheduling.moves import moved
from planner.scheduling.windows import window

REMEMBERED = 1 << 14
"""How many values of traces are shared instead of built again: the days of some decades."""
NOTHING_DONE: Mapping[int, date] = MappingProxyType({})


def due_occurrences(
    plan: MaintenancePlan,
    *,
    start: date,
    end: date,
    calendar: WorkCalendar,
    completions: Mapping[int, date] = NOTHING_DONE,
    in_service: date | None = None,
) -> tuple[Occurrence, ...]:
    """Return the occurrences of `plan` that are due from `start` up to, not including, `end`, earliest first.

    Nothing depends on when or how often this is asked: two spans that touch give together what their union gives.
    `nominal` is always anchor + k x interval; basis and calendar only move `due`.

    Args:
        calendar: Service calendar and site calendar together.
        completions: Day done by k; those k are not returned again, and floating and shifted chains count from them.
        in_service: The machine's commissioning: nothing is due before it, and no window opens before it.

    Raises:
        InvalidInput: `end` lies before `start`, or a date beyond the year 9999 is needed.

    Source:
        Spec of scheduling, points 1, 2, 5, 6, 9 and 11.
    """
    if end < start:
        raise InvalidInput([f"due dates are asked from {start} to {end}; the end must not be earlier"])
    if in_service is not None:
        start = max(start, in_service)
        if start >= end:
            return ()
    move = plan.move
    ahead = chain(plan, completions, lambda day: moved(day, move, calendar))
    # Moves keep the order of dates, so it is enough to step back until one is due before the start.
    first_k = ahead.first_k_from(start)
    while first_k > ahead.first_k and moved(ahead.date_of(first_k - 1), move, calendar) >= start:
        first_k -= 1
    says = _PlanReasons(plan)
    prefix = f"{plan.id}/{plan.level.value}/"
    is_nominal = ahead.reason is None
    found = []
    for k, before_move in enumerate(ahead.dates_from(first_k), start=first_k):
        due = moved(before_move, move, calendar)
        if due >= end:
            break
        if due >= start and k not in completions:
            nominal = before_move if is_nominal else nominal_date(plan.anchor, plan.interval, k)
            reasons = [says.nominal(nominal, k)]
            if ahead.reason is not None:
                reasons.append(_with_date(ahead.reason, before_move))
            if due != before_move:
                reasons.append(calendar_move_reason(before_move, due, move, calendar))
            if calendar.is_provisional(before_move):
                reasons.append(provisional_reason(before_move.year))
            earliest, latest = window(plan, due)
            if in_service is not None:
                earliest = max(earliest, in_service)
            found.append(
                Occurrence(
                    key=f"{prefix}{k}",
                    plan_id=plan.id,
                    equipment_id=plan.equipment_id,
                    level=plan.level,
                    k=k,
                    nominal=nominal,
                    due=due,
                    earliest=earliest,
                    latest=latest,
                    reasons=tuple(reasons),
                )
            )
    return tuple(found)


def calendar_move_reason(day: date, due: date, move: CalendarMove, calendar: WorkCalendar) -> Reason:
    """Return the step that moved `day` to `due`, with what closes `day`."""
    closed = calendar.why_closed(day)
    return _move_reason(day, due, move, closed.by if closed else None, closed.name if closed else "")


@lru_cache(maxsize=REMEMBERED)
def _move_reason(day: date, due: date, move: CalendarMove, by: ClosedBy | None, name: str) -> Reason:
    values = [("from", day.isoformat()), ("to", due.isoformat()), ("move", move.value)]
    if by is not None:
        values.append(("closed_by", by.value))
    if by is ClosedBy.WEEKLY_REST:
        values.append(("weekday", str(day.weekday())))
    if name:
        values.append(("name", name))
    return Reason(kind=ReasonKind.CALENDAR_MOVE, values=tuple(values))


@lru_cache(maxsize=REMEMBERED)
def provisional_reason(year: int) -> Reason:
    """Return the remark that the make-up days of `year` are not published yet."""
    return Reason(kind=ReasonKind.CALENDAR_PROVISIONAL, values=(("year", str(year)),))


def _with_date(reason: Reason, day: date) -> Reason:
    return Reason(kind=reason.kind, values=(*reason.values, ("to", day.isoformat())))


class _PlanReasons:
    """The first step of each trace; what a plan's occurrences share is written down once."""

    def __init__(self, plan: MaintenancePlan) -> None:
        self._anchor = ("anchor", plan.anchor.isoformat())
        self._count = ("count", str(plan.interval.count))
        self._unit = ("unit", plan.interval.unit.value)

    def nominal(self, day: date, k: int) -> Reason:
        values = (_day_value(day), self._anchor, _k_value(k), self._count, self._unit)
        return Reason(kind=ReasonKind.NOMINAL, values=values)


@lru_cache(maxsize=REMEMBERED)
def _day_value(day: date) -> tuple[str, str]:
    return "nominal", day.isoformat()


@lru_cache(maxsize=REMEMBERED)
def _k_value(k: int) -> tuple[str, str]:
    return "k", str(k)
