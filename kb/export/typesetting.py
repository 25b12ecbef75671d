"""The typesetter: compiles a typst source with the Chinese font of this machine, offline and the same bytes each time."""

import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Literal

import typst

from kb.errors import BadInput, Fault

CHINESE_FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Source Han Sans SC",
    "Source Han Sans CN",
    "Microsoft YaHei",
    "PingFang SC",
    "Hiragino Sans GB",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "SimHei",
    "Noto Serif CJK SC",
    "Source Han Serif SC",
    "SimSun",
)
"""Families with Simplified Chinese in the order of preference: upright strokes first, they read better on a phone."""
SIGNS = ("DejaVu Sans Mono", "Noto Sans Symbols2", "Segoe UI Symbol", "Apple Symbols")
"""Families for signs that a Chinese font may lack, such as ⚠ and ☐; the first comes with the typesetter."""


def chinese_font(families: Sequence[str] | None = None) -> str:
    """Return the best Chinese font family of this machine.

    Args:
        families: What is installed; None asks the machine.

    Raises:
        BadInput: None is there; the message names what to install.
    """
    there = set(_fonts().families() if families is None else families)
    for name in CHINESE_FONTS:
        if name in there:
            return name
    raise BadInput(
        "a PDF with Chinese text cannot be made",
        [
            Fault(
                where="fonts",
                what="this machine has none of the Chinese fonts " + ", ".join(CHINESE_FONTS),
                repair="install one, on Debian and Ubuntu the package fonts-noto-cjk, and try again",
            )
        ],
    )


def font_families() -> tuple[str, ...]:
    """Return the families in which text is set: the Chinese one, then those for signs that are installed.

    Raises:
        BadInput: There is no Chinese font.
    """
    there = set(_fonts().families())
    return (chinese_font(), *(name for name in SIGNS if name in there))


def typeset(
    files: Mapping[str, bytes],
    *,
    created: datetime | None = None,
    format: Literal["pdf", "png"] = "pdf",
    ppi: float = 144,
) -> bytes:
    """Return what `main.typ` of `files` compiles to; it sees these files and nothing else.

    Args:
        files: Content by plain file name; `main.typ` among them.
        created: The instant of creation (aware); the only one that goes into the file.
        format: Of a png only the first page is returned.
        ppi: Dots per inch of a png.

    Raises:
        BadInput: The typesetter refused a file, such as a picture that is none.
    """
    stamp = None if created is None else created.astimezone(UTC).replace(microsecond=0)
    with tempfile.TemporaryDirectory(prefix="servicebook-typeset-") as folder:
        root = Path(folder)
        for name, content in files.items():
            (root / name).write_bytes(content)
        try:
            made = typst.compile(
                root / "main.typ",
                root=root,
                font_paths=_fonts(),
                format=format,
                ppi=ppi,
                timestamp=stamp,
                package_path=root,
                package_cache_path=root,
            )
        except typst.TypstError as error:
            fault = Fault(
                where="pdf", what=f"the typesetter says: {error.message}", repair="mend that picture or text"
            )
            raise BadInput("the document was not set", [fault]) from error
    return made[0] if isinstance(made, list) else made


@cache
def _fonts() -> typst.Fonts:
    """Return the machine's fonts; looking for them takes longer than setting a page, so once a process."""
    return typst.Fonts()
