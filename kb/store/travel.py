"""Rows of ways that are known: typed by people, or told by a road service; and what each plan rested on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, insert, update
from sqlalchemy import select as core_select
from sqlmodel import Field, Session, SQLModel, col, func, select

from kb.store.columns import JsonText, UtcDateTime

HAND, ROAD = "hand", "road"
"""Who knows a way: a person, whose word goes first, or a road service."""
_CHUNK = 500
"""Rows of one statement."""


class TravelWayRow(SQLModel, table=True):
    """A way between two places, `site:…` or `home:…`; `one` stands before `other` in the alphabet, both ways count alike.

    `at` says where the two places were when a road service measured it, so that a site that moves is measured again.
    """

    __tablename__ = "travel_ways"
    one: str = Field(primary_key=True, max_length=80)
    other: str = Field(primary_key=True, max_length=80)
    source: str = Field(primary_key=True, max_length=10)
    minutes: int
    metres: int
    at: str = Field(default="", max_length=80)
    noted_at: datetime = Field(sa_type=UtcDateTime)
    noted_by: str = Field(default="", max_length=80)


class TravelNoteRow(SQLModel, table=True):
    """What the ways of a plan run rested on, and what went wrong with the road service; run 0 is the latest look."""

    __tablename__ = "travel_notes"
    run: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    noted_at: datetime = Field(sa_type=UtcDateTime)
    note: Any = Field(sa_type=JsonText)


def known_ways(session: Session) -> list[tuple[str, str, str, int, int, str]]:
    """Return every way as places, source, minutes, metres and where they were; those of people come last."""
    way = TravelWayRow
    query = core_select(way.one, way.other, way.source, way.minutes, way.metres, way.at)  # type: ignore[call-overload]
    ordered = query.order_by(col(way.source).desc(), col(way.one), col(way.other))
    return [tuple(row) for row in session.connection().execute(ordered)]


def way_rows(session: Session, source: str, *, first: int = 0, size: int | None = None) -> list[TravelWayRow]:
    """Return the ways of a source by their places."""
    query = select(TravelWayRow).where(TravelWayRow.source == source)
    query = query.order_by(col(TravelWayRow.one), col(TravelWayRow.other)).offset(first)
    return list(session.exec(query if size is None else query.limit(size)))


def count_ways(session: Session, source: str) -> int:
    """Return how many ways a source knows."""
    return session.exec(
        select(func.count()).select_from(TravelWayRow).where(TravelWayRow.source == source)
    ).one()


def put_ways(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep ways, each given by its columns; those that are known to the same source are replaced."""
    forget_ways(session, ((row["one"], row["other"], row["source"]) for row in rows))
    for start in range(0, len(rows), _CHUNK):
        session.connection().execute(insert(TravelWayRow), list(rows[start : start + _CHUNK]))
    session.flush()


def forget_ways(session: Session, ways: Iterable[tuple[str, str, str]]) -> int:
    """Forget ways by places and source; return how many were known."""
    gone = 0
    for one, other, source in ways:
        done = session.connection().execute(
            delete(TravelWayRow).where(
                col(TravelWayRow.one) == one,
                col(TravelWayRow.other) == other,
                col(TravelWayRow.source) == source,
            )
        )
        gone += done.rowcount
    return gone


def forget_source(session: Session, source: str) -> int:
    """Forget every way of a source; return how many there were."""
    done = session.connection().execute(delete(TravelWayRow).where(col(TravelWayRow.source) == source))
    return done.rowcount


def note_travel(session: Session, *, run: int, now: datetime, note: Mapping[str, Any]) -> None:
    """Keep what a run's ways rested on, or for run 0 what the latest look at the road service came to."""
    done = session.connection().execute(
        update(TravelNoteRow).where(col(TravelNoteRow.run) == run).values(noted_at=now, note=dict(note))
    )
    if done.rowcount == 0:
        session.add(TravelNoteRow(run=run, noted_at=now, note=dict(note)))
    session.flush()


def travel_note(session: Session, run: int) -> TravelNoteRow | None:
    """Return what a run's ways rested on."""
    return session.get(TravelNoteRow, run)
