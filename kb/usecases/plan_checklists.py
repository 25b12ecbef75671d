"""Which checklist items belong to an inspection: the level's own and those of the smaller ones, once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from kb.content.pages import ChecklistItem, ChecklistPage, Hazard
from kb.content.pages import Level as PageLevel
from planner.model import Equipment, Level

_T = TypeVar("_T")
_SIZES = (
    PageLevel.SHIFT,
    PageLevel.WEEKLY,
    PageLevel.MONTHLY,
    PageLevel.QUARTERLY,
    PageLevel.HALF_YEARLY,
    PageLevel.YEARLY,
)
"""Levels that contain those before them; `by_hours` stands alone."""
OPERATORS = frozenset({PageLevel.SHIFT, PageLevel.WEEKLY})
"""Levels that the machine's operator does by himself between visits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Worklist:
    """What is done on a machine at one visit.

    Args:
        pages: The checklist pages it was made from, the smallest level first.
        items: Each item once, in the pages' order; the first page that has an item's id gives it.
        hazards: Each hazard of the pages once.
    """

    pages: tuple[ChecklistPage, ...]
    items: tuple[ChecklistItem, ...]
    hazards: tuple[Hazard, ...]

    @property
    def minutes(self) -> int:
        """Sum of the items' times, in minutes."""
        return sum(item.minutes for item in self.items)

    @property
    def operator_minutes(self) -> int:
        """That part of `minutes` whose items an operator does each shift or week, so that a visit only looks at them.

        Source:
            domain/tasks.md, practice P1: shift and weekly care belongs to the operator.
        """
        daily = {item.id for page in self.pages if page.level in OPERATORS for item in page.items}
        return sum(item.minutes for item in self.items if item.id in daily)


def worklist(
    pages: Mapping[str, ChecklistPage], machine: Equipment | None, level: Level, checklist_id: str | None
) -> Worklist:
    """Return the items for `machine` at `level`; empty where the library has no fitting checklist.

    The page named by `checklist_id` decides for which machines and how far the list reaches. Without
    one, the pages of the machine's class are taken.

    Source:
        spec/content.md, Checklist: a larger level includes the smaller ones' items once.
    """
    named = pages.get(checklist_id) if checklist_id else None
    if named is not None and named.level is PageLevel.BY_HOURS:
        chosen = [named]
    else:
        largest = named.level if named is not None else PageLevel(level.value)
        classes = _classes(named) if named is not None else frozenset()
        if machine is not None and (not classes or machine.equipment_class.value in classes):
            classes = frozenset({machine.equipment_class.value})
        fitting = [page for page in pages.values() if _fits(page, classes, largest)]
        if named is not None and named not in fitting:
            fitting.append(named)
        chosen = sorted(fitting, key=lambda page: (_SIZES.index(page.level), page.id))
    items = {item.id: item for page in reversed(chosen) for item in reversed(page.items)}
    order = _first_seen(item.id for page in chosen for item in page.items)
    return Worklist(
        pages=tuple(chosen),
        items=tuple(items[one] for one in order),
        hazards=tuple(_first_seen(hazard for page in chosen for hazard in _hazards(page))),
    )


def _classes(page: ChecklistPage) -> frozenset[str]:
    return frozenset(code for group in page.applies_to for code in group.machine)


def _fits(page: ChecklistPage, classes: frozenset[str], largest: PageLevel) -> bool:
    return (
        page.level in _SIZES
        and _SIZES.index(page.level) <= _SIZES.index(largest)
        and bool(classes & _classes(page))
        and page.status != "withdrawn"
    )


def _hazards(page: ChecklistPage) -> tuple[Hazard, ...]:
    return () if page.hazards == "none" else page.hazards


def _first_seen(values: Iterable[_T]) -> list[_T]:
    return list(dict.fromkeys(values))
