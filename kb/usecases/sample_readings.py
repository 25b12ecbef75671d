"""Two years of the sample's meters: running hours read each month, part counters that roll over."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from random import Random

from kb.usecases.sample_data import SAMPLE_MARK
from kb.usecases.sample_history import history_start
from kb.usecases.sample_machines import Machine
from kb.usecases.sample_people import Row
from planner.model import EquipmentClass

CHINA_TIME = timezone(timedelta(hours=8))
READING_DAYS = 30
READING_HOUR = 16
WITHOUT_METER = frozenset({EquipmentClass.MAN, EquipmentClass.DRO, EquipmentClass.AUX})
COUNTS_PARTS = frozenset({EquipmentClass.DTC, EquipmentClass.LAT})
PART_CHANCE = 0.4
COUNTER_END = 1_000_000
"""A six-digit part counter starts again from nothing."""
HOURS_A_DAY = (4.0, 7.5, 10.0, 14.0, 19.0)
"""Spindle hours of a calendar day, from one shift with much set-up to three shifts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Meters:
    """Meters and what was read off them."""

    meters: tuple[Row, ...]
    readings: tuple[Row, ...]


def meters(machines: Sequence[Machine], rng: Random, today: date) -> Meters:
    """Return an hour meter for each machine with a control, and part counters for some; readings by meter and time."""
    made: list[Row] = []
    read: list[Row] = []
    for machine in machines:
        if machine.equipment_class in WITHOUT_METER:
            continue
        pace = rng.choice(HOURS_A_DAY)
        age_days = (history_start(today) - _commissioned(machine)).days
        hours = _meter(machine, "hours", f"{SAMPLE_MARK}主轴运行小时", "h", None)
        made.append(hours)
        read += _readings(hours, max(0.0, age_days * pace * 0.7), pace, rng, today, digits=1)
        if machine.equipment_class in COUNTS_PARTS and rng.random() < PART_CHANCE:
            parts = _meter(machine, "parts", f"{SAMPLE_MARK}加工件数", "parts", COUNTER_END)
            made.append(parts)
            read += _readings(
                parts, rng.randrange(COUNTER_END), pace * rng.randint(6, 45), rng, today, digits=0
            )
    return Meters(meters=tuple(made), readings=tuple(read))


def _commissioned(machine: Machine) -> date:
    day = machine.row["commissioned"]
    assert isinstance(day, date)
    return day


def _meter(machine: Machine, what: str, name: str, unit: str, rolls_over_at: int | None) -> Row:
    number = machine.id.rpartition("-")[2]
    return {
        "id": f"sample-meter-{number}-{what}",
        "code": f"SMP-M{number}-{what}",
        "equipment_id": machine.id,
        "name": name,
        "unit": unit,
        "rolls_over_at": rolls_over_at,
        "notes": "",
    }


def _readings(
    meter: Row, start: float, a_day: float, rng: Random, today: date, *, digits: int
) -> Iterator[Row]:
    end = meter["rolls_over_at"]
    value, day, number = start, history_start(today) + timedelta(days=rng.randrange(READING_DAYS)), 0
    while day < today:
        number += 1
        yield {
            "id": f"{meter['id']}-{number:03d}",
            "meter_id": meter["id"],
            "read_at": datetime(
                day.year, day.month, day.day, READING_HOUR, rng.randrange(60), tzinfo=CHINA_TIME
            ),
            "value": round(value, digits) if digits else float(int(value)),
        }
        days = READING_DAYS + rng.randint(-2, 2)
        value += a_day * days * rng.uniform(0.75, 1.15)
        if isinstance(end, int):
            value %= end
        day += timedelta(days=days)
