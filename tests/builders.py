"""Builders of planner's nouns: every value has a default, so that a test shows only what it is about."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from planner.model import (
    Contract,
    ContractLevel,
    DateSpan,
    Equipment,
    EquipmentClass,
    Interval,
    IntervalUnit,
    Level,
    MaintenancePlan,
    Occurrence,
    Position,
    Site,
    Technician,
    Visit,
)

SUZHOU = Position(latitude_deg=31.299, longitude_deg=120.585)
SHANGHAI = Position(latitude_deg=31.230, longitude_deg=121.474)
INTERVALS = {
    Level.WEEKLY: Interval(count=1, unit=IntervalUnit.WEEKS),
    Level.MONTHLY: Interval(count=1, unit=IntervalUnit.MONTHS),
    Level.QUARTERLY: Interval(count=3, unit=IntervalUnit.MONTHS),
    Level.HALF_YEARLY: Interval(count=6, unit=IntervalUnit.MONTHS),
    Level.YEARLY: Interval(count=1, unit=IntervalUnit.YEARS),
}
"""The usual cycle of each level."""


def a_plan(**changes: Any) -> MaintenancePlan:
    """A monthly plan of machine `m1` from 1 January 2026; a given `level` brings its usual cycle and an id."""
    level = changes.get("level", Level.MONTHLY)
    equipment_id = changes.get("equipment_id", "m1")
    usual = MaintenancePlan(
        id=f"{equipment_id}-{level}",
        equipment_id=equipment_id,
        level=level,
        interval=INTERVALS[level],
        anchor=date(2026, 1, 1),
    )
    return replace(usual, **changes)


def a_site(**changes: Any) -> Site:
    """Site `s1` in Suzhou with office hours, following the public calendar."""
    return replace(Site(id="s1", customer_id="c1", name="苏州一厂", city="苏州", position=SUZHOU), **changes)


def an_equipment(**changes: Any) -> Equipment:
    """A vertical machining centre `m1` at site `s1`."""
    usual = Equipment(id="m1", tag="VMC-01", site_id="s1", equipment_class=EquipmentClass.VMC)
    return replace(usual, **changes)


def a_technician(**changes: Any) -> Technician:
    """Technician `t1` without special skills, at home in Shanghai, in office hours."""
    return replace(Technician(id="t1", name="王工", home=SHANGHAI), **changes)


def a_contract(**changes: Any) -> Contract:
    """A contract of site `s1` for the year 2026 with four visits a year."""
    usual = Contract(
        id="k1",
        site_id="s1",
        level=ContractLevel.LABOUR,
        validity=DateSpan(start=date(2026, 1, 1), end=date(2027, 1, 1)),
        visits_per_year=4,
    )
    return replace(usual, **changes)


def an_occurrence(**changes: Any) -> Occurrence:
    """A monthly occurrence of plan `m1-monthly`; a given `due` moves the nominal date and the window with it."""
    due = changes.get("due", date(2026, 3, 2))
    level = changes.get("level", Level.MONTHLY)
    equipment_id = changes.get("equipment_id", "m1")
    k = changes.get("k", 2)
    plan_id = changes.get("plan_id", f"{equipment_id}-{level}")
    usual = Occurrence(
        key=f"{plan_id}/{level}/{k}",
        plan_id=plan_id,
        equipment_id=equipment_id,
        level=level,
        k=k,
        nominal=due,
        due=due,
        earliest=due,
        latest=due,
    )
    return replace(usual, **changes)


def a_visit(**changes: Any) -> Visit:
    """A visit of one occurrence at site `s1` by technician `t1`; its window is its day unless told."""
    day = changes.get("day", date(2026, 3, 2))
    usual = Visit(
        key="s1/m1-monthly/monthly/2",
        site_id="s1",
        day=day,
        earliest=day,
        latest=day,
        occurrences=(an_occurrence(due=day),),
        duration=timedelta(hours=1),
        technician_id="t1",
    )
    return replace(usual, **changes)
