"""A periodic problem of the literature: `python tests/bench/pvrp.py FILE --seconds 60 --seed 1 --workers 2 --solution OUT.res`.

Reads Cordeau's PVRP (type 1) and the MDPVRP of Vidal et al. (type 8), writes the customary `.res` file: the cost, then
a route a line, `day vehicle length load 0 c1 c2 … 0`; with several depots `day depot vehicle …`.
`--all FOLDER --seeds 5` runs a set. Seconds are those of the clock on the wall; `--clock cpu` counts the processor's, of
each worker, which other work on the machine does not shorten.
"""

import sys
from itertools import pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from planner.routing.problem import Plan
from tests.bench import vrp_runs
from tests.bench.instances import Instance


def res_file(instance: Instance, plan: Plan, cost: float) -> str:
    """Return the solution in the customary format."""
    problem = instance.problem
    lines = [f"{cost:.6f}"]
    for slot, route in enumerate(plan.routes):
        if not route:
            continue
        day, depot, vehicle = instance.vehicles[slot]
        home = int(problem.slots.start_place[slot])
        places = [home, *(int(problem.tasks.place[task]) for task in route), home]
        length = sum(float(problem.travel_cost[a, b]) for a, b in pairwise(places))
        length += sum(float(problem.tasks.service[task]) for task in route)
        load = sum(float(problem.tasks.load[task, 0]) for task in route)
        customers = [instance.customers[int(problem.tasks.request[task])] for task in route]
        head = [day, vehicle] if instance.depots == 1 else [day, depot, vehicle]
        lines.append(" ".join(str(one) for one in [*head, f"{length:.6f}", f"{load:g}", 0, *customers, 0]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    vrp_runs.main(__doc__, res_file)
