"""Many rows at once: plain values straight into a table, without an object for each row."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from itertools import islice

from pydantic_core import PydanticUndefined
from sqlmodel import Session, SQLModel, insert, select

from kb.store.kits import KitRow
from kb.store.stock import PartRow, StockRow
from kb.store.tables import (
    ContractRow,
    CustomerRow,
    EquipmentRow,
    MaintenancePlanRow,
    MeterReadingRow,
    MeterRow,
    PlanRunRow,
    SiteRow,
    TechnicianRow,
    VisitRow,
)
from kb.store.training import CertificateRow, SkillRow

BATCH = 5_000
"""Rows handed to the driver in one call: enough to be fast, few enough to keep memory flat."""
REGISTER: tuple[type[SQLModel], ...] = (
    CustomerRow,
    SiteRow,
    EquipmentRow,
    TechnicianRow,
    SkillRow,
    CertificateRow,
    PartRow,
    StockRow,
    KitRow,
    ContractRow,
    MaintenancePlanRow,
    MeterRow,
    MeterReadingRow,
    PlanRunRow,
    VisitRow,
)
"""Tables of the register and its plans, each after those that it points to."""


def insert_rows(session: Session, table: type[SQLModel], rows: Iterable[Mapping[str, object]]) -> int:
    """Insert rows and return how many; a column that a row leaves out gets the table's default.

    Args:
        session: An open writing transaction.
        table: One of `kb.store.tables`.
        rows: Values by column name; all with the same columns. A parent stands before its children.
    """
    defaults = _defaults(table)
    made = ({**defaults, **row} for row in rows)
    count = 0
    connection = session.connection()
    while batch := list(islice(made, BATCH)):
        connection.execute(insert(table), batch)
        count += len(batch)
    return count


def filled_tables(session: Session) -> tuple[str, ...]:
    """Return the names of the register's tables that have rows."""
    return tuple(
        str(table.__tablename__)
        for table in REGISTER
        if session.exec(select(table).limit(1)).first() is not None
    )


def insert_register(session: Session, rows: Mapping[str, Sequence[Mapping[str, object]]]) -> dict[str, int]:
    """Insert rows of several tables, each table after those that it points to; return counts by table name.

    Args:
        session: An open writing transaction.
        rows: Rows by table name; every name is one of `REGISTER`.
    """
    tables = {str(table.__tablename__): table for table in REGISTER}
    assert rows.keys() <= tables.keys(), f"no such table: {sorted(rows.keys() - tables.keys())}"
    return {name: insert_rows(session, table, rows.get(name, ())) for name, table in tables.items()}


@cache
def _defaults(table: type[SQLModel]) -> Mapping[str, object]:
    return {
        name: field.get_default(call_default_factory=True, validated_data={})
        for name, field in table.model_fields.items()
        if field.default is not PydanticUndefined or field.default_factory is not None
    }
