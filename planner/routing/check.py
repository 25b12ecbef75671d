"""Does a plan keep every rule? Written apart from the placing, with which it shares no code.

It counts in datetimes where the placing counts in minutes, measures ways by the haversine where the placing uses
chords, and goes from the visits to the rules where the placing goes from the rules to the visits. It shares only
the assumptions about roads (`TravelRule`), because these are input, and the conversion of datums.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from math import asin, cos, radians, sin, sqrt

from planner.calendars import WorkCalendar
from planner.model import DueWork, Position, Site, Technician, Unplaced, Visit
from planner.routing.positions import to_wgs84
from planner.routing.travel import DEFAULT_RULE, EARTH_RADIUS_M, TravelRule

TOLERANCE = timedelta(seconds=1)
"""Plans count in whole minutes, rounded up; what is short by less than this is a matter of rounding."""
_Spans = list[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Breach:
    """A rule that a plan breaks.

    Args:
        rule: Its name: `served`, `same_work`, `skill`, `certificate`, `window`, `technician_away`, `site_closed`,
            `work_time`, `travel`, `home`, `spacing`, `locked`.
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


def breaches(
    work: Sequence[DueWork], visits: Sequence[Visit], unplaced: Sequence[Unplaced], around: Surroundings
) -> tuple[Breach, ...]:
    """Return every rule that the plan of `visits` and `unplaced` breaks, by key; empty where it keeps all."""
    by_key = {one.key: one for one in work}
    found = [*_served(by_key, visits, unplaced, around)]
    for visit in visits:
        due = by_key.get(visit.key)
        if due is not None:
            found += _alone(due, visit, around)
    found += _days(visits, around)
    found += _spacing(visits, around)
    return tuple(sorted(found, key=lambda one: (one.key, one.rule, one.what)))


def _served(
    by_key: Mapping[str, DueWork], visits: Sequence[Visit], unplaced: Sequence[Unplaced], around: Surroundings
) -> Iterator[Breach]:
    locked = {visit.key for visit in around.locked}
    seen: dict[str, int] = defaultdict(int)
    for visit in visits:
        seen[visit.key] += 1
        if visit.key in locked:
            yield Breach(rule="locked", key=visit.key, what="a locked visit is planned once more")
        elif visit.key not in by_key:
            yield Breach(rule="served", key=visit.key, what="nobody asked for this visit")
    left_out: dict[tuple[str, tuple[str, ...]], int] = defaultdict(int)
    for one in unplaced:
        left_out[one.site_id, tuple(occurrence.key for occurrence in one.occurrences)] += 1
    for key, due in by_key.items():
        times = seen[key] + left_out[due.site_id, tuple(occurrence.key for occurrence in due.occurrences)]
        if times != 1:
            yield Breach(rule="served", key=key, what=f"it is placed or left out {times} times, not once")


def _alone(due: DueWork, visit: Visit, around: Surroundings) -> Iterator[Breach]:
    """Check what concerns one visit only."""

    def breach(rule: str, what: str) -> Breach:
        return Breach(rule=rule, key=visit.key, what=what)

    if (visit.site_id, visit.duration, visit.earliest, visit.latest) != (
        due.site_id,
        due.duration,
        due.earliest,
        due.latest,
    ) or visit.occurrences != due.occurrences:
        yield breach("same_work", "site, duration, window or occurrences differ from what is due")
    if not due.earliest <= visit.day <= due.latest:
        yield breach("window", f"{visit.day} lies outside {due.earliest}..{due.latest}")
    person = around.technicians.get(visit.technician_id or "")
    if person is None or visit.hours is None:
        yield breach("skill", f"technician {visit.technician_id} and hours {visit.hours}: both must be known")
        return
    for skill in sorted(due.skills - person.skills):
        proofs = [one for one in person.certificates if one.skill == skill]
        if not proofs:
            yield breach("skill", f"{person.id} lacks {skill}")
        elif not any(one.first_day <= visit.day <= (one.last_day or date.max) for one in proofs):
            ends = ", ".join(f"{one.first_day}..{one.last_day or ''}" for one in proofs)
            yield breach("certificate", f"{person.id} may do {skill} on {ends}, not on {visit.day}")
    if not around.technician_calendars[person.id].is_working(visit.day):
        yield breach("technician_away", f"{person.id} does not work on {visit.day}")
    if not around.site_calendars[visit.site_id].is_working(visit.day):
        yield breach("site_closed", f"{visit.site_id} is closed on {visit.day}")
    begin, end = (_at(visit.day, clock) for clock in (visit.hours.start, visit.hours.end))
    worked = _overlap(_both_open(visit, person, around), begin, end)
    if worked < due.duration - TOLERANCE:
        yield breach(
            "work_time", f"{begin:%H:%M}–{end:%H:%M} holds {worked} of work, {due.duration} is needed"
        )


def _days(visits: Sequence[Visit], around: Surroundings) -> Iterator[Breach]:
    """Check each technician's day as a round from home to home."""
    ours = {visit.key for visit in visits}
    rounds: dict[tuple[str, date], list[Visit]] = defaultdict(list)
    for visit in [*visits, *around.locked]:
        if visit.technician_id in around.technicians and visit.technician_id is not None:
            rounds[visit.technician_id, visit.day].append(visit)
    for (technician_id, day), stops in rounds.items():
        if not any(visit.key in ours for visit in stops):
            continue
        for visit in stops:
            if visit.hours is None:
                yield Breach(
                    rule="locked", key=visit.key, what=f"{technician_id}: it has no hours, {day} is taken"
                )
        timed = sorted(
            (visit for visit in stops if visit.hours is not None),
            key=lambda one: (str(one.hours and one.hours.start), one.key),
        )
        yield from _round(around.technicians[technician_id], day, timed, ours, around)


def _round(
    person: Technician, day: date, stops: Sequence[Visit], ours: set[str], around: Surroundings
) -> Iterator[Breach]:
    spans = _working(person, day, around)
    start_of_day = spans[0][0] if spans else _at(day, time())
    here: Position | None = person.home
    at = f"home:{person.id}"
    leave, before = start_of_day, None
    for visit in stops:
        assert visit.hours is not None
        there = _position(visit, around)
        begin = _at(day, visit.hours.start)
        needed = _known(around.rule, at, f"site:{visit.site_id}")
        if needed is None:
            same = before is not None and before.site_id == visit.site_id
            needed = _way(here, there, around.rule, same=same)
        room = _overlap(spans, leave, begin)
        concerned = visit.key in ours or (before is not None and before.key in ours)
        if concerned and (begin < leave or room < needed - TOLERANCE):
            yield Breach(
                rule="travel",
                key=visit.key if visit.key in ours or before is None else before.key,
                what=f"{person.id} on {day}: {room} for a way of {needed} before {begin:%H:%M}",
            )
        if visit.key in ours and visit.travel < needed - TOLERANCE:
            yield Breach(rule="travel", key=visit.key, what=f"it says {visit.travel}; the way takes {needed}")
        leave, here, before = max(leave, _at(day, visit.hours.end)), there, visit
        at = f"site:{visit.site_id}"
    if before is not None and before.key in ours:
        needed = _known(around.rule, at, f"home:{person.id}")
        if needed is None:
            needed = _way(here, person.home, around.rule, same=False)
        room = _overlap(spans, leave, datetime.combine(day, time.max))
        if room < needed - TOLERANCE:
            yield Breach(
                rule="home",
                key=before.key,
                what=f"{person.id} on {day}: {room} left for a way home of {needed}",
            )


def _spacing(visits: Sequence[Visit], around: Surroundings) -> Iterator[Breach]:
    standing: dict[str, list[Visit]] = defaultdict(list)
    for visit in [*visits, *around.locked]:
        standing[visit.site_id].append(visit)
    for visit in visits:
        least = (around.spacing or {}).get(visit.site_id, timedelta(0))
        for other in standing[visit.site_id]:
            apart = abs(visit.day - other.day)
            if timedelta(0) < apart < least:
                what = f"{apart.days} days from {other.key}; {least.days} are agreed"
                yield Breach(rule="spacing", key=visit.key, what=what)


def _working(person: Technician, day: date, around: Surroundings) -> _Spans:
    calendar = around.technician_calendars[person.id]
    spans = [(_at(day, span.start), _at(day, span.end)) for span in calendar.spans(day)]
    if spans:
        begin, end = spans[-1]
        spans[-1] = begin, min(end + person.overtime_limit, datetime.combine(day, time.max))
    return spans


def _both_open(visit: Visit, person: Technician, around: Surroundings) -> _Spans:
    opening = around.site_calendars[visit.site_id].spans(visit.day)
    found = []
    for begin, end in _working(person, visit.day, around):
        for span in opening:
            low, high = max(begin, _at(visit.day, span.start)), min(end, _at(visit.day, span.end))
            if low < high:
                found.append((low, high))
    return found


def _overlap(spans: Iterable[tuple[datetime, datetime]], begin: datetime, end: datetime) -> timedelta:
    total = timedelta(0)
    for low, high in spans:
        total += max(timedelta(0), min(high, end) - max(low, begin))
    return total


def _position(visit: Visit, around: Surroundings) -> Position | None:
    site = around.sites.get(visit.site_id)
    return site.position if site else None


def _known(rule: TravelRule, one: str, other: str) -> timedelta | None:
    """Return the time of a way that the rule knows better than by its assumptions; None where it does not."""
    known = rule.ways.get((min(one, other), max(one, other)))
    return None if known is None else timedelta(minutes=known[0])


def _way(one: Position | None, other: Position | None, rule: TravelRule, *, same: bool) -> timedelta:
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


def _at(day: date, clock: time) -> datetime:
    # Local wall-clock times of one day and place: a zone would change nothing and is not known here.
    return datetime.combine(day, clock)
