"""Keys of occurrences: plan, level and k; the same after every regeneration."""

from dataclasses import dataclass

from planner.errors import InvalidInput
from planner.model import Level

_PARTS = 3


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class OccurrenceKey:
    """What the text key of an occurrence says; a plan id may itself hold the separator."""

    plan_id: str
    level: Level
    k: int

    def __str__(self) -> str:
        return f"{self.plan_id}/{self.level.value}/{self.k}"


def parsed_key(key: str) -> OccurrenceKey:
    """Return the parts of an occurrence's key.

    Raises:
        InvalidInput: The text is no key of an occurrence.
    """
    parts = key.rsplit("/", _PARTS - 1)
    try:
        plan_id, level, k = parts
        return OccurrenceKey(plan_id=plan_id, level=Level(level), k=int(k))
    except ValueError as error:
        raise InvalidInput([f"key {key!r} is no occurrence's; it must read plan/level/k"]) from error
