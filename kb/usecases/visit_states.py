"""From which state a visit may come to which, and what it passes on the way.

`FOLLOWING_STATES` knows single steps. A small department does not call and book each visit before it reports it
done, so a report may leave steps out; they count as passed and are named.
"""

from collections import deque

from planner.model import VisitState
from planner.scheduling import FOLLOWING_STATES

OPEN = frozenset({VisitState.FORECAST, VisitState.CALLED, VisitState.BOOKED})
"""States of a visit that is still to take place."""
DONE = frozenset({VisitState.DONE, VisitState.PARTLY_DONE})
"""States of a visit that took place."""


def states_between(before: VisitState, after: VisitState) -> tuple[VisitState, ...] | None:
    """Return the states that lie between `before` and `after`, as few as there can be; None where no way leads there.

    A visit that is no longer open makes single steps only: what was partly done may be finished, nothing else.
    """
    ways: deque[tuple[VisitState, ...]] = deque([(before,)])
    while ways:
        way = ways.popleft()
        if way[-1] is after:
            return way[1:-1]
        if way[-1] in OPEN or len(way) == 1:
            ways.extend(
                (*way, one) for one in VisitState if one in FOLLOWING_STATES[way[-1]] and one not in way
            )
    return None


def states_from(before: VisitState) -> tuple[VisitState, ...]:
    """Return every state that a visit may come to from `before`, itself left out."""
    return tuple(one for one in VisitState if one is not before and states_between(before, one) is not None)
