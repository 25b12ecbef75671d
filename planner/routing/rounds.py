"""A department searched in parts, round after round, side by side."""

from collections.abc import Collection, Sequence
from concurrent.futures import Executor, Future, wait
from contextlib import suppress

from planner.routing.annealing import Heats
from planner.routing.board import Placement
from planner.routing.decoding import settled
from planner.routing.improving import Cancelled, Seconds, StopRule
from planner.routing.joint_search import joint_moved, standing_beside
from planner.routing.keeping import Keeper, placements_of
from planner.routing.part_search import PartFound, searched
from planner.routing.setting import Setting
from planner.routing.territories import Part, parts_of, stretches

ROUNDS = 6
"""Enough directions for visits to cross every border, few enough that each part has time to cool a little."""
LOOK_S = 0.2
"""Between two looks at whether somebody has enough, while parts are searched elsewhere."""
GRACE_LOOKS = 8
"""Looks that parts are given to come back once somebody has; what is farther away by then is left out."""
JOINT_SHARE = 0.15
"""How long joint visits are moved between two rounds, against the time of a part's search."""
TRIES = 2
"""How often a part is sent out before it is searched here."""


def by_parts(
    keeper: Keeper,
    setting: Setting,
    *,
    seed: int,
    stop: StopRule,
    clock: Seconds,
    cancelled: Cancelled,
    cancelled_there: Cancelled | None,
    executor: Executor | None,
    workers: int,
) -> None:
    """Search until `stop`; the keeper has the best plan.

    Once `cancelled` says so, parts that ask `cancelled_there` come back with the best they have; the others are not
    waited for. A part whose process or machine dies is sent once more, and searched here where that dies too: nothing
    is lost.
    """
    board = setting.board()
    began = clock() if stop.seconds is not None else 0.0
    iterations = 0
    for number, (begin, end) in enumerate(stretches(ROUNDS)):
        is_over = stop.seconds is not None and number > 0 and clock() - began >= stop.seconds
        if cancelled() or is_over:
            break
        visits = {one.key: one for one in keeper.visits}
        plain = [one for one in keeper.work if not one.needs.is_joint]
        parts = parts_of(plain, visits, standing_beside(keeper, setting), board, number=number)
        share = StopRule(
            seconds=None
            if stop.seconds is None
            else _seconds(
                stop.seconds - (clock() - began), ROUNDS - number, len(parts), workers if executor else 1
            ),
            iterations=None if stop.iterations is None else stop.iterations // (ROUNDS * len(parts)),
        )
        heats = Heats().part(begin, end)
        seeds = [(seed * 1_000_003 + number * 7_919 + row) % 2**31 for row in range(len(parts))]
        found = _side_by_side(parts, share, heats, seeds, executor, clock, cancelled, cancelled_there)
        placements: dict[str, Placement] = dict(placements_of(keeper.visits))
        for one in found:
            if one is not None:
                iterations += one.iterations
                placements.update(one.placements)
        plan = settled(keeper.work, placements, setting, before=keeper.visits, with_reasons=False)
        keeper.looked(plan, iterations)
        if not cancelled():
            seconds = None if share.seconds is None else share.seconds * JOINT_SHARE
            moves = StopRule(seconds=seconds, iterations=share.iterations)
            joint_moved(keeper, setting, seed=seed * 31 + number, stop=moves, clock=clock)


def _seconds(left: float, rounds: int, parts: int, workers: int) -> float:
    """Return how long each part of a round may search, so that all rounds end in time."""
    return max(0.0, left / rounds / -(-parts // max(1, workers)))


def _side_by_side(
    parts: Sequence[Part],
    stop: StopRule,
    heats: Heats,
    seeds: Sequence[int],
    executor: Executor | None,
    clock: Seconds,
    cancelled: Cancelled,
    cancelled_there: Cancelled | None,
) -> list[PartFound | None]:
    if executor is None:
        return [
            searched(part, stop, heats, seed, clock, cancelled)
            for part, seed in zip(parts, seeds, strict=True)
        ]
    found: list[PartFound | None] = [None] * len(parts)
    open_rows = list(range(len(parts)))
    for _ in range(TRIES):
        sent: dict[int, Future[PartFound | None]] = {}
        for row in open_rows:
            # A broken executor refuses what it is given; that is no other case than one that loses it.
            with suppress(Exception):
                sent[row] = executor.submit(
                    searched, parts[row], stop, heats, seeds[row], clock, cancelled_there or _never
                )
        is_over = not _all_back(sent.values(), cancelled)
        for row, future in sent.items():
            if not future.done():
                future.cancel()
                continue
            with suppress(Exception):
                found[row] = future.result()
                open_rows.remove(row)
        if not open_rows or is_over or cancelled():
            return found
    # Whatever took the others away, these parts are as they were and are searched here.
    for row in open_rows:
        found[row] = searched(parts[row], stop, heats, seeds[row], clock, cancelled)
    return found


def _all_back(sent: Collection[Future[PartFound | None]], cancelled: Cancelled) -> bool:
    """Wait for what was sent; False where somebody has enough and some of it is too far away to be waited for."""
    looks = 0
    while wait(sent, timeout=LOOK_S).not_done:
        looks += int(cancelled())
        if looks > GRACE_LOOKS:
            return False
    return True


def _never() -> bool:
    return False
