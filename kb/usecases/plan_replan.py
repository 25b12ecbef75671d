"""Mend the plan after an illness, an urgent fault, a closed road or a customer's "not this week".

What it comes to is shown first, as a proposal that changes nothing; accepting it (`kb.usecases.plan_replan_answer`)
writes it, together with the absence or the closure, so that the next plan knows of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from kb.errors import Conflict, NotFound
from kb.store import PlanningInput, Store, planning_input
from kb.store.plan_versions import (
    PlanProposalRow,
    add_proposal,
    newest_run,
    proposal_row,
    proposal_rows,
    visits_of_period,
)
from kb.store.visits import visit_from_json, visit_json, visit_of
from kb.usecases.plan_contracts import least_spacing
from kb.usecases.plan_memory import collector_paused
from kb.usecases.plan_replan_request import ReplanRequest, Urgent, request_from_json, request_json
from kb.usecases.travel_rules import travel_rule
from planner.calendars import site_calendar, technician_calendar
from planner.model import DateSpan, MaintenancePlan, Site, Technician, TimeSpan, Visit
from planner.routing import TravelRule
from planner.routing.diary import Diary
from planner.routing.jobs import Delay, Insertion, Job
from planner.routing.repair import URGENT_DAY_PRICE, Disturbance, Figures, Repaired, repair
from planner.routing.stranded import Stranded

REACH = timedelta(days=70)
"""How far past the disturbance visits are looked at: late windows, and two chains of moves behind them."""
SHOWN = 50
"""Proposals that a list shows."""
URGENT_SITE = "urgent"
"""In the key of a visit that an urgent job becomes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What a disturbance comes to; nothing of it is written into the plan until it is accepted.

    Args:
        state: `open`, `accepted` or `rejected`.
        run: The plan that it starts from.
        changed: Visits that differ, before and after.
        hit: Keys of visits that the disturbance hit.
        urgent: Where each urgent job goes, by key.
        offers: The best places of each urgent job, by key.
        stranded: What has no place.
        jobs: Names of what is in `urgent`: the site of each job by key.
    """

    id: str
    created: datetime
    created_by: str
    state: str
    answered: datetime | None
    answered_by: str
    run: int
    request: ReplanRequest
    changed: tuple[tuple[Visit, Visit], ...]
    hit: tuple[str, ...]
    urgent: Mapping[str, Insertion]
    offers: Mapping[str, tuple[Insertion, ...]]
    stranded: tuple[Stranded, ...]
    figures: Figures
    jobs: Mapping[str, str]
    revisions: Mapping[str, int]


def propose_replan(store: Store, request: ReplanRequest, *, id: str, who: str, now: datetime) -> Proposal:
    """Work out what `request` comes to, keep it as a proposal, and return it.

    Args:
        store: The database.
        request: What has happened, by ids; see `kb.usecases.plan_replan_request`.
        id: An id that nothing has.
        who: Who asks.
        now: The present instant in the department's zone.

    Raises:
        Conflict: There is no plan yet.
    """
    with collector_paused():
        with store.reading() as session:
            run = newest_run(session)
            if run is None:
                raise Conflict("there is no plan to mend yet; plan the inspections of a period first")
            number = run.number
            register, rule = planning_input(session), travel_rule(session)
            last = max([now.date(), *request.last_days]) + REACH
            rows = visits_of_period(session, now.date(), last)
            visits = [visit_of(row) for row in rows]
            revisions = {row.key: row.revision for row in rows}
        repaired = mended(register, visits, request, rule=rule, id=id, now=now)
    touched = {one.key for one, _ in repaired.changed}
    row = PlanProposalRow(
        id=id,
        created_at=now,
        created_by=who,
        run=number,
        request=request_json(request),
        body=_body(
            repaired, {f"{URGENT_SITE}-{id}-{n}": one.site_id for n, one in enumerate(request.urgent)}
        ),
        revisions={key: revisions[key] for key in sorted(touched)},
    )
    with store.writing() as session:
        add_proposal(session, row)
        return _proposal(row)


def mended(
    register: PlanningInput,
    visits: Sequence[Visit],
    request: ReplanRequest,
    *,
    rule: TravelRule,
    id: str,
    now: datetime,
) -> Repaired:
    """Return the plan after what `request` says has happened; touches nothing."""
    disturbance = Disturbance(
        away=request.away,
        closed=request.closed,
        urgent=tuple(
            job_of(one, key=f"{URGENT_SITE}-{id}-{n}", now=now) for n, one in enumerate(request.urgent)
        ),
    )
    diary = diary_of(register, visits, rule=rule, away=request.away, closed=request.closed)
    since = now.time().replace(second=0, microsecond=0)
    return repair(
        visits, disturbance, diary, skills=skills_of(register, visits), today=now.date(), since=since
    )


def job_of(urgent: Urgent, *, key: str, now: datetime) -> Job:
    """Return an urgent request as the planner takes it: from now on, each day later costs dearly."""
    return Job(
        key=key,
        site_id=urgent.site_id,
        duration=urgent.duration,
        earliest=now.date(),
        latest=max(urgent.by, now.date()),
        skills=urgent.skills,
        not_before=now.time().replace(second=0, microsecond=0),
        day_price=URGENT_DAY_PRICE,
    )


def diary_of(
    register: PlanningInput,
    visits: Sequence[Visit],
    *,
    rule: TravelRule,
    away: Sequence[tuple[str, DateSpan]] = (),
    closed: Sequence[tuple[str, DateSpan]] = (),
) -> Diary:
    """Return everybody's days with `visits`, in which the absences and closures hold."""
    technicians: dict[str, Technician] = dict(register.technicians)
    for one, days in away:
        if (person := technicians.get(one)) is not None:
            technicians[one] = replace(person, leave=(*person.leave, days))
    sites: dict[str, Site] = dict(register.sites)
    for one, days in closed:
        if (site := sites.get(one)) is not None:
            sites[one] = replace(site, shutdowns=(*site.shutdowns, days))
    return Diary(
        visits,
        sites=sites,
        technicians=technicians,
        site_calendars={one: site_calendar(site) for one, site in sites.items()},
        technician_calendars={one: technician_calendar(person) for one, person in technicians.items()},
        spacing=least_spacing(register.contracts),
        rule=rule,
        kits=register.kits,
    )


def skills_of(register: PlanningInput, visits: Sequence[Visit]) -> dict[str, frozenset[str]]:
    """Return what each visit needs, by key."""
    return {visit.key: skills_in(register.plans, visit) for visit in visits}


def skills_in(plans: Mapping[str, MaintenancePlan], visit: Visit) -> frozenset[str]:
    """Return what a visit needs: the skills of all its maintenance plans that there still are."""
    return frozenset().union(
        *(plans[one.plan_id].skills for one in visit.occurrences if one.plan_id in plans)
    )


def urgent_offers(store: Store, urgent: Urgent, *, now: datetime) -> tuple[Insertion, ...]:
    """Return the three best places for an urgent job in the plan as it stands; nothing is kept."""
    with store.reading() as session:
        register, rule = planning_input(session), travel_rule(session)
        rows = visits_of_period(session, now.date(), max(urgent.by, now.date()))
        visits = [visit_of(row) for row in rows]
    return diary_of(register, visits, rule=rule).offers(job_of(urgent, key=URGENT_SITE, now=now))


def find_proposal(store: Store, id: str) -> Proposal:
    """Return a proposal.

    Raises:
        NotFound: There is no such proposal.
    """
    with store.reading() as session:
        row = proposal_row(session, id)
        if row is None:
            raise NotFound("proposal", id)
        return _proposal(row)


def latest_proposals(store: Store) -> tuple[Proposal, ...]:
    """Return the newest proposals, newest first."""
    with store.reading() as session:
        return tuple(_proposal(row) for row in proposal_rows(session, limit=SHOWN))


def _body(repaired: Repaired, jobs: Mapping[str, str]) -> dict[str, Any]:
    figures = repaired.figures
    return {
        "changed": [[visit_json(one), visit_json(other)] for one, other in repaired.changed],
        "hit": list(repaired.hit),
        "urgent": {key: _insertion_json(one) for key, one in repaired.urgent.items()},
        "offers": {key: [_insertion_json(one) for one in found] for key, found in repaired.offers.items()},
        "stranded": [
            {
                "key": one.key,
                "visit": visit_json(one.visit) if one.visit else None,
                "why": one.why,
                "offers": [_insertion_json(offer) for offer in one.offers],
            }
            for one in repaired.stranded
        ],
        "figures": {name: getattr(figures, name) for name in Figures.__slots__},
        "jobs": dict(jobs),
    }


def _insertion_json(one: Insertion) -> dict[str, Any]:
    return {
        "technician": one.technician_id,
        "day": one.day.isoformat(),
        "hours": [f"{one.hours.start:%H:%M}", f"{one.hours.end:%H:%M}"],
        "detour": one.detour_minutes,
        "overtime": one.overtime_minutes,
        "delays": [[delay.key, delay.minutes] for delay in one.delays],
        "cost": one.cost,
    }


def _insertion_from(value: Mapping[str, Any]) -> Insertion:
    start, end = value["hours"]
    return Insertion(
        technician_id=value["technician"],
        day=date.fromisoformat(value["day"]),
        hours=TimeSpan(start=time.fromisoformat(start), end=time.fromisoformat(end)),
        detour_minutes=value["detour"],
        overtime_minutes=value["overtime"],
        delays=tuple(Delay(key=key, minutes=minutes) for key, minutes in value["delays"]),
        cost=value["cost"],
    )


def _proposal(row: PlanProposalRow) -> Proposal:
    body = row.body
    return Proposal(
        id=row.id,
        created=row.created_at,
        created_by=row.created_by,
        state=row.state,
        answered=row.answered_at,
        answered_by=row.answered_by,
        run=row.run,
        request=request_from_json(row.request),
        changed=tuple((visit_from_json(one), visit_from_json(other)) for one, other in body["changed"]),
        hit=tuple(body["hit"]),
        urgent={key: _insertion_from(one) for key, one in body["urgent"].items()},
        offers={key: tuple(_insertion_from(one) for one in found) for key, found in body["offers"].items()},
        stranded=tuple(
            Stranded(
                key=one["key"],
                visit=visit_from_json(one["visit"]) if one["visit"] else None,
                why=one["why"],
                offers=tuple(_insertion_from(offer) for offer in one["offers"]),
            )
            for one in body["stranded"]
        ),
        figures=Figures(**body["figures"]),
        jobs=body["jobs"],
        revisions=row.revisions,
    )
