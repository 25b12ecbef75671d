"""What a plan costs by the weights, counted from the visits themselves; the search counts on its own.

Every part is in minutes of driving, so that two plans of one task can be laid side by side, part by part.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, timedelta

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
        overtime=weights.overtime * _overtime_minutes(visits, technician_calendars),
        other_technician=weights.other_technician * _by_others(visits, technicians, locked),
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


def last_technicians(locked: Sequence[Visit]) -> dict[str, str]:
    """Return who was, or will be for certain, at each site last, by site id."""
    found: dict[str, tuple[date, str]] = {}
    for one in locked:
        if one.technician_id is not None:
            found[one.site_id] = max(found.get(one.site_id, (date.min, "")), (one.day, one.technician_id))
    return {site_id: technician_id for site_id, (_, technician_id) in found.items()}


def _overtime_minutes(visits: Sequence[Visit], technician_calendars: Mapping[str, WorkCalendar]) -> float:
    """Return by how much driving and work of the days go beyond the regular working time."""
    taken: dict[tuple[str, date], float] = defaultdict(float)
    for one in visits:
        if one.technician_id in technician_calendars and one.technician_id is not None:
            taken[one.technician_id, one.day] += (one.duration + one.travel) / _MINUTE
    total = 0.0
    for (technician_id, day), minutes in taken.items():
        regular = sum(span.duration / _MINUTE for span in technician_calendars[technician_id].spans(day))
        total += max(0.0, minutes - regular)
    return total


def _by_others(
    visits: Sequence[Visit], technicians: Mapping[str, Technician], locked: Sequence[Visit]
) -> int:
    """Return how many visits are made by somebody else than the site's last visitor who still works here."""
    last = last_technicians(locked)
    return sum(
        last.get(one.site_id) in technicians and last[one.site_id] != one.technician_id for one in visits
    )


def _imbalance(
    visits: Sequence[Visit],
    locked: Sequence[Visit],
    technician_calendars: Mapping[str, WorkCalendar],
    weights: Weights,
) -> float:
    """Return the price of unequal shares of the working time that each technician has in each month.

    The squared minutes of each month over the minutes that there are; taken off is what they would come to if the work
    alone, without any driving, were shared out evenly, so that a perfect plan costs nothing.
    """
    months = {(one.day.year, one.day.month) for one in visits}
    taken: dict[tuple[str, int, int], float] = defaultdict(float)
    work = 0.0
    for one in [*visits, *locked]:
        month = one.day.year, one.day.month
        if month in months and one.technician_id in technician_calendars and one.technician_id is not None:
            taken[one.technician_id, *month] += (one.duration + one.travel) / _MINUTE
            work += one.duration / _MINUTE
    shares = [
        (taken[one, *month], has)
        for one, calendar in technician_calendars.items()
        for month in sorted(months)
        if (has := _minutes_of_month(calendar, *month))
    ]
    there = sum(has for _, has in shares)
    squared = sum(minutes**2 / has for minutes, has in shares)
    return weights.balance * max(0.0, squared - work**2 / there) if there else 0.0


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
