"""The lists behind a summary: visits, orders, reports, repeats, calls, complaints, parts; each row with its month and its day."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from typing import Any

from kb.content.vocabulary import Vocabularies
from kb.i18n import Language
from kb.store import job_history
from kb.store import summaries as rows
from kb.store.register import Session
from kb.usecases.record_kinds_customer import CATEGORIES
from kb.usecases.reliability import LISTS, Job, jobs_between
from planner.reliability import WITHIN, ClosedJob, repeats

Value = str | int | float | date | None
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryList:
    """A list: its columns as message ids by name, its rows as values by name; each has `month` and `day`.

    Args:
        links: Where the row at the same place leads; empty where nowhere.
    """

    name: str
    title: str
    columns: Mapping[str, str]
    rows: tuple[Mapping[str, Value], ...]
    links: tuple[str, ...]

    def of_month(self, month: str) -> list[tuple[Mapping[str, Value], str]]:
        """Return the rows of a month with their links; an empty month returns all."""
        return [
            (row, link)
            for row, link in zip(self.rows, self.links, strict=True)
            if not month or row["month"] == month
        ]


@dataclass(frozen=True, slots=True)
class _Around:
    sites: Mapping[str, str]
    tags: Mapping[str, str]
    people: Mapping[str, str]
    zone: tzinfo

    def day(self, at: datetime) -> date:
        return at.astimezone(self.zone).date()


def summary_lists(
    session: Session, first: date, last: date, *, zone: tzinfo, vocabularies: Vocabularies, language: Language
) -> dict[str, SummaryList]:
    """Return the lists between two days, both included, by name, inside a transaction."""
    start = datetime.combine(first, time(), zone)
    before = datetime.combine(last + timedelta(days=1), time(), zone)
    sites, tags, people = rows.names(session)
    around = _Around(sites, tags, people, zone)
    found = [
        _visits(session, around, first, last),
        _orders(session, around, start, before, vocabularies, language),
        _reports(session, around, start, before),
        _repeats(session, around, start, before, vocabularies, language),
        _calls(session, around, start, before),
        _complaints(session, around, start, before),
        _parts(session, around, first, last),
    ]
    return {one.name: one for one in found}


def _made(
    name: str, title: str, columns: Mapping[str, str], rows_: Sequence[tuple[dict[str, Value], str]]
) -> SummaryList:
    whole = {"month": "In month", "day": "Day", **columns}
    filled = []
    for row, _ in rows_:
        day = row["day"]
        filled.append({"month": f"{day:%Y-%m}" if isinstance(day, date) else "", **row})
    return SummaryList(
        name=name, title=title, columns=whole, rows=tuple(filled), links=tuple(link for _, link in rows_)
    )


def _visits(session: Session, around: _Around, first: date, last: date) -> SummaryList:
    found: list[tuple[dict[str, Value], str]] = [
        (
            {
                "day": day,
                "key": key,
                "site": around.sites.get(site, site),
                "technician": around.people.get(person, ""),
                "state": state,
                "notes": notes,
            },
            f"/visits/{key}",
        )
        for key, day, site, person, state, notes in rows.visits(session, first, last)
    ]
    columns = {
        "key": "Visit",
        "site": "Site",
        "technician": "Technician",
        "state": "State",
        "notes": "Remarks",
    }
    return _made("visits", "Visits that were done", columns, found)


def _orders(
    session: Session,
    around: _Around,
    start: datetime,
    before: datetime,
    lists: Vocabularies,
    language: Language,
) -> SummaryList:
    orders = rows.orders(session, start, before)
    minutes: dict[str, dict[str, int]] = {}
    for order, kind, spent in job_history.minutes_of(session, [one["id"] for one in orders]):
        minutes.setdefault(order, {})[kind] = spent
    found: list[tuple[dict[str, Value], str]] = []
    for one in orders:
        spent_on = minutes.get(one["id"], {})
        found.append(
            (
                {
                    "day": around.day(one["closed_at"]),
                    "number": one["number"],
                    "kind": one["kind"],
                    "title": one["title"],
                    "site": around.sites.get(one["site_id"], ""),
                    "tag": around.tags.get(one["equipment_id"] or "", ""),
                    "technician": around.people.get(one["technician_id"] or "", ""),
                    "cover": one["cover"],
                    "subsystem": lists.label("subsystems", one["subsystem"], language),
                    "cause": lists.label("causes", one["cause"], language),
                    "work_minutes": spent_on.get("work", 0),
                    "travel_minutes": spent_on.get("travel", 0),
                },
                f"/orders/{one['number']}",
            )
        )
    columns = {
        "number": "Work order",
        "kind": "Kind",
        "title": "Title",
        "site": "Site",
        "tag": "Machine",
        "technician": "Technician",
        "cover": "Cover",
        "subsystem": "Subsystem",
        "cause": "Cause",
        "work_minutes": "Work (min)",
        "travel_minutes": "Travel (min)",
    }
    return _made("orders", "Work orders closed", columns, found)


def _reports(session: Session, around: _Around, start: datetime, before: datetime) -> SummaryList:
    found: list[tuple[dict[str, Value], str]] = [
        (
            {
                "day": around.day(one["reported_at"]),
                "number": one["number"],
                "site": around.sites.get(one["site_id"] or "", ""),
                "tag": around.tags.get(one["equipment_id"] or "", ""),
                "alarm": one["alarm"],
                "symptom": one["symptom"],
                "machine_state": one["machine_state"],
                "state": one["state"],
                "channel": one["channel"],
            },
            f"/faults/{one['number']}",
        )
        for one in rows.reports(session, start, before)
    ]
    columns = {
        "number": "Fault report",
        "site": "Site",
        "tag": "Machine",
        "alarm": "Alarm",
        "symptom": "Symptom",
        "machine_state": "Machine's state",
        "state": "State",
        "channel": "Channel",
    }
    return _made("reports", "Faults reported", columns, found)


def _repeats(
    session: Session,
    around: _Around,
    start: datetime,
    before: datetime,
    lists: Vocabularies,
    language: Language,
) -> SummaryList:
    jobs: dict[str, Job] = {
        one.id: one for one in jobs_between(session, None, before, closed_from=start - WITHIN[-1] - DAY)
    }
    closed = [
        ClosedJob(
            id=one.id,
            unit_id=one.machine.id,
            subsystem=one.words["subsystem"],
            opened=around.day(one.opened),
            closed=around.day(one.closed),
            opened_at=one.opened,
            closed_at=one.closed,
            cause=one.words["cause"],
        )
        for one in jobs.values()
        if one.words["subsystem"]
    ]
    found: list[tuple[dict[str, Value], str]] = []
    for one in repeats(closed, within=WITHIN[-1]):
        again, first = jobs[one.again.id], jobs[one.first.id]
        if not start <= again.opened < before:
            continue
        found.append(
            (
                {
                    "day": one.again.opened,
                    "number": again.number,
                    "first": first.number,
                    "tag": again.machine.tag,
                    "title": again.title,
                    "subsystem": lists.label(LISTS["subsystem"], again.words["subsystem"], language),
                    "days": one.after.days,
                    "within": 30 if one.after <= WITHIN[0] else 90,
                    "reason": one.reason.value,
                },
                f"/orders/{again.number}",
            )
        )
    columns = {
        "number": "Work order",
        "first": "Repeats",
        "tag": "Machine",
        "title": "Title",
        "subsystem": "Subsystem",
        "days": "Days between",
        "within": "Within days",
        "reason": "Reason",
    }
    return _made(
        "repeats",
        "Repeat visits",
        columns,
        sorted(found, key=lambda pair: (str(pair[0]["day"]), str(pair[0]["number"]))),
    )


def _calls(session: Session, around: _Around, start: datetime, before: datetime) -> SummaryList:
    found: list[tuple[dict[str, Value], str]] = []
    for row in rows.records_of(session, "satisfaction", closed=(start, before)):
        if row.state != "done" or row.closed_at is None:
            continue
        values: dict[str, Any] = row.values
        found.append(
            (
                {
                    "day": around.day(row.closed_at),
                    "number": row.number,
                    "site": around.sites.get(row.site_id or "", ""),
                    **{name: values.get(name) or "" for name in CATEGORIES},
                    "why": "；".join(
                        str(values[key]) for name in CATEGORIES if values.get(key := f"{name}_reason")
                    ),
                },
                f"/records/{row.number}",
            )
        )
    columns = {
        "number": "Call",
        "site": "Site",
        **{name: f"Satisfied: {en}" for name, (_, en) in CATEGORIES.items()},
        "why": "Why not satisfied",
    }
    ordered = sorted(found, key=lambda pair: (str(pair[0]["day"]), str(pair[0]["number"])))
    return _made("calls", "Follow-up calls", columns, ordered)


def _complaints(session: Session, around: _Around, start: datetime, before: datetime) -> SummaryList:
    found: list[tuple[dict[str, Value], str]] = []
    for row in rows.records_of(session, "complaint", created=(start, before)):
        values: dict[str, Any] = row.values
        found.append(
            (
                {
                    "day": around.day(row.created_at),
                    "number": row.number,
                    "site": around.sites.get(row.site_id or "", ""),
                    "category": values.get("category") or "",
                    "gravity": values.get("gravity") or "",
                    "state": row.state,
                    "compensation": float(values.get("compensation") or 0),
                    "title": row.title,
                },
                f"/records/{row.number}",
            )
        )
    columns = {
        "number": "Complaint",
        "site": "Site",
        "category": "Category",
        "gravity": "Gravity",
        "state": "State",
        "compensation": "Compensation",
        "title": "Title",
    }
    ordered = sorted(found, key=lambda pair: (str(pair[0]["day"]), str(pair[0]["number"])))
    return _made("complaints", "Complaints", columns, ordered)


def _parts(session: Session, around: _Around, first: date, last: date) -> SummaryList:
    found: list[tuple[dict[str, Value], str]] = [
        (
            {
                "day": one["used_on"],
                "part_number": one["part_number"],
                "name": one["name"],
                "part_class": one["part_class"],
                "quantity": float(one["quantity"]),
                "tag": around.tags.get(one["equipment_id"] or "", ""),
                "after_failure": "yes" if one["after_failure"] else "no",
            },
            "",
        )
        for one in rows.parts(session, first, last)
    ]
    columns = {
        "part_number": "Part number",
        "name": "Part",
        "part_class": "Part class",
        "quantity": "Quantity",
        "tag": "Machine",
        "after_failure": "After failure",
    }
    return _made("parts", "Parts used", columns, found)
