"""What do we offer, and why?

May import: every room of planner.
"""

from planner.proposals.forecast import Forecast, Record, assumed, forecast
from planner.proposals.offer import (
    Basis,
    Item,
    Line,
    Option,
    PartNeed,
    Repairs,
    Request,
    Trip,
    VisitWork,
    options,
    part_needs,
)
from planner.proposals.prices import PartClass, PartPrice, PriceBook, Terms
from planner.proposals.usage import UsedRepair, YearUse, contract_use

__all__ = [
    "Basis",
    "Forecast",
    "Item",
    "Line",
    "Option",
    "PartClass",
    "PartNeed",
    "PartPrice",
    "PriceBook",
    "Record",
    "Repairs",
    "Request",
    "Terms",
    "Trip",
    "UsedRepair",
    "VisitWork",
    "YearUse",
    "assumed",
    "contract_use",
    "forecast",
    "options",
    "part_needs",
]
