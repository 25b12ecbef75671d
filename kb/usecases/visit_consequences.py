"""What a visit moved by hand would break: told before it is saved, saved only when confirmed.

The rules are the planner's own (`planner.routing.constraints`); the hours are found as the first plan finds them.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kb.usecases.certificate_words import missing_skills
from kb.usecases.register_checking import Flaw
from kb.usecases.register_kinds import Wrong
from kb.usecases.visit_reading import KeptVisit
from kb.usecases.visit_surroundings import Around
from planner.calendars import WorkCalendar, site_calendar, technician_calendar
from planner.model import DueWork, Technician, TimeSpan, Visit
from planner.routing import constraints as rules
from planner.routing import first_plan
from planner.routing.diary import Diary
from planner.routing.jobs import Job

CONFIRM = "confirm it, or choose otherwise"
_SITE_CLOSED = (Wrong("the site is closed on {day}: {why}"), Wrong("the site is closed on {day}"))
_AWAY = (Wrong("{name} does not work on {day}: {why}"), Wrong("{name} does not work on {day}"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Where a visit goes, and what that breaks.

    Args:
        visit: The visit on its new day with its new technician; its hours are None where nobody knows them.
        flaws: What it breaks; empty where it keeps every rule.
    """

    visit: Visit
    flaws: tuple[Flaw, ...]


def work_of(kept: KeptVisit, around: Around) -> DueWork:
    """Return what a visit has to do, as the planner asks for it."""
    visit = kept.visit
    plans = [around.plans[one.plan_id] for one in visit.occurrences if one.plan_id in around.plans]
    return DueWork(
        key=visit.key,
        site_id=visit.site_id,
        ideal=visit.day,
        earliest=visit.earliest,
        latest=visit.latest,
        occurrences=visit.occurrences,
        duration=max(visit.duration, timedelta(minutes=1)),
        skills=frozenset().union(*(plan.skills for plan in plans)),
        lead=max((plan.lead for plan in plans), default=timedelta(0)),
    )


def moved_by_hand(kept: KeptVisit, around: Around, day: date, technician_id: str | None) -> Moved:
    """Return the visit on `day` with the technician of `around`, and every rule that it breaks there."""
    old = kept.visit
    if old.further and (day, technician_id) == (old.day, old.technician_id):
        return Moved(visit=replace(old, locked=True), flaws=())
    work = work_of(kept, around)
    site = site_calendar(around.sites[work.site_id])
    flaws = [*_of_the_day(work, around, site, day)]
    if old.needs.is_joint:
        what = "it takes {crew} technicians on {days} days; moved by hand it has one technician on one day"
        flaws.append(_flaw("day", what, crew=old.needs.crew, days=old.needs.days))
    placed: Visit | None = None
    if around.technician is not None:
        calendar = technician_calendar(around.technician)
        flaws += _of_the_person(work, around, around.technician, calendar, day)
        placed = _placed(work, around, around.technician, site, calendar, day)
        if placed is None and not flaws:
            wrong = Wrong(
                "{name} has no time left on {day} for {hours:g} h of work and the way",
                CONFIRM,
                name=around.technician.name,
                day=day,
                hours=work.duration.total_seconds() / 3600,
            )
            flaws.append(Flaw(field="technician", wrong=wrong))
    return Moved(visit=_moved(kept.visit, placed, day, technician_id), flaws=tuple(flaws))


def _of_the_day(work: DueWork, around: Around, calendar: WorkCalendar, day: date) -> Iterator[Flaw]:
    if rules.inside_window(work, day):
        yield _flaw(
            "day",
            "{day} lies outside the window {earliest} to {latest}",
            day=day,
            earliest=work.earliest,
            latest=work.latest,
        )
    if rules.site_open(calendar, day):
        yield _closed("day", _SITE_CLOSED, calendar, day)
    apart = around.spacing
    near = [one.day for one in around.at_site if rules.spaced(day, [one.day], apart)]
    if near:
        other = min(near, key=lambda one: abs(one - day))
        yield _flaw(
            "day",
            "{day} is nearer than {days} days to the site's visit on {other}",
            day=day,
            days=apart.days,
            other=other,
        )
    if around.contracts and not any(day in one.validity for one in around.contracts):
        yield _flaw("day", "no contract of the site covers {day}", day=day)


def _of_the_person(
    work: DueWork, around: Around, person: Technician, calendar: WorkCalendar, day: date
) -> Iterator[Flaw]:
    for what, values in missing_skills(person, work.skills, day):
        yield Flaw(field="technician", wrong=Wrong(what, CONFIRM, **values))
    if rules.technician_at_work(calendar, day):
        yield _closed("technician", _AWAY, calendar, day, name=person.name)


def _flaw(field: str, what: str, **values: object) -> Flaw:
    return Flaw(field=field, wrong=Wrong(what, CONFIRM, **values))


def _closed(
    field: str, told: tuple[Wrong, Wrong], calendar: WorkCalendar, day: date, **values: object
) -> Flaw:
    """Return the flaw of a closed day, with the festival's or closure's name where it has one."""
    closed = calendar.why_closed(day)
    named, plain = told
    if closed is None or not closed.name:
        return _flaw(field, plain.what, day=day, **values)
    return _flaw(field, named.what, day=day, why=closed.name, **values)


def _placed(
    work: DueWork, around: Around, person: Technician, site: WorkCalendar, calendar: WorkCalendar, day: date
) -> Visit | None:
    """Return the visit in a gap of the technician's day; None where there is no gap, whatever else is broken."""
    if not work.occurrences:
        return _job_placed(work, around, person, site, calendar, day)
    asked = DueWork(
        key=work.key,
        site_id=work.site_id,
        ideal=day,
        earliest=day,
        latest=day,
        occurrences=work.occurrences,
        duration=work.duration,
    )
    found = first_plan(
        [asked],
        sites=around.sites,
        technicians={person.id: person},
        site_calendars={work.site_id: site},
        technician_calendars={person.id: calendar},
        locked=around.same_day,
        rule=around.rule,
    )
    return found.visits[0] if found.visits else None


def _job_placed(
    work: DueWork, around: Around, person: Technician, site: WorkCalendar, calendar: WorkCalendar, day: date
) -> Visit | None:
    """Return an urgent job, which serves no due date, in a gap of the technician's day; nobody is delayed for it."""
    diary = Diary(
        [replace(one, locked=True) for one in around.same_day],
        sites=around.sites,
        technicians={person.id: person},
        site_calendars={work.site_id: site},
        technician_calendars={person.id: calendar},
        rule=around.rule,
    )
    job = Job(key=work.key, site_id=work.site_id, duration=work.duration, earliest=day, latest=day)
    offer = diary.offer(job, person.id, day)
    if offer is None:
        return None
    diary.put(job, offer)
    visit = Visit(
        key=work.key,
        site_id=work.site_id,
        day=day,
        earliest=work.earliest,
        latest=work.latest,
        occurrences=(),
        duration=work.duration,
    )
    return diary.placed(visit)


def _moved(visit: Visit, placed: Visit | None, day: date, technician_id: str | None) -> Visit:
    hours: TimeSpan | None = placed.hours if placed else None
    return Visit(
        key=visit.key,
        site_id=visit.site_id,
        day=day,
        earliest=visit.earliest,
        latest=visit.latest,
        occurrences=visit.occurrences,
        duration=visit.duration,
        state=visit.state,
        technician_id=technician_id,
        hours=hours,
        travel=placed.travel if placed else timedelta(0),
        travel_m=placed.travel_m if placed else 0,
        locked=True,
        reasons=visit.reasons,
        needs=visit.needs,
    )
