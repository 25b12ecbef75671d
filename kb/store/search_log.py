"""Rows of queries that the library did not answer, and of votes on what it answered.

A row is a normalised query with counts, and no trace of who asked: no name, no address, no time but the first and
the last.
"""

from datetime import date, datetime

from sqlmodel import Field, Session, SQLModel, col, delete, func, or_, select

from kb.store.columns import UtcDateTime

OPEN = "open"


class SearchLogRow(SQLModel, table=True):
    """A query as a work item; `id` is made from the normalised query, so that a query has one row."""

    __tablename__ = "search_log"
    id: str = Field(primary_key=True, max_length=64)
    query: str = Field(max_length=200)
    found_none: int = Field(default=0)
    found_near: int = Field(default=0)
    not_helpful: int = Field(default=0)
    helpful: int = Field(default=0)
    first_at: datetime = Field(sa_type=UtcDateTime)
    last_at: datetime = Field(sa_type=UtcDateTime, index=True)
    state: str = Field(default=OPEN, index=True, max_length=20)
    owner: str = Field(default="", max_length=80)
    due: date | None = Field(default=None, index=True)
    note: str = Field(default="")
    revision: int = Field(default=1)


class SearchVoteRow(SQLModel, table=True):
    """How often a page was called helpful, or not, as an answer to a query."""

    __tablename__ = "search_votes"
    query_id: str = Field(primary_key=True, foreign_key="search_log.id", max_length=64)
    page_id: str = Field(primary_key=True, max_length=80, index=True)
    helpful: int = Field(default=0)
    not_helpful: int = Field(default=0)


def logged(session: Session, id: str) -> SearchLogRow | None:
    """Return the row of a query."""
    return session.get(SearchLogRow, id)


def counted(
    session: Session,
    *,
    id: str,
    query: str,
    at: datetime,
    found_none: int = 0,
    found_near: int = 0,
    helpful: int = 0,
    not_helpful: int = 0,
) -> SearchLogRow:
    """Add to the counts of a query and return its row, made where it is new.

    Must run in a writing transaction: only there is nobody between the reading and the writing.
    """
    row = session.get(SearchLogRow, id)
    if row is None:
        row = SearchLogRow(id=id, query=query, first_at=at, last_at=at)
        session.add(row)
    row.query = query
    row.last_at = max(at, row.last_at)
    row.found_none += found_none
    row.found_near += found_near
    row.helpful += helpful
    row.not_helpful += not_helpful
    session.flush()
    return row


def voted(session: Session, *, query_id: str, page_id: str, helpful: bool) -> None:
    """Count one vote on a page as an answer to a query that has a row."""
    row = session.get(SearchVoteRow, (query_id, page_id))
    if row is None:
        row = SearchVoteRow(query_id=query_id, page_id=page_id)
        session.add(row)
    if helpful:
        row.helpful += 1
    else:
        row.not_helpful += 1
    session.flush()


def unanswered_rows(session: Session, *, state: str, first: int, size: int) -> list[SearchLogRow]:
    """Return the queries without a good answer in a state, the most asked first; of those asked alike the latest."""
    asked = col(SearchLogRow.found_none) + col(SearchLogRow.found_near) + col(SearchLogRow.not_helpful)
    order = (asked.desc(), col(SearchLogRow.last_at).desc(), col(SearchLogRow.id))
    # All in a state are sorted to find a page: by what they are sorted by alone, without their texts.
    page = (
        select(SearchLogRow.id)
        .where(SearchLogRow.state == state, asked > 0)
        .order_by(*order)
        .offset(first)
        .limit(size)
    )
    return list(session.exec(select(SearchLogRow).where(col(SearchLogRow.id).in_(page)).order_by(*order)))


def unanswered_counts(session: Session) -> dict[str, int]:
    """Return how many queries without a good answer there are, by state."""
    asked = col(SearchLogRow.found_none) + col(SearchLogRow.found_near) + col(SearchLogRow.not_helpful)
    query = select(SearchLogRow.state, func.count()).where(asked > 0).group_by(col(SearchLogRow.state))
    return dict(session.exec(query).all())


def votes_of(session: Session, query_ids: list[str]) -> list[SearchVoteRow]:
    """Return the votes on answers to queries, the most unhelpful pages first."""
    query = (
        select(SearchVoteRow)
        .where(col(SearchVoteRow.query_id).in_(query_ids))
        .order_by(col(SearchVoteRow.not_helpful).desc(), col(SearchVoteRow.page_id))
    )
    return list(session.exec(query))


def forget_before(session: Session, before: datetime) -> int:
    """Forget the queries last asked before that time which nobody has taken up, with their votes; return how many."""
    old = select(SearchLogRow.id).where(
        col(SearchLogRow.last_at) < before,
        or_(col(SearchLogRow.state) != OPEN, col(SearchLogRow.owner) == ""),
    )
    session.exec(delete(SearchVoteRow).where(col(SearchVoteRow.query_id).in_(old)))
    found = session.exec(delete(SearchLogRow).where(col(SearchLogRow.id).in_(old)))
    return int(found.rowcount)
