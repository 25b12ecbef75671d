"""Spans of days and of times of day, half-open like every range in this project."""

from dataclasses import dataclass
from datetime import date, time, timedelta
from itertools import pairwise

from planner.errors import InvalidInput


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class DateSpan:
    """Days from `start` up to, not including, `end`.

    Raises:
        InvalidInput: `end` is not after `start`.
    """

    start: date
    end: date
    note: str = ""

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise InvalidInput([f"date span starts {self.start} and ends {self.end}; the end must be later"])

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end

    @property
    def last(self) -> date:
        """The last day of the span."""
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many calendar days the span holds, at least 1."""
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class TimeSpan:
    """Local times of one day from `start` up to, not including, `end`.

    Raises:
        InvalidInput: `end` is not after `start`.
    """

    start: time
    end: time

    def __post_init__(self) -> None:
        if self.end <= self.start:
            raise InvalidInput([f"time span starts {self.start} and ends {self.end}; the end must be later"])

    @property
    def duration(self) -> timedelta:
        """Length of the span."""
        return timedelta(
            hours=self.end.hour - self.start.hour,
            minutes=self.end.minute - self.start.minute,
            seconds=self.end.second - self.start.second,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningHours:
    """When a place is open or a person at work, by weekday, Monday first.

    Args:
        weekdays: Seven entries; each the spans of that weekday in order, empty where closed.
        works_on_make_up_days: Whether an official make-up working day (调休上班日) counts as open,
            with the spans of the first open weekday.

    Raises:
        InvalidInput: Not seven entries, or spans of a day overlap or stand out of order.
    """

    weekdays: tuple[tuple[TimeSpan, ...], ...]
    works_on_make_up_days: bool = True

    def __post_init__(self) -> None:
        faults = []
        if len(self.weekdays) != 7:
            faults.append(f"opening hours have {len(self.weekdays)} weekdays; they need 7, Monday first")
        for number, spans in enumerate(self.weekdays):
            for before, after in pairwise(spans):
                if after.start < before.end:
                    faults.append(f"weekday {number} opens {after.start} before it closes {before.end}")
        if faults:
            raise InvalidInput(faults)


def _weekdays(days: int, *spans: TimeSpan) -> OpeningHours:
    return OpeningHours(weekdays=(spans,) * days + ((),) * (7 - days))


OFFICE_HOURS = _weekdays(
    5, TimeSpan(start=time(8, 30), end=time(12, 0)), TimeSpan(start=time(13, 0), end=time(17, 30))
)
"""Monday to Friday with a lunch break, the default of sites and technicians."""
