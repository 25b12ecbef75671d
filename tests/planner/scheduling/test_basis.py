"""What the next date counts from: fixed, floating, shifted."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.calendars import WorkCalendar
from planner.model import Basis, CalendarMove, Interval, IntervalUnit, MaintenancePlan, ReasonKind
from planner.scheduling import due_occurrences, nominal_date, shift
from tests.builders import a_plan

EVERY_DAY = WorkCalendar(follows_public=False)
QUARTER = Interval(count=3, unit=IntervalUnit.MONTHS)
FACTORS = st.integers(0, 150).map(Decimal)


def the_sap_plan(**changes: object) -> MaintenancePlan:
    return a_plan(
        **{
            "interval": QUARTER,
            "anchor": date(1998, 6, 1),
            "basis": Basis.SHIFTED,
            "tolerance_percent": Decimal(10),
            "late_factor_percent": Decimal(50),
            "move": CalendarMove.NONE,
            **changes,
        }
    )


def dues(plan: MaintenancePlan, completions: dict[int, date], *, years: int = 2) -> list[tuple[int, date]]:
    end = date(plan.anchor.year + years, plan.anchor.month, 1)
    found = due_occurrences(
        plan, start=date(1990, 1, 1), end=end, calendar=EVERY_DAY, completions=completions
    )
    return [(one.k, one.due) for one in found]


def test_a_late_confirmation_shifts_the_next_date_by_factor_times_the_whole_deviation() -> None:
    assert dues(the_sap_plan(), {0: date(1998, 6, 15)})[:2] == [(1, date(1998, 9, 8)), (2, date(1998, 12, 8))]


@pytest.mark.parametrize(
    ("done", "days"),
    [
        pytest.param(date(1998, 6, 10), 0, id="9 days late: within 10 % of 92"),
        pytest.param(date(1998, 6, 11), 5, id="10 days late: the whole deviation counts"),
        pytest.param(date(1998, 6, 14), 7, id="13 days late: half a day rounds up"),
        pytest.param(date(1998, 5, 23), 0, id="9 days early"),
        pytest.param(date(1998, 5, 22), -10, id="10 days early, early factor 100 %"),
        pytest.param(date(1998, 6, 1), 0, id="on the day"),
    ],
)
def test_tolerance_and_factors_at_their_edges(done: date, days: int) -> None:
    assert shift(the_sap_plan(), date(1998, 6, 1), done) == timedelta(days=days)


def test_half_days_of_an_early_shift_round_away_from_zero() -> None:
    plan = the_sap_plan(early_factor_percent=Decimal(50))
    assert shift(plan, date(1998, 6, 1), date(1998, 5, 19)) == timedelta(days=-7)


@pytest.mark.parametrize(
    ("late", "days"), [pytest.param(23, 0, id="exactly 25 % of 92"), pytest.param(24, 24, id="one past it")]
)
def test_a_deviation_as_large_as_the_tolerance_moves_nothing(late: int, days: int) -> None:
    plan = the_sap_plan(tolerance_percent=Decimal(25), late_factor_percent=Decimal(100))
    planned = date(1998, 6, 1)
    assert shift(plan, planned, planned + timedelta(days=late)) == timedelta(days=days)


def test_shifts_add_up_over_several_completions() -> None:
    done = {0: date(1998, 6, 15), 1: date(1998, 9, 28)}
    # The second was planned for 8 September and done 20 days late: 7 + 10.
    assert dues(the_sap_plan(), done)[0] == (2, date(1998, 12, 18))


def test_a_visit_on_the_day_that_a_holiday_moved_it_to_shifts_nothing() -> None:
    plan = the_sap_plan(
        anchor=date(2026, 5, 1), tolerance_percent=Decimal(0), move=CalendarMove.FOLLOWING, interval=QUARTER
    )
    found = due_occurrences(
        plan,
        start=date(2026, 1, 1),
        end=date(2027, 1, 1),
        calendar=WorkCalendar(),
        completions={0: date(2026, 5, 6)},
    )
    assert [one.due for one in found] == [date(2026, 8, 3), date(2026, 11, 2)]
    assert all(reason.kind is not ReasonKind.BASIS_SHIFT for one in found for reason in one.reasons)


def test_floating_counts_from_the_last_completion() -> None:
    plan = a_plan(basis=Basis.FLOATING, move=CalendarMove.NONE, anchor=date(2026, 1, 31))
    done = {0: date(2026, 1, 31), 1: date(2026, 3, 20)}
    assert dues(plan, done)[:2] == [(2, date(2026, 4, 20)), (3, date(2026, 5, 20))]


def test_floating_supersedes_what_was_left_out_before_the_last_completion() -> None:
    plan = a_plan(basis=Basis.FLOATING, move=CalendarMove.NONE)
    assert dues(plan, {4: date(2026, 5, 10)})[0] == (5, date(2026, 6, 10))


def test_fixed_never_moves_and_keeps_what_was_left_out() -> None:
    plan = a_plan(move=CalendarMove.NONE)
    assert dues(plan, {1: date(2026, 2, 25)})[:3] == [
        (0, date(2026, 1, 1)),
        (2, date(2026, 3, 1)),
        (3, date(2026, 4, 1)),
    ]


@given(late=st.integers(0, 80))
def test_with_factor_100_and_no_tolerance_the_whole_delay_is_passed_on(late: int) -> None:
    plan = the_sap_plan(late_factor_percent=Decimal(100), tolerance_percent=Decimal(0))
    delay = timedelta(days=late)
    assert dues(plan, {0: plan.anchor + delay})[0] == (1, date(1998, 9, 1) + delay)


@given(done=st.lists(st.integers(-40, 40), min_size=1, max_size=5))
def test_with_factor_0_a_shifted_plan_is_a_fixed_one(done: list[int]) -> None:
    shifted = the_sap_plan(late_factor_percent=Decimal(0), early_factor_percent=Decimal(0))
    completions = {
        k: nominal_date(shifted.anchor, QUARTER, k) + timedelta(days=days) for k, days in enumerate(done)
    }
    assert dues(shifted, completions) == dues(the_sap_plan(basis=Basis.FIXED), completions)


@given(deviation=st.integers(-90, 90), late=FACTORS, early=FACTORS, tolerance=FACTORS)
def test_a_shift_has_the_direction_of_the_deviation_and_is_zero_within_tolerance(
    deviation: int, late: Decimal, early: Decimal, tolerance: Decimal
) -> None:
    plan = the_sap_plan(late_factor_percent=late, early_factor_percent=early, tolerance_percent=tolerance)
    moved_by = shift(plan, date(1998, 6, 1), date(1998, 6, 1) + timedelta(days=deviation)).days
    factor = late if deviation > 0 else early
    if abs(deviation) * 100 <= tolerance * 92:
        assert moved_by == 0
    else:
        assert abs(moved_by * 100 - factor * deviation) <= 50
        assert moved_by * deviation >= 0
