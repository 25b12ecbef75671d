"""What the next date counts from: the anchor, the last completion, or the anchor shifted by how late it was."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from planner.model import Basis, MaintenancePlan, Reason, ReasonKind
from planner.scheduling.dates import cycle_days, first_k_from, nominal_date, nominal_dates

WHOLE_DAY = Decimal(1)
NO_SHIFT = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """The dates that are still ahead of a plan, before any calendar move.

    Args:
        start: The day the chain counts from.
        start_k: The k of that day.
        offset: Added to each date.
        first_k: The first k still ahead; what lies before it is done or superseded.
        reason: Why the chain differs from the nominal one; None where it does not.
    """

    plan: MaintenancePlan
    start: date
    start_k: int
    offset: timedelta
    first_k: int
    reason: Reason | None

    def date_of(self, k: int) -> date:
        """Return date `k` of the chain."""
        return nominal_date(self.start, self.plan.interval, k - self.start_k) + self.offset

    def dates_from(self, k: int) -> Iterator[date]:
        """Return the dates of the chain from `k` on, without end."""
        dates = nominal_dates(self.start, self.plan.interval, k - self.start_k)
        return (day + self.offset for day in dates) if self.offset else dates

    def first_k_from(self, day: date) -> int:
        """Return the smallest k still ahead whose date is on or after `day`."""
        reached = self.start_k + first_k_from(self.start, self.plan.interval, day - self.offset)
        return max(self.first_k, reached)


def chain(plan: MaintenancePlan, completions: Mapping[int, date], planned: Callable[[date], date]) -> Chain:
    """Return the chain of dates still ahead of `plan`.

    `fixed` never moves, whatever was done when. `floating` counts whole intervals from the last completion. `shifted`
    adds, for each completion in turn, factor x the whole deviation from the planned day if that deviation exceeds the
    tolerance; half days round away from zero. With `floating` and `shifted` an occurrence that was left out before
    the last completion is superseded by it; with `fixed` it stays due.

    Args:
        completions: Day done by k.
        planned: The day that a date of the chain was planned for, such as the working day next to it; a deviation is
            measured from there, so that a holiday alone never shifts the chain.

    Source:
        Spec of scheduling, point 2, after the shift factors and the tolerance of SAP maintenance plans.
    """
    if plan.basis is Basis.FIXED or not completions:
        return _nominal_chain(plan)
    if plan.basis is Basis.FLOATING:
        return _floating_chain(plan, completions)
    return _shifted_chain(plan, completions, planned)


def shift(plan: MaintenancePlan, planned: date, done: date) -> timedelta:
    """Return by how much a completion on `done` moves the next date, negative for earlier; zero within tolerance.

    The tolerance is a share of the cycle that starts on the planned day. Golden: a cycle of 3 months, tolerance 10 %,
    late factor 50 %, planned 1 June and done 15 June gives +7 days.
    """
    deviation = (done - planned).days
    tolerance = plan.tolerance_percent / 100 * cycle_days(plan.interval, planned)
    if abs(deviation) <= tolerance:
        return NO_SHIFT
    percent = plan.late_factor_percent if deviation > 0 else plan.early_factor_percent
    days = (percent / 100 * deviation).quantize(WHOLE_DAY, rounding=ROUND_HALF_UP)
    return timedelta(days=int(days))


def _nominal_chain(plan: MaintenancePlan) -> Chain:
    return Chain(plan=plan, start=plan.anchor, start_k=0, offset=NO_SHIFT, first_k=plan.first_k, reason=None)


def _floating_chain(plan: MaintenancePlan, completions: Mapping[int, date]) -> Chain:
    last_k = max(completions)
    done = completions[last_k]
    values = (("basis", Basis.FLOATING.value), ("done", done.isoformat()), ("done_k", str(last_k)))
    return Chain(
        plan=plan,
        start=done,
        start_k=last_k,
        offset=NO_SHIFT,
        first_k=max(plan.first_k, last_k + 1),
        reason=Reason(kind=ReasonKind.BASIS_SHIFT, values=values),
    )


def _shifted_chain(
    plan: MaintenancePlan, completions: Mapping[int, date], planned: Callable[[date], date]
) -> Chain:
    offset = NO_SHIFT
    for k in sorted(completions):
        date_k = nominal_date(plan.anchor, plan.interval, k) + offset
        offset += shift(plan, planned(date_k), completions[k])
    last_k = max(completions)
    values = (
        ("basis", Basis.SHIFTED.value),
        ("done", completions[last_k].isoformat()),
        ("done_k", str(last_k)),
        ("days", str(offset.days)),
    )
    return Chain(
        plan=plan,
        start=plan.anchor,
        start_k=0,
        offset=offset,
        first_k=max(plan.first_k, last_k + 1),
        reason=Reason(kind=ReasonKind.BASIS_SHIFT, values=values) if offset else None,
    )
