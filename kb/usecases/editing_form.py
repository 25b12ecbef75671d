"""What stands in a form: from a page, from what a browser sends, and back to front matter. Nothing typed is lost.

A form's fields have names that are paths: `solutions.a3.cause.code`. The part after a group's name only tells its
entries apart; their order is the order in which they come, so the browser may add, remove and move them freely.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel

from kb.content import Page
from kb.errors import BadInput, Fault
from kb.usecases.editing_fields import FieldSpec, form_of

NO_HAZARDS = "no_hazards"
"""Name of the box that says that a page has no hazards."""
MOST_FIELDS = 5_000
MOST_ENTRIES = 200

Typed = dict[str, Any]
"""By field: a text, a list of texts (`lines`, `choices`), a part, or a list of entries (`group`)."""


def typed_of(page: Page) -> Typed:
    """Return what the form of a page says."""
    typed = _typed(form_of(page.type), page)
    typed[NO_HAZARDS] = "on" if page.hazards == "none" else ""
    if page.hazards == "none":
        typed["hazards"] = []
    return typed


def typed_of_values(kind: str, values: Mapping[str, Any]) -> Typed:
    """Return what a form says for fields that need not be complete, such as those of a blank page."""
    typed = _typed_values(form_of(kind), values)
    typed[NO_HAZARDS] = "on" if values.get("hazards") == "none" else ""
    return typed


def typed_from(kind: str, pairs: Iterable[tuple[str, str]]) -> Typed:
    """Return what a browser has sent for a form of this type; entries that say nothing at all are left out.

    Args:
        kind: The page type.
        pairs: Names and values in the order in which they stand in the page.

    Raises:
        BadInput: There are more of them than any page has.
    """
    tree: dict[str, Any] = {}
    for count, (name, value) in enumerate(pairs):
        if count >= MOST_FIELDS:
            what = f"has more than {MOST_FIELDS:,} fields"
            raise BadInput("nothing was written", [Fault(where="form", what=what, repair="edit it as text")])
        node = tree
        *path, last = name.split(".")
        for step in path[:8]:
            inner = node.setdefault(step, {})
            if not isinstance(inner, dict):
                break
            node = inner
        else:
            node.setdefault(last, []).append(value.replace("\r\n", "\n"))
    typed = _gathered(form_of(kind), tree)
    typed[NO_HAZARDS] = "on" if tree.get(NO_HAZARDS) else ""
    return typed


def values_of(kind: str, typed: Typed) -> dict[str, Any]:
    """Return what a form says as fields of front matter; what was left empty is left out."""
    values = _values(form_of(kind), typed)
    if typed.get(NO_HAZARDS) and not values.get("hazards"):
        values["hazards"] = "none"
    return values


def _typed(specs: Iterable[FieldSpec], part: BaseModel) -> Typed:
    typed: Typed = {}
    for spec in specs:
        value = getattr(part, spec.name)
        if spec.widget == "part":
            typed[spec.name] = _typed(spec.fields, value) if value is not None else {}
        elif spec.widget == "group":
            entries = value if isinstance(value, tuple) else ()
            typed[spec.name] = [_typed(spec.fields, entry) for entry in entries]
        else:
            typed[spec.name] = _text(spec, value)
    return typed


def _typed_values(specs: Iterable[FieldSpec], values: Mapping[str, Any]) -> Typed:
    typed: Typed = {}
    for spec in specs:
        value = values.get(spec.name)
        if spec.widget == "part":
            typed[spec.name] = _typed_values(spec.fields, value if isinstance(value, Mapping) else {})
        elif spec.widget == "group":
            entries = value if isinstance(value, list) else []
            typed[spec.name] = [
                _typed_values(spec.fields, entry) for entry in entries if isinstance(entry, Mapping)
            ]
        else:
            typed[spec.name] = _text(spec, value)
    return typed


def _text(spec: FieldSpec, value: Any) -> Any:
    if spec.widget in {"lines", "choices"}:
        return [str(entry) for entry in value] if isinstance(value, (list, tuple)) else []
    if spec.widget == "check":
        return "on" if value else ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)


def _gathered(specs: Iterable[FieldSpec], tree: Mapping[str, Any]) -> Typed:
    typed: Typed = {}
    for spec in specs:
        found = tree.get(spec.name)
        if spec.widget == "part":
            typed[spec.name] = _gathered(spec.fields, found if isinstance(found, dict) else {})
        elif spec.widget == "group":
            entries = found.values() if isinstance(found, dict) else ()
            gathered = [_gathered(spec.fields, entry) for entry in entries if isinstance(entry, dict)]
            typed[spec.name] = [entry for entry in gathered if _says_something(spec.fields, entry)][
                :MOST_ENTRIES
            ]
        else:
            said = found if isinstance(found, list) else []
            typed[spec.name] = _said(spec, said)
    return typed


def _said(spec: FieldSpec, said: list[str]) -> Any:
    if spec.widget == "lines":
        return [line.strip() for text in said for line in text.split("\n") if line.strip()]
    if spec.widget == "choices":
        return [text for text in dict.fromkeys(said) if text]
    return said[-1] if said else ""


def _says_something(specs: Iterable[FieldSpec], typed: Typed) -> bool:
    """Whether an entry says anything beside what an added one says already."""
    for spec in specs:
        value = typed[spec.name]
        if spec.widget == "part":
            if _says_something(spec.fields, value):
                return True
        elif spec.widget == "choice" or spec.usual:
            if value and value != spec.usual and spec.vocabulary:
                return True
        elif value:
            return True
    return False


def _values(specs: Iterable[FieldSpec], typed: Typed) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for spec in specs:
        value = typed.get(spec.name)
        if spec.widget == "part":
            inner = _values(spec.fields, value or {})
            if inner or (spec.required and not spec.optional):
                values[spec.name] = inner
        elif spec.widget == "group":
            entries = [_values(spec.fields, entry) for entry in value or []]
            if entries or spec.required:
                values[spec.name] = entries
        elif spec.widget == "check":
            values[spec.name] = bool(value)
        elif spec.widget in {"lines", "choices"}:
            if value or spec.required:
                values[spec.name] = list(value or [])
        elif isinstance(value, str) and value.strip():
            values[spec.name] = value.strip()
    return values
