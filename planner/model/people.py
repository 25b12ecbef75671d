"""Technicians: what they can do, where they live, when they work."""

from dataclasses import dataclass
from datetime import timedelta

from planner.model.equipment import Position
from planner.model.spans import OFFICE_HOURS, DateSpan, OpeningHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Technician:
    """A field engineer.

    Args:
        skills: Skill codes; a visit needs all of its own among them.
        home: Where a day's route starts and ends.
        working_time: Weekly working time, local.
        leave: Days away, half-open spans.
        overtime_limit: How far a day may run past the working time.
    """

    id: str
    name: str
    home: Position
    skills: frozenset[str] = frozenset()
    working_time: OpeningHours = OFFICE_HOURS
    leave: tuple[DateSpan, ...] = ()
    overtime_limit: timedelta = timedelta(0)
