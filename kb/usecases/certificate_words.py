"""Why a technician may not do something on a day, by his certificates: one wording for consequences and reasons."""

from collections.abc import Mapping
from datetime import date

from planner.model import Technician

ENDED = "{name}'s certificate {certificate} for {skill} ended on {day}"
NOT_BEGUN = "{name}'s certificate {certificate} for {skill} begins on {day} only"
NEVER = "{name} has no valid certificate for {skill}"
LACKING = "{name} lacks the skills: {skills}"

Told = tuple[str, Mapping[str, object]]
"""A message id with the values of its places."""


def missing_skills(person: Technician, needed: frozenset[str], day: date) -> tuple[Told, ...]:
    """Return what keeps a technician from work that needs some skills on a day, each certificate by its name.

    Args:
        person: The technician, with his certificates.
        needed: Skill codes.
        day: The day of the work.
    """
    missing = needed - person.skills_on(day)
    learned = person.skills_ever | person.uncertified
    found: list[Told] = []
    if unlearned := sorted(missing - learned):
        found.append((LACKING, {"name": person.name, "skills": ", ".join(unlearned)}))
    for skill in sorted(missing & learned):
        proof = person.last_proof(skill, day)
        values: dict[str, object] = {"name": person.name, "skill": skill}
        if proof is None:
            found.append((NEVER, values))
        elif proof.last_day is not None and proof.last_day < day:
            found.append((ENDED, {**values, "certificate": proof.code, "day": proof.last_day}))
        else:
            found.append((NOT_BEGUN, {**values, "certificate": proof.code, "day": proof.first_day}))
    return tuple(found)


def told_paper(values: Mapping[str, str], holder: str, skills: str) -> Told | None:
    """Return the certificate that a reason of the planner names; None where it names none.

    Args:
        values: Of the reason, see `planner.routing.relaxation.unplaced_reason`.
        holder: The technician's name.
        skills: The skills as they are read.
    """
    if "holder" not in values:
        return None
    known: dict[str, object] = {"name": holder, "skill": skills}
    if values.get("last_day"):
        return ENDED, {**known, "certificate": values["certificate"], "day": values["last_day"]}
    if values.get("first_day"):
        return NOT_BEGUN, {**known, "certificate": values["certificate"], "day": values["first_day"]}
    return NEVER, known
