"""The whole year: everything scheduled, lived through once, and its summaries as they stand on New Year's Day."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from kb.content import Library
from kb.store import Store
from kb.usecases.register import update
from kb.usecases.summaries import PeriodSummary, summary
from tests.year import inspections, proposing, voices
from tests.year.department import LAST, MONTHS, YEAR, ZONE, at
from tests.year.faults import DAY
from tests.year.life import END, Life

RETIRED = at(date(YEAR, 12, 29), 12)
NEW_YEAR = at(date(YEAR + 1, 1, 1), 9)


@dataclass(slots=True, kw_only=True)
class LivedYear:
    """A life with what scheduled it."""

    life: Life
    visits: inspections.Inspections
    voices: voices.Voices
    offers: proposing.Offers

    def summary(self, period: str, *, today: date | None = None) -> PeriodSummary:
        """Return what the product says of a month or the year."""
        return summary(
            self.life.store,
            period,
            zone=ZONE,
            today=today or NEW_YEAR.date(),
            vocabularies=self.life.library.vocabularies,
            language="zh_CN",
        )

    def summaries(self) -> list[PeriodSummary]:
        """Return those of the twelve months and of the year."""
        return [self.summary(period) for period in (*MONTHS, str(YEAR))]


def scheduled(store: Store, library: Library, letterhead: Path, *, seed: int, size: int) -> LivedYear:
    """Return a department on the eve of its year, with all that will happen; `letterhead` is a file to write."""
    life = Life(store, library, seed, size)
    life.prepare()
    year = LivedYear(
        life=life,
        visits=inspections.schedule(life),
        voices=voices.schedule(life),
        offers=proposing.schedule(life, letterhead),
    )

    def on(month: int, day: int, hour: int, step: Callable[[], None]) -> None:
        life.when(at(LAST.replace(month=month, day=day), hour), step)

    for number, (month, day) in enumerate(((1, 20), (3, 31), (7, 7), (11, 30)), 1):
        on(month, day, 20, partial(life.instruct, number))
    for closed, month, day in (("01", 2, 5), ("02", 3, 2), ("05", 6, 3), ("06", 7, 1), ("09", 10, 8)):
        on(month, day, 8, partial(life.close_month, f"{YEAR}-{closed}"))
    on(3, 15, 10, life.put_right)
    on(8, 3, 10, lambda: life.open_month(f"{YEAR}-02"))
    life.when(RETIRED, lambda: retire(life))
    return year


def retire(life: Life) -> None:
    """Take the machine with the first repeat out of the register: what was counted of it stays."""
    tag = next(one.tag for one in life.tally.repairs if one.id in life.tally.came_back)
    update(
        life.store,
        "equipment",
        tag,
        {"retired": True},
        revision=None,
        partial=True,
        wording=life.wording,
        who="调度",
        now=life.now,
    )


def live(
    store: Store,
    library: Library,
    letterhead: Path,
    *,
    seed: int = 1,
    size: int = 16,
    until: datetime = END + 3 * DAY,
) -> LivedYear:
    """Live through the year and three days more, in which what was left over is closed."""
    year = scheduled(store, library, letterhead, seed=seed, size=size)
    year.life.run(until)
    return year
