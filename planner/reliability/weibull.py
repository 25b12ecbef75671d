"""Does it wear out, and when would a change in time pay? Weibull with right censoring.

The only module that imports lifelines, which takes more than a second: `planner.reliability` does not import it, so that
only who fits a distribution waits for it.

Sources: maximum likelihood with right censoring as in Meeker & Escobar, *Statistical Methods for Reliability Data*
(1998), chapter 8; age replacement of Barlow & Hunter, *Optimum Preventive Maintenance Policies* (Operations Research 8,
1960): the age that makes the long-run cost a day least.
"""

import math
from dataclasses import dataclass

from lifelines import WeibullFitter

from planner.errors import InvalidInput
from planner.reliability.lifetimes import Lifetimes

FEWEST_FAILURES = 5
"""With fewer the shape is a guess: its 95 % bounds would lie a factor of four apart."""
Z_95 = 1.959964
"""Of the normal distribution, two-sided 95 %."""
STEPS = 4000
"""Of the search for the best age, over five characteristic lives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weibull:
    """A fitted distribution of the life of a part.

    Args:
        scale_days: η, the age by which 63.2 % have failed.
        shape: β; below 1 failures come early, at 1 by chance, above 1 by wear.
        shape_from, shape_to: 95 % bounds of β.
        count, failures: What it rests on.
    """

    part: str
    scale_days: float
    shape: float
    shape_from: float
    shape_to: float
    count: int
    failures: int

    @property
    def wears_out(self) -> bool:
        """Whether the data show wear: the whole 95 % range of β lies above 1."""
        return self.shape_from > 1

    @property
    def mean_days(self) -> float:
        """Mean life."""
        return self.scale_days * math.gamma(1 + 1 / self.shape)

    def survival(self, days: float) -> float:
        """Return the share that lives longer than `days` (0 or more)."""
        return math.exp(-((days / self.scale_days) ** self.shape))


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplacementAge:
    """At which age a change in time costs least.

    Args:
        days: The age.
        cost_a_day: Long-run cost a day when changed at that age or on failure, in the unit of the costs given.
        cost_a_day_without: The same when only changed on failure.
    """

    days: int
    cost_a_day: float
    cost_a_day_without: float

    @property
    def saved_share(self) -> float:
        """Which part of the cost is saved, 0 to 1."""
        return 1 - self.cost_a_day / self.cost_a_day_without


def fit_weibull(lives: Lifetimes) -> Weibull | None:
    """Return the distribution that fits best; None where too few failures, or only equal ones, say nothing."""
    spans = {one.days for one in lives.items}
    if lives.failures < FEWEST_FAILURES or len(spans) < 2:
        return None
    fitted = WeibullFitter().fit(
        [float(one.days) for one in lives.items], [one.failed for one in lives.items]
    )
    shape, scale = float(fitted.rho_), float(fitted.lambda_)
    deviation = math.sqrt(float(fitted.variance_matrix_.to_numpy()[1][1]))
    spread = math.exp(Z_95 * deviation / shape)
    return Weibull(
        part=lives.part,
        scale_days=scale,
        shape=shape,
        shape_from=shape / spread,
        shape_to=shape * spread,
        count=len(lives.items),
        failures=lives.failures,
    )


def best_replacement_age(life: Weibull, *, in_time: float, after_failure: float) -> ReplacementAge | None:
    """Return the age at which changing a part in time costs least; None where waiting for the failure is as good.

    Args:
        life: Of the part.
        in_time: Cost of a planned change, above 0.
        after_failure: Cost of a change after failure with all that it brings, above 0.

    Raises:
        InvalidInput: A cost is not above 0.
    """
    costs = {"a change in time": in_time, "a change after failure": after_failure}
    faults = [f"{name} costs {cost}; it must cost more than 0" for name, cost in costs.items() if cost <= 0]
    if faults:
        raise InvalidInput(faults)
    without = after_failure / life.mean_days
    if not life.wears_out or after_failure <= in_time:
        return None
    step = 5 * life.scale_days / STEPS
    lived, best_age, best_cost = 0.0, 0.0, math.inf
    for number in range(1, STEPS + 1):
        age = number * step
        alive = life.survival(age)
        lived += step * (life.survival(age - step) + 4 * life.survival(age - step / 2) + alive) / 6  # Simpson
        cost = (in_time * alive + after_failure * (1 - alive)) / lived
        if cost < best_cost:
            best_age, best_cost = age, cost
    days = max(1, round(best_age))
    if best_cost >= without or days >= 5 * life.scale_days - 1:
        return None
    return ReplacementAge(days=days, cost_a_day=best_cost, cost_a_day_without=without)
