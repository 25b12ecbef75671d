"""Write a `Document` as PDF: tagged, with bookmarks, Chinese fonts embedded; A4, or a page for the screen of a phone."""

import json
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

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
)
from kb.export.packing import xml_text
from kb.export.typesetting import font_families, typeset

MEDIA_TYPE = "application/pdf"
_TEMPLATE = Path(__file__).with_name("pdf.typ")
_ENDINGS = {"image/svg+xml": "svg", "image/png": "png", "image/jpeg": "jpg"}


class Paper(StrEnum):
    """What a PDF is read on."""

    A4 = "a4"
    PHONE = "phone"


def pdf_bytes(document: Document, *, created: datetime | None = None, paper: Paper = Paper.A4) -> bytes:
    """Return `document` as the bytes of a PDF; the same document gives the same bytes on the same machine.

    Args:
        document: What to write.
        created: The instant of creation (aware) that goes into the file; `document.created` where it is None.
        paper: The size of its pages.

    Raises:
        BadInput: No Chinese font is installed, or a picture cannot be read.
    """
    stamp = (created or document.created).astimezone(UTC)
    language, _, region = document.language.partition("-")
    files: dict[str, bytes] = {"main.typ": _TEMPLATE.read_bytes()}
    data = {
        "paper": paper.value,
        "fonts": font_families(),
        "lang": language.lower()[:3] or "zh",
        "region": region[:2].upper() or None,
        "created": [stamp.year, stamp.month, stamp.day, stamp.hour, stamp.minute, stamp.second],
        "title": xml_text(document.title),
        "subtitle": xml_text(document.subtitle),
        "author": xml_text(document.author),
        "header": xml_text(document.header),
        "footer": xml_text(document.footer),
        "page_numbers": xml_text(document.page_numbers),
        "contents": xml_text(document.contents),
        "opening": [_block(block, files) for block in document.opening],
        "sections": [_section(section, files) for section in document.sections],
    }
    files["data.json"] = json.dumps(data, ensure_ascii=False).encode()
    return typeset(files, created=stamp)


def _section(section: Section, files: dict[str, bytes]) -> dict[str, object]:
    return {
        "title": xml_text(section.title),
        "level": section.level,
        "new_page": section.new_page,
        "blocks": [_block(block, files) for block in section.blocks],
    }


def _block(block: Block, files: dict[str, bytes]) -> dict[str, object]:
    values: dict[str, object] = {"kind": type(block).__name__.lower()}
    if isinstance(block, Paragraph):
        values |= {"text": xml_text(block.text), "tone": block.tone.value}
    elif isinstance(block, Table):
        values["columns"] = [
            {"title": xml_text(one.title), "weight": float(one.weight), "align": one.align.value}
            for one in block.columns
        ]
        values["rows"] = [[xml_text(cell) for cell in row] for row in block.rows]
        values["empty"] = xml_text(block.empty)
    elif isinstance(block, KeyValues):
        values["pairs"] = [[xml_text(key), xml_text(text)] for key, text in block.pairs]
    elif isinstance(block, Signatures):
        values["boxes"] = [
            {"party": xml_text(box.party), "lines": [xml_text(line) for line in box.lines]}
            for box in block.boxes
        ]
    elif isinstance(block, HazardBox):
        values |= {"signal": block.signal.value, "word": xml_text(block.word), "text": xml_text(block.text)}
        values["details"] = [[xml_text(label), xml_text(text)] for label, text in block.details]
    elif isinstance(block, Entries):
        values |= {"mark": block.mark.value, "texts": [xml_text(text) for text in block.texts]}
    elif isinstance(block, Figure):
        values |= {"file": _picture(block, files), "alt": xml_text(block.alt)}
        values["caption"] = xml_text(block.caption)
    return values


def _picture(figure: Figure, files: dict[str, bytes]) -> str:
    name = f"picture-{len(files)}.{_ENDINGS[figure.media_type]}"
    files[name] = figure.content
    return name
