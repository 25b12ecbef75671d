"""A visit that people change: booked, moved, locked, reported done or partly done, missed, cancelled.

A change names the revision that it was made from; where another change came first it is refused and both versions
are told. What breaks a rule of planning is told and written only when it is confirmed. Each change leaves an entry
in the audit trail, and what was done drives the next plan.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kb.errors import BadInput, Conflict, NotAllowed, Unconfirmed
from kb.store import Store, register
from kb.store.planning import write_visits
from kb.store.register import Session
from kb.store.visit_rows import change_visit_row, taken_keys, visit_row
from kb.usecases.register_checking import Flaw, read_values
from kb.usecases.register_kinds import Wording
from kb.usecases.register_rows import json_of
from kb.usecases.visit_change import Outcome, follow_up_row, outcome_of
from kb.usecases.visit_fields import VISITS
from kb.usecases.visit_reading import FOLLOW_UP, KeptVisit, visit_in
from kb.usecases.visit_states import DONE
from kb.usecases.visit_surroundings import Around, around_visit
from planner.model import Occurrence, Visit, VisitState

REPORTED = frozenset({"state", "done_on", "done_plans", "notes"})
"""Fields of a report from the field; the others are the planner's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangedVisit:
    """A visit after a change.

    Args:
        kept: The visit as it is now.
        passed: States that count as passed on the way.
        confirmed: What was broken and confirmed.
        locked_by_move: Whether the move locked it.
    """

    kept: KeptVisit
    passed: tuple[VisitState, ...] = ()
    confirmed: tuple[Flaw, ...] = ()
    locked_by_move: bool = False


def change_visit(
    store: Store,
    key: str,
    raw: Mapping[str, object],
    *,
    revision: int | None,
    wording: Wording,
    who: str,
    now: datetime,
    may_plan: bool = True,
) -> ChangedVisit:
    """Change a visit and return it; a change of nothing keeps the revision.

    Args:
        store: The database.
        key: The visit.
        raw: New values by field of `VISITS`, as JSON or as typed; fields left out stay. `confirm` says that what
            breaks a rule of planning is meant so.
        revision: The revision that the change was made from; None changes whatever is there.
        wording: Language and zone.
        who: Name for the audit trail.
        now: The present instant in the department's zone.
        may_plan: Whether the person may do more than report work done.

    Raises:
        NotFound: There is no such visit.
        NotAllowed: The person may only report work done, and the change is more than that.
        Conflict: The visit has another revision by now; carries both versions.
        Unconfirmed: Rules of planning are broken and `confirm` was not given; every one is told.
        BadInput: Every fault of `raw`, by field.
    """
    today = now.date()
    with store.writing() as session:
        kept = visit_in(session, key, today=today)
        values, flaws = read_values(VISITS, raw, wording, kept.values)
        if revision is not None and revision != kept.revision:
            typed = {name: value for name, value in raw.items() if name not in values}
            raise Conflict(
                f"visit {key!r} was changed meanwhile: revision {revision} is now {kept.revision}",
                yours={**typed, **json_of(VISITS, values), "revision": revision},
                theirs={**json_of(VISITS, kept.values), "revision": kept.revision},
            )
        if not may_plan:
            _refuse_more_than_a_report(kept, values)
        outcome, around = judged(session, kept, values, today=today)
        flaws += outcome.flaws
        warnings = () if values.get("confirm") else outcome.warnings
        if flaws:
            found = [flaw.fault(wording) for flaw in (*flaws, *warnings)]
            raise BadInput("the visit was not changed", found)
        if warnings:
            raise Unconfirmed(
                "the visit was not changed: it breaks rules of planning and was not confirmed",
                [flaw.fault(wording) for flaw in warnings],
            )
        if outcome.columns:
            write_change(session, kept, outcome, around, who=who, now=now)
        return ChangedVisit(
            kept=visit_in(session, key, today=today),
            passed=outcome.passed,
            confirmed=outcome.warnings,
            locked_by_move=bool(outcome.columns.get("locked")) and not values["locked"],
        )


def _refuse_more_than_a_report(kept: KeptVisit, values: Mapping[str, Any]) -> None:
    more = [
        name
        for name, value in values.items()
        if name not in REPORTED and name != "confirm" and value != kept.values[name]
    ]
    state = values.get("state", "")
    if more or (state != kept.state.value and state not in {one.value for one in DONE}):
        told = ", ".join(more or [f"state {state}"])
        raise NotAllowed(
            f"changing {told} needs the role planner; an engineer may report a visit done or partly done"
        )


def judged(
    session: Session, kept: KeptVisit, values: Mapping[str, Any], *, today: date
) -> tuple[Outcome, Around]:
    """Return what a change comes to, and what it was judged by."""
    code = values.get("technician", kept.values["technician"])
    day = values.get("day") or kept.visit.day
    around = around_visit(session, kept, code, day)
    technician_id = around.technician.id if around.technician else None
    return outcome_of(kept, values, around, technician_id=technician_id, today=today), around


def write_change(
    session: Session, kept: KeptVisit, outcome: Outcome, around: Around, *, who: str, now: datetime
) -> None:
    """Write what a change comes to: the visit, its follow-up, what goes back to it, and the audit trail.

    Raises:
        Conflict: Somebody changed a visit meanwhile.
    """
    columns = dict(outcome.columns)
    added = []
    if outcome.follow_up:
        row = follow_up_row(
            kept,
            outcome.follow_up,
            around,
            key=free_key(session, kept.visit.site_id, outcome.follow_up),
            today=now.date(),
        )
        columns["body"] = {**columns.get("body", kept.body), FOLLOW_UP: row["key"]}
        added.append(row)
    _write(session, kept.key, kept.revision, columns)
    write_visits(session, added=added, changed=())
    for visit, keeps in outcome.taken_back:
        _take_back(session, visit, keeps)
    after = visit_in(session, kept.key, today=now.date())
    record(session, kept.key, kept, after, outcome.passed, who=who, now=now, action="update")


def _write(session: Session, key: str, revision: int, columns: Mapping[str, Any]) -> None:
    if not change_visit_row(session, key, revision=revision, values=columns):
        raise Conflict(f"visit {key!r} was changed meanwhile; nothing was written")


def _take_back(session: Session, visit: Visit, keeps: tuple[Occurrence, ...]) -> None:
    """Cut down an open visit whose work was done after all; one with nothing left is cancelled."""
    row = visit_row(session, visit.key)
    assert row is not None
    columns: dict[str, Any] = {"sequence": row.sequence + 1}
    if keeps:
        kept_ids = {one.key for one in keeps}
        body = dict(row.body)
        body["occurrences"] = [one for one in body["occurrences"] if one["key"] in kept_ids]
        columns["body"] = body
    else:
        columns["state"] = VisitState.CANCELLED.value
    _write(session, visit.key, row.revision, columns)


def free_key(session: Session, site_id: str, occurrences: Sequence[Occurrence]) -> str:
    """Return the key of a new visit: as planning would name it, with a number where that is taken."""
    start = f"{site_id}/{occurrences[0].key}"
    taken = taken_keys(session, start)
    found, number = start, 1
    while found in taken:
        number += 1
        found = f"{start}~{number}"
    return found


def record(
    session: Session,
    key: str,
    before: KeptVisit | None,
    after: KeptVisit,
    passed: Sequence[VisitState] = (),
    *,
    who: str,
    now: datetime,
    action: str,
) -> None:
    """Keep an entry of the audit trail; states that were passed on the way are named in it."""
    told = json_of(VISITS, after.values)
    if passed:
        told["passed"] = [one.value for one in passed]
    entry = register.Change(
        at=now,
        who=who,
        action=action,
        kind=VISITS.name,
        thing_id=key,
        before=json_of(VISITS, before.values) if before else None,
        after=told,
    )
    register.record(session, [entry])
