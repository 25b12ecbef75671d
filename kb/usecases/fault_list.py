"""The list of fault reports: what waits, for whom, how urgent, and what is over its time.

Deadlines are computed from the logs each time the list is read. What a log and its promises come to does not change while
neither does, so it is worked out once a process; only whether an instant has passed is looked at anew.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from functools import lru_cache
from typing import Literal, get_args

from kb.errors import BadQuery
from kb.store import Store
from kb.store import fault_reports as reports
from kb.store import work_orders as rows
from kb.store.register import Session
from kb.usecases.fault_log import ACCEPTED, STATES, WAITING, events_of
from kb.usecases.order_reading import OPEN_STATES, SERVICE_HOURS, contracts_of_sites, promised_by
from planner.calendars import working_time_between
from planner.faults import Point, deadlines
from planner.model import EventKind, OrderEvent, OrderState, ResponseTimes

Group = Literal["open", "ended", "all"]
GROUPS: tuple[Group, ...] = get_args(Group)
Due = Literal["", "overdue", "soon"]
DUES: tuple[Due, ...] = get_args(Due)
Sort = Literal["due", "reported", "priority"]
SORTS: tuple[Sort, ...] = get_args(Sort)
SOON = timedelta(hours=2)
"""Working time before a deadline from which a report is soon due."""
PAGE_SIZES = range(1, 201)
_ENDED_ORDERS = tuple(state for state in OrderState if state not in OPEN_STATES)
_FAR = timedelta(days=10)
"""A deadline that is further away is not looked at for being soon."""
_CHUNK = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultQuery:
    """Which reports; what is empty selects nothing out.

    Args:
        group: Open, ended, or all.
        state: A state of `STATES`, or of a work order for those that became one.
        customer, technician: Ids or codes; the technician of the work order.
        due: Over a deadline, or soon.
        text: Words in number, alarm, symptom, machine, serial number, site or customer.
        sort: Next deadline first (open ones), newest first, gravest first.
    """

    group: Group = "open"
    state: str = ""
    priority: str = ""
    customer: str = ""
    technician: str = ""
    equipment_id: str = ""
    due: Due = ""
    text: str = ""
    sort: Sort = "due"
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A deadline as it stands in a log: when it is over, when it was met."""

    point: Point
    due: datetime | None
    met: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultLine:
    """One row of the list.

    Args:
        state: Where it stands: the report's state, or the order's.
        next_point, next_due: The next deadline that is open; None where nothing was promised or all is met.
        standing: `overdue`, `soon`, `open`, `paused`, or empty where no deadline runs.
    """

    id: str
    number: str
    state: str
    paused: bool
    priority: str
    title: str
    site: str
    site_code: str
    customer: str
    tag: str
    machine_state: str
    reported_at: datetime
    order_id: str
    order_number: str
    technician: str
    next_point: Point | None
    next_due: datetime | None
    standing: str

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        values = {name: getattr(self, name) for name in self.__slots__}
        values["reported_at"] = self.reported_at.isoformat()
        values["next_due"] = self.next_due.isoformat() if self.next_due else None
        return values


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultPage:
    """A page of the list; `overdue` and `soon` count among all that was selected, where it is a list of open ones."""

    items: tuple[FaultLine, ...]
    total: int
    page: int
    size: int
    overdue: int = 0
    soon: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // self.size))


def fault_list(store: Store, query: FaultQuery, *, now: datetime) -> FaultPage:
    """Return a page of the list.

    Raises:
        BadQuery: Every part of the query that cannot be understood.
    """
    _check(query)
    group = query.group
    states: Sequence[str] = () if group == "all" else WAITING if group == "open" else _ended()
    orders: Sequence[str] | None = (
        None if group == "all" else OPEN_STATES if group == "open" else _ENDED_ORDERS
    )
    if query.state:
        states = (query.state,)
        orders = tuple(OrderState) if query.state == ACCEPTED else _order_states(query.state)
    with store.reading() as session:
        conditions = reports.report_conditions(
            states=states,
            order_states=orders,
            priority=query.priority,
            customer=query.customer,
            technician=query.technician,
            equipment_id=query.equipment_id,
            text=query.text,
        )
        first = (query.page - 1) * query.size
        if query.sort != "due" and not query.due:
            found = reports.report_lines(
                session, conditions, by_priority=query.sort == "priority", first=first, size=query.size
            )
            ends_here = len(found) < query.size and (found or not first)
            total = first + len(found) if ends_here else reports.count_lines(session, conditions)
            return FaultPage(items=_lines(session, found, now), total=total, page=query.page, size=query.size)
        if group != "open":
            raise BadQuery("deadlines sort and filter open reports only; choose the group open")
        lines = _lines(
            session, reports.report_lines(session, conditions, by_priority=query.sort == "priority"), now
        )
    overdue = sum(line.standing == "overdue" for line in lines)
    soon = sum(line.standing == "soon" for line in lines)
    if query.due:
        lines = tuple(line for line in lines if line.standing == query.due)
    if query.sort == "due":
        lines = tuple(sorted(lines, key=_by_due))
    return FaultPage(
        items=lines[first : first + query.size],
        total=len(lines),
        page=query.page,
        size=query.size,
        overdue=overdue,
        soon=soon,
    )


def _check(query: FaultQuery) -> None:
    states = {*STATES, *OrderState}
    faults = [
        f"{name} is {value[:40]!r}; it must be one of {', '.join(known)}"
        for name, value, known in (
            ("group", query.group, GROUPS),
            ("due", query.due, DUES),
            ("sort", query.sort, SORTS),
        )
        if value not in known
    ]
    if query.state and query.state not in states:
        faults.append(f"state is {query.state[:40]!r}; it must be one of {', '.join(sorted(states))}")
    if query.priority and query.priority not in {"P1", "P2", "P3", "P4"}:
        faults.append(f"priority is {query.priority[:10]!r}; it must be P1 to P4")
    if query.size not in PAGE_SIZES or query.page < 1:
        faults.append(f"page {query.page} of {query.size}: a page counts from 1 and has 1 to 200 reports")
    if faults:
        raise BadQuery("; ".join(faults))


def _ended() -> tuple[str, ...]:
    return tuple(state for state in STATES if state not in {*WAITING, ACCEPTED})


def _order_states(state: str) -> tuple[str, ...]:
    """Return the order's states that are called like a report's: `acknowledged` is accepted there."""
    named = {"acknowledged": "accepted", "new": "reported"}.get(state, state)
    return tuple(one for one in OrderState if one == named)


def _by_due(line: FaultLine) -> tuple[bool, bool, float, str, float]:
    due = line.next_due
    return (
        due is None,
        line.paused,
        due.timestamp() if due else 0.0,
        line.priority or "P9",
        line.reported_at.timestamp(),
    )


def _lines(session: Session, found: Sequence[reports.Line], now: datetime) -> tuple[FaultLine, ...]:
    own: dict[str, list[tuple[str, datetime, str]]] = {}
    waiting = [one.row.id for one in found if one.row.work_order_id is None]
    for event in reports.report_event_rows(session, waiting):
        own.setdefault(event.report_id, []).append((event.kind, event.at, event.reason))
    ordered = [one.row.work_order_id for one in found if one.row.work_order_id]
    of_order: dict[str, list[OrderEvent]] = {}
    for start in range(0, len(ordered), _CHUNK):
        for order_id, kind, at, reason in rows.event_lines(session, ordered[start : start + _CHUNK]):
            told = OrderEvent(kind=EventKind(kind), at=at, reason=reason)
            of_order.setdefault(order_id, []).append(told)
    contracts = contracts_of_sites(session, {one.row.site_id for one in found if one.row.site_id})
    lines = []
    for one in found:
        row = one.row
        events = (
            tuple(of_order[row.work_order_id])
            if row.work_order_id
            else events_of(row.reported_at, own.get(row.id, ()))
        )
        day = row.reported_at.astimezone(now.tzinfo).date()
        promised = promised_by(contracts.get(row.site_id or "", ()), day)
        paused = one.order_paused if row.work_order_id else row.paused
        promise = _next(promises(events, promised, now.tzinfo))
        lines.append(
            FaultLine(
                id=row.id,
                number=row.number,
                state=one.order_state or row.state,
                paused=paused,
                priority=row.priority,
                title=str(row.alarm or row.symptom).strip().partition("\n")[0][:80],
                site=one.site,
                site_code=one.site_code,
                customer=one.customer,
                tag=one.tag,
                machine_state=row.machine_state,
                reported_at=row.reported_at.astimezone(now.tzinfo),
                order_id=row.work_order_id or "",
                order_number=one.order_number,
                technician=one.technician,
                next_point=promise.point if promise else None,
                next_due=promise.due if promise else None,
                standing=_how(promise, now, paused=paused),
            )
        )
    return tuple(lines)


@lru_cache(maxsize=20_000)
def promises(
    events: tuple[OrderEvent, ...], promised: ResponseTimes, zone: tzinfo | None
) -> tuple[Promise, ...]:
    """Return what a log and its promises come to: this does not depend on the hour at which it is asked."""
    if promised == ResponseTimes():
        return ()
    last = events[-1].at.astimezone(zone)
    found = deadlines(events, promised, SERVICE_HOURS, now=last)
    return tuple(Promise(point=one.point, due=one.due, met=one.met) for one in found)


def _next(found: Sequence[Promise]) -> Promise | None:
    """Return the open promise that is over first; one whose end a pause keeps open comes last."""
    still = [one for one in found if one.met is None]
    dated = [(one.due, number) for number, one in enumerate(still) if one.due is not None]
    return still[min(dated)[1]] if dated else still[0] if still else None


def _how(promise: Promise | None, now: datetime, *, paused: bool) -> str:
    if promise is None:
        return ""
    if promise.due is None:
        return "paused"
    if promise.due < now:
        return "overdue"
    if promise.due - now < _FAR and working_time_between(now, promise.due, SERVICE_HOURS) <= SOON:
        return "soon"
    return "paused" if paused else "open"
