"""What generating again changed: added, moved, removed, unchanged."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from planner.errors import InvalidInput
from planner.model import Visit, VisitState

SETTLED = frozenset({VisitState.DONE, VisitState.PARTLY_DONE, VisitState.MISSED, VisitState.CANCELLED})
"""States of visits that belong to the past: no new plan touches them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One visit before and after; its key is the same, its day, technician, hours or work is not."""

    before: Visit
    after: Visit


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """The changes that a newly generated plan brings, each part sorted by key."""

    added: tuple[Visit, ...]
    moved: tuple[Moved, ...]
    removed: tuple[Visit, ...]
    unchanged: tuple[Visit, ...]

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The plan after the changes, by day and key."""
        after = (*self.added, *(moved.after for moved in self.moved), *self.unchanged)
        return tuple(sorted(after, key=lambda visit: (visit.day, visit.key)))


def is_settled(visit: Visit) -> bool:
    """Whether no new plan may move `visit`: it is locked, or over."""
    return visit.locked or visit.state in SETTLED


def difference(before: Sequence[Visit], after: Sequence[Visit]) -> Generated:
    """Return what `after` changes of `before`, visit by visit with the same key.

    Visits that are locked or over stay as they were, whatever `after` says of them, even nothing. Generating twice from
    the same input changes nothing; the order of the input does not matter.

    Raises:
        InvalidInput: A key comes twice on one side.

    Source:
        Spec of scheduling, point 10.
    """
    _require_single_keys(before, after)
    old = {visit.key: visit for visit in before}
    new = {visit.key: visit for visit in after}
    added, moved, removed, unchanged = [], [], [], []
    for key in sorted(old.keys() | new.keys()):
        if key not in old:
            added.append(new[key])
        elif is_settled(old[key]) or (key in new and _is_same(old[key], new[key])):
            unchanged.append(old[key])
        elif key in new:
            moved.append(Moved(before=old[key], after=new[key]))
        else:
            removed.append(old[key])
    return Generated(
        added=tuple(added), moved=tuple(moved), removed=tuple(removed), unchanged=tuple(unchanged)
    )


def _is_same(one: Visit, other: Visit) -> bool:
    """Whether people would notice no difference; reasons and states are not what they were told."""
    return (
        one.day == other.day
        and one.technician_id == other.technician_id
        and one.hours == other.hours
        and [occurrence.key for occurrence in one.occurrences]
        == [occurrence.key for occurrence in other.occurrences]
    )


def _require_single_keys(before: Sequence[Visit], after: Sequence[Visit]) -> None:
    faults = [
        f"visit {key} stands {times} times in the plan {name}; each key must stand once"
        for name, visits in (("before", before), ("after", after))
        for key, times in sorted(Counter(visit.key for visit in visits).items())
        if times > 1
    ]
    if faults:
        raise InvalidInput(faults)
