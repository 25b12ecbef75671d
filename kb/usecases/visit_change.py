"""What becomes of a visit that a person changes: every fault, every consequence, and what is to be written.

Decides and touches nothing. What is left over of a partly done or a missed visit goes to a follow-up visit, which
is open, has nobody yet, and is placed by the next plan; so it is lost at no edge of a planning period.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from kb.store.visits import FORMER, body_of, occurrence_json, span_text
from kb.usecases.register_checking import Flaw
from kb.usecases.register_kinds import Wrong
from kb.usecases.visit_consequences import moved_by_hand
from kb.usecases.visit_fields import STATES
from kb.usecases.visit_reading import FOLLOW_UP, FOLLOWS, LEFT, KeptVisit
from kb.usecases.visit_report import day_flaws, day_outside, flaw_of, parts_done, taken_back_by
from kb.usecases.visit_states import DONE, OPEN, states_between, states_from
from kb.usecases.visit_surroundings import Around
from planner.model import Occurrence, ReasonKind, Visit, VisitState
from planner.scheduling import call_state

Columns = dict[str, Any]
_SHOWN = ("day", "technician_id", "state")
"""Columns that calendars show; where one of them changes, the visit's SEQUENCE grows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a change comes to.

    Args:
        columns: New values by column; empty where nothing changes.
        passed: States that count as passed on the way, such as called and booked for a visit reported done at once.
        follow_up: The occurrences that go to a follow-up visit.
        taken_back: Open visits whose work the visit has done after all, each with what they keep, perhaps nothing.
        flaws: What is wrong; a change with one is refused.
        warnings: What a person must confirm.
    """

    columns: Columns
    passed: tuple[VisitState, ...] = ()
    follow_up: tuple[Occurrence, ...] = ()
    taken_back: tuple[tuple[Visit, tuple[Occurrence, ...]], ...] = ()
    flaws: tuple[Flaw, ...] = ()
    warnings: tuple[Flaw, ...] = ()


def outcome_of(
    kept: KeptVisit, values: Mapping[str, Any], around: Around, *, technician_id: str | None, today: date
) -> Outcome:
    """Return what a change of `kept` to `values` comes to.

    Args:
        kept: The visit as it is.
        values: Wanted values by field of `VISITS`; fields that are wrong by themselves are left out.
        around: What stands around the visit as it is wanted.
        technician_id: Id of the wanted technician; None where nobody is to go.
        today: Decides what lies in the future.
    """
    wanted = {**kept.values, **values}
    before = kept.values
    flaws = [*_fixed(kept, wanted, before), *_state_flaws(kept, wanted, today)]
    state = VisitState(wanted["state"]) if wanted["state"] in STATES else kept.state
    passed = (states_between(kept.state, state) or ()) if state is not kept.state else ()
    warnings: list[Flaw] = []
    columns: Columns = {"state": state.value}
    visit, left = kept.visit, kept.left
    follow_up: tuple[Occurrence, ...] = ()
    taken_back: tuple[tuple[Visit, tuple[Occurrence, ...]], ...] = ()

    if state in DONE:
        parts, part_flaws = parts_done(kept, wanted, before, state)
        of_day = [*day_flaws(wanted["done_on"], parts, around, today)]
        flaws += [*part_flaws, *of_day]
        if not of_day and wanted["done_on"] != before["done_on"]:
            warnings += day_outside(wanted["done_on"], parts)
        left = tuple(one for one in kept.all_occurrences if one not in parts)
        visit = replace(visit, occurrences=parts)
        if kept.state is VisitState.PARTLY_DONE and state is VisitState.DONE:
            taken_back, back_flaws = taken_back_by(kept, around)
            flaws += back_flaws
        elif kept.state is not VisitState.PARTLY_DONE:
            follow_up = left
    elif wanted["done_on"] not in (None, before["done_on"]):
        flaws.append(
            flaw_of(
                "done_on", "is there although the visit is {state}", "leave it empty, or report it done", kept
            )
        )
    if state is VisitState.MISSED and kept.state is not VisitState.MISSED:
        follow_up = visit.occurrences
    columns["done_on"] = wanted["done_on"] if state in DONE else None

    moved_day = wanted["day"] != before["day"]
    moved_person = wanted["technician"] != before["technician"]
    if moved_day or moved_person:
        move_flaws = _move_flaws(kept, wanted, state, around, today, day=moved_day, person=moved_person)
        flaws += move_flaws
        if not move_flaws and state in OPEN:
            moved = moved_by_hand(kept, around, wanted["day"], technician_id)
            warnings += moved.flaws
            visit = moved.visit
        elif not move_flaws:
            visit = replace(visit, technician_id=technician_id)
    locked = bool(wanted["locked"]) or (visit.locked and not before["locked"])
    if wanted["locked"] != before["locked"] and state not in OPEN:
        flaws.append(
            flaw_of(
                "locked", "a visit that is {state} stands anyway", "lock and unlock open visits only", kept
            )
        )
    columns |= {
        "day": visit.day,
        "technician_id": visit.technician_id,
        "locked": locked,
        "notes": wanted["notes"],
        "body": _body(kept, visit, left, moved=moved_day or moved_person),
    }
    changed = _differing(kept, columns)
    if changed and kept.dropped:
        wrong = Wrong("a newer plan has taken this visit out", "change the visit that its work went to")
        flaws.append(Flaw(field="state", wrong=wrong))
    return Outcome(
        columns=changed,
        passed=passed,
        follow_up=follow_up,
        taken_back=taken_back,
        # A field that is wrong by itself has been told already; nothing more can be said of it.
        flaws=tuple(one for one in flaws if one.field in values),
        warnings=tuple(warnings),
    )


def follow_up_row(
    kept: KeptVisit, occurrences: Sequence[Occurrence], around: Around, *, key: str, today: date
) -> Columns:
    """Return the columns of the visit that what was left over goes to.

    It stands on the day of the visit that left it over, so that a plan of any later period takes it along.
    """
    plans = [around.plans[one.plan_id] for one in occurrences if one.plan_id in around.plans]
    lead = max((plan.lead for plan in plans), default=timedelta(0))
    visit = Visit(
        key=key,
        site_id=kept.visit.site_id,
        day=kept.visit.day,
        earliest=kept.visit.earliest,
        latest=kept.visit.latest,
        occurrences=tuple(occurrences),
        duration=sum((plan.duration for plan in plans), timedelta(0)) or kept.visit.duration,
        reasons=tuple(one for one in kept.visit.reasons if one.kind is not ReasonKind.TECHNICIAN),
    )
    return {
        "key": key,
        "run": kept.run,
        "site_id": visit.site_id,
        "technician_id": None,
        "day": visit.day,
        "state": call_state(visit.day, today=today, lead=lead).value,
        "locked": False,
        "sequence": 0,
        "revision": 1,
        "notes": "",
        "done_on": None,
        "body": {**body_of(visit, lead=lead), FOLLOWS: kept.key},
    }


def _fixed(kept: KeptVisit, wanted: Mapping[str, Any], before: Mapping[str, Any]) -> Iterator[Flaw]:
    """Yield what only a plan decides."""
    if wanted["key"] != before["key"]:
        yield flaw_of("key", "is the key of another visit", "leave it as it is", kept)
    if wanted["site"] != before["site"]:
        yield flaw_of(
            "site", "a visit does not go to another site", "leave {code!r}", kept, code=before["site"]
        )
    if wanted["plans"] != before["plans"]:
        plans = ", ".join(before["plans"])
        yield flaw_of("plans", "only a plan decides what a visit serves", "leave {plans}", kept, plans=plans)


def _state_flaws(kept: KeptVisit, wanted: Mapping[str, Any], today: date) -> Iterator[Flaw]:
    if not wanted["state"]:
        yield flaw_of("state", "is missing", "every visit that is there has one", kept)
        return
    state = VisitState(wanted["state"])
    if state is kept.state:
        return
    if states_between(kept.state, state) is None:
        ways = states_from(kept.state)
        if ways:
            yield flaw_of(
                "state", "a visit that is {state} cannot become {wanted}", "use one of {ways}", kept,
                wanted=state, ways=ways,
            )  # fmt: skip
        else:
            yield flaw_of(
                "state", "a visit that is {state} cannot become {wanted}", "it stays as it is", kept,
                wanted=state,
            )  # fmt: skip
    elif state is VisitState.FORECAST:
        lead = timedelta(days=kept.body.get("lead_days", 0))
        if call_state(kept.visit.day, today=today, lead=lead) is VisitState.CALLED:
            yield flaw_of(
                "state", "its day is at most {days} days away, so it is called", "use called", kept,
                days=lead.days,
            )  # fmt: skip


def _move_flaws(
    kept: KeptVisit,
    wanted: Mapping[str, Any],
    state: VisitState,
    around: Around,
    today: date,
    *,
    day: bool,
    person: bool,
) -> list[Flaw]:
    flaws = []
    if day and wanted["day"] is None:
        flaws.append(flaw_of("day", "is missing", "every visit that is there has one", kept))
    elif day and (kept.state not in OPEN or state not in OPEN):
        repair = "leave {day}; the day of the work is the day done"
        flaws.append(flaw_of("day", "only open visits are moved", repair, kept, day=kept.visit.day))
    elif day and wanted["day"] < today:
        repair = "give a day from {today} on, or report it done"
        flaws.append(flaw_of("day", "{day} lies in the past", repair, kept, day=wanted["day"], today=today))
    if person and (kept.state not in OPEN or state not in OPEN | DONE):
        repair = "leave {technician!r}"
        flaws.append(
            flaw_of(
                "technician",
                "only open visits change hands",
                repair,
                kept,
                technician=kept.values["technician"] or "",
            )
        )
    elif person and wanted["technician"] and around.technician is None:
        flaws.append(
            flaw_of(
                "technician",
                "no technician has the code {code!r}",
                "add the technician first",
                kept,
                code=wanted["technician"],
            )
        )
    elif person and around.retired:
        flaws.append(
            flaw_of("technician", "{code!r} is out of use", "name another", kept, code=wanted["technician"])
        )
    return flaws


def _body(kept: KeptVisit, visit: Visit, left: Sequence[Occurrence], *, moved: bool) -> dict[str, Any]:
    body: dict[str, Any] = {**kept.body}
    if visit.occurrences != kept.visit.occurrences or tuple(left) != kept.left:
        body["occurrences"] = [occurrence_json(one) for one in visit.occurrences]
        body[LEFT] = [occurrence_json(one) for one in left]
        if not left:
            del body[LEFT]
            body.pop(FOLLOW_UP, None)
    if not moved:
        return body
    body["hours"] = span_text(visit.hours) if visit.hours else None
    body["travel_s"], body["travel_m"] = int(visit.travel.total_seconds()), visit.travel_m
    # Why the rule of the first plan chose this person and day is no longer true of it.
    kinds = ReasonKind.TECHNICIAN.value
    body["reasons"] = [one for one in body.get("reasons", ()) if one[0] != kinds]
    former = set(body.get(FORMER, ()))
    if kept.visit.technician_id is not None:
        former.add(kept.visit.technician_id)
    former.discard(visit.technician_id or "")
    body.pop(FORMER, None)
    return {**body, FORMER: sorted(former)} if former else body


def _differing(kept: KeptVisit, columns: Columns) -> Columns:
    """Return the columns that change, with the sequence where calendars show the change."""
    visit = kept.visit
    was: Columns = {
        "state": kept.state.value,
        "done_on": kept.done_on,
        "day": visit.day,
        "technician_id": visit.technician_id,
        "locked": visit.locked,
        "notes": kept.notes,
        "body": dict(kept.body),
    }
    changed = {name: value for name, value in columns.items() if value != was[name]}
    if any(name in changed for name in _SHOWN) or "body" in changed:
        changed["sequence"] = kept.sequence + 1
    return changed
