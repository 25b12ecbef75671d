"""Nobody is sent to work for which his certificate is not valid on that day: not first, not better, not mended."""

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import count

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.model import Certificate, Technician, Visit, VisitState
from planner.routing import StopRule, first_plan
from planner.routing.annealing import Annealing
from planner.routing.department import department
from planner.routing.diary import Diary
from planner.routing.improve import improve
from planner.routing.jobs import Job
from planner.routing.repair import Disturbance, repair
from planner.routing.solution_check import plan_breaches
from tests.planner.routing.builders import MONDAY, SUZHOU, a_site, a_technician, a_work, hours, planned
from tests.planner.routing.departments import Small, a_department

ONE_DAY = timedelta(days=1)
TUESDAY = MONDAY + ONE_DAY


def valid_until(day: date, *, code: str = "Z1", skill: str = "a") -> Certificate:
    return Certificate(skill=skill, first_day=MONDAY - 90 * ONE_DAY, last_day=day, code=code)


def certified(seed: int) -> Small:
    """Return a department whose technicians' skills rest, at random, on certificates that begin and end in it."""
    small, dice = a_department(seed), random.Random(seed + 1)
    people = {}
    for one, person in small.technicians.items():
        papers = tuple(
            Certificate(
                skill=skill,
                first_day=begin,
                last_day=None if dice.random() < 0.2 else begin + ONE_DAY * dice.randint(0, 9),
                code=f"{one}-{skill}-{number}",
            )
            for skill in sorted(person.skills)
            for number in range(dice.randint(0, 2))
            for begin in [MONDAY + ONE_DAY * dice.randint(-8, 10)]
        )
        people[one] = replace(
            person, skills=person.skills - {paper.skill for paper in papers}, certificates=papers
        )
    return replace(small, technicians=people)


def may_do(small: Small, visit: Visit) -> bool:
    """Whether the visit's technician may do it, counted here from the papers alone."""
    person = small.technicians[visit.technician_id or ""]
    needed = next(one.skills for one in small.work if one.key == visit.key)
    return all(
        skill in person.skills
        or any(
            paper.skill == skill
            and paper.first_day <= visit.day
            and (paper.last_day is None or visit.day <= paper.last_day)
            for paper in person.certificates
        )
        for skill in needed
    )


def better(small: Small, **more: object) -> tuple[Visit, ...]:
    ticks = count()
    found = improve(
        small.work,
        **small.around(),  # type: ignore[arg-type]
        stop=StopRule(iterations=200),
        clock=lambda: float(next(ticks)),
        **more,  # type: ignore[arg-type]
    )
    assert small.breaches(found.visits, found.unplaced) == ()
    return found.visits


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_no_plan_sends_anybody_without_a_certificate_that_is_valid_on_the_day(seed: int) -> None:
    small = certified(seed)
    first = first_plan(small.work, **small.around())  # type: ignore[arg-type]
    assert small.breaches(first.visits, first.unplaced) == ()
    for visit in (*first.visits, *better(small)):
        assert may_do(small, visit)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_the_search_itself_knows_the_certificates_before_anything_is_put_right(seed: int) -> None:
    small = certified(seed)
    first = first_plan(small.work, **small.around())  # type: ignore[arg-type]
    found = department(small.work, first.visits, small.setting())
    search = Annealing(found.problem, found.start, seed=1)
    search.run(StopRule(iterations=200), clock=lambda: 0.0, cancelled=lambda: False, look=lambda: None)
    plan = search.plan()
    assert plan_breaches(found.problem, plan) == ()
    by_key = {one.key: one for one in small.work}
    for (technician_id, day), route in zip(found.slots, plan.routes, strict=True):
        for task in route:
            if task < len(found.work):
                needed = by_key[found.work[task].key].skills
                assert needed <= small.technicians[technician_id].skills_on(day)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10**6))
def test_a_mended_plan_moves_those_whose_certificate_is_no_longer_valid_and_sends_nobody_else_so(
    seed: int,
) -> None:
    small = certified(seed)
    unbound = {
        one: replace(person, skills=person.skills_ever, certificates=())
        for one, person in small.technicians.items()
    }
    first = first_plan(small.work, **{**small.around(), "technicians": unbound})  # type: ignore[arg-type]
    diary = Diary(
        first.visits,
        sites=small.sites,
        technicians=small.technicians,
        site_calendars=small.site_calendars,
        technician_calendars=small.technician_calendars,
        spacing=small.spacing,
    )
    skills = {one.key: one.skills for one in small.work}
    found = repair(first.visits, Disturbance(), diary, skills=skills, today=MONDAY - 30 * ONE_DAY)
    assert set(found.hit) == {one.key for one in first.visits if not may_do(small, one)}
    for visit in found.visits:
        assert visit.technician_id is None or may_do(small, visit)


@pytest.mark.parametrize(
    ("last_day", "goes"),
    [
        pytest.param(MONDAY, True, id="its last day is the day of the visit"),
        pytest.param(MONDAY - ONE_DAY, False, id="it ended the day before"),
    ],
)
def test_the_last_valid_day_counts_and_the_next_does_not(last_day: date, goes: bool) -> None:
    work = (a_work("w1", skills=("a",)),)
    people = (a_technician(certificates=(valid_until(last_day),)),)
    plan = planned(work, technicians=people)
    assert bool(plan.visits) is goes
    small = Small(work=work, sites={"s1": a_site()}, technicians={"t1": people[0]})
    assert bool(better(small)) is goes
    if not goes:
        told = dict(plan.unplaced[0].reason.values)
        assert (told["why"], told["certificate"], told["proven"]) == ("certificate", "Z1", "a")
        assert (told["holder"], told["last_day"]) == ("t1", last_day.isoformat())
        # Before it ended would have been possible: the Saturday before is a make-up day.
        assert (told["relax"], told["side"], told["days"]) == ("window", "earliest", "2")


def test_a_certificate_that_would_have_to_be_renewed_is_told_with_the_day_on_which_it_would_help() -> None:
    ended = a_technician(certificates=(valid_until(MONDAY - 60 * ONE_DAY),))
    (left,) = planned([a_work("w1", late=2, skills=("a",))], technicians=[ended]).unplaced
    told = dict(left.reason.values)
    assert (told["why"], told["relax"], told["day"]) == ("certificate", "certificate", MONDAY.isoformat())
    assert (told["technician"], told["last_day"]) == ("t1", (MONDAY - 60 * ONE_DAY).isoformat())


def test_another_goes_from_the_day_on_which_the_certificate_has_ended() -> None:
    work = [a_work(f"w{n}", site_id=f"s{n}", ideal=MONDAY + n * ONE_DAY, skills=("a",)) for n in (0, 1)]
    near = a_technician("t1", certificates=(valid_until(MONDAY),))
    far = a_technician("t2", home=SUZHOU, skills=frozenset({"a"}))
    plan = planned(work, sites=[a_site("s0"), a_site("s1")], technicians=[near, far])
    assert [(one.day, one.technician_id) for one in plan.visits] == [(MONDAY, "t1"), (TUESDAY, "t2")]
    reason = dict(plan.visits[1].reasons[-1].values)
    assert reason["able"] == "1"


def test_a_visit_goes_before_the_end_of_the_certificate_where_its_window_allows() -> None:
    plan = planned(
        [a_work("w1", ideal=TUESDAY, early=1, late=2, skills=("a",))],
        technicians=[a_technician(certificates=(valid_until(MONDAY),))],
    )
    (visit,) = plan.visits
    told = dict(visit.reasons[-1].values)
    assert (visit.day, told["ideal"], told["ideal_why"]) == (MONDAY, TUESDAY.isoformat(), "certificate")


def test_a_published_visit_leaves_the_technician_whose_certificate_has_ended() -> None:
    work = [a_work("w1", skills=("a",), late=1)]
    both = a_technician("t1", skills=frozenset({"a"})), a_technician("t2", home=SUZHOU, skills=frozenset("a"))
    published = planned(work, technicians=both).visits
    assert published[0].technician_id == "t1"
    ended = replace(both[0], skills=frozenset(), certificates=(valid_until(MONDAY - ONE_DAY),))
    again = planned(work, technicians=(ended, both[1]), published=published)
    assert [one.technician_id for one in again.visits] == ["t2"]


def test_a_skill_without_any_certificate_goes_on_as_before_and_a_missing_one_is_told() -> None:
    work = [a_work("w1", skills=("a",))]
    assert planned(work, technicians=[a_technician(skills=frozenset({"a"}))]).visits
    (left,) = planned(work, technicians=[a_technician(uncertified=frozenset({"a"}))]).unplaced
    told = dict(left.reason.values)
    assert (told["why"], told["relax"], told["certificate"], told["skills"]) == (
        "certificate",
        "certificate",
        "",
        "a",
    )


def test_the_independent_checker_finds_a_visit_one_day_past_the_certificate() -> None:
    def told(person: Technician) -> tuple[str, ...]:
        work = (a_work("w1", skills=("a",)),)
        free = Small(
            work=work, sites={"s1": a_site()}, technicians={"t1": a_technician(skills=frozenset({"a"}))}
        )
        visits = first_plan(work, **free.around()).visits  # type: ignore[arg-type]
        return tuple(one.rule for one in replace(free, technicians={"t1": person}).breaches(visits, ()))

    assert told(a_technician(certificates=(valid_until(MONDAY),))) == ()
    assert told(a_technician(certificates=(valid_until(MONDAY - ONE_DAY),))) == ("certificate",)
    assert told(a_technician(certificates=(Certificate(skill="a", first_day=TUESDAY),))) == ("certificate",)
    assert told(a_technician()) == ("skill",)


def test_a_diary_offers_no_day_on_which_the_certificate_is_not_valid() -> None:
    small = Small(
        work=(), sites={"s1": a_site()}, technicians={"t1": a_technician(certificates=(valid_until(MONDAY),))}
    )
    diary = Diary(
        (),
        sites=small.sites,
        technicians=small.technicians,
        site_calendars=small.site_calendars,
        technician_calendars=small.technician_calendars,
    )
    job = Job(
        key="j", site_id="s1", duration=timedelta(hours=1), earliest=MONDAY, latest=TUESDAY,
        skills=frozenset({"a"}),
    )  # fmt: skip
    assert [one.day for one in diary.offers(job)] == [MONDAY]
    assert (diary.able_on(job, MONDAY), diary.able_on(job, TUESDAY)) == (("t1",), ())


def test_a_visit_that_a_person_locked_stays_and_an_agreed_one_goes_to_who_may_come_at_its_hours() -> None:
    ended = a_technician("t1", certificates=(valid_until(MONDAY - ONE_DAY),))
    small = Small(
        work=(a_work("w1", skills=("a",)),),
        sites={"s1": a_site()},
        technicians={"t1": ended, "t2": a_technician("t2", skills=frozenset({"a"}))},
    )
    able = {"t1": replace(ended, skills=frozenset({"a"}), certificates=())}
    (visit,) = first_plan(small.work, **{**small.around(), "technicians": able}).visits  # type: ignore[arg-type]

    def mended(before: Visit) -> Visit:
        diary = Diary((before,), **{k: v for k, v in small.around().items() if k != "locked"})  # type: ignore[arg-type]
        found = repair((before,), Disturbance(), diary, skills={"w1": frozenset({"a"})}, today=MONDAY)
        return found.visits[0]

    assert mended(replace(visit, locked=True)).technician_id == "t1"
    agreed = mended(replace(visit, state=VisitState.BOOKED))
    assert (agreed.technician_id, agreed.hours) == ("t2", visit.hours)
    assert hours("08:00", "10:00") == visit.hours


def test_a_certificate_that_ends_in_the_period_makes_one_more_column_and_no_other_does() -> None:
    small = Small(
        work=(a_work("w1", late=4, skills=("a",)),),
        sites={"s1": a_site()},
        technicians={
            "t1": a_technician("t1", certificates=(valid_until(TUESDAY), valid_until(TUESDAY, skill="b"))),
            "t2": a_technician("t2", certificates=(valid_until(MONDAY + 9 * ONE_DAY),)),
        },
    )
    found = department(small.work, (), small.setting())
    assert found.problem.allowed.shape == (1, 3)
    by_day = {
        (one, day): bool(np.isfinite(found.problem.allowed[0, column]))
        for (one, day), column in zip(found.slots, found.problem.slots.technician, strict=True)
    }
    assert [by_day["t1", MONDAY + n * ONE_DAY] for n in range(5)] == [True, True, False, False, False]
    assert all(by_day["t2", MONDAY + n * ONE_DAY] for n in range(5))
