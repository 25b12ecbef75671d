"""The checker on its own: a plan made by hand, and each rule broken by one step."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from planner.calendars import site_calendar, technician_calendar
from planner.model import DueWork, Unplaced, Visit
from planner.routing import Surroundings, breaches
from tests.planner.routing.builders import (
    MONDAY,
    SHANGHAI,
    SUZHOU,
    a_site,
    a_technician,
    a_visit,
    a_work,
    hours,
    planned,
)

SITES = [a_site("s1"), a_site("s2", position=SUZHOU), a_site("s3")]
PEOPLE = [a_technician("t1", skills=frozenset({"lathe"})), a_technician("t2", home=SUZHOU)]
WORK = [
    a_work("w1", skills=["lathe"]),
    a_work("w2", site_id="s2", late=3),
    a_work("w3", site_id="s3", ideal=MONDAY + timedelta(days=1)),
]


def around(**more: object) -> Surroundings:
    return Surroundings(
        sites={site.id: site for site in SITES},
        technicians={person.id: person for person in PEOPLE},
        site_calendars={site.id: site_calendar(site) for site in SITES},
        technician_calendars={person.id: technician_calendar(person) for person in PEOPLE},
        **more,  # type: ignore[arg-type]
    )


def good() -> dict[str, Visit]:
    plan = planned(WORK, sites=SITES, technicians=PEOPLE)
    assert not plan.unplaced
    return {visit.key: visit for visit in plan.visits}


def rules(visits: dict[str, Visit], work: list[DueWork] = WORK, **more: object) -> set[tuple[str, str]]:
    return {(one.rule, one.key) for one in breaches(work, list(visits.values()), (), around(**more))}


Change = Callable[[dict[str, Visit]], dict[str, Visit]]


def changing(key: str, **fields: object) -> Change:
    return lambda visits: {**visits, key: replace(visits[key], **fields)}  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        pytest.param(lambda visits: visits, set(), id="nothing"),
        pytest.param(
            lambda visits: {key: one for key, one in visits.items() if key != "w2"},
            {("served", "w2")},
            id="one visit lost",
        ),
        pytest.param(
            lambda visits: {**visits, "w9": a_visit("w9", at=hours("14:00", "16:00"))},
            {("served", "w9")},
            id="one visit more",
        ),
        pytest.param(
            changing("w1", technician_id="t2"),
            {("skill", "w1"), ("travel", "w1"), ("travel", "w2")},
            id="skill",
        ),
        pytest.param(changing("w1", technician_id="gone"), {("skill", "w1")}, id="nobody"),
        pytest.param(
            changing("w1", day=MONDAY - timedelta(days=3)), {("window", "w1")}, id="a day before the window"
        ),
        pytest.param(
            changing("w2", day=MONDAY - timedelta(days=1)),
            {
                ("window", "w2"),
                ("technician_away", "w2"),
                ("site_closed", "w2"),
                ("work_time", "w2"),
            },
            id="a Sunday",
        ),
        pytest.param(
            changing("w1", hours=hours("08:00", "09:59")), {("work_time", "w1")}, id="a minute short"
        ),
        pytest.param(
            changing("w1", hours=hours("07:59", "09:59")),
            {("work_time", "w1"), ("travel", "w1")},
            id="before the day begins",
        ),
        pytest.param(changing("w1", duration=timedelta(hours=1)), {("same_work", "w1")}, id="less work"),
        pytest.param(
            changing("w2", technician_id="t1", hours=hours("10:00", "12:00")),
            {("travel", "w2")},
            id="no time for the way between two stops",
        ),
        pytest.param(
            changing("w2", technician_id="t1", hours=hours("15:00", "17:00"), travel=timedelta(hours=4)),
            {("home", "w2")},
            id="no time for the way home",
        ),
        pytest.param(
            changing("w3", day=MONDAY, hours=hours("09:00", "11:00")),
            {("window", "w3"), ("travel", "w3")},
            id="two places at once",
        ),
    ],
)
def test_each_broken_rule_is_found(change: Change, expected: set[tuple[str, str]]) -> None:
    assert rules(change(good())) == expected


def test_an_understated_way_is_found() -> None:
    far = a_work("w1", site_id="s2")
    plan = planned([far], sites=SITES, technicians=PEOPLE[:1])
    (visit,) = plan.visits
    assert rules({"w1": replace(visit, travel=timedelta(minutes=5))}, [far]) == {("travel", "w1")}


def test_a_locked_visit_planned_again_or_driven_over_is_found() -> None:
    visits = good()
    same = [replace(visits["w1"], locked=True)]
    assert ("locked", "w1") in rules(visits, locked=same)
    over = [a_visit("v", site_id="s3", at=hours("09:00", "10:00"))]
    assert ("travel", "w1") in rules(visits, locked=over)
    whole_day = [a_visit("v", site_id="s3")]
    assert ("locked", "v") in rules(visits, locked=whole_day)


def test_visits_nearer_than_agreed_are_found() -> None:
    visits = good()
    before = [a_visit("v", site_id="s1", day=MONDAY - timedelta(days=3), technician_id=None)]
    assert rules(visits, locked=before, spacing={"s1": timedelta(days=3)}) == set()
    assert rules(visits, locked=before, spacing={"s1": timedelta(days=4)}) == {("spacing", "w1")}


def test_work_that_is_both_placed_and_left_out_is_found() -> None:
    (visit, *_) = good().values()
    left = Unplaced(
        site_id=visit.site_id,
        earliest=visit.earliest,
        latest=visit.latest,
        occurrences=visit.occurrences,
        duration=visit.duration,
        reason=visit.reasons[-1],
    )
    found = breaches([one for one in WORK if one.key == visit.key], [visit], [left], around())
    assert [(one.rule, one.key) for one in found] == [("served", visit.key)]


def test_the_haversine_agrees_with_the_planned_way() -> None:
    (visit,) = planned([a_work("w1", site_id="s2")], sites=SITES, technicians=PEOPLE[:1]).visits
    exact = around().rule.minutes(visit.travel_m / 2)
    assert visit.travel / timedelta(minutes=2) == pytest.approx(exact, abs=1)
    assert SHANGHAI != SUZHOU
