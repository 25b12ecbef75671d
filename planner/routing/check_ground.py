"""What the checker of plans counts with: breaches, what a plan is checked against, times and ways of its own.

Nothing here is used by the placing; see `planner.routing.check`.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import asin, cos, radians, sin, sqrt

from planner.calendars import WorkCalendar
from planner.model import Kit, Position, Site, Technician, Visit
from planner.routing.positions import to_wgs84
from planner.routing.travel import DEFAULT_RULE, EARTH_RADIUS_M, TravelRule

TOLERANCE = timedelta(seconds=1)
"""Plans count in whole minutes, rounded up; what is short by less than this is a matter of rounding."""
Spans = list[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule that a plan breaks.

    Args:
        rule: Its name: `served`, `same_work`, `skill`, `certificate`, `window`, `technician_away`, `site_closed`,
            `work_time`, `travel`, `home`, `spacing`, `locked`; of joint visits `crew`, `second_skill`, `together`,
            `days_in_a_row`, `whole_day`; `kit`; of optional ones `price`.
        key: The visit's key.
        what: What is wrong, with the figures.
    """

    rule: str
    key: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a plan is checked against; as the arguments of `first_plan`."""

    sites: Mapping[str, Site]
    technicians: Mapping[str, Technician]
    site_calendars: Mapping[str, WorkCalendar]
    technician_calendars: Mapping[str, WorkCalendar]
    locked: Sequence[Visit] = ()
    spacing: Mapping[str, timedelta] | None = None
    rule: TravelRule = DEFAULT_RULE
    kits: Mapping[str, Kit] = field(default_factory=dict)


def working(person: Technician, day: date, around: Surroundings) -> Spans:
    """Return when a technician works on a day, the last span longer by the overtime."""
    calendar = around.technician_calendars[person.id]
    spans = [(at_clock(day, span.start), at_clock(day, span.end)) for span in calendar.spans(day)]
    if spans:
        begin, end = spans[-1]
        spans[-1] = begin, min(end + person.overtime_limit, datetime.combine(day, time.max))
    return spans


def overlap(spans: Iterable[tuple[datetime, datetime]], begin: datetime, end: datetime) -> timedelta:
    """Return how much of the spans lies between two times."""
    total = timedelta(0)
    for low, high in spans:
        total += max(timedelta(0), min(high, end) - max(low, begin))
    return total


def position_of(visit: Visit, around: Surroundings) -> Position | None:
    """Return where a visit is; None where nobody knows."""
    site = around.sites.get(visit.site_id)
    return site.position if site else None


def known_way(rule: TravelRule, one: str, other: str) -> timedelta | None:
    """Return the time of a way that the rule knows better than by its assumptions; None where it does not."""
    known = rule.ways.get((min(one, other), max(one, other)))
    return None if known is None else timedelta(minutes=known[0])


def way_between(one: Position | None, other: Position | None, rule: TravelRule, *, same: bool) -> timedelta:
    """Return how long a way takes by the assumptions about roads."""
    if same:
        return timedelta(0)
    if one is None or other is None:
        return timedelta(minutes=rule.unknown_minutes)
    here, there = to_wgs84(one), to_wgs84(other)
    north, other_north = radians(here.latitude_deg), radians(there.latitude_deg)
    east = radians(there.longitude_deg - here.longitude_deg)
    half = sin((other_north - north) / 2) ** 2 + cos(north) * cos(other_north) * sin(east / 2) ** 2
    road_m = 2 * EARTH_RADIUS_M * asin(sqrt(min(1.0, half))) * rule.detour
    slow_m = min(road_m, rule.near_m)
    hours = slow_m / 1000 / rule.near_km_h + (road_m - slow_m) / 1000 / rule.far_km_h
    return timedelta(hours=hours)


def at_clock(day: date, clock: time) -> datetime:
    """Return a local time of a day."""
    # Local wall-clock times of one day and place: a zone would change nothing and is not known here.
    return datetime.combine(day, clock)
