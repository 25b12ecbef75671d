"""Crossover of two plans: one side of a random line keeps the first plan, the other takes the second's days."""

import numpy as np

from planner.routing.search.bench import Bench
from planner.routing.search.chain import Chain, held_current, resumed
from planner.routing.search.compiled import Array, compiled
from planner.routing.search.insertion import best_slot, place_request, place_task
from planner.routing.search.routes import choose
from planner.routing.search.ruin import close_rows, take_request
from planner.routing.search.tables import Prepared, Tables
from planner.routing.search.undo import begin_step


def crossed(ready: Prepared, first: Chain, second: Chain, heir: Chain, seed: int) -> Chain:
    """Return the heir's chain, begun from a cross of the two best plans and with the better of them as its best.

    Source:
        Crossover of patterns and assignments after Vidal, Crainic, Gendreau, Lahrichi & Rei (2012).
    """
    tables = ready.tables
    bench = resumed(
        tables,
        Chain(current=first.best, best=first.best, dice=seed, penalties=heir.penalties, steps=0),
    )
    dice = np.random.Generator(np.random.PCG64(seed))
    taken = _half(tables, dice)
    order = np.flatnonzero(taken & (first.best.choice != second.best.choice)).astype(np.int64)
    dice.shuffle(order)
    _take_days(tables, bench, order, second.best.choice)
    return Chain(
        current=held_current(bench),
        best=first.best,
        dice=heir.dice,
        penalties=heir.penalties,
        steps=heir.steps,
    )


def _half(tables: Tables, dice: np.random.Generator) -> Array:
    """Return which requests take the second plan: those nearer to one random request than to another."""
    places = tables.tasks["place"][np.minimum(tables.requests["first_task"], len(tables.tasks) - 1)]
    one, other = dice.integers(len(places), size=2)
    return np.asarray(tables.cost[places[one], places] < tables.cost[places[other], places])


@compiled
def _take_days(tables: Tables, bench: Bench, order: Array, choice: Array) -> None:
    """Give each request of `order` the alternative that `choice` names for it."""
    routes, undo, items = bench.routes, bench.undo, bench.items
    for k in range(len(order)):
        q = order[k]
        begin_step(routes, undo)
        items.number[0] = 0
        take_request(tables, routes, undo, items, q)
        if items.number[0] == 0:
            continue
        close_rows(tables, routes, undo)
        wanted = choice[q]
        fits = wanted >= 0
        for j in range(tables.requests[q].tasks):
            if not fits:
                break
            _added, s = best_slot(
                tables, routes, bench.cache, tables.alt_pair[wanted, j], bench.seen, bench.dice, True
            )
            fits = s >= 0
            bench.work[1, j] = s
        if not fits:
            place_request(tables, routes, undo, bench.cache, q, bench.seen, bench.dice, bench.work, True)
            continue
        for j in range(tables.requests[q].tasks):
            pair = tables.alt_pair[wanted, j]
            task = tables.requests[q].first_task + j
            place_task(tables, routes, undo, bench.cache, pair, int(bench.work[1, j]), task)
        choose(tables, routes, q, wanted)
