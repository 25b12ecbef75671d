"""What inspections collected, read as plain rows: results with their orders, alarms, parameters, notes, findings."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, or_, select

from kb.store.attachments import AttachmentRow
from kb.store.order_entries import OrderEntryRow
from kb.store.tables import EquipmentRow
from kb.store.work_orders import CheckResultRow, FaultReportRow, FindingRow, WorkOrderRow

MOST = 4_000
"""Rows of one machine that are looked through, the last ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmRow:
    """An alarm as somebody told it, once for a report and the order that came of it."""

    kind: str
    number: str
    alarm: str
    at: datetime


def result_rows(session: Session, equipment_id: str) -> list[tuple[CheckResultRow, str]]:
    """Return the results of checklists on a machine with the numbers of their orders, the last first."""
    query = (
        select(CheckResultRow, WorkOrderRow.number)
        .join(WorkOrderRow, col(WorkOrderRow.id) == col(CheckResultRow.work_order_id))
        .where(CheckResultRow.equipment_id == equipment_id)
        .order_by(col(CheckResultRow.checked_at).desc(), col(CheckResultRow.id))
        .limit(MOST)
    )
    return [(row, number) for row, number in session.exec(query)]


def machines_of_order(session: Session, order_id: str) -> list[str]:
    """Return the ids of machines that an order has results of."""
    query = select(CheckResultRow.equipment_id).where(CheckResultRow.work_order_id == order_id).distinct()
    return sorted(session.exec(query))


def fleet_rows(session: Session, equipment_class: str, controller: str) -> list[EquipmentRow]:
    """Return the machines in use of a class and control, by tag."""
    row = EquipmentRow
    query = (
        select(row)
        .where(row.equipment_class == equipment_class, row.controller == controller)
        .where(col(row.retired).is_(False))
        .order_by(col(row.tag))
    )
    return list(session.exec(query))


def last_values_of_fleet(
    session: Session, equipment_class: str, controller: str, item_ids: Collection[str]
) -> dict[tuple[str, str], dict[str, float]]:
    """Return the last value of each machine of a class and control, by item and unit, then machine."""
    row = CheckResultRow
    query = (
        select(row.item_id, row.unit, row.equipment_id, row.value)
        .join(EquipmentRow, col(EquipmentRow.id) == col(row.equipment_id))
        .where(
            EquipmentRow.equipment_class == equipment_class,
            EquipmentRow.controller == controller,
            col(EquipmentRow.retired).is_(False),
            col(row.value).is_not(None),
            col(row.item_id).in_(sorted(item_ids)),
        )
        .order_by(col(row.checked_at), col(row.id))
    )
    found: dict[tuple[str, str], dict[str, float]] = {}
    for item_id, unit, equipment_id, value in session.exec(query):
        if value is not None:
            found.setdefault((item_id, unit), {})[equipment_id] = value
    return found


def alarm_rows(session: Session, equipment_id: str, *, after: datetime) -> list[AlarmRow]:
    """Return the alarms of a machine that reports and orders tell of, after an instant, oldest first."""
    order = WorkOrderRow
    orders = session.exec(
        select(order)
        .where(order.equipment_id == equipment_id, col(order.alarm) != "", col(order.opened_at) > after)
        .where(order.state != "cancelled")
        .limit(MOST)
    ).all()
    report = FaultReportRow
    reports = session.exec(
        select(report)
        .where(report.equipment_id == equipment_id, col(report.alarm) != "", col(report.reported_at) > after)
        .where(col(report.duplicate_of).is_(None))
        .limit(MOST)
    ).all()
    told = {one.id for one in orders} | {one.number for one in orders}
    found = [
        AlarmRow(kind="order", number=one.number, alarm=one.alarm, at=one.opened_at) for one in orders
    ] + [
        AlarmRow(kind="report", number=one.number, alarm=one.alarm, at=one.reported_at)
        for one in reports
        if one.work_order_id not in told
    ]
    return sorted(found, key=lambda one: (one.at, one.number))


def parameter_rows(
    session: Session, equipment_id: str, *, after: datetime | None
) -> list[tuple[OrderEntryRow, str]]:
    """Return parameters that were told as changed on a machine, with the number of the order, oldest first."""
    query = (
        select(OrderEntryRow, WorkOrderRow)
        .join(WorkOrderRow, col(WorkOrderRow.id) == col(OrderEntryRow.work_order_id))
        .where(
            OrderEntryRow.kind == "parameter",
            OrderEntryRow.state == "applied",
            or_(
                col(WorkOrderRow.equipment_id) == equipment_id,
                col(WorkOrderRow.id).in_(
                    select(CheckResultRow.work_order_id).where(CheckResultRow.equipment_id == equipment_id)
                ),
            ),
        )
        .order_by(col(OrderEntryRow.at), col(OrderEntryRow.id))
    )
    if after is not None:
        query = query.where(col(OrderEntryRow.at) > after)
    return [
        (entry, order.number)
        for entry, order in session.exec(query)
        if ((entry.body or {}).get("equipment_id") or order.equipment_id) == equipment_id
    ]


def orders_of_machine(session: Session, equipment_id: str) -> list[WorkOrderRow]:
    """Return the orders of a machine that were not cancelled, the last first."""
    row = WorkOrderRow
    query = (
        select(row)
        .where(row.equipment_id == equipment_id, row.state != "cancelled")
        .order_by(col(row.opened_at).desc(), col(row.id))
        .limit(MOST)
    )
    return list(session.exec(query))


def files_named(
    session: Session, things: Sequence[tuple[str, str]], words: Sequence[str]
) -> list[AttachmentRow]:
    """Return the files of records, by kind and id, whose name or note has one of the words."""
    row = AttachmentRow
    kinds: dict[str, list[str]] = {}
    for kind, id in things:
        kinds.setdefault(kind, []).append(id)
    ways = [
        column.icontains(word, autoescape=True) for word in words for column in (col(row.name), col(row.note))
    ]
    found: list[AttachmentRow] = []
    for kind, ids in kinds.items():
        for start in range(0, len(ids), 400):
            query = select(row).where(
                row.kind == kind,
                col(row.thing_id).in_(ids[start : start + 400]),
                col(row.removed).is_(False),
                or_(*ways),
            )
            found += session.exec(query)
    return sorted(found, key=lambda one: (one.added_at, one.id))


def open_findings(session: Session, equipment_id: str) -> list[tuple[FindingRow, str]]:
    """Return what was found on a machine and is not settled, with the number of the order, the gravest first."""
    query = (
        select(FindingRow, WorkOrderRow.number)
        .join(WorkOrderRow, col(WorkOrderRow.id) == col(FindingRow.work_order_id))
        .where(FindingRow.equipment_id == equipment_id, FindingRow.state == "open")
        .order_by(col(FindingRow.severity), col(FindingRow.found_at), col(FindingRow.id))
    )
    return [(row, number) for row, number in session.exec(query)]
