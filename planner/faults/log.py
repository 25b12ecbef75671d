"""Where a work order stands, and what may happen to it next: both follow from its events alone."""

from collections.abc import Sequence
from dataclasses import dataclass

from planner.errors import InvalidInput
from planner.model.orders import EventKind, OrderEvent, OrderState

_LEADS_TO = {
    EventKind.REPORTED: OrderState.REPORTED,
    EventKind.ACCEPTED: OrderState.ACCEPTED,
    EventKind.ASSIGNED: OrderState.ASSIGNED,
    EventKind.DEPARTED: OrderState.ON_THE_WAY,
    EventKind.ARRIVED: OrderState.ON_SITE,
    EventKind.RESTORED: OrderState.RESTORED,
    EventKind.RESOLVED: OrderState.RESOLVED,
    EventKind.SIGNED: OrderState.SIGNED,
    EventKind.CLOSED: OrderState.CLOSED,
    EventKind.REOPENED: OrderState.ACCEPTED,
    EventKind.CANCELLED: OrderState.CANCELLED,
}
"""Pausing and resuming change no state: a paused order stands where it stood."""

_WORKED = frozenset(
    {EventKind.ASSIGNED, EventKind.DEPARTED, EventKind.ARRIVED, EventKind.RESTORED, EventKind.RESOLVED}
)
_NEXT: dict[OrderState | None, frozenset[EventKind]] = {
    None: frozenset({EventKind.REPORTED}),
    OrderState.REPORTED: frozenset({EventKind.ACCEPTED, EventKind.CANCELLED}) | _WORKED,
    OrderState.ACCEPTED: frozenset({EventKind.CANCELLED}) | _WORKED,
    OrderState.ASSIGNED: frozenset({EventKind.CANCELLED}) | _WORKED,
    OrderState.ON_THE_WAY: frozenset({EventKind.CANCELLED}) | _WORKED,
    OrderState.ON_SITE: frozenset({EventKind.CANCELLED}) | _WORKED,
    OrderState.RESTORED: _WORKED,
    OrderState.RESOLVED: frozenset({EventKind.SIGNED, EventKind.CLOSED, EventKind.REOPENED}),
    OrderState.SIGNED: frozenset({EventKind.CLOSED, EventKind.REOPENED}),
    OrderState.CLOSED: frozenset({EventKind.REOPENED}),
    OrderState.CANCELLED: frozenset({EventKind.REOPENED}),
}
"""A step may be left out (solved by telephone: nobody travels), never gone against its order from resolution on."""

_PAUSABLE = frozenset(
    {
        OrderState.REPORTED,
        OrderState.ACCEPTED,
        OrderState.ASSIGNED,
        OrderState.ON_THE_WAY,
        OrderState.ON_SITE,
        OrderState.RESTORED,
    }
)
_NEED_A_REASON = frozenset({EventKind.PAUSED, EventKind.REOPENED, EventKind.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a work order stands.

    Args:
        state: None before anything was reported.
        is_paused: Whether its clock stands still.
    """

    state: OrderState | None
    is_paused: bool = False


def standing(events: Sequence[OrderEvent]) -> Standing:
    """Return where an order with these events stands.

    Args:
        events: In the order in which they happened.

    Raises:
        InvalidInput: The log is impossible; every fault is listed.
    """
    faults = []
    now = Standing(state=None)
    for number, event in enumerate(events, start=1):
        before = events[number - 2] if number > 1 else None
        if before is not None and event.at < before.at:
            faults.append(
                f"event {number} ({event.kind}) is at {event.at}, before {before.kind} at {before.at}; "
                "a log runs forward in time"
            )
        possible = possible_next(now)
        if event.kind not in possible:
            needs = ", ".join(sorted(possible))
            faults.append(
                f"event {number} is {event.kind} while the order is {_told(now)}; it can only be {needs}"
            )
        if event.kind in _NEED_A_REASON and not event.reason.strip():
            faults.append(f"event {number} ({event.kind}) has no reason; say why")
        now = _after(now, event.kind)
    if faults:
        raise InvalidInput(faults)
    return now


def possible_next(now: Standing) -> frozenset[EventKind]:
    """Return the kinds of event that can come next; while paused, only the end of the pause or of the order."""
    if now.is_paused:
        return frozenset({EventKind.RESUMED, EventKind.CANCELLED})
    pause = frozenset({EventKind.PAUSED}) if now.state in _PAUSABLE else frozenset[EventKind]()
    return _NEXT[now.state] | pause


def _after(now: Standing, kind: EventKind) -> Standing:
    if kind is EventKind.PAUSED:
        return Standing(state=now.state, is_paused=True)
    if kind is EventKind.RESUMED:
        return Standing(state=now.state)
    return Standing(state=_LEADS_TO[kind])


def _told(now: Standing) -> str:
    state = now.state or "not reported yet"
    return f"{state}, paused" if now.is_paused else str(state)
