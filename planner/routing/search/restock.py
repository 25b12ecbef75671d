"""The stop at the depot: where a route that needs it takes tools and parts, and when it can be left out again."""

import numpy as np

from planner.routing.search.clock import RESTOCK_STOP, begin_at
from planner.routing.search.compiled import Array, compiled
from planner.routing.search.routes import ROUNDING, Routes, overtime_at
from planner.routing.search.tables import Tables


@compiled
def best_with_restock(tables: Tables, routes: Routes, s: int, task: int, row: Array) -> None:
    """Put the cheapest pair of positions, depot first and task after it, into `row`; the route has no depot yet.

    The position is coded as task + 4096 * depot, both counted as they are inserted: first the task, then the depot.
    """
    one = routes.route[s]
    slot = tables.slots[s]
    stops, places = routes.stops[s], routes.places[s]
    depot = slot.restock
    for d in range(1, one.n + 2):
        # The depot stands before stop d, the task before stop p >= d.
        for p in range(d, one.n + 2):
            time = routes.depart[s, d - 1] + tables.time[places[d - 1], depot]
            cost = tables.cost[places[d - 1], depot]
            here = depot
            fine = True
            for j in range(d, one.n + 2):
                if j == p:
                    cost += tables.cost[here, tables.tasks[task].place]
                    time += tables.time[here, tables.tasks[task].place]
                    here = tables.tasks[task].place
                    time = begin_at(tables, task, slot.day, time) + tables.tasks[task].service
                cost += tables.cost[here, places[j]]
                time += tables.time[here, places[j]]
                here = places[j]
                if j <= one.n:
                    time = begin_at(tables, stops[j], slot.day, time) + tables.tasks[stops[j]].service
                if time > slot.latest:
                    fine = False
                    break
                if j > p and time == np.inf:
                    fine = False
                    break
            if not fine:
                continue
            old = 0.0
            if one.n > 0:
                for j in range(d - 1, one.n + 1):
                    old += routes.leg[s, j]
            added = cost - old + overtime_at(slot, time) - overtime_at(slot, one.finish)
            if added < row[1]:
                row[1] = added
                row[2] = p + 4096 * d
                row[3] = cost - old


@compiled
def tidy_restock(tables: Tables, routes: Routes, s: int) -> bool:
    """Take the depot out of the stops of row s if its tasks can do without; the caller rebuilds."""
    one = routes.route[s]
    stops = routes.stops[s]
    technician = tables.slots[s].technician
    at = 0
    for i in range(1, one.n + 1):
        if stops[i] == RESTOCK_STOP:
            at = i
    if at == 0:
        return False
    for i in range(at + 1, one.n + 1):
        if not tables.own_tools[stops[i], technician]:
            return False
    for r in range(tables.load.shape[1]):
        held = 0.0
        for i in range(1, one.n + 1):
            if stops[i] != RESTOCK_STOP:
                held += tables.load[stops[i], r]
        if held > tables.capacity[s, r] * ROUNDING:
            return False
    for i in range(at, one.n):
        stops[i] = stops[i + 1]
    one.n -= 1
    return True


@compiled
def shift_restock(tables: Tables, routes: Routes, s: int) -> bool:
    """Move the depot stop of row s to its cheapest place that keeps windows, tools and parts; the caller rebuilds."""
    one = routes.route[s]
    slot = tables.slots[s]
    stops = routes.stops[s]
    n = one.n
    at = one.restock
    if at == 0:
        return False
    best = one.cost + overtime_at(slot, one.finish)
    target = at
    for d in range(1, n + 1):
        if d == at:
            continue
        if _fits(tables, routes, s, at, d):
            cost = _cost_of(tables, routes, s, at, d)
            if cost < best:
                best = cost
                target = d
    if target == at:
        return False
    if target > at:
        for i in range(at, target):
            stops[i] = stops[i + 1]
    else:
        for i in range(at, target, -1):
            stops[i] = stops[i - 1]
    stops[target] = RESTOCK_STOP
    return True


@compiled
def _shifted(stops: Array, at: int, target: int, i: int) -> int:
    """Return stop i of a row whose stop `at` stands at `target` instead."""
    if i == target:
        return int(stops[at])
    if at < target:
        return int(stops[i + 1]) if at <= i < target else int(stops[i])
    return int(stops[i - 1]) if target < i <= at else int(stops[i])


@compiled
def _fits(tables: Tables, routes: Routes, s: int, at: int, target: int) -> bool:
    stops = routes.stops[s]
    technician = tables.slots[s].technician
    for i in range(1, target):
        stop = _shifted(stops, at, target, i)
        if not tables.own_tools[stop, technician]:
            return False
    for r in range(tables.load.shape[1]):
        held = 0.0
        for i in range(1, target):
            held += tables.load[_shifted(stops, at, target, i), r]
        if held > tables.capacity[s, r] * ROUNDING:
            return False
    return True


@compiled
def _cost_of(tables: Tables, routes: Routes, s: int, at: int, target: int) -> float:
    """Return the cost of row s with its depot at `target`; infinity where it comes too late."""
    one = routes.route[s]
    slot = tables.slots[s]
    stops = routes.stops[s]
    here = slot.start
    time = slot.begin
    cost = 0.0
    for i in range(1, one.n + 1):
        stop = _shifted(stops, at, target, i)
        place = slot.restock if stop == RESTOCK_STOP else tables.tasks[stop].place
        cost += tables.cost[here, place]
        time += tables.time[here, place]
        here = place
        if stop != RESTOCK_STOP:
            time = begin_at(tables, stop, slot.day, time) + tables.tasks[stop].service
    cost += tables.cost[here, slot.end]
    time += tables.time[here, slot.end]
    if time > slot.latest:
        return np.inf
    return cost + overtime_at(slot, time)
