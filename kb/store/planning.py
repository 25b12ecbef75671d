"""What a plan is made from and what it leaves behind: planning input, plan runs, visits."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, text, update
from sqlmodel import Session, col, func, select

from kb.store.kits import KitRow, kits_by_code
from kb.store.mapping import (
    contract_of,
    customer_of,
    equipment_of,
    maintenance_plan_of,
    site_of,
)
from kb.store.tables import (
    ContractRow,
    CustomerRow,
    EquipmentRow,
    MaintenancePlanRow,
    PlanRunRow,
    RegisterRow,
    SiteRow,
    TechnicianRow,
    VisitRow,
)
from kb.store.training import certificate_marks, certified_technicians, skills_needing_certificates
from planner.model import Contract, Customer, Equipment, Kit, MaintenancePlan, Site, Technician


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningInput:
    """The register as the planner reads it, retired things left out; every mapping is by id.

    Args:
        codes: How people call a site, a technician or a maintenance plan: code by id, by table.
        certified_skills: Skills that count with a certificate only.
        kits: What there is of each kit, by code.
    """

    customers: Mapping[str, Customer]
    sites: Mapping[str, Site]
    equipment: Mapping[str, Equipment]
    technicians: Mapping[str, Technician]
    contracts: tuple[Contract, ...]
    plans: Mapping[str, MaintenancePlan]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    certified_skills: frozenset[str] = frozenset()
    kits: Mapping[str, Kit] = field(default_factory=dict)


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
    return PlanningInput(
        customers={row.id: customer_of(row) for row in session.exec(select(CustomerRow))},
        sites=sites,
        equipment=equipment,
        technicians=technicians_in_use(session),
        contracts=tuple(contract_of(row) for row in contracts if row.site_id in sites),
        plans=plans,
        codes={
            "sites": _codes(session, SiteRow),
            "technicians": technician_codes(session),
            "plans": _codes(session, MaintenancePlanRow),
        },
        certified_skills=skills_needing_certificates(session),
        kits=kits_by_code(session, {code: id for id, code in technician_codes(session).items()}),
    )


def technicians_in_use(session: Session) -> dict[str, Technician]:
    """Return the technicians who plan and drive today, with their certificates, by id."""
    found = session.exec(select(TechnicianRow).where(col(TechnicianRow.retired).is_(False)))
    return dict(certified_technicians(session, list(found)))


def technician_codes(session: Session) -> dict[str, str]:
    """Return the code of every technician, retired ones too, by id."""
    return _codes(session, TechnicianRow)


def _codes(
    session: Session, table: type[SiteRow] | type[TechnicianRow] | type[MaintenancePlanRow]
) -> dict[str, str]:
    return dict(session.exec(select(table.id, table.code)).all())


def latest_run(session: Session) -> PlanRunRow | None:
    """Return the newest plan run."""
    return session.exec(select(PlanRunRow).order_by(col(PlanRunRow.number).desc()).limit(1)).first()


def latest_run_number(session: Session) -> int:
    """Return the number of the newest plan run, 0 where there is none; reads nothing else."""
    return session.exec(select(func.max(PlanRunRow.number))).one() or 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunMark:
    """What later planning needs to know of a run.

    Args:
        created: When it was made, aware.
        unplaced: The work that found no place, as JSON.
    """

    number: int
    created: datetime
    unplaced: Sequence[Mapping[str, Any]]


def run_marks(session: Session) -> tuple[RunMark, ...]:
    """Return a mark of every run, the oldest first; what the runs changed is not read."""
    query = select(PlanRunRow.number, PlanRunRow.created, PlanRunRow.unplaced).order_by(
        col(PlanRunRow.number)
    )
    return tuple(
        RunMark(number=number, created=created, unplaced=unplaced or ())
        for number, created, unplaced in session.exec(query)
    )


def runs_since(session: Session, number: int) -> list[PlanRunRow]:
    """Return the runs from `number` on, the newest first."""
    query = select(PlanRunRow).where(col(PlanRunRow.number) >= number)
    return list(session.exec(query.order_by(col(PlanRunRow.number).desc())))


def hold_plan(session: Session) -> None:
    """Let nobody else write runs or visits until the transaction ends; reading goes on.

    SQLite's writing transactions exclude each other anyway.
    """
    if session.connection().dialect.name == "postgresql":
        session.connection().execute(text("LOCK TABLE plan_runs, visits IN SHARE ROW EXCLUSIVE MODE"))


def add_run(session: Session, row: PlanRunRow) -> None:
    """Keep a plan run; its number is one more than the newest."""
    row.number = latest_run_number(session) + 1
    session.add(row)
    session.flush()


def all_visits(session: Session) -> list[VisitRow]:
    """Return every visit, by day and key."""
    return list(session.exec(select(VisitRow).order_by(col(VisitRow.day), col(VisitRow.key))))


def visits_between(session: Session, first: date, last: date) -> list[VisitRow]:
    """Return the visits from `first` to `last`, both included, by day and key."""
    query = select(VisitRow).where(col(VisitRow.day) >= first, col(VisitRow.day) <= last)
    return list(session.exec(query.order_by(col(VisitRow.day), col(VisitRow.key))))


def visit_revisions(session: Session) -> dict[str, int]:
    """Return the revision of every visit by key: enough to see that nobody has changed one since."""
    return dict(session.exec(select(VisitRow.key, VisitRow.revision)).all())


Mark = tuple[int, ...]
"""A value that differs after any change it stands for."""
_REGISTER = (CustomerRow, SiteRow, EquipmentRow, TechnicianRow, KitRow, ContractRow, MaintenancePlanRow)


def newest_change(session: Session) -> Mark:
    """Return a mark that differs after any run of the plan, any edit of a visit and any edit of the register."""
    mark = [latest_run_number(session)]
    for table in (VisitRow, *_REGISTER):
        count, revisions = session.exec(
            select(func.count(), func.sum(table.revision)).select_from(table)
        ).one()
        mark += [count, revisions or 0]
    return (*mark, *certificate_marks(session))


def first_planned_day(session: Session) -> date | None:
    """Return the first day that any run has planned."""
    return session.exec(select(func.min(PlanRunRow.first_day))).one()


@dataclass(frozen=True, slots=True, kw_only=True)
class StockCount:
    """How much there is to plan with."""

    sites: int
    equipment: int
    plans: int
    technicians: int


def stock_count(session: Session) -> StockCount:
    """Return how many sites, machines, maintenance plans and technicians are in use."""

    def in_use(table: type[RegisterRow]) -> int:
        query = select(func.count()).select_from(table).where(col(table.retired).is_(False))
        return session.exec(query).one()

    return StockCount(
        sites=in_use(SiteRow),
        equipment=in_use(EquipmentRow),
        plans=in_use(MaintenancePlanRow),
        technicians=in_use(TechnicianRow),
    )


def write_visits(
    session: Session, *, added: Sequence[Mapping[str, Any]], changed: Sequence[Mapping[str, Any]]
) -> None:
    """Add visits and write others anew, each given by its columns; many thousands in one go."""
    if added:
        session.connection().execute(insert(VisitRow), list(added))
    if changed:
        session.execute(update(VisitRow), list(changed))
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
