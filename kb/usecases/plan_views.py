"""How a plan is looked at: a year as heat, a month as a board, a site's list, a technician's list."""

from calendar import monthrange
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from kb.errors import BadInput, Fault, NotFound
from kb.usecases.plan_book import PlanBook
from planner.model import DateSpan, Level, Unplaced, Visit, VisitState

FIRST_YEAR, LAST_YEAR = 2000, 2199
"""Years that a plan may touch; outside them the public calendar is unknown."""
HEAT_STEPS = 5
"""Shades of the year's heat beside "no visit"."""


class DayKind(StrEnum):
    """What the service calendar says of a day."""

    WORKING = "working"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


DayKinds = Callable[[date], DayKind]


@dataclass(frozen=True, slots=True, kw_only=True)
class DayCell:
    """One day of the year's heat.

    Args:
        visits: How many visits start on it.
        heat: 0 for none to `HEAT_STEPS` for as many as on the fullest day.
        planned: Whether the day lies in the planned period.
    """

    day: date
    kind: DayKind
    visits: int
    heat: int
    planned: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class HeatMonth:
    """One month of the heat: weeks of seven days, Monday first, None outside the month."""

    first: date
    weeks: tuple[tuple[DayCell | None, ...], ...]
    visits: int


@dataclass(frozen=True, slots=True, kw_only=True)
class YearHeat:
    """A year of twelve months, and the years that the plan touches."""

    year: int
    years: tuple[int, ...]
    months: tuple[HeatMonth, ...]
    busiest: int
    visits: int


def year_heat(book: PlanBook, year: int, kinds: DayKinds) -> YearHeat:
    """Return `year` of the plan as heat; the shades are against the fullest day of the whole plan."""
    counts = Counter(visit.day for visit in book.visits if visit.state is not VisitState.CANCELLED)
    busiest = max(counts.values(), default=0)

    def cell(day: date) -> DayCell:
        visits = counts[day]
        return DayCell(
            day=day,
            kind=kinds(day),
            visits=visits,
            heat=-(-visits * HEAT_STEPS // busiest) if busiest else 0,
            planned=book.first_day <= day <= book.last_day,
        )

    months = []
    for month in range(1, 13):
        days = _days_of(year, month)
        months.append(
            HeatMonth(
                first=days[0],
                weeks=tuple(
                    tuple(None if place is None else cell(days[place]) for place in week)
                    for week in _weeks(days)
                ),
                visits=sum(counts[day] for day in days),
            )
        )
    return YearHeat(
        year=year,
        years=tuple(range(book.first_day.year, book.last_day.year + 1)),
        months=tuple(months),
        busiest=busiest,
        visits=sum(month.visits for month in months),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardDay:
    """One day of one technician."""

    day: date
    kind: DayKind
    away: bool
    visits: tuple[Visit, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardRow:
    """One technician's month; `technician_id` is None for the visits that nobody has."""

    technician_id: str | None
    name: str
    days: tuple[BoardDay, ...]
    visits: int
    work: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthBoard:
    """A month of technicians by days.

    Args:
        weeks: Places in `days` of each week's Monday to Sunday, None outside the month.
    """

    first: date
    days: tuple[tuple[date, DayKind], ...]
    weeks: tuple[tuple[int | None, ...], ...]
    rows: tuple[BoardRow, ...]
    previous: date | None
    following: date | None


def month_board(book: PlanBook, year: int, month: int, kinds: DayKinds) -> MonthBoard:
    """Return a month of the plan, one row a technician.

    Raises:
        BadInput: No such month, or one that the calendar does not know.
    """
    first = month_start(year, month)
    days = _days_of(year, month)
    by_cell: dict[tuple[str | None, date], list[Visit]] = defaultdict(list)
    for visit in book.presences:
        by_cell[visit.technician_id, visit.day].append(visit)
    people: list[str | None] = sorted(
        book.technicians.keys() | {one for one, _ in by_cell if one is not None},
        key=lambda one: (book.technician_name(one), one),
    )
    if any(by_cell[None, day] for day in days):
        people.append(None)
    rows = []
    for one in people:
        technician = book.technicians.get(one) if one else None
        leave = technician.leave if technician else ()
        cells = tuple(
            BoardDay(day=day, kind=kinds(day), away=_within(day, leave), visits=in_order(by_cell[one, day]))
            for day in days
        )
        visits = [visit for cell in cells for visit in cell.visits]
        rows.append(
            BoardRow(
                technician_id=one,
                name=book.technician_name(one),
                days=cells,
                visits=len(visits),
                work=sum((visit.duration for visit in visits), timedelta(0)),
            )
        )
    return MonthBoard(
        first=first,
        days=tuple((day, kinds(day)) for day in days),
        weeks=_weeks(days),
        rows=tuple(rows),
        previous=_other_month(book, first - timedelta(days=1)),
        following=_other_month(book, days[-1] + timedelta(days=1)),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class SitePlan:
    """What the plan holds for one site."""

    site_id: str
    visits: tuple[Visit, ...]
    unplaced: tuple[Unplaced, ...]


def site_plan(book: PlanBook, site_id: str) -> SitePlan:
    """Return a site's visits and unplaced work.

    Raises:
        NotFound: Neither the register nor the plan knows the site.
    """
    visits = tuple(visit for visit in book.visits if visit.site_id == site_id)
    unplaced = tuple(work for work in book.unplaced if work.site_id == site_id)
    if site_id not in book.sites and not visits and not unplaced:
        raise NotFound("site", site_id)
    return SitePlan(site_id=site_id, visits=visits, unplaced=unplaced)


def technician_plan(book: PlanBook, technician_id: str) -> tuple[Visit, ...]:
    """Return a technician's visits in order.

    Raises:
        NotFound: Neither the register nor the plan knows the technician.
    """
    visits = in_order([visit for visit in book.presences if visit.technician_id == technician_id])
    if technician_id not in book.technicians and not visits:
        raise NotFound("technician", technician_id)
    return visits


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitFilter:
    """Which visits are wanted; None means any. Days are included at both ends."""

    first_day: date | None = None
    last_day: date | None = None
    site_id: str | None = None
    technician_id: str | None = None
    equipment_id: str | None = None
    level: Level | None = None
    state: VisitState | None = None

    def fits(self, visit: Visit) -> bool:
        """Whether `visit` is wanted."""
        return (
            (self.first_day is None or visit.last_day >= self.first_day)
            and (self.last_day is None or visit.day <= self.last_day)
            and self.site_id in (None, visit.site_id)
            and (self.technician_id is None or visit.takes(self.technician_id))
            and self.state in (None, visit.state)
            and (self.level is None or any(one.level is self.level for one in visit.occurrences))
            and (
                self.equipment_id is None
                or any(one.equipment_id == self.equipment_id for one in visit.occurrences)
            )
        )


def filtered(book: PlanBook, wanted: VisitFilter) -> tuple[Visit, ...]:
    """Return the wanted visits by day."""
    return in_order([visit for visit in book.visits if wanted.fits(visit)])


def in_order(visits: Sequence[Visit]) -> tuple[Visit, ...]:
    """Return the visits by day, hour and key."""
    return tuple(
        sorted(visits, key=lambda one: (one.day, str(one.hours.start) if one.hours else "", one.key))
    )


def month_start(year: int, month: int) -> date:
    """Return the first day of a month.

    Raises:
        BadInput: The calendar has no such month, or plans cannot reach its year.
    """
    if not (FIRST_YEAR <= year <= LAST_YEAR and 1 <= month <= 12):
        repair = f"give a year {FIRST_YEAR}–{LAST_YEAR} and a month 1–12"
        raise BadInput("no such month", [Fault(where="month", what=f"it is {year}-{month}", repair=repair)])
    return date(year, month, 1)


def _days_of(year: int, month: int) -> list[date]:
    first = month_start(year, month)
    return [first + timedelta(days=number) for number in range(monthrange(year, month)[1])]


def _weeks(days: Sequence[date]) -> tuple[tuple[int | None, ...], ...]:
    places: list[int | None] = [None] * days[0].weekday() + list(range(len(days)))
    places += [None] * (-len(places) % 7)
    return tuple(tuple(places[start : start + 7]) for start in range(0, len(places), 7))


def _within(day: date, spans: Sequence[DateSpan]) -> bool:
    return any(day in span for span in spans)


def _other_month(book: PlanBook, day: date) -> date | None:
    first = day.replace(day=1)
    return first if book.first_day.replace(day=1) <= first <= book.last_day else None
