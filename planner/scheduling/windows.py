"""How early and how late a visit may be."""

from datetime import date, timedelta

from planner.model import MaintenancePlan
from planner.scheduling.dates import cycle_days

LATE_PERCENT = 20
"""SMRP best practice: work is on time if it is at most 20 % of its interval late …"""
LATE_AT_MOST_DAYS = 28
"""… and never more than 28 days."""
EARLY_PERCENT = 10
"""The 10 % rule for work done before its date."""


def window(plan: MaintenancePlan, due: date) -> tuple[date, date]:
    """Return the first and the last day on which a visit due on `due` may be, both inclusive.

    Where the plan states no limit, the cycle that starts on `due` is the measure, in whole days rounded down: a month
    of 30 days may be 6 days late and 3 early, a year 28 days late and 36 early, a week 1 day late and none early.

    Source:
        Spec of scheduling, point 5.
    """
    late, early = plan.late, plan.early
    if late is None or early is None:
        cycle = cycle_days(plan.interval, due)
        if late is None:
            late = timedelta(days=late_days(cycle))
        if early is None:
            early = timedelta(days=early_days(cycle))
    return due - early, due + late


def late_days(cycle: int) -> int:
    """Return how many days late work of a cycle of `cycle` days may be by default."""
    return min(cycle * LATE_PERCENT // 100, LATE_AT_MOST_DAYS)


def early_days(cycle: int) -> int:
    """Return how many days early work of a cycle of `cycle` days may be by default."""
    return cycle * EARLY_PERCENT // 100
