"""The machine of a report: found while somebody types, and what is known of it before the call is over."""

from dataclasses import dataclass
from datetime import datetime

from kb.errors import NotFound
from kb.store import Store
from kb.store import fault_reports as reports
from kb.store import work_orders as rows
from kb.store.register import columns_by_id, first_with
from kb.usecases.fault_judging import warranty_of
from kb.usecases.fault_log import UNSOLVED
from kb.usecases.order_reading import OPEN_STATES, contracts_of_sites, promised_by
from planner.faults import Entitlement, entitlement
from planner.model import ResponseTimes

OFFERED = 8
LONGEST = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundMachine:
    """A machine that fits what was typed."""

    tag: str
    what: str
    serial: str
    site: str
    customer: str
    retired: bool

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenWork:
    """Work on a machine that is not ended: a report or an order."""

    kind: str
    id: str
    number: str
    title: str
    since: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AboutMachine:
    """What the person at the telephone sees of a machine.

    Args:
        contact, phone: Of its site.
        promised: What the contract promises from now on.
        contract_code: Of the contract that decided who pays; empty without one.
        open: Reports and orders that are not ended, the newest first.
    """

    id: str
    tag: str
    what: str
    serial: str
    retired: bool
    site: str
    customer: str
    contact: str
    phone: str
    entitlement: Entitlement
    contract_code: str
    promised: ResponseTimes
    open: tuple[OpenWork, ...]


def machines_found(store: Store, text: str) -> tuple[FoundMachine, ...]:
    """Return the machines that fit every word typed: of tag, serial number, model, site or customer; none for no word."""
    wanted = text[:LONGEST].strip()
    if not wanted:
        return ()
    with store.reading() as session:
        return tuple(
            FoundMachine(
                tag=one.tag,
                what=" ".join(part for part in (one.brand, one.model) if part),
                serial=one.serial,
                site=one.site,
                customer=one.customer,
                retired=one.retired,
            )
            for one in reports.machines_like(session, wanted, size=OFFERED)
        )


def about_machine(store: Store, tag: str, *, now: datetime, warranty_months: int) -> AboutMachine:
    """Return what is known of a machine.

    Raises:
        NotFound: There is none with this tag.
    """
    with store.reading() as session:
        machine = first_with(session, "equipment", "tag", tag.strip())
        if machine is None:
            raise NotFound("equipment", tag[:64])
        site = first_with(session, "sites", "id", machine["site_id"]) or {}
        customer = first_with(session, "customers", "id", site["customer_id"]) or {}
        contracts = contracts_of_sites(session, {machine["site_id"]}).get(machine["site_id"], ())
        warranty = warranty_of(machine["commissioned"], warranty_months)
        found = entitlement(now.date(), warranty=warranty, contracts=contracts)
        codes = columns_by_id(session, "contracts", ("code",), [found.contract_id or ""])
        conditions = rows.order_conditions(
            states=[state.value for state in OPEN_STATES], equipment_id=machine["id"]
        )
        work = [
            OpenWork(kind="work_order", id=one.id, number=one.number, title=one.title, since=one.opened_at)
            for one in rows.order_rows(session, conditions, first=0, size=20)
        ]
        work += [
            OpenWork(
                kind="fault_report",
                id=one.id,
                number=one.number,
                title=(one.alarm or one.symptom).partition("\n")[0][:80],
                since=one.reported_at,
            )
            for one in reports.reports_of_machine(session, machine["id"], UNSOLVED)
        ]
        return AboutMachine(
            id=machine["id"],
            tag=machine["tag"],
            what=" ".join(part for part in (machine["brand"], machine["model"]) if part),
            serial=machine["serial"],
            retired=machine["retired"],
            site=site["name"],
            customer=customer["name"],
            contact=site["contact"] or customer["contact"],
            phone=site["phone"] or customer["phone"],
            entitlement=found,
            contract_code=str(codes[found.contract_id][0]) if found.contract_id in codes else "",
            promised=promised_by(contracts, now.date()),
            open=tuple(sorted(work, key=lambda one: one.since, reverse=True)),
        )
