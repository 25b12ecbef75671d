"""When something happened, by clocks that do not agree: a phone's work is kept, put right, and both times are told.

A phone knows how far its clock is from the service's, as of the last time it heard from it; a clock that was set since then,
or one that never heard, tells times that cannot be. None of this is the engineer's fault, and none of it loses work: what lies ahead
happened when it was heard; an event that comes a little too early for the log takes the first place where it can be; one that comes
much too early waits until somebody decides.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from kb.store.work_orders import WorkOrderEventRow
from kb.usecases.order_entry_checking import CheckedEntry
from kb.usecases.work_orders import SLACK
from planner.errors import InvalidInput
from planner.faults import standing
from planner.model import EventKind, OrderEvent

TOO_EARLY = SLACK
"""By which an event may be moved to its place without asking anybody."""
SAID = "clock"
"""In an entry's body: the instant as it was sent, where another is kept."""


def put_right(entry: CheckedEntry, *, now: datetime) -> CheckedEntry:
    """Return an entry whose clock runs ahead as of now, and what began before it by as much earlier; others as they are."""
    if entry.at <= now + SLACK:
        return entry
    ahead = entry.at - now
    values = dict(entry.values)
    plain = {**entry.plain, SAID: entry.at.isoformat()}
    if "started_at" in values:
        values["started_at"] -= ahead
        plain["started_at"] = values["started_at"].isoformat()
    return replace(entry, at=now, values=values, plain=plain)


def first_place(
    log: Sequence[WorkOrderEventRow], kind: EventKind, at: datetime, reason: str
) -> datetime | None:
    """Return the first instant, from `at` on, at which an event can stand in the log; None where it never can.

    Args:
        log: Of one order, in its order.
        at: When it happened, as it was told.
    """
    known = [OrderEvent(kind=EventKind(one.kind), at=one.at, reason=one.reason) for one in log]
    for moment in (at, *(one.at for one in known if one.at > at)):
        place = sum(one.at <= moment for one in known)
        event = OrderEvent(kind=kind, at=moment, reason=reason.strip())
        try:
            standing([*known[:place], event, *known[place:]])
        except InvalidInput:
            continue
        return moment
    return None


def is_much_too_early(place: datetime | None, at: datetime) -> bool:
    """Whether an event that has a place stands so far from it that a person looks at it first."""
    return place is not None and place - at > TOO_EARLY
