"""The whole department as one problem.

Visits of two technicians or of several days stand still in the compiled search, which plans all others around them.
Where there are such visits, it is therefore run in stretches, and between two of them each joint visit is moved
(`planner.routing.joint_search`).
"""

from planner.routing.annealing import Annealing, Heats
from planner.routing.decoding import decoded
from planner.routing.department import department
from planner.routing.improving import Cancelled, Seconds, StopRule
from planner.routing.joint_search import joint_moved
from planner.routing.keeping import Keeper
from planner.routing.setting import Setting
from planner.routing.territories import stretches

STRETCHES = 6
"""Enough for joint visits to find their place among others that moved, few enough for each stretch to cool a little."""
JOINT_SHARE = 0.25
"""Part of the time that moving joint visits may take."""


def whole(
    keeper: Keeper, setting: Setting, *, seed: int, stop: StopRule, clock: Seconds, cancelled: Cancelled
) -> None:
    """Search until `stop`; the keeper has the best plan."""
    if not any(one.needs.is_joint for one in keeper.work):
        _stretch(keeper, setting, seed=seed, stop=stop, heats=Heats(), clock=clock, cancelled=cancelled)
        return
    began = clock() if stop.seconds is not None else 0.0
    for number, (begin, end) in enumerate(stretches(STRETCHES)):
        if cancelled():
            return
        share = _share(stop, number, began, clock)
        # What does not fit in all the others' way fits better before they are improved, so moves come first.
        joint_moved(keeper, setting, seed=seed + 7_919 * number, stop=_part(share, JOINT_SHARE), clock=clock)
        _stretch(
            keeper,
            setting,
            seed=(seed * 1_000_003 + number) % 2**31,
            stop=_part(share, 1 - JOINT_SHARE),
            heats=Heats().part(begin, end),
            clock=clock,
            cancelled=cancelled,
        )
    joint_moved(
        keeper, setting, seed=seed, stop=_part(_share(stop, STRETCHES - 1, began, clock), 1), clock=clock
    )


def _stretch(
    keeper: Keeper,
    setting: Setting,
    *,
    seed: int,
    stop: StopRule,
    heats: Heats,
    clock: Seconds,
    cancelled: Cancelled,
) -> None:
    problem = department(keeper.work, keeper.visits, setting)
    if not problem.work:
        return
    search = Annealing(problem.problem, problem.start, seed=seed)
    known, before = search.cost, keeper.iterations

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
        keeper.looked(found, before + search.iterations)

    search.run(stop, clock=clock, cancelled=cancelled, heats=heats, look=look)
    keep()


def _share(stop: StopRule, number: int, began: float, clock: Seconds) -> StopRule:
    """Return what a stretch may take of what is left."""
    left = STRETCHES - number
    return StopRule(
        seconds=None if stop.seconds is None else max(0.0, stop.seconds - (clock() - began)) / left,
        iterations=None
        if stop.iterations is None
        else stop.iterations * (number + 1) // STRETCHES - stop.iterations * number // STRETCHES,
    )


def _part(stop: StopRule, share: float) -> StopRule:
    seconds = None if stop.seconds is None else stop.seconds * share
    return StopRule(seconds=seconds, iterations=stop.iterations)
