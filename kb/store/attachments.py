"""Files that belong to a record: kept once by the hash of their content, never executed, in the database itself.

A file is a row and not a file on disk: what is acknowledged is there whole or not at all, in one transaction with the
record, and every backup of the database has it.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Field, Session, SQLModel, col, select

from kb.store.columns import UtcDateTime


class BlobRow(SQLModel, table=True):
    """Content, once for all that hold it; `digest` is its SHA-256 in hexadecimal."""

    __tablename__ = "blobs"
    digest: str = Field(primary_key=True, max_length=64)
    size_bytes: int
    content: bytes


class AttachmentRow(SQLModel, table=True):
    """A file of a record: `kind` and `thing_id` name the record, as in the audit trail."""

    __tablename__ = "attachments"
    id: str = Field(primary_key=True, max_length=64)
    kind: str = Field(index=True, max_length=40)
    thing_id: str = Field(index=True, max_length=64)
    name: str = Field(max_length=200)
    media_type: str = Field(max_length=100)
    digest: str = Field(foreign_key="blobs.digest", index=True, max_length=64)
    size_bytes: int
    added_at: datetime = Field(sa_type=UtcDateTime)
    added_by: str = Field(max_length=80)
    note: str = Field(default="")
    removed: bool = Field(default=False)


def add_attachment(session: Session, row: AttachmentRow, content: bytes) -> None:
    """Keep a file; content that is there already is not kept again."""
    if session.get(BlobRow, row.digest) is None:
        session.add(BlobRow(digest=row.digest, size_bytes=row.size_bytes, content=content))
        session.flush()
    session.add(row)
    session.flush()


def attachment_row(session: Session, id: str) -> AttachmentRow | None:
    """Return what is known of a file."""
    return session.get(AttachmentRow, id)


def attachment_rows(session: Session, kind: str, thing_ids: Sequence[str]) -> list[AttachmentRow]:
    """Return the files of records of a kind that are not removed, by record, then in the order they came."""
    query = (
        select(AttachmentRow)
        .where(AttachmentRow.kind == kind, col(AttachmentRow.thing_id).in_(thing_ids))
        .where(col(AttachmentRow.removed).is_(False))
        .order_by(col(AttachmentRow.thing_id), col(AttachmentRow.added_at), col(AttachmentRow.id))
    )
    return list(session.exec(query))


def remove_attachment(session: Session, row: AttachmentRow) -> None:
    """Forget a file that never became part of a record, and its content where nothing else holds it."""
    session.delete(row)
    session.flush()
    query = select(AttachmentRow.id).where(AttachmentRow.digest == row.digest).limit(1)
    kept = session.get(BlobRow, row.digest)
    if kept is not None and session.exec(query).first() is None:
        session.delete(kept)
        session.flush()


def blob(session: Session, digest: str) -> bytes | None:
    """Return a content."""
    row = session.get(BlobRow, digest)
    return None if row is None else row.content
