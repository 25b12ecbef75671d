"""Which type a document may become, what a person says of each type, and why a choice cannot be."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from kb.errors import Fault, Message

PAGE_TYPES = ("case", "guide", "alarm", "checklist")
"""Types that a document of others may become; a term or a course is written, not brought in."""
ROW_TYPES = ("case", "alarm")
"""Types that a row of a table may become: it has neither steps nor items."""
COMMON = ("type", "title", "title_en", "summary", "subsystem")
HAZARDS = ("hazards", "hazard_type", "hazard", "consequence", "avoid")
OWN: Mapping[str, tuple[str, ...]] = {
    "case": ("symptom", "failure_mode", "severity"),
    "guide": ("id", "guide_type", "difficulty", "skill_level", "people", "time_minutes", "tools", "body"),
    "alarm": (
        "id", "family", "code", "text_zh", "text_en", "explanation", "reaction", "continuation", "remedy", "severity",
        "body",
    ),
    "checklist": ("id", "level", "items"),
}  # fmt: skip
"""Fields of one type alone."""
FIELDS = tuple(
    dict.fromkeys((*COMMON, *(name for kind in PAGE_TYPES for name in OWN[kind]), *HAZARDS, "why"))
)
"""All that a person may say of a draft when it is accepted; `fields_of` tells which belong to a type."""


def fields_of(kind: str) -> tuple[str, ...]:
    """Return the fields of a type, in the order of its form."""
    return (*COMMON, *OWN[kind], *HAZARDS, "why")


def possible_types(*, text: str, body: str) -> tuple[str, ...]:
    """Return the types that a document may become; none where its own front matter says what it is.

    Args:
        text: The Markdown of a page that came with front matter; empty for any other document.
        body: The whole of a document; empty for a row of a table.
    """
    if text:
        return ()
    return PAGE_TYPES if body else ROW_TYPES


def type_faults(kind: str, *, where: str, text: str, body: str, own_type: str = "") -> tuple[Fault, ...]:
    """Return why a document cannot become a page of a type.

    Args:
        kind: The type that was chosen.
        where: The place of the choice.
        text: As for `possible_types`.
        body: As for `possible_types`.
        own_type: What its front matter says that it is.
    """
    possible = possible_types(text=text, body=body)
    if text:
        if kind == own_type:
            return ()
        what = Message(
            "is {kind}, and its front matter says {own}", kind=kind[:40], own=own_type or "nothing"
        )
        return (Fault(where=where, what=what, repair="leave the type of such a page out"),)
    if kind in possible:
        return ()
    if kind in PAGE_TYPES:
        what = Message("is {kind}; a row of a table has neither steps nor items", kind=kind)
    else:
        what = Message("is {kind}, which no document becomes", kind=repr(kind[:40]))
    return (
        Fault(where=where, what=what, repair=Message("choose one of {types}", types=", ".join(possible))),
    )


def field_faults(given: Iterable[str], kind: str) -> tuple[Fault, ...]:
    """Return what was said that is no field of the type, each by name."""
    known = fields_of(kind)
    repair = Message("fields of {kind}: {names}", kind=kind, names=", ".join(known))
    faults = []
    for name in given:
        if name not in FIELDS:
            faults.append(Fault(where=name[:40], what="is no field", repair=repair))
        elif name not in known:
            faults.append(Fault(where=name, what=Message("is no field of {kind}", kind=kind), repair=repair))
    return tuple(faults)


def markdown_faults(given: Sequence[str]) -> tuple[Fault, ...]:
    """Return what was said of a page that has its fields already: of it only the reason, and its own type, is said."""
    repair = "edit the page after it is accepted"
    return tuple(
        Fault(
            where=name[:40],
            what="is no field" if name not in FIELDS else "stands in its front matter",
            repair=repair,
        )
        for name in given
        if name not in ("why", "type")
    )


def kind_of_draft(came: Mapping[str, Any], given: Mapping[str, str]) -> str:
    """Return the type that a draft becomes: what a person says, else what was chosen or proposed when it came."""
    return given.get("type", "").strip() or str(came.get("page_type") or "case")
