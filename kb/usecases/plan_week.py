"""A technician's week: a sheet for the phone, and the same as a document to print."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kb.errors import NotFound
from kb.export.document import Align, Column, Document, KeyValues, Paragraph, Section, Table, Tone
from kb.i18n import Language, translator
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_company import company_of
from kb.usecases.plan_versions import GONE, monday_of
from kb.usecases.plan_words import Words, hours_text, in_hours
from planner.model import Visit
from planner.routing import to_wgs84

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class WeekStop:
    """A visit of the week with what a technician needs on the way.

    Args:
        geo: `31.23040,121.47370` in WGS-84; empty where the position is unknown.
        company: Who comes along, which day of several it is, what must be carried; empty for a plain visit.
    """

    key: str
    hours: str
    site: str
    customer: str
    address: str
    machines: str
    levels: str
    work_hours: str
    travel_minutes: int
    geo: str
    state: str
    state_code: str
    company: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TechnicianWeek:
    """A technician's week, Monday to Sunday; only days with a visit are in `days`."""

    technician_id: str
    code: str
    name: str
    monday: date
    days: tuple[tuple[date, tuple[WeekStop, ...]], ...]
    visits: int
    work_hours: float
    travel_minutes: int
    travel_km: int


def technician_week(book: PlanBook, technician: str, day: date, language: Language) -> TechnicianWeek:
    """Return the week of a technician that holds `day`.

    Raises:
        NotFound: Nobody has this code or id.
    """
    one = book.id_of("technicians", technician)
    if one not in book.technicians:
        raise NotFound("technician", technician)
    monday, words = monday_of(day), Words(language)
    found: dict[date, list[Visit]] = {}
    for visit in book.presences:
        if visit.technician_id == one and monday <= visit.day < monday + WEEK and visit.state not in GONE:
            found.setdefault(visit.day, []).append(visit)
    visits = [visit for day in sorted(found) for visit in sorted(found[day], key=_hour)]
    return TechnicianWeek(
        technician_id=one,
        code=book.code("technicians", one),
        name=book.technician_name(one),
        monday=monday,
        days=tuple(
            (day, tuple(_stop(book, words, visit) for visit in sorted(found[day], key=_hour)))
            for day in sorted(found)
        ),
        visits=len(visits),
        work_hours=round(sum(in_hours(visit.duration) for visit in visits), 2),
        travel_minutes=round(sum(visit.travel.total_seconds() for visit in visits) / 60),
        travel_km=round(sum(visit.travel_m for visit in visits) / 1000),
    )


def week_document(book: PlanBook, week: TechnicianWeek, language: Language, *, author: str) -> Document:
    """Return the week as a document of one or two pages."""
    say, words = translator(language), Words(language)
    columns = (
        Column(title=say("Hours"), weight=1.1),
        Column(title=say("Site"), weight=2.6),
        Column(title=say("Machines"), weight=2.2),
        Column(title=say("Work (h)"), weight=0.8, align=Align.END),
        Column(title=say("Done, signature"), weight=1.6),
    )
    sections = [
        Section(
            title=words.day(day),
            level=2,
            blocks=(
                Table(
                    columns=columns,
                    rows=tuple(
                        (
                            one.hours,
                            "\n".join(
                                part for part in (one.site, one.customer, one.address, one.company) if part
                            ),
                            "\n".join(part for part in (one.levels, one.machines) if part),
                            one.work_hours,
                            "",
                        )
                        for one in stops
                    ),
                ),
            ),
        )
        for day, stops in week.days
    ]
    if not sections:
        text = say("No visit is planned in this week.")
        sections = [Section(title=say("Visits"), level=2, blocks=(Paragraph(text=text, tone=Tone.REMARK),))]
    last = week.monday + WEEK - timedelta(days=1)
    pairs = (
        (say("Technician"), week.name),
        (say("Week"), f"{week.monday} – {last}"),
        (say("Visits"), str(week.visits)),
        (say("Driving"), f"{week.travel_minutes} min · {week.travel_km} km"),
    )
    return Document(
        title=say("Week of {name}").format(name=week.name),
        subtitle=f"{week.monday} – {last}",
        author=author,
        created=book.created,
        language="zh-CN" if language == "zh_CN" else "en",
        opening=(KeyValues(pairs=pairs),),
        sections=tuple(sections),
        footer=author,
    )


def _hour(visit: Visit) -> tuple[str, str]:
    return hours_text(visit.hours), visit.key


def _stop(book: PlanBook, words: Words, visit: Visit) -> WeekStop:
    site = book.sites.get(visit.site_id)
    position = to_wgs84(site.position) if site and site.position else None
    return WeekStop(
        key=visit.key,
        hours=hours_text(visit.hours),
        site=book.site_name(visit.site_id),
        customer=book.customer_name(visit.site_id),
        address=" ".join(part for part in (site.city, site.address) if part) if site else "",
        machines=words.machines(book, visit),
        levels=words.levels(visit),
        work_hours=f"{in_hours(visit.duration):g}",
        travel_minutes=round(visit.travel.total_seconds() / 60),
        geo=f"{position.latitude_deg:.5f},{position.longitude_deg:.5f}" if position else "",
        state=words.state(visit.state),
        state_code=visit.state.value,
        company=company_of(book, words, visit),
    )


def week_json(week: TechnicianWeek) -> dict[str, object]:
    """Return the week for a program."""

    def stop(one: WeekStop) -> dict[str, object]:
        return {name: getattr(one, name) for name in WeekStop.__slots__}

    days: Sequence[dict[str, object]] = [
        {"day": day.isoformat(), "visits": [stop(one) for one in stops]} for day, stops in week.days
    ]
    return {
        "technician": week.code,
        "name": week.name,
        "monday": week.monday.isoformat(),
        "visits": week.visits,
        "work_hours": week.work_hours,
        "travel_minutes": week.travel_minutes,
        "travel_km": week.travel_km,
        "days": days,
    }
