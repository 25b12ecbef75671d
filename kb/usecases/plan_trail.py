"""Entries of the audit trail about the plan as a whole: one for each run, version and answer, with its counts."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal

from kb.store.register import Change, Session, record

Kind = Literal["plan_runs", "plan_versions", "plan_proposals"]


def note_plan(
    session: Session,
    kind: Kind,
    id: str,
    action: str,
    before: Mapping[str, object] | None,
    after: Mapping[str, object],
    *,
    who: str,
    now: datetime,
) -> None:
    """Keep an entry about a run, a version or a proposed repair of the plan.

    Args:
        session: The transaction that writes it.
        kind: Which of the three.
        id: Its number or id.
        action: What was done.
        before, after: What is told of it.
        who: Who did it.
        now: The present instant.
    """
    entry = Change(
        at=now,
        who=who,
        action=action,
        kind=kind,
        thing_id=id,
        before=before,
        after=after,
    )
    record(session, [entry])
