"""The kinds of records by name: those of the customer, of quality, of delivery, and the analysis of an event."""

from kb.errors import NotFound
from kb.usecases.record_description import RecordKind
from kb.usecases.record_kinds_analysis import ANALYSIS
from kb.usecases.record_kinds_customer import COMPLAINT, NEED, QUESTION, RETURN, SATISFACTION
from kb.usecases.record_kinds_delivery import JOURNEY, PROJECT
from kb.usecases.record_kinds_quality import QUALITY, TARGET, UPGRADE, VERIFICATION

KINDS: dict[str, RecordKind] = {
    one.name: one
    for one in (
        COMPLAINT,
        SATISFACTION,
        VERIFICATION,
        RETURN,
        QUALITY,
        NEED,
        UPGRADE,
        QUESTION,
        TARGET,
        JOURNEY,
        PROJECT,
        ANALYSIS,
    )
}


def kind_named(name: str) -> RecordKind:
    """Return a kind by name.

    Raises:
        NotFound: There is none.
    """
    if name not in KINDS:
        raise NotFound("kind of record", name[:40])
    return KINDS[name]
