"""Contracts refuse impossible amounts."""

from datetime import timedelta

import pytest

from planner.errors import InvalidInput
from tests.builders import a_contract


def test_a_contract_may_sell_no_visit_and_agree_on_no_spacing() -> None:
    contract = a_contract(visits_per_year=0, min_spacing=timedelta(0))
    assert contract.visits_per_year == 0


def test_a_contract_tells_every_fault_at_once() -> None:
    with pytest.raises(
        InvalidInput, match="contract k1 has -1 visits a year; it must have at least 0"
    ) as refused:
        a_contract(visits_per_year=-1, min_spacing=timedelta(days=-1))
    assert len(refused.value.faults) == 2
