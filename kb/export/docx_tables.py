"""The tables of a docx: data tables with repeating heads, key-value blocks, signature boxes."""

from collections.abc import Iterable, Sequence

from docx.document import Document as DocxDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Length, Mm, Pt
from docx.table import Table as DocxTable
from docx.table import _Cell, _Row

from kb.export.document import TEXT_WIDTH_MM, Align, KeyValues, Signatures, Table
from kb.export.docx_styles import ACCENT, CELL_STYLE, set_style
from kb.export.packing import xml_text

_HEAD_SHADE = "DCE6F1"
_LINE = "9AA5B1"
_CELL_PADDING_TWIPS = {"top": 40, "bottom": 40, "start": 80, "end": 80}
_SIGNING_LINE_MM = 9
"""Height of a line that is filled in by hand."""
_ALIGNMENTS = {
    Align.START: WD_ALIGN_PARAGRAPH.LEFT,
    Align.CENTER: WD_ALIGN_PARAGRAPH.CENTER,
    Align.END: WD_ALIGN_PARAGRAPH.RIGHT,
}


def add_table(file: DocxDocument, table: Table) -> None:
    """Append `table`; its head row stands again on each page and no row is split."""
    total = sum(column.weight for column in table.columns)
    widths = [Mm(TEXT_WIDTH_MM * column.weight / total) for column in table.columns]
    target = new_table(file, rows=1 + max(len(table.rows), 1), widths=widths)
    rows = table_rows(target)
    _repeat(rows[0][0])
    for cell, column in zip(rows[0][1], table.columns, strict=True):
        _fill(cell, column.title, align=Align.CENTER, strong=True)
        _shade(cell)
    for (row, cells), values in zip(rows[1:], table.rows, strict=False):
        _keep_whole(row)
        for cell, value, column in zip(cells, values, table.columns, strict=True):
            _fill(cell, value, align=column.align)
    if not table.rows:
        merged = rows[1][1][0].merge(rows[1][1][-1])
        _fill(merged, table.empty, align=Align.CENTER)
    gap(file)


def add_key_values(file: DocxDocument, block: KeyValues) -> None:
    """Append the pairs of `block`, two a line."""
    if not block.pairs:
        return
    pairs = block.pairs
    name, value = TEXT_WIDTH_MM * 0.15, TEXT_WIDTH_MM * 0.35
    target = new_table(file, rows=(len(pairs) + 1) // 2, widths=[Mm(name), Mm(value), Mm(name), Mm(value)])
    for number, (row, cells) in enumerate(table_rows(target)):
        _keep_whole(row)
        for side, (key, text) in enumerate(pairs[2 * number : 2 * number + 2]):
            _fill(cells[2 * side], key, strong=True)
            _shade(cells[2 * side])
            _fill(cells[2 * side + 1], text)
        if 2 * number + 1 == len(pairs):  # a last pair without a neighbour takes the whole line
            cells[1].merge(cells[3])
    gap(file)


def add_signatures(file: DocxDocument, block: Signatures) -> None:
    """Append the boxes of `block` side by side; the block stays on one page."""
    width = Mm(TEXT_WIDTH_MM / len(block.boxes))
    depth = max(len(box.lines) for box in block.boxes)
    target = new_table(file, rows=1 + depth, widths=[width] * len(block.boxes))
    for number, (row, cells) in enumerate(table_rows(target)):
        _keep_whole(row)
        for cell, box in zip(cells, block.boxes, strict=True):
            if number == 0:
                _fill(cell, box.party, strong=True)
                _shade(cell)
            else:
                _fill(cell, box.lines[number - 1] if number <= len(box.lines) else "")
            cell.paragraphs[0].paragraph_format.keep_with_next = number < depth
        if number:
            row.height = Mm(_SIGNING_LINE_MM)
    gap(file)


def new_table(file: DocxDocument, *, rows: int, widths: Sequence[Length]) -> DocxTable:
    """Append an empty table with the house's lines and return it."""
    table: DocxTable = file.add_table(rows=rows, cols=len(widths))
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width
    properties = table._tbl.tblPr
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "left", "bottom", "right", "insideH", "insideV"):
        line = OxmlElement(f"w:{side}")
        for key, value in (("val", "single"), ("sz", "4"), ("space", "0"), ("color", _LINE)):
            line.set(qn(f"w:{key}"), value)
        borders.append(line)
    margins = OxmlElement("w:tblCellMar")
    for side in ("top", "start", "bottom", "end"):
        margin = OxmlElement(f"w:{'left' if side == 'start' else 'right' if side == 'end' else side}")
        margin.set(qn("w:w"), str(_CELL_PADDING_TWIPS[side]))
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    # The schema wants this order: borders, shading, layout, margins, look.
    layout = properties.find(qn("w:tblLayout"))
    if layout is not None:
        layout.addprevious(borders)
        layout.addnext(margins)
    for row in table._tbl.tr_lst:
        for cell, width in zip(row.tc_lst, widths, strict=True):
            cell.width = width
    return table


def table_rows(table: DocxTable) -> list[tuple[_Row, list[_Cell]]]:
    """Return each row with its cells; `table.rows[n].cells` walks the whole table each time."""
    return [(row, [_Cell(cell, table) for cell in row._tr.tc_lst]) for row in table.rows]


def _fill(cell: _Cell, text: str, *, align: Align = Align.START, strong: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    set_style(paragraph, CELL_STYLE)
    paragraph.alignment = _ALIGNMENTS[align]
    run = paragraph.add_run(xml_text(text))
    if strong:
        run.bold = True
        run.font.color.rgb = ACCENT
    paragraph.paragraph_format.space_after = Pt(0)
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.CENTER


def _shade(cell: _Cell) -> None:
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", _HEAD_SHADE)):
        shade.set(qn(f"w:{key}"), value)
    properties = cell._tc.get_or_add_tcPr()
    followers = [properties.find(qn(name)) for name in ("w:noWrap", "w:tcMar", "w:vAlign")]
    _insert(properties, shade, followers)


def _insert(
    parent: BaseOxmlElement, child: BaseOxmlElement, followers: Iterable[BaseOxmlElement | None]
) -> None:
    first = next((one for one in followers if one is not None), None)
    if first is None:
        parent.append(child)
    else:
        first.addprevious(child)


def _repeat(row: _Row) -> None:
    _mark(row, "w:cantSplit")
    _mark(row, "w:tblHeader")


def _keep_whole(row: _Row) -> None:
    _mark(row, "w:cantSplit")


def _mark(row: _Row, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def gap(file: DocxDocument) -> None:
    """Append a thin line: two tables that touch would become one."""
    line = file.add_paragraph()
    line.paragraph_format.space_after = Pt(0)
    line.paragraph_format.line_spacing = Pt(8)
