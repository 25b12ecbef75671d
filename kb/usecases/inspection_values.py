"""What the last inspection measured and judged, beside the time before, the fleet and the limits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from kb.content.pages import ChecklistItem
from kb.store.work_orders import CheckResultRow
from kb.usecases.order_verdicts import measured_verdict
from kb.usecases.reliability_trends import ReadingTrend
from planner.reliability.fleet import FleetPlace, fleet_place


@dataclass(frozen=True, slots=True, kw_only=True)
class Inspection:
    """An order that has results of a checklist on the machine; `at` is the last of them."""

    order_id: str
    number: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemResult:
    """What one item came to.

    Args:
        item: None where the library no longer has it.
        before: The last result of an earlier order, with day and order; None without one.
        verdict: The worse of what was kept and what the library's limits say today.
        place: Among the last values of the fleet; None where nothing was measured.
        trend: None with too little to draw a line through.
    """

    checklist_id: str
    item_id: str
    item: ChecklistItem | None
    kind: str
    verdict: str
    value: float | None
    unit: str
    text: str
    day: date
    order: str
    before: "ItemResult | None" = None
    place: FleetPlace | None = None
    trend: ReadingTrend | None = None

    @property
    def change(self) -> float | None:
        """The value against the one before, in the same unit."""
        if self.value is None or self.before is None or self.before.value is None:
            return None
        return self.value - self.before.value if self.unit == self.before.unit else None


_WORSE = {"fail": 3, "warn": 2, "pass": 1, "na": 0}


def inspections_of(results: Sequence[tuple[CheckResultRow, str]]) -> tuple[Inspection, ...]:
    """Return the inspections of a machine, the last first."""
    last: dict[str, Inspection] = {}
    for row, number in results:
        known = last.get(row.work_order_id)
        if known is None or known.at < row.checked_at:
            last[row.work_order_id] = Inspection(order_id=row.work_order_id, number=number, at=row.checked_at)
    return tuple(sorted(last.values(), key=lambda one: (one.at, one.number), reverse=True))


def item_results(
    results: Sequence[tuple[CheckResultRow, str]],
    inspections: Sequence[Inspection],
    items: Mapping[tuple[str, str], ChecklistItem],
    fleet: Mapping[tuple[str, str], Mapping[str, float]],
    trends: Sequence[ReadingTrend],
    zone: tzinfo,
) -> tuple[tuple[ItemResult, ...], tuple[ItemResult, ...]]:
    """Return what the last inspection came to, and items of the one before that it does not have.

    Args:
        results: Of one machine with the number of the order, the last first.
        fleet: Last value of each machine, by item and unit, then machine.
    """
    if not inspections:
        return (), ()
    lines = {(one.equipment_id, one.item.id): one for one in trends}
    last_of: dict[tuple[str, str], ItemResult] = {}
    for row, number in results:
        # The last first: only the newest of an item in an order counts.
        last_of.setdefault((row.work_order_id, row.item_id), _result(row, number, items, zone))
    chosen: list[ItemResult] = []
    for row, _ in results:
        if row.work_order_id != inspections[0].order_id:
            continue
        own = last_of[(row.work_order_id, row.item_id)]
        if any(one.item_id == own.item_id for one in chosen):
            continue
        before = next(
            (found for each in inspections[1:] if (found := last_of.get((each.order_id, row.item_id)))),
            None,
        )
        others = fleet.get((row.item_id, row.unit), {})
        place = (
            None
            if row.value is None
            else fleet_place(row.value, [v for id, v in others.items() if id != row.equipment_id])
        )
        chosen.append(
            ItemResult(
                **{
                    name: getattr(own, name)
                    for name in own.__slots__
                    if name not in {"before", "place", "trend"}
                },
                before=before,
                place=place,
                trend=lines.get((row.equipment_id, row.item_id)),
            )
        )
    had = {one.item_id for one in chosen}
    vanished = [
        found
        for (order_id, item_id), found in last_of.items()
        if len(inspections) > 1 and order_id == inspections[1].order_id and item_id not in had
    ]
    return (
        tuple(sorted(chosen, key=lambda one: (-_WORSE.get(one.verdict, 0), one.item_id))),
        tuple(sorted(vanished, key=lambda one: one.item_id)),
    )


def _result(
    row: CheckResultRow, number: str, items: Mapping[tuple[str, str], ChecklistItem], zone: tzinfo
) -> ItemResult:
    item = items.get((row.checklist_id, row.item_id))
    verdict = row.verdict
    if row.value is not None and item is not None and row.unit == (item.unit or "") and verdict != "na":
        today = measured_verdict(
            {name: getattr(item, name) for name in ("lower", "upper", "warn_lower", "warn_upper", "typical")},
            row.value,
        )
        verdict = max(verdict, today, key=lambda one: _WORSE.get(one, 0))
    return ItemResult(
        checklist_id=row.checklist_id,
        item_id=row.item_id,
        item=item,
        kind=row.kind,
        verdict=verdict,
        value=row.value,
        unit=row.unit,
        text=row.text,
        day=row.checked_at.astimezone(zone).date(),
        order=number,
    )
