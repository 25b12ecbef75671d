"""How many take part in sessions: counted by the database, as a year of a group of companies has a hundred thousand."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kb.store import training as rows
from kb.store.register import Session


@dataclass(slots=True, kw_only=True)
class People:
    """How many are put down for a session; of those who came, how many were judged and how many passed."""

    put_down: int = 0
    there: int = 0
    judged: int = 0
    passed: int = 0


def people_of(session: Session, ids: Sequence[str], *, there: Collection[str]) -> dict[str, People]:
    """Return who takes part in sessions by number; none for a session of which the database knows nobody.

    Args:
        session: Of the database.
        ids: Of the sessions.
        there: The kinds of attendance that mean that somebody came.
    """
    found: dict[str, People] = defaultdict(People)
    for id, attendance, passed, count in rows.participant_counts(session, ids):
        one = found[id]
        one.put_down += count
        if attendance in there:
            one.there += count
            one.judged += count if passed is not None else 0
            one.passed += count if passed else 0
    return found
