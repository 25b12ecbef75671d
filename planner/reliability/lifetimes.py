"""How long did a part live? Lifetimes between replacements, with those that ended for another reason censored."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from planner.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A part that was put in new.

    Args:
        unit_id: The machine it is on.
        part: Which part of that machine: the position, not the number on the part.
        at: When.
        after_failure: Whether the old one had failed; otherwise it was changed in time.
    """

    unit_id: str
    part: str
    at: datetime
    after_failure: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetime:
    """How long one part lived, in whole days.

    Args:
        days: At least 1.
        failed: Whether it ended by failure; otherwise it lived at least so long (right-censored).
    """

    unit_id: str
    days: int
    failed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lifetimes:
    """The lifetimes of one part over all units.

    Args:
        items: By unit, then time.
        dropped: Stretches shorter than a day, which no rate in days can use.
    """

    part: str
    items: tuple[Lifetime, ...]
    dropped: int = 0

    @property
    def failures(self) -> int:
        """How many ended by failure."""
        return sum(one.failed for one in self.items)

    @property
    def days(self) -> int:
        """Days lived by all of them."""
        return sum(one.days for one in self.items)


def lifetimes(replacements: Iterable[Replacement], *, until: datetime) -> tuple[Lifetimes, ...]:
    """Return the lifetimes of each part, by part.

    A part whose beginning nobody recorded is not counted: only what lies between two replacements, and from the last
    one up to the end of observation, is known.

    Args:
        replacements: In any order; the same part of a unit replaced twice at one instant counts once, as a failure
            if either says so.
        until: End of observation; later replacements are not looked at.

    Raises:
        InvalidInput: Some instants have a time zone and others have none.
    """
    known = list(replacements)
    zoned = {one.at.tzinfo is None for one in known} | {until.tzinfo is None}
    if len(zoned) > 1:
        raise InvalidInput(["some instants have a time zone and others have none; give all of one sort"])
    by_place: dict[tuple[str, str], dict[datetime, bool]] = defaultdict(dict)
    for one in known:
        if one.at <= until:
            place = by_place[one.part, one.unit_id]
            place[one.at] = place.get(one.at, False) or one.after_failure
    found: dict[str, list[Lifetime]] = defaultdict(list)
    dropped: dict[str, int] = defaultdict(int)
    for (part, unit_id), ends in sorted(by_place.items()):
        for life in _lives(unit_id, ends, until):
            if life.days:
                found[part].append(life)
            else:
                dropped[part] += 1
    return tuple(
        Lifetimes(part=part, items=tuple(found[part]), dropped=dropped[part])
        for part in sorted({part for part, _ in by_place})
    )


def _lives(unit_id: str, ends: dict[datetime, bool], until: datetime) -> Sequence[Lifetime]:
    instants = sorted(ends)
    between = [
        Lifetime(unit_id=unit_id, days=(end - start).days, failed=ends[end])
        for start, end in pairwise(instants)
    ]
    return [*between, Lifetime(unit_id=unit_id, days=(until - instants[-1]).days, failed=False)]
