"""A plan made better keeps every rule, costs no more, and is the same again; dead workers lose nothing."""

from collections.abc import Callable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import InvalidInput
from planner.model import ReasonKind
from planner.routing import Improved, Snapshot, StopRule, Weights, first_plan, plan_costs
from planner.routing import improve as room
from planner.routing.improve import improve
from planner.routing.territories import parts_of
from planner.routing.weights import DEFAULT_WEIGHTS
from tests.planner.routing.builders import MONDAY, SUZHOU, a_site, a_technician, a_visit, a_work
from tests.planner.routing.departments import Small, a_department

STEPS = 300


def improved(small: Small, *, iterations: int = STEPS, **more: Any) -> Improved:
    ticks = count()
    return improve(
        small.work,
        **small.around(),  # type: ignore[arg-type]
        published=small.published,
        weights=small.weights,
        stop=StopRule(iterations=iterations),
        **{"clock": lambda: float(next(ticks)), **more},
    )


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_better_plan_keeps_every_rule_and_costs_no_more_than_the_first(seed: int) -> None:
    small = a_department(seed)
    found = improved(small)
    assert small.breaches(found.visits, found.unplaced) == ()
    assert found.costs.total <= found.before.total
    first = first_plan(small.work, **small.around())  # type: ignore[arg-type]
    priced = plan_costs(
        first.visits,
        first.unplaced,
        technicians=small.technicians,
        technician_calendars=small.technician_calendars,
    )
    assert found.before == priced
    prices = [point.cost for point in found.curve]
    assert prices == sorted(prices, reverse=True)


def test_the_search_finds_the_round_that_the_simple_rule_misses() -> None:
    """The rule sends one technician to each of two neighbouring sites on their ideal days; one trip would do."""
    near = replace(SUZHOU, latitude_deg=SUZHOU.latitude_deg + 0.02)
    small = Small(
        work=(
            a_work("w1", site_id="s1", ideal=MONDAY, late=3),
            a_work("w2", site_id="s2", ideal=MONDAY + timedelta(days=2), early=3, late=1),
        ),
        sites={"s1": a_site("s1", position=SUZHOU), "s2": a_site("s2", position=near)},
        technicians={"t1": a_technician()},
    )
    found = improved(small)
    assert {one.day for one in found.visits} == {MONDAY}
    assert found.costs.travel < found.before.travel
    moved = next(one for one in found.visits if one.key == "w2")
    told = dict(next(one for one in moved.reasons if one.kind is ReasonKind.TECHNICIAN).values)
    assert (told["by"], told["ideal_why"]) == ("search", "whole_plan")


def test_published_visits_stay_where_moving_them_costs_more_than_it_saves() -> None:
    near = replace(SUZHOU, latitude_deg=SUZHOU.latitude_deg + 0.02)
    work = (
        a_work("w1", site_id="s1", ideal=MONDAY, late=3),
        a_work("w2", site_id="s2", ideal=MONDAY + timedelta(days=2), early=3, late=1),
    )
    small = Small(
        work=work,
        sites={"s1": a_site("s1", position=SUZHOU), "s2": a_site("s2", position=near)},
        technicians={"t1": a_technician()},
        weights=Weights(moved_day=10_000),
    )
    first = first_plan(work, **small.around())  # type: ignore[arg-type]
    found = improved(replace(small, published=first.visits))
    assert {one.key: one.day for one in found.visits} == {one.key: one.day for one in first.visits}


def test_same_seed_and_iterations_give_the_same_plan_and_another_seed_is_free_to_differ() -> None:
    small = a_department(7, work=40)
    assert improved(small, seed=3).visits == improved(small, seed=3).visits


def test_locked_visits_stay_and_their_time_stays_theirs() -> None:
    small = a_department(11)
    first = first_plan(small.work, **small.around())  # type: ignore[arg-type]
    locked = tuple(replace(one, locked=True) for one in first.visits[:6])
    keys = {one.key for one in locked}
    rest = replace(small, work=tuple(one for one in small.work if one.key not in keys), locked=locked)
    found = improved(rest)
    assert rest.breaches(found.visits, found.unplaced) == ()
    assert keys.isdisjoint(one.key for one in found.visits)


def test_what_stays_out_tells_a_relaxation_that_is_true_of_the_better_plan() -> None:
    small = Small(
        work=tuple(a_work(f"w{number}", hours_of_work=8) for number in range(2)),
        sites={"s1": a_site()},
        technicians={"t1": a_technician()},
    )
    (left,) = improved(small).unplaced
    told = dict(left.reason.values)
    assert (told["relax"], told["side"], told["days"]) == ("window", "latest", "1")


def test_a_search_that_is_cancelled_ends_with_the_best_it_has() -> None:
    small = a_department(3)
    looks = count()
    found = improved(small, iterations=10**9, cancelled=lambda: next(looks) > 2)
    assert small.breaches(found.visits, found.unplaced) == ()
    assert found.iterations == 3_000


def test_a_search_told_seconds_ends_by_the_clock_it_was_given() -> None:
    small = a_department(3)
    ticks = count()
    told: list[Snapshot] = []
    found = improve(
        small.work,
        **small.around(),  # type: ignore[arg-type]
        stop=StopRule(seconds=60),
        clock=lambda: float(next(ticks)),
        progress=told.append,
        tell_every=5,
    )
    assert 50 <= found.curve[-1].seconds <= 70
    assert len(told) > 5
    assert told[0].visits


def test_input_that_breaks_a_rule_is_refused_with_every_fault() -> None:
    small = Small(work=(a_work("w1"), a_work("w1", site_id="s9")), sites={"s1": a_site()}, technicians={})
    with pytest.raises(InvalidInput, match=r"w1 is there twice.*s9, which needs a site"):
        improved(small)


@pytest.mark.parametrize("stop", [{}, {"seconds": -1.0}, {"iterations": -1}], ids=str)
def test_a_search_needs_an_end_that_is_not_in_the_past(stop: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput, match=r"neither is given|must not be negative"):
        StopRule(**stop)


def test_a_price_below_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput, match="weight late is -1"):
        Weights(late=-1)
    assert Weights(late=0).late == 0


# --- in parts


@pytest.fixture
def small_parts(monkeypatch: pytest.MonkeyPatch) -> Small:
    """A department that is searched in parts of some twelve trips."""
    monkeypatch.setattr("planner.routing.territories.WORK_IN_PART", 12)
    monkeypatch.setattr(room, "EXECUTOR_FROM", 1)
    return a_department(5, work=48, technicians=6, sites=12)


def test_every_work_and_every_technician_is_in_one_part_of_each_round(small_parts: Small) -> None:
    setting = small_parts.setting()
    plan = first_plan(small_parts.work, **small_parts.around())  # type: ignore[arg-type]
    cuts = set()
    for number in range(4):
        parts = parts_of(
            small_parts.work, {one.key: one for one in plan.visits}, setting, setting.board(), number=number
        )
        assert sorted(one.key for part in parts for one in part.work) == sorted(
            one.key for one in small_parts.work
        )
        people = [one for part in parts for one in part.setting.technicians]
        assert sorted(people) == sorted(small_parts.technicians)
        cuts.add(frozenset(frozenset(part.setting.technicians) for part in parts))
    assert len(cuts) > 1


def test_parts_side_by_side_give_the_plan_of_one_worker(small_parts: Small) -> None:
    with ThreadPoolExecutor(1) as one, ThreadPoolExecutor(3) as three:
        alone = improved(small_parts, executor=one, workers=1, iterations=2_000)
        together = improved(small_parts, executor=three, workers=3, iterations=2_000)
    assert alone.visits == together.visits
    assert alone.costs.total < alone.before.total
    assert small_parts.breaches(alone.visits, alone.unplaced) == ()


class Dying(Executor):
    """Loses what it is sent, each third time for good."""

    def __init__(self) -> None:
        self.sent = 0

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        self.sent += 1
        future: Future[Any] = Future()
        if self.sent % 3 == 0:
            future.set_exception(RuntimeError("the worker is gone"))
        else:
            future.set_result(fn(*args, **kwargs))
        return future


class Broken(Executor):
    """Takes nothing any more, as a pool of processes does after one of them was killed."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        raise RuntimeError("the pool is broken")


def test_workers_that_die_lose_nothing(small_parts: Small) -> None:
    with ThreadPoolExecutor(1) as healthy:
        wanted = improved(small_parts, executor=healthy, workers=1, iterations=2_000)
    dying = improved(small_parts, executor=Dying(), workers=2, iterations=2_000)
    assert dying.visits == wanted.visits


def test_where_all_workers_are_gone_the_search_goes_on_here(small_parts: Small) -> None:
    with ThreadPoolExecutor(1) as healthy:
        wanted = improved(small_parts, executor=healthy, workers=1, iterations=2_000)
    assert improved(small_parts, executor=Broken(), workers=2, iterations=2_000).visits == wanted.visits


class Far(Executor):
    """Takes everything and never gives anything back, as a cluster does that is still busy."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        return Future()


def test_who_has_enough_does_not_wait_for_parts_that_are_far_away(small_parts: Small) -> None:
    looks = count()
    found = improved(
        small_parts, executor=Far(), workers=2, iterations=10**9, cancelled=lambda: next(looks) > 0
    )
    assert small_parts.breaches(found.visits, found.unplaced) == ()
    assert found.iterations == 0


def test_parts_that_are_asked_to_end_come_back_with_the_best_they_have(small_parts: Small) -> None:
    looks, there = count(), count()
    with ThreadPoolExecutor(1) as one:
        found = improved(
            small_parts,
            executor=one,
            iterations=10**9,
            cancelled=lambda: next(looks) > 0,
            cancelled_there=lambda: next(there) > 20,
        )
    assert 0 < found.iterations < 100_000
    assert found.costs.total < found.before.total
    assert small_parts.breaches(found.visits, found.unplaced) == ()


def test_the_price_of_a_plan_counts_each_part() -> None:
    small = Small(
        work=(a_work("w1", ideal=MONDAY, early=1, late=1),),
        sites={"s1": a_site(position=SUZHOU)},
        technicians={"t1": a_technician("t1"), "t2": a_technician("t2")},
        locked=(a_visit("w0", day=MONDAY - timedelta(days=60), technician_id="t2"),),
    )
    (visit,) = first_plan(small.work, **small.around()).visits  # type: ignore[arg-type]
    late = replace(visit, day=MONDAY + timedelta(days=1))
    costs = plan_costs(
        [late],
        2,
        technicians=small.technicians,
        technician_calendars=small.technician_calendars,
        locked=small.locked,
        published=[visit],
        weights=DEFAULT_WEIGHTS,
    )
    assert costs.travel == visit.travel / timedelta(minutes=1)
    assert (costs.early, costs.late, costs.moved, costs.unserved) == (0, 1, 60, 12_000)
    assert costs.other_technician == (0 if visit.technician_id == "t2" else 15)
