"""Rows of campaigns: bulletins that somebody sent, and what was decided of each machine."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Text, func, type_coerce
from sqlalchemy import select as core_select
from sqlmodel import Field, Session, SQLModel, col, select

from kb.store.columns import JsonText, UtcDateTime
from kb.store.tables import EquipmentRow, SiteRow
from kb.store.work_orders import WorkOrderRow


class CampaignRow(SQLModel, table=True):
    """A bulletin; which machines it is about follows from `rule` and the register and is stored nowhere."""

    __tablename__ = "campaigns"
    id: str = Field(primary_key=True, max_length=64)
    number: str = Field(unique=True, max_length=80)
    title: str = Field(max_length=200)
    source: str = Field(max_length=200)
    reference: str = Field(default="", max_length=400)
    action: str
    due: date | None = Field(default=None, index=True)
    ended: bool = Field(default=False, index=True)
    rule: Any = Field(default_factory=dict, sa_type=JsonText)
    revision: int = Field(default=1)
    changed_at: datetime = Field(sa_type=UtcDateTime)
    changed_by: str = Field(max_length=80)


class CampaignMachineRow(SQLModel, table=True):
    """What was decided of a machine: *affected* (looked at, and it is), *done*, or *not_affected*."""

    __tablename__ = "campaign_machines"
    campaign_id: str = Field(primary_key=True, foreign_key="campaigns.id", max_length=64)
    equipment_id: str = Field(primary_key=True, foreign_key="equipment.id", index=True, max_length=64)
    state: str = Field(max_length=20)
    work_order_id: str | None = Field(default=None, foreign_key="work_orders.id", max_length=64)
    why: str = Field(default="")
    said_by: str = Field(max_length=80)
    at: datetime = Field(sa_type=UtcDateTime)


def campaign_row(session: Session, number: str) -> CampaignRow | None:
    """Return a campaign by its number or id."""
    found = session.exec(select(CampaignRow).where(CampaignRow.number == number)).first()
    return found or session.get(CampaignRow, number)


def campaign_rows(session: Session, *, ended: bool | None = None) -> list[CampaignRow]:
    """Return campaigns, those due first first, those without a day last."""
    query = select(CampaignRow)
    if ended is not None:
        query = query.where(col(CampaignRow.ended).is_(ended))
    return sorted(session.exec(query), key=lambda one: (one.due or date.max, one.number))


def decided_rows(session: Session, campaign_id: str = "") -> list[CampaignMachineRow]:
    """Return what was decided of machines, in one campaign or in all."""
    row = CampaignMachineRow
    query = select(row).order_by(col(row.campaign_id), col(row.equipment_id))
    if campaign_id:
        query = query.where(row.campaign_id == campaign_id)
    return list(session.exec(query))


def decided_row(session: Session, campaign_id: str, equipment_id: str) -> CampaignMachineRow | None:
    """Return what was decided of a machine in a campaign."""
    return session.get(CampaignMachineRow, (campaign_id, equipment_id))


Software = tuple[tuple[str, str], ...]
Build = tuple[str, str, str, Software]
"""Brand, model, control and software of a machine: what the rule of a bulletin asks for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetMachine:
    """What bulletins need to know of a machine."""

    id: str
    tag: str
    build: Build
    site: str
    site_code: str


def machines_in_use(session: Session, *, equipment_ids: Sequence[str] = ()) -> list[FleetMachine]:
    """Return the machines that are not retired with their sites, by tag; all, or those named."""
    row = EquipmentRow
    query = (
        core_select(*_named(row, ("id", "tag", "brand", "model", "controller", "software")))
        .add_columns(col(SiteRow.name), col(SiteRow.code))
        .join(SiteRow, col(SiteRow.id) == col(row.site_id))
        .where(col(row.retired).is_(False))
        .order_by(col(row.tag))
    )
    parts = [equipment_ids[start : start + 400] for start in range(0, len(equipment_ids), 400)]
    queries = [query.where(col(row.id).in_(part)) for part in parts] if equipment_ids else [query]
    return [
        FleetMachine(
            id=id, tag=tag, build=(brand, model, controller, _pairs(software)), site=site, site_code=code
        )
        for one in queries
        for id, tag, brand, model, controller, software, site, code in session.connection().execute(one)
    ]


def builds_in_use(session: Session) -> list[tuple[Build, int]]:
    """Return how many machines that are not retired are built alike."""
    row = EquipmentRow
    columns = _build_of(row)
    query = core_select(*columns, func.count()).where(col(row.retired).is_(False)).group_by(*columns)
    read = _Read()
    return [(read.build(one[:4]), one[4]) for one in session.connection().execute(query)]


def builds_decided(session: Session) -> list[tuple[str, str, Build, int]]:
    """Return campaign, decision and build of the machines in use that something was decided of, and how many."""
    row, machine = CampaignMachineRow, EquipmentRow
    columns = [*_named(row, ("campaign_id", "state")), *_build_of(machine)]
    query = (
        core_select(*columns, func.count())
        .join(machine, col(machine.id) == col(row.equipment_id))
        .where(col(machine.retired).is_(False))
        .group_by(*columns)
    )
    read = _Read()
    return [(one[0], one[1], read.build(one[2:6]), one[6]) for one in session.connection().execute(query)]


class _Read:
    """Reads each software once, however many machines have it."""

    def __init__(self) -> None:
        self._software: dict[str | None, Software] = {}

    def build(self, columns: Sequence[Any]) -> Build:
        brand, model, controller, text = columns
        if text not in self._software:
            self._software[text] = _pairs(json.loads(text) if text else ())
        return brand, model, controller, self._software[text]


def _build_of(row: type[EquipmentRow]) -> list[Any]:
    return [*_named(row, ("brand", "model", "controller")), type_coerce(col(row.software), Text)]


def _named(row: type[SQLModel], names: Sequence[str]) -> list[Any]:
    return [col(getattr(row, name)) for name in names]


def _pairs(software: Any) -> Software:
    return tuple((str(name), str(version)) for name, version in software or ())


def order_numbers(session: Session, order_ids: Sequence[str]) -> dict[str, str]:
    """Return the numbers of work orders by their id."""
    found: dict[str, str] = {}
    for start in range(0, len(order_ids), 400):
        query = select(WorkOrderRow.id, WorkOrderRow.number).where(
            col(WorkOrderRow.id).in_(order_ids[start : start + 400])
        )
        found.update(dict(session.exec(query).all()))
    return found
