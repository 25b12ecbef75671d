"""The audit trail and the logs of records, searched: who changed what, when."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from kb.store.records import RecordEventRow, RecordRow
from kb.store.tables import AuditRow

__all__ = ["Session", "audit_kinds", "audit_rows", "record_event_rows"]


def audit_rows(
    session: Session,
    *,
    who: str = "",
    kind: str = "",
    things: Sequence[str] = (),
    start: datetime | None = None,
    before: datetime | None = None,
    limit: int,
) -> list[AuditRow]:
    """Return the newest entries of the trail; what is empty selects nothing out."""
    row = AuditRow
    query = select(row)
    if who:
        query = query.where(col(row.who).icontains(who, autoescape=True))
    if kind:
        query = query.where(row.kind == kind)
    if things:
        query = query.where(col(row.thing_id).in_(things))
    if start is not None:
        query = query.where(col(row.at) >= start)
    if before is not None:
        query = query.where(col(row.at) < before)
    return list(session.exec(query.order_by(col(row.at).desc(), col(row.id).desc()).limit(limit)))


def record_event_rows(
    session: Session,
    *,
    who: str = "",
    number: str = "",
    start: datetime | None = None,
    before: datetime | None = None,
    limit: int,
) -> list[tuple[RecordEventRow, str]]:
    """Return the newest lines of the logs of records, each with the record's number."""
    row = RecordEventRow
    query = select(row, RecordRow.number).where(row.record_id == RecordRow.id)
    if who:
        query = query.where(col(row.who).icontains(who, autoescape=True))
    if number:
        query = query.where((col(RecordRow.number) == number) | (col(RecordRow.id) == number))
    if start is not None:
        query = query.where(col(row.at) >= start)
    if before is not None:
        query = query.where(col(row.at) < before)
    found = session.exec(query.order_by(col(row.at).desc(), col(row.position).desc()).limit(limit))
    return [(event, handle) for event, handle in found]


def audit_kinds(session: Session) -> list[str]:
    """Return the kinds of things that the trail knows."""
    return sorted(session.exec(select(AuditRow.kind).distinct()))
