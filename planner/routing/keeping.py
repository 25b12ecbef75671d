"""The best plan so far, exact to the minute and priced by its own visits; who watches is told of it."""

from collections.abc import Mapping, Sequence

from planner.model import DueWork, Visit
from planner.routing.board import Placement, placement_of
from planner.routing.costs import Costs, plan_costs
from planner.routing.decoding import Decoded, settled
from planner.routing.improving import CurvePoint, Seconds, Snapshot, Watch
from planner.routing.setting import Setting


class Keeper:
    """Keeps the best plan and its falling curve.

    Args:
        work: The trips.
        visits: The plan to begin with.
        setting: All the rest.
        clock: Seconds, only ever growing.
        began: When the search began on that clock.
        progress: Told of each look.
        every: Seconds between two looks.
    """

    def __init__(
        self,
        work: Sequence[DueWork],
        visits: Sequence[Visit],
        setting: Setting,
        *,
        clock: Seconds,
        began: float,
        progress: Watch,
        every: float,
    ) -> None:
        self.work = work
        self.setting = setting
        self.every = every
        self.iterations = 0
        self.curve: list[CurvePoint] = []
        self._clock = clock
        self._began = began
        self._progress = progress
        self._told_at = began
        self._optional_prices = sum(one.needs.price or 0.0 for one in work)
        self._best = settled(work, placements_of(visits), setting, before=visits, with_reasons=False)
        self.costs = self._priced(self._best)
        self._tell(self._best.visits)

    @property
    def visits(self) -> tuple[Visit, ...]:
        """The best plan's visits."""
        return self._best.visits

    def is_time(self) -> bool:
        """Whether the last look is long enough ago."""
        return self._clock() - self._told_at >= self.every

    def looked(self, found: Decoded | None, iterations: int) -> None:
        """Keep a plan where it is better than the best, and tell how far the search is.

        Args:
            found: The plan; None where the search has nothing new.
            iterations: Done so far.
        """
        self.iterations = iterations
        is_better = False
        if found is not None and self.is_better(found):
            costs = self._priced(found)
            self._best, self.costs, is_better = found, costs, True
        self._tell(self._best.visits if is_better else ())

    def is_better(self, found: Decoded) -> bool:
        """Whether a plan is better than the best."""
        return self._rank(found, self._priced(found)) < self._rank(self._best, self.costs)

    def told(self) -> Decoded:
        """Return the best plan with the reasons of what stays out."""
        return settled(self.work, placements_of(self._best.visits), self.setting, before=self._best.visits)

    def _tell(self, visits: tuple[Visit, ...]) -> None:
        self._told_at = self._clock()
        point = CurvePoint(
            seconds=self._told_at - self._began, iterations=self.iterations, cost=self.costs.total
        )
        self.curve.append(point)
        self._progress(Snapshot(point=point, unplaced=self._best.homeless, visits=visits))

    def _priced(self, found: Decoded) -> Costs:
        setting = self.setting
        return plan_costs(
            found.visits,
            found.homeless,
            technicians=setting.technicians,
            technician_calendars=setting.technician_calendars,
            locked=setting.locked,
            published=setting.published,
            weights=setting.weights,
            optional_left=found.optional_left,
        )

    def _rank(self, found: Decoded, costs: Costs) -> float:
        """Return the price by which plans are compared: no number of optional visits is worth a due one."""
        return costs.total + found.homeless * self._optional_prices


def placements_of(visits: Sequence[Visit]) -> Mapping[str, Placement]:
    """Return where visits stand, by key; those without technician or hours are left out."""
    return {
        one.key: placement_of(one)
        for one in visits
        if one.hours is not None and one.technician_id is not None
    }
