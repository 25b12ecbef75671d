"""Work orders and what happens to them: the nouns between a fault report and a closed loop."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from planner.errors import InvalidInput


class MachineState(StrEnum):
    """What the machine can still do while it waits."""

    STOPPED = "stopped"
    DEGRADED = "degraded"
    RUNNING = "running"


class EventKind(StrEnum):
    """What can happen to a work order, each at an instant."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    DEPARTED = "departed"
    ARRIVED = "arrived"
    RESTORED = "restored"
    RESOLVED = "resolved"
    PAUSED = "paused"
    RESUMED = "resumed"
    SIGNED = "signed"
    CLOSED = "closed"
    REOPENED = "reopened"
    CANCELLED = "cancelled"


class OrderState(StrEnum):
    """Where a work order stands; it follows from its events and is never set."""

    REPORTED = "reported"
    ACCEPTED = "accepted"
    ASSIGNED = "assigned"
    ON_THE_WAY = "on_the_way"
    ON_SITE = "on_site"
    RESTORED = "restored"
    RESOLVED = "resolved"
    SIGNED = "signed"
    CLOSED = "closed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderEvent:
    """One line of a work order's log.

    Args:
        at: When it happened (aware).
        reason: Why, where the kind asks for it: a pause, a reopening, a cancellation.

    Raises:
        InvalidInput: `at` has no time zone.
    """

    kind: EventKind
    at: datetime
    reason: str = ""

    def __post_init__(self) -> None:
        if self.at.tzinfo is None:
            raise InvalidInput(
                [f"event {self.kind} is at {self.at} without a time zone; give an aware instant"]
            )
