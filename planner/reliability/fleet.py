"""Where does one machine stand among its like? Quartiles, rank, outliers; how many have which version."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Literal

from planner.errors import InvalidInput

FEWEST_MACHINES = 8
"""With fewer machines no value is called an outlier."""
FENCE = 1.5
"""Interquartile ranges beyond a quartile from which on a value is an outlier (Tukey 1977)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetPlace:
    """A value among those of the fleet, its own included.

    Args:
        low, middle, high: Quartiles of the fleet; all the value itself where it is alone.
        rank: 1 for the smallest; equal values share the best place.
        outlier: Beyond which quartile it lies by more than `FENCE` interquartile ranges; empty for none.
    """

    machines: int
    low: float
    middle: float
    high: float
    rank: int
    outlier: Literal["", "low", "high"]


def fleet_place(own: float, others: Sequence[float]) -> FleetPlace:
    """Return the place of a value among the last values of the other machines.

    Raises:
        InvalidInput: A value is no finite number.
    """
    values = sorted((own, *others))
    odd = [f"value {one} of the fleet; it must be a number" for one in values if one - one != 0]
    if odd:
        raise InvalidInput(odd)
    if len(values) == 1:
        return FleetPlace(machines=1, low=own, middle=own, high=own, rank=1, outlier="")
    low, _, high = quantiles(values, n=4, method="inclusive")
    outlier: Literal["", "low", "high"] = ""
    if len(values) >= FEWEST_MACHINES:
        reach = FENCE * (high - low)
        outlier = "high" if own > high + reach else "low" if own < low - reach else ""
    return FleetPlace(
        machines=len(values),
        low=low,
        middle=median(values),
        high=high,
        rank=1 + sum(one < own for one in values),
        outlier=outlier,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionPlace:
    """A version among those of the fleet.

    Args:
        counts: Version and number of machines, the most frequent first.
        newer, unknown: Machines with a newer version, and with one whose order cannot be told.
        older_than_most: Whether more than half of all machines have a newer one.
    """

    machines: int
    counts: tuple[tuple[str, int], ...]
    newer: int
    unknown: int
    older_than_most: bool


def version_place(own: str, others: Sequence[str], compare: Callable[[str, str], int | None]) -> VersionPlace:
    """Return the place of a version among those of the other machines.

    Args:
        compare: -1, 0, 1, or None where the order cannot be told.
    """
    told = [compare(one, own) for one in others]
    newer = sum(one == 1 for one in told)
    machines = len(others) + 1
    counts: Mapping[str, int] = Counter((own, *others))
    return VersionPlace(
        machines=machines,
        counts=tuple(sorted(counts.items(), key=lambda one: (-one[1], one[0]))),
        newer=newer,
        unknown=sum(one is None for one in told),
        older_than_most=newer * 2 > machines,
    )
