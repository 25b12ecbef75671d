"""What a period asks for: the trips that are due, the visits that stand, the ones that may move.

Which visits of earlier plans move, and which do not:

- Booked, done and locked visits stand; so does a partly done one with what was done in it. So do visits that were
  missed or that people cancelled. What they leave over comes back as new work with a key of its own (`…~2`).
- Forecast and called visits whose due dates all lie in the period are planned anew: the same work gets the same
  key and, where nothing stands in the way, the same place.
- A *late* visit did not take place: it is open, and its day has passed; a day inside the period has passed when its
  window has too, so that a report may be a little late. A visit that was planned for a day that was over by then is
  not late: it was never a promise. What a partly done or missed visit left over, and nobody has yet been sent to do, is
  late at once. The work of late visits, and what else is owed from before
  (`kb.usecases.plan_overdue`), is made good for on the first possible day from the period's first day, or from today
  where that is later. Nothing is lost.
- A visit that makes good for late work stands until its day has passed too, so that it does not wander off; only
  when one of its plans is gone is what is left of it made good for anew.
- Any other open visit (outside the period, or with due dates on both sides of its edge) stands.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from kb.store import PlanningInput
from kb.usecases.plan_contracts import covered_spans, is_covered, least_spacing, without_contract
from kb.usecases.plan_overdue import UNTOUCHED, Past, dates_of, owed_from
from planner.calendars import WorkCalendar, site_calendar, technician_calendar
from planner.model import (
    DateSpan,
    DueWork,
    Occurrence,
    ReasonKind,
    Unplaced,
    Visit,
    VisitState,
)
from planner.routing import DEFAULT_RULE, TravelRule, longest_trip
from planner.scheduling import (
    Overdue,
    combined_levels,
    completions_of,
    due_occurrences,
    is_made_good,
    made_good,
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
_GONE = frozenset({VisitState.MISSED, VisitState.CANCELLED})
_DONE = frozenset({VisitState.DONE, VisitState.PARTLY_DONE})
Windows = Mapping[str, tuple[date, date]]
"""First and last day on which late work is made good, by key."""


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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Span:
    """The days of a planning.

    Args:
        start: The first day on which anything can still happen: today, or the first day where that is later.
    """

    first_day: date
    last_day: date
    today: date

    @property
    def start(self) -> date:
        return max(self.first_day, self.today)

    @property
    def catches_up(self) -> bool:
        """Whether any day is left on which late work can be made good."""
        return self.start <= self.last_day

    def holds(self, day: date) -> bool:
        return self.first_day <= day <= self.last_day


def plan_task(
    register: PlanningInput,
    visits: Sequence[Visit],
    *,
    past: Past,
    first_day: date,
    last_day: date,
    today: date,
    overdue: Overdue = Overdue.MERGE,
    rule: TravelRule = DEFAULT_RULE,
) -> PlanTask:
    """Return what planning the days from `first_day` to `last_day`, both included, has to place.

    Args:
        register: The register.
        visits: Every visit there is, those that a plan has dropped left out.
        past: What earlier runs and people left behind.
        today: Decides which visits are late.
        overdue: What becomes of work whose window has passed.
        rule: What is assumed about the roads.
    """
    span = _Span(first_day=first_day, last_day=last_day, today=today)
    late = [visit for visit in visits if _is_late(visit, span, past, register)]
    known_late = {visit.key for visit in late}
    anew = [visit for visit in visits if visit.key not in known_late and _is_anew(visit, span)]
    moving = {*known_late, *(visit.key for visit in anew)}
    standing = [visit for visit in visits if visit.key not in moving]
    site_calendars = {one: site_calendar(site) for one, site in register.sites.items()}
    covered = covered_spans(register.contracts)
    due, windows = _due(
        register,
        visits,
        standing=standing,
        anew=anew,
        late=late,
        site_calendars=site_calendars,
        covered=covered,
        past=past,
        span=span,
        overdue=overdue,
    )
    work: list[DueWork] = []
    uncovered = []
    for site_id, of_site in sorted(due.items()):
        inside: list[Occurrence] = []
        outside: list[Occurrence] = []
        for one in of_site:
            day = windows[one.key][0] if one.key in windows else one.due
            (inside if is_covered(day, covered.get(site_id)) else outside).append(one)
        if outside:
            uncovered.append(without_contract(site_id, outside, register.plans))
        if inside:
            work += _trips(
                register, site_id, inside, windows, site_calendars, covered.get(site_id), span, rule
            )
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
        spacing=least_spacing(register.contracts),
    )


def _may_move(visit: Visit) -> bool:
    return visit.state in UNTOUCHED and not visit.locked


def _makes_good(visit: Visit) -> bool:
    return any(is_made_good(one) for one in visit.occurrences)


def _is_late(visit: Visit, span: _Span, past: Past, register: PlanningInput) -> bool:
    if not _may_move(visit) or not span.catches_up:
        return False
    if visit.technician_id is None and visit.day <= span.start:
        return True  # left over by a visit that took place only in part, or not at all
    if _makes_good(visit) and any(one.plan_id not in register.plans for one in visit.occurrences):
        return True
    if visit.day >= span.today:
        return False
    if visit.day < span.first_day:
        return True
    was_ahead = past.planned_on[visit.key] <= visit.day
    return was_ahead and (visit.latest < span.today or _makes_good(visit))


def _is_anew(visit: Visit, span: _Span) -> bool:
    return (
        _may_move(visit) and not _makes_good(visit) and all(span.holds(one.due) for one in visit.occurrences)
    )


def _due(
    register: PlanningInput,
    visits: Iterable[Visit],
    *,
    standing: Sequence[Visit],
    anew: Sequence[Visit],
    late: Sequence[Visit],
    site_calendars: Mapping[str, WorkCalendar],
    covered: Mapping[str, Sequence[DateSpan]],
    past: Past,
    span: _Span,
    overdue: Overdue,
) -> tuple[dict[str, list[Occurrence]], Windows]:
    """Return what is to be done at each site, the levels of each machine combined, what stands left out; and the
    days on which late work is made good.
    """
    completions = completions_of(
        (occurrence, past.done_on.get(visit.key, visit.day))
        for visit in visits
        if visit.state in _DONE
        for occurrence in visit.occurrences
    )
    planned, left_over = _keys(anew), _keys(late)
    since: dict[str, date] = {}
    for visit in late:
        for plan_id, day in (pair for one in visit.occurrences for pair in dates_of(one)):
            since[plan_id] = min(day, since.get(plan_id, day))
    calendars = {one: SERVICE_CALENDAR.joined_with(calendar) for one, calendar in site_calendars.items()}
    owed: dict[str, date] = {}
    found: list[Occurrence] = []
    for plan in register.plans.values():
        machine = register.equipment[plan.equipment_id]
        first = span.first_day
        if span.catches_up:
            of_site = covered.get(machine.site_id)
            bound = owed_from(past.followed_since.get(plan.id), machine, of_site, span.start) or date.max
            owed[plan.id] = bound
            first = min(first, bound, since.get(plan.id, first))
        found += [
            one
            for one in due_occurrences(
                plan,
                start=first,
                end=span.last_day + ONE_DAY,
                calendar=calendars[machine.site_id],
                completions=completions.get(plan.id, {}),
                in_service=machine.commissioned,
            )
            if span.first_day <= one.due or one.key in left_over or _is_owed(one, owed, span)
        ]
    by_machine: dict[str, list[Occurrence]] = defaultdict(list)
    for occurrence in open_occurrences(found, standing):
        by_machine[occurrence.equipment_id].append(occurrence)
    due: dict[str, list[Occurrence]] = defaultdict(list)
    windows: dict[str, tuple[date, date]] = {}
    for machine_id, of_machine in by_machine.items():
        site_id = register.equipment[machine_id].site_id
        judged = []
        for one in combined_levels(of_machine):
            is_planned = one.key in planned or (one.key not in left_over and not _is_owed(one, owed, span))
            if one.due < span.start and span.first_day <= one.due and is_planned:
                due[site_id].append(one)
            else:
                judged.append(one)
        made = made_good(judged, start=span.start, policy=overdue, calendar=calendars[site_id])
        due[site_id].extend(made.left)
        windows.update(made.windows)
    return due, windows


def _keys(visits: Iterable[Visit]) -> frozenset[str]:
    return frozenset(key for visit in visits for one in visit.occurrences for key in (one.key, *one.absorbed))


def _is_owed(one: Occurrence, owed: Mapping[str, date], span: _Span) -> bool:
    """Whether work is owed from before; see `kb.usecases.plan_overdue`."""
    is_near = one.due < span.today or one.latest >= span.first_day
    return one.due >= owed.get(one.plan_id, date.max) and is_near


def _trips(
    register: PlanningInput,
    site_id: str,
    due: Sequence[Occurrence],
    windows: Windows,
    site_calendars: Mapping[str, WorkCalendar],
    covered: Sequence[DateSpan] | None,
    span: _Span,
    rule: TravelRule,
) -> list[DueWork]:
    """Return the trips of a site; no day outside the contract, none before the period, none after it if possible.

    Late work takes the first days on which it can be made good; only where nobody can come then, it uses all of them.
    """
    calendar = SERVICE_CALENDAR.joined_with(site_calendars[site_id])
    skills = frozenset().union(*(register.plans[one.plan_id].skills for one in due))
    people = [
        one
        for one in register.technicians.values()
        if skills <= one.skills_ever and any(skills <= one.skills_on(work.due) for work in due)
    ]
    longest = longest_trip(register.sites[site_id], people or register.technicians.values(), rule=rule)
    whole = {one.key: one for one in due}
    allowed = {
        one.key: _clipped(one, windows.get(one.key), covered, calendar, span.first_day, span.last_day)
        for one in due
    }
    trips = merged_at_site(
        [_soon(one, calendar) if one.key in windows else one for one in allowed.values()],
        site_id=site_id,
        plans=register.plans,
        calendar=calendar,
        longest=longest or USUAL_TRIP,
        choice_days=CHOICE_DAYS,
    )
    # People read the windows as the plans state them; only the trip knows that the period or contract cuts them.
    return [
        replace(
            _with_all_days(trip, allowed, windows, calendar),
            occurrences=tuple(_as_stated(one, whole) for one in trip.occurrences),
        )
        for trip in trips
    ]


def _soon(late: Occurrence, calendar: WorkCalendar) -> Occurrence:
    """Return late work with the first working days of its window as its whole window."""
    days = calendar.working_days(late.earliest, late.latest + ONE_DAY)[:CHOICE_DAYS]
    return replace(late, latest=days[-1]) if days else late


def _with_all_days(
    trip: DueWork, allowed: Mapping[str, Occurrence], windows: Windows, calendar: WorkCalendar
) -> DueWork:
    """Return a trip with late work as soon as it can be, and with all days on which it may be."""
    keys = [key for one in trip.occurrences for key in (one.key, *one.absorbed) if key in allowed]
    if not any(key in windows for key in keys):
        return trip
    latest = min(allowed[key].latest for key in keys)
    days = calendar.working_days(trip.earliest, latest + ONE_DAY)
    ideal = days[0] if days else trip.ideal
    reasons = tuple(
        replace(one, values=(*(pair for pair in one.values if pair[0] != "to"), ("to", ideal.isoformat())))
        if one.kind is ReasonKind.MERGED
        else one
        for one in trip.reasons
    )
    return replace(trip, ideal=ideal, latest=latest, reasons=reasons)


def _clipped(
    occurrence: Occurrence,
    late: tuple[date, date] | None,
    covered: Sequence[DateSpan] | None,
    calendar: WorkCalendar,
    first_day: date,
    last_day: date,
) -> Occurrence:
    earliest, latest = late or (max(occurrence.earliest, first_day), occurrence.latest)
    for span in covered or ():
        if (earliest if late else occurrence.due) in span:
            earliest, latest = max(earliest, span.start), min(latest, span.end - ONE_DAY)
    if latest > last_day and calendar.working_days(earliest, last_day + ONE_DAY):
        latest = last_day
    return replace(occurrence, earliest=earliest, latest=latest)


def _as_stated(occurrence: Occurrence, whole: Mapping[str, Occurrence]) -> Occurrence:
    stated = whole[occurrence.key]
    return stated if stated.absorbed == occurrence.absorbed else occurrence


def _free_key(key: str, taken: Iterable[str]) -> str:
    """Return `key`, with a number behind it where a visit that stands has it already."""
    found, number = key, 1
    while found in taken:
        number += 1
        found = f"{key}~{number}"
    return found
