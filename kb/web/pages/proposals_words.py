"""What is refused about a proposal or the price book, told with the names that its fields have on the page."""

from collections.abc import Callable, Mapping
from typing import Any

from kb.errors import Conflict, FaultyInput
from kb.i18n import Language, translator
from kb.usecases.proposal_words import LEVEL_NAMES, PROMISE_NAMES

TERM_FIELDS = ("response_hours", "arrival_hours", "restore_hours", "resolution_hours")
PRICE_FIELDS = {
    "labour_hour": "Work, an hour",
    "travel_hour": "Travelling, an hour",
    "kilometre": "A kilometre",
    "margin_percent": "Margin on parts (%)",
    "risk_percent": "Put on repairs taken over (%)",
    "repair_hours": "Hours of a repair (assumed without records)",
    "repair_parts": "Parts of a repair (assumed)",
    "avoidable_percent": "Failures that inspections avoid (%, assumed; may stay empty)",
    "downtime_hour": "An hour of standstill costs the customer (assumed; may stay empty)",
    "downtime_hours": "Standstill of a failure in hours (assumed without records; may stay empty)",
}
FIELD_NAMES = {
    "visits_per_year": "Inspections a year",
    "start": "First day of the year",
    "desired": "We recommend",
    "contact": "Contact",
    "note": "Words to the customer",
    "failures_per_year": "Failures expected in a year, in place of the records",
    "trip_minutes": "Way there and back, minutes",
    "trip_kilometres": "Way there and back, kilometres",
    "adjustments": "By hand",
    "valid_until": "Valid until",
    "amount": "Amount",
    "reason": "Reason",
    "level": "Level",
    "state": "State",
    "site": "Site",
    "proposal": "Maintenance proposal",
    "price book": "Price book",
    "currency": "Currency",
    "parts": "Part",
    "name": "Part",
    "part_class": "Part class",
    "equipment_class": "Class",
    "every_months": "Interval",
    "quantity": "Quantity",
    "price": "Price",
    "source": "Source",
    "exclusions": "Does not cover, one sentence a line",
    "terms": "Promised times",
    **dict(zip(TERM_FIELDS, PROMISE_NAMES.values(), strict=True)),
}
"""What a field of a proposal or of the price book is called, as message ids."""


def told(refused: FaultyInput | Conflict | None, language: Language) -> Mapping[str, Any] | None:
    """Return what was refused, each fault with the name that its field has on the page."""
    if refused is None:
        return None
    say = translator(language)
    faults = refused.faults if isinstance(refused, FaultyInput) else ()
    return {
        "message": refused.args[0],
        "faults": [(_named(fault.where, say), fault) for fault in faults],
    }


def _named(where: str, say: Callable[[str], str]) -> str:
    """Return a place such as `terms.labour.response_hours` or `parts.0.price` as people read it."""
    names = {**PRICE_FIELDS, **FIELD_NAMES, **{level.value: name for level, name in LEVEL_NAMES.items()}}
    number = where.removeprefix("line ")
    if number.isdigit():
        return say("line {number}").format(number=number)
    return " · ".join(
        str(int(part) + 1) if part.isdigit() else say(names.get(part, part)) for part in where.split(".")
    )
