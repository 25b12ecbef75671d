"""A first plan by a simple rule: no search, a second for a department, and every choice can be told in a sentence.

The rule, in the order in which it is applied:

1. Locked visits stand. Work of an earlier plan that has not changed keeps its technician, day and hours while
   these still keep every rule.
2. The rest is taken in the order of its ideal day; of one day, what fewest technicians are able to do first,
   then what must be done soonest, then the longest.
3. Each tries the days of its window from the ideal day outwards, the earlier of two equally far ones first.
4. On the first day on which anybody can come, the technician goes for whom it adds the least travel, from home
   or between the stops of that day; of equals, the one who lives nearest, then the id.
5. What finds no place is tried with one rule relaxed after the other (`planner.routing.relaxation`).

Nothing that was placed is moved again for what comes later: that is what the search of a later issue improves.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from planner.calendars import WorkCalendar
from planner.errors import InvalidInput
from planner.model import DueWork, Reason, Site, Technician, Unplaced, Visit
from planner.routing.board import Board, Offer, Placement, placement_of, site_place
from planner.routing.telling import (
    ideal_told,
    in_order,
    offer_reason,
    technician_reason_of,
    told_unplaced,
    told_visit,
    unplaced_in_order,
)
from planner.routing.timetable import Stop
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
    )
    placed = kept(board, work, published)
    chosen = {one.key: (placement, reason) for one, placement, reason in placed}
    progress(len(chosen), len(work))
    rest = sorted((one for one in work if one.key not in chosen), key=lambda one: _urgency(board, one))
    done = len(chosen)
    homeless = []
    for one in rest:
        offer = nearest_offer(board, one)
        if offer is None:
            homeless.append(one)
        else:
            placement = offered(one, offer)
            board.put(one, placement)
            chosen[one.key] = placement, offer_reason(board, one, offer)
        done += 1
        progress(done, len(work))
    visits = [told_visit(board, one, *chosen[one.key]) for one in work if one.key in chosen]
    unplaced = [told_unplaced(board, one) for one in homeless]
    return FirstPlan(visits=in_order(visits), unplaced=unplaced_in_order(unplaced))


def days_outwards(ideal: date, earliest: date, latest: date) -> Iterator[date]:
    """Yield the days from `earliest` to `latest`, those nearest to `ideal` first, the earlier of two equals first."""
    farthest = max(abs((earliest - ideal).days), abs((latest - ideal).days))
    for away in range(farthest + 1):
        for day in dict.fromkeys((ideal - timedelta(days=away), ideal + timedelta(days=away))):
            if earliest <= day <= latest:
                yield day


def kept(
    board: Board, work: Sequence[DueWork], published: Sequence[Visit]
) -> list[tuple[DueWork, Placement, Reason]]:
    """Keep the published placements of unchanged work that still hold, earliest first; return what was kept."""
    by_key = {one.key: one for one in work}
    kept = []
    for visit in in_order(published):
        one = by_key.get(visit.key)
        reason = technician_reason_of(visit)
        if one is None or reason is None or visit.technician_id is None or visit.hours is None:
            continue
        if not _unchanged(one, visit, reason):
            continue
        placement = placement_of(visit)
        if board.stands(one, placement):
            board.put(one, placement)
            kept.append((one, placement, reason))
    return kept


def _unchanged(work: DueWork, visit: Visit, reason: Reason) -> bool:
    return (
        (work.site_id, work.earliest, work.latest, work.duration)
        == (visit.site_id, visit.earliest, visit.latest, visit.duration)
        and [one.key for one in work.occurrences] == [one.key for one in visit.occurrences]
        and ideal_told(reason) == work.ideal
    )


def _urgency(board: Board, work: DueWork) -> tuple[date, int, date, timedelta, str]:
    return work.ideal, len(board.able(work)), work.latest, -work.duration, work.key


def nearest_offer(board: Board, work: DueWork) -> Offer | None:
    """Return the offer of the first day, from the ideal one outwards, on which anybody can come."""
    if not board.able(work):
        return None
    for day in days_outwards(work.ideal, work.earliest, work.latest):
        if board.closed(work, day) is None and (offer := board.offer(work, day)) is not None:
            return offer
    return None


def offered(work: DueWork, offer: Offer) -> Placement:
    """Return the placement that takes an offer."""
    stop = Stop(offer.slot.start, offer.slot.end, site_place(work.site_id))
    return Placement(technician_id=offer.technician_id, day=offer.day, stop=stop)


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
