"""Rows of training: skills and their certificates, the yearly plan, sessions with who took part and what came of it.

Skills and certificates are tables of the register: they have a code that people use, a history, import and export. The
rest is kept here. A session's `title`, `skill` and so on are its own: a plan that changes later changes no session.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlmodel import Field, Session, SQLModel, col, func, select

from kb.store.columns import JsonText, UtcDateTime
from kb.store.mapping import technician_of
from kb.store.tables import RegisterRow, TechnicianRow
from planner.model import Certificate, Technician


class SkillRow(RegisterRow, table=True):
    """A skill that a department has rules for; others need no row."""

    __tablename__ = "skills"
    code: str = Field(unique=True, max_length=64)
    name: str = Field(default="", index=True)
    needs_certificate: bool = Field(default=False)
    validity_months: int | None = Field(default=None)


class CertificateRow(RegisterRow, table=True):
    """A certificate of a technician; a retired one counts as one that is not valid."""

    __tablename__ = "certificates"
    code: str = Field(unique=True, max_length=64)
    technician_id: str = Field(foreign_key="technicians.id", index=True)
    skill: str = Field(index=True, max_length=64)
    title: str = Field(default="")
    number: str = Field(default="", index=True)
    issuer: str = Field(default="")
    first_day: date
    last_day: date | None = Field(default=None, index=True)
    session_id: str | None = Field(default=None, index=True, max_length=64)


class TrainingItemRow(SQLModel, table=True):
    """One line of a yearly training plan."""

    __tablename__ = "training_items"
    id: str = Field(primary_key=True, max_length=64)
    revision: int = Field(default=1)
    year: int = Field(index=True)
    month: int
    planned_day: date | None = Field(default=None)
    title: str = Field(max_length=200)
    course_id: str = Field(default="", max_length=80)
    audience: str = Field(max_length=20)
    target_group: str = Field(default="", max_length=200)
    trainer: str = Field(default="", max_length=80)
    place: str = Field(default="", max_length=200)
    hours: float
    skill: str = Field(default="", max_length=64)
    cancelled: bool = Field(default=False)
    origin: str = Field(default="", index=True, max_length=300)
    evidence: Any = Field(default_factory=dict, sa_type=JsonText)
    notes: str = Field(default="")
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str = Field(max_length=80)


class TrainingSessionRow(SQLModel, table=True):
    """A training that is, was or was to be held on a day."""

    __tablename__ = "training_sessions"
    id: str = Field(primary_key=True, max_length=64)
    revision: int = Field(default=1)
    item_id: str | None = Field(default=None, foreign_key="training_items.id", index=True)
    title: str = Field(max_length=200)
    course_id: str = Field(default="", max_length=80)
    audience: str = Field(max_length=20)
    day: date = Field(index=True)
    begins: str = Field(default="", max_length=5)
    hours: float
    trainer: str = Field(default="", max_length=80)
    place: str = Field(default="", max_length=200)
    skill: str = Field(default="", max_length=64)
    pass_percent: int
    state: str = Field(index=True, max_length=20)
    notes: str = Field(default="")
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str = Field(max_length=80)


class TrainingParticipantRow(SQLModel, table=True):
    """Who takes part: a technician of the register, or a customer's operator by name."""

    __tablename__ = "training_participants"
    id: str = Field(primary_key=True, max_length=64)
    session_id: str = Field(foreign_key="training_sessions.id", index=True)
    position: int
    technician_id: str | None = Field(default=None, foreign_key="technicians.id", index=True)
    customer_id: str | None = Field(default=None, foreign_key="customers.id", index=True)
    name: str = Field(max_length=80)
    attendance: str = Field(default="", max_length=20)
    score_percent: float | None = Field(default=None)
    passed: bool | None = Field(default=None)
    result_from: str = Field(default="", max_length=100)
    note: str = Field(default="", max_length=300)
    certificate_id: str | None = Field(default=None, foreign_key="certificates.id")


def certificate_of(row: CertificateRow) -> Certificate:
    """Return the certificate that a row describes."""
    return Certificate(skill=row.skill, first_day=row.first_day, last_day=row.last_day, code=row.code)


def skills_needing_certificates(session: Session) -> frozenset[str]:
    """Return the codes of the skills that count with a certificate only."""
    query = select(SkillRow.code).where(
        col(SkillRow.needs_certificate).is_(True), col(SkillRow.retired).is_(False)
    )
    return frozenset(session.exec(query))


def certified_technicians(session: Session, rows: Sequence[TechnicianRow]) -> dict[str, Technician]:
    """Return technicians by id, their skills divided into those that always count and those that are certified.

    A skill for which a technician ever had a certificate, be it a revoked one, counts on the days of those that hold; so
    does one that the department says needs one. All others count always.
    """
    needing = skills_needing_certificates(session)
    by_person: dict[str, list[CertificateRow]] = defaultdict(list)
    for one in session.exec(select(CertificateRow).order_by(col(CertificateRow.code))):
        by_person[one.technician_id].append(one)
    return {row.id: _certified(technician_of(row), by_person.get(row.id, ()), needing) for row in rows}


def _certified(person: Technician, papers: Sequence[CertificateRow], needing: frozenset[str]) -> Technician:
    governed = {one.skill for one in papers}
    held = tuple(certificate_of(one) for one in papers if not one.retired)
    return replace(
        person,
        skills=person.skills - governed - needing,
        certificates=held,
        uncertified=(person.skills & needing | governed) - {one.skill for one in held},
    )


def certificate_rows(
    session: Session, *, technician_id: str = "", until: date | None = None
) -> list[tuple[CertificateRow, TechnicianRow]]:
    """Return certificates that are not revoked with whose they are, those that end first at the head.

    Args:
        technician_id: Only this one's; empty for all technicians in use.
        until: Only those that end on this day or before; None for all, those without an end last.
    """
    query = (
        select(CertificateRow, TechnicianRow)
        .join(TechnicianRow, col(TechnicianRow.id) == col(CertificateRow.technician_id))
        .where(col(CertificateRow.retired).is_(False))
    )
    if technician_id:
        query = query.where(col(CertificateRow.technician_id) == technician_id)
    else:
        query = query.where(col(TechnicianRow.retired).is_(False))
    if until is not None:
        query = query.where(col(CertificateRow.last_day) <= until)
    query = query.order_by(
        col(CertificateRow.last_day).is_(None), col(CertificateRow.last_day), col(CertificateRow.code)
    )
    return list(session.exec(query))


def skill_rows(session: Session) -> dict[str, SkillRow]:
    """Return the skills that there are rules for, by code; retired ones are left out."""
    query = select(SkillRow).where(col(SkillRow.retired).is_(False)).order_by(col(SkillRow.code))
    return {row.code: row for row in session.exec(query)}


def item_rows(session: Session, year: int) -> list[TrainingItemRow]:
    """Return a year's plan in the order of its months and days."""
    query = select(TrainingItemRow).where(col(TrainingItemRow.year) == year)
    found = list(session.exec(query))
    return sorted(found, key=lambda one: (one.month, one.planned_day or date.max, one.title, one.id))


def origins(session: Session) -> dict[str, TrainingItemRow]:
    """Return the lines that came of a proposal and are not cancelled, the newest of each by its origin."""
    query = (
        select(TrainingItemRow)
        .where(col(TrainingItemRow.origin) != "", col(TrainingItemRow.cancelled).is_(False))
        .order_by(col(TrainingItemRow.year), col(TrainingItemRow.month), col(TrainingItemRow.id))
    )
    return {row.origin: row for row in session.exec(query)}


def session_rows(
    session: Session,
    *,
    first: date | None = None,
    last: date | None = None,
    item_ids: Sequence[str] | None = None,
) -> list[TrainingSessionRow]:
    """Return sessions between two days, both included, or of items, by day."""
    query = select(TrainingSessionRow)
    if first is not None:
        query = query.where(col(TrainingSessionRow.day) >= first)
    if last is not None:
        query = query.where(col(TrainingSessionRow.day) <= last)
    if item_ids is not None:
        query = query.where(col(TrainingSessionRow.item_id).in_(item_ids))
    return list(session.exec(query.order_by(col(TrainingSessionRow.day), col(TrainingSessionRow.id))))


def participant_rows(session: Session, session_ids: Sequence[str]) -> dict[str, list[TrainingParticipantRow]]:
    """Return who takes part, by session, in the order in which they were put down."""
    query = (
        select(TrainingParticipantRow)
        .where(col(TrainingParticipantRow.session_id).in_(session_ids))
        .order_by(col(TrainingParticipantRow.session_id), col(TrainingParticipantRow.position))
    )
    found: dict[str, list[TrainingParticipantRow]] = defaultdict(list)
    for row in session.exec(query):
        found[row.session_id].append(row)
    return found


def participant_counts(
    session: Session, session_ids: Sequence[str]
) -> list[tuple[str, str, bool | None, int]]:
    """Return how many take part, by session, attendance and whether they passed; a year has a hundred thousand."""
    row = TrainingParticipantRow
    query = (
        select(row.session_id, row.attendance, row.passed, func.count())
        .where(col(row.session_id).in_(session_ids))
        .group_by(col(row.session_id), col(row.attendance), col(row.passed))
    )
    return list(session.exec(query))


def attended_rows(
    session: Session, technician_id: str
) -> list[tuple[TrainingSessionRow, TrainingParticipantRow]]:
    """Return the sessions that a technician is put down for, the newest first."""
    query = (
        select(TrainingSessionRow, TrainingParticipantRow)
        .join(TrainingParticipantRow, col(TrainingParticipantRow.session_id) == col(TrainingSessionRow.id))
        .where(col(TrainingParticipantRow.technician_id) == technician_id)
        .order_by(col(TrainingSessionRow.day).desc(), col(TrainingSessionRow.id))
    )
    return list(session.exec(query))


def certificate_marks(session: Session) -> tuple[int, ...]:
    """Return numbers that differ after any change of a skill's rule or a certificate."""
    found: list[int] = []
    for table in (SkillRow, CertificateRow):
        count, revisions = session.exec(
            select(func.count(), func.sum(table.revision)).select_from(table)
        ).one()
        found += [count, revisions or 0]
    return tuple(found)


def names_by_id(session: Session, technician_ids: Sequence[str]) -> Mapping[str, tuple[str, str]]:
    """Return code and name of technicians by id."""
    query = select(TechnicianRow.id, TechnicianRow.code, TechnicianRow.name).where(
        col(TechnicianRow.id).in_(technician_ids)
    )
    return {id: (code, name) for id, code, name in session.exec(query)}
