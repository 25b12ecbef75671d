"""How often does it fail, and how long is it down? Indicators of EN 15341 and ISO 14224, from repair records."""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from planner.errors import InvalidInput

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Breakdown:
    """A failure of a unit that stopped or hampered it.

    Args:
        failed: When it began.
        restored: When the unit could work again; None while it is still down.
        repair: Active repair time (travel and waiting left out); None where nobody recorded it.
    """

    unit_id: str
    failed: datetime
    restored: datetime | None = None
    repair: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Indicators:
    """What a set of units did in a period.

    Args:
        units: How many were observed.
        failures: How many failures began in the period.
        observed: Units times period.
        down: Unit time spent down inside the period; breakdowns of a unit that overlap count once.
        mtbf: Mean operating time between failures; None without a failure.
        mttr: Mean active repair time of those recorded; None without one.
        mean_down: Mean time from failure to restoration of the ended ones; None without one.
        availability: Share of the observed time in which units could work, 0 to 1.
    """

    units: int
    failures: int
    observed: timedelta
    down: timedelta
    mtbf: timedelta | None
    mttr: timedelta | None
    mean_down: timedelta | None
    availability: float


def indicators(
    breakdowns: Iterable[Breakdown], *, units: Sequence[str], start: datetime, end: datetime
) -> Indicators:
    """Return the indicators of units over a period.

    Args:
        breakdowns: In any order; those of other units, or that began after the period, are left out, and of one that
            began before it only the time inside counts.
        units: Ids of all observed units, the ones without failures too; at least one.
        start, end: The period, half-open, `start` before `end`.

    Raises:
        InvalidInput: No unit, an empty period, or a breakdown that was restored before it began.
    """
    known = [one for one in breakdowns if one.unit_id in set(units)]
    faults = [] if units else ["no unit is observed; name at least one"]
    if end <= start:
        faults.append(f"the period runs from {start} to {end}; its end must be later")
    faults += [
        f"breakdown of {one.unit_id} at {one.failed} was restored at {one.restored}, before it began"
        for one in known
        if one.restored is not None and one.restored < one.failed
    ]
    if faults:
        raise InvalidInput(faults)
    observed = (end - start) * len(set(units))
    began = [one for one in known if start <= one.failed < end]
    down = _down(known, start, end)
    ended = [one.restored - one.failed for one in began if one.restored is not None]
    repairs = [one.repair for one in began if one.repair is not None]
    return Indicators(
        units=len(set(units)),
        failures=len(began),
        observed=observed,
        down=down,
        mtbf=(observed - down) / len(began) if began else None,
        mttr=_mean(repairs),
        mean_down=_mean(ended),
        availability=1 - down / observed,
    )


def _mean(spans: Sequence[timedelta]) -> timedelta | None:
    return sum(spans, NOTHING) / len(spans) if spans else None


def _down(breakdowns: Sequence[Breakdown], start: datetime, end: datetime) -> timedelta:
    total = NOTHING
    reached: dict[str, datetime] = {}
    for one in sorted(breakdowns, key=lambda one: one.failed):
        begins = max(one.failed, start, reached.get(one.unit_id, start))
        ends = min(one.restored or end, end)
        if ends > begins:
            total += ends - begins
            reached[one.unit_id] = ends
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class ParetoRow:
    """One cause, machine or part in the order of its weight.

    Args:
        weight: How many, or how much.
        share: Of the whole, 0 to 1.
        up_to: Share of this and all before it.
    """

    key: str
    weight: float
    share: float
    up_to: float


def pareto(weights: Iterable[tuple[str, float]]) -> tuple[ParetoRow, ...]:
    """Return keys by falling weight, equal ones by key; the weights of one key are added up.

    Raises:
        InvalidInput: A weight below zero.
    """
    sums: defaultdict[str, float] = defaultdict(float)
    faults = []
    for key, weight in weights:
        if weight < 0:
            faults.append(f"{key} weighs {weight}; a weight must be at least 0")
        sums[key] += weight
    if faults:
        raise InvalidInput(faults)
    whole = sum(sums.values())
    rows, so_far = [], 0.0
    for key, weight in sorted(sums.items(), key=lambda item: (-item[1], item[0])):
        so_far += weight
        rows.append(
            ParetoRow(
                key=key,
                weight=weight,
                share=weight / whole if whole else 0.0,
                up_to=so_far / whole if whole else 0.0,
            )
        )
    return tuple(rows)


def bad_actors(breakdowns: Iterable[Breakdown], *, start: datetime, end: datetime) -> tuple[ParetoRow, ...]:
    """Return the units by how often they failed in a period, half-open."""
    return pareto((one.unit_id, 1) for one in breakdowns if start <= one.failed < end)


def count_by(keys: Iterable[Hashable]) -> tuple[ParetoRow, ...]:
    """Return how often each key comes, most often first."""
    return pareto((str(key), 1) for key in keys)
