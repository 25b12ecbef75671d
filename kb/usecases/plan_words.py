"""The words of a plan in the reader's language: levels, states, weekdays, days, changes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from kb.i18n import Language, translator
from kb.usecases.plan_book import Change, PlanBook
from planner.model import Level, TimeSpan, Visit, VisitState

_LEVELS = {
    Level.WEEKLY: "weekly inspection",
    Level.MONTHLY: "monthly inspection",
    Level.QUARTERLY: "quarterly inspection",
    Level.HALF_YEARLY: "half-yearly inspection",
    Level.YEARLY: "yearly inspection",
}
_LEVEL_ORDER = tuple(Level)
_STATES = {
    VisitState.FORECAST: "forecast",
    VisitState.CALLED: "called",
    VisitState.BOOKED: "booked",
    VisitState.DONE: "done",
    VisitState.PARTLY_DONE: "partly done",
    VisitState.MISSED: "missed",
    VisitState.CANCELLED: "cancelled",
}
_CHANGES = {
    Change.ADDED: "added",
    Change.MOVED: "moved",
    Change.REMOVED: "removed",
    Change.UNCHANGED: "unchanged",
}
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Words:
    """Names in one language."""

    language: Language

    def say(self, message: str) -> str:
        """Return `message` in the language."""
        return translator(self.language)(message)

    def level(self, level: Level) -> str:
        """Return the level's name."""
        return self.say(_LEVELS[level])

    def levels(self, visit: Visit) -> str:
        """Return the names of the visit's levels, the largest first."""
        found = sorted({one.level for one in visit.occurrences}, key=_LEVEL_ORDER.index, reverse=True)
        return self.join(self.level(level) for level in found)

    def state(self, state: VisitState) -> str:
        """Return the state's name."""
        return self.say(_STATES[state])

    def change(self, change: Change) -> str:
        """Return the change's name."""
        return self.say(_CHANGES[change])

    def weekday(self, day: date) -> str:
        """Return the short name of the weekday."""
        return self.say(_WEEKDAYS[day.weekday()])

    def day(self, day: date) -> str:
        """Return the day with its weekday."""
        return f"{day.isoformat()} {self.weekday(day)}"

    def join(self, texts: Iterable[str]) -> str:
        """Return the texts as one list."""
        return ("、" if self.language == "zh_CN" else ", ").join(texts)

    def machines(self, book: PlanBook, visit: Visit) -> str:
        """Return the tags of the visit's machines as one list."""
        return self.join(book.tag(one) for one in book.machines(visit))

    def listed(self, values: Iterable[object]) -> str:
        """Return the values as one list."""
        return self.join(str(value) for value in values)


def hours_text(hours: TimeSpan | None) -> str:
    """Return the span as `08:30–11:30`; empty where no hours are planned."""
    return f"{hours.start:%H:%M}–{hours.end:%H:%M}" if hours else ""


def in_hours(duration: timedelta) -> float:
    """Return the duration in hours, to two decimals."""
    return round(duration.total_seconds() / 3600, 2)
