"""The days of a record: by when it must be closed, which of its rows are late, whom it has to be brought before."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from kb.usecases.order_reading import SERVICE_HOURS
from kb.usecases.record_description import Escalation, RecordKind
from planner.calendars import working_time_between

LONG_ENOUGH = timedelta(days=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class Late:
    """A row that is not done and whose day has passed."""

    field: str
    row: int
    due: date


def working_day_after(day: date, count: int) -> date:
    """Return the `count`-th working day after a day by the official calendar; 0 is the day itself."""
    for _ in range(count):
        day = SERVICE_HOURS.following(day + timedelta(days=1))
    return day


def due_of(kind: RecordKind, values: Mapping[str, Any], made_on: date) -> date | None:
    """Return by when a record must be closed: the first day of an open row, else what was said, else by the rule."""
    days = [
        date.fromisoformat(row[rows.due])
        for field, rows in kind.row_fields
        if rows.due
        for row in values.get(field.name) or ()
        if row.get(rows.due) and not row.get(rows.done)
    ]
    if days:
        return min(days)
    said: date | None = values.get("due")
    if said is not None:
        return said
    rule = kind.due
    if rule.by_day:
        found: date | None = values.get(rule.by_day)
        return found
    count = rule.working_days
    if rule.by_field is not None:
        name, by_value = rule.by_field
        count = by_value.get(str(values.get(name)), count)
    return working_day_after(made_on, count) if count else None


def late_rows(kind: RecordKind, values: Mapping[str, Any], today: date) -> tuple[Late, ...]:
    """Return the rows that should be done by now, those due first."""
    found = [
        Late(field=field.name, row=number, due=due)
        for field, rows in kind.row_fields
        if rows.due
        for number, row in enumerate(values.get(field.name) or (), start=1)
        if row.get(rows.due) and not row.get(rows.done) and (due := date.fromisoformat(row[rows.due])) < today
    ]
    return tuple(sorted(found, key=lambda one: (one.due, one.field, one.row)))


def age_in_working_hours(created: datetime, now: datetime) -> float:
    """Return how old something is in working hours of the department."""
    local = created.astimezone(now.tzinfo)
    return working_time_between(local, max(local, now), SERVICE_HOURS).total_seconds() / 3600


def escalation_of(kind: RecordKind, state: str, created: datetime, now: datetime) -> Escalation | None:
    """Return before whom an open record has to be brought by now; None while nobody above is asked."""
    if state not in kind.escalated_in:
        return None
    # Any two months hold more working hours than the last level; counting years of days would slow lists down.
    hours = age_in_working_hours(created, min(now, created.astimezone(now.tzinfo) + LONG_ENOUGH))
    reached = [one for one in kind.escalations if hours >= one.hours]
    return reached[-1] if reached else None
