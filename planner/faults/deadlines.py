"""By when must something have happened, and has it? Computed from the event log on reading, never stored.

The clock of a work order counts the working time of the service from the report on. It stands still while the order is
paused, and from its resolution until it is reopened. So a pause moves a deadline by the *working* time that lies in it:
adding it as wall-clock time would give away nights and holidays, or charge for them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from planner.calendars import WorkCalendar, after_working_time, working_time_between
from planner.faults.log import standing
from planner.model import ResponseTimes
from planner.model.orders import EventKind, OrderEvent

NOTHING = timedelta(0)


class Point(StrEnum):
    """What is promised, in the order in which it comes."""

    RESPONSE = "response"
    ARRIVAL = "arrival"
    TEMPORARY_RESTORE = "temporary_restore"
    RESOLUTION = "resolution"


_MET_BY = {
    Point.RESPONSE: (
        EventKind.ACCEPTED,
        EventKind.ASSIGNED,
        EventKind.DEPARTED,
        EventKind.ARRIVED,
        EventKind.RESTORED,
        EventKind.RESOLVED,
    ),
    Point.ARRIVAL: (EventKind.ARRIVED, EventKind.RESOLVED),
    Point.TEMPORARY_RESTORE: (EventKind.RESTORED, EventKind.RESOLVED),
    Point.RESOLUTION: (EventKind.RESOLVED,),
}
"""What meets a promise; what was resolved needs nobody to arrive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One promise and what became of it.

    Args:
        promised: Working time from the report.
        due: When it is over, had nothing stopped the clock since; None while a pause keeps that open, or where the
            order was cancelled before.
        met: When it was kept or, too late, fulfilled; None where it is still open.
        used: Working time counted up to `met`, or up to the last instant known.
    """

    point: Point
    promised: timedelta
    due: datetime | None
    met: datetime | None
    used: timedelta

    @property
    def is_kept(self) -> bool | None:
        """Whether it was fulfilled in time; None while open."""
        return None if self.met is None else self.used <= self.promised

    def left(self) -> timedelta:
        """Return the working time that remains; below zero where it is over."""
        return self.promised - self.used


def deadlines(
    events: Sequence[OrderEvent], promised: ResponseTimes, calendar: WorkCalendar, *, now: datetime
) -> tuple[Deadline, ...]:
    """Return what was promised for an order, in the order of `Point`; points without a promise are left out.

    Args:
        events: The order's log; its instants in any zone.
        promised: From its contract.
        calendar: The working time of the service, local to the zone of `now`.
        now: The present instant; events after it are ignored.

    Raises:
        InvalidInput: The log is impossible, or `now` has no time zone.
        NoFeasiblePlan: The calendar has no working time left in which a deadline could fall.
    """
    standing(events)
    known = [event for event in events if event.at <= now]
    if not known:
        return ()
    wanted = {
        Point.RESPONSE: promised.response,
        Point.ARRIVAL: promised.arrival,
        Point.TEMPORARY_RESTORE: promised.temporary_restore,
        Point.RESOLUTION: promised.resolution,
    }
    runs = list(_runs(known, now))
    return tuple(
        Deadline(
            point=point,
            promised=amount,
            due=_due(runs, amount, calendar, runs_on=_runs_on(known)),
            met=(met := _met(known, point)),
            used=_used(runs, met or now, calendar),
        )
        for point, amount in wanted.items()
        if amount is not None
    )


def _runs(events: Sequence[OrderEvent], now: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the stretches in which the clock runs; the last one ends at `now` if nothing has stopped it."""
    since: datetime | None = None
    for event in events:
        at = event.at.astimezone(now.tzinfo)
        if event.kind in {EventKind.REPORTED, EventKind.RESUMED, EventKind.REOPENED}:
            since = at
        elif event.kind in {EventKind.PAUSED, EventKind.RESOLVED, EventKind.CANCELLED} and since is not None:
            yield since, at
            since = None
    if since is not None:
        yield since, now


def _runs_on(events: Sequence[OrderEvent]) -> bool:
    """Whether the last stretch can be thought on: the clock runs, or a resolution alone has stopped it."""
    stops = {EventKind.PAUSED, EventKind.CANCELLED}
    others = {EventKind.REPORTED, EventKind.RESUMED, EventKind.REOPENED, EventKind.RESOLVED}
    last = [event.kind for event in events if event.kind in stops | others][-1]
    return last in others


def _due(
    runs: Sequence[tuple[datetime, datetime]], amount: timedelta, calendar: WorkCalendar, *, runs_on: bool
) -> datetime | None:
    left = amount
    for number, (start, end) in enumerate(runs, start=1):
        worked = working_time_between(start, end, calendar)
        if left <= worked or (runs_on and number == len(runs)):
            return after_working_time(start, left, calendar)
        left -= worked
    return None


def _used(runs: Sequence[tuple[datetime, datetime]], until: datetime, calendar: WorkCalendar) -> timedelta:
    return sum(
        (working_time_between(start, min(end, until), calendar) for start, end in runs if start < until),
        NOTHING,
    )


def _met(events: Sequence[OrderEvent], point: Point) -> datetime | None:
    """Return when a promise was fulfilled; a resolution that was reopened fulfilled nothing that it stood for."""
    reopened = max((n for n, event in enumerate(events) if event.kind is EventKind.REOPENED), default=-1)
    for number, event in enumerate(events):
        undone = event.kind is EventKind.RESOLVED and number < reopened and point is not Point.RESPONSE
        if event.kind in _MET_BY[point] and not undone:
            return event.at
    return None
