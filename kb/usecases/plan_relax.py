"""Work without a place gets one by the smallest concession that was tested: a button applies it.

The work is placed again as the concession says, against the plan as it stands now; where that no longer fits, it is
told. The visit is locked, for it rests on a person's word; what was conceded stands in its notes.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from kb.errors import Conflict, NotFound
from kb.i18n import Language
from kb.store import PlanningInput, Store, planning_input, register
from kb.store.plan_versions import newest_run, visits_of_period
from kb.store.planning import hold_plan, write_visits
from kb.store.register import Session
from kb.store.visits import body_of, unplaced_from, visit_of
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_contracts import least_spacing
from kb.usecases.plan_trace import unplaced_sentence
from kb.usecases.travel_rules import travel_rule
from kb.usecases.visits import free_key
from planner.calendars import WorkCalendar, site_calendar, technician_calendar
from planner.model import (
    DueWork,
    OpeningHours,
    ReasonKind,
    Site,
    Technician,
    TimeSpan,
    Unplaced,
    Visit,
    VisitState,
)
from planner.routing import first_plan
from planner.scheduling import call_state

APPLICABLE = frozenset({"overtime", "window", "skill", "site_closed", "technician_away", "spacing"})
"""Concessions that a button can make; splitting work and renewing a contract need more than a yes."""
ALL_DAY = OpeningHours(weekdays=((TimeSpan(start=time(0), end=time(23, 59)),),) * 7)


def relaxation_of(work: Unplaced) -> Mapping[str, str] | None:
    """Return what would have to be conceded, by name; None where no button can do it."""
    values = dict(work.reason.values)
    # A second technician and further days are looked for by a whole plan only.
    return values if values.get("relax") in APPLICABLE and not work.needs.is_joint else None


def mark_of(work: Unplaced) -> str:
    """Return what names the work among all that has no place."""
    return f"{work.site_id}/{work.occurrences[0].key}"


def apply_relaxation(
    store: Store, book: PlanBook, mark: str, *, language: Language, who: str, now: datetime
) -> Visit:
    """Place the work of `mark` by its concession, and return the visit.

    Args:
        store: The database.
        book: The newest plan, for the sentence in the notes.
        mark: As `mark_of` names it.
        language: Language of the notes.
        who: Who concedes.
        now: The present instant in the department's zone.

    Raises:
        NotFound: No such work is without a place.
        Conflict: It needs more than a button, or the concession is no longer enough: plan again.
    """
    with store.writing() as session:
        hold_plan(session)
        run = newest_run(session)
        works = [unplaced_from(one) for one in run.unplaced] if run else []
        number = next((n for n, one in enumerate(works) if mark_of(one) == mark), None)
        if run is None or number is None:
            raise NotFound("unplaced work", mark)
        work = works[number]
        conceded = relaxation_of(work)
        if conceded is None:
            raise Conflict("this work needs more than one concession; look at the register or the contract")
        found = _placed(session, work, conceded, now)
        if found is None:
            raise Conflict("the plan has changed, and the concession is no longer enough; plan again")
        key = free_key(session, work.site_id, work.occurrences)
        visit = replace(found, key=key, locked=True)
        run.unplaced = [one for n, one in enumerate(run.unplaced) if n != number]
        session.add(run)
        write_visits(
            session,
            added=[_row(visit, run.number, unplaced_sentence(book, work, language), now, work)],
            changed=(),
        )
        entry = register.Change(
            at=now,
            who=who,
            action="concede",
            kind="visits",
            thing_id=key,
            before=None,
            after={
                "day": visit.day.isoformat(),
                "technician": visit.technician_id,
                **dict(work.reason.values),
            },
        )
        register.record(session, [entry])
        return visit


def _placed(session: Session, work: Unplaced, conceded: Mapping[str, str], now: datetime) -> Visit | None:
    names = planning_input(session)
    day, one = date.fromisoformat(conceded["day"]), conceded["technician"]
    person, site = names.technicians.get(one), names.sites.get(work.site_id)
    if person is None or site is None or day < now.date():
        return None
    relax = conceded["relax"]
    standing = [
        visit_of(row) for row in visits_of_period(session, day - timedelta(days=60), day + timedelta(days=60))
    ]
    plan = first_plan(
        [_asked(names, work, day, person, relax)],
        sites=names.sites,
        technicians={one: _person(person, relax, conceded)},
        site_calendars={work.site_id: _site_calendar(site, relax)},
        technician_calendars={one: _technician_calendar(person, relax)},
        locked=[
            visit
            for visit in standing
            if visit.state not in (VisitState.CANCELLED, VisitState.MISSED)
            and (
                (visit.technician_id == one and visit.day == day)
                or visit.site_id == work.site_id
                or visit.needs.kits & work.needs.kits
            )
        ],
        spacing={} if relax == "spacing" else least_spacing(names.contracts),
        rule=travel_rule(session),
        kits=names.kits,
    )
    return plan.visits[0] if plan.visits else None


def _asked(names: PlanningInput, work: Unplaced, day: date, person: Technician, relax: str) -> DueWork:
    """Return the work as it would be asked for; a skill is conceded only where it needs no certificate."""
    skills = frozenset().union(
        *(names.plans[one.plan_id].skills for one in work.occurrences if one.plan_id in names.plans)
    )
    conceded_skills = skills - person.skills_ever - person.uncertified - names.certified_skills
    return DueWork(
        key="conceded",
        site_id=work.site_id,
        ideal=day,
        earliest=day,
        latest=day,
        occurrences=work.occurrences,
        duration=work.duration,
        skills=skills - conceded_skills if relax == "skill" else skills,
        lead=max(
            (names.plans[one.plan_id].lead for one in work.occurrences if one.plan_id in names.plans),
            default=timedelta(0),
        ),
        needs=work.needs,
    )


def _person(person: Technician, relax: str, conceded: Mapping[str, str]) -> Technician:
    if relax != "overtime":
        return person
    more = timedelta(minutes=int(conceded["minutes"]))
    return replace(person, overtime_limit=person.overtime_limit + more)


def _site_calendar(site: Site, relax: str) -> WorkCalendar:
    return (
        WorkCalendar(hours=ALL_DAY, follows_public=False) if relax == "site_closed" else site_calendar(site)
    )


def _technician_calendar(person: Technician, relax: str) -> WorkCalendar:
    if relax != "technician_away":
        return technician_calendar(person)
    usual = next((spans for spans in person.working_time.weekdays if spans), ALL_DAY.weekdays[0])
    return WorkCalendar(hours=OpeningHours(weekdays=(usual,) * 7), follows_public=False)


def _row(visit: Visit, run: int, notes: str, now: datetime, work: Unplaced) -> dict[str, Any]:
    lead = timedelta(days=30)
    kept = replace(
        visit,
        earliest=work.earliest,
        latest=work.latest,
        reasons=tuple(one for one in visit.reasons if one.kind is ReasonKind.TECHNICIAN),
    )
    return {
        "key": visit.key,
        "run": run,
        "site_id": visit.site_id,
        "technician_id": visit.technician_id,
        "day": visit.day,
        "state": call_state(visit.day, today=now.date(), lead=lead).value,
        "locked": True,
        "sequence": 0,
        "revision": 1,
        "notes": notes,
        "done_on": None,
        "body": body_of(kept, lead=lead),
    }
