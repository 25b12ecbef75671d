"""Attendance and results of a session, recorded by hand."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from kb.errors import BadInput, Fault
from kb.store import Store, TrainingParticipantRow
from kb.store import training as rows
from kb.usecases.training import THERE
from kb.usecases.training_reading import ATTENDANCES, Training, note_change, open_row, training_in

MOST_NOTE = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is recorded of a participant; None leaves a value as it is.

    Args:
        score_percent: 0 to 100; an empty text takes the score away.
        passed: True or False by hand; `score` goes by the pass mark, `none` takes the result away.
    """

    attendance: str | None = None
    score_percent: str | float | None = None
    passed: Literal["yes", "no", "score", "none"] | None = None
    note: str | None = None


def mark(
    store: Store,
    id: str,
    marks: Mapping[str, Mark],
    *,
    revision: int | None,
    who: str,
    now: datetime,
) -> Training:
    """Record attendance and results of an open session, which counts as held once somebody was there; return it.

    Args:
        marks: By participant's id.

    Raises:
        NotFound: There is no such session.
        Conflict: It has another revision by now, or is closed or cancelled.
        BadInput: Every fault, by participant; nobody was there before the day has come.
    """
    with store.writing() as session:
        row = open_row(session, id, revision)
        people = {one.id: one for one in rows.participant_rows(session, [id]).get(id, [])}
        faults = _mark_faults(people, marks)
        if row.day > now.date() and any(one.attendance in THERE for one in marks.values()):
            what = f"the session is on {row.day}"
            faults.append(
                Fault(where="attendance", what=what, repair="record it on the day, or change the day")
            )
        if faults:
            raise BadInput("nothing was recorded", faults)
        before = {one.name: _result(one) for one in people.values()}
        for key, one in marks.items():
            _mark(people[key], one, row.pass_percent)
        session.flush()
        was_there = any(one.attendance in THERE for one in people.values())
        state = "held" if was_there else "planned"
        after = {one.name: _result(one) for one in people.values()}
        if before != after or state != row.state:
            row.state = state
            note_change(session, row, "marks", before, who, now, **after)
        return training_in(session, id)


def _mark_faults(people: Mapping[str, TrainingParticipantRow], marks: Mapping[str, Mark]) -> list[Fault]:
    faults = []
    for key, one in marks.items():
        person = people.get(key)
        where = person.name if person else key[:64]
        if person is None:
            faults.append(Fault(where=where, what="is no participant of this session"))
        if one.attendance is not None and one.attendance not in ATTENDANCES:
            what = f"attendance is {one.attendance[:20]!r}"
            faults.append(Fault(where=where, what=what, repair=", ".join(ATTENDANCES[1:])))
        if one.score_percent not in (None, "") and _score(one.score_percent) is None:
            what = f"the score is {str(one.score_percent)[:20]!r}"
            faults.append(Fault(where=where, what=what, repair="give a number from 0 to 100"))
        if one.note is not None and len(one.note) > MOST_NOTE:
            what = f"the note has {len(one.note)} characters"
            faults.append(Fault(where=where, what=what, repair=f"{MOST_NOTE} at most"))
    return faults


def _score(value: str | float | None) -> float | None:
    try:
        score = float(value if value is not None else "")
    except ValueError:
        return None
    return score if 0 <= score <= 100 else None


def _mark(row: TrainingParticipantRow, one: Mark, pass_percent: int) -> None:
    if one.attendance is not None:
        row.attendance = one.attendance
    if one.note is not None:
        row.note = one.note.strip()
    if one.score_percent is not None and _score(one.score_percent) != row.score_percent:
        row.score_percent = _score(one.score_percent)
        row.result_from = "hand" if row.score_percent is not None else ""
        row.passed = None if row.score_percent is None else row.score_percent >= pass_percent
    if one.passed == "score":
        row.passed = None if row.score_percent is None else row.score_percent >= pass_percent
    elif one.passed is not None:
        passed = {"yes": True, "no": False, "none": None}[one.passed]
        if passed != row.passed:
            row.passed = passed
            row.result_from = "" if passed is None and row.score_percent is None else "hand"


def _result(row: TrainingParticipantRow) -> list[object]:
    return [row.attendance, row.score_percent, row.passed, row.note]
