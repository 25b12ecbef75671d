"""What a proposal rests on: the site's machines, what failed, what a repair takes, the way there, what was used of a contract.

Facts are gathered once and kept with the proposal, so that what was sent says the same for ever; gathering them again is a
choice of the person who writes it.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta, tzinfo
from decimal import Decimal
from fractions import Fraction
from typing import Any

from kb.content import Library
from kb.content.pages import ChecklistPage
from kb.errors import NotFound
from kb.store import job_history, planning_input, visit_rows
from kb.store.mapping import contract_of
from kb.store.planning import PlanningInput
from kb.store.register import Session, first_with
from kb.usecases.plan_checklists import OPERATORS, worklist
from kb.usecases.reliability import Job, jobs_between
from kb.usecases.travel_rules import travel_rule
from planner.calendars import WorkCalendar, site_calendar
from planner.model import CalendarMove, Equipment, Interval, IntervalUnit, Level, Site
from planner.proposals import UsedRepair, contract_use
from planner.routing import Travel
from planner.scheduling import moved, nominal_date

LOOK_BACK = timedelta(days=3 * 365)
"""How far back failures are counted."""
FEWEST = 5
"""So many repairs of one's own machines must have recorded a value before it stands instead of the fleet's."""
EVIDENCE = 200
"""So many repairs are kept as evidence, the last ones; all are counted."""
BY_MONTH: tuple[tuple[int, Level], ...] = (
    (12, Level.YEARLY),
    (6, Level.HALF_YEARLY),
    (3, Level.QUARTERLY),
    (1, Level.MONTHLY),
)
"""Months after which an inspection of a level is due again, the largest first."""


def visits_of_year(number: int) -> tuple[Level, ...]:
    """Return the level of each of `number` inspections that are spread over a year; the last one is the yearly one.

    A visit is of the largest level whose months end with it; others are of the level that fits the time between two.
    """
    found = []
    for visit in range(1, number + 1):
        month = Fraction(12 * visit, number)
        whole = (level for months, level in BY_MONTH if month % months == 0 and months * number >= 12)
        found.append(next(whole, base_level(number)))
    return tuple(found)


def base_level(number: int) -> Level:
    """Return the level of most of `number` inspections a year: the largest that fits the time between two."""
    return next((level for months, level in BY_MONTH if months * number <= 12), Level.WEEKLY)


def gather(
    session: Session,
    library: Library,
    site_id: str,
    *,
    visits: int,
    start: date,
    today: date,
    zone: tzinfo,
) -> dict[str, Any]:
    """Return the facts as plain JSON.

    Args:
        visits: Inspections wished in a year.
        start: First day of the proposed year.
        today: Nothing later is looked at.

    Raises:
        NotFound: No such site is in use.
    """
    register = planning_input(session)
    site = register.sites.get(site_id)
    if site is None:
        raise NotFound("site", site_id[:64])
    row = first_with(session, "sites", "id", site_id) or {}
    machines = sorted(
        (one for one in register.equipment.values() if one.site_id == site_id), key=lambda one: one.tag
    )
    pages = {page.id: page for page in library.pages.values() if isinstance(page, ChecklistPage)}
    levels = visits_of_year(visits)
    return {
        "as_of": today.isoformat(),
        "customer": register.customers[site.customer_id].name,
        "site": {
            "id": site.id,
            "code": row.get("code", ""),
            "name": site.name,
            "city": site.city,
            "address": site.address,
            "contact": row.get("contact", ""),
            "phone": row.get("phone", ""),
        },
        "machines": [_machine(one) for one in machines],
        "works": [work for one in machines for work in _works(one, levels, pages)],
        "calendar": _calendar(site, levels, start),
        "trip": _trip(session, register, site),
        **_failures(session, register, machines, today, zone),
        "contract": _contract(session, site_id, today, zone),
    }


def _machine(one: Equipment) -> dict[str, Any]:
    return {
        "id": one.id,
        "tag": one.tag,
        "equipment_class": one.equipment_class.value,
        "brand": one.brand,
        "model": one.model,
        "serial": one.serial,
        "controller": one.controller,
        "commissioned": one.commissioned.isoformat() if one.commissioned else None,
    }


def _works(
    machine: Equipment, levels: Sequence[Level], pages: Mapping[str, ChecklistPage]
) -> list[dict[str, Any]]:
    found = []
    for level, times in Counter(levels).items():
        work = worklist(pages, machine, level, None)
        found.append(
            {
                "equipment_id": machine.id,
                "equipment_class": machine.equipment_class.value,
                "level": level.value,
                "times": times,
                "minutes": work.minutes - work.operator_minutes,
                "items": len(work.items),
                "pages": [page.id for page in work.pages if page.level not in OPERATORS],
            }
        )
    return found


def _calendar(site: Site, levels: Sequence[Level], start: date) -> list[dict[str, Any]]:
    """Return a day for each inspection: its share of the year, moved to the nearest day on which both sides work."""
    open_days = WorkCalendar(others=(site_calendar(site),))
    found = []
    for place, level in enumerate(levels, 1):
        months = Interval(count=12, unit=IntervalUnit.MONTHS)
        end = nominal_date(start, months, 1)
        nominal = start + timedelta(days=(end - start).days * place // len(levels) - 1)
        day = moved(nominal, CalendarMove.NEAREST, open_days)
        found.append({"day": day.isoformat(), "nominal": nominal.isoformat(), "level": level.value})
    return found


def _trip(session: Session, register: PlanningInput, site: Site) -> dict[str, Any]:
    """Return the way from the nearest technician's home and back; unknown where a position is."""
    places = {f"home:{one.id}": one.home for one in register.technicians.values()}
    here = f"site:{site.id}"
    table = Travel({**places, here: site.position}, travel_rule(session))
    ways = [
        (table.minutes(home, here), table.metres(home, here), home)
        for home in sorted(places)
        if site.position is not None and table.knows(home)
    ]
    if not ways:
        return {"minutes": None, "kilometres": None, "measured": False, "technician": ""}
    minutes, metres, home = min(ways)
    return {
        "minutes": 2 * minutes,
        "kilometres": round(2 * metres / 1000),
        "measured": True,
        "technician": register.technicians[home.removeprefix("home:")].name,
    }


def _failures(
    session: Session, register: PlanningInput, machines: Sequence[Equipment], today: date, zone: tzinfo
) -> dict[str, Any]:
    classes = {one.equipment_class for one in machines}
    fleet = {one.id for one in register.equipment.values() if one.equipment_class in classes}
    own = {one.id for one in machines}
    end = datetime.combine(today + timedelta(days=1), time(), zone)
    everything = jobs_between(session, end - LOOK_BACK, end)
    first = job_history.first_opened(session)
    begin = max(end - LOOK_BACK, first.astimezone(zone)) if first else end - timedelta(days=1)
    all_of = [one for one in everything if one.machine.id in fleet]
    ours = [one for one in all_of if one.machine.id in own]
    years = {
        one.id: max(0.0, (today - max(begin.date(), one.commissioned or begin.date())).days / 365.25)
        for one in register.equipment.values()
    }
    hours = _mean(
        [one.minutes / 60 for one in ours if one.minutes], [one.minutes / 60 for one in all_of if one.minutes]
    )
    stood = [one for one in all_of if one.restored is not None and one.stopped]
    down = _mean(
        [_hours_down(one) for one in stood if one.machine.id in own], [_hours_down(one) for one in stood]
    )
    return {
        "window": [begin.date().isoformat(), today.isoformat()],
        "own": {
            "machines": len(own),
            "failures": len(ours),
            "machine_years": round(sum(years[id] for id in own), 3),
        },
        "fleet": {
            "machines": len(fleet),
            "failures": len(all_of),
            "machine_years": round(sum(years[id] for id in fleet), 3),
        },
        "repair_hours": hours,
        "downtime_hours": down,
        "evidence": [
            {
                "id": one.id,
                "number": one.number,
                "day": one.opened.astimezone(zone).date().isoformat(),
                "tag": one.machine.tag,
                "title": one.title,
                "subsystem": one.words["subsystem"],
                "cause": one.words["cause"],
            }
            for one in ours[-EVIDENCE:]
        ],
        "subsystems": Counter(one.words["subsystem"] for one in ours).most_common(5),
    }


def _hours_down(job: Job) -> float:
    return (job.restored - job.opened).total_seconds() / 3600 if job.restored else 0.0


def _mean(own: Sequence[float], fleet: Sequence[float]) -> dict[str, Any] | None:
    """Return a mean with what it rests on: one's own records where there are enough, else the fleet's; None without one."""
    values, of = (own, "own") if len(own) >= FEWEST else (fleet, "fleet")
    if not values:
        return None
    return {"mean": round(sum(values) / len(values), 2), "count": len(values), "of": of}


def _contract(session: Session, site_id: str, today: date, zone: tzinfo) -> dict[str, Any] | None:
    rows = [row for row in visit_rows.contracts_at_site(session, site_id) if row.valid_from <= today]
    if not rows:
        return None
    row = max(rows, key=lambda one: (one.valid_until, one.id))
    contract = contract_of(row)
    start = datetime.combine(contract.validity.start, time(), zone)
    end = datetime.combine(today + timedelta(days=1), time(), zone)
    repairs = [
        UsedRepair(
            day=one.opened.astimezone(zone).date(),
            hours=None if one.minutes is None else Decimal(one.minutes) / 60,
            parts=None,
        )
        for one in jobs_between(session, start, end)
        if one.site_id == site_id
    ]
    done = job_history.days_done(session, site_id)
    use = contract_use(contract, visits=done, repairs=repairs, today=today)
    return {
        "code": row.code,
        "level": contract.level.value,
        "first": contract.validity.start.isoformat(),
        "last": contract.validity.last.isoformat(),
        "visits_per_year": contract.visits_per_year,
        "use": [
            {
                "first": one.first.isoformat(),
                "last": one.last.isoformat(),
                "sold": one.sold,
                "done": one.done,
                "repairs": one.repairs,
                "hours": float(one.hours.quantize(Decimal("0.01"))),
                "hours_known": one.hours_known,
            }
            for one in use
        ],
    }
