"""Meters (spindle hours, part counts) and what was read off them."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class MeterReading:
    """A value read off a meter at an instant (aware datetime)."""

    read_at: datetime
    value: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Meter:
    """A counter on a machine.

    Args:
        unit: What it counts: `h`, `parts`, `changes`.
        rolls_over_at: The value after which the counter starts again from 0, if it does.
    """

    id: str
    equipment_id: str
    name: str
    unit: str
    rolls_over_at: Decimal | None = None
