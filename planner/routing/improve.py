"""A plan that is there, made better: visits are taken out of it and put back elsewhere, again and again.

The search is the one that solves the literature's problems (`planner.routing.search`): ruin and recreate over day,
technician and position together, cooling down over the time that it is given. A department of some thousands of visits
is one problem; a larger one, or one with an executor to share, is searched in parts (`planner.routing.territories`).

Same input, seed and number of iterations give the same plan, with any number of workers. Nothing here reads a clock of
its own for one problem; the caller hands one in. Importing this module loads the compiled search, which takes a second:
services start it in a process of its own (`kb.usecases.plan_solve`).
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from datetime import timedelta

from planner.calendars import WorkCalendar
from planner.model import DueWork, Kit, Site, Technician, Visit
from planner.routing.costs import plan_costs
from planner.routing.first_plan import check_input, first_plan
from planner.routing.improving import Cancelled, Improved, Seconds, StopRule, Watch
from planner.routing.keeping import Keeper
from planner.routing.rounds import by_parts
from planner.routing.setting import Setting
from planner.routing.travel import DEFAULT_RULE, TravelRule
from planner.routing.weights import DEFAULT_WEIGHTS, Weights
from planner.routing.whole_search import whole

MOST_WORK_AT_ONCE = 3_000
"""Trips up to which one problem is better than parts of it."""
EXECUTOR_FROM = 1_000
"""Trips from which on sharing the work is worth its price."""


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
    kits: Mapping[str, Kit] | None = None,
    seed: int = 1,
    stop: StopRule,
    clock: Seconds,
    progress: Watch = lambda snapshot: None,
    cancelled: Cancelled = lambda: False,
    cancelled_there: Cancelled | None = None,
    executor: Executor | None = None,
    workers: int = 1,
    tell_every: float = 4.0,
) -> Improved:
    """Return the best plan found until `stop`.

    Args:
        work: The trips to place, as of `first_plan`.
        visits: Where they stand now; where none stands, the rule of `first_plan` begins.
        sites, technicians, site_calendars, technician_calendars, locked, spacing, rule, kits: As of `first_plan`.
        published: The visits that customers and technicians know; to change one has a price.
        weights: What is worth how much.
        seed: Of the dice.
        stop: When to end.
        clock: Seconds, only ever growing.
        progress: Told how far the search is; with the visits where they have become better.
        cancelled: Asked a few times a second; once true, the search ends with the best plan it has.
        cancelled_there: Asked instead by parts that an executor runs, so it must travel; where it is None, parts that
            are out when `cancelled` becomes true are not waited for and what they found is lost.
        executor: Runs parts of the search side by side: processes, threads, a cluster; None = this process alone.
        workers: How many parts the executor searches at once.
        tell_every: Seconds between two snapshots with visits.

    Raises:
        InvalidInput: As `first_plan`.
    """
    check_input(work, sites, site_calendars, technicians, technician_calendars, locked)
    setting = Setting(
        sites=sites,
        technicians=technicians,
        site_calendars=site_calendars,
        technician_calendars=technician_calendars,
        locked=locked,
        published=published,
        spacing=spacing or {},
        rule=rule,
        weights=weights,
        kits=kits or {},
    )
    began = clock()
    if not visits:
        visits = first_plan(
            work,
            sites=sites,
            technicians=technicians,
            site_calendars=site_calendars,
            technician_calendars=technician_calendars,
            locked=locked,
            spacing=spacing,
            rule=rule,
            kits=kits,
        ).visits
    keeper = Keeper(work, visits, setting, clock=clock, began=began, progress=progress, every=tell_every)
    before = keeper.costs
    if work and technicians:
        in_parts = len(work) > MOST_WORK_AT_ONCE or (executor is not None and len(work) >= EXECUTOR_FROM)
        left = StopRule(
            seconds=None if stop.seconds is None else max(0.0, stop.seconds - (clock() - began)),
            iterations=stop.iterations,
        )
        if in_parts:
            by_parts(
                keeper,
                setting,
                seed=seed,
                stop=left,
                clock=clock,
                cancelled=cancelled,
                cancelled_there=cancelled_there,
                executor=executor,
                workers=workers,
            )
        else:
            whole(keeper, setting, seed=seed, stop=left, clock=clock, cancelled=cancelled)
    final = keeper.told()
    return Improved(
        visits=final.visits,
        unplaced=final.unplaced,
        curve=tuple(keeper.curve),
        before=before,
        costs=plan_costs(
            final.visits,
            final.unplaced,
            technicians=technicians,
            technician_calendars=technician_calendars,
            locked=locked,
            published=published,
            weights=weights,
        ),
        iterations=keeper.iterations,
    )
