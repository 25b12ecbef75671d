"""A technician's training: sessions with results, hours of the year, certificates from first to last day."""

from dataclasses import dataclass
from datetime import date

from kb.errors import NotFound
from kb.store import Store
from kb.store import training as rows
from kb.store.register import first_with
from kb.usecases.training import DONE, THERE
from kb.usecases.training_certificates import WEEKS, PaperFile, Standing, files_by_certificate, standings


@dataclass(frozen=True, slots=True, kw_only=True)
class Attended:
    """A session that a technician was put down for.

    Args:
        session_id, title, day, hours, state: Of the session.
        attendance, score_percent, passed: Of the technician there.
    """

    session_id: str
    title: str
    day: date
    hours: float
    state: str
    attendance: str
    score_percent: float | None
    passed: bool | None

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {**{name: getattr(self, name) for name in self.__slots__}, "day": self.day.isoformat()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A certificate.

    Args:
        last_day: Its last valid day; None without end.
        session_id: The session that it came of; empty where a person entered it.
    """

    code: str
    skill: str
    title: str
    number: str
    issuer: str
    first_day: date
    last_day: date | None
    session_id: str
    files: tuple[PaperFile, ...]

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "code": self.code,
            "skill": self.skill,
            "title": self.title,
            "number": self.number,
            "issuer": self.issuer,
            "first_day": self.first_day.isoformat(),
            "last_day": self.last_day.isoformat() if self.last_day else None,
            "session_id": self.session_id,
            "files": [{"id": one.id, "name": one.name, "size_bytes": one.size_bytes} for one in self.files],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingRecord:
    """A technician's training.

    Args:
        code, name: The technician's.
        skills: Those of the register.
        sessions: The newest first.
        hours: Of the sessions of this year at which the technician was.
        papers: Certificates that are not revoked, those that end first at the head.
        standings: By skill that rests on certificates.
    """

    code: str
    name: str
    skills: tuple[str, ...]
    sessions: tuple[Attended, ...]
    hours: float
    papers: tuple[Paper, ...]
    standings: tuple[Standing, ...]

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "code": self.code,
            "name": self.name,
            "skills": list(self.skills),
            "hours": self.hours,
            "sessions": [one.json() for one in self.sessions],
            "certificates": [one.json() for one in self.papers],
            "standings": [one.json() for one in self.standings],
        }


def training_record(store: Store, code: str, *, today: date, weeks: int = WEEKS) -> TrainingRecord:
    """Return a technician's training.

    Raises:
        NotFound: There is no technician with this code.
        BadQuery: `weeks` is out of bounds.
    """
    with store.reading() as session:
        person = first_with(session, "technicians", "code", code)
        if person is None:
            raise NotFound("technician", code[:64])
        sessions = tuple(
            Attended(
                session_id=one.id,
                title=one.title,
                day=one.day,
                hours=one.hours,
                state=one.state,
                attendance=part.attendance,
                score_percent=part.score_percent,
                passed=part.passed,
            )
            for one, part in rows.attended_rows(session, person["id"])
            if one.state != "cancelled"
        )
        papers = [row for row, _ in rows.certificate_rows(session, technician_id=person["id"])]
        kept = [{name: getattr(row, name) for name in _PAPER} for row in papers]
    files = files_by_certificate(store, [str(one["code"]) for one in kept])
    return TrainingRecord(
        code=person["code"],
        name=person["name"],
        skills=tuple(person["skills"] or ()),
        sessions=sessions,
        hours=sum(
            one.hours
            for one in sessions
            if one.day.year == today.year and one.state in DONE and one.attendance in THERE
        ),
        papers=tuple(
            Paper(
                **{**one, "session_id": one["session_id"] or ""},
                files=files.get(str(one["code"]), ()),
            )
            for one in kept
        ),
        standings=() if person["retired"] else standings(store, today=today, weeks=weeks, technician=code),
    )


_PAPER = ("code", "skill", "title", "number", "issuer", "first_day", "last_day", "session_id")
