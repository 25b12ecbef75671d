"""Nominal dates: anchor + k x interval, always counted from the anchor and never chained."""

from collections.abc import Iterator
from datetime import date, timedelta
from functools import lru_cache

from planner.errors import InvalidInput
from planner.model import Interval, IntervalUnit

MONTHS_PER_YEAR = 12
DAYS_PER_WEEK = 7
DAYS_OF_MONTH = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
FEBRUARY = 2
_DAYS = {IntervalUnit.DAYS: 1, IntervalUnit.WEEKS: DAYS_PER_WEEK}
_MONTHS = {IntervalUnit.MONTHS: 1, IntervalUnit.YEARS: MONTHS_PER_YEAR}


def nominal_date(anchor: date, interval: Interval, k: int) -> date:
    """Return anchor + k x interval; a day that the month lacks becomes the month's last day.

    Monthly from 31 January gives 28 or 29 February, then 31 March again: each date is counted from the anchor,
    so a short month shortens no later one.

    Args:
        k: Any whole number; below zero counts back from the anchor.

    Raises:
        InvalidInput: The date lies outside the years 1 to 9999.

    Source:
        Spec of scheduling, point 1.
    """
    try:
        months = _MONTHS.get(interval.unit)
        if months is None:
            return anchor + timedelta(days=k * interval.count * _DAYS[interval.unit])
        return _months_later(anchor, k * interval.count * months)
    except (OverflowError, ValueError) as error:
        raise _out_of_years(anchor, interval, k) from error


def first_k_from(anchor: date, interval: Interval, day: date) -> int:
    """Return the smallest k whose nominal date is on or after `day`."""
    months = _MONTHS.get(interval.unit)
    if months is None:
        return -(-(day - anchor).days // (interval.count * _DAYS[interval.unit]))
    apart = (day.year - anchor.year) * MONTHS_PER_YEAR + day.month - anchor.month
    k = -(-apart // (interval.count * months))
    # In the month of `day` itself, the day of the month decides; no later k can be needed than the next.
    return k if nominal_date(anchor, interval, k) >= day else k + 1


def nominal_dates(anchor: date, interval: Interval, first_k: int) -> Iterator[date]:
    """Return the nominal dates from `first_k` on, without end; the same as `nominal_date` for each k, only faster.

    Raises:
        InvalidInput: The years run out; not before that date is asked for.
    """
    months = _MONTHS.get(interval.unit)
    k = first_k
    try:
        if months is None:
            step = timedelta(days=interval.count * _DAYS[interval.unit])
            day = anchor + k * step
            while True:
                yield day
                k += 1
                day += step
        while True:
            yield _months_later(anchor, k * interval.count * months)
            k += 1
    except (OverflowError, ValueError) as error:
        raise _out_of_years(anchor, interval, k) from error


@lru_cache(maxsize=1 << 16)
def cycle_days(interval: Interval, start: date) -> int:
    """Return how many days the cycle has that starts on `start`; a month has 28 to 31, a year 365 or 366."""
    return (nominal_date(start, interval, 1) - start).days


def _out_of_years(anchor: date, interval: Interval, k: int) -> InvalidInput:
    return InvalidInput(
        [f"date {k} of every {interval.count} {interval.unit} from {anchor} lies outside the years 1 to 9999"]
    )


def _months_later(day: date, months: int) -> date:
    whole = day.year * MONTHS_PER_YEAR + day.month - 1 + months
    year, month = whole // MONTHS_PER_YEAR, whole % MONTHS_PER_YEAR + 1
    if day.day <= 28:  # every month has these days
        return date(year, month, day.day)
    last = DAYS_OF_MONTH[month - 1]
    if month == FEBRUARY and year % 4 == 0 and (year % 100 != 0 or year % 400 == 0):
        last += 1
    return date(year, month, min(day.day, last))
