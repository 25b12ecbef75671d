"""The icon of the installed site as PNG, drawn when the site is built: a page and a glass over it.

Phones want pixels for the home screen, and a picture in the repository could not be read in a review. What is drawn
keeps to the middle, so that a phone that cuts a circle out of it cuts nothing off.
"""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

SIZES = (48, 180, 192, 512)
"""Pixels a side: for the browser's tab, for iOS, and the two that an installable site must have."""
GRID = 64.0
"""Units a side of the drawing."""
SCALE = 0.92
BRAND, PAPER, GLASS = (0x0B, 0x5C, 0x6B), (0xFF, 0xFF, 0xFF), (0xF2, 0xA3, 0x3A)
Field = NDArray[np.float64]


def icon_name(size: int) -> str:
    """Return the name of the icon's file."""
    return f"icon-{size}.png"


def icon_png(size: int) -> bytes:
    """Return the icon with `size` pixels a side; the same size gives the same bytes."""
    places = ((np.arange(size) + 0.5) / size - 0.5) * GRID / SCALE + GRID / 2
    x, y = np.meshgrid(places, places)
    pixel = GRID / SCALE / size
    picture = np.tile(np.array(BRAND, dtype=np.float64), (size, size, 1))
    for colour, distance in (
        (PAPER, _box(x, y, (18, 18, 41, 46), 3.0)),
        (BRAND, _stroke(x, y, (23, 26), (35, 26), 3.0)),
        (BRAND, _stroke(x, y, (23, 33), (32, 33), 3.0)),
        (BRAND, np.hypot(x - 40, y - 40) - 10.0),
        (GLASS, np.hypot(x - 40, y - 40) - 8.0),
        (GLASS, _stroke(x, y, (46, 46), (51, 51), 4.0)),
    ):
        inside = np.clip(0.5 - distance / pixel, 0.0, 1.0)[:, :, None]
        picture = picture * (1 - inside) + np.array(colour, dtype=np.float64) * inside
    return _png(np.rint(picture).astype(np.uint8))


def _box(x: Field, y: Field, edges: tuple[float, float, float, float], round_: float) -> Field:
    """Return how far places are outside a box with round corners; inside it is below 0."""
    left, top, right, bottom = edges
    across = np.abs(x - (left + right) / 2) - (right - left) / 2 + round_
    down = np.abs(y - (top + bottom) / 2) - (bottom - top) / 2 + round_
    outside = np.hypot(np.maximum(across, 0), np.maximum(down, 0))
    return np.asarray(outside + np.minimum(np.maximum(across, down), 0) - round_)


def _stroke(x: Field, y: Field, start: tuple[float, float], end: tuple[float, float], width: float) -> Field:
    """Return how far places are outside a stroke with round ends."""
    along = (end[0] - start[0], end[1] - start[1])
    share = ((x - start[0]) * along[0] + (y - start[1]) * along[1]) / (along[0] ** 2 + along[1] ** 2)
    share = np.clip(share, 0.0, 1.0)
    return np.asarray(np.hypot(x - start[0] - share * along[0], y - start[1] - share * along[1]) - width / 2)


def _png(picture: NDArray[np.uint8]) -> bytes:
    height, width, _ = picture.shape

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + row.tobytes() for row in picture)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
        + chunk(b"IDAT", zlib.compress(rows, 9))
        + chunk(b"IEND", b"")
    )
