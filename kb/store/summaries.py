"""What monthly summaries count: single columns of visits, orders, reports, records, read by span; and months that were closed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlmodel import Field, Session, SQLModel, col
from sqlmodel import select as select_rows

from kb.store import records
from kb.store.columns import JsonText, UtcDateTime
from kb.store.tables import EquipmentRow, SiteRow, TechnicianRow, VisitRow
from kb.store.work_orders import FaultReportRow, WorkOrderPartRow, WorkOrderRow


class ClosedMonthRow(SQLModel, table=True):
    """A month whose figures were kept as they were when somebody closed it."""

    __tablename__ = "closed_months"
    month: str = Field(primary_key=True, max_length=7)
    closed_at: datetime = Field(sa_type=UtcDateTime)
    closed_by: str = Field(max_length=80)
    figures: Any = Field(default_factory=dict, sa_type=JsonText)


def names(session: Session) -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    """Return the names of sites, the tags of machines and the names of technicians, by id."""
    connection = session.connection()
    found = []
    for row, name in ((SiteRow, "name"), (EquipmentRow, "tag"), (TechnicianRow, "name")):
        query = select(col(row.id), col(getattr(row, name)))
        found.append({str(id): str(text) for id, text in connection.execute(query)})
    return found[0], found[1], found[2]


def visits(session: Session, first: date, last: date) -> list[tuple[str, date, str, str, str, str]]:
    """Return key, day done, site's and technician's id, state and notes of visits done in a span, by day."""
    row = VisitRow
    query = (
        select(
            col(row.key),
            col(row.done_on),
            col(row.site_id),
            col(row.technician_id),
            col(row.state),
            col(row.notes),
        )
        .where(
            col(row.done_on) >= first, col(row.done_on) <= last, col(row.state).in_(("done", "partly_done"))
        )
        .order_by(col(row.done_on), col(row.key))
    )
    return [
        (key, day, site, person or "", state, notes)
        for key, day, site, person, state, notes in session.connection().execute(query)
        if day is not None
    ]


def orders(session: Session, start: datetime, before: datetime) -> list[dict[str, Any]]:
    """Return the work orders closed in a span, half-open, by that instant: the columns that summaries show."""
    row = WorkOrderRow
    wanted = (
        "id",
        "number",
        "kind",
        "title",
        "site_id",
        "equipment_id",
        "technician_id",
        "cover",
        "subsystem",
        "cause",
        "closed_at",
        "opened_at",
    )
    query = (
        select(*(col(getattr(row, name)) for name in wanted))
        .where(col(row.closed_at) >= start, col(row.closed_at) < before, col(row.state) == "closed")
        .order_by(col(row.closed_at), col(row.id))
    )
    return [dict(zip(wanted, one, strict=True)) for one in session.connection().execute(query)]


def reports(session: Session, start: datetime, before: datetime) -> list[dict[str, Any]]:
    """Return the fault reports that came in a span, half-open, by that instant."""
    row = FaultReportRow
    wanted = (
        "number",
        "reported_at",
        "site_id",
        "equipment_id",
        "alarm",
        "symptom",
        "machine_state",
        "state",
        "channel",
    )
    query = (
        select(*(col(getattr(row, name)) for name in wanted))
        .where(col(row.reported_at) >= start, col(row.reported_at) < before)
        .order_by(col(row.reported_at), col(row.id))
    )
    return [dict(zip(wanted, one, strict=True)) for one in session.connection().execute(query)]


def parts(session: Session, first: date, last: date) -> list[dict[str, Any]]:
    """Return the parts that were used in a span of days, both included, by day."""
    row = WorkOrderPartRow
    wanted = ("used_on", "part_number", "name", "part_class", "quantity", "equipment_id", "after_failure")
    query = (
        select(*(col(getattr(row, name)) for name in wanted))
        .where(col(row.used_on) >= first, col(row.used_on) <= last)
        .order_by(col(row.used_on), col(row.id))
    )
    return [dict(zip(wanted, one, strict=True)) for one in session.connection().execute(query)]


def records_of(
    session: Session,
    kind: str,
    *,
    created: tuple[datetime, datetime] | None = None,
    closed: tuple[datetime, datetime] | None = None,
) -> list[records.RecordRow]:
    """Return the records of a kind that were opened, or closed, in a span, half-open."""
    wanted = records.RecordSelection(
        kind=kind,
        created_from=created[0] if created else None,
        created_before=created[1] if created else None,
        closed_from=closed[0] if closed else None,
        closed_before=closed[1] if closed else None,
    )
    return list(records.record_rows(session, wanted, first=0, size=None))


def closed_month(session: Session, month: str) -> ClosedMonthRow | None:
    """Return a month that was closed, such as `2026-11`."""
    return session.get(ClosedMonthRow, month)


def closed_months(session: Session) -> list[ClosedMonthRow]:
    """Return all months that were closed, in order."""
    return list(session.exec(select_rows(ClosedMonthRow).order_by(ClosedMonthRow.month)))


def open_again(session: Session, row: ClosedMonthRow) -> None:
    """Forget that a month was closed."""
    session.delete(row)
    session.flush()
