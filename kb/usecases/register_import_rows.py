"""Sheets as they were read become rows of known tables: heads are recognised in both languages."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.errors import Fault
from kb.imports.workbook_files import CellIn, SheetIn
from kb.usecases.register_checking import Flaw, is_blank
from kb.usecases.register_description import Field, Table
from kb.usecases.register_kinds import Names, Wording, Wrong
from kb.usecases.register_tables import SHEETS

NOTES: Names = ("说明", "Notes")
CHOICES: Names = ("选项", "Choices")
REQUIRED_MARK = " *"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One row of a sheet.

    Args:
        table: The table it belongs to.
        sheet: The sheet's name, and its place among the sheets.
        number: Its number in the sheet, from 1.
        raw: Cell by field.
        columns: Place of each field's column, from 0.
    """

    table: Table
    sheet: str
    sheet_number: int
    number: int
    raw: Mapping[str, CellIn]
    columns: Mapping[str, int]

    @property
    def where(self) -> str:
        """The row's place."""
        return f"{self.sheet}!{self.number}"

    def key(self, wording: Wording) -> tuple[object, ...] | None:
        """Return the values of the key fields, or None where one of them is missing or wrong."""
        values = []
        for name in self.table.key:
            raw = self.raw.get(name)
            if is_blank(raw):
                return None
            try:
                values.append(self.table.field(name).kind.read(raw, wording))
            except Wrong:
                return None
        return tuple(values)

    def place(self, field: str) -> tuple[int, int, int]:
        """Return where a field stands, for sorting."""
        return self.sheet_number, self.number, self.columns.get(field, -1)

    def fault(self, flaw: Flaw, wording: Wording) -> Fault:
        """Return the fault at its cell; at the row where the sheet has no such column."""
        column = self.columns.get(flaw.field)
        where = self.where if column is None else f"{self.sheet}!{column_letters(column)}{self.number}"
        title = wording.pick(self.table.field(flaw.field).title)
        told = flaw.fault(wording, where)
        return Fault(where=where, what=f"{title}: {told.what}", repair=told.repair)


def column_letters(place: int) -> str:
    """Return the letters of a column by its place from 0: A, B, … Z, AA."""
    letters = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def rows_of_sheets(sheets: Iterable[SheetIn], wording: Wording) -> tuple[list[FileRow], list[Fault]]:
    """Return the rows of all sheets, and what is wrong with sheets and heads."""
    rows: list[FileRow] = []
    faults: list[Fault] = []
    seen: dict[str, str] = {}
    for number, sheet in enumerate(sheets):
        name = _plain(sheet.name)
        if name in {_plain(one) for one in (*NOTES, *CHOICES)}:
            continue
        table = _table_called(name)
        if table is None:
            if sheet.rows:
                titles = ", ".join(wording.pick(one.title) for one in SHEETS.values())
                faults.append(
                    _fault(
                        sheet.name,
                        Wrong("is no table of the register", "name it one of {titles}", titles=titles),
                        wording,
                    )
                )
            continue
        if table.name in seen:
            wrong = Wrong("is the same table as {sheet}", "put their rows together", sheet=seen[table.name])
            faults.append(_fault(sheet.name, wrong, wording))
            continue
        seen[table.name] = sheet.name
        if sheet.rows:
            columns, wrong_heads = _columns(table, sheet, wording)
            faults += wrong_heads
            if not _key_missing(table, columns):
                rows += _rows(table, sheet, number, columns)
    if not seen and not faults:
        faults.append(
            Fault(where="", what="the file has no sheet of the register", repair="start from the template")
        )
    return rows, faults


def _rows(table: Table, sheet: SheetIn, number: int, columns: Mapping[str, int]) -> list[FileRow]:
    return [
        FileRow(
            table=table,
            sheet=sheet.name,
            sheet_number=number,
            number=row,
            raw={name: cells[place] if place < len(cells) else None for name, place in columns.items()},
            columns=columns,
        )
        for row, cells in sheet.rows[1:]
    ]


def _columns(table: Table, sheet: SheetIn, wording: Wording) -> tuple[dict[str, int], list[Fault]]:
    head_row, head = sheet.rows[0]
    columns: dict[str, int] = {}
    faults = []
    widest = max(len(cells) for _, cells in sheet.rows)
    for place in range(widest):
        cell = head[place] if place < len(head) else None
        if is_blank(cell):
            if any(place < len(cells) and not is_blank(cells[place]) for _, cells in sheet.rows[1:]):
                where = f"{sheet.name}!{column_letters(place)}{head_row}"
                faults.append(
                    _fault(where, Wrong("the column has cells but no head", "name it or empty it"), wording)
                )
            continue
        where = f"{sheet.name}!{column_letters(place)}{head_row}"
        one = _field_called(table, _plain(str(cell)))
        if one is None:
            titles = ", ".join(wording.pick(field.title) for field in table.fields)
            wrong = Wrong(
                "{head!r} is no column of this table", "use {titles}", head=str(cell)[:60], titles=titles
            )
            faults.append(_fault(where, wrong, wording))
        elif one.name in columns:
            faults.append(_fault(where, Wrong("the column comes twice", "leave one of them out"), wording))
        else:
            columns[one.name] = place
    for name in _key_missing(table, columns):
        title = wording.pick(table.field(name).title)
        wrong = Wrong("has no column {title!r}", "rows are matched by it", title=title)
        faults.append(_fault(f"{sheet.name}!{head_row}", wrong, wording))
    return columns, faults


def _key_missing(table: Table, columns: Mapping[str, int]) -> list[str]:
    """Return the key fields without a column; a key that need not be given may be left out as a whole."""
    return [name for name in table.key if name not in columns and table.field(name).required]


def _fault(where: str, wrong: Wrong, wording: Wording) -> Fault:
    what, repair = wrong.told(wording.language)
    return Fault(where=where, what=what, repair=repair)


def _plain(text: str) -> str:
    return "".join(text.removesuffix(REQUIRED_MARK.strip()).split()).casefold()


def _table_called(name: str) -> Table | None:
    return next(
        (
            one
            for one in SHEETS.values()
            if name in {_plain(one.name), *(_plain(title) for title in one.title)}
        ),
        None,
    )


def _field_called(table: Table, name: str) -> Field | None:
    return next(
        (one for one in table.fields if name in {_plain(one.name), *(_plain(title) for title in one.title)}),
        None,
    )
