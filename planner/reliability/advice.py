"""In which order is advice given? The gravest first, and nothing without evidence."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from planner.errors import InvalidInput


class AdviceKind(StrEnum):
    """What is advised about, the gravest first."""

    BEYOND_LIMIT = "beyond_limit"
    CAMPAIGN = "campaign"
    FINDING = "finding"
    BACKUP_MISSING = "backup_missing"
    CROSSING = "crossing"
    REPEATED_ALARM = "repeated_alarm"
    CAMPAIGN_CHECK = "campaign_check"
    BACKUP_OLD = "backup_old"
    BEYOND_WARNING = "beyond_warning"
    OUTLIER = "outlier"
    OLD_VERSION = "old_version"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a piece of advice rests on.

    Args:
        kind: `value`, `order`, `report`, `page`, `campaign`, `finding`, `version`, `file` or `register`.
        reference: Number or id of it.
        text: What it says, with its day where it has one.
    """

    kind: str
    reference: str
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One piece of advice; a sentence is made of kind and values where it is shown.

    Args:
        urgency: Within a kind the greater is the graver.

    Raises:
        InvalidInput: It has no evidence.
    """

    kind: AdviceKind
    values: Mapping[str, str]
    evidence: tuple[Evidence, ...]
    urgency: float = 0
    key: str = field(default="")

    def __post_init__(self) -> None:
        """Check it."""
        if not self.evidence:
            raise InvalidInput([f"advice {self.kind} has no evidence; give what it rests on"])


_GRAVITY = {kind: place for place, kind in enumerate(AdviceKind)}


def gravest_first(found: Iterable[Advice]) -> tuple[Advice, ...]:
    """Return advice by gravity of its kind, then urgency, then key."""
    return tuple(sorted(found, key=lambda one: (_GRAVITY[one.kind], -one.urgency, one.key)))
