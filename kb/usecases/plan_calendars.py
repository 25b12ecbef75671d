"""The plan as calendars: one a technician, with stable identities, so that a phone follows each change."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from kb.export.calendar import Calendar, Event, uid_of
from kb.i18n import Language
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_company import company_of
from kb.usecases.plan_trace import visit_sentences
from kb.usecases.plan_words import Words
from planner.model import Visit, VisitState
from planner.routing import to_wgs84

_GONE = (VisitState.CANCELLED, VisitState.MISSED)


def plan_calendars(
    book: PlanBook, language: Language, *, time_zone: str, also: Iterable[str] = ()
) -> dict[str, Calendar]:
    """Return the calendar of each technician who has a visit, or had one that is cancelled, by id.

    A visit that went from one technician to another stands cancelled in the first one's calendar and
    alive in the second's, with one identity and one sequence.

    Args:
        book: The plan.
        language: Language of the sentences.
        time_zone: IANA name of the zone that the plan's hours are local to.
        also: Technicians who get a calendar even without a visit.
    """
    words = Words(language)
    events: dict[str, list[Event]] = defaultdict(list)
    parts = [part for visit in book.visits for part in visit.spread()]
    live = {(visit.technician_id, visit.key) for visit in parts}
    zone = ZoneInfo(time_zone)
    for visit in parts:
        if visit.technician_id is not None:
            events[visit.technician_id].append(
                _event(book, words, visit, zone, cancelled=visit.state in _GONE)
            )
    for visit in book.cancelled:
        if visit.technician_id is not None and (visit.technician_id, visit.key) not in live:
            events[visit.technician_id].append(_event(book, words, visit, zone, cancelled=True))
    return {
        one: Calendar(
            name=words.say("Inspections of {name}").format(name=book.technician_name(one)),
            description=f"{book.first_day} – {book.last_day}",
            events=tuple(events.get(one, ())),
            time_zone=time_zone,
        )
        for one in sorted(events.keys() | set(also))
    }


def _event(book: PlanBook, words: Words, visit: Visit, zone: ZoneInfo, *, cancelled: bool) -> Event:
    site = book.sites.get(visit.site_id)
    start: datetime | None = None
    if visit.hours is not None:
        start = datetime.combine(visit.day, visit.hours.start, tzinfo=zone)
        end = datetime.combine(visit.day, visit.hours.end, tzinfo=zone)
    position = to_wgs84(site.position) if site and site.position else None
    description = [
        book.customer_name(visit.site_id),
        f"{words.say('Machines')}: {words.machines(book, visit)}",
        f"{words.say('Window')}: {visit.earliest} – {visit.latest}",
        company_of(book, words, visit),
        *visit_sentences(book, visit, words.language),
    ]
    return Event(
        uid=uid_of(visit.key),
        sequence=book.sequences.get(visit.key.partition("#")[0], 0),
        stamped=book.created,
        start=visit.day if start is None else start,
        end=visit.day + timedelta(days=1) if start is None else end,
        summary=f"{book.site_name(visit.site_id)} · {words.levels(visit)}",
        description="\n".join(line for line in description if line),
        location=" ".join(part for part in (site.city, site.address) if part) if site else "",
        # GEO means WGS-84; a point of another datum would send a phone some hundred metres astray.
        position=(round(position.latitude_deg, 6), round(position.longitude_deg, 6)) if position else None,
        categories=tuple(
            words.level(level) for level in dict.fromkeys(one.level for one in visit.occurrences)
        ),
        cancelled=cancelled,
        tentative=visit.state is VisitState.FORECAST,
    )
