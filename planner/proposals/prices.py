"""What a department charges: its price book, with the assumptions that only it can make."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from planner.errors import InvalidInput
from planner.model import ContractLevel, ResponseTimes

MOST = Decimal(10_000_000)
"""No price is above this."""


class PartClass(StrEnum):
    """How often a part goes: 常用件 common, 易耗件 wearing, 保养件 for maintenance."""

    COMMON = "common"
    WEARING = "wearing"
    MAINTENANCE = "maintenance"


@dataclass(frozen=True, slots=True, kw_only=True)
class PartPrice:
    """A part that is changed at intervals on machines of a class.

    Args:
        equipment_class: Code of the class; empty holds for all.
        every_months: Interval; 1 to 240.
        quantity: A machine and interval; above 0.
        price: Of one; at least 0.
        source: Where the interval is from, such as a checklist's item or the maker's manual; empty makes it an assumption.
    """

    name: str
    part_class: PartClass
    equipment_class: str = ""
    number: str = ""
    every_months: int
    quantity: Decimal = Decimal(1)
    price: Decimal
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a level of coverage promises.

    Args:
        response_times: Promised working time.
        exclusions: What it does not cover, one sentence each.
    """

    response_times: ResponseTimes = field(default_factory=ResponseTimes)
    exclusions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceBook:
    """Prices without tax, in one currency.

    Args:
        labour_hour, travel_hour: Of one technician.
        kilometre: Of driving, there and back.
        margin_percent: Put on parts.
        risk_percent: Put on what a level takes over of repairs: the year may be a bad one.
        repair_hours: Assumed working time of a repair, where own records have none.
        repair_parts: Assumed cost of parts of a repair, likewise.
        avoidable_percent: Share of failures that inspections are assumed to avoid; None where nobody dares to say.
        downtime_hour: What an hour of standstill costs the customer, by himself; None where he did not say.
        downtime_hours: Assumed standstill of a failure, where own records have none; None: not assumed.
        parts: Parts that are changed at intervals.
        terms: What each level promises.

    Raises:
        InvalidInput: Every price or share that is out of bounds.
    """

    currency: str = "CNY"
    labour_hour: Decimal
    travel_hour: Decimal
    kilometre: Decimal
    margin_percent: Decimal = Decimal(0)
    risk_percent: Decimal = Decimal(0)
    repair_hours: Decimal
    repair_parts: Decimal
    avoidable_percent: Decimal | None = None
    downtime_hour: Decimal | None = None
    downtime_hours: Decimal | None = None
    parts: tuple[PartPrice, ...] = ()
    terms: Mapping[ContractLevel, Terms] = field(default_factory=dict)

    def __post_init__(self) -> None:
        bounds: dict[str, tuple[Decimal | None, Decimal]] = {
            "labour a hour": (self.labour_hour, MOST),
            "travel a hour": (self.travel_hour, MOST),
            "a kilometre": (self.kilometre, MOST),
            "margin": (self.margin_percent, Decimal(1000)),
            "risk": (self.risk_percent, Decimal(1000)),
            "hours of a repair": (self.repair_hours, Decimal(10_000)),
            "parts of a repair": (self.repair_parts, MOST),
            "avoidable share": (self.avoidable_percent, Decimal(100)),
            "an hour of standstill": (self.downtime_hour, MOST),
            "hours of standstill": (self.downtime_hours, Decimal(10_000)),
        }
        faults = [
            f"{name} is {value}; it must be 0 to {most}"
            for name, (value, most) in bounds.items()
            if value is not None and not 0 <= value <= most
        ]
        for one in self.parts:
            if not one.name:
                faults.append("a part has no name")
            if not 1 <= one.every_months <= 240:
                faults.append(f"{one.name} is changed every {one.every_months} months; it must be 1 to 240")
            if not 0 < one.quantity <= 10_000:
                faults.append(f"{one.name} is changed {one.quantity} at a time; it must be above 0 to 10000")
            if not 0 <= one.price <= MOST:
                faults.append(f"{one.name} costs {one.price}; it must be 0 to {MOST}")
        if faults:
            raise InvalidInput(faults)
