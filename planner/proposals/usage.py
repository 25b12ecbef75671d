"""What was used of a contract against what was sold: the evidence for its renewal."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from planner.model import Contract
from planner.scheduling import contract_balance


@dataclass(frozen=True, slots=True, kw_only=True)
class UsedRepair:
    """A repair under a contract: the day, its working hours where recorded, and what its parts cost."""

    day: date
    hours: Decimal | None
    parts: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class YearUse:
    """One contract year.

    Args:
        first, last: Its days.
        sold, done: Inspection visits.
        repairs: How many faults were repaired.
        hours: Recorded working hours of them; `hours_known` of the repairs have one.
        parts: Recorded cost of parts; `parts_known` of the repairs have one.
    """

    first: date
    last: date
    sold: int
    done: int
    repairs: int
    hours: Decimal
    hours_known: int
    parts: Decimal
    parts_known: int


def contract_use(
    contract: Contract, *, visits: Iterable[date], repairs: Iterable[UsedRepair], today: date
) -> tuple[YearUse, ...]:
    """Return what was used in each contract year that has begun, the first one first.

    Args:
        contract: What was sold.
        visits: Days of the inspection visits done at the site.
        repairs: Of the site's machines.
        today: Years that begin later are left out.
    """
    mended = list(repairs)
    found = []
    for year in contract_balance(contract, visits).years:
        if year.span.start > today:
            break
        inside = [one for one in mended if one.day in year.span]
        found.append(
            YearUse(
                first=year.span.start,
                last=year.span.last,
                sold=year.sold,
                done=year.planned,
                repairs=len(inside),
                hours=sum((one.hours for one in inside if one.hours is not None), Decimal(0)),
                hours_known=sum(one.hours is not None for one in inside),
                parts=sum((one.parts for one in inside if one.parts is not None), Decimal(0)),
                parts_known=sum(one.parts is not None for one in inside),
            )
        )
    return tuple(found)
