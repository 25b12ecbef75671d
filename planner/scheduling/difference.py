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
    """One visit before and after, with the same key.

    Args:
        fields: What people would notice, of `day`, `hours`, `technician` and `work`; at least one.
    """

    before: Visit
    after: Visit
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Generated:
    """The changes that a newly generated plan brings, each part sorted by key.

    Args:
        unchanged: As the new plan has them, whose reasons and states may be newer; settled ones as they were.
    """

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
        elif is_settled(old[key]):
            unchanged.append(old[key])
        elif key not in new:
            removed.append(old[key])
        elif fields := _differing(old[key], new[key]):
            moved.append(Moved(before=old[key], after=new[key], fields=fields))
        else:
            unchanged.append(new[key])
    return Generated(
        added=tuple(added), moved=tuple(moved), removed=tuple(removed), unchanged=tuple(unchanged)
    )


def _differing(one: Visit, other: Visit) -> tuple[str, ...]:
    """Return what people would notice; reasons and states are not what they were told."""
    pairs = {
        "day": (one.day, other.day),
        "hours": (one.hours, other.hours),
        "technician": (one.technician_id, other.technician_id),
        "work": (
            sorted(occurrence.key for occurrence in one.occurrences),
            sorted(occurrence.key for occurrence in other.occurrences),
        ),
    }
    return tuple(name for name, (was, now) in pairs.items() if was != now)


def _require_single_keys(before: Sequence[Visit], after: Sequence[Visit]) -> None:
    faults = [
        f"visit {key} stands {times} times in the plan {name}; each key must stand once"
        for name, visits in (("before", before), ("after", after))
        for key, times in sorted(Counter(visit.key for visit in visits).items())
        if times > 1
    ]
    if faults:
        raise InvalidInput(faults)
