"""One search that starts from a plan and cools down over the time or the iterations that it is given."""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf

import numpy as np

from planner.routing.improving import Cancelled, Seconds, StopRule
from planner.routing.problem import Plan, Problem
from planner.routing.search.anneal import anneal
from planner.routing.search.chain import begun_from, held_best, plan_of, resumed
from planner.routing.search.tables import prepared

HOT, COLD = 60.0, 1.2
"""Minutes of driving that the search gives away lightly at its begin and at its end; with the default weight of balance a
minute of driving costs about five."""
STEPS_AT_ONCE = 1_000
"""Steps between two looks at the clock where steps are counted; with a clock, what `LOOK_S` allows."""
LOOK_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Heats:
    """From which temperature to which a search cools, in the unit of the problem's cost."""

    first: float = HOT
    last: float = COLD

    def at(self, share: float) -> float:
        """Return the temperature after a share of the search, 0 to 1."""
        return float(self.first * (self.last / self.first) ** share)

    def part(self, begin: float, end: float) -> "Heats":
        """Return the temperatures of a stretch of the search."""
        return Heats(first=self.at(begin), last=self.at(end))


class Annealing:
    """A search over one problem.

    Args:
        problem: As `checked` lets pass.
        start: The plan to begin with.
        seed: Of the dice.
    """

    def __init__(self, problem: Problem, start: Plan, *, seed: int) -> None:
        self._prepared = prepared(problem)
        self._bench = resumed(self._prepared.tables, begun_from(self._prepared, start, seed))
        self.iterations = 0
        # The first step on a machine compiles, for up to a minute; that is nobody's searching time.
        anneal(self._prepared.tables, self._bench, 1, COLD * self._prepared.scale, 1.0)

    @property
    def cost(self) -> float:
        """What the best plan costs, in the unit of the problem; infinite before there is one that keeps every rule."""
        return float(self._bench.best.value[0]) / self._prepared.scale

    def run(
        self,
        stop: StopRule,
        *,
        clock: Seconds,
        cancelled: Cancelled = lambda: False,
        heats: Heats | None = None,
        look: Callable[[], None] = lambda: None,
    ) -> None:
        """Search until `stop`, cooling down all the way; with iterations the same way every time.

        Args:
            stop: When to end.
            clock: Seconds, only ever growing; read only where `stop` names seconds.
            cancelled: Asked at each look; once true, the search ends.
            heats: From which temperature to which.
            look: Called a few times a second.
        """
        heats = heats or Heats()
        began, done, share, at_once = clock() if stop.seconds is not None else 0.0, 0, 0.0, STEPS_AT_ONCE
        while share < 1 and not cancelled():
            left = inf if stop.iterations is None else stop.iterations - done
            steps = int(min(at_once, left))
            looked = clock() if stop.seconds is not None else 0.0
            if steps > 0:
                anneal(self._prepared.tables, self._bench, steps, heats.at(share) * self._prepared.scale, 1.0)
            done += steps
            share = 0.0 if stop.iterations is None else done / max(1, stop.iterations)
            if stop.seconds is not None:
                now = clock()
                share = max(share, (now - began) / max(stop.seconds, 1e-9))
                at_once = max(50, min(200_000, round(steps * LOOK_S / max(now - looked, 1e-4))))
            look()
        self.iterations += done

    def plan(self) -> Plan | None:
        """Return the best plan; None before there is one that keeps every rule."""
        if not np.isfinite(self.cost):
            return None
        return plan_of(self._prepared, held_best(self._bench))
