"""A department's year in numbers and back: what the search is told, and that what comes out keeps every rule."""

from dataclasses import replace
from datetime import time, timedelta
from math import inf

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model import OpeningHours, TimeSpan
from planner.routing import TravelRule, first_plan
from planner.routing.board import home_place, site_place
from planner.routing.decoding import decoded, settled
from planner.routing.department import department
from planner.routing.keeping import placements_of
from planner.routing.problem import NONE, checked
from planner.routing.travel import Travel
from planner.routing.travel_table import minutes_table
from planner.routing.working_clock import begins, on_clock, open_on_clock
from tests.planner.routing.builders import (
    MONDAY,
    SHANGHAI,
    SUZHOU,
    a_site,
    a_technician,
    a_visit,
    a_work,
    closed,
)
from tests.planner.routing.departments import Small, a_department

MORNING_AND_AFTERNOON = ((510, 720), (780, 1050))


@pytest.mark.parametrize(
    ("minute", "working"),
    [
        pytest.param(500, 510, id="before the first span it has not begun"),
        pytest.param(510, 510, id="begin"),
        pytest.param(719, 719, id="last minute before lunch"),
        pytest.param(720, 720, id="lunch begins"),
        pytest.param(750, 720, id="the clock stands still at lunch"),
        pytest.param(781, 721, id="one minute after lunch"),
        pytest.param(1100, 990, id="behind the end"),
    ],
)
def test_clock_of_working_minutes_stands_still_at_lunch(minute: int, working: int) -> None:
    assert on_clock(MORNING_AND_AFTERNOON, minute) == working


def test_a_site_that_is_open_through_lunch_is_open_without_a_gap_on_the_clock() -> None:
    assert open_on_clock(MORNING_AND_AFTERNOON, ((480, 1200),)) == ((510, 990),)


def test_a_site_that_closes_earlier_for_lunch_leaves_a_gap_on_the_clock() -> None:
    assert open_on_clock(MORNING_AND_AFTERNOON, ((480, 690), (780, 1200))) == ((510, 690), (720, 990))


@pytest.mark.parametrize(
    ("minutes", "expected"),
    [
        pytest.param(180, ((510, 510), (720, 810)), id="just fits before the gap"),
        pytest.param(181, ((720, 809),), id="no longer fits before the gap"),
        pytest.param(270, ((720, 720),), id="just fits behind it"),
        pytest.param(271, ((510, 689),), id="has to pause while the site is closed"),
        pytest.param(450, ((510, 510),), id="all that the site is open"),
        pytest.param(451, (), id="longer than the site is open"),
    ],
)
def test_work_begins_where_it_ends_in_time(minutes: int, expected: tuple[tuple[int, int], ...]) -> None:
    assert begins([((510, 690), (720, 990))], minutes) == expected


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_table_of_ways_is_the_ways_one_by_one(seed: int) -> None:
    small = a_department(seed, sites=6)
    places = {home_place(one): person.home for one, person in small.technicians.items()}
    places |= {site_place(one): site.position for one, site in small.sites.items()}
    names = sorted(places)
    rule = TravelRule(ways={(names[0], names[-1]): (7, 3_000)})
    travel = Travel(places, rule)
    table = minutes_table(names, places, rule)
    assert table.tolist() == [[travel.minutes(one, other) for other in names] for one in names]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_plan_comes_back_from_numbers_as_it_was(seed: int) -> None:
    small = a_department(seed)
    plan = first_plan(small.work, **small.around())  # type: ignore[arg-type]
    problem = department(small.work, plan.visits, small.setting())
    checked(problem.problem)
    found = decoded(problem, problem.start, small.setting(), before=plan.visits)
    assert small.breaches(found.visits, found.unplaced) == ()
    assert {(one.key, one.technician_id, one.day) for one in found.visits} >= {
        (one.key, one.technician_id, one.day) for one in plan.visits if one.site_id not in small.spacing
    }
    again = settled(small.work, placements_of(found.visits), small.setting(), before=found.visits)
    assert again.visits == found.visits


def test_a_search_may_use_only_days_on_which_site_and_somebody_are_there() -> None:
    closed_tuesday = a_site("s1", shutdowns=(closed(MONDAY + timedelta(days=1)),))
    away_wednesday = a_technician("t1", leave=(closed(MONDAY + timedelta(days=2)),))
    small = Small(
        work=(a_work("w1", ideal=MONDAY, late=4),),
        sites={"s1": closed_tuesday},
        technicians={"t1": away_wednesday},
    )
    problem = department(small.work, (), small.setting()).problem
    assert problem.requests.days[:, 0].tolist() == [0, 3, 4]


def test_a_day_late_is_dearer_than_a_day_early_and_a_published_day_dearer_to_leave() -> None:
    small = Small(
        work=(a_work("w1", ideal=MONDAY + timedelta(days=1), early=1, late=1),),
        sites={"s1": a_site()},
        technicians={"t1": a_technician()},
    )
    assert department(small.work, (), small.setting()).problem.requests.cost.tolist() == [0.5, 0, 1]
    known = replace(small, published=(a_visit("w1", day=MONDAY + timedelta(days=1)),))
    assert department(known.work, (), known.setting()).problem.requests.cost.tolist() == [60.5, 0, 61]


def test_who_lacks_the_skill_or_lives_too_far_may_not_go() -> None:
    far = replace(SHANGHAI, latitude_deg=25.0)
    small = Small(
        work=(a_work("w1", skills=("a",)),),
        sites={"s1": a_site()},
        technicians={
            "able": a_technician("able", skills=frozenset({"a"})),
            "far": a_technician("far", skills=frozenset({"a"}), home=far),
            "other": a_technician("other"),
        },
    )
    assert department(small.work, (), small.setting()).problem.allowed.tolist() == [[0, inf, inf]]


def test_who_was_there_last_is_preferred() -> None:
    small = Small(
        work=(a_work("w1", ideal=MONDAY + timedelta(days=1)),),
        sites={"s1": a_site()},
        technicians={"t1": a_technician("t1"), "t2": a_technician("t2")},
        locked=(a_visit("w0", day=MONDAY - timedelta(days=30), technician_id="t2"),),
    )
    assert department(small.work, (), small.setting()).problem.allowed.tolist() == [[15, 0]]


def test_a_locked_visit_is_a_fixed_stop_and_a_day_that_contradicts_itself_is_left_alone() -> None:
    at_ten = TimeSpan(start=time(10), end=time(12))
    base = Small(
        work=(a_work("w1", late=1), a_work("w2", site_id="s2", late=1)),
        sites={"s1": a_site("s1"), "s2": a_site("s2", position=SUZHOU)},
        technicians={"t1": a_technician()},
        locked=(a_visit("l1", day=MONDAY, at=at_ten),),
    )
    problem = department(base.work, (), base.setting()).problem
    assert problem.tasks.fixed_start[-1] == 600
    assert problem.slots.usable.all()
    twice = replace(base, locked=(*base.locked, a_visit("l2", site_id="s2", day=MONDAY, at=at_ten)))
    problem = department(twice.work, (), twice.setting()).problem
    assert problem.slots.usable.tolist() == [False, True]
    assert np.all(problem.tasks.fixed_slot == NONE)


def test_a_visit_on_a_day_that_the_search_cannot_use_passes_by_it() -> None:
    whole_day = a_visit("l1", day=MONDAY)
    small = Small(
        work=(a_work("w1", late=1),),
        sites={"s1": a_site()},
        technicians={"t1": a_technician()},
        locked=(whole_day,),
    )
    visit = a_visit("w1", day=MONDAY, at=TimeSpan(start=time(8), end=time(10)))
    problem = department(small.work, (visit,), small.setting())
    assert problem.passing == (visit,)
    assert problem.work == ()


def test_technicians_of_different_hours_share_only_the_hours_that_both_have() -> None:
    late = OpeningHours(weekdays=((TimeSpan(start=time(10), end=time(19)),),) * 5 + ((), ()))
    small = Small(
        work=(a_work("w1", hours_of_work=6),),
        sites={"s1": a_site()},
        technicians={"t1": a_technician("t1"), "t2": a_technician("t2", working_time=late)},
    )
    openings = department(small.work, (), small.setting()).problem.openings
    assert (openings.begins.tolist()[0], openings.ends.tolist()[0]) == (600, 660)
