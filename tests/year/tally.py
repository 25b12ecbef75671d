"""What the year came to by its own count: plain counters that the script writes while it lives, and nothing of the product's."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

CATEGORIES = ("attitude", "timeliness", "skill", "instruction", "result", "parts")
COUNTED = (
    "visits",
    "orders",
    "repairs",
    "instructions",
    "work_minutes",
    "travel_minutes",
    "reports",
    "stopped",
    "repeats",
    "repeats_30",
    "not_cured",
    "other_cause",
    "calls",
    "complaints",
    "compensation",
    "parts",
    "parts_failed",
)
SHARES = tuple(f"satisfied_{name}" for name in CATEGORIES)
CODES = frozenset((*COUNTED, *SHARES))
"""Every figure that this count knows; a figure of the product beside them is one that nobody has checked."""
Shown = Mapping[str, float | None]


@dataclass(slots=True, kw_only=True)
class Repair:
    """A repair as the script has lived it.

    Args:
        minutes: Of work; 0 where nobody told them.
        restored: When the machine worked again.
    """

    id: str
    number: str
    title: str
    site: str
    tag: str
    subsystem: str
    cause: str
    opened: datetime
    stopped: bool
    restored: datetime | None = None
    closed: datetime | None = None
    minutes: int = 0
    travel: int = 0


@dataclass(slots=True, kw_only=True)
class Tally:
    """Counters by figure and month, and the plain lists that proposals rest on.

    Args:
        kept: Of months that were closed, their counters at that instant.
        came_back: Repairs that a repeat followed.
        visited: Days on which inspection was done, by site.
    """

    now: Counter[tuple[str, str]] = field(default_factory=Counter)
    kept: dict[str, Counter[str]] = field(default_factory=dict)
    repairs: list[Repair] = field(default_factory=list)
    visited: defaultdict[str, set[date]] = field(default_factory=lambda: defaultdict(set))
    came_back: set[str] = field(default_factory=set)
    first_order: datetime | None = None

    def add(self, code: str, at: date, amount: float = 1) -> None:
        """Count something in the month of a day, or take it off again."""
        self.now[code, f"{at:%Y-%m}"] += amount  # type: ignore[assignment]

    def order(self, opened: datetime) -> None:
        """Note that a work order was opened."""
        self.first_order = min(self.first_order or opened, opened)

    def close(self, month: str) -> None:
        """Keep a month as it stands."""
        self.kept[month] = Counter({code: n for (code, of), n in self.now.items() if of == month})

    def reopen(self, month: str) -> None:
        """Let a closed month follow what is counted again."""
        del self.kept[month]

    def _count(self, code: str, month: str) -> float:
        return self.kept[month][code] if month in self.kept else self.now[code, month]

    def shown(self, code: str, month: str) -> float | None:
        """Return what a summary must show for a month: what it was closed with, else what is counted."""
        return self._share(code, (month,)) if code in SHARES else float(self._count(code, month))

    def whole(self, code: str, months: tuple[str, ...]) -> float | None:
        """Return what a summary must show for all months together."""
        if code in SHARES:
            return self._share(code, months)
        return float(sum(self._count(code, month) for month in months))

    def drifts(self, months: tuple[str, ...]) -> set[tuple[str, str, float | None, float | None]]:
        """Return code, month, kept and counted of each figure of a closed month that has moved since."""
        found = set()
        for month in self.kept.keys() & set(months):
            for code in CODES:
                then = self.shown(code, month)
                frozen = self.kept.pop(month)
                after = self.shown(code, month)
                self.kept[month] = frozen
                if then != after:
                    found.add((code, month, then, after))
        return found

    def _share(self, code: str, months: tuple[str, ...]) -> float | None:
        yes = sum(self._count(f"{code}:yes", month) for month in months)
        no = sum(self._count(f"{code}:no", month) for month in months)
        return yes / (yes + no) if yes + no else None
