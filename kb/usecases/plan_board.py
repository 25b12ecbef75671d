"""Moving, swapping and cancelling visits by hand: what it breaks and costs is told before anybody says yes.

A move is judged and written by the rules of `kb.usecases.visits`; here the price is added, and a swap is judged as
one change, so that the two visits are not in each other's way.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from kb.errors import BadInput, Conflict, Fault, Unconfirmed
from kb.store import Store
from kb.store.mapping import site_of, technician_of, time_span
from kb.store.register import Session
from kb.store.tables import SiteRow, TechnicianRow
from kb.store.visit_rows import VisitSelection, page_of_visits, rows_by_id
from kb.store.visits import DROPPED, visit_of
from kb.usecases.plan_words import hours_text
from kb.usecases.register_checking import Flaw, read_values
from kb.usecases.register_kinds import Wording, Wrong
from kb.usecases.travel_rules import travel_rule
from kb.usecases.visit_change import Outcome, outcome_of
from kb.usecases.visit_consequences import CONFIRM
from kb.usecases.visit_fields import VISITS
from kb.usecases.visit_reading import KeptVisit, visit_in
from kb.usecases.visit_states import OPEN
from kb.usecases.visit_surroundings import GONE, Around, around_visit
from kb.usecases.visits import judged, write_change
from planner.calendars import site_calendar, technician_calendar
from planner.model import Visit, VisitState
from planner.routing.board import home_place, site_place
from planner.routing.diary import Diary
from planner.scheduling import contract_balance

Place = tuple[str, date]
"""A technician's id and a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One visit of a change by hand.

    Args:
        before, after: The visit as it is and as it would be; `after` is None where it would be cancelled.
        revision: Of the visit as it is.
    """

    before: KeptVisit
    after: Visit | None
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Consequences:
    """What a change by hand comes to, before it is made.

    Args:
        visits: The visits that change.
        faults: Why it cannot be done at all.
        warnings: Rules that it breaks; a person may mean it.
        travel_minutes, overtime_minutes: How much more driving and overtime the touched days have.
    """

    visits: tuple[Judged, ...]
    faults: tuple[Fault, ...]
    warnings: tuple[Fault, ...]
    travel_minutes: int
    overtime_minutes: int

    def json(self) -> dict[str, object]:
        """Return it for a program."""
        return {
            "possible": not self.faults,
            "faults": [_fault_json(one) for one in self.faults],
            "warnings": [_fault_json(one) for one in self.warnings],
            "travel_minutes": self.travel_minutes,
            "overtime_minutes": self.overtime_minutes,
            "visits": [
                {
                    "key": one.before.key,
                    "revision": one.revision,
                    "before": _side_json(one.before.visit, one.before),
                    "after": _side_json(one.after, one.before) if one.after else None,
                }
                for one in self.visits
            ],
        }


@dataclass(frozen=True, slots=True)
class _Case:
    kept: KeptVisit
    outcome: Outcome
    around: Around
    flaws: tuple[Flaw, ...]


def consequences_of_change(
    store: Store, key: str, raw: Mapping[str, object], *, wording: Wording, today: date
) -> Consequences:
    """Return what a change of a visit comes to: a move, a lock, a cancellation; nothing is written.

    Raises:
        NotFound: There is no such visit.
    """
    with store.reading() as session:
        kept = visit_in(session, key, today=today)
        values, flaws = read_values(VISITS, raw, wording, kept.values)
        outcome, around = judged(session, kept, values, today=today)
        case = _Case(kept, outcome, around, tuple(flaws))
        return _told(session, [case], wording)


def consequences_of_swap(
    store: Store, key: str, other: str, *, wording: Wording, today: date
) -> Consequences:
    """Return what it comes to when two visits change their days and technicians; nothing is written.

    Raises:
        NotFound: One of the visits is not there.
        BadInput: It is one visit twice, or one of them is not open.
    """
    with store.reading() as session:
        return _told(session, _swap(session, key, other, wording, today), wording)


def swap_visits(
    store: Store,
    key: str,
    other: str,
    *,
    confirm: bool,
    wording: Wording,
    who: str,
    now: datetime,
    revisions: tuple[int, int] | None = None,
) -> Consequences:
    """Let two visits change their days and technicians, and return what it came to; both are locked then.

    Args:
        confirm: Whether the person has read what it breaks.
        revisions: Those that the change was made from; None changes whatever is there.

    Raises:
        NotFound, BadInput: As `consequences_of_swap`, or it cannot be done; every fault is told.
        Conflict: A visit has another revision by now.
        Unconfirmed: Rules are broken and `confirm` was not given.
    """
    with store.writing() as session:
        cases = _swap(session, key, other, wording, now.date())
        if revisions is not None and revisions != tuple(one.kept.revision for one in cases):
            raise Conflict("one of the two visits was changed meanwhile; look at them again")
        told = _told(session, cases, wording)
        if told.faults:
            raise BadInput("the visits were not swapped", told.faults)
        if told.warnings and not confirm:
            raise Unconfirmed("the visits were not swapped: it breaks rules of planning", told.warnings)
        for one in cases:
            write_change(session, one.kept, one.outcome, one.around, who=who, now=now)
        return told


def _swap(session: Session, key: str, other: str, wording: Wording, today: date) -> list[_Case]:
    pair = [visit_in(session, one, today=today) for one in (key, other)]
    faults = [
        Fault(where=one.key, what=f"it is {one.state.value}", repair="swap open visits only")
        for one in pair
        if one.state not in OPEN or one.dropped
    ]
    if key == other:
        faults.append(Fault(where=key, what="it is named twice", repair="choose another visit"))
    if faults:
        raise BadInput("these visits cannot be swapped", faults)
    cases = []
    for one, there in (pair, pair[::-1]):
        raw = {
            "day": there.visit.day.isoformat(),
            "technician": there.values["technician"] or "",
        }
        values, flaws = read_values(VISITS, raw, wording, one.values)
        around = around_visit(session, one, values.get("technician"), values.get("day") or one.visit.day)
        around = replace(
            around,
            same_day=tuple(visit for visit in around.same_day if visit.key != there.key),
            at_site=tuple(visit for visit in around.at_site if visit.key != there.key),
        )
        technician_id = around.technician.id if around.technician else None
        outcome = outcome_of(one, values, around, technician_id=technician_id, today=today)
        cases.append(_Case(one, outcome, around, tuple(flaws)))
    return cases


def _told(session: Session, cases: Iterable[_Case], wording: Wording) -> Consequences:
    cases = list(cases)
    found: list[Judged] = []
    flaws: list[Flaw] = []
    warnings: list[Flaw] = []
    for one in cases:
        flaws += [*one.flaws, *one.outcome.flaws]
        warnings += one.outcome.warnings
        after = _after(one)
        if after is None:
            warnings += _missing_then(one)
        found.append(Judged(before=one.kept, after=after, revision=one.kept.revision))
    travel, overtime = (0, 0) if flaws else _price(session, found)
    return Consequences(
        visits=tuple(found),
        faults=tuple(one.fault(wording) for one in flaws),
        warnings=tuple(one.fault(wording) for one in warnings),
        travel_minutes=travel,
        overtime_minutes=overtime,
    )


def _after(one: _Case) -> Visit | None:
    columns = one.outcome.columns
    if columns.get("state") in {state.value for state in GONE}:
        return None
    body = columns.get("body", one.kept.body)
    visit = one.kept.visit
    return replace(
        visit,
        day=columns.get("day", visit.day),
        technician_id=columns.get("technician_id", visit.technician_id),
        locked=columns.get("locked", visit.locked),
        hours=time_span(body["hours"]) if body.get("hours") else None,
        further=visit.further if body.get("further") else (),
    )


def _missing_then(one: _Case) -> list[Flaw]:
    """Return the contract years that hold fewer visits than sold once the visit is cancelled."""
    if one.kept.state is VisitState.CANCELLED:
        return []
    days = {visit.day for visit in one.around.at_site}
    found = []
    for contract in one.around.contracts:
        for year in contract_balance(contract, days).years:
            held = sum(day in year.span for day in days)
            if one.kept.visit.day in year.span and held < year.sold:
                wrong = Wrong(
                    "only {held} of {sold} visits that were sold until {end} would be left",
                    CONFIRM,
                    held=held,
                    sold=year.sold,
                    end=year.span.end - timedelta(days=1),
                )
                found.append(Flaw(field="state", wrong=wrong))
    return found


def _price(session: Session, changes: Iterable[Judged]) -> tuple[int, int]:
    """Return how much more driving and overtime the touched days have, in minutes."""
    changes = list(changes)
    places: set[Place] = set()
    for one in changes:
        for visit in (one.before.visit, one.after):
            if visit is not None and visit.technician_id is not None:
                places.add((visit.technician_id, visit.day))
    people = {
        id: technician_of(row)
        for id, row in rows_by_id(session, TechnicianRow, (one for one, _ in places)).items()
    }
    standing: list[Visit] = []
    for technician_id, day in sorted(places):
        wanted = VisitSelection(technician_id=technician_id, first_day=day, last_day=day)
        standing += [visit_of(row) for row in page_of_visits(session, wanted) if DROPPED not in row.body]
    keys = {one.before.key for one in changes}
    after = [one for one in standing if one.key not in keys]
    after += [one.after for one in changes if one.after is not None]
    sites = {
        id: site_of(row)
        for id, row in rows_by_id(session, SiteRow, (one.site_id for one in (*standing, *after))).items()
    }
    sums = []
    for visits in (standing, after):
        diary = Diary(
            visits,
            sites=sites,
            technicians=people,
            site_calendars={id: site_calendar(site) for id, site in sites.items()},
            technician_calendars={id: technician_calendar(person) for id, person in people.items()},
            rule=travel_rule(session),
        )
        costs = [diary.day_cost(*one) for one in places if one[0] in people]
        # Where nobody knows the hours, the way is at least there and back.
        apart = sum(
            2 * diary.travel.minutes(home_place(one.technician_id), site_place(one.site_id))
            for one in visits
            if one.hours is None and one.technician_id in people and one.technician_id is not None
        )
        sums.append((sum(one.travel for one in costs) + apart, sum(one.overtime for one in costs)))
    return sums[1][0] - sums[0][0], sums[1][1] - sums[0][1]


def _fault_json(one: Fault) -> dict[str, str]:
    return {"where": one.where, "what": one.what, "repair": one.repair}


def _side_json(visit: Visit, kept: KeptVisit) -> dict[str, object]:
    return {
        "day": visit.day.isoformat(),
        "technician": visit.technician_id,
        "hours": hours_text(visit.hours),
        "locked": visit.locked,
        "site_name": kept.names.site_names.get(visit.site_id, visit.site_id),
    }
