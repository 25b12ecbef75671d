"""A `Problem` as the tables that the compiled search reads: records in consecutive memory, slots sorted by day."""

from typing import NamedTuple

import numpy as np

from planner.routing.problem import NONE, Floats, Ints, Problem
from planner.routing.search.compiled import Array
from planner.routing.search.nearness import near_requests

TASK = np.dtype(
    [
        ("place", "i4"),
        ("request", "i4"),
        ("opening", "i4"),
        ("fixed", "i4"),
        ("service", "f8"),
        ("start", "f8"),
        ("kits", "i8"),
    ]
)
REQUEST = np.dtype(
    [
        ("first_task", "i4"), ("tasks", "i4"), ("first_alt", "i4"), ("last_alt", "i4"), ("first_pair", "i4"),
        ("last_pair", "i4"), ("group", "i4"), ("fixed", "i4"), ("price", "f8"), ("size", "f8"), ("far", "f8"),
        ("room", "f8"),
    ]
)  # fmt: skip
PAIR = np.dtype([("day", "i4"), ("task", "i4"), ("first", "i4"), ("last", "i4"), ("cache", "i8")])
"""A task on a day: the slots that could take it, first up to last, and where its insertion cache begins."""
SLOT = np.dtype(
    [
        ("day", "i4"), ("technician", "i4"), ("start", "i4"), ("end", "i4"), ("restock", "i4"), ("bucket", "i4"),
        ("kind", "i4"), ("usable", "i4"), ("begin", "f8"), ("regular", "f8"), ("latest", "f8"), ("overtime", "f8"),
        ("lunch_earliest", "f8"), ("lunch_latest", "f8"), ("lunch", "f8"),
    ]
)  # fmt: skip
FINE = 2.0**34
"""Where the numbers of a problem are not whole, the longest way becomes this many units."""


class Tables(NamedTuple):
    """What never changes during a search. Times and costs are whole numbers held as floats, so sums are exact."""

    time: Array
    cost: Array
    cost_to: Array
    tasks: Array
    load: Array
    requests: Array
    alt_cost: Array
    alt_pair: Array
    pairs: Array
    slots: Array
    capacity: Array
    allowed: Array
    own_tools: Array
    open_first: Array
    open_begins: Array
    open_ends: Array
    near: Array
    near_first: Array
    bucket_time: Array
    group_first: Array
    group_members: Array
    group_gap: Array
    price: Array
    """Loose numbers: balance price, price of a request that must be planned, typical way, typical load by resource."""
    flags: Array
    """Loose whole numbers: timed, cost is time, most stops of a route, number of empty-slot kinds, number of kits.

    Where there are kits, behind these by day the first slot, one more at the end; then by day and kit how many routes may
    have it. More arrays would be handed over at each call of the search, which costs a third of its speed.
    """


class Prepared(NamedTuple):
    """Tables with the way back: internal slot i is the problem's `slot_order[i]`; costs were multiplied by `scale`."""

    tables: Tables
    slot_order: Ints
    scale: float


def prepared(problem: Problem) -> Prepared:
    """Return the tables of a checked problem."""
    scale_time, scale_cost = _scales(problem)
    order = np.lexsort((problem.slots.technician, problem.slots.day)).astype(np.int64)
    slots = _slots(problem, order, scale_time, scale_cost)
    if problem.balance == 0.0:
        slots["bucket"] = NONE
    tasks = _tasks(problem, order, scale_time)
    pairs, alt_pair, requests = _requests(problem, tasks, slots, scale_cost)
    width = pairs["last"] - pairs["first"]
    pairs["cache"] = np.cumsum(width) - width
    cost = np.rint(problem.travel_cost * scale_cost)
    time = np.rint(problem.travel_time * scale_time)
    capacity = np.ascontiguousarray(problem.slots.capacity[order])
    _far_and_size(problem, requests, slots, cost, capacity)
    near, near_first = near_requests(cost, requests, tasks, pairs, problem.days)
    timed = bool(
        np.any(tasks["opening"] != NONE)
        or not np.all(np.isnan(tasks["start"]))
        or np.any(slots["restock"] != NONE)
        or np.any(slots["lunch"] > 0)
    )
    bucket_time = np.zeros(max(1, int(slots["bucket"].max(initial=NONE)) + 1))
    has = slots["bucket"] != NONE
    np.add.at(bucket_time, slots["bucket"][has], (slots["regular"] - slots["begin"])[has])
    group_first, group_members = _groups(problem)
    ways = cost[cost > 0]
    typical = float(np.quantile(ways, 0.2)) if ways.size else 1.0
    finite = problem.requests.price[np.isfinite(problem.requests.price)]
    must = float(max(cost.max(initial=0.0) * 20.0, finite.max(initial=0.0) * scale_cost * 10.0, 1.0))
    requests["price"][~np.isfinite(requests["price"])] = must
    mean_load = problem.tasks.load.mean(axis=0) if len(tasks) else np.zeros(problem.tasks.load.shape[1])
    tables = Tables(
        time=time,
        cost=cost,
        cost_to=np.ascontiguousarray(cost.T),
        tasks=tasks,
        load=np.ascontiguousarray(problem.tasks.load, dtype=np.float64),
        requests=requests,
        alt_cost=np.rint(problem.requests.cost * scale_cost),
        alt_pair=alt_pair,
        pairs=pairs,
        slots=slots,
        capacity=capacity,
        allowed=np.ascontiguousarray(
            np.where(np.isfinite(problem.allowed), np.rint(problem.allowed * scale_cost), np.inf)
        ),
        own_tools=np.ascontiguousarray(problem.own_tools),
        open_first=np.ascontiguousarray(problem.openings.first),
        open_begins=np.rint(problem.openings.begins * scale_time),
        open_ends=np.rint(problem.openings.ends * scale_time),
        near=near,
        near_first=near_first,
        bucket_time=np.maximum(bucket_time, 1.0),
        group_first=group_first,
        group_members=group_members,
        group_gap=problem.requests.gap.astype(np.int64),
        price=np.concatenate(
            [
                [problem.balance * scale_cost / scale_time, must, max(typical, 1.0)],
                np.maximum(mean_load, 1e-12),
            ]
        ),
        flags=np.array(
            [
                timed,
                scale_time == scale_cost and np.array_equal(cost, time),
                _most_stops(problem),
                slots["kind"].max(initial=0) + 1,
                *_kit_flags(problem, slots),
            ],
            dtype=np.int64,
        ),
    )
    return Prepared(tables, order, scale_cost)


def _kits(problem: Problem) -> Ints:
    if problem.kits is None:
        return np.zeros(len(problem.tasks.place), np.int64)
    needs = problem.kits.needs.astype(np.int64)
    return np.ascontiguousarray(needs @ (1 << np.arange(needs.shape[1], dtype=np.int64)))


def _kit_flags(problem: Problem, slots: Array) -> list[int]:
    """Return what `Tables.flags` says of kits."""
    if problem.kits is None:
        return [0]
    first = np.searchsorted(slots["day"], np.arange(problem.days + 1))
    limit = problem.kits.limit
    return [limit.shape[1], *first.tolist(), *limit.reshape(-1).tolist()]


def _scales(problem: Problem) -> tuple[float, float]:
    times = [problem.travel_time, problem.tasks.service, problem.slots.shift_begin, problem.openings.begins]
    costs = [problem.travel_cost, problem.requests.cost]
    if problem.travel_time is problem.travel_cost or np.array_equal(problem.travel_time, problem.travel_cost):
        both = _scale([*times, *costs])
        return both, both
    return _scale(times), _scale(costs)


def _scale(arrays: list[Floats]) -> float:
    if all(np.array_equal(one, np.rint(one)) for one in arrays):
        return 1.0
    top = max(float(one[np.isfinite(one)].max(initial=0.0)) for one in arrays[:1])
    return FINE / top if top > 0 else 1.0


def _slots(problem: Problem, order: Ints, scale_time: float, scale_cost: float) -> Array:
    given = problem.slots
    slots = np.zeros(len(order), SLOT)
    for name, source in (
        ("day", given.day), ("technician", given.technician), ("start", given.start_place), ("end", given.end_place),
        ("restock", given.restock_place), ("bucket", given.bucket), ("usable", given.usable),
    ):  # fmt: skip
        slots[name] = source[order]
    for name, times in (
        ("begin", given.shift_begin), ("regular", given.regular_end), ("latest", given.latest_end),
        ("lunch_earliest", given.lunch_earliest), ("lunch_latest", given.lunch_latest), ("lunch", given.lunch_length),
    ):  # fmt: skip
        slots[name] = np.rint(times[order] * scale_time)
    slots["overtime"] = given.overtime_price[order] * scale_cost / scale_time
    kinds: dict[tuple[object, ...], int] = {}
    alike = _alike_technicians(problem)
    for row, old in enumerate(order):
        one = slots[row].tolist()
        key = (one[0], alike[int(given.technician[old])], *one[2:6], *one[7:], *given.capacity[old].tolist())
        slots[row]["kind"] = kinds.setdefault(key, len(kinds))
    return slots


def _alike_technicians(problem: Problem) -> dict[int, int]:
    """Return for each technician the first who may do the same at the same price with the same tools."""
    first: dict[bytes, int] = {}
    return {
        column: first.setdefault(
            problem.allowed[:, column].tobytes() + problem.own_tools[:, column].tobytes(), column
        )
        for column in range(problem.allowed.shape[1])
    }


def _tasks(problem: Problem, order: Ints, scale_time: float) -> Array:
    given = problem.tasks
    tasks = np.zeros(len(given.place), TASK)
    back = np.empty(len(order) + 1, np.int64)
    back[order] = np.arange(len(order))
    back[-1] = NONE
    tasks["place"], tasks["request"], tasks["opening"] = given.place, given.request, given.opening
    tasks["fixed"] = back[given.fixed_slot]
    tasks["service"] = np.rint(given.service * scale_time)
    tasks["start"] = np.rint(given.fixed_start * scale_time)
    tasks["kits"] = _kits(problem)
    return tasks


def _requests(problem: Problem, tasks: Array, slots: Array, scale_cost: float) -> tuple[Array, Array, Array]:
    given = problem.requests
    count = len(given.price)
    requests = np.zeros(count, REQUEST)
    requests["first_task"] = np.searchsorted(tasks["request"], np.arange(count))
    requests["tasks"] = (
        np.searchsorted(tasks["request"], np.arange(count), side="right") - requests["first_task"]
    )
    requests["first_alt"], requests["last_alt"] = given.first_alternative[:-1], given.first_alternative[1:]
    requests["group"], requests["price"] = given.group, given.price * scale_cost
    alt_pair = np.full(given.days.shape, NONE, np.int32)
    pairs: list[tuple[int, int, int, int, int]] = []
    span = {}
    for day in np.unique(slots["day"]).tolist():
        lo, hi = np.searchsorted(slots["day"], [day, day + 1]).tolist()
        span[day, NONE] = (lo, hi)
        for technician in np.unique(slots["technician"][lo:hi]).tolist():
            left, right = np.searchsorted(slots["technician"][lo:hi], [technician, technician + 1]).tolist()
            span[day, technician] = (lo + left, lo + right)
    shape = [
        (int(one["place"]), int(one["opening"]), float(one["service"]), *problem.tasks.load[row].tolist(),
         problem.allowed[row].tobytes(), problem.own_tools[row].tobytes(),
         b"" if problem.kits is None else problem.kits.needs[row].tobytes())
        for row, one in enumerate(tasks)
    ] if given.days.shape[1] > 1 else []  # fmt: skip
    for row in range(count):
        first_task, number = int(requests[row]["first_task"]), int(requests[row]["tasks"])
        requests[row]["first_pair"] = len(pairs)
        requests[row]["fixed"] = int(number > 0 and tasks[first_task]["fixed"] != NONE)
        same: list[int] = list(range(number))
        if number > 1:
            known: dict[tuple[object, ...], int] = {}
            same = [known.setdefault(shape[first_task + j], j) for j in range(number)]
        seen: dict[tuple[int, int, int], int] = {}
        for alternative in range(int(given.first_alternative[row]), int(given.first_alternative[row + 1])):
            for j in range(number):
                key = (same[j], int(given.days[alternative, j]), int(given.technician[alternative]))
                if key not in seen:
                    seen[key] = len(pairs)
                    pairs.append((key[1], first_task + key[0], *span.get(key[1:], (0, 0)), 0))
                alt_pair[alternative, j] = seen[key]
        requests[row]["last_pair"] = len(pairs)
    return np.array(pairs, PAIR), alt_pair, requests


def _far_and_size(problem: Problem, requests: Array, slots: Array, cost: Floats, capacity: Floats) -> None:
    homes = np.unique(slots["start"])
    far = cost[:, homes].min(axis=1) if len(homes) else np.zeros(len(cost))
    finite = np.where(np.isfinite(capacity), capacity, np.nan)
    most = (
        np.nanmax(finite, axis=0)
        if finite.size and not np.all(np.isnan(finite))
        else np.ones(capacity.shape[1])
    )
    weight = np.nan_to_num(problem.tasks.load / np.where(most > 0, most, 1.0)).sum(axis=1)
    longest = float((slots["regular"] - slots["begin"]).max(initial=1.0))
    if np.isfinite(longest) and longest > 0:
        weight = weight + problem.tasks.service / longest
    size = np.zeros(len(requests))
    np.add.at(size, problem.tasks.request, weight)
    requests["size"] = size
    first = np.minimum(requests["first_task"], max(0, len(problem.tasks.place) - 1))
    requests["far"] = far[problem.tasks.place[first]] if len(problem.tasks.place) else 0.0
    requests["room"] = requests["last_alt"] - requests["first_alt"]


def _groups(problem: Problem) -> tuple[Ints, Ints]:
    group = problem.requests.group
    members = np.argsort(group, kind="stable")[int((group == NONE).sum()) :].astype(np.int64)
    first = np.searchsorted(group[members], np.arange(len(problem.requests.gap) + 1)).astype(np.int64)
    return first, members


def _most_stops(problem: Problem) -> int:
    """Return how many stops one route can have at most, by service time; at least room for the shortest tasks."""
    tasks = len(problem.tasks.place)
    if not tasks:
        return 2
    by_day = np.bincount(problem.requests.days[problem.requests.days >= 0].reshape(-1), minlength=1)
    longest = problem.slots.latest_end - problem.slots.shift_begin
    longest = longest[np.isfinite(longest)]
    fit = tasks
    if len(longest) == len(problem.slots.day) and len(longest):
        fit = int(
            np.searchsorted(
                np.cumsum(np.sort(problem.tasks.service)), float(longest.max()) * 1.5, side="right"
            )
        )
    return int(max(4, min(tasks, int(by_day.max()), fit + 8))) + 2
