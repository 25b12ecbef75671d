"""Three levels side by side, each line quantity times price, each level holding the smaller one's lines."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InvalidInput
from planner.model import ContractLevel, Level
from planner.proposals import (
    Basis,
    Forecast,
    Item,
    PartClass,
    PartPrice,
    PriceBook,
    Record,
    Repairs,
    Request,
    Trip,
    VisitWork,
    assumed,
    forecast,
    options,
    part_needs,
)

BOOK = PriceBook(
    labour_hour=Decimal(200),
    travel_hour=Decimal(100),
    kilometre=Decimal(2),
    margin_percent=Decimal(10),
    risk_percent=Decimal(20),
    repair_hours=Decimal(5),
    repair_parts=Decimal(1000),
    parts=(
        PartPrice(
            name="滤芯",
            part_class=PartClass.MAINTENANCE,
            equipment_class="VMC",
            every_months=6,
            price=Decimal(50),
            source="T301",
        ),
        PartPrice(name="电池", part_class=PartClass.WEARING, every_months=24, price=Decimal(80)),
    ),
)
TWO_A_YEAR = Forecast(mean=2.0, low=0, high=5, own_failures=4, own_years=2.0, fleet_rate=1.0)
REQUEST = Request(
    works=(
        VisitWork(equipment_id="m1", equipment_class="VMC", level=Level.QUARTERLY, times=4, minutes=90),
        VisitWork(equipment_id="m2", equipment_class="LAT", level=Level.YEARLY, times=1, minutes=240),
    ),
    trips=4,
    trip=Trip(minutes=Decimal(90), kilometres=Decimal(60), is_measured=True),
    failures=TWO_A_YEAR,
    repairs=Repairs(),
)


def test_each_line_is_quantity_times_price_with_what_it_rests_on() -> None:
    inspection, labour, all_in = options(REQUEST, BOOK)
    told = {(one.item, one.note): (one.quantity, one.price, one.amount, one.bases) for one in all_in.lines}
    assert told == {
        (Item.INSPECTION_LABOUR, ""): (Decimal(10), 200, 2000, (Basis.CHECKLISTS,)),
        (Item.INSPECTION_TRAVEL_TIME, ""): (Decimal(6), 100, 600, (Basis.RECORDS,)),
        (Item.INSPECTION_KILOMETRES, ""): (Decimal(240), 2, 480, (Basis.RECORDS,)),
        (Item.MAINTENANCE_PARTS, "滤芯"): (Decimal(2), 55, 110, (Basis.PRICE_BOOK,)),
        (Item.MAINTENANCE_PARTS, "电池"): (Decimal(1), 88, 88, (Basis.ASSUMED,)),
        (Item.REPAIR_LABOUR, ""): (Decimal(10), 200, 2000, (Basis.RECORDS, Basis.ASSUMED)),
        (Item.REPAIR_TRAVEL_TIME, ""): (Decimal(3), 100, 300, (Basis.RECORDS,)),
        (Item.REPAIR_KILOMETRES, ""): (Decimal(120), 2, 240, (Basis.RECORDS,)),
        (Item.REPAIR_PARTS, ""): (Decimal(2), 1100, 2200, (Basis.RECORDS, Basis.ASSUMED)),
        (Item.RISK, ""): (Decimal(20), 4740, 948, (Basis.ASSUMED,)),
    }
    assert (inspection.price, labour.price, all_in.price) == (3278, 3278 + 2540 + 508, 3278 + 4740 + 948)
    assert (inspection.left_to_customer, labour.left_to_customer, all_in.left_to_customer) == (4740, 2200, 0)


def test_own_records_stand_before_assumptions() -> None:
    known = replace(REQUEST, repairs=Repairs(hours=Decimal(3), parts=Decimal(400)))
    lines = {one.item: one for one in options(known, BOOK)[2].lines}
    assert (lines[Item.REPAIR_LABOUR].quantity, lines[Item.REPAIR_LABOUR].bases) == (6, (Basis.RECORDS,))
    assert (lines[Item.REPAIR_PARTS].price, lines[Item.REPAIR_PARTS].bases) == (440, (Basis.RECORDS,))


def test_savings_are_told_only_where_somebody_assumed_them() -> None:
    assert options(REQUEST, BOOK)[0].avoided is None
    bold = replace(BOOK, avoidable_percent=Decimal(25), downtime_hour=Decimal(400))
    assert options(REQUEST, bold)[0].avoided is None
    known = replace(REQUEST, repairs=Repairs(downtime_hours=Decimal(8)))
    assert options(known, bold)[0].avoided == (1600, 0, 4000)
    assert options(REQUEST, replace(bold, downtime_hours=Decimal(4)))[0].avoided == (800, 0, 2000)


def test_an_adjustment_by_hand_moves_one_level_and_no_price_falls_below_nothing() -> None:
    cheaper = replace(REQUEST, adjustments=((ContractLevel.LABOUR, Decimal("-326.4"), "老客户"),))
    inspection, labour, _ = options(cheaper, BOOK)
    assert (inspection.price, labour.price, labour.reason) == (3278, 6000, "老客户")
    free = replace(REQUEST, adjustments=((ContractLevel.INSPECTION, Decimal(-1_000_000), "试用"),))
    assert options(free, BOOK)[0].price == 0


def test_parts_are_counted_on_the_machines_that_take_them() -> None:
    needs = part_needs(REQUEST.works, BOOK)
    assert [(one.part.name, one.machines, one.quantity) for one in needs] == [("滤芯", 1, 2), ("电池", 2, 1)]


def test_every_number_out_of_bounds_is_told() -> None:
    with pytest.raises(InvalidInput, match="both must be at least 0") as caught:
        options(
            replace(
                REQUEST,
                trips=-1,
                works=(replace(REQUEST.works[0], times=-1), replace(REQUEST.works[1], minutes=-1)),
            ),
            BOOK,
        )
    assert len(caught.value.faults) == 3
    with pytest.raises(InvalidInput, match="labour a hour is -1") as caught:
        replace(
            BOOK,
            labour_hour=Decimal(-1),
            avoidable_percent=Decimal("100.01"),
            parts=(replace(BOOK.parts[0], name="", every_months=0, quantity=Decimal(0), price=Decimal(-1)),),
        )
    assert len(caught.value.faults) == 6


@given(
    st.floats(0, 50),
    st.integers(0, 12),
    st.integers(0, 500),
    st.decimals(0, 1000, places=2),
    st.decimals(0, 100, places=1),
)
def test_a_larger_level_never_costs_less_and_leaves_no_more_to_the_customer(
    mean: float, trips: int, minutes: int, labour: Decimal, risk: Decimal
) -> None:
    request = replace(
        REQUEST,
        trips=trips,
        works=(replace(REQUEST.works[0], minutes=minutes),),
        failures=replace(TWO_A_YEAR, mean=mean),
    )
    found = options(request, replace(BOOK, labour_hour=labour, risk_percent=risk))
    prices = [one.price for one in found]
    left = [one.left_to_customer for one in found]
    assert prices == sorted(prices)
    assert left == sorted(left, reverse=True)
    for one in found:
        assert abs(sum(line.amount for line in one.lines) - one.price) <= Decimal("0.5")


def test_a_forecast_lies_between_own_record_and_fleet_and_narrows_with_years() -> None:
    fleet = Record(machines=100, failures=100, machine_years=100)
    nothing = forecast(Record(machines=1, failures=0, machine_years=0), fleet)
    assert (nothing.mean, nothing.low, nothing.high) == (1.0, 0, 4)
    short = forecast(Record(machines=1, failures=4, machine_years=1), fleet)
    long = forecast(Record(machines=1, failures=40, machine_years=10), fleet)
    assert short.mean == 2.5
    assert short.mean < long.mean < 4
    assert (long.low, long.high) == (1, 7)
    assert (
        forecast(
            Record(machines=3, failures=0, machine_years=3), Record(machines=3, failures=0, machine_years=3)
        ).high
        == 0
    )


@given(st.integers(0, 200), st.floats(0, 50), st.integers(0, 50), st.integers(0, 500), st.floats(0.1, 500))
def test_a_forecast_holds_its_mean_and_grows_with_the_machines(
    failures: int, years: float, machines: int, others: int, fleet_years: float
) -> None:
    fleet = Record(machines=100, failures=others, machine_years=fleet_years)
    one = forecast(Record(machines=machines, failures=failures, machine_years=years), fleet)
    more = forecast(Record(machines=machines + 1, failures=failures, machine_years=years), fleet)
    assert one.low <= one.high
    assert one.low <= one.mean + 1
    assert one.mean <= more.mean
    assert one.high <= more.high


def test_an_assumed_number_has_the_range_of_chance() -> None:
    assert [(one.low, one.high) for one in (assumed(0), assumed(2), assumed(50))] == [
        (0, 0),
        (0, 5),
        (39, 62),
    ]
    with pytest.raises(InvalidInput, match="-1 failures a year"):
        assumed(-1)


def test_a_record_below_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput, match="machine-years: -1") as caught:
        forecast(
            Record(machines=-1, failures=-1, machine_years=-1),
            Record(machines=1, failures=float("nan"), machine_years=0),  # type: ignore[arg-type]
        )
    assert len(caught.value.faults) == 4
