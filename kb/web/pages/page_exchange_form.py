"""The form by which a draft from a file is accepted: the fields of its type, with what they are called and offer."""

from collections.abc import Mapping
from dataclasses import dataclass

from kb.content import Library
from kb.i18n import Language, translator
from kb.usecases.page_import_pages import CHOICES
from kb.usecases.page_import_types import HAZARDS, fields_of
from kb.web.pages.editing_words import VALUE_NAMES, field_name, place_name

NAMES: Mapping[str, str] = {
    "type": "Kind",
    "title": "Title",
    "title_en": "English title",
    "subsystem": "Subsystem",
    "hazard": "What can hurt",
    "consequence": "What then",
    "avoid": "How to avoid it",
    "why": "Reason",
    "id": "Page id",
    "text_zh": "Meaning (Chinese)",
    "text_en": "Meaning (English)",
}
"""Fields that are called otherwise here than in the editor, or are not there."""
VOCABULARIES: Mapping[str, str] = {
    "subsystem": "subsystems",
    "failure_mode": "failure_modes",
    "severity": "severities",
    "family": "alarm_families",
    "level": "levels",
}
LINES: Mapping[str, str] = {
    "body": "Markdown; each step under ### 步骤 n, the last heading is 验收",
    "remedy": "one a line",
    "items": "one a line: what is checked | criterion | minutes",
    "explanation": "",
}
"""Fields that are written on several lines, with what a writer must know."""
NUMBERS = ("people", "time_minutes")
FREE = ("tools", "reaction", "continuation", "remedy", "body")
"""Fields that may stay empty."""
LONGEST = 2000
LONGEST_LINES = 200_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A field of the form.

    Args:
        name: Its name.
        label: What it is called, in the reader's language.
        value: What stands in it.
        widget: `choice`, `lines`, `number` or `text`.
        options: Of a choice, value and name.
        hint: What a writer must know; may be empty.
        needed: Whether it must be filled in.
    """

    name: str
    label: str
    value: str
    widget: str
    options: tuple[tuple[str, str], ...] = ()
    hint: str = ""
    needed: bool = True


def form_rows(library: Library, values: Mapping[str, str], language: Language) -> tuple[Row, ...]:
    """Return the fields of a type's form but for its hazards and its reason; none where nothing is to be filled in."""
    if not values.get("type"):
        return ()
    say = translator(language)
    rows = []
    for name in fields_of(values["type"]):
        if name in (*HAZARDS, "type", "why"):
            continue
        options = _options(library, name, language)
        widget = (
            "choice" if options else "lines" if name in LINES else "number" if name in NUMBERS else "text"
        )
        hint = LINES.get(name, "") if name != "body" or values["type"] == "guide" else "Markdown"
        rows.append(
            Row(
                name=name,
                label=label_of(name, language),
                value=values[name],
                widget=widget,
                options=options,
                hint=say(hint) if hint else "",
                needed=name not in FREE or (name == "body" and values["type"] == "guide"),
            )
        )
    return tuple(rows)


def label_of(name: str, language: Language) -> str:
    """Return what a field, or a place in a page, is called."""
    if name in NAMES:
        return translator(language)(NAMES[name])
    return place_name(name, language) if name == "body" else field_name(name, language)


def _options(library: Library, name: str, language: Language) -> tuple[tuple[str, str], ...]:
    if name in VOCABULARIES:
        kind = VOCABULARIES[name]
        codes = CHOICES.get(name) or tuple(library.vocabularies.lists[kind])
        return tuple((code, f"{library.vocabularies.label(kind, code, language)} · {code}") for code in codes)
    say = translator(language)
    return tuple((code, say(VALUE_NAMES.get(code, code))) for code in CHOICES.get(name, ()))
