"""Who pays? From warranty and contract on the day of the report, each with the reason that a customer can be shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from planner.model import Contract, ContractLevel, DateSpan


class Cover(StrEnum):
    """What the customer pays: nothing, the parts, everything."""

    FREE = "free"
    PARTLY = "partly"
    BILLED = "billed"


class Ground(StrEnum):
    """Why."""

    WARRANTY = "warranty"
    CONTRACT_ALL_IN = "contract_all_in"
    CONTRACT_LABOUR = "contract_labour"
    CONTRACT_INSPECTION = "contract_inspection"
    CONTRACT_OVER = "contract_over"
    WARRANTY_OVER = "warranty_over"
    NOTHING_AGREED = "nothing_agreed"
    OPERATING_ERROR = "operating_error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entitlement:
    """Who pays for a fault's repair.

    Args:
        labour, parts: Whether the customer pays for them.
        ground: What decided.
        contract_id: The contract, where one decided.
        until: Last day of what decided, or the day on which it ended.
    """

    cover: Cover
    ground: Ground
    contract_id: str | None = None
    until: date | None = None


_BY_LEVEL = {
    ContractLevel.ALL_IN: (0, Cover.FREE, Ground.CONTRACT_ALL_IN),
    ContractLevel.LABOUR: (1, Cover.PARTLY, Ground.CONTRACT_LABOUR),
    ContractLevel.INSPECTION: (2, Cover.BILLED, Ground.CONTRACT_INSPECTION),
}


def entitlement(
    day: date,
    *,
    warranty: DateSpan | None,
    contracts: Sequence[Contract],
    is_operating_error: bool = False,
) -> Entitlement:
    """Return who pays for a fault reported on a day.

    Args:
        day: Of the report.
        warranty: Of the machine, first day to the day after the last; None where nothing is known.
        contracts: Of its site; the best of those valid on the day decides, then the smallest id.
        is_operating_error: The cause was found to be wrong use (cause O2): neither warranty nor contract pays.
    """
    if is_operating_error:
        return Entitlement(cover=Cover.BILLED, ground=Ground.OPERATING_ERROR)
    if warranty is not None and day in warranty:
        return Entitlement(cover=Cover.FREE, ground=Ground.WARRANTY, until=warranty.last)
    valid = sorted((_BY_LEVEL[one.level][0], one.id, one) for one in contracts if day in one.validity)
    if valid:
        best = valid[0][2]
        _, cover, ground = _BY_LEVEL[best.level]
        return Entitlement(cover=cover, ground=ground, contract_id=best.id, until=best.validity.last)
    ended = sorted((one.validity.last, one.id) for one in contracts if one.validity.last < day)
    if ended:
        last, id = ended[-1]
        return Entitlement(cover=Cover.BILLED, ground=Ground.CONTRACT_OVER, contract_id=id, until=last)
    if warranty is not None and warranty.last < day:
        return Entitlement(cover=Cover.BILLED, ground=Ground.WARRANTY_OVER, until=warranty.last)
    return Entitlement(cover=Cover.BILLED, ground=Ground.NOTHING_AGREED)
