"""Which cause is it likely to be, and what is to be checked first? Counted from closed jobs, with the library behind them.

Ranking. Each closed job votes for the cause that was found, with a weight that falls steeply with how much less it shares
with the fault at hand than the likest job does (`likeness`; a word counts the more the fewer jobs tell it, as inverse
document frequency does). The library's cases give each cause a share as if a few jobs had been seen (additive smoothing,
Dirichlet prior): where own jobs are few the library speaks, where they are many they do.

Order of checks. Checking in the order of probability divided by cost finds the cause with the least expected effort when
checks are independent and each decides its own cause (Kadane & Simon, *Optimal strategies for a class of constrained
sequential problems*, 1977; Heckerman, Breese & Rommelse, *Decision-theoretic troubleshooting*, 1995).
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from math import log

from planner.errors import InvalidInput

PRIOR_JOBS = 3.0
"""The library weighs as much as so many own jobs that are just alike."""
LEAST_LIKENESS = 0.3
"""A job that shares less says nothing about this fault."""
SHARPNESS = 6
"""A vote falls with this power of the likeness, measured by the likest: one job that is just alike outweighs many that share
the kind of machine only."""
NEAR = 0.5
"""A job counts as similar that is at least so alike, measured by the likest of all."""
UNKNOWN_MINUTES = 30
"""What a check costs of which nobody knows it."""
WEIGHTS: Mapping[str, float] = {
    "alarm": 4.0,
    "model": 1.0,
    "controller": 1.0,
    "equipment_class": 1.0,
    "subsystem": 2.0,
    "failure_mode": 2.0,
}
"""What sharing a value is worth, measured on held-out jobs (docs/benchmarks.md)."""
WORDS_WEIGHT = 8.0
"""What telling the same symptom in the same words is worth: more than all that a class of machines has in common."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What is known of a fault: of the one at hand, of a closed job, of a case.

    Args:
        alarm: The code as the search normalises it; empty where none was shown.
        model, controller, equipment_class, subsystem, failure_mode: Codes or names; empty where not known.
        words: The symptom as the search's words.
    """

    alarm: str = ""
    model: str = ""
    controller: str = ""
    equipment_class: str = ""
    subsystem: str = ""
    failure_mode: str = ""
    words: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class SolvedJob:
    """A closed job of the department.

    Args:
        cause: Which cause was found; jobs with the same text found the same one.
        minutes: Active repair time; None where nobody recorded it.
    """

    id: str
    picture: Picture
    cause: str
    minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCause:
    """A cause that a case of the library names.

    Args:
        case_id: The page.
        rank: Its place among the causes of that page, from 1: the likeliest first.
        check: How it is told apart; empty where the page does not say.
        check_minutes: What that takes; None where the page does not say.
    """

    case_id: str
    picture: Picture
    cause: str
    rank: int
    check: str = ""
    check_minutes: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCause:
    """A cause with what speaks for it.

    Args:
        probability: Smoothed share, 0 to 1; those of all ranked causes add up to 1.
        jobs: Own closed jobs that found it, likest first.
        cases: Pages that name it.
        check, check_minutes: The cheapest way known to tell it.
        check_order: Its place in the order of checks, from 1.
    """

    cause: str
    probability: float
    jobs: tuple[str, ...]
    cases: tuple[str, ...]
    check: str
    check_minutes: float
    check_order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """What is likely, in the order of probability.

    Args:
        similar_jobs: Own closed jobs that were counted.
        causes: Likeliest first; equal ones by their text.
    """

    similar_jobs: int
    causes: tuple[RankedCause, ...]

    @property
    def counts(self) -> tuple[tuple[str, int], ...]:
        """How many own jobs found each cause, most first: `9 similar jobs: 7 contactor, 1 cable, 1 drive`."""
        found = Counter({one.cause: len(one.jobs) for one in self.causes if one.jobs})
        return tuple(sorted(found.items(), key=lambda item: (-item[1], item[0])))

    @property
    def checks(self) -> tuple[RankedCause, ...]:
        """The causes in the order in which they are to be checked."""
        return tuple(sorted(self.causes, key=lambda one: one.check_order))


def likeness(one: Picture, other: Picture, rarity: Mapping[str, float] | None = None) -> float:
    """Return how much two faults share, 0 to 1; what either does not know counts for neither.

    Two different alarms are never alike: a control that shows another number means another thing.

    Args:
        rarity: What sharing a word is worth, by word; None counts all words alike.
    """
    if one.alarm and other.alarm and one.alarm != other.alarm:
        return 0.0
    shared, possible = 0.0, 0.0
    for name, weight in WEIGHTS.items():
        here, there = getattr(one, name), getattr(other, name)
        if here and there:
            possible += weight
            shared += weight if here == there else 0.0
    if one.words and other.words:
        possible += WORDS_WEIGHT
        shared += WORDS_WEIGHT * _words_shared(one.words, other.words, rarity)
    if not possible:
        return 0.0
    evidence = possible / (possible + 2.0)  # little in common to compare is little to go by
    return shared / possible * evidence


def _words_shared(one: frozenset[str], other: frozenset[str], rarity: Mapping[str, float] | None) -> float:
    if rarity is None:
        return len(one & other) / min(len(one), len(other))
    least = min(sum(rarity.get(word, 1.0) for word in one), sum(rarity.get(word, 1.0) for word in other))
    return min(1.0, sum(rarity.get(word, 1.0) for word in one & other) / least) if least else 0.0


def _rarity(pictures: Sequence[Picture]) -> dict[str, float]:
    """Return what a word is worth: nothing that everybody tells, most what one alone does."""
    told = Counter(word for picture in pictures for word in picture.words)
    return {word: log((len(pictures) + 1) / count) for word, count in told.items()}


@dataclass(slots=True)
class _Tally:
    votes: float = 0.0
    prior: float = 0.0
    jobs: list[tuple[float, str]] = field(default_factory=list)
    cases: set[str] = field(default_factory=set)
    checks: list[tuple[float, str]] = field(default_factory=list)


def diagnose(fault: Picture, *, jobs: Iterable[SolvedJob], library: Iterable[KnownCause]) -> Diagnosis:
    """Return the causes of a fault, likeliest first, with the order in which to check them.

    Args:
        fault: What is known of it.
        jobs: The department's closed jobs.
        library: The causes that the cases of the library name.

    Raises:
        InvalidInput: A check takes no time or less, or a rank is below 1; every fault is listed.
    """
    known = list(library)
    _check(known)
    solved = [job for job in jobs if job.cause]
    rarity = _rarity([*(job.picture for job in solved), *(entry.picture for entry in known)])
    tallies: dict[str, _Tally] = defaultdict(_Tally)
    alike_jobs = [(likeness(fault, job.picture, rarity), job) for job in solved]
    best = max((alike for alike, _ in alike_jobs), default=0.0)
    similar = 0
    for alike, job in alike_jobs:
        if alike >= max(LEAST_LIKENESS, NEAR * best):
            similar += 1
            tally = tallies[job.cause]
            tally.votes += best * (alike / best) ** SHARPNESS
            tally.jobs.append((-alike, job.id))
    for entry in known:
        alike = likeness(fault, entry.picture, rarity)
        if alike >= LEAST_LIKENESS:
            tally = tallies[entry.cause]
            tally.prior += alike**SHARPNESS / entry.rank
            tally.cases.add(entry.case_id)
            if entry.check:
                tally.checks.append((entry.check_minutes or UNKNOWN_MINUTES, entry.check))
    return Diagnosis(similar_jobs=similar, causes=_ranked(tallies))


def _check(library: Sequence[KnownCause]) -> None:
    faults = [
        f"the check of {one.cause} in {one.case_id} takes {one.check_minutes} minutes; it must take more than 0"
        for one in library
        if one.check_minutes is not None and one.check_minutes <= 0
    ]
    faults += [
        f"{one.cause} has rank {one.rank} in {one.case_id}; ranks count from 1"
        for one in library
        if one.rank < 1
    ]
    if faults:
        raise InvalidInput(faults)


def _ranked(tallies: Mapping[str, _Tally]) -> tuple[RankedCause, ...]:
    if not tallies:
        return ()
    votes = sum(one.votes for one in tallies.values())
    prior = sum(one.prior for one in tallies.values())
    strength = PRIOR_JOBS if prior else 0.0
    found = {
        cause: (one.votes + (strength * one.prior / prior if prior else 0.0)) / (votes + strength)
        for cause, one in tallies.items()
    }
    cheapest = {
        cause: min(one.checks, default=(float(UNKNOWN_MINUTES), "")) for cause, one in tallies.items()
    }
    by_effort = sorted(tallies, key=lambda cause: (-found[cause] / cheapest[cause][0], cause))
    place = {cause: number for number, cause in enumerate(by_effort, start=1)}
    return tuple(
        RankedCause(
            cause=cause,
            probability=found[cause],
            jobs=tuple(id for _, id in sorted(tallies[cause].jobs)),
            cases=tuple(sorted(tallies[cause].cases)),
            check=cheapest[cause][1],
            check_minutes=cheapest[cause][0],
            check_order=place[cause],
        )
        for cause in sorted(tallies, key=lambda cause: (-found[cause], cause))
    )
