"""A workbook to work with: sheets of typed cells, with widths that suit Chinese text."""

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from kb.errors import BadInput, Fault


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula that we wrote, without the sign =; never made of what somebody typed.

    Args:
        text: In English, with commas, as in `SUM(A1,A2)`.
        number_format: How its result is shown.
    """

    text: str
    number_format: str = "General"


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A chart of columns beside a sheet's table.

    Args:
        title: Stands above it.
        anchor: Cell at its upper left corner, such as `B30`.
        row: Row of the table whose cells are drawn, counted from 1 with the head.
        first_column, last_column: Columns whose cells are drawn, counted from 1; their head cells are the categories.
    """

    title: str
    anchor: str
    row: int
    first_column: int
    last_column: int


Cell = Formula | str | int | float | Decimal | date | datetime | time | None
"""What a cell may hold. Text is always stored as text, never as a formula."""

SHEET_NAME_LIMIT = 31
"""Longest sheet name that Excel opens, in characters."""
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\", " "))


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetColumn:
    """One column of a sheet.

    Args:
        width: Width in half-width characters; None lets the content decide.
        wrap: Whether long text breaks into lines.
        prompt: What a person reads while a cell of the column is chosen, at most 255 characters.
        allowed: Cells whose values may be chosen, such as `'List'!$A$2:$A$9`; empty allows all.
        number_format: How the column's cells are shown, also those still empty; empty goes by each value's type.
    """

    title: str
    width: float | None = None
    wrap: bool = False
    prompt: str = ""
    allowed: str = ""
    number_format: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One sheet: a head row that stays in sight, then rows.

    Args:
        name: Any text; characters and lengths that Excel refuses are mended by `sheet_names`.
        rows: Cells, one entry a column.
        portrait: Whether it prints upright; a wide table prints better across.

    Raises:
        BadInput: No column, or a row with another number of cells.
    """

    name: str
    columns: tuple[SheetColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    portrait: bool = False
    charts: tuple[Chart, ...] = ()

    def __post_init__(self) -> None:
        faults = [
            Fault(
                where=f"{self.name}!row {number}",
                what=f"it has {len(row)} cells",
                repair=f"give {len(self.columns)}",
            )
            for number, row in enumerate(self.rows, 2)
            if len(row) != len(self.columns)
        ]
        if not self.columns:
            faults.append(Fault(where=self.name, what="the sheet has no column", repair="give at least one"))
        if faults:
            raise BadInput("a sheet is not rectangular", faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """A whole workbook; at least one sheet.

    Args:
        title: Stands at the head of each printed page and in the file's properties.
        created: When it was issued (aware); the only time that goes into the file.
        page_numbers: Text with `{page}` and `{pages}`, at the foot of each printed page.
    """

    title: str
    sheets: tuple[Sheet, ...]
    created: datetime
    author: str = ""
    page_numbers: str = "{page} / {pages}"

    def __post_init__(self) -> None:
        if not self.sheets:
            raise BadInput(
                "a workbook needs a sheet",
                [Fault(where=self.title, what="it has no sheet", repair="give at least one")],
            )


def sheet_names(wanted: Iterable[str]) -> list[str]:
    """Return names that Excel accepts for `wanted`, in order: legal characters, short, no two alike.

    Source:
        Excel refuses []:*?/\\, names over 31 characters, an apostrophe at either end, an empty name,
        the name History, and names that differ only in case.
    """
    taken: set[str] = {"history"}
    names = []
    for text in wanted:
        stem = " ".join(_printable(text).translate(_FORBIDDEN).split()).strip("'") or "Sheet"
        name, number = stem[:SHEET_NAME_LIMIT].rstrip(" '"), 1
        while name.casefold() in taken:
            number += 1
            tail = f" ({number})"
            name = stem[: SHEET_NAME_LIMIT - len(tail)].rstrip(" '") + tail
        taken.add(name.casefold())
        names.append(name)
    return names


def display_width(text: str) -> int:
    """Return the width of the longest line of `text` in half-width characters; a CJK character counts 2."""
    return max(
        (
            sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in line)
            for line in text.splitlines()
        ),
        default=0,
    )


def _printable(text: str) -> str:
    return "".join(sign for sign in text if unicodedata.category(sign) not in ("Cc", "Cs"))
