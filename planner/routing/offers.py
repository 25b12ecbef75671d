"""Where one trip more would fit on the board, whatever it needs: the nearest day, or the least detour."""

from collections.abc import Iterator
from datetime import date, timedelta

from planner.model import DueWork
from planner.routing.board import Board, Offer, Placement, site_place
from planner.routing.joint import joint_offer, joint_stands
from planner.routing.timetable import Stop


def days_outwards(ideal: date, earliest: date, latest: date) -> Iterator[date]:
    """Yield the days from `earliest` to `latest`, those nearest to `ideal` first, the earlier of two equals first."""
    farthest = max(abs((earliest - ideal).days), abs((latest - ideal).days))
    for away in range(farthest + 1):
        for day in dict.fromkeys((ideal - timedelta(days=away), ideal + timedelta(days=away))):
            if earliest <= day <= latest:
                yield day


def stands(board: Board, work: DueWork, placement: Placement) -> bool:
    """Whether a placement of an earlier plan still keeps every rule for `work`."""
    return (joint_stands if work.needs.is_joint else Board.stands)(board, work, placement)


def nearest_offer(board: Board, work: DueWork) -> Offer | None:
    """Return the offer to one technician of the first day, from the ideal one outwards, on which anybody can come."""
    if work.needs.is_joint or not board.able(work):
        return None
    for day in days_outwards(work.ideal, work.earliest, work.latest):
        if board.closed(work, day) is None and (offer := board.offer(work, day)) is not None:
            return offer
    return None


def offered(work: DueWork, offer: Offer) -> Placement:
    """Return the placement that takes an offer."""
    stop = Stop(offer.slot.start, offer.slot.end, site_place(work.site_id))
    return Placement(technician_id=offer.technician_id, day=offer.day, stop=stop)


def cheapest(board: Board, work: DueWork) -> tuple[Placement, int] | None:
    """Return where a trip adds the least travel, the day nearest to the ideal one of equals, and how much it adds."""
    best: tuple[Placement, int] | None = None
    if not board.able(work):
        return None
    for day in days_outwards(work.ideal, work.earliest, work.latest):
        if work.needs.is_joint:
            joint = joint_offer(board, work, day)
            tried = None if joint is None else (joint.placement, joint.added)
        elif board.closed(work, day) is None and (offer := board.offer(work, day)) is not None:
            tried = offered(work, offer), offer.slot.added
        else:
            tried = None
        if tried is not None and (best is None or tried[1] < best[1]):
            best = tried
    return best
