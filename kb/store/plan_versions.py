"""Rows of published plans and of proposals: what a plan was when people were told, and changes that wait for a yes.

A version holds its visits by itself, so that it reads the same whatever becomes of the visits later.
"""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy.orm import defer
from sqlmodel import Field, Session, SQLModel, col, func, select

from kb.store.columns import JsonText, UtcDateTime
from kb.store.planning import latest_run
from kb.store.tables import PlanRunRow, VisitRow
from kb.store.visits import DROPPED

OPEN, ACCEPTED, REJECTED = "open", "accepted", "rejected"
"""States of a proposal."""
_CHUNK = 500
"""Bound parameters of one statement stay far below SQLite's limit."""


class PlanVersionRow(SQLModel, table=True):
    """A plan as it was published: `visits` are short forms, one list a visit."""

    __tablename__ = "plan_versions"
    number: int = Field(primary_key=True)
    published_at: datetime = Field(sa_type=UtcDateTime)
    published_by: str = Field(max_length=80)
    note: str = Field(default="")
    run: int = Field(foreign_key="plan_runs.number", index=True)
    first_day: date
    last_day: date
    visit_count: int
    unplaced_count: int
    visits: Any = Field(sa_type=JsonText)


class PlanProposalRow(SQLModel, table=True):
    """Changes of a plan that somebody asked for and nobody has accepted yet.

    `body` is what they come to; `revisions` are those of the visits that they touch, `run` the plan they start from.
    """

    __tablename__ = "plan_proposals"
    id: str = Field(primary_key=True, max_length=64)
    created_at: datetime = Field(sa_type=UtcDateTime, index=True)
    created_by: str = Field(max_length=80)
    state: str = Field(default=OPEN, index=True, max_length=20)
    run: int = Field(foreign_key="plan_runs.number")
    request: Any = Field(sa_type=JsonText)
    body: Any = Field(sa_type=JsonText)
    revisions: Any = Field(sa_type=JsonText)
    answered_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    answered_by: str = Field(default="", max_length=80)


def add_version(session: Session, row: PlanVersionRow) -> None:
    """Keep a version; its number is one more than the newest."""
    row.number = (session.exec(select(func.max(PlanVersionRow.number))).one() or 0) + 1
    session.add(row)
    session.flush()


def version_row(session: Session, number: int) -> PlanVersionRow | None:
    """Return a version."""
    return session.get(PlanVersionRow, number)


def version_heads(session: Session) -> list[PlanVersionRow]:
    """Return every version, the newest first; their visits are not read."""
    query = select(PlanVersionRow).order_by(col(PlanVersionRow.number).desc())
    return list(session.exec(query.options(defer(PlanVersionRow.visits, raiseload=True))))


def visits_of_period(session: Session, first: date, last: date) -> list[VisitRow]:
    """Return the visits from `first` to `last`, both included, that no plan has taken out, by day and key."""
    query = select(VisitRow).where(col(VisitRow.day) >= first, col(VisitRow.day) <= last)
    rows = session.exec(query.order_by(col(VisitRow.day), col(VisitRow.key)))
    return [row for row in rows if DROPPED not in row.body]


class VisitHead(NamedTuple):
    """What stands beside a visit's body."""

    key: str
    day: date
    state: str
    technician_id: str | None
    done_on: date | None


def visit_heads(session: Session, first: date, last: date) -> list[VisitHead]:
    """Return the heads of all visits from `first` to `last`, by day and key; those a plan has taken out as well."""
    query = select(
        VisitRow.key, VisitRow.day, VisitRow.state, VisitRow.technician_id, VisitRow.done_on
    ).where(  # type: ignore[call-overload]
        col(VisitRow.day) >= first, col(VisitRow.day) <= last
    )
    rows = session.exec(query.order_by(col(VisitRow.day), col(VisitRow.key)))
    return [VisitHead(*row) for row in rows]


def due_by_key(session: Session, keys: Iterable[str]) -> dict[str, list[tuple[str, date]]]:
    """Return plan and due date of what the visits with these keys serve, without those a plan has taken out."""
    wanted = sorted(set(keys))
    found: dict[str, list[tuple[str, date]]] = {}
    for start in range(0, len(wanted), _CHUNK):
        part = select(VisitRow.key, VisitRow.body).where(
            col(VisitRow.key).in_(wanted[start : start + _CHUNK])
        )
        found |= {
            key: [(one["plan"], date.fromisoformat(one["due"])) for one in body["occurrences"]]
            for key, body in session.exec(part)
            if DROPPED not in body
        }
    return found


def visits_by_key(session: Session, keys: Iterable[str]) -> dict[str, VisitRow]:
    """Return the visits with these keys."""
    wanted = sorted(set(keys))
    found: dict[str, VisitRow] = {}
    for start in range(0, len(wanted), _CHUNK):
        part = select(VisitRow).where(col(VisitRow.key).in_(wanted[start : start + _CHUNK]))
        found |= {row.key: row for row in session.exec(part)}
    return found


def newest_run(session: Session) -> PlanRunRow | None:
    """Return the newest plan run."""
    return latest_run(session)


def add_proposal(session: Session, row: PlanProposalRow) -> None:
    """Keep a proposal."""
    session.add(row)
    session.flush()


def proposal_row(session: Session, id: str) -> PlanProposalRow | None:
    """Return a proposal."""
    return session.get(PlanProposalRow, id)


def proposal_rows(session: Session, *, limit: int) -> list[PlanProposalRow]:
    """Return the newest proposals, newest first."""
    query = select(PlanProposalRow).order_by(col(PlanProposalRow.created_at).desc(), col(PlanProposalRow.id))
    return list(session.exec(query.limit(limit)))
