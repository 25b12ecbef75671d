"""The growth of a year's planning as a picture: seconds and memory over the number of visits, both logarithmic."""

from collections.abc import Callable, Mapping, Sequence
from math import log10
from typing import Any

WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 380, 64, 24, 40, 48
SERIES: tuple[tuple[str, str, Callable[[Mapping[str, Any]], float]], ...] = (
    ("first plan, s", "#1f6f8b", lambda row: max(row["first_s"], 0.01)),
    ("search, CPU s", "#c8553d", lambda row: row["cpu_s"]),
    ("peak memory, 100 MB", "#588157", lambda row: row["peak_mb"] / 100),
)


def growth_svg(rows: Sequence[Mapping[str, Any]], *, steps: int) -> str:
    """Return the picture.

    Args:
        rows: Cases as `tests/bench/year.py` prints them, by visits.
        steps: Iterations for each visit.
    """
    right = max(row["visits"] for row in rows)
    low, high = -2, 4
    first = log10(min(row["visits"] for row in rows))
    across = (WIDTH - LEFT - RIGHT) / max(0.01, log10(right) - first)

    def x(visits: float) -> float:
        return LEFT + (log10(visits) - first) * across

    def y(value: float) -> float:
        return TOP + (high - log10(value)) / (high - low) * (HEIGHT - TOP - BOTTOM)

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        'font-family="sans-serif" font-size="12">',
        f"<title>Growth of a year's planning; {steps} iterations for each visit</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
    ]
    for power in range(low, high + 1):
        at = y(10**power)
        parts.append(f'<path d="M{LEFT} {at:.1f}H{WIDTH - RIGHT}" stroke="#dddddd"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end">{10**power:g}</text>')
    for row in rows:
        at = x(row["visits"])
        parts.append(
            f'<text x="{at:.1f}" y="{HEIGHT - BOTTOM + 18}" text-anchor="middle">{row["visits"]:,}</text>'
        )
    parts.append(f'<text x="{WIDTH / 2}" y="{HEIGHT - 8}" text-anchor="middle">visits a year</text>')
    for number, (name, colour, value) in enumerate(SERIES):
        points = [(x(row["visits"]), y(value(row))) for row in rows]
        line = " ".join(f"{a:.1f},{b:.1f}" for a, b in points)
        parts.append(f'<polyline points="{line}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3.5" fill="{colour}"/>' for a, b in points]
        parts.append(f'<text x="{LEFT + 10 + number * 190}" y="{TOP - 16}" fill="{colour}">{name}</text>')
    return "\n".join([*parts, "</svg>"]) + "\n"
