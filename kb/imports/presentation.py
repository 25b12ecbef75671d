"""Reads what a presentation offers as a template: size, layouts, placeholders, fonts. Runs in the limited child.

No slide, picture or object of it is opened. Macros are refused by their part, whatever the file is called.
"""

import io
import zlib
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from pptx import Presentation
from pptx.exc import PythonPptxError
from pptx.oxml import parse_xml

from kb.errors import BadImport, Fault
from kb.imports.workbook_archive import checked_entries, refuse_document_types, refused

MOST_LAYOUTS = 200
_SAVE = "save it as .pptx"
_OTHER_FILES: tuple[tuple[bytes, str, str], ...] = (
    (b"%PDF", "is a PDF document", "give the .pptx it was made from"),
    (b"\xd0\xcf\x11\xe0", "is an old or encrypted presentation (.ppt)", f"{_SAVE} without a password"),
    (b"\x89PNG", "is a picture", "give a .pptx"),
    (b"\xff\xd8\xff", "is a picture", "give a .pptx"),
)
_TEMPLATE_TYPE = "presentationml.template.main+xml"
_SHOW_TYPE = "presentationml.slideshow.main+xml"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
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
    ParseError,
    SyntaxError,  # of lxml
    PythonPptxError,
    RecursionError,
)
"""What the libraries raise over a file that is not what it says."""


def read(path: Path) -> dict[str, object]:
    """Return what the presentation at `path` offers.

    Returns:
        `width`, `height` of its slides; `layouts`, each with `name` and `places` (`index`, `kind`, `box` of left, top,
        width, height); `fonts` of its theme by script (`latin`, `ea`), empty where none is named. Lengths are EMU.

    Raises:
        BadImport: The file is of another kind, hostile, damaged, or has macros.
    """
    with path.open("rb") as file:
        head = file.read(16)
    for start, what, repair in _OTHER_FILES:
        if head.startswith(start):
            raise refused("", what, repair)
    if not head.startswith(b"PK"):
        raise refused("", "is empty" if not head else "is no presentation", "give a .pptx")
    names = checked_entries(path)
    if "word/document.xml" in names or "xl/workbook.xml" in names:
        raise refused("", "is a document or a workbook", "give a .pptx")
    if "ppt/presentation.xml" not in names:
        raise refused("", "is an archive without a presentation", "give a .pptx")
    if any("vbaproject" in name.lower() for name in names):
        raise refused("", "has macros", f"{_SAVE}, which holds none")
    try:
        refuse_document_types(path, [name for name in names if name.endswith((".xml", ".rels", ".vml"))])
        with ZipFile(path) as archive:
            types = archive.read("[Content_Types].xml").decode("utf-8", errors="replace")
        for sign, what in ((_TEMPLATE_TYPE, "is a .potx"), (_SHOW_TYPE, "is a .ppsx")):
            if sign in types:
                raise refused("", what, f"open it and {_SAVE}")
        return _read(path)
    except BadImport:
        raise
    except _BROKEN as error:
        what = f"is a damaged presentation: {type(error).__name__}: {error}"[:300]
        raise BadImport(
            "the file was not read", [Fault(where="", what=what, repair="save it again")]
        ) from error


def _read(path: Path) -> dict[str, object]:
    shown: Any = Presentation(io.BytesIO(path.read_bytes()))
    layouts = [layout for master in shown.slide_masters for layout in master.slide_layouts]
    if len(layouts) > MOST_LAYOUTS:
        raise refused("", f"has {len(layouts)} layouts", f"at most {MOST_LAYOUTS}")
    first = list(shown.slide_master.slide_layouts)
    return {
        "width": int(shown.slide_width),
        "height": int(shown.slide_height),
        "layouts": [{"name": str(layout.name), "places": _places(layout)} for layout in first],
        "fonts": _fonts(shown.slide_master),
    }


def _places(layout: Any) -> list[dict[str, object]]:
    return [
        {
            "index": int(place.placeholder_format.idx),
            "kind": str(place.placeholder_format.type.name).lower(),
            "box": [int(value or 0) for value in (place.left, place.top, place.width, place.height)],
        }
        for place in layout.placeholders
    ]


def _fonts(master: Any) -> dict[str, str]:
    """Return the fonts of body text in the theme, by script."""
    for relation in master.part.rels.values():
        if relation.reltype.endswith("/theme"):
            theme = parse_xml(relation.target_part.blob)
            found = {}
            for script in ("latin", "ea"):
                font = theme.find(f".//{_DRAWING}minorFont/{_DRAWING}{script}")
                found[script] = "" if font is None else str(font.get("typeface", ""))
            return found
    return {"latin": "", "ea": ""}
