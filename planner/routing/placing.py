"""One trip more on the board: where it goes by the simple rule, whatever it needs, and what must not be pushed out.

Due trips take the first day, from the ideal one outwards, on which somebody can come. Optional ones come last, take the
day of their window on which they add the least travel, and only where that is below their price; and where a due trip
would have a place if no optional one stood there, the optional ones give way.
"""

from collections.abc import Iterable

from planner.model import DueWork, Reason
from planner.routing import constraints
from planner.routing.board import Board, Placement
from planner.routing.joint import added_minutes, joint_offer
from planner.routing.offers import cheapest, days_outwards, nearest_offer, offered, stands
from planner.routing.telling import offer_reason, placement_reason

Seats = dict[str, Placement]
"""Where trips stand, by key."""


def seated(board: Board, work: DueWork) -> tuple[Placement, Reason] | None:
    """Put a trip on the board by the simple rule; return where and why, or None where it stays out."""
    found = _chosen(board, work)
    if found is None:
        return None
    placement, reason = found
    board.put(work, placement)
    return placement, reason


def _chosen(board: Board, work: DueWork) -> tuple[Placement, Reason] | None:
    if work.needs.is_optional:
        return _cheapest(board, work)
    if not work.needs.is_joint:
        offer = nearest_offer(board, work)
        return None if offer is None else (offered(work, offer), offer_reason(board, work, offer))
    if not board.able(work):
        return None
    for day in days_outwards(work.ideal, work.earliest, work.latest):
        if (found := joint_offer(board, work, day)) is not None:
            return found.placement, placement_reason(board, work, found.placement, found.added)
    return None


def _cheapest(board: Board, work: DueWork) -> tuple[Placement, Reason] | None:
    """Return where an optional trip adds the least travel, if that is below its price."""
    found = cheapest(board, work)
    if found is None or constraints.worth_its_price(work, found[1]):
        return None
    return found[0], placement_reason(board, work, *found)


def all_seated(board: Board, work: Iterable[DueWork], seats: Seats, told: dict[str, Reason]) -> list[DueWork]:
    """Seat what has no seat, due work first and optional last; return what stays out.

    Args:
        board: With `seats` on it.
        work: Every trip, those without a seat in the order in which they are tried.
        seats: Where trips stand; trips are put in, and optional ones that give way are taken out.
        told: Why trips stand where this function put them.
    """
    everything = list(work)
    homeless = []
    for one in (one for one in everything if one.key not in seats and not one.needs.is_optional):
        found = seated(board, one)
        if found is None:
            homeless.append(one)
        else:
            seats[one.key], told[one.key] = found
    optional = [one for one in everything if one.needs.is_optional]
    if not optional:
        return homeless
    homeless = _given_way(board, optional, homeless, seats, told)
    _dropped(board, optional, seats)
    for one in (one for one in optional if one.key not in seats):
        found = seated(board, one)
        if found is None:
            homeless.append(one)
        else:
            seats[one.key], told[one.key] = found
    # One that went in may have made the way to another longer.
    return [*homeless, *_dropped(board, optional, seats)]


def _given_way(
    board: Board, optional: list[DueWork], homeless: list[DueWork], seats: Seats, told: dict[str, Reason]
) -> list[DueWork]:
    """Let due work in where only optional visits are in its way; return what is still without a place."""
    standing = [one for one in optional if one.key in seats]
    if not homeless or not standing:
        return homeless
    for one in standing:
        board.take(one, seats[one.key])
    left = []
    for one in homeless:
        found = seated(board, one)
        if found is None:
            left.append(one)
        else:
            seats[one.key], told[one.key] = found
    for one in standing:
        placement = seats.pop(one.key)
        if stands(board, one, placement):
            board.put(one, placement)
            seats[one.key] = placement
    return left


def _dropped(board: Board, optional: list[DueWork], seats: Seats) -> list[DueWork]:
    """Take optional visits out, the dearest first, whose detour is not below their price as the days are now."""
    gone: list[DueWork] = []
    while True:
        dear: list[tuple[float, DueWork]] = []
        for one in optional:
            if one.key in seats:
                placement = seats[one.key]
                board.take(one, placement)
                added = added_minutes(board, one, placement)
                board.put(one, placement)
                if constraints.worth_its_price(one, added):
                    dear.append((added - (one.needs.price or 0.0), one))
        if not dear:
            return gone
        _, worst = max(dear, key=lambda pair: (pair[0], pair[1].key))
        board.take(worst, seats.pop(worst.key))
        gone.append(worst)
