"""Work orders come about: written by hand, from a planned visit with its checklists, as the continuation of another."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from kb.content.pages import ChecklistPage
from kb.errors import BadInput, Fault, Message, NotFound
from kb.store import Store
from kb.store import work_orders as rows
from kb.store.order_entries import finding_row
from kb.store.register import Change, Session, first_with, record
from kb.usecases.order_access import AUDITED, Actor, refuse_others
from kb.usecases.order_checklist import Wanted, keep_lines, lines_of, wanted_by
from kb.usecases.order_reading import WorkOrder, order_of
from kb.usecases.visit_reading import visit_in
from kb.usecases.work_orders import NewOrder, add_order
from planner.model import Level

DECISIONS = ("order", "proposal", "none")
"""What becomes of a finding: work of its own, a line of a proposal, or nothing, for a reason."""
FINDING_STATES = {"order": "follow_up", "proposal": "proposal", "none": "none"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A work order as a person writes it; site, machine and technician by code, tag or id.

    Args:
        level: The checklist of this level is done on the machine; empty for none.
        follows: Id or number of the order that it continues.
    """

    kind: str
    title: str
    site: str = ""
    machine: str = ""
    technician: str = ""
    planned_day: date | None = None
    alarm: str = ""
    level: str = ""
    follows: str = ""


def id_called(session: Session, table: str, column: str, handle: str) -> str | None:
    """Return the id of what the register calls by this code or id; None where it has none."""
    if not handle or "\0" in handle:
        return None
    row = first_with(session, table, column, handle) or first_with(session, table, "id", handle)
    return None if row is None else str(row["id"])


def write_order(
    store: Store,
    written: Written,
    *,
    pages: Mapping[str, ChecklistPage],
    id: str,
    actor: Actor,
    now: datetime,
) -> WorkOrder:
    """Open a work order by hand; the same again under the same id returns what is there.

    A technician without the role planner opens orders of their own.

    Raises:
        BadInput: Every fault, by field.
        NotAllowed: It is for somebody else.
    """
    with store.writing() as session:
        new, faults = _new(session, written)
        if not actor.may_all and new.technician_id is None and len(actor.technician_ids) == 1:
            new = replace(new, technician_id=next(iter(actor.technician_ids)))
        refuse_others(actor, new.technician_id)
        level = next((one for one in Level if one.value == written.level), None)
        if written.level and level is None:
            repair = ", ".join(one.value for one in Level)
            faults.append(
                Fault(
                    where="level",
                    what=Message("{value!r} is no level", value=written.level[:40]),
                    repair=repair,
                )
            )
        if level is not None and new.equipment_id is None:
            faults.append(
                Fault(where="machine", what="is missing", repair="a checklist is done on a machine")
            )
        if faults:
            raise BadInput("no work order was opened", faults)
        fresh = session.get(rows.WorkOrderRow, id) is None
        add_order(session, new, id=id, now=now, who=actor.name)
        if fresh and level is not None and new.equipment_id is not None:
            lines = lines_of(session, [Wanted(equipment_id=new.equipment_id, level=level)], pages)
            keep_lines(session, id, lines, who=actor.name, now=now)
        return order_of(session, id, now=now)


def _new(session: Session, written: Written) -> tuple[NewOrder, list[Fault]]:
    faults = []
    named: dict[str, str | None] = {}
    for where, table, column, handle in (
        ("site", "sites", "code", written.site),
        ("machine", "equipment", "tag", written.machine),
        ("technician", "technicians", "code", written.technician),
    ):
        named[where] = id_called(session, table, column, handle.strip())
        if handle.strip() and named[where] is None:
            repair = "choose one of the register"
            faults.append(
                Fault(where=where, what=Message("{value!r} is none", value=handle[:64]), repair=repair)
            )
    if named["site"] is None and not written.site.strip() and named["machine"] is not None:
        machine = first_with(session, "equipment", "id", named["machine"])
        named["site"] = str(machine["site_id"]) if machine else None
    if named["site"] is None and not any(one.where == "site" for one in faults):
        faults.append(Fault(where="site", what="is missing", repair="give a site, or a machine"))
    follows = rows.order_row(session, written.follows) if written.follows else None
    if written.follows and follows is None:
        faults.append(
            Fault(where="follows", what=Message("{value!r} is no work order", value=written.follows[:64]))
        )
    if len(written.alarm) > 300:
        faults.append(
            Fault(
                where="alarm",
                what=Message("has {count} characters", count=len(written.alarm)),
                repair="300 at most",
            )
        )
    new = NewOrder(
        kind=written.kind,
        title=written.title,
        site_id=named["site"] or "",
        equipment_id=named["machine"],
        technician_id=named["technician"],
        planned_day=written.planned_day,
        alarm=written.alarm,
        follows_id=follows.id if follows else None,
    )
    if faults:  # what the order itself would refuse is told in the same answer
        title = len(written.title.strip())
        if not 1 <= title <= 200:
            faults.append(
                Fault(where="title", what=Message("has {count} characters", count=title), repair="1 to 200")
            )
    return new, faults


def order_of_visit(
    store: Store, key: str, *, pages: Mapping[str, ChecklistPage], actor: Actor, now: datetime
) -> WorkOrder:
    """Return the work order of a planned visit, opened with its checklists where there is none yet.

    Raises:
        NotFound: There is no such visit.
        NotAllowed: It is another technician's.
        BadInput: The visit is not open any more.
    """
    id = f"visit-{hashlib.sha256(key.encode()).hexdigest()[:40]}"
    with store.writing() as session:
        kept = visit_in(session, key, today=now.date())
        refuse_others(actor, kept.visit.technician_id)
        if session.get(rows.WorkOrderRow, id) is not None:
            return order_of(session, id, now=now)
        if not kept.is_open:
            repair = "orders are made of visits that are still to take place"
            raise BadInput(
                "no work order was opened",
                [Fault(where="visit", what=Message("is {state}", state=kept.state), repair=repair)],
            )
        tags = [
            kept.names.tags.get(one, one)
            for one in dict.fromkeys(o.equipment_id for o in kept.visit.occurrences)
        ]
        machines = {one.equipment_id for one in kept.visit.occurrences}
        site = kept.names.site_names.get(kept.visit.site_id, "")
        new = NewOrder(
            kind="inspection",
            title=f"{site} {kept.visit.day.isoformat()} {'、'.join(tags)}"[:200].strip(),
            site_id=kept.visit.site_id,
            equipment_id=next(iter(machines)) if len(machines) == 1 else None,
            visit_key=key,
            technician_id=kept.visit.technician_id,
            planned_day=kept.visit.day,
        )
        add_order(session, new, id=id, now=now, who=actor.name)
        lines = lines_of(session, wanted_by(session, kept.visit.occurrences), pages)
        keep_lines(session, id, lines, who=actor.name, now=now)
        return order_of(session, id, now=now)


def continued(
    session: Session,
    row: rows.WorkOrderRow,
    *,
    id: str,
    title: str,
    kind: str,
    equipment_id: str | None,
    planned_day: date | None,
    body: Mapping[str, Any],
    who: str,
    now: datetime,
) -> rows.WorkOrderRow:
    """Open the order that goes on with another, inside a transaction; `body` is its checklist."""
    new = NewOrder(
        kind=kind,
        title=title[:200],
        site_id=row.site_id,
        equipment_id=equipment_id,
        follows_id=row.id,
        technician_id=row.technician_id,
        planned_day=planned_day,
    )
    add_order(session, new, id=id, now=now, who=who)
    keep_lines(session, id, body, who=who, now=now)
    made = rows.order_row(session, id)
    if made is None:
        raise NotFound("work order", id)
    return made


def decide_finding(
    store: Store,
    finding_id: str,
    *,
    decision: str,
    reason: str = "",
    order_id: str,
    actor: Actor,
    now: datetime,
) -> WorkOrder:
    """Decide what becomes of a finding, and return the order it was found in; the same decision again changes nothing.

    Args:
        decision: One of `DECISIONS`.
        reason: Why nothing is done; needed for `none`.
        order_id: Id of the order that is opened for `order`.

    Raises:
        NotFound: There is no such finding.
        NotAllowed: The order is another's.
        BadInput: Every fault, by field.
    """
    faults = []
    if decision not in DECISIONS:
        repair = ", ".join(DECISIONS)
        faults.append(
            Fault(where="decision", what=Message("{value!r} is none", value=decision[:40]), repair=repair)
        )
    if decision == "none" and not reason.strip():
        faults.append(Fault(where="reason", what="is empty", repair="say why nothing is done"))
    if len(reason) > 500:
        faults.append(
            Fault(
                where="reason",
                what=Message("has {count:,} characters", count=len(reason)),
                repair="500 at most",
            )
        )
    with store.writing() as session:
        finding = finding_row(session, finding_id)
        row = rows.order_row(session, finding.work_order_id) if finding else None
        if finding is None or row is None:
            raise NotFound("finding", finding_id[:64])
        refuse_others(actor, row.technician_id)
        if faults:
            raise BadInput("nothing was decided", faults)
        decide(
            session,
            row,
            finding,
            decision=decision,
            reason=reason,
            order_id=order_id,
            who=actor.name,
            now=now,
        )
        return order_of(session, row.id, now=now)


def decide(
    session: Session,
    row: rows.WorkOrderRow,
    finding: rows.FindingRow,
    *,
    decision: str,
    reason: str,
    order_id: str,
    who: str,
    now: datetime,
) -> None:
    """Decide what becomes of a finding inside a transaction; what has a follow-up order keeps it."""
    if finding.follow_up_id is not None or finding.state == FINDING_STATES[decision]:
        return
    before = finding.state
    if decision == "order":
        title = finding.recommendation.strip() or finding.text.strip()
        made = continued(
            session,
            row,
            id=order_id,
            title=" ".join(title.split()),
            kind="repair",
            equipment_id=finding.equipment_id,
            planned_day=None,
            body={"lines": [], "hazards": []},
            who=who,
            now=now,
        )
        finding.follow_up_id = made.id
    finding.state = FINDING_STATES[decision]
    finding.revision += 1
    session.flush()
    told = {
        "finding": finding.id,
        "state": finding.state,
        "reason": reason.strip(),
        "order": finding.follow_up_id,
    }
    entry = Change(
        at=now,
        who=who,
        action="finding",
        kind=AUDITED,
        thing_id=row.id,
        before={"state": before},
        after=told,
    )
    record(session, [entry])
