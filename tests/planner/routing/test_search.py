"""Laws of the search: its plans keep every rule by the independent checker, at the price that it says."""

import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from planner.errors import InvalidInput, NoFeasiblePlan
from planner.routing.problem import NONE, Plan
from planner.routing.search.solve import Budget, Solved, Told, solve
from planner.routing.solution_check import plan_breaches, plan_price
from tests.planner.routing.problems import a_department, a_problem, with_requests, with_slots, with_tasks

BUDGET = Budget(steps=240)


def spots(count: int, seed: int) -> list[tuple[float, float]]:
    dice = random.Random(seed)
    return [(dice.uniform(0, 100), dice.uniform(0, 100)) for _ in range(count + 1)]


def solved_or_none(problem: object, budget: Budget = BUDGET) -> Solved | None:
    try:
        return solve(problem, budget, seed=1)  # type: ignore[arg-type]
    except NoFeasiblePlan:
        return None


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6), timed=st.booleans(), lunch=st.booleans())
def test_a_plan_of_the_search_keeps_every_rule_and_costs_what_it_says(
    seed: int, timed: bool, lunch: bool
) -> None:
    problem = a_department(seed, timed=timed)
    if lunch:
        slots = len(problem.slots.day)
        problem = with_slots(
            problem,
            lunch_earliest=np.full(slots, 60.0),
            lunch_latest=np.full(slots, 120.0),
            lunch_length=np.full(slots, 30.0),
        )
    found = solved_or_none(problem)
    if found is None:
        return
    assert plan_breaches(problem, found.plan) == ()
    assert found.value == pytest.approx(plan_price(problem, found.plan).total, rel=1e-6, abs=1e-6)


@settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
@given(seed=st.integers(0, 10**6))
def test_locked_tasks_stay_in_their_slots(seed: int) -> None:
    problem = a_department(seed, timed=False)
    free = solved_or_none(problem)
    if free is None or all(one == NONE for one in free.plan.alternative):
        return
    kept = next(request for request, one in enumerate(free.plan.alternative) if one != NONE)
    where = {task: slot for slot, route in enumerate(free.plan.routes) for task in route}
    fixed = np.array(
        [where[task] if request == kept else NONE for task, request in enumerate(problem.tasks.request)]
    )
    locked = with_tasks(problem, fixed_slot=fixed)
    found = solved_or_none(replace(locked, balance=0.0))
    assert found is not None
    assert all(task in found.plan.routes[slot] for task, slot in enumerate(fixed) if slot != NONE)
    assert plan_breaches(locked, found.plan) == ()


def test_a_plan_is_the_shortest_where_all_can_be_tried() -> None:
    corners = [(0.0, 0.0), (10.0, 0.0), (10.0, 10.0), (0.0, 10.0), (5.0, 12.0)]
    found = solve(a_problem(where=corners), Budget(steps=500), seed=3)
    assert found.value == pytest.approx(30.0 + 2 * 29**0.5)


def test_visits_of_one_pattern_meet_on_the_days_where_ways_are_shared() -> None:
    far = [(0.0, 0.0), (100.0, 0.0), (101.0, 0.0), (-100.0, 0.0), (-101.0, 0.0)]
    patterns = [[[0, 2], [1, 3]] for _ in far[1:]]
    found = solve(a_problem(where=far, days=4, patterns=patterns, capacity=2.0), Budget(steps=800), seed=1)
    assert found.value == pytest.approx(4 * 202.0)


def test_same_seed_and_steps_give_the_same_plan_alone_and_in_threads() -> None:
    problem = a_problem(where=spots(20, 5), days=3, technicians=2, capacity=5.0)
    alone = solve(problem, Budget(steps=600), seed=9, workers=2)
    with ThreadPoolExecutor(2) as pool:
        beside = solve(problem, Budget(steps=600), seed=9, workers=2, executor=pool)
    again = solve(problem, Budget(steps=600), seed=9, workers=2)
    assert alone.plan == again.plan == beside.plan
    assert alone.value == again.value == beside.value


@pytest.mark.parametrize("scale", [pytest.param(0.001, id="smaller"), pytest.param(1000.0, id="larger")])
def test_a_scaled_copy_gives_the_scaled_plan(scale: float) -> None:
    where = spots(24, 8)
    plain = a_problem(where=where, days=2, technicians=2, capacity=8.0, latest=400.0, service=7.5)
    scaled = a_problem(
        where=[(x * scale, y * scale) for x, y in where],
        days=2, technicians=2, capacity=8.0, latest=400.0 * scale, service=7.5 * scale,
    )  # fmt: skip
    one, other = solve(plain, Budget(steps=1500), seed=2), solve(scaled, Budget(steps=1500), seed=2)
    assert other.plan == one.plan
    assert other.value == pytest.approx(one.value * scale)


def test_what_does_not_fit_stays_out_and_the_cheapest_does() -> None:
    problem = with_requests(
        a_problem(where=[(0.0, 0.0), (1.0, 0.0), (2.0, 0.0), (3.0, 0.0)], capacity=2.0, price=1.0),
        price=np.array([500.0, 100.0, 500.0]),
    )
    found = solve(problem, Budget(steps=400), seed=1)
    assert [one == NONE for one in found.plan.alternative] == [False, True, False]


def test_a_problem_without_a_way_out_is_told() -> None:
    with pytest.raises(NoFeasiblePlan, match=r"requests .* find no place"):
        solve(a_problem(where=spots(4, 1), capacity=2.0), BUDGET, seed=1)


def test_progress_falls_and_a_stop_keeps_the_best_plan() -> None:
    told: list[Told] = []
    problem = a_problem(where=spots(30, 2), days=2, technicians=2)
    found = solve(problem, Budget(steps=2400), seed=1, progress=told.append, stop=lambda: len(told) > 5)
    values = [one.value for one in told if one.value is not None]
    assert len(told) == 6
    assert values == sorted(values, reverse=True)
    assert found.value == values[-1]


def test_a_search_goes_on_from_a_given_plan_and_never_returns_a_worse_one() -> None:
    problem = a_problem(where=spots(15, 4), days=2, technicians=1)
    good = solve(problem, Budget(steps=2000), seed=1)
    after = solve(problem, Budget(steps=24), seed=5, start=good.plan)
    assert after.value <= good.value * (1 + 1e-9)


def test_a_budget_names_steps_or_seconds_with_a_clock() -> None:
    with pytest.raises(InvalidInput, match="exactly one"):
        Budget()
    with pytest.raises(InvalidInput, match="without a clock"):
        Budget(seconds=1.0)
    assert solve(a_problem(where=spots(3, 1)), Budget(steps=0), seed=1).plan != Plan(
        routes=(), alternative=()
    )


def test_seconds_end_a_search_by_the_clock_that_came_in() -> None:
    ticks = iter(range(10**6))
    found = solve(
        a_problem(where=spots(5, 1)),
        Budget(seconds=100.0, clock=lambda: float(next(ticks))),
        seed=1,
        workers=2,
    )
    assert found.first_after is not None
    assert found.curve[-1].seconds <= 140


def test_a_first_plan_that_keeps_every_limit_is_told_long_before_the_first_round_ends() -> None:
    # Four vans of 10 have to be filled to the brim, which the greedy plan misses.
    loads = [5.0, 5.0, 4.0, 4.0, 3.0, 3.0, 3.0, 3.0, 2.0, 2.0, 2.0, 4.0]
    problem = a_problem(where=spots(len(loads), 3), technicians=4, loads=loads, capacity=10.0)
    with pytest.raises(NoFeasiblePlan, match="no plan keeps every limit"):
        solve(problem, Budget(steps=0), seed=1)
    now = [0.0]

    def clock() -> float:
        now[0] += 0.01
        return now[0]

    found = solve(problem, Budget(seconds=60.0, clock=clock), seed=1)
    assert found.first_after is not None
    assert found.first_after < 60.0 / 24
    told = [one for one in found.curve if one.value is not None]
    assert told[0].seconds == found.first_after
    assert told[-1].done == 1.0
