"""A technician problem of the literature: `python tests/bench/trsp.py FILE --seconds 60 --seed 1 --workers 2 --solution OUT`.

Reads the instances of Pillac, Guéret & Medaglia (2013): homes, time windows, skills, tools, spare parts, and a depot
that a technician may visit once to take more. Writes the total distance, then a route a line: the technician's
number, then the stops' numbers in order, the depot's among them where it is visited. `--all FOLDER` runs a set. Seconds are those of
the clock on the wall; `--clock cpu` counts the processor's, of each worker.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from planner.routing.problem import RESTOCK, Plan
from tests.bench import vrp_runs
from tests.bench.instances import Instance


def route_file(instance: Instance, plan: Plan, cost: float) -> str:
    """Return the solution, technician by technician."""
    request = instance.problem.tasks.request
    lines = [f"{cost:.6f}"]
    for slot, route in enumerate(plan.routes):
        if route:
            stops = [
                instance.depot if stop == RESTOCK else instance.customers[int(request[stop])]
                for stop in route
            ]
            lines.append(" ".join(str(one) for one in [instance.vehicles[slot][2], *stops]))
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    vrp_runs.main(__doc__, route_file)
