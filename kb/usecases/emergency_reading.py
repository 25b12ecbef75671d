"""Emergency plans (应急预案) as they are read: made from register, contracts and library, with what a person added."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from kb.content import Library
from kb.errors import BadInput, NotFound
from kb.store import Store, planning_input
from kb.store import emergency as rows
from kb.store.planning import PlanningInput
from kb.store.register import Session, first_with
from kb.usecases.emergency_triggers import TriggerPlan, trigger_plans
from kb.usecases.order_reading import promised_by
from kb.usecases.price_book import faults_of
from kb.usecases.travel_rules import travel_rule
from planner.model import Equipment, ResponseTimes, Site
from planner.routing import Travel

SOON = timedelta(days=30)
NEAREST = 3
"""So many technicians stand in the phone chain, those who live nearest."""


class Role(BaseModel):
    """A person in the phone chain."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    role: Annotated[str, Field(min_length=1, max_length=80)]
    name: Annotated[str, Field(max_length=80)] = ""
    phone: Annotated[str, Field(max_length=40)] = ""


class Added(BaseModel):
    """What a person adds to a plan."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)
    roles: Annotated[tuple[Role, ...], Field(max_length=30)] = ()
    meeting_point: Annotated[str, Field(max_length=200)] = ""
    temporary: Annotated[str, Field(max_length=4000)] = ""
    spares: Annotated[str, Field(max_length=4000)] = ""
    note: Annotated[str, Field(max_length=4000)] = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Somebody to call, in order.

    Args:
        role: Message id, or as a person wrote it.
        minutes: Of the way to the site; None where it is not known or plays no part.
    """

    role: str
    name: str
    phone: str
    minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """A drill that was held."""

    id: str
    day: date
    trigger: str
    led_by: str
    people: int
    result: str
    tag: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencyPlan:
    """The plan of a site, or of one machine.

    Args:
        machines: Those it is for.
        callers: The phone chain, the first to be called first.
        promised: What the contract promises today.
        triggers: What can happen, and what to do then.
        twins: Machines of the same make and model elsewhere: tag and site; they may lend a unit.
        added: What a person wrote.
        drills: The last ones first.
        missing: What the plan lacks, as message ids.
    """

    site: Site
    site_code: str
    customer: str
    machine: Equipment | None
    machines: tuple[Equipment, ...]
    callers: tuple[Caller, ...]
    promised: ResponseTimes
    triggers: tuple[TriggerPlan, ...]
    twins: tuple[tuple[str, str], ...]
    added: Added
    owner: str
    reviewed_on: date | None
    review_due: date | None
    revision: int
    drills: tuple[Drill, ...]
    missing: tuple[str, ...]

    @property
    def name(self) -> str:
        """Of the machine, or of the site."""
        return self.machine.tag if self.machine else self.site.name


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLine:
    """A plan in a list: of a site with its machines' plans counted."""

    site_id: str
    code: str
    site: str
    customer: str
    machines: int
    own_plans: int
    owner: str
    reviewed_on: date | None
    review_due: date | None
    last_drill: date | None

    def is_due(self, today: date) -> bool:
        """Whether it waits for a review: never looked through, or due within `SOON`."""
        return self.review_due is None or self.review_due <= today + SOON


def emergency_lines(store: Store) -> tuple[PlanLine, ...]:
    """Return the plans of all sites in use: those never reviewed first, then by the day they are due."""
    with store.reading() as session:
        register = planning_input(session)
        plans = rows.all_plan_rows(session)
        drills = rows.drill_rows(session)
        own = {row.site_id: row for row in plans if row.equipment_id is None}
        last: dict[str, date] = {}
        for drill in drills:
            last[drill.site_id] = max(drill.day, last.get(drill.site_id, drill.day))
        counts = Counter(machine.site_id for machine in register.equipment.values())
        of_machines = Counter(row.site_id for row in plans if row.equipment_id is not None)
        found = []
        for site in register.sites.values():
            row = own.get(site.id)
            found.append(
                PlanLine(
                    site_id=site.id,
                    code=register.codes["sites"][site.id],
                    site=site.name,
                    customer=register.customers[site.customer_id].name,
                    machines=counts[site.id],
                    own_plans=of_machines[site.id],
                    owner=row.owner if row else "",
                    reviewed_on=row.reviewed_on if row else None,
                    review_due=row.review_due if row else None,
                    last_drill=last.get(site.id),
                )
            )
    return tuple(sorted(found, key=lambda one: (one.review_due or date.min, one.site, one.site_id)))


def emergency_plan(
    store: Store, library: Library, *, site: str = "", tag: str = "", today: date
) -> EmergencyPlan:
    """Return the plan of a site, or of a machine where a tag is given.

    Raises:
        NotFound: There is no such site or machine in use.
    """
    with store.reading() as session:
        return plan_in(session, library, site, tag, today)


def plan_in(session: Session, library: Library, site: str, tag: str, today: date) -> EmergencyPlan:
    """Return a plan inside a transaction; as `emergency_plan`."""
    register = planning_input(session)
    machine = None
    if tag:
        machine = next((one for one in register.equipment.values() if one.tag == tag), None)
        if machine is None:
            raise NotFound("equipment", tag[:64])
        place = register.sites[machine.site_id]
    else:
        row = first_with(session, "sites", "code", site)
        if row is None or row["id"] not in register.sites:
            raise NotFound("site", site[:64])
        place = register.sites[row["id"]]
    machines = (
        (machine,)
        if machine
        else tuple(
            sorted(
                (one for one in register.equipment.values() if one.site_id == place.id),
                key=lambda one: one.tag,
            )
        )
    )
    kept = rows.plan_row(session, site_id=place.id, equipment_id=machine.id if machine else None)
    added = read_added(kept.body if kept else {})
    whole = rows.plan_row(session, site_id=place.id, equipment_id=None) if machine else None
    callers = _callers(session, register, place, added, read_added(whole.body) if whole else Added())
    contracts = [one for one in register.contracts if one.site_id == place.id]
    tags = {one.id: one.tag for one in register.equipment.values()}
    drills = tuple(
        Drill(
            id=one.id,
            day=one.day,
            trigger=one.trigger,
            led_by=one.led_by,
            people=one.people,
            result=one.result,
            tag=tags.get(one.equipment_id or "", ""),
        )
        for one in rows.drill_rows(session, site_id=place.id, equipment_id=machine.id if machine else None)
    )
    triggers = trigger_plans(
        library, frozenset((one.equipment_class.value, one.controller) for one in machines)
    )
    plan = EmergencyPlan(
        site=place,
        site_code=register.codes["sites"][place.id],
        customer=register.customers[place.customer_id].name,
        machine=machine,
        machines=machines,
        callers=callers,
        promised=promised_by(contracts, today),
        triggers=triggers,
        twins=_twins(register, machines),
        added=added,
        owner=kept.owner if kept else "",
        reviewed_on=kept.reviewed_on if kept else None,
        review_due=kept.review_due if kept else None,
        revision=kept.revision if kept else 0,
        drills=drills,
        missing=(),
    )
    values = {name: getattr(plan, name) for name in plan.__slots__ if name != "missing"}
    return EmergencyPlan(**values, missing=tuple(_missing(plan, today)))


def _callers(
    session: Session, register: PlanningInput, site: Site, added: Added, of_site: Added
) -> tuple[Caller, ...]:
    row = first_with(session, "sites", "id", site.id) or {}
    customer = first_with(session, "customers", "id", site.customer_id) or {}
    found = [Caller(role=one.role, name=one.name, phone=one.phone) for one in (*added.roles, *of_site.roles)]
    if row.get("contact") or row.get("phone"):
        found.append(Caller(role="Contact on site", name=row.get("contact", ""), phone=row.get("phone", "")))
    if customer.get("contact") or customer.get("phone"):
        found.append(
            Caller(role="Customer", name=customer.get("contact", ""), phone=customer.get("phone", ""))
        )
    homes = {f"home:{one.id}": one.home for one in register.technicians.values()}
    here = f"site:{site.id}"
    travel = Travel({**homes, here: site.position}, travel_rule(session))
    near = sorted(
        (travel.minutes(f"home:{one.id}", here), one.name, one.id)
        for one in register.technicians.values()
        if site.position is not None and travel.knows(f"home:{one.id}")
    )
    for minutes, name, id in near[:NEAREST]:
        person = first_with(session, "technicians", "id", id) or {}
        found.append(Caller(role="Technician", name=name, phone=person.get("phone", ""), minutes=minutes))
    return tuple(dict.fromkeys(found))


def _twins(register: PlanningInput, machines: Sequence[Equipment]) -> tuple[tuple[str, str], ...]:
    wanted = {(one.brand, one.model) for one in machines if one.model}
    own = {one.id for one in machines}
    return tuple(
        sorted(
            (one.tag, register.sites[one.site_id].name)
            for one in register.equipment.values()
            if (one.brand, one.model) in wanted and one.id not in own
        )[:10]
    )


def _missing(plan: EmergencyPlan, today: date) -> list[str]:
    found = []
    if not plan.machines:
        found.append("The site has no machine in the register.")
    if not any(one.phone for one in plan.callers):
        found.append("Nobody in the phone chain has a number.")
    if not plan.added.roles:
        found.append(
            "No role of the customer is named: who stops the machine, who calls, who leads helpers in."
        )
    if not plan.added.temporary:
        found.append("Nobody has written how work goes on meanwhile.")
    if not plan.added.spares:
        found.append("Nobody has written which spare units there are and where.")
    if plan.reviewed_on is None:
        found.append("Nobody has looked this plan through yet.")
    elif plan.review_due is not None and plan.review_due < today:
        found.append("The review is overdue.")
    if not plan.drills:
        found.append("No drill was held yet.")
    return found


def read_added(raw: Mapping[str, Any]) -> Added:
    """Return what a person wrote.

    Raises:
        BadInput: Every fault, by field.
    """
    try:
        return Added.model_validate(dict(raw))
    except ValidationError as error:
        raise BadInput("nothing was kept", faults_of(error)) from error
