"""From a problem to a good plan: chains of annealing side by side, a falling temperature, and exchange of the best.

`solve` is all that a caller needs. It reads no clock and starts no process by itself: both come in as arguments.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass

import numpy as np

from planner.errors import InvalidInput, NoFeasiblePlan
from planner.routing.problem import NONE, Ints, Plan, Problem
from planner.routing.search.chain import (
    Chain,
    Clock,
    Held,
    advanced,
    begun_from,
    first_chain,
    plan_of,
)
from planner.routing.search.cross import crossed
from planner.routing.search.tables import Prepared, prepared

FIRST_LOOK_S = 0.1
"""Seconds between two looks while no plan keeps every limit: who waits for a first plan does not wait for a round."""
ROUNDS = 24
"""Rounds of a search; between two of them progress is told, stops are heard and chains are exchanged."""
HEAT_FIRST = 2.0
"""First temperature, as a share of the mean way between stops of the greedy plan."""
HEAT_LAST = 0.02
HEAT_AGAIN = 0.15
"""Temperature after an exchange: warm enough to leave the optimum at hand, too cold to forget it."""
ANNEALED = 18
"""Rounds that cool down from the first temperature; the others are two shorter coolings of exchanged plans."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How far a search is.

    Args:
        done: Share of the budget that is used, 0 to 1.
        seconds: Since the beginning; 0 where no clock was given.
        steps: Ruin-and-recreate steps of all chains.
        value: Objective of the best plan that breaks nothing; None = none yet.
    """

    done: float
    seconds: float
    steps: int
    value: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """What a search found.

    Args:
        plan: The best plan that breaks nothing, in the problem's own order of slots.
        value: Its objective as the search counts it (prices of what is left out included).
        steps: Steps of all chains.
        first_after: Seconds until the first plan without a breach; None without a clock.
        curve: Every `Told` of the search, in order.
    """

    plan: Plan
    value: float
    steps: int
    first_after: float | None
    curve: tuple[Told, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """When a search ends: after `steps` steps of each chain, or after `seconds` by `clock`. One of the two."""

    steps: int | None = None
    seconds: float | None = None
    clock: Clock | None = None

    def __post_init__(self) -> None:
        faults = []
        if (self.steps is None) == (self.seconds is None):
            faults.append("the budget names steps and seconds, or none of them; it needs exactly one")
        if self.seconds is not None and self.clock is None:
            faults.append("the budget names seconds without a clock; it needs one")
        if (self.steps is not None and self.steps < 0) or (self.seconds is not None and self.seconds < 0):
            faults.append("the budget is negative; it needs 0 or more")
        if faults:
            raise InvalidInput(faults)


def solve(
    problem: Problem,
    budget: Budget,
    *,
    seed: int,
    workers: int = 1,
    executor: Executor | None = None,
    start: Plan | None = None,
    stop: Callable[[], bool] = lambda: False,
    progress: Callable[[Told], None] = lambda told: None,
) -> Solved:
    """Return the best plan that the budget allows; the same seed, steps and workers give the same plan.

    Args:
        problem: A checked problem.
        budget: When to end. A budget of 0 returns the greedy plan.
        seed: Where the dice begin.
        workers: Chains side by side.
        executor: Runs the chains; None = one after the other in this thread. Compiled code lets go of the
            interpreter's lock, so threads work as well as processes.
        start: A plan to begin from, for example the published one; None = a greedy plan.
        stop: Asked between rounds and between the looks for a first plan; True ends the search with the best plan so far.
        progress: Told after the start and after each round.

    Raises:
        NoFeasiblePlan: The budget ended before a plan kept every limit of load and time and held every request
            that must be planned.

    Source:
        Ruin and recreate by strings with simulated annealing: Christiaens & Vanden Berghe (2020). Penalties that
        follow the share of plans in breach, and crossover of patterns: Vidal et al. (2012).
    """
    began = budget.clock() if budget.clock else 0.0
    ready = prepared(problem)
    heads = [
        first_chain(ready.tables, _seed(seed, row))
        if start is None
        else begun_from(ready, start, _seed(seed, row))
        for row in range(max(1, workers) if start is not None or workers < 2 else 1)
    ]
    chains = (
        heads if len(heads) == workers else [_reseeded(heads[0], _seed(seed, row)) for row in range(workers)]
    )
    must = np.flatnonzero(~np.isfinite(problem.requests.price))
    return _Search(ready, must, budget, chains, began, executor, stop, progress, seed).run()


def _seed(seed: int, row: int) -> int:
    return (seed * 1_000_003 + row * 7_919 + 12_345) % 2**63


def _reseeded(chain: Chain, seed: int) -> Chain:
    return Chain(
        current=chain.current, best=chain.best, dice=seed, penalties=chain.penalties, steps=chain.steps
    )


class _Search:
    def __init__(
        self,
        ready: Prepared,
        must: Ints,
        budget: Budget,
        chains: list[Chain],
        began: float,
        executor: Executor | None,
        stop: Callable[[], bool],
        progress: Callable[[Told], None],
        seed: int,
    ) -> None:
        self.ready, self.must, self.budget, self.chains, self.began = ready, must, budget, chains, began
        self.executor, self.stop, self.progress = executor, stop, progress
        self.dice = np.random.Generator(np.random.PCG64(seed))
        self.curve: list[Told] = []
        self.first_after: float | None = None
        self.best: Held = chains[0].best
        self.way = _mean_way(ready, chains[0].current)

    def run(self) -> Solved:
        self._tell(0.0)
        for turn in range(ROUNDS):
            if self.stop() or self._out_of_budget():
                break
            if turn in (ANNEALED, (ANNEALED + ROUNDS) // 2):
                self.chains = _exchanged(self.ready, self.chains, self.dice)
            self._advance(turn)
            self._tell((turn + 1) / ROUNDS)
        if not np.isfinite(self.best.value):
            raise NoFeasiblePlan(
                "no plan keeps every limit of load and time within the budget; more slots or a longer search may help"
            )
        if not self._whole(self.best):
            out = [int(row) for row in self.must if self.best.choice[row] == NONE]
            raise NoFeasiblePlan(
                f"requests {out[:10]} ({len(out)} in all) find no place; give them a price, or more slots to the problem"
            )
        return Solved(
            plan=plan_of(self.ready, self.best),
            value=self.best.value / self.ready.scale,
            steps=sum(chain.steps for chain in self.chains),
            first_after=self.first_after,
            curve=tuple(self.curve),
        )

    def _whole(self, held: Held) -> bool:
        """Return whether every request that must be planned is."""
        return not bool(np.any(held.choice[self.must] == NONE))

    def _out_of_budget(self) -> bool:
        if self.budget.steps is not None:
            return self.budget.steps == 0
        assert self.budget.clock is not None
        assert self.budget.seconds is not None
        return self.budget.clock() - self.began >= self.budget.seconds

    def _advance(self, turn: int) -> None:
        heat = _heat(turn)
        heats = (heat[0] * self.way, heat[1] * self.way)
        if self.budget.steps is not None:
            steps = self.budget.steps * (turn + 1) // ROUNDS - self.budget.steps * turn // ROUNDS
            self._go(heats, steps, None)
            return
        assert self.budget.seconds is not None
        assert self.budget.clock is not None
        until = self.began + self.budget.seconds * (turn + 1) / ROUNDS
        while self.first_after is None and (now := self.budget.clock()) + FIRST_LOOK_S < until:
            self._go((heats[0], heats[0]), None, now + FIRST_LOOK_S)
            self._tell(turn / ROUNDS)
            if self.stop():
                return
        self._go(heats, None, until)

    def _go(self, heats: tuple[float, float], steps: int | None, until: float | None) -> None:
        if self.executor is None:
            self.chains = [
                advanced(self.ready, chain, heats, steps, self._share(until, row), self.budget.clock)
                for row, chain in enumerate(self.chains)
            ]
            return
        going = [
            self.executor.submit(advanced, self.ready, chain, heats, steps, until, self.budget.clock)
            for chain in self.chains
        ]
        self.chains = [one.result() for one in going]

    def _share(self, until: float | None, row: int) -> float | None:
        """Return until when chain `row` may go on where the chains take turns in one thread."""
        if until is None:
            return None
        assert self.budget.clock is not None
        now = self.budget.clock()
        return now + max(0.0, until - now) / (len(self.chains) - row)

    def _tell(self, done: float) -> None:
        self.best = min([self.best, *(chain.best for chain in self.chains)], key=lambda held: held.value)
        seconds = self.budget.clock() - self.began if self.budget.clock else 0.0
        found = bool(np.isfinite(self.best.value)) and self._whole(self.best)
        if found and self.first_after is None and self.budget.clock:
            self.first_after = seconds
        told = Told(
            done=done,
            seconds=seconds,
            steps=sum(chain.steps for chain in self.chains),
            value=self.best.value / self.ready.scale if found else None,
        )
        self.curve.append(told)
        self.progress(told)


def _heat(turn: int) -> tuple[float, float]:
    """Return first and last temperature of a round, in mean ways."""
    middle = (ANNEALED + ROUNDS) // 2
    first, last, warm = (0, ANNEALED, HEAT_FIRST)
    if turn >= middle:
        first, last, warm = middle, ROUNDS, HEAT_AGAIN
    elif turn >= ANNEALED:
        first, last, warm = ANNEALED, middle, HEAT_AGAIN
    ratio = HEAT_LAST / warm
    return (
        warm * ratio ** ((turn - first) / (last - first)),
        warm * ratio ** ((turn + 1 - first) / (last - first)),
    )


def _mean_way(ready: Prepared, held: Held) -> float:
    """Return the mean cost of a way between the stops of a plan; the scale of all temperatures."""
    tables = ready.tables
    total, ways = 0.0, 0
    for row in range(len(held.n)):
        if held.n[row]:
            stops = held.stops[row, 1 : int(held.n[row]) + 1]
            real = stops[stops >= 0]
            places = [int(tables.slots["start"][row]), *tables.tasks["place"][real].tolist()]
            total += float(tables.cost[places, [*places[1:], int(tables.slots["end"][row])]].sum())
            ways += len(places)
    return max(1.0, total / max(1, ways))


def _exchanged(ready: Prepared, chains: Sequence[Chain], dice: np.random.Generator) -> list[Chain]:
    """Return chains that begin from the best plan, and from the best crossed with the others."""
    ranked = sorted(chains, key=lambda chain: chain.best.value)
    first = ranked[0]
    children = []
    for row, chain in enumerate(chains):
        other = ranked[row % len(ranked)]
        if row == 0 or other is first:
            children.append(
                Chain(
                    current=first.best,
                    best=first.best,
                    dice=chain.dice,
                    penalties=chain.penalties,
                    steps=chain.steps,
                )
            )
        else:
            children.append(crossed(ready, first, other, chain, int(dice.integers(2**62))))
    return children
