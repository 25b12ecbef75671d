"""What is to be done about a fault, by when, and who pays?

May import: planner.calendars and below.
"""

from planner.faults.deadlines import Deadline, Point, deadlines
from planner.faults.diagnosis import (
    Diagnosis,
    KnownCause,
    Picture,
    RankedCause,
    SolvedJob,
    diagnose,
    likeness,
)
from planner.faults.entitlement import Cover, Entitlement, Ground, entitlement
from planner.faults.handling import (
    CheckStep,
    HandlingPlan,
    HazardNote,
    InStock,
    KitPart,
    Statement,
    VisitOffer,
)
from planner.faults.log import Standing, possible_next, standing
from planner.faults.priority import Priority, priority

__all__ = [
    "CheckStep",
    "Cover",
    "Deadline",
    "Diagnosis",
    "Entitlement",
    "Ground",
    "HandlingPlan",
    "HazardNote",
    "InStock",
    "KitPart",
    "KnownCause",
    "Picture",
    "Point",
    "Priority",
    "RankedCause",
    "SolvedJob",
    "Standing",
    "Statement",
    "VisitOffer",
    "deadlines",
    "diagnose",
    "entitlement",
    "likeness",
    "possible_next",
    "priority",
    "standing",
]
