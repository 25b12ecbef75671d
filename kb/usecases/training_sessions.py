"""Training sessions: set up from a line of the plan or outside it, changed, cancelled.

planned → held (attendance is recorded) → closed (results stand, certificates are given). One that was not held can be
cancelled. What is closed does not change: a certificate that was given wrongly is corrected or retired in the register.
"""

from collections.abc import Mapping
from datetime import datetime

from kb.content import Library
from kb.errors import BadInput, Conflict, Fault, NotFound
from kb.store import Store, TrainingItemRow, TrainingSessionRow
from kb.usecases.register_kinds import Wording
from kb.usecases.training_fields import SESSION, columns_of_form, json_of_form, read_form, values_of_row
from kb.usecases.training_reading import Training, note_change, open_row, record_change, training_in


def set_up(
    store: Store,
    raw: Mapping[str, object],
    *,
    item_id: str | None,
    library: Library,
    wording: Wording,
    id: str,
    who: str,
    now: datetime,
) -> Training:
    """Set up a session and return it; the same id again returns what is there.

    Args:
        store: The database.
        raw: JSON values or typed texts by field of `SESSION`; what is left out is taken from the line of the plan.
        item_id: The line of the plan that it belongs to; None for one outside the plan.
        library: Has the courses.
        wording: Language, zone and code lists.
        id: Made by the caller, so that a second click adds nothing.
        who: Name for the audit trail.
        now: The present instant.

    Raises:
        NotFound: There is no such line.
        BadInput: Every fault, by field; a cancelled line is held no more.
    """
    with store.writing() as session:
        if session.get(TrainingSessionRow, id) is not None:
            return training_in(session, id)
        item = session.get(TrainingItemRow, item_id) if item_id else None
        if item_id and item is None:
            raise NotFound("line of the training plan", item_id[:64])
        values, faults = read_form(SESSION, {**_from_item(item), **raw}, library, wording)
        if item is not None and item.cancelled:
            faults.append(
                Fault(where="item", what="this line of the plan is cancelled", repair="take it up again")
            )
        if faults:
            raise BadInput("no session was set up", faults)
        row = TrainingSessionRow(
            id=id,
            item_id=item_id,
            **columns_of_form(SESSION, values),
            state="planned",
            created_at=now,
            created_by=who,
        )
        session.add(row)
        session.flush()
        record_change(session, row, "create", None, who, now)
        return training_in(session, id)


def _from_item(item: TrainingItemRow | None) -> dict[str, object]:
    if item is None:
        return {}
    return {
        "title": item.title,
        "course": item.course_id,
        "audience": item.audience,
        "day": item.planned_day,
        "hours": item.hours,
        "trainer": item.trainer,
        "place": item.place,
        "skill": item.skill,
    }


def change_training(
    store: Store,
    id: str,
    raw: Mapping[str, object],
    *,
    revision: int | None,
    library: Library,
    wording: Wording,
    who: str,
    now: datetime,
) -> Training:
    """Change fields of an open session and return it; fields that `raw` leaves out stay.

    Raises:
        NotFound: There is no such session.
        Conflict: It has another revision by now, or is closed or cancelled.
        BadInput: Every fault, by field.
    """
    with store.writing() as session:
        row = open_row(session, id, revision)
        before = values_of_row(SESSION, row)
        values, faults = read_form(SESSION, raw, library, wording, before)
        if faults:
            raise BadInput("nothing was changed", faults)
        if values != before:
            for name, value in columns_of_form(SESSION, values).items():
                setattr(row, name, value)
            note_change(session, row, "update", json_of_form(SESSION, before), who, now)
        return training_in(session, id)


def cancel_training(store: Store, id: str, *, revision: int | None, who: str, now: datetime) -> Training:
    """Cancel a session that is open and was not held; return it.

    Raises:
        NotFound: There is no such session.
        Conflict: It has another revision by now, or took place, or is cancelled.
    """
    with store.writing() as session:
        row = open_row(session, id, revision)
        if row.state == "held":
            raise Conflict("the session took place; take the attendance away before you cancel it")
        row.state = "cancelled"
        note_change(session, row, "cancel", {"state": "planned"}, who, now, state="cancelled")
        return training_in(session, id)
