"""The search of one part, in whatever process or machine it lands."""

from collections.abc import Mapping
from dataclasses import dataclass

from planner.routing.annealing import Annealing, Heats
from planner.routing.board import Placement
from planner.routing.decoding import routes_on_board
from planner.routing.department import department
from planner.routing.improving import Cancelled, Seconds, StopRule
from planner.routing.territories import Part


@dataclass(frozen=True, slots=True, kw_only=True)
class PartFound:
    """What the search of a part came to: where each of its trips is, by key, and the iterations it took."""

    placements: Mapping[str, Placement]
    iterations: int


def searched(
    part: Part, stop: StopRule, heats: Heats, seed: int, clock: Seconds, cancelled: Cancelled
) -> PartFound | None:
    """Return the best plan of a part; None where its search found none that keeps every rule.

    The clock travels by its name, so the seconds of `stop` are those of the machine that searches; with iterations no
    clock is read. `cancelled` travels as well and is asked a few times a second; once true, the best so far comes back.
    """
    if cancelled():
        return None
    problem = department(part.work, part.visits, part.setting)
    if not problem.work:
        return None
    search = Annealing(problem.problem, problem.start, seed=seed)
    search.run(stop, clock=clock, heats=heats, cancelled=cancelled)
    plan = search.plan()
    if plan is None:
        return None
    board = part.setting.board()
    for visit in problem.passing:
        board.stand(visit)
    return PartFound(placements=routes_on_board(board, problem, plan), iterations=search.iterations)
