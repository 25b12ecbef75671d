"""Work orders: opened, told what happened to them, changed, closed. Each telling counts once, however often it comes."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from kb.content.vocabulary import Vocabularies
from kb.errors import BadInput, Conflict, Fault, Message, NotFound
from kb.store import Store
from kb.store import work_orders as rows
from kb.store.register import Change, Session, columns_by_id, record
from kb.usecases.order_reading import WorkOrder, order_of
from kb.usecases.work_order_fields import TEXTS, cleaned, wrong_value
from planner.errors import InvalidInput
from planner.faults import Cover, Priority, standing
from planner.model import EventKind, MachineState, OrderEvent, OrderState

AUDITED = "work_orders"
"""Their kind in the audit trail, and of their attachments."""
NUMBERED = "GD"  # ids never begin so: either finds an order
_SAME = (
    "kind",
    "site_id",
    "equipment_id",
    "report_id",
    "visit_key",
    "follows_id",
)  # with the title: the same order
SLACK = timedelta(minutes=5)  # by which a phone's clock may be ahead
KINDS: dict[str, tuple[str, str]] = {
    "repair": ("维修", "repair"),
    "inspection": ("巡检", "inspection"),
    "installation": ("安装", "installation"),
    "commissioning": ("调试", "commissioning"),
    "instruction": ("指导培训", "instruction"),
    "advice": ("咨询", "advice"),
    "upgrade": ("版本升级", "upgrade"),
    "other": ("其他", "other"),
}
"""What work orders are about, as a department's duties name it."""
NEEDED_TO_CLOSE = ("subsystem", "cause", "mechanism", "remedy")  # of a repair
SIGNED = "signed"
"""In `body`: the entry by which the contents were signed last."""
SEALED = frozenset({OrderState.SIGNED, OrderState.CLOSED})
"""States in which signed contents change only by an amendment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOrder:
    """What a work order is opened with.

    Args:
        kind: A key of `KINDS`.
        equipment_id: Must stand at the site.
        report_id, visit_key, follows_id: What it came from.
        body: Further values, kept as they are.
    """

    kind: str
    title: str
    site_id: str
    equipment_id: str | None = None
    report_id: str | None = None
    visit_key: str | None = None
    follows_id: str | None = None
    technician_id: str | None = None
    planned_day: date | None = None
    priority: Priority | None = None
    cover: Cover | None = None
    machine_state: MachineState | None = None
    alarm: str = ""
    reported_at: datetime | None = None
    body: Mapping[str, Any] = field(default_factory=dict)


def open_order(store: Store, new: NewOrder, *, id: str, now: datetime, who: str) -> WorkOrder:
    """Open a work order; the same order under the same id again returns what is there.

    Args:
        id: Made by the caller; not of the form of a number.

    Raises:
        BadInput: Every fault, by field.
        Conflict: Another order has this id.
    """
    with store.writing() as session:
        add_order(session, new, id=id, now=now, who=who)
        return order_of(session, id, now=now)


def add_order(session: Session, new: NewOrder, *, id: str, now: datetime, who: str) -> None:
    """Open a work order inside a writing transaction; as `open_order`."""
    known = session.get(rows.WorkOrderRow, id)
    if known is not None:
        if (
            any(getattr(known, name) != getattr(new, name) for name in _SAME)
            or known.title != new.title.strip()
        ):
            raise Conflict(
                Message("another work order has the id {id}; give this one an id of its own", id=id)
            )
        return
    faults = _faults(session, new)
    if id.startswith(NUMBERED):
        faults.append(
            Fault(
                where="id", what=Message("{id!r} looks like a number", id=id[:64]), repair="use a random id"
            )
        )
    if faults:
        raise BadInput("no work order was opened", faults)
    opened = new.reported_at or now
    number = f"{NUMBERED}{now.year}-{rows.next_number(session, f'work_orders-{now.year}'):05d}"
    row = rows.WorkOrderRow(
        id=id,
        number=number,
        kind=new.kind,
        title=new.title.strip(),
        site_id=new.site_id,
        equipment_id=new.equipment_id,
        report_id=new.report_id,
        visit_key=new.visit_key,
        follows_id=new.follows_id,
        technician_id=new.technician_id,
        planned_day=new.planned_day,
        state=EventKind.REPORTED,
        priority=new.priority or "",
        cover=new.cover or "",
        machine_state=new.machine_state or "",
        alarm=new.alarm.strip(),
        opened_at=opened,
        body=dict(new.body),
    )
    session.add(row)
    session.flush()
    first = rows.WorkOrderEventRow(
        id=f"{id}-0", work_order_id=id, position=0, kind=EventKind.REPORTED, at=opened, who=who, told_at=now
    )
    session.add(first)
    session.flush()
    _record(session, row, "create", now, who, None, {"number": number, "title": row.title, "kind": row.kind})


def _faults(session: Session, new: NewOrder) -> list[Fault]:
    faults = []
    if new.kind not in KINDS:
        faults.append(
            Fault(
                where="kind",
                what=Message("{value!r} is no kind", value=new.kind[:40]),
                repair=", ".join(KINDS),
            )
        )
    if not 1 <= len(new.title.strip()) <= 200:
        faults.append(
            Fault(
                where="title",
                what=Message("has {count} characters", count=len(new.title.strip())),
                repair="1 to 200",
            )
        )
    if not columns_by_id(session, "sites", ("code",), [new.site_id]):
        faults.append(
            Fault(
                where="site",
                what=Message("{value!r} is no site", value=new.site_id[:64]),
                repair="choose one of the register",
            )
        )
    if new.equipment_id is not None:
        machine = columns_by_id(session, "equipment", ("site_id",), [new.equipment_id]).get(new.equipment_id)
        if machine is None:
            faults.append(
                Fault(
                    where="equipment",
                    what=Message("{value!r} is no machine", value=new.equipment_id[:64]),
                )
            )
        elif machine[0] != new.site_id:
            faults.append(
                Fault(where="equipment", what="stands at another site", repair="choose one of this site")
            )
    if new.technician_id is not None and not columns_by_id(
        session, "technicians", ("code",), [new.technician_id]
    ):
        faults.append(
            Fault(
                where="technician",
                what=Message("{value!r} is no technician", value=new.technician_id[:64]),
            )
        )
    return faults


def tell_event(
    store: Store,
    order_id: str,
    *,
    id: str,
    kind: EventKind,
    at: datetime,
    reason: str = "",
    who: str,
    now: datetime,
) -> WorkOrder:
    """Tell what happened to a work order; telling the same again changes nothing.

    Args:
        order_id: Its id or number.
        id: Of the event, made by who tells it: a phone without a network tells it again until it is heard.
        at: When it happened; events may be told late, in any order, and take their place in the log.
        reason: Why; a pause, a reopening and a cancellation need one.

    Raises:
        NotFound: There is no such order.
        Conflict: Another event has this id.
        BadInput: The log would be impossible, the instant lies ahead, or a repair lacks its codes on closing.
    """
    with store.writing() as session:
        row = rows.order_row(session, order_id)
        if row is None:
            raise NotFound("work order", order_id[:64])
        add_event(session, row, id=id, kind=kind, at=at, reason=reason, who=who, now=now)
        return order_of(session, row.id, now=now)


def add_event(
    session: Session,
    row: rows.WorkOrderRow,
    *,
    id: str,
    kind: EventKind,
    at: datetime,
    reason: str = "",
    who: str,
    now: datetime,
) -> None:
    """Tell what happened to an order inside a writing transaction; as `tell_event`."""
    known = session.get(rows.WorkOrderEventRow, id)
    if known is not None:
        told = (known.work_order_id, known.kind, known.at, known.reason)
        if told != (row.id, kind.value, at, reason.strip()):
            raise Conflict(Message("another event has the id {id}; give this one an id of its own", id=id))
        return
    log = rows.event_rows(session, [row.id])
    place = sum(one.at <= at for one in log)
    event = OrderEvent(kind=kind, at=at, reason=reason.strip())
    events = [OrderEvent(kind=EventKind(one.kind), at=one.at, reason=one.reason) for one in log]
    events.insert(place, event)
    faults = _event_faults(row, events, event, now)
    if faults:
        raise BadInput("nothing was told", faults)
    for one in log[place:]:
        one.position += 1
    session.add(
        rows.WorkOrderEventRow(
            id=id,
            work_order_id=row.id,
            position=place,
            kind=kind,
            at=at,
            reason=event.reason,
            who=who,
            told_at=now,
        )
    )
    stands = standing(events)
    before = row.state
    row.state, row.paused = str(stands.state), stands.is_paused
    row.closed_at = events[-1].at if stands.state in {OrderState.CLOSED, OrderState.CANCELLED} else None
    row.revision += 1
    session.flush()
    _record(session, row, "event", now, who, {"state": before}, {"state": row.state, "event": kind})


def _event_faults(
    row: rows.WorkOrderRow, events: list[OrderEvent], event: OrderEvent, now: datetime
) -> list[Fault]:
    faults = []
    if event.at > now + SLACK:
        faults.append(
            Fault(where="at", what=Message("{at} lies ahead", at=event.at), repair="tell what has happened")
        )
    try:
        standing(events)
    except InvalidInput as error:
        faults += [Fault(where="event", what=what) for what in error.faults]
    if event.kind is EventKind.CLOSED and row.kind == "repair":
        faults += [
            Fault(where=name, what="is empty", repair="a repair is closed with its codes")
            for name in NEEDED_TO_CLOSE
            if not getattr(row, name)
        ]
    return faults


def change_order(
    store: Store,
    order_id: str,
    changes: Mapping[str, Any],
    *,
    revision: int | None,
    vocabularies: Vocabularies,
    who: str,
    now: datetime,
) -> WorkOrder:
    """Change fields of a work order and return it.

    Args:
        order_id: Its id or number.
        changes: Values by field: `title`, `technician_id`, `planned_day` (a date) and `visit_key` (the visit of the plan
            that the order is) with None for nobody, no day and no visit,
            `alarm`, `item` (the maintainable item at fault), `case_id` (the page whose solution cured it), those of
            `CODED`, and the `TEXTS` of the service report; fields not named stay.
        revision: The one that was seen; None overwrites whatever is there.
        vocabularies: The code lists.

    Raises:
        NotFound: There is no such order.
        Conflict: It has another revision by now.
        BadInput: Every fault, by field.
    """
    with store.writing() as session:
        row = rows.order_row(session, order_id)
        if row is None:
            raise NotFound("work order", order_id[:64])
        faults = _change_faults(session, row, changes, vocabularies)
        if faults:
            raise BadInput("nothing was changed", faults)
        changes = {name: cleaned(value) for name, value in changes.items()}
        before = {name: row.body.get(name, "") if name in TEXTS else getattr(row, name) for name in changes}
        after = dict(changes)
        if revision is not None and revision != row.revision:
            raise Conflict(
                Message(
                    "the work order was changed meanwhile: revision {revision} is now {now}",
                    revision=revision,
                    now=row.revision,
                ),
                yours={**_json(after), "revision": revision},
                theirs={**_json(before), "revision": row.revision},
            )
        if before != after:
            texts = {name: value for name, value in after.items() if name in TEXTS}
            for name, value in after.items():
                if name not in TEXTS:
                    setattr(row, name, value)
            if texts:
                row.body = {**row.body, **texts}
            row.revision += 1
            session.flush()
            _record(session, row, "update", now, who, _json(before), _json(after))
        return order_of(session, row.id, now=now)


def _change_faults(
    session: Session, row: rows.WorkOrderRow, changes: Mapping[str, Any], vocabularies: Vocabularies
) -> list[Fault]:
    faults = []
    kept = NEEDED_TO_CLOSE if row.kind == "repair" and row.state == OrderState.CLOSED else ()
    sealed = (*TEXTS, "title", "alarm") if SIGNED in row.body and row.state in SEALED else ()
    for name, value in changes.items():
        wrong = wrong_value(session, name, value, vocabularies)
        if wrong is None and name in sealed:
            wrong = ("is signed by the customer", "tell an entry that amends it, or reopen the order")
        if wrong is None and name in kept and not cleaned(value):
            wrong = ("is empty", "a closed repair keeps its codes; reopen it first")
        if wrong is not None:
            faults.append(Fault(where=name, what=wrong[0], repair=wrong[1]))
    return faults


def _json(values: Mapping[str, Any]) -> dict[str, object]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def _record(
    session: Session,
    row: rows.WorkOrderRow,
    action: str,
    now: datetime,
    who: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
) -> None:
    entry = Change(at=now, who=who, action=action, kind=AUDITED, thing_id=row.id, before=before, after=after)
    record(session, [entry])
