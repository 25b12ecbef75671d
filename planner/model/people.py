"""Technicians: what they can do, until when they may do it, where they live, when they work."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from planner.errors import InvalidInput
from planner.model.equipment import Position
from planner.model.spans import OFFICE_HOURS, DateSpan, OpeningHours

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """The proof (证书) without which a skill does not count.

    Args:
        skill: The skill code that it stands for.
        first_day: The first day on which it is valid.
        last_day: The last day on which it is valid, included; None where it has no end.
        code: What people call it; stands in reasons.

    Raises:
        InvalidInput: The last day is before the first.
    """

    skill: str
    first_day: date
    last_day: date | None = None
    code: str = ""

    def __post_init__(self) -> None:
        if self.last_day is not None and self.last_day < self.first_day:
            what = f"certificate {self.code or self.skill} is valid from {self.first_day} to {self.last_day}"
            raise InvalidInput([f"{what}; the last day must not be before the first"])

    def is_valid_on(self, day: date) -> bool:
        """Whether it is valid on `day`; the last day counts."""
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Technician:
    """A field engineer.

    Args:
        skills: Skill codes that count on every day; a visit needs all of its own among these and the certified ones.
        certificates: Proofs of further skills, which count on the days on which one of theirs is valid.
        uncertified: Skills that were learned and do not count, for want of any certificate; only told, never used.
        home: Where a day's route starts and ends.
        working_time: Weekly working time, local.
        leave: Days away, half-open spans.
        overtime_limit: How far a day may run past the working time.
    """

    id: str
    name: str
    home: Position
    skills: frozenset[str] = frozenset()
    certificates: tuple[Certificate, ...] = ()
    uncertified: frozenset[str] = frozenset()
    working_time: OpeningHours = OFFICE_HOURS
    leave: tuple[DateSpan, ...] = ()
    overtime_limit: timedelta = timedelta(0)

    def skills_on(self, day: date) -> frozenset[str]:
        """Return the skills that count on `day`."""
        if not self.certificates:
            return self.skills
        return self.skills.union(one.skill for one in self.certificates if one.is_valid_on(day))

    @property
    def skills_ever(self) -> frozenset[str]:
        """The skills that count on some day, whether past or to come."""
        return self.skills.union(one.skill for one in self.certificates)

    def last_proof(self, skill: str, day: date) -> Certificate | None:
        """Return the certificate of `skill` that ended last before `day`; the next one where none has begun by then.

        None where the technician has none of this skill, or one that is valid on `day`.
        """
        mine = [one for one in self.certificates if one.skill == skill]
        if any(one.is_valid_on(day) for one in mine):
            return None
        ended = [one for one in mine if one.last_day is not None and one.last_day < day]
        if ended:
            return max(ended, key=lambda one: (one.last_day or date.min, one.code))
        return min(mine, key=lambda one: (one.first_day, one.code), default=None)


def certificate_changes(certificates: Iterable[Certificate], first: date, last: date) -> tuple[date, ...]:
    """Return the days behind `first`, up to and with `last`, on which another set of certificates is valid than before.

    Args:
        certificates: Of one technician.
        first, last: The days looked at, both included.
    """
    found = set()
    for one in certificates:
        found.add(one.first_day)
        if one.last_day is not None and one.last_day < date.max:
            found.add(one.last_day + ONE_DAY)
    return tuple(sorted(day for day in found if first < day <= last))
