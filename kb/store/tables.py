"""The register's tables: one row an aggregate, each with a revision for optimistic locking.

Ids are opaque texts made by the caller; `code` (equipment: `tag`) is what people and workbooks use, unique in
its table. Positions, hours, leave and software are JSON, because they are always read and written whole.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from kb.store.columns import JsonText, UtcDateTime


class RegisterRow(SQLModel):
    """What every row of the register has."""

    id: str = Field(primary_key=True, max_length=64)
    revision: int = Field(default=1)
    retired: bool = Field(default=False, index=True)
    notes: str = Field(default="")


class CustomerRow(RegisterRow, table=True):
    """A customer."""

    __tablename__ = "customers"
    code: str = Field(unique=True, max_length=64)
    name: str = Field(index=True)
    contact: str = Field(default="")
    phone: str = Field(default="")


class SiteRow(RegisterRow, table=True):
    """A service site."""

    __tablename__ = "sites"
    code: str = Field(unique=True, max_length=64)
    customer_id: str = Field(foreign_key="customers.id", index=True)
    name: str = Field(index=True)
    city: str = Field(default="", index=True)
    address: str = Field(default="")
    latitude_deg: float | None = Field(default=None)
    longitude_deg: float | None = Field(default=None)
    datum: str = Field(default="WGS-84")
    opening: Any = Field(default=None, sa_type=JsonText)
    follows_public_calendar: bool = Field(default=True)
    shutdowns: Any = Field(default_factory=list, sa_type=JsonText)
    contact: str = Field(default="")
    phone: str = Field(default="")


class EquipmentRow(RegisterRow, table=True):
    """A machine or a readout kit."""

    __tablename__ = "equipment"
    tag: str = Field(unique=True, max_length=64)
    site_id: str = Field(foreign_key="sites.id", index=True)
    parent_id: str | None = Field(default=None, foreign_key="equipment.id", index=True)
    equipment_class: str = Field(index=True)
    brand: str = Field(default="", index=True)
    model: str = Field(default="")
    serial: str = Field(default="", index=True)
    controller: str = Field(default="", index=True)
    drive: str = Field(default="")
    software: Any = Field(default_factory=list, sa_type=JsonText)
    hardware: Any = Field(default_factory=list, sa_type=JsonText)
    commissioned: date | None = Field(default=None)
    mtconnect_uuid: str | None = Field(default=None, index=True)


class TechnicianRow(RegisterRow, table=True):
    """A technician."""

    __tablename__ = "technicians"
    code: str = Field(unique=True, max_length=64)
    name: str = Field(index=True)
    phone: str = Field(default="")
    latitude_deg: float
    longitude_deg: float
    datum: str = Field(default="WGS-84")
    skills: Any = Field(default_factory=list, sa_type=JsonText)
    working_time: Any = Field(default=None, sa_type=JsonText)
    leave: Any = Field(default_factory=list, sa_type=JsonText)
    overtime_minutes: int = Field(default=0)


class ContractRow(RegisterRow, table=True):
    """A maintenance contract."""

    __tablename__ = "contracts"
    code: str = Field(unique=True, max_length=64)
    site_id: str = Field(foreign_key="sites.id", index=True)
    level: str
    valid_from: date
    valid_until: date
    visits_per_year: int
    min_spacing_days: int | None = Field(default=None)
    response_hours: float | None = Field(default=None)
    arrival_hours: float | None = Field(default=None)
    temporary_restore_hours: float | None = Field(default=None)
    resolution_hours: float | None = Field(default=None)


class MaintenancePlanRow(RegisterRow, table=True):
    """A maintenance plan of one machine at one level."""

    __tablename__ = "maintenance_plans"
    code: str = Field(unique=True, max_length=64)
    equipment_id: str = Field(foreign_key="equipment.id", index=True)
    level: str
    interval_count: int
    interval_unit: str
    anchor: date
    basis: str = Field(default="fixed")
    move: str = Field(default="nearest")
    late_days: int | None = Field(default=None)
    early_days: int | None = Field(default=None)
    late_factor_percent: float = Field(default=100)
    early_factor_percent: float = Field(default=100)
    tolerance_percent: float = Field(default=0)
    duration_minutes: int = Field(default=60)
    lead_days: int = Field(default=30)
    skills: Any = Field(default_factory=list, sa_type=JsonText)
    checklist_id: str | None = Field(default=None)
    crew: int = Field(default=1)
    second_skills: Any = Field(default_factory=list, sa_type=JsonText)
    work_days: int = Field(default=1)
    overnight: bool = Field(default=False)
    kits: Any = Field(default_factory=list, sa_type=JsonText)
    price_minutes: float | None = Field(default=None)


class MeterRow(RegisterRow, table=True):
    """A counter on a machine."""

    __tablename__ = "meters"
    code: str = Field(unique=True, max_length=64)
    equipment_id: str = Field(foreign_key="equipment.id", index=True)
    name: str
    unit: str = Field(default="h")
    rolls_over_at: float | None = Field(default=None)


class MeterReadingRow(RegisterRow, table=True):
    """A value read off a meter; a wrong one is corrected or retired."""

    __tablename__ = "meter_readings"
    meter_id: str = Field(foreign_key="meters.id", index=True)
    read_at: datetime = Field(sa_type=UtcDateTime, index=True)
    value: float


class PlanRunRow(SQLModel, table=True):
    """One generation of the inspection plan."""

    __tablename__ = "plan_runs"
    number: int = Field(primary_key=True)
    created: datetime = Field(sa_type=UtcDateTime)
    created_by: str = Field(default="")
    first_day: date
    last_day: date
    provisional_years: Any = Field(default_factory=list, sa_type=JsonText)
    unplaced: Any = Field(default_factory=list, sa_type=JsonText)
    changes: Any = Field(default_factory=list, sa_type=JsonText)
    unchanged: int = Field(default=0)


class VisitRow(SQLModel, table=True):
    """A visit: planned by a run, booked or done by people.

    `body` is the visit's occurrences and reasons as the planner wrote them; the columns beside it are what lists
    filter and sort by.
    """

    __tablename__ = "visits"
    __table_args__ = (
        Index("ix_visits_day_key_state", "day", "key", "state"),
        Index("ix_visits_state_day", "state", "day", "key"),
    )
    key: str = Field(primary_key=True, max_length=200)
    run: int = Field(foreign_key="plan_runs.number", index=True)
    site_id: str = Field(foreign_key="sites.id", index=True)
    technician_id: str | None = Field(default=None, foreign_key="technicians.id", index=True)
    day: date = Field(index=True)
    state: str = Field(default="forecast", index=True)
    locked: bool = Field(default=False)
    sequence: int = Field(default=0)
    revision: int = Field(default=1)
    done_on: date | None = Field(default=None)
    notes: str = Field(default="")
    body: Any = Field(sa_type=JsonText)


class UserRow(SQLModel, table=True):
    """Who may log in."""

    __tablename__ = "users"
    id: str = Field(primary_key=True, max_length=64)
    name: str = Field(unique=True, max_length=80)
    role: str
    password_hash: str
    created_at: datetime = Field(sa_type=UtcDateTime)


class UserSessionRow(SQLModel, table=True):
    """A login that holds."""

    __tablename__ = "user_sessions"
    token_hash: str = Field(primary_key=True, max_length=64)
    user_id: str = Field(foreign_key="users.id", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    expires_at: datetime = Field(sa_type=UtcDateTime, index=True)


class LoginFailureRow(SQLModel, table=True):
    """A login that was refused, kept to slow guessing down."""

    __tablename__ = "login_failures"
    id: int | None = Field(default=None, primary_key=True)
    name: str = Field(index=True, max_length=80)
    address: str = Field(index=True, max_length=64)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


class AuditRow(SQLModel, table=True):
    """Who changed what, when, from what to what."""

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_kind_at", "kind", "at", "id"),)
    id: int | None = Field(default=None, primary_key=True)
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    who: str
    action: str
    kind: str = Field(index=True)
    thing_id: str = Field(index=True)
    before: Any = Field(default=None, sa_type=JsonText)
    after: Any = Field(default=None, sa_type=JsonText)


class JobRow(SQLModel, table=True):
    """Long work: claimed, heart-beaten, cancellable; what a dead process left is found and failed.

    `request` is what was asked for; `result` what came of it, or why nothing did.
    """

    __tablename__ = "jobs"
    id: str = Field(primary_key=True, max_length=64)
    kind: str = Field(index=True)
    state: str = Field(default="running", index=True)
    created_at: datetime = Field(sa_type=UtcDateTime)
    heartbeat_at: datetime = Field(sa_type=UtcDateTime)
    progress: float = Field(default=0)
    message: str = Field(default="")
    cancel_wanted: bool = Field(default=False)
    result: Any = Field(default=None, sa_type=JsonText)
    created_by: str = Field(default="")
    request: Any = Field(default=None, sa_type=JsonText)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
