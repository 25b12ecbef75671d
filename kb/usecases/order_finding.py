"""Work orders as people look for them: by codes, days and words; mine or all."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kb.errors import BadQuery, Message, NotFound
from kb.store import Store
from kb.usecases.order_access import Actor
from kb.usecases.order_making import id_called
from kb.usecases.order_reading import OrderPage, OrderQuery, work_orders
from planner.model import OrderState


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderWish:
    """Which orders somebody wants to see; what is empty selects nothing out.

    Args:
        mine: Only those of the actor; somebody who is no technician has none.
        technician, customer, site: Codes or ids.
        machine: Tag or id.
        first_day, last_day: Days on which they were opened, both included.
    """

    mine: bool = False
    states: tuple[OrderState, ...] = ()
    kind: str = ""
    technician: str = ""
    customer: str = ""
    site: str = ""
    machine: str = ""
    first_day: date | None = None
    last_day: date | None = None
    text: str = ""
    page: int = 1
    size: int = 50


def found_orders(store: Store, wish: OrderWish, *, actor: Actor, now: datetime) -> OrderPage:
    """Return a page of work orders: open ones first, of each those opened last.

    Raises:
        NotFound: The register does not know a code.
        BadQuery: The page is out of bounds, or the days run backwards.
    """
    if wish.first_day and wish.last_day and wish.first_day > wish.last_day:
        raise BadQuery(
            Message(
                "the days run from {first_day} to {last_day}; the first must not be later",
                first_day=wish.first_day,
                last_day=wish.last_day,
            )
        )
    if "\0" in wish.text + wish.kind:
        raise BadQuery("the text has a NUL character; leave it out")
    ids = {}
    with store.reading() as session:
        for name, table, column, handle in (
            ("technician", "technicians", "code", wish.technician),
            ("customer", "customers", "code", wish.customer),
            ("site", "sites", "code", wish.site),
            ("machine", "equipment", "tag", wish.machine),
        ):
            found = id_called(session, table, column, handle)
            if handle and found is None:
                raise NotFound(name, handle[:64])
            ids[name] = found or ""
    if wish.mine:
        own = sorted(actor.technician_ids)
        if not own or (ids["technician"] and ids["technician"] not in own):
            return OrderPage(items=(), total=0, page=wish.page, size=wish.size)
        ids["technician"] = ids["technician"] or own[0]
    query = OrderQuery(
        states=wish.states,
        kind=wish.kind,
        technician_id=ids["technician"],
        customer_id=ids["customer"],
        site_id=ids["site"],
        equipment_id=ids["machine"],
        opened_from=_midnight(wish.first_day, now),
        opened_before=_midnight(wish.last_day + timedelta(days=1), now) if wish.last_day else None,
        text=wish.text.strip(),
        page=wish.page,
        size=wish.size,
    )
    return work_orders(store, query, now=now)


def _midnight(day: date | None, now: datetime) -> datetime | None:
    return datetime.combine(day, time(0), tzinfo=now.tzinfo) if day else None
