"""What an entry brought is taken back by a later one; the entry itself stays, marked, with the reason."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from kb.errors import BadInput, Fault, Message
from kb.store import AttachmentRow
from kb.store import order_entries as entries
from kb.store import work_orders as rows
from kb.store.register import Session
from kb.usecases.order_stock import give_back


def take_back(
    session: Session,
    row: rows.WorkOrderRow,
    entry_id: str,
    reason: str,
    *,
    by: str,
    who: str,
    now: datetime,
) -> entries.OrderEntryRow:
    """Take back what an entry of an order brought, inside a writing transaction, and return that entry.

    Args:
        by: The entry that says so.

    Raises:
        BadInput: There is no such entry of the order, or it cannot be taken back.
    """
    other = entries.entry_row(session, entry_id)
    if other is None or other.work_order_id != row.id or other.kind not in TAKEN_BACK:
        raise _refused("is none of this order that can be taken back", ", ".join(TAKEN_BACK))
    if other.state != "applied":
        raise _refused(Message("is {state}", state=other.state), "only what was applied can be taken back")
    TAKEN_BACK[other.kind](session, other.id)
    if other.kind == "part":
        give_back(session, row, other.body, by, who=who, now=now)
    other.state, other.why = "dropped", reason
    session.flush()
    return other


def _delete(session: Session, row: type[Any], id: str) -> None:
    found = session.get(row, id)
    if found is not None:
        session.delete(found)
        session.flush()


def _undo_check(session: Session, id: str) -> None:
    found = entries.finding_of_result(session, id)
    if found is not None and found.state == "open":
        session.delete(found)
    _delete(session, rows.CheckResultRow, id)


def _undo_finding(session: Session, id: str) -> None:
    found = session.get(rows.FindingRow, f"{id}-f")
    if found is not None and found.follow_up_id is not None:
        raise _refused("has work of its own already", "cancel that order instead")
    _delete(session, rows.FindingRow, f"{id}-f")


def _undo_file(session: Session, id: str) -> None:
    found = session.get(AttachmentRow, f"{id}-p")
    if found is not None:
        found.removed = True


TAKEN_BACK: Mapping[str, Callable[[Session, str], None]] = {
    "check": _undo_check,
    "finding": _undo_finding,
    "part": lambda session, id: _delete(session, rows.WorkOrderPartRow, id),
    "time": lambda session, id: _delete(session, rows.WorkOrderTimeRow, id),
    "parameter": lambda session, id: None,
    "photo": _undo_file,
}
"""What undoes an entry, by its kind; others cannot be taken back."""


def _refused(what: str, repair: str) -> BadInput:
    return BadInput("the entry was not kept", [Fault(where="entry", what=what, repair=repair)])
