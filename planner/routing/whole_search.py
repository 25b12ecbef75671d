"""The whole department as one problem."""

from planner.routing.annealing import Annealing
from planner.routing.decoding import decoded
from planner.routing.department import department
from planner.routing.improving import Cancelled, Seconds, StopRule
from planner.routing.keeping import Keeper
from planner.routing.setting import Setting


def whole(
    keeper: Keeper, setting: Setting, *, seed: int, stop: StopRule, clock: Seconds, cancelled: Cancelled
) -> None:
    """Search until `stop`; the keeper has the best plan."""
    problem = department(keeper.work, keeper.visits, setting)
    if not problem.work:
        return
    search = Annealing(problem.problem, problem.start, seed=seed)
    known = search.cost

    def look() -> None:
        if stop.seconds is not None and keeper.is_time():
            keep()

    def keep() -> None:
        nonlocal known
        plan = search.plan() if search.cost < known else None
        known = min(known, search.cost)
        found = None
        if plan is not None:
            found = decoded(problem, plan, setting, before=keeper.visits, with_reasons=False)
        keeper.looked(found, search.iterations)

    search.run(stop, clock=clock, cancelled=cancelled, look=look)
    keep()
