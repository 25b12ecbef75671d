"""What a step takes out: strings of neighbouring stops on one day, or over all days with their whole requests."""

from typing import NamedTuple

import numpy as np

from planner.routing.search.compiled import Array, below, compiled, rand
from planner.routing.search.restock import shift_restock, tidy_restock
from planner.routing.search.routes import Routes, choose, drop_absent, rebuild
from planner.routing.search.tables import Tables
from planner.routing.search.undo import Undo, note, note_choice, touch

LONGEST_STRING = 10
"""Stops of one string at most (Christiaens & Vanden Berghe 2020)."""
SPLIT_RATE = 0.5
SPLIT_DEPTH = 0.01
MOST_ITEMS = 400
"""A step takes out no more than this, whatever its strings say."""


class Items(NamedTuple):
    """What a step took out and puts in again: requests with all tasks (pair -1), or one task of them for one day."""

    request: Array
    pair: Array
    task: Array
    key: Array
    ruined: Array
    """For each slot the step in which a string was taken from it."""
    picked: Array
    """For each request the step in which it was picked."""
    number: Array


def empty_items(requests: int, slots: int) -> Items:
    """Return room for the items of a step."""
    room = max(requests, 1) + MOST_ITEMS
    return Items(
        request=np.zeros(room, np.int32),
        pair=np.zeros(room, np.int32),
        task=np.zeros(room, np.int32),
        key=np.zeros(room),
        ruined=np.zeros(slots, np.int64),
        picked=np.zeros(requests, np.int64),
        number=np.zeros(1, np.int64),
    )


@compiled
def take_request(tables: Tables, routes: Routes, undo: Undo, items: Items, q: int) -> None:
    """Take out all tasks of request q; the rows of its routes are closed later by `close_rows`."""
    if items.picked[q] == routes.counters[1] or tables.requests[q].fixed == 1:
        return
    items.picked[q] = routes.counters[1]
    first = tables.requests[q].first_task
    for task in range(first, first + tables.requests[q].tasks):
        s = routes.where[task]
        if s >= 0:
            _take_task(routes, undo, task, s)
    note_choice(routes, undo, q)
    choose(tables, routes, q, -1)
    k = items.number[0]
    items.request[k] = q
    items.pair[k] = -1
    items.number[0] = k + 1


@compiled
def _take_task(routes: Routes, undo: Undo, task: int, s: int) -> None:
    if routes.route[s].mark != routes.counters[1]:
        touch(routes, undo, s)
    note(routes, undo, task)
    routes.where[task] = -1
    routes.counters[2] -= 1


@compiled
def close_rows(tables: Tables, routes: Routes, undo: Undo) -> None:
    """Close the gaps in every row that the ruin touched, and let go of depot stops that nobody needs."""
    for k in range(undo.number[0]):
        s = undo.slot[k]
        drop_absent(tables, routes, s)
        if routes.route[s].restock > 0 and (
            tidy_restock(tables, routes, s) or shift_restock(tables, routes, s)
        ):
            rebuild(tables, routes, s)


@compiled
def _string(
    tables: Tables,
    routes: Routes,
    undo: Undo,
    items: Items,
    task: int,
    longest: float,
    whole: bool,
    dice: Array,
) -> None:
    """Take a string around `task` out of its route; with `whole` the requests of its stops leave on all days."""
    s = routes.where[task]
    one = routes.route[s]
    stops = routes.stops[s]
    n = one.n
    at = 1
    while stops[at] != task:
        at += 1
    length = 1 + below(dice, int(max(1.0, min(float(n), longest))))
    kept = 0
    if length > 1 and length < n and rand(dice) < SPLIT_RATE:
        kept = 1
        while length + kept < n and rand(dice) > SPLIT_DEPTH:
            kept += 1
        if length + kept > n:
            kept = n - length
    span = length + kept
    lowest = max(1, at - span + 1)
    highest = min(at, n - span + 1)
    begin = lowest + below(dice, highest - lowest + 1)
    hole = begin + 1 + below(dice, max(1, length - 1)) if kept > 0 else n + 1
    room = MOST_ITEMS - items.number[0]
    for i in range(begin, begin + span):
        if hole <= i < hole + kept or room <= 0:
            continue
        stop = stops[i]
        if stop < 0 or routes.where[stop] != s or tables.tasks[stop].fixed >= 0:
            continue
        q = tables.tasks[stop].request
        room -= 1
        if whole or tables.requests[q].tasks == 1:
            take_request(tables, routes, undo, items, q)
        else:
            _take_task(routes, undo, stop, s)
            k = items.number[0]
            items.request[k] = q
            items.task[k] = stop
            items.pair[k] = tables.alt_pair[routes.choice[q], stop - tables.requests[q].first_task]
            items.number[0] = k + 1


@compiled
def ruin_strings(
    tables: Tables, routes: Routes, undo: Undo, items: Items, size: float, whole: bool, dice: Array
) -> None:
    """Take strings out of routes near a random stop: of that stop's day, or (`whole`) of all days.

    Source:
        Christiaens, J., Vanden Berghe, G.: Slack induction by string removals for vehicle routing problems.
        Transportation Science 54 (2020). There the routes of one day; here a neighbour's request brings in the
        routes of all its days.
    """
    seed = below(dice, len(tables.requests))
    if routes.choice[seed] < 0 or tables.requests[seed].fixed == 1 or tables.requests[seed].tasks == 0:
        return
    task = tables.requests[seed].first_task + below(dice, tables.requests[seed].tasks)
    day = tables.slots[routes.where[task]].day
    mean = routes.counters[2] / max(1, routes.counters[3])
    longest = min(float(LONGEST_STRING), mean)
    strings = 1 + below(dice, int(max(1.0, 4.0 * size / (1.0 + longest) - 1.0)))
    most = int(size * 4.0)
    mark = routes.counters[1]
    for row in range(tables.near_first[seed], tables.near_first[seed + 1]):
        if strings == 0 or items.number[0] >= most:
            break
        q = tables.near[row]
        if routes.choice[q] < 0 or items.picked[q] == mark:
            continue
        task = _task_on(tables, routes, items, q, day, whole, dice)
        if task < 0:
            continue
        items.ruined[routes.where[task]] = mark
        _string(tables, routes, undo, items, task, longest, whole, dice)
        strings -= 1


@compiled
def _task_on(tables: Tables, routes: Routes, items: Items, q: int, day: int, whole: bool, dice: Array) -> int:
    """Return a task of request q in a route that no string was taken from, on `day` only unless `whole`; or -1."""
    first = tables.requests[q].first_task
    count = tables.requests[q].tasks
    offset = below(dice, count) if count > 1 else 0
    for j in range(count):
        task = first + (offset + j) % count
        s = routes.where[task]
        if s < 0 or items.ruined[s] == routes.counters[1]:
            continue
        if whole or tables.slots[s].day == day:
            return task
    return -1


@compiled
def ruin_requests(tables: Tables, routes: Routes, undo: Undo, items: Items, size: float, dice: Array) -> None:
    """Take out a few whole requests near a random one, most often the nearest."""
    seed = below(dice, len(tables.requests))
    first, last = tables.near_first[seed], tables.near_first[seed + 1]
    wanted = 1 + below(dice, int(max(1.0, size)))
    for _ in range(wanted):
        if last <= first:
            return
        far = rand(dice)
        row = first + int(far * far * min(last - first, 4 * wanted + 1))
        q = tables.near[row]
        if routes.choice[q] >= 0:
            take_request(tables, routes, undo, items, q)
