"""Fault reports: taken by telephone, from a form or by a program; checked for duplicates, judged, made a work order.

What follows from a report - priority, who pays, by when, which open work it may repeat - is computed when it is read, from
the register and the contracts as they are. Nothing of it is stored before a person accepts the report.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from kb.errors import BadInput, BadQuery, Fault, Message
from kb.store import Store
from kb.store import fault_reports as reports
from kb.store import work_orders as rows
from kb.store.register import Change, Session, columns_by_id, first_with, record
from kb.usecases.drafts import Photo
from kb.usecases.fault_judging import Judgement, judgement, priority_of
from kb.usecases.fault_log import (
    AUDITED,
    NEW,
    STATES,
    UNCONFIRMED,
    LogLine,
    ReportEvent,
    events_of,
    next_events,
    report_of,
    story_of,
)
from kb.usecases.fault_photos import Photos, harmless_photos, keep_photos, photos_of
from kb.usecases.order_reading import WorkOrder, order_of
from planner.faults import Standing, standing
from planner.model import MachineState

CHANNELS = ("phone", "form", "api")
LONGEST = {"alarm": 300, "symptom": 2000, "contact": 80, "phone": 40, "tag": 64}
PAGE_SIZES = range(1, 201)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewReport:
    """What somebody reports.

    Args:
        channel: One of `CHANNELS`.
        tag: As painted on the machine; empty where the caller does not know it.
        site_code: The site, where no machine is named.
        alarm: As it is displayed.
        symptom: In the customer's words; `alarm` or this must say something.
        is_dangerous: Somebody can be hurt.
        stops_a_line: Other machines wait for this one.
        since: When it began.
    """

    channel: str
    symptom: str = ""
    alarm: str = ""
    tag: str = ""
    site_code: str = ""
    machine_state: MachineState = MachineState.STOPPED
    is_dangerous: bool = False
    stops_a_line: bool = False
    since: datetime | None = None
    contact: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultReport:
    """A report as it is kept, with what follows from it.

    Args:
        values: The columns of its row.
        names: `site`, `site_code`, `customer`, `tag`, `contract` for people; empty where not known.
        judgement: None where the machine and the site are not known yet.
        story: Everything that happened to it, oldest first.
        next_events: What may be told next.
        order: The work order that came of it.
        photos: What is known of its photos.
        standing: Where it stands: by its own log, or by its order's; None in lists.
    """

    id: str
    number: str
    state: str
    revision: int
    values: Mapping[str, Any]
    names: Mapping[str, str] = field(default_factory=dict)
    judgement: Judgement | None = None
    story: tuple[LogLine, ...] = ()
    next_events: tuple[ReportEvent, ...] = ()
    order: WorkOrder | None = None
    photos: tuple[Photo, ...] = ()
    standing: Standing | None = None

    @property
    def title(self) -> str:
        """The alarm, or the first line of the complaint."""
        return str(self.values["alarm"] or self.values["symptom"]).strip().partition("\n")[0][:80]


def report_fault(
    store: Store,
    new: NewReport,
    *,
    id: str,
    now: datetime,
    who: str,
    warranty_months: int,
    photos: Sequence[bytes] = (),
    photo_limit_bytes: int = 6_000_000,
) -> FaultReport:
    """Keep a report and return it with what follows; the same id again returns what is there.

    Args:
        id: Made by the caller.
        now: The present instant.
        who: Who took it; empty for a form that anybody can open.
        warranty_months: How long a machine is in warranty from its commissioning, where nothing else is known.
        photos: JPEG, PNG or WebP, three at most.
        photo_limit_bytes: Largest photo.

    Raises:
        BadInput: Every fault, by field.
    """
    with store.reading() as session:
        is_known = reports.report_row(session, id) is not None
    harmless = Photos() if is_known else harmless_photos(photos, limit_bytes=photo_limit_bytes)
    with store.writing() as session:
        if reports.report_row(session, id) is None:
            add_report(session, new, id=id, now=now, who=who, photos=harmless)
        return kept_report(session, id, now=now, warranty_months=warranty_months)


def fault_report(store: Store, id: str, *, now: datetime, warranty_months: int) -> FaultReport:
    """Return a report by its id or number.

    Raises:
        NotFound: There is none.
    """
    with store.reading() as session:
        return kept_report(session, id, now=now, warranty_months=warranty_months)


def fault_reports(
    store: Store, *, states: Sequence[str] = (), page: int = 1, size: int = 50
) -> tuple[tuple[FaultReport, ...], int]:
    """Return a page of reports, those that came last first, without judgement; and how many there are.

    Raises:
        BadQuery: A state, page or size is out of bounds.
    """
    odd = [state for state in states if state not in STATES]
    if odd or size not in PAGE_SIZES or page < 1:
        raise BadQuery(
            Message(
                "states {value}, page {page} of {size}: states are {names}, a page counts from 1 and has 1 to {most} reports",
                value=odd or "all known",
                page=page,
                size=size,
                names=", ".join(STATES),
                most=PAGE_SIZES[-1],
            )
        )
    with store.reading() as session:
        found = reports.report_rows(session, states, first=(page - 1) * size, size=size)
        names = _names(session, found)
        total = reports.count_reports(session, states)
        return tuple(_kept(row, names[row.id]) for row in found), total


def add_report(
    session: Session,
    new: NewReport,
    *,
    id: str,
    now: datetime,
    who: str,
    photos: Photos,
) -> rows.FaultReportRow:
    """Keep a report inside a writing transaction and return its row; as `report_fault`."""
    faults = list(photos.faults)
    if new.channel not in CHANNELS:
        faults.append(
            Fault(
                where="channel",
                what=Message("{value!r} is none", value=new.channel[:40]),
                repair=", ".join(CHANNELS),
            )
        )
    if not new.alarm.strip() and not new.symptom.strip():
        faults.append(
            Fault(where="symptom", what="is empty", repair="say what is seen, or which alarm is shown")
        )
    for name, most in LONGEST.items():
        if len(getattr(new, name)) > most:
            what = Message("has {count} characters", count=len(getattr(new, name)))
            faults.append(Fault(where=name, what=what, repair=Message("{most} at most", most=most)))
    if new.since is not None and new.since > now:
        faults.append(
            Fault(
                where="since", what=Message("{since} lies ahead", since=new.since), repair="say when it began"
            )
        )
    machine = first_with(session, "equipment", "tag", new.tag.strip()) if new.tag.strip() else None
    site = first_with(session, "sites", "code", new.site_code.strip()) if new.site_code.strip() else None
    if new.tag.strip() and machine is None:
        faults.append(
            Fault(
                where="tag",
                what=Message("{tag!r} is on no machine", tag=new.tag[:64]),
                repair="leave it empty",
            )
        )
    if new.site_code.strip() and site is None:
        faults.append(
            Fault(
                where="site",
                what=Message("{site_code!r} is no site", site_code=new.site_code[:64]),
                repair="leave it empty",
            )
        )
    if machine is not None and site is not None and machine["site_id"] != site["id"]:
        faults.append(Fault(where="tag", what="stands at another site", repair="name one of them"))
    if faults:
        raise BadInput("the fault was not reported", faults)
    number = f"BZ{now.year}-{rows.next_number(session, f'fault_reports-{now.year}'):05d}"
    row = rows.FaultReportRow(
        id=id,
        number=number,
        site_id=machine["site_id"] if machine else site["id"] if site else None,
        equipment_id=machine["id"] if machine else None,
        channel=new.channel,
        state=NEW if who else UNCONFIRMED,
        alarm=new.alarm.strip(),
        symptom=new.symptom.strip(),
        machine_state=new.machine_state,
        since=new.since,
        contact=new.contact.strip(),
        phone=new.phone.strip(),
        reported_at=now,
        reported_by=who,
        body={"dangerous": new.is_dangerous, "stops_a_line": new.stops_a_line},
    )
    row.priority = priority_of(row.machine_state, row.body)
    session.add(row)
    session.flush()
    keep_photos(session, row.id, photos.contents, who=who or "form", now=now)
    record_report(
        session, row, "create", now, who or "form", None, {"number": number, "channel": new.channel}
    )
    return row


def kept_report(session: Session, id: str, *, now: datetime, warranty_months: int) -> FaultReport:
    """Return a report inside a transaction; as `fault_report`."""
    row = report_of(session, id)
    names = _names(session, [row])[row.id]
    log = reports.report_event_rows(session, [row.id])
    order = order_of(session, row.work_order_id, now=now) if row.work_order_id else None
    order_log = rows.event_rows(session, [row.work_order_id]) if row.work_order_id else []
    own = events_of(row.reported_at, [(one.kind, one.at, one.reason) for one in log])
    events = order.events if order else own
    stands = order.standing if order else standing(own)
    judged = None
    if row.site_id:
        judged = judgement(session, row, events, now=now, warranty_months=warranty_months)
        contract_id = judged.entitlement.contract_id or ""
        code = columns_by_id(session, "contracts", ("code",), [contract_id]).get(contract_id, ("",))[0]
        names["contract"] = str(code)
    return _kept(
        row,
        names,
        judgement=judged,
        photos=photos_of(session, row.id),
        story=story_of(row, log, order_log),
        next_events=next_events(stands, is_order=order is not None),
        order=order,
        standing=stands,
    )


def _kept(row: rows.FaultReportRow, names: Mapping[str, str], **more: Any) -> FaultReport:
    values = {
        name: value for name, value in row.model_dump().items() if name not in {"id", "number", "revision"}
    }
    return FaultReport(
        id=row.id,
        number=row.number,
        state=row.state,
        revision=row.revision,
        values=values,
        names=names,
        **more,
    )


def _names(session: Session, found: Sequence[rows.FaultReportRow]) -> dict[str, dict[str, str]]:
    sites = columns_by_id(
        session, "sites", ("name", "code", "customer_id"), [row.site_id for row in found if row.site_id]
    )
    customers = columns_by_id(session, "customers", ("name",), [site[2] for site in sites.values()])
    machines = columns_by_id(
        session, "equipment", ("tag",), [row.equipment_id for row in found if row.equipment_id]
    )
    result = {}
    for row in found:
        site = sites.get(row.site_id or "")
        result[row.id] = {
            "site": str(site[0]) if site else "",
            "site_code": str(site[1]) if site else "",
            "customer": str(customers[site[2]][0]) if site else "",
            "tag": str(machines[row.equipment_id][0]) if row.equipment_id else "",
        }
    return result


def record_report(
    session: Session,
    row: rows.FaultReportRow,
    action: str,
    now: datetime,
    who: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
) -> None:
    """Keep an entry of the audit trail about a report."""
    entry = Change(at=now, who=who, action=action, kind=AUDITED, thing_id=row.id, before=before, after=after)
    record(session, [entry])
