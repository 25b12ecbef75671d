"""The checklist lines of a work order: taken from the library when the order is made, and kept as they were then.

A service report says years later by which limits something was judged, so the lines are copied, not looked up.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from kb.content.pages import ChecklistPage
from kb.store.mapping import equipment_of
from kb.store.order_entries import OrderEntryRow, entry_rows
from kb.store.register import Session
from kb.store.tables import EquipmentRow, MaintenancePlanRow
from kb.store.visit_rows import rows_by_id
from kb.usecases.plan_checklists import worklist
from planner.model import Level, Occurrence

CHECKLIST = "checklist"
"""Kind of the entry that holds the lines."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which checklist is done on which machine.

    Args:
        plan_id: The maintenance plan that asks for it; empty where none does.
        checklist_id: A page that is named; None takes those of the machine's class.
    """

    equipment_id: str
    level: Level
    plan_id: str = ""
    checklist_id: str | None = None


def wanted_by(session: Session, occurrences: Sequence[Occurrence]) -> list[Wanted]:
    """Return the checklists that occurrences of a visit ask for."""
    plans = rows_by_id(session, MaintenancePlanRow, (one.plan_id for one in occurrences))
    return [
        Wanted(
            equipment_id=one.equipment_id,
            level=one.level,
            plan_id=one.plan_id,
            checklist_id=plans[one.plan_id].checklist_id if one.plan_id in plans else None,
        )
        for one in occurrences
    ]


def lines_of(
    session: Session, wanted: Iterable[Wanted], pages: Mapping[str, ChecklistPage]
) -> dict[str, Any]:
    """Return lines and hazards: each item once a machine, under the first checklist that asks for it."""
    asked = list(wanted)
    machines = rows_by_id(session, EquipmentRow, (one.equipment_id for one in asked))
    lines: dict[str, dict[str, Any]] = {}
    hazards: dict[str, dict[str, str]] = {}
    for one in asked:
        row = machines.get(one.equipment_id)
        if row is None:
            continue
        found = worklist(pages, equipment_of(row), one.level, one.checklist_id)
        for item in found.items:
            page = next(page for page in found.pages if item in page.items)
            key = f"{one.equipment_id}/{item.id}"
            lines.setdefault(
                key,
                {
                    "key": key,
                    "equipment_id": one.equipment_id,
                    "tag": row.tag,
                    "plan_id": one.plan_id,
                    "level": one.level.value,
                    "checklist_id": page.id,
                    "item_id": item.id,
                    **item.model_dump(mode="json", exclude={"id"}),
                },
            )
        for hazard in found.hazards:
            told = hazard.model_dump(mode="json")
            hazards.setdefault(json.dumps(told, sort_keys=True), told)
    return {"lines": list(lines.values()), "hazards": list(hazards.values())}


def keep_lines(session: Session, order_id: str, body: Mapping[str, Any], *, who: str, now: datetime) -> None:
    """Keep the lines of a new order as its first entry; without lines nothing is kept."""
    if not body["lines"]:
        return
    digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
    session.add(
        OrderEntryRow(
            id=f"{order_id}-checks",
            work_order_id=order_id,
            position=0,
            kind=CHECKLIST,
            at=now,
            who=who,
            told_at=now,
            state="applied",
            digest=digest,
            body=dict(body),
        )
    )
    session.flush()


def kept_lines(session: Session, order_id: str) -> dict[str, Any]:
    """Return the lines and hazards of an order."""
    for row in entry_rows(session, order_id):
        if row.kind == CHECKLIST:
            return {"lines": list(row.body["lines"]), "hazards": list(row.body["hazards"])}
    return {"lines": [], "hazards": []}
