"""Ended repairs as plain tuples for analyses, and a list of old jobs written in one go.

A year of a large department is some ten thousand jobs: single columns are read, no objects, and children by join.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import func, select
from sqlmodel import Session, col
from sqlmodel import select as sqlmodel_select

from kb.store import work_orders as rows
from kb.store.bulk import insert_rows
from kb.store.tables import EquipmentRow, MeterReadingRow, MeterRow, SiteRow, VisitRow

_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class JobRow:
    """A closed repair: the columns that analyses use."""

    id: str
    number: str
    title: str
    site_id: str
    equipment_id: str
    technician_id: str | None
    machine_state: str
    alarm: str
    subsystem: str
    item: str
    failure_mode: str
    mechanism: str
    cause: str
    remedy: str
    case_id: str
    opened_at: datetime
    closed_at: datetime
    body: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """A part that was used on a machine."""

    order_id: str
    equipment_id: str
    part_number: str
    name: str
    place: str
    quantity: float
    after_failure: bool
    used_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineRow:
    """A machine that is observed."""

    id: str
    tag: str
    model: str
    equipment_class: str
    site_id: str
    site: str
    commissioned: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckRow:
    """A value that a checklist asked for."""

    equipment_id: str
    checklist_id: str
    item_id: str
    value: float
    unit: str
    checked_at: datetime


def machine_rows(
    session: Session,
    *,
    site_id: str = "",
    customer_id: str = "",
    equipment_class: str = "",
    equipment_id: str = "",
    with_retired: bool = False,
) -> list[MachineRow]:
    """Return the machines that meet all that is given, by tag; those that were retired only where they are asked for."""
    machine = EquipmentRow
    query = (
        select(
            *(col(getattr(machine, name)) for name in ("id", "tag", "model", "equipment_class", "site_id")),
            col(SiteRow.name),
            col(machine.commissioned),
        )
        .join(SiteRow, col(SiteRow.id) == col(machine.site_id))
        .order_by(col(machine.tag))
    )
    if not with_retired:
        query = query.where(col(machine.retired).is_(False))
    for column, value in (
        (col(machine.site_id), site_id),
        (col(SiteRow.customer_id), customer_id),
        (col(machine.equipment_class), equipment_class),
        (col(machine.id), equipment_id),
    ):
        if value:
            query = query.where(column == value)
    names = ("id", "tag", "model", "equipment_class", "site_id", "site", "commissioned")
    return [MachineRow(**dict(zip(names, row, strict=True))) for row in session.connection().execute(query)]


def closed_repairs(
    session: Session,
    *,
    opened_from: datetime | None = None,
    opened_before: datetime,
    closed_from: datetime | None = None,
) -> list[JobRow]:
    """Return the closed repairs of machines that were opened, or closed, in a span, by their opening, then id."""
    row = rows.WorkOrderRow
    names = tuple(JobRow.__dataclass_fields__)
    query = (
        select(*(col(getattr(row, name)) for name in names))
        .where(
            col(row.kind) == "repair",
            col(row.state) == "closed",
            col(row.equipment_id).is_not(None),
            col(row.opened_at) < opened_before,
        )
        .order_by(col(row.opened_at), col(row.id))
    )
    if opened_from is not None:
        query = query.where(col(row.opened_at) >= opened_from)
    if closed_from is not None:
        query = query.where(col(row.closed_at) >= closed_from)
    return [JobRow(**dict(zip(names, one, strict=True))) for one in session.connection().execute(query)]


def event_instants(
    session: Session, order_ids: Sequence[str], kinds: Sequence[str]
) -> list[tuple[str, str, datetime]]:
    """Return order, kind and instant of events of the kinds, by order, then place in its log."""
    row = rows.WorkOrderEventRow
    found: list[tuple[str, str, datetime]] = []
    for start in range(0, len(order_ids), _CHUNK):
        query = (
            select(col(row.work_order_id), col(row.kind), col(row.at))
            .where(col(row.work_order_id).in_(order_ids[start : start + _CHUNK]), col(row.kind).in_(kinds))
            .order_by(col(row.work_order_id), col(row.position))
        )
        found += [(str(order), str(kind), at) for order, kind, at in session.connection().execute(query)]
    return found


def minutes_of(session: Session, order_ids: Sequence[str]) -> list[tuple[str, str, int]]:
    """Return order, kind of time and its minutes, summed."""
    row = rows.WorkOrderTimeRow
    found: list[tuple[str, str, int]] = []
    for start in range(0, len(order_ids), _CHUNK):
        query = (
            select(col(row.work_order_id), col(row.kind), func.sum(col(row.minutes)))
            .where(col(row.work_order_id).in_(order_ids[start : start + _CHUNK]))
            .group_by(col(row.work_order_id), col(row.kind))
            .order_by(col(row.work_order_id), col(row.kind))
        )
        found += [
            (str(order), str(kind), int(sum_)) for order, kind, sum_ in session.connection().execute(query)
        ]
    return found


def part_rows(session: Session, *, used_before: date, equipment_id: str = "") -> list[PartRow]:
    """Return the parts that were put into machines, or into one, before a day, by day, then order."""
    row = rows.WorkOrderPartRow
    names = tuple(PartRow.__dataclass_fields__)
    columns = {**{name: name for name in names}, "order_id": "work_order_id"}
    query = (
        select(*(col(getattr(row, columns[name])) for name in names))
        .where(col(row.used_on) < used_before, col(row.equipment_id).is_not(None))
        .order_by(col(row.used_on), col(row.work_order_id), col(row.id))
    )
    if equipment_id:
        query = query.where(col(row.equipment_id) == equipment_id)
    return [PartRow(**dict(zip(names, one, strict=True))) for one in session.connection().execute(query)]


def check_rows(session: Session, *, equipment_id: str = "") -> list[CheckRow]:
    """Return the values that checklists asked for, by machine, item and instant; of all machines or of one."""
    row = rows.CheckResultRow
    names = tuple(CheckRow.__dataclass_fields__)
    query = (
        select(*(col(getattr(row, name)) for name in names))
        .where(col(row.value).is_not(None))
        .order_by(col(row.equipment_id), col(row.item_id), col(row.checked_at), col(row.id))
    )
    if equipment_id:
        query = query.where(col(row.equipment_id) == equipment_id)
    return [CheckRow(**dict(zip(names, one, strict=True))) for one in session.connection().execute(query)]


def first_opened(session: Session) -> datetime | None:
    """Return when the first work order of all was opened; None without one."""
    return (
        session.connection().execute(select(func.min(col(rows.WorkOrderRow.opened_at)))).scalar_one_or_none()
    )


def days_done(session: Session, site_id: str) -> list[date]:
    """Return the days on which inspections of a site were done, in order; urgent visits inspect nothing and are left out."""
    query = (
        select(col(VisitRow.done_on), col(VisitRow.body))
        .where(col(VisitRow.site_id) == site_id, col(VisitRow.done_on).is_not(None))
        .order_by(col(VisitRow.done_on), col(VisitRow.key))
    )
    found = session.connection().execute(query)
    return [day for day, body in found if day is not None and body.get("occurrences")]


def last_readings(session: Session, equipment_id: str) -> list[dict[str, Any]]:
    """Return the meters of a machine in use with their last reading, by code; `at` and `value` are None without one."""
    meters = session.exec(
        sqlmodel_select(MeterRow)
        .where(col(MeterRow.equipment_id) == equipment_id, col(MeterRow.retired).is_(False))
        .order_by(col(MeterRow.code))
    )
    found = []
    for meter in meters:
        reading = session.exec(
            sqlmodel_select(MeterReadingRow)
            .where(col(MeterReadingRow.meter_id) == meter.id, col(MeterReadingRow.retired).is_(False))
            .order_by(col(MeterReadingRow.read_at).desc())
            .limit(1)
        ).first()
        found.append(
            {
                "code": meter.code,
                "name": meter.name,
                "unit": meter.unit,
                "at": reading.read_at if reading else None,
                "value": reading.value if reading else None,
            }
        )
    return found


def open_findings(session: Session, equipment_id: str) -> list[dict[str, Any]]:
    """Return what was found on a machine and is not settled, the gravest first."""
    row = rows.FindingRow
    query = (
        sqlmodel_select(row)
        .where(col(row.equipment_id) == equipment_id, col(row.state) == "open")
        .order_by(col(row.severity), col(row.found_at).desc(), col(row.id))
    )
    return [
        {
            "severity": one.severity,
            "text": one.text,
            "recommendation": one.recommendation,
            "found_at": one.found_at,
        }
        for one in session.exec(query)
    ]


def known_orders(session: Session, ids: Sequence[str]) -> set[str]:
    """Return which of the ids work orders have."""
    found: set[str] = set()
    for start in range(0, len(ids), _CHUNK):
        query = select(col(rows.WorkOrderRow.id)).where(
            col(rows.WorkOrderRow.id).in_(ids[start : start + _CHUNK])
        )
        found.update(str(id) for (id,) in session.connection().execute(query))
    return found


def machines_by_name(session: Session, names: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Return id and site of the machines that are known by each name: tag, id or serial number."""
    wanted = sorted(set(names))
    found: dict[str, list[tuple[str, str]]] = {}
    row = EquipmentRow
    for column in (row.tag, row.id, row.serial):
        missing = [name for name in wanted if name not in found]
        for start in range(0, len(missing), _CHUNK):
            query = (
                select(col(column), col(row.id), col(row.site_id))
                .where(col(column).in_(missing[start : start + _CHUNK]), col(row.retired).is_(False))
                .order_by(col(row.id))
            )
            for name, id, site_id in session.connection().execute(query):
                found.setdefault(str(name), []).append((str(id), str(site_id)))
    return found


def reserve_numbers(session: Session, series: str, count: int) -> int:
    """Give out `count` numbers of a series at once and return the first; must run in a writing transaction."""
    first = rows.next_number(session, series)
    row = session.get_one(rows.CounterRow, series)
    row.last += count - 1
    session.flush()
    return first


def write_jobs(
    session: Session,
    orders: Sequence[Mapping[str, object]],
    events: Sequence[Mapping[str, object]],
    parts: Sequence[Mapping[str, object]],
    times: Sequence[Mapping[str, object]],
) -> None:
    """Insert work orders with what belongs to them; must run in a writing transaction."""
    for table, values in (
        (rows.WorkOrderRow, orders),
        (rows.WorkOrderEventRow, events),
        (rows.WorkOrderPartRow, parts),
        (rows.WorkOrderTimeRow, times),
    ):
        insert_rows(session, table, values)


def write_checks(session: Session, checks: Sequence[Mapping[str, object]]) -> None:
    """Insert values of checklists; must run in a writing transaction."""
    insert_rows(session, rows.CheckResultRow, checks)


def write_reports(session: Session, reports: Sequence[Mapping[str, object]]) -> None:
    """Insert fault reports; must run in a writing transaction."""
    insert_rows(session, rows.FaultReportRow, reports)
