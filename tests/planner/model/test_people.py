"""A skill that rests on a certificate counts from its first day to its last, and on no other."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InvalidInput
from planner.model import Certificate
from planner.model.people import certificate_changes
from tests.builders import a_technician

FIRST, LAST = date(2026, 3, 2), date(2026, 5, 31)
ONE_DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        pytest.param(FIRST - ONE_DAY, False, id="the day before it begins"),
        pytest.param(FIRST, True, id="its first day"),
        pytest.param(LAST, True, id="its last day"),
        pytest.param(LAST + ONE_DAY, False, id="the day behind it"),
    ],
)
def test_a_certified_skill_counts_on_the_days_of_its_certificate(day: date, counts: bool) -> None:
    person = a_technician(
        skills=frozenset({"dro"}),
        certificates=(Certificate(skill="high_voltage", first_day=FIRST, last_day=LAST),),
    )
    assert person.skills_on(day) == ({"dro", "high_voltage"} if counts else {"dro"})
    assert person.skills_ever == {"dro", "high_voltage"}


def test_a_renewed_certificate_leaves_the_gap_between_the_two() -> None:
    person = a_technician(
        certificates=(
            Certificate(skill="a", first_day=FIRST, last_day=LAST, code="Z1"),
            Certificate(skill="a", first_day=LAST + 5 * ONE_DAY, code="Z2"),
        )
    )
    in_the_gap = [LAST + ONE_DAY * n for n in range(1, 5)]
    assert [person.skills_on(day) for day in in_the_gap] == [frozenset()] * 4
    assert person.skills_on(date.max) == {"a"}
    assert {(person.last_proof("a", day) or person).code for day in in_the_gap} == {"Z1"}  # type: ignore[union-attr]
    assert person.last_proof("a", LAST) is None
    assert person.last_proof("b", LAST) is None


def test_a_certificate_that_has_not_begun_is_told_as_the_proof_that_is_missing() -> None:
    coming = Certificate(skill="a", first_day=LAST, code="Z9")
    assert a_technician(certificates=(coming,)).last_proof("a", FIRST) is coming


def test_a_certificate_of_one_day_is_possible_and_one_of_less_is_refused() -> None:
    assert Certificate(skill="a", first_day=FIRST, last_day=FIRST).is_valid_on(FIRST)
    with pytest.raises(
        InvalidInput, match="certificate Z1 is valid from 2026-03-02 to 2026-03-01; the last day"
    ):
        Certificate(skill="a", first_day=FIRST, last_day=FIRST - ONE_DAY, code="Z1")


@given(
    spans=st.lists(st.tuples(st.integers(-5, 25), st.integers(0, 12) | st.none()), max_size=4),
    length=st.integers(0, 20),
)
def test_between_two_changes_the_same_skills_count(spans: list[tuple[int, int | None]], length: int) -> None:
    proofs = tuple(
        Certificate(
            skill="ab"[number % 2],
            first_day=FIRST + ONE_DAY * begin,
            last_day=None if days is None else FIRST + ONE_DAY * (begin + days),
        )
        for number, (begin, days) in enumerate(spans)
    )
    person = a_technician(certificates=proofs)
    changes = certificate_changes(proofs, FIRST, FIRST + ONE_DAY * length)
    for number in range(1, length + 1):
        day = FIRST + ONE_DAY * number
        if person.skills_on(day) != person.skills_on(day - ONE_DAY):
            assert day in changes
    assert all(FIRST < day <= FIRST + ONE_DAY * length for day in changes)
