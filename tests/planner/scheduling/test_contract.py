"""Contract guard."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.model import DateSpan
from planner.scheduling import contract_balance, contract_shortfalls, contract_years
from tests.builders import a_contract

DAYS = st.dates(min_value=date(2024, 1, 1), max_value=date(2029, 12, 31))


def visits(*texts: str) -> list[date]:
    return [date.fromisoformat(text) for text in texts]


def test_contract_years_count_from_the_first_day_and_end_with_the_contract() -> None:
    contract = a_contract(validity=DateSpan(start=date(2024, 2, 29), end=date(2026, 9, 1)))
    assert [(span.start, span.end) for span in contract_years(contract)] == [
        (date(2024, 2, 29), date(2025, 2, 28)),
        (date(2025, 2, 28), date(2026, 2, 28)),
        (date(2026, 2, 28), date(2026, 9, 1)),
    ]


@pytest.mark.parametrize(
    ("days", "short"),
    [
        pytest.param(
            ("2026-01-01", "2026-04-01", "2026-07-01", "2026-12-31"), 0, id="as sold, at both edges"
        ),
        pytest.param(("2026-01-01", "2026-04-01", "2026-07-01"), 1, id="one short"),
        pytest.param(("2026-01-01", "2026-04-01", "2026-07-01", "2027-01-01"), 1, id="one a day too late"),
        pytest.param(("2026-01-05", "2026-01-05", "2026-01-06", "2026-01-07"), 1, id="one day counts once"),
        pytest.param((), 4, id="none"),
    ],
)
def test_a_contract_year_with_fewer_visits_than_sold_is_told(days: tuple[str, ...], short: int) -> None:
    assert sum(year.short for year in contract_shortfalls(a_contract(), visits(*days))) == short


def test_each_year_has_its_own_count() -> None:
    contract = a_contract(validity=DateSpan(start=date(2025, 7, 1), end=date(2027, 7, 1)), visits_per_year=1)
    (short,) = contract_shortfalls(contract, visits("2025-08-01", "2025-09-01"))
    assert (short.number, short.sold, short.planned, short.span.start) == (2, 1, 0, date(2026, 7, 1))


@pytest.mark.parametrize(
    ("end", "sold"),
    [
        pytest.param(date(2026, 7, 2), 2, id="182 days of 365"),
        pytest.param(date(2026, 2, 15), 0, id="45 days: less than half a visit"),
        pytest.param(date(2026, 2, 16), 1, id="46 days: half a visit and more"),
    ],
)
def test_a_year_cut_short_by_the_end_of_the_contract_has_its_share(end: date, sold: int) -> None:
    contract = a_contract(validity=DateSpan(start=date(2026, 1, 1), end=end))
    assert contract_balance(contract, []).years[0].sold == sold


def test_visits_outside_the_contract_and_too_near_to_each_other_are_told() -> None:
    contract = a_contract(min_spacing=timedelta(days=60), visits_per_year=0)
    days = visits("2025-12-31", "2026-01-01", "2026-03-02", "2026-04-30", "2027-01-01")
    faults = [dict(reason.values) for reason in contract_balance(contract, days).faults]
    assert [(one["why"], one["day"]) for one in faults] == [
        ("outside_validity", "2025-12-31"),
        ("outside_validity", "2027-01-01"),
        ("too_close", "2026-04-30"),
    ]
    assert (faults[2]["days"], faults[2]["least"]) == ("59", "60")


@given(start=DAYS, length=st.integers(1, 2000), sold=st.integers(0, 12), days=st.lists(DAYS, max_size=30))
def test_years_tile_the_contract_and_every_visit_is_counted_or_outside(
    start: date, length: int, sold: int, days: list[date]
) -> None:
    span = DateSpan(start=start, end=start + timedelta(days=length))
    balance = contract_balance(a_contract(validity=span, visits_per_year=sold), days)
    assert balance.years[0].span.start == span.start
    assert balance.years[-1].span.end == span.end
    for before, after in zip(balance.years, balance.years[1:], strict=False):
        assert before.span.end == after.span.start
        assert before.sold == sold
    outside = [one for one in balance.faults if dict(one.values)["why"] == "outside_validity"]
    assert sum(year.planned for year in balance.years) + len(outside) == len(set(days))
