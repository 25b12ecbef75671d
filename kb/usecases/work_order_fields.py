"""Fields of a work order that people change, and what is wrong with a new value."""

from datetime import date, datetime

from kb.content.vocabulary import Vocabularies
from kb.errors import Message
from kb.store.plan_versions import visits_by_key
from kb.store.register import Session, columns_by_id

CODED = {
    "subsystem": "subsystems",
    "failure_mode": "failure_modes",
    "mechanism": "mechanisms",
    "cause": "causes",
    "remedy": "activities",
}
"""Fields that hold a code, and the vocabulary it is of."""
TEXTS = ("found", "done", "advice", "acceptance")
"""Texts of the service report, in `body`."""
_MOST = {
    "title": 200,
    "alarm": 300,
    "item": 40,
    "case_id": 80,
    **dict.fromkeys(CODED, 10),
    **dict.fromkeys(TEXTS, 4000),
}
"""Fields that hold a text, and how many characters it may have."""


def cleaned(value: object) -> object:
    """Return a value as it is kept."""
    return value.strip() if isinstance(value, str) else value


def wrong_value(
    session: Session, name: str, value: object, vocabularies: Vocabularies
) -> tuple[str, str] | None:
    """Return what is wrong with a field's new value and what it needs, or None."""
    if name == "planned_day":
        is_day = isinstance(value, date) and not isinstance(value, datetime)
        return (
            None
            if value is None or is_day
            else (Message("{value!r} is no day", value=str(value)[:40]), "give a date, or none")
        )
    if name == "technician_id":
        if value is None:
            return None
        known = isinstance(value, str) and value and columns_by_id(session, "technicians", ("code",), [value])
        return (
            None
            if known
            else (
                Message("{value!r} is no technician", value=str(value)[:64]),
                "choose one of the register, or none",
            )
        )
    if name == "visit_key":
        if value is None:
            return None
        is_visit = isinstance(value, str) and value in visits_by_key(session, [value])
        return (
            None
            if is_visit
            else (Message("{value!r} is no visit", value=str(value)[:64]), "choose one of the plan, or none")
        )
    if name not in _MOST:
        others = ("planned_day", "technician_id", "visit_key")
        return "is no field that can be changed", ", ".join(sorted({*_MOST, *others}))
    if not isinstance(value, str):
        return Message("is {value!r}, which is no text", value=str(value)[:40]), "give a text"
    if len(value.strip()) > _MOST[name]:
        return Message("has {count} characters", count=len(value.strip())), Message(
            "{most} at most", most=_MOST[name]
        )
    if name == "title" and not value.strip():
        return "is empty", "say what it is about"
    code = value.strip()
    if code and name in CODED and code not in vocabularies.codes(CODED[name]):
        return Message("{value!r} is no code", value=code), Message("see {list}", list=CODED[name])
    if (
        code
        and name == "item"
        and all(
            code not in entry.texts("items") for entry in vocabularies.lists.get("subsystems", {}).values()
        )
    ):
        return Message("{value!r} is no item", value=code), "see subsystems"
    return None
