from datetime import date

import pytest

from planner.faults import Cover, Ground, Priority, entitlement, priority
from planner.model import ContractLevel, DateSpan, MachineState
from tests.builders import a_contract

WARRANTY = DateSpan(start=date(2025, 3, 1), end=date(2026, 3, 1))
YEAR = DateSpan(start=date(2026, 1, 1), end=date(2027, 1, 1))


@pytest.mark.parametrize(
    ("effect", "dangerous", "line", "expected"),
    [
        (MachineState.STOPPED, False, False, Priority.P2),
        (MachineState.DEGRADED, False, False, Priority.P3),
        (MachineState.RUNNING, False, False, Priority.P4),
        (MachineState.RUNNING, True, False, Priority.P1),
        (MachineState.STOPPED, False, True, Priority.P1),
        (MachineState.RUNNING, False, True, Priority.P3),
    ],
)
def test_priority_follows_effect_and_danger(
    effect: MachineState, dangerous: bool, line: bool, expected: Priority
) -> None:
    assert priority(effect, is_dangerous=dangerous, stops_a_line=line) is expected


def test_warranty_pays_up_to_its_last_day() -> None:
    kept = entitlement(date(2026, 2, 28), warranty=WARRANTY, contracts=[])
    assert (kept.cover, kept.ground, kept.until) == (Cover.FREE, Ground.WARRANTY, date(2026, 2, 28))
    over = entitlement(date(2026, 3, 1), warranty=WARRANTY, contracts=[])
    assert (over.cover, over.ground, over.until) == (Cover.BILLED, Ground.WARRANTY_OVER, date(2026, 2, 28))


@pytest.mark.parametrize(
    ("level", "cover"),
    [
        (ContractLevel.ALL_IN, Cover.FREE),
        (ContractLevel.LABOUR, Cover.PARTLY),
        (ContractLevel.INSPECTION, Cover.BILLED),
    ],
)
def test_a_contract_pays_by_its_level(level: ContractLevel, cover: Cover) -> None:
    found = entitlement(date(2026, 5, 1), warranty=None, contracts=[a_contract(level=level, validity=YEAR)])
    assert found.cover is cover
    assert found.contract_id == "k1"
    assert found.until == date(2026, 12, 31)


def test_the_best_of_several_contracts_decides() -> None:
    several = [
        a_contract(id="k1", level=ContractLevel.INSPECTION, validity=YEAR),
        a_contract(id="k2", level=ContractLevel.ALL_IN, validity=YEAR),
    ]
    assert entitlement(date(2026, 5, 1), warranty=None, contracts=several).contract_id == "k2"


def test_a_contract_that_is_over_is_named() -> None:
    found = entitlement(date(2027, 1, 1), warranty=WARRANTY, contracts=[a_contract(validity=YEAR)])
    assert (found.ground, found.until) == (Ground.CONTRACT_OVER, date(2026, 12, 31))


def test_nothing_known_is_billed() -> None:
    assert entitlement(date(2026, 5, 1), warranty=None, contracts=[]).ground is Ground.NOTHING_AGREED


def test_wrong_use_is_billed_even_in_warranty() -> None:
    found = entitlement(date(2025, 5, 1), warranty=WARRANTY, contracts=[], is_operating_error=True)
    assert (found.cover, found.ground) == (Cover.BILLED, Ground.OPERATING_ERROR)
