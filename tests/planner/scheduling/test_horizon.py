"""Forecast and call, overdue work, what is still open."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.calendars import WorkCalendar
from planner.errors import InvalidInput
from planner.model import Occurrence, VisitState
from planner.scheduling import (
    FOLLOWING_STATES,
    Overdue,
    after_overdue,
    call_state,
    called_at_share_of_cycle,
    called_working_days_before,
    open_occurrences,
)
from tests.builders import a_visit, an_occurrence

TODAY = date(2026, 3, 2)


def monthly(k: int, latest: date) -> Occurrence:
    return an_occurrence(k=k, due=latest, latest=latest)


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


@pytest.mark.parametrize(
    ("policy", "left", "dropped"),
    [
        pytest.param(Overdue.STACK, [0, 1, 2, 3], [], id="stack keeps all"),
        pytest.param(Overdue.SKIP, [2, 3], [0, 1], id="skip lets them go"),
        pytest.param(Overdue.MERGE, [1, 2, 3], [0], id="merge keeps the youngest"),
    ],
)
def test_overdue_work_is_stacked_skipped_or_merged(
    policy: Overdue, left: list[int], dropped: list[int]
) -> None:
    dates = [date(2026, 1, 5), TODAY - timedelta(days=1), TODAY, date(2026, 4, 5)]
    found = after_overdue([monthly(k, day) for k, day in enumerate(dates)], today=TODAY, policy=policy)
    assert [one.k for one in found.left] == left
    assert [one.k for one in found.dropped] == dropped


def test_merged_overdue_work_names_what_it_makes_good_for() -> None:
    overdue = [monthly(k, date(2026, 1, 5 + k)) for k in range(3)]
    (left,) = after_overdue(overdue, today=TODAY, policy=Overdue.MERGE).left
    assert left.absorbed == (overdue[0].key, overdue[1].key)


@given(days=st.lists(st.integers(-90, 90), max_size=8), policy=st.sampled_from(Overdue))
def test_no_occurrence_is_lost_by_an_overdue_policy(days: list[int], policy: Overdue) -> None:
    given_all = [monthly(k, TODAY + timedelta(days=day)) for k, day in enumerate(days)]
    found = after_overdue(given_all, today=TODAY, policy=policy)
    assert sorted(one.key for one in (*found.left, *found.dropped)) == sorted(one.key for one in given_all)
    assert all(one.latest < TODAY for one in found.dropped)


def test_what_a_visit_serves_is_not_open_any_more_and_what_was_missed_is() -> None:
    served = an_occurrence(k=1, absorbed=("m1-weekly/weekly/4",))
    absorbed = an_occurrence(plan_id="m1-weekly", key="m1-weekly/weekly/4", k=4)
    missed, free = an_occurrence(k=2), an_occurrence(k=3)
    visits = [
        a_visit(occurrences=(served,), state=VisitState.DONE),
        a_visit(occurrences=(missed,), state=VisitState.MISSED),
    ]
    assert open_occurrences([served, absorbed, missed, free], visits) == (missed, free)


def test_states_that_end_a_visit_lead_nowhere_and_every_state_is_reached() -> None:
    assert set(FOLLOWING_STATES) == set(VisitState)
    ended = {state for state, following in FOLLOWING_STATES.items() if not following}
    assert ended == {VisitState.DONE, VisitState.MISSED, VisitState.CANCELLED}
    reached = set().union(*FOLLOWING_STATES.values())
    assert reached == set(VisitState)
