"""Two technicians, several days, kits, optional visits: each rule at its edge and one past it."""

from dataclasses import replace
from datetime import date, time, timedelta

import pytest

from planner.errors import InvalidInput
from planner.model import Certificate, DateSpan, Kit, Needs, OpeningHours, Position, TimeSpan
from planner.routing import Surroundings, Why, breaches
from planner.routing.diary import Diary
from planner.routing.jobs import Job
from planner.routing.repair import Disturbance, repair
from tests.planner.routing.builders import (
    MONDAY,
    SHANGHAI,
    SUZHOU,
    a_site,
    a_technician,
    a_visit,
    a_work,
    hours,
)
from tests.planner.routing.needs_cases import TWO, around_of, improved, needing, planned

FRIDAY = MONDAY + timedelta(days=4)
LATE = OpeningHours(weekdays=((TimeSpan(start=time(10), end=time(17)),),) * 5 + ((), ()))
EARLY = OpeningHours(weekdays=((TimeSpan(start=time(8), end=time(12)),),) * 5 + ((), ()))


def why(plan: object, key: str = "why") -> str | None:
    (one,) = plan.unplaced  # type: ignore[attr-defined]
    return dict(one.reason.values).get(key)


@pytest.mark.parametrize(
    ("needs", "what"),
    [
        ({"crew": 3}, "crew is 3"),
        ({"days": 0}, "days is 0"),
        ({"days": 31}, "days is 31"),
        ({"second_skills": frozenset("a")}, "they need a crew of 2"),
        ({"overnight": True}, "it needs at least 2 days"),
        ({"price": 0.0}, "price is 0.0"),
    ],
)
def test_needs_that_contradict_themselves_are_refused(needs: dict[str, object], what: str) -> None:
    with pytest.raises(InvalidInput, match=what):
        Needs(**needs)  # type: ignore[arg-type]


def test_a_kit_cannot_be_there_less_than_never() -> None:
    assert Kit(id="k", owned=0).owned == 0
    with pytest.raises(InvalidInput, match="it must be at least 0"):
        Kit(id="k", owned=-1)


def test_two_technicians_begin_together_and_the_first_to_come_waits() -> None:
    near, far = a_technician("t1"), a_technician("t2", home=SUZHOU)
    (visit,) = planned([needing(crew=2)], around_of(technicians=(near, far))).visits
    (second,) = visit.further
    assert {visit.technician_id, second.technician_id} == {"t1", "t2"}
    assert visit.hours == second.hours
    assert visit.hours is not None
    # Seventy kilometres of motorway: whoever lives there cannot be in Shanghai before nine.
    assert visit.hours.start > time(8, 45)


@pytest.mark.parametrize(("more_minutes", "visits"), [(0, 1), (1, 0)])
def test_they_meet_only_while_both_are_at_work(more_minutes: int, visits: int) -> None:
    people = a_technician("t1", working_time=EARLY), a_technician("t2", working_time=LATE)
    work = replace(needing(crew=2), duration=timedelta(hours=2, minutes=more_minutes))
    plan = planned([work], around_of(technicians=people))
    assert len(plan.visits) == visits
    if visits:
        assert plan.visits[0].hours == hours("10:00", "12:00")
    else:
        assert (why(plan), why(plan, "relax")) == (Why.SECOND, "alone")


def test_one_technician_is_no_pair() -> None:
    plan = planned([needing(crew=2)], around_of(technicians=TWO[:1]))
    assert (why(plan), why(plan, "relax")) == (Why.SECOND, "alone")


def test_the_first_has_the_skills_of_the_work_and_the_second_those_of_the_second() -> None:
    work = replace(needing(crew=2, second_skills=frozenset("b")), skills=frozenset("a"))
    able = a_technician("t1", skills=frozenset("b")), a_technician("t2", skills=frozenset("a"))
    (visit,) = planned([work], around_of(technicians=able)).visits
    assert (visit.technician_id, visit.second_id) == ("t2", "t1")
    unable = a_technician("t1"), a_technician("t2", skills=frozenset("ab"))
    plan = planned([work], around_of(technicians=unable))
    assert (why(plan), why(plan, "relax")) == (Why.SECOND, "second_skill")


@pytest.mark.parametrize(("days", "visits"), [(0, 1), (-1, 0)])
def test_the_seconds_certificate_counts_up_to_its_last_day(days: int, visits: int) -> None:
    paper = Certificate(
        skill="b", first_day=MONDAY - timedelta(days=9), last_day=MONDAY + timedelta(days=days)
    )
    people = a_technician("t1"), a_technician("t2", certificates=(paper,))
    work = needing(crew=2, second_skills=frozenset("b"))
    assert len(planned([work], around_of(technicians=people)).visits) == visits


@pytest.mark.parametrize(("late", "visits"), [(2, 1), (1, 0)])
def test_a_visit_of_several_days_ends_inside_its_window(late: int, visits: int) -> None:
    plan = planned([needing(a_work(late=late), days=3)], around_of())
    assert len(plan.visits) == visits
    if visits:
        (visit,) = plan.visits
        assert [one.day for one in visit.spread()] == [MONDAY + timedelta(days=one) for one in range(3)]
        assert {one.technician_id for one in visit.spread()} == {visit.technician_id}
    else:
        assert why(plan, "relax") == "window"


@pytest.mark.parametrize(("overnight", "visits"), [(False, 1), (True, 0)])
def test_a_weekend_may_lie_between_unless_somebody_stays_overnight(overnight: bool, visits: int) -> None:
    work = needing(a_work(ideal=FRIDAY, late=3), days=2, overnight=overnight)
    plan = planned([work], around_of())
    assert len(plan.visits) == visits
    if visits:
        assert plan.visits[0].last_day == FRIDAY + timedelta(days=3)
    else:
        assert (why(plan), why(plan, "relax")) == (Why.DAYS_IN_A_ROW, "return")


@pytest.mark.parametrize(("more_minutes", "visits"), [(0, 1), (1, 0)])
def test_the_days_together_hold_the_work(more_minutes: int, visits: int) -> None:
    work = replace(needing(a_work(late=1), days=2), duration=timedelta(hours=18, minutes=more_minutes))
    around = around_of(sites=(a_site(position=SHANGHAI),))
    assert len(planned([work], around).visits) == visits


def test_who_stays_overnight_drives_there_once() -> None:
    far = around_of(sites=(a_site(position=SUZHOU),))
    ways = []
    for overnight in (False, True):
        (visit,) = planned([needing(a_work(late=2), days=3, overnight=overnight)], far).visits
        ways.append(sum((one.travel for one in visit.spread()), timedelta(0)))
    assert ways[0] == 3 * ways[1]


def test_nothing_stands_beside_a_whole_day() -> None:
    long = needing(a_work("w1", late=1), days=2)
    short = a_work("w2", hours_of_work=0.5)
    plan = planned([long, short], around_of(technicians=TWO[:1]))
    assert [one.key for one in plan.visits] == ["w1"]


@pytest.mark.parametrize(("owned", "visits"), [(2, 2), (1, 1), (0, 0)])
def test_no_day_has_more_carriers_than_kits(owned: int, visits: int) -> None:
    work = [needing(a_work(f"w{n}", hours_of_work=8), kits=frozenset("k")) for n in (1, 2)]
    around = around_of(kits=(Kit(id="k", owned=owned),))
    plan = planned(work, around)
    assert len(plan.visits) == visits
    assert len(improved(work, around, iterations=50).visits) == visits
    if visits == 1:
        assert (why(plan), why(plan, "relax"), why(plan, "kit")) == (Why.KIT, "kit", "k")


def test_one_kit_serves_all_visits_of_its_carriers_day() -> None:
    work = [needing(a_work(f"w{n}"), kits=frozenset("k")) for n in (1, 2)]
    around = around_of(kits=(Kit(id="k", owned=1),))
    for plan in (planned(work, around), improved(work, around, iterations=50)):
        assert len({one.technician_id for one in plan.visits}) == 1
        assert len(plan.visits) == 2


def test_a_kit_in_a_van_goes_where_the_van_goes() -> None:
    work = needing(kits=frozenset("k"))
    around = around_of(kits=(Kit(id="k", owned=1, holders=frozenset({"t2"})),))
    (visit,) = planned([work], around).visits
    assert visit.technician_id == "t2"
    gone = around_of(kits=(Kit(id="k", owned=1, holders=frozenset({"t9"})),))
    assert (why(planned([work], gone)), why(planned([work], around_of()))) == (Why.KIT, Why.KIT)


def test_a_locked_visit_keeps_its_kit() -> None:
    standing = replace(a_visit("v1", at=hours("08:00", "10:00")), needs=Needs(kits=frozenset("k")))
    work = needing(a_work(hours_of_work=8), kits=frozenset("k"))
    around = around_of(kits=(Kit(id="k", owned=1),), locked=(standing,))
    assert why(planned([work], around)) == Why.KIT
    assert why(improved([work], around, iterations=50)) == Why.KIT


def test_an_optional_visit_is_done_only_below_its_price() -> None:
    around = around_of(sites=(a_site(position=SUZHOU),), technicians=TWO[:1])
    (visit,) = planned([a_work()], around).visits
    detour = visit.travel / timedelta(minutes=1)
    assert len(planned([needing(price=detour + 1)], around).visits) == 1
    plan = planned([needing(price=detour)], around)
    assert (why(plan), why(plan, "detour_minutes")) == (Why.PRICE, f"{detour:g}")
    assert not improved([needing(price=detour)], around, iterations=50).visits


def test_an_optional_visit_never_pushes_a_due_one_out() -> None:
    due, optional = a_work("w1", hours_of_work=8), needing(a_work("w2", hours_of_work=8), price=90_000.0)
    around = around_of(technicians=TWO[:1])
    assert [one.key for one in planned([optional, due], around).visits] == ["w1"]
    in_the_way = planned([optional], around).visits
    found = improved([optional, due], around, visits=in_the_way, iterations=50)
    assert [one.key for one in found.visits] == ["w1"]


@pytest.mark.parametrize(
    ("rule", "needs", "change"),
    [
        ("crew", {"crew": 2}, lambda one: replace(one, further=())),
        (
            "together",
            {"crew": 2},
            lambda one: replace(one, further=(replace(one.further[0], hours=hours("13:00", "15:00")),)),
        ),
        ("days_in_a_row", {"days": 2}, lambda one: replace(one, further=())),
        (
            "days_in_a_row",
            {"days": 2},
            lambda one: replace(one, further=(replace(one.further[0], day=MONDAY + timedelta(days=2)),)),
        ),
        ("same_work", {"days": 2}, lambda one: replace(one, needs=Needs())),
    ],
)
def test_the_checker_finds_each_broken_rule(rule: str, needs: dict[str, object], change: object) -> None:
    work, around = needing(a_work(late=3), **needs), around_of()
    (visit,) = planned([work], around).visits
    found = breaches([work], [change(visit)], (), Surroundings(**around))  # type: ignore[operator,arg-type]
    assert rule in {one.rule for one in found}


def test_the_checker_counts_kits_prices_skills_and_whole_days_on_its_own() -> None:
    works = [
        needing(a_work("w1", late=1), days=2),
        needing(a_work("w2"), crew=2, second_skills=frozenset("b"), kits=frozenset("k")),
        needing(a_work("w3", site_id="s2"), price=500.0, kits=frozenset("k")),
    ]
    people = [a_technician(f"t{n}", skills=frozenset("b"), home=SUZHOU) for n in range(4)]
    sites = a_site(), a_site("s2", position=Position(latitude_deg=32, longitude_deg=121))
    rich = around_of(sites=sites, technicians=people, kits=(Kit(id="k", owned=9),))
    plan = planned(works, rich)
    assert len(plan.visits) == 3
    poor = around_of(sites=sites, technicians=[replace(one, skills=frozenset()) for one in people])
    cheap = [*works[:2], replace(works[2], needs=replace(works[2].needs, price=1.0))]
    visits = [replace(one, needs=cheap[2].needs) if one.key == "w3" else one for one in plan.visits]
    long = next(one for one in visits if one.key == "w1")
    extra = replace(
        a_visit("v9", technician_id=long.technician_id, day=long.last_day), hours=hours("12:00", "13:00")
    )
    found = breaches(cheap, visits, (), Surroundings(**{**poor, "locked": (extra,)}))  # type: ignore[arg-type]
    assert {"kit", "price", "second_skill", "whole_day"} <= {one.rule for one in found}


def test_illness_of_either_leaves_a_joint_visit_without_a_place_and_others_in_theirs() -> None:
    works = [needing(a_work("w1"), crew=2), a_work("w2", ideal=MONDAY + timedelta(days=1))]
    around = around_of()
    visits = planned(works, around).visits
    joint = visits[0]
    ill = str(joint.second_id)
    people = {one.id: one for one in TWO}
    people[ill] = replace(people[ill], leave=(DateSpan(start=MONDAY, end=MONDAY + timedelta(days=1)),))
    diary = _diary(visits, {**around, **_of_people(list(people.values()))})
    away = Disturbance(away=((ill, people[ill].leave[0]),))
    mended = repair(visits, away, diary, skills={}, today=date(2026, 1, 1))
    assert [one.key for one in mended.stranded] == ["w1"]
    now = {one.key: one for one in mended.visits}
    assert (now["w1"].technician_id, now["w1"].further) == (None, ())
    assert now["w2"] == visits[1]


def test_an_urgent_job_with_a_kit_waits_until_one_is_back() -> None:
    work = needing(a_work(hours_of_work=8), kits=frozenset("k"))
    around = around_of(kits=(Kit(id="k", owned=1),))
    (visit,) = planned([work], around).visits
    job = Job(
        key="urgent",
        site_id="s1",
        duration=timedelta(hours=8),
        earliest=MONDAY,
        latest=MONDAY + timedelta(days=1),
        kits=frozenset("k"),
    )
    offers = _diary([visit], around).offers(job)
    assert {one.day for one in offers} == {MONDAY + timedelta(days=1)}
    assert len({one.day for one in _diary([visit], around).offers(replace(job, kits=frozenset()))}) == 2


def _of_people(people: list[object]) -> dict[str, object]:
    made = around_of(technicians=people)  # type: ignore[arg-type]
    return {name: made[name] for name in ("technicians", "technician_calendars")}


def _diary(visits: object, around: dict[str, object]) -> Diary:
    known = {name: value for name, value in around.items() if name != "locked"}
    return Diary(visits, **known)  # type: ignore[arg-type]
