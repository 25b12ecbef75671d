"""Rows of fault reports: found by id or number, listed by state, and those of a site since an instant."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func
from sqlmodel import Session, col, select

from kb.store.work_orders import FaultReportRow


def report_row(session: Session, id: str) -> FaultReportRow | None:
    """Return a report by its id or its number."""
    found = session.get(FaultReportRow, id)
    return found or session.exec(select(FaultReportRow).where(FaultReportRow.number == id)).first()


def report_rows(session: Session, states: Sequence[str], *, first: int, size: int) -> list[FaultReportRow]:
    """Return the reports in states (none given: in any), those that came last first."""
    query = select(FaultReportRow)
    if states:
        query = query.where(col(FaultReportRow.state).in_(states))
    query = query.order_by(col(FaultReportRow.reported_at).desc(), col(FaultReportRow.id))
    return list(session.exec(query.offset(first).limit(size)))


def count_reports(session: Session, states: Sequence[str]) -> int:
    """Return how many reports are in states (none given: in any)."""
    query = select(func.count()).select_from(FaultReportRow)
    if states:
        query = query.where(col(FaultReportRow.state).in_(states))
    return session.exec(query).one()


def reports_of_site(session: Session, site_id: str, *, since: datetime) -> list[FaultReportRow]:
    """Return the reports of a site since an instant, oldest first."""
    query = (
        select(FaultReportRow)
        .where(FaultReportRow.site_id == site_id, col(FaultReportRow.reported_at) >= since)
        .order_by(col(FaultReportRow.reported_at), col(FaultReportRow.id))
    )
    return list(session.exec(query))
