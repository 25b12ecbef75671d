"""A calendar to subscribe to: events with a stable identity and a sequence that grows on change."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import NAMESPACE_URL, uuid5

from kb.errors import BadInput, Fault

_NAME = "https://servicebook.invalid/visits/"
"""Prefix of the names that identifiers are made from; `.invalid` (RFC 2606) can belong to nobody."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something on one day, or from one instant to another.

    Args:
        uid: Stable identity over all versions of the event; see `uid_of`.
        sequence: 0 for the first version, larger for each later one (RFC 5545, 3.8.7.4).
        stamped: When this version was made (aware).
        start: A `date` for an all-day event, an aware `datetime` for one with hours.
        end: Of the same type as `start`, later, not included.
        cancelled: Whether it no longer takes place; it stays in the file so that calendars remove it.

    Raises:
        BadInput: Start and end of two types, an end not after the start, an instant without a zone,
            or a sequence below 0.
    """

    uid: str
    sequence: int
    stamped: datetime
    start: date | datetime
    end: date | datetime
    summary: str
    description: str = ""
    location: str = ""
    position: tuple[float, float] | None = None
    """Latitude and longitude in degrees, WGS-84, which is what GEO means."""
    categories: tuple[str, ...] = ()
    cancelled: bool = False
    tentative: bool = False

    def __post_init__(self) -> None:
        faults = []
        timed = isinstance(self.start, datetime)
        if timed != isinstance(self.end, datetime):
            faults.append(
                Fault(
                    where=self.uid, what="start and end differ in type", repair="give two dates or two times"
                )
            )
        elif timed and (_zoneless(self.start) or _zoneless(self.end)):
            faults.append(Fault(where=self.uid, what="a time has no zone", repair="give aware times"))
        elif self.end <= self.start:
            faults.append(
                Fault(where=self.uid, what=f"it ends {self.end}, starts {self.start}", repair="end later")
            )
        if self.sequence < 0:
            faults.append(
                Fault(where=self.uid, what=f"its sequence is {self.sequence}", repair="count from 0")
            )
        if faults:
            raise BadInput("an event breaks rules", faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The events of one person or place.

    Args:
        name: What a calendar program shows.
        time_zone: IANA name; timed events are written in it, with its definition beside them.
    """

    name: str
    events: tuple[Event, ...]
    description: str = ""
    time_zone: str = "Asia/Shanghai"


def uid_of(key: str) -> str:
    """Return the identity of the event that stands for the thing named `key`: the same for ever.

    Source:
        RFC 7986, 5.3: a UID should be a UUID and tell nothing about where it comes from.
    """
    return str(uuid5(NAMESPACE_URL, _NAME + key))


def _zoneless(instant: date | datetime) -> bool:
    return isinstance(instant, datetime) and instant.tzinfo is None
