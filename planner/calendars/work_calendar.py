"""On which days is work possible: weekdays, public calendar, closures; and the intersection of several of these."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum

from planner.calendars.public import public_year
from planner.errors import NoFeasiblePlan
from planner.model import DateSpan, OpeningHours, Site, Technician, TimeSpan
from planner.model.spans import OFFICE_HOURS

SEARCH_DAYS = 400
"""How far a working day is looked for: longer than any shutdown, short enough to end."""
ONE_DAY = timedelta(days=1)


class ClosedBy(StrEnum):
    """What closes a day: a public holiday, the place's own closure, or its weekly rest."""

    HOLIDAY = "holiday"
    CLOSURE = "closure"
    WEEKLY_REST = "weekly_rest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """Why a day is closed.

    Args:
        name: The festival in Chinese, or the note of the closure; empty for weekly rest.
    """

    by: ClosedBy
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkCalendar:
    """Days and times at which work is possible.

    Args:
        hours: Opening hours by weekday.
        follows_public: Whether public holidays close and make-up days open.
        closures: Further closed days: shutdowns, leave.
        others: Calendars that must be open as well; the result is their intersection.

    Source:
        Service calendar ∩ site calendar − shutdowns, spec of scheduling, point 6.
    """

    hours: OpeningHours = OFFICE_HOURS
    follows_public: bool = True
    closures: tuple[DateSpan, ...] = ()
    others: tuple["WorkCalendar", ...] = ()
    _known: dict[date, bool] = field(default_factory=dict, init=False, repr=False, compare=False)

    def is_working(self, day: date) -> bool:
        """Whether work is possible on `day` in this calendar and in all that it is joined with."""
        known = self._known.get(day)
        if known is None:
            known = bool(self._own_spans(day))
            if known and self.others:
                known = all(other.is_working(day) for other in self.others)
            self._known[day] = known
        return known

    def spans(self, day: date) -> tuple[TimeSpan, ...]:
        """Return the times of `day` at which this calendar and all that it is joined with are open."""
        found = self._own_spans(day)
        for other in self.others:
            found = _common(found, other.spans(day))
        return found

    def why_closed(self, day: date) -> Closed | None:
        """Return what closes `day`, the place's own closures first; None where it is open."""
        if self.is_working(day):
            return None
        for span in self.closures:
            if day in span:
                return Closed(by=ClosedBy.CLOSURE, name=span.note)
        if self.follows_public and day in public_year(day.year).holidays:
            return Closed(by=ClosedBy.HOLIDAY, name=public_year(day.year).holidays[day])
        if not self._own_spans(day):
            return Closed(by=ClosedBy.WEEKLY_REST)
        closed = (other.why_closed(day) for other in self.others)
        return next((reason for reason in closed if reason), Closed(by=ClosedBy.WEEKLY_REST))

    def is_provisional(self, day: date) -> bool:
        """Whether this calendar or one it is joined with follows a public calendar that is not published yet."""
        if self.follows_public and public_year(day.year).provisional:
            return True
        return any(other.is_provisional(day) for other in self.others) if self.others else False

    def following(self, day: date) -> date:
        """Return the first working day on or after `day`.

        Raises:
            NoFeasiblePlan: There is none within `SEARCH_DAYS`.
        """
        return self._search(day, ONE_DAY)

    def preceding(self, day: date) -> date:
        """Return the last working day on or before `day`.

        Raises:
            NoFeasiblePlan: There is none within `SEARCH_DAYS`.
        """
        return self._search(day, -ONE_DAY)

    def working_days(self, start: date, end: date) -> tuple[date, ...]:
        """Return the working days from `start` up to, not including, `end`."""
        return tuple(
            day
            for day in (start + timedelta(days=n) for n in range((end - start).days))
            if self.is_working(day)
        )

    def joined_with(self, *others: "WorkCalendar") -> "WorkCalendar":
        """Return the calendar that is open where this one and all `others` are."""
        return WorkCalendar(
            hours=self.hours,
            follows_public=self.follows_public,
            closures=self.closures,
            others=self.others + others,
        )

    def _own_spans(self, day: date) -> tuple[TimeSpan, ...]:
        for closure in self.closures:
            if closure.start <= day < closure.end:
                return ()
        spans = self.hours.weekdays[day.weekday()]
        if not self.follows_public:
            return spans
        public = public_year(day.year)
        if day in public.holidays:
            return ()
        if day in public.make_up_days and not spans and self.hours.works_on_make_up_days:
            return next((regular for regular in self.hours.weekdays if regular), ())
        return spans

    def _search(self, day: date, step: timedelta) -> date:
        current = day
        for _ in range(SEARCH_DAYS):
            if self.is_working(current):
                return current
            current += step
        way = "after" if step > timedelta(0) else "before"
        raise NoFeasiblePlan(f"no working day within {SEARCH_DAYS} days {way} {day}; open the calendar")


def site_calendar(site: Site) -> WorkCalendar:
    """Return the calendar of a site: its hours, the public calendar if it follows it, its shutdowns."""
    return WorkCalendar(
        hours=site.opening, follows_public=site.follows_public_calendar, closures=site.shutdowns
    )


def technician_calendar(technician: Technician) -> WorkCalendar:
    """Return the calendar of a technician: working time, public calendar, leave."""
    return WorkCalendar(hours=technician.working_time, closures=technician.leave)


def _common(one: tuple[TimeSpan, ...], other: tuple[TimeSpan, ...]) -> tuple[TimeSpan, ...]:
    found = []
    for first in one:
        for second in other:
            start, end = max(first.start, second.start), min(first.end, second.end)
            if start < end:
                found.append(TimeSpan(start=start, end=end))
    return tuple(sorted(found))
