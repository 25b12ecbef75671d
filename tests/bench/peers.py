"""Ours beside PyVRP, OR-Tools and greedy insertion: `python tests/bench/peers.py FILE … --seconds 60 --seeds 2`.

Every method gets the same seconds of the processor (one thread each) for each instance and seed, all in one run of this
script, one after the other; every plan is priced by `planner.routing.solution_check`, which shares no code with any of
them. Single-depot PVRP files only.

- *ours*: `planner.routing.search.solve`, one worker.
- *PyVRP* knows no patterns that link the days of a customer. Where every customer is visited once it solves the whole
  problem, a day being a kind of vehicle and a customer a group of which one copy is visited (*whole*). Elsewhere days
  have to come from somebody: it solves each day by itself, with the days of our first feasible plan (*first days*) and
  with those of our best plan (*polish*: what it finds better in single days of ours), an even share of time a day.
- *OR-Tools* routing: a node for each customer and day, patterns as linear constraints on which nodes are visited, guided
  local search from our first feasible plan, because its own strategies found none on such problems.
- *greedy*: the plan that our search begins with; it may break limits, and then has no price.

Needs pyvrp and ortools beside the project. `--only ours,greedy` leaves methods out; `--json` prints every run.
"""

import argparse
import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

import numpy as np
import pyvrp
from ortools.constraint_solver import pywrapcp, routing_enums_pb2

from planner.routing.problem import NONE, Plan, Problem
from planner.routing.search.chain import first_chain, plan_of
from planner.routing.search.solve import Budget, Told, solve
from planner.routing.search.tables import prepared
from planner.routing.solution_check import plan_breaches, plan_price
from tests.bench.instances import Instance, read
from tests.bench.vrp_runs import best_known

FINE = 10_000
"""Units that peers, which count in whole numbers, get for a unit of the file."""
FAR = 10**9
"""A way that nobody takes."""
Method = Callable[[Problem, float, int, Plan], Plan | None]


class Spent:
    """Says stop once the processor has worked for some seconds."""

    def __init__(self, seconds: float) -> None:
        self._until = time.process_time() + seconds

    def __call__(self, best_cost: float = 0.0) -> bool:
        return time.process_time() >= self._until


def first_feasible(problem: Problem, seed: int) -> Plan:
    """Return the first plan without a breach that our search meets."""
    met: list[bool] = []

    def watch(told: Told) -> None:
        if told.value is not None:
            met.append(True)

    budget = Budget(seconds=600.0, clock=time.process_time)
    return solve(problem, budget, seed=seed, progress=watch, stop=lambda: bool(met)).plan


def ours(problem: Problem, seconds: float, seed: int, first: Plan) -> Plan | None:
    return solve(problem, Budget(seconds=seconds, clock=time.process_time), seed=seed).plan


def greedy(problem: Problem, seconds: float, seed: int, first: Plan) -> Plan | None:
    ready = prepared(problem)
    return plan_of(ready, first_chain(ready.tables, seed).current)


def days_of(problem: Problem, alternative: int) -> list[int]:
    """Return the days of an alternative."""
    return [int(day) for day in problem.requests.days[alternative] if day != NONE]


def task_on(problem: Problem, plan: Sequence[int], request: int, day: int) -> int:
    """Return the task of a request on a day of its alternative."""
    first = int(np.searchsorted(problem.tasks.request, request))
    return first + days_of(problem, plan[request]).index(day)


def pyvrp_routes(
    problem: Problem, stops: Sequence[tuple[int, list[int]]], days: Sequence[int], seconds: float, seed: int
) -> list[tuple[int, list[tuple[int, int]]]] | None:
    """Return PyVRP's routes, each a day and its (request, day) stops; None where it finds no feasible ones.

    Args:
        problem: The whole problem.
        stops: Requests, each with the days of which one is to be chosen.
        days: Days of which there are vehicles.
        seconds: Of the processor.
        seed: Of its dice.
    """
    model, tasks, slots = pyvrp.Model(), problem.tasks, problem.slots
    home = int(slots.start_place[0])
    depot_at = model.add_location(0, 0)
    depot = model.add_depot(depot_at)
    profiles = {day: model.add_profile() for day in days}
    nodes: list[tuple[object, int, int | None]] = [(depot_at, home, None)]
    named: list[tuple[int, int]] = []
    every = set(days)
    for request, choices in stops:
        task = int(np.searchsorted(tasks.request, request))
        free = set(choices) == every
        group = None if free else model.add_client_group(required=True)
        for day in [choices[0]] if free else choices:
            location = model.add_location(0, 0)
            model.add_client(
                location,
                service_duration=round(float(tasks.service[task]) * FINE),
                delivery=[round(float(tasks.load[task, 0]) * FINE)],
                required=free,
                **({} if group is None else {"group": group}),
            )
            nodes.append((location, int(tasks.place[task]), None if free else day))
            named.append((request, NONE if free else day))
    for day, profile in profiles.items():
        for one, place, on in nodes:
            for other, there, then in nodes:
                barred = any(wanted not in (None, day) for wanted in (on, then))
                way = FAR if barred else round(float(problem.travel_cost[place, there]) * FINE)
                model.add_edge(one, other, distance=way, duration=way, profile=profile)
    kinds: list[int] = []
    for day, profile in profiles.items():
        rows = np.flatnonzero(slots.day == day)
        latest, capacity = float(slots.latest_end[rows[0]]), float(slots.capacity[rows[0], 0])
        limits: dict[str, object] = {}
        if np.isfinite(latest):
            limits["shift_duration"] = int(latest * FINE)
        if np.isfinite(capacity):
            limits["capacity"] = [int(capacity * FINE)]
        else:
            limits["capacity"] = [FAR]
        model.add_vehicle_type(
            num_available=len(rows), start_depot=depot, end_depot=depot, profile=profile, **limits
        )
        kinds.append(day)
    found = model.solve(stop=Spent(seconds), seed=seed, display=False)
    if not found.is_feasible():
        return None
    routes = []
    for route in found.best.routes():
        day = kinds[route.vehicle_type()]
        visited = [named[one.idx] for one in route if one.is_client()]
        routes.append((day, [(request, day) for request, _ in visited]))
    return routes


def pyvrp_whole(problem: Problem, seconds: float, seed: int, first: Plan) -> Plan | None:
    """Return PyVRP's plan of a problem in which every request is visited once."""
    span = problem.requests.first_alternative
    stops = [
        (q, [days_of(problem, row)[0] for row in range(int(span[q]), int(span[q + 1]))])
        for q in range(len(span) - 1)
    ]
    days = sorted({int(day) for day in problem.slots.day})
    return plan_from(problem, pyvrp_routes(problem, stops, days, seconds, seed))


def pyvrp_days(problem: Problem, seconds: float, seed: int, given: Plan) -> Plan | None:
    """Return PyVRP's plan of each day by itself, days as in `given`."""
    on: dict[int, list[int]] = {int(day): [] for day in problem.slots.day}
    for q, alternative in enumerate(given.alternative):
        for day in days_of(problem, alternative):
            on[day].append(q)
    routes = []
    for day, requests in sorted(on.items()):
        if requests:
            found = pyvrp_routes(problem, [(q, [day]) for q in requests], [day], seconds / len(on), seed)
            if found is None:
                return None
            routes += found
    return plan_from(problem, routes)


def plan_from(problem: Problem, routes: list[tuple[int, list[tuple[int, int]]]] | None) -> Plan | None:
    """Return routes of (request, day) as a plan."""
    if routes is None:
        return None
    visited: dict[int, set[int]] = {}
    for _, stops in routes:
        for request, day in stops:
            visited.setdefault(request, set()).add(day)
    span = problem.requests.first_alternative
    alternative = tuple(
        next(row for row in range(int(span[q]), int(span[q + 1])) if set(days_of(problem, row)) == visited[q])
        for q in range(len(span) - 1)
    )
    free = {day: np.flatnonzero(problem.slots.day == day).tolist() for day in set(problem.slots.day.tolist())}
    rows: list[tuple[int, ...]] = [()] * len(problem.slots.day)
    for day, stops in routes:
        rows[free[day].pop(0)] = tuple(task_on(problem, alternative, request, day) for request, _ in stops)
    return Plan(routes=tuple(rows), alternative=alternative)


def ortools_plan(problem: Problem, seconds: float, seed: int, first: Plan) -> Plan | None:
    """Return OR-Tools' plan; it begins from `first`."""
    until, tasks, slots, span = (
        Spent(seconds),
        problem.tasks,
        problem.slots,
        problem.requests.first_alternative,
    )
    home = int(slots.start_place[0])
    place, load, service = [home], [0], [0]
    node: dict[tuple[int, int], int] = {}
    patterns: list[list[list[int]]] = []
    for q in range(len(span) - 1):
        patterns.append(
            [
                list(one)
                for one in dict.fromkeys(
                    tuple(days_of(problem, row)) for row in range(int(span[q]), int(span[q + 1]))
                )
            ]
        )
        task = int(np.searchsorted(tasks.request, q))
        for day in sorted({day for pattern in patterns[-1] for day in pattern}):
            node[q, day] = len(place)
            place.append(int(tasks.place[task]))
            load.append(round(float(tasks.load[task, 0]) * FINE))
            service.append(round(float(tasks.service[task]) * FINE))
    manager = pywrapcp.RoutingIndexManager(len(place), len(slots.day), 0)
    routing = pywrapcp.RoutingModel(manager)
    ways = np.rint(problem.travel_cost[np.ix_(place, place)] * FINE).astype(np.int64)
    routing.SetArcCostEvaluatorOfAllVehicles(routing.RegisterTransitMatrix(ways.tolist()))
    capacity = [int(one * FINE) if np.isfinite(one) else FAR for one in slots.capacity[:, 0]]
    routing.AddDimensionWithVehicleCapacity(
        routing.RegisterUnaryTransitVector(load), 0, capacity, True, "load"
    )
    if np.isfinite(slots.latest_end).any():
        lasting = ways + np.array(service)[:, None]
        latest = [int(one * FINE) if np.isfinite(one) else FAR for one in slots.latest_end]
        routing.AddDimensionWithVehicleCapacity(
            routing.RegisterTransitMatrix(lasting.tolist()), 0, latest, True, "time"
        )
    solver = routing.solver()
    for (_, day), one in node.items():
        index = manager.NodeToIndex(one)
        routing.AddDisjunction([index], 0)
        routing.VehicleVar(index).SetValues([-1, *np.flatnonzero(slots.day == day).tolist()])
    for q, choices in enumerate(patterns):
        chosen = [solver.BoolVar(f"{q} {row}") for row in range(len(choices))]
        solver.Add(solver.Sum(chosen) == 1)
        for day in {day for pattern in choices for day in pattern}:
            held = [one for one, pattern in zip(chosen, choices, strict=True) if day in pattern]
            solver.Add(solver.Sum(held) == routing.ActiveVar(manager.NodeToIndex(node[q, day])))
        for one in chosen:
            routing.AddToAssignment(one)
    routing.AddSearchMonitor(solver.CustomLimit(until))
    parameters = pywrapcp.DefaultRoutingSearchParameters()
    parameters.local_search_metaheuristic = routing_enums_pb2.LocalSearchMetaheuristic.GUIDED_LOCAL_SEARCH
    parameters.time_limit.FromSeconds(24 * 3600)
    routing.CloseModelWithParameters(parameters)
    known = []
    for slot, route in enumerate(first.routes):
        day = int(slots.day[slot])
        known.append([node[int(tasks.request[task]), day] for task in route])
    start = routing.ReadAssignmentFromRoutes(known, True)
    if start is None:
        return None
    found = routing.SolveFromAssignmentWithParameters(start, parameters)
    if found is None:
        return None
    back = {one: stop for stop, one in node.items()}
    routes = []
    for slot in range(len(slots.day)):
        index, stops = routing.Start(slot), []
        while not routing.IsEnd(index := found.Value(routing.NextVar(index))):
            stops.append(back[manager.IndexToNode(index)])
        if stops:
            routes.append((int(slots.day[slot]), stops))
    return plan_from(problem, routes)


def measured(
    name: str, method: Method, instance: Instance, first: Plan, seconds: float, seed: int
) -> dict[str, object]:
    """Return the figures of one run of one method."""
    cpu, wall = time.process_time(), time.monotonic()
    plan = method(instance.problem, seconds, seed, first)
    cpu, wall = time.process_time() - cpu, time.monotonic() - wall
    breaches = [] if plan is None else plan_breaches(instance.problem, plan)
    return {
        "instance": instance.name,
        "method": name,
        "seed": seed,
        "cost": None if plan is None or breaches else round(plan_price(instance.problem, plan).total, 4),
        "why": "found no plan" if plan is None else "; ".join(one.what for one in breaches[:2]),
        "cpu_seconds": round(cpu, 1),
        "wall_seconds": round(wall, 1),
        "load": round(os.getloadavg()[0], 1),
    }


def runs_of(path: Path, wanted: argparse.Namespace) -> list[dict[str, object]]:
    """Return the runs of every method on an instance."""
    instance = read(path)
    problem = instance.problem
    single = problem.requests.days.shape[1] == 1
    found: list[dict[str, object]] = []

    def run(name: str, method: Method, given: Plan, seed: int) -> None:
        if name.split(",")[0].split()[0] in wanted.only:
            found.append(measured(name, method, instance, given, wanted.seconds, seed))
            print(json.dumps(found[-1]), file=sys.stderr, flush=True)

    first = first_feasible(problem, 1)
    run("greedy", greedy, first, 1)
    plans: list[tuple[float, Plan]] = []

    def kept(problem: Problem, seconds: float, seed: int, first: Plan) -> Plan | None:
        plan = ours(problem, seconds, seed, first)
        if plan is not None:
            plans.append((plan_price(problem, plan).total, plan))
        return plan

    for seed in range(1, wanted.seeds + 1):
        run("ours", kept, first, seed)
    for seed in range(1, wanted.peer_seeds + 1):
        if single:
            run("pyvrp, whole", pyvrp_whole, first, seed)
        else:
            run("pyvrp, first days", pyvrp_days, first, seed)
            if plans:
                run("polish of ours by pyvrp", pyvrp_days, min(plans, key=lambda one: one[0])[1], seed)
        run("ortools", ortools_plan, first, seed)
    return found


def table(runs: Sequence[Mapping[str, object]], best: Mapping[str, float | None]) -> str:
    """Return the runs as a table of gaps to the best-known cost: best / mean / worst of the seeds."""
    lines = [
        "| instance | best known | method | runs | best cost | best % | mean % | worst % |",
        "| --- " * 8 + "|",
    ]
    for name, method in dict.fromkeys((str(one["instance"]), str(one["method"])) for one in runs):
        mine = [one for one in runs if (one["instance"], one["method"]) == (name, method)]
        costs = [float(str(one["cost"])) for one in mine if one["cost"] is not None]
        known = best[name]
        if not costs or known is None:
            lines.append(
                f"| {name} | {known} | {method} | {len(mine)} | no plan within the limits | – | – | – |"
            )
            continue
        gaps = [100 * (one / known - 1) for one in costs]
        lines.append(
            f"| {name} | {known} | {method} | {len(mine)} | {min(costs):.2f} | {min(gaps):.2f} | "
            f"{statistics.mean(gaps):.2f} | {max(gaps):.2f} |"
        )
    return "\n".join(lines)


def main() -> None:
    """Run what the command line asks for and print its table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--seconds", type=float, default=60.0, help="of the processor, each run")
    parser.add_argument("--seeds", type=int, default=2, help="runs of ours")
    parser.add_argument("--peer-seeds", type=int, default=1, help="runs of PyVRP and OR-Tools")
    parser.add_argument("--only", default="greedy,ours,pyvrp,polish,ortools")
    parser.add_argument("--json", action="store_true", help="print every run, not the table")
    wanted = parser.parse_args()
    wanted.only = wanted.only.split(",")
    runs = [one for path in wanted.files for one in runs_of(path, wanted)]
    print(
        json.dumps(runs, indent=1)
        if wanted.json
        else table(runs, {path.stem: best_known(path) for path in wanted.files})
    )


if __name__ == "__main__":
    main()
