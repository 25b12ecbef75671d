"""The readers and writers of the literature's files, and the list of kernel files that the compiled code depends on."""

import re
from pathlib import Path

import numpy as np
import pytest

from planner.routing.problem import NONE, RESTOCK, Plan
from planner.routing.search import compiled
from planner.routing.search.solve import Budget, solve
from planner.routing.solution_check import plan_breaches, plan_price
from tests.bench.instances import read_pvrp, read_trsp
from tests.bench.pvrp import res_file
from tests.bench.trsp import route_file

PVRP = """1 2 3 2
100 9
0 0
0 0 0 0 0 0 0
1 3 4 2.5 4 2 1 3
2 6 8 0 4 1 2 1 2
3 0 5 0 4.5 0 0
"""
MDPVRP = """8 1 2 2 2
0 0
0 0
0 0
0 0
0 0 0 0 0 0 0 0 99
1 100 0 0 0 0 0 0 99
2 1 0 0 1 2 1 3 0 9
3 99 0 0 1 1 2 1 2 0 9
"""
TRSP = """T1

INFO
CREW COUNT  SKILLS  TOOLS   SPARE PARTS
2 2 1 2

DEPOT TECHNICIANS AND REQUESTS
ID   X     Y     TWS    TWE    Serv   SKILLS   TOOLS    SPARE PARTS
0    0     0     0      99     0      [] \t[] \t[]
1    10    0     0      99     0      [0,1] \t[] \t[1,0]
2    20    0     0      99     0      [1] \t[0] \t[0,0]
3    12    0     5      30     2      [0] \t[0] \t[0,0]
4    14    0     0      50     2      [0] \t[] \t[1,0]
"""


def test_a_pvrp_file_gives_days_limits_and_patterns() -> None:
    instance = read_pvrp(PVRP, "small")
    problem = instance.problem
    assert [one.tolist() for one in np.split(problem.requests.days, [1, 3])] == [
        [[0, 1]], [[1, NONE], [0, NONE]], [[0, NONE], [1, NONE]],
    ]  # fmt: skip
    assert problem.slots.latest_end.tolist() == [100, 100, np.inf, np.inf]
    assert problem.slots.capacity[:, 0].tolist() == [9, 9, np.inf, np.inf]
    assert problem.travel_cost[0, 1] == pytest.approx(5.0)
    assert instance.vehicles == ((1, 1, 1), (1, 1, 2), (2, 1, 1), (2, 1, 2))


def test_a_pvrp_solution_names_day_vehicle_length_load_and_customers() -> None:
    instance = read_pvrp(PVRP, "small")
    plan = Plan(routes=((0,), (3,), (1, 2), ()), alternative=(0, 1, 3))
    assert plan_breaches(instance.problem, plan) == ()
    cost = plan_price(instance.problem, plan).travel
    assert res_file(instance, plan, cost).splitlines() == [
        "40.000000",
        "1 1 12.500000 4 0 1 0",
        "1 2 10.000000 4.5 0 3 0",
        "2 1 22.500000 8 0 1 2 0",
    ]


def test_every_visit_of_a_customer_starts_from_one_depot() -> None:
    instance = read_pvrp(MDPVRP, "depots")
    found = solve(instance.problem, Budget(steps=240), seed=1)
    assert found.value == pytest.approx(2.0 + 2.0 + 2.0)
    lines = res_file(instance, found.plan, found.value).splitlines()
    assert [line.split()[:3] + line.split()[6:-1] for line in lines[1:] if line.split()[1] == "1"] == [
        ["1", "1", "1", "2"], ["2", "1", "1", "2"],
    ]  # fmt: skip


def test_a_technician_file_gives_skills_tools_parts_and_the_depot() -> None:
    instance = read_trsp(TRSP, "crew")
    problem = instance.problem
    assert problem.allowed.tolist() == [[0.0, np.inf], [0.0, np.inf]]
    assert problem.own_tools.tolist() == [[False, True], [True, True]]
    found = solve(problem, Budget(steps=240), seed=1)
    assert plan_breaches(problem, found.plan) == ()
    assert found.plan.routes[0] == (RESTOCK, 0, 1)
    assert route_file(instance, found.plan, found.value).splitlines() == ["28.000000", "1 0 3 4"]


def test_a_file_of_another_type_is_refused() -> None:
    with pytest.raises(ValueError, match="type 4"):
        read_pvrp(PVRP.replace("1 2 3 2", "4 2 3 2", 1), "other")


def test_every_file_with_kernels_is_named_so_that_no_machine_code_outlives_its_source() -> None:
    folder = Path(compiled.__file__).parent
    holding = {
        one.stem
        for one in folder.glob("*.py")
        if re.search(r"^@(compiled|inlined)$|np\.dtype\(", one.read_text(), re.M)
    }
    assert holding == set(compiled.KERNELS)
