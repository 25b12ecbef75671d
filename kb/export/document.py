"""A document to read and sign: title, sections, paragraphs, tables, key-value blocks, signature boxes.

Knows no file format and no language: every text comes in as it shall be read.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from kb.errors import BadInput, Fault

PAGE_WIDTH_MM = 210
PAGE_HEIGHT_MM = 297
MARGIN_MM = 20
"""A4 with the margins of an office letter; `TEXT_WIDTH_MM` remains for text."""
TEXT_WIDTH_MM = PAGE_WIDTH_MM - 2 * MARGIN_MM


class Align(StrEnum):
    """Where the text of a table cell stands."""

    START = "start"
    CENTER = "center"
    END = "end"


class Tone(StrEnum):
    """What a paragraph is for: running text, a remark in small type, a notice that must be seen, text of a machine."""

    BODY = "body"
    REMARK = "remark"
    NOTICE = "notice"
    CODE = "code"


@dataclass(frozen=True, slots=True, kw_only=True)
class Paragraph:
    """Running text; line breaks inside `text` are kept."""

    text: str
    tone: Tone = Tone.BODY


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table.

    Args:
        weight: Its share of the width, against the other columns; above 0.
    """

    title: str
    weight: float = 1
    align: Align = Align.START


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose head row stands again on each page.

    Args:
        rows: Cells as text, one entry a column.
        empty: What stands in place of the rows where there are none.

    Raises:
        BadInput: No column, a weight of 0 or less, or a row with another number of cells.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    empty: str = "—"

    def __post_init__(self) -> None:
        faults = [
            Fault(
                where=f"column {number}",
                what=f"its weight is {column.weight}",
                repair="give a weight above 0",
            )
            for number, column in enumerate(self.columns, 1)
            if column.weight <= 0
        ]
        if not self.columns:
            faults.append(Fault(where="table", what="it has no column", repair="give at least one"))
        faults += [
            Fault(where=f"row {number}", what=f"it has {len(row)} cells", repair=f"give {len(self.columns)}")
            for number, row in enumerate(self.rows, 1)
            if len(row) != len(self.columns)
        ]
        if faults:
            raise BadInput("a table is not rectangular", faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyValues:
    """Names with their values, two pairs a line, as on the head of a form."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignatureBox:
    """A place to sign.

    Args:
        party: Who signs.
        lines: What is filled in by hand, such as signature, name and date; at least one.
    """

    party: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signatures:
    """Signature boxes side by side, never split over two pages; at least one."""

    boxes: tuple[SignatureBox, ...]


class Signal(StrEnum):
    """How grave a hazard is (ANSI Z535.6), gravest first."""

    DANGER = "danger"
    WARNING = "warning"
    CAUTION = "caution"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class HazardBox:
    """A coloured box that must be read before what follows is done; never split over two pages.

    Args:
        signal: Decides the colour.
        word: The signal word as it is printed, such as `危险 DANGER`.
        text: What can hurt.
        details: Further lines as label and text: what then, how to avoid it.
    """

    signal: Signal
    word: str
    text: str
    details: tuple[tuple[str, str], ...] = ()


class Mark(StrEnum):
    """What stands before the entries of a list."""

    BULLET = "bullet"
    NUMBER = "number"
    BOX = "box"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entries:
    """A list: with bullets, with numbers from 1, or with boxes to tick."""

    texts: tuple[str, ...]
    mark: Mark = Mark.BULLET


PICTURE_TYPES = ("image/svg+xml", "image/png", "image/jpeg")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture with its caption; it is as wide as its own size says, at most as wide as the text.

    Args:
        content: The bytes of the file.
        media_type: One of `PICTURE_TYPES`.
        alt: What is to be seen, for who cannot see it.
        caption: Stands below it; may be empty.

    Raises:
        BadInput: Another media type.
    """

    content: bytes
    media_type: str
    alt: str
    caption: str = ""

    def __post_init__(self) -> None:
        if self.media_type not in PICTURE_TYPES:
            what = f"its media type is {self.media_type}"
            fault = Fault(
                where=self.alt or "figure", what=what, repair=f"use one of {', '.join(PICTURE_TYPES)}"
            )
            raise BadInput("a picture cannot be set", [fault])


Block = Paragraph | Table | KeyValues | Signatures | HazardBox | Entries | Figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A heading and what stands under it.

    Args:
        level: 1 for a chapter to 3; outside these bounds is refused.
        new_page: Whether it begins on a new page.

    Raises:
        BadInput: `level` is not 1, 2 or 3.
    """

    title: str
    blocks: tuple[Block, ...]
    level: int = 1
    new_page: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.level <= 3:
            raise BadInput(
                "a section's heading is out of bounds",
                [Fault(where=self.title, what=f"its level is {self.level}", repair="use 1, 2 or 3")],
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A whole document.

    Args:
        title: Stands large at its head and in the file's properties.
        subtitle: Stands under the title; may be empty.
        author: Who issues it; in the file's properties.
        created: When it was issued (aware); the only time that goes into the file.
        language: BCP 47 tag of the text, such as `zh-CN`; decides fonts and line breaking.
        opening: Blocks between the title and the first section.
        header: Text at the head of each page.
        footer: Text at the left foot of each page.
        page_numbers: Text with `{page}` and `{pages}`, at the right foot of each page.
        contents: Heading of the table of contents, which stands before the first section; none where it is empty.
    """

    title: str
    sections: tuple[Section, ...]
    created: datetime
    subtitle: str = ""
    author: str = ""
    language: str = "zh-CN"
    opening: tuple[Block, ...] = ()
    header: str = ""
    footer: str = ""
    page_numbers: str = "{page} / {pages}"
    contents: str = ""
