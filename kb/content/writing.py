"""A page as the text of its file: new pages in the library's own form, changed pages with the fewest changed lines."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import BaseModel

from kb.content.front_matter import patched, read_values, written
from kb.content.library import FENCE
from kb.content.pages import (
    AlarmPage,
    CasePage,
    ChecklistPage,
    CoursePage,
    GuidePage,
    Page,
    TermPage,
)

ALWAYS = frozenset({"lang", "reviewers", "related", "sources", "facts", "hazards", "qty", "responsible"})
"""Fields that are written even where they say the default: a reader of the file looks for them."""
BOM = "\ufeff"
_MODELS: Mapping[str, type[Page]] = {
    "alarm": AlarmPage,
    "case": CasePage,
    "checklist": ChecklistPage,
    "course": CoursePage,
    "guide": GuidePage,
    "term": TermPage,
}
FOLDERS: Mapping[str, str] = {
    "alarm": "alarms",
    "case": "cases",
    "checklist": "checklists",
    "course": "courses",
    "guide": "guides",
    "term": "terms",
}
_NOT_IN_NAMES = re.compile(r"[^a-z0-9]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """The parts of a page's file; `text()` of an unchanged one is the file, byte for byte.

    Args:
        bom: Whether it begins with a byte order mark.
        newline: How its lines end, `\\n` or `\\r\\n`; of a mixture, the commoner.
        opening: The line that opens the front matter.
        front: The front matter, ending with a line break unless it is empty.
        closing: The line that closes it.
        above: Line breaks between the closing line and the body.
        body: The Markdown, without line breaks around it.
        below: What stands below it.
    """

    bom: bool
    newline: str
    opening: str
    front: str
    closing: str
    above: str
    body: str
    below: str

    def text(self) -> str:
        """Return the text of the file."""
        rest = f"{self.opening}\n{self.front}{self.closing}{self.above}{self.body}{self.below}"
        return (BOM if self.bom else "") + rest.replace("\n", self.newline)


def layout_of(text: str) -> Layout | None:
    """Return the parts of a file's text; None where it has no front matter."""
    bom = text.startswith(BOM)
    broken = text.count("\r\n") * 2 > text.count("\n")
    lines = text.removeprefix(BOM).replace("\r\n", "\n").split("\n")
    if lines[0].strip() != FENCE:
        return None
    end = next((n for n, line in enumerate(lines[1:], 1) if line.strip() == FENCE), None)
    if end is None:
        return None
    rest = "".join(f"\n{line}" for line in lines[end + 1 :])
    body = rest.strip("\n")
    above = rest[: len(rest) - len(rest.lstrip("\n"))] if body else rest
    return Layout(
        bom=bom,
        newline="\r\n" if broken else "\n",
        opening=lines[0],
        front="".join(f"{line}\n" for line in lines[1:end]),
        closing=lines[end],
        above=above,
        body=body,
        below=rest[len(above) + len(body) :] if body else "",
    )


def page_text(page: Page, body: str = "") -> str:
    """Return the text of a new page's file: UTF-8, line feeds, fields in the order of the page's type.

    Reading it with `kb.content.parse_page` gives the same page and body.

    Args:
        page: The page; its model has checked its fields.
        body: The Markdown below the front matter.
    """
    body = body.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    below = f"\n{body}\n" if body else ""
    return f"{FENCE}\n{written(page_values(page))}{FENCE}\n{below}"


def edited_text(before: str, was: Page, page: Page, body: str) -> str:
    """Return the text of a file in which a page was changed; the same bytes where nothing was.

    Only lines that say something else are written anew: order, comments and quotes of all others stay, and so do
    the line ends of the file and its byte order mark.

    Args:
        before: The text of the file.
        was: The page that stands in it.
        page: The page that shall.
        body: The Markdown that shall stand below.
    """
    layout = layout_of(before)
    if layout is None:
        return page_text(page, body)
    raw = read_values(layout.front)
    values = _merged(page, raw, was)
    front = layout.front
    if values != raw:
        front = patched(front, values, order=list(type(page).model_fields))
    body = body.replace("\r\n", "\n").replace("\r", "\n").strip("\n")
    if body == layout.body and front == layout.front:
        return before
    if body == layout.body:
        above, below = layout.above, layout.below
    else:
        above, below = (layout.above, layout.below) if layout.body else ("\n\n", "\n")
        if not body:
            above, below = "\n", ""
    changed = Layout(
        bom=layout.bom,
        newline=layout.newline,
        opening=layout.opening,
        front=front,
        closing=layout.closing,
        above=above,
        body=body,
        below=below,
    )
    return changed.text()


def page_values(page: Page) -> dict[str, Any]:
    """Return the fields of a page as they stand in a new file: defaults left out but for those of `ALWAYS`."""
    return _values(page, {})


def new_page_path(page: Page) -> str:
    """Return where the file of a new page goes, below the content folder, from its type and id.

    The path holds letters, digits and dashes only, so no field of a page leads out of the folder.
    """
    folder = FOLDERS[page.type]
    _, _, stem = page.id.partition("-")
    family, _, rest = stem.partition("-")
    if page.type == "alarm" and rest:
        return f"{folder}/{_name(family)}/{_name(rest)}.md"
    if page.type == "case" and rest:
        return f"{folder}/{_name(family)}/{_name(stem)}.md"
    return f"{folder}/{_name(stem)}.md"


def model_of(kind: str) -> type[Page] | None:
    """Return the model of a page type, or None where there is no such type."""
    return _MODELS.get(kind)


def _name(text: str) -> str:
    return _NOT_IN_NAMES.sub("-", text.lower()).strip("-")


def _merged(page: Page, raw: Mapping[str, Any], was: Page) -> dict[str, Any]:
    """Return the fields for a file that has `raw`: as written there where the page says the same."""
    same = {
        name
        for name in type(page).model_fields
        if name in type(was).model_fields and getattr(page, name) == getattr(was, name)
    }
    fresh = _values(page, raw)
    out: dict[str, Any] = {}
    for name in type(page).model_fields:
        if name in same:
            if name in raw:
                out[name] = raw[name]
        elif name in fresh:
            out[name] = fresh[name]
    return out


def _values(part: BaseModel, raw: Mapping[str, Any]) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for name, field in type(part).model_fields.items():
        value = getattr(part, name)
        usual = not field.is_required() and value == field.get_default(call_default_factory=True)
        said = _plain(value, raw.get(name))
        if usual and (name not in raw or raw[name] != said) and (name not in ALWAYS or value is None):
            continue
        out[name] = said
    return out


def _plain(value: Any, raw: Any) -> Any:
    """Return a value as YAML has it."""
    if isinstance(value, BaseModel):
        return _values(value, raw if isinstance(raw, Mapping) else {})
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, (tuple, list)):
        entries = raw if isinstance(raw, list) else []
        return [_plain_entry(entry, entries, place) for place, entry in enumerate(value)]
    if isinstance(value, float) and value.is_integer():
        return int(value)  # a limit of 5 is typed and read as 5, never as 5.0
    return value


def _plain_entry(entry: Any, raw: list[Any], place: int) -> Any:
    """Return a list's entry, written as the same entry was if the list had it, else as the one in its place."""
    if isinstance(entry, BaseModel):
        for known in raw:
            if isinstance(known, Mapping) and (same := _plain(entry, known)) == known:
                return same
    return _plain(entry, raw[place] if place < len(raw) else None)
