"""The rule of the first plan, each constraint at its edge and one past it."""

import random
from dataclasses import replace
from datetime import date, time, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.errors import InvalidInput
from planner.model import DueWork, OpeningHours, Position, ReasonKind, Site, Technician, TimeSpan, Visit
from planner.routing import FirstPlan, days_outwards
from tests.planner.routing.builders import (
    MONDAY,
    SHENZHEN,
    SUZHOU,
    a_site,
    a_technician,
    a_visit,
    a_work,
    closed,
    hours,
    planned,
)

TUESDAY = MONDAY + timedelta(days=1)
FRIDAY = MONDAY + timedelta(days=4)


def why(plan: FirstPlan) -> dict[str, str]:
    assert len(plan.unplaced) == 1
    return dict(plan.unplaced[0].reason.values)


def told(visit: Visit) -> dict[str, str]:
    return next(dict(one.values) for one in visit.reasons if one.kind is ReasonKind.TECHNICIAN)


def test_work_at_the_technicians_door_starts_with_the_day() -> None:
    (visit,) = planned([a_work()]).visits
    assert (visit.day, visit.technician_id, visit.hours) == (MONDAY, "t1", hours("08:00", "10:00"))
    assert told(visit)["from"] == "home"
    assert told(visit)["ideal_why"] == ""


def test_a_day_takes_work_up_to_its_last_minute() -> None:
    (visit,) = planned([a_work(hours_of_work=9)]).visits
    assert visit.hours == hours("08:00", "17:00")


def test_a_minute_more_than_the_day_is_left_out_and_asks_for_a_minute_of_overtime() -> None:
    plan = planned([a_work(hours_of_work=9 + 1 / 60)], sites=[a_site(opening=_long())])
    assert why(plan) == {
        "why": "working_time",
        "relax": "overtime",
        "minutes": "1",
        "day": "2026-03-02",
        "technician": "t1",
    }


def test_the_overtime_that_a_reason_asks_for_is_enough_and_a_minute_less_is_not() -> None:
    work, site = [a_work(hours_of_work=8)], a_site(opening=_long(), position=SUZHOU)
    here = Position(latitude_deg=31.299, longitude_deg=120.9)
    needed = int(why(planned(work, sites=[site], technicians=[a_technician(home=here)]))["minutes"])
    for minutes, visits in ((needed, 1), (needed - 1, 0)):
        person = a_technician(home=here, overtime_limit=timedelta(minutes=minutes))
        assert len(planned(work, sites=[site], technicians=[person]).visits) == visits


def test_lunch_stops_work() -> None:
    lunch = OpeningHours(
        weekdays=((TimeSpan(start=time(8), end=time(12)), TimeSpan(start=time(13), end=time(17))),) * 5
        + ((), ())
    )
    (visit,) = planned([a_work(hours_of_work=6)], technicians=[a_technician(working_time=lunch)]).visits
    assert visit.hours == hours("08:00", "15:00")


def test_travel_is_part_of_the_working_time_both_ways() -> None:
    (visit,) = planned([a_work(hours_of_work=1)], sites=[a_site(position=SUZHOU)]).visits
    way = timedelta(minutes=int(told(visit)["travel_minutes"]))
    assert visit.travel == 2 * way
    assert visit.hours is not None
    arrival = timedelta(hours=visit.hours.start.hour - 8, minutes=visit.hours.start.minute)
    assert way <= arrival < way + timedelta(minutes=5)
    free = timedelta(hours=9) - arrival - way
    fits = a_work(hours_of_work=free / timedelta(hours=1))
    assert len(planned([fits], sites=[a_site(position=SUZHOU)]).visits) == 1
    more = a_work(hours_of_work=(free + timedelta(minutes=1)) / timedelta(hours=1))
    assert why(planned([more], sites=[a_site(position=SUZHOU, opening=_long())]))["minutes"] == "1"


def test_visits_start_at_whole_five_minutes() -> None:
    (visit,) = planned([a_work(hours_of_work=1)], sites=[a_site(position=SUZHOU)]).visits
    assert visit.hours is not None
    assert visit.hours.start.minute % 5 == 0


def test_the_site_must_be_open_at_the_hours() -> None:
    late = OpeningHours(weekdays=((TimeSpan(start=time(14), end=time(17)),),) * 5 + ((), ()))
    (visit,) = planned([a_work(hours_of_work=3)], sites=[a_site(opening=late)]).visits
    assert visit.hours == hours("14:00", "17:00")
    plan = planned([a_work(hours_of_work=3 + 1 / 60)], sites=[a_site(opening=late)])
    assert why(plan) == {"why": "working_time", "relax": "split", "parts": "2", "longest_minutes": "180"}


def test_without_the_skill_nobody_goes_and_the_reason_names_it() -> None:
    one = a_technician(skills=frozenset({"lathe"}))
    assert len(planned([a_work(skills=["lathe"])], technicians=[one]).visits) == 1
    plan = planned([a_work(skills=["lathe", "laser"])], technicians=[one])
    assert why(plan) == {
        "why": "skill",
        "relax": "skill",
        "skills": "laser",
        "technician": "t1",
        "day": "2026-03-02",
    }


def test_without_any_technician_the_work_is_left_out() -> None:
    assert why(planned([a_work()], technicians=[])) == {"why": "skill", "relax": "none"}


def test_a_closed_day_moves_the_visit_inside_its_window() -> None:
    plan = planned([a_work(early=0, late=1)], sites=[a_site(shutdowns=(closed(MONDAY),))])
    assert plan.visits[0].day == TUESDAY
    assert told(plan.visits[0])["ideal_why"] == "site_closed"


def test_one_day_past_the_window_stays_out_and_says_how_many_days_are_missing() -> None:
    plan = planned([a_work(late=0)], sites=[a_site(shutdowns=(closed(MONDAY),))])
    assert why(plan) == {
        "why": "site_closed",
        "relax": "window",
        "side": "latest",
        "days": "1",
        "day": "2026-03-03",
        "technician": "t1",
    }
    moved = planned([a_work(late=1)], sites=[a_site(shutdowns=(closed(MONDAY),))])
    assert moved.visits[0].day == TUESDAY


def test_leave_sends_the_other_technician_even_from_afar() -> None:
    away = a_technician("near", leave=(closed(MONDAY),))
    far = a_technician("far", home=SUZHOU)
    assert planned([a_work()], technicians=[away, far]).visits[0].technician_id == "far"
    back = a_technician("near", leave=(closed(TUESDAY),))
    assert planned([a_work()], technicians=[back, far]).visits[0].technician_id == "near"


def test_leave_of_everybody_is_told() -> None:
    away = a_technician(leave=(closed(MONDAY - timedelta(days=40), 100),))
    plan = planned([a_work()], technicians=[away])
    assert why(plan)["why"] == "technician_away"
    assert why(plan)["relax"] == "technician_away"


def test_a_holiday_and_a_make_up_day_are_known() -> None:
    # 2026-02-28 is a Saturday worked for the Spring Festival.
    (visit,) = planned([a_work(ideal=date(2026, 2, 28))]).visits
    assert visit.day == date(2026, 2, 28)
    (moved,) = planned([a_work(ideal=date(2026, 2, 17), late=10)]).visits
    assert moved.day == date(2026, 2, 24)


def test_the_nearer_day_wins_and_of_two_the_earlier() -> None:
    assert list(days_outwards(MONDAY, MONDAY - timedelta(days=1), MONDAY + timedelta(days=2))) == [
        MONDAY,
        MONDAY - timedelta(days=1),
        TUESDAY,
        MONDAY + timedelta(days=2),
    ]


def test_an_ideal_day_outside_the_window_is_approached() -> None:
    late = DueWork(
        **{**_fields(a_work()), "earliest": TUESDAY, "latest": FRIDAY}  # type: ignore[arg-type]
    )
    (visit,) = planned([late]).visits
    assert visit.day == TUESDAY
    assert told(visit)["ideal_why"] == "window"


def test_several_visits_share_a_day_with_the_way_between_them() -> None:
    near = a_site("s2", position=Position(latitude_deg=31.25, longitude_deg=121.5))
    plan = planned([a_work("w1"), a_work("w2", site_id="s2")], sites=[a_site(), near])
    first, second = plan.visits
    assert {first.day, second.day} == {MONDAY}
    assert first.hours is not None
    assert second.hours is not None
    assert first.hours.end < second.hours.start
    assert told(second)["from"] == "site"


def test_the_previous_stop_counts_as_near_as_a_home() -> None:
    # Both could come to s2; t1 is there already with w1, t2 lives nearer to it than t1 does.
    sites = [a_site("s1", position=SUZHOU), a_site("s2", position=SUZHOU)]
    people = [a_technician("t1"), a_technician("t2", home=Position(latitude_deg=31.2, longitude_deg=120.9))]
    locked = [a_visit(at=hours("10:00", "12:00"), technician_id="t1")]
    plan = planned([a_work("w2", site_id="s2")], sites=sites, technicians=people, locked=locked)
    assert plan.visits[0].technician_id == "t1"
    assert (
        planned([a_work("w2", site_id="s2")], sites=sites, technicians=people).visits[0].technician_id == "t2"
    )


def test_a_full_day_spills_to_the_next() -> None:
    plan = planned([a_work("w1", late=1, hours_of_work=5), a_work("w2", late=1, hours_of_work=5)])
    assert [visit.day for visit in plan.visits] == [MONDAY, TUESDAY]
    assert told(plan.visits[1])["ideal_why"] == "working_time"


def test_locked_visits_keep_their_hours_and_others_go_around_them() -> None:
    locked = [a_visit(at=hours("09:00", "16:00"))]
    plan = planned([a_work("w1", hours_of_work=1), a_work("w2", hours_of_work=1)], locked=locked)
    assert [visit.hours for visit in plan.visits] == [hours("08:00", "09:00"), hours("16:00", "17:00")]
    full = planned([a_work("w1", hours_of_work=1.5)], sites=[a_site(opening=_long())], locked=locked)
    assert (why(full)["relax"], why(full)["minutes"]) == ("overtime", "30")


def test_a_locked_visit_without_hours_takes_the_whole_day() -> None:
    plan = planned([a_work(late=1)], locked=[a_visit(at=None)])
    assert plan.visits[0].day == TUESDAY


@pytest.mark.parametrize(
    ("days", "expected"), [pytest.param(1, MONDAY, id="edge"), pytest.param(2, TUESDAY, id="past")]
)
def test_spacing_between_visits_of_a_site_is_kept(days: int, expected: date) -> None:
    locked = [a_visit(day=MONDAY - timedelta(days=1), technician_id=None)]
    plan = planned([a_work(late=3)], locked=locked, spacing={"s1": timedelta(days=days)})
    assert plan.visits[0].day == expected


def test_spacing_that_cannot_be_kept_is_told() -> None:
    locked = [a_visit(day=MONDAY - timedelta(days=1), technician_id=None)]
    plan = planned([a_work()], locked=locked, spacing={"s1": timedelta(days=90)})
    assert why(plan) == {"why": "spacing", "relax": "spacing", "day": "2026-03-02", "technician": "t1"}


def test_what_fewest_can_do_goes_first() -> None:
    expert = a_technician("expert", skills=frozenset({"laser"}))
    common = [a_work(f"a{number}", hours_of_work=9, late=20) for number in range(2)]
    rare = a_work("z", hours_of_work=9, skills=["laser"])
    plan = planned([*common, rare], technicians=[expert])
    assert next(visit for visit in plan.visits if visit.key == "z").day == MONDAY


def test_an_unchanged_published_visit_stays_though_another_choice_is_nearer_now() -> None:
    work = [a_work(late=4)]
    before = planned(work, technicians=[a_technician("far", home=SUZHOU)])
    again = planned(
        work, technicians=[a_technician("far", home=SUZHOU), a_technician("near")], published=before.visits
    )
    assert again == before


def test_a_published_visit_is_placed_anew_when_its_work_or_its_technician_changes() -> None:
    work = [a_work(late=4)]
    people = [a_technician("far", home=SUZHOU)]
    before = planned(work, technicians=people)
    longer = [a_work(late=4, hours_of_work=3)]
    assert (
        planned(longer, technicians=people, published=before.visits).visits[0].hours != before.visits[0].hours
    )
    on_leave = [replace(people[0], leave=(closed(MONDAY),))]
    assert planned(work, technicians=on_leave, published=before.visits).visits[0].day == TUESDAY
    moved = [a_work(ideal=TUESDAY, early=1, late=3)]
    assert planned(moved, technicians=people, published=before.visits).visits[0].day == TUESDAY


def test_a_site_without_a_position_is_planned_with_an_assumed_way_and_says_so() -> None:
    (visit,) = planned([a_work()], sites=[a_site(position=None)]).visits
    assert visit.hours == hours("09:00", "11:00")
    assert told(visit)["position"] == "unknown"


def test_a_site_too_far_for_a_day_is_left_out() -> None:
    plan = planned([a_work()], sites=[a_site(position=SHENZHEN)])
    assert why(plan) == {"why": "working_time", "relax": "none"}


def test_wrong_work_is_refused_with_every_fault() -> None:
    bad = [
        a_work("w1", site_id="nowhere"),
        a_work("w2", hours_of_work=0),
        a_work("w2"),
        a_work("w3", late=-1),
    ]
    with pytest.raises(InvalidInput, match=r"w1.*nowhere.*w2 lasts 0.*w2 is there twice.*w3 may be from"):
        planned(bad)


def test_progress_counts_to_the_end() -> None:
    plan = planned([a_work(f"w{number}", late=20) for number in range(5)])
    assert len(plan.visits) == 5


# Laws


@st.composite
def departments(
    draw: st.DrawFn,
) -> tuple[list[DueWork], list[Site], list[Technician], list[Visit], dict[str, timedelta]]:
    seed = draw(st.integers(0, 2**32 - 1))
    lottery = random.Random(seed)
    site_count, people_count = draw(st.integers(1, 8)), draw(st.integers(0, 4))

    def somewhere() -> Position:
        return Position(latitude_deg=31 + lottery.random(), longitude_deg=120.5 + lottery.random())

    def some_hours() -> OpeningHours:
        spans = lottery.choice(
            [
                (hours("08:00", "17:00"),),
                (hours("08:30", "12:00"), hours("13:00", "17:30")),
                (hours("10:00", "11:15"), hours("11:30", "12:00"), hours("14:10", "20:00")),
            ]
        )
        open_days = lottery.choice([5, 6, 7])
        return OpeningHours(weekdays=(spans,) * open_days + ((),) * (7 - open_days))

    sites = [
        a_site(
            f"s{number}",
            position=somewhere() if lottery.random() < 0.9 else None,
            opening=some_hours(),
            follows_public_calendar=lottery.random() < 0.7,
            shutdowns=(closed(MONDAY + timedelta(days=lottery.randrange(10)), lottery.randint(1, 5)),),
        )
        for number in range(site_count)
    ]
    people = [
        a_technician(
            f"t{number}",
            home=somewhere(),
            skills=frozenset(lottery.sample(["a", "b", "c"], lottery.randint(0, 3))),
            working_time=some_hours(),
            leave=(closed(MONDAY + timedelta(days=lottery.randrange(10)), lottery.randint(1, 5)),),
            overtime_limit=timedelta(minutes=lottery.choice([0, 0, 45])),
        )
        for number in range(people_count)
    ]
    work = [
        a_work(
            f"w{number}",
            site_id=f"s{lottery.randrange(site_count)}",
            ideal=MONDAY + timedelta(days=lottery.randrange(8)),
            early=lottery.randrange(4),
            late=lottery.randrange(6),
            hours_of_work=lottery.choice([0.25, 1, 2, 3.7, 5, 8, 11]),
            skills=lottery.sample(["a", "b", "c"], lottery.choice([0, 0, 1, 2])),
        )
        for number in range(draw(st.integers(0, 25)))
    ]
    starts = [lottery.randrange(8, 15) for _ in range(draw(st.integers(0, 5)))]
    locked = [
        a_visit(
            f"v{number}",
            site_id=f"s{lottery.randrange(site_count)}",
            day=MONDAY + timedelta(days=lottery.randrange(8)),
            technician_id=lottery.choice([None, "t0", "t1", "gone"]),
            at=lottery.choice([None, hours(f"{start:02}:00", f"{start + 2:02}:00")]),
        )
        for number, start in enumerate(starts)
    ]
    spacing = {"s0": timedelta(days=lottery.randint(1, 6))} if lottery.random() < 0.5 else {}
    return work, sites, people, locked, spacing


Department = tuple[list[DueWork], list[Site], list[Technician], list[Visit], dict[str, timedelta]]


@given(department=departments())
@settings(max_examples=300)
def test_the_independent_checker_finds_nothing_in_any_plan(department: Department) -> None:
    work, sites, people, locked, spacing = department
    plan = planned(work, sites=sites, technicians=people, locked=locked, spacing=spacing)
    assert len(plan.visits) + len(plan.unplaced) == len(work)


@given(department=departments(), seed=st.integers(0, 1000))
def test_the_order_of_the_input_changes_nothing(department: Department, seed: int) -> None:
    work, sites, people, locked, spacing = department
    plan = planned(work, sites=sites, technicians=people, locked=locked, spacing=spacing)
    for part in (work, sites, people, locked):
        random.Random(seed).shuffle(part)
    assert planned(work, sites=sites, technicians=people, locked=locked, spacing=spacing) == plan


@given(department=departments())
def test_planning_a_published_plan_again_returns_it(department: Department) -> None:
    work, sites, people, locked, spacing = department
    plan = planned(work, sites=sites, technicians=people, locked=locked, spacing=spacing)
    again = planned(
        work, sites=sites, technicians=people, locked=locked, spacing=spacing, published=plan.visits
    )
    assert again == plan


@given(department=departments())
def test_a_relaxation_that_a_reason_names_places_the_work(department: Department) -> None:
    work, sites, people, locked, spacing = department
    plan = planned(work, sites=sites, technicians=people, locked=locked, spacing=spacing)
    standing = [*locked, *plan.visits]
    by_work = {one.occurrences: one for one in work}
    for left in plan.unplaced:
        values = dict(left.reason.values)
        one = by_work[left.occurrences]
        helpers = [replace(person) for person in people]
        gaps = dict(spacing)
        match values["relax"]:
            case "window":
                day = date.fromisoformat(values["day"])
                one = replace(one, earliest=min(one.earliest, day), latest=max(one.latest, day))
            case "overtime":
                helpers = [
                    replace(
                        person,
                        overtime_limit=person.overtime_limit
                        + timedelta(
                            minutes=int(values["minutes"]) if person.id == values["technician"] else 0
                        ),
                    )
                    for person in people
                ]
            case "skill":
                helpers = [
                    replace(person, skills=person.skills | set(values["skills"].split()))
                    if person.id == values["technician"]
                    else person
                    for person in people
                ]
            case "spacing":
                gaps.clear()
            case _:
                continue
        found = planned([one], sites=sites, technicians=helpers, locked=standing, spacing=gaps)
        assert found.visits, values


def _long() -> OpeningHours:
    return OpeningHours(weekdays=((TimeSpan(start=time(6), end=time(22)),),) * 5 + ((), ()))


def _fields(work: DueWork) -> dict[str, object]:
    return {name: getattr(work, name) for name in work.__dataclass_fields__}
