from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planner.errors import InvalidInput
from planner.reliability import (
    Breakdown,
    ClosedJob,
    Reading,
    RepeatReason,
    count_by,
    first_time_fix,
    indicators,
    pareto,
    repeats,
    trend,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
END = START + timedelta(days=100)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def broke(
    day: float, hours: float | None = 10, *, unit: str = "m1", repair: timedelta | None = None
) -> Breakdown:
    failed = START + day * DAY
    return Breakdown(
        unit_id=unit, failed=failed, restored=None if hours is None else failed + hours * HOUR, repair=repair
    )


def test_two_failures_of_two_machines_in_a_hundred_days() -> None:
    found = indicators(
        [broke(10, 24, repair=2 * HOUR), broke(50, 48, repair=4 * HOUR)],
        units=["m1", "m2"],
        start=START,
        end=END,
    )
    assert found.failures == 2
    assert found.down == 72 * HOUR
    assert found.mtbf == (200 * DAY - 72 * HOUR) / 2
    assert found.mttr == 3 * HOUR
    assert found.mean_down == 36 * HOUR
    assert found.availability == pytest.approx(197 / 200)


def test_a_period_without_failure_has_no_mean_and_full_availability() -> None:
    found = indicators([], units=["m1"], start=START, end=END)
    assert (found.mtbf, found.mttr, found.mean_down, found.availability) == (None, None, None, 1)


def test_overlapping_breakdowns_of_a_machine_are_one_time_down_and_of_two_machines_two() -> None:
    same = indicators([broke(1, 24), broke(1.5, 24)], units=["m1"], start=START, end=END)
    other = indicators([broke(1, 24), broke(1.5, 24, unit="m2")], units=["m1", "m2"], start=START, end=END)
    assert same.down == 36 * HOUR
    assert other.down == 48 * HOUR


def test_only_the_time_inside_the_period_counts_and_an_open_breakdown_runs_to_its_end() -> None:
    found = indicators([broke(-1, 36), broke(99, None)], units=["m1"], start=START, end=END)
    assert found.failures == 1
    assert found.down == 12 * HOUR + DAY


@given(
    st.lists(st.tuples(st.floats(-20, 120), st.floats(0, 400), st.sampled_from(["m1", "m2"])), max_size=12)
)
def test_availability_is_a_share(items: list[tuple[float, float, str]]) -> None:
    found = indicators(
        [broke(day, hours, unit=unit) for day, hours, unit in items], units=["m1", "m2"], start=START, end=END
    )
    assert 0 <= found.availability <= 1
    assert found.down <= found.observed


def test_every_fault_of_the_input_is_told() -> None:
    with pytest.raises(InvalidInput) as told:
        indicators([broke(3, -1)], units=["m1"], start=END, end=START)
    assert len(told.value.faults) == 2
    with pytest.raises(InvalidInput, match="no unit is observed"):
        indicators([], units=[], start=START, end=END)


def test_pareto_adds_up_and_orders_equal_ones_by_key() -> None:
    found = pareto([("b", 1), ("a", 1), ("c", 2), ("b", 4)])
    assert [(row.key, row.weight) for row in found] == [("b", 5), ("c", 2), ("a", 1)]
    assert [round(row.up_to, 3) for row in found] == [0.625, 0.875, 1.0]
    assert pareto([]) == ()
    assert [row.key for row in count_by(["y", "x"])] == ["x", "y"]
    with pytest.raises(InvalidInput, match="a weighs -1"):
        pareto([("a", -1)])


def a_job(id: str, opened: int, closed: int, **more: object) -> ClosedJob:
    base = {"unit_id": "m1", "subsystem": "SPI", "cause": "O4", **more}
    day = date(2026, 1, 1)
    return ClosedJob(
        id=id,
        opened=day + timedelta(days=opened),
        closed=day + timedelta(days=closed),
        **base,  # type: ignore[arg-type]
    )


def test_a_job_on_the_thirtieth_day_repeats_and_on_the_next_it_does_not() -> None:
    first = a_job("1", 0, 10)
    assert len(repeats([first, a_job("2", 40, 41)], within=30 * DAY)) == 1
    assert repeats([first, a_job("2", 41, 42)], within=30 * DAY) == ()


def test_a_repeat_says_why() -> None:
    def reason(**again: object) -> RepeatReason:
        return repeats([a_job("1", 0, 1), a_job("2", 5, 6, **again)], within=30 * DAY)[0].reason

    assert reason() is RepeatReason.NOT_CURED
    assert reason(cause="E5") is RepeatReason.OTHER_CAUSE
    assert reason(cause="") is RepeatReason.UNKNOWN


def test_another_machine_or_subsystem_never_repeats() -> None:
    jobs = [a_job("1", 0, 1), a_job("2", 2, 3, unit_id="m2"), a_job("3", 4, 5, subsystem="AXS")]
    assert repeats(jobs, within=90 * DAY) == ()


def test_a_job_repeats_the_one_closed_last_and_none_that_was_still_open() -> None:
    slow, quick, again = a_job("1", 0, 80), a_job("2", 1, 2), a_job("3", 85, 86)
    assert [(one.first.id, one.again.id) for one in repeats([again, quick, slow], within=90 * DAY)] == [
        ("1", "3")
    ]
    noon = datetime(2026, 1, 11, 12, tzinfo=UTC)
    first = a_job("1", 0, 10, closed_at=noon)
    before = a_job("2", 10, 11, opened_at=noon - timedelta(seconds=1))
    at_once = a_job("2", 10, 11, opened_at=noon)
    assert repeats([first, before], within=30 * DAY) == ()
    assert [one.after for one in repeats([first, at_once], within=30 * DAY)] == [timedelta(0)]


def test_first_time_fix_is_corrected_by_what_came_back() -> None:
    jobs = [
        a_job("1", 0, 1),
        a_job("2", 20, 21),
        a_job("3", 0, 9, unit_id="m2", visits=2),
        a_job("4", 0, 1, unit_id="m3", visits=0),
        a_job("5", 80, 81, unit_id="m4"),
    ]
    found = first_time_fix(jobs, within=30 * DAY, today=date(2026, 4, 1))
    assert (found.jobs, found.one_visit, found.stayed_cured, found.open_to_change) == (4, 3, 2, 1)
    assert found.apparent == 0.75
    assert found.corrected == 0.5
    assert first_time_fix([], within=30 * DAY, today=date(2026, 4, 1)).corrected is None


def read(*values: float) -> list[Reading]:
    """One reading every thirty days."""
    return [Reading(day=date(2026, 1, 1) + n * 30 * DAY, value=value) for n, value in enumerate(values)]


def test_a_steady_growth_crosses_its_limit_on_the_day_of_the_line() -> None:
    found = trend(read(10, 11, 12, 13), limit=16)
    assert found is not None
    assert found.crossing == found.earliest == found.latest == date(2026, 1, 1) + 6 * 30 * DAY
    assert found.level == 13
    assert found.per_year == pytest.approx(365.25 / 30)


def test_one_wild_reading_does_not_bend_the_line() -> None:
    straight, wild = (
        trend(read(10, 11, 12, 13, 14, 15), limit=20),
        trend(read(10, 11, 25, 13, 14, 15), limit=20),
    )
    assert straight is not None
    assert wild is not None
    assert wild.crossing is not None
    assert straight.crossing is not None
    assert abs(wild.crossing - straight.crossing) <= 10 * DAY


def test_a_falling_reading_crosses_a_lower_limit_and_never_an_upper_one() -> None:
    falling = read(30, 29, 28, 27)
    below = trend(falling, limit=25, upper=False)
    above = trend(falling, limit=40)
    assert below is not None
    assert above is not None
    assert below.crossing == date(2026, 1, 1) + 5 * 30 * DAY
    assert above.crossing is None


def test_what_has_crossed_crosses_now_and_what_stands_still_never_does() -> None:
    over, still = trend(read(10, 12, 14, 17), limit=15), trend(read(5, 5, 5, 5), limit=15)
    assert over is not None
    assert still is not None
    assert over.crossing == date(2026, 1, 1) + 3 * 30 * DAY
    assert still.crossing is None


def test_three_readings_are_too_few_and_numbers_must_be_numbers() -> None:
    assert trend(read(1, 2, 3), limit=5) is None
    assert trend([*read(1, 2, 3), Reading(day=date(2026, 1, 1), value=4)], limit=5) is None
    with pytest.raises(InvalidInput, match=r"it must be a number.*limit is inf"):
        trend(read(1, 2, 3, float("nan")), limit=float("inf"))
