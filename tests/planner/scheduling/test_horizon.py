"""Forecast and call, and what a visit may become."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.calendars import WorkCalendar
from planner.errors import InvalidInput
from planner.model import VisitState
from planner.scheduling import (
    FOLLOWING_STATES,
    call_state,
    called_at_share_of_cycle,
    called_working_days_before,
)

TODAY = date(2026, 3, 2)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        pytest.param(date(2026, 4, 2), VisitState.FORECAST, id="a day before the call"),
        pytest.param(date(2026, 4, 1), VisitState.CALLED, id="on the day of the call"),
        pytest.param(date(2026, 3, 2), VisitState.CALLED, id="today"),
        pytest.param(date(2026, 2, 1), VisitState.CALLED, id="missed while the machine was off"),
    ],
)
def test_a_visit_is_called_once_its_lead_has_begun(day: date, state: VisitState) -> None:
    assert call_state(day, today=TODAY, lead=timedelta(days=30)) is state


@given(lead=st.integers(0, 400), ahead=st.integers(-100, 500), later=st.integers(0, 100))
def test_a_called_visit_never_becomes_a_forecast_again(lead: int, ahead: int, later: int) -> None:
    day, span = TODAY + timedelta(days=ahead), timedelta(days=lead)
    if call_state(day, today=TODAY, lead=span) is VisitState.CALLED:
        assert call_state(day, today=TODAY + timedelta(days=later), lead=span) is VisitState.CALLED


@pytest.mark.parametrize(
    ("count", "day"),
    [
        pytest.param(0, date(2026, 5, 7), id="none"),
        pytest.param(1, date(2026, 5, 6), id="one"),
        pytest.param(2, date(2026, 4, 30), id="two, over Labour Day"),
    ],
)
def test_a_call_horizon_in_working_days_skips_holidays(count: int, day: date) -> None:
    assert called_working_days_before(date(2026, 5, 7), count, WorkCalendar()) == day


def test_a_negative_call_horizon_is_refused() -> None:
    with pytest.raises(InvalidInput, match="-1 working days; it must be at least 0"):
        called_working_days_before(TODAY, -1, WorkCalendar())


@pytest.mark.parametrize(
    ("percent", "day"), [(0, date(2026, 1, 1)), (80, date(2026, 1, 25)), (100, date(2026, 2, 1))]
)
def test_a_call_horizon_in_percent_counts_from_the_date_before(percent: int, day: date) -> None:
    assert called_at_share_of_cycle(date(2026, 1, 1), date(2026, 2, 1), Decimal(percent)) == day


def test_a_share_out_of_bounds_and_a_reversed_cycle_are_refused_together() -> None:
    with pytest.raises(InvalidInput, match=r"101 %; it must lie in 0\.\.100") as refused:
        called_at_share_of_cycle(date(2026, 2, 1), date(2026, 1, 1), Decimal(101))
    assert len(refused.value.faults) == 2


def test_states_that_end_a_visit_lead_nowhere_and_every_state_is_reached() -> None:
    assert set(FOLLOWING_STATES) == set(VisitState)
    ended = {state for state, following in FOLLOWING_STATES.items() if not following}
    assert ended == {VisitState.DONE, VisitState.MISSED, VisitState.CANCELLED}
    reached = set().union(*FOLLOWING_STATES.values())
    assert reached == set(VisitState)
