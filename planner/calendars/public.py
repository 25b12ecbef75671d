"""China's public calendar: holidays, and weekend days that are worked to make up for them (调休).

The only file that knows the library `holidays` (0.109 agrees with the State Council's notices for 2024 to
2026, checked in tests/planner/calendars). A year whose notice is not out yet is *provisional*: its festivals
are known, its make-up days and bridged days off are not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from holidays import country_holidays

FIRST_YEAR_WITH_MAKE_UP_DAYS = 2001
"""Every year since has had make-up days; the notices name them since the golden weeks of 2000 and 2001."""
WEEKEND = frozenset({5, 6})
ONE_DAY = timedelta(days=1)
SUBSTITUTE = "休息日"
"""How the library calls a day off that a worked weekend day pays for."""
NOTE_START = "（"
"""Where the library's remark behind a festival's name starts, as in 清明节（补假）."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicYear:
    """One year of the public calendar.

    Args:
        holidays: The festival (in Chinese) that each day off belongs to: as in the notices, with bridged days and
            with the Saturdays and Sundays that adjoin them in the same year (notices before 2025 left those out
            where a single day off was "joined with the weekend").
        make_up_days: Saturdays and Sundays that are worked.
        provisional: Whether the make-up days are still unpublished.
    """

    year: int
    holidays: Mapping[date, str]
    make_up_days: frozenset[date]
    provisional: bool


@cache
def public_year(year: int) -> PublicYear:
    """Return the public calendar of a year; the same every time it is asked, on every machine.

    Source:
        Annual notices of the General Office of the State Council on holiday arrangements, as coded in `holidays`.
    """
    # The language is given, because the library would else take it from the environment. Make-up days that a
    # notice puts into the year before come with that year already; those of other years must be left out.
    known = country_holidays("CN", years=year, language="zh_CN")
    make_up_days = frozenset(day for day in known.weekend_workdays if day.year == year)
    days_off = {day: name for day, name in sorted(known.items()) if day.year == year}
    for day in sorted(days_off):
        for step in (-ONE_DAY, ONE_DAY):
            _add_adjoining_weekend(days_off, day, step, make_up_days)
    return PublicYear(
        year=year,
        holidays=_by_festival(days_off),
        make_up_days=make_up_days,
        provisional=year >= FIRST_YEAR_WITH_MAKE_UP_DAYS and not make_up_days,
    )


def provisional_years(first: date, last: date) -> tuple[int, ...]:
    """Return the years from `first` to `last`, both included, whose make-up days are not published yet."""
    return tuple(year for year in range(first.year, last.year + 1) if public_year(year).provisional)


def _add_adjoining_weekend(
    days_off: dict[date, str], day: date, step: timedelta, make_up_days: frozenset[date]
) -> None:
    """Add the Saturday and Sunday beside `day` in one direction, as they belong to the same days off."""
    beside = day + step
    while beside.weekday() in WEEKEND and beside.year == day.year and beside not in make_up_days:
        days_off.setdefault(beside, SUBSTITUTE)
        beside += step


def _by_festival(days_off: dict[date, str]) -> dict[date, str]:
    """Name each day off by its festival alone; a bridged day takes the name of the nearest one."""
    festivals = {
        day: name.split(NOTE_START)[0] for day, name in days_off.items() if not name.startswith(SUBSTITUTE)
    }
    if not festivals:
        return {}
    return {day: festivals.get(day) or festivals[_nearest(day, festivals)] for day in days_off}


def _nearest(day: date, others: Iterable[date]) -> date:
    return min(others, key=lambda other: (abs((other - day).days), other))
