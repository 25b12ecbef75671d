"""Does a plan of a `Problem` keep every rule, and what does it cost? Written apart from the search.

It walks each route in plain Python with the problem's own numbers, where the search works on scaled tables, running
sums and caches. It shares only the problem's data types.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from math import inf, isfinite, isnan

from planner.routing.problem import NONE, RESTOCK, Plan, Problem

TOLERANCE = 1e-7
"""Share of a limit by which sums of rounded numbers may miss it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleBreach:
    """A rule that a plan breaks.

    Args:
        rule: `planned`, `days`, `skill`, `technician`, `window`, `end`, `capacity`, `tools`, `restock`, `fixed`,
            `gap`, `slot`, `kit`.
        slot: The slot, NONE where the rule concerns no route.
        task: The task, NONE where the rule concerns no single one.
        what: What is wrong, with the figures.
    """

    rule: str
    slot: int
    task: int
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Price:
    """What a plan costs, by kind; all in the unit of the travel cost.

    Args:
        travel: Ways.
        days: Prices of the chosen alternatives.
        technicians: Prices of technicians who are not preferred.
        overtime: Time after the regular end.
        balance: Squared hours of each bucket.
        left_out: Prices of requests that are not planned; infinity where one had to be.
    """

    travel: float
    days: float
    technicians: float
    overtime: float
    balance: float
    left_out: float

    @property
    def total(self) -> float:
        """Everything together."""
        return self.travel + self.days + self.technicians + self.overtime + self.balance + self.left_out


@dataclass(frozen=True, slots=True, kw_only=True)
class Timing:
    """The clock of one route.

    Args:
        starts: Begin of each stop's service, at the depot the arrival; infinity where no window is left.
        finish: Return.
        lunch: Begin of lunch; None where there is none.
    """

    starts: tuple[float, ...]
    finish: float
    lunch: float | None


def plan_breaches(problem: Problem, plan: Plan) -> tuple[RuleBreach, ...]:
    """Return every rule that the plan breaks; empty where it keeps all."""
    found = [
        *_planned(problem, plan),
        *_fixed(problem, plan),
        *_gaps(problem, plan),
        *_kits(problem, plan),
    ]
    for slot, route in enumerate(plan.routes):
        if route:
            found += [
                *_who(problem, slot, route),
                *_stock(problem, slot, route),
                *_clock(problem, slot, route),
            ]
    return tuple(found)


def plan_price(problem: Problem, plan: Plan) -> Price:
    """Return what the plan costs, whether or not it keeps the rules."""
    requests, slots = problem.requests, problem.slots
    travel = technicians = overtime = 0.0
    worked: dict[int, float] = defaultdict(float)
    available: dict[int, float] = defaultdict(float)
    for slot, route in enumerate(plan.routes):
        bucket = int(slots.bucket[slot])
        if bucket != NONE:
            available[bucket] += float(slots.regular_end[slot] - slots.shift_begin[slot])
        if not route:
            continue
        travel += sum(float(problem.travel_cost[a, b]) for a, b in pairwise(_places(problem, slot, route)))
        tasks = [task for task in route if task != RESTOCK]
        technicians += sum(float(problem.allowed[task, slots.technician[slot]]) for task in tasks)
        finish = route_timing(problem, slot, route).finish
        if slots.overtime_price[slot] > 0:
            overtime += float(slots.overtime_price[slot]) * max(0.0, finish - float(slots.regular_end[slot]))
        if bucket != NONE:
            ways = sum(float(problem.travel_time[a, b]) for a, b in pairwise(_places(problem, slot, route)))
            worked[bucket] += ways + sum(float(problem.tasks.service[task]) for task in tasks)
    return Price(
        travel=travel,
        days=sum(float(requests.cost[one]) for one in plan.alternative if one != NONE),
        technicians=technicians,
        overtime=overtime,
        balance=sum(
            problem.balance * hours**2 / available[bucket] for bucket, hours in worked.items() if hours
        ),
        left_out=sum(float(requests.price[row]) for row, one in enumerate(plan.alternative) if one == NONE),
    )


def route_timing(problem: Problem, slot: int, route: tuple[int, ...]) -> Timing:
    """Return when each stop of a route begins at the earliest, and when the technician is back.

    Lunch is taken at the latest time that it may begin, or before, where the technician waits anyway; work and
    drive stop for it. A route that is back by then has none.
    """
    slots = problem.slots
    now = float(slots.shift_begin[slot])
    lunch = _Lunch(problem, slot)
    starts = []
    places = _places(problem, slot, route)
    for row, stop in enumerate(route):
        now = lunch.after(now, float(problem.travel_time[places[row], places[row + 1]]))
        if stop == RESTOCK:
            starts.append(now)
            continue
        begin = _opens(problem, stop, int(slots.day[slot]), now)
        begin = _opens(problem, stop, int(slots.day[slot]), lunch.waited(now, begin))
        starts.append(begin)
        now = lunch.after(begin, float(problem.tasks.service[stop]))
    finish = lunch.after(now, float(problem.travel_time[places[-2], places[-1]]))
    return Timing(starts=tuple(starts), finish=finish, lunch=lunch.begun)


class _Lunch:
    """The break of one route: taken while waiting where it fits, or when it must begin."""

    def __init__(self, problem: Problem, slot: int) -> None:
        self.length = float(problem.slots.lunch_length[slot])
        self.earliest = float(problem.slots.lunch_earliest[slot])
        self.latest = float(problem.slots.lunch_latest[slot])
        self.begun: float | None = None

    def after(self, now: float, length: float) -> float:
        """Return when something that takes `length` ends, lunch included where it must begin inside."""
        end = now + length
        if self.length > 0 and self.begun is None and end > self.latest:
            self.begun = max(now, self.latest)
            return end + self.length
        return end

    def waited(self, now: float, begin: float) -> float:
        """Return from when on service can begin: lunch fills the wait where all of it fits."""
        if self.length > 0 and self.begun is None:
            noon = max(now, self.earliest)
            if noon + self.length <= begin:
                self.begun = noon
            elif begin > self.latest:
                self.begun = max(now, min(noon, self.latest))
                return max(begin, self.begun + self.length)
        return begin


def _opens(problem: Problem, task: int, day: int, time: float) -> float:
    fixed = float(problem.tasks.fixed_start[task])
    if not isnan(fixed):
        return fixed if time <= fixed + _slack(fixed) else inf
    kind = int(problem.tasks.opening[task])
    if kind == NONE:
        return time
    first, last = problem.openings.first[kind, day], problem.openings.first[kind, day + 1]
    for row in range(int(first), int(last)):
        if time <= float(problem.openings.ends[row]) + _slack(float(problem.openings.ends[row])):
            return max(time, float(problem.openings.begins[row]))
    return inf


def _slack(limit: float) -> float:
    return abs(limit) * TOLERANCE if isfinite(limit) else 0.0


def _places(problem: Problem, slot: int, route: tuple[int, ...]) -> list[int]:
    stops = [
        int(problem.slots.restock_place[slot]) if stop == RESTOCK else int(problem.tasks.place[stop])
        for stop in route
    ]
    return [int(problem.slots.start_place[slot]), *stops, int(problem.slots.end_place[slot])]


def _planned(problem: Problem, plan: Plan) -> Iterator[RuleBreach]:
    """Every request is planned by one of its alternatives or left out at a price; each task stands once on its day."""
    where: dict[int, int] = {}
    counts = Counter(task for route in plan.routes for task in route if task != RESTOCK)
    for slot, route in enumerate(plan.routes):
        where.update({task: slot for task in route if task != RESTOCK})
    tasks_of: list[list[int]] = [[] for _ in range(len(problem.requests.price))]
    for task, request in enumerate(problem.tasks.request.tolist()):
        tasks_of[request].append(task)
    for task, count in counts.items():
        if count > 1:
            yield RuleBreach(
                rule="planned", slot=where[task], task=task, what=f"task {task} stands {count} times"
            )
    for request, alternative in enumerate(plan.alternative):
        tasks = tasks_of[request]
        if alternative == NONE:
            if tasks and not isfinite(float(problem.requests.price[request])):
                yield _request_breach(
                    "planned", tasks[0], f"request {request} is left out and must be planned"
                )
            for task in tasks:
                if task in where:
                    yield _request_breach(
                        "planned", task, f"task {task} is planned, its request {request} left out"
                    )
            continue
        first = problem.requests.first_alternative
        if not first[request] <= alternative < first[request + 1]:
            yield _request_breach("days", NONE, f"request {request} has alternative {alternative} of another")
            continue
        for row, task in enumerate(tasks):
            if task not in where:
                yield _request_breach("planned", task, f"task {task} of request {request} stands in no route")
                continue
            day, wanted = int(problem.slots.day[where[task]]), int(problem.requests.days[alternative, row])
            if day != wanted:
                yield _request_breach(
                    "days", task, f"task {task} is on day {day}; its alternative needs {wanted}"
                )
            who = int(problem.requests.technician[alternative])
            if who not in (NONE, int(problem.slots.technician[where[task]])):
                yield _request_breach(
                    "technician", task, f"task {task} needs technician {who} as its alternative says"
                )


def _request_breach(rule: str, task: int, what: str) -> RuleBreach:
    return RuleBreach(rule=rule, slot=NONE, task=task, what=what)


def _fixed(problem: Problem, plan: Plan) -> Iterator[RuleBreach]:
    where = {task: slot for slot, route in enumerate(plan.routes) for task in route}
    for task, fixed in enumerate(problem.tasks.fixed_slot.tolist()):
        if fixed != NONE and where.get(task) != fixed:
            yield RuleBreach(
                rule="fixed",
                slot=fixed,
                task=task,
                what=f"task {task} stands in {where.get(task)}, not in slot {fixed}",
            )


def _gaps(problem: Problem, plan: Plan) -> Iterator[RuleBreach]:
    days: dict[int, list[tuple[int, int]]] = {}
    for request, alternative in enumerate(plan.alternative):
        group = int(problem.requests.group[request])
        if group != NONE and alternative != NONE:
            for day in problem.requests.days[alternative].tolist():
                if day != NONE:
                    days.setdefault(group, []).append((day, request))
    for group, visits in days.items():
        for (day, request), (next_day, other) in pairwise(sorted(visits)):
            if request != other and next_day - day < problem.requests.gap[group]:
                yield _request_breach(
                    "gap",
                    NONE,
                    f"requests {request} and {other} lie {next_day - day} days apart; group {group} needs "
                    f"{problem.requests.gap[group]}",
                )


def _kits(problem: Problem, plan: Plan) -> Iterator[RuleBreach]:
    if problem.kits is None:
        return
    routes_with: Counter[tuple[int, int]] = Counter()
    for slot, route in enumerate(plan.routes):
        kits = {
            kit
            for task in route
            if task != RESTOCK
            for kit, needed in enumerate(problem.kits.needs[task].tolist())
            if needed
        }
        routes_with.update((int(problem.slots.day[slot]), kit) for kit in kits)
    for (day, kit), count in sorted(routes_with.items()):
        if count > problem.kits.limit[day, kit]:
            what = f"{count} routes of day {day} have kit {kit}; there are {problem.kits.limit[day, kit]}"
            yield _request_breach("kit", NONE, what)


def _who(problem: Problem, slot: int, route: tuple[int, ...]) -> Iterator[RuleBreach]:
    technician = int(problem.slots.technician[slot])
    if not problem.slots.usable[slot]:
        yield RuleBreach(rule="slot", slot=slot, task=NONE, what=f"slot {slot} may not be used")
    for task in route:
        if task != RESTOCK and not isfinite(float(problem.allowed[task, technician])):
            yield RuleBreach(
                rule="skill", slot=slot, task=task, what=f"technician {technician} may not do task {task}"
            )


def _stock(problem: Problem, slot: int, route: tuple[int, ...]) -> Iterator[RuleBreach]:
    technician = int(problem.slots.technician[slot])
    stocked = False
    held = [0.0] * problem.tasks.load.shape[1]
    for stop in route:
        if stop == RESTOCK:
            if stocked or problem.slots.restock_place[slot] == NONE:
                yield RuleBreach(
                    rule="restock", slot=slot, task=NONE, what=f"slot {slot} restocks once at most"
                )
            stocked = True
        elif not stocked:
            if not problem.own_tools[stop, technician]:
                yield RuleBreach(
                    rule="tools",
                    slot=slot,
                    task=stop,
                    what=f"technician {technician} lacks tools of task {stop}",
                )
            held = [have + float(more) for have, more in zip(held, problem.tasks.load[stop], strict=True)]
    for resource, have in enumerate(held):
        limit = float(problem.slots.capacity[slot, resource])
        if have > limit + _slack(limit):
            yield RuleBreach(
                rule="capacity",
                slot=slot,
                task=NONE,
                what=f"slot {slot} takes {have:g} of {resource}; it has {limit:g}",
            )


def _clock(problem: Problem, slot: int, route: tuple[int, ...]) -> Iterator[RuleBreach]:
    timing = route_timing(problem, slot, route)
    for stop, begin in zip(route, timing.starts, strict=True):
        if begin == inf:
            yield RuleBreach(
                rule="window",
                slot=slot,
                task=stop,
                what=f"task {stop} has no window left when the technician comes",
            )
            return
    latest = float(problem.slots.latest_end[slot])
    if timing.finish > latest + _slack(latest):
        yield RuleBreach(
            rule="end",
            slot=slot,
            task=NONE,
            what=f"slot {slot} ends at {timing.finish:g}; it must end by {latest:g}",
        )
