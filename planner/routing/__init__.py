"""Who goes, and in what order?

`first_plan` places due work by a simple rule; `breaches` checks any plan on its own account. The search that makes
plans good comes later and will need a solver; the first plan needs none.

May import: `planner.calendars` and below; numpy and the solver (nowhere else).
"""

from planner.routing.check import Breach, Surroundings, breaches
from planner.routing.constraints import Why
from planner.routing.first_plan import FirstPlan, Progress, days_outwards, first_plan
from planner.routing.positions import gcj02_of, to_wgs84
from planner.routing.reach import longest_trip
from planner.routing.travel import DEFAULT_RULE, Travel, TravelRule

__all__ = [
    "DEFAULT_RULE",
    "Breach",
    "FirstPlan",
    "Progress",
    "Surroundings",
    "Travel",
    "TravelRule",
    "Why",
    "breaches",
    "days_outwards",
    "first_plan",
    "gcj02_of",
    "longest_trip",
    "to_wgs84",
]
