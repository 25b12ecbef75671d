"""A deck of slides as a trainer thinks of it: layouts, lines, pictures, tables, notes, sources. Knows no file format."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


class Layout(StrEnum):
    """What a slide is for; each has a layout of the template."""

    TITLE = "title"
    SECTION = "section"
    CONTENT = "content"
    TWO_COLUMNS = "two_columns"
    COMPARISON = "comparison"
    PICTURE = "picture"
    TABLE = "table"
    QUESTION = "question"
    ANSWER = "answer"
    HAZARD = "hazard"


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A stretch of text in one style."""

    text: str
    bold: bool = False
    code: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A line or bullet of a slide.

    Args:
        level: How deep it is nested, from 0.
        number: Its number in a numbered list; None for a plain bullet.
    """

    runs: tuple[Run, ...]
    level: int = 0
    number: int | None = None

    @property
    def text(self) -> str:
        """The text without styles."""
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """A picture of a slide.

    Args:
        file: Its path below the content folder, with `/`.
        alt: What it shows, for who cannot see it.
        caption: Below it; may be empty.
    """

    file: str
    alt: str
    caption: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A table of a slide: every row as long as the head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One of two columns; its title may be empty."""

    title: str = ""
    lines: tuple[Line, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceNote:
    """A page a slide draws on, at the revision it has."""

    id: str
    revision: int

    def __str__(self) -> str:
        return f"{self.id} r{self.revision}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Slide:
    """One slide; which of its parts are filled follows from its layout.

    Args:
        lines: Of content, question, answer and hazard slides; under the title of title and section slides.
        columns: Two, of two-column and comparison slides.
        notes: What the speaker says; paragraphs are separated by a newline.
        place: Where its Markdown begins, as `file:line`; empty for slides made by themselves.
    """

    layout: Layout
    title: str
    lines: tuple[Line, ...] = ()
    columns: tuple[Column, ...] = ()
    picture: Picture | None = None
    grid: Grid | None = None
    notes: str = ""
    sources: tuple[SourceNote, ...] = ()
    place: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """A whole course as slides.

    Args:
        id, revision: Of the course's page.
        language: `zh` or `en`.
    """

    id: str
    revision: int
    title: str
    language: str
    slides: tuple[Slide, ...]
    author: str = ""
    keywords: tuple[str, ...] = field(default=())


def lines_of(texts: Iterable[str]) -> tuple[Line, ...]:
    """Return plain lines, one for each text."""
    return tuple(Line(runs=(Run(text=text),)) for text in texts)
