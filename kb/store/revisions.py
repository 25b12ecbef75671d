"""Rows of the history of library pages: each state that a page's file has had since the product first saw it.

The bytes of the file are kept, not its text, so that a state can be brought back exactly, whatever it was.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import defer
from sqlmodel import Field, Session, SQLModel, UniqueConstraint, col, func, select

from kb.store.columns import UtcDateTime

PENDING = "pending"
DONE = "done"


class PageRevisionRow(SQLModel, table=True):
    """A state of a page's file; `number` counts from 1 for each page.

    `state` is *pending* from before the file is written until it is known to stand on the disk.
    """

    __tablename__ = "page_revisions"
    __table_args__ = (UniqueConstraint("page_id", "number"),)
    id: int | None = Field(default=None, primary_key=True)
    page_id: str = Field(max_length=80, index=True)
    number: int
    path: str = Field(max_length=400)
    kind: str = Field(max_length=20)
    state: str = Field(max_length=20, index=True)
    who: str = Field(max_length=80)
    at: datetime = Field(sa_type=UtcDateTime)
    why: str
    based_on: str = Field(max_length=64)
    digest: str = Field(max_length=64)
    content: bytes


def add_revision(session: Session, row: PageRevisionRow) -> PageRevisionRow:
    """Keep a state under the next number of its page, and return it.

    Must run in a writing transaction: only there is nobody between the number and the row.
    """
    query = select(func.max(PageRevisionRow.number)).where(PageRevisionRow.page_id == row.page_id)
    row.number = (session.exec(query).one() or 0) + 1
    session.add(row)
    session.flush()
    return row


def revision_rows(
    session: Session, page_id: str, *, first: int = 0, size: int = 1000
) -> list[PageRevisionRow]:
    """Return what is known of the states of a page, the newest first; their bytes are not read."""
    query = (
        select(PageRevisionRow)
        .where(PageRevisionRow.page_id == page_id)
        .order_by(col(PageRevisionRow.number).desc())
        .offset(first)
        .limit(size)
        .options(defer(PageRevisionRow.content, raiseload=True))  # type: ignore[arg-type]
    )
    return list(session.exec(query))


def last_revision(session: Session, page_id: str) -> PageRevisionRow | None:
    """Return the newest state of a page that is not pending."""
    query = (
        select(PageRevisionRow)
        .where(PageRevisionRow.page_id == page_id, PageRevisionRow.state == DONE)
        .order_by(col(PageRevisionRow.number).desc())
        .limit(1)
    )
    return session.exec(query).first()


def revision_row(session: Session, page_id: str, number: int) -> PageRevisionRow | None:
    """Return a state of a page with its bytes."""
    query = select(PageRevisionRow).where(
        PageRevisionRow.page_id == page_id, PageRevisionRow.number == number
    )
    return session.exec(query).first()


def revision_with_digest(session: Session, page_id: str, digest: str) -> PageRevisionRow | None:
    """Return the newest state of a page whose file had this digest."""
    query = (
        select(PageRevisionRow)
        .where(PageRevisionRow.page_id == page_id, PageRevisionRow.digest == digest)
        .order_by(col(PageRevisionRow.number).desc())
        .limit(1)
    )
    return session.exec(query).first()


def pending_revisions(session: Session, page_id: str = "") -> Sequence[PageRevisionRow]:
    """Return the states that were about to be written, of a page (empty: of all)."""
    query = select(PageRevisionRow).where(PageRevisionRow.state == PENDING)
    if page_id:
        query = query.where(PageRevisionRow.page_id == page_id)
    return list(session.exec(query.order_by(col(PageRevisionRow.number))))


def remove_revision(session: Session, row: PageRevisionRow) -> None:
    """Forget a state that was never written."""
    session.delete(row)
    session.flush()


def revision_count(session: Session, page_id: str) -> int:
    """Return how many states of a page are known."""
    query = select(func.count()).where(PageRevisionRow.page_id == page_id)
    return session.exec(query).one()
