"""Visits of two technicians or several days, moved: to any day and team, where others make room for them.

The neighbourhood of the compiled search cannot reach these visits, because one of them stands in several routes. So each
is taken out and tried elsewhere in the finished plan: first where nobody else has to move, then on days that others are
sent away from, who find another place by the rule of `first_plan` or stay out. Every try is a whole plan on the clock,
priced from its visits; the keeper takes it only where it is better. So a move never breaks a rule and never costs more.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from planner.model import DueWork
from planner.routing.board import Board, Placement
from planner.routing.decoding import settled
from planner.routing.improving import Seconds, StopRule
from planner.routing.joint import joint_offers
from planner.routing.keeping import Keeper, placements_of
from planner.routing.offers import days_outwards, stands
from planner.routing.setting import Setting

MOST_TRIES = 24
"""Plans that are tried for one visit in one round; small departments are tried out, large ones by chance."""


def joint_moved(keeper: Keeper, setting: Setting, *, seed: int, stop: StopRule, clock: Seconds) -> None:
    """Try each joint visit elsewhere; the keeper has the best plan.

    Args:
        keeper: Keeps the best plan.
        setting: As of the plan.
        seed: Of the order in which places are tried.
        stop: When to end; with iterations each visit is tried `MOST_TRIES` times and no clock is read, and never more
            often than there are iterations.
        clock: Seconds, only ever growing.
    """
    joint = [one for one in keeper.work if one.needs.is_joint]
    if not joint:
        return
    dice = np.random.default_rng(seed)
    began = clock() if stop.seconds is not None else 0.0
    tries = MOST_TRIES if stop.iterations is None else min(MOST_TRIES, stop.iterations)

    def is_over() -> bool:
        return stop.seconds is not None and clock() - began >= stop.seconds

    for row in dice.permutation(len(joint)):
        if is_over():
            return
        _moved(keeper, setting, joint[row], dice, tries, is_over)


def standing_beside(keeper: Keeper, setting: Setting) -> Setting:
    """Return the setting in which joint visits stand as locked ones, each technician's day on its own."""
    joint = {one.key for one in keeper.work if one.needs.is_joint}
    standing = [part for one in keeper.visits if one.key in joint for part in one.spread()]
    locked = [part for one in setting.locked for part in one.spread()]
    return replace(setting, locked=(*locked, *standing))


def _moved(
    keeper: Keeper,
    setting: Setting,
    work: DueWork,
    dice: np.random.Generator,
    tries: int,
    is_over: Callable[[], bool],
) -> None:
    placements = dict(placements_of(keeper.visits))
    now = placements.pop(work.key, None)
    by_key = {one.key: one for one in keeper.work}
    beside = _standing(setting, by_key, placements)
    free = list(_everywhere(beside, work))
    # Those that others must make room for: as the board were without what is not joint and may move.
    alone = {key: one for key, one in placements.items() if by_key[key].needs.is_joint}
    crowded = list(_everywhere(_standing(setting, by_key, alone), work))
    free.sort(key=lambda pair: pair[0])
    chosen = [*free[: tries // 2], *(crowded[row] for row in dice.permutation(len(crowded)))][:tries]
    seen = {now} if now is not None else set()
    for _, placement in chosen:
        if placement in seen:
            continue
        if is_over():
            return
        seen.add(placement)
        wanted = {work.key: placement, **placements}
        plan = settled(
            keeper.work,
            wanted,
            setting,
            before=keeper.visits,
            with_reasons=False,
            first=frozenset({work.key}),
        )
        if keeper.is_better(plan):
            keeper.looked(plan, keeper.iterations)
            placements = dict(placements_of(keeper.visits))
            placements.pop(work.key, None)


def _standing(setting: Setting, work: Mapping[str, DueWork], placements: Mapping[str, Placement]) -> Board:
    board = setting.board()
    for key, placement in sorted(placements.items(), key=lambda one: (one[1].day, one[1].stop, one[0])):
        if stands(board, work[key], placement):
            board.put(work[key], placement)
    return board


def _everywhere(board: Board, work: DueWork) -> Iterator[tuple[float, Placement]]:
    """Yield every place of a joint visit, with what it adds and how far it is from its best day."""
    for day in days_outwards(work.ideal, work.earliest, work.latest):
        for offer in joint_offers(board, work, day):
            yield offer.added + abs((day - work.ideal).days), offer.placement
