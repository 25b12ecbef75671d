"""What a plan costs by the weights, counted from the visits themselves; the search counts on its own.

Every part is in minutes of driving, so that two plans of one task can be laid side by side, part by part.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, time, timedelta

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
    optional_left: float = 0.0,
) -> Costs:
    """Return what a plan costs.

    Args:
        visits: The plan's own visits, each with technician, hours and travel.
        unplaced: What found no place, or how much of it was due.
        technicians, technician_calendars: By id.
        locked: Visits that stand; their time counts for the balance, and they may be a site's last visit.
        published: The plan before.
        weights: The prices.
        optional_left: Prices of the optional work that stays out, where `unplaced` is a number.
    """
    parts = [part for one in visits for part in one.spread()]
    due = unplaced if isinstance(unplaced, int) else sum(one.needs.price is None for one in unplaced)
    if not isinstance(unplaced, int):
        optional_left = sum(one.needs.price or 0.0 for one in unplaced)
    return Costs(
        travel=weights.travel * sum(one.travel / _MINUTE for one in parts),
        early=weights.early * sum(max(0, -_days_late(one)) for one in visits),
        late=weights.late * sum(max(0, _days_late(one)) for one in visits),
        overtime=weights.overtime * _overtime_minutes(parts, technician_calendars),
        other_technician=weights.other_technician * _by_others(visits, technicians, locked),
        balance=_imbalance(
            parts, [part for one in locked for part in one.spread()], technician_calendars, weights
        ),
        moved=_moved(visits, published, weights),
        unserved=weights.unserved * due + optional_left,
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
            taken[one.technician_id, one.day] += (_worked(one, technician_calendars) + one.travel) / _MINUTE
    total = 0.0
    for (technician_id, day), minutes in taken.items():
        regular = sum(span.duration / _MINUTE for span in technician_calendars[technician_id].spans(day))
        total += max(0.0, minutes - regular)
    return total


def _worked(part: Visit, technician_calendars: Mapping[str, WorkCalendar]) -> timedelta:
    """Return how long one technician works in a part of a visit: of several days, the working time of this one."""
    if part.needs.days == 1 or part.hours is None or part.technician_id is None:
        return part.duration
    begin, end = _minutes_at(part.hours.start), _minutes_at(part.hours.end)
    spans = technician_calendars[part.technician_id].spans(part.day)
    minutes = sum(
        max(0, min(_minutes_at(one.end), end) - max(_minutes_at(one.start), begin)) for one in spans
    )
    return minutes * _MINUTE


def _minutes_at(clock: time) -> int:
    return clock.hour * 60 + clock.minute


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
            worked = _worked(one, technician_calendars)
            taken[one.technician_id, *month] += (worked + one.travel) / _MINUTE
            work += worked / _MINUTE
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
            others = {part.technician_id for part in one.spread()} != {
                part.technician_id for part in old.spread()
            }
            price += weights.moved_technician * (one.technician_id != old.technician_id or others)
    return price
