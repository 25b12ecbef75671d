"""Rows of calendar subscriptions: who may read which technician's visits without logging in; only hashes of secrets."""

from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from kb.store.columns import UtcDateTime


class CalendarFeedRow(SQLModel, table=True):
    """One secret address of one technician's calendar."""

    __tablename__ = "calendar_feeds"
    id: str = Field(primary_key=True, max_length=64)
    technician_id: str = Field(foreign_key="technicians.id", index=True)
    token_hash: str = Field(unique=True, max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str = Field(max_length=80)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


def add_feed(session: Session, row: CalendarFeedRow) -> None:
    """Keep a subscription."""
    session.add(row)
    session.flush()


def feed_with(session: Session, token_hash: str) -> CalendarFeedRow | None:
    """Return the subscription of a secret that holds."""
    query = select(CalendarFeedRow).where(
        CalendarFeedRow.token_hash == token_hash, col(CalendarFeedRow.revoked_at).is_(None)
    )
    return session.exec(query).first()


def feed_row(session: Session, id: str) -> CalendarFeedRow | None:
    """Return a subscription."""
    return session.get(CalendarFeedRow, id)


def feed_rows(session: Session, technician_id: str | None = None) -> list[CalendarFeedRow]:
    """Return the subscriptions that hold, of one technician or of all, the newest first."""
    query = select(CalendarFeedRow).where(col(CalendarFeedRow.revoked_at).is_(None))
    if technician_id is not None:
        query = query.where(CalendarFeedRow.technician_id == technician_id)
    return list(session.exec(query.order_by(col(CalendarFeedRow.created_at).desc(), col(CalendarFeedRow.id))))
