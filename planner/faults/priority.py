"""How soon must somebody look at it? Priority from the effect on production and the danger to people.

The order of ITIL-like matrices with safety above all: whatever can hurt somebody is first, whatever stands still comes
before what runs badly.
"""

from enum import StrEnum

from planner.model.orders import MachineState


class Priority(StrEnum):
    """From P1, at once, to P4, with the next visit."""

    P1 = "P1"
    P2 = "P2"
    P3 = "P3"
    P4 = "P4"


_BY_EFFECT = {
    MachineState.STOPPED: Priority.P2,
    MachineState.DEGRADED: Priority.P3,
    MachineState.RUNNING: Priority.P4,
}
_ONE_HIGHER = {
    Priority.P1: Priority.P1,
    Priority.P2: Priority.P1,
    Priority.P3: Priority.P2,
    Priority.P4: Priority.P3,
}


def priority(effect: MachineState, *, is_dangerous: bool, stops_a_line: bool = False) -> Priority:
    """Return the priority of a fault.

    Args:
        effect: What the machine can still do.
        is_dangerous: Somebody can be hurt (severity S1): always P1.
        stops_a_line: Other machines wait for this one: one step higher.
    """
    if is_dangerous:
        return Priority.P1
    found = _BY_EFFECT[effect]
    return _ONE_HIGHER[found] if stops_a_line else found
