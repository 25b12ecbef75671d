"""Was it cured at the first visit, and did it stay cured? Repeat visits, and what they say about the first one.

A job counts as fixed the first time when one visit resolved it *and* no repeat of it followed: the usual figure, which
looks at the visit alone, praises whoever leaves early.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

WITHIN = (timedelta(days=30), timedelta(days=90))
"""The usual spans; the longer one corrects the first-time-fix rate."""


class RepeatReason(StrEnum):
    """What a repeat says about the job before it."""

    NOT_CURED = "not_cured"
    OTHER_CAUSE = "other_cause"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class ClosedJob:
    """A fault that was resolved.

    Args:
        subsystem: Code of the subsystem at fault; jobs of different ones never repeat each other.
        opened_at, closed_at: The instants, where both are known: a fault that came before the other was closed repeats nothing,
            though it came on the same day.
        cause: What was found; empty where it is not known.
        visits: Trips it took; 0 when solved by telephone.
        technician_id: Who resolved it.
    """

    id: str
    unit_id: str
    subsystem: str
    opened: date
    closed: date
    cause: str = ""
    visits: int = 1
    technician_id: str = ""
    opened_at: datetime | None = None
    closed_at: datetime | None = None

    def is_closed_before(self, other: "ClosedJob") -> bool:
        """Whether it was closed when the other was opened."""
        if self.closed_at is not None and other.opened_at is not None:
            return self.closed <= other.opened and self.closed_at <= other.opened_at
        return self.closed <= other.opened


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A job that came back.

    Args:
        first, again: The job, and the one that repeats it.
        after: From the closing of the one to the opening of the other.
    """

    first: ClosedJob
    again: ClosedJob
    after: timedelta
    reason: RepeatReason


def repeats(jobs: Iterable[ClosedJob], *, within: timedelta) -> tuple[Repeat, ...]:
    """Return each job that repeats the one closed last before it on the same unit and subsystem, by day and id.

    Args:
        jobs: In any order.
        within: Longest time from closing to the next opening, inclusive.
    """
    ordered = sorted(
        jobs,
        key=lambda job: (job.opened, job.opened_at.timestamp() if job.opened_at else 0.0, job.closed, job.id),
    )
    earlier: defaultdict[tuple[str, str], list[ClosedJob]] = defaultdict(list)
    found = []
    for job in ordered:
        known = earlier[job.unit_id, job.subsystem]
        before = max(
            (one for one in known if one.is_closed_before(job)), key=lambda one: one.closed, default=None
        )
        if before is not None and job.opened - before.closed <= within:
            found.append(
                Repeat(first=before, again=job, after=job.opened - before.closed, reason=_reason(before, job))
            )
        known[:] = [one for one in known if job.opened - one.closed <= within]
        known.append(job)
    return tuple(found)


def _reason(before: ClosedJob, job: ClosedJob) -> RepeatReason:
    if not before.cause or not job.cause:
        return RepeatReason.UNKNOWN
    return RepeatReason.NOT_CURED if before.cause == job.cause else RepeatReason.OTHER_CAUSE


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstTimeFix:
    """How many jobs one visit cured.

    Args:
        jobs: Those that took a visit.
        one_visit: Of them, those that took only one.
        stayed_cured: Of these, those that nothing repeated.
        open_to_change: Of the cured ones, those closed so recently that a repeat may still come.
    """

    jobs: int
    one_visit: int
    stayed_cured: int
    open_to_change: int

    @property
    def apparent(self) -> float | None:
        """Share by the visit alone; None without jobs."""
        return self.one_visit / self.jobs if self.jobs else None

    @property
    def corrected(self) -> float | None:
        """Share that stayed cured; None without jobs."""
        return self.stayed_cured / self.jobs if self.jobs else None


def first_time_fix(jobs: Sequence[ClosedJob], *, within: timedelta, today: date) -> FirstTimeFix:
    """Return how many jobs were cured by one visit and stayed so.

    Args:
        jobs: All of the units concerned, the repeats among them.
        within: How long it has to stay cured.
        today: To tell which may still come back.
    """
    came_back = {repeat.first.id for repeat in repeats(jobs, within=within)}
    visited = [job for job in jobs if job.visits > 0]
    once = [job for job in visited if job.visits == 1]
    cured = [job for job in once if job.id not in came_back]
    return FirstTimeFix(
        jobs=len(visited),
        one_visit=len(once),
        stayed_cured=len(cured),
        open_to_change=sum(today - job.closed < within for job in cured),
    )
