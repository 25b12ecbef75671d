import math
import random

import pytest

from planner.errors import InvalidInput
from planner.reliability import Lifetime, Lifetimes
from planner.reliability.weibull import FEWEST_FAILURES, Weibull, best_replacement_age, fit_weibull


def lives(*days: int, failed: int | None = None) -> Lifetimes:
    """Lives of so many days; the first `failed` of them (all, if not given) ended by failure."""
    known = len(days) if failed is None else failed
    return Lifetimes(
        part="p", items=tuple(Lifetime(unit_id="m", days=day, failed=n < known) for n, day in enumerate(days))
    )


def drawn(shape: float, scale: float, count: int, censored_at: float) -> Lifetimes:
    """Lives drawn from a known distribution, watched up to an age."""
    chance = random.Random(7)
    spans = [scale * (-math.log(1 - chance.random())) ** (1 / shape) for _ in range(count)]
    return Lifetimes(
        part="p",
        items=tuple(
            Lifetime(unit_id="m", days=max(1, round(min(span, censored_at))), failed=span <= censored_at)
            for span in spans
        ),
    )


def a_life(shape: float = 2.5, *, shape_from: float = 2.0) -> Weibull:
    return Weibull(
        part="p", scale_days=1000, shape=shape, shape_from=shape_from, shape_to=3, count=100, failures=50
    )


def test_a_known_distribution_is_found_again_through_censoring() -> None:
    fitted = fit_weibull(drawn(2.0, 300, 3000, censored_at=250))
    assert fitted is not None
    assert fitted.shape_from < 2.0 < fitted.shape_to
    assert math.isclose(fitted.shape, 2.0, rel_tol=0.05)
    assert math.isclose(fitted.scale_days, 300, rel_tol=0.03)
    assert fitted.failures < fitted.count == 3000


def test_the_likelihood_is_highest_where_it_was_fitted() -> None:
    known = lives(40, 90, 130, 160, 220, 260, 300, failed=5)
    fitted = fit_weibull(known)
    assert fitted is not None

    def likelihood(shape: float, scale: float) -> float:
        return sum(
            (math.log(shape / scale) + (shape - 1) * math.log(one.days / scale) if one.failed else 0)
            - (one.days / scale) ** shape
            for one in known.items
        )

    best = likelihood(fitted.shape, fitted.scale_days)
    near = [
        likelihood(fitted.shape * a, fitted.scale_days * b)
        for a in (0.97, 1, 1.03)
        for b in (0.97, 1, 1.03)
        if a != b
    ]
    assert best > max(near)


def test_too_few_failures_say_nothing() -> None:
    assert FEWEST_FAILURES == 5
    assert fit_weibull(lives(10, 20, 30, 40, 50, 60, failed=4)) is None
    assert fit_weibull(lives(10, 20, 30, 40, 50, 60, failed=5)) is not None


def test_equal_lives_have_no_spread_to_fit() -> None:
    assert fit_weibull(lives(30, 30, 30, 30, 30, 30)) is None


def test_the_best_age_costs_less_than_its_neighbours() -> None:
    life = a_life()
    best = best_replacement_age(life, in_time=1000, after_failure=8000)
    assert best is not None

    def cost(age: int) -> float:
        lived = sum((life.survival(day) + life.survival(day + 1)) / 2 for day in range(age))
        return (1000 * life.survival(age) + 8000 * (1 - life.survival(age))) / lived

    assert math.isclose(best.cost_a_day, cost(best.days), rel_tol=1e-3)
    assert cost(best.days) <= min(cost(best.days - 20), cost(best.days + 20))
    assert 0 < best.saved_share < 1


@pytest.mark.parametrize(
    ("life", "in_time", "after_failure"),
    [(a_life(shape_from=1.0), 1000, 8000), (a_life(), 1000, 1000)],
    ids=["no wear shown", "a failure costs no more"],
)
def test_waiting_for_the_failure_is_as_good(life: Weibull, in_time: float, after_failure: float) -> None:
    assert best_replacement_age(life, in_time=in_time, after_failure=after_failure) is None


def test_costs_of_nothing_are_refused_both_at_once() -> None:
    with pytest.raises(InvalidInput, match=r"in time costs 0.*after failure costs -1"):
        best_replacement_age(a_life(), in_time=0, after_failure=-1)
