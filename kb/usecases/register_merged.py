"""The register as it would be after an import: the rows that are there with the rows of the file laid over them."""

from collections.abc import Set
from dataclasses import dataclass
from typing import Any

from kb.store import register
from kb.store.register import Selection, Session
from kb.usecases.register_description import Table, Values
from kb.usecases.register_rows import values_of
from kb.usecases.register_tables import TABLES

Key = tuple[object, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRow:
    """A row that is there."""

    id: str
    revision: int
    values: Values


class MergedRows:
    """What rows of a file are checked against, held in memory.

    Args:
        session: The transaction.
        tables: Names of the tables that the file has.
    """

    def __init__(self, session: Session, tables: Set[str]) -> None:
        self._ids: dict[str, dict[str, str]] = {}
        self._handles: dict[str, dict[str, str]] = {}
        self._stored: dict[str, dict[Key, StoredRow]] = {}
        self._keys: dict[str, dict[Key, str]] = {}
        self._parents: dict[str, str | None] = {}
        self._values: dict[str, dict[str, Values]] = {name: {} for name in tables}
        for table in TABLES.values():
            if any(table.name in (name, *_led_to(name)) for name in tables):
                self._load_handles(session, table)
        for name in tables:
            self._load_rows(session, TABLES[name])

    def _load_handles(self, session: Session, table: Table) -> None:
        found = register.columns_by_id(session, table.name, [table.handle])
        self._handles[table.name] = {id: str(columns[0]) for id, columns in found.items()}
        self._ids[table.name] = {handle: id for id, handle in self._handles[table.name].items()}

    def _load_rows(self, session: Session, table: Table) -> None:
        stored: dict[Key, StoredRow] = {}
        for row in register.page(session, table.name, Selection(), offset=0, limit=None):
            codes = {
                one.name: self._handles[one.reference][row[one.kept_in]]
                for one in table.references
                if row[one.kept_in] is not None
            }
            values = values_of(table, row, codes)
            key = tuple(values[name] for name in table.key)
            stored[key] = StoredRow(id=row["id"], revision=row["revision"], values=values)
            self._values[table.name][row["id"]] = values
            if table.name == "equipment":
                self._parents[row["id"]] = values["parent"]
        self._stored[table.name] = stored
        self._keys[table.name] = {key: row.id for key, row in stored.items()}

    def stored_with_key(self, table: Table, key: Key) -> StoredRow | None:
        """Return the row that is there with this key."""
        return self._stored[table.name].get(key)

    def put(self, table: Table, id: str, key: Key | None, values: dict[str, Any]) -> None:
        """Lay a row of the file over what is there; a row that is wrong still answers for its code."""
        if key is not None:
            self._keys[table.name][key] = id
            if table.handle in table.key:
                self._ids[table.name][str(key[0])] = id
        if table.name == "equipment" and "parent" in values:
            self._parents[id] = values["parent"]
        self._values[table.name][id] = values

    def handles(self, table: str) -> tuple[str, ...]:
        """Return what the rows of a table are called, sorted."""
        return tuple(sorted(self._ids[table]))

    def values_called(self, table: str, handle: str) -> Values | None:
        """Return the values of the row that people know by `handle`; of a row that is wrong, those that are right."""
        id = self._ids[table].get(handle)
        return None if id is None else self._values[table].get(id)

    def id_of(self, table: str, handle: str) -> str | None:
        """Return the id of the row that people know by `handle`."""
        return self._ids[table].get(handle)

    def id_with_key(self, table: Table, values: Values) -> str | None:
        """Return the id of the row whose key fields have these values."""
        return self._keys[table.name].get(tuple(values[name] for name in table.key))

    def parent_of(self, equipment_id: str) -> str | None:
        """Return the id of the machine that a machine is mounted on."""
        parent = self._parents.get(equipment_id)
        return self.id_of("equipment", parent) if parent else None


def _led_to(name: str) -> set[str]:
    return {one.reference for one in TABLES[name].references}
