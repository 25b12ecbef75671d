"""Which nouns does the planner speak? Frozen values with their units in their types.

May import: `planner.errors` and the standard library.
"""

from planner.model.contracts import Contract, ContractLevel, ResponseTimes
from planner.model.equipment import Customer, Datum, Equipment, EquipmentClass, Position, Site
from planner.model.meters import Meter, MeterReading
from planner.model.orders import EventKind, MachineState, OrderEvent, OrderState
from planner.model.people import Certificate, Technician
from planner.model.spans import DateSpan, OpeningHours, TimeSpan
from planner.model.work import (
    Basis,
    CalendarMove,
    DueWork,
    Interval,
    IntervalUnit,
    Level,
    MaintenancePlan,
    Occurrence,
    Reason,
    ReasonKind,
    Unplaced,
    Visit,
    VisitState,
)

__all__ = [
    "Basis",
    "CalendarMove",
    "Certificate",
    "Contract",
    "ContractLevel",
    "Customer",
    "DateSpan",
    "Datum",
    "DueWork",
    "Equipment",
    "EquipmentClass",
    "EventKind",
    "Interval",
    "IntervalUnit",
    "Level",
    "MachineState",
    "MaintenancePlan",
    "Meter",
    "MeterReading",
    "Occurrence",
    "OpeningHours",
    "OrderEvent",
    "OrderState",
    "Position",
    "Reason",
    "ReasonKind",
    "ResponseTimes",
    "Site",
    "Technician",
    "TimeSpan",
    "Unplaced",
    "Visit",
    "VisitState",
]
