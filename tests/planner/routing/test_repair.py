"""A published plan is mended: what is hit moves, everything else stays, and the checker finds no rule broken."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.calendars import site_calendar, technician_calendar
from planner.model import DateSpan, DueWork, Position, Site, Technician, VisitState
from planner.routing import Surroundings, breaches, first_plan
from planner.routing.diary import Diary
from planner.routing.ejection import Budget
from planner.routing.insertion import cost_of_inserting
from planner.routing.jobs import Job
from planner.routing.repair import Disturbance, Repaired, repair
from tests.planner.routing.builders import MONDAY, SHANGHAI, a_site, a_technician, a_work, closed, hours

TUESDAY, FRIDAY = MONDAY + timedelta(days=1), MONDAY + timedelta(days=4)


def near(metres: int) -> Position:
    return Position(
        latitude_deg=SHANGHAI.latitude_deg + metres / 111_195, longitude_deg=SHANGHAI.longitude_deg
    )


class Department:
    """Sites, people and a first plan, to be disturbed."""

    def __init__(self, work: Sequence[DueWork], sites: Sequence[Site], people: Sequence[Technician]) -> None:
        self.work = work
        self.sites = {one.id: one for one in sites}
        self.people = {one.id: one for one in people}
        plan = first_plan(work, **self.around(self.people, self.sites))
        assert not plan.unplaced
        self.visits = plan.visits

    def around(self, people: dict[str, Technician], sites: dict[str, Site]) -> dict[str, object]:
        return {
            "sites": sites,
            "technicians": people,
            "site_calendars": {one: site_calendar(site) for one, site in sites.items()},
            "technician_calendars": {one: technician_calendar(person) for one, person in people.items()},
        }

    def mend(self, disturbance: Disturbance, **more: object) -> Repaired:
        people, sites = dict(self.people), dict(self.sites)
        for one, days in disturbance.away:
            people[one] = replace(people[one], leave=(*people[one].leave, days))
        for one, days in disturbance.closed:
            sites[one] = replace(sites[one], shutdowns=(*sites[one].shutdowns, days))
        around = self.around(people, sites)
        diary = Diary(self.visits, **around)  # type: ignore[arg-type]
        skills = {one.key: one.skills for one in self.work}
        found = repair(self.visits, disturbance, diary, skills=skills, today=MONDAY, **more)  # type: ignore[arg-type]
        self.check(found, around, {one.key for one in self.visits if disturbance.hits(one)})
        return found

    def check(self, found: Repaired, around: dict[str, object], hit: set[str]) -> None:
        stay = {one.key for one in found.stranded}
        placed = [one for one in found.visits if one.key not in stay]
        work = [one for one in self.work if one.key not in stay]
        told = breaches(
            work,
            [replace(one, locked=False, travel=timedelta(days=1)) for one in placed],
            (),
            Surroundings(**around),
        )  # type: ignore[arg-type]
        assert not told, told


def two_people() -> Department:
    sites = [a_site(f"s{n}", position=near(1000 * n)) for n in range(1, 5)]
    work = [
        a_work(f"w{n}", site_id=f"s{n}", early=2, late=4, ideal=MONDAY + timedelta(days=(n - 1) // 2))
        for n in range(1, 5)
    ]
    return Department(work, sites, [a_technician("t1"), a_technician("t2", home=near(9000))])


def away(technician_id: str, first: date, days: int = 1) -> Disturbance:
    return Disturbance(away=((technician_id, closed(first, days)),))


def test_the_visits_of_a_sick_technician_go_to_others_and_all_else_stays() -> None:
    department = two_people()
    sick = {one.key for one in department.visits if one.technician_id == "t1" and one.day == MONDAY}
    assert sick
    found = department.mend(away("t1", MONDAY))
    assert set(found.hit) == sick
    assert {before.key for before, _ in found.changed} == sick
    assert not found.stranded
    assert (found.figures.others_day, found.figures.others_technician) == (0, 0)
    assert all((one.technician_id, one.day) != ("t1", MONDAY) for one in found.visits)


def test_nothing_changes_where_nothing_was_hit() -> None:
    found = two_people().mend(away("t1", MONDAY + timedelta(days=14)))
    assert (found.changed, found.hit, found.stranded) == ((), (), ())


def test_a_closed_site_is_visited_on_another_day_of_its_window() -> None:
    found = two_people().mend(Disturbance(closed=(("s1", closed(MONDAY, 4)),)))
    ((before, after),) = found.changed
    assert (before.site_id, after.day, after.technician_id) == ("s1", FRIDAY, before.technician_id)


def test_a_site_closed_for_its_whole_window_is_stranded_with_the_nearest_day_offered() -> None:
    found = two_people().mend(Disturbance(closed=(("s1", closed(MONDAY - timedelta(days=2), 9)),)))
    (stranded,) = found.stranded
    assert (stranded.why, stranded.offers[0].day) == ("no_place", MONDAY + timedelta(days=7))
    after = next(one for one in found.visits if one.site_id == "s1")
    assert (after.technician_id, after.hours) == (None, None)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        pytest.param({"locked": True}, "locked", id="locked"),
        pytest.param({"locked": True, "state": VisitState.BOOKED}, "booked", id="locked and booked"),
    ],
)
def test_a_locked_visit_that_is_hit_stays_and_is_told(change: dict[str, object], why: str) -> None:
    department = two_people()
    first = department.visits[0]
    department.visits = (replace(first, **change), *department.visits[1:])  # type: ignore[arg-type]
    found = department.mend(away(first.technician_id or "", MONDAY))
    assert [(one.key, one.why) for one in found.stranded] == [(first.key, why)]
    assert found.stranded[0].offers
    assert found.visits[0] == department.visits[0]


def test_a_booked_visit_keeps_its_day_and_hours_with_another_technician() -> None:
    department = two_people()
    first = department.visits[0]
    department.visits = (replace(first, state=VisitState.BOOKED), *department.visits[1:])
    other = {"t1": "t2", "t2": "t1"}[first.technician_id or ""]
    # The other one's day is empty and the way the same, so the agreed hours are free there.
    department.people[other] = replace(
        department.people[other], home=department.people[first.technician_id or ""].home
    )
    department.visits = tuple(
        one
        for one in department.visits
        if one.key == first.key or (one.technician_id, one.day) != (other, MONDAY)
    )
    department.work = [
        one for one in department.work if one.key in {visit.key for visit in department.visits}
    ]
    found = department.mend(away(first.technician_id or "", MONDAY))
    after = next(one for one in found.visits if one.key == first.key)
    assert (after.day, after.hours, after.technician_id) == (first.day, first.hours, other)


def full_week() -> Department:
    """t2 alone can do w1; all of t2's days hold a whole day's work that t1 could do on another day."""
    sites = [a_site(f"s{n}", position=near(100 * n)) for n in range(6)]
    work = [
        *(
            a_work(f"w{n}", site_id=f"s{n}", ideal=MONDAY + timedelta(days=n - 1), late=7, hours_of_work=8)
            for n in range(1, 6)
        ),
    ]
    return Department(work, sites, [a_technician("t2", skills=frozenset({"gantry"}))])


def test_an_urgent_job_pushes_one_visit_where_no_day_has_room() -> None:
    department = full_week()
    job = Job(
        key="u",
        site_id="s0",
        duration=timedelta(hours=4),
        earliest=MONDAY,
        latest=MONDAY,
        skills=frozenset({"gantry"}),
    )
    assert len(department.visits) == 5
    found = department.mend(Disturbance(urgent=(job,)), budget=Budget(others=5, day=1, technician=1))
    assert found.urgent["u"].day == MONDAY
    ((before, after),) = found.changed
    assert (before.day, after.day) == (MONDAY, MONDAY + timedelta(days=7))
    assert (found.figures.others_day, found.figures.others_technician) == (1, 0)


def test_no_chain_is_made_beyond_the_budget() -> None:
    job = Job(key="u", site_id="s0", duration=timedelta(hours=4), earliest=MONDAY, latest=MONDAY)
    found = full_week().mend(Disturbance(urgent=(job,)), budget=Budget(others=5, day=0, technician=1))
    assert [one.key for one in found.stranded] == ["u"]
    assert not found.changed


def test_the_budget_is_a_share_of_four_weeks_rounded_down() -> None:
    one = two_people().visits[0]
    inside = [replace(one, key=str(n)) for n in range(40)]
    later = [replace(one, key=f"l{n}", day=MONDAY + timedelta(weeks=4)) for n in range(40)]
    assert Budget.of([*inside, *later], MONDAY) == Budget(others=40, day=2, technician=3)


def test_an_urgent_job_is_offered_the_three_best_places_with_what_they_delay() -> None:
    department = two_people()
    around = department.around(department.people, department.sites)
    diary = Diary(department.visits, **around)  # type: ignore[arg-type]
    job = Job(
        key="u",
        site_id="s1",
        duration=timedelta(hours=1),
        earliest=MONDAY,
        latest=TUESDAY,
        not_before=time(8, 30),
        day_price=240,
    )
    offers = cost_of_inserting(job, diary)
    assert len(offers) == 3
    assert [one.cost for one in offers] == sorted(one.cost for one in offers)
    assert len({(one.technician_id, one.day) for one in offers}) == 3
    assert offers[0].day == MONDAY
    assert offers[0].hours.start >= time(8, 30)
    assert cost_of_inserting(replace(job, skills=frozenset({"laser"})), diary) == ()


def test_a_job_before_a_visit_delays_it_and_a_fixed_visit_is_never_delayed() -> None:
    sites = [a_site("s1"), a_site("s2", position=near(100))]
    department = Department([a_work("w1", hours_of_work=6)], sites, [a_technician()])
    (visit,) = department.visits
    around = department.around(department.people, department.sites)
    job = Job(key="u", site_id="s2", duration=timedelta(hours=2), earliest=MONDAY, latest=MONDAY)
    urgent = replace(job, hours=hours("08:05", "10:05"), ideal=MONDAY)
    (offer,) = Diary([visit], **around).offers(urgent)  # type: ignore[arg-type]
    assert [(one.key, one.minutes) for one in offer.delays] == [("w1", 130)]
    assert not Diary([replace(visit, locked=True)], **around).offers(urgent)  # type: ignore[arg-type]
    (free,) = Diary([replace(visit, locked=True)], **around).offers(job)  # type: ignore[arg-type]
    assert free.delays == ()


@settings(max_examples=25)
@given(seed=st.integers(0, 2**32 - 1), days=st.integers(1, 5))
def test_a_mended_plan_keeps_every_rule_and_leaves_the_rest_alone(seed: int, days: int) -> None:
    dice = random.Random(seed)
    sites = [a_site(f"s{n}", position=near(dice.randrange(-20_000, 20_000))) for n in range(6)]
    people = [
        a_technician(
            f"t{n}",
            home=near(dice.randrange(-9000, 9000)),
            skills=frozenset(dice.sample(["a", "b"], dice.randint(1, 2))),
        )
        for n in range(3)
    ]
    work = [
        a_work(
            f"w{n}",
            site_id=f"s{dice.randrange(6)}",
            ideal=MONDAY + timedelta(days=dice.choice([0, 1, 2, 3, 4])),
            early=2,
            late=9,
            hours_of_work=dice.choice([1, 2, 3]),
            skills=[dice.choice(["a", "b"])]
            if dice.random() < 0.5 and all(person.skills for person in people)
            else [],
        )
        for n in range(12)
    ]
    able = frozenset.intersection(*(person.skills for person in people))
    work = [one if one.skills <= able else replace(one, skills=frozenset()) for one in work]
    department = Department(work, sites, people)
    locked = {one.key for one in department.visits if dice.random() < 0.2}
    department.visits = tuple(replace(one, locked=one.key in locked) for one in department.visits)
    disturbance = Disturbance(
        away=(("t0", DateSpan(start=MONDAY, end=MONDAY + timedelta(days=days))),),
        closed=(("s0", closed(TUESDAY)),),
    )
    found = department.mend(disturbance)
    budget = Budget.of([one for one in department.visits if one.key not in found.hit], MONDAY)
    assert found.figures.others_day <= budget.day
    assert found.figures.others_technician <= budget.technician
    assert not {before.key for before, _ in found.changed} & locked
    assert {one.key for one in found.visits} == {one.key for one in department.visits}
