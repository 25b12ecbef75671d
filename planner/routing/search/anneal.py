"""The loop: ruin, recreate, accept or take back, and keep the best plan that breaks nothing."""

import numpy as np

from planner.routing.search.bench import Bench, Best
from planner.routing.search.compiled import Array, below, compiled, copied, rand
from planner.routing.search.insertion import best_slot, place_request, place_task
from planner.routing.search.routes import Routes, choose, rebuild, reprice
from planner.routing.search.ruin import (
    Items,
    close_rows,
    ruin_requests,
    ruin_strings,
    take_request,
)
from planner.routing.search.tables import Tables
from planner.routing.search.undo import begin_step, note_choice, take_back

PENALTY_EVERY = 400
"""Steps between two looks at how often the current plan breaks a limit."""
PENALTY_TARGET = 0.4
"""Share of current plans that may break a limit of one sort."""
ABSENT_TRIED = 8
"""Requests left out that each step tries to plan again."""


@compiled
def remember(routes: Routes, best: Best) -> None:
    """Copy the current plan to `best`; only rows that changed since the last copy are copied."""
    for s in range(len(routes.route)):
        if best.version[s] != routes.route[s].version:
            best.version[s] = routes.route[s].version
            best.n[s] = routes.route[s].n
            for i in range(1, routes.route[s].n + 1):
                best.stops[s, i] = routes.stops[s, i]
    copied(routes.choice, best.choice)
    best.value[0] = routes.loose[3]


@compiled
def recall(tables: Tables, routes: Routes, stops: Array, n: Array, choice: Array) -> None:
    """Make the current plan the one that is given."""
    for task in range(len(routes.where)):
        routes.where[task] = -1
    routes.counters[2] = 0
    routes.counters[3] = 0
    for s in range(len(routes.route)):
        routes.route[s].n = n[s]
        routes.counters[3] += int(n[s] > 0)
        for i in range(1, n[s] + 1):
            routes.stops[s, i] = stops[s, i]
            if stops[s, i] >= 0:
                routes.where[stops[s, i]] = s
                routes.counters[2] += 1
        rebuild(tables, routes, s)
    for q in range(len(choice)):
        choose(tables, routes, q, choice[q])
    reprice(tables, routes)


@compiled
def _sort_items(tables: Tables, items: Items, dice: Array) -> None:
    """Order what is put in again: by chance, size, distance from home, or freedom (weights as in the source)."""
    n = items.number[0]
    rule = below(dice, 12)
    for k in range(n):
        one = tables.requests[items.request[k]]
        if rule < 4:
            key = rand(dice)
        elif rule < 7:
            key = -one.size
        elif rule < 9:
            key = -one.far
        elif rule < 10:
            key = one.far
        else:
            key = one.room + rand(dice) if items.pair[k] < 0 else -one.size
        items.key[k] = key
    for k in range(1, n):
        q, pair, task, key = items.request[k], items.pair[k], items.task[k], items.key[k]
        j = k - 1
        while j >= 0 and items.key[j] > key:
            items.request[j + 1], items.pair[j + 1] = items.request[j], items.pair[j]
            items.task[j + 1], items.key[j + 1] = items.task[j], items.key[j]
            j -= 1
        items.request[j + 1], items.pair[j + 1], items.task[j + 1], items.key[j + 1] = q, pair, task, key


@compiled
def _recreate(tables: Tables, bench: Bench, fresh: bool) -> None:
    """Put the items in again, one after the other, each where it is cheapest."""
    routes, undo, items, dice = bench.routes, bench.undo, bench.items, bench.dice
    _sort_items(tables, items, dice)
    k = 0
    while k < items.number[0]:
        q, pair = items.request[k], items.pair[k]
        k += 1
        if undo.number[0] + 8 + tables.requests[q].tasks > len(undo.slot) and len(undo.slot) < len(
            routes.route
        ):
            continue
        if pair < 0:
            place_request(tables, routes, undo, bench.cache, q, bench.seen, dice, bench.work, fresh)
            continue
        if routes.choice[q] < 0:
            continue
        _added, s = best_slot(tables, routes, bench.cache, pair, bench.seen, dice, fresh)
        if s >= 0:
            place_task(tables, routes, undo, bench.cache, pair, s, items.task[k - 1])
        elif items.number[0] < len(items.request):
            # Nothing takes the task on its day: the request leaves all its days and looks for another alternative.
            before = undo.number[0]
            take_request(tables, routes, undo, items, q)
            if undo.number[0] >= before:
                close_rows(tables, routes, undo)


@compiled
def step(tables: Tables, bench: Bench, heat: float) -> None:
    """Ruin, recreate, and accept by simulated annealing at temperature `heat`."""
    routes, undo, items, dice = bench.routes, bench.undo, bench.items, bench.dice
    begin_step(routes, undo)
    old = routes.loose[2]
    items.number[0] = 0
    mode = rand(dice)
    if mode < bench.settings[1]:
        ruin_requests(tables, routes, undo, items, bench.settings[3], dice)
    elif mode < bench.settings[0] + bench.settings[1]:
        ruin_strings(tables, routes, undo, items, bench.settings[3], True, dice)
    else:
        ruin_strings(tables, routes, undo, items, bench.settings[2], False, dice)
    close_rows(tables, routes, undo)
    for _ in range(min(ABSENT_TRIED, routes.counters[4])):
        q = routes.absent[below(dice, routes.counters[4])]
        if items.picked[q] != routes.counters[1] and tables.requests[q].fixed == 0:
            take_request(tables, routes, undo, items, q)
    if items.number[0] == 0:
        return
    _recreate(tables, bench, False)
    bench.stats[0] += 1
    if abs(routes.loose[2] - old) < 1e-6:
        # The same plan again, as half the steps end; going back keeps what the insertion cache knows.
        take_back(tables, routes, undo)
    elif routes.loose[2] < old - heat * np.log(1.0 - rand(dice)):
        bench.stats[1] += 1
        if routes.counters[5] + routes.counters[6] == 0 and routes.loose[3] < bench.best.value[0] - 0.01:
            remember(routes, bench.best)
            bench.stats[2] += 1
    else:
        take_back(tables, routes, undo)


@compiled
def _look_at_limits(tables: Tables, bench: Bench) -> None:
    """Raise or lower the price of breaching a limit, by how often the current plan did (Vidal et al. 2012)."""
    routes, stats = bench.routes, bench.stats
    changed = False
    for which in range(2):
        share = stats[3 + which] / max(1, stats[5])
        if share > PENALTY_TARGET:
            routes.loose[which] *= 1.2
            changed = True
        elif share < PENALTY_TARGET * 0.5 and stats[3 + which] > 0:
            routes.loose[which] *= 0.9
            changed = True
        elif share < PENALTY_TARGET * 0.5:
            routes.loose[which] *= 0.95
            changed = True
        # Where nothing limits, the price would fall until it is lost in rounding.
        routes.loose[which] = max(routes.loose[which], 1e-3 * (tables.price[2] if which == 0 else 1.0))
        stats[3 + which] = 0
    stats[5] = 0
    if changed:
        reprice(tables, routes)


@compiled
def anneal(tables: Tables, bench: Bench, steps: int, heat: float, cooling: float) -> float:
    """Do `steps` steps, the temperature falling by the factor `cooling` each; return the last temperature."""
    stats, routes = bench.stats, bench.routes
    for _ in range(steps):
        step(tables, bench, heat)
        heat *= cooling
        stats[3] += int(routes.counters[5] > 0)
        stats[4] += int(routes.counters[6] > 0)
        stats[5] += 1
        if stats[5] >= PENALTY_EVERY:
            _look_at_limits(tables, bench)
    return heat


@compiled
def greedy(tables: Tables, bench: Bench, order: Array) -> None:
    """Plan the requests one after the other where each is cheapest, without chance."""
    routes = bench.routes
    for s in range(len(routes.route)):
        rebuild(tables, routes, s)
    for q in order:
        if routes.choice[q] >= 0 or tables.requests[q].fixed == 1:
            continue
        begin_step(routes, bench.undo)
        note_choice(routes, bench.undo, q)
        place_request(tables, routes, bench.undo, bench.cache, q, bench.seen, bench.dice, bench.work, True)
    reprice(tables, routes)
    if routes.counters[5] + routes.counters[6] == 0:
        remember(routes, bench.best)
