"""The register as it is changed: create, change, and the history that each change leaves.

A change names the revision that it was made from; where another change came first it is refused and both
versions are told. Nothing is deleted: a thing is retired. Every change leaves an entry in the audit trail.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from kb.errors import BadInput, Conflict, NotFound
from kb.store import Store, register
from kb.usecases.register_checking import flaws_among_others, read_values
from kb.usecases.register_description import Table, Values
from kb.usecases.register_kinds import Wording
from kb.usecases.register_lists import Thing, thing_in, things_of
from kb.usecases.register_rows import StoredRows, columns_of, json_of
from kb.usecases.register_tables import table_named

HISTORY_LENGTH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Changed:
    """One entry of a thing's history: each changed field with its value before and after, as JSON."""

    at: datetime
    who: str
    action: str
    fields: tuple[tuple[str, object, object], ...]


def history(store: Store, one: Thing) -> tuple[Changed, ...]:
    """Return the newest changes of a thing, newest first."""
    with store.reading() as session:
        kept = register.history(session, kind=one.table.name, thing_id=one.id, limit=HISTORY_LENGTH)
    result = []
    for entry in kept:
        before, after = dict(entry.before or {}), dict(entry.after or {})
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        fields = tuple((name, before.get(name), after.get(name)) for name in names if name != "revision")
        result.append(Changed(at=entry.at, who=entry.who, action=entry.action, fields=fields))
    return tuple(result)


def create(
    store: Store,
    table_name: str,
    raw: Mapping[str, object],
    *,
    wording: Wording,
    who: str,
    now: datetime,
    new_id: Callable[[], str],
) -> Thing:
    """Add a thing and return it.

    Raises:
        NotFound: There is no such table.
        BadInput: Every fault of `raw`, by field.
    """
    table_named(table_name)
    with store.writing() as session:
        return create_in(session, table_name, raw, wording=wording, who=who, now=now, id=new_id())


def create_in(
    session: register.Session,
    table_name: str,
    raw: Mapping[str, object],
    *,
    wording: Wording,
    who: str,
    now: datetime,
    id: str,
) -> Thing:
    """Add a thing inside a writing transaction and return it; as `create`."""
    table = table_named(table_name)
    values, flaws = read_values(table, raw, wording)
    rows = StoredRows(session)
    flaws += flaws_among_others(table, values, None, rows)
    if flaws:
        raise BadInput("nothing was added", [flaw.fault(wording) for flaw in flaws])
    register.add(session, table.name, [{"id": id, **columns_of(table, values, rows)}])
    _record(rows, table, id, "create", None, values, who=who, now=now)
    return _thing_by_id(rows, table, id, wording)


def update(
    store: Store,
    table_name: str,
    handle: str,
    raw: Mapping[str, object],
    *,
    revision: int | None,
    partial: bool,
    wording: Wording,
    who: str,
    now: datetime,
) -> Thing:
    """Change a thing and return it as it is then; a change of nothing keeps the revision.

    Args:
        store: The database.
        table_name: The table.
        handle: What the thing is called.
        raw: New values by field.
        revision: The revision that the change was made from; None overwrites whatever is there.
        partial: Whether fields that `raw` leaves out stay as they are, instead of taking their defaults.
        wording: Language, zone and code lists.
        who: Name for the audit trail.
        now: The present instant.

    Raises:
        NotFound: There is no such table or thing.
        Conflict: The thing has another revision by now; carries both versions.
        BadInput: Every fault of `raw`, by field.
    """
    table = table_named(table_name)
    with store.writing() as session:
        rows = StoredRows(session)
        old = thing_in(rows, table, handle, wording)
        values, flaws = read_values(table, raw, wording, old.values if partial else None)
        if revision is not None and revision != old.revision:
            typed = {name: value for name, value in raw.items() if name not in values}
            raise Conflict(
                f"{table.single[1].lower()} {handle!r} was changed meanwhile: revision {revision} is now {old.revision}",
                yours={**typed, **json_of(table, values), "revision": revision},
                theirs={**json_of(table, old.values), "revision": old.revision},
            )
        flaws += flaws_among_others(table, values, old.id, rows)
        if flaws:
            raise BadInput("nothing was changed", [flaw.fault(wording) for flaw in flaws])
        if json_of(table, values) == json_of(table, old.values):
            return old
        changed = register.change(
            session, table.name, id=old.id, revision=old.revision, values=columns_of(table, values, rows)
        )
        if not changed:
            raise Conflict(f"{table.single[1].lower()} {handle!r} was changed meanwhile")
        _record(rows, table, old.id, "update", old.values, values, who=who, now=now)
        return _thing_by_id(rows, table, old.id, wording)


def _thing_by_id(rows: StoredRows, table: Table, id: str, wording: Wording) -> Thing:
    row = register.first_with(rows.session, table.name, "id", id)
    if row is None:
        raise NotFound(table.single[1].lower(), id)
    return things_of(rows, table, [row], wording)[0]


def _record(
    rows: StoredRows,
    table: Table,
    id: str,
    action: str,
    before: Values | None,
    after: Values,
    *,
    who: str,
    now: datetime,
) -> None:
    entry = register.Change(
        at=now,
        who=who,
        action=action,
        kind=table.name,
        thing_id=id,
        before=None if before is None else json_of(table, before),
        after=json_of(table, after),
    )
    register.record(rows.session, [entry])
