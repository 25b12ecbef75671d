"""One machine among its like, and the order of advice."""

from statistics import quantiles

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InvalidInput
from planner.faults.versions import compare_versions
from planner.reliability.advice import Advice, AdviceKind, Evidence, gravest_first
from planner.reliability.fleet import fleet_place, version_place

values = st.floats(-1e6, 1e6, allow_nan=False)
SEEN = (Evidence(kind="value", reference="T207"),)


@given(values, st.lists(values, max_size=12))
def test_the_place_holds_for_any_order_and_counts_everybody(own: float, others: list[float]) -> None:
    place = fleet_place(own, others)
    assert place == fleet_place(own, others[::-1])
    assert place.machines == len(others) + 1
    assert 1 <= place.rank <= place.machines
    assert place.low <= place.middle <= place.high
    if place.machines < 8 or place.low <= own <= place.high:
        assert place.outlier == ""


def test_an_outlier_needs_eight_machines_and_more_than_one_and_a_half_ranges() -> None:
    others = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    low, _, high = quantiles([*others, 100.0], n=4, method="inclusive")
    fence = high + 1.5 * (high - low)
    assert fleet_place(100.0, others).outlier == "high"
    assert fleet_place(-100.0, others).outlier == "low"
    assert fleet_place(fence, others).outlier == ""
    assert fleet_place(fence + 0.01, others).outlier == "high"
    assert fleet_place(100.0, others[1:]).outlier == ""  # seven machines
    assert fleet_place(4.0, [4.0, 5.0]).rank == 1
    assert (fleet_place(4.0, []).low, fleet_place(4.0, []).machines) == (4.0, 1)


def test_a_value_that_is_no_number_is_refused() -> None:
    with pytest.raises(InvalidInput, match="must be a number"):
        fleet_place(1.0, [float("nan")])


def test_a_version_is_older_than_most_from_more_than_half_on() -> None:
    half = version_place("2.9", ["2.10", "2.10", "2.9"], compare_versions)
    assert (half.newer, half.older_than_most) == (2, False)
    more = version_place("2.9", ["2.10", "2.10", "2.11", "2.9", "不详"], compare_versions)
    assert (more.newer, more.unknown, more.older_than_most) == (3, 1, False)
    most = version_place("2.9", ["2.10", "2.10", "2.11", "2.9"], compare_versions)
    assert most.older_than_most
    assert most.counts == (("2.10", 2), ("2.9", 2), ("2.11", 1))


@given(st.permutations(list(AdviceKind)))
def test_the_gravest_advice_stands_first_whatever_the_order(kinds: list[AdviceKind]) -> None:
    found = [Advice(kind=kind, values={}, evidence=SEEN) for kind in kinds]
    assert [one.kind for one in gravest_first(found)] == list(AdviceKind)


def test_within_a_kind_urgency_decides_and_nothing_is_advised_without_evidence() -> None:
    low, high = (
        Advice(kind=AdviceKind.FINDING, values={}, evidence=SEEN, urgency=urgency) for urgency in (1, 2)
    )
    assert gravest_first([low, high]) == (high, low)
    with pytest.raises(InvalidInput, match="has no evidence"):
        Advice(kind=AdviceKind.FINDING, values={}, evidence=())
