"""When will a reading cross its limit? A robust line through accuracy readings, and the day on which it gets there.

The slope is the median of the slopes between all pairs of readings (Theil 1950, Sen 1968): one reading taken with a loose
dial gauge does not bend it. The range of the day comes from the quartiles of these slopes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from statistics import median, quantiles

from planner.errors import InvalidInput

FEWEST_READINGS = 4
"""On as many different days: with fewer, six slopes or less decide."""
FARTHEST = timedelta(days=3650)
"""Nothing is foretold beyond ten years."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A value measured on a day; the unit is the limit's."""

    day: date
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Trend:
    """Where readings are going.

    Args:
        per_year: Slope, in the unit of the readings a year.
        level: The line's value on the last reading's day.
        crossing: When the line crosses the limit; the last reading's day where it has; None where it does not get
            there within ten years.
        earliest, latest: The same for the quartiles of the slope; None where that one never gets there.
    """

    readings: int
    per_year: float
    level: float
    crossing: date | None
    earliest: date | None
    latest: date | None


def trend(readings: Sequence[Reading], *, limit: float, upper: bool = True) -> Trend | None:
    """Return the trend of readings; None where they are on too few days.

    Args:
        readings: In any order.
        limit: The value that must not be passed.
        upper: Whether values above the limit are bad; otherwise those below.

    Raises:
        InvalidInput: A reading or the limit is no finite number.
    """
    odd = [
        f"reading of {one.day} is {one.value}; it must be a number"
        for one in readings
        if one.value - one.value != 0
    ]
    if limit - limit != 0:
        odd.append(f"the limit is {limit}; it must be a number")
    if odd:
        raise InvalidInput(odd)
    if len({one.day for one in readings}) < FEWEST_READINGS:
        return None
    slopes = sorted(
        (b.value - a.value) / (b.day - a.day).days for a, b in combinations(readings, 2) if a.day != b.day
    )
    last = max(one.day for one in readings)
    slope = median(slopes)
    level = median(one.value + slope * (last - one.day).days for one in readings)
    low, _, high = quantiles(slopes, n=4, method="inclusive")
    fast, slow = (high, low) if upper else (low, high)
    return Trend(
        readings=len(readings),
        per_year=slope * 365.25,
        level=level,
        crossing=_crossing(last, level, slope, limit, upper=upper),
        earliest=_crossing(last, level, fast, limit, upper=upper),
        latest=_crossing(last, level, slow, limit, upper=upper),
    )


def _crossing(last: date, level: float, slope: float, limit: float, *, upper: bool) -> date | None:
    room = limit - level if upper else level - limit
    toward = slope if upper else -slope
    if room <= 0:
        return last
    if toward <= 0 or room / toward > FARTHEST.days:
        return None
    return last + timedelta(days=int(room / toward))
