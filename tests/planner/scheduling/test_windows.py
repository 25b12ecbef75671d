"""How early and how late a visit may be."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model import Level
from planner.scheduling import cycle_days, window
from tests.builders import a_plan

DAYS = st.dates(min_value=date(2000, 1, 1), max_value=date(2060, 12, 31))


@pytest.mark.parametrize(
    ("level", "due", "earliest", "latest"),
    [
        pytest.param(
            Level.WEEKLY, date(2026, 3, 2), date(2026, 3, 2), date(2026, 3, 3), id="week: 0 and 1 day"
        ),
        pytest.param(
            Level.MONTHLY, date(2026, 4, 1), date(2026, 3, 29), date(2026, 4, 7), id="30 days: 3 and 6"
        ),
        pytest.param(
            Level.MONTHLY, date(2026, 2, 1), date(2026, 1, 30), date(2026, 2, 6), id="28 days: 2 and 5"
        ),
        pytest.param(
            Level.QUARTERLY, date(2026, 4, 1), date(2026, 3, 23), date(2026, 4, 19), id="91 days: 9 and 18"
        ),
        pytest.param(
            Level.HALF_YEARLY, date(2026, 1, 1), date(2025, 12, 14), date(2026, 1, 29), id="181: 18 and 28"
        ),
        pytest.param(
            Level.YEARLY, date(2026, 3, 1), date(2026, 1, 24), date(2026, 3, 29), id="year: 36 and 28"
        ),
    ],
)
def test_default_window_is_10_percent_early_and_20_percent_late_at_most_28_days(
    level: Level, due: date, earliest: date, latest: date
) -> None:
    assert window(a_plan(level=level), due) == (earliest, latest)


def test_stated_limits_replace_the_default_each_for_itself() -> None:
    due = date(2026, 4, 1)
    assert window(a_plan(late=timedelta(days=2)), due) == (date(2026, 3, 29), date(2026, 4, 3))
    assert window(a_plan(early=timedelta(0)), due) == (due, date(2026, 4, 7))
    assert window(a_plan(early=timedelta(0), late=timedelta(0)), due) == (due, due)


@given(level=st.sampled_from(Level), due=DAYS)
def test_windows_of_successive_dates_never_touch(level: Level, due: date) -> None:
    plan = a_plan(level=level)
    following = due + timedelta(days=cycle_days(plan.interval, due))
    earliest, latest = window(plan, due)
    assert earliest <= due <= latest < window(plan, following)[0]
    assert latest - due <= timedelta(days=28)
