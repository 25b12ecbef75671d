"""Small departments drawn at random, and what a plan of theirs is checked against."""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from planner.calendars import WorkCalendar, site_calendar, technician_calendar
from planner.model import DateSpan, DueWork, Position, Site, Technician, Unplaced, Visit
from planner.routing import Breach, Surroundings, breaches
from planner.routing.setting import Setting
from planner.routing.weights import DEFAULT_WEIGHTS, Weights
from tests.planner.routing.builders import MONDAY, a_site, a_technician, a_work


@dataclass(frozen=True, kw_only=True)
class Small:
    """A department of a few weeks."""

    work: tuple[DueWork, ...]
    sites: dict[str, Site]
    technicians: dict[str, Technician]
    locked: tuple[Visit, ...] = ()
    published: tuple[Visit, ...] = ()
    spacing: dict[str, timedelta] = field(default_factory=dict)
    weights: Weights = DEFAULT_WEIGHTS

    @property
    def site_calendars(self) -> dict[str, WorkCalendar]:
        return {one: site_calendar(site) for one, site in self.sites.items()}

    @property
    def technician_calendars(self) -> dict[str, WorkCalendar]:
        return {one: technician_calendar(person) for one, person in self.technicians.items()}

    def around(self) -> dict[str, object]:
        """Return the arguments that `first_plan`, `improve` and `Surroundings` share."""
        return {
            "sites": self.sites,
            "technicians": self.technicians,
            "site_calendars": self.site_calendars,
            "technician_calendars": self.technician_calendars,
            "locked": self.locked,
            "spacing": self.spacing,
        }

    def setting(self) -> Setting:
        return Setting(**self.around(), published=self.published, weights=self.weights)  # type: ignore[arg-type]

    def breaches(self, visits: tuple[Visit, ...], unplaced: tuple[Unplaced, ...]) -> tuple[Breach, ...]:
        return breaches(self.work, visits, unplaced, Surroundings(**self.around()))  # type: ignore[arg-type]


def a_department(seed: int, *, work: int = 24, technicians: int = 3, sites: int = 9) -> Small:
    """Return a department drawn from a seed, tight enough that not everything fits."""
    dice = random.Random(seed)
    places = {
        f"s{number}": a_site(
            f"s{number}",
            position=_around(dice) if dice.random() > 0.1 else None,
            shutdowns=(DateSpan(start=MONDAY, end=MONDAY + timedelta(days=dice.randint(1, 4))),)
            if dice.random() < 0.3
            else (),
        )
        for number in range(sites)
    }
    people = {
        f"t{number}": a_technician(
            f"t{number}",
            home=_around(dice),
            skills=frozenset(dice.sample(("a", "b"), dice.randint(1, 2))),
            overtime_limit=timedelta(minutes=dice.choice((0, 60))),
        )
        for number in range(technicians)
    }
    trips = tuple(
        a_work(
            f"w{number}",
            site_id=dice.choice(sorted(places)),
            ideal=_workday(dice),
            early=dice.randint(0, 6),
            late=dice.randint(0, 9),
            hours_of_work=dice.choice((0.5, 1, 1.25, 2, 3.5, 5, 8)),
            skills=dice.choice(((), ("a",), ("b",))),
        )
        for number in range(work)
    )
    spacing = {one: timedelta(days=dice.randint(2, 7)) for one in sorted(places)[::3]}
    return Small(work=trips, sites=places, technicians=people, spacing=spacing)


def _workday(dice: random.Random) -> date:
    return MONDAY + timedelta(days=7 * dice.randint(0, 1) + dice.randint(0, 4))


def _around(dice: random.Random) -> Position:
    return Position(latitude_deg=31 + dice.uniform(-0.5, 0.5), longitude_deg=121 + dice.uniform(-0.5, 0.5))
