"""One machine, one file (一机一档): everything that is known of a machine, read in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from typing import Any

from kb.content.vocabulary import Vocabularies
from kb.errors import NotFound
from kb.i18n import Language
from kb.store import Store, job_history, visit_rows
from kb.store import fault_reports as reports
from kb.store import work_orders as rows
from kb.store.attachments import attachment_rows
from kb.store.mapping import contract_of
from kb.store.register import Selection as RegisterSelection
from kb.store.register import Session, columns_by_id, first_with, page
from kb.usecases.fault_log import STATES
from kb.usecases.visit_reading import KeptVisit, kept_visits
from planner.model import VisitState

DONE = (VisitState.DONE, VisitState.PARTLY_DONE)
MOST = 2000
"""So many orders, parts or values of one machine are read; older ones stand in their lists."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moment:
    """One thing that happened to the machine, or will.

    Args:
        kind: `commissioned`, `visit`, `next_visit`, `fault`, `work`, `part` or `reading`.
        title: What it was, in words of the records.
        href: Where more is told; empty where nothing is.
    """

    day: date
    kind: str
    title: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineFile:
    """Everything about a machine.

    Args:
        machine: The columns of its row in the register.
        site, customer: The columns of theirs.
        parent, kits: Tags of the machine it belongs to, and of what belongs to it.
        contracts: Of its site, the newest first: code, level, first and last day.
        plans: Its maintenance plans: code, level and interval.
        meters: Its meters with their last reading.
        visits: Visits that serve it, by day.
        orders: Its work orders, the newest first, as columns.
        reports: Fault reports about it, the newest first, as columns.
        parts: Parts that were put in, the newest first.
        values: The last value of each measured item of a checklist.
        findings: What was found and recommended and is not settled.
        files: Names of files that hang on it.
        moments: All that happened, by day.
    """

    machine: Mapping[str, Any]
    site: Mapping[str, Any]
    customer: Mapping[str, Any]
    parent: str
    kits: tuple[str, ...]
    contracts: tuple[Mapping[str, Any], ...]
    plans: tuple[Mapping[str, Any], ...]
    meters: tuple[Mapping[str, Any], ...]
    visits: tuple[KeptVisit, ...]
    orders: tuple[Mapping[str, Any], ...]
    reports: tuple[Mapping[str, Any], ...]
    parts: tuple[Mapping[str, Any], ...]
    values: tuple[Mapping[str, Any], ...]
    findings: tuple[Mapping[str, Any], ...]
    files: tuple[Mapping[str, Any], ...]
    moments: tuple[Moment, ...]

    @property
    def tag(self) -> str:
        """What is painted on it."""
        return str(self.machine["tag"])


def machine_file(store: Store, tag: str, *, today: date, zone: tzinfo) -> MachineFile:
    """Return everything about a machine.

    Args:
        tag: Its tag, serial number or id.
        zone: Where days begin.

    Raises:
        NotFound: The register has no such machine.
    """
    with store.reading() as session:
        machine = next(
            (
                found
                for name in ("tag", "serial", "id")
                if tag and (found := first_with(session, "equipment", name, tag))
            ),
            None,
        )
        if machine is None:
            raise NotFound("equipment", tag[:64])
        return _file(session, machine, today, zone)


def _file(session: Session, machine: Mapping[str, Any], today: date, zone: tzinfo) -> MachineFile:
    id, site_id = str(machine["id"]), str(machine["site_id"])
    site = first_with(session, "sites", "id", site_id) or {}
    customer = first_with(session, "customers", "id", str(site.get("customer_id"))) or {}
    kits = page(
        session,
        "equipment",
        RegisterSelection(equal={"parent_id": id, "retired": False}, order="tag"),
        offset=0,
        limit=50,
    )
    parent = (
        columns_by_id(session, "equipment", ("tag",), [machine["parent_id"]]) if machine["parent_id"] else {}
    )
    orders = rows.order_rows(session, rows.order_conditions(equipment_id=id), first=0, size=MOST)
    visits = tuple(
        one
        for one in kept_visits(
            session,
            visit_rows.page_of_visits(session, visit_rows.VisitSelection(site_id=site_id)),
            today=today,
        )
        if not one.dropped and any(each.equipment_id == id for each in one.all_occurrences)
    )
    parts = job_history.part_rows(session, used_before=date.max, equipment_id=id)[-MOST:]
    numbers = {one.id: one.number for one in orders}
    told = job_history.check_rows(session, equipment_id=id)
    plans = page(
        session,
        "plans",
        RegisterSelection(equal={"equipment_id": id, "retired": False}, order="code"),
        offset=0,
        limit=200,
    )
    found = MachineFile(
        machine=machine,
        site=site,
        customer=customer,
        parent=str(next(iter(parent.values()))[0]) if parent else "",
        kits=tuple(str(one["tag"]) for one in kits),
        contracts=tuple(
            _contract(one, today) for one in reversed(visit_rows.contracts_at_site(session, site_id))
        ),
        plans=tuple(
            {
                "code": one["code"],
                "level": one["level"],
                "count": one["interval_count"],
                "unit": one["interval_unit"],
            }
            for one in plans
        ),
        meters=tuple(job_history.last_readings(session, id)),
        visits=visits,
        orders=tuple(_order(one, zone) for one in orders),
        reports=tuple(_report(one, zone) for one in reports.reports_of_machine(session, id, STATES)),
        parts=tuple(
            {
                "day": one.used_on,
                "number": one.part_number,
                "name": one.name,
                "place": one.place,
                "quantity": one.quantity,
                "after_failure": one.after_failure,
                "order": numbers.get(one.order_id, ""),
            }
            for one in reversed(parts)
        ),
        values=tuple(_last_values(told, zone)),
        findings=tuple(job_history.open_findings(session, id)),
        files=tuple(
            {"id": one.id, "name": one.name, "media_type": one.media_type, "size_bytes": one.size_bytes}
            for one in attachment_rows(session, "equipment", [id])
            if not one.removed
        ),
        moments=(),
    )
    return _with_moments(found, today)


def _contract(row: Any, today: date) -> dict[str, Any]:
    contract = contract_of(row)
    return {
        "code": row.code,
        "level": contract.level.value,
        "first": contract.validity.start,
        "last": contract.validity.last,
        "in_force": today in contract.validity,
    }


def _order(row: rows.WorkOrderRow, zone: tzinfo) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind,
        "title": row.title,
        "state": row.state,
        "day": row.opened_at.astimezone(zone).date(),
        "closed": row.closed_at.astimezone(zone).date() if row.closed_at else None,
        "subsystem": row.subsystem,
        "cause": row.cause,
        "remedy": row.remedy,
    }


def _report(row: rows.FaultReportRow, zone: tzinfo) -> dict[str, Any]:
    return {
        "number": row.number,
        "state": row.state,
        "day": row.reported_at.astimezone(zone).date(),
        "alarm": row.alarm,
        "symptom": row.symptom,
        "order": row.work_order_id or "",
    }


def _last_values(told: Sequence[job_history.CheckRow], zone: tzinfo) -> list[dict[str, Any]]:
    last: dict[tuple[str, str], job_history.CheckRow] = {}
    count: dict[tuple[str, str], int] = {}
    for one in told:
        key = (one.checklist_id, one.item_id)
        count[key] = count.get(key, 0) + 1
        if key not in last or last[key].checked_at <= one.checked_at:
            last[key] = one
    return [
        {
            "checklist": one.checklist_id,
            "item": one.item_id,
            "value": one.value,
            "unit": one.unit,
            "day": one.checked_at.astimezone(zone).date(),
            "count": count[key],
        }
        for key, one in sorted(last.items())
    ]


def _with_moments(found: MachineFile, today: date) -> MachineFile:
    moments: list[Moment] = []
    if found.machine["commissioned"]:
        moments.append(Moment(day=found.machine["commissioned"], kind="commissioned", title=found.tag))
    for visit in found.visits:
        if visit.state in DONE:
            moments.append(
                Moment(
                    day=visit.done_on or visit.visit.day,
                    kind="visit",
                    title=visit.key,
                    href=_visit_href(visit),
                )
            )
        elif visit.is_open and visit.visit.day >= today:
            moments.append(
                Moment(day=visit.visit.day, kind="next_visit", title=visit.key, href=_visit_href(visit))
            )
    moments += [
        Moment(
            day=one["day"],
            kind="fault" if one["kind"] == "repair" else "work",
            title=f"{one['number']} {one['title']}",
            href=f"/orders/{one['number']}",
        )
        for one in found.orders
    ]
    moments += [
        Moment(day=one["day"], kind="fault", title=f"{one['number']} {one['alarm'] or one['symptom']}"[:120])
        for one in found.reports
        if not one["order"]
    ]
    moments += [
        Moment(day=one["day"], kind="part", title=f"{one['name'] or one['number']} {one['place']}".strip())
        for one in found.parts
    ]
    ordered = tuple(sorted(moments, key=lambda one: (one.day, one.kind, one.title)))
    return MachineFile(
        **{name: getattr(found, name) for name in found.__slots__ if name != "moments"}, moments=ordered
    )


def _visit_href(visit: KeptVisit) -> str:
    return f"/visits/{visit.key}"


def machine_json(found: MachineFile, vocabularies: Vocabularies, language: Language) -> dict[str, object]:
    """Return a file as an object of JSON."""
    machine = {name: _plain(value) for name, value in found.machine.items()}
    return {
        "machine": {
            **machine,
            "class": vocabularies.label("equipment_classes", str(found.machine["equipment_class"]), language),
        },
        "site": {
            name: _plain(found.site.get(name))
            for name in ("code", "name", "city", "address", "contact", "phone")
        },
        "customer": {name: found.customer.get(name) for name in ("code", "name")},
        "parent": found.parent,
        "kits": list(found.kits),
        **{
            name: [{key: _plain(value) for key, value in one.items()} for one in getattr(found, name)]
            for name in (
                "contracts",
                "plans",
                "meters",
                "orders",
                "reports",
                "parts",
                "values",
                "findings",
                "files",
            )
        },
        "visits": [
            {
                "key": one.key,
                "day": one.visit.day.isoformat(),
                "state": one.state,
                "done_on": _plain(one.done_on),
            }
            for one in found.visits
        ],
        "moments": [
            {"day": one.day.isoformat(), "kind": one.kind, "title": one.title, "href": one.href}
            for one in found.moments
        ],
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date | datetime) else value
