"""What generating again changed."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InvalidInput
from planner.model import TimeSpan, Visit, VisitState
from planner.scheduling import Moved, difference, is_settled
from tests.builders import a_visit, an_occurrence

DAY = date(2026, 3, 2)
STATES = st.sampled_from(VisitState)


@st.composite
def plans(draw: st.DrawFn) -> list[Visit]:
    keys = draw(st.sets(st.integers(0, 6)))
    return [
        a_visit(
            key=f"s1/{key}",
            day=DAY + timedelta(days=draw(st.integers(0, 2))),
            technician_id=draw(st.sampled_from(["t1", "t2", None])),
            state=draw(STATES),
            locked=draw(st.booleans()),
        )
        for key in sorted(keys)
    ]


def test_visits_are_added_moved_removed_or_unchanged_by_their_key() -> None:
    stays, goes, moves = a_visit(key="a"), a_visit(key="b"), a_visit(key="c")
    comes, moved = a_visit(key="d"), replace(moves, day=DAY + timedelta(days=9))
    found = difference([stays, goes, moves], [comes, moved, stays])
    assert (found.added, found.removed, found.unchanged) == ((comes,), (goes,), (stays,))
    assert found.moved == (Moved(before=moves, after=moved, fields=("day",)),)
    assert found.visits == (stays, comes, moved)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        pytest.param({"day": DAY + timedelta(days=1)}, "day", id="day"),
        pytest.param({"technician_id": "t9"}, "technician", id="technician"),
        pytest.param({"hours": TimeSpan(start=time(9), end=time(10))}, "hours", id="hours"),
        pytest.param({"occurrences": (an_occurrence(k=9),)}, "work", id="work"),
    ],
)
def test_a_visit_whose_people_would_notice_is_moved(change: dict[str, object], name: str) -> None:
    before = a_visit(day=DAY)
    (moved,) = difference([before], [replace(before, **change)]).moved
    assert moved.fields == (name,)


@pytest.mark.parametrize("change", [{"reasons": ()}, {"state": VisitState.CALLED}], ids=["reasons", "state"])
def test_a_visit_whose_people_would_not_notice_is_unchanged(change: dict[str, object]) -> None:
    before = a_visit(state=VisitState.FORECAST)
    after = replace(before, **change)
    assert difference([before], [after]).unchanged == (after,)


@pytest.mark.parametrize(
    ("changes", "stays"),
    [
        pytest.param({"locked": True}, True, id="locked"),
        pytest.param({"state": VisitState.DONE}, True, id="done"),
        pytest.param({"state": VisitState.PARTLY_DONE}, True, id="partly done"),
        pytest.param({"state": VisitState.MISSED}, True, id="missed"),
        pytest.param({"state": VisitState.CANCELLED}, True, id="cancelled"),
        pytest.param({"state": VisitState.BOOKED}, False, id="booked"),
        pytest.param({"state": VisitState.CALLED}, False, id="called"),
    ],
)
def test_done_and_frozen_visits_never_move_nor_vanish(changes: dict[str, object], stays: bool) -> None:
    before = a_visit(**changes)
    elsewhere = replace(before, day=before.day + timedelta(days=1))
    assert is_settled(before) is stays
    assert bool(difference([before], [elsewhere]).unchanged) is stays
    assert bool(difference([before], []).unchanged) is stays


def test_a_key_that_comes_twice_is_refused_on_both_sides() -> None:
    twice = [a_visit(), a_visit()]
    with pytest.raises(InvalidInput, match="2 times in the plan before") as refused:
        difference(twice, twice)
    assert len(refused.value.faults) == 2


@given(visits=plans())
def test_generating_again_from_the_same_input_changes_nothing(visits: list[Visit]) -> None:
    found = difference(visits, list(reversed(visits)))
    assert (found.added, found.moved, found.removed) == ((), (), ())
    assert sorted(one.key for one in found.unchanged) == sorted(one.key for one in visits)


@given(before=plans(), after=plans())
def test_every_visit_is_told_exactly_once_and_a_second_run_is_quiet(
    before: list[Visit], after: list[Visit]
) -> None:
    found = difference(before, after)
    told = [one.key for one in (*found.added, *found.removed, *found.unchanged)]
    told += [one.after.key for one in found.moved]
    assert sorted(told) == sorted({one.key for one in (*before, *after)})
    assert {one for one in before if is_settled(one)} <= set(found.unchanged)
    assert all(one.fields for one in found.moved)
    again = difference(found.visits, after)
    assert (again.added, again.moved) == ((), ())
    assert again.removed == ()
