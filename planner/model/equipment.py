"""Customers, sites and the equipment that stands there (ISO 14224 levels 3 to 7)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from planner.errors import InvalidInput
from planner.model.spans import OFFICE_HOURS, DateSpan, OpeningHours


class Datum(StrEnum):
    """The coordinate system a position was read in; they differ by some hundred metres in China."""

    WGS84 = "WGS-84"
    GCJ02 = "GCJ-02"
    BD09 = "BD-09"


class EquipmentClass(StrEnum):
    """Equipment classes of content/vocabularies/equipment_classes.yaml; a test holds the two together."""

    LAT = "LAT"
    TMC = "TMC"
    VMC = "VMC"
    HMC = "HMC"
    GMC = "GMC"
    MIL = "MIL"
    DTC = "DTC"
    GRI = "GRI"
    BOR = "BOR"
    EDM = "EDM"
    MAN = "MAN"
    DRO = "DRO"
    AUX = "AUX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """A point on the earth.

    Args:
        latitude_deg: Degrees north, -90 to 90.
        longitude_deg: Degrees east, -180 to 180.
        datum: The system the two numbers are in.

    Raises:
        InvalidInput: A number out of its bounds.
    """

    latitude_deg: float
    longitude_deg: float
    datum: Datum = Datum.WGS84

    def __post_init__(self) -> None:
        faults = []
        if not -90 <= self.latitude_deg <= 90:
            faults.append(f"latitude is {self.latitude_deg}; it must lie in -90..90 degrees")
        if not -180 <= self.longitude_deg <= 180:
            faults.append(f"longitude is {self.longitude_deg}; it must lie in -180..180 degrees")
        if faults:
            raise InvalidInput(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """A company that owns sites."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """A place where equipment stands, with its own calendar.

    Args:
        follows_public_calendar: Whether public holidays close the site and make-up days open it.
        shutdowns: Days on which nobody may come, such as a summer stop.
    """

    id: str
    customer_id: str
    name: str
    address: str = ""
    city: str = ""
    position: Position | None = None
    opening: OpeningHours = OFFICE_HOURS
    follows_public_calendar: bool = True
    shutdowns: tuple[DateSpan, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Equipment:
    """One equipment unit (ISO 14224 level 6).

    Args:
        tag: What is painted on it or how the customer calls it, unique in the register.
        controller: Code of content/vocabularies/controllers.yaml.
        software: (name, version) pairs as read off the machine.
        parent_id: The host machine of a DRO kit or of an auxiliary.
    """

    id: str
    tag: str
    site_id: str
    equipment_class: EquipmentClass
    brand: str = ""
    model: str = ""
    serial: str = ""
    controller: str = ""
    drive: str = ""
    software: tuple[tuple[str, str], ...] = ()
    commissioned: date | None = None
    parent_id: str | None = None
