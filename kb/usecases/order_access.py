"""Who may do what with a work order: a technician with their own, a planner with all; everybody who has logged in reads.

A user is the technician whose code or name is the user's name.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from kb.errors import Message, NotAllowed
from kb.store import Store
from kb.store import work_orders as rows
from kb.store.register import Change, Session, columns_by_id, history, record

AUDITED = "work_orders"
LOOKED_BACK = 200
"""Entries of the audit trail in which it is looked up whether somebody had an order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who acts on work orders.

    Args:
        name: For the audit trail.
        may_all: Whether any order may be changed: planners, and anybody at a machine without users.
        technician_ids: The technicians of the register whom the user is, by code or name; usually one or none.
    """

    name: str
    may_all: bool
    technician_ids: frozenset[str] = frozenset()

    def owns(self, technician_id: str | None) -> bool:
        """Whether an order of this technician is the actor's own."""
        return technician_id in self.technician_ids

    def may_change(self, technician_id: str | None) -> bool:
        """Whether the actor may change an order of this technician."""
        return self.may_all or self.owns(technician_id)


def actor_of(store: Store, name: str, *, may_all: bool) -> Actor:
    """Return who acts.

    Args:
        name: Of the user.
        may_all: Whether the user is a planner or more.
    """
    with store.reading() as session:
        people = columns_by_id(session, "technicians", ("code", "name", "retired"))
    wanted = name.strip().casefold()
    own = {
        id
        for id, (code, called, retired) in people.items()
        if not retired and wanted in {str(code).casefold(), str(called).casefold()}
    }
    return Actor(name=name, may_all=may_all, technician_ids=frozenset(own))


def refuse_others(actor: Actor, technician_id: str | None) -> None:
    """Refuse to change an order that is not the actor's.

    Raises:
        NotAllowed: It is another's.
    """
    if not actor.may_change(technician_id):
        raise NotAllowed(
            Message(
                "the work order is not of {name}: its technician may change it, and the role planner",
                name=actor.name,
            )
        )


def had_once(session: Session, row: rows.WorkOrderRow, actor: Actor) -> bool:
    """Whether an order was the actor's before it was given to somebody else."""
    log = history(session, kind=AUDITED, thing_id=row.id, limit=LOOKED_BACK)
    return any((one.before or {}).get("technician_id") in actor.technician_ids for one in log)


def technician_id(store: Store, code: str) -> str | None:
    """Return the id of the technician with this code; None where there is none."""
    with store.reading() as session:
        people = columns_by_id(session, "technicians", ("code",))
    return next((id for id, (known,) in people.items() if known == code), None)


def note_order(
    session: Session,
    order_id: str,
    action: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    *,
    who: str,
    now: datetime,
) -> None:
    """Keep an entry of the audit trail about a work order."""
    entry = Change(
        at=now,
        who=who,
        action=action,
        kind=AUDITED,
        thing_id=order_id,
        before=before,
        after=after,
    )
    record(session, [entry])
