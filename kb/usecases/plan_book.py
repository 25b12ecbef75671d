"""A plan with the facts of the register that make it readable: names, machines, people."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property

from kb.errors import NotFound
from planner.model import Customer, Equipment, MaintenancePlan, Site, Technician, Unplaced, Visit


class Change(StrEnum):
    """What a new plan did to a visit."""

    ADDED = "added"
    MOVED = "moved"
    REMOVED = "removed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitChange:
    """One visit before and after; `before` is None where it was added, `after` where it was removed.

    Args:
        fields: What differs, of `day`, `hours`, `technician` and `work`; empty but for moved visits.
    """

    change: Change
    key: str
    site_id: str
    before: Visit | None
    after: Visit | None
    fields: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shortfall:
    """A contract year, or the part of it that is planned, with fewer visits than were sold.

    Args:
        first_day, last_day: The days that were looked at, both included.
        sold: Visits that these days should hold; of a part of a year its share, rounded down.
        planned: Days on which the site is visited.
    """

    contract_id: str
    site_id: str
    first_day: date
    last_day: date
    sold: int
    planned: int


@dataclass(frozen=True, kw_only=True)
class PlanBook:
    """One plan run and everything that is needed to read it.

    Args:
        number: Counts the runs, from 1.
        first_day, last_day: The days that were planned, both included.
        visits: By day, then site.
        provisional_years: Years whose make-up working days were not published when the plan was made.
        changes: Against the run before; unchanged visits are counted, not listed.
        sequences: How often each visit has changed since it first appeared, by key.
        cancelled: Visits of earlier runs that no longer take place, and visits as technicians had them who no
            longer have them, as they stood last.
        shortfalls: Contracts with fewer visits than sold, by site and day.
        codes: How people call things: code by id, of the tables `sites`, `technicians` and `plans`.
    """

    number: int
    created: datetime
    first_day: date
    last_day: date
    visits: tuple[Visit, ...]
    unplaced: tuple[Unplaced, ...]
    changes: tuple[VisitChange, ...] = ()
    unchanged: int = 0
    provisional_years: tuple[int, ...] = ()
    sequences: Mapping[str, int] = field(default_factory=dict)
    cancelled: tuple[Visit, ...] = ()
    shortfalls: tuple[Shortfall, ...] = ()
    customers: Mapping[str, Customer]
    sites: Mapping[str, Site]
    equipment: Mapping[str, Equipment]
    technicians: Mapping[str, Technician]
    plans: Mapping[str, MaintenancePlan]
    codes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @cached_property
    def by_key(self) -> Mapping[str, Visit]:
        """Visits by their key."""
        return {visit.key: visit for visit in self.visits}

    @cached_property
    def presences(self) -> tuple[Visit, ...]:
        """What each technician has of each visit on each day, under the visit's key: most visits are one presence."""
        return tuple(part for visit in self.visits for part in visit.spread(same_key=True))

    def visit(self, key: str) -> Visit:
        """Return the visit with `key`.

        Raises:
            NotFound: The plan has no such visit.
        """
        found = self.by_key.get(key)
        if found is None:
            raise NotFound("visit", key)
        return found

    def code(self, table: str, id_: str) -> str:
        """Return how people call a thing of `table`, or its id where the register no longer has it."""
        return self.codes.get(table, {}).get(id_, id_)

    def id_of(self, table: str, called: str) -> str:
        """Return the id of the thing of `table` that people call so; an id, and what nobody knows, as it is."""
        codes = self.codes.get(table, {})
        if called in codes:
            return called
        return next((id_ for id_, code in codes.items() if code == called), called)

    def equipment_id_of(self, called: str) -> str:
        """Return the id of the machine with this tag; an id, and what nobody knows, as it is."""
        if called in self.equipment:
            return called
        return next((one.id for one in self.equipment.values() if one.tag == called), called)

    def site_name(self, site_id: str) -> str:
        """Return the site's name, or its id where the register no longer has it."""
        site = self.sites.get(site_id)
        return site.name if site else site_id

    def customer_name(self, site_id: str) -> str:
        """Return the name of the site's customer; empty where the register no longer has it."""
        site = self.sites.get(site_id)
        customer = self.customers.get(site.customer_id) if site else None
        return customer.name if customer else ""

    def technician_name(self, technician_id: str | None) -> str:
        """Return the technician's name; empty where nobody is planned, the id where the register forgot."""
        if technician_id is None:
            return ""
        technician = self.technicians.get(technician_id)
        return technician.name if technician else technician_id

    def tag(self, equipment_id: str) -> str:
        """Return the machine's tag, or its id where the register no longer has it."""
        machine = self.equipment.get(equipment_id)
        return machine.tag if machine else equipment_id

    def machines(self, visit: Visit) -> tuple[str, ...]:
        """Return the ids of the machines of `visit`, each once, by tag."""
        ids = {occurrence.equipment_id for occurrence in visit.occurrences}
        return tuple(sorted(ids, key=lambda one: (self.tag(one), one)))

    def change_count(self, change: Change) -> int:
        """Return how many visits the run changed in this way."""
        if change is Change.UNCHANGED:
            return self.unchanged
        return sum(one.change is change for one in self.changes)
