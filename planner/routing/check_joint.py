"""Does a plan keep the rules of visits by two technicians, on several days, with kits, at a price?

Part of the checker (`planner.routing.check`): written apart from the placing, with which it shares no code.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from itertools import pairwise

from planner.model import DueWork, Technician, Visit
from planner.routing.check_ground import (
    TOLERANCE,
    Breach,
    Spans,
    Surroundings,
    at_clock,
    known_way,
    overlap,
    position_of,
    way_between,
)

ROUNDING = timedelta(minutes=1)
"""The placing counts each way in whole minutes, so the detour of one stop may be short by this."""
ONE_DAY = timedelta(days=1)


def parts_of(visit: Visit) -> list[Visit]:
    """Return what each technician has of a visit on each day, all under its key."""
    first = replace(visit, further=()) if visit.further else visit
    return [first] + [
        replace(
            visit,
            day=one.day,
            technician_id=one.technician_id,
            hours=one.hours,
            travel=one.travel,
            travel_m=one.travel_m,
            further=(),
        )
        for one in visit.further
    ]


def company_breaches(due: DueWork, visit: Visit, around: Surroundings) -> Iterator[Breach]:
    """Check who is there together, on which days, and whether they get the work done."""

    def breach(rule: str, what: str) -> Breach:
        return Breach(rule=rule, key=visit.key, what=what)

    parts = parts_of(visit)
    people = sorted({str(one.technician_id) for one in parts})
    days = sorted({one.day for one in parts})
    if len(people) != due.needs.crew:
        yield breach("crew", f"{', '.join(people)} go; it needs {due.needs.crew}")
    if len(days) != due.needs.days or len(parts) != len(people) * len(days):
        what = f"{len(parts)} presences on {len(days)} days; it needs {due.needs.crew} x {due.needs.days}"
        yield breach("days_in_a_row", what)
    for one in people:
        person = around.technicians.get(one)
        if person is None:
            yield breach("crew", f"technician {one} is not known")
            return
        if one != visit.technician_id:
            yield from _second_skill(due, visit, person, days)
    for day in days:
        hours = {(one.hours.start, one.hours.end) for one in parts if one.day == day and one.hours}
        if len(hours) != 1 or any(one.hours is None for one in parts):
            yield breach("together", f"on {day} they do not begin and end at the same time")
            return
    if due.needs.days > 1:
        for one in people:
            yield from _row(due, visit, one, days, around)
    total = sum((_worked(parts, day, around) for day in days), timedelta(0))
    if total < due.duration - TOLERANCE:
        yield breach("work_time", f"its hours hold {total} of work together, {due.duration} is needed")


def whole_day_breaches(visits: Sequence[Visit], around: Surroundings) -> Iterator[Breach]:
    """Check the days of visits that take several: nothing beside them, and the ways fit."""
    by_day: dict[tuple[str, date], list[Visit]] = defaultdict(list)
    for visit in [*visits, *around.locked]:
        for one in parts_of(visit):
            by_day[str(one.technician_id), one.day].append(one)
    for visit in visits:
        if visit.needs.days == 1:
            continue
        days = sorted({one.day for one in parts_of(visit)})
        for one in parts_of(visit):
            others = [
                other.key for other in by_day[str(one.technician_id), one.day] if other.key != visit.key
            ]
            for other in others:
                what = f"{one.technician_id} has {other} on {one.day} as well; the whole day is taken"
                yield Breach(rule="whole_day", key=visit.key, what=what)
            person = around.technicians.get(str(one.technician_id))
            if person is None or one.hours is None:
                continue
            yield from _ways(one, person, days, around)


def kit_breaches(visits: Sequence[Visit], around: Surroundings) -> Iterator[Breach]:
    """Check that whoever has a kit may have it, and that no day asks for more than there are."""
    carriers: dict[tuple[str, date], dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    ours = {visit.key for visit in visits}
    for visit in [*visits, *around.locked]:
        for one in parts_of(visit):
            if one.technician_id == visit.technician_id and one.technician_id is not None:
                for kit_id in visit.needs.kits:
                    carriers[kit_id, one.day][one.technician_id].append(visit.key)
    for (kit_id, day), people in sorted(carriers.items()):
        kit = around.kits.get(kit_id)
        owned = kit.owned if kit is not None else 0
        mine = sorted({key for keys in people.values() for key in keys} & ours)
        if len(people) > owned:
            for key in mine:
                what = f"{', '.join(sorted(people))} carry {kit_id} on {day}; there are {owned}"
                yield Breach(rule="kit", key=key, what=what)
        for person, keys in sorted(people.items()):
            if kit is not None and kit.holders and person not in kit.holders:
                for key in sorted({*keys} & ours):
                    what = f"{person} carries {kit_id}; it lies with {', '.join(sorted(kit.holders))}"
                    yield Breach(rule="kit", key=key, what=what)


def price_breaches(
    by_key: Mapping[str, DueWork], visits: Sequence[Visit], around: Surroundings
) -> Iterator[Breach]:
    """Check that the detour to each optional visit is below its price."""
    optional = [one for one in visits if one.key in by_key and by_key[one.key].needs.price is not None]
    if not optional:
        return
    by_day: dict[tuple[str, date], list[Visit]] = defaultdict(list)
    for visit in [*visits, *around.locked]:
        for one in parts_of(visit):
            by_day[str(one.technician_id), one.day].append(one)
    for visit in optional:
        price = timedelta(minutes=by_key[visit.key].needs.price or 0.0)
        parts = parts_of(visit)
        days = sorted({one.day for one in parts})
        total = timedelta(0)
        for one in parts:
            person = around.technicians.get(str(one.technician_id))
            if person is None:
                return
            if visit.needs.days > 1:
                there, back = _long_ways(one, person, days, around)
                total += there + back
            else:
                total += _detour(one, person, by_day[person.id, one.day], around)
        if total - ROUNDING * len(parts) >= price:
            what = f"its detour is {total}; it is worth {price} of driving"
            yield Breach(rule="price", key=visit.key, what=what)


def _second_skill(due: DueWork, visit: Visit, person: Technician, days: Sequence[date]) -> Iterator[Breach]:
    for day in days:
        valid = {
            one.skill for one in person.certificates if one.first_day <= day <= (one.last_day or date.max)
        }
        missing = sorted(due.needs.second_skills - person.skills - valid)
        if missing:
            what = f"{person.id} lacks {', '.join(missing)} on {day}"
            yield Breach(rule="second_skill", key=visit.key, what=what)
            return


def _row(
    due: DueWork, visit: Visit, technician_id: str, days: Sequence[date], around: Surroundings
) -> Iterator[Breach]:
    """Check that the days follow each other in a technician's calendar."""
    calendar = around.technician_calendars[technician_id]
    for earlier, later in pairwise(days):
        between = [earlier + ONE_DAY * number for number in range(1, (later - earlier).days)]
        worked = [one for one in between if calendar.is_working(one)]
        if worked:
            what = f"{technician_id} works on {worked[0]} between {earlier} and {later}"
            yield Breach(rule="days_in_a_row", key=visit.key, what=what)
        elif between and due.needs.overnight:
            what = f"{technician_id} would stay overnight from {earlier} to {later}"
            yield Breach(rule="days_in_a_row", key=visit.key, what=what)


def _worked(parts: Sequence[Visit], day: date, around: Surroundings) -> timedelta:
    """Return how long all are at work together on a day while the site is open."""
    found: Spans = []
    for one in parts:
        if one.day != day or one.hours is None:
            continue
        person = around.technicians[str(one.technician_id)]
        mine = _regular(person, day, around)
        if one.needs.days == 1 and mine:
            begin, end = mine[-1]
            mine[-1] = begin, min(end + person.overtime_limit, datetime.combine(day, time.max))
        if not found:
            opening = around.site_calendars[one.site_id].spans(day)
            hours = at_clock(day, one.hours.start), at_clock(day, one.hours.end)
            found = _both([(at_clock(day, s.start), at_clock(day, s.end)) for s in opening], [hours])
        found = _both(found, mine)
    return sum((end - begin for begin, end in found), timedelta(0))


def _both(some: Spans, others: Spans) -> Spans:
    return [(max(a, c), min(b, d)) for a, b in some for c, d in others if max(a, c) < min(b, d)]


def _regular(person: Technician, day: date, around: Surroundings) -> Spans:
    spans = around.technician_calendars[person.id].spans(day)
    return [(at_clock(day, one.start), at_clock(day, one.end)) for one in spans]


def _long_ways(
    part: Visit, person: Technician, days: Sequence[date], around: Surroundings
) -> tuple[timedelta, timedelta]:
    """Return the way there and the way back of one day; who stays overnight has them at the ends only."""
    way = known_way(around.rule, f"home:{person.id}", f"site:{part.site_id}")
    if way is None:
        way = way_between(person.home, position_of(part, around), around.rule, same=False)
    goes = part.day == days[0] or not part.needs.overnight
    returns = part.day == days[-1] or not part.needs.overnight
    return way * goes, way * returns


def _ways(part: Visit, person: Technician, days: Sequence[date], around: Surroundings) -> Iterator[Breach]:
    assert part.hours is not None
    there, back = _long_ways(part, person, days, around)
    spans = _regular(person, part.day, around)
    begin, end = at_clock(part.day, part.hours.start), at_clock(part.day, part.hours.end)
    morning = overlap(spans, datetime.combine(part.day, time.min), begin)
    evening = overlap(spans, end, datetime.combine(part.day, time.max))
    if morning < there - TOLERANCE:
        what = f"{person.id} on {part.day}: {morning} for a way of {there} before {begin:%H:%M}"
        yield Breach(rule="travel", key=part.key, what=what)
    if evening < back - TOLERANCE:
        what = f"{person.id} on {part.day}: {evening} left for a way home of {back}"
        yield Breach(rule="home", key=part.key, what=what)
    if part.travel < there + back - TOLERANCE:
        what = f"it says {part.travel}; the ways take {there + back}"
        yield Breach(rule="travel", key=part.key, what=what)


def _detour(part: Visit, person: Technician, stops: Sequence[Visit], around: Surroundings) -> timedelta:
    """Return how much longer a technician's round is for one stop."""
    timed = sorted(
        (one for one in stops if one.hours), key=lambda one: (str(one.hours and one.hours.start), one.key)
    )
    place = next(number for number, one in enumerate(timed) if one.key == part.key)
    before = timed[place - 1] if place else None
    behind = timed[place + 1] if place + 1 < len(timed) else None
    to = _leg(before, part, person, around)
    onward = _leg(part, behind, person, around)
    return to + onward - _leg(before, behind, person, around)


def _leg(one: Visit | None, other: Visit | None, person: Technician, around: Surroundings) -> timedelta:
    if one is None and other is None:
        return timedelta(0)
    ends = [f"site:{end.site_id}" if end else f"home:{person.id}" for end in (one, other)]
    known = known_way(around.rule, *ends)
    if known is not None:
        return known
    places = [position_of(end, around) if end else person.home for end in (one, other)]
    return way_between(places[0], places[1], around.rule, same=ends[0] == ends[1])
