"""Which requests lie near each other in space and could share a day: the neighbours that are removed together."""

import numpy as np

from planner.routing.search.compiled import Array, compiled_with_memory

MOST_NEAR = 120
"""Neighbours kept for each request: strings start there; more only cost memory."""


def near_requests(cost: Array, requests: Array, tasks: Array, pairs: Array, days: int) -> tuple[Array, Array]:
    """Return for each request its neighbours, nearest first, itself at the head, and the offsets of their lists."""
    count = len(requests)
    if not count:
        return np.zeros(0, np.int32), np.zeros(1, np.int64)
    owner = np.repeat(np.arange(count), requests["last_pair"] - requests["first_pair"])
    order = np.argsort(pairs["day"], kind="stable")
    by_day = owner[order].astype(np.int32)
    first = np.searchsorted(pairs["day"][order], np.arange(days + 1)).astype(np.int64)
    places = tasks["place"][np.minimum(requests["first_task"], len(tasks) - 1)].astype(np.int64)
    near = np.full((count, min(MOST_NEAR, count)), -1, np.int32)
    _nearest(cost, places, requests, pairs, by_day, first, near)
    kept = near >= 0
    return near[kept], np.concatenate([[0], np.cumsum(kept.sum(axis=1))]).astype(np.int64)


@compiled_with_memory
def _nearest(
    cost: Array, places: Array, requests: Array, pairs: Array, by_day: Array, first: Array, near: Array
) -> None:
    count, room = near.shape
    seen = np.full(count, -1, np.int64)
    found = np.empty(count, np.int64)
    way = np.empty(count, np.float64)
    for q in range(count):
        number = 0
        for pair in range(requests[q].first_pair, requests[q].last_pair):
            day = pairs[pair].day
            for row in range(first[day], first[day + 1]):
                other = by_day[row]
                if seen[other] != q:
                    seen[other] = q
                    found[number] = other
                    # The request itself comes first even where others share its place.
                    way[number] = -1.0 if other == q else cost[places[q], places[other]]
                    number += 1
        order = np.argsort(way[:number])
        for rank in range(min(room, number)):
            near[q, rank] = found[order[rank]]
