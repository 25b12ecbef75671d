"""The occurrences of one plan that are due in a span of days."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.calendars import WorkCalendar
from planner.errors import InvalidInput
from planner.model import Basis, CalendarMove, DateSpan, Level, MaintenancePlan, ReasonKind
from planner.scheduling import due_occurrences, moved, nominal_date, window
from tests.builders import INTERVALS, a_plan

CHINA = WorkCalendar()
YEAR_2026 = {"start": date(2026, 1, 1), "end": date(2027, 1, 1)}
DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2027, 12, 31))
PLANS = st.builds(
    lambda level, anchor, move, basis, first_k: a_plan(
        level=level, anchor=anchor, move=move, basis=basis, first_k=first_k
    ),
    level=st.sampled_from(Level),
    anchor=DAYS,
    move=st.sampled_from(CalendarMove),
    basis=st.sampled_from(Basis),
    first_k=st.integers(0, 5),
)
CALENDARS = st.builds(
    lambda start, days: WorkCalendar(closures=(DateSpan(start=start, end=start + timedelta(days=days)),)),
    start=DAYS,
    days=st.integers(1, 120),
)


def completions_of(plan: MaintenancePlan, delays: list[int]) -> dict[int, date]:
    return {
        plan.first_k + k: nominal_date(plan.anchor, plan.interval, plan.first_k + k) + timedelta(days=delay)
        for k, delay in enumerate(delays)
    }


def test_a_year_of_a_monthly_plan() -> None:
    found = due_occurrences(a_plan(anchor=date(2025, 10, 31)), **YEAR_2026, calendar=CHINA)
    assert [one.k for one in found] == list(range(3, 15))
    assert [f"{one.nominal:%m-%d}" for one in found[:4]] == ["01-31", "02-28", "03-31", "04-30"]
    assert [f"{one.due:%m-%d}" for one in found[:4]] == ["01-30", "02-28", "03-31", "04-30"]


def test_a_moved_date_belongs_to_the_span_it_was_moved_into() -> None:
    plan = a_plan(anchor=date(2026, 5, 1), move=CalendarMove.FOLLOWING)
    before = due_occurrences(plan, start=date(2026, 5, 1), end=date(2026, 5, 6), calendar=CHINA)
    after = due_occurrences(plan, start=date(2026, 5, 6), end=date(2026, 5, 7), calendar=CHINA)
    assert (before, [one.k for one in after]) == ((), [0])


def test_a_date_moved_back_over_the_end_belongs_to_the_span_before() -> None:
    plan = a_plan(anchor=date(2026, 5, 1), move=CalendarMove.PRECEDING)
    found = due_occurrences(plan, start=date(2026, 4, 1), end=date(2026, 5, 1), calendar=CHINA)
    assert [one.due for one in found] == [date(2026, 4, 30)]


def test_an_anchor_may_lie_before_the_first_date_that_counts() -> None:
    found = due_occurrences(a_plan(anchor=date(2025, 1, 1), first_k=20), **YEAR_2026, calendar=CHINA)
    assert found[0].k == 20
    assert found[0].nominal == date(2026, 9, 1)


@pytest.mark.parametrize(
    ("in_service", "first_due"),
    [
        pytest.param(date(2026, 3, 5), date(2026, 3, 5), id="due on the day itself"),
        pytest.param(date(2026, 3, 6), date(2026, 4, 3), id="the day after: the next date"),
    ],
)
def test_nothing_is_due_and_no_window_opens_before_the_machine_is_in_service(
    in_service: date, first_due: date
) -> None:
    plan = a_plan(anchor=date(2026, 1, 5), move=CalendarMove.PRECEDING)
    found = due_occurrences(plan, **YEAR_2026, calendar=CHINA, in_service=in_service)
    # 5 April 2026 is a Sunday.
    assert found[0].due == first_due
    assert min(one.earliest for one in found) >= in_service
    assert due_occurrences(plan, **YEAR_2026, calendar=CHINA, in_service=date(2027, 1, 1)) == ()


def test_what_is_done_does_not_come_again() -> None:
    plan = a_plan(anchor=date(2026, 1, 5))
    found = due_occurrences(plan, **YEAR_2026, calendar=CHINA, completions={2: date(2026, 3, 2)})
    assert [one.k for one in found] == [0, 1, *range(3, 12)]


def test_a_key_tells_plan_level_and_k() -> None:
    found = due_occurrences(a_plan(id="p/7", anchor=date(2026, 1, 5)), **YEAR_2026, calendar=CHINA)
    assert found[3].key == "p/7/monthly/3"


def test_each_occurrence_says_how_it_came_to_its_date() -> None:
    plan = a_plan(basis=Basis.FLOATING, move=CalendarMove.FOLLOWING)
    found = due_occurrences(
        plan,
        start=date(2026, 12, 1),
        end=date(2027, 2, 1),
        calendar=CHINA,
        completions={10: date(2026, 11, 27)},
    )
    kinds = [[reason.kind for reason in one.reasons] for one in found]
    start = [ReasonKind.NOMINAL, ReasonKind.BASIS_SHIFT]
    # 27 December is a Sunday; 27 January lies in a year without a notice.
    assert kinds == [[*start, ReasonKind.CALENDAR_MOVE], [*start, ReasonKind.CALENDAR_PROVISIONAL]]


def test_a_site_without_public_calendar_has_no_provisional_dates() -> None:
    calendar = WorkCalendar(follows_public=False)
    found = due_occurrences(a_plan(), start=date(2027, 1, 1), end=date(2028, 1, 1), calendar=calendar)
    assert all(reason.kind is not ReasonKind.CALENDAR_PROVISIONAL for one in found for reason in one.reasons)


def test_an_empty_span_holds_nothing_and_a_reversed_one_is_refused() -> None:
    day = date(2026, 1, 1)
    assert due_occurrences(a_plan(), start=day, end=day, calendar=CHINA) == ()
    with pytest.raises(InvalidInput, match="the end must not be earlier"):
        due_occurrences(a_plan(), start=day, end=day - timedelta(days=1), calendar=CHINA)


@given(plan=PLANS, calendar=CALENDARS, delays=st.lists(st.integers(-20, 40), max_size=4))
def test_the_nominal_chain_is_never_altered(
    plan: MaintenancePlan, calendar: WorkCalendar, delays: list[int]
) -> None:
    done = completions_of(plan, delays)
    for one in due_occurrences(
        plan, start=date(2025, 1, 1), end=date(2027, 1, 1), calendar=calendar, completions=done
    ):
        assert one.nominal == nominal_date(plan.anchor, plan.interval, one.k)
        assert (one.earliest, one.latest) == window(plan, one.due)
        assert one.k not in done
        assert one.k >= plan.first_k


@given(
    plan=PLANS,
    calendar=CALENDARS,
    cuts=st.tuples(DAYS, DAYS, DAYS),
    delays=st.lists(st.integers(-20, 40), max_size=3),
)
def test_spans_that_touch_give_together_what_their_union_gives(
    plan: MaintenancePlan, calendar: WorkCalendar, cuts: tuple[date, date, date], delays: list[int]
) -> None:
    start, middle, end = sorted(cuts)
    done = completions_of(plan, delays)

    def due(first: date, last: date) -> tuple[str, ...]:
        found = due_occurrences(plan, start=first, end=last, calendar=calendar, completions=done)
        assert all(first <= one.due < last for one in found)
        assert [one.due for one in found] == sorted(one.due for one in found)
        return tuple(one.key for one in found)

    assert due(start, middle) + due(middle, end) == due(start, end)


@given(plan=PLANS, calendar=CALENDARS)
def test_dates_of_a_plan_agree_with_a_plain_walk_over_every_k(
    plan: MaintenancePlan, calendar: WorkCalendar
) -> None:
    start, end = date(2025, 6, 1), date(2026, 6, 1)
    walked = {
        k: moved(nominal_date(plan.anchor, plan.interval, k), plan.move, calendar)
        for k in range(plan.first_k, plan.first_k + 300)
    }
    found = due_occurrences(plan, start=start, end=end, calendar=calendar)
    assert {one.k: one.due for one in found} == {k: day for k, day in walked.items() if start <= day < end}


@given(plan=PLANS, calendar=CALENDARS)
def test_the_same_input_gives_the_same_occurrences(plan: MaintenancePlan, calendar: WorkCalendar) -> None:
    again = WorkCalendar(closures=calendar.closures)
    assert due_occurrences(plan, **YEAR_2026, calendar=calendar) == due_occurrences(
        plan, **YEAR_2026, calendar=again
    )


@pytest.mark.parametrize("level", Level)
def test_every_level_has_its_number_of_dates_in_a_year(level: Level) -> None:
    found = due_occurrences(a_plan(level=level, move=CalendarMove.NONE), **YEAR_2026, calendar=CHINA)
    expected = {"weekly": 53, "monthly": 12, "quarterly": 4, "half_yearly": 2, "yearly": 1}
    assert len(found) == expected[level.value]
    assert INTERVALS[level] == a_plan(level=level).interval
