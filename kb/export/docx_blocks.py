"""What stands between the paragraphs of a docx: hazard boxes, lists, pictures, the table of contents."""

import io

from docx.document import Document as DocxDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.image.exceptions import InvalidImageStreamError, UnexpectedEndOfFileError, UnrecognizedImageError
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.text.run import Run

from kb.errors import BadInput, Fault
from kb.export.document import TEXT_WIDTH_MM, Document, Entries, Figure, HazardBox, Mark, Signal
from kb.export.docx_styles import ACCENT, CELL_STYLE, REMARK_STYLE, set_style
from kb.export.docx_tables import gap, new_table, table_rows
from kb.export.packing import xml_text
from kb.export.typesetting import typeset

HAZARD_COLOURS: dict[Signal, tuple[str, str, str]] = {
    Signal.DANGER: ("C8102E", "FDECEE", "FFFFFF"),
    Signal.WARNING: ("E57200", "FFF1E3", "000000"),
    Signal.CAUTION: ("F2C400", "FFFAE0", "000000"),
    Signal.NOTICE: ("1F5FA8", "E8F1FB", "FFFFFF"),
}
"""Colour of the bar, of the field below it, and of the signal word, after ANSI Z535.6."""
_BOX = "☐"
_PNG_PPI = 200
_SVG_PAGE = """#set page(width: auto, height: auto, margin: 0pt)
#image("picture.svg")
"""


def add_hazard(file: DocxDocument, block: HazardBox) -> None:
    """Append a coloured box: the signal word on a bar, below it what can hurt and how to avoid it."""
    strong, pale, letters = HAZARD_COLOURS[block.signal]
    table = new_table(file, rows=2, widths=[Mm(TEXT_WIDTH_MM)])
    (head, (bar,)), (body, (field,)) = table_rows(table)
    for row in (head, body):
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    sign = "" if block.signal is Signal.NOTICE else "⚠ "
    for cell, fill in ((bar, strong), (field, pale)):
        shade = OxmlElement("w:shd")
        for key, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
            shade.set(qn(f"w:{key}"), value)
        cell._tc.get_or_add_tcPr().append(shade)
        set_style(cell.paragraphs[0], CELL_STYLE)
    bar.paragraphs[0].paragraph_format.keep_with_next = True
    word = bar.paragraphs[0].add_run(sign + xml_text(block.word))
    word.bold = True
    word.font.size = Pt(12)
    word.font.color.rgb = RGBColor.from_string(letters)
    what = field.paragraphs[0].add_run(xml_text(block.text))
    what.bold = True
    for label, text in block.details:
        line = field.add_paragraph()
        set_style(line, CELL_STYLE)
        line.add_run(f"{xml_text(label)}：").bold = True
        line.add_run(xml_text(text))
    gap(file)


def add_entries(file: DocxDocument, block: Entries) -> None:
    """Append a list; its marks are text, so that every program shows the same numbers and boxes."""
    for number, text in enumerate(block.texts, 1):
        mark = {Mark.BULLET: "•", Mark.NUMBER: f"{number}.", Mark.BOX: _BOX}[block.mark]
        paragraph = file.add_paragraph()
        form = paragraph.paragraph_format
        form.left_indent, form.first_line_indent, form.space_after = Mm(7), Mm(-7), Pt(3)
        form.tab_stops.add_tab_stop(Mm(7))
        paragraph.add_run(f"{mark}\t{xml_text(text)}")


def add_figure(file: DocxDocument, block: Figure) -> None:
    """Append a picture, centred, with its caption; a drawing (SVG) is drawn as PNG, which every Word shows.

    Raises:
        BadInput: It is no picture.
    """
    svg = block.media_type == "image/svg+xml"
    content = png_of_svg(block.content) if svg else block.content
    paragraph = file.add_paragraph()
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.paragraph_format.keep_with_next = bool(block.caption)
    try:
        shape = paragraph.add_run().add_picture(io.BytesIO(content))
    except (
        InvalidImageStreamError,
        UnexpectedEndOfFileError,
        UnrecognizedImageError,
        ZeroDivisionError,
    ) as error:
        fault = Fault(where=block.alt or "figure", what="is no picture that can be read", repair="replace it")
        raise BadInput("the document was not written", [fault]) from error
    if shape.width > Mm(TEXT_WIDTH_MM):
        shape.height = Emu(round(shape.height * Mm(TEXT_WIDTH_MM) / shape.width))
        shape.width = Mm(TEXT_WIDTH_MM)
    shape._inline.docPr.set("descr", xml_text(block.alt))
    if block.caption:
        caption = file.add_paragraph(xml_text(block.caption))
        set_style(caption, REMARK_STYLE)
        caption.alignment = WD_ALIGN_PARAGRAPH.CENTER


def png_of_svg(content: bytes) -> bytes:
    """Return a drawing as PNG at its own size, sharp enough for print.

    Raises:
        BadInput: It is no SVG.
    """
    files = {"main.typ": _SVG_PAGE.encode(), "picture.svg": content}
    return typeset(files, format="png", ppi=_PNG_PPI)


def add_contents(file: DocxDocument, document: Document) -> None:
    """Append the table of contents: the chapters' titles, which Word and WPS complete with page numbers."""
    title = file.add_paragraph()
    run = title.add_run(xml_text(document.contents))
    run.bold = True
    run.font.size = Pt(15)
    run.font.color.rgb = ACCENT
    chapters = [xml_text(section.title) for section in document.sections if section.level == 1]
    lines = [file.add_paragraph(chapter) for chapter in chapters] or [file.add_paragraph()]
    for line in lines:
        line.paragraph_format.space_after = Pt(2)
    begin = OxmlElement("w:r")
    begin.append(_mark("begin"))
    instruction = OxmlElement("w:instrText")
    instruction.set(qn("xml:space"), "preserve")
    instruction.text = ' TOC \\o "1-1" \\h \\z '
    begin.append(instruction)
    begin.append(_mark("separate"))
    first = lines[0]._p
    first.insert(1 if first.pPr is not None else 0, begin)
    last = Run(OxmlElement("w:r"), lines[-1])
    last._r.append(_mark("end"))
    lines[-1]._p.append(last._r)


def _mark(kind: str) -> BaseOxmlElement:
    mark = OxmlElement("w:fldChar")
    mark.set(qn("w:fldCharType"), kind)
    if kind == "begin":
        mark.set(qn("w:dirty"), "true")  # the program that opens the file counts the pages
    return mark
