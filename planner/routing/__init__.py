"""Who goes, and in what order?

`first_plan` places due work by a simple rule, without a solver; `planner.routing.improve` makes any plan better and
better with a compiled search, and is imported by its own name, because loading a compiler takes a second that nobody
should wait for who does not use it; `breaches` checks any plan on its own account, `plan_costs` prices it.

May import: `planner.calendars` and below; numpy and the solver (nowhere else).
"""

from planner.routing.check import Breach, Surroundings, breaches
from planner.routing.constraints import Why
from planner.routing.costs import Costs, plan_costs
from planner.routing.first_plan import FirstPlan, Progress, first_plan
from planner.routing.improving import CurvePoint, Improved, Snapshot, StopRule
from planner.routing.offers import days_outwards
from planner.routing.positions import gcj02_of, to_wgs84
from planner.routing.reach import longest_trip
from planner.routing.travel import DEFAULT_RULE, Travel, TravelRule
from planner.routing.weights import DEFAULT_WEIGHTS, Weights

__all__ = [
    "DEFAULT_RULE",
    "DEFAULT_WEIGHTS",
    "Breach",
    "Costs",
    "CurvePoint",
    "FirstPlan",
    "Improved",
    "Progress",
    "Snapshot",
    "StopRule",
    "Surroundings",
    "Travel",
    "TravelRule",
    "Weights",
    "Why",
    "breaches",
    "days_outwards",
    "first_plan",
    "gcj02_of",
    "longest_trip",
    "plan_costs",
    "to_wgs84",
]
