"""The nouns of an import: a file as it was read, the cases in it, their pictures, the shape of a table."""

import base64
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from kb.errors import Fault

Kind = Literal["word", "table", "markdown"]
Remembered = Sequence[tuple[tuple[str, ...], Mapping[str, str]]]
"""Headers of tables with the field of each header that somebody chose, the latest first."""
LONGEST_TITLE = 120
UNKNOWN_HEADING = "the heading {heading} is not known; it stands under {section}"
TEXT_BEFORE = "there is text before the first known heading; it stands under {section}"
NO_HEADING = "no known heading was found; headings are {headings}"
NOTHING_UNDER = "says nothing under {sections}"
ABOUT_SECTIONS = frozenset({UNKNOWN_HEADING, TEXT_BEFORE, NO_HEADING, NOTHING_UNDER})
"""Remarks on the sections of a case; of a document that becomes another type they say nothing."""
_ENDS = {"image/png": "png", "image/jpeg": "jpg"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Fault):
    """A remark that can be said in the reader's language.

    Args:
        message: What `what` says, as a message id.
        values: Names and values that stand in it.
    """

    message: str = ""
    values: tuple[tuple[str, str], ...] = ()


def noted(where: str, message: str, repair: str = "", **values: str) -> Note:
    """Return a remark at a place; `message` has the names of `values` in braces."""
    what = message.format(**values)
    return Note(where=where, what=what, repair=repair, message=message, values=tuple(values.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a page, written anew by the reader; `name` is made of its digest, `called` what the page calls it."""

    name: str
    called: str = ""
    media_type: str
    digest: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """What may become a page.

    Args:
        place: Where it stands in the file.
        title: Its title; never empty.
        sections: Markdown by section of a case.
        alarm: What the file calls the alarm.
        machine: What the file says of machine and control.
        title_en: An English title, where the file has one.
        text: The whole Markdown of a page that came as such; empty for what was taken from another format.
        path: Name of the Markdown file, below the folder that all of them share.
        pictures: In the order of the text.
        notes: What a person should know before accepting it.
        page_type: What its headings tell it to be; a person may know better.
        body: The whole of it as Markdown, in its own order and with its own headings; empty for a row of a table.
    """

    place: str
    title: str
    sections: Mapping[str, str] = field(default_factory=dict)
    alarm: str = ""
    machine: str = ""
    title_en: str = ""
    text: str = ""
    path: str = ""
    pictures: tuple[Picture, ...] = ()
    notes: tuple[Fault, ...] = ()
    page_type: str = "case"
    body: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableShape:
    """How a table was understood, for who maps its columns.

    Args:
        headers: Of all columns.
        header_row: Number of their row.
        sample: The first rows below.
        mapping: Field by header.
        unknown: Headers that fill no field; their cells become remarks.
    """

    headers: tuple[str, ...]
    header_row: int
    sample: tuple[tuple[str, ...], ...]
    mapping: Mapping[str, str]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A file as it was read.

    Args:
        kind: Of which kind it is.
        candidates: What may become pages.
        notes: On the file as a whole, and on what of it became nothing.
        tables: Of a table, each sheet's shape by its name.
        digests: SHA-256 of files that came along and are no pages, by name.
    """

    kind: Kind
    candidates: tuple[Candidate, ...]
    notes: tuple[Fault, ...]
    tables: Mapping[str, TableShape] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)


def concerns(message: str, kind: str) -> bool:
    """Whether a remark, by its message id, says something of a document that becomes a page of a type."""
    return kind == "case" or message not in ABOUT_SECTIONS


def kept(raw: Mapping[str, Any]) -> Picture | None:
    """Return a picture as the reader gave it; None where it was lost."""
    if "content" not in raw:
        return None
    name = f"{raw['digest'][:16]}.{_ENDS[raw['media_type']]}"
    return Picture(
        name=name,
        media_type=raw["media_type"],
        digest=raw["digest"],
        content=base64.b64decode(raw["content"]),
    )


def notes_of(raw: Iterable[tuple[str, str]]) -> list[Fault]:
    """Return the reader's remarks, pairs of place and sentence."""
    return [
        Note(where=place, what=what, message=what.replace("{", "{{").replace("}", "}}"))
        for place, what in raw
    ]
