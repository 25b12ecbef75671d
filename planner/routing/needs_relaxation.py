"""Why work with needs of its own stays out: each of them is left away in turn, and the first that helps is the reason.

| relax | what is asked for |
|---|---|
| price | the optional visit is worth the detour that is told |
| kit | one more of the kits on that day, or another technician who may carry it |
| second_skill | a second technician without some of the second one's skills |
| alone | one technician is enough |
| window | days before or after the window, up to four weeks |
| return | who stays overnight goes home between the days |
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from planner.model import DueWork, Needs
from planner.routing.board import Board, Placement
from planner.routing.constraints import Why, second_able, worth_its_price
from planner.routing.offers import cheapest

MOST_DAYS = 28
"""How far outside its window work is tried."""
Values = tuple[tuple[str, str], ...]


def needs_way_out(board: Board, work: DueWork) -> Values | None:
    """Return the values of the reason why work with needs stays out; None where its needs are not the matter."""
    if not (work.needs.is_joint or work.needs.is_optional or work.needs.kits):
        return None
    due = replace(work, needs=replace(work.needs, price=None))
    found = cheapest(board, due) if work.needs.is_optional else None
    if found is not None and worth_its_price(work, found[1]):
        return _told(
            Why.PRICE,
            "price",
            found[0],
            ("detour_minutes", str(found[1])),
            ("price_minutes", f"{work.needs.price:g}"),
        )
    for why, relax, needs, more in _without(board, due):
        tried = replace(due, needs=needs)
        if (found := cheapest(board, tried)) is not None:
            return _told(why, relax, found[0], *more)
    if not work.needs.is_joint:
        return None
    for away in range(1, MOST_DAYS + 1):
        step = timedelta(days=away)
        for side, wider in (
            ("latest", _on(due, due.latest - _length(due) + step, due.latest + step)),
            ("earliest", _on(due, due.earliest - step, due.earliest - step + _length(due))),
        ):
            if (found := cheapest(board, wider)) is not None:
                step_told = ("side", side), ("days", str(away))
                return _told(_tightest(board, due), "window", found[0], *step_told)
    return (("why", _tightest(board, due)), ("relax", "none"))


def _on(work: DueWork, earliest: date, latest: date) -> DueWork:
    return replace(work, earliest=earliest, latest=latest, ideal=min(max(work.ideal, earliest), latest))


def _length(work: DueWork) -> timedelta:
    """Return how many days a visit of several days needs behind its first, free days between included."""
    return timedelta(days=0 if work.needs.days == 1 else work.needs.days + 2 * (work.needs.days // 5 + 1))


def _without(board: Board, work: DueWork) -> Iterator[tuple[Why, str, Needs, Values]]:
    needs = work.needs
    for kit in sorted(needs.kits):
        yield Why.KIT, "kit", replace(needs, kits=needs.kits - {kit}), (("kit", kit),)
    if len(needs.kits) > 1:
        yield Why.KIT, "kit", replace(needs, kits=frozenset()), (("kit", " ".join(sorted(needs.kits))),)
    if needs.second_skills:
        skills = ("skills", " ".join(sorted(needs.second_skills)))
        yield Why.SECOND, "second_skill", replace(needs, second_skills=frozenset()), (skills,)
    if needs.crew > 1:
        yield Why.SECOND, "alone", replace(needs, crew=1, second_skills=frozenset()), ()
    if needs.overnight:
        yield Why.DAYS_IN_A_ROW, "return", replace(needs, overnight=False), ()


def _told(why: Why, relax: str, placement: Placement, *more: tuple[str, str]) -> Values:
    day, technician = ("day", placement.day.isoformat()), ("technician", placement.technician_id)
    return (("why", why), ("relax", relax), *more, day, technician)


def _tightest(board: Board, work: DueWork) -> Why:
    """Return the rule that keeps a joint visit out."""
    able = board.able(work)
    if not able:
        return Why.SKILL
    if work.needs.crew > 1:
        seconds = {
            one for one, person in board.technicians.items() if second_able(work, person, work.ideal) is None
        }
        if len(seconds | {*able}) < 2 or not seconds:
            return Why.SECOND
    days = (work.earliest + timedelta(days=one) for one in range((work.latest - work.earliest).days + 1))
    whys = [board.closed(work, day) for day in days]
    if None not in whys:
        return Why.SPACING if Why.SPACING in whys else Why.SITE_CLOSED
    return Why.DAYS_IN_A_ROW if work.needs.days > 1 else Why.WORKING_TIME
