"""Contract guard: never fewer visits in a contract year than sold, none outside the contract, spacing kept."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from planner.model import Contract, DateSpan, Interval, IntervalUnit, Reason, ReasonKind
from planner.scheduling.dates import nominal_date

ONE_YEAR = Interval(count=1, unit=IntervalUnit.YEARS)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractYear:
    """One year of a contract, what was sold for it and what is planned.

    Args:
        number: 1 for the first.
        span: The last one ends with the contract.
        sold: Visits sold for it; of a year that the contract's end cuts short, the same share, rounded half up.
        planned: Days within `span` on which the site is visited; two visits on one day count once.
    """

    number: int
    span: DateSpan
    sold: int
    planned: int

    @property
    def short(self) -> int:
        """How many visits are missing, at least 0."""
        return max(0, self.sold - self.planned)


@dataclass(frozen=True, slots=True, kw_only=True)
class ContractBalance:
    """What a contract promises against what is planned.

    Args:
        years: Every contract year in order.
        faults: Each promise that is not kept, with the numbers that its sentence needs.
    """

    contract_id: str
    years: tuple[ContractYear, ...]
    faults: tuple[Reason, ...]


def contract_years(contract: Contract) -> tuple[DateSpan, ...]:
    """Return the years of a contract, counted from its first day; the last ends with the contract."""
    first, end = contract.validity.start, contract.validity.end
    spans = []
    number = 0
    start = first
    while start < end:
        number += 1
        # Counted from the first day, so a contract from 29 February has its 29th again in the next leap year.
        following = nominal_date(first, ONE_YEAR, number)
        spans.append(DateSpan(start=start, end=min(following, end)))
        start = following
    return tuple(spans)


def contract_balance(contract: Contract, days: Iterable[date]) -> ContractBalance:
    """Return what `contract` promises against the days on which its site is visited, with every fault.

    Args:
        days: Of visits planned or done, in any order; cancelled and missed ones left out.

    Source:
        Spec of scheduling, point 7.
    """
    visited = sorted(set(days))
    years = tuple(
        ContractYear(
            number=number,
            span=span,
            sold=_sold(contract, number, span),
            planned=sum(day in span for day in visited),
        )
        for number, span in enumerate(contract_years(contract), start=1)
    )
    faults = [_too_few(year) for year in years if year.short]
    faults += [_outside(contract, day) for day in visited if day not in contract.validity]
    least = contract.min_spacing
    if least is not None:
        inside = [day for day in visited if day in contract.validity]
        faults += [_too_close(before, day, least) for before, day in pairwise(inside) if day - before < least]
    return ContractBalance(contract_id=contract.id, years=years, faults=tuple(faults))


def contract_shortfalls(contract: Contract, days: Iterable[date]) -> tuple[ContractYear, ...]:
    """Return only the contract years with fewer visits than sold; empty when the promise is kept."""
    return tuple(year for year in contract_balance(contract, days).years if year.short)


def _sold(contract: Contract, number: int, span: DateSpan) -> int:
    start = nominal_date(contract.validity.start, ONE_YEAR, number - 1)
    whole = (nominal_date(contract.validity.start, ONE_YEAR, number) - start).days
    return (2 * contract.visits_per_year * span.days + whole) // (2 * whole)


def _too_few(year: ContractYear) -> Reason:
    return _reason(
        ("why", "too_few"),
        ("start", year.span.start.isoformat()),
        ("last", (year.span.end - ONE_DAY).isoformat()),
        ("sold", str(year.sold)),
        ("planned", str(year.planned)),
        ("short", str(year.short)),
    )


def _outside(contract: Contract, day: date) -> Reason:
    return _reason(
        ("why", "outside_validity"),
        ("day", day.isoformat()),
        ("start", contract.validity.start.isoformat()),
        ("last", (contract.validity.end - ONE_DAY).isoformat()),
    )


def _too_close(before: date, day: date, least: timedelta) -> Reason:
    return _reason(
        ("why", "too_close"),
        ("day", day.isoformat()),
        ("before", before.isoformat()),
        ("days", str((day - before).days)),
        ("least", str(least.days)),
    )


def _reason(*values: tuple[str, str]) -> Reason:
    return Reason(kind=ReasonKind.CONTRACT, values=values)
