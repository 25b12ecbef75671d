"""Visits as they are kept, with the names of what they serve: one of them, a page of them, their history."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from kb.errors import BadQuery, NotFound
from kb.store import Store, register
from kb.store.register import Session
from kb.store.tables import CustomerRow, EquipmentRow, MaintenancePlanRow, SiteRow, TechnicianRow, VisitRow
from kb.store.visit_rows import VisitSelection, count_visits, page_of_visits, rows_by_id, visit_row
from kb.store.visits import DROPPED, lead_of, occurrence_from, visit_of
from kb.usecases.plan_words import hours_text
from kb.usecases.register import HISTORY_LENGTH, Changed
from kb.usecases.register_rows import json_of
from kb.usecases.visit_fields import VISITS
from kb.usecases.visit_states import DONE, OPEN
from planner.model import Occurrence, Visit, VisitState
from planner.scheduling import call_state

LEFT = "left"
"""In `body`: occurrences of a partly done visit that were not done."""
FOLLOW_UP = "follow_up"
"""In `body`: the key of the visit that what was left over went to."""
FOLLOWS = "follows"
"""In `body`: the key of the visit that left this one's work over."""
PAGE_SIZES = range(1, 501)
DEFAULT_SIZE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """What the ids of visits stand for.

    Args:
        sites, technicians, plans: Codes by id.
        site_names, customer_names: By site id.
        technician_names: By technician id.
        tags: Of machines, by id.
    """

    sites: Mapping[str, str] = field(default_factory=dict)
    site_names: Mapping[str, str] = field(default_factory=dict)
    customer_names: Mapping[str, str] = field(default_factory=dict)
    technicians: Mapping[str, str] = field(default_factory=dict)
    technician_names: Mapping[str, str] = field(default_factory=dict)
    plans: Mapping[str, str] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    def plan(self, occurrence: Occurrence) -> str:
        """Return the code of the occurrence's plan; its id where the register forgot it."""
        return self.plans.get(occurrence.plan_id, occurrence.plan_id)

    def plan_codes(self, occurrences: Iterable[Occurrence]) -> list[str]:
        """Return the codes of the plans, each once, sorted."""
        return sorted({self.plan(one) for one in occurrences})


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptVisit:
    """A visit as it is kept.

    Args:
        visit: The visit; of a partly done one, its occurrences are those that were done.
        state: Where it stands today: an open visit that nobody has booked is called once its lead has begun.
        left: What was not done.
        follow_up: Key of the visit that `left` went to; empty where nothing did.
        follows: Key of the visit that left this one's work over.
        dropped: Whether a plan has taken it out.
        run: The plan run that placed it last.
        body: As the store keeps it.
    """

    visit: Visit
    state: VisitState
    revision: int
    sequence: int
    run: int
    done_on: date | None
    notes: str
    left: tuple[Occurrence, ...]
    follow_up: str
    follows: str
    dropped: bool
    body: Mapping[str, Any]
    names: Names

    @property
    def key(self) -> str:
        """Its key."""
        return self.visit.key

    @property
    def is_open(self) -> bool:
        """Whether it is still to take place."""
        return self.state in OPEN and not self.dropped

    @property
    def all_occurrences(self) -> tuple[Occurrence, ...]:
        """What it was to serve, done or not, by key."""
        return tuple(sorted((*self.visit.occurrences, *self.left), key=lambda one: one.key))

    @property
    def values(self) -> dict[str, Any]:
        """Its stored values by field of `VISITS`."""
        names, visit = self.names, self.visit
        done = names.plan_codes(visit.occurrences) if self.state in DONE else []
        return {
            "key": visit.key,
            "site": names.sites.get(visit.site_id, visit.site_id),
            "day": visit.day,
            "technician": names.technicians.get(visit.technician_id or ""),
            "state": self.state.value,
            "done_on": self.done_on,
            "plans": names.plan_codes(self.all_occurrences),
            "done_plans": done,
            "locked": visit.locked,
            "confirm": False,
            "notes": self.notes,
        }

    def json(self) -> dict[str, object]:
        """Return it for a program."""
        visit, names = self.visit, self.names
        told = {name: value for name, value in json_of(VISITS, self.values).items() if name != "confirm"}
        return {
            **told,
            "site_name": names.site_names.get(visit.site_id, ""),
            "customer_name": names.customer_names.get(visit.site_id, ""),
            "technician_name": names.technician_names.get(visit.technician_id or "") or None,
            "hours": hours_text(visit.hours) or None,
            "window": {"earliest": visit.earliest.isoformat(), "latest": visit.latest.isoformat()},
            "work": [
                {
                    "key": one.key,
                    "plan": names.plan(one),
                    "tag": names.tags.get(one.equipment_id, one.equipment_id),
                    "level": one.level.value,
                    "due": one.due.isoformat(),
                    "done": self.state in DONE and one not in self.left,
                }
                for one in self.all_occurrences
            ],
            "follow_up": self.follow_up or None,
            "follows": self.follows or None,
            "dropped": self.dropped,
            "revision": self.revision,
            "sequence": self.sequence,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitQuery:
    """Which visits a list shows.

    Args:
        site, technician: Codes; empty means any.
        first_day, last_day: Planned days, both included.
        states: Wanted states; empty means any.
        page: From 1.
        size: Visits on a page, 1 to 500.
    """

    site: str = ""
    technician: str = ""
    first_day: date | None = None
    last_day: date | None = None
    states: tuple[VisitState, ...] = ()
    page: int = 1
    size: int = DEFAULT_SIZE


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitPage:
    """One page of visits."""

    items: tuple[KeptVisit, ...]
    page: int
    size: int
    total: int

    @property
    def last(self) -> int:
        """The number of the last page, at least 1."""
        return max(-(-self.total // self.size), 1)


def visits(store: Store, query: VisitQuery, *, today: date) -> VisitPage:
    """Return a page of visits by day and key.

    Raises:
        NotFound: No site or technician has the code.
        BadQuery: The page cannot be given.
    """
    if query.size not in PAGE_SIZES or query.page < 1:
        raise BadQuery(f"page {query.page} of size {query.size}: pages count from 1, sizes go from 1 to 500")
    with store.reading() as session:
        wanted = VisitSelection(
            site_id=_id_of(session, "sites", "site", query.site),
            technician_id=_id_of(session, "technicians", "technician", query.technician),
            first_day=query.first_day,
            last_day=query.last_day,
            states=_kept_states(query.states),
        )
        if VisitState.FORECAST in query.states or VisitState.CALLED in query.states:
            # Which of the two an unbooked visit is depends on today, so it is decided after reading.
            found = [
                one
                for one in kept_visits(session, page_of_visits(session, wanted), today=today)
                if one.state in query.states
            ]
            start = (query.page - 1) * query.size
            return VisitPage(
                items=tuple(found[start : start + query.size]),
                page=query.page,
                size=query.size,
                total=len(found),
            )
        rows = page_of_visits(session, wanted, offset=(query.page - 1) * query.size, limit=query.size)
        return VisitPage(
            items=kept_visits(session, rows, today=today),
            page=query.page,
            size=query.size,
            total=count_visits(session, wanted),
        )


def _kept_states(states: Sequence[VisitState]) -> tuple[str, ...]:
    either = {VisitState.FORECAST, VisitState.CALLED}
    return tuple(sorted(one.value for one in (set(states) | either if either & set(states) else set(states))))


def _id_of(session: Session, table: str, what: str, code: str) -> str | None:
    if not code:
        return None
    row = register.first_with(session, table, "code", code)
    if row is None:
        raise NotFound(what, code)
    return str(row["id"])


def visit(store: Store, key: str, *, today: date) -> KeptVisit:
    """Return one visit.

    Raises:
        NotFound: There is none with this key.
    """
    with store.reading() as session:
        return visit_in(session, key, today=today)


def visit_in(session: Session, key: str, *, today: date) -> KeptVisit:
    """Return one visit inside a transaction.

    Raises:
        NotFound: There is none with this key.
    """
    # PostgreSQL knows no text with NUL, so no key has one.
    row = visit_row(session, key) if "\0" not in key else None
    if row is None:
        raise NotFound("visit", key)
    return kept_visits(session, [row], today=today)[0]


def kept_visits(session: Session, rows: Sequence[VisitRow], *, today: date) -> tuple[KeptVisit, ...]:
    """Return the visits of rows with their names."""
    found = [(row, visit_of(row), _left(row)) for row in rows]
    names = _names(session, [(visit, left) for _, visit, left in found])
    return tuple(
        KeptVisit(
            visit=visit,
            state=state_today(row, visit, today),
            revision=row.revision,
            sequence=row.sequence,
            run=row.run,
            done_on=row.done_on,
            notes=row.notes,
            left=left,
            follow_up=row.body.get(FOLLOW_UP, ""),
            follows=row.body.get(FOLLOWS, ""),
            dropped=DROPPED in row.body,
            body=row.body,
            names=names,
        )
        for row, visit, left in found
    )


def state_today(row: VisitRow, visit: Visit, today: date) -> VisitState:
    """Return where a visit stands: a forecast becomes called by the passing of days, without anybody's doing."""
    if visit.state is VisitState.FORECAST:
        return call_state(visit.day, today=today, lead=lead_of(row))
    return visit.state


def _left(row: VisitRow) -> tuple[Occurrence, ...]:
    return tuple(occurrence_from(one) for one in row.body.get(LEFT, ()))


def _names(session: Session, found: Sequence[tuple[Visit, tuple[Occurrence, ...]]]) -> Names:
    sites = rows_by_id(session, SiteRow, (visit.site_id for visit, _ in found))
    customers = rows_by_id(session, CustomerRow, (site.customer_id for site in sites.values()))
    people = rows_by_id(session, TechnicianRow, (visit.technician_id for visit, _ in found))
    occurrences = [one for visit, left in found for one in (*visit.occurrences, *left)]
    plans = rows_by_id(session, MaintenancePlanRow, (one.plan_id for one in occurrences))
    machines = rows_by_id(session, EquipmentRow, (one.equipment_id for one in occurrences))
    return Names(
        sites={id: row.code for id, row in sites.items()},
        site_names={id: row.name for id, row in sites.items()},
        customer_names={
            id: customers[row.customer_id].name for id, row in sites.items() if row.customer_id in customers
        },
        technicians={id: row.code for id, row in people.items()},
        technician_names={id: row.name for id, row in people.items()},
        plans={id: row.code for id, row in plans.items()},
        tags={id: row.tag for id, row in machines.items()},
    )


def visit_history(store: Store, key: str) -> tuple[Changed, ...]:
    """Return the newest changes that people made to a visit, newest first."""
    with store.reading() as session:
        kept = register.history(session, kind=VISITS.name, thing_id=key, limit=HISTORY_LENGTH)
    result = []
    for entry in kept:
        before, after = dict(entry.before or {}), dict(entry.after or {})
        names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        fields = tuple((name, before.get(name), after.get(name)) for name in names)
        result.append(Changed(at=entry.at, who=entry.who, action=entry.action, fields=fields))
    return tuple(result)
