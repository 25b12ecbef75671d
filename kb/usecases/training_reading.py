"""Training sessions as they are kept: read with who takes part, and the row of one that may still be changed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from kb.errors import Conflict, NotFound
from kb.store import Store, TrainingParticipantRow, TrainingSessionRow
from kb.store import training as rows
from kb.store.register import Change, Session, columns_by_id, record
from kb.usecases.training import THERE
from kb.usecases.training_fields import SESSION, json_of_form, values_of_row

AUDITED = "training_sessions"
ATTENDANCES = ("", "present", "late", "absent", "excused")
"""What can be recorded of a person; empty while nothing is."""
STATES = ("planned", "held", "closed", "cancelled")


@dataclass(frozen=True, slots=True, kw_only=True)
class Participant:
    """Who takes part.

    Args:
        code: The technician's code; empty for an operator.
        company: The customer's name, of an operator; may be empty.
        attendance: One of `ATTENDANCES`; empty while nobody has recorded it.
        score_percent: None where there is no score.
        passed: None where there is no result.
        result_from: `hand`, or `quiz` with the attempt's id behind a colon.
        certificate: Code of the certificate that came of it; empty where none did.
    """

    id: str
    technician_id: str | None
    customer_id: str | None
    code: str
    name: str
    company: str
    attendance: str
    score_percent: float | None
    passed: bool | None
    result_from: str
    note: str
    certificate: str

    @property
    def was_there(self) -> bool:
        """Whether the person came."""
        return self.attendance in THERE

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True, kw_only=True)
class Training:
    """A session with who takes part.

    Args:
        item_id: The line of the yearly plan that it belongs to.
        values: By field of `SESSION`.
        people: In the order in which they were put down.
    """

    id: str
    revision: int
    item_id: str | None
    state: str
    values: Mapping[str, Any]
    people: tuple[Participant, ...]

    @property
    def is_open(self) -> bool:
        """Whether it can still be changed."""
        return self.state in ("planned", "held")

    def json(self) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.id,
            "revision": self.revision,
            "item_id": self.item_id,
            "state": self.state,
            **json_of_form(SESSION, self.values),
            "people": [one.json() for one in self.people],
        }


def training(store: Store, id: str) -> Training:
    """Return a session.

    Raises:
        NotFound: There is none with this id.
    """
    with store.reading() as session:
        return training_in(session, id)


def trainings(store: Store, *, first: date, last: date) -> tuple[Training, ...]:
    """Return the sessions between two days, both included, by day."""
    with store.reading() as session:
        found = rows.session_rows(session, first=first, last=last)
        people = rows.participant_rows(session, [one.id for one in found])
        names = _names(session, [one for each in people.values() for one in each])
        return tuple(_training(one, people.get(one.id, []), names) for one in found)


def training_in(session: Session, id: str) -> Training:
    """Return a session inside a transaction; as `training`."""
    row = session.get(TrainingSessionRow, id)
    if row is None:
        raise NotFound("training session", id[:64])
    people = rows.participant_rows(session, [id]).get(id, [])
    return _training(row, people, _names(session, people))


_Names = tuple[Mapping[str, tuple[Any, ...]], ...]
"""Codes of technicians, names of customers and codes of certificates, by id."""


def _names(session: Session, people: Sequence[TrainingParticipantRow]) -> _Names:
    """Return what the ids of all these people stand for, asked once for all of them."""
    return (
        columns_by_id(session, "technicians", ("code",), _ids(one.technician_id for one in people)),
        columns_by_id(session, "customers", ("name",), _ids(one.customer_id for one in people)),
        columns_by_id(session, "certificates", ("code",), _ids(one.certificate_id for one in people)),
    )


def _training(row: TrainingSessionRow, people: Iterable[TrainingParticipantRow], names: _Names) -> Training:
    codes, customers, papers = names
    return Training(
        id=row.id,
        revision=row.revision,
        item_id=row.item_id,
        state=row.state,
        values=values_of_row(SESSION, row),
        people=tuple(
            Participant(
                id=one.id,
                technician_id=one.technician_id,
                customer_id=one.customer_id,
                code=str(codes.get(one.technician_id or "", ("",))[0]),
                name=one.name,
                company=str(customers.get(one.customer_id or "", ("",))[0]),
                attendance=one.attendance,
                score_percent=one.score_percent,
                passed=one.passed,
                result_from=one.result_from,
                note=one.note,
                certificate=str(papers.get(one.certificate_id or "", ("",))[0]),
            )
            for one in people
        ),
    )


def _ids(ids: Iterable[str | None]) -> list[str]:
    return [one for one in ids if one is not None]


def open_row(session: Session, id: str, revision: int | None) -> TrainingSessionRow:
    """Return the row of a session that can still be changed.

    Raises:
        NotFound: There is no such session.
        Conflict: It has another revision by now, or is closed or cancelled.
    """
    row = session.get(TrainingSessionRow, id)
    if row is None:
        raise NotFound("training session", id[:64])
    if row.state not in ("planned", "held"):
        raise Conflict(f"the session is {row.state}; what was recorded of it stays")
    if revision is not None and revision != row.revision:
        raise Conflict(
            f"the session was changed meanwhile: revision {revision} is now {row.revision}",
            yours={"revision": revision},
            theirs={**json_of_form(SESSION, values_of_row(SESSION, row)), "revision": row.revision},
        )
    return row


def note_change(
    session: Session,
    row: TrainingSessionRow,
    action: str,
    before: Mapping[str, object] | None,
    who: str,
    now: datetime,
    **after: object,
) -> None:
    """Give a session its next revision and keep an entry of the audit trail."""
    row.revision += 1
    session.flush()
    record_change(session, row, action, before, who, now, **after)


def record_change(
    session: Session,
    row: TrainingSessionRow,
    action: str,
    before: Mapping[str, object] | None,
    who: str,
    now: datetime,
    **after: object,
) -> None:
    """Keep an entry of the audit trail; without `after` it tells the session as it stands."""
    told = after or json_of_form(SESSION, values_of_row(SESSION, row))
    entry = Change(at=now, who=who, action=action, kind=AUDITED, thing_id=row.id, before=before, after=told)
    record(session, [entry])
