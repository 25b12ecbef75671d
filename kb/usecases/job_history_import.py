"""Bring a list of old jobs in as closed work orders: looked at first, all of it or nothing, and twice is once."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path

from kb.content.vocabulary import Vocabularies
from kb.errors import BadImport, Fault
from kb.imports.limits import DEFAULT_LIMITS, Limits
from kb.imports.workbook_files import read_sheets
from kb.store import Store
from kb.store import job_history as rows
from kb.store.register import Change, Session, record
from kb.usecases.job_history import FAULTS_TOLD, Choices, OldJob, Reading, read_jobs
from kb.usecases.work_orders import AUDITED
from planner.model import EventKind, MachineState

SERIES = "LS"
"""Numbers of jobs that were brought in begin so; those of the department's own work orders do not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryReport:
    """What bringing a list in did, or would do.

    Args:
        name: The file's.
        dry_run: Whether nothing was written.
        reading: How the file was read.
        added, known: Jobs that are new, and that are there already.
        failures, replacements: Of all of them: those that answered a failure, those that put a part in.
        machines: How many machines they are on.
        first, last: Of the failures, in time; None without a job.
    """

    name: str
    dry_run: bool
    reading: Reading
    added: int
    known: int
    failures: int
    replacements: int
    machines: int
    first: datetime | None
    last: datetime | None

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "name": self.name,
            "dry_run": self.dry_run,
            "headers": list(self.reading.headers),
            "columns": dict(self.reading.columns),
            "dates": self.reading.order,
            "unknown_kinds": dict(self.reading.unknown_kinds),
            "added": self.added,
            "known": self.known,
            "failures": self.failures,
            "replacements": self.replacements,
            "machines": self.machines,
            "first": self.first.isoformat() if self.first else None,
            "last": self.last.isoformat() if self.last else None,
        }


def import_history(
    store: Store,
    path: Path,
    choices: Choices,
    *,
    name: str | None = None,
    vocabularies: Vocabularies,
    zone: tzinfo,
    who: str,
    now: datetime,
    dry_run: bool = True,
    limits: Limits = DEFAULT_LIMITS,
) -> HistoryReport:
    """Bring a list of old jobs in, all of it or nothing.

    A job's id is made of what its row says, so that a list that is sent again adds only what is new in it.

    Args:
        path: A workbook or a csv file; the first sheet with rows is read.
        choices: What the person says of the file.
        name: What to call it in messages; its own name otherwise.
        vocabularies: The code lists.
        zone: Of instants written without one.
        dry_run: Only say what would happen.

    Raises:
        BadImport: Every fault of the file, by row and column.
    """
    shown = name or path.name
    sheets = [sheet for sheet in read_sheets(path, name=name, limits=limits) if sheet.rows]
    if not sheets:
        raise BadImport(
            f"{shown} has no row", [Fault(where=shown, what="is empty", repair="give a row a job")]
        )
    reading = read_jobs(sheets[0], choices, vocabularies=vocabularies, zone=zone)
    if dry_run:
        with store.reading() as session:
            return _bring(session, shown, reading, who=who, now=now, dry_run=True)
    with store.writing() as session:
        return _bring(session, shown, reading, who=who, now=now, dry_run=False)


def _bring(
    session: Session, name: str, reading: Reading, *, who: str, now: datetime, dry_run: bool
) -> HistoryReport:
    machines = _machines(session, reading.jobs, now)
    by_id = {_id_of(job, machines[job.machine][0]): job for job in reading.jobs}
    known = rows.known_orders(session, list(by_id))
    new = {id: job for id, job in by_id.items() if id not in known}
    if new and not dry_run:
        _write(session, new, machines, who=who, now=now)
        summary = {"file": name[:200], "added": len(new), "known": len(known)}
        record(
            session,
            [
                Change(
                    at=now,
                    who=who,
                    action="import",
                    kind=AUDITED,
                    thing_id=SERIES,
                    before=None,
                    after=summary,
                )
            ],
        )
    return HistoryReport(
        name=name,
        dry_run=dry_run,
        reading=reading,
        added=len(new),
        known=len(known),
        failures=sum(job.is_failure for job in reading.jobs),
        replacements=sum(job.is_replacement for job in reading.jobs),
        machines=len({machines[job.machine][0] for job in reading.jobs}),
        first=min((job.failed for job in reading.jobs), default=None),
        last=max((job.failed for job in reading.jobs), default=None),
    )


def _machines(session: Session, jobs: tuple[OldJob, ...], now: datetime) -> dict[str, tuple[str, str]]:
    """Return id and site of every machine that is named.

    Raises:
        BadImport: A machine is not in the register, or a name is that of several; or a job lies ahead.
    """
    counts = Counter(job.machine for job in jobs)
    found = rows.machines_by_name(session, counts)
    faults = [
        Fault(
            where=machine[:80],
            what=f"is no machine of the register ({count} rows)"
            if machine not in found
            else f"is the name of {len(found[machine])} machines ({count} rows)",
            repair="give its tag as the register has it, or bring the machine in first",
        )
        for machine, count in sorted(counts.items())
        if len(found.get(machine, ())) != 1
    ]
    faults += [
        Fault(where=job.place, what=f"{at:%Y-%m-%d} lies ahead", repair="check the order of day and month")
        for job in jobs
        if (at := job.restored or job.failed) > now
    ]
    if faults:
        raise BadImport(f"{len(faults)} fault(s); nothing was imported", faults[:FAULTS_TOLD])
    return {machine: places[0] for machine, places in found.items()}


def _id_of(job: OldJob, machine_id: str) -> str:
    said = "\x1f".join(
        (
            machine_id,
            job.failed.isoformat(),
            job.number,
            job.title,
            job.component,
            job.position,
            *(f"{name}={value}" for name, value in sorted({**job.words, **job.codes}.items())),
            str(job.cost),
            str(job.minutes),
            str(job.twin),
        )
    )
    return "h" + hashlib.sha256(said.encode()).hexdigest()[:40]


def _write(
    session: Session,
    jobs: Mapping[str, OldJob],
    machines: Mapping[str, tuple[str, str]],
    *,
    who: str,
    now: datetime,
) -> None:
    years = Counter(job.failed.year for job in jobs.values())
    next_of = {
        year: rows.reserve_numbers(session, f"{SERIES}-{year}", count)
        for year, count in sorted(years.items())
    }
    orders: list[dict[str, object]] = []
    events: list[dict[str, object]] = []
    parts: list[dict[str, object]] = []
    times: list[dict[str, object]] = []
    for id, job in sorted(jobs.items(), key=lambda pair: (pair[1].failed, pair[0])):
        machine_id, site_id = machines[job.machine]
        year = job.failed.year
        ended = job.restored or job.failed
        orders.append(
            {
                "id": id,
                "number": f"{SERIES}{year}-{next_of[year]:06d}",
                "kind": "repair" if job.is_failure else "other",
                "title": job.title,
                "site_id": site_id,
                "equipment_id": machine_id,
                "state": EventKind.CLOSED.value,
                "machine_state": MachineState.STOPPED.value if job.is_failure and job.restored else "",
                "alarm": job.alarm,
                **{
                    name: job.codes.get(name, "")
                    for name in ("subsystem", "failure_mode", "mechanism", "cause", "remedy")
                },
                "opened_at": job.failed,
                "closed_at": ended,
                "body": _body(job),
            }
        )
        next_of[year] += 1
        for position, (kind, at) in enumerate(
            ((EventKind.REPORTED, job.failed), (EventKind.RESOLVED, ended), (EventKind.CLOSED, ended))
        ):
            events.append(
                {
                    "id": f"{id}-{position}",
                    "work_order_id": id,
                    "position": position,
                    "kind": kind.value,
                    "at": at,
                    "who": who,
                    "told_at": now,
                }
            )
        if job.is_replacement:
            parts.append(
                {
                    "id": f"{id}-p",
                    "work_order_id": id,
                    "equipment_id": machine_id,
                    "part_number": "",
                    "name": job.component,
                    "place": job.position,
                    "after_failure": job.is_failure,
                    "used_on": ended.date(),
                }
            )
        if job.minutes:
            times.append(
                {
                    "id": f"{id}-t",
                    "work_order_id": id,
                    "kind": "work",
                    "started_at": job.failed,
                    "minutes": job.minutes,
                }
            )
    rows.write_jobs(session, orders, events, parts, times)


def _body(job: OldJob) -> dict[str, object]:
    """Return what has no column: words that no code list has, the component, what it cost, its old number."""
    said: dict[str, object] = {
        "imported": True,
        "words": dict(job.words),
        "component": job.component,
        "number": job.number,
        "cost": job.cost,
        "restored": job.restored is not None,
    }
    return {name: value for name, value in said.items() if value not in ("", None, {})}
