"""What a change of a visit is judged by: its site, people, plans, machines, contracts, and the visits beside it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from kb.store import register
from kb.store.mapping import (
    contract_of,
    equipment_of,
    maintenance_plan_of,
    site_of,
)
from kb.store.register import Session
from kb.store.tables import EquipmentRow, MaintenancePlanRow, SiteRow, TechnicianRow
from kb.store.training import certified_technicians
from kb.store.visit_rows import VisitSelection, contracts_at_site, page_of_visits, rows_by_id
from kb.store.visits import DROPPED, visit_of
from kb.usecases.travel_rules import travel_rule
from kb.usecases.visit_reading import KeptVisit
from planner.model import Contract, Equipment, MaintenancePlan, Site, Technician, Visit, VisitState
from planner.routing import DEFAULT_RULE, TravelRule

GONE = frozenset({VisitState.CANCELLED, VisitState.MISSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What stands around one visit.

    Args:
        sites: Its site and those of `same_day`, by id.
        technician: Who is to go after the change; None where nobody is.
        technician_code: That person's code.
        retired: Whether that person is out of use.
        plans, equipment: Of its occurrences, by id.
        contracts: Of its site, by validity.
        at_site: Other visits of the site that stand.
        same_day: Other visits of the technician on the day after the change.
        following: Other visits at the site that hold work which this one left over.
        rule: What is assumed about the roads, and which ways are known better.
    """

    sites: Mapping[str, Site]
    technician: Technician | None
    technician_code: str
    retired: bool
    plans: Mapping[str, MaintenancePlan]
    equipment: Mapping[str, Equipment]
    contracts: tuple[Contract, ...]
    at_site: tuple[Visit, ...]
    same_day: tuple[Visit, ...]
    following: tuple[Visit, ...]
    rule: TravelRule = DEFAULT_RULE

    @property
    def spacing(self) -> timedelta:
        """Least time between two visits of the site, as its contracts agree."""
        return max((one.min_spacing or timedelta(0) for one in self.contracts), default=timedelta(0))


def around_visit(session: Session, kept: KeptVisit, technician_code: str | None, day: date) -> Around:
    """Return what stands around a visit that `technician_code` is to serve on `day`."""
    visit = kept.visit
    occurrences = kept.all_occurrences
    plans = rows_by_id(session, MaintenancePlanRow, (one.plan_id for one in occurrences))
    machines = rows_by_id(session, EquipmentRow, (one.equipment_id for one in occurrences))
    found = register.first_with(session, "technicians", "code", technician_code) if technician_code else None
    person = TechnicianRow(**found) if found else None
    at_site = _others(session, VisitSelection(site_id=visit.site_id), visit)
    same_day = (
        _others(session, VisitSelection(technician_id=person.id, first_day=day, last_day=day), visit)
        if person
        else ()
    )
    sites = rows_by_id(session, SiteRow, [visit.site_id, *(one.site_id for one in same_day)])
    left = {one.key for one in kept.left}
    return Around(
        sites={id: site_of(row) for id, row in sites.items()},
        technician=certified_technicians(session, [person])[person.id] if person else None,
        technician_code=technician_code or "",
        retired=bool(person and person.retired),
        plans={id: maintenance_plan_of(row) for id, row in plans.items()},
        equipment={id: equipment_of(row) for id, row in machines.items()},
        contracts=tuple(contract_of(row) for row in contracts_at_site(session, visit.site_id)),
        at_site=at_site,
        same_day=same_day,
        following=tuple(one for one in at_site if any(part.key in left for part in one.occurrences)),
        rule=travel_rule(session),
    )


def _others(session: Session, wanted: VisitSelection, visit: Visit) -> tuple[Visit, ...]:
    rows = page_of_visits(session, wanted)
    return tuple(
        one
        for row in rows
        if DROPPED not in row.body and (one := visit_of(row)).key != visit.key and one.state not in GONE
    )
