"""Which nouns does the planner speak? Frozen values with their units in their types.

May import: `planner.errors` and the standard library.
"""

from planner.model.contracts import Contract, ContractLevel, ResponseTimes
from planner.model.equipment import Customer, Datum, Equipment, EquipmentClass, Position, Site
from planner.model.meters import Meter, MeterReading
from planner.model.needs import PLAIN, Kit, Needs
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
    Presence,
    Reason,
    ReasonKind,
    Unplaced,
    Visit,
    VisitState,
)

__all__ = [
    "PLAIN",
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
    "Kit",
    "Level",
    "MachineState",
    "MaintenancePlan",
    "Meter",
    "MeterReading",
    "Needs",
    "Occurrence",
    "OpeningHours",
    "OrderEvent",
    "OrderState",
    "Position",
    "Presence",
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
