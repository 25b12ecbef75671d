"""Write a `Workbook` as xlsx: head row in sight, filter, widths, dates as dates, ready to print."""

import io
from datetime import UTC, date, datetime, time
from decimal import Decimal

import openpyxl
from openpyxl.cell import Cell as FileCell
from openpyxl.chart import BarChart, Reference
from openpyxl.packaging.core import DocumentProperties
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.worksheet import Worksheet
from openpyxl.xml.functions import tostring

from kb.export.packing import packed, xml_text
from kb.export.workbook import Cell, Chart, Formula, Sheet, SheetColumn, Workbook, display_width, sheet_names

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

_CORE = "docProps/core.xml"
_FONT = "等线"
_A4 = 9
"""Paper size code of A4 in SpreadsheetML."""
_WIDTH_LIMITS = (6, 60)
_TEXT_LIMIT = 32_767
"""Most characters that a cell of Excel holds."""
_PROMPT_LIMIT = 255
"""Most characters of a prompt that Excel opens."""
_GUIDED_ROWS = 20_000
"""Down to this row an empty cell has its prompt and its list."""
_FORMULA_STARTS = ("=", "+", "-", "@", "\t")
"""Text that begins so is run as a formula once a person edits the cell, or by a csv made from it."""
_FORMATS: tuple[tuple[type, str], ...] = (
    (datetime, "yyyy-mm-dd hh:mm"),
    (date, "yyyy-mm-dd"),
    (time, "hh:mm"),
    (int, "0"),
    (float, "0.00"),
    (Decimal, "0.00"),
)
_LINE = Side(style="thin", color="BFC7D1")
_BORDER = Border(left=_LINE, right=_LINE, top=_LINE, bottom=_LINE)
_HEAD_FONT = Font(name=_FONT, size=11, bold=True, color="FFFFFF")
_HEAD_FILL = PatternFill("solid", fgColor="1F4E79")
_HEAD_ALIGNMENT = Alignment(horizontal="center", vertical="center", wrap_text=True)
_BODY_FONT = Font(name=_FONT, size=10.5)
_BODY_ALIGNMENT = Alignment(vertical="top")
_WRAPPED = Alignment(vertical="top", wrap_text=True)


def xlsx_bytes(workbook: Workbook) -> bytes:
    """Return `workbook` as the bytes of an xlsx file; the same workbook gives the same bytes."""
    file = openpyxl.Workbook()
    file.remove(file.worksheets[0])
    names = sheet_names(sheet.name for sheet in workbook.sheets)
    for sheet, name in zip(workbook.sheets, names, strict=True):
        _write_sheet(file.create_sheet(name), sheet, workbook)
    buffer = io.BytesIO()
    file.save(buffer)
    # openpyxl writes the clock's time as `modified` while it saves, so its part is replaced afterwards.
    stamp = workbook.created.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties = DocumentProperties(
        creator=xml_text(workbook.author), title=xml_text(workbook.title), created=stamp, modified=stamp
    )
    return packed(buffer.getvalue(), {_CORE: _xml(properties)})


def _xml(properties: DocumentProperties) -> bytes:
    text: str | bytes = tostring(properties.to_tree())
    return text.encode() if isinstance(text, str) else text


def _write_sheet(target: Worksheet, sheet: Sheet, workbook: Workbook) -> None:
    for number, column in enumerate(sheet.columns, 1):
        head = _cell(target, 1, number, column.title)
        head.font, head.fill, head.border, head.alignment = _HEAD_FONT, _HEAD_FILL, _BORDER, _HEAD_ALIGNMENT
        target.column_dimensions[get_column_letter(number)].width = _width(
            column, [row[number - 1] for row in sheet.rows]
        )
        _guide(target, number, column)
    target.row_dimensions[1].height = 24
    for row_number, row in enumerate(sheet.rows, 2):
        for number, (value, column) in enumerate(zip(row, sheet.columns, strict=True), 1):
            cell = _cell(target, row_number, number, value)
            cell.font, cell.border = _BODY_FONT, _BORDER
            if column.number_format:
                cell.number_format = column.number_format
            cell.alignment = _WRAPPED if column.wrap else _BODY_ALIGNMENT
    for chart in sheet.charts:
        _draw(target, chart)
    target.freeze_panes = "A2"
    target.auto_filter.ref = f"A1:{get_column_letter(len(sheet.columns))}{len(sheet.rows) + 1}"
    _set_print(target, sheet, workbook)


def _draw(target: Worksheet, chart: Chart) -> None:
    drawn = BarChart()
    drawn.type = "col"
    drawn.title = xml_text(chart.title)
    drawn.legend = None
    drawn.height, drawn.width = 7, 15
    first, last = chart.first_column, chart.last_column
    values = Reference(target, min_row=chart.row, max_row=chart.row, min_col=first, max_col=last)
    drawn.add_data(values, from_rows=True, titles_from_data=False)
    drawn.set_categories(Reference(target, min_row=1, min_col=chart.first_column, max_col=chart.last_column))
    target.add_chart(drawn, chart.anchor)


def _guide(target: Worksheet, number: int, column: SheetColumn) -> None:
    """Give the column's cells their format, prompt and list of values."""
    letter = get_column_letter(number)
    if column.number_format:
        target.column_dimensions[letter].number_format = column.number_format
    if not (column.prompt or column.allowed):
        return
    guide = DataValidation(
        type="list" if column.allowed else None,
        formula1=column.allowed or None,
        allow_blank=True,
        showErrorMessage=bool(column.allowed),
        showInputMessage=bool(column.prompt),
        promptTitle=xml_text(column.title)[:32] if column.prompt else None,
        prompt=xml_text(column.prompt)[:_PROMPT_LIMIT] if column.prompt else None,
    )
    guide.add(f"{letter}2:{letter}{_GUIDED_ROWS}")
    target.add_data_validation(guide)


def _cell(target: Worksheet, row: int, column: int, value: Cell) -> FileCell:
    """Return the cell with `value` stored in its own type; text stays text whatever it begins with."""
    cell = target.cell(row=row, column=column)
    if not isinstance(cell, FileCell):
        raise TypeError("a new sheet has no merged cells")
    if value is None:
        return cell
    if isinstance(value, Formula):
        cell.value = f"={value.text}"
        cell.number_format = value.number_format
        return cell
    if isinstance(value, str):
        text = xml_text(value)[:_TEXT_LIMIT]
        if text:
            cell.value = text
            cell.data_type = "s"  # openpyxl takes a leading = for a formula
            cell.quotePrefix = text.startswith(_FORMULA_STARTS)
        return cell
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = value.replace(
            tzinfo=None
        )  # the wall-clock time is what a reader expects; Excel knows no zones
    cell.value = value
    cell.number_format = next(form for kind, form in _FORMATS if isinstance(value, kind))
    return cell


def _shown(value: Cell) -> str:
    if value is None or isinstance(value, Formula):
        return ""
    if isinstance(value, datetime):
        return "0000-00-00 00:00"
    if isinstance(value, float | Decimal):
        return f"{value:.2f}"
    return str(value)


def _width(column: SheetColumn, values: list[Cell]) -> float:
    if column.width is not None:
        return column.width
    least, most = _WIDTH_LIMITS
    # A head row carries the filter's arrow, which hides about three characters.
    widest = max([display_width(column.title) + 4, *(display_width(_shown(value)) + 2 for value in values)])
    return float(min(max(widest, least), most))


def _set_print(target: Worksheet, sheet: Sheet, workbook: Workbook) -> None:
    target.page_setup.orientation = "portrait" if sheet.portrait else "landscape"
    target.page_setup.paperSize = _A4
    target.page_setup.fitToWidth = 1
    target.page_setup.fitToHeight = 0
    if target.sheet_properties.pageSetUpPr is not None:
        target.sheet_properties.pageSetUpPr.fitToPage = True
    target.print_title_rows = "1:1"
    target.page_margins.left = target.page_margins.right = 0.4
    target.page_margins.top = target.page_margins.bottom = 0.7
    numbers = _header_text(workbook.page_numbers).format(page="&P", pages="&N")
    target.HeaderFooter.oddHeader = _print_line(left=_header_text(workbook.title), right="&A")
    target.HeaderFooter.oddFooter = _print_line(left=_header_text(workbook.author), right=numbers)


def _print_line(*, left: str, right: str) -> HeaderFooterItem:
    return HeaderFooterItem(left=_HeaderFooterPart(text=left), right=_HeaderFooterPart(text=right))


def _header_text(text: str) -> str:
    """Return `text` for a print header, where a single & begins a command."""
    return xml_text(text).replace("&", "&&")
