"""The department of the year: its customers, sites, machines, people and contracts, written through the use cases."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from kb.content import Library
from kb.store import Store
from kb.usecases.price_book import write_price_book
from kb.usecases.register import create
from kb.usecases.register_kinds import Wording

ZONE = ZoneInfo("Asia/Shanghai")
YEAR = 2026
FIRST = date(YEAR, 1, 1)
LAST = date(YEAR, 12, 31)
MONTHS = tuple(f"{YEAR}-{number:02d}" for number in range(1, 13))
SUBSYSTEMS = ("SPI", "AXS", "ATC", "WKH", "LUB", "HYD", "COO", "ELE")
PRICES: dict[str, Any] = {
    "labour_hour": "212.50",
    "travel_hour": "97",
    "kilometre": "1.85",
    "margin_percent": "12.5",
    "risk_percent": "18",
    "repair_hours": "5.25",
    "repair_parts": "1340",
    "avoidable_percent": "35",
    "downtime_hour": "480",
    "downtime_hours": "7",
    "parts": [
        {"name": "滤芯", "equipment_class": "VMC", "every_months": 5, "quantity": 2, "price": "48.30"},
        {"name": "导轨油", "every_months": 12, "quantity": "1.5", "price": "66", "source": "T301"},
        {"name": "卡盘爪", "equipment_class": "GMC", "every_months": 6, "price": "900"},
    ],
    "terms": {
        "labour": {"response_hours": 2, "arrival_hours": 16, "exclusions": ["零件"]},
        "all_in": {"response_hours": 1, "arrival_hours": 8, "restore_hours": 12, "resolution_hours": 24},
    },
}


@dataclass(frozen=True, slots=True)
class SiteOfYear:
    """A site: its code, place, contract level with its days (empty: none), and visits sold."""

    code: str
    latitude: float
    longitude: float
    level: str = ""
    first: str = ""
    last: str = ""
    visits: int = 0


@dataclass(frozen=True, slots=True)
class MachineOfYear:
    """A machine: its tag, site, class, first day of work, and whether it has plans of its own."""

    tag: str
    site: str
    equipment_class: str
    commissioned: str
    planned: bool


SITES = (
    SiteOfYear("S1", 31.299, 120.585, "labour", "2026-01-01", "2026-12-31", 4),
    SiteOfYear("S2", 31.385, 120.981, "inspection", "2025-04-01", "2027-03-31", 2),
    SiteOfYear("S3", 31.491, 120.312, "all_in", "2025-07-01", "2026-06-30", 4),
    SiteOfYear("S4", 31.874, 120.553),
)
MACHINES = (
    MachineOfYear("立加-01", "S1", "VMC", "2021-05-01", True),
    MachineOfYear("数车-02", "S1", "LAT", "2019-03-10", True),
    MachineOfYear("立加-03", "S2", "VMC", "2025-06-15", True),
    MachineOfYear("立加-04", "S3", "VMC", "2022-11-30", True),
    MachineOfYear("数车-05", "S3", "LAT", "2026-03-01", True),
    MachineOfYear("立加-06", "S4", "VMC", "2020-02-29", False),
    MachineOfYear("立加-07", "S4", "VMC", "2018-08-08", False),
)
HOMES = {"T1": (31.30, 120.60), "T2": (31.23, 121.474)}
NAMES = {"T1": "王工", "T2": "李工"}


def at(day: date, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    """Return an instant of the department's clock."""
    return datetime.combine(day, time(hour, minute, second), ZONE)


def commissioned(machine: MachineOfYear) -> date:
    """Return a machine's first day of work."""
    return date.fromisoformat(machine.commissioned)


def register(store: Store, library: Library, wording: Wording, new_id: Callable[[], str]) -> dict[str, str]:
    """Write the department down on the eve of its year; return the ids of its things by code or tag."""
    ids: dict[str, str] = {}
    eve = at(date(YEAR - 1, 12, 20), 9)

    def put(table: str, **values: object) -> None:
        made = create(store, table, values, wording=wording, who="调度", now=eve, new_id=new_id)
        ids[str(values.get("code") or values.get("tag"))] = made.id

    put("customers", code="K1", name="苏州精密")
    put("customers", code="K2", name="无锡模具")
    for number, site in enumerate(SITES):
        put(
            "sites",
            code=site.code,
            name=f"{site.code} 厂",
            customer=f"K{1 + number // 2}",
            city="苏州",
            latitude_deg=site.latitude,
            longitude_deg=site.longitude,
        )
    for machine in MACHINES:
        put(
            "equipment",
            tag=machine.tag,
            site=machine.site,
            equipment_class=machine.equipment_class,
            brand="友佳",
            model="V850",
            commissioned=machine.commissioned,
        )
    for code, (latitude, longitude) in HOMES.items():
        put("technicians", code=code, name=NAMES[code], latitude_deg=latitude, longitude_deg=longitude)
    for site in SITES:
        if site.level:
            put(
                "contracts",
                code=f"HT-{site.code}",
                site=site.code,
                level=site.level,
                first_day=site.first,
                last_day=site.last,
                visits_per_year=site.visits,
                arrival_hours=8,
            )
    for machine in MACHINES:
        for level, count in (("monthly", 1), ("quarterly", 3), ("yearly", 12)):
            if machine.planned and (level != "monthly" or machine.site == "S1"):
                put(
                    "plans",
                    code=f"{machine.tag}-{level}",
                    equipment=machine.tag,
                    level=level,
                    interval_count=count,
                    interval_unit="months",
                    anchor="2026-01-15"
                    if level != "yearly" and machine.commissioned < "2026"
                    else "2026-04-15",
                    duration_minutes=90,
                )
    write_price_book(store, PRICES, id=new_id(), seen=None, who="经理", now=eve)
    return ids
