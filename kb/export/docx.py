"""Write a `Document` as docx: A4, East Asian fonts, headings, header and footer with page numbers."""

import io
from datetime import UTC

import docx
from docx.document import Document as DocxDocument
from docx.enum.text import WD_BREAK
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement

from kb.export.document import (
    Block,
    Document,
    Entries,
    Figure,
    HazardBox,
    KeyValues,
    Paragraph,
    Section,
    Signatures,
    Table,
    Tone,
)
from kb.export.docx_blocks import add_contents, add_entries, add_figure, add_hazard
from kb.export.docx_styles import REMARK_STYLE, set_page, set_style, set_styles
from kb.export.docx_tables import add_key_values, add_signatures, add_table
from kb.export.packing import packed, xml_text

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

_NOTICE_SHADE = "FFF4D6"
_NOTICE_LINE = "C98A00"
_FIXED_WIDTH = "Consolas"
_AFTER_SHADE = ("w:tabs", "w:spacing", "w:ind", "w:jc", "w:rPr")
"""What the schema wants after borders and shading in the properties of a paragraph."""


def docx_bytes(document: Document) -> bytes:
    """Return `document` as the bytes of a docx file; the same document gives the same bytes."""
    file = docx.Document()
    set_styles(file, document.language)
    set_page(file, document)
    set_properties(file, document)
    fill(file, document)
    buffer = io.BytesIO()
    file.save(buffer)
    return packed(buffer.getvalue())


def fill(file: DocxDocument, document: Document) -> None:
    """Put title, contents and sections of `document` at the end of a file that has the styles."""
    file.add_paragraph(xml_text(document.title), style="Title")
    if document.subtitle:
        file.add_paragraph(xml_text(document.subtitle), style="Subtitle")
    for block in document.opening:
        _add_block(file, block)
    if document.contents:
        add_contents(file, document)
    for section in document.sections:
        _add_section(file, section)


def set_properties(file: DocxDocument, document: Document) -> None:
    """Write title, author, language and time into the file's properties."""
    stamp = document.created.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    properties = file.core_properties
    properties.title = xml_text(document.title)[:255]  # python-docx refuses longer values
    properties.author = properties.last_modified_by = xml_text(document.author)[:255]
    properties.comments = ""
    properties.language = document.language
    properties.created = properties.modified = stamp
    properties.revision = 1


def _add_section(file: DocxDocument, section: Section) -> None:
    heading = file.add_paragraph(xml_text(section.title))
    set_style(heading, f"Heading {section.level}")
    heading.paragraph_format.page_break_before = section.new_page or None
    for block in section.blocks:
        _add_block(file, block)


def _add_block(file: DocxDocument, block: Block) -> None:
    if isinstance(block, Paragraph):
        _add_paragraph(file, block)
    elif isinstance(block, Table):
        add_table(file, block)
    elif isinstance(block, KeyValues):
        add_key_values(file, block)
    elif isinstance(block, Signatures):
        add_signatures(file, block)
    elif isinstance(block, HazardBox):
        add_hazard(file, block)
    elif isinstance(block, Entries):
        add_entries(file, block)
    elif isinstance(block, Figure):
        add_figure(file, block)


def _add_paragraph(file: DocxDocument, block: Paragraph) -> None:
    paragraph = file.add_paragraph()
    if block.tone is Tone.REMARK:
        set_style(paragraph, REMARK_STYLE)
    for number, line in enumerate(xml_text(block.text).split("\n")):
        run = paragraph.add_run()
        if number:
            run.add_break(WD_BREAK.LINE)
        run.add_text(line)
        if block.tone is Tone.CODE:
            run.font.name = _FIXED_WIDTH
    if block.tone is Tone.NOTICE:
        properties = paragraph._p.get_or_add_pPr()
        properties.insert_element_before(_notice_border(), *_AFTER_SHADE)
        properties.insert_element_before(_shade(), *_AFTER_SHADE)


def _notice_border() -> BaseOxmlElement:
    borders = OxmlElement("w:pBdr")
    line = OxmlElement("w:left")
    for key, value in (("val", "single"), ("sz", "24"), ("space", "6"), ("color", _NOTICE_LINE)):
        line.set(qn(f"w:{key}"), value)
    borders.append(line)
    return borders


def _shade() -> BaseOxmlElement:
    shade = OxmlElement("w:shd")
    for key, value in (("val", "clear"), ("color", "auto"), ("fill", _NOTICE_SHADE)):
        shade.set(qn(f"w:{key}"), value)
    return shade
