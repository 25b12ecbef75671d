"""A part that an order uses is taken off the stock it came from, once; taken back, it lies there again.

Nothing that was told of an order is refused because of the stock: a part that the books do not know, or of which they know too few,
was used all the same. It is said beside the part, so that somebody counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kb.store import stock as rows
from kb.store import work_orders as orders
from kb.store.register import Change, Session, record
from kb.store.stock import Held

AUDITED = "stock"
BOOKED = "stock"
"""In a part's entry: the place that it was taken from, and what then lay there; or why it was taken off nowhere."""
MOST_SHOWN = 400
"""Parts that a phone gets along with an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Used:
    """A part that was used.

    Args:
        entry_id: The entry that tells it.
        taken_from: The place, where somebody said so.
    """

    entry_id: str
    part_number: str
    quantity: float
    taken_from: str


def take(
    session: Session, order: orders.WorkOrderRow, used: Used, *, who: str, now: datetime
) -> dict[str, Any]:
    """Take a part off the stock, inside a writing transaction; return what is kept of it in the entry."""
    parts = rows.parts_numbered(session, [used.part_number])
    held = rows.held_of(session, [one.id for one in parts])
    place = _place(held, order.technician_id, used.taken_from.strip())
    if place is None:
        return {BOOKED: {"why": _why_not(held, used.taken_from.strip())}} if used.part_number else {}
    left = _move(session, place.id, -used.quantity, order, used.entry_id, who=who, now=now)
    return {BOOKED: {"id": place.id, "place": place.place, "quantity": used.quantity, "left": left}}


def give_back(
    session: Session,
    order: orders.WorkOrderRow,
    body: Mapping[str, Any],
    entry_id: str,
    *,
    who: str,
    now: datetime,
) -> None:
    """Put back what the entry of a part took off the stock, inside a writing transaction."""
    booked = body.get(BOOKED) or {}
    if "id" in booked:
        _move(session, booked["id"], booked["quantity"], order, entry_id, who=who, now=now)


def _place(held: list[Held], technician_id: str | None, taken_from: str) -> Held | None:
    """Return where a part was taken from: where somebody says, else the technician's own van, else the only place."""
    if taken_from:
        return next((one for one in held if one.place.casefold() == taken_from.casefold()), None)
    own = [one for one in held if one.technician_id is not None and one.technician_id == technician_id]
    if len(own) == 1:
        return own[0]
    return held[0] if len(held) == 1 else None


def _why_not(held: list[Held], taken_from: str) -> str:
    if not held:
        return "no stock"
    return "not there" if taken_from else "several places"


def _move(
    session: Session,
    id: str,
    by: float,
    order: orders.WorkOrderRow,
    entry_id: str,
    *,
    who: str,
    now: datetime,
) -> float | None:
    row = rows.stock_row(session, id)
    if row is None:
        return None
    before = row.quantity
    row.quantity = round(before + by, 6)  # tenths of a litre stay tenths
    row.revision += 1
    session.flush()
    after = {"quantity": row.quantity, "order": order.number, "entry": entry_id}
    entry = Change(
        at=now,
        who=who,
        action="used" if by < 0 else "returned",
        kind=AUDITED,
        thing_id=row.id,
        before={"quantity": before},
        after=after,
    )
    record(session, [entry])
    return row.quantity


def within_reach(session: Session, technician_id: str | None) -> tuple[dict[str, Any], ...]:
    """Return what lies in a technician's van and in the stores, the van first, for the phone."""
    return tuple(
        {
            "number": part.number,
            "name": part.name,
            "part_class": part.part_class,
            "place": held.place,
            "own": held.technician_id is not None,
            "quantity": held.quantity,
        }
        for part, held in rows.held_by(session, technician_id, most=MOST_SHOWN)
    )
