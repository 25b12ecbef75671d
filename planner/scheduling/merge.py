"""One trip per site: work of several machines and levels whose windows have days in common."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta

from planner.calendars import WorkCalendar
from planner.errors import InvalidInput
from planner.model import DueWork, MaintenancePlan, Needs, Occurrence, Reason, ReasonKind
from planner.scheduling.keys import parsed_key
from planner.scheduling.levels import combined_levels

ONE_DAY = timedelta(days=1)


def merged_at_site(
    occurrences: Sequence[Occurrence],
    *,
    site_id: str,
    plans: Mapping[str, MaintenancePlan],
    calendar: WorkCalendar,
    longest: timedelta,
    choice_days: int = 1,
) -> tuple[DueWork, ...]:
    """Return the trips that one site needs, earliest first; every occurrence is in exactly one of them.

    The occurrence that must be done soonest opens a trip, and all others join it, the most urgent first, whose windows
    leave the trip a working day in common, as long as its work fits into `longest`. Without that limit no smaller
    number of trips exists. A trip holds at most one occurrence of each plan. Where it holds two levels of one machine,
    the larger absorbs the smaller, so no checklist is worked through twice.

    Args:
        occurrences: Of machines of this site; levels combined or not.
        plans: By id, at least those of the occurrences.
        calendar: When somebody can be at the site.
        longest: Working time that one trip may take; a single occurrence that needs more still gets its trip.
        choice_days: Working days that the windows of a trip must have in common: 1 gives the fewest trips, more leave
            a choice of days for those who plan the routes. A window with fewer days asks for all of its own.

    Raises:
        InvalidInput: A plan is missing, a key comes twice, `longest` is not positive, or `choice_days` is below 1.

    Source:
        Spec of scheduling, point 12; stabbing intervals with the fewest points by earliest right end.
    """
    _require_valid(occurrences, plans, longest, choice_days)
    waiting = sorted(occurrences, key=lambda one: (one.latest, one.earliest, one.key))
    trips = []
    while waiting:
        trip = _Trip(opener=waiting[0], plans=plans, calendar=calendar, choice_days=choice_days)
        waiting = [candidate for candidate in waiting[1:] if not trip.takes(candidate, longest)]
        trips.append(trip)
    _move_to_nearer_trips(trips, longest)
    works = [trip.due_work(site_id) for trip in trips]
    return tuple(sorted(works, key=lambda work: (work.ideal, work.key)))


def _move_to_nearer_trips(trips: Sequence["_Trip"], longest: timedelta) -> None:
    """Move what joined the first trip it could to the trip that was opened nearest to its own due date.

    Without this, work with a wide window, such as a yearly inspection, would always go too early. Openers stay, so the
    number of trips does too.
    """
    for position, trip in enumerate(trips):
        for member in trip.joined():
            own = abs(trip.opener.due - member.due)
            nearer = sorted(
                (distance, number)
                for number, other in enumerate(trips[position + 1 :], start=position + 1)
                if other.opener.earliest <= member.latest
                and (distance := abs(other.opener.due - member.due)) < own
            )
            for _, number in nearer:
                if trips[number].takes(member, longest):
                    trip.gives_up(member)
                    break


class _Trip:
    """A trip while it is filled.

    The opener's last working days are what all members have in common; a candidate fits if its window holds them.
    """

    def __init__(
        self,
        *,
        opener: Occurrence,
        plans: Mapping[str, MaintenancePlan],
        calendar: WorkCalendar,
        choice_days: int,
    ) -> None:
        self._plans = plans
        self._calendar = calendar
        self.opener = opener
        self._members = [opener]
        working_days = _last_working_days(opener, calendar, choice_days)
        self._has_working_day = bool(working_days)
        self._common_first, self._common_last = (
            (working_days[-1], working_days[0]) if working_days else (opener.latest, opener.latest)
        )

    def takes(self, candidate: Occurrence, longest: timedelta) -> bool:
        """Return whether `candidate` fits, and make it a member if it does."""
        if candidate.earliest > self._common_first or candidate.latest < self._common_last:
            return False
        if not _go_together(self._plans[candidate.plan_id].needs, self._plans[self.opener.plan_id].needs):
            return False
        if any(member.plan_id == candidate.plan_id for member in self._members):
            return False
        # Where nobody can come at all, work with hope is not tied to work without.
        if not self._has_working_day and _last_working_days(candidate, self._calendar, 1):
            return False
        durations = (self._plans[member.plan_id].duration for member in (*self._members, candidate))
        if sum(durations, timedelta(0)) > longest:
            return False
        self._members.append(candidate)
        return True

    def joined(self) -> tuple[Occurrence, ...]:
        """Return the members other than the opener."""
        return tuple(self._members[1:])

    def gives_up(self, member: Occurrence) -> None:
        """Let `member` go to another trip."""
        self._members.remove(member)

    def due_work(self, site_id: str) -> DueWork:
        """Return the finished trip; its key names the first of its occurrences."""
        members = _levels_combined(self._members)
        earliest = max(member.earliest for member in self._members)
        latest = min(member.latest for member in self._members)
        ideal = _ideal(self._members, earliest, latest, self._calendar)
        served = [self._plans[member.plan_id] for member in members]
        absorbed = [
            self._plans[plan_id]
            for member in members
            for key in member.absorbed
            if (plan_id := parsed_key(key).plan_id) in self._plans
        ]
        skills = [plan.skills for plan in (*served, *absorbed)]
        return DueWork(
            key=f"{site_id}/{members[0].key}",
            site_id=site_id,
            ideal=ideal,
            earliest=earliest,
            latest=latest,
            occurrences=members,
            duration=sum((plan.duration for plan in served), timedelta(0)),
            skills=frozenset().union(*skills),
            lead=max(plan.lead for plan in served),
            reasons=_merged_reasons(self._members, members, ideal),
            needs=_needs_of([plan.needs for plan in served], [plan.needs for plan in absorbed]),
        )


def _go_together(one: Needs, other: Needs) -> bool:
    """Whether two occurrences may be one trip: several days stay alone, optional work never hangs on due work."""
    if one.days > 1 or other.days > 1:
        return False
    return (one.crew, one.second_skills, one.is_optional) == (
        other.crew,
        other.second_skills,
        other.is_optional,
    )


def _needs_of(served: Sequence[Needs], absorbed: Sequence[Needs]) -> Needs:
    """Return what a trip needs: every kit, and for optional work together what each part of it is worth.

    Due work that an optional level absorbs stays due, and so does the trip.
    """
    prices = [one.price for one in served if one.price is not None]
    is_due = len(prices) < len(served) or any(one.price is None for one in absorbed)
    return replace(
        served[0],
        kits=frozenset().union(*(one.kits for one in (*served, *absorbed))),
        price=None if is_due else sum(prices),
    )


def _last_working_days(occurrence: Occurrence, calendar: WorkCalendar, at_most: int) -> list[date]:
    """Return up to `at_most` working days of a window, the last first."""
    found: list[date] = []
    day = occurrence.latest
    while day >= occurrence.earliest and len(found) < at_most:
        if calendar.is_working(day):
            found.append(day)
        day -= ONE_DAY
    return found


def _levels_combined(members: Sequence[Occurrence]) -> tuple[Occurrence, ...]:
    by_machine: dict[str, list[Occurrence]] = defaultdict(list)
    for member in members:
        by_machine[member.equipment_id].append(member)
    combined: list[Occurrence] = []
    for of_machine in by_machine.values():
        apart = max(one.due for one in of_machine) - min(one.due for one in of_machine)
        combined.extend(combined_levels(of_machine, coincidence=apart))
    return tuple(sorted(combined, key=lambda one: one.key))


def _ideal(members: Sequence[Occurrence], earliest: date, latest: date, calendar: WorkCalendar) -> date:
    """Return the working day of the window that lies nearest to all due dates together, the earlier of two."""
    dues = sorted(min(max(member.due, earliest), latest) for member in members)
    median = dues[(len(dues) - 1) // 2]
    before = after = median
    while before >= earliest or after <= latest:
        candidates = {
            day for day in (before, after) if earliest <= day <= latest and calendar.is_working(day)
        }
        if candidates:
            return min(candidates, key=lambda day: (sum(abs((day - due).days) for due in dues), day))
        before, after = before - ONE_DAY, after + ONE_DAY
    return median


def _merged_reasons(
    members: Sequence[Occurrence], left: Sequence[Occurrence], ideal: date
) -> tuple[Reason, ...]:
    if len(left) == 1:
        return ()
    machines = len({member.equipment_id for member in members})
    dues = sorted(member.due for member in members)
    values = (
        ("occurrences", str(len(left))),
        ("machines", str(machines)),
        ("first_due", dues[0].isoformat()),
        ("last_due", dues[-1].isoformat()),
        ("to", ideal.isoformat()),
    )
    return (Reason(kind=ReasonKind.MERGED, values=values),)


def _require_valid(
    occurrences: Sequence[Occurrence],
    plans: Mapping[str, MaintenancePlan],
    longest: timedelta,
    choice_days: int,
) -> None:
    missing = sorted({occurrence.plan_id for occurrence in occurrences}.difference(plans))
    faults = [f"plan {plan_id} of an occurrence is not given; give every plan" for plan_id in missing]
    counted = Counter(occurrence.key for occurrence in occurrences)
    faults += [
        f"key {key} comes {times} times; each occurrence must stand once"
        for key, times in sorted(counted.items())
        if times > 1
    ]
    if longest <= timedelta(0):
        faults.append(f"longest trip is {longest}; it must be longer than nothing")
    if choice_days < 1:
        faults.append(f"days to choose from are {choice_days}; a trip needs at least 1")
    if faults:
        raise InvalidInput(faults)
