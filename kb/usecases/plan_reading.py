"""Read a plan back: the newest one, an older one, and what there is to plan.

A book of some ten thousand visits takes seconds to load, and every page needs one: the newest books stay in
memory, each under a mark that any run, any edit of a visit and any edit of the register changes.
"""

from collections import OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, timedelta, tzinfo
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from kb.store import PlanningInput, Store, planning_input
from kb.store.planning import (
    Mark,
    StockCount,
    first_planned_day,
    latest_run_number,
    newest_change,
    runs_since,
    stock_count,
    visits_between,
)
from kb.store.tables import PlanRunRow, VisitRow
from kb.store.visits import DROPPED, FORMER, handed_over, unplaced_from, visit_from_json, visit_of
from kb.usecases.plan_book import Change, PlanBook, Shortfall, VisitChange
from kb.usecases.plan_memory import collector_paused
from kb.usecases.plan_views import DayKind, DayKinds
from planner.calendars import public_year
from planner.model import Contract, Visit, VisitState
from planner.scheduling import contract_balance

BOOKS_KEPT = 2
"""How many loaded plans stay in memory for each store; one of 12,000 visits takes some hundred megabytes."""
MARGIN = timedelta(days=400)
"""How far outside its period a plan may hold visits: merged and late ones, and a contract's year."""
ONE_DAY = timedelta(days=1)
_GONE = frozenset({VisitState.CANCELLED, VisitState.MISSED})

_books: WeakKeyDictionary[Store, OrderedDict[tuple[int, Mark], PlanBook]] = WeakKeyDictionary()
_lock = Lock()


def latest_plan(store: Store, *, zone: tzinfo = UTC) -> PlanBook | None:
    """Return the newest plan; None where there is none yet."""
    return plan_book(store, None, zone=zone)


def plan_book(store: Store, number: int | None = None, *, zone: tzinfo = UTC) -> PlanBook | None:
    """Return the plan of run `number`, the newest for None; None where there is no such run.

    An older plan is what it was after its run, as far as runs changed it since: what people did to a visit
    (booked, done) shows as it is today.

    Args:
        store: The database.
        number: Counts the runs, from 1.
        zone: The zone that the book's `created` is told in.
    """
    with collector_paused(), store.reading() as session:
        latest = latest_run_number(session)
        wanted = latest if number is None else number
        if not 1 <= wanted <= latest:
            return None
        key = wanted, newest_change(session)
        with _lock:
            known = _books.setdefault(store, OrderedDict())
            if key in known:
                known.move_to_end(key)
                return _told_in(zone, known[key])
        runs = runs_since(session, wanted)
        run = runs[-1]
        rows = visits_between(session, run.first_day - MARGIN, run.last_day + MARGIN)
        book = _book(planning_input(session), runs, rows, first_planned_day(session) or run.first_day)
    with _lock:
        # A book under another mark will never be asked for again.
        for stale in [one for one in known if one[1] != key[1]]:
            del known[stale]
        known[key] = book
        while len(known) > BOOKS_KEPT:
            known.popitem(last=False)
    return _told_in(zone, book)


def _told_in(zone: tzinfo, book: PlanBook) -> PlanBook:
    created = book.created.astimezone(zone)
    return book if created.tzinfo is book.created.tzinfo else replace(book, created=created)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanningStock:
    """What there is to plan with: things in use."""

    sites: int
    equipment: int
    plans: int
    technicians: int


def planning_stock(store: Store) -> PlanningStock:
    """Return how much the register holds for planning."""
    with store.reading() as session:
        found: StockCount = stock_count(session)
    return PlanningStock(
        sites=found.sites, equipment=found.equipment, plans=found.plans, technicians=found.technicians
    )


def day_kinds() -> DayKinds:
    """Return what the public calendar says of each day."""

    def kind(day: date) -> DayKind:
        year = public_year(day.year)
        if day in year.make_up_days:
            return DayKind.MAKE_UP
        if day in year.holidays:
            return DayKind.HOLIDAY
        return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORKING

    return kind


def _book(
    register: PlanningInput, runs: Sequence[PlanRunRow], rows: Sequence[VisitRow], known_since: date
) -> PlanBook:
    run = runs[-1]
    standing = {row.key: visit_of(row) for row in rows if DROPPED not in row.body}
    for newer in runs[:-1]:
        standing = _undone(standing, newer.changes)
    visits = [visit for visit in standing.values() if _belongs(visit, run)]
    return PlanBook(
        number=run.number,
        created=run.created,
        first_day=run.first_day,
        last_day=run.last_day,
        visits=tuple(sorted(visits, key=lambda one: (one.day, one.site_id, one.key))),
        unplaced=tuple(unplaced_from(one) for one in run.unplaced),
        changes=tuple(_change(one, standing) for one in run.changes),
        unchanged=run.unchanged,
        provisional_years=tuple(run.provisional_years),
        sequences={row.key: row.sequence for row in rows},
        cancelled=_cancelled(rows, standing, run),
        shortfalls=_shortfalls(register.contracts, standing.values(), known_since, run.last_day),
        customers=register.customers,
        sites=register.sites,
        equipment=register.equipment,
        technicians=register.technicians,
        plans=register.plans,
        codes=register.codes,
    )


def _belongs(visit: Visit, run: PlanRunRow) -> bool:
    """Whether the visit is part of the period: by its day, or because work that is due in it goes elsewhere."""
    return run.first_day <= visit.day <= run.last_day or any(
        run.first_day <= one.due <= run.last_day for one in visit.occurrences
    )


def _undone(visits: Mapping[str, Visit], changes: Iterable[Mapping[str, Any]]) -> dict[str, Visit]:
    """Return the visits as they were before a run made its changes."""
    found = dict(visits)
    for one in changes:
        if one["before"] is None:
            found.pop(one["key"], None)
        else:
            found[one["key"]] = visit_from_json(one["before"])
    return found


def _change(one: Mapping[str, Any], after: Mapping[str, Visit]) -> VisitChange:
    change = Change(one["change"])
    return VisitChange(
        change=change,
        key=one["key"],
        site_id=one["site_id"],
        before=visit_from_json(one["before"]) if one["before"] is not None else None,
        after=None if change is Change.REMOVED else after.get(one["key"]),
        fields=tuple(one["fields"]),
    )


def _cancelled(rows: Sequence[VisitRow], standing: Mapping[str, Visit], run: PlanRunRow) -> tuple[Visit, ...]:
    found = []
    for row in rows:
        if row.key not in standing and DROPPED in row.body:
            visit = visit_of(row)
            if _belongs(visit, run):
                found.append(visit)
        former: Sequence[str] = row.body.get(FORMER, ())
        if former:
            visit = visit_of(row)
            found += [handed_over(visit, one) for one in former if _belongs(visit, run)]
    return tuple(sorted(found, key=lambda one: (one.day, one.key, one.technician_id or "")))


def _shortfalls(
    contracts: Iterable[Contract], visits: Iterable[Visit], known_since: date, last_day: date
) -> tuple[Shortfall, ...]:
    """Return where fewer visits stand than were sold, judged only on days that plans have looked at."""
    days: dict[str, set[date]] = {}
    for visit in visits:
        if visit.state not in _GONE:
            days.setdefault(visit.site_id, set()).add(visit.day)
    found = []
    for contract in contracts:
        visited = days.get(contract.site_id, set())
        for year in contract_balance(contract, visited).years:
            first, last = max(year.span.start, known_since), min(year.span.end - ONE_DAY, last_day)
            if last < first:
                continue
            # A part of a year owes its share; half a visit is owed to nobody.
            sold = year.sold * ((last - first).days + 1) // year.span.days
            planned = sum(first <= day <= last for day in visited)
            if planned < sold:
                found.append(
                    Shortfall(
                        contract_id=contract.id,
                        site_id=contract.site_id,
                        first_day=first,
                        last_day=last,
                        sold=sold,
                        planned=planned,
                    )
                )
    return tuple(sorted(found, key=lambda one: (one.site_id, one.first_day, one.contract_id)))
