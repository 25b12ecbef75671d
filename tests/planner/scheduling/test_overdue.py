"""Overdue work: stacked, skipped or merged, and the days on which it is made good."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.calendars import WorkCalendar
from planner.model import Level, Occurrence, ReasonKind, VisitState
from planner.scheduling import (
    Overdue,
    after_overdue,
    combined_levels,
    is_made_good,
    made_good,
    open_occurrences,
)
from tests.builders import a_visit, an_occurrence

TODAY = date(2026, 3, 2)
CATCH_UP_ENDS = date(2026, 3, 30)


def monthly(k: int, latest: date) -> Occurrence:
    return an_occurrence(k=k, due=latest, latest=latest)


def values(occurrence: Occurrence) -> dict[str, str]:
    (told,) = [reason for reason in occurrence.reasons if reason.kind is ReasonKind.OVERDUE]
    return dict(told.values)


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


def test_what_is_left_of_overdue_work_says_how_often_and_since_when() -> None:
    overdue = [monthly(k, date(2026, 1, 5 + k)) for k in range(3)]
    (left,) = after_overdue(overdue, today=TODAY, policy=Overdue.MERGE).left
    assert values(left) == {
        "key": overdue[2].key,
        "first_due": "2026-01-05",
        "due": "2026-01-07",
        "count": "3",
        "from": "2026-03-02",
    }


@pytest.mark.parametrize(
    ("due", "latest", "window"),
    [
        pytest.param(date(2026, 2, 1), date(2026, 3, 1), (TODAY, CATCH_UP_ENDS), id="overdue by a day"),
        pytest.param(date(2026, 2, 1), TODAY, (TODAY, TODAY), id="the last day of its window"),
        pytest.param(date(2026, 3, 1), date(2026, 3, 9), (TODAY, date(2026, 3, 9)), id="due the day before"),
        pytest.param(TODAY, date(2026, 3, 9), None, id="due today"),
    ],
)
def test_late_work_is_made_good_from_the_start_on(
    due: date, latest: date, window: tuple[date, date] | None
) -> None:
    one = an_occurrence(due=due, latest=latest)
    found = made_good([one], start=TODAY, policy=Overdue.MERGE, calendar=WorkCalendar())
    assert found.windows == ({one.key: window} if window else {})
    assert [is_made_good(left) for left in found.left] == [window is not None]
    assert [(left.due, left.latest) for left in found.left] == [(due, latest)]


@pytest.mark.parametrize(
    ("opens", "joins"),
    [
        pytest.param(date(2026, 3, 2), True, id="open already"),
        pytest.param(date(2026, 3, 9), True, id="opens in seven days"),
        pytest.param(date(2026, 3, 10), False, id="opens in eight"),
    ],
)
def test_overdue_work_joins_the_next_date_of_its_plan_that_is_near(opens: date, joins: bool) -> None:
    overdue = an_occurrence(k=1, due=date(2026, 2, 1), absorbed=("m1-weekly/weekly/4",))
    following = an_occurrence(k=2, due=date(2026, 3, 12), earliest=opens, latest=date(2026, 4, 2))
    found = made_good([overdue, following], start=TODAY, policy=Overdue.MERGE, calendar=WorkCalendar())
    if not joins:
        assert [one.key for one in found.left] == [overdue.key, following.key]
        assert found.windows == {overdue.key: (TODAY, CATCH_UP_ENDS)}
        return
    (left,) = found.left
    assert (left.key, left.absorbed) == (following.key, ("m1-monthly/monthly/1", "m1-weekly/weekly/4"))
    assert found.windows == {following.key: (opens, CATCH_UP_ENDS)}
    assert values(left)["count"] == "1"


def test_a_next_date_that_is_late_itself_is_counted() -> None:
    overdue = an_occurrence(k=1, due=date(2026, 2, 1))
    late = an_occurrence(k=2, due=date(2026, 3, 1), earliest=date(2026, 2, 26), latest=date(2026, 3, 7))
    found = made_good([overdue, late], start=TODAY, policy=Overdue.MERGE, calendar=WorkCalendar())
    (left,) = found.left
    assert values(left) == {
        "key": late.key,
        "first_due": "2026-02-01",
        "due": "2026-03-01",
        "count": "2",
        "from": "2026-03-02",
    }
    assert found.windows == {late.key: (TODAY, date(2026, 3, 7))}


def test_windows_that_share_no_working_day_are_two_visits() -> None:
    # From Saturday to Sunday nobody comes.
    overdue = an_occurrence(k=1, due=date(2026, 2, 1))
    weekend = an_occurrence(k=2, due=date(2026, 3, 7), latest=date(2026, 3, 8))
    found = made_good([overdue, weekend], start=TODAY, policy=Overdue.MERGE, calendar=WorkCalendar())
    assert len(found.left) == 2


@given(
    dues=st.lists(st.integers(-90, 90), max_size=8, unique=True),
    late=st.integers(0, 20),
    policy=st.sampled_from([Overdue.STACK, Overdue.MERGE]),
)
def test_all_work_is_made_good_once_and_none_of_it_before_the_start(
    dues: list[int], late: int, policy: Overdue
) -> None:
    work = [
        an_occurrence(
            k=k, due=(due := TODAY + timedelta(days=day)), latest=due + timedelta(days=late), earliest=due
        )
        for k, day in enumerate(sorted(dues))
    ]
    found = made_good(work, start=TODAY, policy=policy, calendar=WorkCalendar())
    served = [key for one in found.left for key in (one.key, *one.absorbed)]
    assert sorted(served) == sorted(one.key for one in work)
    assert all(TODAY <= first <= last for first, last in found.windows.values())
    assert {one.key for one in found.left if is_made_good(one)} == set(found.windows)
    assert all(one.due >= TODAY for one in found.left if one.key not in found.windows)


def test_what_a_larger_level_absorbs_keeps_saying_that_it_was_late() -> None:
    late = an_occurrence(k=1, due=date(2026, 2, 27), latest=date(2026, 3, 5))
    (smaller,) = made_good([late], start=TODAY, policy=Overdue.MERGE, calendar=WorkCalendar()).left
    (left,) = combined_levels([smaller, an_occurrence(level=Level.YEARLY, due=TODAY)])
    assert is_made_good(left)
    assert values(left)["key"] == late.key
