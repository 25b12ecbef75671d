"""A department with as many records of each list as asked for, made from a seed and inserted in bulk."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from typing import Any

from sqlmodel import SQLModel

from kb.store import (
    CampaignMachineRow,
    CampaignRow,
    DraftRow,
    FaultReportEventRow,
    FaultReportRow,
    MaintenanceProposalRow,
    PageWorkRow,
    PriceBookRow,
    RecordEventRow,
    RecordRow,
    SearchLogRow,
    Store,
    TrainingParticipantRow,
    TrainingSessionRow,
    WorkOrderRow,
)
from kb.store.bulk import insert_rows
from kb.store.tables import (
    AuditRow,
    ContractRow,
    CustomerRow,
    EquipmentRow,
    PlanRunRow,
    SiteRow,
    TechnicianRow,
    VisitRow,
)
from kb.store.work_orders import WorkOrderEventRow, WorkOrderPartRow
from kb.usecases.record_kinds import KINDS

NOW = datetime(2026, 6, 30, 4, tzinfo=UTC)
HIT = "刀库乱刀"
"""Stands in one text of a few hundred."""
MISS = "无此故障词"
OPEN = 1_000
"""Reports and orders that are not ended; a department does not have more of them because it is older."""
_WHAT = (
    "主轴",
    "光栅尺",
    "数显表",
    "刀塔",
    "液压站",
    "伺服电机",
    "导轨",
    "冷却泵",
    "电柜",
    "丝杠",
    "编码器",
    "夹具",
)
_WRONG = (
    "异响",
    "过热",
    "漏油",
    "读数跳变",
    "报警",
    "不回零",
    "抖动",
    "精度超差",
    "断电",
    "通信中断",
    "卡死",
)
_WHERE = ("苏州", "无锡", "常州", "宁波", "绍兴", "台州", "合肥", "芜湖", "南通", "嘉兴", "杭州", "上海")
_LEVELS = ("inspection", "labour", "all_in")


def phrase(dice: Random) -> str:
    """Return what somebody may have written of a fault."""
    text = f"{dice.choice(_WHAT)}{dice.choice(_WRONG)}，{dice.choice(_WHERE)}现场{dice.choice(_WHAT)}{dice.randrange(10_000)}"
    return f"{text}，{HIT}" if dice.random() < 1 / 400 else text


def filled(store: Store, *, records: int, sites: int, machines: int, proposals: int, seed: int) -> None:
    """Fill an empty, migrated database.

    Args:
        records: Of each kind of list that has no number of its own, and of all kinds of records together for each of them.
        sites, machines, proposals: Those that have.
    """
    for table, rows in _tables(Random(f"lists-{seed}"), records, sites, machines, proposals):
        with store.writing() as session:
            insert_rows(session, table, rows)


def _tables(
    dice: Random, records: int, sites: int, machines: int, proposals: int
) -> Iterator[tuple[type[SQLModel], Iterable[Mapping[str, Any]]]]:
    customers = max(1, sites // 4)
    running = min(OPEN, max(1, records // 10))
    people = max(2, sites // 60)
    span = timedelta(days=3650)

    def ago(number: int, count: int) -> datetime:
        return NOW - span * ((number + 0.5) / count)

    def site(number: int) -> str:
        return f"s{number % sites}"

    def machine(number: int) -> tuple[str, str]:
        return f"m{number % machines}", site(number % machines)

    yield (
        CustomerRow,
        (
            {"id": f"c{n}", "code": f"C{n:05d}", "name": f"{dice.choice(_WHERE)}精密机械{n}厂"}
            for n in range(customers)
        ),
    )
    yield (
        SiteRow,
        (
            {
                "id": f"s{n}",
                "code": f"S{n:05d}",
                "customer_id": f"c{n % customers}",
                "name": f"{dice.choice(_WHERE)}车间{n}",
                "city": dice.choice(_WHERE),
            }
            for n in range(sites)
        ),
    )
    yield (
        TechnicianRow,
        (
            {
                "id": f"t{n}",
                "code": f"T{n:03d}",
                "name": f"工程师{n}",
                "latitude_deg": 30.0,
                "longitude_deg": 120.0,
            }
            for n in range(people)
        ),
    )
    yield EquipmentRow, (
        {
            "id": f"m{n}", "tag": f"M-{n:05d}", "site_id": site(n), "equipment_class": dice.choice(("LAT", "VMC", "DRO")),
            "brand": dice.choice(("Sino", "Fagor", "Haas", "DMG")), "model": f"X{n % 40}", "serial": f"SN{dice.randrange(10**9)}",
            "controller": dice.choice(("fanuc-0i", "siemens-828d", "")), "software": [["CNC", f"{n % 7}.{n % 13}"]],
        }
        for n in range(machines)
    )  # fmt: skip
    yield ContractRow, (
        {
            "id": f"k{n}", "code": f"K{n:05d}", "site_id": site(n), "level": dice.choice(_LEVELS), "valid_from": date(2010, 1, 1),
            "valid_until": date(2030, 1, 1), "visits_per_year": 4, "response_hours": 2.0, "arrival_hours": 8.0, "resolution_hours": 48.0,
        }
        for n in range(sites)
    )  # fmt: skip
    yield WorkOrderRow, (
        {
            "id": f"o{n}", "number": f"WO-{n:07d}", "kind": "repair" if n % 3 else "inspection", "title": phrase(dice), "site_id": machine(n)[1],
            "equipment_id": machine(n)[0], "technician_id": f"t{n % people}", "state": "accepted" if n < running else "closed",
            "alarm": f"AL{n % 900}", "opened_at": ago(n, records), "closed_at": None if n < running else ago(n, records) + timedelta(hours=5),
            "priority": f"P{1 + n % 4}", "subsystem": "SP", "cause": f"C{n % 9}", "remedy": f"R{n % 9}", "body": {"work": phrase(dice) * 4},
        }
        for n in range(records)
    )  # fmt: skip
    yield WorkOrderEventRow, (
        {
            "id": f"o{n}-{at}", "work_order_id": f"o{n}", "position": at, "kind": kind, "at": ago(n, records) + timedelta(hours=at), "who": "bench",
            "told_at": ago(n, records) + timedelta(hours=at),
        }
        for n in range(records)
        for at, kind in enumerate(("reported", "accepted") if n < running else ("reported", "accepted", "arrived", "resolved", "closed"))
    )  # fmt: skip
    yield WorkOrderPartRow, (
        {"id": f"p{n}", "work_order_id": f"o{n}", "equipment_id": machine(n)[0], "part_number": f"PN-{n % 800}", "name": phrase(dice)[:20], "used_on": ago(n, records).date()}
        for n in range(records)
    )  # fmt: skip
    yield FaultReportRow, (
        {
            "id": f"f{n}", "number": f"FR-{n:07d}", "site_id": machine(n)[1], "equipment_id": machine(n)[0], "channel": "phone",
            "state": "new" if n % 2 and n < running else "accepted", "alarm": f"AL{n % 900}", "symptom": phrase(dice), "machine_state": "stopped",
            "reported_at": ago(n, records), "work_order_id": None if n % 2 and n < running else f"o{n}", "priority": f"P{1 + n % 4}",
        }
        for n in range(records)
    )  # fmt: skip
    yield FaultReportEventRow, (
        {"id": f"f{n}-0", "report_id": f"f{n}", "position": 0, "kind": "acknowledged", "at": ago(n, records) + timedelta(hours=1), "who": "bench", "told_at": ago(n, records)}
        for n in range(1, running, 4)
    )  # fmt: skip
    yield (
        PlanRunRow,
        [{"number": 1, "created": NOW, "first_day": date(2016, 1, 1), "last_day": date(2027, 1, 1)}],
    )
    yield VisitRow, (_visit(n, records, site(n), f"t{n % people}") for n in range(records))
    yield from _records(dice, records, customers, machine)
    yield AuditRow, (
        {
            "id": records - n,
            "at": ago(n, records), "who": f"user{n % 40}", "action": "update", "kind": ("sites", "equipment", "work_orders", "visits")[n % 4],
            "thing_id": f"o{n % 5_000}", "before": {"note": phrase(dice)}, "after": {"note": phrase(dice)},
        }
        for n in reversed(range(records))
    )  # fmt: skip
    yield PriceBookRow, [{"id": "b", "number": 1, "created_at": NOW, "created_by": "bench"}]
    yield MaintenanceProposalRow, (
        {
            "id": f"w{n}", "number": f"WB-{n:06d}", "site_id": site(n), "price_book_id": "b", "state": ("draft", "approved", "sent", "accepted")[n % 4],
            "language": "zh_CN", "valid_until": date(2027, 1, 1), "created_at": ago(n, proposals), "created_by": "bench",
            "facts": {"customer": "苏州精密机械", "works": [{"equipment_id": f"m{k}", "minutes": 90} for k in range(120)]},
        }
        for n in range(proposals)
    )  # fmt: skip
    yield SearchLogRow, (
        {"id": f"q{n}", "query": phrase(dice), "found_none": 1 + n % 50, "first_at": ago(n, records), "last_at": ago(n, records), "state": ("open", "answered", "declined")[n % 3]}
        for n in range(records)
    )  # fmt: skip
    yield PageWorkRow, (
        {"page_id": f"CASE-{n:06d}", "first_at": ago(n, records), "last_at": ago(n, records), "state": ("open", "answered", "declined")[n % 3], "due": None if n % 2 else ago(n, records).date()}
        for n in range(records)
    )  # fmt: skip
    yield DraftRow, (
        {
            "id": f"d{n}", "digest": "0" * 64, "created_at": ago(n, records), "received_at": ago(n, records), "author": "bench",
            "state": ("new", "taken", "closed")[n % 3],
            "body": {name: phrase(dice) for name in ("machine", "alarm", "symptom", "cause", "checks", "solution", "result", "note")},
        }
        for n in range(records)
    )  # fmt: skip
    trainings = max(1, records // 10)
    yield TrainingSessionRow, (
        {
            "id": f"h{n}", "title": phrase(dice)[:40], "audience": "own", "day": ago(n, trainings).date(), "hours": 2.0, "pass_percent": 70,
            "state": "closed", "created_at": NOW, "created_by": "bench",
        }
        for n in range(trainings)
    )  # fmt: skip
    yield TrainingParticipantRow, (
        {"id": f"h{n}-p", "session_id": f"h{n}", "position": 1, "technician_id": f"t{n % people}", "name": "工程师"} for n in range(trainings)
    )  # fmt: skip
    yield CampaignRow, (
        {
            "id": f"g{n}", "number": f"TB-{n:03d}", "title": phrase(dice), "source": "maker", "action": "升级", "due": date(2026, 1 + n % 12, 1), "ended": n % 2 == 0,
            "rule": {"brand": ("Sino", "Fagor", "Haas", "DMG")[n % 4], "models": [f"X{n % 40}", "X1*"], "software": "CNC", "first": "1.0", "last": "5.0"},
            "changed_at": NOW, "changed_by": "bench",
        }
        for n in range(20)
    )  # fmt: skip
    yield CampaignMachineRow, (
        {"campaign_id": f"g{n % 20}", "equipment_id": machine(n)[0], "state": "done", "work_order_id": f"o{n}", "said_by": "bench", "at": NOW}
        for n in range(min(machines, records))
    )  # fmt: skip


def _records(
    dice: Random, records: int, customers: int, machine: Any
) -> Iterator[tuple[type[SQLModel], Iterable[Mapping[str, Any]]]]:
    kinds = list(KINDS.values())
    running = min(OPEN, max(1, records // 10))

    def row(n: int) -> dict[str, Any]:
        kind = kinds[n % len(kinds)]
        is_open = n < running
        states = [one.code for one in kind.states]
        text = phrase(dice)
        made = NOW - timedelta(days=3650) * ((n + 0.5) / records)
        return {
            "id": f"r{n}", "number": f"{kind.name[:3].upper()}-{n:07d}", "kind": kind.name, "state": states[0] if is_open else states[-1], "is_open": is_open,
            "title": text[:60], "customer_id": f"c{(n % 2000) % customers}", "site_id": machine(n)[1], "equipment_id": machine(n)[0], "owner": f"user{n % 40}",
            "due": made.date() + timedelta(days=14), "created_at": made, "created_by": "bench", "closed_at": None if is_open else made + timedelta(days=3),
            "haystack": f"{kind.name[:3]}-{n:07d} {text} {phrase(dice)} {phrase(dice)}".casefold(), "values": {"said": phrase(dice)},
        }  # fmt: skip

    yield RecordRow, (row(n) for n in range(records))
    yield RecordEventRow, (
        {"id": f"r{n}-e", "record_id": f"r{n}", "position": 1, "at": NOW - timedelta(minutes=n), "who": f"user{n % 40}", "action": "create", "after": {"title": "x"}}
        for n in range(records)
    )  # fmt: skip


def _visit(n: int, count: int, site_id: str, technician_id: str) -> dict[str, Any]:
    day = date(2027, 1, 1) - timedelta(days=int(3650 * (n + 0.5) / count))
    occurrence = {
        "key": f"k{n}", "plan": "p", "equipment": f"m{n % 100}", "level": "quarterly", "k": 1, "nominal": day.isoformat(), "due": day.isoformat(),
        "earliest": day.isoformat(), "latest": day.isoformat(), "absorbed": [], "reasons": [],
    }  # fmt: skip
    body = {
        "earliest": day.isoformat(),
        "latest": day.isoformat(),
        "occurrences": [occurrence],
        "duration_s": 7200,
        "hours": "09:00-11:00",
        "reasons": [],
    }
    state = "done" if day < NOW.date() else "booked"
    return {"key": f"v{n}", "run": 1, "site_id": site_id, "technician_id": technician_id, "day": day, "state": state, "done_on": day if state == "done" else None, "body": body}  # fmt: skip
