"""The audit trail and the logs of records, searched: who changed what, when."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from kb.store.records import RecordEventRow, RecordRow
from kb.store.tables import AuditRow

__all__ = [
    "AuditRow",
    "RecordEventRow",
    "Session",
    "audit_keys",
    "audit_kinds",
    "audit_rows",
    "record_event_keys",
    "record_event_rows",
]

_CHUNK = 500
"""Bound parameters of one statement stay far below SQLite's limit."""


def audit_keys(
    session: Session,
    *,
    who: str = "",
    kind: str = "",
    things: Sequence[str] = (),
    start: datetime | None = None,
    before: datetime | None = None,
    limit: int,
) -> list[tuple[datetime, int | None]]:
    """Return instant and id of the newest entries of the trail; what is empty selects nothing out."""
    row = AuditRow
    query = select(row.at, row.id)
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


def audit_rows(session: Session, ids: Sequence[int | None]) -> dict[int | None, AuditRow]:
    """Return entries of the trail by their id."""
    parts = [ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]
    return {
        one.id: one
        for part in parts
        for one in session.exec(select(AuditRow).where(col(AuditRow.id).in_(part)))
    }


def record_event_keys(
    session: Session,
    *,
    who: str = "",
    number: str = "",
    start: datetime | None = None,
    before: datetime | None = None,
    limit: int,
) -> list[tuple[datetime, str]]:
    """Return instant and id of the newest lines of the logs of records."""
    row = RecordEventRow
    query = select(row.at, row.id)
    if who:
        query = query.where(col(row.who).icontains(who, autoescape=True))
    if number:
        named = select(RecordRow.id).where((col(RecordRow.number) == number) | (col(RecordRow.id) == number))
        query = query.where(col(row.record_id).in_(named))
    if start is not None:
        query = query.where(col(row.at) >= start)
    if before is not None:
        query = query.where(col(row.at) < before)
    return list(session.exec(query.order_by(col(row.at).desc(), col(row.position).desc()).limit(limit)))


def record_event_rows(session: Session, ids: Sequence[str]) -> dict[str, tuple[RecordEventRow, str]]:
    """Return lines of the logs of records by their id, each with the record's number."""
    row = RecordEventRow
    parts = [ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]
    return {
        event.id: (event, number)
        for part in parts
        for event, number in session.exec(
            select(row, RecordRow.number).where(row.record_id == RecordRow.id, col(row.id).in_(part))
        )
    }


def audit_kinds(session: Session) -> list[str]:
    """Return the kinds of things that the trail knows."""
    return sorted(session.exec(select(AuditRow.kind).distinct()))
