"""What a plan costs by the weights, counted from the visits themselves; the search counts on its own.

Every part is in minutes of driving, so that two plans of one task can be laid side by side, part by part.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time, timedelta

from planner.calendars import WorkCalendar
from planner.model import ReasonKind, Technician, Unplaced, Visit
from planner.routing.weights import DEFAULT_WEIGHTS, Weights

_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Costs:
    """The parts of a plan's price, in minutes of driving."""

    travel: float = 0.0
    early: float = 0.0
    late: float = 0.0
    overtime: float = 0.0
    other_technician: float = 0.0
    balance: float = 0.0
    moved: float = 0.0
    unserved: float = 0.0

    @property
    def total(self) -> float:
        """The whole price."""
        return sum(float(getattr(self, one.name)) for one in fields(self))


def plan_costs(
    visits: Sequence[Visit],
    unplaced: Sequence[Unplaced] | int,
    *,
    technicians: Mapping[str, Technician],
    technician_calendars: Mapping[str, WorkCalendar],
    locked: Sequence[Visit] = (),
    published: Sequence[Visit] = (),
    weights: Weights = DEFAULT_WEIGHTS,
) -> Costs:
    """Return what a plan costs.

    Args:
        visits: The plan's own visits, each with technician, hours and travel.
        unplaced: What found no place, or how much.
        technicians, technician_calendars: By id.
        locked: Visits that stand; their time counts for the balance, and they may be a site's last visit.
        published: The plan before.
        weights: The prices.
    """
    return Costs(
        travel=weights.travel * sum(one.travel / _MINUTE for one in visits),
        early=weights.early * sum(max(0, -_days_late(one)) for one in visits),
        late=weights.late * sum(max(0, _days_late(one)) for one in visits),
        overtime=weights.overtime * _overtime_minutes(visits, technicians, technician_calendars),
        other_technician=weights.other_technician * _changes_of_technician(visits, locked),
        balance=_imbalance(visits, locked, technician_calendars, weights),
        moved=_moved(visits, published, weights),
        unserved=weights.unserved * (unplaced if isinstance(unplaced, int) else len(unplaced)),
    )


def ideal_of(visit: Visit) -> date:
    """Return the day the visit should be on if nothing stood in the way, as its reasons tell it."""
    for reason in visit.reasons:
        if reason.kind is ReasonKind.TECHNICIAN and (told := dict(reason.values).get("ideal")):
            return date.fromisoformat(told)
    return visit.day


def _days_late(visit: Visit) -> int:
    return (visit.day - ideal_of(visit)).days


def _overtime_minutes(
    visits: Sequence[Visit],
    technicians: Mapping[str, Technician],
    technician_calendars: Mapping[str, WorkCalendar],
) -> float:
    """Return how long the last visits of the days reach past the regular working time, ways home left out."""
    last: dict[tuple[str, date], time] = {}
    for one in visits:
        if one.technician_id in technicians and one.technician_id is not None and one.hours is not None:
            key = one.technician_id, one.day
            last[key] = max(last.get(key, one.hours.end), one.hours.end)
    total = 0.0
    for (technician_id, day), end in last.items():
        spans = technician_calendars[technician_id].spans(day)
        if spans:
            over = datetime.combine(day, end) - datetime.combine(day, spans[-1].end)
            total += max(0.0, over / _MINUTE)
    return total


def _changes_of_technician(visits: Sequence[Visit], locked: Sequence[Visit]) -> int:
    ours = {one.key for one in visits}
    before: dict[str, str] = {}
    changes = 0
    for one in sorted([*visits, *locked], key=lambda one: (one.site_id, one.day, one.key)):
        if one.technician_id is None:
            continue
        if one.key in ours and before.get(one.site_id, one.technician_id) != one.technician_id:
            changes += 1
        before[one.site_id] = one.technician_id
    return changes


def _imbalance(
    visits: Sequence[Visit],
    locked: Sequence[Visit],
    technician_calendars: Mapping[str, WorkCalendar],
    weights: Weights,
) -> float:
    """Return the price of unequal shares of the working time that each technician has."""
    taken: dict[tuple[str, int, int], float] = defaultdict(float)
    for one in [*visits, *locked]:
        if one.technician_id in technician_calendars and one.technician_id is not None:
            minutes = (one.duration + one.travel) / _MINUTE
            taken[one.technician_id, one.day.year, one.day.month] += minutes
    months = {(year, month) for _, year, month in taken}
    shares = [
        (taken[one, *month], _minutes_of_month(calendar, *month))
        for one, calendar in technician_calendars.items()
        for month in months
    ]
    return weights.balance * _spread(shares)


def _spread(shares: Sequence[tuple[float, float]]) -> float:
    """Return the squared distances of the shares from the common one, each times the time there is."""
    there = sum(has for _, has in shares)
    if there == 0:
        return 0.0
    common = sum(taken for taken, has in shares if has) / there
    return sum((taken / has - common) ** 2 * has for taken, has in shares if has)


def _minutes_of_month(calendar: WorkCalendar, year: int, month: int) -> float:
    day, total = date(year, month, 1), 0.0
    while day.month == month:
        total += sum(span.duration / _MINUTE for span in calendar.spans(day))
        day += timedelta(days=1)
    return total


def _moved(visits: Sequence[Visit], published: Sequence[Visit], weights: Weights) -> float:
    before = {one.key: one for one in published}
    price = 0.0
    for one in visits:
        old = before.get(one.key)
        if old is not None:
            price += weights.moved_day * (one.day != old.day)
            price += weights.moved_technician * (one.technician_id != old.technician_id)
    return price
