"""How much everybody has to do each month, and how well dates are kept by three definitions at once."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import fmean, pstdev

from kb.store import Store
from kb.store.plan_versions import due_by_key, visit_heads
from kb.store.planning import latest_run_number
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_versions import GONE
from kb.usecases.visit_states import DONE, OPEN
from planner.calendars import technician_calendar
from planner.scheduling import Compliance, ComplianceRule, DatedWork, compliance

ONE_MINUTE = timedelta(minutes=1)
BACK = timedelta(days=365)
"""How far back compliance is looked at."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MonthLoad:
    """One technician's month, in minutes; `available` is working time without overtime and leave."""

    month: date
    visits: int
    work: int
    travel: int
    available: int

    @property
    def share(self) -> float | None:
        """Work and travel of the available time; None where there is none."""
        return (self.work + self.travel) / self.available if self.available else None


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLoad:
    """One technician's months, in order."""

    technician_id: str
    name: str
    months: tuple[MonthLoad, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanLoad:
    """Everybody's load.

    Args:
        months: First days of the months that the plan touches.
        people: By code.
        spread: How unlike the shares of one month are: standard deviation over mean, by month; None where nobody works.
    """

    months: tuple[date, ...]
    people: tuple[PersonLoad, ...]
    spread: tuple[float | None, ...]

    def json(self) -> dict[str, object]:
        """Return it for a program."""
        return {
            "months": [one.isoformat()[:7] for one in self.months],
            "spread": [None if one is None else round(one, 4) for one in self.spread],
            "technicians": [
                {
                    "technician": one.technician_id,
                    "name": one.name,
                    "months": [
                        {
                            "month": month.month.isoformat()[:7],
                            "visits": month.visits,
                            "work_minutes": month.work,
                            "travel_minutes": month.travel,
                            "available_minutes": month.available,
                        }
                        for month in one.months
                    ],
                }
                for one in self.people
            ],
        }


def plan_load(book: PlanBook) -> PlanLoad:
    """Return the load of everybody who works in the plan's months; days outside its period are not counted."""
    months = _months(book.first_day, book.last_day)
    sums: dict[tuple[str, date], list[int]] = defaultdict(lambda: [0, 0, 0])
    for visit in book.presences:
        if visit.technician_id is None or visit.state in GONE:
            continue
        if book.first_day <= visit.day <= book.last_day:
            found = sums[visit.technician_id, visit.day.replace(day=1)]
            found[0] += 1
            found[1] += round(visit.duration / ONE_MINUTE)
            found[2] += round(visit.travel / ONE_MINUTE)
    people = []
    for one in sorted(book.technicians, key=lambda id: (book.code("technicians", id), id)):
        calendar = technician_calendar(book.technicians[one])
        rows = []
        for month in months:
            first, last = (
                max(month, book.first_day),
                min(_following(month) - timedelta(days=1), book.last_day),
            )
            days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
            available = sum((span.duration for day in days for span in calendar.spans(day)), timedelta(0))
            visits, work, travel = sums[one, month]
            rows.append(
                MonthLoad(
                    month=month,
                    visits=visits,
                    work=work,
                    travel=travel,
                    available=round(available / ONE_MINUTE),
                )
            )
        people.append(PersonLoad(technician_id=one, name=book.technician_name(one), months=tuple(rows)))
    return PlanLoad(
        months=months,
        people=tuple(people),
        spread=tuple(_spread([one.months[n].share for one in people]) for n in range(len(months))),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptDates:
    """How well dates are kept: of what should have been done by today, and of what the plan intends."""

    so_far: dict[ComplianceRule, Compliance]
    as_planned: dict[ComplianceRule, Compliance]

    def json(self) -> dict[str, object]:
        """Return it for a program."""

        def told(found: dict[ComplianceRule, Compliance]) -> dict[str, object]:
            return {
                rule.value: {
                    "kept": one.kept,
                    "counted": one.counted,
                    "share": None if one.share is None else round(float(one.share), 4),
                }
                for rule, one in found.items()
            }

        return {"so_far": told(self.so_far), "as_planned": told(self.as_planned)}


def kept_dates(store: Store, book: PlanBook, *, today: date) -> KeptDates:
    """Return the compliance of the last year and that of the plan ahead, by each definition.

    The plan's is what would come out if every open visit took place on its day.
    """
    plans = book.plans
    past: list[DatedWork] = []
    ahead: list[DatedWork] = []
    with store.reading() as session:
        heads = visit_heads(session, today - BACK, book.last_day)
        # The book has read most visits already, unless a newer plan serves other work with them.
        known = book.by_key if book.number == latest_run_number(session) else {}
        older = due_by_key(session, (one.key for one in heads if one.key not in known))
    done, still_open = {str(one) for one in DONE}, {str(one) for one in OPEN}
    for head in heads:
        visit = known.get(head.key)
        work = (
            older.get(head.key, [])
            if visit is None
            else [(one.plan_id, one.due) for one in visit.occurrences]
        )
        for plan_id, due in work:
            if plan_id not in plans:
                continue
            interval = plans[plan_id].interval
            if head.state in done:
                past.append(DatedWork(due=due, interval=interval, done=head.done_on or head.day))
            elif head.state in still_open:
                past.append(DatedWork(due=due, interval=interval, done=None))
                if head.day >= today and head.technician_id is not None:
                    ahead.append(DatedWork(due=due, interval=interval, done=head.day))
    for left in book.unplaced:
        for one in left.occurrences:
            if one.plan_id in plans:
                # Nobody comes: by the plan's last day it is late by every rule.
                ahead.append(DatedWork(due=one.due, interval=plans[one.plan_id].interval, done=None))
    return KeptDates(
        so_far=dict(compliance(past, today=today)),
        as_planned=dict(compliance(ahead, today=date.max)),
    )


def _months(first: date, last: date) -> tuple[date, ...]:
    found = [first.replace(day=1)]
    while _following(found[-1]) <= last:
        found.append(_following(found[-1]))
    return tuple(found)


def _following(month: date) -> date:
    return (month.replace(day=1) + timedelta(days=32)).replace(day=1)


def _spread(shares: Sequence[float | None]) -> float | None:
    known = [one for one in shares if one is not None]
    if not known or not (mean := fmean(known)):
        return None
    return pstdev(known) / mean
