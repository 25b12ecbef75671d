"""Rows of the register, any table by its name: pages of them, one of them, changes with a revision, the audit trail.

Values are mappings from column to value, as the columns hold them. Table and column names come from the
register's own description (`kb.usecases.register_tables`), never from a request.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, insert, update
from sqlmodel import Session, func, or_, select

from kb.store.kits import KitRow
from kb.store.stock import PartRow, StockRow
from kb.store.tables import (
    AuditRow,
    ContractRow,
    CustomerRow,
    EquipmentRow,
    MaintenancePlanRow,
    MeterReadingRow,
    MeterRow,
    RegisterRow,
    SiteRow,
    TechnicianRow,
)
from kb.store.training import CertificateRow, SkillRow

__all__ = [
    "ROWS",
    "Change",
    "Reach",
    "Selection",
    "Session",
    "add",
    "change",
    "columns_by_id",
    "count",
    "first_with",
    "history",
    "page",
    "record",
]

Values = Mapping[str, Any]
"""Value by column."""

ROWS: dict[str, type[RegisterRow]] = {
    "customers": CustomerRow,
    "sites": SiteRow,
    "equipment": EquipmentRow,
    "technicians": TechnicianRow,
    "skills": SkillRow,
    "certificates": CertificateRow,
    "parts": PartRow,
    "stock": StockRow,
    "kits": KitRow,
    "contracts": ContractRow,
    "plans": MaintenancePlanRow,
    "meters": MeterRow,
    "readings": MeterReadingRow,
}
_CHUNK = 500
"""Bound parameters of one statement stay far below SQLite's limit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """A column of another table that is looked into through a reference.

    Args:
        column: The column here that holds the other row's id.
        table: The other table.
        columns: What to look at there.
    """

    column: str
    table: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which rows, in which order.

    Args:
        text: Looked for in every `text_columns` and `reaches`, whatever its case; empty finds all.
        equal: Wanted values by column.
        order: Column to sort by; ties go by `last_order`.
        order_reach: Sort by the first column of this reach instead, where given.
    """

    text: str = ""
    text_columns: tuple[str, ...] = ()
    reaches: tuple[Reach, ...] = ()
    equal: Values = field(default_factory=dict)
    order: str = "id"
    order_reach: Reach | None = None
    last_order: str = "id"
    descending: bool = False


def _column(row: type[RegisterRow], name: str) -> ColumnElement[Any]:
    return cast("ColumnElement[Any]", getattr(row, name))


def _conditions(table: str, wanted: Selection) -> list[ColumnElement[bool]]:
    row = ROWS[table]
    found = [_column(row, name) == value for name, value in wanted.equal.items()]
    if wanted.text:
        ways = [_column(row, name).icontains(wanted.text, autoescape=True) for name in wanted.text_columns]
        for reach in wanted.reaches:
            other = ROWS[reach.table]
            inside = or_(
                *(_column(other, name).icontains(wanted.text, autoescape=True) for name in reach.columns)
            )
            ways.append(_column(row, reach.column).in_(select(_column(other, "id")).where(inside)))
        found.append(or_(*ways))
    return found


def count(session: Session, table: str, wanted: Selection) -> int:
    """Return how many rows there are."""
    query = select(func.count()).select_from(ROWS[table]).where(*_conditions(table, wanted))
    return session.exec(query).one()


def page(
    session: Session, table: str, wanted: Selection, *, offset: int, limit: int | None
) -> list[dict[str, Any]]:
    """Return the rows from `offset` on, at most `limit` (None: all)."""
    row = ROWS[table]
    key = _column(row, wanted.order)
    if reach := wanted.order_reach:
        other = ROWS[reach.table]
        key = cast(
            "ColumnElement[Any]",
            select(_column(other, reach.columns[0]))
            .where(_column(other, "id") == _column(row, reach.column))
            .scalar_subquery(),
        )
    query = (
        select(row)
        .where(*_conditions(table, wanted))
        .order_by(key.desc() if wanted.descending else key, _column(row, wanted.last_order))
        .offset(offset)
    )
    if limit is not None:
        query = query.limit(limit)
    return [one.model_dump() for one in session.exec(query)]


def first_with(session: Session, table: str, column: str, value: object) -> dict[str, Any] | None:
    """Return the first row whose `column` is `value`."""
    found = session.exec(select(ROWS[table]).where(_column(ROWS[table], column) == value).limit(1)).first()
    return None if found is None else found.model_dump()


def columns_by_id(
    session: Session, table: str, columns: Sequence[str], ids: Iterable[str] | None = None
) -> dict[str, tuple[Any, ...]]:
    """Return the values of `columns` by id; of the rows `ids`, or of all."""
    row = ROWS[table]
    query = select(_column(row, "id"), *(_column(row, name) for name in columns))
    if ids is None:
        return {found[0]: tuple(found[1:]) for found in session.exec(query)}
    wanted = sorted(set(ids))
    result: dict[str, tuple[Any, ...]] = {}
    for start in range(0, len(wanted), _CHUNK):
        part = query.where(_column(row, "id").in_(wanted[start : start + _CHUNK]))
        result |= {found[0]: tuple(found[1:]) for found in session.exec(part)}
    return result


def add(session: Session, table: str, rows: Sequence[Values]) -> None:
    """Add rows; each names its id, and every column that has no default."""
    model = ROWS[table]
    complete = [model(**row).model_dump() for row in rows]
    for start in range(0, len(complete), _CHUNK):
        session.connection().execute(insert(model), complete[start : start + _CHUNK])


def change(session: Session, table: str, *, id: str, revision: int, values: Values) -> bool:
    """Give a row new values and the next revision; return False, changing nothing, where its revision is another."""
    model = ROWS[table]
    done = session.connection().execute(
        update(model)
        .where(_column(model, "id") == id, _column(model, "revision") == revision)
        .values(**values, revision=revision + 1)
    )
    return done.rowcount == 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One entry of the audit trail, to be kept."""

    at: datetime
    who: str
    action: str
    kind: str
    thing_id: str
    before: Values | None
    after: Values | None


def record(session: Session, changes: Sequence[Change]) -> None:
    """Keep entries of the audit trail."""
    rows = [
        {
            "at": one.at,
            "who": one.who,
            "action": one.action,
            "kind": one.kind,
            "thing_id": one.thing_id,
            "before": None if one.before is None else dict(one.before),
            "after": None if one.after is None else dict(one.after),
        }
        for one in changes
    ]
    for start in range(0, len(rows), _CHUNK):
        session.connection().execute(insert(AuditRow), rows[start : start + _CHUNK])


def history(session: Session, *, kind: str, thing_id: str, limit: int) -> list[Change]:
    """Return the newest entries about a thing, newest first."""
    query = (
        select(AuditRow)
        .where(AuditRow.kind == kind, AuditRow.thing_id == thing_id)
        .order_by(_newest_first())
        .limit(limit)
    )
    return [
        Change(
            at=row.at,
            who=row.who,
            action=row.action,
            kind=row.kind,
            thing_id=row.thing_id,
            before=row.before,
            after=row.after,
        )
        for row in session.exec(query)
    ]


def _newest_first() -> ColumnElement[Any]:
    return cast("ColumnElement[Any]", AuditRow.id).desc()
