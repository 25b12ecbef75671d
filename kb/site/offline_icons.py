"""The icon of the installed site as PNG, drawn when the site is built: a page and a glass over it.

Phones want pixels for the home screen, and a picture in the repository could not be read in a review. What is drawn
keeps to the middle, so that a phone that cuts a circle out of it cuts nothing off.
"""

import functools
import io

from PIL import Image, ImageDraw

SIZES = (48, 180, 192, 512)
"""Pixels a side: for the browser's tab, for iOS, and the two that an installable site must have."""
GRID = 64
"""Units a side of the drawing."""
SCALE = 0.92
FINER = 4
"""How many times larger it is drawn than it is written, so that its edges are smooth."""
BRAND, PAPER, GLASS = (0x0B, 0x5C, 0x6B), (0xFF, 0xFF, 0xFF), (0xF2, 0xA3, 0x3A)


def icon_name(size: int) -> str:
    """Return the name of the icon's file."""
    return f"icon-{size}.png"


@functools.cache
def icon_png(size: int) -> bytes:
    """Return the icon with `size` pixels a side."""
    unit = size * FINER / GRID * SCALE
    middle = size * FINER / 2
    picture = Image.new("RGB", (size * FINER, size * FINER), BRAND)
    pen = ImageDraw.Draw(picture)

    def at(*places: float) -> list[float]:
        return [middle + (place - GRID / 2) * unit for place in places]

    def disc(x: float, y: float, radius: float, colour: tuple[int, int, int]) -> None:
        pen.ellipse(at(x - radius, y - radius, x + radius, y + radius), fill=colour)

    def stroke(
        start: tuple[float, float], end: tuple[float, float], width: float, colour: tuple[int, int, int]
    ) -> None:
        pen.line(at(*start, *end), fill=colour, width=round(width * unit))
        for x, y in (start, end):
            disc(x, y, width / 2, colour)

    pen.rounded_rectangle(at(18, 18, 41, 46), radius=3 * unit, fill=PAPER)
    stroke((23, 26), (35, 26), 3, BRAND)
    stroke((23, 33), (32, 33), 3, BRAND)
    disc(40, 40, 10, BRAND)
    disc(40, 40, 8, GLASS)
    stroke((46, 46), (51, 51), 4, GLASS)
    written = io.BytesIO()
    picture.resize((size, size), Image.Resampling.BOX).save(written, "PNG", optimize=True)
    return written.getvalue()
