"""Rows of attempts at the questions of a course.

The questions stand in the row as they were when it was begun: a result stays true after the course has changed.
"""

from datetime import datetime
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, select

from kb.store.columns import JsonText, UtcDateTime


class QuizAttemptRow(SQLModel, table=True):
    """An attempt; `id` was made with the form that began it, so that a second click begins no second one."""

    __tablename__ = "quiz_attempts"
    id: str = Field(primary_key=True, max_length=64)
    course_id: str = Field(index=True, max_length=80)
    revision: int
    person: str = Field(index=True, max_length=80)
    user_id: str = Field(default="", max_length=64)
    started_at: datetime = Field(sa_type=UtcDateTime, index=True)
    finished_at: datetime | None = Field(default=None, sa_type=UtcDateTime, index=True)
    score: float | None = Field(default=None)
    passed: bool | None = Field(default=None)
    body: Any = Field(sa_type=JsonText)


def attempt_row(session: Session, id: str) -> QuizAttemptRow | None:
    """Return an attempt."""
    return session.get(QuizAttemptRow, id)


def add_attempt(session: Session, row: QuizAttemptRow) -> None:
    """Keep a new attempt; only in a writing transaction in which `attempt_row` found none."""
    session.add(row)
    session.flush()


def attempt_rows(
    session: Session,
    *,
    course_id: str | None,
    person: str | None,
    finished_only: bool,
    most: int | None = None,
) -> list[QuizAttemptRow]:
    """Return attempts, those begun last first; None leaves out a condition."""
    query = select(QuizAttemptRow)
    if course_id is not None:
        query = query.where(QuizAttemptRow.course_id == course_id)
    if person is not None:
        query = query.where(QuizAttemptRow.person == person)
    if finished_only:
        query = query.where(col(QuizAttemptRow.finished_at).is_not(None))
    query = query.order_by(col(QuizAttemptRow.started_at).desc(), col(QuizAttemptRow.id))
    return list(session.exec(query.limit(most) if most is not None else query))
