"""Reads a table of cases, one a row: from a workbook, with the values its formulas had when it was saved, or from csv.

Runs in the limited child. A formula is never worked out: its last value is read, and the reader is told that it was
one. A cell that is merged with others gives its value to all of them, as it looks on the screen.
"""

import io
import zlib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.cell import MergedCell
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from kb.imports import workbook
from kb.imports.workbook_archive import checked_entries, refuse_document_types, refused

MOST_CELLS = 500_000
MOST_ROWS = 10_000
MOST_COLUMNS = 200
MOST_SHEETS = 50
LONGEST = 32_767
NOTE_LIMIT = 500
_BROKEN = (
    KeyError,
    ValueError,
    TypeError,
    AttributeError,
    IndexError,
    EOFError,
    OSError,
    BadZipFile,
    zlib.error,
    ParseError,
    DefusedXmlException,
    InvalidFileException,
)


def read(path: Path) -> dict[str, object]:
    """Return the sheets of the file at `path`.

    Returns:
        `sheets`: each with `name` and `rows`, pairs of the row's number from 1 and its cells as texts, empty rows
        left out; `notes`: pairs of place and sentence.

    Raises:
        BadImport: The file is of another kind, hostile, too large or damaged.
    """
    with path.open("rb") as file:
        head = file.read(4)
    if head.startswith(b"PK"):
        names = checked_entries(path)
        if "word/document.xml" in names:
            raise refused("", "is a Word document", "import it as such")
        if "xl/workbook.xml" in names:
            return _xlsx(path, names)
    answer = workbook.read(path)
    sheets: list[Any] = answer["sheets"]  # type: ignore[assignment]
    notes: list[tuple[str, str]] = []
    for sheet in sheets:
        _bounded(sheet["name"], sheet["rows"])
        sheet["rows"] = [
            (number, [_text(cell, "", notes) for cell in cells]) for number, cells in sheet["rows"]
        ]
    return {"sheets": sheets, "notes": notes}


def _xlsx(path: Path, names: list[str]) -> dict[str, object]:
    if any("vba" in name.lower() and name.lower().endswith(".bin") for name in names):
        raise refused("", "has macros", "save it as .xlsx, which holds none")
    refuse_document_types(path, [name for name in names if name.endswith((".xml", ".rels", ".vml"))])
    raw = path.read_bytes()
    notes: list[tuple[str, str]] = []
    try:
        values = load_workbook(io.BytesIO(raw), data_only=True, keep_links=False)
        formulas = load_workbook(io.BytesIO(raw), data_only=False, keep_links=False)
        if len(values.worksheets) > MOST_SHEETS:
            raise refused("", f"has {len(values.worksheets)} sheets", f"use at most {MOST_SHEETS}")
        sheets = [_sheet(sheet, formulas[sheet.title], notes) for sheet in values.worksheets]
    except _BROKEN as error:
        raise refused("", f"is a damaged workbook: {error}", "open it, and save it again") from error
    return {"sheets": sheets, "notes": notes}


def _sheet(sheet: Any, formulas: Any, notes: list[tuple[str, str]]) -> dict[str, object]:
    if sheet.max_row * sheet.max_column > MOST_CELLS * 20:
        raise refused(sheet.title, f"reaches to row {sheet.max_row:,}", "delete the empty rows and columns")
    merged = {}
    for area in sheet.merged_cells.ranges:
        first = sheet.cell(area.min_row, area.min_col)
        for row in range(area.min_row, min(area.max_row, area.min_row + MOST_ROWS) + 1):
            for column in range(area.min_col, min(area.max_col, area.min_col + MOST_COLUMNS) + 1):
                merged[row, column] = first
    rows = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        texts = []
        for column, cell in enumerate(cells, 1):
            source = merged.get((number, column), cell) if isinstance(cell, MergedCell) else cell
            where = f"{sheet.title}!{get_column_letter(column)}{number}"
            if formulas.cell(number, column).data_type == "f" and len(notes) < NOTE_LIMIT:
                said = (
                    "the value that was saved is read"
                    if source.value is not None
                    else "it has no saved value"
                )
                notes.append((where, f"has a formula; {said}"))
            texts.append(_text(source.value, where, notes))
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            rows.append((number, texts))
    _bounded(sheet.title, rows)
    return {"name": sheet.title, "rows": rows}


def _bounded(name: str, rows: list[Any]) -> None:
    if len(rows) > MOST_ROWS:
        raise refused(name, f"has {len(rows):,} rows", f"at most {MOST_ROWS:,} cases are read; split it")
    if any(len(cells) > MOST_COLUMNS for _, cells in rows):
        raise refused(name, "has too many columns", f"use at most {MOST_COLUMNS}")


def _text(value: object, where: str, notes: list[tuple[str, str]]) -> str:
    """Return a cell as a person reads it."""
    if value is None:
        return ""
    if isinstance(value, dict):  # an instant of the workbook reader
        value = datetime.fromisoformat(str(value["instant"]))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{value:.10g}"
    text = str(value).replace("\r\n", "\n").replace("\r", "\n").strip()
    if text.startswith("#") and text in ("#REF!", "#N/A", "#VALUE!", "#DIV/0!", "#NAME?", "#NUM!", "#NULL!"):
        notes.append((where, f"has the error value {text}; it is left out"))
        return ""
    return text[:LONGEST]
