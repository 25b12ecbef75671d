"""Rows of what readers think of pages, of the work that follows from it, and of the jobs that pages were used in.

A vote belongs to a page and a voter, so that a second click changes it. The voter is an id, never a name, and no list
shows it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Field, Session, SQLModel, col, func, select

from kb.store.columns import UtcDateTime
from kb.store.tables import EquipmentRow

__all__ = ["PageUseRow", "PageVoteRow", "PageWorkRow", "Session"]

OPEN = "open"


class PageVoteRow(SQLModel, table=True):
    """What one voter thinks of a page; `page_revision` is the one that was read, `cast_at` when it was meant,
    `kept_at` when it came."""

    __tablename__ = "page_votes"
    page_id: str = Field(primary_key=True, max_length=80)
    voter: str = Field(primary_key=True, max_length=80, index=True)
    helpful: bool
    reason: str = Field(default="", max_length=20)
    text: str = Field(default="")
    page_revision: int
    cast_at: datetime = Field(sa_type=UtcDateTime)
    kept_at: datetime = Field(sa_type=UtcDateTime, index=True)


class PageWorkRow(SQLModel, table=True):
    """A page that somebody called wrong or out of date, as a work item; a page has one."""

    __tablename__ = "page_work"
    page_id: str = Field(primary_key=True, max_length=80)
    state: str = Field(default=OPEN, index=True, max_length=20)
    owner: str = Field(default="", max_length=80)
    due: date | None = Field(default=None, index=True)
    note: str = Field(default="")
    revision: int = Field(default=1)
    first_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime)


class PageUseRow(SQLModel, table=True):
    """A page that was used in a job; `solved` says that it cured the fault."""

    __tablename__ = "page_uses"
    page_id: str = Field(primary_key=True, max_length=80)
    job_kind: str = Field(primary_key=True, max_length=20)
    job_key: str = Field(primary_key=True, max_length=200, index=True)
    solved: bool
    who: str = Field(max_length=80)
    used_at: datetime = Field(sa_type=UtcDateTime)


@dataclass(frozen=True, slots=True, kw_only=True)
class VoteCount:
    """How many voters said the same of one revision of a page."""

    page_id: str
    page_revision: int
    helpful: bool
    reason: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UseCount:
    """How many jobs a page was used in, in how many of them it cured the fault, and when last."""

    page_id: str
    jobs: int
    solved: int
    last_at: datetime


def vote_row(session: Session, page_id: str, voter: str) -> PageVoteRow | None:
    """Return what a voter thinks of a page."""
    return session.get(PageVoteRow, (page_id, voter))


def add_row(session: Session, row: SQLModel) -> None:
    """Keep a new row.

    Must run in a writing transaction in which it was found missing: only there is nobody between the two.
    """
    session.add(row)
    session.flush()


def votes_of_voter(session: Session, voter: str, *, since: datetime) -> int:
    """Return on how many pages votes of a voter came since a time."""
    query = select(func.count()).where(PageVoteRow.voter == voter, col(PageVoteRow.kept_at) >= since)
    return session.exec(query).one()


def votes_on(session: Session, page_ids: Sequence[str]) -> list[PageVoteRow]:
    """Return the votes on pages, the latest first."""
    query = (
        select(PageVoteRow)
        .where(col(PageVoteRow.page_id).in_(page_ids))
        .order_by(col(PageVoteRow.page_id), col(PageVoteRow.cast_at).desc(), col(PageVoteRow.voter))
    )
    return list(session.exec(query))


def vote_counts(session: Session) -> list[VoteCount]:
    """Return how all pages are judged, by revision, verdict and reason."""
    what = (PageVoteRow.page_id, PageVoteRow.page_revision, PageVoteRow.helpful, PageVoteRow.reason)
    # SQLModel types four columns at most.
    query = select(*what, func.count()).group_by(*[col(one) for one in what])  # type: ignore[call-overload]
    return [
        VoteCount(page_id=page_id, page_revision=revision, helpful=helpful, reason=reason, count=count)
        for page_id, revision, helpful, reason, count in session.exec(query)
    ]


def work_row(session: Session, page_id: str) -> PageWorkRow | None:
    """Return the work item of a page."""
    return session.get(PageWorkRow, page_id)


def remove_work(session: Session, row: PageWorkRow) -> None:
    """Forget a work item."""
    session.delete(row)
    session.flush()


def work_rows(session: Session, *, state: str, first: int, size: int) -> list[PageWorkRow]:
    """Return the work items in a state, those due first, then those without a day, the latest complaint first."""
    due = col(PageWorkRow.due)
    query = (
        select(PageWorkRow)
        .where(PageWorkRow.state == state)
        .order_by(due.is_(None), due, col(PageWorkRow.last_at).desc(), col(PageWorkRow.page_id))
        .offset(first)
        .limit(size)
    )
    return list(session.exec(query))


def work_counts(session: Session) -> dict[str, int]:
    """Return how many work items there are, by state."""
    query = select(PageWorkRow.state, func.count()).group_by(col(PageWorkRow.state))
    return dict(session.exec(query).all())


def use_row(session: Session, page_id: str, job_kind: str, job_key: str) -> PageUseRow | None:
    """Return the use of a page in a job."""
    return session.get(PageUseRow, (page_id, job_kind, job_key))


def remove_use(session: Session, row: PageUseRow) -> None:
    """Forget that a page was used in a job."""
    session.delete(row)
    session.flush()


def uses_of_page(session: Session, page_id: str, *, most: int) -> list[PageUseRow]:
    """Return the jobs that a page was used in, the latest first."""
    query = (
        select(PageUseRow)
        .where(PageUseRow.page_id == page_id)
        .order_by(col(PageUseRow.used_at).desc(), col(PageUseRow.job_key))
        .limit(most)
    )
    return list(session.exec(query))


def uses_in_job(session: Session, job_kind: str, job_key: str) -> list[PageUseRow]:
    """Return the pages that were used in a job, those that cured the fault first."""
    query = (
        select(PageUseRow)
        .where(PageUseRow.job_kind == job_kind, PageUseRow.job_key == job_key)
        .order_by(col(PageUseRow.solved).desc(), col(PageUseRow.page_id))
    )
    return list(session.exec(query))


def use_counts(session: Session) -> list[UseCount]:
    """Return how often each page that was used at all was used."""
    # A boolean is no number on PostgreSQL; rows are counted where it is true.
    solved = func.count().filter(col(PageUseRow.solved))
    query = select(PageUseRow.page_id, func.count(), solved, func.max(PageUseRow.used_at)).group_by(
        col(PageUseRow.page_id)
    )
    return [
        UseCount(page_id=page_id, jobs=jobs, solved=cured, last_at=last_at)
        for page_id, jobs, cured, last_at in session.exec(query)
    ]


def machines_by_controller(session: Session) -> dict[str, int]:
    """Return how many machines of the register have each control."""
    controller = col(EquipmentRow.controller)
    query = (
        select(EquipmentRow.controller, func.count())
        .where(controller != "", col(EquipmentRow.retired).is_(False))
        .group_by(controller)
    )
    return dict(session.exec(query).all())
