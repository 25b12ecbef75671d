"""The faults of the year: each a thread of its own machine and subsystem, so that what repeats what is known beforehand."""

import random
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.year.department import FIRST, MACHINES, SUBSYSTEMS, MachineOfYear, at, commissioned

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A fault from its report to its end.

    Args:
        ends: `closed`, `cancelled`, `duplicate`, `rejected`.
        closes: When it is closed, or otherwise ended.
        reopens: When it is opened again, to be closed a day later; None never.
        work, travel: Minutes that are told.
        parts: Quantity and whether after failure, of each part.
        again: Days from closing to a fault like it, whether its cause is the same, and whether it is mended.
    """

    machine: MachineOfYear
    subsystem: str
    cause: str
    reported: datetime
    stopped: bool
    closes: datetime
    ends: str = "closed"
    reopens: datetime | None = None
    work: int = 0
    travel: int = 0
    parts: tuple[tuple[float, bool], ...] = ()
    pauses: tuple[tuple[datetime, datetime], ...] = ()
    by_telephone: bool = False
    again: tuple[int, bool, bool] | None = None


@dataclass(slots=True)
class Faults:
    """Makes faults by chance from a seed."""

    chance: random.Random
    pairs: list[tuple[MachineOfYear, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.pairs = [(machine, part) for machine in MACHINES for part in SUBSYSTEMS]
        self.chance.shuffle(self.pairs)

    def make(self, reported: datetime, closes: datetime | None = None, **more: Any) -> Fault:
        """Return a fault on a machine and subsystem that no other of these has."""
        place = next(
            number
            for number, (machine, _) in enumerate(self.pairs)
            if commissioned(machine) <= reported.date()
        )
        machine, subsystem = self.pairs.pop(place)
        return self.of(machine, subsystem, reported, closes, **more)

    def of(
        self,
        machine: MachineOfYear,
        subsystem: str,
        reported: datetime,
        closes: datetime | None = None,
        *,
        cause: str = "O4",
        **more: Any,
    ) -> Fault:
        """Return a fault of a machine and subsystem; what is not said is chance."""
        chance = self.chance
        length = (closes or reported + chance.randint(120, 4000) * MINUTE) - reported
        pauses: tuple[tuple[datetime, datetime], ...] = ()
        if length > 3 * HOUR and chance.random() < 0.5:
            begin = reported + length * 0.4
            pauses = ((begin, begin + length * 0.2),)
        usual: dict[str, Any] = {
            "stopped": chance.random() < 0.6,
            "work": chance.choice((0, 45, 90, 125, 240)),
            "travel": chance.choice((0, 35, 70)),
            "parts": tuple(
                (chance.choice((1, 2, 0.5, 3)), chance.random() < 0.7)
                for _ in range(chance.choice((0, 0, 1, 2)))
            ),
            "pauses": pauses,
            "by_telephone": chance.random() < 0.2,
        }
        return Fault(
            machine=machine,
            subsystem=subsystem,
            cause=cause,
            reported=reported,
            closes=reported + length,
            **{**usual, **more},
        )


def faults_of_year(chance: random.Random, count: int) -> Sequence[Fault]:
    """Return the faults of a year: those at its edges, and `count` more by chance."""
    make = Faults(chance)

    def day(month: int, number: int, *clock: int) -> datetime:
        return at(FIRST.replace(month=month, day=number), *clock)

    found = [
        # the last second of January to the first of February, and one that began the year
        make.make(day(1, 31, 23, 59, 59), day(2, 1, 2), stopped=True, work=90),
        make.make(day(1, 30, 9), day(2, 1), by_telephone=False, parts=((2, True), (1.5, False)), work=60),
        make.make(day(1, 30, 9), day(1, 31, 23, 59, 59), travel=35, work=45),
        make.make(day(1, 1), day(1, 2, 9)),
        # reported in the year, closed in the next one
        make.make(day(12, 31, 23, 30), day(12, 31, 23, 30) + 2 * DAY),
        # what comes to nothing
        make.make(day(3, 31, 23, 50), day(4, 1, 8), ends="cancelled", work=50, parts=((1, True),)),
        make.make(day(5, 5, 10), day(5, 5, 11), ends="duplicate"),
        make.make(day(5, 6, 10), day(5, 6, 11), ends="rejected"),
        # closed in April, opened again in May and closed there
        make.make(day(4, 29, 10), day(4, 30, 10), reopens=day(5, 4, 9), work=30),
        # what comes back: at the edges of thirty and ninety days and one past each
        make.make(day(2, 3, 8), day(2, 3, 15), again=(30, True, True)),
        make.make(day(2, 4, 8), day(2, 4, 15), again=(31, False, True)),
        make.make(day(6, 2, 8), day(6, 3, 15), again=(90, True, True)),
        make.make(day(6, 4, 8), day(6, 5, 15), again=(91, True, True)),
        make.make(day(7, 1, 8), day(7, 1, 15), again=(0, False, True)),
        make.make(day(7, 2, 8), day(7, 2, 15), again=(12, True, False)),  # came back, and was cancelled
        make.make(day(8, 1, 8), day(8, 2, 15), again=(29, True, True)),
    ]
    # what came while the one before was open repeats nothing, though on the same day; what came after repeats the one closed last
    first = make.make(day(9, 10, 8), day(9, 10, 20))
    slow = make.make(day(8, 1, 9), day(10, 20, 9), again=(21, True, True))
    found += [
        first,
        make.of(first.machine, first.subsystem, day(9, 10, 10), day(9, 12, 9)),
        slow,
        make.of(slow.machine, slow.subsystem, day(8, 2, 9), day(8, 3, 9)),
    ]
    for _ in range(count):
        begins = at(FIRST) + chance.randrange(0, 364 * 24 * 60) * MINUTE
        if begins.month == 12 and begins.day > 25:
            begins -= 10 * DAY
        found.append(make.make(begins))
    return found
