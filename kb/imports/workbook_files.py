"""Sheets of a file or of a folder of csv files, each read by the limited child."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from kb.imports.limits import DEFAULT_LIMITS, Limits, read_limited
from kb.imports.workbook_archive import refused

FOLDER_LIMIT = 50

CellIn = str | int | float | bool | datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetIn:
    """One sheet as it was read: its name, and its rows with their numbers from 1."""

    name: str
    rows: tuple[tuple[int, tuple[CellIn, ...]], ...]


def read_sheets(
    path: Path, *, name: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> tuple[SheetIn, ...]:
    """Return the sheets of a workbook, a csv file, a zip of csv files, or a folder of csv files.

    Args:
        path: The file or folder.
        name: What to call it in messages, and the sheet of a single csv; its own name otherwise.
        limits: What the reading may use.

    Raises:
        BadImport: It cannot be read; every fault that was found.
    """
    shown = name or path.name
    if path.is_dir():
        files = sorted(path.glob("*.csv"))
        if not files or len(files) > FOLDER_LIMIT:
            raise refused(shown, f"is a folder with {len(files)} .csv files", f"give 1 to {FOLDER_LIMIT}")
        return tuple(sheet for file in files for sheet in _sheets(file, file.name, limits))
    return _sheets(path, shown, limits)


def _sheets(path: Path, shown: str, limits: Limits) -> tuple[SheetIn, ...]:
    answer = cast("dict[str, Any]", read_limited("workbook", path, name=shown, limits=limits))
    return tuple(
        SheetIn(
            name=sheet["name"] or Path(shown).stem,
            rows=tuple((number, tuple(_cell(cell) for cell in cells)) for number, cells in sheet["rows"]),
        )
        for sheet in answer["sheets"]
    )


def _cell(cell: Any) -> CellIn:
    if isinstance(cell, dict):
        return datetime.fromisoformat(cell["instant"])
    return cast("CellIn", cell)
