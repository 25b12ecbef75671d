"""Which sample stands in the register, and whether anything changed since."""

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from sqlmodel import Session, col, select

from kb.store.tables import AuditRow

SAMPLE = "sample"


def note_sample(session: Session, sample: Mapping[str, object], *, now: datetime) -> None:
    """Keep which sample was loaded, as an entry of the audit trail."""
    session.add(AuditRow(at=now, who=SAMPLE, action="load", kind=SAMPLE, thing_id=SAMPLE, after=dict(sample)))
    session.flush()


def noted_sample(session: Session) -> Mapping[str, object] | None:
    """Return which sample was loaded, or None where none was."""
    entry = session.exec(
        select(AuditRow)
        .where(AuditRow.kind == SAMPLE, AuditRow.action == "load")
        .order_by(col(AuditRow.id).desc())
        .limit(1)
    ).first()
    return None if entry is None else cast("Mapping[str, object]", entry.after)


def changed_after(session: Session, instant: datetime) -> bool:
    """Whether the audit trail has an entry that is younger than `instant`."""
    return session.exec(select(AuditRow.id).where(AuditRow.at > instant).limit(1)).first() is not None
