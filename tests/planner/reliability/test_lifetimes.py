import csv
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from planner.errors import InvalidInput
from planner.reliability import Breakdown, Lifetime, Replacement, bad_actors, indicators, lifetimes
from planner.reliability.weibull import fit_weibull

START = datetime(2026, 1, 1, 6)  # noqa: DTZ001 - the records of the field often have no zone


def put_in(day: int, *, after_failure: bool = True, part: str = "bearing", unit: str = "m1") -> Replacement:
    return Replacement(unit_id=unit, part=part, at=START + timedelta(days=day), after_failure=after_failure)


def test_a_life_runs_between_replacements_and_the_last_is_censored() -> None:
    (found,) = lifetimes(
        [put_in(0), put_in(30), put_in(50, after_failure=False)], until=START + timedelta(days=60)
    )
    assert found.items == (
        Lifetime(unit_id="m1", days=30, failed=True),
        Lifetime(unit_id="m1", days=20, failed=False),
        Lifetime(unit_id="m1", days=10, failed=False),
    )
    assert (found.failures, found.days, found.dropped) == (1, 60, 0)


def test_a_stretch_below_a_day_is_dropped_and_counted_and_a_whole_day_is_kept() -> None:
    almost = lifetimes([put_in(0)], until=START + timedelta(hours=23, minutes=59))[0]
    whole = lifetimes([put_in(0)], until=START + timedelta(days=1))[0]
    assert (almost.items, almost.dropped) == ((), 1)
    assert (len(whole.items), whole.dropped) == (1, 0)


def test_the_same_replacement_twice_counts_once_as_a_failure() -> None:
    (found,) = lifetimes(
        [put_in(0), put_in(9, after_failure=False), put_in(9)], until=START + timedelta(days=9, hours=1)
    )
    assert found.items == (Lifetime(unit_id="m1", days=9, failed=True),)


def test_units_and_parts_do_not_mix_and_what_is_later_is_not_seen() -> None:
    found = lifetimes(
        [put_in(0), put_in(5, unit="m2"), put_in(7, part="belt"), put_in(99)],
        until=START + timedelta(days=10),
    )
    assert [(one.part, [life.days for life in one.items]) for one in found] == [
        ("bearing", [10, 5]),
        ("belt", [3]),
    ]


def test_zoned_and_naive_instants_do_not_mix() -> None:
    with pytest.raises(InvalidInput, match="give all of one sort"):
        lifetimes([put_in(0)], until=datetime.fromisoformat("2026-02-01T00:00+08:00"))


def rows(shared: Path, name: str) -> Iterator[dict[str, str]]:
    with (shared / "bench" / "failures" / name).open(encoding="utf-8") as file:
        yield from csv.DictReader(file)


def test_a_year_of_a_hundred_machines_gives_the_known_distributions(shared: Path) -> None:
    failed = {(row["machineID"], row["failure"], row["datetime"]) for row in rows(shared, "PdM_failures.csv")}
    replaced = [
        Replacement(
            unit_id=row["machineID"],
            part=row["comp"],
            at=datetime.fromisoformat(row["datetime"]),
            after_failure=(row["machineID"], row["comp"], row["datetime"]) in failed,
        )
        for row in rows(shared, "PdM_maint.csv")
    ]
    found = []
    for lives in lifetimes(replaced, until=datetime(2016, 1, 1)):  # noqa: DTZ001 - as recorded
        fitted = fit_weibull(lives)
        assert fitted is not None
        assert fitted.wears_out
        found.append(
            (fitted.part, fitted.count, fitted.failures, round(fitted.scale_days, 1), round(fitted.shape, 2))
        )
    assert found == [
        ("comp1", 794, 183, 176.3, 1.80),
        ("comp2", 858, 256, 152.7, 1.50),
        ("comp3", 803, 128, 212.1, 1.90),
        ("comp4", 809, 176, 180.4, 1.95),
    ]


def test_a_year_of_a_hundred_machines_gives_the_known_rate_and_the_worst_machines(shared: Path) -> None:
    broke = [
        Breakdown(unit_id=row["machineID"], failed=datetime.fromisoformat(row["datetime"]))
        for row in rows(shared, "PdM_failures.csv")
    ]
    start, end = datetime(2015, 1, 1), datetime(2016, 1, 1)  # noqa: DTZ001 - as recorded
    units = [row["machineID"] for row in rows(shared, "PdM_machines.csv")]
    instantly = [Breakdown(unit_id=one.unit_id, failed=one.failed, restored=one.failed) for one in broke]
    found = indicators(instantly, units=units, start=start, end=end)
    assert (found.units, found.failures) == (100, 761)
    assert found.mtbf is not None
    assert round(found.mtbf / timedelta(days=1), 1) == 48.0
    assert [(row.key, row.weight) for row in bad_actors(broke, start=start, end=end)[:2]] == [
        ("99", 19),
        ("98", 16),
    ]
