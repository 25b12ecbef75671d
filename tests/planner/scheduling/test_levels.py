"""Several levels of one machine on about the same day are one visit."""

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.calendars import WorkCalendar
from planner.errors import InvalidInput
from planner.model import Basis, CalendarMove, Level, Occurrence, ReasonKind
from planner.scheduling import combined_levels, completions_of, due_occurrences, parsed_key
from planner.scheduling.levels import SIZE
from tests.builders import a_plan, an_occurrence

EVERY_DAY = WorkCalendar(follows_public=False)
DAY = date(2026, 3, 2)
WEEK = timedelta(days=7)


def a_year(*levels: Level, anchor: date = date(2026, 1, 5)) -> list[Occurrence]:
    return [
        one
        for level in levels
        for one in due_occurrences(
            a_plan(level=level, anchor=anchor, move=CalendarMove.NONE),
            start=anchor,
            end=anchor.replace(year=anchor.year + 1),
            calendar=EVERY_DAY,
        )
    ]


@st.composite
def machines(draw: st.DrawFn) -> list[Occurrence]:
    levels = draw(st.sets(st.sampled_from(Level), min_size=1))
    offsets = {level: draw(st.integers(0, 40)) for level in sorted(levels)}
    return [
        one
        for level, offset in offsets.items()
        for one in a_year(level, anchor=date(2026, 1, 1) + timedelta(days=offset))
    ]


@pytest.mark.parametrize("coincidence", [timedelta(0), WEEK], ids=["same day", "seven days"])
def test_twelve_monthly_four_quarterly_one_yearly_become_twelve_visits(coincidence: timedelta) -> None:
    dates = a_year(Level.MONTHLY, Level.QUARTERLY, Level.YEARLY)
    assert len(dates) == 17
    visits = combined_levels(dates, coincidence=coincidence)
    assert Counter(one.level for one in visits) == {Level.MONTHLY: 8, Level.QUARTERLY: 3, Level.YEARLY: 1}


def test_the_largest_level_absorbs_all_the_others_of_its_day() -> None:
    visits = combined_levels(a_year(Level.MONTHLY, Level.QUARTERLY, Level.YEARLY))
    assert visits[0].key == "m1-yearly/yearly/0"
    assert visits[0].absorbed == ("m1-monthly/monthly/0", "m1-quarterly/quarterly/0")
    assert [reason.kind for reason in visits[0].reasons[-2:]] == [ReasonKind.ABSORBED] * 2


@pytest.mark.parametrize(
    ("apart", "visits"),
    [
        pytest.param(-8, 2, id="eight days before"),
        pytest.param(-7, 1, id="seven days before"),
        pytest.param(7, 1, id="seven days after"),
        pytest.param(8, 2, id="eight days after"),
    ],
)
def test_dates_up_to_seven_days_apart_are_one_visit(apart: int, visits: int) -> None:
    large = an_occurrence(level=Level.QUARTERLY, due=DAY)
    small = an_occurrence(level=Level.MONTHLY, due=DAY + timedelta(days=apart))
    assert len(combined_levels([small, large])) == visits
    assert len(combined_levels([small, large], coincidence=timedelta(0))) == 2


def test_a_larger_level_takes_only_the_nearest_of_a_smaller_plan() -> None:
    large = an_occurrence(level=Level.MONTHLY, due=DAY)
    weeks = [an_occurrence(level=Level.WEEKLY, k=k, due=DAY + timedelta(days=7 * k - 5)) for k in range(3)]
    visits = combined_levels([*weeks, large])
    assert [one.key for one in visits] == ["m1-weekly/weekly/0", "m1-monthly/monthly/2", "m1-weekly/weekly/2"]
    assert visits[1].absorbed == ("m1-weekly/weekly/1",)


def test_of_two_equally_near_the_earlier_is_absorbed() -> None:
    large = an_occurrence(level=Level.MONTHLY, due=DAY)
    weeks = [
        an_occurrence(level=Level.WEEKLY, k=k, due=DAY + timedelta(days=days))
        for k, days in enumerate((-3, 3))
    ]
    absorbing = next(one for one in combined_levels([large, *weeks]) if one.level is Level.MONTHLY)
    assert absorbing.absorbed == ("m1-weekly/weekly/0",)


def test_plans_of_the_same_level_do_not_absorb_each_other() -> None:
    electrical = an_occurrence(plan_id="e", due=DAY)
    mechanical = an_occurrence(plan_id="m", due=DAY)
    assert combined_levels([mechanical, electrical]) == (electrical, mechanical)


def test_the_window_shrinks_to_what_the_absorbed_level_allows() -> None:
    wide = {"earliest": DAY - timedelta(days=36), "latest": DAY + timedelta(days=28)}
    large = an_occurrence(level=Level.YEARLY, due=DAY, **wide)
    narrow = {"earliest": DAY - timedelta(days=2), "latest": DAY + timedelta(days=7)}
    small = an_occurrence(level=Level.MONTHLY, due=DAY + timedelta(days=1), **narrow)
    (visit,) = combined_levels([large, small])
    assert (visit.due, visit.earliest, visit.latest) == (DAY, narrow["earliest"], narrow["latest"])


def test_the_larger_keeps_its_date_even_where_the_absorbed_window_excludes_it() -> None:
    large = an_occurrence(level=Level.YEARLY, due=DAY, earliest=DAY - WEEK, latest=DAY + WEEK)
    small_due = DAY - timedelta(days=6)
    small = an_occurrence(due=small_due, earliest=small_due, latest=small_due + timedelta(days=2))
    (visit,) = combined_levels([large, small])
    assert (visit.earliest, visit.latest) == (small_due, DAY)


def test_what_was_absorbed_counts_as_done_and_its_floating_chain_restarts() -> None:
    done_on = date(2026, 1, 20)
    yearly = combined_levels(a_year(Level.MONTHLY, Level.YEARLY))[0]
    done = completions_of([(yearly, done_on)])
    assert done == {"m1-yearly": {0: done_on}, "m1-monthly": {0: done_on}}
    monthly = a_plan(anchor=date(2026, 1, 5), basis=Basis.FLOATING, move=CalendarMove.NONE)
    found = due_occurrences(
        monthly,
        start=date(2026, 1, 1),
        end=date(2026, 4, 1),
        calendar=EVERY_DAY,
        completions=done[monthly.id],
    )
    assert [one.due for one in found] == [date(2026, 2, 20), date(2026, 3, 20)]


def test_an_occurrence_reported_twice_counts_from_its_later_day() -> None:
    one = an_occurrence()
    early, late = date(2026, 3, 2), date(2026, 3, 9)
    assert completions_of([(one, late), (one, early)]) == {one.plan_id: {one.k: late}}


def test_several_machines_doubled_keys_and_negative_coincidence_are_refused_at_once() -> None:
    one = an_occurrence()
    with pytest.raises(InvalidInput, match="of 2 machines") as refused:
        combined_levels([one, one, an_occurrence(equipment_id="m2")], coincidence=timedelta(days=-1))
    assert len(refused.value.faults) == 3


@given(dates=machines(), days=st.integers(0, 10))
def test_every_occurrence_is_left_or_absorbed_exactly_once_by_a_larger_near_one(
    dates: list[Occurrence], days: int
) -> None:
    coincidence = timedelta(days=days)
    given_by_key = {one.key: one for one in dates}
    visits = combined_levels(dates, coincidence=coincidence)
    assert sorted(key for one in visits for key in (one.key, *one.absorbed)) == sorted(given_by_key)
    for visit in visits:
        assert visit.due == given_by_key[visit.key].due
        assert visit.nominal == given_by_key[visit.key].nominal
        assert visit.earliest <= visit.due <= visit.latest
        assert len({parsed_key(key).plan_id for key in visit.absorbed}) == len(visit.absorbed)
        for key in visit.absorbed:
            assert SIZE[given_by_key[key].level] < SIZE[visit.level]
            assert abs(given_by_key[key].due - visit.due) <= coincidence


@given(dates=machines(), seed=st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(dates: list[Occurrence], seed: object) -> None:
    shuffled = list(dates)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    assert combined_levels(shuffled) == combined_levels(dates)


@given(dates=machines())
def test_no_larger_one_is_left_that_could_still_absorb(dates: list[Occurrence]) -> None:
    visits = combined_levels(dates)
    for larger in visits:
        plans = {parsed_key(key).plan_id for key in larger.absorbed}
        for smaller in visits:
            if SIZE[smaller.level] < SIZE[larger.level] and smaller.plan_id not in plans:
                assert abs(larger.due - smaller.due) > WEEK
