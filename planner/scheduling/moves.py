"""Where a date goes on which no work is possible (business day conventions of ISDA and QuantLib)."""

from collections.abc import Callable
from datetime import date

from planner.calendars import WorkCalendar
from planner.errors import NoFeasiblePlan
from planner.model import CalendarMove


def moved(day: date, move: CalendarMove, calendar: WorkCalendar) -> date:
    """Return the day that `day` becomes under `move`; `day` itself if it is a working day or `move` is none.

    *Modified following* turns back where following would leave the month. *Nearest* takes the later of two days that
    are equally near. Where one way leads to no working day at all (a shutdown of more than a year) the other is taken;
    where neither does, the day stays.

    Source:
        Spec of scheduling, point 6; conventions as in the 2006 ISDA definitions, tie as in QuantLib.
    """
    if move is CalendarMove.NONE or calendar.is_working(day):
        return day
    before, after = _found(calendar.preceding, day), _found(calendar.following, day)
    if before is None or after is None:
        return before or after or day
    return _chosen(day, move, before, after)


def _chosen(day: date, move: CalendarMove, before: date, after: date) -> date:
    match move:
        case CalendarMove.PRECEDING:
            return before
        case CalendarMove.FOLLOWING:
            return after
        case CalendarMove.MODIFIED_FOLLOWING:
            return after if (after.year, after.month) == (day.year, day.month) else before
        case CalendarMove.NEAREST:
            return after if after - day <= day - before else before
        case CalendarMove.NONE:
            return day


def _found(search: Callable[[date], date], day: date) -> date | None:
    try:
        return search(day)
    except NoFeasiblePlan:
        return None
