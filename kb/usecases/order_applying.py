"""An entry takes effect: rows of results, parts, times, findings and files, each under an id made of the entry's."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any
from zoneinfo import ZoneInfo

from kb.errors import BadInput, Fault, Message
from kb.store import AttachmentRow
from kb.store import order_entries as entries
from kb.store import work_orders as rows
from kb.store.attachments import add_attachment
from kb.store.register import Session, add, first_with
from kb.usecases.order_access import AUDITED
from kb.usecases.order_checklist import kept_lines
from kb.usecases.order_clock import SAID, first_place
from kb.usecases.order_entry_checking import CheckedEntry
from kb.usecases.order_making import continued, decide
from kb.usecases.order_signing import sealed
from kb.usecases.order_stock import Used, take
from kb.usecases.order_taking_back import take_back
from kb.usecases.order_verdicts import verdict_of
from kb.usecases.work_orders import SIGNED, add_event
from planner.model import EventKind

EVENTS = frozenset({"event", "signature"})
"""Kinds of entries that stand in the log."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An entry on its way into an order.

    Args:
        row: The order.
        who: Who tells it.
        now: When it came.
        zone: The department's, for days.
    """

    row: rows.WorkOrderRow
    entry: CheckedEntry
    who: str
    now: datetime
    zone: ZoneInfo

    @property
    def values(self) -> Mapping[str, Any]:
        """The entry's values."""
        return self.entry.values

    def machine(self, session: Session) -> str | None:
        """Return the machine that the entry is about: its own, else the order's.

        Raises:
            BadInput: It is none of this site.
        """
        id: str | None = self.values.get("equipment_id") or self.row.equipment_id
        if id is None or id == self.row.equipment_id:
            return id
        machine = first_with(session, "equipment", "id", id)
        if machine is None or machine["site_id"] != self.row.site_id:
            raise _refused(
                "equipment_id",
                Message("{id!r} is no machine of this site", id=id[:64]),
                "choose one of the site",
            )
        return id


def apply(session: Session, told: Told) -> dict[str, Any]:
    """Let an entry take effect, inside a writing transaction; return what is kept of it beside its values.

    Raises:
        BadInput: It does not fit the order.
    """
    return _APPLIED[told.entry.kind](session, told)


def _check(session: Session, told: Told) -> dict[str, Any]:
    values = told.values
    key = f"{values['equipment_id']}/{values['item_id']}"
    line = next((one for one in kept_lines(session, told.row.id)["lines"] if one["key"] == key), None)
    if line is None:
        raise _refused(
            "item_id", Message("{value!r} is no item of this order", value=key[:80]), "see its checklist"
        )
    verdict = verdict_of(line, values)
    known = entries.result_of(session, told.row.id, line["equipment_id"], line["item_id"])
    if known is not None:
        old = entries.finding_of_result(session, known.id)
        if old is not None and old.state == "open":
            session.delete(old)
        session.delete(known)
        session.flush()
    session.add(
        rows.CheckResultRow(
            id=told.entry.id,
            work_order_id=told.row.id,
            equipment_id=line["equipment_id"],
            checklist_id=line["checklist_id"],
            item_id=line["item_id"],
            kind=line["kind"],
            verdict=verdict,
            value=values.get("value"),
            unit=values.get("unit") or (line["unit"] or "" if "value" in values else ""),
            text=values.get("text", ""),
            checked_at=told.entry.at,
            checked_by=told.who,
        )
    )
    session.flush()
    if verdict == "fail":
        said = [line["text"], _measured(values, line), values.get("text", "")]
        _find(session, told, line["equipment_id"], "：".join(one for one in said if one), told.entry.id)
    return {"verdict": verdict}


def _measured(values: Mapping[str, Any], line: Mapping[str, Any]) -> str:
    return f"{values['value']:g} {line['unit'] or ''}".strip() if "value" in values else ""


def _find(session: Session, told: Told, equipment_id: str | None, text: str, result_id: str | None) -> None:
    values = told.values
    row = rows.FindingRow(
        id=f"{told.entry.id}-f",
        work_order_id=told.row.id,
        equipment_id=equipment_id,
        check_result_id=result_id,
        severity=values["severity"],
        text=text,
        recommendation=values.get("recommendation", ""),
        state="open",
        found_at=told.entry.at,
        found_by=told.who,
    )
    session.add(row)
    session.flush()
    if "follow" in values:
        decide(
            session,
            told.row,
            row,
            decision=values["follow"],
            reason="",
            order_id=f"{told.entry.id}-o",
            who=told.who,
            now=told.now,
        )


def _finding(session: Session, told: Told) -> dict[str, Any]:
    _find(session, told, told.machine(session), told.values["text"], None)
    return {}


def _part(session: Session, told: Told) -> dict[str, Any]:
    values = told.values
    session.add(
        rows.WorkOrderPartRow(
            id=told.entry.id,
            work_order_id=told.row.id,
            equipment_id=told.machine(session),
            part_number=values.get("part_number", ""),
            name=values.get("name", ""),
            part_class=values.get("part_class", ""),
            place=values.get("place", ""),
            quantity=values["quantity"],
            old_serial=values.get("old_serial", ""),
            new_serial=values.get("new_serial", ""),
            after_failure=values.get("after_failure", told.row.kind == "repair"),
            warranty_until=values.get("warranty_until"),
            used_on=told.entry.at.astimezone(told.zone).date(),
        )
    )
    session.flush()
    used = Used(
        entry_id=told.entry.id,
        part_number=values.get("part_number", ""),
        quantity=values["quantity"],
        taken_from=values.get("taken_from", ""),
    )
    return take(session, told.row, used, who=told.who, now=told.now)


def _time(session: Session, told: Told) -> dict[str, Any]:
    values = told.values
    session.add(
        rows.WorkOrderTimeRow(
            id=told.entry.id,
            work_order_id=told.row.id,
            technician_id=told.row.technician_id,
            kind=values["activity"],
            started_at=values["started_at"],
            minutes=values["minutes"],
            kilometres=values.get("kilometres", 0),
        )
    )
    session.flush()
    return {}


def _parameter(session: Session, told: Told) -> dict[str, Any]:
    machine = told.machine(session)
    return {"equipment_id": machine} if machine else {}


def _text(session: Session, told: Told) -> dict[str, Any]:
    values = told.values
    told.row.body = {**told.row.body, values["name"]: values.get("value", "")}
    for one in entries.entry_rows(session, told.row.id):
        waits = one.state == "held" and one.why == "changed" and one.kind == "text"
        if waits and one.body.get("value") == values.get("value") and one.body["name"] == values["name"]:
            one.state, one.why = "dropped", told.entry.id  # it was told once more, knowing what stood there
    session.flush()
    return {}


def _photo(session: Session, told: Told) -> dict[str, Any]:
    return {"file": _file(session, told, told.values.get("note", ""))}


def _file(session: Session, told: Told, note: str) -> str:
    content = told.entry.content
    if content is None:
        raise _refused("content", "is missing", "send a picture")
    media_type = "image/png" if content.startswith(b"\x89PNG") else "image/jpeg"
    ending = "png" if media_type == "image/png" else "jpg"
    row = AttachmentRow(
        id=f"{told.entry.id}-p",
        kind=AUDITED,
        thing_id=told.row.id,
        name=f"{told.entry.kind}-{told.entry.at.astimezone(told.zone):%Y%m%d-%H%M%S}.{ending}",
        media_type=media_type,
        digest=sha256(content).hexdigest(),
        size_bytes=len(content),
        added_at=told.now,
        added_by=told.who,
        note=note,
    )
    add_attachment(session, row, content)
    return row.id


def _reading(session: Session, told: Told) -> dict[str, Any]:
    meter = first_with(session, "meters", "id", told.values["meter_id"])
    machine = first_with(session, "equipment", "id", meter["equipment_id"]) if meter else None
    if meter is None or machine is None or machine["site_id"] != told.row.site_id:
        raise _refused("meter_id", "is no meter of this site", "choose one of the machine")
    last = next(
        (
            value
            for one, value in entries.meters_of(session, [meter["equipment_id"]])
            if one.id == meter["id"]
        ),
        None,
    )
    if last is not None and told.values["value"] < last and not meter["rolls_over_at"]:
        raise _refused(
            "value",
            Message("is {value:g}", value=told.values["value"]),
            Message("the last reading was {last:g}; a meter runs forward", last=last),
        )
    reading = {"id": told.entry.id, "meter_id": meter["id"], "read_at": told.entry.at.astimezone(UTC)}
    add(session, "readings", [{**reading, "value": told.values["value"]}])
    return {"meter": meter["code"], "unit": meter["unit"]}


def event_of(entry: CheckedEntry) -> tuple[EventKind, str]:
    """Return the event that an entry tells, and its reason."""
    if entry.kind == "signature":
        return EventKind.SIGNED, str(entry.values["name"])
    return EventKind(entry.values["event"]), str(entry.values.get("reason", ""))


def _event(session: Session, told: Told) -> dict[str, Any]:
    kind, reason = event_of(told.entry)
    at = told.entry.at
    place = first_place(rows.event_rows(session, [told.row.id]), kind, at, reason)
    add_event(
        session,
        told.row,
        id=told.entry.id,
        kind=kind,
        at=place or at,
        reason=reason,
        who=told.who,
        now=told.now,
    )
    return {SAID: at.isoformat()} if place not in {None, at} and SAID not in told.entry.plain else {}


def _signature(session: Session, told: Told) -> dict[str, Any]:
    clock = _event(session, told)
    file = _file(session, told, told.values["name"])
    told.row.body = {**told.row.body, SIGNED: told.entry.id}
    session.flush()
    signed = sealed(
        session,
        told.row,
        name=told.values["name"],
        remark=told.values.get("remark", ""),
        picture=sha256(told.entry.content or b"").hexdigest(),
    )
    return {**clock, "file": file, **signed}


def _void(session: Session, told: Told) -> dict[str, Any]:
    other = take_back(
        session,
        told.row,
        told.values["entry"],
        told.values["reason"],
        by=told.entry.id,
        who=told.who,
        now=told.now,
    )
    return {"kind": other.kind}


def _rest(session: Session, told: Told) -> dict[str, Any]:
    """Give what is left of the checklist to an order that goes on with it."""
    checklist = kept_lines(session, told.row.id)
    done = {(one.equipment_id, one.item_id) for one in entries.result_rows(session, told.row.id)}
    left = [one for one in checklist["lines"] if (one["equipment_id"], one["item_id"]) not in done]
    if not left and not told.values.get("reason"):
        raise _refused("reason", "is empty, and nothing of the checklist is left", "say what is left to do")
    made = continued(
        session,
        told.row,
        id=f"{told.entry.id}-o",
        title=told.values.get("title") or f"续：{told.row.title}",
        kind=told.row.kind,
        equipment_id=told.row.equipment_id,
        planned_day=told.values.get("planned_day"),
        body={"lines": left, "hazards": checklist["hazards"]},
        who=told.who,
        now=told.now,
    )
    return {"order": made.id, "number": made.number, "items": len(left)}


_APPLIED: Mapping[str, Callable[[Session, Told], dict[str, Any]]] = {
    "check": _check,
    "event": _event,
    "finding": _finding,
    "parameter": _parameter,
    "part": _part,
    "photo": _photo,
    "reading": _reading,
    "rest": _rest,
    "signature": _signature,
    "text": _text,
    "time": _time,
    "void": _void,
}


def _refused(where: str, what: str, repair: str) -> BadInput:
    return BadInput("the entry was not kept", [Fault(where=where, what=what, repair=repair)])
