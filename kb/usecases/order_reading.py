"""Work orders as they are read: where they stand, by when what must have happened, who may do what next."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from kb.errors import BadQuery, Message, NotFound
from kb.store import Store
from kb.store import work_orders as rows
from kb.store.mapping import contract_of
from kb.store.register import Session, columns_by_id
from kb.store.tables import ContractRow
from planner.calendars import WorkCalendar
from planner.faults import Deadline, Standing, deadlines, possible_next, standing
from planner.model import Contract, EventKind, OrderEvent, OrderState, ResponseTimes
from planner.model.spans import OFFICE_HOURS

SERVICE_HOURS = WorkCalendar(hours=OFFICE_HOURS)
"""When the department answers: office hours of the public calendar."""
OPEN_STATES = tuple(state for state in OrderState if state not in {OrderState.CLOSED, OrderState.CANCELLED})
PAGE_SIZES = range(1, 501)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkOrder:
    """A work order as it is kept, with what follows from its log.

    Args:
        values: The columns of its row, without log, state and body.
        body: What nobody filters by: texts of the report of the work, links to library pages.
        events: Its log, oldest first.
        event_ids, told_by: Id of each event, made by who told it, and who that was.
        standing: Where it stands.
        deadlines: What was promised, as of the instant it was read.
        names: `site`, `site_code`, `tag`, `technician` and `customer` for people.
    """

    id: str
    number: str
    revision: int
    values: Mapping[str, Any]
    body: Mapping[str, Any]
    events: tuple[OrderEvent, ...]
    event_ids: tuple[str, ...]
    told_by: tuple[str, ...]
    standing: Standing
    deadlines: tuple[Deadline, ...]
    names: Mapping[str, str] = field(default_factory=dict)

    @property
    def next_events(self) -> tuple[EventKind, ...]:
        """What may be told next, in the order of the nouns."""
        possible = possible_next(self.standing)
        return tuple(kind for kind in EventKind if kind in possible)

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.id,
            "number": self.number,
            "revision": self.revision,
            **{name: _plain(value) for name, value in self.values.items()},
            **self.names,
            "state": self.standing.state,
            "paused": self.standing.is_paused,
            "next_events": list(self.next_events),
            "body": dict(self.body),
            "events": [
                {"id": id, "kind": one.kind, "at": one.at.isoformat(), "reason": one.reason, "who": who}
                for id, one, who in zip(self.event_ids, self.events, self.told_by, strict=True)
            ],
            "deadlines": [
                {
                    "point": one.point,
                    "promised_minutes": _minutes(one.promised),
                    "due": one.due.isoformat() if one.due else None,
                    "met": one.met.isoformat() if one.met else None,
                    "used_minutes": _minutes(one.used),
                    "left_minutes": _minutes(one.left()),
                    "kept": one.is_kept,
                }
                for one in self.deadlines
            ],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderQuery:
    """Which work orders; what is empty selects nothing out.

    Args:
        states: States, any of them.
        opened_from, opened_before, closed_from, closed_before: Half-open spans of instants.
        planned_from, planned_last: Planned days, both included.
        text: In number, title or alarm.
        page, size: From 1; 1 to 500 orders.
    """

    states: tuple[OrderState, ...] = ()
    kind: str = ""
    site_id: str = ""
    equipment_id: str = ""
    technician_id: str = ""
    visit_key: str = ""
    customer_id: str = ""
    planned_from: date | None = None
    planned_last: date | None = None
    opened_from: datetime | None = None
    opened_before: datetime | None = None
    closed_from: datetime | None = None
    closed_before: datetime | None = None
    text: str = ""
    page: int = 1
    size: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderPage:
    """A page of work orders: open ones first, of each those opened last."""

    items: tuple[WorkOrder, ...]
    total: int
    page: int
    size: int

    @property
    def pages(self) -> int:
        """How many pages there are, at least 1."""
        return max(1, -(-self.total // self.size))


def work_orders(store: Store, query: OrderQuery, *, now: datetime) -> OrderPage:
    """Return a page of work orders.

    Raises:
        BadQuery: Page or size are out of bounds.
    """
    if query.size not in PAGE_SIZES or query.page < 1:
        raise BadQuery(
            Message(
                "page {page} of {size}: a page counts from 1 and has 1 to {most} orders",
                page=query.page,
                size=query.size,
                most=PAGE_SIZES[-1],
            )
        )
    conditions = rows.order_conditions(
        states=query.states,
        kind=query.kind,
        site_id=query.site_id,
        equipment_id=query.equipment_id,
        technician_id=query.technician_id,
        visit_key=query.visit_key,
        customer_id=query.customer_id,
        planned_from=query.planned_from,
        planned_last=query.planned_last,
        opened_from=query.opened_from,
        opened_before=query.opened_before,
        closed_from=query.closed_from,
        closed_before=query.closed_before,
        text=query.text,
    )
    with store.reading() as session:
        found, total = rows.order_page(
            session,
            conditions,
            first=(query.page - 1) * query.size,
            size=query.size,
        )
        items = orders_of(session, found, now=now)
    return OrderPage(items=items, total=total, page=query.page, size=query.size)


def work_order(store: Store, id: str, *, now: datetime) -> WorkOrder:
    """Return a work order by its id or number.

    Raises:
        NotFound: There is none.
    """
    with store.reading() as session:
        return order_of(session, id, now=now)


def order_of(session: Session, id: str, *, now: datetime) -> WorkOrder:
    """Return a work order inside a transaction; as `work_order`."""
    row = rows.order_row(session, id)
    if row is None:
        raise NotFound("work order", id[:64])
    return orders_of(session, [row], now=now)[0]


def orders_of(
    session: Session, found: Sequence[rows.WorkOrderRow], *, now: datetime
) -> tuple[WorkOrder, ...]:
    """Return the work orders of rows, with their logs and names."""
    logs: dict[str, list[rows.WorkOrderEventRow]] = {row.id: [] for row in found}
    for event in rows.event_rows(session, list(logs)):
        logs[event.work_order_id].append(event)
    sites = columns_by_id(session, "sites", ("name", "code", "customer_id"), {row.site_id for row in found})
    customers = columns_by_id(session, "customers", ("name",), {site[2] for site in sites.values()})
    machines = columns_by_id(
        session, "equipment", ("tag",), {row.equipment_id for row in found if row.equipment_id}
    )
    people = columns_by_id(
        session, "technicians", ("name",), {row.technician_id for row in found if row.technician_id}
    )
    contracts = contracts_of_sites(session, {row.site_id for row in found})
    result = []
    for row in found:
        site = sites[row.site_id]
        names = {
            "site": str(site[0]),
            "site_code": str(site[1]),
            "customer": str(customers[site[2]][0]),
            "tag": str(machines[row.equipment_id][0]) if row.equipment_id else "",
            "technician": str(people[row.technician_id][0]) if row.technician_id else "",
        }
        log = logs[row.id]
        events = tuple(OrderEvent(kind=EventKind(one.kind), at=one.at, reason=one.reason) for one in log)
        promised = promised_by(contracts.get(row.site_id, ()), row.opened_at.astimezone(now.tzinfo).date())
        hidden = {"id", "number", "revision", "body", "state", "paused"}
        result.append(
            WorkOrder(
                id=row.id,
                number=row.number,
                revision=row.revision,
                values={name: value for name, value in row.model_dump().items() if name not in hidden},
                body=row.body or {},
                events=events,
                event_ids=tuple(one.id for one in log),
                told_by=tuple(one.who for one in log),
                standing=standing(events),
                deadlines=deadlines(events, promised, SERVICE_HOURS, now=now),
                names=names,
            )
        )
    return tuple(result)


def contracts_of_sites(session: Session, site_ids: set[str]) -> dict[str, tuple[Contract, ...]]:
    """Return the contracts of sites that are not retired, by site."""
    found: dict[str, list[Contract]] = {}
    for row in rows.rows_at(session, ContractRow, site_ids):
        found.setdefault(row.site_id, []).append(contract_of(row))
    return {site_id: tuple(contracts) for site_id, contracts in found.items()}


def promised_by(contracts: Sequence[Contract], day: date) -> ResponseTimes:
    """Return what was promised on a day: the strictest of each point over the contracts valid then."""
    valid = [one.response_times for one in contracts if day in one.validity]

    def strictest(name: str) -> timedelta | None:
        return min((amount for one in valid if (amount := getattr(one, name)) is not None), default=None)

    return ResponseTimes(
        response=strictest("response"),
        arrival=strictest("arrival"),
        temporary_restore=strictest("temporary_restore"),
        resolution=strictest("resolution"),
    )


def _minutes(span: timedelta) -> int:
    return round(span / timedelta(minutes=1))


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date | datetime) else value
