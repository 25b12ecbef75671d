"""Visits of two technicians, and of several days: where they would fit, and whether one still stands.

Two technicians meet: both are there from the same minute to the same minute, and who comes first waits. They work while
both are at work and the site is open. A visit of several days takes whole working days of its technicians, one after
the other: each day from the way there to the way home within the regular working time. Who stays overnight has neither
the way home on the evenings between nor the way there on the next mornings.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from planner.model import DueWork
from planner.routing import constraints
from planner.routing.board import Board, Placement, home_place, minutes_of, site_place
from planner.routing.timetable import (
    START_STEP,
    Gap,
    Spans,
    Stop,
    TechnicianDay,
    after,
    before,
    closing,
    common,
    detour,
    gaps,
    gets_on,
    holds,
    length,
    opening,
    spans_of,
    worked,
)

ONE_DAY = timedelta(days=1)
Team = tuple[str, ...]
"""Who is there, the one with the skills of the work first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JointOffer:
    """Where a joint visit would fit, and the minutes of travel that it adds to the days of all who come."""

    placement: Placement
    added: int


def joint_offers(board: Board, work: DueWork, day: date) -> Iterator[JointOffer]:
    """Yield the offers that begin on `day`, the best of each team; the site's own rules are looked at."""
    if constraints.inside_window(work, day) or board.closed(work, day) is not None:
        return
    if work.needs.days > 1:
        yield from _long(board, work, day)
    else:
        yield from _met(board, work, day)


def joint_offer(board: Board, work: DueWork, day: date) -> JointOffer | None:
    """Return the offer that begins on `day` and adds the least travel; None where no team can come."""
    return min(joint_offers(board, work, day), key=_rank, default=None)


def joint_stands(board: Board, work: DueWork, placement: Placement) -> bool:
    """Whether a placement of an earlier plan still keeps every rule for `work`, to the minute."""
    team = tuple(dict.fromkeys(one.technician_id for one in placement.parts()))
    days = tuple(sorted({one.day for one in placement.parts()}))
    parts = {(one.technician_id, one.day): one.stop for one in placement.parts()}
    whole = len(team) == work.needs.crew and len(days) == work.needs.days
    if not whole or len(parts) != len(team) * len(days) or placement.day != days[0]:
        return False
    if days[-1] > work.latest or constraints.inside_window(work, days[0]):
        return False
    if any(one not in board.technicians for one in team) or _barred(board, work, team, days):
        return False
    if any(board.closed(work, one) is not None for one in days):
        return False
    if work.needs.days > 1:
        long = _long_of(board, work, team, days)
        return long is not None and long.placement == _in_order(placement)
    (day,) = days
    stops = {parts[one, day] for one in team}
    if len(stops) != 1:
        return False
    (stop,) = stops
    spans = _shared(board, work, team, day)
    if after(spans, stop.start, minutes_of(work)) != stop.end or opening(spans, stop.start) != stop.start:
        return False
    return all(holds(board.day_of(one, day), board.travel, stop) for one in team)


def added_minutes(board: Board, work: DueWork, placement: Placement) -> int:
    """Return the travel that a placement adds, whose stops are not on the board."""
    if work.needs.days > 1:
        return sum(minutes for minutes, _ in long_ways(board, work, placement).values())
    total = 0
    for one in placement.parts():
        table = board.day_of(one.technician_id, one.day)
        earlier = max((stop for stop in table.stops if stop.start < one.stop.start), default=None)
        behind = min((stop for stop in table.stops if stop.start >= one.stop.start), default=None)
        total += detour(table, board.travel, one.stop.place, (earlier, behind))
    return total


def long_ways(board: Board, work: DueWork, placement: Placement) -> dict[tuple[str, date], tuple[int, int]]:
    """Return minutes and metres that each technician drives on each day of a visit of several days."""
    days = sorted({one.day for one in placement.parts()})
    found = {}
    for one in placement.parts():
        home, site = home_place(one.technician_id), site_place(work.site_id)
        there = one.day == days[0] or not work.needs.overnight
        back = one.day == days[-1] or not work.needs.overnight
        found[one.technician_id, one.day] = (
            there * board.travel.minutes(home, site) + back * board.travel.minutes(site, home),
            there * board.travel.metres(home, site) + back * board.travel.metres(site, home),
        )
    return found


def _rank(offer: JointOffer) -> tuple[int, date, int, Team]:
    one = offer.placement
    return offer.added, one.day, one.stop.start, tuple(part.technician_id for part in one.parts())


def _in_order(placement: Placement) -> Placement:
    """Return a placement with its parts by day, on each day the first technician first."""
    parts = sorted(
        (replace(one, further=()) for one in placement.parts()),
        key=lambda one: (one.day, one.technician_id != placement.technician_id),
    )
    return replace(parts[0], further=tuple(parts[1:]))


def _barred(board: Board, work: DueWork, team: Team, days: Sequence[date]) -> bool:
    """Whether skills, certificates or kits keep a team from the work on one of the days."""
    first, *others = (board.technicians[one] for one in team)
    return any(
        constraints.certificate(work, first, day) is not None
        or board.lacks_kit(work, first.id, day) is not None
        or any(constraints.second_able(work, one, day) is not None for one in others)
        for day in days
    )


def _shared(board: Board, work: DueWork, team: Team, day: date) -> Spans:
    """Return when all of a team are at work and the site is open."""
    spans = board.site_spans(work.site_id, day)
    for one in team:
        spans = common(board.day_of(one, day).spans, spans)
    return spans


def _met(board: Board, work: DueWork, day: date) -> Iterator[JointOffer]:
    """Yield for each pair of technicians the meeting on `day` that adds the least travel."""
    place, minutes = site_place(work.site_id), minutes_of(work)
    known: dict[str, list[Gap]] = {}
    for one, person in board.technicians.items():
        table = board.day_of(one, day)
        way = board.travel.minutes(table.home, place)
        is_able = work.skills <= person.skills_on(day) or constraints.second_able(work, person, day) is None
        # No round through a place is shorter than the way there and back.
        if is_able and table.left >= minutes and length(table.spans) >= 2 * way + minutes:
            known[one] = gaps(table, board.travel, place)
    for first in board.able_on(work, day):
        if first not in known or board.lacks_kit(work, first, day):
            continue
        for second in known:
            if second == first or constraints.second_able(work, board.technicians[second], day):
                continue
            best = _meeting(board, work, day, (first, second), (known[first], known[second]))
            if best is not None:
                yield best


def _meeting(
    board: Board, work: DueWork, day: date, team: Team, seen: tuple[list[Gap], list[Gap]]
) -> JointOffer | None:
    spans = _shared(board, work, team, day)
    place, minutes = site_place(work.site_id), minutes_of(work)
    if length(spans) < minutes:
        return None
    tables = [board.day_of(one, day) for one in team]
    best: tuple[int, Stop] | None = None
    for mine in seen[0]:
        for other in seen[1]:
            added = mine.added + other.added
            arrival = max(mine.arrival, other.arrival)
            start = opening(spans, -(-arrival // START_STEP) * START_STEP)
            end = None if start is None else after(spans, start, minutes)
            if (
                start is None
                or end is None
                or (best is not None and (added, start) >= (best[0], best[1].start))
            ):
                continue
            stop = Stop(start, end, place)
            if all(
                _goes_on(board, table, stop, gap) for table, gap in zip(tables, (mine, other), strict=True)
            ):
                best = added, stop
    if best is None:
        return None
    parts = [Placement(technician_id=one, day=day, stop=best[1]) for one in team]
    return JointOffer(placement=replace(parts[0], further=tuple(parts[1:])), added=best[0])


def _goes_on(board: Board, table: TechnicianDay, stop: Stop, gap: Gap) -> bool:
    return gets_on(table, board.travel, stop, gap.ends[1]) is not None


def _long(board: Board, work: DueWork, day: date) -> Iterator[JointOffer]:
    """Yield for each team the visit of several days that begins on `day`."""
    for first in board.able_on(work, day):
        days = _days_from(board, work, first, day)
        if days is None:
            continue
        teams: list[Team] = (
            [(first,)]
            if work.needs.crew == 1
            else [(first, second) for second in board.technicians if second != first]
        )
        for team in teams:
            if not _barred(board, work, team, days) and (offer := _long_of(board, work, team, days)):
                yield offer


def _days_from(board: Board, work: DueWork, technician_id: str, first: date) -> tuple[date, ...] | None:
    """Return the technician's working days in a row from `first` on; None where site or window end before."""
    calendar = board.calendar_of(technician_id)
    found: list[date] = []
    day = first
    while len(found) < work.needs.days:
        if day > work.latest:
            return None
        if constraints.technician_at_work(calendar, day) is None:
            if board.closed(work, day) is not None:
                return None
            found.append(day)
        day += ONE_DAY
    return None if constraints.days_in_a_row(work, found, calendar) else tuple(found)


def _long_of(board: Board, work: DueWork, team: Team, days: Sequence[date]) -> JointOffer | None:
    """Return the visit of a team on whole days; None where a day is taken, or all of them are too short."""
    place = site_place(work.site_id)
    parts: list[Placement] = []
    total = added = 0
    for one in team:
        if constraints.days_in_a_row(work, days, board.calendar_of(one)):
            return None
    for day in days:
        there = day == days[0] or not work.needs.overnight
        back = day == days[-1] or not work.needs.overnight
        spans = board.site_spans(work.site_id, day)
        arrival, leave = 0, 24 * 60
        for one in team:
            table = board.day_of(one, day)
            mine = spans_of(board.calendar_of(one).spans(day))
            if table.stops or table.blocked or not mine:
                return None
            way = board.travel.minutes(table.home, place)
            arrived = after(mine, mine[0][0], way) if there else mine[0][0]
            left = before(mine, way) if back else mine[-1][1]
            if arrived is None or left is None:
                return None
            arrival, leave = max(arrival, arrived), min(leave, left)
            spans = common(mine, spans)
            added += way * there + way * back
        start = opening(spans, -(-arrival // START_STEP) * START_STEP)
        end = closing(spans, leave)
        if start is None or end is None or start >= end:
            return None
        total += worked(spans, start, end)
        parts += [Placement(technician_id=one, day=day, stop=Stop(start, end, place)) for one in team]
    if total < minutes_of(work):
        return None
    return JointOffer(placement=replace(parts[0], further=tuple(parts[1:])), added=added)
