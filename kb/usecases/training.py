"""The yearly training plan: lines that are planned, held by sessions, and counted against what was planned.

What has become of a line is never typed, it follows from its sessions: planned, scheduled, held, or overdue once its
month or day has passed without one.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Literal

from kb.content import Library
from kb.errors import BadInput, BadQuery, Conflict, NotFound
from kb.store import Store, TrainingItemRow, TrainingSessionRow
from kb.store import training as rows
from kb.store.register import Change, Session, record
from kb.usecases.register_kinds import Wording
from kb.usecases.training_counting import people_of
from kb.usecases.training_fields import (
    FIRST_YEAR,
    ITEM,
    LAST_YEAR,
    columns_of_form,
    json_of_form,
    read_form,
    values_of_row,
)

AUDITED = "training_items"
State = Literal["planned", "scheduled", "held", "overdue", "cancelled"]
DONE = frozenset({"held", "closed"})
"""States of sessions that took place."""
THERE = frozenset({"present", "late"})
"""Attendance that counts as having been there."""
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionMark:
    """A session, as a plan shows it."""

    id: str
    item_id: str | None
    title: str
    day: date
    state: str
    hours: float
    people: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanItem:
    """A line of the plan with its sessions.

    Args:
        values: By field of `ITEM`.
        origin: The proposal that it came of; empty where a person thought of it.
        evidence: What the proposal rested on.
        sessions: Those that are not cancelled, by day.
        attended: Persons who were there.
        held_hours: Hours of its sessions that took place.
    """

    id: str
    revision: int
    values: Mapping[str, Any]
    state: State
    origin: str
    evidence: Mapping[str, Any]
    sessions: tuple[SessionMark, ...]
    attended: int
    held_hours: float

    @property
    def due(self) -> date:
        """The last day on which it is in time."""
        day: date | None = self.values["planned_day"]
        if day is not None:
            return day
        year, month = self.values["year"], self.values["month"]
        return date(year + month // 12, month % 12 + 1, 1) - ONE_DAY

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.id,
            "revision": self.revision,
            **json_of_form(ITEM, self.values),
            "state": self.state,
            "due": self.due.isoformat(),
            "origin": self.origin,
            "evidence": dict(self.evidence),
            "sessions": [
                {"id": one.id, "day": one.day.isoformat(), "state": one.state} for one in self.sessions
            ],
            "attended": self.attended,
            "held_hours": self.held_hours,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Attainment:
    """Plan against done.

    Args:
        planned: Lines of the year that are not cancelled.
        due: Of these, the ones whose month or day has passed.
        done_due: Of the due ones, those that were held.
        done: Of all, those that were held.
        planned_hours, held_hours: Of lines, and of the sessions that took place, outside the plan too.
        attended: Persons who were there, each time counted.
        judged, passed: Of these, who have a result, and who passed.
    """

    planned: int
    due: int
    done_due: int
    done: int
    planned_hours: float
    held_hours: float
    attended: int
    judged: int
    passed: int

    @property
    def percent(self) -> float | None:
        """Share of what was due that was held; None where nothing was due."""
        return 100 * self.done_due / self.due if self.due else None

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            **{name: getattr(self, name) for name in self.__slots__},
            "percent": None if self.percent is None else round(self.percent, 1),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingYear:
    """A year's plan as it stands.

    Args:
        today: The day on which it is looked at.
        items: By month and day.
        extra: Sessions of the year that belong to no line, by day; those that are not cancelled.
    """

    year: int
    today: date
    items: tuple[PlanItem, ...]
    extra: tuple[SessionMark, ...]
    attainment: Attainment

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "year": self.year,
            "today": self.today.isoformat(),
            "attainment": self.attainment.json(),
            "items": [one.json() for one in self.items],
            "extra": [
                {"id": one.id, "title": one.title, "day": one.day.isoformat(), "state": one.state}
                for one in self.extra
            ],
        }


def training_year(store: Store, year: int, *, today: date) -> TrainingYear:
    """Return a year's plan, what became of it, and how far it is attained by today.

    Raises:
        BadQuery: The year is out of bounds.
    """
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadQuery(f"year {year}: years go from {FIRST_YEAR} to {LAST_YEAR}")
    with store.reading() as session:
        return year_in(session, year, today=today)


def year_in(session: Session, year: int, *, today: date) -> TrainingYear:
    """Return a year's plan inside a transaction; as `training_year`."""
    found = rows.item_rows(session, year)
    of_items = rows.session_rows(session, item_ids=[one.id for one in found])
    of_year = rows.session_rows(session, first=date(year, 1, 1), last=date(year, 12, 31))
    standing = {one.id: one for one in (*of_items, *of_year) if one.state != "cancelled"}
    people = people_of(session, list(standing), there=THERE)
    every = {id: _mark(one, people[id].put_down) for id, one in standing.items()}
    by_item: dict[str, list[SessionMark]] = {}
    for one in every.values():
        if one.item_id is not None:
            by_item.setdefault(one.item_id, []).append(one)
    items = tuple(
        _item(row, mine, sum(people[one.id].there for one in mine if one.state in DONE), today)
        for row in found
        for mine in [by_item.get(row.id, [])]
    )
    known = {one.id for one in items}
    extra = [every[one.id] for one in of_year if one.id in every and one.item_id not in known]
    outside = {one.id for one in extra}
    counted = [one for one in items if one.state != "cancelled"]
    due = [one for one in counted if one.due < today or one.state == "held"]
    held = [one for id, one in every.items() if one.state in DONE and (one.item_id in known or id in outside)]
    came = [people[one.id] for one in held]
    return TrainingYear(
        year=year,
        today=today,
        items=items,
        extra=tuple(extra),
        attainment=Attainment(
            planned=len(counted),
            due=len(due),
            done_due=sum(one.state == "held" for one in due),
            done=sum(one.state == "held" for one in counted),
            planned_hours=sum(one.values["hours"] for one in counted),
            held_hours=sum(one.hours for one in held),
            attended=sum(one.there for one in came),
            judged=sum(one.judged for one in came),
            passed=sum(one.passed for one in came),
        ),
    )


def training_item(store: Store, id: str, *, today: date) -> PlanItem:
    """Return a line of a plan.

    Raises:
        NotFound: There is none with this id.
    """
    with store.reading() as session:
        return _item_in(session, id, today)


def add_item(
    store: Store,
    raw: Mapping[str, object],
    *,
    library: Library,
    wording: Wording,
    id: str,
    who: str,
    now: datetime,
    origin: str = "",
    evidence: Mapping[str, Any] | None = None,
) -> PlanItem:
    """Put a line into the plan and return it; the same id or the same proposal again returns what is there.

    Args:
        store: The database.
        raw: JSON values or typed texts by field of `ITEM`.
        library: Has the courses.
        wording: Language, zone and code lists.
        id: Made by the caller, so that a second click adds nothing.
        who: Name for the audit trail.
        now: The present instant.
        origin: The key of the proposal that it comes of.
        evidence: What that rested on.

    Raises:
        BadInput: Every fault, by field.
    """
    values, faults = read_form(ITEM, raw, library, wording)
    with store.writing() as session:
        known = rows.origins(session).get(origin) if origin else None
        if known is not None:
            return _item_in(session, known.id, now.date())
        if session.get(TrainingItemRow, id) is None:
            if faults:
                raise BadInput("nothing was planned", faults)
            row = TrainingItemRow(
                id=id,
                **columns_of_form(ITEM, values),
                origin=origin,
                evidence=dict(evidence or {}),
                created_at=now,
                created_by=who,
            )
            session.add(row)
            session.flush()
            _record(session, row, "create", None, who, now)
        return _item_in(session, id, now.date())


def change_item(
    store: Store,
    id: str,
    raw: Mapping[str, object],
    *,
    revision: int | None,
    library: Library,
    wording: Wording,
    who: str,
    now: datetime,
    cancelled: bool | None = None,
) -> PlanItem:
    """Change fields of a line and return it; fields that `raw` leaves out stay.

    Args:
        revision: The one that was seen; None overwrites whatever is there.
        cancelled: Takes the line out of the plan, or back into it; None leaves that as it is.

    Raises:
        NotFound: There is no such line.
        Conflict: It has another revision by now.
        BadInput: Every fault, by field.
    """
    with store.writing() as session:
        row = session.get(TrainingItemRow, id)
        if row is None:
            raise NotFound("line of the training plan", id[:64])
        before = values_of_row(ITEM, row)
        base = dict(before)
        if raw.get("planned_day") and "month" not in raw:
            base["month"] = None
        values, faults = read_form(ITEM, raw, library, wording, base)
        if revision is not None and revision != row.revision:
            raise Conflict(
                f"the line of the training plan was changed meanwhile: revision {revision} is now {row.revision}",
                yours={**json_of_form(ITEM, {**before, **values}), "revision": revision},
                theirs={**json_of_form(ITEM, before), "revision": row.revision},
            )
        if faults:
            raise BadInput("nothing was changed", faults)
        was_cancelled = row.cancelled
        stops = was_cancelled if cancelled is None else cancelled
        if values != before or stops != was_cancelled:
            for name, value in columns_of_form(ITEM, values).items():
                setattr(row, name, value)
            row.cancelled = stops
            row.revision += 1
            session.flush()
            told = {**json_of_form(ITEM, before), "cancelled": was_cancelled}
            _record(session, row, "update", told, who, now)
        return _item_in(session, id, now.date())


def _item_in(session: Session, id: str, today: date) -> PlanItem:
    row = session.get(TrainingItemRow, id)
    if row is None:
        raise NotFound("line of the training plan", id[:64])
    found = [one for one in rows.session_rows(session, item_ids=[id]) if one.state != "cancelled"]
    people = people_of(session, [one.id for one in found], there=THERE)
    there = sum(people[one.id].there for one in found if one.state in DONE)
    return _item(row, [_mark(one, people[one.id].put_down) for one in found], there, today)


def _mark(row: TrainingSessionRow, people: int) -> SessionMark:
    return SessionMark(
        id=row.id,
        item_id=row.item_id,
        title=row.title,
        day=row.day,
        state=row.state,
        hours=row.hours,
        people=people,
    )


def _item(row: TrainingItemRow, sessions: list[SessionMark], attended: int, today: date) -> PlanItem:
    values = values_of_row(ITEM, row)
    found = PlanItem(
        id=row.id,
        revision=row.revision,
        values=values,
        state="planned",
        origin=row.origin,
        evidence=row.evidence or {},
        sessions=tuple(sorted(sessions, key=lambda one: (one.day, one.id))),
        attended=attended,
        held_hours=sum(one.hours for one in sessions if one.state in DONE),
    )
    state: State = "planned"
    if row.cancelled:
        state = "cancelled"
    elif any(one.state in DONE for one in sessions):
        state = "held"
    elif found.due < today:
        state = "overdue"
    elif sessions:
        state = "scheduled"
    return replace(found, state=state)


def _record(
    session: Session,
    row: TrainingItemRow,
    action: str,
    before: Mapping[str, object] | None,
    who: str,
    now: datetime,
) -> None:
    after = {**json_of_form(ITEM, values_of_row(ITEM, row)), "cancelled": row.cancelled}
    entry = Change(at=now, who=who, action=action, kind=AUDITED, thing_id=row.id, before=before, after=after)
    record(session, [entry])
