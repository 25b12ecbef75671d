"""Does it fit? Lines are measured as a projector shows them, and what is too long becomes two slides.

Measures are of the template: 16:9, 338.7 x 190.5 mm, body text of 24 pt, 22 where it is nested. A Chinese character is as wide as the
text is high, a Latin one about half of that; that is what fonts of both scripts keep to within a few percent.
"""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise

from kb.courseware.deck import Column, Deck, Grid, Layout, Line, Slide

MOST_LINES = 6
"""Lines of text of a slide, as they break on the screen."""
MOST_ROWS = 6
"""Rows of a table below its head."""
BODY_POINTS = 24
BODY_WIDTH_MM = 298.0
COLUMN_WIDTH_MM = 143.0
INDENT_MM = 9.0
"""Of each level of a list."""
MM_PER_POINT = 25.4 / 72
WIDE = {"W", "F", "A"}
"""East Asian widths that take a whole em; ambiguous ones (A) do in Chinese fonts."""
NARROW_EM = 0.55
"""Of a Latin letter, on the wide side of what common fonts have."""


def width_mm(text: str, points: float) -> float:
    """Return about how wide a text is, in millimetres."""
    ems = sum(1.0 if unicodedata.east_asian_width(sign) in WIDE else NARROW_EM for sign in text)
    return ems * points * MM_PER_POINT


def rows_of(line: Line, *, width: float, points: float = BODY_POINTS) -> int:
    """Return on how many rows a line breaks in a width in millimetres, at least 1."""
    room = max(width - INDENT_MM * (line.level + 1), points * MM_PER_POINT)
    return max(1, -(-int(width_mm(line.text, points) * 1000) // int(room * 1000)))


def fitted(deck: Deck, *, continued: str) -> Deck:
    """Return the deck with every slide that is too long split, by lines or rows, never inside one.

    Args:
        continued: What is put after the title of the second part, such as `（续）`.
    """
    return replace(deck, slides=tuple(part for slide in deck.slides for part in _parts(slide, continued)))


def _parts(slide: Slide, continued: str) -> list[Slide]:
    if slide.layout is Layout.TABLE and slide.grid is not None:
        rows = slide.grid.rows
        chunks = [rows[start : start + MOST_ROWS] for start in range(0, len(rows), MOST_ROWS)] or [()]
        grids = [Grid(head=slide.grid.head, rows=chunk) for chunk in _evened(chunks)]
        return _numbered(slide, [replace(slide, grid=grid) for grid in grids], continued)
    if slide.columns:
        left, right = (_chunks(column.lines, COLUMN_WIDTH_MM) for column in slide.columns)
        count = max(len(left), len(right))
        titles = [column.title for column in slide.columns]
        pairs = [
            (
                Column(title=titles[0], lines=left[n] if n < len(left) else ()),
                Column(title=titles[1], lines=right[n] if n < len(right) else ()),
            )
            for n in range(count)
        ]
        return _numbered(slide, [replace(slide, columns=pair) for pair in pairs], continued)
    if slide.layout in {Layout.TITLE, Layout.SECTION, Layout.PICTURE}:
        return [slide]
    return _numbered(
        slide, [replace(slide, lines=part) for part in _chunks(slide.lines, BODY_WIDTH_MM)], continued
    )


def _evened(chunks: Sequence[tuple[tuple[str, ...], ...]]) -> list[tuple[tuple[str, ...], ...]]:
    """Spread rows evenly over as many slides, so that no last one has a single row."""
    rows = [row for chunk in chunks for row in chunk]
    count = len(chunks)
    bounds = [round(len(rows) * n / count) for n in range(count + 1)]
    return [tuple(rows[start:end]) for start, end in pairwise(bounds)]


def _chunks(lines: Sequence[Line], width: float) -> list[tuple[Line, ...]]:
    """Return lines in as many parts as they need; a nested line stays with the one it belongs to where it can."""
    parts: list[tuple[Line, ...]] = []
    part: list[Line] = []
    used = 0
    for group in _groups(lines):
        rows = sum(rows_of(line, width=width) for line in group)
        if part and used + rows > MOST_LINES:
            parts.append(tuple(part))
            part, used = [], 0
        for line in group:
            own = rows_of(line, width=width)
            if part and used + own > MOST_LINES:
                parts.append(tuple(part))
                part, used = [], 0
            part.append(line)
            used += own
    return [*parts, tuple(part)]


def _groups(lines: Iterable[Line]) -> list[list[Line]]:
    groups: list[list[Line]] = []
    for line in lines:
        if groups and line.level > 0:
            groups[-1].append(line)
        else:
            groups.append([line])
    return groups


def _numbered(slide: Slide, parts: Sequence[Slide], continued: str) -> list[Slide]:
    """Title the later parts as continued; notes stay with the first."""
    return [
        part if number == 0 else replace(part, title=f"{slide.title}{continued}", notes="")
        for number, part in enumerate(parts)
    ]
