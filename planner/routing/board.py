"""Everybody's days while a plan grows: who could come when, what is taken, what is left."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, replace
from datetime import date, timedelta
from math import ceil

from planner.calendars import WorkCalendar
from planner.model import DueWork, Kit, Site, Technician, TimeSpan, Visit
from planner.routing import constraints
from planner.routing.constraints import Why
from planner.routing.timetable import (
    Slot,
    Spans,
    Stop,
    TechnicianDay,
    clock,
    common,
    find_slot,
    fits,
    length,
    spans_of,
)
from planner.routing.travel import Travel, TravelRule

ONE_MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """A technician who could come on a day, and when."""

    technician_id: str
    day: date
    slot: Slot


@dataclass(frozen=True, slots=True, kw_only=True)
class Placement:
    """Work that has its technician, day and hours; `further` are the other technicians and days of the same visit."""

    technician_id: str
    day: date
    stop: Stop
    further: tuple["Placement", ...] = ()

    def parts(self) -> Iterator["Placement"]:
        """Yield this technician's first day, then the further ones."""
        yield self
        yield from self.further

    @property
    def hours(self) -> TimeSpan:
        """Presence on site."""
        return TimeSpan(start=clock(self.stop.start), end=clock(self.stop.end))


class Board:
    """Technicians by days.

    Args:
        sites, technicians: By id.
        site_calendars, technician_calendars: By the same ids.
        locked: Visits that stand; their technicians' time is taken.
        spacing: Least time between two visits of a site, where agreed.
        rule: What is assumed about the roads.
        kits: What there is of each kit, by its code.
    """

    def __init__(
        self,
        *,
        sites: Mapping[str, Site],
        technicians: Mapping[str, Technician],
        site_calendars: Mapping[str, WorkCalendar],
        technician_calendars: Mapping[str, WorkCalendar],
        locked: Iterable[Visit],
        spacing: Mapping[str, timedelta],
        rule: TravelRule,
        kits: Mapping[str, Kit] | None = None,
    ) -> None:
        kept = list(locked)
        self.technicians = technicians
        self.spacing = spacing
        self.kits: Mapping[str, Kit] = kits or {}
        self._carried: dict[tuple[str, date], Counter[str]] = defaultdict(Counter)
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
        self._days: dict[tuple[str, date], TechnicianDay] = {}
        self._site_spans: dict[tuple[str, date], Spans] = {}
        self._site_days: dict[str, list[date]] = defaultdict(list)
        self._able: dict[tuple[str, frozenset[str], frozenset[str]], tuple[str, ...]] = {}
        self._certified = frozenset(one for one, person in technicians.items() if person.certificates)
        self._barred: dict[tuple[frozenset[str], date], frozenset[str]] = {}
        for visit in kept:
            self.stand(visit)

    def may_carry(self, work: DueWork, technician_id: str) -> bool:
        """Whether the technician may take each kit that the work needs, on a day when all are there."""
        return all(
            constraints.kit_there(self.kits.get(one), technician_id, ()) is None for one in work.needs.kits
        )

    def carriers(self, kit_id: str, day: date) -> Set[str]:
        """Return who carries the kit on `day`."""
        found = self._carried.get((kit_id, day))
        return found.keys() if found else frozenset()

    def lacks_kit(self, work: DueWork, technician_id: str, day: date) -> Why | None:
        """Return why the technician would be there without a kit on `day`; None where all can be taken."""
        for one in work.needs.kits:
            if why := constraints.kit_there(self.kits.get(one), technician_id, self.carriers(one, day)):
                return why
        return None

    def able(self, work: DueWork) -> tuple[str, ...]:
        """Return the technicians who have the skills on some day, the one who lives nearest first."""
        key = (work.site_id, work.skills, work.needs.kits)
        found = self._able.get(key)
        if found is None:
            place = site_place(work.site_id)
            people = [
                one
                for one, person in self.technicians.items()
                if constraints.skill(work, person) is None and self.may_carry(work, one)
            ]
            people.sort(key=lambda one: (self.travel.minutes(home_place(one), place), one))
            found = self._able[key] = tuple(people)
        return found

    def able_on(self, work: DueWork, day: date) -> tuple[str, ...]:
        """Return those of `able` whose certificates are valid on `day`."""
        able = self.able(work)
        if not self._certified:
            return able
        key = work.skills, day
        barred = self._barred.get(key)
        if barred is None:
            people = ((one, self.technicians[one]) for one in self._certified)
            barred = frozenset(one for one, person in people if constraints.certificate(work, person, day))
            self._barred[key] = barred
        return able if barred.isdisjoint(able) else tuple(one for one in able if one not in barred)

    def closed(self, work: DueWork, day: date, *, besides: date | None = None) -> Why | None:
        """Return why nobody at all may come on `day`: the site is closed or was visited too lately.

        Args:
            work: What is to be done.
            day: The day to look at.
            besides: A day whose visit does not count for the spacing: where the work itself stands now.
        """
        if why := constraints.site_open(self._site_calendars[work.site_id], day):
            return why
        least = self.spacing.get(work.site_id)
        if not least:
            return None
        others = self._site_days[work.site_id]
        return constraints.spaced(day, (one for one in others if one != besides), least)

    def offer(self, work: DueWork, day: date, people: Iterable[str] | None = None) -> Offer | None:
        """Return the technician for whom the work adds the least travel on `day`; None where nobody can come.

        The one who lives nearest wins among equals; the site's own rules (`closed`) are the caller's matter.

        Args:
            work: What is to be done.
            day: The day to look at.
            people: Whom to ask, in this order, whatever their skills; None asks those who are able on the day.
        """
        best: Offer | None = None
        minutes = minutes_of(work)
        place = site_place(work.site_id)
        site_spans = self.site_spans(work.site_id, day)
        for one in self.able_on(work, day) if people is None else people:
            if work.needs.kits and self.lacks_kit(work, one, day):
                continue
            table = self.day_of(one, day)
            nearest = self.travel.minutes(table.home, place)
            # No round through a place is shorter than the way there and back, so most people need no closer look.
            if table.left < minutes or length(table.spans) < 2 * nearest + minutes:
                continue
            below = best.slot.added if best else None
            slot = find_slot(table, self.travel, place, common(table.spans, site_spans), minutes, below)
            if constraints.working_time(slot) is None and slot is not None:
                best = Offer(technician_id=one, day=day, slot=slot)
        return best

    def stands(self, work: DueWork, placement: Placement) -> bool:
        """Whether `placement` of an earlier plan still keeps every rule for `work`."""
        person = self.technicians.get(placement.technician_id)
        if (
            person is None
            or constraints.certificate(work, person, placement.day)
            or constraints.inside_window(work, placement.day)
            or self.lacks_kit(work, placement.technician_id, placement.day)
            or placement.further
            or work.needs.is_joint
        ):
            return False
        if self.closed(work, placement.day):
            return False
        table = self.day_of(placement.technician_id, placement.day)
        open_spans = common(table.spans, self.site_spans(work.site_id, placement.day))
        return fits(table, self.travel, open_spans, placement.stop, minutes_of(work))

    def put(self, work: DueWork, placement: Placement) -> None:
        """Take the time of `placement`, and the kits."""
        for one in placement.parts():
            self._take_time(one, is_whole_day=work.needs.days > 1)
            self._site_days[work.site_id].append(one.day)
        for kit_id, day in _carried(work.needs.kits, placement):
            self._carried[kit_id, day][placement.technician_id] += 1

    def take(self, work: DueWork, placement: Placement) -> None:
        """Undo `put`."""
        for one in placement.parts():
            if work.needs.days > 1:
                del self._days[one.technician_id, one.day]
            else:
                self.day_of(one.technician_id, one.day).take(one.stop)
            self._site_days[work.site_id].remove(one.day)
        for kit_id, day in _carried(work.needs.kits, placement):
            carried = self._carried[kit_id, day]
            carried[placement.technician_id] -= 1
            if not carried[placement.technician_id]:
                del carried[placement.technician_id]

    def _take_time(self, one: Placement, *, is_whole_day: bool) -> None:
        table = self.day_of(one.technician_id, one.day)
        table.put(one.stop)
        if is_whole_day:
            table.block()

    def day_of(self, technician_id: str, day: date) -> TechnicianDay:
        """Return the technician's day, empty of stops where nothing was put there yet."""
        found = self._days.get((technician_id, day))
        if found is None:
            person = self.technicians[technician_id]
            calendar = self._technician_calendars[technician_id]
            at_work = constraints.technician_at_work(calendar, day) is None
            spans = spans_of(calendar.spans(day), person.overtime_limit) if at_work else ()
            found = TechnicianDay(home=home_place(technician_id), spans=spans, left=length(spans))
            self._days[technician_id, day] = found
        return found

    def site_spans(self, site_id: str, day: date) -> Spans:
        """Return when the site is open on `day`."""
        found = self._site_spans.get((site_id, day))
        if found is None:
            found = self._site_spans[site_id, day] = spans_of(self._site_calendars[site_id].spans(day))
        return found

    def legs(self, technician_id: str, day: date) -> dict[Stop, tuple[int, int]]:
        """Return minutes and metres of the way to each stop; the last one's hold the way home as well."""
        table = self.day_of(technician_id, day)
        found: dict[Stop, tuple[int, int]] = {}
        origin = table.home
        for stop in table.stops:
            found[stop] = self.travel.minutes(origin, stop.place), self.travel.metres(origin, stop.place)
            origin = stop.place
        if table.stops:
            minutes, metres = found[table.stops[-1]]
            found[table.stops[-1]] = (
                minutes + self.travel.minutes(origin, table.home),
                metres + self.travel.metres(origin, table.home),
            )
        return found

    def stand(self, visit: Visit) -> None:
        """Take the time of a visit that stands; one without hours takes its technician's whole day."""
        for one in visit.spread():
            self._site_days[visit.site_id].append(one.day)
            if one.technician_id is not None and one.technician_id == visit.technician_id:
                for kit_id in visit.needs.kits:
                    self._carried[kit_id, one.day][one.technician_id] += 1
            if one.technician_id not in self.technicians or one.technician_id is None:
                continue
            if one.hours is None:
                # Nobody knows at what time it is, so nothing else may be promised for that day.
                self.day_of(one.technician_id, one.day).block()
            else:
                self._take_time(placement_of(one), is_whole_day=visit.needs.days > 1)

    def calendar_of(self, technician_id: str) -> WorkCalendar:
        """Return when a technician works."""
        return self._technician_calendars[technician_id]


def _carried(kits: Iterable[str], placement: Placement) -> Iterator[tuple[str, date]]:
    """Yield the kits and days of a placement; the first technician carries them."""
    for kit_id in kits:
        for one in placement.parts():
            if one.technician_id == placement.technician_id:
                yield kit_id, one.day


def placement_of(visit: Visit) -> Placement:
    """Return where a visit with a technician and hours stands."""
    first, *others = (_part(one) for one in visit.spread())
    return replace(first, further=tuple(others)) if others else first


def _part(visit: Visit) -> Placement:
    assert visit.technician_id is not None
    assert visit.hours is not None
    ((start, end),) = spans_of((visit.hours,))
    stop = Stop(start, end, site_place(visit.site_id))
    return Placement(technician_id=visit.technician_id, day=visit.day, stop=stop)


def minutes_of(work: DueWork) -> int:
    """Return the work in whole minutes, rounded up."""
    return ceil(work.duration / ONE_MINUTE)


def home_place(technician_id: str) -> str:
    """Return the name of a technician's home among the places."""
    return f"home:{technician_id}"


def site_place(site_id: str) -> str:
    """Return the name of a site among the places."""
    return f"site:{site_id}"
