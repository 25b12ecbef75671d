"""Mend a published plan after a disturbance, and leave everything else as still as can be.

1. Visits that the disturbance hits are taken out, and those whose technician's certificate is not valid on their day;
   those that are locked stay and are told, those that are agreed with a customer keep their day and hours or stay.
2. Urgent jobs are put in first, then what was taken out, each time the one that would lose most by waiting
   (regret insertion, Potvin & Rousseau 1993).
3. What fits nowhere may push one or two other visits off their days (ejection chains, Glover 1996), the cheapest
   chain wins, as long as the budget of changes holds.
4. What was put in is taken out and put in once more while that saves anything; others are never moved to save.

Everything is counted in minutes of driving. No clock, no chance: the same input gives the same plan.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time, timedelta

from planner.model import DateSpan, TimeSpan, Visit, VisitState
from planner.routing.diary import DELAY_PRICE, OVERTIME_PRICE, STANDING, Diary
from planner.routing.ejection import Budget, Ejection, changed_others
from planner.routing.jobs import DayCost, Delay, Insertion, Job, Seat
from planner.routing.stranded import NO_PLACE, Stranded, joint_stranded
from planner.routing.timetable import clock

DAY_PRICE = 5.0
"""Minutes of driving that each day is worth by which a hit visit moves."""
TECHNICIAN_PRICE = 15.0
"""Minutes of driving that it is worth when a hit visit changes its technician."""
URGENT_DAY_PRICE = 240.0
"""Minutes of driving that each day is worth for which a fault goes on: a machine that stands costs more than a van."""
CHAIN_FROM = 120.0
"""A place that costs more than so many minutes is compared with a chain of moves."""
ROUNDS = 2
"""How often what was put in is tried once more; measured: a third round saves nothing."""
FARTHEST = timedelta(days=28)
"""How far outside its window a place is looked for, to be offered to a person."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Disturbance:
    """What has happened; several things at once are possible.

    Args:
        away: Technicians with the days on which they cannot work.
        closed: Sites with the days on which nobody can or may come.
        urgent: Jobs that come in from outside.
    """

    away: tuple[tuple[str, DateSpan], ...] = ()
    closed: tuple[tuple[str, DateSpan], ...] = ()
    urgent: tuple[Job, ...] = ()

    def hits(self, visit: Visit) -> bool:
        """Whether a visit cannot be as it stands, on any of its days, with all who are there."""
        return any(
            any(one == part.technician_id and part.day in days for one, days in self.away)
            or any(one == part.site_id and part.day in days for one, days in self.closed)
            for part in visit.spread()
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a repair costs.

    Args:
        others: Visits of the next four weeks that were not hit.
        others_day, others_technician, others_later: Of these, how many change day, technician, only their hours.
        travel_before, travel_after, overtime_before, overtime_after: Minutes of the days that are touched.
    """

    others: int = 0
    others_day: int = 0
    others_technician: int = 0
    others_later: int = 0
    travel_before: int = 0
    travel_after: int = 0
    overtime_before: int = 0
    overtime_after: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Repaired:
    """A mended plan.

    Args:
        visits: Every visit as it is now, hit ones without a place with nobody; in the order given.
        changed: Those that differ, before and after.
        hit: Keys of the visits that the disturbance hit.
        urgent: Where the urgent jobs go, by key.
        offers: The best places of each urgent job, by key, before anything else was moved.
        stranded: What has no place.
        figures: What it costs.
    """

    visits: tuple[Visit, ...]
    changed: tuple[tuple[Visit, Visit], ...]
    hit: tuple[str, ...]
    urgent: Mapping[str, Insertion]
    offers: Mapping[str, tuple[Insertion, ...]]
    stranded: tuple[Stranded, ...]
    figures: Figures


def repair(
    visits: Sequence[Visit],
    disturbance: Disturbance,
    diary: Diary,
    *,
    skills: Mapping[str, frozenset[str]],
    today: date,
    since: time | None = None,
    budget: Budget | None = None,
) -> Repaired:
    """Return the plan after a disturbance.

    Args:
        visits: The plan; each key once.
        disturbance: What has happened.
        diary: Made from the same visits, sites and calendars in which the disturbance already holds: a day off
            is closed there, and so is a site's. It is changed.
        skills: What each visit needs, by key; a missing one needs nothing.
        today: Nothing is put on an earlier day.
        since: Nothing is put before this local time of today; None where all of today is left.
        budget: How much else may change; None takes the usual shares.
    """
    by_key = {one.key: one for one in visits}
    hit = [
        one
        for one in visits
        if _is_open(one)
        and one.day >= today
        and (disturbance.hits(one) or diary.bars(one, skills.get(one.key, frozenset())))
    ]
    hit_keys = {one.key for one in hit}
    others = [one for one in visits if _is_open(one) and one.key not in hit_keys and one.day >= today]
    budget = budget or Budget.of(others, today)
    movable = {
        one.key: _job(one, skills, today, since, hit=False)
        for one in others
        if not one.locked and one.state is not VisitState.BOOKED and not one.needs.is_joint
    }
    before = {day: diary.day_cost(*day) for day in _all_days(visits, diary)}
    waiting, stranded = _taken_out(hit, diary, skills, today, since)
    apart = {one.key for one in stranded if one.why == NO_PLACE}
    offers = {job.key: diary.offers(job) for job in disturbance.urgent}
    ejection = Ejection(diary, movable, by_key, budget)
    lost = _put_in(disturbance.urgent, ejection)
    lost += _put_in(waiting, ejection)
    _improved([*disturbance.urgent, *waiting], diary)
    stranded += [_without_place(job, by_key, diary) for job in lost]
    after = tuple(_now(one, diary, apart | {job.key for job in lost}) for one in visits)
    changed = tuple(pair for pair in zip(visits, after, strict=True) if _differs(*pair))
    urgent = {
        job.key: _stands(job, diary, by_key)
        for job in disturbance.urgent
        if job.key not in {one.key for one in lost}
    }
    return Repaired(
        visits=after,
        changed=changed,
        hit=tuple(sorted(hit_keys)),
        urgent=urgent,
        offers=offers,
        stranded=tuple(sorted(stranded, key=lambda one: one.key)),
        figures=_figures(changed, budget, diary, before, hit_keys, urgent.values()),
    )


def _is_open(visit: Visit) -> bool:
    return visit.state in (VisitState.FORECAST, VisitState.CALLED, VisitState.BOOKED)


def _job(
    visit: Visit, skills: Mapping[str, frozenset[str]], today: date, since: time | None, *, hit: bool
) -> Job:
    booked = visit.state is VisitState.BOOKED
    earliest = visit.day if booked else max(visit.earliest, today)
    latest = visit.day if booked else max(visit.latest, visit.day, today)
    return Job(
        key=visit.key,
        site_id=visit.site_id,
        duration=visit.duration,
        earliest=min(earliest, latest),
        latest=latest,
        not_before=since if min(earliest, latest) == today else None,
        skills=skills.get(visit.key, frozenset()),
        ideal=visit.day,
        day_price=DAY_PRICE,
        technician_id=visit.technician_id,
        technician_price=TECHNICIAN_PRICE if hit else 0.0,
        hours=visit.hours if booked else None,
        kits=visit.needs.kits,
    )


def _taken_out(
    hit: Iterable[Visit],
    diary: Diary,
    skills: Mapping[str, frozenset[str]],
    today: date,
    since: time | None,
) -> tuple[list[Job], list[Stranded]]:
    waiting, stranded = [], []
    for visit in sorted(hit, key=lambda one: one.key):
        if visit.needs.is_joint:
            stranded.append(joint_stranded(visit, diary))
            continue
        job = _job(visit, skills, today, since, hit=True)
        if visit.locked and visit.state is not VisitState.BOOKED:
            free = replace(job, earliest=max(visit.earliest, today), latest=max(visit.latest, today))
            stranded.append(Stranded(key=visit.key, visit=visit, why="locked", offers=diary.offers(free)))
            continue
        if visit.state is VisitState.BOOKED and (visit.locked or not _has_place(job, diary)):
            free = replace(
                job, hours=None, earliest=max(visit.earliest, today), latest=max(visit.latest, today)
            )
            stranded.append(Stranded(key=visit.key, visit=visit, why="booked", offers=diary.offers(free)))
            continue
        if visit.key in diary:
            diary.take(visit.key)
        waiting.append(job)
    return waiting, stranded


def _has_place(job: Job, diary: Diary) -> bool:
    return bool(diary.offers(job, best=1))


def _put_in(jobs: Sequence[Job], ejection: Ejection) -> list[Job]:
    """Put the jobs in, the one that would lose most by waiting first; return those that have no place."""
    diary = ejection.diary
    open_offers = {job.key: _every_offer(job, diary) for job in jobs}
    waiting = {job.key: job for job in jobs}
    lost = []
    while waiting:
        job = max(waiting.values(), key=lambda one: (_regret(open_offers[one.key]), one.key))
        del waiting[job.key]
        offers = open_offers.pop(job.key)
        best = min(offers.values(), key=_rank, default=None)
        chain = ejection.cheapest(job) if best is None or best.cost > CHAIN_FROM else None
        if chain is not None and (best is None or chain.cost < best.cost):
            touched = ejection.apply(chain)
        elif best is not None:
            diary.put(job, best, fixed=job.hours is not None)
            touched = {(best.technician_id, best.day)}
        else:
            lost.append(job)
            continue
        for key, other in waiting.items():
            days = set(diary.days_of(other))
            found = open_offers[key]
            for one in [one for one in found if one in touched or one[1] not in days]:
                del found[one]
            for technician_id, day in touched:
                if day in days and technician_id in diary.able(other):
                    offer = diary.offer(other, technician_id, day)
                    if offer is not None:
                        found[technician_id, day] = offer
    return lost


def _every_offer(job: Job, diary: Diary) -> dict[tuple[str, date], Insertion]:
    return {(one.technician_id, one.day): one for one in diary.offers(job, best=10_000)}


def _regret(offers: Mapping[tuple[str, date], Insertion]) -> float:
    """Return how much the second best place costs more than the best; without end where there is no second."""
    costs = sorted(one.cost for one in offers.values())
    return costs[1] - costs[0] if len(costs) > 1 else float("inf")


def _improved(jobs: Sequence[Job], diary: Diary) -> None:
    for _ in range(ROUNDS):
        moved = False
        for job in jobs:
            if job.key not in diary:
                continue
            where = diary.where(job.key)
            memory = diary.remember(where)
            was = diary.day_cost(*where)
            diary.take(job.key)
            saved = was.travel - diary.day_cost(*where).travel
            offers = diary.offers(job, best=1)
            if offers and (offers[0].technician_id, offers[0].day) != where:
                now = offers[0]
                if now.cost < saved + _wish(job, *where) and not now.delays:
                    diary.put(job, now, fixed=job.hours is not None)
                    moved = True
                    continue
            diary.restore(memory)
        if not moved:
            return


def _wish(job: Job, technician_id: str, day: date) -> float:
    wish = job.technician_price if job.technician_id not in (None, technician_id) else 0.0
    return wish + job.day_price * abs((day - (job.ideal or job.earliest)).days)


def _without_place(job: Job, by_key: Mapping[str, Visit], diary: Diary) -> Stranded:
    wider = replace(job, latest=job.latest + FARTHEST, hours=None)
    return Stranded(key=job.key, visit=by_key.get(job.key), why=NO_PLACE, offers=diary.offers(wider))


def _now(visit: Visit, diary: Diary, lost: set[str]) -> Visit:
    if visit.key in lost:
        return replace(visit, technician_id=None, hours=None, travel=timedelta(0), travel_m=0, further=())
    if visit.state not in STANDING or visit.key not in diary:
        return visit
    now = diary.placed(visit)
    # The way to a visit may have changed with its neighbours; that alone is no news to anybody.
    return now if _differs(visit, now) else visit


def _stands(job: Job, diary: Diary, by_key: Mapping[str, Visit]) -> Insertion:
    """Return where an urgent job stands, and what its day costs more than without it."""
    where = technician_id, day = diary.where(job.key)
    seats = diary.seats(*where)
    mine = next(one for one in seats if one.key == job.key)
    delays = tuple(
        Delay(key=one.key, minutes=late)
        for one in seats
        if one.key in by_key and (late := _late(one, by_key[one.key], day)) > 0
    )
    with_it = diary.day_cost(*where)
    memory = diary.remember(where)
    diary.take(job.key)
    without = diary.day_cost(*where)
    diary.restore(memory)
    detour, overtime = with_it.travel - without.travel, with_it.overtime - without.overtime
    cost = detour + OVERTIME_PRICE * overtime + DELAY_PRICE * sum(one.minutes for one in delays)
    return Insertion(
        technician_id=technician_id,
        day=day,
        hours=TimeSpan(start=clock(mine.start), end=clock(mine.end)),
        detour_minutes=detour,
        overtime_minutes=overtime,
        delays=delays,
        cost=cost + _wish(job, *where),
    )


def _late(seat: Seat, visit: Visit, day: date) -> int:
    """Return how many minutes later a stop starts than its visit did, where that was on the same day."""
    if visit.hours is None or visit.day != day:
        return 0
    return seat.start - (visit.hours.start.hour * 60 + visit.hours.start.minute)


def _differs(one: Visit, other: Visit) -> bool:
    return (one.day, one.technician_id, one.hours) != (other.day, other.technician_id, other.hours)


def _all_days(visits: Iterable[Visit], diary: Diary) -> set[tuple[str, date]]:
    return {diary.where(one.key) for one in visits if one.key in diary}


def _figures(
    changed: Sequence[tuple[Visit, Visit]],
    budget: Budget,
    diary: Diary,
    before: Mapping[tuple[str, date], DayCost],
    hit: set[str],
    urgent: Iterable[Insertion],
) -> Figures:
    days: set[tuple[str, date]] = {(one.technician_id, one.day) for one in urgent}
    for pair in changed:
        days |= {(one.technician_id, one.day) for one in pair if one.technician_id in diary.technicians}
    was = [before[day] for day in days if day in before]
    now = [diary.day_cost(*day) for day in days]
    moved, handed, later = changed_others(changed, hit)
    return Figures(
        others=budget.others,
        others_day=len(moved),
        others_technician=len(handed),
        others_later=len(later),
        travel_before=sum(one.travel for one in was),
        travel_after=sum(one.travel for one in now),
        overtime_before=sum(one.overtime for one in was),
        overtime_after=sum(one.overtime for one in now),
    )


def _rank(one: Insertion) -> tuple[float, date, str]:
    return one.cost, one.day, one.technician_id
