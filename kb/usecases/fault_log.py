"""The log of a fault report: who told what when, where it stands, what may come next.

Until a report is a work order it has a log of its own; from then on what is told goes into the order's log, so that nothing
is told twice. What happened before goes along when the order is opened: the clock of its deadlines does not start anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kb.errors import BadInput, Conflict, Fault, Message, NotFound
from kb.store import Store
from kb.store import fault_reports as reports
from kb.store import work_orders as rows
from kb.store.register import Change, Session, record
from kb.usecases.work_orders import SLACK, tell_event
from planner.errors import InvalidInput
from planner.faults import Standing, possible_next, standing
from planner.model import EventKind, OrderEvent, OrderState

AUDITED = "fault_reports"
"""Their kind in the audit trail, and of their attachments."""
UNCONFIRMED, NEW, ACCEPTED, DUPLICATE, REJECTED = "unconfirmed", "new", "accepted", "duplicate", "rejected"
ACKNOWLEDGED, ON_SITE, RESTORED = "acknowledged", "on_site", "restored"
RESOLVED, CLOSED, CANCELLED = "resolved", "closed", "cancelled"
STATES = (
    UNCONFIRMED, NEW, ACKNOWLEDGED, ON_SITE, RESTORED, RESOLVED, ACCEPTED, CLOSED, DUPLICATE, REJECTED, CANCELLED,
)  # fmt: skip
"""What came from a form that anybody can open is unconfirmed until a person of the department has looked at it; an accepted
one is a work order, and stands where that stands."""
WAITING = (UNCONFIRMED, NEW, ACKNOWLEDGED, ON_SITE, RESTORED, RESOLVED)
"""States of reports that are no work order and not ended."""
UNSOLVED = (UNCONFIRMED, NEW, ACKNOWLEDGED, ON_SITE, RESTORED)
"""Of these the fault is still there, so a new report may repeat them."""
LONGEST_REASON = 500


class ReportEvent(StrEnum):
    """What can happen to a report."""

    ACKNOWLEDGED = "acknowledged"
    CALLED_BACK = "called_back"
    PAUSED = "paused"
    RESUMED = "resumed"
    ARRIVED = "arrived"
    RESTORED = "restored"
    RESOLVED = "resolved"
    CLOSED = "closed"
    REOPENED = "reopened"
    CANCELLED = "cancelled"


_KIND = {
    ReportEvent.ACKNOWLEDGED: EventKind.ACCEPTED,
    ReportEvent.PAUSED: EventKind.PAUSED,
    ReportEvent.RESUMED: EventKind.RESUMED,
    ReportEvent.ARRIVED: EventKind.ARRIVED,
    ReportEvent.RESTORED: EventKind.RESTORED,
    ReportEvent.RESOLVED: EventKind.RESOLVED,
    ReportEvent.CLOSED: EventKind.CLOSED,
    ReportEvent.REOPENED: EventKind.REOPENED,
    ReportEvent.CANCELLED: EventKind.CANCELLED,
}
_STATE = {
    OrderState.REPORTED: NEW,
    OrderState.ACCEPTED: ACKNOWLEDGED,
    OrderState.ON_SITE: ON_SITE,
    OrderState.RESTORED: RESTORED,
    OrderState.RESOLVED: RESOLVED,
    OrderState.CLOSED: CLOSED,
    OrderState.CANCELLED: CANCELLED,
}
_ENDED = frozenset({OrderState.CLOSED, OrderState.CANCELLED})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogLine:
    """One line of a report's story; `kind` is of `ReportEvent`, or another kind of the order's log."""

    kind: str
    at: datetime
    reason: str
    who: str


def events_of(reported_at: datetime, log: Sequence[tuple[str, datetime, str]]) -> tuple[OrderEvent, ...]:
    """Return a report's log as the planner reads it.

    Args:
        reported_at: When it began.
        log: Kind, instant and reason of each line. The first call back answers the customer, as an acknowledgement does;
            what answers a second time is a line of the story and changes nothing.
    """
    events = [OrderEvent(kind=EventKind.REPORTED, at=reported_at)]
    for kind, at, reason in log:
        is_answer = kind in {ReportEvent.CALLED_BACK, ReportEvent.ACKNOWLEDGED}
        if is_answer:
            known = _standing(events)
            if known is None or known.state is not OrderState.REPORTED or known.is_paused:
                continue
        meant = EventKind.ACCEPTED if is_answer else _KIND[ReportEvent(kind)]
        events.append(OrderEvent(kind=meant, at=at, reason=reason))
    return tuple(events)


def _standing(events: Sequence[OrderEvent]) -> Standing | None:
    try:
        return standing(events)
    except InvalidInput:
        return None


def next_events(now: Standing, *, is_order: bool = False) -> tuple[ReportEvent, ...]:
    """Return what may be told next of a report that stands like this.

    Args:
        is_order: A work order is closed at the order, because that asks for its codes.
    """
    possible = possible_next(now)
    found = [kind for kind in ReportEvent if _KIND.get(kind) in possible]
    if now.state not in _ENDED:
        found.append(ReportEvent.CALLED_BACK)
    if is_order and ReportEvent.CLOSED in found:
        found.remove(ReportEvent.CLOSED)
    return tuple(kind for kind in ReportEvent if kind in found)


def tell_report(
    store: Store,
    report_id: str,
    *,
    id: str,
    kind: ReportEvent,
    at: datetime,
    reason: str = "",
    who: str,
    now: datetime,
) -> None:
    """Tell what happened to a report; telling the same again changes nothing.

    Args:
        report_id: Its id or number.
        id: Of the event, made by who tells it.
        at: When it happened; events may be told late and take their place in the log.
        reason: Why; a pause, a reopening and a cancellation need one.

    Raises:
        NotFound: There is no such report.
        Conflict: Another event has this id.
        BadInput: The log would be impossible, or the instant lies ahead.
    """
    with store.reading() as session:
        order_id = report_of(session, report_id).work_order_id
    if order_id is not None and kind is not ReportEvent.CALLED_BACK:
        tell_event(store, order_id, id=id, kind=_KIND[kind], at=at, reason=reason, who=who, now=now)
        return
    with store.writing() as session:
        row = report_of(session, report_id)
        if row.work_order_id is not None and kind is not ReportEvent.CALLED_BACK:
            raise Conflict("the report became a work order meanwhile; tell it once more")
        add_event(session, row, id=id, kind=kind, at=at, reason=reason.strip(), who=who, now=now)


def report_of(session: Session, id: str) -> rows.FaultReportRow:
    """Return the row of a report by id or number.

    Raises:
        NotFound: There is none.
    """
    row = reports.report_row(session, id)
    if row is None:
        raise NotFound("fault report", id[:64])
    return row


def add_event(
    session: Session,
    row: rows.FaultReportRow,
    *,
    id: str,
    kind: ReportEvent,
    at: datetime,
    reason: str,
    who: str,
    now: datetime,
    state: str = "",
) -> None:
    """Put an event into the log inside a writing transaction; as `tell_report`.

    Args:
        state: What the report's state is called afterwards, where the log alone does not say it.
    """
    known = session.get(reports.FaultReportEventRow, id)
    if known is not None:
        if (known.report_id, known.kind, known.at, known.reason) != (row.id, kind.value, at, reason):
            raise Conflict(Message("another event has the id {id}; give this one an id of its own", id=id))
        return
    log = reports.report_event_rows(session, [row.id])
    place = sum(one.at <= at for one in log)
    told = [(one.kind, one.at, one.reason) for one in log]
    told.insert(place, (kind.value, at, reason))
    events = events_of(row.reported_at, told)
    faults = _faults(row, events, kind=kind, at=at, reason=reason, now=now)
    if faults:
        raise BadInput("nothing was told", faults)
    for one in log[place:]:
        one.position += 1
    session.add(
        reports.FaultReportEventRow(
            id=id, report_id=row.id, position=place, kind=kind, at=at, reason=reason, who=who, told_at=now
        )
    )
    before = row.state
    if row.work_order_id is None:
        stands = standing(events)
        derived = _STATE[stands.state or OrderState.REPORTED]
        row.state, row.paused = state or derived, stands.is_paused
    row.revision += 1
    session.flush()
    entry = Change(
        at=now, who=who, action="event", kind=AUDITED, thing_id=row.id,
        before={"state": before}, after={"state": row.state, "event": kind.value, "reason": reason},
    )  # fmt: skip
    record(session, [entry])


def _faults(
    row: rows.FaultReportRow,
    events: Sequence[OrderEvent],
    *,
    kind: ReportEvent,
    at: datetime,
    reason: str,
    now: datetime,
) -> list[Fault]:
    faults = []
    if at > now + SLACK:
        faults.append(
            Fault(where="at", what=Message("{at} lies ahead", at=at), repair="tell what has happened")
        )
    if at < row.reported_at:
        faults.append(
            Fault(
                where="at",
                what=Message("{at} lies before the report", at=at),
                repair=Message("{at} or later", at=row.reported_at),
            )
        )
    if len(reason) > LONGEST_REASON:
        faults.append(
            Fault(
                where="reason",
                what=Message("has {count} characters", count=len(reason)),
                repair=Message("{most} at most", most=LONGEST_REASON),
            )
        )
    if row.work_order_id is None:
        try:
            standing(events)
        except InvalidInput as error:
            faults += [Fault(where="event", what=what) for what in error.faults]
        if kind is ReportEvent.CALLED_BACK and row.state in {CLOSED, DUPLICATE, REJECTED, CANCELLED}:
            faults.append(
                Fault(
                    where="event",
                    what=Message("the report is {state}", state=row.state),
                    repair="reopen it first",
                )
            )
    return faults


def carry_over(session: Session, row: rows.FaultReportRow, order_id: str, *, who: str, now: datetime) -> None:
    """Give a new order what its report's log says, so that pauses and answers count in its deadlines."""
    log = reports.report_event_rows(session, [row.id])
    told_by = {(one.at, one.reason): one.who for one in log}
    events = events_of(row.reported_at, [(one.kind, one.at, one.reason) for one in log])
    for position, event in enumerate(events[1:], start=1):
        session.add(
            rows.WorkOrderEventRow(
                id=f"{order_id}-r{position}",
                work_order_id=order_id,
                position=position,
                kind=event.kind,
                at=event.at,
                reason=event.reason,
                who=told_by.get((event.at, event.reason), who),
                told_at=now,
            )
        )
    stands = standing(events)
    order = session.get_one(rows.WorkOrderRow, order_id)
    order.state, order.paused = str(stands.state), stands.is_paused
    session.flush()


def story_of(
    row: rows.FaultReportRow,
    log: Sequence[reports.FaultReportEventRow],
    order_log: Sequence[rows.WorkOrderEventRow],
) -> tuple[LogLine, ...]:
    """Return everything that happened to a report, oldest first: its own log, then what only its order's log has."""
    lines = [
        LogLine(kind="reported", at=row.reported_at, reason="", who=row.reported_by or "form"),
        *(LogLine(kind=one.kind, at=one.at, reason=one.reason, who=one.who) for one in log),
    ]
    copied = f"{row.work_order_id}-r"
    lines += [
        LogLine(
            kind="acknowledged" if one.kind == EventKind.ACCEPTED else one.kind,
            at=one.at,
            reason=one.reason,
            who=one.who,
        )
        for one in order_log
        if one.position and not one.id.startswith(copied)
    ]
    return tuple(sorted(lines, key=lambda line: line.at))
