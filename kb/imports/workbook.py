"""Reads the sheets of a workbook, of a csv file, or of a zip of csv files: cells as they are, no meaning yet.

Runs in the limited child. Macros, formulas and error values are refused: a formula's value depends on the
program that last saved it, so only values are data.
"""

import csv
import io
import re
import zlib
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from defusedxml.common import DefusedXmlException
from openpyxl import load_workbook
from openpyxl.utils import get_column_letter
from openpyxl.utils.exceptions import InvalidFileException

from kb.errors import BadImport, Fault
from kb.imports.workbook_archive import checked_entries, refuse_document_types, refused

SHEET_LIMIT = 50
ROW_LIMIT = 1_048_576
"""As many rows as Excel knows."""
CELL_LIMIT = 2_000_000
TEXT_LIMIT = 32_767
FAULT_LIMIT = 1000
_PROTECTED = re.compile(r"'+[=+\-@\t\r]")
"""Text of a csv that our own export kept from being a formula."""
_OTHER_FILES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "is a PDF document", "give an .xlsx or .csv file"),
    (b"\xd0\xcf\x11\xe0", "is an old or encrypted workbook (.xls)", "save it as .xlsx without a password"),
    (b"\x89PNG", "is a picture", "give an .xlsx or .csv file"),
    (b"\xff\xd8\xff", "is a picture", "give an .xlsx or .csv file"),
    (b"\x1f\x8b", "is a gzip archive", "give an .xlsx or .csv file, or a zip of .csv files"),
    (b"Rar!", "is a RAR archive", "give an .xlsx or .csv file, or a zip of .csv files"),
    (b"7z\xbc\xaf", "is a 7z archive", "give an .xlsx or .csv file, or a zip of .csv files"),
    (b"MZ", "is a program", "give an .xlsx or .csv file"),
)
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
"""What the libraries raise over a file that is not what it says."""

Row = tuple[int, list[Any]]


def read(path: Path) -> dict[str, object]:
    """Return the sheets of the file at `path`.

    Returns:
        `sheets`: each with its `name` (empty for a single csv) and `rows`, pairs of the row's number from 1 and
        its cells; empty rows and empty ends of rows are left out. A cell is None, a text, a number, a bool, or
        `{"instant": ISO text}`.

    Raises:
        BadImport: The file is of another kind, hostile, too large, or has formulas or error values; every one is told.
    """
    with path.open("rb") as file:
        head = file.read(512)
    if head.startswith(b"PK"):
        names = checked_entries(path)
        if "xl/workbook.xml" in names:
            return {"sheets": _xlsx(path, names)}
        return {"sheets": _csv_archive(path, names)}
    for start, what, repair in _OTHER_FILES:
        if head.startswith(start):
            raise refused("", what, repair)
    if not head:
        raise refused("", "is empty", "give an .xlsx or .csv file")
    if head.lstrip(b"\xef\xbb\xbf \r\n\t")[:1] == b"<":
        raise refused("", "is a web page or an XML document", "give an .xlsx or .csv file")
    return {"sheets": [{"name": "", "rows": _csv(path.read_bytes(), "")}]}


class _Reading:
    """Counts what has been read and gathers faults, over all sheets."""

    def __init__(self) -> None:
        self.cells = 0
        self.faults: list[Fault] = []

    def fault(self, where: str, what: str, repair: str = "") -> None:
        self.faults.append(Fault(where=where, what=what, repair=repair))
        if len(self.faults) >= FAULT_LIMIT:
            raise BadImport(f"the file was not read; the first {FAULT_LIMIT} faults", self.faults)

    def count(self, name: str) -> None:
        self.cells += 1
        if self.cells > CELL_LIMIT:
            raise refused(name, f"has more than {CELL_LIMIT:,} cells", "split it")


def _xlsx(path: Path, names: list[str]) -> list[dict[str, object]]:
    if any(name.lower().endswith(("vbaproject.bin", ".bin")) and "vba" in name.lower() for name in names):
        raise refused("", "has macros", "save it as .xlsx, which holds none")
    refuse_document_types(path, [name for name in names if name.endswith((".xml", ".rels", ".vml"))])
    reading = _Reading()
    sheets: list[dict[str, object]] = []
    try:
        # By its bytes, not its name: an upload has no ending that could be trusted.
        workbook = load_workbook(
            io.BytesIO(path.read_bytes()), read_only=True, data_only=False, keep_links=False
        )
        if len(workbook.worksheets) > SHEET_LIMIT:
            raise refused("", f"has {len(workbook.worksheets)} sheets", f"use at most {SHEET_LIMIT}")
        for sheet in workbook.worksheets:
            sheet.reset_dimensions()
            rows = _sheet_rows(sheet, reading)
            sheets.append({"name": sheet.title, "rows": rows})
        workbook.close()
    except _BROKEN as error:
        raise refused(
            "", f"is a damaged workbook: {type(error).__name__}: {error}"[:300], "save it again"
        ) from error
    if reading.faults:
        raise BadImport("the file was not read", reading.faults)
    return sheets


def _sheet_rows(sheet: Any, reading: _Reading) -> list[Row]:
    rows: list[Row] = []
    for number, cells in enumerate(sheet.iter_rows(), 1):
        if number > ROW_LIMIT:
            raise refused(sheet.title, f"has more than {ROW_LIMIT:,} rows", "delete the rows at the end")
        values: list[Any] = []
        for column, cell in enumerate(cells, 1):
            value = None if cell.value is None else _value(cell, sheet.title, number, column, reading)
            if value is not None:
                reading.count(sheet.title)
                values += [None] * (column - 1 - len(values))
                values.append(value)
        if values:
            rows.append((number, values))
    return rows


def _value(cell: Any, sheet: str, row: int, column: int, reading: _Reading) -> object:
    where = f"{sheet}!{get_column_letter(column)}{row}"
    value = cell.value
    if cell.data_type == "f":
        reading.fault(where, "has a formula", "copy the cells and paste them as values")
        return None
    if cell.data_type == "e":
        reading.fault(where, f"has the error value {value}", "give a value")
        return None
    if isinstance(value, str):
        return _text(value, where, reading)
    if isinstance(value, datetime):
        return {"instant": value.isoformat()}
    if isinstance(value, date):
        return {"instant": datetime.combine(value, time()).isoformat()}
    if isinstance(value, time):
        return f"{value:%H:%M}"
    if isinstance(value, bool | int | float):
        return value
    reading.fault(where, f"has a value of the type {type(value).__name__}", "give a text, a number or a day")
    return None


def _text(value: str, where: str, reading: _Reading) -> str | None:
    if len(value) > TEXT_LIMIT:
        reading.fault(where, f"has {len(value):,} characters", f"use at most {TEXT_LIMIT:,}")
        return None
    return value if value.strip() else None


def _csv_archive(path: Path, names: list[str]) -> list[dict[str, object]]:
    files = [name for name in names if not name.endswith("/") and not name.startswith("__MACOSX/")]
    other = [name for name in files if not name.lower().endswith(".csv")]
    if "word/document.xml" in names or "ppt/presentation.xml" in names:
        raise refused("", "is a document or a presentation", "give an .xlsx file")
    if other or not files:
        what = f"holds {other[0][:80]!r}" if other else "holds no file"
        raise refused("", f"is neither a workbook nor a zip of .csv files: it {what}", "give one of them")
    sheets: list[dict[str, object]] = []
    with ZipFile(path) as archive:
        for name in files[: SHEET_LIMIT + 1]:
            try:
                raw = archive.read(name)
            except _BROKEN as error:
                raise refused("", f"is a damaged archive: {error}", "save it again") from error
            sheets.append({"name": Path(name).stem, "rows": _csv(raw, name)})
    if len(sheets) > SHEET_LIMIT:
        raise refused("", f"has more than {SHEET_LIMIT} files", "leave the others out")
    return sheets


def _csv(raw: bytes, name: str) -> list[Row]:
    text = _decoded(raw, name)
    if "\0" in text:
        raise refused(name, "is not a text file", "give an .xlsx or .csv file")
    head = text[: text.find("\n")] if "\n" in text else text
    delimiter = max(",;\t", key=head.count)
    csv.field_size_limit(TEXT_LIMIT)
    reading = _Reading()
    rows: list[Row] = []
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for number, cells in enumerate(reader, 1):
            values = [_unprotected(cell) if cell.strip() else None for cell in cells]
            while values and values[-1] is None:
                values.pop()
            if values:
                rows.append((number, list(values)))
            for _ in values:
                reading.count(name)
    except csv.Error as error:
        raise refused(
            f"{name} line {reader.line_num}".strip(), f"is not csv: {error}", "mend the quotes of the line"
        ) from error
    return rows


def _decoded(raw: bytes, name: str) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings: tuple[str, ...] = ("utf-16",)
    else:
        encodings = ("utf-8-sig", "gb18030")  # a Chinese Excel saves csv in its old code page
    for encoding in encodings:
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise refused(name, "is neither UTF-8 nor GB 18030 text", "save it as CSV UTF-8")


def _unprotected(cell: str) -> str:
    return cell[1:] if _PROTECTED.match(cell) else cell
