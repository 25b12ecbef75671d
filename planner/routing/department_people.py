"""Technicians as columns of the routing problem: one for as long as the certificates of a technician stay the same.

Who may do what is a number for each task and column; a slot names its column. So a certificate that ends in the
period costs the search nothing: the days behind it are another column's.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from planner.model import Technician
from planner.model.people import certificate_changes
from planner.routing.problem import Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Columns:
    """The columns between two days.

    Args:
        person: By column, the row of the technician among all by id.
        skills: By column, what counts on its days.
        first: By technician's id, the first column.
        changes: By technician's id, the first day of each further column.
    """

    person: Ints
    skills: Sequence[frozenset[str]]
    first: Mapping[str, int]
    changes: Mapping[str, tuple[date, ...]]
    _holders: dict[frozenset[str], Ints] = field(default_factory=dict)

    def of(self, technician_id: str, day: date) -> int:
        """Return the column of a technician on a day."""
        return self.first[technician_id] + bisect_right(self.changes[technician_id], day)

    def holders(self, skills: frozenset[str]) -> Ints:
        """Return the columns that have all `skills`."""
        found = self._holders.get(skills)
        if found is None:
            able = [column for column, held in enumerate(self.skills) if skills <= held]
            found = self._holders[skills] = np.array(able, np.int64)
        return found


def columns_of(
    technicians: Mapping[str, Technician], asked: Iterable[frozenset[str]], first: date, last: date
) -> Columns:
    """Return the columns of all technicians between two days, both included.

    Args:
        technicians: By id.
        asked: What the work needs; certificates of other skills make no columns.
        first, last: The days looked at.
    """
    needed = frozenset().union(*asked)
    person: list[int] = []
    skills: list[frozenset[str]] = []
    first_column: dict[str, int] = {}
    changes: dict[str, tuple[date, ...]] = {}
    for row, one in enumerate(sorted(technicians)):
        who = technicians[one]
        days = certificate_changes((c for c in who.certificates if c.skill in needed), first, last)
        first_column[one], changes[one] = len(person), days
        for day in (first, *days):
            person.append(row)
            skills.append(who.skills_on(day))
    return Columns(person=np.array(person, np.int64), skills=skills, first=first_column, changes=changes)
