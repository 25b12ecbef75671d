"""Meters: totals through resets and roll-over, estimated dates."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InvalidInput
from planner.model import Meter, MeterReading
from planner.scheduling import Combined, MeterEstimate, NoEstimate, combined_due, estimated_date, totals

FIRST = datetime(2026, 1, 1, 8, tzinfo=UTC)
TODAY = date(2026, 3, 1)
STEPS = st.lists(st.integers(0, 4000), min_size=1, max_size=12)


def a_meter(rolls_over_at: str | None = None) -> Meter:
    rolls = None if rolls_over_at is None else Decimal(rolls_over_at)
    return Meter(id="sp1", equipment_id="m1", name="主轴运行", unit="h", rolls_over_at=rolls)


def readings(*values: object, every_days: int = 1) -> list[MeterReading]:
    return [
        MeterReading(read_at=FIRST + timedelta(days=every_days * n), value=Decimal(str(value)))
        for n, value in enumerate(values)
    ]


def estimate(values: list[MeterReading], next_total: int, **changes: object) -> MeterEstimate:
    return estimated_date(a_meter(), values, **{"next_total": Decimal(next_total), "today": TODAY, **changes})


@pytest.mark.parametrize(
    ("rolls_over_at", "values", "total"),
    [
        pytest.param(None, (100, 150, 180), 180, id="rising"),
        pytest.param(None, (100, 150, 20), 170, id="reset or replaced: counts from 0 again"),
        pytest.param("99999", (99_990, 5), 100_005, id="rolled over: 99999 is followed by 0"),
        pytest.param(
            "99999.9", (Decimal("99999.8"), Decimal("0.1")), Decimal("100000.1"), id="with a decimal place"
        ),
        pytest.param("99999", (60_000, 10_000), 70_000, id="half the range: that is a reset"),
        pytest.param("99999", (60_001, 10_000), 110_000, id="less than half the range: that rolled over"),
        pytest.param("99999", (400, 400), 400, id="stood still"),
    ],
)
def test_totals_run_on_through_resets_and_roll_over(
    rolls_over_at: str | None, values: tuple[object, ...], total: object
) -> None:
    assert totals(a_meter(rolls_over_at), readings(*values))[-1].value == total


@pytest.mark.parametrize(
    ("values", "total"),
    [
        pytest.param((100, 110, 0, 130), 130, id="reads 0 once, then goes on"),
        pytest.param((100, 110, 0, 0, 3, 150), 150, id="reads low several times"),
        pytest.param((100, 110, 0, 110), 110, id="back at the very value"),
        pytest.param((20, 60, 100, 0, 50, 120), 220, id="counts up again at its pace: a reset"),
        pytest.param((100, 0, 120, 0, 90), 310, id="a batch counter, nothing known of its pace"),
        pytest.param((100, 110, 120, 0), 120, id="reads 0 last"),
        pytest.param((100, 110, 0, 40), 150, id="never back at the old value: a reset"),
    ],
)
def test_a_drop_out_is_told_from_a_reset_by_the_pace(values: tuple[int, ...], total: int) -> None:
    assert totals(a_meter(), readings(*values))[-1].value == total


@pytest.mark.parametrize(
    ("corrected", "total"),
    [pytest.param(9_900, 10_000, id="1 %: a correction"), pytest.param(9_899, 19_899, id="more: a reset")],
)
def test_a_small_step_back_is_a_correction(corrected: int, total: int) -> None:
    assert totals(a_meter(), readings(10_000, corrected))[-1].value == total


@pytest.mark.parametrize(
    ("name", "first", "last"), [("Spindle_Time", 6_676_938, 7_183_656), ("Part_Count", 2_379, 3_783)]
)
def test_counters_of_a_real_shop_run_on_through_their_drop_outs(
    name: str, first: int, last: int, shared: Path
) -> None:
    found: dict[datetime, Decimal] = {}
    for log in sorted((shared / "bench" / "mtconnect" / "smstestbed").glob("*.txt")):
        for line in log.read_text("utf-8", errors="replace").splitlines():
            when, *items = line.strip().split("|")
            for item, value in zip(items[::2], items[1::2], strict=False):
                if item == name and value != "UNAVAILABLE":
                    found[datetime.fromisoformat(f"{when[:19]}+00:00")] = Decimal(value)
    if not found:
        pytest.skip("the shop's logs are not there")
    counted = totals(a_meter(), [MeterReading(read_at=at, value=value) for at, value in found.items()])
    assert counted[0].value == first
    assert abs(counted[-1].value - last) < 1


def test_the_date_is_today_plus_what_is_left_by_the_average_per_day() -> None:
    # 8 hours a day for 59 days up to today: 472 hours run, 528 left, 16 of them kept ahead.
    values = [MeterReading(read_at=FIRST + timedelta(days=n), value=Decimal(8 * n)) for n in range(60)]
    found = estimate(values, 1000, ahead=Decimal(16))
    assert found.average_per_day == 8
    assert found.due == TODAY + timedelta(days=64)
    assert found.why_not is None


def test_an_older_reading_is_carried_forward_to_today() -> None:
    values = [MeterReading(read_at=FIRST + timedelta(days=n), value=Decimal(8 * n)) for n in range(60)]
    later = TODAY + timedelta(days=10)
    assert estimate(values, 1000, today=later).due == estimate(values, 1000).due == TODAY + timedelta(days=66)


def test_the_average_is_taken_over_the_window_only() -> None:
    slow_then_fast = [*readings(*range(0, 30)), *readings()]
    fast = [
        MeterReading(read_at=FIRST + timedelta(days=30 + n), value=Decimal(30 + 10 * n)) for n in range(30)
    ]
    found = estimate([*slow_then_fast, *fast], 1000, window=timedelta(days=20))
    assert found.average_per_day == 10


def test_a_reading_before_the_window_opens_it_where_only_one_lies_inside() -> None:
    found = estimate(readings(0, 590, every_days=59), 1000, window=timedelta(days=30))
    assert found.average_per_day == 10


@pytest.mark.parametrize(
    ("since_days", "why_not"),
    [pytest.param(60, None, id="60 days old"), pytest.param(61, NoEstimate.STALE, id="61 days old")],
)
def test_a_stale_reading_gives_no_date(since_days: int, why_not: NoEstimate | None) -> None:
    values = readings(0, 100, every_days=30)
    today = values[-1].read_at.date() + timedelta(days=since_days)
    found = estimate(values, 10_000, today=today, window=timedelta(days=120))
    assert found.why_not is why_not
    assert (found.due is None) is (why_not is not None)


@pytest.mark.parametrize(
    ("values", "why_not"),
    [
        pytest.param([], NoEstimate.NO_READING, id="none"),
        pytest.param(readings(5, every_days=1), NoEstimate.TOO_FEW_READINGS, id="one"),
        pytest.param(readings(5, 5, every_days=50), NoEstimate.DOES_NOT_RUN, id="stands still"),
    ],
)
def test_a_meter_without_an_honest_pace_says_why(values: list[MeterReading], why_not: NoEstimate) -> None:
    found = estimate(values, 100)
    assert (found.due, found.why_not) == (None, why_not)


def test_a_value_that_was_passed_is_due_today_even_by_a_stale_reading() -> None:
    found = estimate(readings(90, 120), 100, stale_after=timedelta(days=1))
    assert (found.due, found.why_not) == (TODAY, None)


def test_so_slow_a_meter_that_no_calendar_holds_its_date_gives_none() -> None:
    found = estimate(readings(0, "0.0001", every_days=59), 10_000)
    assert (found.due, found.why_not) == (None, NoEstimate.DOES_NOT_RUN)


def test_readings_after_today_are_not_known_yet() -> None:
    values = readings(0, 100, 900, every_days=40)
    assert estimate(values, 1000, today=date(2026, 2, 15)).current == 100


@pytest.mark.parametrize(
    ("meter_due", "rule", "due"),
    [
        pytest.param(date(2026, 5, 1), Combined.ANY, date(2026, 4, 1), id="any takes the earlier"),
        pytest.param(date(2026, 5, 1), Combined.ALL, date(2026, 5, 1), id="all takes the later"),
        pytest.param(date(2026, 3, 1), Combined.ANY, date(2026, 3, 1), id="any with an early meter"),
        pytest.param(None, Combined.ANY, date(2026, 4, 1), id="no meter date: calendar"),
        pytest.param(None, Combined.ALL, date(2026, 4, 1), id="no meter date, all: calendar"),
    ],
)
def test_calendar_and_meter_combine(meter_due: date | None, rule: Combined, due: date) -> None:
    assert combined_due(date(2026, 4, 1), meter_due, rule) == due


def test_impossible_readings_are_all_told_at_once() -> None:
    naive = MeterReading(read_at=FIRST.replace(tzinfo=None), value=Decimal(-1))
    beyond = MeterReading(read_at=FIRST, value=Decimal(1000))
    with pytest.raises(InvalidInput, match="has no time zone") as refused:
        totals(a_meter("999"), [naive, beyond])
    assert len(refused.value.faults) == 3


def test_two_values_of_one_instant_are_refused_and_the_same_twice_is_one() -> None:
    with pytest.raises(InvalidInput, match="several values at"):
        totals(a_meter(), [*readings(1), *readings(2)])
    assert len(totals(a_meter(), [*readings(1), *readings(1)])) == 1


def test_impossible_questions_are_refused_together() -> None:
    with pytest.raises(InvalidInput, match="-1 ahead; it must be at least 0") as refused:
        estimate(readings(1), 10, ahead=Decimal(-1), window=timedelta(0), stale_after=timedelta(0))
    assert len(refused.value.faults) == 3


@given(steps=st.lists(st.integers(0, 700), min_size=1, max_size=12), start=st.integers(9_000, 9_999))
def test_a_meter_that_rolls_over_tells_what_one_without_end_would(steps: list[int], start: int) -> None:
    endless, shown, value = [start], [start], start
    for step in steps:
        value += step
        endless.append(value)
        shown.append(value % 10_000)
    found = totals(a_meter("9999"), readings(*shown))
    assert [total.value for total in found] == endless


@given(steps=STEPS, resets=st.sets(st.integers(1, 11)))
def test_totals_never_fall_whatever_is_reset(steps: list[int], resets: set[int]) -> None:
    shown = [0]
    for number, step in enumerate(steps, start=1):
        shown.append(step if number in resets else shown[-1] + step)
    values = [total.value for total in totals(a_meter(), readings(*shown))]
    assert values == sorted(values)


@given(pace=st.integers(1, 24), hours=st.integers(1, 5000), ahead=st.integers(0, 500))
def test_a_steady_meter_is_met_to_the_day(pace: int, hours: int, ahead: int) -> None:
    values = [MeterReading(read_at=FIRST + timedelta(days=n), value=Decimal(pace * n)) for n in range(60)]
    found = estimate(values, pace * 59 + hours, ahead=Decimal(ahead))
    assert found.due == TODAY + timedelta(days=max(0, (hours - ahead) // pace))
