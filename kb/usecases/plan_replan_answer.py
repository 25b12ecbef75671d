"""A proposal is accepted or rejected; accepted, it becomes a plan run of its own, in one transaction."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from kb.errors import Conflict, NotFound
from kb.store import Store, register
from kb.store.plan_versions import ACCEPTED, OPEN, REJECTED, newest_run, proposal_row, visits_by_key
from kb.store.planning import add_run, hold_plan, write_visits
from kb.store.register import Session
from kb.store.tables import PlanRunRow, VisitRow
from kb.store.visits import FORMER, body_of, span_text, visit_json
from kb.usecases.plan_replan import Proposal, find_proposal
from kb.usecases.plan_replan_request import ReplanRequest
from kb.usecases.plan_trail import note_plan
from planner.model import Reason, ReasonKind, Visit, VisitState
from planner.scheduling import difference

REPLANNED = "replanned"
"""Value `by` of a reason whose visit a mended plan put where it is."""


def accept_proposal(store: Store, id: str, *, who: str, now: datetime) -> Proposal:
    """Write what a proposal comes to, and return it; accepting it once more changes nothing.

    Absences and closures go into the register, urgent jobs become visits that are booked and locked, and the changed
    visits are listed as the changes of a new plan run.

    Raises:
        NotFound: There is no such proposal.
        Conflict: It was rejected, or the plan has changed since it was made: ask for it anew.
    """
    proposal = find_proposal(store, id)
    with store.writing() as session:
        hold_plan(session)
        row = proposal_row(session, id)
        if row is None:
            raise NotFound("proposal", id)
        if row.state == ACCEPTED:
            return proposal
        if row.state == REJECTED:
            raise Conflict("the proposal was rejected; ask for it anew")
        rows = visits_by_key(session, proposal.revisions)
        latest = newest_run(session)
        same = {key: one.revision for key, one in rows.items()} == proposal.revisions
        if latest is None or latest.number != proposal.run or not same:
            raise Conflict(
                "the plan has changed since the proposal was made; nothing was written: ask for it anew"
            )
        _note_in_register(session, proposal.request, who=who, now=now)
        run = _run(latest, proposal, who=who, now=now)
        add_run(session, run)
        changed = [
            _columns(rows[before.key], before, after, proposal, run.number)
            for before, after in proposal.changed
        ]
        write_visits(session, added=_urgent_rows(proposal, run.number), changed=changed)
        row.state, row.answered_at, row.answered_by = ACCEPTED, now, who
        after = {
            "state": ACCEPTED,
            "run": run.number,
            "changed": len(changed),
            "urgent": len(proposal.urgent),
        }
        note_plan(session, "plan_proposals", id, "accept", {"state": OPEN}, after, who=who, now=now)
    return find_proposal(store, id)


def reject_proposal(store: Store, id: str, *, who: str, now: datetime) -> Proposal:
    """Put a proposal aside, and return it; one that was accepted stays so.

    Raises:
        NotFound: There is no such proposal.
    """
    with store.writing() as session:
        row = proposal_row(session, id)
        if row is None:
            raise NotFound("proposal", id)
        if row.state == OPEN:
            row.state, row.answered_at, row.answered_by = REJECTED, now, who
            after = {"state": REJECTED}
            note_plan(session, "plan_proposals", id, "reject", {"state": OPEN}, after, who=who, now=now)
    return find_proposal(store, id)


def _note_in_register(session: Session, request: ReplanRequest, *, who: str, now: datetime) -> None:
    for table, column, spans in (
        ("technicians", "leave", request.away),
        ("sites", "shutdowns", request.closed),
    ):
        for id, days in spans:
            row = register.first_with(session, table, "id", id)
            if row is None:
                raise Conflict(f"{id} is no longer in the register; nothing was written")
            was = list(row[column] or ())
            now_is = [*was, [days.start.isoformat(), days.end.isoformat(), request.note]]
            if not register.change(session, table, id=id, revision=row["revision"], values={column: now_is}):
                raise Conflict(f"{row['code']} was changed meanwhile; nothing was written")
            entry = register.Change(
                at=now,
                who=who,
                action="update",
                kind=table,
                thing_id=id,
                before={column: was},
                after={column: now_is},
            )
            register.record(session, [entry])


def _run(latest: PlanRunRow, proposal: Proposal, *, who: str, now: datetime) -> PlanRunRow:
    found = difference(
        [before for before, _ in proposal.changed],
        [after for _, after in proposal.changed],
    )
    changes: list[dict[str, Any]] = [
        {
            "change": "moved",
            "key": one.after.key,
            "site_id": one.after.site_id,
            "fields": list(one.fields),
            "before": visit_json(one.before),
        }
        for one in found.moved
    ]
    changes += [
        {"change": "added", "key": key, "site_id": proposal.jobs[key], "fields": [], "before": None}
        for key in sorted(proposal.urgent)
    ]
    before = latest.unchanged + sum(one["change"] != "removed" for one in latest.changes or ())
    return PlanRunRow(
        number=0,
        created=now,
        created_by=who,
        first_day=latest.first_day,
        last_day=latest.last_day,
        provisional_years=list(latest.provisional_years or ()),
        unplaced=list(latest.unplaced or ()),
        changes=sorted(changes, key=lambda one: str(one["key"])),
        unchanged=max(before - len(found.moved), 0),
    )


def _columns(row: VisitRow, before: Visit, after: Visit, proposal: Proposal, run: int) -> dict[str, Any]:
    body = dict(row.body)
    reasons = [one for one in before.reasons if one.kind is not ReasonKind.TECHNICIAN]
    if after.technician_id is not None:
        reasons.append(_reason(before, after, proposal))
    written = body_of(replace(after, reasons=tuple(reasons)))
    body |= {name: written[name] for name in ("hours", "travel_s", "travel_m", "reasons")}
    former = set(body.pop(FORMER, ()))
    if before.technician_id is not None:
        former.add(before.technician_id)
    former.discard(after.technician_id or "")
    if former:
        body[FORMER] = sorted(former)
    return {
        "key": row.key,
        "run": run,
        "technician_id": after.technician_id,
        "day": after.day,
        "sequence": row.sequence + 1,
        "revision": row.revision + 1,
        "body": body,
    }


def _reason(before: Visit, after: Visit, proposal: Proposal) -> Reason:
    values = [
        ("technician", after.technician_id or ""),
        ("day", after.day.isoformat()),
        ("by", REPLANNED),
        ("was_technician", before.technician_id or ""),
        ("was_day", before.day.isoformat()),
        ("hit", "yes" if before.key in proposal.hit else "no"),
        ("note", proposal.request.note),
    ]
    old = next((dict(one.values) for one in before.reasons if one.kind is ReasonKind.TECHNICIAN), {})
    if "ideal" in old:
        # The next plan compares the ideal day to see whether the work is still the same.
        values.append(("ideal", old["ideal"]))
    return Reason(kind=ReasonKind.TECHNICIAN, values=tuple(values))


def _urgent_rows(proposal: Proposal, run: int) -> Sequence[dict[str, Any]]:
    rows = []
    for key, place in sorted(proposal.urgent.items()):
        job = proposal.request.urgent[int(key.rsplit("-", 1)[1])]
        body = {
            "earliest": place.day.isoformat(),
            "latest": max(job.by, place.day).isoformat(),
            "occurrences": [],
            "duration_s": int(job.duration.total_seconds()),
            "hours": span_text(place.hours),
            "travel_s": max(place.detour_minutes, 0) * 60,
            "travel_m": 0,
            "reasons": [],
        }
        rows.append(
            {
                "key": key,
                "run": run,
                "site_id": job.site_id,
                "technician_id": place.technician_id,
                "day": place.day,
                "state": VisitState.BOOKED.value,
                "locked": True,
                "sequence": 0,
                "revision": 1,
                "notes": job.note,
                "done_on": None,
                "body": body,
            }
        )
    return rows
