"""Plans refuse impossible amounts, all at once."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from planner.errors import InvalidInput
from planner.model import Interval, IntervalUnit
from tests.builders import a_plan

A_BIT_LESS = timedelta(microseconds=-1)


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        pytest.param({"late": A_BIT_LESS}, "late limit", id="late"),
        pytest.param({"early": A_BIT_LESS}, "early limit", id="early"),
        pytest.param({"lead": A_BIT_LESS}, "lead", id="lead"),
        pytest.param({"first_k": -1}, "first k -1", id="first k"),
        pytest.param({"late_factor_percent": Decimal("-0.1")}, "late factor", id="late factor"),
        pytest.param({"early_factor_percent": Decimal("-0.1")}, "early factor", id="early factor"),
        pytest.param({"tolerance_percent": Decimal("-0.1")}, "tolerance", id="tolerance"),
        pytest.param({"duration": timedelta(0)}, "duration", id="duration"),
    ],
)
def test_a_plan_refuses_an_amount_below_its_bound(changes: dict[str, Any], fault: str) -> None:
    with pytest.raises(InvalidInput, match=f"plan m1-monthly has {fault}") as refused:
        a_plan(**changes)
    assert len(refused.value.faults) == 1


def test_a_plan_takes_amounts_at_their_bounds() -> None:
    none = timedelta(0)
    plan = a_plan(
        late=none, early=none, lead=none, tolerance_percent=Decimal(0), duration=timedelta(minutes=1)
    )
    assert (plan.late, plan.early, plan.lead) == (none, none, none)


def test_a_plan_tells_every_fault_at_once() -> None:
    with pytest.raises(InvalidInput, match="late limit") as refused:
        a_plan(late=A_BIT_LESS, first_k=-1, duration=timedelta(0))
    assert len(refused.value.faults) == 3


def test_an_interval_counts_at_least_one() -> None:
    assert Interval(count=1, unit=IntervalUnit.DAYS).count == 1
    with pytest.raises(InvalidInput, match="interval counts 0 months; it must count at least 1"):
        Interval(count=0, unit=IntervalUnit.MONTHS)
