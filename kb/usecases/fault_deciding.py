"""What becomes of a fault report: a work order, or set aside as a duplicate or as nothing to be done."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kb.errors import BadInput, Conflict, Fault, Message
from kb.store import Store
from kb.store import fault_reports as reports
from kb.store import work_orders as rows
from kb.store.register import Session
from kb.usecases.fault_log import (
    ACCEPTED,
    CANCELLED,
    DUPLICATE,
    REJECTED,
    ReportEvent,
    add_event,
    carry_over,
    report_of,
)
from kb.usecases.fault_reports import kept_report, record_report
from kb.usecases.work_orders import NewOrder, add_order
from planner.model import MachineState


def accept_report(
    store: Store,
    id: str,
    *,
    order_id: str,
    revision: int | None,
    now: datetime,
    who: str,
    warranty_months: int,
) -> str:
    """Make a report a work order; return the order's id. Accepting it again returns the same.

    Args:
        id: The report's id or number.
        order_id: Of the new work order, made by the caller.
        revision: The one that was seen; None accepts whatever is there.

    Raises:
        NotFound: There is no such report.
        Conflict: It has another revision by now.
        BadInput: Nobody knows yet at which site it is, or it was set aside.
    """
    with store.writing() as session:
        row = _row(session, id, revision)
        if row.work_order_id is not None:
            return row.work_order_id
        accept_inside(session, row, NewWork(id=order_id), now=now, who=who, warranty_months=warranty_months)
        return order_id


@dataclass(frozen=True, slots=True, kw_only=True)
class NewWork:
    """The work order that a report becomes: its id, who goes on which day, and the visit of the plan that it is."""

    id: str
    technician_id: str | None = None
    planned_day: date | None = None
    visit_key: str | None = None


def accept_inside(
    session: Session,
    row: rows.FaultReportRow,
    work: NewWork,
    *,
    now: datetime,
    who: str,
    warranty_months: int,
) -> None:
    """Make a report a work order inside a writing transaction; as `accept_report`."""
    if row.state in {DUPLICATE, REJECTED, CANCELLED}:
        raise BadInput(
            "no work order was opened",
            [Fault(where="state", what=Message("the report is {state}", state=row.state))],
        )
    if row.site_id is None:
        what, repair = "the site is not known", "name the machine or the site first"
        raise BadInput("no work order was opened", [Fault(where="site", what=what, repair=repair)])
    report = kept_report(session, row.id, now=now, warranty_months=warranty_months)
    judged = report.judgement
    add_order(
        session,
        NewOrder(
            kind="repair",
            title=report.title or "-",
            site_id=row.site_id,
            equipment_id=row.equipment_id,
            report_id=row.id,
            visit_key=work.visit_key,
            technician_id=work.technician_id,
            planned_day=work.planned_day,
            priority=judged.priority if judged else None,
            cover=judged.entitlement.cover if judged else None,
            machine_state=MachineState(row.machine_state),
            alarm=row.alarm,
            reported_at=row.reported_at,
            body={"symptom": row.symptom, "contact": row.contact, "phone": row.phone},
        ),
        id=work.id,
        now=now,
        who=who,
    )
    carry_over(session, row, work.id, who=who, now=now)
    _set(session, row, ACCEPTED, now, who, work_order_id=work.id)


def set_aside(
    store: Store,
    id: str,
    *,
    state: str,
    reason: str,
    other: str = "",
    revision: int | None,
    now: datetime,
    who: str,
    event_id: str = "",
) -> None:
    """Set a report aside: as a duplicate of a work order or report, or rejected with a reason.

    Args:
        state: `duplicate` or `rejected`.
        reason: Why; a rejection needs one.
        other: What it repeats: id or number of a work order or a report.
        event_id: Of the line in its log, made by the caller; empty: one that follows from the report.

    Raises:
        NotFound: There is no such report.
        Conflict: It has another revision by now.
        BadInput: Every fault, by field.
    """
    with store.writing() as session:
        row = _row(session, id, revision)
        faults = []
        if state not in {DUPLICATE, REJECTED}:
            faults.append(
                Fault(
                    where="state",
                    what=Message("{value!r} sets nothing aside", value=state[:40]),
                    repair="duplicate, rejected",
                )
            )
        if row.work_order_id is not None:
            faults.append(
                Fault(where="state", what="the report is a work order already", repair="cancel that")
            )
        if state == REJECTED and not reason.strip():
            faults.append(Fault(where="reason", what="is empty", repair="say why"))
        target = None
        if state == DUPLICATE:
            order = rows.order_row(session, other)
            report = reports.report_row(session, other)
            target = order.id if order else report.id if report and report.id != row.id else None
            if target is None:
                faults.append(
                    Fault(
                        where="other",
                        what=Message("{value!r} is no other report or work order", value=other[:64]),
                    )
                )
        if faults:
            raise BadInput("the report was not set aside", faults)
        why = reason.strip() or f"{state}: {other.strip()}"
        add_event(
            session,
            row,
            id=event_id or f"{row.id}-aside-{row.revision}",
            kind=ReportEvent.CANCELLED,
            at=max(now, row.reported_at),
            reason=why,
            who=who,
            now=now,
            state=state,
        )
        _set(session, row, state, now, who, duplicate_of=target, note=reason.strip())


def _row(session: Session, id: str, revision: int | None) -> rows.FaultReportRow:
    row = report_of(session, id)
    if revision is not None and revision != row.revision:
        raise Conflict(
            Message(
                "the report was changed meanwhile: revision {revision} is now {now}",
                revision=revision,
                now=row.revision,
            ),
            yours={"revision": revision},
            theirs={"state": row.state, "revision": row.revision},
        )
    return row


def _set(
    session: Session,
    row: rows.FaultReportRow,
    state: str,
    now: datetime,
    who: str,
    *,
    note: str = "",
    **values: Any,
) -> None:
    before = {"state": row.state}
    row.state = state
    for name, value in values.items():
        setattr(row, name, value)
    if note:
        row.body = {**row.body, "note": note}
    row.revision += 1
    session.flush()
    record_report(session, row, "update", now, who, before, {"state": state, "note": note, **values})
