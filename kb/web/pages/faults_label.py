"""A QR code as the path of a picture: one square a dark module, four modules of silence around."""

from dataclasses import dataclass

import segno

SILENCE = 4
"""Modules that must stay empty around a QR code (ISO/IEC 18004)."""


@dataclass(frozen=True, slots=True)
class QrPicture:
    """The modules of a code: `size` in modules with the silence around it, `path` of an SVG."""

    size: int
    path: str


def qr_path(text: str) -> QrPicture:
    """Return the QR code of a text, with error correction for a label that gets dirty (level Q)."""
    rows = [list(row) for row in segno.make(text, error="q", micro=False).matrix]
    path = "".join(
        f"M{x + SILENCE} {y + SILENCE}h1v1h-1z"
        for y, row in enumerate(rows)
        for x, dark in enumerate(row)
        if dark
    )
    return QrPicture(size=len(rows) + 2 * SILENCE, path=path)
