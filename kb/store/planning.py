"""What a plan is made from and what it leaves behind: planning input, plan runs, visits."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from sqlmodel import Session, col, delete, func, select

from kb.store.mapping import (
    contract_of,
    customer_of,
    equipment_of,
    maintenance_plan_of,
    site_of,
    technician_of,
)
from kb.store.tables import (
    ContractRow,
    CustomerRow,
    EquipmentRow,
    MaintenancePlanRow,
    PlanRunRow,
    SiteRow,
    TechnicianRow,
    VisitRow,
)
from planner.model import Contract, Customer, Equipment, MaintenancePlan, Site, Technician


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningInput:
    """The register as the planner reads it, retired things left out; every mapping is by id."""

    customers: Mapping[str, Customer]
    sites: Mapping[str, Site]
    equipment: Mapping[str, Equipment]
    technicians: Mapping[str, Technician]
    contracts: tuple[Contract, ...]
    plans: Mapping[str, MaintenancePlan]


def planning_input(session: Session) -> PlanningInput:
    """Return the register for planning: plans of machines that are in use, at sites that are in use."""
    sites = {
        row.id: site_of(row) for row in session.exec(select(SiteRow).where(col(SiteRow.retired).is_(False)))
    }
    equipment = {
        row.id: equipment_of(row)
        for row in session.exec(select(EquipmentRow).where(col(EquipmentRow.retired).is_(False)))
        if row.site_id in sites
    }
    plans = {
        row.id: maintenance_plan_of(row)
        for row in session.exec(select(MaintenancePlanRow).where(col(MaintenancePlanRow.retired).is_(False)))
        if row.equipment_id in equipment
    }
    contracts = session.exec(
        select(ContractRow).where(col(ContractRow.retired).is_(False)).order_by(ContractRow.id)
    )
    technicians = session.exec(select(TechnicianRow).where(col(TechnicianRow.retired).is_(False)))
    return PlanningInput(
        customers={row.id: customer_of(row) for row in session.exec(select(CustomerRow))},
        sites=sites,
        equipment=equipment,
        technicians={row.id: technician_of(row) for row in technicians},
        contracts=tuple(contract_of(row) for row in contracts if row.site_id in sites),
        plans=plans,
    )


def latest_run(session: Session) -> PlanRunRow | None:
    """Return the newest plan run."""
    return session.exec(select(PlanRunRow).order_by(col(PlanRunRow.number).desc()).limit(1)).first()


def add_run(session: Session, row: PlanRunRow) -> None:
    """Keep a plan run; its number is one more than the newest."""
    newest = latest_run(session)
    row.number = 1 if newest is None else newest.number + 1
    session.add(row)
    session.flush()


def all_visits(session: Session) -> list[VisitRow]:
    """Return every visit, by day and key."""
    return list(session.exec(select(VisitRow).order_by(col(VisitRow.day), col(VisitRow.key))))


def replace_visits(session: Session, *, removed: Iterable[str], rows: Iterable[VisitRow]) -> None:
    """Remove the visits with the keys `removed`, and keep `rows` in place of those with the same keys."""
    gone = list(removed)
    for start in range(0, len(gone), 500):
        session.exec(delete(VisitRow).where(col(VisitRow.key).in_(gone[start : start + 500])))
    session.flush()
    for row in rows:
        session.merge(row)
    session.flush()


def count_sites(session: Session) -> int:
    """Return the number of sites in use."""
    return session.exec(
        select(func.count()).select_from(SiteRow).where(col(SiteRow.retired).is_(False))
    ).one()


def count_equipment(session: Session) -> int:
    """Return the number of machines in use."""
    query = select(func.count()).select_from(EquipmentRow).where(col(EquipmentRow.retired).is_(False))
    return session.exec(query).one()


def count_visits_between(session: Session, first: date, end: date) -> int:
    """Return the number of open visits from `first` up to, not including, `end`."""
    query = (
        select(func.count())
        .select_from(VisitRow)
        .where(
            col(VisitRow.day) >= first,
            col(VisitRow.day) < end,
            col(VisitRow.state).in_(("forecast", "called", "booked")),
        )
    )
    return session.exec(query).one()
