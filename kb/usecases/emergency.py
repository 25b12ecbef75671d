"""Emergency plans are added to, looked through and drilled; every telling counts once."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from kb.content import Library
from kb.errors import BadInput, Conflict, Fault
from kb.store import Store
from kb.store import emergency as rows
from kb.store.register import Change, Session, record
from kb.usecases.emergency_reading import EmergencyPlan, plan_in, read_added
from kb.usecases.emergency_triggers import BY_CODE

AUDITED = "emergency_plans"
REVIEW_DAYS = 365
"""A plan is looked through again after so long, where nobody says otherwise."""


def change_emergency_plan(
    store: Store,
    library: Library,
    raw: Mapping[str, Any],
    *,
    site: str = "",
    tag: str = "",
    owner: str | None = None,
    reviewed: bool = False,
    review_due: date | None = None,
    revision: int | None,
    id: str,
    who: str,
    now: datetime,
) -> EmergencyPlan:
    """Keep what a person adds to a plan, and whether he has looked it through.

    Args:
        raw: As `Added` describes it; what is not named stays.
        reviewed: Looked through today; it is due again after `REVIEW_DAYS`, or on `review_due`.
        revision: The one that was seen, 0 for a plan that nobody has touched; None overwrites whatever is there.
        id: For a plan that nobody has touched.

    Raises:
        NotFound: There is no such site or machine in use.
        Conflict: It has another revision by now.
        BadInput: Every fault, by field.
    """
    today = now.date()
    with store.writing() as session:
        plan = plan_in(session, library, site, tag, today)
        equipment_id = plan.machine.id if plan.machine else None
        row = rows.plan_row(session, site_id=plan.site.id, equipment_id=equipment_id)
        before = dict(row.body) if row else {}
        added = read_added({**before, **raw})
        if review_due is not None and review_due <= today:
            fault = Fault(
                where="review_due", what=f"{review_due} is not after today", repair="choose a day to come"
            )
            raise BadInput("nothing was kept", [fault])
        seen = row.revision if row else 0
        if revision is not None and revision != seen:
            raise Conflict(
                f"the emergency plan was changed meanwhile: revision {revision} is now {seen}",
                yours={**raw, "revision": revision},
                theirs={**before, "revision": seen},
            )
        if row is None:
            row = rows.EmergencyPlanRow(
                id=id,
                site_id=plan.site.id,
                equipment_id=equipment_id,
                revision=0,
                changed_at=now,
                changed_by=who,
            )
            session.add(row)
        row.body = added.model_dump(mode="json")
        row.owner = row.owner if owner is None else owner.strip()[:80]
        if reviewed:
            row.reviewed_on = today
            row.review_due = review_due or today + timedelta(days=REVIEW_DAYS)
        elif review_due is not None:
            row.review_due = review_due
        row.revision += 1
        row.changed_at, row.changed_by = now, who
        session.flush()
        after = {**row.body, "reviewed": reviewed, "owner": row.owner}
        _record(session, row.id, "review" if reviewed else "update", before, after, who, now)
        return plan_in(session, library, site, tag, today)


def tell_drill(
    store: Store,
    library: Library,
    *,
    site: str = "",
    tag: str = "",
    id: str,
    day: date,
    trigger: str,
    led_by: str,
    people: int,
    result: str,
    who: str,
    now: datetime,
) -> EmergencyPlan:
    """Keep a drill that was held; the same id again changes nothing.

    Raises:
        NotFound: There is no such site or machine in use.
        BadInput: Every fault, by field.
    """
    faults = []
    if trigger not in BY_CODE:
        faults.append(Fault(where="trigger", what=f"{trigger[:40]!r} is none", repair=", ".join(BY_CODE)))
    if day > now.date():
        faults.append(Fault(where="day", what=f"{day} lies ahead", repair="tell what was held"))
    if not 1 <= len(led_by.strip()) <= 80:
        faults.append(Fault(where="led_by", what=f"has {len(led_by.strip())} characters", repair="1 to 80"))
    if not 1 <= people <= 10_000:
        faults.append(Fault(where="people", what=f"is {people}", repair="1 to 10000"))
    if not 1 <= len(result.strip()) <= 4000:
        faults.append(Fault(where="result", what=f"has {len(result.strip())} characters", repair="1 to 4000"))
    if faults:
        raise BadInput("no drill was kept", faults)
    with store.writing() as session:
        plan = plan_in(session, library, site, tag, now.date())
        if rows.drill_row(session, id) is None:
            session.add(
                rows.EmergencyDrillRow(
                    id=id,
                    site_id=plan.site.id,
                    equipment_id=plan.machine.id if plan.machine else None,
                    day=day,
                    trigger=trigger,
                    led_by=led_by.strip(),
                    people=people,
                    result=result.strip(),
                    told_at=now,
                    told_by=who,
                )
            )
            session.flush()
            after = {"day": day.isoformat(), "trigger": trigger, "led_by": led_by.strip()}
            _record(session, id, "drill", None, after, who, now)
        return plan_in(session, library, site, tag, now.date())


def _record(
    session: Session,
    id: str,
    action: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
    who: str,
    now: datetime,
) -> None:
    record(
        session,
        [Change(at=now, who=who, action=action, kind=AUDITED, thing_id=id, before=before, after=after)],
    )
