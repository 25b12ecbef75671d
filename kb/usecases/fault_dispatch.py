"""Who can go to a fault, when, and at what cost; and the step from the handling plan to order and inspection plan."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from kb.errors import BadInput, Conflict, Fault, Message
from kb.store import PlanningInput, Store, planning_input
from kb.store.plan_versions import visits_of_period
from kb.store.register import first_with
from kb.store.visits import visit_of
from kb.usecases.fault_deciding import NewWork, accept_inside
from kb.usecases.fault_log import report_of
from kb.usecases.order_ties import tie_to_visit
from kb.usecases.plan_memory import collector_paused
from kb.usecases.plan_replan import URGENT_SITE, diary_of, propose_replan
from kb.usecases.plan_replan_answer import accept_proposal
from kb.usecases.plan_replan_request import ReplanRequest, Urgent
from kb.usecases.travel_rules import travel_rule
from kb.usecases.work_orders import tell_event
from planner.faults import Deadline, Point, VisitOffer
from planner.model import EventKind
from planner.routing.board import home_place, site_place
from planner.routing.diary import Diary
from planner.routing.insertion import cost_of_inserting
from planner.routing.jobs import Insertion, Job

DAYS = 7
"""Days that are looked at, today included."""
A_DAY = 2
"""Offers of one day."""
MOST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class WhoCanGo:
    """Offers by day; where there is none, `nobody` is the message id that says why, with `skills` to fill in."""

    offers: tuple[VisitOffer, ...]
    nobody: str
    skills: tuple[str, ...]
    skills_from: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatched:
    """What became of a report that was handed to somebody.

    Args:
        proposal_id: The change of the inspection plan; empty without a plan.
        in_plan: Whether it was written into the plan; otherwise the proposal waits for a planner's eye.
    """

    order_id: str
    proposal_id: str
    in_plan: bool


def who_can_go(
    store: Store,
    *,
    site_id: str,
    equipment_id: str | None,
    duration: timedelta,
    deadlines: Sequence[Deadline],
    now: datetime,
) -> WhoCanGo:
    """Return who can go to a site today and in the days that follow, in the latest plan's day routes.

    Args:
        equipment_id: The machine: its maintenance plans say which skills it takes.
        duration: Expected work on site.
        deadlines: What was promised.
        now: The present instant in the department's zone.
    """
    last = now.date() + timedelta(days=DAYS - 1)
    with collector_paused():
        with store.reading() as session:
            register, rule = planning_input(session), travel_rule(session)
            visits = [visit_of(row) for row in visits_of_period(session, now.date(), last)]
        skills, plans = needed_skills(register, equipment_id)
        if site_id not in register.sites:
            return WhoCanGo(offers=(), nobody="the site is out of use", skills=(), skills_from=())
        diary = diary_of(register, visits, rule=rule)
        job = Job(
            key="fault",
            site_id=site_id,
            duration=duration,
            earliest=now.date(),
            latest=last,
            skills=skills,
            not_before=now.time().replace(second=0, microsecond=0),
        )
        found = _offers(job, diary)
    arrival = next((one for one in deadlines if one.point is Point.ARRIVAL and one.met is None), None)
    offers = tuple(_offer(one, job, diary, register, arrival, now) for one in found)
    nobody = ""
    if not offers:
        if not diary.able(job):
            nobody = "nobody has the skills {skills}"
        elif not list(diary.days_of(job)):
            nobody = "the site is closed, or too near another visit, on every day looked at"
        else:
            nobody = "everybody's days are full"
    return WhoCanGo(offers=offers, nobody=nobody, skills=tuple(sorted(skills)), skills_from=plans)


def needed_skills(
    register: PlanningInput, equipment_id: str | None
) -> tuple[frozenset[str], tuple[str, ...]]:
    """Return the skills that a machine takes, and the codes of the maintenance plans that say so."""
    plans = [(id, plan) for id, plan in register.plans.items() if plan.equipment_id == equipment_id]
    codes: Mapping[str, str] = register.codes.get("plans", {})
    skills = frozenset[str]().union(*(plan.skills for _, plan in plans))
    return skills, tuple(sorted(codes.get(id, id) for id, plan in plans if plan.skills))


def _offers(job: Job, diary: Diary) -> list[Insertion]:
    found: list[Insertion] = []
    for number in range((job.latest - job.earliest).days + 1):
        day = job.earliest + timedelta(days=number)
        one_day = Job(
            key=job.key,
            site_id=job.site_id,
            duration=job.duration,
            earliest=day,
            latest=day,
            skills=job.skills,
            not_before=job.not_before if day == job.earliest else None,
        )
        found += cost_of_inserting(one_day, diary, best=A_DAY)
    return found[:MOST]


def _offer(
    one: Insertion, job: Job, diary: Diary, register: PlanningInput, arrival: Deadline | None, now: datetime
) -> VisitOffer:
    keeps = None
    if arrival is not None and arrival.due is not None:
        keeps = datetime.combine(one.day, one.hours.start, tzinfo=now.tzinfo) <= arrival.due
    return VisitOffer(
        technician_id=one.technician_id,
        technician=register.technicians[one.technician_id].name,
        day=one.day,
        start=one.hours.start,
        end=one.hours.end,
        extra_minutes=one.detour_minutes,
        extra_km=round(_extra_metres(one, job, diary) / 1000, 1),
        overtime_minutes=one.overtime_minutes,
        delayed=len(one.delays),
        keeps_arrival=keeps,
    )


def _extra_metres(one: Insertion, job: Job, diary: Diary) -> int:
    """Return the road that an insertion adds: from the stop before to the job and on, less the way straight on."""
    start = _minutes(one.hours.start)
    seats = diary.seats(one.technician_id, one.day)
    late = {delay.key: delay.minutes for delay in one.delays}
    before = [seat for seat in seats if seat.start + late.get(seat.key, 0) < start]
    home, place = home_place(one.technician_id), site_place(job.site_id)
    origin = site_place(before[-1].site_id) if before else home
    target = site_place(seats[len(before)].site_id) if len(before) < len(seats) else home
    metres = diary.travel.metres
    return metres(origin, place) + metres(place, target) - metres(origin, target)


def _minutes(clock: time) -> int:
    return clock.hour * 60 + clock.minute


def dispatch_report(
    store: Store,
    report_id: str,
    *,
    technician: str,
    day: date,
    duration: timedelta,
    order_id: str,
    proposal_id: str,
    now: datetime,
    who: str,
    warranty_months: int,
) -> Dispatched:
    """Make a report a work order of a technician and a day, and put it into the inspection plan as an urgent job.

    It is written into the plan where mending the plan gives the job to this technician on this day; where the plan would
    rather do something else, the order is opened as wished and the proposal waits for the planner. The order is written
    first, so that a visit never stands in the plan without one. The same report again returns its order.

    Args:
        technician: Id or code.
        duration: Expected work on site.
        order_id, proposal_id: Made by the caller.

    Raises:
        NotFound: There is no such report.
        BadInput: Every fault, by field.
    """
    with store.reading() as session:
        row = report_of(session, report_id)
        if row.work_order_id is not None:
            return Dispatched(order_id=row.work_order_id, proposal_id="", in_plan=False)
        person = first_with(session, "technicians", "id", technician) or first_with(
            session, "technicians", "code", technician
        )
        faults = []
        if person is None or person["retired"]:
            faults.append(
                Fault(
                    where="technician",
                    what=Message("{value!r} is no technician in use", value=technician[:64]),
                )
            )
        if not now.date() <= day <= now.date() + timedelta(days=60):
            faults.append(
                Fault(where="day", what=Message("{value} is over or more than 60 days ahead", value=day))
            )
        if row.site_id is None:
            faults.append(Fault(where="site", what="the site is not known", repair="name the machine first"))
        if faults:
            raise BadInput("no work order was opened", faults)
        site_id, equipment_id, note = str(row.site_id), row.equipment_id, f"{row.number} {row.alarm}".strip()
        skills, _ = needed_skills(planning_input(session), equipment_id)
    assert person is not None
    with store.writing() as session:
        row = report_of(session, report_id)
        if row.work_order_id is not None:
            return Dispatched(order_id=row.work_order_id, proposal_id="", in_plan=False)
        work = NewWork(id=order_id, technician_id=person["id"], planned_day=day)
        accept_inside(session, row, work, now=now, who=who, warranty_months=warranty_months)
    tell_event(
        store,
        order_id,
        id=f"{order_id}-assigned",
        kind=EventKind.ASSIGNED,
        at=now,
        reason="",
        who=who,
        now=now,
    )
    in_plan, proposed = False, ""
    with suppress(Conflict):  # there is no plan yet, or it changed meanwhile: the order stands all the same
        urgent = Urgent(site_id=site_id, by=day, skills=skills, duration=duration, note=note)
        proposal = propose_replan(store, ReplanRequest(urgent=(urgent,)), id=proposal_id, who=who, now=now)
        proposed, key = proposal.id, f"{URGENT_SITE}-{proposal.id}-0"
        put = proposal.urgent.get(key)
        if put is not None and (put.technician_id, put.day) == (person["id"], day):
            accept_proposal(store, proposal.id, who=who, now=now)
            tie_to_visit(store, order_id, key, who=who, now=now)
            in_plan = True
    return Dispatched(order_id=order_id, proposal_id=proposed, in_plan=in_plan)
