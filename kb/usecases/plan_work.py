"""What a period asks for: the trips that are due, the visits that stand, the ones that may move.

Which visits of earlier plans move, and which do not:

- Booked, done, partly done and locked visits stand. So do visits that were missed or that people cancelled; their
  work comes back as new work with a key of its own (`…~2`).
- Forecast and called visits whose due dates all lie in the period are planned anew: the same work gets the same
  key and, where nothing stands in the way, the same place.
- An open visit that lies before the period and before today did not take place. It is taken along: its work goes
  to the first possible day from the period's first day, or from today where that is later. Nothing is lost.
- Any other open visit (outside the period, or with due dates on both sides of its edge) stands.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kb.store import PlanningInput
from planner.calendars import WorkCalendar, site_calendar, technician_calendar
from planner.model import (
    Contract,
    DateSpan,
    DueWork,
    MaintenancePlan,
    Occurrence,
    Reason,
    ReasonKind,
    Unplaced,
    Visit,
    VisitState,
)
from planner.routing import Why, longest_trip
from planner.scheduling import (
    combined_levels,
    completions_of,
    due_occurrences,
    merged_at_site,
    open_occurrences,
)

ONE_DAY = timedelta(days=1)
SERVICE_CALENDAR = WorkCalendar()
"""The department's own working days: Monday to Friday, public holidays and make-up days."""
CHOICE_DAYS = 3
"""Working days that a merged trip keeps to choose from, so that its day can be moved to where somebody is free."""
USUAL_TRIP = timedelta(hours=8)
"""How long a trip may be where nobody can reach the site in a day: long enough that nothing is cut for it."""
CATCH_UP = timedelta(days=28)
"""Window of work that is taken along: as late as the default window allows at most."""
_MOVABLE = frozenset({VisitState.FORECAST, VisitState.CALLED})
_GONE = frozenset({VisitState.MISSED, VisitState.CANCELLED})
_DONE = frozenset({VisitState.DONE, VisitState.PARTLY_DONE})


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanTask:
    """What is to be placed, and around what.

    Args:
        work: Trips to place.
        standing: Visits that keep their technician's time.
        before: Open visits that are planned anew.
        uncovered: Work at sites whose contract does not cover its date.
        site_calendars, technician_calendars: By id.
        spacing: Least time between visits, by site id.
    """

    work: tuple[DueWork, ...]
    standing: tuple[Visit, ...]
    before: tuple[Visit, ...]
    uncovered: tuple[Unplaced, ...]
    site_calendars: Mapping[str, WorkCalendar]
    technician_calendars: Mapping[str, WorkCalendar]
    spacing: Mapping[str, timedelta]


def plan_task(
    register: PlanningInput,
    visits: Sequence[Visit],
    *,
    done_on: Mapping[str, date],
    first_day: date,
    last_day: date,
    today: date,
) -> PlanTask:
    """Return what planning the days from `first_day` to `last_day`, both included, has to place.

    Args:
        register: The register.
        visits: Every visit there is, those that a plan has dropped left out.
        done_on: The day on which a visit was done where that is not its planned day, by key.
        today: Decides which visits are late.
    """
    anew = [visit for visit in visits if _is_anew(visit, first_day, last_day)]
    late = [visit for visit in visits if _is_late(visit, first_day, last_day, today)]
    moving = {visit.key for visit in (*anew, *late)}
    standing = [visit for visit in visits if visit.key not in moving]
    site_calendars = {one: site_calendar(site) for one, site in register.sites.items()}
    covered = _covered_spans(register.contracts)
    due = _due(register, visits, [*standing, *late], site_calendars, done_on, first_day, last_day)
    work = []
    uncovered = []
    for site_id, of_site in sorted(due.items()):
        inside = [one for one in of_site if _is_covered(one.due, covered.get(site_id))]
        outside = [one for one in of_site if not _is_covered(one.due, covered.get(site_id))]
        if outside:
            uncovered.append(_without_contract(site_id, outside, register.plans))
        if inside:
            work += _trips(
                register, site_id, inside, site_calendars, covered.get(site_id), first_day, last_day
            )
    start = max(first_day, today)
    work += [one for visit in late if (one := _taken_along(visit, register, start, last_day)) is not None]
    taken = {visit.key for visit in standing}
    return PlanTask(
        work=tuple(replace(one, key=_free_key(one.key, taken)) for one in work),
        standing=tuple(visit for visit in standing if visit.state not in _GONE),
        before=(*anew, *late),
        uncovered=tuple(uncovered),
        site_calendars=site_calendars,
        technician_calendars={
            one: technician_calendar(person) for one, person in register.technicians.items()
        },
        spacing=_spacing(register.contracts),
    )


def _is_anew(visit: Visit, first_day: date, last_day: date) -> bool:
    return _may_move(visit) and all(first_day <= one.due <= last_day for one in visit.occurrences)


def _is_late(visit: Visit, first_day: date, last_day: date, today: date) -> bool:
    is_past = visit.day < first_day and visit.day < today
    return (
        _may_move(visit)
        and is_past
        and max(first_day, today) <= last_day
        and not _is_anew(visit, first_day, last_day)
    )


def _may_move(visit: Visit) -> bool:
    return visit.state in _MOVABLE and not visit.locked


def _due(
    register: PlanningInput,
    visits: Iterable[Visit],
    standing: Sequence[Visit],
    site_calendars: Mapping[str, WorkCalendar],
    done_on: Mapping[str, date],
    first_day: date,
    last_day: date,
) -> dict[str, list[Occurrence]]:
    """Return what falls due at each site, the levels of each machine combined, what stands left out."""
    completions = completions_of(
        (occurrence, done_on.get(visit.key, visit.day))
        for visit in visits
        if visit.state in _DONE
        for occurrence in visit.occurrences
    )
    calendars = {one: SERVICE_CALENDAR.joined_with(calendar) for one, calendar in site_calendars.items()}
    found: list[Occurrence] = []
    for plan in register.plans.values():
        machine = register.equipment[plan.equipment_id]
        found += due_occurrences(
            plan,
            start=first_day,
            end=last_day + ONE_DAY,
            calendar=calendars[machine.site_id],
            completions=completions.get(plan.id, {}),
        )
    by_machine: dict[str, list[Occurrence]] = defaultdict(list)
    for occurrence in open_occurrences(found, standing):
        by_machine[occurrence.equipment_id].append(occurrence)
    due: dict[str, list[Occurrence]] = defaultdict(list)
    for machine_id, of_machine in by_machine.items():
        due[register.equipment[machine_id].site_id].extend(combined_levels(of_machine))
    return due


def _trips(
    register: PlanningInput,
    site_id: str,
    due: Sequence[Occurrence],
    site_calendars: Mapping[str, WorkCalendar],
    covered: Sequence[DateSpan] | None,
    first_day: date,
    last_day: date,
) -> list[DueWork]:
    """Return the trips of a site; no day outside the contract, none before the period, none after it if possible."""
    calendar = SERVICE_CALENDAR.joined_with(site_calendars[site_id])
    skills = frozenset().union(*(register.plans[one.plan_id].skills for one in due))
    people = [one for one in register.technicians.values() if skills <= one.skills]
    longest = longest_trip(register.sites[site_id], people or register.technicians.values())
    whole = {one.key: one for one in due}
    clipped = [_clipped(one, covered, calendar, first_day, last_day) for one in due]
    trips = merged_at_site(
        clipped,
        site_id=site_id,
        plans=register.plans,
        calendar=calendar,
        longest=longest or USUAL_TRIP,
        choice_days=CHOICE_DAYS,
    )
    # People read the windows as the plans state them; only the trip knows that the period or contract cuts them.
    return [
        replace(trip, occurrences=tuple(_as_stated(one, whole) for one in trip.occurrences)) for trip in trips
    ]


def _clipped(
    occurrence: Occurrence,
    covered: Sequence[DateSpan] | None,
    calendar: WorkCalendar,
    first_day: date,
    last_day: date,
) -> Occurrence:
    earliest, latest = max(occurrence.earliest, first_day), occurrence.latest
    for span in covered or ():
        if occurrence.due in span:
            earliest, latest = max(earliest, span.start), min(latest, span.end - ONE_DAY)
    if latest > last_day and calendar.working_days(earliest, last_day + ONE_DAY):
        latest = last_day
    return replace(occurrence, earliest=earliest, latest=latest)


def _as_stated(occurrence: Occurrence, whole: Mapping[str, Occurrence]) -> Occurrence:
    stated = whole[occurrence.key]
    return stated if stated.absorbed == occurrence.absorbed else occurrence


def _taken_along(visit: Visit, register: PlanningInput, start: date, last_day: date) -> DueWork | None:
    """Return the work of a visit that did not take place, as far as its plans are still there."""
    if visit.site_id not in register.sites:
        return None
    left = tuple(one for one in visit.occurrences if one.plan_id in register.plans)
    if not left:
        return None
    plans = [register.plans[one.plan_id] for one in left]
    reasons = tuple(one for one in visit.reasons if one.kind is not ReasonKind.TECHNICIAN)
    return DueWork(
        key=visit.key,
        site_id=visit.site_id,
        ideal=start,
        earliest=start,
        latest=min(max(visit.latest, start + CATCH_UP), last_day),
        occurrences=left,
        duration=sum((plan.duration for plan in plans), timedelta(0)),
        skills=frozenset().union(*(plan.skills for plan in plans)),
        lead=max(plan.lead for plan in plans),
        reasons=reasons,
    )


def _free_key(key: str, taken: Iterable[str]) -> str:
    """Return `key`, with a number behind it where a visit that stands has it already."""
    found, number = key, 1
    while found in taken:
        number += 1
        found = f"{key}~{number}"
    return found


def _covered_spans(contracts: Iterable[Contract]) -> dict[str, list[DateSpan]]:
    """Return the days that contracts cover, by site; one that follows another without a gap continues it."""
    by_site: dict[str, list[DateSpan]] = defaultdict(list)
    for contract in sorted(contracts, key=lambda one: (one.site_id, one.validity.start, one.validity.end)):
        spans = by_site[contract.site_id]
        if spans and contract.validity.start <= spans[-1].end:
            last = spans.pop()
            spans.append(DateSpan(start=last.start, end=max(last.end, contract.validity.end)))
        else:
            spans.append(DateSpan(start=contract.validity.start, end=contract.validity.end))
    return by_site


def _is_covered(day: date, covered: Sequence[DateSpan] | None) -> bool:
    """Whether work may be due on `day`: a site that never had a contract is served without one."""
    return covered is None or any(day in span for span in covered)


def _without_contract(
    site_id: str, due: Sequence[Occurrence], plans: Mapping[str, MaintenancePlan]
) -> Unplaced:
    left = tuple(sorted(due, key=lambda one: one.key))
    values = (("why", Why.CONTRACT), ("relax", "contract"), ("dates", str(len({one.due for one in left}))))
    return Unplaced(
        site_id=site_id,
        earliest=min(one.due for one in left),
        latest=max(one.due for one in left),
        occurrences=left,
        duration=sum((plans[one.plan_id].duration for one in left), timedelta(0)),
        reason=Reason(kind=ReasonKind.UNPLACED, values=values),
    )


def _spacing(contracts: Iterable[Contract]) -> dict[str, timedelta]:
    found: dict[str, timedelta] = {}
    for contract in contracts:
        if contract.min_spacing is not None:
            found[contract.site_id] = max(contract.min_spacing, found.get(contract.site_id, timedelta(0)))
    return found
