"""Records as they are made, changed and moved from state to state, each step on the record's own log.

A new record has an id made by who sends it, so that sent twice it is made once. A change names the revision that it was
made from; where another came first it is refused with both versions, unless it leads to what stands already.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from kb.errors import BadInput, Conflict, Fault, NotAllowed
from kb.store import Store
from kb.store import records as rows
from kb.store.records import RecordRow, Session
from kb.store.work_orders import next_number
from kb.usecases.record_description import COLUMNS, LINKS, RecordField, RecordKind, Rows
from kb.usecases.record_due import due_of
from kb.usecases.record_kinds import kind_named
from kb.usecases.record_links import linked_columns, links_of
from kb.usecases.record_nouns import Actor, Record, is_private, stored_value
from kb.usecases.record_reading import row_of, whole
from kb.usecases.register_checking import Flaw, is_blank, read_values
from kb.usecases.register_kinds import Wording, Wrong

Values = dict[str, Any]
LONGEST_NOTE = 2_000
LONGEST_ID = 64


def create_record(
    store: Store,
    kind_name: str,
    raw: Mapping[str, object],
    *,
    id: str,
    actor: Actor,
    wording: Wording,
    now: datetime,
) -> Record:
    """Make a record and return it; sent again under its id, nothing is made twice.

    Args:
        store: The database.
        kind_name: A key of `KINDS`.
        raw: JSON values or typed texts by field.
        id: Made by who sends it.
        actor: Who makes it.
        wording: Language and zone.
        now: The present instant in the department's zone.

    Raises:
        NotFound: There is no such kind.
        NotAllowed: The role may not make such records, or set a field.
        BadInput: Every fault of `raw`, by field.
        Conflict: Another record has the id.
    """
    with store.writing() as session:
        return create_record_in(session, kind_name, raw, id=id, actor=actor, wording=wording, now=now)


def create_record_in(
    session: Session,
    kind_name: str,
    raw: Mapping[str, object],
    *,
    id: str,
    actor: Actor,
    wording: Wording,
    now: datetime,
) -> Record:
    """Make a record inside a writing transaction; as `create_record`."""
    kind = kind_named(kind_name)
    _may_write(kind, actor)
    if not id or len(id) > LONGEST_ID or not id.isascii() or not id.isprintable():
        raise BadInput(
            "nothing was made", [Fault(where="id", what="is no id", repair="1 to 64 letters and digits")]
        )
    digest = hashlib.sha256(json.dumps([kind_name, raw], sort_keys=True, default=str).encode()).hexdigest()
    known = rows.record_row(session, id)
    if known is not None:
        if known.digest != digest:
            raise Conflict(f"another record has the id {id}; give this one an id of its own")
        return _read(session, known, actor, wording, now)
    values, flaws = read_values(kind, _allowed(kind, raw, actor), wording)
    columns, more = linked_columns(session, values)
    flaws += more
    if not flaws and kind.prepare is not None:
        values = kind.prepare(values, now.date(), wording.language)
    state = kind.states[0]
    flaws += _missing(kind, values, state.code)
    flaws += [
        Flaw(field=one.name, wrong=Wrong("has no rows", "draw a sample: its list is made then and stays"))
        for one in kind.fields
        if kind.prepare is None and isinstance(one.kind, Rows) and one.kind.fixed and not values.get(one.name)
    ]
    if flaws:
        raise BadInput("nothing was made", [flaw.fault(wording) for flaw in flaws])
    series = f"{kind.prefix}{now.year}"
    row = RecordRow(
        id=id,
        number=f"{series}-{next_number(session, f'records-{series}'):04d}",
        kind=kind.name,
        state=state.code,
        is_open=not state.closed,
        title=values["title"],
        owner=values["owner"],
        due=due_of(kind, values, now.date()),
        created_at=now,
        created_by=actor.name,
        digest=digest,
        values=_own(kind, values),
    )
    for name, linked in columns.items():
        setattr(row, name, linked)
    row.haystack = _haystack(session, kind, row, values, wording)
    rows.add_record(session, row)
    links = links_of(session, [row], wording)[row.id]
    after = {
        name: value for name, value in _json(kind, row, links).items() if not is_blank(value) and value != []
    }
    tell(session, row, f"{id}-c"[-64:], actor, now, action="create", to_state=state.code, after=after)
    return _read(session, row, actor, wording, now)


def change_record(
    store: Store,
    handle: str,
    raw: Mapping[str, object],
    *,
    revision: int | None,
    actor: Actor,
    wording: Wording,
    now: datetime,
    new_id: Callable[[], str],
) -> Record:
    """Give a record new values and return it; fields left out stay, a change of nothing keeps the revision.

    Raises:
        NotFound: There is no such record.
        NotAllowed: The role may not change such records, or set a field.
        Conflict: The record has another revision by now and other values; carries both versions.
        BadInput: Every fault of `raw`, by field.
    """
    with store.writing() as session:
        row = row_of(session, handle)
        kind = kind_named(row.kind)
        _may_write(kind, actor)
        links = links_of(session, [row], wording)[row.id]
        old = {one.name: stored_value(one, row, links) for one in kind.fields}
        values, flaws = read_values(kind, _allowed(kind, raw, actor), wording, old)
        before = _json(kind, row, links)
        wished = {one.name: one.kind.json(values[one.name]) for one in kind.fields if one.name in values}
        if not flaws and wished == before:
            return _read(session, row, actor, wording, now)
        if revision is not None and revision != row.revision:
            hidden = {one.name for one in kind.fields if is_private(one)} if not actor.sees_private else set()
            raise Conflict(
                f"record {row.number} was changed meanwhile: revision {revision} is now {row.revision}",
                yours={name: value for name, value in {**raw, **wished}.items() if name not in hidden},
                theirs={name: value for name, value in before.items() if name not in hidden},
            )
        columns, more = linked_columns(session, values)
        flaws += [*more, *_moved_fixed(kind, old, values), *_missing(kind, values, row.state)]
        if flaws:
            raise BadInput("nothing was changed", [flaw.fault(wording) for flaw in flaws])
        if values["due"] in (None, row.due) or any(rows_.due for _, rows_ in kind.row_fields):
            # A day that followed from a rule follows it again; one that was typed stays.
            made_on = row.created_at.astimezone(now.tzinfo).date()
            given = values["due"] if values["due"] != due_of(kind, {**old, "due": None}, made_on) else None
            values["due"] = due_of(kind, {**values, "due": given}, made_on)
        row.title, row.owner, row.due = values["title"], values["owner"], values["due"]
        for name, linked in columns.items():
            setattr(row, name, linked)
        row.values = _own(kind, values)
        row.haystack = _haystack(session, kind, row, values, wording)
        row.revision += 1
        session.flush()
        after = _json(kind, row, links_of(session, [row], wording)[row.id])
        changed = [name for name in after if before.get(name) != after[name]]
        tell(
            session,
            row,
            new_id(),
            actor,
            now,
            action="change",
            before={name: before.get(name) for name in changed},
            after={name: after[name] for name in changed},
        )
        return _read(session, row, actor, wording, now)


def move_record(
    store: Store,
    handle: str,
    to: str,
    *,
    note: str = "",
    revision: int | None,
    id: str,
    actor: Actor,
    wording: Wording,
    now: datetime,
) -> Record:
    """Move a record into another state and return it; told twice under its id, it moves once.

    Args:
        store: The database.
        handle: Its number or id.
        to: The state.
        note: Why; some moves need it.
        revision: The revision that was seen; None moves it as it stands.
        id: Of the move, made by who tells it.
        actor: Who moves it.
        wording: Language and zone.
        now: The present instant in the department's zone.

    Raises:
        NotFound: There is no such record.
        NotAllowed: The role may not go this way.
        Conflict: The record has another revision by now, or stands where this way does not begin.
        BadInput: What must be filled in that state is not; every field.
    """
    with store.writing() as session:
        row = row_of(session, handle)
        kind = kind_named(row.kind)
        told = rows.event_row(session, id) if id else None
        if told is not None:
            if told.record_id != row.id or told.to_state != to:
                raise Conflict(f"another step has the id {id[:LONGEST_ID]}; give this one an id of its own")
            return _read(session, row, actor, wording, now)
        ways = [one for one in kind.moves_from(row.state) if one.to == to]
        if not ways:
            may = ", ".join(one.to for one in kind.moves_from(row.state)) or "-"
            raise Conflict(
                f"record {row.number} is {row.state!r}; from there it may go to {may}, not to {to[:40]!r}"
            )
        if revision is not None and revision != row.revision:
            raise Conflict(
                f"record {row.number} was changed meanwhile: revision {revision} is now {row.revision}",
                yours={"state": to, "revision": revision},
                theirs={"state": row.state, "revision": row.revision},
            )
        way = ways[0]
        _may_write(kind, actor)
        if not actor.role.contains(way.needs):
            raise NotAllowed(f"moving a record to {to!r} needs the role {way.needs.value}")
        note = note.strip()
        links = links_of(session, [row], wording)[row.id]
        values = {one.name: stored_value(one, row, links) for one in kind.fields}
        flaws = _missing(kind, values, to)
        if way.with_note and not note:
            flaws.append(Flaw(field="note", wrong=Wrong("is empty", "say why")))
        if len(note) > LONGEST_NOTE:
            wrong = Wrong("has {count} characters", "use at most {most}", count=len(note), most=LONGEST_NOTE)
            flaws.append(Flaw(field="note", wrong=wrong))
        if flaws:
            raise BadInput("the record was not moved", [flaw.fault(wording) for flaw in flaws])
        state, origin = kind.state(to), row.state
        row.state, row.is_open = to, not state.closed
        row.closed_at = now if state.closed else None
        row.revision += 1
        session.flush()
        tell(session, row, id, actor, now, action="move", from_state=origin, to_state=to, note=note)
        return _read(session, row, actor, wording, now)


def tell(
    session: Session,
    row: RecordRow,
    id: str,
    actor: Actor,
    now: datetime,
    *,
    action: str,
    from_state: str = "",
    to_state: str = "",
    note: str = "",
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
) -> None:
    """Add a line to a record's log."""
    event = rows.RecordEventRow(
        id=id,
        record_id=row.id,
        position=0,
        at=now,
        who=actor.name,
        action=action,
        from_state=from_state,
        to_state=to_state,
        note=note,
        before=dict(before) if before is not None else None,
        after=dict(after) if after is not None else None,
    )
    rows.add_event(session, event)


def _read(session: Session, row: RecordRow, actor: Actor, wording: Wording, now: datetime) -> Record:
    return whole(session, row, links_of(session, [row], wording)[row.id], actor=actor, now=now)


def _may_write(kind: RecordKind, actor: Actor) -> None:
    if not actor.role.contains(kind.writes):
        raise NotAllowed(f"writing {kind.title[1].lower()} needs the role {kind.writes.value}")


def _allowed(kind: RecordKind, raw: Mapping[str, object], actor: Actor) -> Mapping[str, object]:
    private = [one.name for one in kind.fields if is_private(one) and not is_blank(raw.get(one.name))]
    if private and not actor.sees_private:
        raise NotAllowed(f"setting {', '.join(private)} needs the role planner")
    return raw


def _missing(kind: RecordKind, values: Mapping[str, Any], state: str) -> list[Flaw]:
    """Return what must be filled in a state and is not; of rows, those that are not done."""
    flaws = []
    for one in kind.fields:
        if not isinstance(one, RecordField) or one.name not in values:
            continue
        wanted = state in one.needed_in if one.needed_in else one.needed_when is not None
        if one.needed_when is not None:
            name, those = one.needed_when
            wanted = wanted and values.get(name) in those
        if not wanted:
            continue
        value = values[one.name]
        if isinstance(one.kind, Rows):
            if len(value) < one.kind.least:
                wrong = Wrong(
                    "has {count} rows", "use at least {least}", count=len(value), least=one.kind.least
                )
                flaws.append(Flaw(field=one.name, wrong=wrong))
            late = [str(place) for place, row in enumerate(value, start=1) if not row.get(one.kind.done)]
            if late:
                wrong = Wrong("rows {rows} are not done", "fill them in first", rows=", ".join(late))
                flaws.append(Flaw(field=one.name, wrong=wrong))
        elif is_blank(value) or value is False:
            flaws.append(Flaw(field=one.name, wrong=Wrong("is missing", "it is needed here")))
    return flaws


def _moved_fixed(kind: RecordKind, old: Values, new: Values) -> list[Flaw]:
    flaws = []
    for one in kind.fields:
        if one.name not in new:
            continue
        if isinstance(one, RecordField) and one.fixed and new[one.name] != old[one.name]:
            flaws.append(Flaw(field=one.name, wrong=Wrong("stays as it was", "make a new record instead")))
        if isinstance(one.kind, Rows) and one.kind.fixed:
            fixed = one.kind.fixed
            was = [[row.get(name) for name in fixed] for row in old[one.name] or ()]
            if [[row.get(name) for name in fixed] for row in new[one.name]] != was:
                wrong = Wrong("has other rows than were made", "leave the rows as they are and fill them")
                flaws.append(Flaw(field=one.name, wrong=wrong))
    return flaws


def _own(kind: RecordKind, values: Values) -> dict[str, object]:
    return {one.name: one.kind.json(values[one.name]) for one in kind.fields if one.name not in COLUMNS}


def _json(kind: RecordKind, row: RecordRow, links: Mapping[str, tuple[str, str]]) -> dict[str, object]:
    return {one.name: one.kind.json(stored_value(one, row, links)) for one in kind.fields}


def _haystack(session: Session, kind: RecordKind, row: RecordRow, values: Values, wording: Wording) -> str:
    texts = [row.number]
    texts += [
        text for name, (_, text) in links_of(session, [row], wording)[row.id].items() if name in LINKS[:3]
    ]
    texts += [str(values[one.name]) for one in kind.fields if one.searched and values.get(one.name)]
    return " ".join(" ".join(texts).casefold().split())[:4_000]
