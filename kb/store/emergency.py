"""Rows of emergency plans: what a person wrote into one and when it was looked through, and the drills that were held."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from kb.store.columns import JsonText, UtcDateTime


class EmergencyPlanRow(SQLModel, table=True):
    """What a person added to the plan of a site, or of one machine; the rest follows from register and library."""

    __tablename__ = "emergency_plans"
    id: str = Field(primary_key=True, max_length=64)
    site_id: str = Field(foreign_key="sites.id", index=True)
    equipment_id: str | None = Field(default=None, foreign_key="equipment.id", unique=True)
    owner: str = Field(default="", max_length=80)
    reviewed_on: date | None = Field(default=None)
    review_due: date | None = Field(default=None, index=True)
    revision: int = Field(default=1)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: str = Field(max_length=80)
    body: Any = Field(default_factory=dict, sa_type=JsonText)


class EmergencyDrillRow(SQLModel, table=True):
    """A drill that was held; `id` is made by who tells it, so that telling it twice is telling it once."""

    __tablename__ = "emergency_drills"
    id: str = Field(primary_key=True, max_length=64)
    site_id: str = Field(foreign_key="sites.id", index=True)
    equipment_id: str | None = Field(default=None, foreign_key="equipment.id", index=True)
    day: date = Field(index=True)
    trigger: str = Field(max_length=40)
    led_by: str = Field(max_length=80)
    people: int = Field(default=0)
    result: str = Field(default="")
    told_at: datetime = Field(sa_type=UtcDateTime)
    told_by: str = Field(max_length=80)


def plan_row(session: Session, *, site_id: str, equipment_id: str | None) -> EmergencyPlanRow | None:
    """Return what a person added to the plan of a site, or of a machine of it."""
    query = select(EmergencyPlanRow).where(EmergencyPlanRow.site_id == site_id)
    if equipment_id is None:
        query = query.where(col(EmergencyPlanRow.equipment_id).is_(None))
    else:
        query = query.where(col(EmergencyPlanRow.equipment_id) == equipment_id)
    return session.exec(query.order_by(EmergencyPlanRow.id)).first()


def all_plan_rows(session: Session) -> list[EmergencyPlanRow]:
    """Return what persons added to any plan."""
    return list(session.exec(select(EmergencyPlanRow).order_by(EmergencyPlanRow.id)))


def drill_rows(
    session: Session, *, site_id: str = "", equipment_id: str | None = None
) -> list[EmergencyDrillRow]:
    """Return the drills of a site with those of its machines, of one machine, or of all; the last ones first."""
    query = select(EmergencyDrillRow).order_by(col(EmergencyDrillRow.day).desc(), col(EmergencyDrillRow.id))
    if site_id:
        query = query.where(EmergencyDrillRow.site_id == site_id)
    if equipment_id is not None:
        query = query.where(col(EmergencyDrillRow.equipment_id) == equipment_id)
    return list(session.exec(query))


def drill_row(session: Session, id: str) -> EmergencyDrillRow | None:
    """Return a drill."""
    return session.get(EmergencyDrillRow, id)
