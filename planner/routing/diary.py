"""Everybody's days with the visits that stand: where one more job would fit, and what that would cost.

A job is tried between all stops of all days that it may be on; stops behind it may start later, never earlier, and
those that are fixed keep their hours to the minute. Nobody else changes technician or day here: that is
`planner.routing.repair`'s matter.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from planner.calendars import WorkCalendar
from planner.model import Kit, Site, Technician, TimeSpan, Visit, VisitState
from planner.routing import constraints
from planner.routing.board import ONE_MINUTE, home_place, site_place
from planner.routing.jobs import DayCost, Delay, Insertion, Job, Memory, Seat, by_cost
from planner.routing.timetable import START_STEP, Spans, after, clock, common, length, opening, spans_of
from planner.routing.travel import DEFAULT_RULE, Travel, TravelRule

DELAY_PRICE = 0.5
"""Minutes of driving that a minute's delay of another visit of the day is worth: the customer waits, nobody drives."""
OVERTIME_PRICE = 2.0
"""Minutes of driving that a minute of overtime is worth: it is paid time and a half, and tires."""
BEST = 3
"""How many offers a person looks at before deciding."""
STANDING = frozenset(
    {VisitState.FORECAST, VisitState.CALLED, VisitState.BOOKED, VisitState.DONE, VisitState.PARTLY_DONE}
)
"""States of visits that take their technician's time."""


@dataclass(slots=True)
class _Day:
    """A technician's day; `is_open`: something may be put into it; `is_whole`: a visit of several days has it all."""

    home: str
    spans: Spans
    regular_end: int
    seats: list[Seat]
    is_open: bool
    is_whole: bool = False


class Diary:
    """Technicians by days, with the visits that stand.

    Args:
        visits: Visits that take time; those that are gone, or have nobody, are passed over.
        sites, technicians: By id.
        site_calendars, technician_calendars: By the same ids.
        spacing: Least time between two visits of a site, where agreed.
        rule: What is assumed about the roads.
        kits: What there is of each kit, by its code.
    """

    def __init__(
        self,
        visits: Iterable[Visit],
        *,
        sites: Mapping[str, Site],
        technicians: Mapping[str, Technician],
        site_calendars: Mapping[str, WorkCalendar],
        technician_calendars: Mapping[str, WorkCalendar],
        spacing: Mapping[str, timedelta] | None = None,
        rule: TravelRule = DEFAULT_RULE,
        kits: Mapping[str, Kit] | None = None,
    ) -> None:
        visits = list(visits)
        kept = [part for one in visits if one.state in STANDING for part in one.spread()]
        self._kits: Mapping[str, Kit] = kits or {}
        self._carried = {
            part.key: one.needs.kits
            for one in visits
            if one.needs.kits
            for part in one.spread()
            if part.technician_id == one.technician_id
        }
        self.technicians = {one: technicians[one] for one in sorted(technicians)}
        self.travel = Travel(
            {
                **{site_place(visit.site_id): None for visit in kept},
                **{site_place(one): site.position for one, site in sites.items()},
                **{home_place(one): person.home for one, person in technicians.items()},
            },
            rule,
        )
        self._site_calendars = site_calendars
        self._technician_calendars = technician_calendars
        self._spacing = spacing or {}
        self._days: dict[tuple[str, date], _Day] = {}
        self._site_days: dict[str, list[date]] = defaultdict(list)
        self._open: dict[tuple[str, date], Spans] = {}
        self._where: dict[str, tuple[str, date]] = {}
        for visit in kept:
            self._keep(visit)
        for (_, day), table in self._days.items():
            # What people made themselves may break rules; nothing is put into such a day.
            holds = not table.is_whole and self._timed(table, table.seats, day) is not None
            table.is_open = table.is_open and holds

    def able(self, job: Job) -> tuple[str, ...]:
        """Return the technicians who have the skills on some day, by id; `offer` looks at their certificates."""
        return tuple(one for one, person in self.technicians.items() if job.skills <= person.skills_ever)

    def able_on(self, job: Job, day: date) -> tuple[str, ...]:
        """Return the technicians who have the skills on `day`, by id."""
        return tuple(one for one, person in self.technicians.items() if job.skills <= person.skills_on(day))

    def bars(self, visit: Visit, skills: frozenset[str]) -> bool:
        """Whether its technician has the skills and no certificate says so on its day; a locked one is a person's word."""
        person = self.technicians.get(visit.technician_id or "")
        if person is None or visit.locked or not person.certificates:
            return False
        return skills <= person.skills_ever and not skills <= person.skills_on(visit.day)

    def days_of(self, job: Job) -> Iterator[date]:
        """Yield the days of the job's window on which its site may be visited."""
        calendar = self._site_calendars.get(job.site_id)
        least = self._spacing.get(job.site_id)
        for number in range((job.latest - job.earliest).days + 1):
            day = job.earliest + timedelta(days=number)
            if calendar is None or constraints.site_open(calendar, day):
                continue
            if not least or constraints.spaced(day, self._site_days[job.site_id], least) is None:
                yield day

    def offers(self, job: Job, *, best: int = BEST) -> tuple[Insertion, ...]:
        """Return the cheapest insertion of each technician and day, at most `best`, the cheapest first."""
        found = [
            offer
            for day in self.days_of(job)
            for one in self.able(job)
            if (offer := self.offer(job, one, day)) is not None
        ]
        return tuple(sorted(found, key=by_cost)[:best])

    def offer(self, job: Job, technician_id: str, day: date) -> Insertion | None:
        """Return the cheapest place in a technician's day; None where there is none, or a certificate is not valid.

        Skills that nobody certifies and the site's own rules are the caller's matter (`able`, `days_of`).
        """
        person = self.technicians[technician_id]
        if person.certificates and not job.skills <= person.skills_on(day):
            return None
        if job.kits and not self._has_kits(job, technician_id, day):
            return None
        table = self._day(technician_id, day)
        if not table.is_open or (job.hours is not None and day != job.ideal):
            return None
        place = site_place(job.site_id)
        busy = sum(seat.minutes for seat in table.seats)
        if length(table.spans) - busy < job.minutes:
            return None
        seat = self._seat(job, day)
        before = self._cost(table, table.seats, day)
        best: Insertion | None = None
        for number in range(len(table.seats) + 1):
            origin = site_place(table.seats[number - 1].site_id) if number else table.home
            target = site_place(table.seats[number].site_id) if number < len(table.seats) else table.home
            detour = self.travel.minutes(origin, place) + self.travel.minutes(place, target)
            detour -= self.travel.minutes(origin, target)
            wish = self._wish_price(job, technician_id, day)
            if best is not None and detour + wish >= best.cost:
                continue
            seats = [*table.seats[:number], seat, *table.seats[number:]]
            timed = self._timed(table, seats, day)
            if timed is None:
                continue
            delays = tuple(
                Delay(key=now.key, minutes=now.start - was.start)
                for was, now in zip(seats, timed, strict=True)
                if was is not seat and now.start > was.start
            )
            overtime = self._cost(table, timed, day).overtime - before.overtime
            cost = detour + wish + OVERTIME_PRICE * overtime
            cost += DELAY_PRICE * sum(one.minutes for one in delays)
            if best is None or cost < best.cost:
                put = timed[number]
                best = Insertion(
                    technician_id=technician_id,
                    day=day,
                    hours=TimeSpan(start=clock(put.start), end=clock(put.end)),
                    detour_minutes=detour,
                    overtime_minutes=overtime,
                    delays=delays,
                    cost=cost,
                )
        return best

    def put(self, job: Job, where: Insertion, *, fixed: bool = False) -> None:
        """Put the job where an offer of the diary as it is now has it; delays are taken over."""
        table = self._day(where.technician_id, where.day)
        ((start, end),) = spans_of((where.hours,))
        late = {one.key: one.minutes for one in where.delays}
        seats = [
            seat if seat.key not in late else self._shifted(table, seat, where.day, late[seat.key])
            for seat in table.seats
        ]
        seats.append(
            Seat(key=job.key, site_id=job.site_id, minutes=job.minutes, start=start, end=end, fixed=fixed)
        )
        table.seats = sorted(seats, key=lambda one: (one.start, one.end, one.key))
        self._site_days[job.site_id].append(where.day)
        self._where[job.key] = where.technician_id, where.day
        if job.kits:
            self._carried[job.key] = job.kits

    def take(self, key: str) -> None:
        """Take a visit out; what stands behind it keeps its hours."""
        technician_id, day = self._where.pop(key)
        table = self._days[technician_id, day]
        gone = next(seat for seat in table.seats if seat.key == key)
        table.seats = [seat for seat in table.seats if seat.key != key]
        self._site_days[gone.site_id].remove(day)

    def seats(self, technician_id: str, day: date) -> tuple[Seat, ...]:
        """Return the stops of a day in order."""
        return tuple(self._day(technician_id, day).seats)

    def remember(self, day: tuple[str, date]) -> Memory:
        """Return what puts a technician's day back as it is now; several are put back last one first."""
        return Memory(day=day, seats=self.seats(*day))

    def restore(self, memory: Memory) -> None:
        """Put the day of `memory` back."""
        table = self._day(*memory.day)
        kept, now = {one.key for one in memory.seats}, {one.key for one in table.seats}
        for seat in table.seats:
            if seat.key not in kept:
                self._site_days[seat.site_id].remove(memory.day[1])
                del self._where[seat.key]
        for seat in memory.seats:
            if seat.key not in now:
                self._site_days[seat.site_id].append(memory.day[1])
                self._where[seat.key] = memory.day
        table.seats = list(memory.seats)

    def _has_kits(self, job: Job, technician_id: str, day: date) -> bool:
        """Whether the technician may have every kit of the job on a day, beside those who carry one then."""
        on_day = [(one, table.seats) for (one, other), table in self._days.items() if other == day]
        return not any(
            constraints.kit_there(
                self._kits.get(kit),
                technician_id,
                {
                    one
                    for one, seats in on_day
                    if any(kit in self._carried.get(seat.key, ()) for seat in seats)
                },
            )
            for kit in job.kits
        )

    def day_cost(self, technician_id: str, day: date) -> DayCost:
        """Return what a day costs as it stands."""
        table = self._day(technician_id, day)
        return self._cost(table, table.seats, day)

    def placed(self, visit: Visit) -> Visit:
        """Return `visit` as the diary has it now: day, technician, hours and the way to it."""
        technician_id, day = self._where[visit.key]
        table = self._days[technician_id, day]
        origin = table.home
        minutes = metres = 0
        for number, seat in enumerate(table.seats):
            here = site_place(seat.site_id)
            if seat.key == visit.key:
                minutes, metres = self.travel.minutes(origin, here), self.travel.metres(origin, here)
                if number == len(table.seats) - 1:
                    minutes += self.travel.minutes(here, table.home)
                    metres += self.travel.metres(here, table.home)
                return replace(
                    visit,
                    day=day,
                    technician_id=technician_id,
                    hours=TimeSpan(start=clock(seat.start), end=clock(seat.end)),
                    travel=timedelta(minutes=minutes),
                    travel_m=metres,
                )
            origin = here
        raise AssertionError(f"{visit.key} is not in its day")

    def __contains__(self, key: str) -> bool:
        return key in self._where

    def where(self, key: str) -> tuple[str, date]:
        """Return the technician and day of a visit that stands."""
        return self._where[key]

    def _wish_price(self, job: Job, technician_id: str, day: date) -> float:
        wish = job.technician_price if job.technician_id not in (None, technician_id) else 0.0
        return wish + job.day_price * abs((day - (job.ideal or job.earliest)).days)

    def _seat(self, job: Job, day: date) -> Seat:
        if job.hours is not None:
            ((start, end),) = spans_of((job.hours,))
            return Seat(
                key=job.key, site_id=job.site_id, minutes=job.minutes, start=start, end=end, fixed=True
            )
        since = 0
        if job.not_before is not None and day == job.earliest:
            since = job.not_before.hour * 60 + job.not_before.minute
        return Seat(
            key=job.key, site_id=job.site_id, minutes=job.minutes, start=since, end=since, fixed=False
        )

    def _keep(self, visit: Visit) -> None:
        self._site_days[visit.site_id].append(visit.day)
        if visit.technician_id is None or visit.technician_id not in self.technicians:
            return
        table = self._day(visit.technician_id, visit.day)
        if visit.hours is None:
            table.is_open = False
            return
        table.is_whole = table.is_whole or visit.needs.days > 1
        ((start, end),) = spans_of((visit.hours,))
        seat = Seat(
            key=visit.key,
            site_id=visit.site_id,
            minutes=max(ceil(visit.duration / ONE_MINUTE), 1),
            start=start,
            end=end,
            fixed=visit.needs.is_joint
            or visit.locked
            or visit.state not in (VisitState.FORECAST, VisitState.CALLED),
        )
        table.seats = sorted([*table.seats, seat], key=lambda one: (one.start, one.end, one.key))
        self._where[visit.key] = visit.technician_id, visit.day

    def _day(self, technician_id: str, day: date) -> _Day:
        found = self._days.get((technician_id, day))
        if found is None:
            person = self.technicians[technician_id]
            regular = spans_of(self._technician_calendars[technician_id].spans(day))
            spans = spans_of(self._technician_calendars[technician_id].spans(day), person.overtime_limit)
            found = self._days[technician_id, day] = _Day(
                home=home_place(technician_id),
                spans=spans,
                regular_end=regular[-1][1] if regular else 0,
                seats=[],
                is_open=bool(spans),
            )
        return found

    def _open_spans(self, table: _Day, site_id: str, day: date) -> Spans:
        key = site_id, day
        found = self._open.get(key)
        if found is None:
            calendar = self._site_calendars.get(site_id)
            found = self._open[key] = spans_of(calendar.spans(day)) if calendar else table.spans
        return common(table.spans, found)

    def _timed(self, table: _Day, seats: Sequence[Seat], day: date) -> list[Seat] | None:
        """Return the seats in this order with the hours that they get; None where one cannot be reached in time."""
        if not seats:
            return []
        at, place = table.spans[0][0] if table.spans else 0, table.home
        timed: list[Seat] = []
        for seat in seats:
            here = site_place(seat.site_id)
            arrival = after(table.spans, at, self.travel.minutes(place, here))
            if arrival is None:
                return None
            if seat.end > seat.start and arrival <= seat.start:
                now = seat
            elif seat.fixed:
                return None
            else:
                spans = self._open_spans(table, seat.site_id, day)
                start = opening(spans, max(-(-arrival // START_STEP) * START_STEP, seat.start))
                end = None if start is None else after(spans, start, seat.minutes)
                if start is None or end is None:
                    return None
                now = replace(seat, start=start, end=end)
            timed.append(now)
            at, place = max(at, now.end), here
        return timed if after(table.spans, at, self.travel.minutes(place, table.home)) is not None else None

    def _shifted(self, table: _Day, seat: Seat, day: date, minutes: int) -> Seat:
        start = seat.start + minutes
        end = after(self._open_spans(table, seat.site_id, day), start, seat.minutes)
        assert end is not None
        return replace(seat, start=start, end=end)

    def _cost(self, table: _Day, seats: Sequence[Seat], day: date) -> DayCost:
        if not seats:
            return DayCost()
        travel, place = 0, table.home
        for seat in seats:
            here = site_place(seat.site_id)
            travel += self.travel.minutes(place, here)
            place = here
        way_home = self.travel.minutes(place, table.home)
        if not table.spans:
            return DayCost(travel=travel + way_home)
        home_at = after(table.spans, seats[-1].end, way_home)
        overtime = max((home_at or seats[-1].end + way_home) - table.regular_end, 0)
        return DayCost(travel=travel + way_home, overtime=overtime)
