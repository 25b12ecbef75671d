"""Rows of the database as values by field, and back: references are codes outside and ids inside."""

from collections.abc import Iterable, Mapping
from typing import Any

from kb.store import register
from kb.store.register import Session
from kb.usecases.register_checking import Surroundings
from kb.usecases.register_description import Table, Values
from kb.usecases.register_kinds import Wording
from kb.usecases.register_tables import TABLES


class StoredRows:
    """The register inside one transaction; what rows of the database are checked against and named by."""

    def __init__(self, session: Session) -> None:
        self.session = session

    def id_of(self, table: str, handle: str) -> str | None:
        """Return the id of the row that people know by `handle`."""
        row = register.first_with(self.session, table, TABLES[table].handle, handle)
        return None if row is None else str(row["id"])

    def id_with_key(self, table: Table, values: Values) -> str | None:
        """Return the id of the row whose key fields have these values."""
        equal: dict[str, Any] = {}
        for name in table.key:
            one = table.field(name)
            value = values[name]
            if one.reference:
                value = self.id_of(one.reference, value)
            equal[one.kept_in] = value
        found = register.page(self.session, table.name, register.Selection(equal=equal), offset=0, limit=1)
        return str(found[0]["id"]) if found else None

    def parent_of(self, equipment_id: str) -> str | None:
        """Return the id of the machine that a machine is mounted on."""
        row = register.first_with(self.session, "equipment", "id", equipment_id)
        return None if row is None else row["parent_id"]

    def names(
        self, table: str, ids: Iterable[str | None], wording: Wording
    ) -> dict[str | None, tuple[str, str]]:
        """Return the handle and the full name of the rows `ids`, by id."""
        described = TABLES[table]
        shown = [described.field(name) for name in described.named_by]
        columns = [described.handle, *(one.kept_in for one in shown)]
        found = register.columns_by_id(self.session, table, columns, (id for id in ids if id is not None))
        return {
            id: (
                str(handle),
                " ".join(
                    part
                    for part in (
                        str(handle),
                        *(one.kind.text(value, wording) for one, value in zip(shown, rest, strict=True)),
                    )
                    if part
                ),
            )
            for id, (handle, *rest) in found.items()
        }


def values_of(table: Table, row: Mapping[str, Any], codes: Mapping[str, str]) -> dict[str, Any]:
    """Return a row's stored values by field.

    Args:
        table: The table.
        row: Value by column.
        codes: For each reference that leads somewhere, the code of the row it leads to.
    """
    return {one.name: codes.get(one.name) if one.reference else row[one.kept_in] for one in table.fields}


def columns_of(table: Table, values: Values, rows: Surroundings) -> dict[str, Any]:
    """Return the values by column; every reference must lead somewhere."""
    return {
        one.kept_in: (rows.id_of(one.reference, values[one.name]) if values[one.name] else None)
        if one.reference
        else values[one.name]
        for one in table.fields
    }


def json_of(table: Table, values: Values) -> dict[str, object]:
    """Return stored values for a program; fields that are not there are left out."""
    return {one.name: one.kind.json(values[one.name]) for one in table.fields if one.name in values}
