"""A work order whole: checklist with results and last values, findings, parts, times, parameters, pictures, entries.

The phone keeps this document and shows it without a network; the page of the office and the service report read it too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kb.store import Store
from kb.store import order_entries as entries
from kb.store import work_orders as rows
from kb.store.attachments import attachment_rows
from kb.store.order_entries import OrderEntryRow
from kb.store.register import Session, columns_by_id, history
from kb.usecases.order_access import AUDITED
from kb.usecases.order_checklist import kept_lines
from kb.usecases.order_clock import SAID
from kb.usecases.order_reading import WorkOrder, order_of
from kb.usecases.order_stock import BOOKED, within_reach
from kb.usecases.order_telling import signed_entries
from kb.usecases.work_order_fields import TEXTS
from kb.usecases.work_orders import SIGNED

MOST_HISTORY = 200
LAST_SHOWN = 3
_HIDDEN = frozenset({"content", "covers", "texts"})
Rows = tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A work order with all that was told of it.

    Args:
        order: The order.
        machine: Tag, brand, model, serial, controller of its machine; empty where it has none.
        machines: Id and tag of the site's machines.
        lines: Items of the checklist, each with its `result` (or None) and `last` values.
        hazards: Hazards to respect.
        texts: Of the service report, by name.
        entries: What was told, as it came.
        amended: Ids of entries that changed what had been signed.
        signature: Name, time and file of the signature that holds; None without one.
        meters: Counters of the machines with their last reading.
        reach: Parts in the technician's van and in the stores.
        history: Who changed what in the office.
    """

    order: WorkOrder
    machine: Mapping[str, Any]
    machines: tuple[tuple[str, str], ...]
    site: Mapping[str, Any]
    lines: Rows
    hazards: Rows
    texts: Mapping[str, str]
    findings: Rows
    parts: Rows
    times: Rows
    parameters: Rows
    readings: Rows
    files: Rows
    entries: Rows
    amended: tuple[str, ...]
    signature: Mapping[str, Any] | None
    meters: Rows
    reach: Rows
    history: Rows
    now: datetime

    @property
    def answered(self) -> int:
        """How many items have a result."""
        return sum(one["result"] is not None for one in self.lines)

    @property
    def clocks(self) -> Mapping[str, datetime]:
        """What a clock said of entries that are kept with another instant, by id; of an event its id is the entry's."""
        return {
            str(one["id"]): datetime.fromisoformat(one["values"][SAID])
            for one in self.entries
            if SAID in one["values"]
        }

    @property
    def held(self) -> Rows:
        """Entries that wait to be decided on."""
        return tuple(one for one in self.entries if one["state"] == "held")

    def json(self) -> dict[str, Any]:
        """Return it as an object of JSON."""
        return {
            **self.order.json(),
            "now": self.now.isoformat(),
            "machine": dict(self.machine),
            "machines": [{"id": id, "tag": tag} for id, tag in self.machines],
            "site_facts": dict(self.site),
            "lines": [dict(one) for one in self.lines],
            "answered": self.answered,
            "hazards": [dict(one) for one in self.hazards],
            "texts": dict(self.texts),
            "findings": [dict(one) for one in self.findings],
            "parts": [dict(one) for one in self.parts],
            "times": [dict(one) for one in self.times],
            "parameters": [dict(one) for one in self.parameters],
            "readings": [dict(one) for one in self.readings],
            "files": [dict(one) for one in self.files],
            "entries": [dict(one) for one in self.entries],
            "amended": list(self.amended),
            "signature": None if self.signature is None else dict(self.signature),
            "meters": [dict(one) for one in self.meters],
            "reach": [dict(one) for one in self.reach],
        }


def order_sheet(store: Store, id: str, *, now: datetime) -> Sheet:
    """Return a work order with all that was told of it.

    Raises:
        NotFound: There is no such order.
    """
    with store.reading() as session:
        return sheet_of(session, id, now=now)


def sheet_of(session: Session, id: str, *, now: datetime) -> Sheet:
    """Return a work order with all that was told of it, inside a transaction; as `order_sheet`."""
    order = order_of(session, id, now=now)
    checklist = kept_lines(session, order.id)
    told = entries.entry_rows(session, order.id)
    booked = {one.id: one.body.get(BOOKED) for one in told if one.kind == "part"}
    equipment_id = order.values["equipment_id"]
    about = {equipment_id, *(one["equipment_id"] for one in checklist["lines"])} - {None}
    columns = ("tag", "brand", "model", "serial", "controller", "equipment_class", "site_id")
    tags = columns_by_id(session, "equipment", ("tag", "site_id", "retired"))
    here = sorted(
        (
            (tag, one)
            for one, (tag, site, gone) in tags.items()
            if site == order.values["site_id"] and not gone
        )
    )
    facts = columns_by_id(session, "equipment", columns, about)
    site_columns = ("name", "code", "city", "address", "contact", "phone")
    site = columns_by_id(session, "sites", site_columns, [order.values["site_id"]])[order.values["site_id"]]
    return Sheet(
        order=order,
        machine=dict(zip(columns, facts[equipment_id], strict=True)) if equipment_id in facts else {},
        machines=tuple((one, str(tag)) for tag, one in here),
        site=dict(zip(site_columns, site, strict=True)),
        lines=_lines(session, order.id, checklist["lines"], about),
        hazards=tuple(checklist["hazards"]),
        texts={name: str(order.body.get(name, "")) for name in TEXTS},
        findings=tuple(_finding(one, tags) for one in entries.finding_rows(session, order.id)),
        parts=tuple(_part(one, tags, booked.get(one.id)) for one in entries.part_rows(session, order.id)),
        reach=within_reach(session, order.values["technician_id"]),
        times=tuple(_time(one) for one in entries.time_rows(session, order.id)),
        parameters=_told(told, "parameter"),
        readings=_told(told, "reading"),
        files=tuple(_files(session, order.id, told)),
        entries=tuple(_entry(one) for one in told if one.kind != "checklist"),
        amended=tuple(one.id for one in signed_entries(told)),
        signature=_signature(order, told),
        meters=tuple(
            {
                "id": one.id,
                "code": one.code,
                "name": one.name,
                "unit": one.unit,
                "last": last,
                "tag": tags[one.equipment_id][0],
            }
            for one, last in entries.meters_of(session, sorted(about))
        ),
        history=tuple(
            {
                "at": one.at.isoformat(),
                "who": one.who,
                "action": one.action,
                "before": dict(one.before or {}),
                "after": dict(one.after or {}),
            }
            for one in history(session, kind=AUDITED, thing_id=order.id, limit=MOST_HISTORY)
        ),
        now=now,
    )


def _lines(session: Session, order_id: str, lines: Sequence[Mapping[str, Any]], about: set[str]) -> Rows:
    results = {(one.equipment_id, one.item_id): one for one in entries.result_rows(session, order_id)}
    last = {one: entries.last_values(session, one, but_order=order_id, most=LAST_SHOWN) for one in about}
    return tuple(
        {
            **line,
            "result": _result(results.get((line["equipment_id"], line["item_id"]))),
            "last": [
                {"value": one.value, "unit": one.unit, "on": one.checked_at.date().isoformat()}
                for one in last[line["equipment_id"]].get(line["item_id"], ())
            ],
        }
        for line in lines
    )


def _result(row: rows.CheckResultRow | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "id": row.id,
        "verdict": row.verdict,
        "value": row.value,
        "unit": row.unit,
        "text": row.text,
        "at": row.checked_at.isoformat(),
        "who": row.checked_by,
    }


def _finding(row: rows.FindingRow, tags: Mapping[str, tuple[Any, ...]]) -> dict[str, Any]:
    return {
        "id": row.id,
        "tag": tags.get(row.equipment_id or "", ("",))[0],
        "check": row.check_result_id,
        "severity": row.severity,
        "text": row.text,
        "recommendation": row.recommendation,
        "state": row.state,
        "order": row.follow_up_id,
        "at": row.found_at.isoformat(),
        "who": row.found_by,
    }


def _part(
    row: rows.WorkOrderPartRow, tags: Mapping[str, tuple[Any, ...]], booked: Mapping[str, Any] | None
) -> dict[str, Any]:
    return {
        "id": row.id,
        "tag": tags.get(row.equipment_id or "", ("",))[0],
        "part_number": row.part_number,
        "name": row.name,
        "part_class": row.part_class,
        "place": row.place,
        "stock": None if booked is None else dict(booked),
        "quantity": row.quantity,
        "old_serial": row.old_serial,
        "new_serial": row.new_serial,
        "after_failure": row.after_failure,
        "warranty_until": row.warranty_until.isoformat() if row.warranty_until else None,
        "used_on": row.used_on.isoformat(),
    }


def _time(row: rows.WorkOrderTimeRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "activity": row.kind,
        "started_at": row.started_at.isoformat(),
        "minutes": row.minutes,
        "kilometres": row.kilometres,
    }


def _told(told: Sequence[OrderEntryRow], kind: str) -> Rows:
    return tuple({"id": one.id, **one.body} for one in told if one.kind == kind and one.state == "applied")


def _files(session: Session, order_id: str, told: Sequence[OrderEntryRow]) -> list[dict[str, Any]]:
    items = {one.body.get("file"): one.body.get("item", "") for one in told if one.kind == "photo"}
    return [
        {
            "id": one.id,
            "name": one.name,
            "media_type": one.media_type,
            "size_bytes": one.size_bytes,
            "note": one.note,
            "item": items.get(one.id, ""),
            "signature": one.name.startswith("signature"),
        }
        for one in attachment_rows(session, AUDITED, [order_id])
    ]


def _entry(row: OrderEntryRow) -> dict[str, Any]:
    return {
        "id": row.id,
        "kind": row.kind,
        "at": row.at.isoformat(),
        "who": row.who,
        "state": row.state,
        "why": row.why,
        "amends": row.amends,
        "values": {name: value for name, value in row.body.items() if name not in _HIDDEN},
    }


def _signature(order: WorkOrder, told: Sequence[OrderEntryRow]) -> dict[str, Any] | None:
    signed = next((one for one in told if one.id == order.body.get(SIGNED)), None)
    if signed is None:
        return None
    return {
        "id": signed.id,
        "name": signed.body["name"],
        "remark": signed.body.get("remark", ""),
        "at": signed.at.isoformat(),
        "file": signed.body["file"],
        "digest": signed.body.get("digest", ""),
    }
