"""Routes in memory: their stops, ways and clock; every change goes through `rebuild`, so nothing drifts."""

from typing import NamedTuple

import numpy as np

from planner.routing.search.clock import RESTOCK_STOP, begin_at, latest_begin, walk
from planner.routing.search.compiled import Array, compiled
from planner.routing.search.tables import Tables

ROUTE = np.dtype(
    [
        ("n", "i4"), ("restock", "i4"), ("mark", "i8"), ("version", "i8"), ("cost", "f8"), ("time", "f8"),
        ("late", "f8"), ("over", "f8"), ("finish", "f8"), ("extra", "f8"), ("priced", "f8"), ("obj", "f8"),
        ("kits", "i8"),
    ]
)  # fmt: skip
ROUNDING = 1.0 + 1e-12
"""Loads are not scaled to whole numbers; their sums may miss the capacity by this much."""


class Routes(NamedTuple):
    """A solution. Row s of the wide arrays belongs to slot s; column 0 is its start, columns 1..n its stops.

    `route[s]`: n stops, position of the restocking (0 = none), mark of the last ruin that touched it, version, way's
    cost, time of travel and service, time beyond the latest end, load beyond the capacity, finish, prices of
    technicians and overtime, hard objective and penalised objective, the kits of its stops as bits.
    """

    route: Array
    stops: Array
    places: Array
    leg: Array
    depart: Array
    latest: Array
    before: Array
    load: Array
    where: Array
    choice: Array
    absent: Array
    absent_at: Array
    bucket: Array
    loose: Array
    """[penalty of load, penalty of time, penalised objective, hard objective]."""
    counters: Array
    """[last version, last mark, stops of all routes, routes driven, requests absent, routes overloaded, late]."""


def empty_routes(tables: Tables) -> Routes:
    """Return a solution in which nothing is planned yet; call `rebuild` on each slot before use."""
    slots, tasks, width = len(tables.slots), len(tables.tasks), int(tables.flags[2]) + 2
    resources = tables.load.shape[1]
    timed = int(tables.flags[0])
    return Routes(
        route=np.zeros(slots, ROUTE),
        stops=np.zeros((slots, width), np.int32),
        places=np.zeros((slots, width), np.int32),
        leg=np.zeros((slots, width)),
        depart=np.zeros((slots if timed else 1, width)),
        latest=np.zeros((slots if timed else 1, width)),
        before=np.zeros((slots, resources)),
        load=np.zeros((slots, resources)),
        where=np.full(tasks, -1, np.int32),
        choice=np.full(len(tables.requests), -1, np.int32),
        absent=np.arange(len(tables.requests), dtype=np.int32),
        absent_at=np.arange(len(tables.requests), dtype=np.int32),
        bucket=np.zeros(len(tables.bucket_time)),
        loose=np.zeros(4),
        counters=np.zeros(8, np.int64),
    )


@compiled
def overtime_at(slot: Array, finish: float) -> float:
    """Return the price of coming back at `finish`."""
    return max(0.0, finish - slot.regular) * slot.overtime if slot.overtime > 0.0 else 0.0


@compiled
def balanced(tables: Tables, bucket: int, time: float) -> float:
    """Return what a bucket pays for `time` of work."""
    return tables.price[0] * time * time / tables.bucket_time[bucket]


@compiled
def rebuild(tables: Tables, routes: Routes, s: int) -> None:
    """Work out row s again from its stops, and carry the difference into the sums; the version rises."""
    slot = tables.slots[s]
    one = routes.route[s]
    old_time = one.time
    routes.loose[2] -= one.obj
    routes.loose[3] -= one.priced
    routes.counters[5] -= int(one.over > 0.0)
    routes.counters[6] -= int(one.late > 0.0)
    n = one.n
    stops, places, leg = routes.stops[s], routes.places[s], routes.leg[s]
    resources = tables.load.shape[1]
    for r in range(resources):
        routes.load[s, r] = 0.0
        routes.before[s, r] = 0.0
    extra = 0.0
    service = 0.0
    restock = 0
    places[0] = slot.start
    for i in range(1, n + 1):
        task = stops[i]
        if task == RESTOCK_STOP:
            places[i] = slot.restock
            restock = i
            for r in range(resources):
                routes.before[s, r] = routes.load[s, r]
            continue
        places[i] = tables.tasks[task].place
        service += tables.tasks[task].service
        extra += tables.allowed[task, slot.technician]
        for r in range(resources):
            routes.load[s, r] += tables.load[task, r]
    places[n + 1] = slot.end
    if tables.flags[4] > 0:
        held_kits = 0
        for i in range(1, n + 1):
            if stops[i] != RESTOCK_STOP:
                held_kits |= tables.tasks[stops[i]].kits
        one.kits = held_kits
    cost = 0.0
    way = 0.0
    if n > 0:
        for i in range(n + 1):
            leg[i] = tables.cost[places[i], places[i + 1]]
            cost += leg[i]
            way += tables.time[places[i], places[i + 1]]
    else:
        # An idle technician stays where he is; the way home is paid only once he leaves.
        leg[0] = 0.0
    over = 0.0
    for r in range(resources):
        held = routes.before[s, r] if restock > 0 else routes.load[s, r]
        if held > tables.capacity[s, r] * ROUNDING:
            over += (held - tables.capacity[s, r]) / tables.price[3 + r]
    one.restock = restock
    one.cost = cost
    one.time = way + service
    one.over = over
    one.finish = slot.begin + one.time
    one.late = max(0.0, one.finish - slot.latest)
    if tables.flags[0] == 1:
        _clock(tables, routes, s)
    one.extra = extra + overtime_at(slot, one.finish)
    one.priced = cost + one.extra
    one.obj = one.priced + routes.loose[0] * one.over + routes.loose[1] * one.late
    routes.loose[2] += one.obj
    routes.loose[3] += one.priced
    routes.counters[5] += int(one.over > 0.0)
    routes.counters[6] += int(one.late > 0.0)
    if slot.bucket >= 0 and one.time != old_time:
        held = routes.bucket[slot.bucket]
        change = balanced(tables, slot.bucket, held + one.time - old_time) - balanced(
            tables, slot.bucket, held
        )
        routes.bucket[slot.bucket] = held + one.time - old_time
        routes.loose[2] += change
        routes.loose[3] += change
    routes.counters[0] += 1
    one.version = routes.counters[0]


@compiled
def _clock(tables: Tables, routes: Routes, s: int) -> None:
    """Fill the earliest departures and the latest arrivals of row s; a late stop makes the row late."""
    slot = tables.slots[s]
    one = routes.route[s]
    n = one.n
    stops, places = routes.stops[s], routes.places[s]
    depart, latest = routes.depart[s], routes.latest[s]
    if slot.lunch > 0.0:
        one.finish = walk(tables, stops, n, s, -1, -1)
        one.late = max(0.0, one.finish - slot.latest)
        if one.finish == np.inf:
            # Without a stop, lunch may fall so that a later window is missed: a breach like any other.
            one.finish = slot.latest
            one.late = max(1.0, slot.latest - slot.begin)
        return
    depart[0] = slot.begin
    late = 0.0
    for i in range(1, n + 1):
        arrive = depart[i - 1] + tables.time[places[i - 1], places[i]]
        task = stops[i]
        if task == RESTOCK_STOP:
            depart[i] = arrive
            continue
        begin = begin_at(tables, task, slot.day, arrive)
        if begin == np.inf:
            late += max(1.0, slot.latest - slot.begin)
            begin = arrive
        depart[i] = begin + tables.tasks[task].service
    finish = depart[n] + (tables.time[places[n], places[n + 1]] if n > 0 else 0.0)
    one.finish = finish
    one.late = late + max(0.0, finish - slot.latest)
    latest[n + 1] = slot.latest
    for i in range(n, 0, -1):
        task = stops[i]
        leave = latest[i + 1] - tables.time[places[i], places[i + 1]]
        if task == RESTOCK_STOP:
            latest[i] = leave
        else:
            latest[i] = latest_begin(tables, task, slot.day, leave - tables.tasks[task].service)


@compiled
def put(tables: Tables, routes: Routes, s: int, position: int, stop: int) -> None:
    """Insert a stop so that it stands at `position` (1 = first) of row s."""
    n = routes.route[s].n
    stops = routes.stops[s]
    for i in range(n, position - 1, -1):
        stops[i + 1] = stops[i]
    stops[position] = stop
    routes.route[s].n = n + 1
    if stop != RESTOCK_STOP:
        routes.where[stop] = s
        routes.counters[2] += 1
    if n == 0:
        routes.counters[3] += 1
    rebuild(tables, routes, s)


@compiled
def drop_absent(tables: Tables, routes: Routes, s: int) -> None:
    """Take the stops out of row s whose `where` says that they are no longer there."""
    one = routes.route[s]
    stops = routes.stops[s]
    kept = 1
    real = 0
    for i in range(1, one.n + 1):
        stop = stops[i]
        if stop == RESTOCK_STOP or routes.where[stop] == s:
            stops[kept] = stop
            kept += 1
            real += int(stop != RESTOCK_STOP)
    if one.n > 0 and real == 0:
        kept = 1
        routes.counters[3] -= 1
    one.n = kept - 1
    rebuild(tables, routes, s)


@compiled
def choose(tables: Tables, routes: Routes, q: int, alternative: int) -> None:
    """Let request q have the alternative (-1 = none), with its price and its place among the absent."""
    old = routes.choice[q]
    if old == alternative:
        return
    change = tables.requests[q].price if alternative < 0 else tables.alt_cost[alternative]
    change -= tables.requests[q].price if old < 0 else tables.alt_cost[old]
    routes.loose[2] += change
    routes.loose[3] += change
    routes.choice[q] = alternative
    if alternative < 0:
        routes.absent[routes.counters[4]] = q
        routes.absent_at[q] = routes.counters[4]
        routes.counters[4] += 1
    elif old < 0:
        routes.counters[4] -= 1
        last = routes.absent[routes.counters[4]]
        routes.absent[routes.absent_at[q]] = last
        routes.absent_at[last] = routes.absent_at[q]
        routes.absent_at[q] = -1


@compiled
def reprice(tables: Tables, routes: Routes) -> None:
    """Sum the objective again from the routes, with the penalties as they are now."""
    total = 0.0
    hard = 0.0
    for s in range(len(routes.route)):
        one = routes.route[s]
        one.obj = one.priced + routes.loose[0] * one.over + routes.loose[1] * one.late
        total += one.obj
        hard += one.priced
    rest = 0.0
    for q in range(len(routes.choice)):
        chosen = routes.choice[q]
        rest += tables.requests[q].price if chosen < 0 else tables.alt_cost[chosen]
    for bucket in range(len(routes.bucket)):
        rest += balanced(tables, bucket, routes.bucket[bucket])
    routes.loose[2] = total + rest
    routes.loose[3] = hard + rest
