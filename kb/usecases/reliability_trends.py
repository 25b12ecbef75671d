"""Where are the readings going? Accuracy and other values of the checklists, and the day on which they pass a limit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo
from itertools import groupby
from typing import Literal

from kb.content import Library
from kb.content.pages import ChecklistItem, ChecklistPage
from kb.i18n import Language
from kb.store import Store
from kb.store import job_history as rows
from kb.usecases.plan import latest_plan
from planner.reliability import Reading, Trend, trend

Standing = Literal["beyond", "before_visit", "after_visit", "no_visit", "steady", "few"]
"""*beyond*: the limit is passed; *before_visit*: it will be before the machine's next visit; *few*: too few readings."""
ORDER: tuple[Standing, ...] = ("beyond", "before_visit", "no_visit", "after_visit", "steady", "few")


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingTrend:
    """One quantity of one machine over time.

    Args:
        limit: What must not be passed; None where the checklist has none.
        upper: Whether above the limit is bad.
        only_warns: Whether the limit is that of the checklist's warning band, a starting value and no limit of acceptance.
        trend: None with too few days, or without a limit.
        next_visit: Day and key of the machine's next planned visit; None without one.
        standing: What it means for the plan.
    """

    equipment_id: str
    tag: str
    site_id: str
    site: str
    item: ChecklistItem
    readings: tuple[Reading, ...]
    limit: float | None
    upper: bool
    only_warns: bool
    trend: Trend | None
    next_visit: tuple[date, str] | None
    standing: Standing

    def json(self, language: Language) -> dict[str, object]:
        """Return it as an object of JSON."""
        found = self.trend
        return {
            "equipment_id": self.equipment_id,
            "tag": self.tag,
            "site_id": self.site_id,
            "site": self.site,
            "item": self.item.id,
            "name": item_name(self.item, language),
            "unit": self.item.unit or "",
            "limit": self.limit,
            "upper": self.upper,
            "only_warns": self.only_warns,
            "readings": [{"day": one.day.isoformat(), "value": one.value} for one in self.readings],
            "per_year": found.per_year if found else None,
            "level": found.level if found else None,
            "crossing": _day(found.crossing) if found else None,
            "earliest": _day(found.earliest) if found else None,
            "latest": _day(found.latest) if found else None,
            "next_visit": self.next_visit[0].isoformat() if self.next_visit else None,
            "next_visit_key": self.next_visit[1] if self.next_visit else None,
            "standing": self.standing,
        }


def item_name(item: ChecklistItem, language: Language) -> str:
    """Return the name of a checklist's item in the reader's language."""
    return item.text_en or item.text if language == "en" else item.text


def reading_trends(
    store: Store,
    library: Library,
    *,
    today: date,
    zone: tzinfo,
    site_id: str = "",
    customer_id: str = "",
    equipment_class: str = "",
    equipment_id: str = "",
) -> tuple[ReadingTrend, ...]:
    """Return the trends of all measured values of the chosen machines, the most pressing first.

    The limit is that of the checklist's item, or where it has none the edge of its warning band; of two, the one that
    the readings move towards.

    Args:
        today: Visits from this day on are next visits.
        zone: Where the days of readings begin.
    """
    with store.reading() as session:
        machines = {
            one.id: one
            for one in rows.machine_rows(
                session,
                site_id=site_id,
                customer_id=customer_id,
                equipment_class=equipment_class,
                equipment_id=equipment_id,
            )
        }
        checks = [
            one for one in rows.check_rows(session, equipment_id=equipment_id) if one.equipment_id in machines
        ]
    items = items_of(library)
    visits = _next_visits(store, today, zone) if checks else {}
    found = []
    for (machine_id, _, item_id), group in groupby(
        sorted(checks, key=lambda one: (one.equipment_id, one.checklist_id, one.item_id)),
        key=lambda one: (one.equipment_id, one.checklist_id, one.item_id),
    ):
        values = list(group)
        item = items.get((values[0].checklist_id, item_id))
        if item is None or any(one.unit != (item.unit or "") for one in values if one.unit):
            continue
        machine = machines[machine_id]
        readings = tuple(
            Reading(day=one.checked_at.astimezone(zone).date(), value=one.value)
            for one in sorted(values, key=lambda one: one.checked_at)
        )
        limit, upper, only_warns = _limit(item, readings)
        line = trend(readings, limit=limit, upper=upper) if limit is not None else None
        visit = visits.get(machine_id)
        found.append(
            ReadingTrend(
                equipment_id=machine_id,
                tag=machine.tag,
                site_id=machine.site_id,
                site=machine.site,
                item=item,
                readings=readings,
                limit=limit,
                upper=upper,
                only_warns=only_warns,
                trend=line,
                next_visit=visit,
                standing=_standing(readings, line, limit, upper, visit),
            )
        )
    return tuple(
        sorted(found, key=lambda one: (ORDER.index(one.standing), _crossing(one), one.tag, one.item.id))
    )


def items_of(library: Library) -> Mapping[tuple[str, str], ChecklistItem]:
    """Return the items of all checklists, by page and item."""
    return {
        (page.id, item.id): item
        for page in library.pages.values()
        if isinstance(page, ChecklistPage)
        for item in page.items
    }


def _next_visits(store: Store, today: date, zone: tzinfo) -> dict[str, tuple[date, str]]:
    book = latest_plan(store, zone=zone)
    found: dict[str, tuple[date, str]] = {}
    for visit in sorted(book.visits if book else (), key=lambda one: one.day):
        if visit.day < today:
            continue
        for occurrence in visit.occurrences:
            found.setdefault(occurrence.equipment_id, (visit.day, visit.key))
    return found


def _limit(item: ChecklistItem, readings: Sequence[Reading]) -> tuple[float | None, bool, bool]:
    """Return the bound that the readings move towards, whether it is an upper one, and whether it only warns."""
    lower = item.lower if item.lower is not None else item.warn_lower
    upper = item.upper if item.upper is not None else item.warn_upper
    if upper is None:
        return lower, False, item.lower is None
    if lower is None:
        return upper, True, item.upper is None
    first, last = readings[0].value, readings[-1].value
    if last > first or (last == first and upper - last <= last - lower):
        return upper, True, item.upper is None
    return lower, False, item.lower is None


def _standing(
    readings: Sequence[Reading],
    line: Trend | None,
    limit: float | None,
    upper: bool,
    visit: tuple[date, str] | None,
) -> Standing:
    if limit is not None and (readings[-1].value > limit if upper else readings[-1].value < limit):
        return "beyond"
    if line is None:
        return "few"
    if line.crossing is None:
        return "steady"
    if visit is None:
        return "no_visit"
    return "before_visit" if line.crossing <= visit[0] else "after_visit"


def _crossing(one: ReadingTrend) -> date:
    return (one.trend.crossing if one.trend else None) or date.max


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
