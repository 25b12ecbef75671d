"""Rows of the department's records: what lists filter and sort by stands in columns, the rest is JSON in `values`.

Beside a record stands its log, to which lines are added and of which none is changed: who, when, from what to what.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Index, func, update
from sqlalchemy import select as core_select
from sqlmodel import Field, Session, SQLModel, col, select

from kb.store.columns import JsonText, UtcDateTime
from kb.store.tables import VisitRow
from kb.store.work_orders import WorkOrderRow

__all__ = ["RecordEventRow", "RecordRow", "RecordSelection", "Session"]

_CHUNK = 500
"""Bound parameters of one statement stay far below SQLite's limit."""


class RecordRow(SQLModel, table=True):
    """A record of any kind; `haystack` is what a search by text looks into, in small letters."""

    __tablename__ = "records"
    __table_args__ = (
        Index("ix_records_open_created", "is_open", "created_at", "id"),
        Index("ix_records_created", "created_at", "id"),
        Index("ix_records_kind_created", "kind", "created_at", "id"),
        Index("ix_records_kind_state", "kind", "state", "created_at"),
        Index("ix_records_owner", "owner", "created_at"),
        Index("ix_records_customer", "customer_id", "created_at"),
        Index("ix_records_site", "site_id", "created_at"),
        Index("ix_records_equipment", "equipment_id", "created_at"),
        Index("ix_records_open_due", "is_open", "due", "id"),
        Index("ix_records_kind_open_due", "kind", "is_open", "due", "id"),
        Index("ix_records_open_owner", "is_open", "owner"),
        Index("ix_records_about", "about_id"),
        Index("ix_records_visit", "visit_key"),
        Index("ix_records_order", "order_id"),
    )
    id: str = Field(primary_key=True, max_length=64)
    number: str = Field(unique=True, max_length=40)
    kind: str = Field(max_length=40)
    state: str = Field(max_length=40)
    is_open: bool = Field(default=True)
    title: str = Field(max_length=200)
    customer_id: str | None = Field(default=None, foreign_key="customers.id")
    site_id: str | None = Field(default=None, foreign_key="sites.id")
    equipment_id: str | None = Field(default=None, foreign_key="equipment.id")
    visit_key: str | None = Field(default=None, max_length=200)
    order_id: str | None = Field(default=None, max_length=64)
    about_id: str | None = Field(default=None, max_length=64)
    owner: str = Field(default="", max_length=80)
    due: date | None = Field(default=None)
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str = Field(max_length=80)
    closed_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    revision: int = Field(default=1)
    digest: str = Field(default="", max_length=64)
    haystack: str = Field(default="")
    values: Any = Field(default_factory=dict, sa_type=JsonText)


class RecordEventRow(SQLModel, table=True):
    """One line of a record's log; `id` is made by who tells it, so that telling it twice is telling it once."""

    __tablename__ = "record_events"
    __table_args__ = (
        Index("ix_record_events_place", "record_id", "position", unique=True),
        Index("ix_record_events_at_position", "at", "position"),
    )
    id: str = Field(primary_key=True, max_length=64)
    record_id: str = Field(foreign_key="records.id", max_length=64)
    position: int
    at: datetime = Field(sa_type=UtcDateTime, index=True)
    who: str = Field(max_length=80)
    action: str = Field(max_length=20)
    from_state: str = Field(default="", max_length=40)
    to_state: str = Field(default="", max_length=40)
    note: str = Field(default="")
    before: Any = Field(default=None, sa_type=JsonText)
    after: Any = Field(default=None, sa_type=JsonText)


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordSelection:
    """Which records; what is empty or None selects nothing out.

    Args:
        text: Words in small letters, each of which the haystack must hold.
        due_from, due_before: Open records due in this span, half-open.
        created_from, created_before: When it was opened, half-open.
        closed_from, closed_before: When it was closed, half-open.
        about: Ids of records, visits or orders that it must be about.
    """

    kind: str = ""
    states: tuple[str, ...] = ()
    is_open: bool | None = None
    owner: str = ""
    customer_id: str = ""
    site_id: str = ""
    equipment_id: str = ""
    text: tuple[str, ...] = ()
    due_from: date | None = None
    due_before: date | None = None
    created_from: datetime | None = None
    created_before: datetime | None = None
    closed_from: datetime | None = None
    closed_before: datetime | None = None
    about_id: str = ""
    visit_key: str = ""
    order_id: str = ""

    @property
    def by_due(self) -> bool:
        """Whether the days by which something must happen matter, so that the first of them comes first."""
        return self.due_from is not None or self.due_before is not None


def conditions(wanted: RecordSelection) -> list[ColumnElement[bool]]:
    """Return the conditions of a selection."""
    row = RecordRow
    equal = {
        row.kind: wanted.kind,
        row.owner: wanted.owner,
        row.customer_id: wanted.customer_id,
        row.site_id: wanted.site_id,
        row.equipment_id: wanted.equipment_id,
        row.about_id: wanted.about_id,
        row.visit_key: wanted.visit_key,
        row.order_id: wanted.order_id,
    }
    found: list[ColumnElement[bool]] = [col(column) == value for column, value in equal.items() if value]
    if wanted.states:
        found.append(col(row.state).in_(wanted.states))
    is_open = True if wanted.by_due else wanted.is_open
    if is_open is not None:
        found.append(col(row.is_open).is_(is_open))
    for column, first, before in (
        (row.due, wanted.due_from, wanted.due_before),
        (row.created_at, wanted.created_from, wanted.created_before),
        (row.closed_at, wanted.closed_from, wanted.closed_before),
    ):
        if first is not None:
            found.append(col(column) >= first)
        if before is not None:
            found.append(col(column) < before)
    found += [col(row.haystack).contains(word, autoescape=True) for word in wanted.text]
    return found


def record_rows(
    session: Session, wanted: RecordSelection, *, first: int, size: int | None
) -> list[RecordRow]:
    """Return records, the newest first; where days by which matter, those due first."""
    row = RecordRow
    order = (col(row.due), col(row.id)) if wanted.by_due else (col(row.created_at).desc(), col(row.id).desc())
    query = select(row).where(*conditions(wanted)).order_by(*order).offset(first)
    return list(session.exec(query if size is None else query.limit(size)))


def found_by_text(
    session: Session, wanted: RecordSelection, *, first: int, size: int
) -> tuple[list[RecordRow], int]:
    """Return a page of the records that hold a text, in the order of `record_rows`, and how many there are.

    A text is looked for in one walk through the table; counting and sorting in the database would walk twice, once by
    jumping.
    """
    row = RecordRow
    query = core_select(col(row.id), col(row.created_at), col(row.due)).where(*conditions(wanted))
    keys = list(session.connection().execute(query))
    if wanted.by_due:
        ordered = [id for id, _, _ in sorted(keys, key=lambda one: (one[2] or date.max, one[0]))]
    else:
        ordered = [id for id, _, _ in sorted(keys, key=lambda one: (one[1], one[0]), reverse=True)]
    page = ordered[first : first + size]
    by_id = records_by_id(session, page)
    return [by_id[id] for id in page], len(keys)


def count_records(session: Session, wanted: RecordSelection) -> int:
    """Return how many records there are."""
    return session.exec(select(func.count()).select_from(RecordRow).where(*conditions(wanted))).one()


def record_counts(session: Session) -> dict[str, tuple[int, int]]:
    """Return how many records are open, and how many there are at all, by kind."""
    row = RecordRow
    query = select(row.kind, row.is_open, func.count()).group_by(col(row.kind), col(row.is_open))
    found: dict[str, tuple[int, int]] = {}
    for kind, is_open, count in session.exec(query):
        opened, total = found.get(kind, (0, 0))
        found[kind] = (opened + (count if is_open else 0), total + count)
    return found


def owners(session: Session, most: int) -> list[str]:
    """Return who owns open records, by name."""
    query = select(RecordRow.owner).where(RecordRow.owner != "", col(RecordRow.is_open).is_(True))
    return list(session.exec(query.distinct().order_by(RecordRow.owner).limit(most)))


def record_row(session: Session, handle: str) -> RecordRow | None:
    """Return a record by its id or its number."""
    if "\0" in handle:
        return None
    found = session.get(RecordRow, handle)
    return found or session.exec(select(RecordRow).where(RecordRow.number == handle)).first()


def records_by_id(session: Session, ids: Iterable[str | None]) -> dict[str, RecordRow]:
    """Return the records with these ids, by id."""
    wanted = sorted({one for one in ids if one})
    found: dict[str, RecordRow] = {}
    for start in range(0, len(wanted), _CHUNK):
        part = select(RecordRow).where(col(RecordRow.id).in_(wanted[start : start + _CHUNK]))
        found |= {row.id: row for row in session.exec(part)}
    return found


def change_record(session: Session, id: str, *, revision: int, values: Mapping[str, Any]) -> bool:
    """Give a record new values and the next revision; return False, changing nothing, where its revision is another."""
    done = session.connection().execute(
        update(RecordRow)
        .where(col(RecordRow.id) == id, col(RecordRow.revision) == revision)
        .values(**values, revision=revision + 1)
    )
    session.expire_all()
    return done.rowcount == 1


def add_record(session: Session, row: RecordRow) -> None:
    """Keep a new record."""
    session.add(row)
    session.flush()


def event_row(session: Session, id: str) -> RecordEventRow | None:
    """Return a line of a log by the id that its teller made."""
    return session.get(RecordEventRow, id)


def add_event(session: Session, row: RecordEventRow) -> None:
    """Add a line at the end of a record's log."""
    query = select(func.max(RecordEventRow.position)).where(RecordEventRow.record_id == row.record_id)
    row.position = (session.exec(query).one() or 0) + 1
    session.add(row)
    session.flush()


def events_of(session: Session, record_ids: Sequence[str]) -> list[RecordEventRow]:
    """Return the logs of records, in their order."""
    found: list[RecordEventRow] = []
    for start in range(0, len(record_ids), _CHUNK):
        row = RecordEventRow
        query = select(row).where(col(row.record_id).in_(record_ids[start : start + _CHUNK]))
        found += session.exec(query.order_by(col(row.record_id), col(row.position)))
    return found


def orders_by_id(session: Session, ids: Iterable[str | None]) -> dict[str, tuple[str, str]]:
    """Return number and title of the work orders with these ids, by id."""
    wanted = sorted({one for one in ids if one})
    found: dict[str, tuple[str, str]] = {}
    row = WorkOrderRow
    for start in range(0, len(wanted), _CHUNK):
        query = select(row.id, row.number, row.title).where(col(row.id).in_(wanted[start : start + _CHUNK]))
        found |= {id: (number, title) for id, number, title in session.exec(query)}
    return found


def closed_orders(session: Session, start: datetime, before: datetime) -> list[tuple[str, str, str]]:
    """Return number, title and technician's id of the work orders closed in a span, half-open, by number."""
    row = WorkOrderRow
    query = select(row.number, row.title, row.technician_id).where(
        col(row.closed_at) >= start, col(row.closed_at) < before, row.state == "closed"
    )
    return sorted((number, title, person or "") for number, title, person in session.exec(query))


def visits_done(session: Session, first: date, last: date) -> list[tuple[str, str, str]]:
    """Return key, site's id and technician's id of the visits done between two days, both included, by key."""
    row = VisitRow
    query = select(row.key, row.site_id, row.technician_id).where(
        col(row.done_on) >= first, col(row.done_on) <= last, col(row.state).in_(("done", "partly_done"))
    )
    return sorted((key, site, person or "") for key, site, person in session.exec(query))
