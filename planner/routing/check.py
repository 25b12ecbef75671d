"""Does a plan keep every rule? Written apart from the placing, with which it shares no code.

It counts in datetimes where the placing counts in minutes, measures ways by the haversine where the placing uses
chords, and goes from the visits to the rules where the placing goes from the rules to the visits. It shares only
the assumptions about roads (`TravelRule`), because these are input, and the conversion of datums.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from planner.model import DueWork, Position, Technician, Unplaced, Visit
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
    working,
)
from planner.routing.check_joint import (
    company_breaches,
    kit_breaches,
    parts_of,
    price_breaches,
    whole_day_breaches,
)

__all__ = ["Breach", "Surroundings", "breaches"]


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
            found += company_breaches(due, visit, around) if due.needs.is_joint else ()
    found += _days(visits, around)
    found += _spacing(visits, around)
    found += whole_day_breaches(visits, around)
    found += kit_breaches(visits, around)
    found += price_breaches(by_key, visits, around)
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

    if (visit.site_id, visit.duration, visit.earliest, visit.latest, visit.needs) != (
        due.site_id,
        due.duration,
        due.earliest,
        due.latest,
        due.needs,
    ) or visit.occurrences != due.occurrences:
        yield breach("same_work", "site, duration, window, needs or occurrences differ from what is due")
    if not (due.earliest <= visit.day and visit.last_day <= due.latest):
        yield breach("window", f"{visit.day}..{visit.last_day} lies outside {due.earliest}..{due.latest}")
    if visit.further and not due.needs.is_joint:
        yield breach("crew", "it needs one technician on one day")
    person = around.technicians.get(visit.technician_id or "")
    if person is None or visit.hours is None:
        yield breach("skill", f"technician {visit.technician_id} and hours {visit.hours}: both must be known")
        return
    yield from _able(due, visit, person)
    for one in parts_of(visit):
        calendar = around.technician_calendars.get(str(one.technician_id))
        if calendar is not None and not calendar.is_working(one.day):
            yield breach("technician_away", f"{one.technician_id} does not work on {one.day}")
        if not around.site_calendars[visit.site_id].is_working(one.day):
            yield breach("site_closed", f"{visit.site_id} is closed on {one.day}")
    if due.needs.is_joint:
        return
    begin, end = (at_clock(visit.day, clock) for clock in (visit.hours.start, visit.hours.end))
    worked = overlap(_both_open(visit, person, around), begin, end)
    if worked < due.duration - TOLERANCE:
        yield breach(
            "work_time", f"{begin:%H:%M}–{end:%H:%M} holds {worked} of work, {due.duration} is needed"
        )


def _able(due: DueWork, visit: Visit, person: Technician) -> Iterator[Breach]:
    """Check that the first technician has every skill on each day."""
    for skill in sorted(due.skills - person.skills):
        proofs = [one for one in person.certificates if one.skill == skill]
        if not proofs:
            yield Breach(rule="skill", key=visit.key, what=f"{person.id} lacks {skill}")
            continue
        for day in sorted({one.day for one in parts_of(visit)}):
            if not any(one.first_day <= day <= (one.last_day or date.max) for one in proofs):
                ends = ", ".join(f"{one.first_day}..{one.last_day or ''}" for one in proofs)
                what = f"{person.id} may do {skill} on {ends}, not on {day}"
                yield Breach(rule="certificate", key=visit.key, what=what)


def _days(visits: Sequence[Visit], around: Surroundings) -> Iterator[Breach]:
    """Check each technician's day as a round from home to home."""
    ours = {visit.key for visit in visits}
    rounds: dict[tuple[str, date], list[Visit]] = defaultdict(list)
    for visit in [*visits, *around.locked]:
        if visit.needs.days > 1:
            continue  # their days are looked at by `whole_day_breaches`
        for one in parts_of(visit):
            if one.technician_id in around.technicians and one.technician_id is not None:
                rounds[one.technician_id, one.day].append(one)
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
    spans = working(person, day, around)
    start_of_day = spans[0][0] if spans else at_clock(day, time())
    here: Position | None = person.home
    at = f"home:{person.id}"
    leave, before = start_of_day, None
    for visit in stops:
        assert visit.hours is not None
        there = position_of(visit, around)
        begin = at_clock(day, visit.hours.start)
        needed = known_way(around.rule, at, f"site:{visit.site_id}")
        if needed is None:
            same = before is not None and before.site_id == visit.site_id
            needed = way_between(here, there, around.rule, same=same)
        room = overlap(spans, leave, begin)
        concerned = visit.key in ours or (before is not None and before.key in ours)
        if concerned and (begin < leave or room < needed - TOLERANCE):
            yield Breach(
                rule="travel",
                key=visit.key if visit.key in ours or before is None else before.key,
                what=f"{person.id} on {day}: {room} for a way of {needed} before {begin:%H:%M}",
            )
        if visit.key in ours and visit.travel < needed - TOLERANCE:
            yield Breach(rule="travel", key=visit.key, what=f"it says {visit.travel}; the way takes {needed}")
        leave, here, before = max(leave, at_clock(day, visit.hours.end)), there, visit
        at = f"site:{visit.site_id}"
    if before is not None and before.key in ours:
        needed = known_way(around.rule, at, f"home:{person.id}")
        if needed is None:
            needed = way_between(here, person.home, around.rule, same=False)
        room = overlap(spans, leave, datetime.combine(day, time.max))
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
            if other.key == visit.key:
                continue
            pairs = ((one.day, another.day) for one in parts_of(visit) for another in parts_of(other))
            near = [gap for one, another in pairs if timedelta(0) < (gap := abs(one - another)) < least]
            if near:
                apart = min(near)
                what = f"{apart.days} days from {other.key}; {least.days} are agreed"
                yield Breach(rule="spacing", key=visit.key, what=what)


def _both_open(visit: Visit, person: Technician, around: Surroundings) -> Spans:
    opening = around.site_calendars[visit.site_id].spans(visit.day)
    found = []
    for begin, end in working(person, visit.day, around):
        for span in opening:
            low, high = max(begin, at_clock(visit.day, span.start)), min(end, at_clock(visit.day, span.end))
            if low < high:
                found.append((low, high))
    return found
