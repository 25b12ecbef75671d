"""China's public calendar: official notices, make-up days, provisional years."""

import json
import os
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from planner.calendars import WorkCalendar, provisional_years, public_year

ROOT = Path(__file__).parents[3]
PLAIN_WEEK = WorkCalendar(follows_public=False)
OFFICIAL = WorkCalendar()


def days_of(year: int) -> list[date]:
    return [
        date(year, 1, 1) + timedelta(days=n) for n in range((date(year + 1, 1, 1) - date(year, 1, 1)).days)
    ]


@pytest.mark.parametrize(("year", "working_days"), [(2024, 251), (2025, 248), (2026, 248)])
def test_working_days_of_a_year_are_as_in_the_notice(year: int, working_days: int) -> None:
    assert len(OFFICIAL.working_days(date(year, 1, 1), date(year + 1, 1, 1))) == working_days


def test_monday_to_friday_is_wrong_on_25_days_of_2026() -> None:
    wrong = [day for day in days_of(2026) if OFFICIAL.is_working(day) != PLAIN_WEEK.is_working(day)]
    assert len(wrong) == 25


def test_a_list_of_holidays_without_make_up_days_is_wrong_on_6_days_of_2026() -> None:
    holidays = public_year(2026).holidays
    without = [day for day in days_of(2026) if PLAIN_WEEK.is_working(day) and day not in holidays]
    wrong = {day for day in days_of(2026) if OFFICIAL.is_working(day)}.symmetric_difference(without)
    assert sorted(wrong) == sorted(public_year(2026).make_up_days)
    assert len(wrong) == 6


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_day_agrees_with_the_official_notice(year: int, shared: Path) -> None:
    notice = json.loads((shared / "bench" / "holidays" / f"holiday-cn-{year}.json").read_text("utf-8"))
    off = {date.fromisoformat(one["date"]): one["isOffDay"] for one in notice["days"]}
    public = public_year(year)
    assert public.make_up_days == {day for day, is_off in off.items() if not is_off and day.year == year}
    days_off = {day for day, is_off in off.items() if is_off and day.year == year}
    # Notices up to 2024 leave out the weekend that a single day off adjoins.
    assert days_off <= set(public.holidays)
    assert all(day.weekday() >= 5 for day in set(public.holidays) - days_off)
    assert [OFFICIAL.is_working(day) for day in days_of(year)] == [
        not off.get(day, day.weekday() >= 5) for day in days_of(year)
    ]


@pytest.mark.parametrize(
    ("year", "provisional"),
    [
        pytest.param(1998, False, id="before there were make-up days"),
        pytest.param(2001, False, id="first year with make-up days"),
        pytest.param(2026, False, id="last year whose notice is out"),
        pytest.param(2027, True, id="first year without a notice"),
        pytest.param(2040, True, id="far ahead"),
    ],
)
def test_a_year_is_provisional_until_its_make_up_days_are_published(year: int, provisional: bool) -> None:
    assert public_year(year).provisional is provisional


def test_a_make_up_day_may_belong_to_the_new_year_after_it() -> None:
    assert date(2001, 12, 29) in public_year(2001).make_up_days
    assert date(2001, 12, 29) not in public_year(2002).make_up_days


def test_provisional_years_of_a_span_include_both_ends() -> None:
    assert provisional_years(date(2026, 12, 31), date(2026, 12, 31)) == ()
    assert provisional_years(date(2026, 12, 31), date(2027, 1, 1)) == (2027,)
    assert provisional_years(date(2025, 1, 1), date(2028, 1, 1)) == (2027, 2028)


@pytest.mark.parametrize(
    ("day", "festival"),
    [
        pytest.param(date(2026, 5, 1), "劳动节", id="the festival itself"),
        pytest.param(date(2026, 5, 5), "劳动节", id="bridged for a worked Saturday"),
        pytest.param(date(2026, 5, 3), "劳动节", id="Sunday between"),
        pytest.param(date(2026, 1, 2), "元旦", id="bridged after New Year"),
        pytest.param(date(2026, 4, 6), "清明节", id="in place of a Sunday"),
        pytest.param(date(2026, 2, 15), "农历除夕", id="Sunday before the eve"),
        pytest.param(date(2026, 10, 7), "国庆节", id="last day of the golden week"),
        pytest.param(date(2026, 5, 6), None, id="first day of work after"),
        pytest.param(date(2026, 5, 9), None, id="Saturday that is worked"),
        pytest.param(date(2026, 5, 16), None, id="plain Saturday"),
    ],
)
def test_days_off_carry_the_name_of_their_festival(day: date, festival: str | None) -> None:
    assert public_year(day.year).holidays.get(day) == festival


def test_names_do_not_follow_the_language_of_the_machine() -> None:
    asked = "from planner.calendars import public_year; print(ascii(sorted(set(public_year(2026).holidays.values()))))"
    said = [
        subprocess.run(
            [sys.executable, "-c", asked],
            env={**os.environ, "LANGUAGE": language, "LANG": language},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for language in ("en_US", "zh_TW")
    ]
    assert said[0] == said[1] == ascii(sorted(set(public_year(2026).holidays.values()))) + "\n"
