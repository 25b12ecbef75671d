"""What was told of a work order on site: one row an entry, under the id that the phone gave it, so that twice is once.

An entry is never changed once it was applied: what is taken back or mended is a further entry. Beside it stand the rows
that lists and analyses read (results, parts, times, findings, files), under ids made of the entry's.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, func, or_
from sqlalchemy import select as sql_select
from sqlmodel import Field, Session, SQLModel, col, select

from kb.store.columns import JsonText, UtcDateTime
from kb.store.tables import EquipmentRow, MeterReadingRow, MeterRow, SiteRow
from kb.store.work_orders import (
    CheckResultRow,
    FindingRow,
    WorkOrderPartRow,
    WorkOrderRow,
    WorkOrderTimeRow,
)

_CHUNK = 400
MOST_VALUES = 4_000
"""Readings of one machine that are looked through for the last ones of each item."""


class OrderEntryRow(SQLModel, table=True):
    """One thing that somebody told of an order; `body` is as it came, without the bytes of pictures.

    `signed_digest` is, of a signature, that of what was signed.
    `state` is *applied*, *held* (it came too late or stands against another; somebody decides) or *dropped*.
    """

    __tablename__ = "work_order_entries"
    __table_args__ = (Index("ix_work_order_entries_place", "work_order_id", "position"),)
    id: str = Field(primary_key=True, max_length=64)
    work_order_id: str = Field(foreign_key="work_orders.id", max_length=64)
    position: int
    kind: str = Field(max_length=20)
    at: datetime = Field(sa_type=UtcDateTime)
    who: str = Field(max_length=80)
    told_at: datetime = Field(sa_type=UtcDateTime)
    state: str = Field(max_length=20)
    why: str = Field(default="")
    amends: str = Field(default="")
    digest: str = Field(max_length=64)
    signed_digest: str = Field(default="", index=True, max_length=64, sa_column_kwargs={"server_default": ""})
    body: Any = Field(default_factory=dict, sa_type=JsonText)


def entry_row(session: Session, id: str) -> OrderEntryRow | None:
    """Return an entry."""
    return session.get(OrderEntryRow, id)


def entry_rows(session: Session, order_id: str) -> list[OrderEntryRow]:
    """Return the entries of an order in the order in which they came."""
    query = (
        select(OrderEntryRow)
        .where(OrderEntryRow.work_order_id == order_id)
        .order_by(col(OrderEntryRow.position), col(OrderEntryRow.id))
    )
    return list(session.exec(query))


def next_position(session: Session, order_id: str) -> int:
    """Return the place of the next entry of an order; must run in a writing transaction."""
    query = select(func.max(OrderEntryRow.position)).where(OrderEntryRow.work_order_id == order_id)
    return (session.exec(query).one() or 0) + 1


def signatures_with(session: Session, digest: str, *, order_id: str | None) -> list[OrderEntryRow]:
    """Return the signatures, of one order or of all, whose digest begins so, in the order in which they came; three at most."""
    row = OrderEntryRow
    query = select(row).where(col(row.signed_digest).startswith(digest, autoescape=True))
    if order_id is not None:
        query = query.where(row.work_order_id == order_id)
    return list(session.exec(query.order_by(col(row.told_at), col(row.id)).limit(3)))


def last_signature(session: Session, order_id: str) -> OrderEntryRow | None:
    """Return the signature that an order got last."""
    row = OrderEntryRow
    query = select(row).where(row.work_order_id == order_id, row.signed_digest != "")
    return session.exec(query.order_by(col(row.position).desc()).limit(1)).first()


def held_counts(session: Session, order_ids: Sequence[str]) -> dict[str, int]:
    """Return how many entries of orders wait to be decided on; orders without one are left out."""
    query = (
        select(OrderEntryRow.work_order_id, func.count())
        .where(col(OrderEntryRow.work_order_id).in_(order_ids), OrderEntryRow.state == "held")
        .group_by(col(OrderEntryRow.work_order_id))
    )
    return dict(session.exec(query).all())


def result_rows(session: Session, order_id: str) -> list[CheckResultRow]:
    """Return the results of an order's checklist."""
    query = select(CheckResultRow).where(CheckResultRow.work_order_id == order_id)
    return list(session.exec(query.order_by(col(CheckResultRow.checked_at), col(CheckResultRow.id))))


def result_of(session: Session, order_id: str, equipment_id: str, item_id: str) -> CheckResultRow | None:
    """Return the result that an item has in an order."""
    query = select(CheckResultRow).where(
        CheckResultRow.work_order_id == order_id,
        CheckResultRow.equipment_id == equipment_id,
        CheckResultRow.item_id == item_id,
    )
    return session.exec(query).first()


def finding_rows(session: Session, order_id: str) -> list[FindingRow]:
    """Return the findings of an order, oldest first."""
    query = select(FindingRow).where(FindingRow.work_order_id == order_id)
    return list(session.exec(query.order_by(col(FindingRow.found_at), col(FindingRow.id))))


def finding_row(session: Session, id: str) -> FindingRow | None:
    """Return a finding."""
    return session.get(FindingRow, id)


def finding_of_result(session: Session, result_id: str) -> FindingRow | None:
    """Return the finding that came of a result."""
    return session.exec(select(FindingRow).where(FindingRow.check_result_id == result_id)).first()


def part_rows(session: Session, order_id: str) -> list[WorkOrderPartRow]:
    """Return the parts of an order."""
    query = select(WorkOrderPartRow).where(WorkOrderPartRow.work_order_id == order_id)
    return list(session.exec(query.order_by(col(WorkOrderPartRow.used_on), col(WorkOrderPartRow.id))))


def time_rows(session: Session, order_id: str) -> list[WorkOrderTimeRow]:
    """Return the times of an order, oldest first."""
    query = select(WorkOrderTimeRow).where(WorkOrderTimeRow.work_order_id == order_id)
    return list(session.exec(query.order_by(col(WorkOrderTimeRow.started_at), col(WorkOrderTimeRow.id))))


def last_values(
    session: Session, equipment_id: str, *, but_order: str, most: int = 3
) -> dict[str, list[CheckResultRow]]:
    """Return the last results with a value of each item of a machine, the newest first, those of an order left out."""
    query = (
        select(CheckResultRow)
        .where(
            CheckResultRow.equipment_id == equipment_id,
            CheckResultRow.work_order_id != but_order,
            col(CheckResultRow.value).is_not(None),
        )
        .order_by(col(CheckResultRow.checked_at).desc(), col(CheckResultRow.id))
        .limit(MOST_VALUES)
    )
    found: dict[str, list[CheckResultRow]] = {}
    for row in session.exec(query):
        kept = found.setdefault(row.item_id, [])
        if len(kept) < most:
            kept.append(row)
    return found


def meters_of(session: Session, equipment_ids: Sequence[str]) -> list[tuple[MeterRow, float | None]]:
    """Return the meters of machines, each with its last reading; retired ones are left out."""
    query = (
        select(MeterRow)
        .where(col(MeterRow.equipment_id).in_(equipment_ids), col(MeterRow.retired).is_(False))
        .order_by(col(MeterRow.code))
    )
    found: list[tuple[MeterRow, float | None]] = []
    for meter in session.exec(query):
        last = session.exec(
            select(MeterReadingRow.value)
            .where(MeterReadingRow.meter_id == meter.id, col(MeterReadingRow.retired).is_(False))
            .order_by(col(MeterReadingRow.read_at).desc())
            .limit(1)
        ).first()
        found.append((meter, last))
    return found


def ledger_conditions(
    *, text: str = "", site_id: str = "", equipment_id: str = "", part_class: str = "", under: date | None
) -> list[ColumnElement[bool]]:
    """Return the conditions of a selection of parts; what is empty selects nothing out.

    Args:
        under: Parts whose warranty has not ended on this day.
    """
    row = WorkOrderPartRow
    found: list[ColumnElement[bool]] = []
    if text:
        columns = (row.part_number, row.name, row.old_serial, row.new_serial)
        found.append(or_(*(col(one).icontains(text, autoescape=True) for one in columns)))
    if site_id:
        of_site = select(WorkOrderRow.id).where(WorkOrderRow.site_id == site_id)
        found.append(col(row.work_order_id).in_(of_site))
    if equipment_id:
        found.append(col(row.equipment_id) == equipment_id)
    if part_class:
        found.append(col(row.part_class) == part_class)
    if under is not None:
        found.append(col(row.warranty_until) >= under)
    return found


def count_ledger(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    """Return how many parts meet all conditions."""
    return session.exec(select(func.count()).select_from(WorkOrderPartRow).where(*conditions)).one()


def ledger_rows(
    session: Session, conditions: Sequence[ColumnElement[bool]], *, first: int, size: int | None
) -> list[tuple[WorkOrderPartRow, WorkOrderRow, SiteRow, EquipmentRow | None]]:
    """Return parts with order, site and machine, those used last first."""
    part = WorkOrderPartRow
    newest = (col(part.used_on).desc(), col(part.id))
    page = select(part.id).where(*conditions).order_by(*newest).offset(first)
    ids = page if size is None else page.limit(size)
    query = (
        select(part, WorkOrderRow, SiteRow, EquipmentRow)
        .join(WorkOrderRow, col(WorkOrderRow.id) == col(part.work_order_id))
        .join(SiteRow, col(SiteRow.id) == col(WorkOrderRow.site_id))
        .outerjoin(EquipmentRow, col(EquipmentRow.id) == col(part.equipment_id))
        .where(col(part.id).in_(ids))  # what a part belongs to is fetched for this page only
        .order_by(*newest)
    )
    return [(one, order, site, machine) for one, order, site, machine in session.exec(query).all()]


def closed_codes(
    session: Session, conditions: Sequence[ColumnElement[bool]], *, most: int
) -> list[tuple[tuple[str, ...], int]]:
    """Return what closed orders that meet all conditions were closed with, and how often, the most frequent first.

    The codes are subsystem, item, failure mode, mechanism, cause and remedy.
    """
    row = WorkOrderRow
    columns = [
        col(one) for one in (row.subsystem, row.item, row.failure_mode, row.mechanism, row.cause, row.remedy)
    ]
    query = (
        sql_select(*columns, func.count())
        .where(col(row.state) == "closed", col(row.cause) != "", *conditions)
        .group_by(*columns)
        .order_by(func.count().desc(), *columns)
        .limit(most)
    )
    return [
        (tuple(str(one) for one in found[:-1]), int(found[-1]))
        for found in session.connection().execute(query)
    ]
