"""Who takes part in a session: technicians of the register, and customers' operators by name."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from kb.errors import BadInput, Fault, NotFound
from kb.store import Store, TrainingParticipantRow
from kb.store import training as rows
from kb.store.register import Session, first_with
from kb.usecases.training_reading import Training, note_change, open_row, training_in

MOST_PEOPLE = 500
MOST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPeople:
    """Who is put down.

    Args:
        technicians: Codes of the register.
        operators: Names of customers' operators, each with the customer's code or nothing.
    """

    technicians: Sequence[str] = ()
    operators: Sequence[tuple[str, str]] = ()


def put_down(
    store: Store,
    id: str,
    people: NewPeople,
    *,
    revision: int | None,
    new_id: Callable[[], str],
    who: str,
    now: datetime,
) -> Training:
    """Put people down for an open session and return it; who is there already is not put down again.

    Raises:
        NotFound: There is no such session.
        Conflict: It has another revision by now, or is closed or cancelled.
        BadInput: Somebody is not in the register, a name is missing or too long, or there are too many.
    """
    with store.writing() as session:
        row = open_row(session, id, revision)
        there = rows.participant_rows(session, [id]).get(id, [])
        known = {one.technician_id for one in there} | {(one.name, one.customer_id) for one in there}
        wanted, faults = _wanted(session, people)
        fresh = [one for one in wanted if (one[0] or (one[2], one[1])) not in known]
        if len(there) + len(fresh) > MOST_PEOPLE:
            what = f"has {len(there)} and would get {len(fresh)} more"
            faults.append(Fault(where="people", what=what, repair=f"{MOST_PEOPLE} at most"))
        if faults:
            raise BadInput("nobody was put down", faults)
        last = max((one.position for one in there), default=0)
        for number, (technician_id, customer_id, name) in enumerate(fresh, last + 1):
            session.add(
                TrainingParticipantRow(
                    id=new_id(),
                    session_id=id,
                    position=number,
                    technician_id=technician_id,
                    customer_id=customer_id,
                    name=name,
                )
            )
        if fresh:
            session.flush()
            note_change(
                session, row, "people", {"people": len(there)}, who, now, people=len(there) + len(fresh)
            )
        return training_in(session, id)


def _wanted(
    session: Session, people: NewPeople
) -> tuple[list[tuple[str | None, str | None, str]], list[Fault]]:
    """Return technician's id, customer's id and name of each, once."""
    found: dict[object, tuple[str | None, str | None, str]] = {}
    faults = []
    for code in people.technicians:
        row = first_with(session, "technicians", "code", code.strip())
        if row is None or row["retired"]:
            what = f"{code[:64]!r} is no technician in use"
            faults.append(Fault(where="technicians", what=what, repair="choose from the register"))
        else:
            found[row["id"]] = row["id"], None, row["name"]
    for name, company in people.operators:
        customer = first_with(session, "customers", "code", company.strip()) if company.strip() else None
        if company.strip() and customer is None:
            what = f"{company[:64]!r} is no customer"
            faults.append(Fault(where="operators", what=what, repair="choose from the register, or none"))
        if not 1 <= len(name.strip()) <= MOST_NAME:
            what = f"a name has {len(name.strip())} characters"
            faults.append(Fault(where="operators", what=what, repair=f"1 to {MOST_NAME}"))
        elif not company.strip() or customer is not None:
            customer_id = customer["id"] if customer else None
            found[name.strip(), customer_id] = None, customer_id, name.strip()
    return list(found.values()), faults


def take_off(
    store: Store, id: str, participant_id: str, *, revision: int | None, who: str, now: datetime
) -> Training:
    """Take a person off an open session and return it.

    Raises:
        NotFound: There is no such session or participant.
        Conflict: It has another revision by now, or is closed or cancelled.
    """
    with store.writing() as session:
        row = open_row(session, id, revision)
        person = session.get(TrainingParticipantRow, participant_id)
        if person is None or person.session_id != id:
            raise NotFound("participant", participant_id[:64])
        name = person.name
        session.delete(person)
        session.flush()
        note_change(session, row, "people", {"taken_off": name}, who, now)
        return training_in(session, id)
