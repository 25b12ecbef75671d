"""The register as it is read: pages of a list, one thing, what leads to it, counts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kb.errors import BadQuery, NotFound
from kb.store import Store, register
from kb.store.register import Reach, Selection
from kb.usecases.register_description import Field, Table, Values
from kb.usecases.register_kinds import Wording, Wrong
from kb.usecases.register_rows import StoredRows, json_of, values_of
from kb.usecases.register_tables import TABLES, referring, table_named

PAGE_SIZES = range(1, 501)
DEFAULT_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """One row of the register.

    Args:
        table: Its table.
        id: Its opaque id.
        revision: Counts its changes, from 1.
        values: Stored values by field; references are codes.
        leads_to: What each reference leads to, in words.
    """

    table: Table
    id: str
    revision: int
    values: Values
    leads_to: Mapping[str, str] = field(default_factory=dict)

    @property
    def handle(self) -> str:
        """The text that stands for it in addresses."""
        return self.id if self.table.handle == "id" else str(self.values[self.table.handle])

    @property
    def retired(self) -> bool:
        """Whether it is out of use."""
        return bool(self.values["retired"])

    def json(self) -> dict[str, object]:
        """Return it for a program."""
        return {"id": self.id, "revision": self.revision, **json_of(self.table, self.values)}

    def name(self, wording: Wording) -> str:
        """Return what people call it."""
        parts = [] if self.table.handle == "id" else [self.handle]
        parts += [
            self.table.field(name).kind.text(self.values[name], wording) for name in self.table.named_by
        ]
        return " ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListQuery:
    """What a list is asked for.

    Args:
        text: Looked for in codes, names and what references lead to.
        equal: Wanted text by field that lists can be narrowed by.
        sort: A field's name, with `-` in front for the largest first; empty sorts by code.
        page: From 1.
        size: Rows on a page, 1 to 500.
    """

    text: str = ""
    equal: Mapping[str, str] = field(default_factory=dict)
    sort: str = ""
    page: int = 1
    size: int = DEFAULT_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class ThingPage:
    """One page of a list."""

    items: tuple[Thing, ...]
    page: int
    size: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(-(-self.total // self.size), 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Related:
    """Rows of another table that lead to a thing: the first few, and how many there are."""

    table: Table
    by: Field
    page: ThingPage


def things(store: Store, table_name: str, query: ListQuery, wording: Wording) -> ThingPage:
    """Return a page of a list.

    Raises:
        NotFound: There is no such table.
        BadQuery: A filter, the order, or the page cannot be understood.
    """
    table = table_named(table_name)
    with store.reading() as session:
        rows = StoredRows(session)
        return _page(rows, table, query, wording)


def _page(rows: StoredRows, table: Table, query: ListQuery, wording: Wording) -> ThingPage:
    if query.size not in PAGE_SIZES or query.page < 1:
        raise BadQuery(f"page {query.page} of size {query.size}: pages count from 1, sizes go from 1 to 500")
    wanted = _selection(rows, table, query, wording)
    if wanted is None:
        return ThingPage(items=(), page=query.page, size=query.size, total=0)
    total = register.count(rows.session, table.name, wanted)
    found = register.page(
        rows.session, table.name, wanted, offset=(query.page - 1) * query.size, limit=query.size
    )
    return ThingPage(
        items=things_of(rows, table, found, wording), page=query.page, size=query.size, total=total
    )


def _selection(rows: StoredRows, table: Table, query: ListQuery, wording: Wording) -> Selection | None:
    """Return what to select, or None where a filter names a row that is not there."""
    equal: dict[str, Any] = {}
    for name, text in query.equal.items():
        one = next((one for one in table.fields if one.name == name and one.filtered), None)
        if one is None:
            allowed = ", ".join(one.name for one in table.fields if one.filtered)
            raise BadQuery(f"{table.name} has no filter {name!r}; filters are {allowed}")
        try:
            value = one.kind.read(text, wording)
        except Wrong as wrong:
            raise BadQuery(f"filter {name}: {' → '.join(wrong.told(wording.language))}") from wrong
        if one.reference:
            value = rows.id_of(one.reference, str(value))
            if value is None:
                return None
        equal[one.kept_in] = value
    text = query.text.strip()
    if "\0" in text or not text.isprintable():
        raise BadQuery("the search text has a control character")
    last = "id" if table.handle == "id" else table.handle
    order, order_reach = _order(table, query.sort.removeprefix("-")) if query.sort else (last, None)
    return Selection(
        text=text[:200],
        text_columns=tuple(one.kept_in for one in table.fields if one.searched and not one.reference),
        reaches=tuple(_reach(one) for one in table.references if one.searched),
        equal=equal,
        order=order,
        order_reach=order_reach,
        last_order=last,
        descending=query.sort.startswith("-"),
    )


def _order(table: Table, name: str) -> tuple[str, Reach | None]:
    one = next((one for one in table.fields if one.name == name and one.sortable), None)
    if one is None:
        allowed = ", ".join(one.name for one in table.fields if one.sortable)
        raise BadQuery(f"{table.name} cannot be sorted by {name!r}; it can by {allowed}")
    return one.kept_in, _reach(one) if one.reference else None


def _reach(one: Field) -> Reach:
    other = TABLES[one.reference]
    columns = (other.handle, *(name for name in other.named_by if not other.field(name).reference))
    return Reach(column=one.kept_in, table=other.name, columns=columns)


def things_of(
    rows: StoredRows, table: Table, found: Iterable[Mapping[str, Any]], wording: Wording
) -> tuple[Thing, ...]:
    """Return the things that rows of the database describe."""
    found = list(found)
    names = {
        one.name: rows.names(one.reference, [row[one.kept_in] for row in found], wording)
        for one in table.references
    }
    result = []
    for row in found:
        leads = {
            name: known[row[table.field(name).kept_in]]
            for name, known in names.items()
            if row[table.field(name).kept_in]
        }
        values = values_of(table, row, {name: both[0] for name, both in leads.items()})
        result.append(
            Thing(
                table=table,
                id=row["id"],
                revision=row["revision"],
                values=values,
                leads_to={name: both[1] for name, both in leads.items()},
            )
        )
    return tuple(result)


def thing(store: Store, table_name: str, handle: str, wording: Wording) -> Thing:
    """Return one thing by its handle.

    Raises:
        NotFound: There is no such table or thing.
    """
    with store.reading() as session:
        return thing_in(StoredRows(session), table_named(table_name), handle, wording)


def thing_in(rows: StoredRows, table: Table, handle: str, wording: Wording) -> Thing:
    """Return one thing by its handle, inside a transaction.

    Raises:
        NotFound: There is none.
    """
    row = None
    if handle.isprintable():
        row = register.first_with(rows.session, table.name, table.handle, handle)
    if row is None:
        raise NotFound(table.single[1].lower(), handle)
    return things_of(rows, table, [row], wording)[0]


def related(store: Store, one: Thing, wording: Wording, *, size: int = 10) -> tuple[Related, ...]:
    """Return what leads to a thing, by table."""
    with store.reading() as session:
        rows = StoredRows(session)
        return tuple(
            Related(
                table=table,
                by=by,
                page=_page(rows, table, ListQuery(equal={by.name: one.handle}, size=size), wording),
            )
            for table, by in referring(one.table)
            if by.filtered
        )


def counts(store: Store) -> dict[str, int]:
    """Return how many rows in use each table has."""
    with store.reading() as session:
        wanted = Selection(equal={"retired": False})
        return {name: register.count(session, name, wanted) for name in TABLES}


def options(
    store: Store, table_name: str, wording: Wording, *, most: int
) -> tuple[tuple[str, str], ...] | None:
    """Return (code, name) of the rows in use of a table, to choose from; None where there are more than `most`."""
    found = things(store, table_name, ListQuery(equal={"retired": "no"}, size=most), wording)
    return None if found.total > most else tuple((one.handle, one.name(wording)) for one in found.items)
