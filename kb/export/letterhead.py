"""A document on the department's own letterhead: a Word template with names in double braces, filled by docxtpl.

The template keeps its header, footer, logo and first words; where it says `{{ body }}` on a line of its own, or else at its
end, the document stands. Word's own styles of the template are set to ours, so that tables and headings look alike.
"""

import io
from collections.abc import Mapping
from typing import Any
from zipfile import BadZipFile, ZipFile

import docx
from docx.document import Document as DocxDocument
from docx.opc.exceptions import PackageNotFoundError
from docx.shared import Mm, Pt
from docxtpl import DocxTemplate
from jinja2.exceptions import TemplateError
from jinja2.sandbox import SandboxedEnvironment

from kb.errors import BadInput, Fault
from kb.export.document import MARGIN_MM, PAGE_HEIGHT_MM, PAGE_WIDTH_MM, Document
from kb.export.docx import fill, set_properties
from kb.export.docx_styles import set_styles
from kb.export.packing import packed

BODY = "body"
_MARK = "\ue000body\ue000"
"""Stands where the document goes while the template is filled; from the private area, so no text holds it."""
LARGEST = 20_000_000
"""Bytes of a template, as a file and as everything in it."""


def on_letterhead(document: Document, template: bytes, values: Mapping[str, str]) -> bytes:
    """Return `document` on a letterhead as the bytes of a docx file; the same input gives the same bytes.

    Args:
        template: A docx file.
        values: What the names in double braces stand for.

    Raises:
        BadInput: The template is no Word document, too large, or has names that nothing is known for; all of them.
    """
    _refuse(template)
    try:
        letter = DocxTemplate(io.BytesIO(template))
        environment = SandboxedEnvironment(autoescape=True)
        names: set[str] = letter.get_undeclared_template_variables(environment)
        unknown = sorted(names - {*values, BODY})
        if unknown:
            known = ", ".join((*values, BODY))
            raise BadInput(
                "the letterhead cannot be filled",
                [
                    Fault(where=name, what="is no name that a document has", repair=f"use one of {known}")
                    for name in unknown
                ],
            )
        letter.render({**values, BODY: _MARK}, environment, autoescape=True)
    except (TemplateError, KeyError, ValueError, PackageNotFoundError) as error:
        raise _unusable(str(error)) from error
    file: DocxDocument = letter.docx
    _place(file, document)
    buffer = io.BytesIO()
    file.save(buffer)
    return packed(buffer.getvalue())


def example_letterhead(language: str, names: Mapping[str, str]) -> bytes:
    """Return a letterhead to begin with: replace its head by your own, keep the names in double braces.

    Args:
        language: BCP 47 tag, decides fonts.
        names: What stands before each name, by name, such as `{"customer": "客户"}`.
    """
    file = docx.Document()
    set_styles(file, language)
    section = file.sections[0]
    section.page_width, section.page_height = Mm(PAGE_WIDTH_MM), Mm(PAGE_HEIGHT_MM)
    section.left_margin = section.right_margin = Mm(MARGIN_MM)
    head = section.header.paragraphs[0]
    head.text = "{{ department }}"
    head.runs[0].font.size = Pt(14)
    section.footer.paragraphs[0].text = "{{ department }}  ·  {{ number }}"
    for name, label in names.items():
        file.add_paragraph(
            f"{label}：{{{{ {name} }}}}" if language.startswith("zh") else f"{label}: {{{{ {name} }}}}"
        )
    file.add_paragraph("{{ body }}")
    buffer = io.BytesIO()
    file.save(buffer)
    return packed(buffer.getvalue())


def _place(file: DocxDocument, document: Document) -> None:
    body: Any = file.element.body
    before = set(body)
    set_styles(file, document.language)
    set_properties(file, document)
    fill(file, document)
    new = [element for element in body if element not in before]
    mark = next((one for one in file.paragraphs if one.text.strip() == _MARK), None)
    if mark is not None:
        place = mark._p
        for element in new:
            place.addprevious(element)
        place.getparent().remove(place)
    for paragraph in file.paragraphs:
        for run in paragraph.runs:
            if _MARK in run.text:
                run.text = run.text.replace(_MARK, "")


def _refuse(template: bytes) -> None:
    if len(template) > LARGEST:
        raise _unusable(f"it has {len(template):,} bytes; at most {LARGEST:,}")
    try:
        with ZipFile(io.BytesIO(template)) as archive:
            whole = sum(entry.file_size for entry in archive.infolist())
            names = archive.namelist()
    except BadZipFile as error:
        raise _unusable("it is no Word document (.docx)") from error
    if whole > 5 * LARGEST:
        raise _unusable(f"it unpacks to {whole:,} bytes; at most {5 * LARGEST:,}")
    if "word/document.xml" not in names:
        raise _unusable("it is no Word document (.docx)")
    if any(name.lower().endswith("vbaproject.bin") for name in names):
        raise _unusable("it has macros; save it as .docx")


def _unusable(what: str) -> BadInput:
    return BadInput(
        "the letterhead cannot be used", [Fault(where="letterhead", what=what, repair="use another .docx")]
    )
