"""Departments of any size and load for the benchmarks of years, apart from the product's own sample.

Sites gather around towns, technicians live in or near them, each site has its rhythm of visits with windows of a tenth
before and a fifth after its interval, skills are unequally spread. The load is the share of the technicians' regular
working time that work on site and the driving of a good plan would take.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta
from random import Random

from planner.calendars import WorkCalendar, site_calendar, technician_calendar
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
)
from planner.model.spans import OFFICE_HOURS
from planner.routing.travel import DEFAULT_RULE, Travel

YEAR = 2026
SKILLS = ("fanuc", "siemens", "mitsubishi", "heidenhain")
RHYTHMS = ((12, 30), (6, 61), (4, 91), (2, 182), (1, 365))
"""Visits a year, and the days between them."""
HOURS_A_VISIT = 3.4
"""With its share of the driving."""
WAYS = 1.3
"""A good plan drives about this much for each visit, in ways from the nearest home."""
HOURS_A_YEAR = 1_880
"""Of a technician, leave taken off."""
LONG_DAYS = OpeningHours(weekdays=((TimeSpan(start=time(8), end=time(20)),),) * 6 + ((),))


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeDepartment:
    """Everything that planning needs."""

    work: tuple[DueWork, ...]
    sites: dict[str, Site]
    technicians: dict[str, Technician]
    site_calendars: dict[str, WorkCalendar]
    technician_calendars: dict[str, WorkCalendar]
    spacing: dict[str, timedelta]
    contract_bound: frozenset[str]
    """Keys of work that a contract counts."""


def made_department(visits: int, technicians: int | None = None, *, load: float, seed: int) -> MadeDepartment:
    """Return a department with about `visits` visits in the year.

    Args:
        visits: How many trips the year has, at least 1.
        technicians: How many people share them; None takes as many as visits of some three hours need. Work is
            scaled so that `load` of their time is taken.
        load: Share of the regular working time, 0.1 to 1.
        seed: Two seeds give two departments.
    """
    technicians = technicians or max(2, round(visits * HOURS_A_VISIT / (HOURS_A_YEAR * load)))
    dice = Random(f"year-{visits}-{technicians}-{load}-{seed}")
    width = 0.4 * max(1.0, technicians**0.5)
    towns = [
        (30.5 + dice.uniform(0, width), 120.0 + dice.uniform(0, width)) for _ in range(max(2, technicians))
    ]
    people = [_person(number, towns[number % len(towns)], dice) for number in range(technicians)]
    by_id = {one.id: one for one in people}
    sites: dict[str, Site] = {}
    trips: list[tuple[str, date, int, float, str]] = []
    number = 0
    while len(trips) < visits:
        number += 1
        site = _site(number, dice.choice(towns), dice)
        sites[site.id] = site
        count, days = dice.choice(RHYTHMS[:4] if visits > 200 else RHYTHMS[:3])
        first = date(YEAR, 1, 1) + timedelta(days=dice.randrange(days))
        skill = dice.choice((*SKILLS, *SKILLS[:2]))
        hours = dice.choice((1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0))
        for k in range(count):
            ideal = first + timedelta(days=round(k * 365 / count))
            if ideal.year == YEAR:
                trips.append((site.id, ideal, days, hours * dice.uniform(0.8, 1.2), skill))
    trips = trips[:visits]
    calendars = {one.id: technician_calendar(one) for one in people}
    scale = _scale(trips, sites, by_id, calendars, load)
    site_calendars = {one: site_calendar(site) for one, site in sites.items()}
    work = tuple(_work(number, trip, scale, site_calendars[trip[0]]) for number, trip in enumerate(trips))
    return MadeDepartment(
        work=work,
        sites=sites,
        technicians=by_id,
        site_calendars=site_calendars,
        technician_calendars=calendars,
        spacing={one: timedelta(days=20) for one in sorted(sites)[::7]},
        contract_bound=frozenset(one.key for one in work if int(one.site_id[1:]) % 3 == 0),
    )


def _person(number: int, town: tuple[float, float], dice: Random) -> Technician:
    # Two people know everything, so that no work is without anybody.
    skills = {SKILLS[number % len(SKILLS)], *dice.sample(SKILLS, 2 if number > 1 else 4)}
    leave = tuple(
        DateSpan(start=start, end=start + timedelta(days=days))
        for start, days in (
            (date(YEAR, 3, 1) + timedelta(days=dice.randrange(90)), 4),
            (date(YEAR, 7, 1) + timedelta(days=dice.randrange(50)), 9),
        )
    )
    return Technician(
        id=f"t{number:03d}",
        name=f"t{number:03d}",
        home=_near(town, dice),
        skills=frozenset(skills),
        leave=leave,
        overtime_limit=timedelta(minutes=dice.choice((0, 60, 60, 90))),
    )


def _site(number: int, town: tuple[float, float], dice: Random) -> Site:
    start = date(YEAR, 7, 20) + timedelta(days=dice.randrange(20))
    return Site(
        id=f"s{number:05d}",
        customer_id="c",
        name=f"s{number:05d}",
        position=_near(town, dice, 0.12),
        opening=LONG_DAYS if number % 9 == 0 else OFFICE_HOURS,
        shutdowns=(DateSpan(start=start, end=start + timedelta(days=7)),) if number % 4 == 0 else (),
    )


def _near(town: tuple[float, float], dice: Random, spread: float = 0.05) -> Position:
    return Position(
        latitude_deg=round(town[0] + dice.gauss(0, spread), 5),
        longitude_deg=round(town[1] + dice.gauss(0, spread), 5),
    )


def _scale(
    trips: list[tuple[str, date, int, float, str]],
    sites: dict[str, Site],
    people: dict[str, Technician],
    calendars: dict[str, WorkCalendar],
    load: float,
) -> float:
    """Return by what the hours of work are multiplied so that the load comes out."""
    places = {
        **{one: site.position for one, site in sites.items()},
        **{one: p.home for one, p in people.items()},
    }
    travel = Travel(places, DEFAULT_RULE)
    nearest = {
        (site_id, skill): min(travel.minutes(site_id, one) for one, p in people.items() if skill in p.skills)
        for site_id, skill in {(trip[0], trip[4]) for trip in trips}
    }
    ways = sum(nearest[trip[0], trip[4]] for trip in trips) / 60 * WAYS
    first = date(YEAR, 1, 1)
    has = sum(
        span.duration.total_seconds() / 3600
        for calendar in calendars.values()
        for day in (first + timedelta(days=n) for n in range(365))
        for span in calendar.spans(day)
    )
    return max(0.05, (load * has - ways) / sum(trip[3] for trip in trips))


def _work(
    number: int, trip: tuple[str, date, int, float, str], scale: float, calendar: WorkCalendar
) -> DueWork:
    site_id, ideal, days, hours, skill = trip
    early, late = days // 10, min(28, days // 5)
    ideal = calendar.following(ideal)
    earliest = max(date(YEAR, 1, 1), ideal - timedelta(days=early))
    latest = min(date(YEAR, 12, 31), ideal + timedelta(days=late))
    minutes = min(420, max(15, round(hours * scale * 12) * 5))
    key = f"{site_id}/{number:06d}"
    occurrence = Occurrence(
        key=key, plan_id=f"p{number}", equipment_id=f"e{number}", level=Level.MONTHLY, k=0,
        nominal=ideal, due=ideal, earliest=earliest, latest=max(latest, ideal),
    )  # fmt: skip
    return DueWork(
        key=key, site_id=site_id, ideal=ideal, earliest=min(earliest, ideal), latest=max(latest, ideal),
        occurrences=(occurrence,), duration=timedelta(minutes=minutes), skills=frozenset({skill}),
    )  # fmt: skip
