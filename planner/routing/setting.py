"""Everything that planning is given beside the work, in one thing that goes from function to function."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from planner.calendars import WorkCalendar
from planner.model import Kit, Site, Technician, Visit
from planner.routing.board import Board
from planner.routing.travel import DEFAULT_RULE, TravelRule
from planner.routing.weights import DEFAULT_WEIGHTS, Weights


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """The arguments of `first_plan` and `improve` that stay the same while a plan gets better.

    Args:
        sites, technicians, site_calendars, technician_calendars, locked, spacing, rule: As of `first_plan`.
        published: The visits that customers and technicians know.
        weights: What is worth how much.
        kits: What there is of each kit, by its code.
    """

    sites: Mapping[str, Site]
    technicians: Mapping[str, Technician]
    site_calendars: Mapping[str, WorkCalendar]
    technician_calendars: Mapping[str, WorkCalendar]
    locked: Sequence[Visit] = ()
    published: Sequence[Visit] = ()
    spacing: Mapping[str, timedelta]
    rule: TravelRule = DEFAULT_RULE
    weights: Weights = DEFAULT_WEIGHTS
    kits: Mapping[str, Kit] = field(default_factory=dict)

    def board(self) -> Board:
        """Return a board with the locked visits and nothing else."""
        return Board(
            sites=self.sites,
            technicians={one: self.technicians[one] for one in sorted(self.technicians)},
            site_calendars=self.site_calendars,
            technician_calendars=self.technician_calendars,
            locked=self.locked,
            spacing=self.spacing,
            rule=self.rule,
            kits=self.kits,
        )
