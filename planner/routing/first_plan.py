"""A first plan by a simple rule: no search, a second for a department, and every choice can be told in a sentence.

The rule, in the order in which it is applied:

1. Locked visits stand. Work of an earlier plan that has not changed keeps its technician, day and hours while
   these still keep every rule.
2. The rest is taken: first what needs two technicians or several days, then in the order of its ideal day; of one
   day, what fewest technicians are able to do first,
   then what must be done soonest, then the longest.
3. Each tries the days of its window from the ideal day outwards, the earlier of two equally far ones first.
4. On the first day on which anybody can come, the technician goes for whom it adds the least travel, from home
   or between the stops of that day; of equals, the one who lives nearest, then the id.
5. Optional work comes last of all, where it adds least, and only below its price (`planner.routing.placing`).
6. What finds no place is tried with one rule relaxed after the other (`planner.routing.relaxation`).

Nothing that was placed is moved again for what comes later: that is what the search of a later issue improves.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from planner.calendars import WorkCalendar
from planner.errors import InvalidInput
from planner.model import DueWork, Kit, Reason, Site, Technician, Unplaced, Visit
from planner.routing.board import Board, Placement, placement_of
from planner.routing.offers import stands
from planner.routing.placing import all_seated, seated
from planner.routing.telling import (
    ideal_told,
    in_order,
    technician_reason_of,
    told_unplaced,
    told_visit,
    unplaced_in_order,
)
from planner.routing.travel import DEFAULT_RULE, TravelRule

Progress = Callable[[int, int], None]
"""Told how much work is done, of how much."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPlan:
    """What `first_plan` made.

    Args:
        visits: One for each work that found a place, by day, hour and key; locked visits are not among them.
        unplaced: The rest, by window and site, each with its reason.
    """

    visits: tuple[Visit, ...]
    unplaced: tuple[Unplaced, ...]


def first_plan(
    work: Sequence[DueWork],
    *,
    sites: Mapping[str, Site],
    technicians: Mapping[str, Technician],
    site_calendars: Mapping[str, WorkCalendar],
    technician_calendars: Mapping[str, WorkCalendar],
    locked: Sequence[Visit] = (),
    published: Sequence[Visit] = (),
    spacing: Mapping[str, timedelta] | None = None,
    rule: TravelRule = DEFAULT_RULE,
    kits: Mapping[str, Kit] | None = None,
    progress: Progress = lambda done, total: None,
) -> FirstPlan:
    """Return the plan by the rule of this file; the same input gives the same plan, in any order of its parts.

    Args:
        work: The trips to place; windows inclusive, durations above zero, keys unique.
        sites: By id; every site of `work` among them.
        technicians: By id; may be empty, then nothing can be placed.
        site_calendars: When each site can be entered, by site id.
        technician_calendars: When each technician works, by technician id.
        locked: Visits that stand whatever happens; they take their technician's time (one without hours takes
            the whole day) and count for the spacing of their site.
        published: The visits of the plan before; see rule 1.
        spacing: Least time between two visits of a site, by site id, where a contract agrees one.
        rule: What is assumed about the roads.
        kits: What there is of each kit that work may need, by its code.
        progress: Called with how many pieces of work are done, of how many: once for those that keep their place, then
            after each of the others.

    Raises:
        InvalidInput: A work that breaks a rule above; every fault is listed.
    """
    check_input(work, sites, site_calendars, technicians, technician_calendars, locked)
    board = Board(
        sites=sites,
        technicians={one: technicians[one] for one in sorted(technicians)},
        site_calendars=site_calendars,
        technician_calendars=technician_calendars,
        locked=locked,
        spacing=spacing or {},
        rule=rule,
        kits=kits,
    )
    due = [one for one in work if not one.needs.is_optional]
    seats, told = kept(board, due, published)
    progress(len(seats), len(work))
    rest = sorted((one for one in due if one.key not in seats), key=lambda one: _urgency(board, one))
    done = len(seats)
    homeless = []
    for one in rest:
        found = seated(board, one)
        if found is None:
            homeless.append(one)
        else:
            seats[one.key], told[one.key] = found
        done += 1
        progress(done, len(work))
    optional = [one for one in work if one.needs.is_optional]
    if optional:
        kept_seats, kept_told = kept(board, optional, published)
        seats |= kept_seats
        told |= kept_told
        optional.sort(key=lambda one: (-(one.needs.price or 0.0), one.key))
        homeless += all_seated(board, optional, seats, told)
        progress(len(work), len(work))
    visits = [told_visit(board, one, seats[one.key], told[one.key]) for one in work if one.key in seats]
    unplaced = [told_unplaced(board, one) for one in homeless]
    return FirstPlan(visits=in_order(visits), unplaced=unplaced_in_order(unplaced))


def kept(
    board: Board, work: Sequence[DueWork], published: Sequence[Visit]
) -> tuple[dict[str, Placement], dict[str, Reason]]:
    """Keep the published placements of unchanged work that still hold, earliest first; return where and why, by key."""
    by_key = {one.key: one for one in work}
    seats: dict[str, Placement] = {}
    told: dict[str, Reason] = {}
    for visit in in_order(published):
        one = by_key.get(visit.key)
        reason = technician_reason_of(visit)
        if one is None or reason is None or visit.technician_id is None or visit.hours is None:
            continue
        if not _unchanged(one, visit, reason):
            continue
        placement = placement_of(visit)
        if stands(board, one, placement):
            board.put(one, placement)
            seats[one.key], told[one.key] = placement, reason
    return seats, told


def _unchanged(work: DueWork, visit: Visit, reason: Reason) -> bool:
    return (
        (work.site_id, work.earliest, work.latest, work.duration, work.needs)
        == (visit.site_id, visit.earliest, visit.latest, visit.duration, visit.needs)
        and [one.key for one in work.occurrences] == [one.key for one in visit.occurrences]
        and ideal_told(reason) == work.ideal
    )


def _urgency(board: Board, work: DueWork) -> tuple[bool, date, int, date, timedelta, str]:
    """What takes a second person or several days goes first: once days have filled up, it fits nowhere."""
    is_late = not work.needs.is_joint
    return is_late, work.ideal, len(board.able(work)), work.latest, -work.duration, work.key


def check_input(
    work: Sequence[DueWork],
    sites: Mapping[str, Site],
    site_calendars: Mapping[str, WorkCalendar],
    technicians: Mapping[str, Technician],
    technician_calendars: Mapping[str, WorkCalendar],
    locked: Sequence[Visit],
) -> None:
    """Refuse input that breaks a rule of `first_plan`, all faults at once."""
    faults = []
    known = {visit.key for visit in locked}
    for one in work:
        if one.key in known:
            faults.append(f"work {one.key} is there twice, or locked as well; each key needs to be unique")
        known.add(one.key)
        if one.site_id not in sites or one.site_id not in site_calendars:
            faults.append(f"work {one.key} is at site {one.site_id}, which needs a site and a calendar")
        if one.duration <= timedelta(0):
            faults.append(f"work {one.key} lasts {one.duration}; it needs to last longer than nothing")
        if one.latest < one.earliest:
            faults.append(
                f"work {one.key} may be from {one.earliest} to {one.latest}; the last day needs to be later"
            )
        if not one.occurrences:
            faults.append(f"work {one.key} has no occurrence; it needs at least one")
    faults += [
        f"technician {one} has no calendar; everybody needs one"
        for one in technicians
        if one not in technician_calendars
    ]
    if faults:
        raise InvalidInput(faults)
