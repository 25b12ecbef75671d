"""How many failures will the coming year bring? Own records, steadied by the fleet, with the range they leave open."""

import math
from dataclasses import dataclass

from planner.errors import InvalidInput

PRIOR_YEARS = 1.0
"""The fleet's rate counts as much as so many machine-years of own records."""
LOW, HIGH = 0.05, 0.95
"""The range that is told holds nine years of ten."""
MOST = 100_000
"""Failures that are summed over before the rest is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What was seen of some machines.

    Args:
        machines: How many; at least 0.
        failures: Theirs in that time; at least 0.
        machine_years: Observed time, summed over the machines; at least 0.
    """

    machines: int
    failures: int
    machine_years: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Failures expected in a year.

    Args:
        mean: Expected number.
        low, high: Nine years of ten bring a number from `low` to `high`.
        own_failures, own_years: The records of these machines that it rests on.
        fleet_rate: Failures a machine-year of the fleet, which steadies it.
    """

    mean: float
    low: int
    high: int
    own_failures: int
    own_years: float
    fleet_rate: float


def forecast(own: Record, fleet: Record) -> Forecast:
    """Return the failures that the own machines can be expected to have in a year.

    The rate has a gamma distribution: the fleet's rate with the weight of `PRIOR_YEARS`, then the own record; the
    number of failures is then negative binomial, which is wider than Poisson because the rate itself is uncertain.

    Args:
        own: The machines that an offer is for.
        fleet: All machines of their kind, the own ones among them.

    Source:
        Meeker & Escobar, *Statistical Methods for Reliability Data* (1998), chapter 14 (Bayesian estimation; gamma
        prior of a Poisson rate).

    Raises:
        InvalidInput: A number below zero.
    """
    faults = [
        f"{name}: {value}; it must be at least 0"
        for name, value in (
            ("machines", own.machines),
            ("failures", own.failures),
            ("machine-years", own.machine_years),
            ("the fleet's failures", fleet.failures),
            ("the fleet's machine-years", fleet.machine_years),
        )
        if not value >= 0
    ]
    if faults:
        raise InvalidInput(faults)
    fleet_rate = fleet.failures / fleet.machine_years if fleet.machine_years else 0.0
    shape = fleet_rate * PRIOR_YEARS + own.failures
    years = PRIOR_YEARS + own.machine_years
    if not shape or not own.machines:
        return Forecast(
            mean=0.0,
            low=0,
            high=0,
            own_failures=own.failures,
            own_years=own.machine_years,
            fleet_rate=fleet_rate,
        )
    low, high = _range(shape, years / (years + own.machines))
    return Forecast(
        mean=own.machines * shape / years,
        low=low,
        high=high,
        own_failures=own.failures,
        own_years=own.machine_years,
        fleet_rate=fleet_rate,
    )


def assumed(mean: float) -> Forecast:
    """Return the forecast of a number that somebody assumes: the range is that of chance alone (Poisson).

    Args:
        mean: Failures expected in a year, 0 to 100,000.

    Raises:
        InvalidInput: It is out of bounds.
    """
    if not 0 <= mean <= MOST:
        raise InvalidInput([f"{mean} failures a year are assumed; it must be 0 to {MOST}"])
    below, low, high = 0.0, 0, 0
    for number in range(MOST + 1):
        chance = math.exp(number * math.log(mean) - mean - math.lgamma(number + 1)) if mean else 1.0
        below += chance
        if below < LOW:
            low = number + 1
        if below >= HIGH:
            high = number
            break
    return Forecast(mean=mean, low=low, high=high, own_failures=0, own_years=0.0, fleet_rate=0.0)


def _range(shape: float, stays: float) -> tuple[int, int]:
    """Return the quantiles `LOW` and `HIGH` of the negative binomial distribution of a shape and a chance."""
    log_stays, log_goes = math.log(stays), math.log1p(-stays)
    below, low = 0.0, 0
    for number in range(MOST):
        below += math.exp(
            math.lgamma(number + shape)
            - math.lgamma(shape)
            - math.lgamma(number + 1)
            + shape * log_stays
            + number * log_goes
        )
        if below < LOW:
            low = number + 1
        if below >= HIGH:
            return low, number
    return low, MOST
