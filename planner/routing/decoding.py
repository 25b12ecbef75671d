"""A plan in numbers back on the board: exact hours for every stop, and a place for what does not hold.

The board counts on the clock, breaks and all, where the search counts in rounded working minutes; what the board
refuses is placed by the rule of `first_plan`, or stays out with its reason. So what comes out keeps every rule even
where the search was told less than the whole truth.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date

from planner.model import DueWork, Reason, Unplaced, Visit
from planner.routing import constraints
from planner.routing.board import Board, Placement, minutes_of, placement_of, site_place
from planner.routing.department import Department
from planner.routing.offers import stands
from planner.routing.placing import all_seated
from planner.routing.problem import Plan
from planner.routing.setting import Setting
from planner.routing.telling import (
    in_order,
    search_reason,
    technician_reason_of,
    told_unplaced,
    told_visit,
    unplaced_in_order,
)
from planner.routing.timetable import START_STEP, Stop, after, common, fits, opening


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A plan on the clock.

    Args:
        visits: By day, hour and key.
        unplaced: With reasons; empty where none were asked for.
        homeless: How much due work has no place.
        optional_left: Prices of the optional work that stays out, together.
    """

    visits: tuple[Visit, ...]
    unplaced: tuple[Unplaced, ...]
    homeless: int
    optional_left: float = 0.0


def decoded(
    department: Department,
    plan: Plan,
    setting: Setting,
    *,
    before: Sequence[Visit] = (),
    with_reasons: bool = True,
) -> Decoded:
    """Return the visits of a plan.

    Args:
        department: What the numbers mean.
        plan: The routes.
        setting: As given to `department`.
        before: Visits as they stood; one that stays where it was keeps its words.
        with_reasons: Whether what stays out is told why, which takes a moment for each.
    """
    board = setting.board()
    joint = {one.key: one for one in department.joint}
    seats: dict[str, Placement] = {}
    for visit in department.passing:
        if visit.key in joint:
            seats[visit.key] = placement_of(visit)
            board.put(joint[visit.key], seats[visit.key])
        else:
            board.stand(visit)
    seats |= routes_on_board(board, department, plan)
    work = (*department.joint, *department.work, *department.homeless)
    found = _finished(board, work, seats, before, with_reasons=with_reasons)
    return replace(
        found,
        visits=in_order([*found.visits, *(one for one in department.passing if one.key not in joint)]),
    )


def settled(
    work: Sequence[DueWork],
    placements: Mapping[str, Placement],
    setting: Setting,
    *,
    before: Sequence[Visit] = (),
    with_reasons: bool = True,
    first: Set[str] = frozenset(),
) -> Decoded:
    """Return the visits of work whose places are known by its key; arguments as of `decoded`.

    What stands in the way of the keys in `first`, or of a visit earlier in the day, is placed anew.
    """
    board = setting.board()
    by_key = {one.key: one for one in work}
    placed: dict[str, Placement] = {}
    for key, placement in sorted(
        placements.items(), key=lambda one: (one[0] not in first, one[1].day, one[1].stop, one[0])
    ):
        if key in by_key and stands(board, by_key[key], placement):
            board.put(by_key[key], placement)
            placed[key] = placement
    return _finished(board, work, placed, before, with_reasons=with_reasons)


def routes_on_board(board: Board, department: Department, plan: Plan) -> dict[str, Placement]:
    """Put the routes of a plan on the board, each stop as early as it can be; return those that hold, by key."""
    placed: dict[str, Placement] = {}
    for (technician_id, day), route in zip(department.slots, plan.routes, strict=True):
        if route:
            placed |= _put_route(board, department, technician_id, day, route)
    return placed


def _put_route(
    board: Board, department: Department, technician_id: str, day: date, route: Sequence[int]
) -> dict[str, Placement]:
    table = board.day_of(technician_id, day)
    standing = list(table.stops)
    found: dict[str, Placement] = {}
    leave, here = table.spans[0][0], table.home
    for task in route:
        if task >= len(department.work):
            stop = standing.pop(0)
            leave, here = max(leave, stop.end), stop.place
            continue
        work = department.work[task]
        place, minutes = site_place(work.site_id), minutes_of(work)
        open_spans = common(table.spans, board.site_spans(work.site_id, day))
        arrival = after(table.spans, leave, board.travel.minutes(here, place))
        start = None if arrival is None else opening(open_spans, -(-arrival // START_STEP) * START_STEP)
        end = None if start is None else after(open_spans, start, minutes)
        if start is None or end is None or board.closed(work, day) is not None:
            continue
        if constraints.certificate(work, board.technicians[technician_id], day) is not None:
            continue
        if work.needs.kits and board.lacks_kit(work, technician_id, day):
            continue
        stop = Stop(start, end, place)
        if fits(table, board.travel, open_spans, stop, minutes):
            placement = Placement(technician_id=technician_id, day=day, stop=stop)
            board.put(work, placement)
            found[work.key] = placement
            leave, here = end, place
    return found


def _finished(
    board: Board,
    work: Sequence[DueWork],
    placed: Mapping[str, Placement],
    before: Sequence[Visit],
    *,
    with_reasons: bool,
) -> Decoded:
    """Place what the board refused, then tell of everything."""
    everywhere = dict(placed)
    told: dict[str, Reason] = {}
    order = sorted(work, key=lambda one: (not one.needs.is_joint, one.latest, one.key))
    homeless = all_seated(board, order, everywhere, told)
    stood = {one.key: one for one in before}
    visits = [
        told_visit(
            board,
            one,
            everywhere[one.key],
            told.get(one.key) or _reason(board, one, everywhere[one.key], stood.get(one.key)),
        )
        for one in work
        if one.key in everywhere
    ]
    return Decoded(
        visits=in_order(visits),
        unplaced=unplaced_in_order(told_unplaced(board, one) for one in homeless) if with_reasons else (),
        homeless=sum(not one.needs.is_optional for one in homeless),
        optional_left=sum(one.needs.price or 0.0 for one in homeless),
    )


def _reason(board: Board, work: DueWork, placement: Placement, before: Visit | None) -> Reason:
    """Return why a visit is where it is: what was told before where nothing of it has changed."""
    if before is not None and before.hours is not None and placement_of(before) == placement:
        told = technician_reason_of(before)
        if told is not None:
            return told
    return search_reason(board, work, placement)
