"""What a step changed, so that a step that is not accepted leaves no trace."""

from typing import NamedTuple

import numpy as np

from planner.routing.search.compiled import Array, compiled, copied
from planner.routing.search.routes import ROUTE, Routes, choose
from planner.routing.search.tables import Tables

MOST_TOUCHED = 512
"""Routes that one step may touch; a ruin stops far below."""


class Undo(NamedTuple):
    """Copies of the rows that a step touches, and logs of tasks and choices in the order of their changes."""

    slot: Array
    route: Array
    stops: Array
    places: Array
    leg: Array
    depart: Array
    latest: Array
    before: Array
    load: Array
    bucket: Array
    sums: Array
    task: Array
    task_where: Array
    request: Array
    request_choice: Array
    number: Array
    """[routes, tasks, requests, stops, routes driven, overloaded, late]."""


def empty_undo(routes: Routes) -> Undo:
    """Return room for the changes of one step."""
    room = min(MOST_TOUCHED, len(routes.route))
    width, resources = routes.stops.shape[1], routes.load.shape[1]
    timed = room if len(routes.depart) == len(routes.route) else 1
    return Undo(
        slot=np.zeros(room, np.int64),
        route=np.zeros(room, ROUTE),
        stops=np.zeros((room, width), np.int32),
        places=np.zeros((room, width), np.int32),
        leg=np.zeros((room, width)),
        depart=np.zeros((timed, width)),
        latest=np.zeros((timed, width)),
        before=np.zeros((room, resources)),
        load=np.zeros((room, resources)),
        bucket=np.zeros(len(routes.bucket)),
        sums=np.zeros(2),
        task=np.zeros(4 * len(routes.where) + 8, np.int32),
        task_where=np.zeros(4 * len(routes.where) + 8, np.int32),
        request=np.zeros(4 * len(routes.choice) + 8, np.int32),
        request_choice=np.zeros(4 * len(routes.choice) + 8, np.int32),
        number=np.zeros(8, np.int64),
    )


@compiled
def begin_step(routes: Routes, undo: Undo) -> None:
    """Forget the last step and note the sums."""
    routes.counters[1] += 1
    undo.number[0] = 0
    undo.number[1] = 0
    undo.number[2] = 0
    undo.number[3] = routes.counters[2]
    undo.number[4] = routes.counters[3]
    undo.number[5] = routes.counters[5]
    undo.number[6] = routes.counters[6]
    undo.sums[0] = routes.loose[2]
    undo.sums[1] = routes.loose[3]
    copied(routes.bucket, undo.bucket)


@compiled
def touch(routes: Routes, undo: Undo, s: int) -> None:
    """Copy row s before its first change in this step."""
    k = undo.number[0]
    undo.number[0] = k + 1
    undo.slot[k] = s
    one = routes.route[s]
    undo.route[k] = one
    for i in range(one.n + 2):
        undo.stops[k, i] = routes.stops[s, i]
        undo.places[k, i] = routes.places[s, i]
        undo.leg[k, i] = routes.leg[s, i]
    if len(routes.depart) == len(routes.route):
        for i in range(one.n + 2):
            undo.depart[k, i] = routes.depart[s, i]
            undo.latest[k, i] = routes.latest[s, i]
    for r in range(routes.load.shape[1]):
        undo.load[k, r] = routes.load[s, r]
        undo.before[k, r] = routes.before[s, r]
    routes.route[s].mark = routes.counters[1]


@compiled
def note(routes: Routes, undo: Undo, task: int) -> None:
    """Log where a task is before that changes."""
    k = undo.number[1]
    undo.task[k] = task
    undo.task_where[k] = routes.where[task]
    undo.number[1] = k + 1


@compiled
def note_choice(routes: Routes, undo: Undo, q: int) -> None:
    """Log a request's alternative before that changes."""
    k = undo.number[2]
    undo.request[k] = q
    undo.request_choice[k] = routes.choice[q]
    undo.number[2] = k + 1


@compiled
def take_back(tables: Tables, routes: Routes, undo: Undo) -> None:
    """Restore everything as it was when the step began."""
    for k in range(undo.number[0]):
        s = undo.slot[k]
        mark = routes.route[s].mark
        routes.route[s] = undo.route[k]
        routes.route[s].mark = mark
        n = routes.route[s].n
        for i in range(n + 2):
            routes.stops[s, i] = undo.stops[k, i]
            routes.places[s, i] = undo.places[k, i]
            routes.leg[s, i] = undo.leg[k, i]
        if len(routes.depart) == len(routes.route):
            for i in range(n + 2):
                routes.depart[s, i] = undo.depart[k, i]
                routes.latest[s, i] = undo.latest[k, i]
        for r in range(routes.load.shape[1]):
            routes.load[s, r] = undo.load[k, r]
            routes.before[s, r] = undo.before[k, r]
    for k in range(undo.number[1] - 1, -1, -1):
        routes.where[undo.task[k]] = undo.task_where[k]
    for k in range(undo.number[2] - 1, -1, -1):
        choose(tables, routes, undo.request[k], undo.request_choice[k])
    routes.counters[2] = undo.number[3]
    routes.counters[3] = undo.number[4]
    routes.counters[5] = undo.number[5]
    routes.counters[6] = undo.number[6]
    routes.loose[2] = undo.sums[0]
    routes.loose[3] = undo.sums[1]
    copied(undo.bucket, routes.bucket)
