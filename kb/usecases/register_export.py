"""The register as a workbook, as csv files, and as an empty template that explains itself."""

import csv
import io
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from kb.export.packing import packed
from kb.export.workbook import Sheet, SheetColumn, Workbook
from kb.export.xlsx import xlsx_bytes
from kb.store import Store, register
from kb.store.register import Selection
from kb.usecases.register_days import Day, Instant
from kb.usecases.register_description import Field, Table
from kb.usecases.register_import_rows import CHOICES, NOTES, REQUIRED_MARK, column_letters
from kb.usecases.register_kinds import Choice, Number, Wording, YesNo
from kb.usecases.register_rows import values_of
from kb.usecases.register_tables import SHEETS, TABLES
from kb.usecases.visit_fields import VISITS
from kb.usecases.visit_sheet import stored_values

_FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")
_TITLE = ("台账", "Register")
_TEMPLATE_TITLE = ("台账导入模板", "Register import template")
_NOTES_HEAD = (
    ("工作表", "Sheet"),
    ("列", "Column"),
    ("必填", "Required"),
    ("填写形式", "What may be typed"),
    ("说明", "Explanation"),
    ("示例", "Example"),
)
_RULES = (
    (
        "每张工作表对应一类记录；不需要的工作表可以删除。",
        "One sheet a table; sheets that are not needed may be deleted.",
    ),
    (
        "按编号（设备编号；抄表按计数器与时间）对应已有记录：有则更新，无则新增。",
        "Rows are matched by code (machines by tag, readings by meter and time): changed where there, added where not.",
    ),
    (
        "巡检按编号对应；没有编号的行是以前完成的一次，按计划编号找到最近的应检日期。未完成的巡检由计划产生，只能更改状态、日期、工程师、锁定和备注。",
        "Visits are matched by key; a row without one is a finished visit of the past, whose due dates are found from the "
        "plan codes. Open visits are made by plans; only their state, day, technician, lock and notes can be changed.",
    ),
    (
        "有列而单元格为空表示清空该值；没有该列则保持不变。",
        "An empty cell clears the value; a column that is left out leaves it.",
    ),
    (
        "全部正确才会导入；有错时逐条列出工作表、行、列，不做任何改动。",
        "All or nothing: every fault is told by sheet, row and column, and nothing is changed.",
    ),
    (
        "只填数值，不要公式；编号列请保持“文本”格式。",
        "Values only, no formulas; keep the columns of codes formatted as text.",
    ),
)


def _rows_of(store: Store, tables: Sequence[Table]) -> Iterator[tuple[Table, list[dict[str, Any]]]]:
    """Yield each table with the stored values of all its rows, all of one moment."""
    with store.reading() as session:
        handles: dict[str, dict[str, str]] = {}
        for name in {one.reference for table in tables if table is not VISITS for one in table.references}:
            found = register.columns_by_id(session, name, [TABLES[name].handle])
            handles[name] = {id: str(columns[0]) for id, columns in found.items()}
        for table in tables:
            if table is VISITS:
                yield table, stored_values(session)
                continue
            wanted = Selection(order=table.handle, last_order="id")
            rows = []
            for row in register.page(session, table.name, wanted, offset=0, limit=None):
                codes = {
                    one.name: handles[one.reference][row[one.kept_in]]
                    for one in table.references
                    if row[one.kept_in] is not None
                }
                rows.append(values_of(table, row, codes))
            if table.handle == "id":
                rows.sort(key=lambda values: tuple(values[name] for name in table.key))
            yield table, rows


def register_xlsx(store: Store, *, wording: Wording, now: datetime, tables: Sequence[Table] = ()) -> bytes:
    """Return the register as a workbook that can be imported again.

    Args:
        store: The database.
        wording: Language of the names, zone of the times.
        now: When it was issued.
        tables: The tables to write; all where empty.
    """
    filled = {table.name: rows for table, rows in _rows_of(store, tables or tuple(SHEETS.values()))}
    return _workbook(wording, now, _TITLE, filled)


def template_xlsx(*, wording: Wording, now: datetime) -> bytes:
    """Return the empty workbook with its explanations."""
    return _workbook(wording, now, _TEMPLATE_TITLE, {name: [] for name in SHEETS})


def _workbook(
    wording: Wording, now: datetime, title: tuple[str, str], filled: Mapping[str, list[dict[str, Any]]]
) -> bytes:
    tables = [SHEETS[name] for name in filled]
    lists = _lists(tables, wording)
    sheets = [_sheet(table, filled[table.name], lists, wording) for table in tables]
    notes = _notes(tables, wording)
    choices = _choices(lists, wording)
    order = [notes, *sheets] if title is _TEMPLATE_TITLE else [*sheets, notes]
    return xlsx_bytes(Workbook(title=wording.pick(title), sheets=(*order, choices), created=now))


def _lists(tables: Sequence[Table], wording: Wording) -> dict[tuple[str, str], list[str]]:
    """Return the values to choose from, by table and field."""
    found = {}
    for table in tables:
        for one in table.fields:
            if isinstance(one.kind, Choice):
                names = one.kind.names(wording)
                found[table.name, one.name] = [one.kind.text(code, wording) for code in names]
            elif isinstance(one.kind, YesNo):
                found[table.name, one.name] = [one.kind.text(value, wording) for value in (True, False)]
    return {key: values for key, values in found.items() if values}


def _choices(lists: Mapping[tuple[str, str], list[str]], wording: Wording) -> Sheet:
    columns = tuple(
        SheetColumn(
            title=f"{wording.pick(SHEETS[table].title)} {wording.pick(SHEETS[table].field(name).title)}"
        )
        for table, name in lists
    )
    longest = max(len(values) for values in lists.values())
    rows = tuple(
        tuple(values[number] if number < len(values) else None for values in lists.values())
        for number in range(longest)
    )
    return Sheet(name=wording.pick(CHOICES), columns=columns, rows=rows)


def _sheet(
    table: Table,
    rows: Sequence[Mapping[str, Any]],
    lists: Mapping[tuple[str, str], list[str]],
    wording: Wording,
) -> Sheet:
    places = {key: number for number, key in enumerate(lists)}
    columns = []
    for one in table.fields:
        allowed = ""
        if (key := (table.name, one.name)) in places:
            letters = column_letters(places[key])
            allowed = f"'{wording.pick(CHOICES)}'!${letters}$2:${letters}${len(lists[key]) + 1}"
        columns.append(
            SheetColumn(
                title=_head(one, wording),
                prompt=" ".join(
                    part for part in (wording.pick(one.kind.form()), wording.pick(one.help)) if part
                ),
                allowed=allowed,
                number_format=_number_format(one),
                wrap=one.kind.widget == "lines",
            )
        )
    cells = tuple(tuple(one.kind.cell(values[one.name], wording) for one in table.fields) for values in rows)
    return Sheet(name=wording.pick(table.title), columns=tuple(columns), rows=cells)


def _head(one: Field, wording: Wording) -> str:
    return wording.pick(one.title) + (REQUIRED_MARK if one.required else "")


def _number_format(one: Field) -> str:
    if isinstance(one.kind, Number):
        return "0" if one.kind.whole else "General"
    if isinstance(one.kind, Instant):
        return "yyyy-mm-dd hh:mm:ss"
    return "yyyy-mm-dd" if isinstance(one.kind, Day) else "@"


def _notes(tables: Sequence[Table], wording: Wording) -> Sheet:
    widths = (16, 24, 8, 44, 50, 30)
    columns = tuple(
        SheetColumn(title=wording.pick(title), width=width, wrap=True)
        for title, width in zip(_NOTES_HEAD, widths, strict=True)
    )
    general = tuple((None, None, None, None, wording.pick(rule), None) for rule in _RULES)
    rows: list[tuple[str | None, ...]] = []
    for table in tables:
        rows.append((wording.pick(table.title), None, None, None, wording.pick(table.says), None))
        rows += [
            (
                wording.pick(table.title),
                wording.pick(one.title),
                YesNo().text(one.required, wording),
                wording.pick(one.kind.form()),
                wording.pick(one.help) or None,
                one.example or None,
            )
            for one in table.fields
        ]
    return Sheet(name=wording.pick(NOTES), columns=columns, rows=(*general, *rows))


def register_csv(store: Store, *, wording: Wording, tables: Sequence[Table] = ()) -> dict[str, bytes]:
    """Return the register as csv files by name, one a table; UTF-8 with a mark that Excel understands."""
    return {
        f"{table.name}.csv": _csv(table, rows, wording)
        for table, rows in _rows_of(store, tables or tuple(SHEETS.values()))
    }


def _csv(table: Table, rows: Sequence[Mapping[str, Any]], wording: Wording) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([_head(one, wording) for one in table.fields])
    for values in rows:
        writer.writerow([_csv_cell(one, values[one.name], wording) for one in table.fields])
    return b"\xef\xbb\xbf" + text.getvalue().encode("utf-8")


def _csv_cell(one: Field, stored: Any, wording: Wording) -> str:
    """Return the text of a cell; text that a spreadsheet would run gets an apostrophe, which the import takes off."""
    text = one.kind.text(stored, wording)
    if isinstance(one.kind, Number):
        return text
    return f"'{text}" if text.lstrip("'").startswith(_FORMULA_STARTS) else text


def register_csv_zip(store: Store, *, wording: Wording, tables: Sequence[Table] = ()) -> bytes:
    """Return the csv files in one zip; equal content is equal bytes."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in register_csv(store, wording=wording, tables=tables).items():
            archive.writestr(name, content)
    return packed(buffer.getvalue())
