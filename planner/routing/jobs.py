"""A job that looks for a place among the visits that stand, the places it is offered, and what those cost."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from math import ceil

from planner.model import TimeSpan
from planner.routing.board import ONE_MINUTE


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One trip to one site that needs a technician, a day and hours.

    Args:
        key: Its identity; of a visit that is moved, the visit's.
        duration: Work on site, above zero.
        skills: What the technician must be able to do, all of it.
        earliest, latest: First and last day, both included.
        not_before: No start before this local time on the first day; None where any time will do.
        ideal: The day it should be on; None prefers the first.
        day_price: Minutes of driving that each day away from `ideal` is worth.
        technician_id: Who should go if that costs little; None where nobody is preferred.
        technician_price: Minutes of driving that another technician is worth.
        hours: The hours that it must have exactly, on `ideal`; None where any will do.
        kits: Codes of the kits that its technician carries.
    """

    key: str
    site_id: str
    duration: timedelta
    earliest: date
    latest: date
    skills: frozenset[str] = frozenset()
    not_before: time | None = None
    ideal: date | None = None
    day_price: float = 10.0
    technician_id: str | None = None
    technician_price: float = 0.0
    hours: TimeSpan | None = None
    kits: frozenset[str] = frozenset()

    @property
    def minutes(self) -> int:
        """Work in whole minutes, rounded up."""
        return max(ceil(self.duration / ONE_MINUTE), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """Another visit of the day that starts later by `minutes`."""

    key: str
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Insertion:
    """A technician, day and hours that a job could have, and what that costs.

    Args:
        detour_minutes: Driving that it adds to the day; below zero where it saves some.
        overtime_minutes: Overtime that it adds to the day.
        delays: Visits behind it that start later.
        cost: All of it in minutes of driving; what the day and the person differ from the wish is in it.
    """

    technician_id: str
    day: date
    hours: TimeSpan
    detour_minutes: int
    overtime_minutes: int
    delays: tuple[Delay, ...]
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """A stop in a technician's day, in minutes since midnight; a fixed one keeps its start."""

    key: str
    site_id: str
    minutes: int
    start: int
    end: int
    fixed: bool


@dataclass(frozen=True, slots=True)
class DayCost:
    """What a technician's day costs, in minutes."""

    travel: int = 0
    overtime: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """A technician's day as it once was."""

    day: tuple[str, date]
    seats: tuple[Seat, ...]


def by_cost(one: Insertion) -> tuple[float, date, time, str]:
    """Return what insertions are ordered by: the cheapest first."""
    return one.cost, one.day, one.hours.start, one.technician_id
