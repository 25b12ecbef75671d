"""Two years of the sample's work orders: repairs with their codes, parts and times, a few measured values, reports of today."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, timezone
from random import Random

from kb.usecases.sample_data import SAMPLE_MARK
from kb.usecases.sample_history import history_start
from kb.usecases.sample_machines import Machine
from kb.usecases.sample_people import Row
from planner.faults import priority
from planner.model import EquipmentClass, EventKind, MachineState

CHINA_TIME = timezone(timedelta(hours=8))
A_YEAR = 0.7
"""Repairs of an ordinary machine in a year; some machines are worse."""
WORSE = (1.0, 1.0, 1.0, 0.5, 3.5)
COMES_BACK = 0.12
"""So many repairs come back within weeks."""
MEASURED = 6
"""So many lathes have their backlash measured each season."""
OPEN_REPORTS = 5
PEOPLE = frozenset({EquipmentClass.MAN, EquipmentClass.DRO})
_FAULTS: tuple[tuple[str, str, str, str, str, str, str, str, int, int], ...] = (
    # subsystem, failure mode, mechanism, cause, remedy, title, part, part class, work minutes, hours down
    ("SPI", "VIB", "2.4", "O4", "1", "主轴振动，加工面有振纹", "主轴轴承", "common", 360, 30),
    ("SPI", "OHE", "2.7", "E4", "7", "主轴过热报警", "", "", 120, 8),
    ("AXS", "ALM", "4.1", "O4", "1", "伺服过流报警，轴不能使能", "伺服放大器", "common", 150, 20),
    ("AXS", "POS", "1.3", "O4", "4", "反向间隙变大，尺寸不稳", "", "", 240, 6),
    ("AXS", "NOM", "4.2", "O4", "1", "轴不动作，电机无励磁", "动力电缆", "common", 120, 12),
    ("ATC", "FTC", "1.6", "O5", "4", "换刀不到位，机械手停在中间", "", "", 150, 9),
    ("ATC", "NOM", "3.2", "E4", "1", "刀库不转，计数信号丢失", "接近开关", "wearing", 90, 7),
    ("LUB", "LOP", "5.1", "O3", "7", "润滑压力低报警", "润滑过滤器", "maintenance", 60, 4),
    ("HYD", "LEA", "1.1", "O4", "1", "液压站漏油，压力上不去", "油封", "wearing", 120, 10),
    ("COO", "LOP", "5.1", "E4", "7", "切削液不出，泵堵塞", "", "", 60, 3),
    ("ELE", "STP", "4.4", "E1", "1", "加工中突然停机，接触器跳开", "接触器", "wearing", 90, 6),
    ("ELE", "DAT", "4.3", "O6", "P", "开机参数丢失", "存储器电池", "maintenance", 150, 16),
    ("MEA", "DRI", "5.2", "E4", "7", "数显读数乱跳", "", "", 60, 4),
    ("MEA", "INF", "3.2", "O4", "1", "光栅尺无信号，轴报反馈断线", "读数头", "common", 120, 14),
    ("SAF", "SAF", "3.4", "O4", "4", "门联锁误报，不能启动", "", "", 45, 3),
)
_ON_READOUTS = tuple(one for one in _FAULTS if one[0] == "MEA")


@dataclass(frozen=True, slots=True, kw_only=True)
class Jobs:
    """Work orders and what belongs to them; values by column name, parents before their children."""

    orders: tuple[Row, ...]
    events: tuple[Row, ...]
    parts: tuple[Row, ...]
    times: tuple[Row, ...]
    checks: tuple[Row, ...]
    reports: tuple[Row, ...]


def jobs(machines: Sequence[Machine], staff: Sequence[Row], rng: Random, today: date) -> Jobs:
    """Return the closed work orders of two years, and the fault reports that wait today.

    Args:
        machines: Of the sample.
        staff: Rows of its technicians.
    """
    start = history_start(today)
    days = (today - start).days
    repairs: list[tuple[date, Machine, tuple[str, str, str, str, str, str, str, str, int, int]]] = []
    for machine in machines:
        faults = _ON_READOUTS if machine.equipment_class in PEOPLE else _FAULTS
        chance = A_YEAR * rng.choice(WORSE) * days / 365
        while rng.random() < chance:
            chance -= 1
            fault = rng.choice(faults)
            day = start + timedelta(days=rng.randrange(max(1, days - 3)))
            repairs.append((day, machine, fault))
            if rng.random() < COMES_BACK:
                again = day + timedelta(days=rng.randint(4, 80))
                if again < today - timedelta(days=3):
                    repairs.append((again, machine, fault))
    repairs.sort(key=lambda one: (one[0], one[1].id, one[2][5]))
    orders: list[Row] = []
    events: list[Row] = []
    parts: list[Row] = []
    times: list[Row] = []
    for number, (day, machine, fault) in enumerate(repairs, 1):
        order = _repair(number, day, machine, fault, staff, rng)
        orders.append(order.order)
        events += order.events
        parts += order.parts
        times += order.times
    checks = _measured(machines, len(orders), orders, events, rng, today)
    reports = tuple(
        _report(number, machine, rng, today) for number, machine in enumerate(_some(machines, rng), 1)
    )
    return Jobs(
        orders=tuple(orders),
        events=tuple(events),
        parts=tuple(parts),
        times=tuple(times),
        checks=checks,
        reports=reports,
    )


@dataclass(frozen=True, slots=True)
class _Order:
    order: Row
    events: tuple[Row, ...]
    parts: tuple[Row, ...]
    times: tuple[Row, ...]


def _repair(
    number: int,
    day: date,
    machine: Machine,
    fault: tuple[str, str, str, str, str, str, str, str, int, int],
    staff: Sequence[Row],
    rng: Random,
) -> _Order:
    subsystem, mode, mechanism, cause, remedy, title, part, part_class, minutes, hours = fault
    id = f"sample-order-{number:05d}"
    opened = datetime.combine(day, time(8 + rng.randrange(9), rng.randrange(60)), CHINA_TIME)
    arrived = opened + timedelta(hours=1 + rng.randrange(max(1, hours)))
    restored = arrived + timedelta(minutes=round(minutes * rng.uniform(0.6, 1.6)))
    closed = restored + timedelta(hours=1)
    person = str(rng.choice(staff)["id"])
    order: Row = {
        "id": id,
        "number": f"{SAMPLE_MARK}GD{day.year}-{number:05d}",
        "kind": "repair",
        "title": f"{SAMPLE_MARK}：{title}",
        "site_id": machine.site_id,
        "equipment_id": machine.id,
        "technician_id": person,
        "planned_day": arrived.date(),
        "state": EventKind.CLOSED.value,
        "machine_state": "stopped" if hours > 3 else "degraded",
        "subsystem": subsystem,
        "failure_mode": mode,
        "mechanism": mechanism,
        "cause": cause,
        "remedy": remedy,
        "opened_at": opened,
        "closed_at": closed,
        "body": {"found": title},
    }
    log = (
        (EventKind.REPORTED, opened),
        (EventKind.ACCEPTED, opened + timedelta(minutes=20)),
        (EventKind.ARRIVED, arrived),
        (EventKind.RESTORED, restored),
        (EventKind.RESOLVED, restored),
        (EventKind.CLOSED, closed),
    )
    events: tuple[Row, ...] = tuple(
        {
            "id": f"{id}-{place}",
            "work_order_id": id,
            "position": place,
            "kind": kind.value,
            "at": at,
            "who": person,
            "told_at": at,
        }
        for place, (kind, at) in enumerate(log)
    )
    parts: tuple[Row, ...] = ()
    if part:
        parts = (
            {
                "id": f"{id}-p",
                "work_order_id": id,
                "equipment_id": machine.id,
                "part_number": "",
                "name": f"{SAMPLE_MARK}{part}",
                "part_class": part_class,
                "after_failure": True,
                "used_on": restored.date(),
            },
        )
    work = round((restored - arrived).total_seconds() / 60)
    times: tuple[Row, ...] = tuple(
        {
            "id": f"{id}-{kind}",
            "work_order_id": id,
            "technician_id": person,
            "kind": kind,
            "started_at": began,
            "minutes": spent,
        }
        for kind, began, spent in (("travel", opened, 30 + rng.randrange(120)), ("work", arrived, work))
    )
    return _Order(order, events, parts, times)


def _measured(
    machines: Sequence[Machine], number: int, orders: list[Row], events: list[Row], rng: Random, today: date
) -> tuple[Row, ...]:
    """Add an inspection a season to some lathes, with the backlash that was measured, and return the values."""
    checks: list[Row] = []
    lathes = [one for one in machines if one.equipment_class is EquipmentClass.LAT][:MEASURED]
    for place, machine in enumerate(lathes):
        value, slope = rng.uniform(0.008, 0.014), rng.choice((0.0004, 0.001, 0.0022))
        for season in range(7, -1, -1):
            number += 1
            day = today - timedelta(days=20 + place + 91 * season)
            at = datetime.combine(day, time(10), CHINA_TIME)
            id = f"sample-order-{number:05d}"
            orders.append(
                {
                    "id": id,
                    "number": f"{SAMPLE_MARK}GD{day.year}-{number:05d}",
                    "kind": "inspection",
                    "title": f"{SAMPLE_MARK}：季度精度检查",
                    "site_id": machine.site_id,
                    "equipment_id": machine.id,
                    "state": EventKind.CLOSED.value,
                    "opened_at": at,
                    "closed_at": at + timedelta(hours=2),
                }
            )
            for position, (kind, moment) in enumerate(
                (
                    (EventKind.REPORTED, at),
                    (EventKind.RESOLVED, at + timedelta(hours=2)),
                    (EventKind.CLOSED, at + timedelta(hours=2)),
                )
            ):
                events.append(
                    {
                        "id": f"{id}-{position}",
                        "work_order_id": id,
                        "position": position,
                        "kind": kind.value,
                        "at": moment,
                        "who": SAMPLE_MARK,
                        "told_at": moment,
                    }
                )
            value += slope * rng.uniform(0.6, 1.4)
            checks.append(
                {
                    "id": f"{id}-c",
                    "work_order_id": id,
                    "equipment_id": machine.id,
                    "checklist_id": "CHK-LAT-MONTHLY",
                    "item_id": "T207",
                    "kind": "measure",
                    "verdict": "pass" if value <= 0.03 else "fail",
                    "value": round(value, 4),
                    "unit": "mm",
                    "checked_at": at,
                    "checked_by": SAMPLE_MARK,
                }
            )
    return tuple(checks)


def _some(machines: Sequence[Machine], rng: Random) -> list[Machine]:
    chosen = [one for one in machines if one.equipment_class not in PEOPLE]
    return rng.sample(chosen, min(OPEN_REPORTS, len(chosen)))


def _report(number: int, machine: Machine, rng: Random, today: date) -> Row:
    fault = rng.choice(_FAULTS)
    state = MachineState.STOPPED if fault[9] > 6 else MachineState.DEGRADED
    at = datetime.combine(today - timedelta(days=number % 3), time(8 + number), CHINA_TIME) - timedelta(
        days=1
    )
    return {
        "id": f"sample-report-{number:03d}",
        "number": f"{SAMPLE_MARK}BZ{at.year}-{number:05d}",
        "site_id": machine.site_id,
        "equipment_id": machine.id,
        "channel": "phone",
        "state": "new",
        "symptom": f"{SAMPLE_MARK}：{fault[5]}",
        "machine_state": state,
        "priority": priority(state, is_dangerous=False, stops_a_line=False).value,
        "reported_at": at,
        "reported_by": SAMPLE_MARK,
    }
