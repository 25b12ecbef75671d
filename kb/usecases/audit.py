"""Who changed what, when, from what to what: the audit trail and the logs of records as one list, newest first."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from kb.errors import BadQuery, NotAllowed
from kb.store import Store, register
from kb.store import audit_trail as rows
from kb.usecases.accounts import Role
from kb.usecases.record_making import span_of
from kb.usecases.record_nouns import Actor
from kb.usecases.record_reading import RECORDS
from kb.usecases.register_tables import TABLES

PAGE_SIZES = range(1, 501)
DEEPEST = 20_000
MOST_EXPORTED = 100_000
_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@dataclass(frozen=True, slots=True, kw_only=True)
class Done:
    """One change: the fields that differ with their JSON values before and after."""

    at: datetime
    who: str
    action: str
    kind: str
    thing: str
    fields: tuple[tuple[str, object, object], ...]

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "at": self.at.isoformat(),
            "who": self.who,
            "action": self.action,
            "kind": self.kind,
            "thing": self.thing,
            "fields": [{"field": name, "before": old, "after": new} for name, old, new in self.fields],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditQuery:
    """Which changes; what is empty selects nothing out.

    Args:
        who: Part of the name of who did it.
        kind: Kind of thing, as in the trail.
        thing: Its id, or the code by which people know it.
        first_day, last_day: Days in the department's zone, both included.
    """

    who: str = ""
    kind: str = ""
    thing: str = ""
    first_day: date | None = None
    last_day: date | None = None
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditPage:
    """One page of changes; `more` says whether another follows."""

    items: tuple[Done, ...]
    page: int
    size: int
    more: bool


def audit_trail(store: Store, query: AuditQuery, *, actor: Actor, now: datetime) -> AuditPage:
    """Return a page of changes, the newest first.

    Raises:
        NotAllowed: Amounts stand among the changes, so the role planner is needed.
        BadQuery: The page cannot be given.
    """
    end = query.page * query.size
    if query.size not in PAGE_SIZES or query.page < 1 or end > DEEPEST:
        raise BadQuery(
            f"page {query.page} of size {query.size}: sizes go from 1 to 500, pages to change {DEEPEST:,}; "
            "narrow the period"
        )
    found = _found(store, query, end - query.size, end + 1, actor, now)
    items = tuple(found[: query.size])
    return AuditPage(items=items, page=query.page, size=query.size, more=len(found) > query.size)


def audit_kinds(store: Store) -> tuple[str, ...]:
    """Return the kinds of things of which changes are known."""
    with store.reading() as session:
        return tuple(sorted({*rows.audit_kinds(session), RECORDS}))


def audit_csv(store: Store, query: AuditQuery, *, actor: Actor, now: datetime) -> bytes:
    """Return all changes that a query selects as csv, a line for each changed field.

    Raises:
        NotAllowed: The role planner is needed.
        BadQuery: There are more than `MOST_EXPORTED`.
    """
    found = _found(store, query, 0, MOST_EXPORTED + 1, actor, now)
    if len(found) > MOST_EXPORTED:
        raise BadQuery(f"there are more than {MOST_EXPORTED:,} changes; narrow the period")
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(["at", "who", "action", "kind", "thing", "field", "before", "after"])
    for one in found:
        head = [one.at.astimezone(now.tzinfo).isoformat(), one.who, one.action, one.kind, one.thing]
        for name, old, new in one.fields or (("", None, None),):
            writer.writerow([_harmless(cell) for cell in (*head, name, old, new)])
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def _harmless(value: object) -> str:
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(_FORMULA_STARTS) else text


def _found(
    store: Store, query: AuditQuery, first: int, limit: int, actor: Actor, now: datetime
) -> list[Done]:
    """Return the changes from place `first` to `limit` of both logs as one, the newest first.

    What lies before is told by its instants alone; values are read of those changes only that are returned.
    """
    if not actor.role.contains(Role.PLANNER):
        raise NotAllowed("reading the audit trail needs the role planner")
    start = span_of(query.first_day, query.first_day, now)[0] if query.first_day else None
    before = span_of(query.last_day, query.last_day, now)[1] if query.last_day else None
    who, thing = query.who.replace("\0", ""), query.thing.replace("\0", "")
    with store.reading() as session:
        things = [thing, *_ids_of(session, thing)] if thing else []
        kept = rows.audit_keys(
            session, who=who, kind=query.kind, things=things, start=start, before=before, limit=limit
        )
        told: list[tuple[datetime, str]] = []
        if query.kind in {"", RECORDS}:
            told = rows.record_event_keys(
                session, who=who, number=thing, start=start, before=before, limit=limit
            )
        keys: list[tuple[datetime, int | str | None]] = [*kept, *told]
        keys = sorted(keys, key=lambda one: one[0], reverse=True)[first:limit]
        entries = rows.audit_rows(session, [id for _, id in keys if not isinstance(id, str)])
        events = rows.record_event_rows(session, [id for _, id in keys if isinstance(id, str)])
        return [
            _event_done(*events[id]) if isinstance(id, str) else _entry_done(entries[id]) for _, id in keys
        ]


def _entry_done(row: rows.AuditRow) -> Done:
    return Done(
        at=row.at.astimezone(UTC),
        who=row.who,
        action=row.action,
        kind=row.kind,
        thing=row.thing_id,
        fields=_differing(row.before, row.after),
    )


def _event_done(event: rows.RecordEventRow, number: str) -> Done:
    fields = _differing(event.before, event.after)
    if event.to_state:
        fields = (("state", event.from_state or None, event.to_state), *fields)
    if event.note:
        fields = (*fields, ("note", None, event.note))
    return Done(
        at=event.at.astimezone(UTC),
        who=event.who,
        action=event.action,
        kind=RECORDS,
        thing=number,
        fields=fields,
    )


def _ids_of(session: rows.Session, code: str) -> list[str]:
    """Return the ids of the things that people know by a code."""
    found = []
    for name, table in TABLES.items():
        if table.handle != "id" and (row := register.first_with(session, name, table.handle, code)):
            found.append(str(row["id"]))
    return found


def _differing(before: object, after: object) -> tuple[tuple[str, object, object], ...]:
    old = before if isinstance(before, Mapping) else {} if before is None else {"": before}
    new = after if isinstance(after, Mapping) else {} if after is None else {"": after}
    names = [name for name in {**old, **new} if old.get(name) != new.get(name) and name != "revision"]
    return tuple((str(name), old.get(name), new.get(name)) for name in names)
