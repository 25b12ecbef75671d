"""Rows of draft cases that engineers wrote where no network was, and of their photos.

A photo is a row beside its draft, not a file: what is acknowledged is there whole or not at all, in one transaction,
and every backup of the database has it.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlalchemy.orm import defer
from sqlmodel import Field, Session, SQLModel, col, func, select

from kb.store.columns import JsonText, UtcDateTime

NEW = "new"


class DraftRow(SQLModel, table=True):
    """A draft as it was received; `id` was made by the phone, `digest` is of all that the phone sent."""

    __tablename__ = "drafts"
    __table_args__ = (Index("ix_drafts_state_received", "state", "received_at", "id"),)
    id: str = Field(primary_key=True, max_length=36)
    digest: str = Field(max_length=64)
    body: Any = Field(sa_type=JsonText)
    created_at: datetime = Field(sa_type=UtcDateTime)
    received_at: datetime = Field(sa_type=UtcDateTime, index=True)
    author: str = Field(max_length=80)
    state: str = Field(default=NEW, index=True, max_length=20)
    handled_by: str = Field(default="", max_length=80)
    note: str = Field(default="")
    revision: int = Field(default=1)


class DraftPhotoRow(SQLModel, table=True):
    """A photo of a draft; `position` counts from 1."""

    __tablename__ = "draft_photos"
    draft_id: str = Field(primary_key=True, foreign_key="drafts.id", max_length=36)
    position: int = Field(primary_key=True)
    media_type: str = Field(max_length=20)
    digest: str = Field(max_length=64)
    size_bytes: int
    content: bytes


def draft_row(session: Session, id: str) -> DraftRow | None:
    """Return a draft."""
    return session.get(DraftRow, id)


def add_draft(session: Session, row: DraftRow, photos: Sequence[DraftPhotoRow]) -> None:
    """Keep a new draft with its photos.

    Must run in a writing transaction in which `draft_row` found none: only there is nobody between the two.
    """
    session.add(row)
    session.flush()
    session.add_all(photos)
    session.flush()


def draft_rows(session: Session, *, state: str, first: int, size: int) -> list[DraftRow]:
    """Return the drafts in a state (empty: in any), those received last first."""
    query = select(DraftRow)
    if state:
        query = query.where(DraftRow.state == state)
    query = query.order_by(col(DraftRow.received_at).desc(), col(DraftRow.id)).offset(first).limit(size)
    return list(session.exec(query))


def draft_counts(session: Session) -> dict[str, int]:
    """Return how many drafts there are, by state."""
    query = select(DraftRow.state, func.count()).group_by(col(DraftRow.state))
    return dict(session.exec(query).all())


def photos_of(session: Session, draft_ids: Sequence[str]) -> list[DraftPhotoRow]:
    """Return what is known of the photos of drafts, in their order; their bytes are not read."""
    query = (
        select(DraftPhotoRow)
        .where(col(DraftPhotoRow.draft_id).in_(draft_ids))
        .order_by(col(DraftPhotoRow.draft_id), col(DraftPhotoRow.position))
        .options(defer(DraftPhotoRow.content, raiseload=True))  # type: ignore[arg-type]
    )
    return list(session.exec(query))


def photo_row(session: Session, draft_id: str, position: int) -> DraftPhotoRow | None:
    """Return a photo with its bytes."""
    return session.get(DraftPhotoRow, (draft_id, position))
