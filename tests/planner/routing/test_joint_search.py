"""The search with two technicians, several days, kits and prices: it breaks nothing, and finds the best of tiny cases."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model import DueWork, Kit, Needs, Unplaced, Visit
from planner.routing import plan_costs
from planner.routing.board import Board, Placement
from planner.routing.department import department
from planner.routing.joint import joint_offers
from planner.routing.offers import offered
from planner.routing.problem import Plan
from planner.routing.setting import Setting
from planner.routing.solution_check import plan_breaches
from planner.routing.telling import placement_reason, told_visit
from tests.planner.routing.builders import MONDAY, Position, a_site, a_technician, a_work
from tests.planner.routing.needs_cases import a_needy_department, around_of, improved, needing, planned


def due_left(unplaced: Sequence[Unplaced]) -> int:
    return sum(not one.needs.is_optional for one in unplaced)


@settings(max_examples=6, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_plans_of_departments_with_everything_in_them_break_no_rule(seed: int) -> None:
    work, around = a_needy_department(seed)
    first = planned(work, around)
    found = improved(work, around, visits=first.visits, iterations=60)
    assert due_left(found.unplaced) <= due_left(first.unplaced)
    if due_left(found.unplaced) == due_left(first.unplaced):
        assert found.costs.total <= found.before.total + 1e-6


def test_the_same_seed_gives_the_same_plan() -> None:
    work, around = a_needy_department(7)
    one, other = (improved(work, around, iterations=60) for _ in range(2))
    assert (one.visits, one.unplaced) == (other.visits, other.unplaced)


def test_joint_visits_are_moved_by_the_search() -> None:
    """The simple rule puts the pair on its best day, where the two others then have no place beside it."""
    pair = needing(a_work("w1", early=1, late=1, hours_of_work=5, ideal=MONDAY + timedelta(days=1)), crew=2)
    tight = [a_work(f"w{n}", ideal=MONDAY + timedelta(days=1), hours_of_work=8) for n in (2, 3)]
    around = around_of()
    assert due_left(planned([pair, *tight], around).unplaced) == 2
    found = improved([pair, *tight], around, iterations=60)
    assert not found.unplaced
    assert next(one for one in found.visits if one.key == "w1").day != MONDAY + timedelta(days=1)


def test_the_numbers_of_the_search_hold_the_kits_of_each_day() -> None:
    work, around = [needing(a_work(f"w{n}"), kits=frozenset("k")) for n in (1, 2)], around_of()
    setting = Setting(**{**around, "kits": _kits(1)}, spacing={})  # type: ignore[arg-type]
    made = department(work, (), setting)
    slots = [row for row, (_, day) in enumerate(made.slots) if day == MONDAY]
    alternatives = (0, 1)
    for routes, broken in ((((0,), (1,)), True), (((0, 1), ()), False)):
        plan = Plan(
            routes=tuple(routes[slots.index(row)] if row in slots else () for row in range(len(made.slots))),
            alternative=alternatives,
        )
        assert ("kit" in {one.rule for one in plan_breaches(made.problem, plan)}) is broken


@pytest.mark.parametrize("seed", range(2))
def test_the_search_finds_the_best_plan_of_tiny_departments(seed: int) -> None:
    work, around = _tiny(seed)
    setting = Setting(**around, spacing={})  # type: ignore[arg-type]
    best = min(_price(plan, work, setting) for plan in _every_plan(work, setting))
    found = improved(work, around, iterations=1_500)
    assert found.costs.total == pytest.approx(best, abs=1e-6)


def _kits(owned: int) -> dict[str, object]:

    return {"k": Kit(id="k", owned=owned)}


def _tiny(seed: int) -> tuple[list[DueWork], dict[str, object]]:
    at = [(31.0, 121.0), (31.1, 121.2), (31.2, 121.0), (30.9, 121.3)]
    sites = [
        a_site(f"s{n}", position=Position(latitude_deg=at[(n + seed) % 4][0], longitude_deg=at[n][1]))
        for n in range(4)
    ]
    people = [
        a_technician(f"t{n}", home=Position(latitude_deg=31 + 0.2 * n, longitude_deg=121.1 - 0.1 * seed))
        for n in range(2)
    ]
    needs = (
        (Needs(crew=2), Needs(days=2, overnight=bool(seed % 2)), Needs(kits=frozenset("k"))),
        Needs(price=40.0),
    )
    works = [
        needing_of(a_work(f"w{n}", site_id=f"s{n}", late=1, hours_of_work=3), one)
        for n, one in enumerate((*needs[0], needs[1]))
    ]
    return works, {**around_of(sites=sites, technicians=people), "kits": _kits(1)}


def needing_of(work: DueWork, needs: Needs) -> DueWork:
    return needing(work, **{name: getattr(needs, name) for name in Needs.__slots__})


def _every_plan(work: Sequence[DueWork], setting: Setting) -> Iterator[dict[str, Placement]]:
    """Yield every plan: each work on each day with each team, in each order of coming onto the board, or left out."""
    days = [MONDAY + timedelta(days=one) for one in range(2)]
    teams = [("t0",), ("t1",), ("t0", "t1"), ("t1", "t0")]
    choices = [
        [None, *((day, team) for day in days for team in teams if len(team) == one.needs.crew)]
        for one in work
    ]
    for chosen in product(*choices):
        seen = set()
        for order in permutations(range(len(work))):
            board, seats = setting.board(), dict[str, Placement]()
            for row in order:
                choice = chosen[row]
                placement = None if choice is None else _on(board, work[row], *choice)
                if placement is not None:
                    board.put(work[row], placement)
                    seats[work[row].key] = placement
            if (mark := tuple(sorted(seats.items(), key=lambda one: one[0]))) not in seen:
                seen.add(mark)
                yield seats


def _on(board: Board, work: DueWork, day: object, team: tuple[str, ...]) -> Placement | None:
    if work.needs.is_joint:
        for offer in joint_offers(board, work, day):  # type: ignore[arg-type]
            if tuple(dict.fromkeys(one.technician_id for one in offer.placement.parts())) == team:
                return offer.placement
        return None
    found = board.offer(work, day, team)  # type: ignore[arg-type]
    return None if found is None else offered(work, found)


def _price(seats: dict[str, Placement], work: Sequence[DueWork], setting: Setting) -> float:
    board = setting.board()
    for one in work:
        if one.key in seats:
            board.put(one, seats[one.key])
    visits: list[Visit] = [
        told_visit(board, one, seats[one.key], placement_reason(board, one, seats[one.key], 0))
        for one in work
        if one.key in seats
    ]
    left = [one for one in work if one.key not in seats]
    return plan_costs(
        visits,
        sum(not one.needs.is_optional for one in left),
        technicians=setting.technicians,
        technician_calendars=setting.technician_calendars,
        weights=setting.weights,
        optional_left=sum(one.needs.price or 0.0 for one in left),
    ).total
