"""A large department in parts that are searched side by side: technicians who live near each other, with their visits.

Each round cuts the map along another direction, so that visits that no part could exchange in one round can in the
next. A part is small, is sent to any `concurrent.futures.Executor`, and sends back who goes where and when. What is
outside of it - other technicians' visits at its sites - is told to it only where spacing makes it count.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from math import cos, pi, radians, sin

from planner.model import DueWork, Visit
from planner.routing.board import Board
from planner.routing.setting import Setting

WORK_IN_PART = 1_500
"""Trips of a part: large enough for exchanges between some eight technicians, small enough to search in seconds."""
TURN = pi * (3 - 5**0.5)
"""The golden angle: directions that never repeat and always fall into the widest gap."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Some technicians and the work that is theirs for one round."""

    work: tuple[DueWork, ...]
    visits: tuple[Visit, ...]
    setting: Setting


def parts_of(
    work: Sequence[DueWork], visits: Mapping[str, Visit], setting: Setting, board: Board, *, number: int
) -> tuple[Part, ...]:
    """Return the parts of a round; every work and every technician is in exactly one.

    Args:
        work: The trips.
        visits: Where they stand now, by key.
        setting: All the rest.
        board: With the locked visits; knows who is able.
        number: Counts the rounds from 0.
    """
    taken: dict[str, list[DueWork]] = defaultdict(list)
    for one in work:
        visit = visits.get(one.key)
        able = board.able(one)
        owner = visit.technician_id if visit is not None else (able[0] if able else None)
        taken[owner or min(setting.technicians)].append(one)
    groups = _cut(setting, {one: len(some) for one, some in taken.items()}, number)
    return tuple(_part(group, taken, visits, setting, work) for group in groups)


def _cut(setting: Setting, counts: Mapping[str, int], number: int) -> list[list[str]]:
    """Return groups of technicians with about the same number of trips, cut across one direction."""
    angle = number * TURN

    def along(one: str) -> tuple[float, str]:
        home = setting.technicians[one].home
        east = home.longitude_deg * cos(radians(home.latitude_deg))
        return home.latitude_deg * sin(angle) + east * cos(angle), one

    order = sorted(setting.technicians, key=along)
    total = sum(counts.get(one, 0) for one in order)
    wanted = max(1, round(total / WORK_IN_PART))
    # Every other round the cuts lie in the middle of the parts of the round before.
    offset = 0.5 if number % 2 else 0.0
    groups: dict[int, list[str]] = defaultdict(list)
    passed = 0
    for one in order:
        groups[int((passed + counts.get(one, 0) / 2) / max(total, 1) * wanted + offset)].append(one)
        passed += counts.get(one, 0)
    return [groups[one] for one in sorted(groups)]


def _part(
    group: Sequence[str],
    taken: Mapping[str, Sequence[DueWork]],
    visits: Mapping[str, Visit],
    setting: Setting,
    work: Sequence[DueWork],
) -> Part:
    mine = [one for technician_id in group for one in taken.get(technician_id, ())]
    keys = {one.key for one in mine}
    sites = {one.site_id for one in mine}
    people = set(group)
    others = [
        visits[one.key]
        for one in work
        if one.key not in keys
        and one.key in visits
        and ((one.site_id in setting.spacing and one.site_id in sites) or one.needs.kits)
    ]
    first = min((one.earliest for one in mine), default=date.min)
    last = max((one.latest for one in mine), default=date.min)
    small = replace(
        setting,
        sites={one: setting.sites[one] for one in sites},
        technicians={one: setting.technicians[one] for one in group},
        site_calendars={one: setting.site_calendars[one] for one in sites},
        technician_calendars={one: setting.technician_calendars[one] for one in group},
        locked=tuple(_slim(one) for one in [*_counting(setting, sites, people, first, last), *others]),
        published=tuple(_slim(one) for one in setting.published if one.key in keys),
        spacing={one: least for one, least in setting.spacing.items() if one in sites},
    )
    return Part(
        work=tuple(replace(one, occurrences=(), reasons=()) for one in mine),
        visits=tuple(_slim(visits[one.key]) for one in mine if one.key in visits),
        setting=small,
    )


def _counting(setting: Setting, sites: set[str], people: set[str], first: date, last: date) -> list[Visit]:
    """Return the locked visits that matter to a part: in its technicians' days, near its sites' days, or a site's last."""
    newest: dict[str, Visit] = {}
    found: dict[str, Visit] = {}
    for one in setting.locked:
        if one.site_id in sites and (one.day, one.key) > (
            (newest[one.site_id].day, newest[one.site_id].key) if one.site_id in newest else (date.min, "")
        ):
            newest[one.site_id] = one
        is_theirs = one.technician_id in people and first <= one.day <= last
        least = setting.spacing.get(one.site_id)
        is_near = one.site_id in sites and least is not None and first - least <= one.day <= last + least
        if is_theirs or is_near or (one.needs.kits and first <= one.day <= last):
            found[one.key] = one
    return [*found.values(), *(one for one in newest.values() if one.key not in found)]


def _slim(visit: Visit) -> Visit:
    """Return a visit without what only people read; it travels to another process."""
    return replace(visit, occurrences=(), reasons=())


def stretches(rounds: int) -> list[tuple[float, float]]:
    """Return the share of the search at which each round begins and ends."""
    return list(pairwise(one / rounds for one in range(rounds + 1)))
