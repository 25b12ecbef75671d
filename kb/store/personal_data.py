"""Every row that belongs to a customer, found by the foreign keys of the schema itself, so that new tables are not forgotten."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, String, Table, or_, select, update
from sqlalchemy.types import TypeDecorator
from sqlmodel import Session, SQLModel

__all__ = ["Rows", "Session", "customer_rows", "replace_texts"]

Rows = Mapping[str, Sequence[Mapping[str, Any]]]
"""Rows as mappings from column to value, by table."""

SECRET_TABLES = frozenset({"machine_tokens", "calendar_feeds", "report_attempts"})
"""Tables of secrets and of counters against floods; they say nothing about a person."""
SOFT_LINKS: Mapping[str, str] = {"attachments": "thing_id", "audit": "thing_id"}
"""Columns that hold the id of a thing of any table, without a foreign key."""
KEPT_COLUMNS = frozenset(
    {
        *(
            "id",
            "code",
            "number",
            "tag",
            "state",
            "kind",
            "action",
            "thing_id",
            "digest",
            "media_type",
            "channel",
        ),
        *(
            "who",
            "created_by",
            "added_by",
            "told_by",
            "reported_by",
            "changed_by",
            "owner",
            "from_state",
            "to_state",
            "author",
            "handled_by",
            "published_by",
            "answered_by",
            "voter",
        ),
    }
)
"""Columns in which nothing of a customer's person stands: keys, codes, states, and who of the department did it."""
_CHUNK = 400


def customer_rows(session: Session, customer_id: str) -> Rows:
    """Return every row that leads to a customer, parents before children, then its files and its audit trail."""
    tables = [one for one in SQLModel.metadata.sorted_tables if one.name not in SECRET_TABLES]
    found: dict[str, list[dict[str, Any]]] = {}
    keys: dict[str, list[str]] = {}
    for table in tables:
        if table.name == "customers":
            rows = _read(session, table, [table.c.id], [customer_id])
        else:
            rows = []
            for column in table.c:
                parents = {key.column.table.name for key in column.foreign_keys} - {table.name}
                for parent in sorted(parents & keys.keys()):
                    rows += _read(session, table, [column], keys[parent])
        key = [column.name for column in table.primary_key]
        unique = {tuple(row[name] for name in key): row for row in rows}
        if unique:
            found[table.name] = list(unique.values())
            keys[table.name] = [str(one[0]) for one in unique if len(one) == 1]
    ids = [id for name, some in keys.items() if name not in SOFT_LINKS for id in some]
    for name, column_name in SOFT_LINKS.items():
        table = SQLModel.metadata.tables[name]
        linked = _read(session, table, [table.c[column_name]], ids)
        if linked:
            found[name] = linked
    return found


def _read(
    session: Session, table: Table, columns: Sequence[ColumnElement[Any]], ids: Sequence[str]
) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    for start in range(0, len(ids), _CHUNK):
        wanted = or_(*(column.in_(ids[start : start + _CHUNK]) for column in columns))
        rows += [dict(row) for row in session.connection().execute(select(table).where(wanted)).mappings()]
    return rows


def replace_texts(session: Session, rows: Rows, replaced: Callable[[str, str, Any], Any]) -> dict[str, int]:
    """Give rows new texts and return how many columns changed, by table; a changed row has the next revision.

    Args:
        session: A writing transaction.
        rows: As `customer_rows` returns them.
        replaced: Returns the new value of a text or JSON column, from table, column and value.
    """
    counts: dict[str, int] = {}
    for name, some in rows.items():
        table = SQLModel.metadata.tables[name]
        columns = tuple(_texts(table))
        for row in some:
            new = {one: replaced(name, one, row[one]) for one in columns if row.get(one) is not None}
            new = {one: value for one, value in new.items() if value != row[one]}
            if not new:
                continue
            counts[name] = counts.get(name, 0) + len(new)
            if "revision" in table.c:
                new["revision"] = row["revision"] + 1
            wanted = [column == row[column.name] for column in table.primary_key]
            session.connection().execute(update(table).where(*wanted).values(new))
    session.expire_all()
    return counts


def _texts(table: Table) -> Iterator[str]:
    for column in table.c:
        # Texts of SQLModel and JSON columns are decorators around a text.
        kind = column.type.impl if isinstance(column.type, TypeDecorator) else column.type
        is_text = isinstance(kind, String)
        if is_text and not column.primary_key and not column.foreign_keys and column.name not in KEPT_COLUMNS:
            yield column.name
