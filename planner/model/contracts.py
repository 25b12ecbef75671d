"""Maintenance contracts: what was sold, for how long."""

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum

from planner.errors import InvalidInput
from planner.model.spans import DateSpan


class ContractLevel(StrEnum):
    """Coverage levels: inspection only, labour included, all-in."""

    INSPECTION = "inspection"
    LABOUR = "labour"
    ALL_IN = "all_in"


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseTimes:
    """Promised working time from the report to each point; None where nothing was promised."""

    response: timedelta | None = None
    arrival: timedelta | None = None
    temporary_restore: timedelta | None = None
    resolution: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A contract for the inspection of one site's equipment.

    Args:
        validity: First day to the day after the last.
        visits_per_year: Visits sold for each contract year, counted from the first day; at least 0.
        min_spacing: Least time between two inspection visits at the site, if agreed.

    Raises:
        InvalidInput: Visits or spacing below zero.
    """

    id: str
    site_id: str
    level: ContractLevel
    validity: DateSpan
    visits_per_year: int
    response_times: ResponseTimes = ResponseTimes()
    min_spacing: timedelta | None = None

    def __post_init__(self) -> None:
        faults = []
        if self.visits_per_year < 0:
            faults.append(
                f"contract {self.id} has {self.visits_per_year} visits a year; it must have at least 0"
            )
        if self.min_spacing is not None and self.min_spacing < timedelta(0):
            faults.append(f"contract {self.id} has spacing {self.min_spacing}; it must be at least 0")
        if faults:
            raise InvalidInput(faults)
