"""One annealing chain: a plan, the best plan it has met, and all that it needs to go on in another process."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from planner.routing.problem import NONE, Plan
from planner.routing.search.anneal import anneal, greedy, recall
from planner.routing.search.bench import Bench, new_bench
from planner.routing.search.compiled import Array
from planner.routing.search.routes import reprice
from planner.routing.search.tables import Prepared, Tables

Clock = Callable[[], float]
STEPS_BETWEEN_LOOKS = 1000
"""Steps between two looks at the clock: some hundredths of a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A plan in the order of the tables: stops by slot, their number, alternatives, and its hard objective."""

    stops: Array
    n: Array
    choice: Array
    value: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """A chain between two rounds.

    Args:
        current: Where it stands; may breach limits.
        best: The best plan without a breach; value infinity = none yet.
        dice: State of its dice.
        penalties: Prices of load and time beyond the limits.
        steps: Steps done so far.
    """

    current: Held
    best: Held
    dice: int
    penalties: tuple[float, float]
    steps: int


def held_current(bench: Bench) -> Held:
    """Return the plan in which the search stands."""
    routes = bench.routes
    value = float(routes.loose[3]) if routes.counters[5] + routes.counters[6] == 0 else np.inf
    return Held(
        stops=_narrow(routes.stops, routes.route["n"]),
        n=routes.route["n"].copy(),
        choice=routes.choice.copy(),
        value=value,
    )


def held_best(bench: Bench) -> Held:
    """Return the best plan that the search has met."""
    best = bench.best
    return Held(
        stops=_narrow(best.stops, best.n),
        n=best.n.copy(),
        choice=best.choice.copy(),
        value=float(best.value[0]),
    )


def _narrow(stops: Array, n: Array) -> Array:
    """Return the columns that are in use; plans travel between processes."""
    return stops[:, : int(n.max(initial=0)) + 2].copy()


def first_chain(tables: Tables, seed: int) -> Chain:
    """Return a chain that starts from the fixed tasks and the greedy plan."""
    bench = new_bench(tables, seed)
    _place_fixed(tables, bench)
    order = np.lexsort((-tables.requests["size"], tables.requests["room"])).astype(np.int64)
    greedy(tables, bench, order)
    return _chain_of(bench, 0)


def _place_fixed(tables: Tables, bench: Bench) -> None:
    slots = len(tables.slots)
    stops = np.zeros(bench.routes.stops.shape, np.int32)
    n = np.zeros(slots, np.int32)
    choice = np.full(len(tables.requests), NONE, np.int32)
    fixed = np.flatnonzero(tables.tasks["fixed"] >= 0)
    for task in sorted(fixed.tolist(), key=lambda one: (np.nan_to_num(tables.tasks["start"][one]), one)):
        s = int(tables.tasks["fixed"][task])
        n[s] += 1
        stops[s, n[s]] = task
        q = int(tables.tasks["request"][task])
        choice[q] = _alternative_at(tables, q)
    recall(tables, bench.routes, stops, n, choice)


def _alternative_at(tables: Tables, q: int) -> int:
    """Return the alternative whose days are those of the request's fixed slots."""
    one = tables.requests[q]
    first, tasks = int(one["first_task"]), int(one["tasks"])
    days = [int(tables.slots["day"][tables.tasks["fixed"][first + j]]) for j in range(tasks)]
    for alternative in range(int(one["first_alt"]), int(one["last_alt"])):
        if [int(tables.pairs["day"][tables.alt_pair[alternative, j]]) for j in range(tasks)] == days:
            return alternative
    raise AssertionError("checked problems name the days of fixed tasks")


def _chain_of(bench: Bench, steps: int) -> Chain:
    return Chain(
        current=held_current(bench),
        best=held_best(bench),
        dice=int(bench.dice[0]),
        penalties=(float(bench.routes.loose[0]), float(bench.routes.loose[1])),
        steps=steps + int(bench.stats[0]),
    )


def resumed(tables: Tables, chain: Chain) -> Bench:
    """Return memory in which the chain goes on where it stood."""
    bench = new_bench(tables, chain.dice)
    bench.routes.loose[0], bench.routes.loose[1] = chain.penalties
    _recall(tables, bench, chain.current)
    _put_best(bench, chain.best)
    reprice(tables, bench.routes)
    return bench


def _recall(tables: Tables, bench: Bench, held: Held) -> None:
    stops = np.zeros(bench.routes.stops.shape, np.int32)
    stops[:, : held.stops.shape[1]] = held.stops
    recall(tables, bench.routes, stops, held.n, held.choice)


def _put_best(bench: Bench, held: Held) -> None:
    best = bench.best
    best.stops[:, : held.stops.shape[1]] = held.stops
    best.n[:], best.choice[:], best.value[0] = held.n, held.choice, held.value
    best.version[:] = -1


def advanced(
    prepared: Prepared,
    chain: Chain,
    heat: tuple[float, float],
    steps: int | None,
    until: float | None,
    clock: Clock | None,
) -> Chain:
    """Return the chain after `steps` steps, or when `clock` says `until`, the heat falling from first to last."""
    tables = prepared.tables
    bench = resumed(tables, chain)
    first, last = heat
    ratio = last / first
    if steps is not None:
        done = 0
        while done < steps:
            portion = min(STEPS_BETWEEN_LOOKS, steps - done)
            anneal(tables, bench, portion, first * ratio ** (done / steps), ratio ** (1.0 / steps))
            done += portion
    else:
        assert until is not None
        assert clock is not None
        began = clock()
        now = began
        while now < until:
            # A look at the clock is itself a step in time: short searches look more often.
            anneal(tables, bench, 200, first * ratio ** ((now - began) / max(1e-9, until - began)), 1.0)
            now = clock()
    return _chain_of(bench, chain.steps)


def plan_of(prepared: Prepared, held: Held) -> Plan:
    """Return the plan in the problem's own order of slots."""
    routes: list[tuple[int, ...]] = [()] * len(prepared.slot_order)
    for row, slot in enumerate(prepared.slot_order.tolist()):
        routes[slot] = tuple(int(stop) for stop in held.stops[row, 1 : int(held.n[row]) + 1])
    return Plan(routes=tuple(routes), alternative=tuple(int(one) for one in held.choice))


def held_of(prepared: Prepared, plan: Plan) -> Held:
    """Return a plan in the order of the tables; its value is not known."""
    width = max([len(route) for route in plan.routes], default=0) + 2
    stops = np.zeros((len(plan.routes), width), np.int32)
    n = np.zeros(len(plan.routes), np.int32)
    for row, slot in enumerate(prepared.slot_order.tolist()):
        route = plan.routes[slot]
        n[row] = len(route)
        stops[row, 1 : len(route) + 1] = route
    return Held(stops=stops, n=n, choice=np.array(plan.alternative, np.int32), value=np.inf)


def begun_from(prepared: Prepared, plan: Plan, seed: int) -> Chain:
    """Return a chain that starts from a given plan; what the plan leaves out stays out until a step plans it."""
    tables = prepared.tables
    bench = new_bench(tables, seed)
    _recall(tables, bench, held_of(prepared, plan))
    chain = _chain_of(bench, 0)
    return Chain(
        current=chain.current, best=chain.current, dice=chain.dice, penalties=chain.penalties, steps=0
    )
