"""What the improvement of a plan is told, and what it tells: when to stop, how far it is, what came of it.

Nothing here needs the compiled search, so whoever only starts or watches an improvement may import it.
"""

from collections.abc import Callable
from dataclasses import dataclass

from planner.errors import InvalidInput
from planner.model import Unplaced, Visit
from planner.routing.costs import Costs


@dataclass(frozen=True, slots=True, kw_only=True)
class StopRule:
    """When the search ends: what comes first. Tests stop by iterations, people by seconds.

    Args:
        seconds: Time on the clock that the search is given.
        iterations: How often it takes a plan apart and puts it together again.

    Raises:
        InvalidInput: Neither is given, or one is negative.
    """

    seconds: float | None = None
    iterations: int | None = None

    def __post_init__(self) -> None:
        faults = [
            f"{name} is {value}; it must not be negative"
            for name, value in (("seconds", self.seconds), ("iterations", self.iterations))
            if value is not None and value < 0
        ]
        if self.seconds is None and self.iterations is None:
            faults.append("a search needs seconds or iterations after which it stops; neither is given")
        if faults:
            raise InvalidInput(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """The best plan's price at one time.

    Args:
        seconds: Since the search began.
        iterations: Done so far.
        cost: In minutes of driving, see `planner.routing.weights`.
    """

    seconds: float
    iterations: int
    cost: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """How far a search is.

    Args:
        point: Where it stands.
        unplaced: How much work has no place in the best plan.
        visits: The best plan, exact to the minute; empty where it is the same as in the snapshot before.
    """

    point: CurvePoint
    unplaced: int
    visits: tuple[Visit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Improved:
    """What the search made.

    Args:
        visits: As of `FirstPlan`: one for each work that has a place, by day, hour and key; locked ones not among them.
        unplaced: The rest, each with the smallest relaxation that would place it.
        curve: The falling price, the first plan's first.
        before, costs: The parts of the price of the first plan and of this one.
        iterations: How many were done.
    """

    visits: tuple[Visit, ...]
    unplaced: tuple[Unplaced, ...]
    curve: tuple[CurvePoint, ...]
    before: Costs
    costs: Costs
    iterations: int = 0


Watch = Callable[[Snapshot], None]
"""Told how far a search is."""
Cancelled = Callable[[], bool]
"""Asked now and then whether to stop and keep the best."""
Seconds = Callable[[], float]
"""A clock that only runs forwards, in seconds."""
