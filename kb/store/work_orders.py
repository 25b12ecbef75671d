"""Rows of fault reports and work orders: what was reported, what was done, what was found, used and measured.

A work order's state and deadlines follow from its events and are stored nowhere; `state` and `paused` beside them are
copies that lists filter by, written with each event.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Index, func
from sqlmodel import Field, Session, SQLModel, col, select

from kb.store.columns import JsonText, UtcDateTime
from kb.store.tables import ContractRow, EquipmentRow, SiteRow

AtSite = TypeVar("AtSite", ContractRow, EquipmentRow)
_CHUNK = 500
"""Bound parameters of one statement stay far below SQLite's limit."""


class CounterRow(SQLModel, table=True):
    """The last number that was given out in a series."""

    __tablename__ = "counters"
    series: str = Field(primary_key=True, max_length=40)
    last: int


class FaultReportRow(SQLModel, table=True):
    """A fault as it was reported; `body` holds what nobody filters by.

    `priority`, `state` and `paused` follow from what was told and are copies that lists filter by.
    """

    __tablename__ = "fault_reports"
    __table_args__ = (
        Index("ix_fault_reports_newest", "reported_at", "id", "state", "work_order_id"),
        Index("ix_fault_reports_gravest", "priority", "reported_at", "id", "state", "work_order_id"),
    )
    id: str = Field(primary_key=True, max_length=64)
    number: str = Field(unique=True, max_length=40)
    site_id: str | None = Field(default=None, foreign_key="sites.id", index=True)
    equipment_id: str | None = Field(default=None, foreign_key="equipment.id", index=True)
    channel: str = Field(max_length=20)
    state: str = Field(index=True, max_length=20)
    alarm: str = Field(default="")
    symptom: str = Field(default="")
    machine_state: str = Field(max_length=20)
    since: datetime | None = Field(default=None, sa_type=UtcDateTime)
    contact: str = Field(default="", max_length=200)
    phone: str = Field(default="", max_length=80)
    reported_at: datetime = Field(sa_type=UtcDateTime, index=True)
    reported_by: str = Field(default="", max_length=80)
    duplicate_of: str | None = Field(default=None, max_length=64)
    work_order_id: str | None = Field(default=None, index=True, max_length=64)
    priority: str = Field(default="", index=True, max_length=4)
    paused: bool = Field(default=False)
    revision: int = Field(default=1)
    body: Any = Field(default_factory=dict, sa_type=JsonText)


class WorkOrderRow(SQLModel, table=True):
    """A work order: one piece of work at one site, on a machine where it is about one."""

    __tablename__ = "work_orders"
    __table_args__ = (
        Index("ix_work_orders_closed_opened", "closed_at", "opened_at"),
        Index("ix_work_orders_technician_state", "technician_id", "state", "closed_at", "opened_at"),
        Index("ix_work_orders_equipment_opened", "equipment_id", "opened_at"),
        Index("ix_work_orders_site_opened", "site_id", "opened_at"),
        Index("ix_work_orders_state_opened", "state", "opened_at"),
    )
    id: str = Field(primary_key=True, max_length=64)
    number: str = Field(unique=True, max_length=40)
    kind: str = Field(index=True, max_length=20)
    title: str = Field(max_length=200)
    site_id: str = Field(foreign_key="sites.id", index=True)
    equipment_id: str | None = Field(default=None, foreign_key="equipment.id", index=True)
    report_id: str | None = Field(default=None, index=True, max_length=64)
    visit_key: str | None = Field(default=None, index=True, max_length=200)
    follows_id: str | None = Field(default=None, index=True, max_length=64)
    technician_id: str | None = Field(default=None, foreign_key="technicians.id", index=True)
    planned_day: date | None = Field(default=None, index=True)
    state: str = Field(index=True, max_length=20)
    paused: bool = Field(default=False)
    priority: str = Field(default="", index=True, max_length=4)
    cover: str = Field(default="", max_length=20)
    machine_state: str = Field(default="", max_length=20)
    alarm: str = Field(default="")
    subsystem: str = Field(default="", index=True, max_length=10)
    item: str = Field(default="", index=True, max_length=40)
    failure_mode: str = Field(default="", max_length=10)
    mechanism: str = Field(default="", max_length=10)
    cause: str = Field(default="", index=True, max_length=10)
    remedy: str = Field(default="", max_length=10)
    case_id: str = Field(default="", index=True, max_length=80)
    opened_at: datetime = Field(sa_type=UtcDateTime, index=True)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    revision: int = Field(default=1)
    body: Any = Field(default_factory=dict, sa_type=JsonText)


class WorkOrderEventRow(SQLModel, table=True):
    """One line of a work order's log; `id` is made by who tells it, so that telling it twice is telling it once."""

    __tablename__ = "work_order_events"
    id: str = Field(primary_key=True, max_length=64)
    work_order_id: str = Field(foreign_key="work_orders.id", index=True)
    position: int
    kind: str = Field(max_length=20)
    at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(default="")
    who: str = Field(max_length=80)
    told_at: datetime = Field(sa_type=UtcDateTime)


class WorkOrderPartRow(SQLModel, table=True):
    """A part that was used; old and new serial numbers make the warranty ledger."""

    __tablename__ = "work_order_parts"
    __table_args__ = (Index("ix_work_order_parts_used_id", "used_on", "id"),)
    id: str = Field(primary_key=True, max_length=64)
    work_order_id: str = Field(foreign_key="work_orders.id", index=True)
    equipment_id: str | None = Field(default=None, foreign_key="equipment.id", index=True)
    part_number: str = Field(index=True, max_length=80)
    name: str = Field(default="", max_length=200)
    part_class: str = Field(default="", max_length=20)
    place: str = Field(default="", max_length=80)
    quantity: float = Field(default=1)
    old_serial: str = Field(default="", max_length=80)
    new_serial: str = Field(default="", max_length=80)
    after_failure: bool = Field(default=True)
    warranty_until: date | None = Field(default=None)
    used_on: date = Field(index=True)


class WorkOrderTimeRow(SQLModel, table=True):
    """Time that somebody spent: on the road, at work, waiting."""

    __tablename__ = "work_order_times"
    id: str = Field(primary_key=True, max_length=64)
    work_order_id: str = Field(foreign_key="work_orders.id", index=True)
    technician_id: str | None = Field(default=None, foreign_key="technicians.id", index=True)
    kind: str = Field(max_length=20)
    started_at: datetime = Field(sa_type=UtcDateTime, index=True)
    minutes: int
    kilometres: float = Field(default=0)


class CheckResultRow(SQLModel, table=True):
    """What one item of a checklist came to on one machine."""

    __tablename__ = "check_results"
    __table_args__ = (Index("ix_check_results_machine_checked", "equipment_id", "checked_at"),)
    id: str = Field(primary_key=True, max_length=64)
    work_order_id: str = Field(foreign_key="work_orders.id", index=True)
    equipment_id: str = Field(foreign_key="equipment.id", index=True)
    checklist_id: str = Field(max_length=80)
    item_id: str = Field(index=True, max_length=80)
    kind: str = Field(max_length=20)
    verdict: str = Field(index=True, max_length=20)
    value: float | None = Field(default=None)
    unit: str = Field(default="", max_length=20)
    text: str = Field(default="")
    checked_at: datetime = Field(sa_type=UtcDateTime, index=True)
    checked_by: str = Field(max_length=80)


class FindingRow(SQLModel, table=True):
    """What somebody found and recommends; it ends in work, a proposal, or a reason why not."""

    __tablename__ = "findings"
    id: str = Field(primary_key=True, max_length=64)
    work_order_id: str = Field(foreign_key="work_orders.id", index=True)
    equipment_id: str | None = Field(default=None, foreign_key="equipment.id", index=True)
    check_result_id: str | None = Field(default=None, max_length=64)
    severity: str = Field(index=True, max_length=4)
    text: str
    recommendation: str = Field(default="")
    state: str = Field(index=True, max_length=20)
    follow_up_id: str | None = Field(default=None, max_length=64)
    found_at: datetime = Field(sa_type=UtcDateTime, index=True)
    found_by: str = Field(max_length=80)
    revision: int = Field(default=1)


def next_number(session: Session, series: str) -> int:
    """Give out the next number of a series; must run in a writing transaction."""
    row = session.get(CounterRow, series)
    if row is None:
        row = CounterRow(series=series, last=0)
        session.add(row)
    row.last += 1
    session.flush()
    return row.last


def order_row(session: Session, id: str) -> WorkOrderRow | None:
    """Return a work order by its id or its number."""
    found = session.get(WorkOrderRow, id)
    return found or session.exec(select(WorkOrderRow).where(WorkOrderRow.number == id)).first()


def event_rows(session: Session, order_ids: Sequence[str]) -> list[WorkOrderEventRow]:
    """Return the log of orders, by order, then in the order of their events."""
    query = (
        select(WorkOrderEventRow)
        .where(col(WorkOrderEventRow.work_order_id).in_(order_ids))
        .order_by(col(WorkOrderEventRow.work_order_id), col(WorkOrderEventRow.position))
    )
    return list(session.exec(query))


def event_lines(session: Session, order_ids: Sequence[str]) -> list[tuple[str, str, datetime, str]]:
    """Return order, kind, instant and reason of what was told of orders, as `event_rows`, for long lists."""
    row = WorkOrderEventRow
    query = (
        select(row.work_order_id, row.kind, row.at, row.reason)
        .where(col(row.work_order_id).in_(order_ids))
        .order_by(col(row.work_order_id), col(row.position))
    )
    return list(session.exec(query))


def order_page(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    *,
    first: int,
    size: int,
) -> tuple[list[WorkOrderRow], int]:
    """Return orders that meet all conditions, open ones first, of each those opened last; and how many there are."""
    closed = col(WorkOrderRow.closed_at)
    running = _count(session, [*conditions, closed.is_(None)])
    here = max(0, min(size, running - first))
    found = _half(session, [*conditions, closed.is_(None)], first, here) if here else []
    start, most = max(0, first - running), size - here
    last = _half(session, [*conditions, closed.is_not(None)], start, most) if most else []
    # A half that ends on this page is counted by it: looking for a text reads every order, which is done once then.
    ends_here = len(last) < most and (last or not start)
    ended = start + len(last) if ends_here else _count(session, [*conditions, closed.is_not(None)])
    return found + last, running + ended


def _half(
    session: Session, conditions: Sequence[ColumnElement[bool]], first: int, size: int
) -> list[WorkOrderRow]:
    """Return a part of the open or of the ended orders, which comes in the order of an index; both together would not."""
    row = WorkOrderRow
    query = select(row).where(*conditions).order_by(col(row.opened_at).desc(), col(row.id))
    return list(session.exec(query.offset(first).limit(size)))


def _count(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    return session.exec(select(func.count()).select_from(WorkOrderRow).where(*conditions)).one()


def order_rows(
    session: Session, conditions: Sequence[ColumnElement[bool]], *, first: int, size: int
) -> list[WorkOrderRow]:
    """Return the orders that meet all conditions: open ones first, of each those opened last."""
    return order_page(session, conditions, first=first, size=size)[0]


def rows_at(session: Session, row: type[AtSite], site_ids: set[str]) -> list[AtSite]:
    """Return the rows of a register table at sites that are not retired, by id."""
    found: list[AtSite] = []
    wanted = sorted(site_ids)
    for start in range(0, len(wanted), _CHUNK):
        part = wanted[start : start + _CHUNK]
        query = (
            select(row).where(col(row.site_id).in_(part), col(row.retired).is_(False)).order_by(col(row.id))
        )
        found += session.exec(query)
    return found


def order_conditions(
    *,
    states: Sequence[str] = (),
    kind: str = "",
    site_id: str = "",
    equipment_id: str = "",
    technician_id: str = "",
    visit_key: str = "",
    customer_id: str = "",
    planned_from: date | None = None,
    planned_last: date | None = None,
    opened_from: datetime | None = None,
    opened_before: datetime | None = None,
    closed_from: datetime | None = None,
    closed_before: datetime | None = None,
    text: str = "",
) -> list[ColumnElement[bool]]:
    """Return the conditions of a selection; what is empty selects nothing out."""
    row = WorkOrderRow
    equal = {
        row.kind: kind,
        row.site_id: site_id,
        row.equipment_id: equipment_id,
        row.technician_id: technician_id,
        row.visit_key: visit_key,
    }
    found: list[ColumnElement[bool]] = [col(column) == value for column, value in equal.items() if value]
    if states:
        found.append(col(row.state).in_(states))
    if customer_id:
        of_customer = select(SiteRow.id).where(SiteRow.customer_id == customer_id)
        found.append(col(row.site_id).in_(of_customer))
    if planned_from is not None:
        found.append(col(row.planned_day) >= planned_from)
    if planned_last is not None:
        found.append(col(row.planned_day) <= planned_last)
    if opened_from is not None:
        found.append(col(row.opened_at) >= opened_from)
    if opened_before is not None:
        found.append(col(row.opened_at) < opened_before)
    if closed_from is not None:
        found.append(col(row.closed_at) >= closed_from)
    if closed_before is not None:
        found.append(col(row.closed_at) < closed_before)
    if text:
        columns = (col(row.number), col(row.title), col(row.alarm))
        ways = [column.icontains(text, autoescape=True) for column in columns]
        found.append(ways[0] | ways[1] | ways[2])
    return found
