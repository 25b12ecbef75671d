"""A routing problem in numbers: places, tasks, requests with alternatives, route slots. The search reads nothing else.

Tasks are single stops. A request groups tasks that are planned together and lists *alternatives*: on which day each
of its tasks may lie and what that choice costs. A pattern of the periodic routing problem is an alternative; the due
work of a department is a request of one task whose alternatives are its candidate days. A *slot* is one technician on
one day. Several depots are technicians with other homes.

Every price stands in the unit of the travel cost. Every time stands in the unit of the travel time, counted from
midnight of the slot's day (literature: from 0).
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from planner.errors import InvalidInput

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

NONE = -1
"""Marks "there is none" in arrays of row numbers."""
MOST_KITS = 62
"""Kinds of kits in one problem: the search holds them as the bits of a number."""
RESTOCK = -1
"""Marks, in a route, the stop at the slot's depot where tools and parts are taken."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Tasks:
    """Single stops; tasks of one request stand in consecutive rows.

    Args:
        place: Row of the travel matrix, shape (T,).
        service: Time spent there, at least 0.
        load: What the stop takes from the van, by resource, shape (T, R); R may be 0.
        request: Row of the request, shape (T,), not falling from row to row.
        opening: Row of `Openings`; NONE = open all the time.
        fixed_slot: Slot in which the task must stay; NONE = free. A request with a fixed task has all tasks fixed.
        fixed_start: Time at which a fixed task begins; NaN = any. Technicians' busy blocks are such tasks.
    """

    place: Ints
    service: Floats
    load: Floats
    request: Ints
    opening: Ints
    fixed_slot: Ints
    fixed_start: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Requests:
    """What is planned together, and the days that it may take.

    Args:
        first_alternative: Offsets, shape (Q + 1,): request q has the alternatives `first[q]` up to `first[q + 1]`.
        days: Day of the j-th task of the request, shape (A, K) with K = most tasks in one request; NONE beyond. The
            days of one alternative differ from each other.
        cost: Price of choosing the alternative, shape (A,), for example for a day off the ideal date.
        technician: Who does all tasks of the alternative, shape (A,); NONE = anybody who may, another on each day too.
        price: Price of leaving the request out, shape (Q,); infinity = it must be planned.
        group: Row of `gap`, shape (Q,), of requests whose tasks keep a distance in days; NONE = none.
        gap: Least difference between the days of two requests of one group, shape (G,); 1 = not on one day.
    """

    first_alternative: Ints
    days: Ints
    cost: Floats
    technician: Ints
    price: Floats
    group: Ints
    gap: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Openings:
    """Time windows by kind of opening and day: kind o is open on day d in `first[o, d]` up to `first[o, d + 1]`.

    Service must begin inside a window. No window = closed that day.

    Args:
        first: Offsets into the windows, shape (O, D + 1); row o ends where row o + 1 begins.
        begins: Earliest begin of service, rising within a day.
        ends: Latest begin of service.
    """

    first: Ints
    begins: Floats
    ends: Floats


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Slots:
    """Routes that may be driven: one technician on one day.

    Args:
        day: Shape (S,), 0 and up.
        technician: Row of `Problem.allowed`'s columns, shape (S,).
        start_place: Row of the travel matrix where the day begins.
        end_place: Where it ends.
        shift_begin: Earliest departure.
        regular_end: Return after it is overtime, paid by `overtime_price`.
        latest_end: Latest return, with overtime; hard.
        overtime_price: Per unit of time.
        lunch_earliest: Earliest begin of lunch; only read where `lunch_length` is above 0.
        lunch_latest: Latest begin of lunch. A route that is back by then needs no lunch.
        lunch_length: 0 = none. Lunch lies before a drive, after a drive or before the way home, never inside a service.
        capacity: By resource, shape (S, R); infinity = no limit.
        bucket: Row of the hours to balance (a technician in a month); NONE = not balanced.
        restock_place: Place where all tools and parts can be taken once a route; NONE = nowhere.
        usable: False = nothing may be planned here.
    """

    day: Ints
    technician: Ints
    start_place: Ints
    end_place: Ints
    shift_begin: Floats
    regular_end: Floats
    latest_end: Floats
    overtime_price: Floats
    lunch_earliest: Floats
    lunch_latest: Floats
    lunch_length: Floats
    capacity: Floats
    bucket: Ints
    restock_place: Ints
    usable: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Kits:
    """Tools of which there are only a few: a route that has a task with one takes one for its whole day.

    Args:
        needs: Which task needs which kit, shape (T, K), K at most `MOST_KITS`.
        limit: How many routes of a day may have the kit, shape (days, K).
    """

    needs: NDArray[np.bool_]
    limit: Ints


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Problem:
    """A whole problem. `checked` lists every fault of one; the search expects none.

    Args:
        travel_time: From row to column, shape (P, P); need not be symmetric.
        travel_cost: What a way costs; the same array as `travel_time` where distance is time.
        tasks: The stops.
        requests: Their grouping and days.
        openings: Time windows.
        slots: Technicians' days.
        allowed: Price of technician k doing task t, shape (T, K): 0 = plainly, above 0 = not preferred, infinity = may
            not (skill, certificate). A technician whose certificates change has a column for each stretch of days.
        own_tools: False where technician k needs the tools of the depot for task t, shape (T, K).
        balance: Price of the squared hours: the plan pays `balance * time**2 / available` for each bucket, where time
            is what the bucket's routes travel and serve, and available is the regular time of all its slots.
        days: Number of days.
        kits: Tools of which there are only a few; None = none.
    """

    travel_time: Floats
    travel_cost: Floats
    tasks: Tasks
    requests: Requests
    openings: Openings
    slots: Slots
    allowed: Floats
    own_tools: NDArray[np.bool_]
    balance: float
    days: int
    kits: Kits | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is driven.

    Args:
        routes: For each slot the tasks in driving order, RESTOCK for the stop at the depot; empty = not driven.
        alternative: For each request the row of its alternative; NONE = left out.
    """

    routes: tuple[tuple[int, ...], ...]
    alternative: tuple[int, ...]


def no_openings(days: int) -> Openings:
    """Return openings without a kind, for problems whose tasks are always open."""
    return Openings(first=np.zeros((0, days + 1), np.int64), begins=np.zeros(0), ends=np.zeros(0))


def checked(problem: Problem) -> Problem:
    """Return `problem` as it is.

    Raises:
        InvalidInput: Rows point to nothing, shapes disagree, or tasks of one alternative share a day.
    """
    faults = [*_shape_faults(problem), *_row_faults(problem), *_kit_faults(problem)]
    if not faults:
        faults = [*_request_faults(problem)]
    if faults:
        raise InvalidInput(faults)
    return problem


def _shape_faults(problem: Problem) -> list[str]:
    tasks, slots = len(problem.tasks.place), len(problem.slots.day)
    resources = problem.slots.capacity.shape[1] if problem.slots.capacity.ndim == 2 else NONE
    places = problem.travel_time.shape[0]
    technicians = problem.allowed.shape[1] if problem.allowed.ndim == 2 else NONE
    requests, alternatives = len(problem.requests.price), len(problem.requests.cost)
    wanted: list[tuple[str, NDArray[Any], tuple[int, ...]]] = [
        ("travel_time", problem.travel_time, (places, places)),
        ("travel_cost", problem.travel_cost, (places, places)),
        ("tasks.load", problem.tasks.load, (tasks, resources)),
        ("allowed", problem.allowed, (tasks, technicians)),
        ("own_tools", problem.own_tools, (tasks, technicians)),
        ("requests.first_alternative", problem.requests.first_alternative, (requests + 1,)),
        ("requests.technician", problem.requests.technician, (alternatives,)),
        ("requests.group", problem.requests.group, (requests,)),
        ("requests.days", problem.requests.days, (alternatives, problem.requests.days.shape[-1])),
    ]
    for name in ("service", "request", "opening", "fixed_slot", "fixed_start"):
        wanted.append((f"tasks.{name}", getattr(problem.tasks, name), (tasks,)))
    for name in Slots.__slots__:
        shape = (slots, resources) if name == "capacity" else (slots,)
        wanted.append((f"slots.{name}", getattr(problem.slots, name), shape))
    return [
        f"{name} has the shape {array.shape}; it needs {shape}"
        for name, array, shape in wanted
        if array.shape != shape
    ]


def _row_faults(problem: Problem) -> list[str]:
    tasks, slots = problem.tasks, problem.slots
    places, technicians = problem.travel_time.shape[0], problem.allowed.shape[-1]
    rows: list[tuple[str, Ints, int, int]] = [
        ("tasks.place", tasks.place, 0, places),
        ("tasks.request", tasks.request, 0, len(problem.requests.price)),
        ("tasks.opening", tasks.opening, NONE, len(problem.openings.first)),
        ("tasks.fixed_slot", tasks.fixed_slot, NONE, len(slots.day)),
        ("requests.days", problem.requests.days.reshape(-1), NONE, problem.days),
        ("requests.technician", problem.requests.technician, NONE, technicians),
        ("requests.group", problem.requests.group, NONE, len(problem.requests.gap)),
        ("slots.day", slots.day, 0, problem.days),
        ("slots.technician", slots.technician, 0, technicians),
        ("slots.start_place", slots.start_place, 0, places),
        ("slots.end_place", slots.end_place, 0, places),
        ("slots.restock_place", slots.restock_place, NONE, places),
    ]
    faults = [
        f"{name} has {int(array.min())}..{int(array.max())}; it needs {least}..{below - 1}"
        for name, array, least, below in rows
        if array.size and (array.min() < least or array.max() >= below)
    ]
    numbers: list[tuple[str, Floats]] = [
        ("travel_time", problem.travel_time),
        ("travel_cost", problem.travel_cost),
        ("tasks.service", tasks.service),
        ("tasks.load", tasks.load),
        ("slots.overtime_price", slots.overtime_price),
        ("slots.lunch_length", slots.lunch_length),
    ]
    faults += [
        f"{name} has a negative or endless number; it needs finite ones of at least 0"
        for name, array in numbers
        if array.size and not bool(np.all((array >= 0) & np.isfinite(array)))
    ]
    if tasks.request.size and bool(np.any(np.diff(tasks.request) < 0)):
        faults.append("tasks.request falls; tasks of one request need consecutive rows")
    return faults


def _kit_faults(problem: Problem) -> list[str]:
    kits = problem.kits
    if kits is None:
        return []
    kinds = kits.needs.shape[-1]
    wanted = (
        ("kits.needs", kits.needs.shape, (len(problem.tasks.place), kinds)),
        ("kits.limit", kits.limit.shape, (problem.days, kinds)),
    )
    faults = [
        f"{name} has the shape {shape}; it needs {need}" for name, shape, need in wanted if shape != need
    ]
    if kinds > MOST_KITS:
        faults.append(f"kits has {kinds} kinds; it needs at most {MOST_KITS}")
    if kits.limit.size and int(kits.limit.min()) < 0:
        faults.append(f"kits.limit has {int(kits.limit.min())}; it needs at least 0")
    return faults


def _request_faults(problem: Problem) -> list[str]:
    requests, tasks = problem.requests, problem.tasks
    count = np.bincount(tasks.request, minlength=len(requests.price))
    faults: list[str] = []
    for row in range(len(requests.price)):
        first, last = int(requests.first_alternative[row]), int(requests.first_alternative[row + 1])
        if last < first:
            faults.append(f"request {row} has the alternatives {first} up to {last}; the offsets must rise")
        for alternative in range(first, last):
            days = requests.days[alternative]
            named = [int(day) for day in days if day != NONE]
            if len(named) != count[row] or NONE in days[: len(named)]:
                faults.append(
                    f"alternative {alternative} of request {row} names {len(named)} days; it needs {count[row]}"
                )
            elif len(set(named)) != len(named):
                faults.append(
                    f"alternative {alternative} of request {row} names the days {named}; they must differ"
                )
        fixed = tasks.fixed_slot[tasks.request == row] != NONE if count[row] > 1 else np.zeros(0, np.bool_)
        if fixed.any() and not fixed.all():
            faults.append(
                f"request {row} has {int(fixed.sum())} fixed tasks of {count[row]}; it needs all or none"
            )
    return faults
