"""What every list of work shares: an owner, a day, a state and a note that people change, each change on the record."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from kb.errors import BadInput, BadQuery, Conflict, Fault
from kb.store import register as audit

LONGEST_OWNER = 80
LONGEST_NOTE = 500
MOST_ROWS = 200
DEEPEST = 10_000
DECLINED = "declined"


class WorkRow(Protocol):
    """A row that is worked on."""

    state: str
    owner: str
    due: date | None
    note: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a person makes of a work item.

    Args:
        owner: Who takes care of it; may be empty.
        due: An ISO day, or empty.
        state: One of the list's states.
        note: Why, or where the answer stands; what is declined needs one.
        revision: The revision that was seen; None overwrites whatever is there.
    """

    owner: str = ""
    due: str = ""
    state: str = "open"
    note: str = ""
    revision: int | None = None


def change_work(
    session: audit.Session,
    row: WorkRow,
    asked: Asked,
    *,
    states: Sequence[str],
    named: str,
    kind: str,
    thing_id: str,
    who: str,
    now: datetime,
) -> None:
    """Set owner, due day, state and note of a row; a change of nothing keeps the revision.

    Args:
        session: A writing transaction.
        row: The row.
        asked: What it shall be.
        states: States of the list; one called `declined` needs a note.
        named: What the item is called in a message, such as `the page CASE-X`.
        kind: Its table, for the audit trail.
        thing_id: Its id, for the audit trail.
        who: Name for the audit trail.
        now: The present instant.

    Raises:
        Conflict: The row has another revision by now.
        BadInput: Every fault, by field.
    """
    faults: list[Fault] = []
    owner, note = " ".join(asked.owner.split()), asked.note.strip()
    day = _day(asked.due.strip(), faults)
    if asked.state not in states:
        faults.append(
            Fault(where="state", what=f"{asked.state[:40]!r} is no state", repair=", ".join(states))
        )
    for name, text, most in (("owner", owner, LONGEST_OWNER), ("note", note, LONGEST_NOTE)):
        if len(text) > most:
            faults.append(Fault(where=name, what=f"has {len(text)} characters", repair=f"{most} at most"))
    if asked.state == DECLINED and not note:
        faults.append(Fault(where="note", what="is empty", repair="say why it is declined"))
    if faults:
        raise BadInput("nothing was changed", faults)
    before = _fields(row)
    after = {"owner": owner, "due": day.isoformat() if day else None, "state": asked.state, "note": note}
    if asked.revision is not None and asked.revision != row.revision:
        raise Conflict(
            f"{named} was changed meanwhile: revision {asked.revision} is now {row.revision}",
            yours={**after, "revision": asked.revision},
            theirs={**before, "revision": row.revision},
        )
    if before == after:
        return
    row.owner, row.due, row.state, row.note = owner, day, asked.state, note
    row.revision += 1
    change = audit.Change(
        at=now, who=who, action="update", kind=kind, thing_id=thing_id, before=before, after=after
    )
    audit.record(session, [change])


def checked_place(*, state: str, states: Sequence[str], page: int, size: int) -> None:
    """Refuse a list of a state that is none, or a page of it that is out of bounds.

    Raises:
        BadQuery: Every bound that is broken.
    """
    faults = [] if state in states else [f"state is {state[:40]!r}; it must be one of {', '.join(states)}"]
    if not 1 <= size <= MOST_ROWS:
        faults.append(f"size is {size}; it must be 1 to {MOST_ROWS}")
    if page < 1 or (page - 1) * max(size, 1) >= DEEPEST:
        faults.append(f"page is {page}; it must be at least 1 and within the first {DEEPEST:,} rows")
    if faults:
        raise BadQuery("; ".join(faults))


def _day(text: str, faults: list[Fault]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        faults.append(Fault(where="due", what=f"{text[:40]!r} is no day", repair="write it as 2027-01-31"))
        return None


def _fields(row: WorkRow) -> Mapping[str, object]:
    return {
        "owner": row.owner,
        "due": row.due.isoformat() if row.due else None,
        "state": row.state,
        "note": row.note,
    }
