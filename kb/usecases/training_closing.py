"""What comes of a session: results taken from the quiz of its course, and certificates for those who passed."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from kb.errors import BadInput, Fault
from kb.store import CertificateRow, Store, TrainingParticipantRow, TrainingSessionRow
from kb.store import training as rows
from kb.store.register import Session, first_with
from kb.store.work_orders import next_number
from kb.usecases.quizzes import QuizResult, results_of
from kb.usecases.register import create_in
from kb.usecases.register_kinds import Wording
from kb.usecases.training import THERE
from kb.usecases.training_reading import Training, note_change, open_row, training_in
from planner.model import Interval, IntervalUnit
from planner.scheduling.dates import nominal_date

QUIZ_DAYS = timedelta(days=30)
"""For so long after a session a finished quiz counts as its result."""
NUMBERED = "PX"
"""Codes of certificates that a training gives begin so."""
ONE_DAY = timedelta(days=1)


def take_quiz_results(store: Store, id: str, *, revision: int | None, who: str, now: datetime) -> Training:
    """Take the results of the course's quiz for those who finished it on the day or within `QUIZ_DAYS`; return the session.

    Persons are told by their names, as they typed or logged in with; the best of several attempts counts. Who was not
    recorded yet counts as having been there. Results that were given by hand stay.

    Raises:
        NotFound: There is no such session.
        Conflict: It has another revision by now, or is closed or cancelled.
        BadInput: It has no course.
    """
    with store.reading() as session:
        row = open_row(session, id, revision)
        if not row.course_id:
            fault = Fault(
                where="course", what="the session has no course", repair="name the course it taught"
            )
            raise BadInput("no result was taken", [fault])
        course_id, day = row.course_id, row.day
    best = _best(results_of(store, course_id=course_id), day, now)
    with store.writing() as session:
        row = open_row(session, id, revision)
        people = rows.participant_rows(session, [id]).get(id, [])
        taken = {}
        for one in people:
            result = best.get(_name(one.name))
            if result is None or one.result_from == "hand" or one.result_from == f"quiz:{result.id}":
                continue
            one.score_percent = round(100 * result.score, 1)
            one.passed = result.passed
            one.result_from = f"quiz:{result.id}"
            one.attendance = one.attendance or "present"
            taken[one.name] = [one.score_percent, one.passed]
        if taken:
            if any(one.attendance in THERE for one in people):
                row.state = "held"
            note_change(session, row, "quiz", None, who, now, **taken)
        return training_in(session, id)


def _best(results: Sequence[QuizResult], day: date, now: datetime) -> dict[str, QuizResult]:
    zone = now.tzinfo
    found: dict[str, QuizResult] = {}
    for one in sorted(results, key=lambda one: (one.finished, one.id)):
        if day <= one.finished.astimezone(zone).date() <= day + QUIZ_DAYS:
            name = _name(one.person)
            if name not in found or (one.passed, one.score) > (found[name].passed, found[name].score):
                found[name] = one
    return found


def _name(text: str) -> str:
    return " ".join(text.split()).casefold()


def close_training(
    store: Store,
    id: str,
    *,
    revision: int | None,
    issuer: str,
    wording: Wording,
    new_id: Callable[[], str],
    who: str,
    now: datetime,
) -> Training:
    """Close a held session: its results stand, and technicians who passed get the certificate of its skill.

    A certificate is valid from the day of the session on, for as many months as the register says of the skill, without
    end where it says nothing.

    Raises:
        NotFound: There is no such session.
        Conflict: It has another revision by now, or is closed or cancelled.
        BadInput: Nobody was there, attendance of somebody is not recorded, or a result that decides on a certificate is
            missing.
    """
    with store.writing() as session:
        row = open_row(session, id, revision)
        people = rows.participant_rows(session, [id]).get(id, [])
        faults = _open_ends(row, people)
        if faults:
            raise BadInput("the session was not closed", faults)
        given = {}
        if row.skill:
            last_day = valid_until(session, row.skill, row.day)
            for one in people:
                if one.technician_id and one.passed and one.attendance in THERE and not one.certificate_id:
                    given[one.name] = _certify(
                        session, row, one, last_day, issuer, wording, new_id(), who, now
                    )
        row.state = "closed"
        note_change(session, row, "close", None, who, now, state="closed", certificates=given)
        return training_in(session, id)


def _open_ends(row: TrainingSessionRow, people: Sequence[TrainingParticipantRow]) -> list[Fault]:
    if not any(one.attendance in THERE for one in people):
        return [
            Fault(where="people", what="nobody was there", repair="record who came, or cancel the session")
        ]
    faults = [
        Fault(where=one.name, what="attendance is not recorded", repair="record it")
        for one in people
        if not one.attendance
    ]
    if row.skill:
        faults += [
            Fault(where=one.name, what="has no result", repair="record whether the person passed")
            for one in people
            if one.technician_id and one.attendance in THERE and one.passed is None
        ]
    return faults


def valid_until(session: Session, skill: str, day: date) -> date | None:
    """Return the last valid day of a certificate of `skill` that begins on `day`; None where it has no end."""
    rule = rows.skill_rows(session).get(skill)
    if rule is None or rule.validity_months is None:
        return None
    months = Interval(count=rule.validity_months, unit=IntervalUnit.MONTHS)
    return nominal_date(day, months, 1) - ONE_DAY


def _certify(
    session: Session,
    row: TrainingSessionRow,
    person: TrainingParticipantRow,
    last_day: date | None,
    issuer: str,
    wording: Wording,
    id: str,
    who: str,
    now: datetime,
) -> str:
    technician = first_with(session, "technicians", "id", person.technician_id)
    assert technician is not None
    code = _free_code(session, row.day.year)
    raw: Mapping[str, object] = {
        "code": code,
        "technician": technician["code"],
        "skill": row.skill,
        "title": row.title[:120],
        "issuer": issuer[:120],
        "first_day": row.day,
        "last_day": last_day,
    }
    create_in(session, "certificates", raw, wording=wording, who=who, now=now, id=id)
    paper = session.get(CertificateRow, id)
    assert paper is not None
    paper.session_id = row.id
    person.certificate_id = id
    session.flush()
    return code


def _free_code(session: Session, year: int) -> str:
    while True:
        code = f"{NUMBERED}{year}-{next_number(session, f'certificates-{year}'):04d}"
        if first_with(session, "certificates", "code", code) is None:
            return code
