"""Nominal dates: counted from the anchor, in calendar units."""

from datetime import date, timedelta
from itertools import islice

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InvalidInput
from planner.model import Interval, IntervalUnit
from planner.scheduling import cycle_days, first_k_from, nominal_date, nominal_dates

MONTHLY = Interval(count=1, unit=IntervalUnit.MONTHS)
YEARLY = Interval(count=1, unit=IntervalUnit.YEARS)
DAYS = st.dates(min_value=date(1990, 1, 1), max_value=date(2060, 12, 31))
INTERVALS = st.builds(Interval, count=st.integers(1, 40), unit=st.sampled_from(IntervalUnit))


def test_monthly_from_31_january_is_counted_from_the_anchor() -> None:
    dates = [nominal_date(date(2027, 1, 31), MONTHLY, k) for k in range(14)]
    assert [f"{day:%m-%d}" for day in dates] == [
        "01-31", "02-28", "03-31", "04-30", "05-31", "06-30", "07-31", "08-31", "09-30", "10-31", "11-30", "12-31",
        "01-31", "02-29",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("year", "day"),
    [
        pytest.param(2027, date(2027, 2, 28), id="common year"),
        pytest.param(2028, date(2028, 2, 29), id="leap year"),
        pytest.param(2100, date(2100, 2, 28), id="century without leap day"),
        pytest.param(2400, date(2400, 2, 29), id="century with leap day"),
    ],
)
def test_yearly_from_29_february_comes_back_to_it(year: int, day: date) -> None:
    assert nominal_date(date(2024, 2, 29), YEARLY, year - 2024) == day


def test_weeks_and_days_are_exact() -> None:
    assert nominal_date(date(2026, 1, 1), Interval(count=2, unit=IntervalUnit.WEEKS), 3) == date(2026, 2, 12)
    assert nominal_date(date(2026, 1, 1), Interval(count=30, unit=IntervalUnit.DAYS), 1) == date(2026, 1, 31)


@pytest.mark.parametrize(
    ("start", "interval", "days"),
    [
        pytest.param(date(2026, 2, 1), MONTHLY, 28, id="February"),
        pytest.param(date(2026, 1, 31), MONTHLY, 28, id="to the end of February"),
        pytest.param(date(2026, 7, 1), MONTHLY, 31, id="July"),
        pytest.param(date(2027, 3, 1), YEARLY, 366, id="over a leap day"),
    ],
)
def test_a_month_is_not_30_days(start: date, interval: Interval, days: int) -> None:
    assert cycle_days(interval, start) == days


@pytest.mark.parametrize(
    "interval", [MONTHLY, Interval(count=1, unit=IntervalUnit.DAYS)], ids=["months", "days"]
)
def test_a_date_beyond_the_calendar_is_refused(interval: Interval) -> None:
    with pytest.raises(InvalidInput, match="outside the years 1 to 9999"):
        nominal_date(date(2026, 1, 1), interval, 10_000_000)


@given(anchor=DAYS, interval=INTERVALS, k=st.integers(-20, 200))
def test_nominal_dates_agree_with_an_independent_calculation(
    anchor: date, interval: Interval, k: int
) -> None:
    assert nominal_date(anchor, interval, k) == anchor + relativedelta(
        **{interval.unit.value: interval.count * k}
    )


@given(anchor=DAYS, interval=INTERVALS, k=st.integers(-20, 200))
def test_dates_in_a_row_are_each_counted_from_the_anchor(anchor: date, interval: Interval, k: int) -> None:
    row = list(islice(nominal_dates(anchor, interval, k), 30))
    assert row == [nominal_date(anchor, interval, k + n) for n in range(30)]


@pytest.mark.parametrize(
    "interval", [YEARLY, Interval(count=40, unit=IntervalUnit.WEEKS)], ids=["years", "weeks"]
)
def test_dates_in_a_row_end_with_the_calendar(interval: Interval) -> None:
    with pytest.raises(InvalidInput, match="outside the years 1 to 9999"):
        list(nominal_dates(date(9990, 1, 1), interval, 0))


@given(anchor=DAYS, interval=INTERVALS, k=st.integers(0, 200))
def test_later_k_means_a_later_date(anchor: date, interval: Interval, k: int) -> None:
    assert nominal_date(anchor, interval, k) < nominal_date(anchor, interval, k + 1)


@given(anchor=DAYS, interval=INTERVALS, days=st.integers(-2000, 2000))
def test_first_k_from_a_day_is_the_smallest_that_reaches_it(
    anchor: date, interval: Interval, days: int
) -> None:
    day = anchor + timedelta(days=days)
    k = first_k_from(anchor, interval, day)
    assert nominal_date(anchor, interval, k) >= day > nominal_date(anchor, interval, k - 1)
