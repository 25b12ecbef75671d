"""A small register for the tests of the plan: two customers, three sites, machines, technicians, contracts."""

from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from kb.store import Store
from kb.store.tables import (
    ContractRow,
    CustomerRow,
    EquipmentRow,
    MaintenancePlanRow,
    SiteRow,
    TechnicianRow,
)

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2025, 12, 20, 9, 0, tzinfo=ZONE)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)
_CYCLES = {
    "weekly": (1, "weeks"),
    "monthly": (1, "months"),
    "quarterly": (3, "months"),
    "yearly": (1, "years"),
}


def a_plan_row(machine: str, level: str, **more: Any) -> MaintenancePlanRow:
    count, unit = _CYCLES[level]
    values = {
        "id": f"{machine}-{level}",
        "code": f"{machine}-{level}",
        "equipment_id": machine,
        "level": level,
        "interval_count": count,
        "interval_unit": unit,
        "anchor": date(2026, 1, 15),
        "duration_minutes": 90,
    }
    return MaintenancePlanRow(**{**values, **more})


def a_technician_row(id: str, name: str, at: tuple[float, float], **more: Any) -> TechnicianRow:
    return TechnicianRow(id=id, code=id, name=name, latitude_deg=at[0], longitude_deg=at[1], **more)


def a_site_row(id: str, customer: str, name: str, at: tuple[float, float], **more: Any) -> SiteRow:
    return SiteRow(
        id=id, code=id, customer_id=customer, name=name, latitude_deg=at[0], longitude_deg=at[1], **more
    )


def a_contract_row(site: str, **more: Any) -> ContractRow:
    values = {
        "id": f"contract-{site}",
        "code": f"contract-{site}",
        "site_id": site,
        "level": "labour",
        "valid_from": date(2026, 1, 1),
        "valid_until": date(2027, 1, 1),
        "visits_per_year": 4,
    }
    return ContractRow(**{**values, **more})


def small_register() -> list[Any]:
    """Return the rows: Suzhou with two machines, Kunshan with one, Wuxi with one that needs a rare skill."""
    return [
        CustomerRow(id="c1", code="c1", name="苏州精密机械"),
        CustomerRow(id="c2", code="c2", name="无锡模具"),
        a_site_row("suzhou", "c1", "苏州一厂", (31.299, 120.585), city="苏州", address="园区路 1 号"),
        a_site_row("kunshan", "c1", "昆山二厂", (31.385, 120.981), city="昆山"),
        a_site_row("wuxi", "c2", "无锡厂", (31.491, 120.312), city="无锡"),
        EquipmentRow(
            id="m1",
            tag="VMC-01",
            site_id="suzhou",
            equipment_class="VMC",
            brand="友佳",
            model="V850",
            serial="A1",
        ),
        EquipmentRow(id="m2", tag="LAT-02", site_id="suzhou", equipment_class="LAT"),
        EquipmentRow(id="m3", tag="VMC-03", site_id="kunshan", equipment_class="VMC"),
        EquipmentRow(id="m4", tag="GMC-04", site_id="wuxi", equipment_class="GMC"),
        a_technician_row("t1", "王工", (31.300, 120.600), skills=["base"]),
        a_technician_row("t2", "李工", (31.230, 121.474), skills=["base", "gantry"]),
        a_plan_row("m1", "monthly", skills=["base"]),
        a_plan_row("m1", "yearly", skills=["base"], duration_minutes=240),
        a_plan_row("m2", "quarterly", skills=["base"]),
        a_plan_row("m3", "quarterly", skills=["base"]),
        a_plan_row("m4", "quarterly", skills=["gantry"]),
        a_contract_row("suzhou"),
    ]


def fill(store: Store, rows: list[Any]) -> None:
    """Store the rows, parents before children."""
    order = (CustomerRow, SiteRow, EquipmentRow, TechnicianRow, ContractRow, MaintenancePlanRow)
    with store.writing() as session:
        for table in order:
            session.add_all([row for row in rows if type(row) is table])
            session.flush()
