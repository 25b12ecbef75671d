"""Reads a Word document: its blocks as Markdown, its pictures, and what it has that is not kept.

Runs in the limited child. No macro, no link and no object is opened; what of the document is not kept is told.
"""

import io
import re
import zlib
from pathlib import Path
from typing import Any
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile

import mammoth

from kb.errors import BadImport, Fault
from kb.imports.html_markdown import lines_of
from kb.imports.pictures import NoPicture, kept_picture
from kb.imports.workbook_archive import checked_entries, refuse_document_types, refused

MOST_PICTURES = 500
MOST_BLOCKS = 50_000
FAULT_LIMIT = 1000
STYLES = """
p[style-name='Title'] => h1.title:fresh
p[style-name='标题'] => h1.title:fresh
p[style-name='Subtitle'] => p:fresh
p[style-name='标题 1'] => h1:fresh
p[style-name='标题 2'] => h2:fresh
p[style-name='标题 3'] => h3:fresh
comment-reference => sup
"""
"""Beside the converter's own: names of headings that other programs write, and comments, which are text as well."""
_TEXT = re.compile(rb"<w:t[ >][^<]*[^<\s]")
_STYLE = re.compile(r"^Unrecognised (?:paragraph|run|table) style")
_OTHER_FILES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "is a PDF document", "give the .docx it was made from"),
    (b"\xd0\xcf\x11\xe0", "is an old or encrypted document (.doc)", "save it as .docx without a password"),
    (b"{\\rtf", "is an RTF document", "save it as .docx"),
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
    ExpatError,
    RecursionError,
)
"""What the library raises over a file that is not what it says."""


def read(path: Path) -> dict[str, object]:
    """Return the blocks of the document at `path`.

    Returns:
        `blocks`: each with `kind`, `level`, `text` (Markdown; a picture is its number between two NULs), `plain`,
        `pictures` and `bold`; `pictures`: each what `kept_picture` returns with `alt`, or `lost` with the reason;
        `notes`: what of the document is not kept, pairs of place and sentence.

    Raises:
        BadImport: The file is of another kind, hostile, too large or damaged.
    """
    with path.open("rb") as file:
        head = file.read(16)
    if not head.startswith(b"PK"):
        for start, what, repair in _OTHER_FILES:
            if head.startswith(start):
                raise refused("", what, repair)
        raise refused("", "is empty" if not head else "is no Word document", "give a .docx file")
    names = checked_entries(path)
    _refuse_other(names)
    refuse_document_types(path, [name for name in names if name.endswith((".xml", ".rels", ".vml"))])
    pictures: list[dict[str, Any]] = []

    def picture(image: Any) -> dict[str, str]:
        number = len(pictures)
        if number >= MOST_PICTURES:
            raise refused("", f"has more than {MOST_PICTURES} pictures", "split it")
        try:
            with image.open() as content:
                kept = kept_picture(content.read())
        except (NoPicture, KeyError, OSError, ValueError) as reason:
            kept = {"lost": str(reason) if isinstance(reason, NoPicture) else "is not in the file"}
        pictures.append({**kept, "alt": image.alt_text or ""})
        return {"src": f"sb-picture:{number}"}

    try:
        made = mammoth.convert_to_html(
            io.BytesIO(path.read_bytes()),
            style_map=STYLES,
            convert_image=mammoth.images.img_element(picture),
        )
        blocks = lines_of(made.value)
    except BadImport:
        raise
    except _BROKEN as error:
        raise refused("", f"is a damaged document: {error}", "open it, and save it again as .docx") from error
    if len(blocks) > MOST_BLOCKS:
        raise refused("", f"has {len(blocks):,} paragraphs", f"at most {MOST_BLOCKS:,} are read; split it")
    notes = [("document", message.message) for message in made.messages if not _STYLE.match(message.message)]
    notes = [*dict.fromkeys(notes), *_left_out(path, names)]
    return {
        "blocks": [
            {
                "kind": line.kind,
                "level": line.level,
                "text": line.text,
                "plain": line.plain,
                "pictures": line.pictures,
                "bold": line.bold,
            }
            for line in blocks
        ],
        "pictures": pictures,
        "notes": notes[:FAULT_LIMIT],
    }


def _refuse_other(names: list[str]) -> None:
    if any("vba" in name.lower() and name.lower().endswith(".bin") for name in names):
        raise refused("", "has macros", "save it as .docx, which holds none")
    if "word/document.xml" in names:
        return
    if "xl/workbook.xml" in names:
        raise refused("", "is a workbook", "import it as a table of cases")
    if "ppt/presentation.xml" in names:
        raise refused("", "is a presentation", "copy its text into a .docx file")
    faults = [Fault(where="", what="is an archive, but no Word document", repair="give a .docx file")]
    raise BadImport("the file was not read", faults)


def _left_out(path: Path, names: list[str]) -> list[tuple[str, str]]:
    notes = []
    with ZipFile(path) as archive:
        for name in names:
            if re.fullmatch(r"word/(?:header|footer)\d*\.xml", name) and _TEXT.search(archive.read(name)):
                notes.append((name, "the text at the head or foot of each sheet is left out"))
    for name in names:
        if name.startswith("word/embeddings/") and not name.endswith("/"):
            notes.append((name, "an embedded object is left out; save it as a file of its own"))
        elif name.startswith(("word/charts/chart", "word/diagrams/data")):
            notes.append((name, "a chart or diagram is left out; save it as a picture"))
    return notes
