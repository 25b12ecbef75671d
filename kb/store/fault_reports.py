"""Rows of fault reports: found by id, number or machine, listed with what lists show, and the log of each.

What a report waits for until it is a work order stands in its own log; from then on the order's log goes on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, case, func, or_
from sqlmodel import Field, Session, SQLModel, col, delete, select

from kb.store.columns import UtcDateTime
from kb.store.tables import CustomerRow, EquipmentRow, SiteRow, TechnicianRow
from kb.store.work_orders import FaultReportRow, WorkOrderRow

_CHUNK = 500


class FaultReportEventRow(SQLModel, table=True):
    """One line of a report's log; `id` is made by who tells it, so that telling it twice is telling it once."""

    __tablename__ = "fault_report_events"
    id: str = Field(primary_key=True, max_length=64)
    report_id: str = Field(foreign_key="fault_reports.id", index=True, max_length=64)
    position: int
    kind: str = Field(max_length=20)
    at: datetime = Field(sa_type=UtcDateTime)
    reason: str = Field(default="")
    who: str = Field(max_length=80)
    told_at: datetime = Field(sa_type=UtcDateTime)


class MachineTokenRow(SQLModel, table=True):
    """The secret in the address on a machine's QR label; a revoked one leads nowhere.

    It is kept readable, because a label is printed again: it lets a person report a fault and read nothing else.
    """

    __tablename__ = "machine_tokens"
    token: str = Field(primary_key=True, max_length=64)
    equipment_id: str = Field(foreign_key="equipment.id", index=True)
    made_at: datetime = Field(sa_type=UtcDateTime)
    made_by: str = Field(max_length=80)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcDateTime)


class ReportAttemptRow(SQLModel, table=True):
    """A report that came through a QR label, kept for an hour to slow floods down."""

    __tablename__ = "report_attempts"
    id: int | None = Field(default=None, primary_key=True)
    token: str = Field(index=True, max_length=64)
    address: str = Field(index=True, max_length=64)
    at: datetime = Field(sa_type=UtcDateTime, index=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A report with the names that a list shows; those of its order are empty where there is none yet."""

    row: FaultReportRow
    site: str
    site_code: str
    customer: str
    tag: str
    order_number: str
    order_state: str
    order_paused: bool
    technician_id: str
    technician: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MachineLine:
    """A machine as it is found while somebody types."""

    id: str
    tag: str
    brand: str
    model: str
    serial: str
    equipment_class: str
    retired: bool
    site_id: str
    site: str
    customer: str


def report_row(session: Session, id: str) -> FaultReportRow | None:
    """Return a report by its id or its number."""
    found = session.get(FaultReportRow, id)
    return found or session.exec(select(FaultReportRow).where(FaultReportRow.number == id)).first()


def report_rows(session: Session, states: Sequence[str], *, first: int, size: int) -> list[FaultReportRow]:
    """Return the reports in states (none given: in any), those that came last first."""
    query = select(FaultReportRow)
    if states:
        query = query.where(col(FaultReportRow.state).in_(states))
    query = query.order_by(col(FaultReportRow.reported_at).desc(), col(FaultReportRow.id))
    return list(session.exec(query.offset(first).limit(size)))


def count_reports(session: Session, states: Sequence[str]) -> int:
    """Return how many reports are in states (none given: in any)."""
    query = select(func.count()).select_from(FaultReportRow)
    if states:
        query = query.where(col(FaultReportRow.state).in_(states))
    return session.exec(query).one()


def reports_of_site(session: Session, site_id: str, *, since: datetime) -> list[FaultReportRow]:
    """Return the reports of a site since an instant, oldest first."""
    query = (
        select(FaultReportRow)
        .where(FaultReportRow.site_id == site_id, col(FaultReportRow.reported_at) >= since)
        .order_by(col(FaultReportRow.reported_at), col(FaultReportRow.id))
    )
    return list(session.exec(query))


def reports_of_machine(session: Session, equipment_id: str, states: Sequence[str]) -> list[FaultReportRow]:
    """Return the reports of a machine in states, those that came last first."""
    query = (
        select(FaultReportRow)
        .where(FaultReportRow.equipment_id == equipment_id, col(FaultReportRow.state).in_(states))
        .order_by(col(FaultReportRow.reported_at).desc(), col(FaultReportRow.id))
    )
    return list(session.exec(query))


def report_event_rows(session: Session, report_ids: Sequence[str]) -> list[FaultReportEventRow]:
    """Return the logs of reports, by report, then in the order of their events."""
    found: list[FaultReportEventRow] = []
    for start in range(0, len(report_ids), _CHUNK):
        query = (
            select(FaultReportEventRow)
            .where(col(FaultReportEventRow.report_id).in_(report_ids[start : start + _CHUNK]))
            .order_by(col(FaultReportEventRow.report_id), col(FaultReportEventRow.position))
        )
        found += session.exec(query)
    return found


def report_conditions(
    *,
    states: Sequence[str],
    order_states: Sequence[str] | None,
    priority: str = "",
    customer: str = "",
    technician: str = "",
    equipment_id: str = "",
    text: str = "",
) -> list[ColumnElement[bool]]:
    """Return the conditions of a list; what is empty selects nothing out.

    Args:
        states: Of reports that are no work order; none with no `order_states` at all means every report.
        order_states: States of their work orders; None leaves reports with an order out.
        customer, technician: Ids or codes.
        text: In number, alarm, symptom, or the names of machine, site and customer.
    """
    row, order = FaultReportRow, WorkOrderRow
    ways: list[ColumnElement[bool]] = []
    if states:
        ways.append(col(row.work_order_id).is_(None) & col(row.state).in_(states))
    if order_states is not None:
        ways.append(_with_order_in(order_states))
    found: list[ColumnElement[bool]] = [or_(*ways)] if ways else []
    if priority:
        found.append(col(row.priority) == priority)
    if customer:
        owner = select(CustomerRow.id).where(
            or_(col(CustomerRow.id) == customer, col(CustomerRow.code) == customer)
        )
        found.append(col(row.site_id).in_(select(SiteRow.id).where(col(SiteRow.customer_id).in_(owner))))
    if technician:
        person = select(TechnicianRow.id).where(
            or_(col(TechnicianRow.id) == technician, col(TechnicianRow.code) == technician)
        )
        found.append(col(row.work_order_id).in_(select(order.id).where(col(order.technician_id).in_(person))))
    if equipment_id:
        found.append(col(row.equipment_id) == equipment_id)
    found += [_names(word) for word in text.split()]
    return found


def _with_order_in(states: Sequence[str]) -> ColumnElement[bool]:
    """Return whether a report's order is in states: told by the few orders that run, whichever side is asked for.

    A database holds far more orders that have ended than such as run, and each that is named costs.
    """
    order, id = WorkOrderRow, col(FaultReportRow.work_order_id)
    if not {"closed", "cancelled"} <= set(states):
        return id.in_(select(order.id).where(col(order.state).in_(states)))
    return id.is_not(None) & id.not_in(select(order.id).where(col(order.state).not_in(states)))


def _names(word: str) -> ColumnElement[bool]:
    """Return whether a report, its machine, site or customer has a word; names are looked through once, not a report."""
    row, machine, site = FaultReportRow, EquipmentRow, SiteRow

    def held(*columns: Any) -> ColumnElement[bool]:
        return or_(*(col(column).icontains(word, autoescape=True) for column in columns))

    owners = select(CustomerRow.id).where(held(CustomerRow.name))
    sites = select(site.id).where(or_(held(site.name), col(site.customer_id).in_(owners)))
    return or_(
        held(row.number, row.alarm, row.symptom),
        col(row.equipment_id).in_(select(machine.id).where(held(machine.tag, machine.serial))),
        col(row.site_id).in_(sites),
    )


def _joined(query: Any) -> Any:
    row = FaultReportRow
    return (
        query.outerjoin(EquipmentRow, col(EquipmentRow.id) == col(row.equipment_id))
        .outerjoin(SiteRow, col(SiteRow.id) == col(row.site_id))
        .outerjoin(CustomerRow, col(CustomerRow.id) == col(SiteRow.customer_id))
        .outerjoin(WorkOrderRow, col(WorkOrderRow.id) == col(row.work_order_id))
        .outerjoin(TechnicianRow, col(TechnicianRow.id) == col(WorkOrderRow.technician_id))
    )


def report_lines(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    *,
    by_priority: bool = False,
    first: int = 0,
    size: int | None = None,
) -> list[Line]:
    """Return the reports that meet all conditions: open ones first where asked by priority, the newest first.

    Args:
        by_priority: The gravest first, among equals those that wait longest.
    """
    row = FaultReportRow
    shown: tuple[Any, ...] = (
        row,
        SiteRow.name,
        SiteRow.code,
        CustomerRow.name,
        EquipmentRow.tag,
        WorkOrderRow.number,
        WorkOrderRow.state,
        WorkOrderRow.paused,
        TechnicianRow.id,
        TechnicianRow.name,
    )
    rank = {id: place for place, id in enumerate(_ids(session, conditions, by_priority, first, size))}
    ids = list(rank)
    found = [
        one
        for start in range(0, len(ids), _CHUNK)
        for one in session.exec(
            _joined(select(*shown).select_from(row)).where(col(row.id).in_(ids[start : start + _CHUNK]))
        )
    ]
    found.sort(key=lambda one: rank[one[0].id])
    return [
        Line(
            row=one[0],
            site=one[1] or "",
            site_code=one[2] or "",
            customer=one[3] or "",
            tag=one[4] or "",
            order_number=one[5] or "",
            order_state=one[6] or "",
            order_paused=bool(one[7]),
            technician_id=one[8] or "",
            technician=one[9] or "",
        )
        for one in found
    ]


def _ids(
    session: Session,
    conditions: Sequence[ColumnElement[bool]],
    by_priority: bool,
    first: int,
    size: int | None,
) -> list[str]:
    """Return the ids of a page in its order: names are fetched for its reports only, not for all before it."""
    row = FaultReportRow
    newest = (col(row.reported_at).desc(), col(row.id))
    if not by_priority:
        query = select(row.id).where(*conditions).order_by(*newest).offset(first)
        return list(session.exec(query if size is None else query.limit(size)))
    found: list[str] = []
    waits = (col(row.priority), col(row.reported_at), col(row.id))
    # Those that nobody has judged come last; each half comes in the order of an index.
    for half in (col(row.priority) != "", col(row.priority) == ""):
        most = None if size is None else size - len(found)
        if most == 0:
            break
        query = select(row.id).where(*conditions, half).order_by(*waits).offset(first)
        part = list(session.exec(query if most is None else query.limit(most)))
        if first and not part:
            count = select(func.count()).select_from(row).where(*conditions, half)
            first = max(0, first - int(session.exec(count).one()))
        elif part:
            first = 0
        found += part
    return found


def count_lines(session: Session, conditions: Sequence[ColumnElement[bool]]) -> int:
    """Return how many reports meet all conditions."""
    return int(session.exec(select(func.count()).select_from(FaultReportRow).where(*conditions)).one())


def machines_like(session: Session, text: str, *, size: int) -> list[MachineLine]:
    """Return machines that have every word of `text` in tag, serial number, model, site or customer; those in use first.

    A machine whose tag or serial number begins with the text stands before others.
    """
    machine = EquipmentRow
    columns: tuple[Any, ...] = (
        machine.tag, machine.serial, machine.model, machine.brand,
        SiteRow.name, SiteRow.code, CustomerRow.name, CustomerRow.code,
    )  # fmt: skip
    named: tuple[Any, ...] = (
        machine.id, machine.tag, machine.brand, machine.model, machine.serial, machine.equipment_class,
        machine.retired, machine.site_id, SiteRow.name, CustomerRow.name,
    )  # fmt: skip
    query = (
        select(*named)
        .join(SiteRow, col(SiteRow.id) == col(machine.site_id))
        .join(CustomerRow, col(CustomerRow.id) == col(SiteRow.customer_id))
    )
    for word in text.split():
        query = query.where(or_(*(col(column).icontains(word, autoescape=True) for column in columns)))
    begins = case(
        (
            or_(
                col(machine.tag).istartswith(text.strip(), autoescape=True),
                col(machine.serial).istartswith(text.strip(), autoescape=True),
            ),
            0,
        ),
        else_=1,
    )
    query = query.order_by(col(machine.retired), begins, col(machine.tag)).limit(size)
    names = tuple(MachineLine.__dataclass_fields__)
    return [MachineLine(**dict(zip(names, one, strict=True))) for one in session.exec(query)]


def token_row(session: Session, token: str) -> MachineTokenRow | None:
    """Return what a token stands for, also where it was revoked."""
    return session.get(MachineTokenRow, token)


def token_of_machine(session: Session, equipment_id: str) -> MachineTokenRow | None:
    """Return the token of a machine that holds."""
    query = (
        select(MachineTokenRow)
        .where(MachineTokenRow.equipment_id == equipment_id, col(MachineTokenRow.revoked_at).is_(None))
        .order_by(col(MachineTokenRow.made_at).desc())
    )
    return session.exec(query).first()


def attempts(session: Session, *, since: datetime, token: str = "", address: str = "") -> int:
    """Return how many reports came through a label, or from an address, since an instant."""
    row = ReportAttemptRow
    query = select(func.count()).select_from(row).where(col(row.at) > since)
    if token:
        query = query.where(col(row.token) == token)
    if address:
        query = query.where(col(row.address) == address)
    return session.exec(query).one()


def forget_attempts(session: Session, *, before: datetime) -> None:
    """Forget the attempts of that time and earlier ones."""
    session.exec(delete(ReportAttemptRow).where(col(ReportAttemptRow.at) <= before))
