"""Departments whose work needs two technicians, several days, kits, or has a price; and what their plans are checked by."""

import random
from collections.abc import Sequence
from dataclasses import replace

from planner.calendars import site_calendar, technician_calendar
from planner.model import DueWork, Kit, Needs, Site, Technician, Visit
from planner.routing import FirstPlan, Improved, StopRule, Surroundings, breaches, first_plan
from planner.routing.improve import improve
from tests.planner.routing.builders import a_site, a_technician, a_work
from tests.planner.routing.departments import a_department

TWO = (a_technician("t1"), a_technician("t2"))


def needing(work: DueWork | None = None, **needs: object) -> DueWork:
    """Return a work with these needs."""
    return replace(work or a_work(), needs=Needs(**needs))  # type: ignore[arg-type]


def around_of(
    sites: Sequence[Site] = (a_site(),),
    technicians: Sequence[Technician] = TWO,
    kits: Sequence[Kit] = (),
    locked: Sequence[Visit] = (),
) -> dict[str, object]:
    return {
        "sites": {site.id: site for site in sites},
        "technicians": {person.id: person for person in technicians},
        "site_calendars": {site.id: site_calendar(site) for site in sites},
        "technician_calendars": {person.id: technician_calendar(person) for person in technicians},
        "kits": {kit.id: kit for kit in kits},
        "locked": tuple(locked),
    }


def planned(work: Sequence[DueWork], around: dict[str, object]) -> FirstPlan:
    """Plan by the simple rule, and have the independent checker look at the plan."""
    plan = first_plan(work, **around)  # type: ignore[arg-type]
    found = breaches(work, plan.visits, plan.unplaced, Surroundings(**around))  # type: ignore[arg-type]
    assert not found, found
    return plan


def improved(
    work: Sequence[DueWork], around: dict[str, object], *, visits: Sequence[Visit] = (), iterations: int = 600
) -> Improved:
    """Search for a better plan, and have the independent checker look at it."""
    stop = StopRule(iterations=iterations)
    found = improve(work, visits, stop=stop, clock=lambda: 0.0, **around)  # type: ignore[arg-type]
    broken = breaches(work, found.visits, found.unplaced, Surroundings(**around))  # type: ignore[arg-type]
    assert not broken, broken
    return found


def a_needy_department(seed: int, *, work: int = 14) -> tuple[tuple[DueWork, ...], dict[str, object]]:
    """Return a department drawn from a seed, with everything that a service team has in it."""
    small = a_department(seed, work=work, technicians=4, sites=6)
    dice = random.Random(seed)
    kits = {
        "k": Kit(id="k", owned=1),
        "m": Kit(id="m", owned=dice.randint(0, 2), holders=frozenset({"t0", "t1"})),
    }
    return tuple(replace(one, needs=_drawn(dice)) for one in small.work), {**small.around(), "kits": kits}


def _drawn(dice: random.Random) -> Needs:
    days = 1 if dice.random() < 0.8 else dice.randint(2, 3)
    crew = 2 if dice.random() < 0.25 else 1
    return Needs(
        crew=crew,
        second_skills=frozenset(dice.choice(((), ("a",), ("b",)))) if crew > 1 else frozenset(),
        days=days,
        overnight=days > 1 and dice.random() < 0.5,
        kits=frozenset(dice.choice(((), (), ("k",), ("m",), ("k", "m")))),
        price=float(dice.choice((10, 60, 400))) if dice.random() < 0.25 else None,
    )
