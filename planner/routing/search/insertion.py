"""Where a task fits best: every route's best position is kept until the route changes (its version tells)."""

import numpy as np

from planner.routing.search.clock import begin_at, walk
from planner.routing.search.compiled import Array, compiled, inlined, rand
from planner.routing.search.restock import best_with_restock
from planner.routing.search.routes import (
    ROUNDING,
    Routes,
    balanced,
    choose,
    overtime_at,
    put,
)
from planner.routing.search.tables import Tables
from planner.routing.search.undo import Undo, note, touch

BLINK = 0.01
"""A route is overlooked with this probability, so that the same ruin does not rebuild the same plan."""


@inlined
def _scan(tables: Tables, routes: Routes, s: int, task: int, row: Array) -> None:
    """Put the cheapest position into `row`: [version, cost, position, time]; for problems without a clock."""
    one = routes.route[s]
    place = tables.tasks[task].place
    places, leg = routes.places[s], routes.leg[s]
    there, back = tables.cost_to[place], tables.cost[place]
    best = np.inf
    position = 1
    if one.n + 4 < routes.stops.shape[1]:
        for i in range(one.n + 1):
            added = there[places[i]] + back[places[i + 1]] - leg[i]
            if added < best:
                best = added
                position = i + 1
    row[0] = one.version
    row[1] = best
    row[2] = position
    if tables.flags[1] == 1 or best == np.inf:
        row[3] = best
    else:
        a, b = places[position - 1], places[position]
        row[3] = tables.time[a, place] + tables.time[place, b]
        if one.n > 0:
            row[3] -= tables.time[a, b]


@inlined
def _scan_clock(tables: Tables, routes: Routes, s: int, task: int, row: Array) -> None:
    """As `_scan`, for problems with a clock: positions that break a window, the load or the tools do not count."""
    one = routes.route[s]
    slot = tables.slots[s]
    row[0] = one.version
    row[1] = np.inf
    if one.n + 4 >= routes.stops.shape[1]:
        return
    place = tables.tasks[task].place
    service = tables.tasks[task].service
    places, leg = routes.places[s], routes.leg[s]
    depart, latest = routes.depart[s], routes.latest[s]
    tools = tables.own_tools[task, slot.technician]
    first = 0
    fits = True
    for r in range(tables.load.shape[1]):
        held = routes.before[s, r] if one.restock > 0 else routes.load[s, r]
        if held + tables.load[task, r] > tables.capacity[s, r] * ROUNDING:
            fits = False
    if not (fits and tools):
        if one.restock == 0:
            if slot.restock >= 0:
                best_with_restock(tables, routes, s, task, row)
            return
        first = one.restock
    for i in range(first, one.n + 1):
        a, b = places[i], places[i + 1]
        added = tables.cost_to[place, a] + tables.cost[place, b] - leg[i]
        if added >= row[1]:
            continue
        finish = slot.begin
        if slot.lunch > 0.0:
            finish = walk(tables, routes.stops[s], one.n, s, i, task)
            if finish > slot.latest:
                continue
        else:
            begin = begin_at(tables, task, slot.day, depart[i] + tables.time[a, place])
            if begin + service + tables.time[place, b] > latest[i + 1]:
                continue
            if slot.overtime > 0.0:
                finish = _finish_after(tables, routes, s, i, place, begin + service)
        if slot.overtime > 0.0:
            added += overtime_at(slot, finish) - overtime_at(slot, one.finish)
            if added >= row[1]:
                continue
        row[1] = added
        row[2] = i + 1
        row[3] = tables.time[a, place] + tables.time[place, b]
        if one.n > 0:
            row[3] -= tables.time[a, b]


@inlined
def _finish_after(tables: Tables, routes: Routes, s: int, i: int, place: int, time: float) -> float:
    """Return when the route ends if it leaves `place` at `time` and goes on with stop i + 1."""
    slot = tables.slots[s]
    places, stops = routes.places[s], routes.stops[s]
    n = routes.route[s].n
    here = place
    for j in range(i + 1, n + 1):
        time += tables.time[here, places[j]]
        here = places[j]
        if stops[j] >= 0:
            time = begin_at(tables, stops[j], slot.day, time) + tables.tasks[stops[j]].service
    return time + tables.time[here, places[n + 1]]


@inlined
def added_by(tables: Tables, routes: Routes, cache: Array, pair: int, s: int) -> float:
    """Return what the pair's task adds to the penalised objective in slot s; infinity where it may not go."""
    task = tables.pairs[pair].task
    slot = tables.slots[s]
    preference = tables.allowed[task, slot.technician]
    if preference == np.inf or slot.usable == 0:
        return np.inf
    row = cache[tables.pairs[pair].cache + s - tables.pairs[pair].first]
    one = routes.route[s]
    if row[0] != one.version:
        if tables.flags[0] == 1:
            _scan_clock(tables, routes, s, task, row)
        else:
            _scan(tables, routes, s, task, row)
    added = row[1]
    if added == np.inf:
        return added
    added += preference
    more = row[3] + tables.tasks[task].service
    if tables.flags[0] == 0:
        over = 0.0
        for r in range(tables.load.shape[1]):
            held = routes.load[s, r] + tables.load[task, r]
            if held > tables.capacity[s, r] * ROUNDING:
                over += (held - tables.capacity[s, r]) / tables.price[3 + r]
        added += routes.loose[0] * (over - one.over)
        finish = one.finish + more
        if finish > slot.latest:
            added += routes.loose[1] * (finish - slot.latest - one.late)
        if slot.overtime > 0.0:
            added += overtime_at(slot, finish) - overtime_at(slot, one.finish)
    if slot.bucket >= 0 and tables.price[0] > 0.0:
        held = routes.bucket[slot.bucket]
        added += balanced(tables, slot.bucket, held + more) - balanced(tables, slot.bucket, held)
    return added


@compiled
def kits_taken(tables: Tables, routes: Routes, day: int, needed: int) -> int:
    """Return those of the kits that are needed of which no further route of the day can have one, as bits."""
    taken = 0
    kits = tables.flags[4]
    # Behind the five flags stand days + 1 first slots, then days x kits limits.
    day_count = (len(tables.flags) - 6) // (kits + 1)
    for kit in range(kits):
        bit = 1 << kit
        if needed & bit == 0:
            continue
        count = 0
        for s in range(tables.flags[5 + day], tables.flags[6 + day]):
            count += int(routes.route[s].kits & bit != 0)
        if count >= tables.flags[6 + day_count + day * kits + kit]:
            taken |= bit
    return taken


@inlined
def best_slot(
    tables: Tables, routes: Routes, cache: Array, pair: int, seen: Array, dice: Array, fresh: bool
) -> tuple[float, int]:
    """Return the cheapest slot of the pair's day and what it adds; of empty slots that are alike one is asked."""
    best = np.inf
    slot = -1
    seen[0] += 1
    token = seen[0]
    taken = 0
    if tables.flags[4] > 0 and tables.tasks[tables.pairs[pair].task].kits != 0:
        needed = tables.tasks[tables.pairs[pair].task].kits
        taken = kits_taken(tables, routes, tables.pairs[pair].day, needed)
    for s in range(tables.pairs[pair].first, tables.pairs[pair].last):
        if taken != 0 and taken & ~routes.route[s].kits != 0:
            continue
        if routes.route[s].n == 0:
            kind = tables.slots[s].kind + 2
            if seen[kind] == token:
                continue
            seen[kind] = token
        if not fresh:
            seen[1] -= 1
            if seen[1] <= 0:
                seen[1] = 1 + int(np.log(1.0 - rand(dice)) / np.log(1.0 - BLINK))
                continue
        added = added_by(tables, routes, cache, pair, s)
        if added < best:
            best = added
            slot = s
    return best, slot


@inlined
def place_task(
    tables: Tables, routes: Routes, undo: Undo, cache: Array, pair: int, s: int, task: int
) -> None:
    """Insert `task` where the pair's cache says for slot s."""
    if routes.route[s].mark != routes.counters[1]:
        touch(routes, undo, s)
    row = cache[tables.pairs[pair].cache + s - tables.pairs[pair].first]
    code = int(row[2])
    position, restock = code % 4096, code // 4096
    note(routes, undo, task)
    put(tables, routes, s, position, task)
    if restock > 0:
        put(tables, routes, s, restock, -1)


@inlined
def apart(tables: Tables, routes: Routes, q: int, alternative: int) -> bool:
    """Return whether the alternative keeps the distance in days from the other requests of its group."""
    group = tables.requests[q].group
    if group < 0:
        return True
    gap = tables.group_gap[group]
    mine = tables.requests[q].tasks
    for row in range(tables.group_first[group], tables.group_first[group + 1]):
        other = tables.group_members[row]
        chosen = routes.choice[other]
        if other == q or chosen < 0:
            continue
        for j in range(tables.requests[other].tasks):
            day = tables.pairs[tables.alt_pair[chosen, j]].day
            for i in range(mine):
                if abs(tables.pairs[tables.alt_pair[alternative, i]].day - day) < gap:
                    return False
    return True


@inlined
def place_request(
    tables: Tables,
    routes: Routes,
    undo: Undo,
    cache: Array,
    q: int,
    seen: Array,
    dice: Array,
    work: Array,
    fresh: bool,
) -> bool:
    """Plan request q, absent until now, by its cheapest alternative; False where none fits or pays."""
    one = tables.requests[q]
    for pair in range(one.first_pair, one.last_pair):
        added, slot = best_slot(tables, routes, cache, pair, seen, dice, fresh)
        work[0, pair - one.first_pair] = added
        work[1, pair - one.first_pair] = slot
    best = one.price
    chosen = -1
    for alternative in range(one.first_alt, one.last_alt):
        total = tables.alt_cost[alternative]
        for j in range(one.tasks):
            total += work[0, tables.alt_pair[alternative, j] - one.first_pair]
        if total < best and apart(tables, routes, q, alternative):
            best = total
            chosen = alternative
    if chosen < 0:
        return False
    for j in range(one.tasks):
        pair = tables.alt_pair[chosen, j]
        slot = int(work[1, pair - one.first_pair])
        place_task(tables, routes, undo, cache, pair, slot, one.first_task + j)
    choose(tables, routes, q, chosen)
    return True
