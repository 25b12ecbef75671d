"""The milestones of a project as a picture (SVG): planned and real days on one line of time, late ones in red."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any
from xml.sax.saxutils import escape

WIDE, NAME_WIDE, ROW_HIGH, TOP = 760, 190, 30, 34
_LONGEST_NAME = 14
_FONT = "Noto Sans CJK SC, Microsoft YaHei, sans-serif"


def milestones_svg(milestones: Sequence[Mapping[str, Any]], today: date) -> bytes:
    """Return the picture; a text says so where there is no milestone."""
    if not milestones:
        return _svg(60, [_text(10, 34, "—")])
    rows = [
        (
            str(row["name"]),
            date.fromisoformat(row["planned"]),
            date.fromisoformat(row["done_on"]) if row["done_on"] else None,
        )
        for row in milestones
    ]
    days = [day for _, planned, done in rows for day in (planned, done or planned)]
    first, last = min(*days, today) - timedelta(days=3), max(*days, today) + timedelta(days=3)
    scale = (WIDE - NAME_WIDE - 90) / max((last - first).days, 1)

    def place(day: date) -> float:
        return round(NAME_WIDE + (day - first).days * scale, 1)

    high = TOP + len(rows) * ROW_HIGH + 12
    now = place(today)
    parts = [
        f'<line x1="{now}" y1="{TOP - 10}" x2="{now}" y2="{high - 8}" stroke="#1f5fa8" stroke-dasharray="4 3"/>',
        _text(now, TOP - 16, today.isoformat(), anchor="middle", fill="#1f5fa8", size=11),
    ]
    for number, (name, planned, done) in enumerate(rows):
        y = TOP + number * ROW_HIGH + 14
        late = (done or today) > planned
        colour = "#b3261e" if late else "#2a7d4f" if done else "#53666c"
        shown = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
        parts += [
            _text(8, y + 4, shown),
            f'<line x1="{NAME_WIDE}" y1="{y}" x2="{WIDE - 90}" y2="{y}" stroke="#d5dedd"/>',
        ]
        if late:
            x1, x2 = place(planned), place(done or today)
            parts.append(f'<line x1="{x1}" y1="{y}" x2="{x2}" y2="{y}" stroke="{colour}" stroke-width="3"/>')
        x = place(planned)
        parts.append(
            f'<path d="M{x} {y - 7}l7 7l-7 7l-7 -7z" fill="#fff" stroke="{colour}" stroke-width="2"/>'
        )
        if done:
            parts.append(f'<circle cx="{place(done)}" cy="{y}" r="5" fill="{colour}"/>')
        parts.append(_text(WIDE - 82, y + 4, (done or planned).isoformat(), fill=colour, size=12))
    return _svg(high, parts)


def _svg(high: int, parts: Sequence[str]) -> bytes:
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDE} {high}" width="{WIDE}" height="{high}">'
    )
    return (head + "".join(parts) + "</svg>").encode()


def _text(
    x: float, y: float, text: str, *, anchor: str = "start", fill: str = "#16262b", size: int = 13
) -> str:
    clean = escape("".join(sign for sign in text if sign.isprintable()))
    return f'<text x="{x}" y="{y}" font-family="{_FONT}" font-size="{size}" fill="{fill}" text-anchor="{anchor}">{clean}</text>'
