"""What a placement tells: who goes, why that one and that day, how long the way; in which order plans are written."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, timedelta

from planner.model import DueWork, Presence, Reason, ReasonKind, Unplaced, Visit
from planner.routing.board import Board, Offer, Placement, home_place, site_place
from planner.routing.constraints import Why
from planner.routing.joint import long_ways
from planner.routing.relaxation import unplaced_reason

BY_SEARCH = "search"
"""Value `by` of a reason whose visit the search put where it is; visits of the simple rule have none."""


def offer_reason(board: Board, work: DueWork, offer: Offer) -> Reason:
    """Return why the rule of `first_plan` sends this technician on this day."""
    origin = offer.slot.origin
    why = _why_not(board, work, work.ideal) if offer.day != work.ideal else ""
    return _reason(board, work, offer.technician_id, offer.day, origin, why, added=offer.slot.added)


def placement_reason(board: Board, work: DueWork, placement: Placement, added: int) -> Reason:
    """Return why the rule of `first_plan` puts a visit where it is that is not on the board yet."""
    table = board.day_of(placement.technician_id, placement.day)
    earlier = [one for one in table.stops if one.start < placement.stop.start]
    origin = earlier[-1].place if earlier else table.home
    why = _why_not(board, work, work.ideal) if placement.day != work.ideal else ""
    if why and work.needs.is_optional:
        why = Why.WHOLE_PLAN
    told = _reason(board, work, placement.technician_id, placement.day, origin, why, added=added)
    return _with_company(told, placement)


def search_reason(board: Board, work: DueWork, placement: Placement) -> Reason:
    """Return what can be told of a visit that the search put where it is; everything stands on the board already."""
    stops = board.day_of(placement.technician_id, placement.day).stops
    number = stops.index(placement.stop)
    origin = stops[number - 1].place if number else home_place(placement.technician_id)
    why: str = ""
    if placement.day != work.ideal:
        why = _ruled_out(board, work, work.ideal, besides=placement.day) or Why.WHOLE_PLAN
    told = _reason(board, work, placement.technician_id, placement.day, origin, why, added=None)
    return _with_company(told, placement)


def _with_company(reason: Reason, placement: Placement) -> Reason:
    """Return a reason that names the second technician and the last day as well, where there are such."""
    second = next(
        (one.technician_id for one in placement.further if one.technician_id != placement.technician_id), None
    )
    last = max(one.day for one in placement.parts())
    more = [("second", second)] if second is not None else []
    if last != placement.day:
        more.append(("last_day", last.isoformat()))
    return replace(reason, values=(*reason.values, *more)) if more else reason


def technician_reason_of(visit: Visit) -> Reason | None:
    """Return the step of a visit's trace that tells who goes."""
    return next((one for one in visit.reasons if one.kind is ReasonKind.TECHNICIAN), None)


def ideal_told(reason: Reason) -> date | None:
    """Return the day that would have been best, as the reason tells it."""
    told = dict(reason.values).get("ideal")
    return date.fromisoformat(told) if told else None


def told_visit(board: Board, work: DueWork, placement: Placement, reason: Reason) -> Visit:
    """Return the visit of a placement, with the ways that the finished board has."""
    (minutes, metres), *others = ways_of(board, work, placement)
    further = tuple(
        Presence(
            technician_id=one.technician_id,
            day=one.day,
            hours=one.hours,
            travel=timedelta(minutes=way[0]),
            travel_m=way[1],
        )
        for one, way in zip(placement.further, others, strict=True)
    )
    return Visit(
        key=work.key,
        site_id=work.site_id,
        day=placement.day,
        earliest=work.earliest,
        latest=work.latest,
        occurrences=work.occurrences,
        duration=work.duration,
        technician_id=placement.technician_id,
        hours=placement.hours,
        travel=timedelta(minutes=minutes),
        travel_m=metres,
        reasons=(*work.reasons, reason),
        needs=work.needs,
        further=further,
    )


def ways_of(board: Board, work: DueWork, placement: Placement) -> list[tuple[int, int]]:
    """Return minutes and metres of the way to each part of a placement that stands on the board."""
    if work.needs.days > 1:
        known = long_ways(board, work, placement)
        return [known[one.technician_id, one.day] for one in placement.parts()]
    return [board.legs(one.technician_id, one.day)[one.stop] for one in placement.parts()]


def told_unplaced(board: Board, work: DueWork) -> Unplaced:
    """Return work without a place, with the smallest relaxation that would give it one on the finished board."""
    return Unplaced(
        site_id=work.site_id,
        earliest=work.earliest,
        latest=work.latest,
        occurrences=work.occurrences,
        duration=work.duration,
        reason=unplaced_reason(board, work),
        needs=work.needs,
    )


def in_order(visits: Iterable[Visit]) -> tuple[Visit, ...]:
    """Return visits by day, hour and key."""
    return tuple(sorted(visits, key=lambda one: (one.day, str(one.hours and one.hours.start), one.key)))


def unplaced_in_order(unplaced: Iterable[Unplaced]) -> tuple[Unplaced, ...]:
    """Return unplaced work by window and site."""
    return tuple(
        sorted(unplaced, key=lambda one: (one.earliest, one.latest, one.site_id, one.occurrences[0].key))
    )


def _reason(
    board: Board, work: DueWork, technician_id: str, day: date, origin: str, why: str, *, added: int | None
) -> Reason:
    place = site_place(work.site_id)
    kind, _, origin_id = origin.partition(":")
    values = [
        ("technician", technician_id),
        ("day", day.isoformat()),
        ("able", str(len(board.able_on(work, day)))),
        ("from", kind),
        ("from_site", origin_id if kind == "site" else ""),
        ("travel_minutes", str(board.travel.minutes(origin, place))),
        ("travel_m", str(board.travel.metres(origin, place))),
        ("added_minutes", str(added)) if added is not None else ("by", BY_SEARCH),
        ("position", "known" if board.travel.knows(place) else "unknown"),
        ("ideal", work.ideal.isoformat()),
        ("ideal_why", why),
    ]
    return Reason(kind=ReasonKind.TECHNICIAN, values=tuple(values))


def _why_not(board: Board, work: DueWork, day: date) -> str:
    """Return the rule that keeps the work off `day`, on which nobody could come."""
    return _ruled_out(board, work, day) or Why.WORKING_TIME


def _ruled_out(board: Board, work: DueWork, day: date, *, besides: date | None = None) -> str | None:
    """Return the rule, other than working time, that keeps the work off `day`."""
    if not work.earliest <= day <= work.latest:
        return Why.WINDOW
    if why := board.closed(work, day, besides=besides):
        return why
    able = board.able_on(work, day)
    if not able and board.able(work):
        return Why.CERTIFICATE
    at_work = any(board.day_of(one, day).spans for one in able)
    return None if at_work else Why.TECHNICIAN_AWAY
