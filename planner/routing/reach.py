"""How much work one trip to a site can hold, before anybody knows who goes."""

from collections.abc import Iterable
from datetime import timedelta

from planner.model import Site, Technician
from planner.routing.board import home_place, site_place
from planner.routing.timetable import common, length, spans_of
from planner.routing.travel import DEFAULT_RULE, Travel, TravelRule

NEAREST = 3
"""How many of the technicians who live nearest are asked; the nearest may work short days."""


def longest_trip(
    site: Site, technicians: Iterable[Technician], *, rule: TravelRule = DEFAULT_RULE
) -> timedelta | None:
    """Return the most work that one of the nearest technicians can do at `site` on an empty day.

    Args:
        site: Where the work is.
        technicians: Those who could do it.
        rule: What is assumed about the roads.

    Returns:
        Working time on site, the way there and back taken off; None where nobody gets there and back in a day.
    """
    people = {one.id: one for one in technicians}
    travel = Travel(
        {
            site_place(site.id): site.position,
            **{home_place(one): person.home for one, person in people.items()},
        },
        rule,
    )
    ways = sorted((travel.minutes(home_place(one), site_place(site.id)), one) for one in people)
    best = max((_room(site, people[one], way) for way, one in ways[:NEAREST]), default=0)
    return timedelta(minutes=best) if best > 0 else None


def _room(site: Site, person: Technician, way: int) -> int:
    best = 0
    for open_spans, working in set(zip(site.opening.weekdays, person.working_time.weekdays, strict=True)):
        spans = spans_of(working, person.overtime_limit)
        best = max(best, min(length(common(spans, spans_of(open_spans))), length(spans) - 2 * way))
    return best
