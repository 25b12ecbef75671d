"""Write a `Calendar` as ics (RFC 5545): zone definition, stable UIDs, growing SEQUENCE, CANCELLED events."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import icalendar

from kb.export.calendar import Calendar, Event
from kb.export.packing import xml_text

MEDIA_TYPE = "text/calendar; charset=utf-8"

_PRODUCT = "-//Servicebook//Inspection plan//EN"


def ics_bytes(calendar: Calendar) -> bytes:
    """Return `calendar` as the bytes of an ics file, events by start, then identity."""
    zone = ZoneInfo(calendar.time_zone)
    file = icalendar.Calendar()
    file.add("prodid", _PRODUCT)
    file.add("version", "2.0")
    file.add("calscale", "GREGORIAN")
    file.add("method", "PUBLISH")
    file.add("name", _plain(calendar.name))
    # Outlook and Apple read the name from the older property, newer programs from NAME (RFC 7986).
    file.add("x-wr-calname", _plain(calendar.name))
    if calendar.description:
        file.add("description", _plain(calendar.description))
        file.add("x-wr-caldesc", _plain(calendar.description))
    file.add("x-wr-timezone", calendar.time_zone)
    days = [_day(event) for event in calendar.events]
    if days:
        file.add_component(
            icalendar.Timezone.from_tzid(
                calendar.time_zone,
                first_date=date(min(days).year, 1, 1),
                last_date=date(max(days).year + 1, 1, 1),
            )
        )
    for event in sorted(calendar.events, key=lambda one: (_day(one), str(one.start), one.uid)):
        file.add_component(_component(event, zone))
    return bytes(file.to_ical())


def _day(event: Event) -> date:
    return event.start.date() if isinstance(event.start, datetime) else event.start


def _component(event: Event, zone: ZoneInfo) -> icalendar.Event:
    entry = icalendar.Event()
    entry.add("uid", event.uid)
    entry.add("sequence", event.sequence)
    stamp = event.stamped.astimezone(UTC).replace(microsecond=0)
    entry.add("dtstamp", stamp)
    entry.add("last-modified", stamp)
    for name, value in (("dtstart", event.start), ("dtend", event.end)):
        entry.add(name, value.astimezone(zone) if isinstance(value, datetime) else value)
    entry.add("summary", _plain(event.summary))
    if event.description:
        entry.add("description", _plain(event.description))
    if event.location:
        entry.add("location", _plain(event.location))
    if event.position is not None:
        entry.add("geo", event.position)
    if event.categories:
        entry.add("categories", [_plain(text) for text in event.categories])
    entry.add("status", _status(event))
    # An all-day plan entry must not block a whole day in the free/busy view; hours do.
    entry.add(
        "transp", "OPAQUE" if isinstance(event.start, datetime) and not event.cancelled else "TRANSPARENT"
    )
    return entry


def _status(event: Event) -> str:
    if event.cancelled:
        return "CANCELLED"
    return "TENTATIVE" if event.tentative else "CONFIRMED"


def _plain(text: str) -> str:
    return xml_text(text)
