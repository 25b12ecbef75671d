"""Make room for a job by pushing one visit to another day or technician, and that one perhaps one more."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from planner.model import Visit
from planner.routing.diary import Diary
from planner.routing.jobs import Job

OTHER_DAY_PRICE = 90.0
"""Minutes of driving that it is worth when somebody else's visit changes its day: a call and a broken habit."""
OTHER_TECHNICIAN_PRICE = 60.0
"""Minutes of driving that it is worth when somebody else's visit changes its technician."""
DEPTH = 2
"""Visits that one chain may push."""
WIDTH, NARROW = 40, 8
"""Technicians' days that a chain looks at in its first step and later, those nearest to the wished day first."""
WEEKS = 4
DAY_SHARE, TECHNICIAN_SHARE = 0.05, 0.08
"""Of the other visits of the next four weeks, how many may change day and technician."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """How many other visits may change.

    Args:
        others: Visits that the shares are of.
        day: How many may change their day.
        technician: How many may change their technician.
    """

    others: int
    day: int
    technician: int

    @classmethod
    def of(cls, others: Iterable[Visit], today: date) -> "Budget":
        """Return the usual budget: shares of what the next four weeks hold, rounded down."""
        end = today + timedelta(weeks=WEEKS)
        count = sum(today <= one.day < end for one in others)
        return cls(others=count, day=int(count * DAY_SHARE), technician=int(count * TECHNICIAN_SHARE))


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """Moves that make room: the job gets its day, what was pushed off it the next one, and so on.

    Args:
        moves: Jobs with the technician and day that each gets; all but the first stand somewhere before.
        cost: All moves together, in minutes of driving.
    """

    moves: tuple[tuple[Job, tuple[str, date]], ...]
    cost: float


@dataclass(slots=True)
class Ejection:
    """Chains in one diary, within one budget.

    Args:
        diary: It is changed while a chain is tried, and put back.
        movable: Visits that may be pushed, as jobs, by key.
        original: Every visit as it stood at first.
        budget: How much may change.
    """

    diary: Diary
    movable: Mapping[str, Job]
    original: Mapping[str, Visit]
    budget: Budget
    moved: set[str] = field(default_factory=set)
    handed: set[str] = field(default_factory=set)

    def cheapest(self, job: Job) -> Chain | None:
        """Return the cheapest chain that makes room for `job`, the shortest that there is; None where there is none."""
        return next(
            (
                found
                for depth in range(1, DEPTH + 1)
                if (found := self._cheapest(job, (job.key,), depth)) is not None
            ),
            None,
        )

    def apply(self, chain: Chain) -> set[tuple[str, date]]:
        """Make the moves of a chain; return the technicians' days that it touched."""
        touched = set()
        following = [*(job for job, _ in chain.moves[1:]), None]
        for (job, day), pushed in zip(chain.moves, following, strict=True):
            if pushed is not None:
                self.diary.take(pushed.key)
            offer = self.diary.offer(job, *day)
            assert offer is not None
            self.diary.put(job, offer, fixed=job.hours is not None)
            touched.add(day)
            if job.key in self.movable:
                was = self.original[job.key]
                _note(self.moved, job.key, changed=day[1] != was.day)
                _note(self.handed, job.key, changed=day[0] != was.technician_id)
        return touched

    def _cheapest(self, job: Job, above: tuple[str, ...], depth: int) -> Chain | None:
        best: Chain | None = None
        for day in self._candidates(job, WIDTH if len(above) == 1 else NARROW):
            for seat in self.diary.seats(*day):
                pushed = self.movable.get(seat.key)
                if pushed is None or seat.fixed or seat.key in above:
                    continue
                found = self._pushing(job, pushed, day, above, depth)
                if found is not None and (best is None or found.cost < best.cost):
                    best = found
        return best

    def _pushing(
        self, job: Job, pushed: Job, day: tuple[str, date], above: tuple[str, ...], depth: int
    ) -> Chain | None:
        memory = self.diary.remember(day)
        self.diary.take(pushed.key)
        try:
            here = self.diary.offer(job, *day)
            if here is None:
                return None
            self.diary.put(job, here)
            if depth > 1:
                rest = self._cheapest(pushed, (*above, pushed.key), depth - 1)
                if rest is None or not self._allowed(pushed.key, rest.moves[0][1]):
                    return None
                cost = rest.cost + self._price(pushed.key, rest.moves[0][1])
                return Chain(moves=((job, day), *rest.moves), cost=here.cost + cost)
            there = self._elsewhere(pushed, day)
            if there is None:
                return None
            return Chain(moves=((job, day), (pushed, there[0])), cost=here.cost + there[1])
        finally:
            self.diary.restore(memory)

    def _candidates(self, job: Job, width: int) -> list[tuple[str, date]]:
        """Return the days that a chain may begin with, those nearest to the wish first."""
        ideal = job.ideal or job.earliest
        days = sorted(self.diary.days_of(job), key=lambda one: (abs((one - ideal).days), one))
        return [(one, day) for day in days for one in self.diary.able(job)][:width]

    def _elsewhere(self, pushed: Job, day: tuple[str, date]) -> tuple[tuple[str, date], float] | None:
        """Return the cheapest place for a pushed visit that the budget allows, with its whole price."""
        best: tuple[tuple[str, date], float] | None = None
        for other_day in self.diary.days_of(pushed):
            for one in self.diary.able(pushed):
                there = one, other_day
                if there == day or not self._allowed(pushed.key, there):
                    continue
                price = self._price(pushed.key, there)
                if best is not None and price >= best[1]:
                    continue
                offer = self.diary.offer(pushed, *there)
                if offer is not None and (best is None or offer.cost + price < best[1]):
                    best = there, offer.cost + price
        return best

    def _price(self, key: str, there: tuple[str, date]) -> float:
        was = self.original[key]
        return OTHER_DAY_PRICE * (there[1] != was.day) + OTHER_TECHNICIAN_PRICE * (
            there[0] != was.technician_id
        )

    def _allowed(self, key: str, there: tuple[str, date]) -> bool:
        was = self.original[key]
        moved = len(self.moved | {key}) if there[1] != was.day else len(self.moved)
        handed = len(self.handed | {key}) if there[0] != was.technician_id else len(self.handed)
        return moved <= self.budget.day and handed <= self.budget.technician


def changed_others(
    changed: Iterable[tuple[Visit, Visit]], hit: frozenset[str] | set[str]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Return the keys of visits that were not hit and change day, technician, only their hours."""
    moved, handed, later = [], [], []
    for before, after in changed:
        if before.key in hit:
            continue
        if before.day != after.day:
            moved.append(before.key)
        if before.technician_id != after.technician_id:
            handed.append(before.key)
        if before.day == after.day and before.technician_id == after.technician_id:
            later.append(before.key)
    return tuple(moved), tuple(handed), tuple(later)


def _note(keys: set[str], key: str, *, changed: bool) -> None:
    if changed:
        keys.add(key)
    else:
        keys.discard(key)
