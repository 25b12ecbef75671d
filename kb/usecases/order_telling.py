"""What is told of a work order on site is received exactly once; what came too late waits until somebody decides.

A phone sends an entry again and again until it hears an answer; the same id again changes nothing. Nothing that was told is
thrown away: an entry for an order that was ended, given to another or signed meanwhile, or a text that the office changed
meanwhile, is *held* and shown beside what stands.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from kb.errors import BadInput, Conflict, Fault, Message, NotFound
from kb.store import Store
from kb.store import order_entries as entries
from kb.store import work_orders as rows
from kb.store.register import Change, Session, record
from kb.usecases.order_access import AUDITED, Actor, had_once, refuse_others
from kb.usecases.order_applying import EVENTS, Told, apply, event_of
from kb.usecases.order_clock import first_place, is_much_too_early, put_right
from kb.usecases.order_entry_checking import CheckedEntry, Entry, checked_entry
from kb.usecases.order_pictures import harmless
from kb.usecases.order_visits import report_visit
from kb.usecases.work_orders import SEALED, SIGNED
from planner.model import EventKind, OrderState

ENDED = frozenset({OrderState.CLOSED, OrderState.CANCELLED})
OUTSIDE = frozenset({"event", "rest", "signature"})
"""Kinds that change nothing of what a customer signs."""
HELD_WHY = {
    "ended": "the order was ended meanwhile",
    "reassigned": "the order was given to somebody else meanwhile",
    "signed": "the customer had signed already",
    "changed": "the text was changed meanwhile",
    "clock": "by its clock it came long before what must come first",
}
"""Why an entry waits: message ids."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """What became of an entry.

    Args:
        state: *applied*, *held* or *dropped*.
        why: Of a held one, a key of `HELD_WHY`; of a dropped one what was said.
        fresh: Whether it came for the first time.
        theirs: What stands in the order, where the entry is a text that stands against it.
        revision: Of the order, now.
    """

    id: str
    state: str
    why: str
    fresh: bool
    revision: int
    theirs: str = ""

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.id,
            "state": self.state,
            "why": self.why,
            "fresh": self.fresh,
            "revision": self.revision,
            "theirs": self.theirs,
        }


def receive_entry(
    store: Store,
    order_id: str,
    sent: Entry,
    *,
    actor: Actor,
    now: datetime,
    photo_limit_bytes: int,
) -> Received:
    """Keep what was told of an order, once however often it is sent, and let it take effect or hold it.

    Args:
        order_id: Its id or number.
        actor: Who tells it.
        now: The present instant in the department's zone.
        photo_limit_bytes: Largest picture.

    Raises:
        NotFound: There is no such order.
        NotAllowed: The order is and was another's.
        Conflict: Another entry has this id.
        BadInput: Every fault, by field; nothing was kept.
    """
    entry = put_right(checked_entry(sent, now=now, photo_limit_bytes=photo_limit_bytes), now=now)
    entry = harmless(entry, limit_bytes=photo_limit_bytes) if _is_fresh(store, entry.id) else entry
    with store.writing() as session:
        row = rows.order_row(session, order_id) if "\0" not in order_id else None
        if row is None:
            raise NotFound("work order", order_id[:64])
        id_ = row.id
        answer = _received_in(session, row, entry, actor=actor, now=now)
    if answer.state == "applied" and entry.kind == "event" and entry.values["event"] == EventKind.RESOLVED:
        report_visit(
            store, id_, who=actor.name, now=now
        )  # also when it is sent again: this may have been cut off
    return answer


def _received_in(
    session: Session, row: rows.WorkOrderRow, entry: CheckedEntry, *, actor: Actor, now: datetime
) -> Received:
    own = actor.may_change(row.technician_id)
    if not own and not had_once(session, row, actor):
        refuse_others(actor, row.technician_id)
    known = entries.entry_row(session, entry.id)
    if known is not None:
        if (known.work_order_id, known.digest) != (row.id, entry.digest):
            raise Conflict(
                Message("another entry has the id {id}; give this one an id of its own", id=entry.id)
            )
        return _received(known, row, fresh=False)
    why = _held_why(session, row, entry) if own else "reassigned"
    kept = _keep(session, row, entry, why, actor=actor, now=now)
    return _received(kept, row, fresh=True)


def _is_fresh(store: Store, id: str) -> bool:
    with store.reading() as session:
        return entries.entry_row(session, id) is None


def _held_why(session: Session, row: rows.WorkOrderRow, entry: CheckedEntry) -> str:
    reopens = entry.kind == "event" and entry.values["event"] == EventKind.REOPENED
    if row.state in ENDED and not reopens and not entry.amends:
        return "ended"
    sealed = row.state in SEALED and SIGNED in row.body
    if sealed and entry.kind not in OUTSIDE and not entry.amends:
        return "signed"
    if entry.kind == "text":
        stands = str(row.body.get(entry.values["name"], ""))
        if stands not in {entry.values.get("before", ""), entry.values.get("value", "")}:
            return "changed"
    if entry.kind in EVENTS:
        kind, reason = event_of(entry)
        place = first_place(rows.event_rows(session, [row.id]), kind, entry.at, reason)
        return "clock" if is_much_too_early(place, entry.at) else ""
    return ""


def _keep(
    session: Session, row: rows.WorkOrderRow, entry: CheckedEntry, why: str, *, actor: Actor, now: datetime
) -> entries.OrderEntryRow:
    body = dict(entry.plain)
    if entry.kind == "text":
        body["stood"] = str(row.body.get(entry.values["name"], ""))
    told = Told(row=row, entry=entry, who=actor.name, now=now, zone=_zone(now))
    if not why:
        body |= apply(session, told)
    elif entry.content is not None:
        body["content"] = entry.content.hex()
    kept = entries.OrderEntryRow(
        id=entry.id,
        work_order_id=row.id,
        position=entries.next_position(session, row.id),
        kind=entry.kind,
        at=entry.at,
        who=actor.name,
        told_at=now,
        state="held" if why else "applied",
        why=why,
        amends=entry.amends,
        digest=entry.digest,
        body=body,
    )
    if not why and entry.kind == "signature":
        kept.signed_digest = body["digest"]
    session.add(kept)
    row.revision += 1
    session.flush()
    shown = {name: value for name, value in body.items() if name != "content"}
    _record(
        session,
        row,
        "told",
        {"entry": entry.id, "kind": entry.kind, "state": kept.state, **shown},
        actor,
        now,
    )
    return kept


def _zone(now: datetime) -> ZoneInfo:
    return now.tzinfo if isinstance(now.tzinfo, ZoneInfo) else ZoneInfo("UTC")


def _received(kept: entries.OrderEntryRow, row: rows.WorkOrderRow, *, fresh: bool) -> Received:
    held_text = kept.state == "held" and kept.kind == "text"
    return Received(
        id=kept.id,
        state=kept.state,
        why=kept.why,
        fresh=fresh,
        revision=row.revision,
        theirs=str(row.body.get(kept.body["name"], "")) if held_text else "",
    )


def settle_entry(
    store: Store,
    order_id: str,
    entry_id: str,
    *,
    take: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Received:
    """Decide on a held entry: take it over, which amends what was signed, or drop it; it stays in the log either way.

    Args:
        reason: Needed: it stands beside the entry.

    Raises:
        NotFound: There is no such entry.
        NotAllowed: The order is another's.
        BadInput: No reason, or the entry does not fit the order.
    """
    with store.writing() as session:
        row = rows.order_row(session, order_id) if "\0" not in order_id else None
        kept = entries.entry_row(session, entry_id) if "\0" not in entry_id else None
        if row is None or kept is None or kept.work_order_id != row.id:
            raise NotFound("entry", entry_id[:64])
        refuse_others(actor, row.technician_id)
        if kept.state != "held":
            return _received(kept, row, fresh=False)
        reason = reason.strip()
        if not 1 <= len(reason) <= 500:
            fault = Fault(
                where="reason",
                what=Message("has {count:,} characters", count=len(reason)),
                repair="say why, in 1 to 500",
            )
            raise BadInput("nothing was decided", [fault])
        body = {name: value for name, value in kept.body.items() if name != "content"}
        if take:
            raw = kept.body.get("content")
            told = Told(
                row=row,
                entry=_again(kept, body, bytes.fromhex(raw) if raw else None),
                who=kept.who,
                now=now,
                zone=_zone(now),
            )
            if kept.kind == "text":
                body["stood"] = str(row.body.get(body["name"], ""))
            body |= apply(session, told)
            kept.state, kept.amends = "applied", kept.amends or reason
            if kept.kind == "signature":
                kept.signed_digest = body["digest"]
        else:
            kept.state, kept.why = "dropped", reason
        kept.body = body if take else kept.body
        row.revision += 1
        session.flush()
        _record(
            session, row, "settled", {"entry": kept.id, "state": kept.state, "reason": reason}, actor, now
        )
        return _received(kept, row, fresh=True)


def _again(kept: entries.OrderEntryRow, body: Mapping[str, Any], content: bytes | None) -> CheckedEntry:
    """Return a held entry as it was checked when it came."""
    raw = dict(body)
    raw.pop("stood", None)
    values = checked_entry_values(kept.kind, raw)
    return CheckedEntry(
        id=kept.id,
        kind=kept.kind,
        at=kept.at,
        values=values,
        amends=kept.amends,
        digest=kept.digest,
        content=content,
        plain=raw,
    )


def checked_entry_values(kind: str, plain: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a kept entry with days and instants as such."""
    found = dict(plain)
    for name, read in (
        ("warranty_until", _date),
        ("planned_day", _date),
        ("started_at", datetime.fromisoformat),
    ):
        if name in found:
            found[name] = read(str(found[name]))
    return found


def _date(text: str) -> Any:
    return datetime.fromisoformat(text).date()


def _record(
    session: Session,
    row: rows.WorkOrderRow,
    action: str,
    after: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> None:
    entry = Change(
        at=now, who=actor.name, action=action, kind=AUDITED, thing_id=row.id, before=None, after=after
    )
    record(session, [entry])


def signed_entries(kept: Sequence[entries.OrderEntryRow]) -> list[entries.OrderEntryRow]:
    """Return the entries that changed what a customer had signed, in their order."""
    found, signed = [], False
    for one in kept:
        if one.state == "applied" and one.kind == "signature":
            signed = True
        elif signed and one.amends and one.kind not in OUTSIDE and one.state != "held":
            found.append(one)
    return found
