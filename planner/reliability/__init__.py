"""How does it fail? Rates, lifetimes, repeats and trends from the department's own records.

`planner.reliability.weibull` stands apart: it loads lifelines, and who needs no distribution does not wait for it.

May import: `planner.calendars` and below; lifelines and numpy (nowhere else).
"""

from planner.reliability.indicators import (
    Breakdown,
    Indicators,
    ParetoRow,
    bad_actors,
    count_by,
    indicators,
    pareto,
)
from planner.reliability.lifetimes import Lifetime, Lifetimes, Replacement, lifetimes
from planner.reliability.repeats import (
    WITHIN,
    ClosedJob,
    FirstTimeFix,
    Repeat,
    RepeatReason,
    first_time_fix,
    repeats,
)
from planner.reliability.trend import Reading, Trend, trend

__all__ = [
    "WITHIN",
    "Breakdown",
    "ClosedJob",
    "FirstTimeFix",
    "Indicators",
    "Lifetime",
    "Lifetimes",
    "ParetoRow",
    "Reading",
    "Repeat",
    "RepeatReason",
    "Replacement",
    "Trend",
    "bad_actors",
    "count_by",
    "first_time_fix",
    "indicators",
    "lifetimes",
    "pareto",
    "repeats",
    "trend",
]
