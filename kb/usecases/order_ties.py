"""Which visit of the plan a work order is: said when it is opened, or afterwards, when the visit was found later."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from kb.errors import BadInput, Conflict, Fault, Message, NotAllowed, NotFound
from kb.store import Store
from kb.store import work_orders as rows
from kb.store.plan_versions import visits_by_key
from kb.store.register import Session
from kb.usecases.order_access import Actor, note_order
from kb.usecases.order_reading import WorkOrder, order_of
from kb.usecases.order_visits import NOTE, REPORTED, report_visit
from kb.usecases.visit_reading import VisitQuery, visits
from planner.model import OrderState

DONE = frozenset({OrderState.RESOLVED, OrderState.SIGNED, OrderState.CLOSED})
"""States of an order whose work is done."""
BEFORE, AFTER = timedelta(days=30), timedelta(days=90)
"""Around today: the visits that are offered."""
MOST_OFFERED = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedVisit:
    """A visit that an order may be tied to."""

    key: str
    day: date
    technician: str
    plans: tuple[str, ...]


def tie_order(
    store: Store,
    order_id: str,
    visit_key: str,
    *,
    revision: int | None,
    actor: Actor,
    now: datetime,
) -> WorkOrder:
    """Say which visit of the plan an order is, or with an empty key that it is none; only planners do.

    An order whose work is done already reports the visit done, as if it had been tied before.

    Args:
        order_id: Its id or number.
        visit_key: Of a visit at the order's site.
        revision: The one that was seen; None overwrites whatever is there.

    Raises:
        NotFound: There is no such order.
        NotAllowed: The actor is no planner.
        Conflict: The order has another revision by now.
        BadInput: There is no such visit at the order's site, or the order has reported its visit done: a visit that took
            place does not become open again.
    """
    if not actor.may_all:
        raise NotAllowed(
            Message("tying an order to a visit needs the role planner; {name} has not", name=actor.name)
        )
    key = visit_key.strip() or None
    with store.writing() as session:
        row = rows.order_row(session, order_id) if "\0" not in order_id else None
        if row is None:
            raise NotFound("work order", order_id[:64])
        if key is not None:
            _refuse_foreign(session, row, key)
        if revision is not None and revision != row.revision:
            said = Message(
                "the work order was changed meanwhile: revision {revision} is now {now}",
                revision=revision,
                now=row.revision,
            )
            raise Conflict(said, yours={"visit_key": key}, theirs={"visit_key": row.visit_key})
        if row.visit_key != key:
            _refuse_after_report(row)
            _set(session, row, key, who=actor.name, now=now)
        id, is_done = row.id, row.state in DONE
    if key is not None and is_done:
        report_visit(store, id, who=actor.name, now=now)
    with store.reading() as session:
        return order_of(session, id, now=now)


def _refuse_foreign(session: Session, row: rows.WorkOrderRow, key: str) -> None:
    found = visits_by_key(session, [key]).get(key) if "\0" not in key else None
    if found is not None and found.site_id == row.site_id:
        return
    what = (
        Message("{value!r} is no visit", value=key[:64])
        if found is None
        else Message("{value!r} is a visit at another site", value=key[:64])
    )
    fault = Fault(where="visit", what=what, repair="choose one of the plan, or none")
    raise BadInput("nothing was changed", [fault])


def _refuse_after_report(row: rows.WorkOrderRow) -> None:
    if row.visit_key is None or row.body.get(NOTE) not in REPORTED:
        return
    what = Message("{value!r} was reported done by this order", value=row.visit_key)
    fault = Fault(where="visit", what=what, repair="open an order of its own for another visit")
    raise BadInput("nothing was changed", [fault])


def tie_to_visit(store: Store, order_id: str, visit_key: str, *, who: str, now: datetime) -> None:
    """Say of an order that belongs to no visit yet which visit of the plan it is; one that has a visit keeps it."""
    with store.writing() as session:
        row = rows.order_row(session, order_id)
        if row is None:
            raise NotFound("work order", order_id[:64])
        if row.visit_key is None:
            _set(session, row, visit_key, who=who, now=now)


def _set(session: Session, row: rows.WorkOrderRow, key: str | None, *, who: str, now: datetime) -> None:
    before = {"visit_key": row.visit_key}
    row.visit_key = key
    row.revision += 1
    session.flush()
    note_order(session, row.id, "update", before, {"visit_key": key}, who=who, now=now)


def visits_offered(store: Store, order: WorkOrder, *, today: date) -> tuple[OfferedVisit, ...]:
    """Return the visits at an order's site around today that are still to take place, by day."""
    query = VisitQuery(
        site=order.names["site_code"],
        first_day=today - BEFORE,
        last_day=today + AFTER,
        size=MOST_OFFERED,
    )
    return tuple(
        OfferedVisit(
            key=one.key,
            day=one.visit.day,
            technician=one.names.technician_names.get(one.visit.technician_id or "", ""),
            plans=tuple(one.names.plan_codes(one.all_occurrences)),
        )
        for one in visits(store, query, today=today).items
        if one.is_open
    )
