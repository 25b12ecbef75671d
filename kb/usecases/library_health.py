"""How healthy is the library? Coverage by control and subsystem, age, confidence, use, doubts, and what is missing.

What follows from the files alone is worked out once for each state of the library and day; what readers and jobs say is
read anew each time.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from threading import Lock
from typing import Literal

from kb.content import Library, Page
from kb.content.pages import AlarmPage, CasePage, Confidence, GuidePage, Status, TermPage
from kb.store import Store
from kb.store import feedback as rows
from kb.usecases.page_feedback import NO_VERDICTS, Verdicts, all_verdicts
from kb.usecases.page_links import OutsideLink, StaleLink, outside_links, stale_links
from kb.usecases.page_reviews import WITHIN_DAYS, Review, reviews_due
from kb.usecases.page_use import Reuse, all_reuse
from kb.usecases.page_work import page_work_counts
from kb.usecases.search_log import MOST_ROWS, Unanswered, unanswered, unanswered_counts

Rows = Literal["brand", "controller"]
ANY_CONTROL = "-"
"""Row of the pages that name no control."""
NO_SUBSYSTEM = "GEN"
"""Column of the pages that name no subsystem; nothing is missing there."""
COVERED = ("case", "alarm", "guide")
"""Page types that cover a fault; terms, checklists and courses do not."""
AGES: tuple[tuple[str, int], ...] = (
    ("0-3", 91),
    ("3-6", 182),
    ("6-12", 365),
    ("12-24", 730),
    ("24-", 1_000_000),
)
"""Ages since the last review: name in months, and the days below which it holds."""
KEPT_STATES = 2
FAMILIES_OF_MANY = frozenset({"other", "dro"})
"""Alarm families that several brands share, so that they tell none."""

Counts = Mapping[tuple[str, str], Mapping[str, int]]
"""Pages by type, by row and subsystem."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A field of the map that has alarms or guides, or machines in the field, and no case.

    Args:
        brand: The row.
        subsystem: The column.
        alarms: Alarm pages there.
        guides: Guides there.
        machines: Machines of the brand in the register.
    """

    brand: str
    subsystem: str
    alarms: int
    guides: int
    machines: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What follows from the files alone, withdrawn pages left out.

    Args:
        current: The pages that count, by id.
        pages: Pages by type.
        confidence: Pages by confidence, by type.
        ages: Pages by age since their review, every age of `AGES` in order.
        coverage: Pages by type in each field of the map, for both kinds of rows.
        rows: Rows of each kind that have a page, in order; the row of any control last.
        places: Which fields of the map each page stands in: brands, controls, subsystem.
        no_source: Pages that name no source and are no terms.
        stale: Links that lead nowhere good.
        outside: Addresses that nobody has looked at.
    """

    current: tuple[Page, ...]
    pages: Mapping[str, int]
    confidence: Mapping[str, Mapping[str, int]]
    ages: Mapping[str, int]
    coverage: Mapping[Rows, Counts]
    rows: Mapping[Rows, tuple[str, ...]]
    places: Mapping[str, tuple[tuple[str, ...], tuple[str, ...], str]]
    no_source: tuple[Page, ...]
    stale: tuple[StaleLink, ...]
    outside: tuple[OutsideLink, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The health of the library.

    Args:
        library: The library.
        today: The day it was looked at.
        figures: What follows from the files.
        verdicts: How readers judge pages, by id.
        reuse: How often pages were used in jobs, by id.
        reviews: Reviews that are over or fall due within `WITHIN_DAYS`.
        work: Pages that readers called wrong, by state.
        asked: Queries without a good answer, by state.
        demand: The most asked of those that are open.
        machines: Machines in the register by brand.
    """

    library: Library
    today: date
    figures: Figures
    verdicts: Mapping[str, Verdicts]
    reuse: Mapping[str, Reuse]
    reviews: tuple[Review, ...]
    work: Mapping[str, int]
    asked: Mapping[str, int]
    demand: tuple[Unanswered, ...]
    machines: Mapping[str, int]

    @property
    def unused(self) -> tuple[Page, ...]:
        """Cases and guides that no job used and no reader called helpful, the oldest review first."""
        found = [
            page
            for page in self.figures.current
            if isinstance(page, (CasePage, GuidePage))
            and page.id not in self.reuse
            and not self.verdicts.get(page.id, NO_VERDICTS).helpful
        ]
        return tuple(sorted(found, key=lambda page: (page.reviewed, page.id)))

    @property
    def doubted(self) -> tuple[Page, ...]:
        """Pages that left more readers without help than they helped, the most doubted first."""
        found = [
            page
            for page in self.figures.current
            if page.id in self.verdicts and self.verdicts[page.id].doubted
        ]
        return tuple(
            sorted(
                found,
                key=lambda page: (
                    self.verdicts[page.id].helpful - self.verdicts[page.id].not_helpful,
                    page.id,
                ),
            )
        )

    @property
    def not_validated(self) -> tuple[Page, ...]:
        """Pages that nobody has validated, those used most first: they are worth a look at a manual."""
        found = [page for page in self.figures.current if page.confidence is not Confidence.VALIDATED]
        none = Reuse()
        return tuple(sorted(found, key=lambda page: (-self.reuse.get(page.id, none).jobs, page.id)))

    @property
    def missing(self) -> tuple[Missing, ...]:
        """Fields of the map without a case: of the brands with most machines first, then with most alarms."""
        counts = self.figures.coverage["brand"]
        found = [
            Missing(
                brand=brand,
                subsystem=subsystem,
                alarms=kinds.get("alarm", 0),
                guides=kinds.get("guide", 0),
                machines=self.machines.get(brand, 0),
            )
            for (brand, subsystem), kinds in counts.items()
            if brand != ANY_CONTROL
            and subsystem != NO_SUBSYSTEM
            and not kinds.get("case")
            and (kinds.get("alarm") or kinds.get("guide"))
        ]
        found += [
            Missing(brand=brand, subsystem="", alarms=0, guides=0, machines=machines)
            for brand, machines in self.machines.items()
            if brand not in self.figures.rows["brand"]
        ]
        return tuple(
            sorted(found, key=lambda one: (-one.machines, -one.alarms, -one.guides, one.brand, one.subsystem))
        )


def library_health(store: Store, library: Library, *, today: date) -> Health:
    """Return the health of the library on a day."""
    figures = library_figures(library, today=today)
    verdicts, reuse = all_verdicts(store, library), all_reuse(store)
    with store.reading() as session:
        controllers = rows.machines_by_controller(session)
    entries = library.vocabularies.lists.get("controllers", {})
    machines: Counter[str] = Counter()
    for code, count in controllers.items():
        machines["".join(entries[code].texts("brand")) if code in entries else code] += count
    return Health(
        library=library,
        today=today,
        figures=figures,
        verdicts=verdicts,
        reuse=reuse,
        reviews=reviews_due(library, today=today, within_days=WITHIN_DAYS, reuse=reuse, verdicts=verdicts),
        work=page_work_counts(store),
        asked=unanswered_counts(store),
        demand=unanswered(store, None, today=today, size=MOST_ROWS),
        machines=dict(machines),
    )


_memory: dict[tuple[str, date], Figures] = {}
_memory_lock = Lock()


def library_figures(library: Library, *, today: date) -> Figures:
    """Return what follows from the files alone; worked out once for each state of the library and day."""
    key = (library.digest, today)
    with _memory_lock:
        found = _memory.get(key)
        if found is None:
            found = _figures(library, today)
            while len(_memory) >= KEPT_STATES:
                del _memory[next(iter(_memory))]
            _memory[key] = found
    return found


def _figures(library: Library, today: date) -> Figures:
    kinds: Counter[str] = Counter()
    confidence: dict[str, Counter[str]] = {}
    ages = dict.fromkeys([name for name, _ in AGES], 0)
    coverage: dict[Rows, dict[tuple[str, str], Counter[str]]] = {"brand": {}, "controller": {}}
    places: dict[str, tuple[tuple[str, ...], tuple[str, ...], str]] = {}
    brands_of = _Brands(library)
    current = tuple(page for _, page in sorted(library.pages.items()) if page.status is not Status.WITHDRAWN)
    for page in current:
        kinds[page.type] += 1
        confidence.setdefault(page.type, Counter())[page.confidence.value] += 1
        ages[age_of(page, today)] += 1
        if not isinstance(page, (CasePage, AlarmPage, GuidePage)):
            continue
        brands, controllers = brands_of.brands(page) or (ANY_CONTROL,), _controllers(page) or (ANY_CONTROL,)
        subsystem = page.component.subsystem if page.component else NO_SUBSYSTEM
        places[page.id] = (brands, controllers, subsystem)
        for fields, values in ((coverage["brand"], brands), (coverage["controller"], controllers)):
            for value in values:
                fields.setdefault((value, subsystem), Counter())[page.type] += 1
    return Figures(
        current=current,
        pages=dict(sorted(kinds.items())),
        confidence={kind: dict(confidence[kind]) for kind in sorted(confidence)},
        ages=ages,
        coverage=coverage,
        rows={by: _row_names(by, fields, library) for by, fields in coverage.items()},
        places=places,
        no_source=tuple(page for page in current if not page.sources and not isinstance(page, TermPage)),
        stale=stale_links(library),
        outside=outside_links(library),
    )


class _Brands:
    """Tells the brands of pages as the search's facets do, with the vocabulary read once."""

    def __init__(self, library: Library) -> None:
        entries = library.vocabularies.lists.get("controllers", {})
        self._of_controller = {code: entry.texts("brand")[0] for code, entry in entries.items()}
        families = {
            "".join(entry.texts("alarm_family")): code for code, entry in reversed(list(entries.items()))
        }
        self._of_family = {
            family: self._of_controller[code]
            for family, code in families.items()
            if family not in FAMILIES_OF_MANY
        }

    def brands(self, page: Page) -> tuple[str, ...]:
        """Return the brands of a page: of its controls, or of its alarms where it names none."""
        own = [self._of_controller[code] for code in _controllers(page) if code in self._of_controller]
        if not own:
            families = [page.family] if isinstance(page, AlarmPage) else []
            families += [alarm.family for alarm in page.alarms] if isinstance(page, CasePage) else []
            own = [self._of_family[family] for family in families if family in self._of_family]
        return tuple(dict.fromkeys(own))


def _controllers(page: Page) -> tuple[str, ...]:
    return tuple(dict.fromkeys(code for group in page.applies_to for code in group.controller))


def _row_names(by: Rows, fields: Mapping[tuple[str, str], object], library: Library) -> tuple[str, ...]:
    """Return the rows in the order of the vocabulary, the row of any control last."""
    entries = library.vocabularies.lists.get("controllers", {})
    order = list(entries) if by == "controller" else ["".join(one.texts("brand")) for one in entries.values()]
    there = {row for row, _ in fields}
    known = [name for name in dict.fromkeys(order) if name in there]
    rest = sorted(there - set(known) - {ANY_CONTROL})
    return (*known, *rest, *([ANY_CONTROL] if ANY_CONTROL in there else []))


def age_of(page: Page, today: date) -> str:
    """Return the name of the age of a page's last review, of `AGES`."""
    days = (today - page.reviewed).days
    return next(name for name, below in AGES if days < below)
