"""What was used of a contract, by contract year."""

from datetime import date
from decimal import Decimal

from planner.model import Contract, ContractLevel, DateSpan
from planner.proposals import UsedRepair, contract_use

CONTRACT = Contract(
    id="k1",
    site_id="s1",
    level=ContractLevel.LABOUR,
    validity=DateSpan(start=date(2025, 3, 1), end=date(2027, 3, 1)),
    visits_per_year=4,
)


def test_visits_and_repairs_fall_into_the_contract_year_they_were_in() -> None:
    repairs = [
        UsedRepair(day=date(2025, 3, 1), hours=Decimal(3), parts=None),
        UsedRepair(day=date(2026, 2, 28), hours=None, parts=Decimal(120)),
        UsedRepair(day=date(2026, 3, 1), hours=Decimal(1), parts=Decimal(0)),
        UsedRepair(day=date(2025, 2, 28), hours=Decimal(9), parts=Decimal(9)),
    ]
    visits = [date(2025, 3, 1), date(2025, 6, 2), date(2025, 6, 2), date(2026, 2, 28), date(2026, 3, 1)]
    first, second = contract_use(CONTRACT, visits=visits, repairs=repairs, today=date(2026, 3, 1))
    assert (first.first, first.last, first.sold, first.done) == (date(2025, 3, 1), date(2026, 2, 28), 4, 3)
    assert (first.repairs, first.hours, first.hours_known, first.parts, first.parts_known) == (
        2,
        3,
        1,
        120,
        1,
    )
    assert (second.sold, second.done, second.repairs) == (4, 1, 1)


def test_a_year_that_has_not_begun_is_left_out() -> None:
    assert len(contract_use(CONTRACT, visits=[], repairs=[], today=date(2026, 2, 28))) == 1
    assert contract_use(CONTRACT, visits=[], repairs=[], today=date(2025, 2, 28)) == ()
