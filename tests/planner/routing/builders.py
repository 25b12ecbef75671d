"""Work, sites and technicians for the tests of routing; each test names only what it is about."""

from collections.abc import Sequence
from datetime import date, time, timedelta

from planner.calendars import site_calendar, technician_calendar
from planner.model import (
    DateSpan,
    DueWork,
    Level,
    Occurrence,
    OpeningHours,
    Position,
    Site,
    Technician,
    TimeSpan,
    Visit,
)
from planner.routing import FirstPlan, Surroundings, breaches, first_plan

SHANGHAI = Position(latitude_deg=31.2304, longitude_deg=121.4737)
SUZHOU = Position(latitude_deg=31.2990, longitude_deg=120.5853)
SHENZHEN = Position(latitude_deg=22.5431, longitude_deg=114.0579)
MONDAY = date(2026, 3, 2)
EIGHT_TO_FIVE = OpeningHours(weekdays=((TimeSpan(start=time(8), end=time(17)),),) * 5 + ((), ()))


def hours(start: str, end: str) -> TimeSpan:
    return TimeSpan(start=time.fromisoformat(start), end=time.fromisoformat(end))


def a_site(id: str = "s1", *, position: Position | None = SHANGHAI, **more: object) -> Site:
    return Site(id=id, customer_id="c1", name=id, position=position, **{"opening": EIGHT_TO_FIVE, **more})  # type: ignore[arg-type]


def a_technician(id: str = "t1", *, home: Position = SHANGHAI, **more: object) -> Technician:
    return Technician(id=id, name=id, home=home, **{"working_time": EIGHT_TO_FIVE, **more})  # type: ignore[arg-type]


def an_occurrence(key: str, *, day: date = MONDAY) -> Occurrence:
    return Occurrence(
        key=key,
        plan_id=f"p-{key}",
        equipment_id=f"e-{key}",
        level=Level.MONTHLY,
        k=0,
        nominal=day,
        due=day,
        earliest=day,
        latest=day,
    )


def a_work(
    key: str = "w1",
    *,
    site_id: str = "s1",
    ideal: date = MONDAY,
    early: int = 0,
    late: int = 0,
    hours_of_work: float = 2,
    skills: Sequence[str] = (),
) -> DueWork:
    return DueWork(
        key=key,
        site_id=site_id,
        ideal=ideal,
        earliest=ideal - timedelta(days=early),
        latest=ideal + timedelta(days=late),
        occurrences=(an_occurrence(f"{key}-o", day=ideal),),
        duration=timedelta(hours=hours_of_work),
        skills=frozenset(skills),
    )


def a_visit(
    key: str = "v1",
    *,
    site_id: str = "s1",
    day: date = MONDAY,
    technician_id: str | None = "t1",
    at: TimeSpan | None = None,
) -> Visit:
    return Visit(
        key=key,
        site_id=site_id,
        day=day,
        earliest=day,
        latest=day,
        occurrences=(an_occurrence(f"{key}-o", day=day),),
        duration=timedelta(hours=2),
        technician_id=technician_id,
        hours=at,
        locked=True,
    )


def planned(
    work: Sequence[DueWork],
    *,
    sites: Sequence[Site] = (a_site(),),
    technicians: Sequence[Technician] = (a_technician(),),
    locked: Sequence[Visit] = (),
    published: Sequence[Visit] = (),
    spacing: dict[str, timedelta] | None = None,
) -> FirstPlan:
    """Plan, and have the independent checker look at the plan."""
    around = Surroundings(
        sites={site.id: site for site in sites},
        technicians={person.id: person for person in technicians},
        site_calendars={site.id: site_calendar(site) for site in sites},
        technician_calendars={person.id: technician_calendar(person) for person in technicians},
        locked=locked,
        spacing=spacing,
    )
    plan = first_plan(
        work,
        sites=around.sites,
        technicians=around.technicians,
        site_calendars=around.site_calendars,
        technician_calendars=around.technician_calendars,
        locked=locked,
        published=published,
        spacing=spacing,
    )
    found = breaches(work, plan.visits, plan.unplaced, around)
    assert not found, found
    return plan


def closed(first: date, days: int = 1) -> DateSpan:
    return DateSpan(start=first, end=first + timedelta(days=days))
