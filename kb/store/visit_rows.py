"""Visits one by one: lists of them, one of them, a change with its revision, and the rows that they name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, update
from sqlmodel import Session, col, func, select

from kb.store.tables import ContractRow, RegisterRow, VisitRow

Row = TypeVar("Row", bound=RegisterRow)
_CHUNK = 500
"""Bound parameters of one statement stay far below SQLite's limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSelection:
    """Which visits; None and empty mean any.

    Args:
        first_day, last_day: Days on which they are planned, both included.
        states: Wanted states.
    """

    site_id: str | None = None
    technician_id: str | None = None
    first_day: date | None = None
    last_day: date | None = None
    states: tuple[str, ...] = ()


def count_visits(session: Session, wanted: VisitSelection) -> int:
    """Return how many visits there are."""
    return session.exec(select(func.count()).select_from(VisitRow).where(*_conditions(wanted))).one()


def page_of_visits(
    session: Session, wanted: VisitSelection, *, offset: int = 0, limit: int | None = None
) -> list[VisitRow]:
    """Return the visits from `offset` on, at most `limit` (None: all), by day and key."""
    query = select(VisitRow).where(*_conditions(wanted)).order_by(col(VisitRow.day), col(VisitRow.key))
    query = query.offset(offset)
    return list(session.exec(query if limit is None else query.limit(limit)))


def visit_row(session: Session, key: str) -> VisitRow | None:
    """Return one visit."""
    return session.get(VisitRow, key)


def taken_keys(session: Session, start: str) -> frozenset[str]:
    """Return the keys of visits that begin with `start`."""
    query = select(VisitRow.key).where(col(VisitRow.key).startswith(start, autoescape=True))
    return frozenset(session.exec(query))


def contracts_at_site(session: Session, site_id: str) -> list[ContractRow]:
    """Return the contracts of a site that are in use, by validity."""
    query = select(ContractRow).where(
        col(ContractRow.site_id) == site_id, col(ContractRow.retired).is_(False)
    )
    return list(session.exec(query.order_by(col(ContractRow.valid_from), col(ContractRow.id))))


def rows_by_id(session: Session, table: type[Row], ids: Iterable[str | None]) -> dict[str, Row]:
    """Return the rows of `table` with these ids, by id; None among them is passed over."""
    wanted = sorted({one for one in ids if one is not None})
    found: dict[str, Row] = {}
    for start in range(0, len(wanted), _CHUNK):
        part = select(table).where(col(table.id).in_(wanted[start : start + _CHUNK]))
        found |= {row.id: row for row in session.exec(part)}
    return found


def change_visit_row(session: Session, key: str, *, revision: int, values: Mapping[str, Any]) -> bool:
    """Give a visit new values and the next revision; return False, changing nothing, where its revision is another."""
    done = session.connection().execute(
        update(VisitRow)
        .where(col(VisitRow.key) == key, col(VisitRow.revision) == revision)
        .values(**values, revision=revision + 1)
    )
    session.expire_all()
    return done.rowcount == 1


def _conditions(wanted: VisitSelection) -> Sequence[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.site_id is not None:
        found.append(col(VisitRow.site_id) == wanted.site_id)
    if wanted.technician_id is not None:
        found.append(col(VisitRow.technician_id) == wanted.technician_id)
    if wanted.first_day is not None:
        found.append(col(VisitRow.day) >= wanted.first_day)
    if wanted.last_day is not None:
        found.append(col(VisitRow.day) <= wanted.last_day)
    if wanted.states:
        found.append(col(VisitRow.state).in_(wanted.states))
    return found
