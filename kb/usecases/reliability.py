"""How reliable are our machines? Failures, downtime, cures that lasted, and who fails most, from closed repairs."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Self

from kb.content.vocabulary import Vocabularies
from kb.errors import BadQuery, Fault
from kb.i18n import Language
from kb.store import Store
from kb.store import job_history as rows
from kb.store.register import Session
from planner.model import EventKind, MachineState
from planner.reliability import (
    WITHIN,
    Breakdown,
    ClosedJob,
    FirstTimeFix,
    Indicators,
    ParetoRow,
    Repeat,
    first_time_fix,
    indicators,
    pareto,
    repeats,
)

GROUPS = ("machine", "model", "subsystem", "component", "failure_mode", "cause", "remedy", "technician")
"""By what failures can be counted."""
LISTS = {
    "subsystem": "subsystems",
    "failure_mode": "failure_modes",
    "cause": "causes",
    "remedy": "activities",
}
"""Groups whose values are codes, and their code list."""
LONGEST_YEARS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class ReliabilityQuery:
    """What is looked at.

    Args:
        first, last: Days, both counted; failures that began on them.
        site_id, customer_id, equipment_class, equipment_id: Only such machines; empty selects nothing out.
    """

    first: date
    last: date
    site_id: str = ""
    customer_id: str = ""
    equipment_class: str = ""
    equipment_id: str = ""

    @classmethod
    def of(cls, *, today: date, first: date | None = None, last: date | None = None, **chosen: str) -> Self:
        """Return a query whose period ends today and is a year long, where nothing else is said."""
        end = last or today
        return cls(first=first or end - timedelta(days=364), last=end, **chosen)

    def span(self, zone: tzinfo) -> tuple[datetime, datetime]:
        """Return the instants of its beginning and its end, half-open."""
        start = datetime.combine(self.first, time(), zone)
        return start, datetime.combine(self.last + timedelta(days=1), time(), zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A repair, as the analyses see it.

    Args:
        restored: When the machine worked again; None where nobody recorded it.
        site_id: Where it was mended; the machine may stand elsewhere by now.
        words: What stands for each of `GROUPS`, empty where nothing is known.
        minutes: Of work; None where nobody recorded it.
        cost: None where nobody recorded it.
    """

    id: str
    number: str
    title: str
    site_id: str
    machine: rows.MachineRow
    opened: datetime
    closed: datetime
    restored: datetime | None
    words: Mapping[str, str]
    visits: int
    minutes: int | None
    cost: float | None
    stopped: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Reliability:
    """The figures of a period.

    Args:
        jobs: The repairs behind them, by instant.
        machines: The observed machines, by tag.
        indicators: Of the machines; None without one.
        timed: Failures whose end is recorded: availability and mean downtime know only these.
        worked: Failures whose working time is recorded.
        fixed: First-time fix, corrected by the repeats within the longer of `WITHIN`; of the jobs whose subsystem is
            known, as nobody can tell whether the others came back.
        repeats: What came back, by the spans of `WITHIN`; of the same jobs.
        cost: Of the jobs that have one; None where none has.
    """

    query: ReliabilityQuery
    jobs: tuple[Job, ...]
    machines: tuple[rows.MachineRow, ...]
    indicators: Indicators | None
    timed: int
    worked: int
    fixed: FirstTimeFix
    repeats: Mapping[int, tuple[Repeat, ...]] = field(default_factory=dict)
    cost: float | None = None

    def by_id(self) -> dict[str, Job]:
        """Return its jobs by their ids."""
        return {one.id: one for one in self.jobs}

    def counted(self, group: str, *, by: str = "failures") -> tuple[ParetoRow, ...]:
        """Return the groups by their failures, hours down or cost, the largest first.

        Args:
            group: One of `GROUPS`; jobs of which it is not known count as an empty key.
            by: `failures`, `hours` down, `minutes` of work, or `cost`.

        Raises:
            BadQuery: There is no such group or measure.
        """
        if group not in GROUPS or by not in MEASURES:
            raise BadQuery(
                f"{group[:40]!r} by {by[:40]!r}: groups are {', '.join(GROUPS)}; by {', '.join(MEASURES)}"
            )
        measure = MEASURES[by]
        return pareto((one.words.get(group, ""), measure(one)) for one in self.jobs)


def _hours(job: Job) -> float:
    return (job.restored - job.opened).total_seconds() / 3600 if job.restored and job.stopped else 0.0


def _one(job: Job) -> float:
    return 1.0


MEASURES: Mapping[str, Callable[[Job], float]] = {
    "failures": _one,
    "hours": _hours,
    "minutes": lambda job: float(job.minutes or 0),
    "cost": lambda job: max(0.0, job.cost or 0.0),
}
"""What a job weighs."""


def reliability(store: Store, query: ReliabilityQuery, *, zone: tzinfo, today: date) -> Reliability:
    """Return the figures of a period.

    A repair is a failure of its machine. It was down from the report to its restoration where it stood still; a failure
    whose end nobody recorded counts as a failure, and adds no downtime.

    Args:
        zone: Where the days of the query begin.
        today: Tells which cures are too young to be sure of.

    Raises:
        BadQuery: The period is empty, or too long.
    """
    _refuse_period(query)
    start, end = query.span(zone)
    with store.reading() as session:
        machines = rows.machine_rows(
            session,
            site_id=query.site_id,
            customer_id=query.customer_id,
            equipment_class=query.equipment_class,
            equipment_id=query.equipment_id,
        )
        jobs = _jobs(session, {one.id: one for one in machines}, start, end)
    closed = [_closed(one, zone) for one in jobs if one.words["subsystem"]]
    broken = [
        Breakdown(
            unit_id=one.machine.id,
            failed=one.opened,
            restored=one.restored if one.restored and one.stopped else one.opened,
            repair=timedelta(minutes=one.minutes) if one.minutes else None,
        )
        for one in jobs
    ]
    costs = [one.cost for one in jobs if one.cost is not None]
    return Reliability(
        query=query,
        jobs=tuple(jobs),
        machines=tuple(machines),
        indicators=indicators(broken, units=[one.id for one in machines], start=start, end=end)
        if machines
        else None,
        timed=sum(one.restored is not None for one in jobs),
        worked=sum(one.minutes is not None for one in jobs),
        fixed=first_time_fix(closed, within=WITHIN[-1], today=today),
        repeats={span.days: repeats(closed, within=span) for span in WITHIN},
        cost=sum(costs) if costs else None,
    )


def _refuse_period(query: ReliabilityQuery) -> None:
    faults = []
    if query.last < query.first:
        faults.append(Fault(where="last", what=f"{query.last} is before {query.first}", repair="swap them"))
    if (query.last - query.first).days > LONGEST_YEARS * 366:
        faults.append(
            Fault(
                where="first",
                what=f"{query.first} is long before {query.last}",
                repair=f"{LONGEST_YEARS} years at most",
            )
        )
    if faults:
        raise BadQuery("no such period can be looked at", faults)


def jobs_between(
    session: Session,
    start: datetime | None,
    end: datetime,
    *,
    closed_from: datetime | None = None,
) -> list[Job]:
    """Return the closed repairs that began in a span, half-open, inside a transaction; also of machines retired since.

    Args:
        start: None for any that began before `end`.
        closed_from: Those closed before are left out.
    """
    machines = {one.id: one for one in rows.machine_rows(session, with_retired=True)}
    return _jobs(session, machines, start, end, closed_from=closed_from)


def _jobs(
    session: Session,
    machines: Mapping[str, rows.MachineRow],
    start: datetime | None,
    end: datetime,
    *,
    closed_from: datetime | None = None,
) -> list[Job]:
    closed = rows.closed_repairs(session, opened_from=start, opened_before=end, closed_from=closed_from)
    found = [one for one in closed if one.equipment_id in machines]
    ids = [one.id for one in found]
    restored: dict[str, datetime] = {}
    arrivals: defaultdict[str, int] = defaultdict(int)
    for order, kind, at in rows.event_instants(
        session, ids, [EventKind.RESTORED.value, EventKind.RESOLVED.value, EventKind.ARRIVED.value]
    ):
        if kind == EventKind.ARRIVED:
            arrivals[order] += 1
        else:
            restored.setdefault(order, at)
    minutes: dict[str, dict[str, int]] = defaultdict(dict)
    for order, kind, spent in rows.minutes_of(session, ids):
        minutes[order][kind] = spent
    return [
        _job(one, machines[one.equipment_id], restored.get(one.id), arrivals[one.id], minutes.get(one.id, {}))
        for one in found
    ]


def _job(
    row: rows.JobRow,
    machine: rows.MachineRow,
    restored: datetime | None,
    arrivals: int,
    minutes: Mapping[str, int],
) -> Job:
    imported = bool(row.body.get("imported"))
    if imported and not row.body.get("restored"):
        restored = None
    said = row.body.get("words", {})
    words = {
        "machine": machine.tag,
        "model": machine.model,
        "subsystem": row.subsystem or said.get("subsystem", ""),
        "component": row.item or row.body.get("component", ""),
        "failure_mode": row.failure_mode or said.get("failure_mode", ""),
        "cause": row.cause or said.get("cause", ""),
        "remedy": row.remedy or said.get("remedy", ""),
        "technician": row.technician_id or "",
    }
    cost = row.body.get("cost")
    return Job(
        id=row.id,
        number=row.number,
        title=row.title,
        site_id=row.site_id,
        machine=machine,
        opened=row.opened_at,
        closed=row.closed_at,
        restored=restored,
        words=words,
        visits=1 if imported else arrivals,
        minutes=minutes.get("work"),
        cost=float(cost) if isinstance(cost, int | float) else None,
        stopped=row.machine_state in ("", MachineState.STOPPED),
    )


def _closed(job: Job, zone: tzinfo) -> ClosedJob:
    return ClosedJob(
        id=job.id,
        unit_id=job.machine.id,
        subsystem=job.words["subsystem"],
        opened=job.opened.astimezone(zone).date(),
        closed=job.closed.astimezone(zone).date(),
        opened_at=job.opened,
        closed_at=job.closed,
        cause=job.words["cause"],
        visits=job.visits,
        technician_id=job.words["technician"],
    )


def group_label(vocabularies: Vocabularies, group: str, key: str, language: Language) -> str:
    """Return the name of a group's value; a word of the file itself where it is no code."""
    return vocabularies.label(LISTS[group], key, language) if group in LISTS else key


def reliability_json(found: Reliability, vocabularies: Vocabularies, language: Language) -> dict[str, object]:
    """Return the figures as an object of JSON; times in hours."""
    all_of = found.indicators
    return {
        "first": found.query.first.isoformat(),
        "last": found.query.last.isoformat(),
        "machines": len(found.machines),
        "failures": len(found.jobs),
        "failures_with_end": found.timed,
        "failures_with_work": found.worked,
        "hours": None
        if all_of is None
        else {
            "observed": _as_hours(all_of.observed),
            "down": _as_hours(all_of.down) if found.timed else None,
            "mtbf": _as_hours(all_of.mtbf),
            "mttr": _as_hours(all_of.mttr),
            "mean_down": _as_hours(all_of.mean_down),
        },
        "availability": all_of.availability if all_of and found.timed else None,
        "first_time_fix": {
            "jobs": found.fixed.jobs,
            "one_visit": found.fixed.one_visit,
            "stayed_cured": found.fixed.stayed_cured,
            "open_to_change": found.fixed.open_to_change,
            "apparent": found.fixed.apparent,
            "corrected": found.fixed.corrected,
        },
        "repeats": {str(days): len(those) for days, those in found.repeats.items()},
        "cost": found.cost,
        "groups": {
            group: [
                {
                    "key": one.key,
                    "label": group_label(vocabularies, group, one.key, language),
                    "weight": one.weight,
                    "share": one.share,
                    "up_to": one.up_to,
                }
                for one in found.counted(group)[:TOLD]
            ]
            for group in GROUPS
        },
    }


TOLD = 20
"""So many of each group stand in the JSON; `counted` has all."""


def _as_hours(span: timedelta | None) -> float | None:
    return None if span is None else round(span.total_seconds() / 3600, 3)


def jobs_of(found: Reliability, group: str, key: str) -> Sequence[Job]:
    """Return the jobs behind a figure, the last ones first.

    Raises:
        BadQuery: There is no such group.
    """
    if group not in GROUPS:
        raise BadQuery(f"{group[:40]!r} is no group: {', '.join(GROUPS)}")
    return [one for one in reversed(found.jobs) if one.words.get(group, "") == key]
