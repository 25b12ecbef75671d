"""Each rule of the checker at its edge and one past it, and the price of a plan by hand."""

from dataclasses import replace

import numpy as np
import pytest

from planner.errors import InvalidInput
from planner.routing.problem import NONE, RESTOCK, Plan, Problem, checked
from planner.routing.solution_check import plan_breaches, plan_price, route_timing
from tests.planner.routing.problems import a_problem, open_between, with_requests, with_slots, with_tasks

LINE = [(0.0, 0.0), (10.0, 0.0), (20.0, 0.0)]


def rules(problem: Problem, plan: Plan) -> set[str]:
    return {one.rule for one in plan_breaches(problem, plan)}


def one_route(*stops: int, alternatives: tuple[int, ...] = (0, 1)) -> Plan:
    return Plan(routes=(stops,), alternative=alternatives)


def test_a_plan_that_keeps_all_rules_has_no_breach_and_costs_its_way() -> None:
    problem = a_problem(where=LINE)
    assert plan_breaches(problem, one_route(0, 1)) == ()
    assert plan_price(problem, one_route(0, 1)).total == pytest.approx(40.0)


@pytest.mark.parametrize(
    ("latest", "broken"),
    [pytest.param(46.0, set(), id="at the edge"), pytest.param(45.9, {"end"}, id="past it")],
)
def test_a_route_ends_by_its_latest_end(latest: float, broken: set[str]) -> None:
    assert rules(a_problem(where=LINE, service=3.0, latest=latest), one_route(0, 1)) == broken


@pytest.mark.parametrize(
    ("capacity", "broken"),
    [pytest.param(2.0, set(), id="full"), pytest.param(1.9, {"capacity"}, id="too full")],
)
def test_a_van_takes_no_more_than_it_holds(capacity: float, broken: set[str]) -> None:
    assert rules(a_problem(where=LINE, capacity=capacity), one_route(0, 1)) == broken


@pytest.mark.parametrize(
    ("end", "broken"),
    [pytest.param(20.0, set(), id="last moment"), pytest.param(19.9, {"window"}, id="too late")],
)
def test_service_begins_inside_a_window(end: float, broken: set[str]) -> None:
    problem = open_between(a_problem(where=LINE), [(0.0, 99.0), (5.0, end)])
    assert rules(problem, one_route(0, 1)) == broken


def test_a_task_waits_for_its_window() -> None:
    problem = open_between(a_problem(where=LINE), [(30.0, 99.0), (0.0, 99.0)])
    assert route_timing(problem, 0, (0, 1)).starts == (30.0, 40.0)


def test_skill_tools_and_restocking() -> None:
    problem = a_problem(where=LINE)
    barred = replace(problem, allowed=np.array([[0.0], [np.inf]]))
    assert rules(barred, one_route(0, 1)) == {"skill"}
    bare = with_slots(replace(problem, own_tools=np.array([[True], [False]])), restock_place=np.array([2]))
    assert rules(bare, one_route(0, 1)) == {"tools"}
    assert rules(bare, one_route(0, RESTOCK, 1)) == set()
    assert rules(bare, one_route(RESTOCK, 0, RESTOCK, 1)) == {"restock"}
    assert rules(problem, one_route(RESTOCK, 0, 1)) == {"restock"}


def test_parts_taken_before_the_depot_count_and_later_ones_do_not() -> None:
    problem = with_slots(a_problem(where=LINE, capacity=1.0), restock_place=np.array([0]))
    assert rules(problem, one_route(0, RESTOCK, 1)) == set()
    assert rules(problem, one_route(0, 1, RESTOCK)) == {"capacity"}


def test_every_request_is_planned_once_on_the_days_of_its_alternative() -> None:
    problem = a_problem(where=LINE, days=2)
    good = Plan(routes=((0,), (1,)), alternative=(0, 3))
    assert rules(problem, good) == set()
    assert rules(problem, Plan(routes=((0, 0), (1,)), alternative=(0, 3))) == {"planned"}
    assert rules(problem, Plan(routes=((0,), ()), alternative=(0, NONE))) == {"planned"}
    assert rules(problem, Plan(routes=((0,), (1,)), alternative=(0, NONE))) == {"planned"}
    assert rules(problem, Plan(routes=((0, 1), ()), alternative=(0, 3))) == {"days"}
    assert rules(problem, Plan(routes=((0,), (1,)), alternative=(0, 1))) == {"days"}


def test_a_request_with_a_price_may_stay_out() -> None:
    problem = a_problem(where=LINE, price=7.0)
    plan = one_route(0, alternatives=(0, NONE))
    assert rules(problem, plan) == set()
    assert plan_price(problem, plan).left_out == pytest.approx(7.0)


def test_an_alternative_can_name_its_technician() -> None:
    problem = with_requests(a_problem(where=LINE, technicians=2), technician=np.array([1, NONE]))
    assert rules(problem, Plan(routes=((1,), (0,)), alternative=(0, 1))) == set()
    assert rules(problem, Plan(routes=((0, 1), ()), alternative=(0, 1))) == {"technician"}


@pytest.mark.parametrize(
    ("gap", "broken"), [pytest.param(1, set(), id="kept"), pytest.param(2, {"gap"}, id="too near")]
)
def test_requests_of_a_group_keep_their_distance(gap: int, broken: set[str]) -> None:
    problem = with_requests(a_problem(where=LINE, days=2), group=np.array([0, 0]), gap=np.array([gap]))
    assert rules(problem, Plan(routes=((0,), (1,)), alternative=(0, 3))) == broken


def test_a_fixed_task_stays_and_an_unusable_slot_stays_empty() -> None:
    problem = with_tasks(a_problem(where=LINE, technicians=2), fixed_slot=np.array([0, NONE]))
    assert rules(problem, Plan(routes=((0, 1), ()), alternative=(0, 1))) == set()
    assert rules(problem, Plan(routes=((1,), (0,)), alternative=(0, 1))) == {"fixed"}
    closed = with_slots(a_problem(where=LINE), usable=np.array([False]))
    assert rules(closed, one_route(0, 1)) == {"slot"}


@pytest.mark.parametrize(
    ("latest", "finish"),
    [
        pytest.param(45.0, 46.0, id="back before lunch must begin"),
        pytest.param(39.0, 76.0, id="lunch on the way"),
    ],
)
def test_lunch_is_taken_where_the_day_goes_on_beyond_it(latest: float, finish: float) -> None:
    problem = with_slots(
        a_problem(where=LINE, service=3.0),
        lunch_earliest=np.array([30.0]), lunch_latest=np.array([latest + 1.0]), lunch_length=np.array([30.0]),
    )  # fmt: skip
    assert route_timing(problem, 0, (0, 1)).finish == pytest.approx(finish)


def test_lunch_fills_a_wait_that_is_long_enough() -> None:
    problem = with_slots(
        open_between(a_problem(where=LINE), [(45.0, 99.0), (0.0, 99.0)]),
        lunch_earliest=np.array([10.0]), lunch_latest=np.array([40.0]), lunch_length=np.array([30.0]),
    )  # fmt: skip
    timing = route_timing(problem, 0, (0, 1))
    assert timing.lunch == 10.0
    assert timing.finish == pytest.approx(75.0)


def test_price_counts_days_technicians_overtime_and_balance() -> None:
    problem = replace(a_problem(where=LINE), allowed=np.array([[0.0], [4.0]]), balance=2.0)
    problem = with_requests(problem, cost=np.array([1.0, 2.0]))
    problem = with_slots(
        problem, regular_end=np.array([30.0]), overtime_price=np.array([0.5]), bucket=np.array([0])
    )
    price = plan_price(problem, one_route(0, 1))
    assert (price.travel, price.days, price.technicians, price.overtime) == pytest.approx(
        (40.0, 3.0, 4.0, 5.0)
    )
    assert price.balance == pytest.approx(2.0 * 40.0**2 / 30.0)


def test_a_faulty_problem_is_told_with_all_its_faults() -> None:
    problem = with_slots(a_problem(where=LINE), day=np.array([5]))
    problem = with_tasks(problem, service=np.array([-1.0, 0.0]))
    with pytest.raises(InvalidInput, match=r"slots.day has 5..5; it needs 0..0.*") as raised:
        checked(problem)
    assert len(raised.value.faults) == 2
    with pytest.raises(InvalidInput, match="names 1 days; it needs 2"):
        checked(
            with_requests(
                a_problem(where=LINE, days=2, patterns=[[[0, 1]], [[0]]]), days=np.array([[0, -1], [0, -1]])
            )
        )
