"""One trip per site."""

from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.calendars import WorkCalendar
from planner.errors import InvalidInput
from planner.model import DateSpan, DueWork, Level, MaintenancePlan, Needs, Occurrence, ReasonKind
from planner.scheduling import merged_at_site
from tests.builders import a_plan, an_occurrence

CHINA = WorkCalendar()
DAY = date(2026, 3, 4)
HOURS_8 = timedelta(hours=8)


def due(
    machine: str, first: int, last: int, *, on: int | None = None, level: Level = Level.MONTHLY
) -> Occurrence:
    """An occurrence whose window is counted in days from `DAY`."""
    day = DAY + timedelta(days=first if on is None else on)
    window = {"earliest": DAY + timedelta(days=first), "latest": DAY + timedelta(days=last)}
    return an_occurrence(equipment_id=machine, level=level, due=day, **window)


def plans_of(occurrences: list[Occurrence], **changes: object) -> dict[str, MaintenancePlan]:
    return {
        one.plan_id: a_plan(equipment_id=one.equipment_id, level=one.level, id=one.plan_id, **changes)
        for one in occurrences
    }


def trips(
    occurrences: list[Occurrence],
    *,
    calendar: WorkCalendar = CHINA,
    longest: timedelta = HOURS_8,
    choice_days: int = 1,
    **changes: object,
) -> tuple[DueWork, ...]:
    return merged_at_site(
        occurrences,
        site_id="s1",
        plans=plans_of(occurrences, **changes),
        calendar=calendar,
        longest=longest,
        choice_days=choice_days,
    )


@st.composite
def site_work(draw: st.DrawFn) -> list[Occurrence]:
    windows = draw(
        st.lists(st.tuples(st.integers(0, 30), st.integers(0, 12), st.integers(0, 12)), max_size=7)
    )
    return [
        due(f"m{number}", first, first + before + after, on=first + before)
        for number, (first, before, after) in enumerate(windows)
    ]


def fewest_trips(occurrences: list[Occurrence], calendar: WorkCalendar) -> int:
    """The smallest number of working days that hit every window, by trying all."""
    days = calendar.working_days(DAY, DAY + timedelta(days=60))
    reachable = [one for one in occurrences if any(one.earliest <= day <= one.latest for day in days)]
    for number in range(len(reachable) + 1):
        for chosen in combinations(days, number):
            if all(any(one.earliest <= day <= one.latest for day in chosen) for one in reachable):
                return number
    raise AssertionError("every reachable window is hit by its own day")


def test_machines_with_a_common_day_share_a_trip() -> None:
    (trip,) = trips([due("m1", 0, 6, on=2), due("m2", 5, 9, on=6)])
    assert (trip.earliest, trip.latest) == (DAY + timedelta(days=5), DAY + timedelta(days=6))
    assert trip.key == "s1/m1-monthly/monthly/2"
    assert [one.equipment_id for one in trip.occurrences] == ["m1", "m2"]
    assert trip.reasons[0].kind is ReasonKind.MERGED


def test_two_dates_of_one_plan_never_share_a_trip() -> None:
    first = due("m1", 0, 9, on=2)
    second = an_occurrence(k=3, due=DAY + timedelta(days=6), earliest=DAY, latest=DAY + timedelta(days=12))
    assert [len(trip.occurrences) for trip in trips([first, second])] == [1, 1]


def test_windows_that_share_no_day_need_two_trips() -> None:
    assert len(trips([due("m1", 0, 5), due("m2", 6, 9)])) == 2


def test_windows_that_share_only_a_weekend_need_two_trips() -> None:
    # 7 and 8 March 2026 are a Saturday and a Sunday, three and four days after DAY.
    assert len(trips([due("m1", 0, 4), due("m2", 3, 9)])) == 2
    assert len(trips([due("m1", 0, 5), due("m2", 3, 9)])) == 1


@pytest.mark.parametrize(
    ("choice_days", "number"), [pytest.param(2, 1, id="two in common"), pytest.param(3, 2, id="one too many")]
)
def test_a_trip_keeps_the_days_to_choose_from_that_are_asked(choice_days: int, number: int) -> None:
    assert len(trips([due("m1", 0, 6), due("m2", 5, 12)], choice_days=choice_days)) == number


@pytest.mark.parametrize(
    ("longest", "number"),
    [
        pytest.param(timedelta(hours=3), 1, id="exactly full"),
        pytest.param(timedelta(hours=3) - timedelta(minutes=1), 2, id="one minute short"),
    ],
)
def test_work_of_a_trip_fits_into_the_longest_trip(longest: timedelta, number: int) -> None:
    found = trips([due("m1", 0, 5), due("m2", 0, 5), due("m3", 0, 5)], longest=longest)
    assert len(found) == number
    assert all(trip.duration <= longest for trip in found)


def test_a_single_occurrence_longer_than_a_trip_gets_its_own() -> None:
    found = trips([due("m1", 0, 5), due("m2", 0, 5)], duration=timedelta(hours=9))
    assert [len(trip.occurrences) for trip in found] == [1, 1]


def test_a_trip_needs_the_skills_of_all_its_work_and_is_called_with_the_longest_lead() -> None:
    occurrences = [due("m1", 0, 5), due("m2", 0, 5)]
    plans = {
        "m1-monthly": a_plan(equipment_id="m1", skills=frozenset({"fanuc"}), lead=timedelta(days=14)),
        "m2-monthly": a_plan(equipment_id="m2", skills=frozenset({"laser"}), lead=timedelta(days=45)),
    }
    (trip,) = merged_at_site(occurrences, site_id="s1", plans=plans, calendar=CHINA, longest=HOURS_8)
    assert trip.skills == {"fanuc", "laser"}
    assert trip.lead == timedelta(days=45)


def test_two_levels_of_a_machine_on_one_trip_are_worked_through_once() -> None:
    yearly = due("m1", -20, 28, on=12, level=Level.YEARLY)
    (trip,) = trips([due("m1", 0, 6, on=2), yearly])
    (left,) = trip.occurrences
    assert left.key == yearly.key
    assert left.absorbed == ("m1-monthly/monthly/2",)
    assert trip.duration == timedelta(hours=1)
    assert (trip.earliest, trip.latest) == (DAY, DAY + timedelta(days=6))


def test_skills_of_absorbed_work_are_still_needed() -> None:
    monthly, yearly = due("m1", 0, 6), due("m1", 0, 28, level=Level.YEARLY)
    plans = plans_of([yearly]) | plans_of([monthly], skills=frozenset({"hydraulics"}))
    (trip,) = merged_at_site([monthly, yearly], site_id="s1", plans=plans, calendar=CHINA, longest=HOURS_8)
    assert trip.skills == {"hydraulics"}


def test_work_with_a_wide_window_waits_for_the_trip_nearest_to_its_date() -> None:
    yearly = due("m2", -20, 40, on=30, level=Level.YEARLY)
    monthlies = [due("m1", 0, 6, on=2), an_occurrence(equipment_id="m1", k=3, due=DAY + timedelta(days=34))]
    first, second = trips([*monthlies, yearly])
    assert [one.equipment_id for one in first.occurrences] == ["m1"]
    assert [one.equipment_id for one in second.occurrences] == ["m1", "m2"]


def test_work_moves_to_no_trip_whose_choice_of_days_it_would_narrow() -> None:
    candidate = due("m4", 0, 15, on=13)
    others = [due("m1", 0, 6, on=2), due("m2", 10, 16, on=12), due("m3", 14, 20, on=15)]
    # The second trip may be on 18, 19 or 20 March; the candidate must be done by the 19th.
    first, second = trips([candidate, *others], choice_days=3)
    assert [one.equipment_id for one in first.occurrences] == ["m1", "m4"]
    assert (second.earliest, second.latest) == (date(2026, 3, 18), date(2026, 3, 20))


def test_the_ideal_day_is_the_working_day_nearest_to_all_due_dates() -> None:
    (trip,) = trips([due("m1", 0, 9, on=1), due("m2", 0, 9, on=6), due("m3", 0, 9, on=3)])
    # The median is Saturday 7 March; Friday lies nearer to all three together than Monday.
    assert trip.ideal == date(2026, 3, 6)


def test_a_window_without_working_day_keeps_its_date_and_is_not_tied_to_others() -> None:
    golden_week = date(2026, 10, 1)
    window = {"earliest": golden_week, "latest": golden_week + timedelta(days=5)}
    closed = an_occurrence(due=golden_week + timedelta(days=1), **window)
    closed_too = an_occurrence(equipment_id="m3", due=golden_week + timedelta(days=1), **window)
    wide = an_occurrence(
        equipment_id="m2", due=golden_week, earliest=golden_week, latest=golden_week + timedelta(days=20)
    )
    first, second = trips([wide, closed, closed_too])
    assert first.ideal == golden_week + timedelta(days=1)
    assert [one.equipment_id for one in first.occurrences] == ["m1", "m3"]
    assert second.ideal == date(2026, 10, 8)


def test_a_shutdown_of_the_site_moves_the_ideal_day() -> None:
    stop = DateSpan(start=DAY, end=DAY + timedelta(days=5))
    (trip,) = trips([due("m1", 0, 9, on=1)], calendar=WorkCalendar(closures=(stop,)))
    assert trip.ideal == DAY + timedelta(days=5)


def test_nothing_due_needs_no_trip() -> None:
    assert trips([]) == ()


def test_every_fault_of_the_input_is_told() -> None:
    one = due("m1", 0, 5)
    with pytest.raises(InvalidInput, match="plan m1-monthly of an occurrence is not given") as refused:
        merged_at_site(
            [one, one], site_id="s1", plans={}, calendar=CHINA, longest=timedelta(0), choice_days=0
        )
    assert len(refused.value.faults) == 4


@given(occurrences=site_work())
def test_no_smaller_number_of_trips_exists(occurrences: list[Occurrence]) -> None:
    found = trips(occurrences, longest=timedelta(days=1))
    reached = [trip for trip in found if CHINA.working_days(trip.earliest, trip.latest + timedelta(days=1))]
    assert len(reached) == fewest_trips(occurrences, CHINA)


@given(occurrences=site_work(), hours=st.integers(1, 4), choice_days=st.integers(1, 3))
def test_trips_keep_every_window_and_the_longest_trip(
    occurrences: list[Occurrence], hours: int, choice_days: int
) -> None:
    longest = timedelta(hours=hours)
    found = trips(occurrences, longest=longest, choice_days=choice_days)
    assert sorted(one.key for trip in found for one in trip.occurrences) == sorted(
        one.key for one in occurrences
    )
    assert len({trip.key for trip in found}) == len(found)
    for trip in found:
        assert trip.earliest == max(one.earliest for one in trip.occurrences)
        assert trip.latest == min(one.latest for one in trip.occurrences)
        assert trip.earliest <= trip.ideal <= trip.latest
        common = len(CHINA.working_days(trip.earliest, trip.latest + timedelta(days=1)))
        own = min(
            len(CHINA.working_days(one.earliest, one.latest + timedelta(days=1))) for one in trip.occurrences
        )
        assert common >= min(choice_days, own)
        assert trip.duration <= max(longest, timedelta(hours=1))
        assert list(trip.occurrences) == sorted(trip.occurrences, key=lambda one: one.key)
        if CHINA.working_days(trip.earliest, trip.latest + timedelta(days=1)):
            assert CHINA.is_working(trip.ideal)
        else:
            assert not any(
                CHINA.working_days(one.earliest, one.latest + timedelta(days=1)) for one in trip.occurrences
            )


@given(occurrences=site_work(), seed=st.randoms(use_true_random=False))
def test_the_order_of_the_input_does_not_matter(occurrences: list[Occurrence], seed: object) -> None:
    shuffled = list(occurrences)
    seed.shuffle(shuffled)  # type: ignore[attr-defined]
    assert trips(shuffled) == trips(occurrences)


@pytest.mark.parametrize(
    ("one", "other", "count"),
    [
        (Needs(), Needs(kits=frozenset({"laser"})), 1),
        (Needs(crew=2), Needs(crew=2), 1),
        (Needs(crew=2), Needs(), 2),
        (Needs(days=2), Needs(days=2), 2),
        (Needs(price=30.0), Needs(price=12.0), 1),
        (Needs(price=30.0), Needs(), 2),
    ],
)
def test_only_work_with_the_same_needs_goes_together(one: Needs, other: Needs, count: int) -> None:
    occurrences = [due("m1", 0, 6, on=2), due("m2", 0, 6, on=2)]
    plans = plans_of(occurrences)
    for plan_id, needs in zip(sorted(plans), (one, other), strict=True):
        plans[plan_id] = replace(plans[plan_id], needs=needs)
    found = merged_at_site(occurrences, site_id="s1", plans=plans, calendar=CHINA, longest=HOURS_8)
    assert len(found) == count
    if count == 1:
        assert found[0].needs.kits == one.kits | other.kits
        assert found[0].needs.price == (None if one.price is None else 42.0)


def test_due_work_that_an_optional_level_absorbs_stays_due() -> None:
    monthly, yearly = due("m1", 0, 6, on=2), due("m1", -20, 28, on=12, level=Level.YEARLY)
    plans = plans_of([monthly, yearly])
    plans[yearly.plan_id] = replace(plans[yearly.plan_id], needs=Needs(price=30.0))
    found = merged_at_site([monthly, yearly], site_id="s1", plans=plans, calendar=CHINA, longest=HOURS_8)
    assert {one.key for trip in found for one in trip.occurrences} == {monthly.key, yearly.key}
    assert any(not trip.needs.is_optional for trip in found)
