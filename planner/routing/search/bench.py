"""Memory for one search: everything that the kernels write to, allocated once."""

from typing import NamedTuple

import numpy as np

from planner.routing.search.compiled import Array
from planner.routing.search.routes import Routes, empty_routes
from planner.routing.search.ruin import Items, empty_items
from planner.routing.search.tables import Tables
from planner.routing.search.undo import Undo, empty_undo

STEPS_ON_ONE_DAY = 10.0
"""Stops that a step takes out on average (Christiaens & Vanden Berghe 2020)."""
STEPS_OVER_DAYS = 10.0
SHARE_OVER_DAYS = 0.6
SHARE_OF_REQUESTS = 0.05


class Best(NamedTuple):
    """The best plan without a breach so far: stops by slot, choice by request, its hard objective (infinity: none)."""

    stops: Array
    n: Array
    version: Array
    choice: Array
    value: Array


class Bench(NamedTuple):
    """Everything a search works with."""

    routes: Routes
    undo: Undo
    items: Items
    best: Best
    cache: Array
    """For each pair and slot: [version of the route, cost of the best position, position, time]."""
    seen: Array
    """[token, routes until the next is overlooked, then for each kind of empty slot the token of its last visit]."""
    work: Array
    dice: Array
    settings: Array
    """[share of steps over all days, share of whole requests, size of steps on one day, size over all days]."""
    stats: Array
    """[steps, steps accepted, best plans, breaches of load seen, breaches of time seen, steps since the last look]."""


def new_bench(tables: Tables, seed: int) -> Bench:
    """Return memory in which nothing is planned, all requests absent, and the dice thrown from `seed`."""
    routes = empty_routes(tables)
    slots, width = routes.stops.shape
    requests = len(tables.requests)
    routes.loose[0] = 2.0 * tables.price[2]
    routes.loose[1] = 2.0
    routes.loose[2] = routes.loose[3] = float(tables.requests["price"].sum())
    routes.counters[4] = requests
    widths = tables.pairs["last"] - tables.pairs["first"]
    most_pairs = int((tables.requests["last_pair"] - tables.requests["first_pair"]).max(initial=1))
    best = Best(
        stops=np.zeros((slots, width), np.int32),
        n=np.zeros(slots, np.int32),
        version=np.full(slots, -1, np.int64),
        choice=np.full(requests, -1, np.int32),
        value=np.array([np.inf]),
    )
    return Bench(
        routes=routes,
        undo=empty_undo(routes),
        items=empty_items(requests, slots),
        best=best,
        cache=np.zeros((max(1, int(widths.sum())), 4)),
        seen=np.zeros(int(tables.flags[3]) + 2, np.int64),
        work=np.zeros((2, most_pairs)),
        dice=np.array([seed], np.uint64),
        settings=np.array([SHARE_OVER_DAYS, SHARE_OF_REQUESTS, STEPS_ON_ONE_DAY, STEPS_OVER_DAYS]),
        stats=np.zeros(6, np.int64),
    )
