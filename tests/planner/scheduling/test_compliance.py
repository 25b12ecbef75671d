"""Compliance by three definitions at once."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model import Interval, IntervalUnit, Level
from planner.scheduling import ComplianceRule, DatedWork, compliance, in_time
from tests.builders import INTERVALS

ON_DUE_DATE, SMRP, TEN_PERCENT = ComplianceRule
DUE = date(2026, 4, 1)
MONTH = INTERVALS[Level.MONTHLY]
YEAR = INTERVALS[Level.YEARLY]
LONG_AFTER = date(2030, 1, 1)


def done(days: int | None, interval: Interval = MONTH) -> DatedWork:
    return DatedWork(due=DUE, interval=interval, done=None if days is None else DUE + timedelta(days=days))


@pytest.mark.parametrize(
    ("interval", "days", "kept"),
    [
        pytest.param(MONTH, 0, {ON_DUE_DATE, SMRP, TEN_PERCENT}, id="on the day"),
        pytest.param(MONTH, 3, {SMRP, TEN_PERCENT}, id="10 % of 30 days late"),
        pytest.param(MONTH, 4, {SMRP}, id="one more"),
        pytest.param(MONTH, 6, {SMRP}, id="20 % of 30 days late"),
        pytest.param(MONTH, 7, set(), id="one past 20 %"),
        pytest.param(MONTH, -3, {SMRP, TEN_PERCENT}, id="10 % early"),
        pytest.param(MONTH, -4, {SMRP}, id="earlier"),
        pytest.param(YEAR, 28, {SMRP, TEN_PERCENT}, id="28 days late of a year"),
        pytest.param(YEAR, 29, {TEN_PERCENT}, id="29 days late of a year"),
        pytest.param(YEAR, 36, {TEN_PERCENT}, id="10 % of a year late"),
        pytest.param(YEAR, 37, set(), id="one past 10 % of a year"),
    ],
)
def test_what_is_in_time_by_which_rule(interval: Interval, days: int, kept: set[ComplianceRule]) -> None:
    found = compliance([done(days, interval)], today=LONG_AFTER)
    assert {rule for rule, one in found.items() if one.kept} == kept
    assert {one.counted for one in found.values()} == {1}


@pytest.mark.parametrize(
    ("today", "counted"),
    [
        pytest.param(DUE, set(), id="on the day it can still be done"),
        pytest.param(DUE + timedelta(days=1), {ON_DUE_DATE}, id="past the day"),
        pytest.param(DUE + timedelta(days=3), {ON_DUE_DATE}, id="last day of 10 %"),
        pytest.param(DUE + timedelta(days=4), {ON_DUE_DATE, TEN_PERCENT}, id="past 10 %"),
        pytest.param(DUE + timedelta(days=7), {ON_DUE_DATE, TEN_PERCENT, SMRP}, id="past 20 %"),
    ],
)
def test_open_work_counts_once_it_can_no_longer_be_in_time(today: date, counted: set[ComplianceRule]) -> None:
    found = compliance([done(None)], today=today)
    assert {rule for rule, one in found.items() if one.counted} == counted
    assert not any(one.kept for one in found.values())


def test_the_share_is_exact_and_absent_where_nothing_can_be_judged() -> None:
    found = compliance([done(0), done(5), done(None)], today=LONG_AFTER)
    assert found[SMRP].share == Fraction(2, 3)
    assert compliance([], today=LONG_AFTER)[SMRP].share is None


@given(
    days=st.lists(st.none() | st.integers(-60, 60), max_size=10),
    interval=st.builds(Interval, count=st.integers(1, 6), unit=st.sampled_from(IntervalUnit)),
    ahead=st.integers(-90, 90),
)
def test_on_due_date_is_the_strictest_rule(days: list[int | None], interval: Interval, ahead: int) -> None:
    found = compliance([done(day, interval) for day in days], today=DUE + timedelta(days=ahead))
    for rule in (SMRP, TEN_PERCENT):
        assert (
            found[ON_DUE_DATE].kept <= found[rule].kept <= found[rule].counted <= found[ON_DUE_DATE].counted
        )
        first, last = in_time(DUE, interval, rule)
        assert last >= DUE
        assert first is None or first <= DUE
