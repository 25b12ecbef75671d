"""What contracts say to a plan: the days that they cover, the time between visits, work that none covers."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from planner.model import Contract, DateSpan, MaintenancePlan, Occurrence, Reason, ReasonKind, Unplaced
from planner.routing import Why


def covered_spans(contracts: Iterable[Contract]) -> dict[str, list[DateSpan]]:
    """Return the days that contracts cover, by site; one that follows another without a gap continues it."""
    by_site: dict[str, list[DateSpan]] = defaultdict(list)
    for contract in sorted(contracts, key=lambda one: (one.site_id, one.validity.start, one.validity.end)):
        spans = by_site[contract.site_id]
        if spans and contract.validity.start <= spans[-1].end:
            last = spans.pop()
            spans.append(DateSpan(start=last.start, end=max(last.end, contract.validity.end)))
        else:
            spans.append(DateSpan(start=contract.validity.start, end=contract.validity.end))
    return by_site


def is_covered(day: date, covered: Sequence[DateSpan] | None) -> bool:
    """Whether work may be due on `day`: a site that never had a contract is served without one."""
    return covered is None or any(day in span for span in covered)


def without_contract(
    site_id: str, due: Sequence[Occurrence], plans: Mapping[str, MaintenancePlan]
) -> Unplaced:
    """Return the work of a site that no contract covers, as one thing to be told."""
    left = tuple(sorted(due, key=lambda one: one.key))
    values = (("why", Why.CONTRACT), ("relax", "contract"), ("dates", str(len({one.due for one in left}))))
    return Unplaced(
        site_id=site_id,
        earliest=min(one.due for one in left),
        latest=max(one.due for one in left),
        occurrences=left,
        duration=sum((plans[one.plan_id].duration for one in left), timedelta(0)),
        reason=Reason(kind=ReasonKind.UNPLACED, values=values),
    )


def least_spacing(contracts: Iterable[Contract]) -> dict[str, timedelta]:
    """Return the least time between two visits that contracts agree, by site id."""
    found: dict[str, timedelta] = {}
    for contract in contracts:
        if contract.min_spacing is not None:
            found[contract.site_id] = max(contract.min_spacing, found.get(contract.site_id, timedelta(0)))
    return found
