"""The pictures of reliability: who fails most, how many still live at which age, where a reading goes."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from urllib.parse import urlencode

from kb.usecases.reliability_parts import PartLife, survivors
from kb.usecases.reliability_trends import ReadingTrend
from planner.reliability import ParetoRow

LABEL, BAR, HEIGHT, GAP = 110, 190, 20, 8
"""A phone of 390 px shows 340 units at about one a pixel."""
LONGEST_LABEL = 12
MOST_BARS = 12
WIDE, HIGH, LEFT, BELOW = 330, 150, 42, 18
POINTS = 60
"""Of a drawn curve."""


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of the Pareto chart; `line_x` is where the share up to it stands."""

    y: int
    label: str
    title: str
    width: float
    count: str
    href: str
    line_x: float


@dataclass(frozen=True, slots=True)
class Pareto:
    """The Pareto chart."""

    width: int
    height: int
    bars: tuple[Bar, ...]
    line: str


@dataclass(frozen=True, slots=True)
class Curve:
    """A chart with a line, points or steps, and marks on its axes; every number is a place in the picture."""

    width: int
    height: int
    steps: str
    smooth: str
    dots: tuple[tuple[float, float, str], ...]
    limit_y: float | None
    mark_x: float | None
    mark: str
    left: tuple[tuple[float, str], ...]
    below: tuple[tuple[float, str, str], ...]


def pareto_bars(
    rows: Sequence[ParetoRow],
    label: Callable[[str], str],
    *,
    amount: str,
    address: str,
    asked: dict[str, str],
) -> Pareto:
    """Return the largest groups as bars, with the line of the share up to each.

    Args:
        rows: The largest first.
        label: Name of a key.
        amount: Format of a weight, such as `.0f`.
        address: Where a bar leads; `asked` and the key are added.
    """
    shown = rows[:MOST_BARS]
    most = max((one.weight for one in shown), default=0) or 1
    bars = []
    for place, one in enumerate(shown):
        name = label(one.key)
        bars.append(
            Bar(
                y=place * (HEIGHT + GAP),
                label=name if len(name) <= LONGEST_LABEL else name[: LONGEST_LABEL - 1] + "…",
                title=name,
                width=max(1.0, round(BAR * one.weight / most, 1)),
                count=format(one.weight, amount),
                href=f"{address}?{urlencode({**asked, 'key': one.key})}",
                line_x=round(LABEL + BAR * one.up_to, 1),
            )
        )
    line = " ".join(f"{bar.line_x},{bar.y + HEIGHT // 2}" for bar in bars)
    return Pareto(LABEL + BAR + 40, max(1, len(bars)) * (HEIGHT + GAP), tuple(bars), line)


def life_curve(part: PartLife) -> Curve:
    """Return the share that still lives at each age: as observed in steps, as fitted in a line."""
    steps = survivors(part.lives)
    longest = max(
        2, *(one.days for one in part.lives.items), round(1.5 * part.fit.scale_days) if part.fit else 2
    )
    x, y = _scale(0, longest), _scale_up(0, 1)
    corners = [f"{x(0):.1f},{y(1):.1f}"]
    for before, now in pairwise(steps):
        corners += [f"{x(now.days):.1f},{y(before.share):.1f}", f"{x(now.days):.1f},{y(now.share):.1f}"]
    corners.append(f"{x(longest):.1f},{y(steps[-1].share):.1f}")
    fit = part.fit
    ages = [longest * n / POINTS for n in range(POINTS + 1)]
    smooth = " ".join(f"{x(age):.1f},{y(fit.survival(age)):.1f}" for age in ages) if fit else ""
    change = part.change.days if part.change and part.change.days <= longest else None
    return Curve(
        width=WIDE,
        height=HIGH,
        steps=" ".join(corners),
        smooth=smooth,
        dots=(),
        limit_y=None,
        mark_x=x(change) if change else None,
        mark=str(change) if change else "",
        left=tuple((y(share), f"{share:.0%}") for share in (0, 0.5, 1)),
        below=(
            (x(0), "0", "start"),
            (x(longest / 2), f"{longest // 2}", "middle"),
            (x(longest), f"{longest}", "end"),
        ),
    )


def trend_curve(one: ReadingTrend) -> Curve:
    """Return the readings of a quantity, its line and its limit."""
    first, last = one.readings[0].day, one.readings[-1].day
    end = max(last, first + timedelta(days=1))
    if one.trend and one.trend.crossing and one.trend.crossing <= last + 2 * (end - first):
        end = max(end, one.trend.crossing)
    values = [reading.value for reading in one.readings]
    if one.limit is not None:
        values.append(one.limit)
    low, high = min(values), max(values)
    room = (high - low or abs(high) or 1) * 0.1
    x, y = _scale(0, (end - first).days), _scale_up(low - room, high + room)
    smooth = ""
    if one.trend:
        start_value = one.trend.level - one.trend.per_year / 365.25 * (last - first).days
        end_value = one.trend.level + one.trend.per_year / 365.25 * (end - last).days
        smooth = f"{x(0):.1f},{y(start_value):.1f} {x((end - first).days):.1f},{y(end_value):.1f}"
    crossing = one.trend.crossing if one.trend and one.trend.crossing and one.trend.crossing <= end else None
    return Curve(
        width=WIDE,
        height=HIGH,
        steps="",
        smooth=smooth,
        dots=tuple(
            (x((reading.day - first).days), y(reading.value), f"{reading.day}: {reading.value:g}")
            for reading in one.readings
        ),
        limit_y=y(one.limit) if one.limit is not None else None,
        mark_x=x((crossing - first).days) if crossing else None,
        mark=crossing.isoformat() if crossing else "",
        left=tuple((y(value), f"{value:.3g}") for value in (low, high)),
        below=((x(0), _month(first), "start"), (x((end - first).days), _month(end), "end")),
    )


def _scale(low: float, high: float) -> Callable[[float], float]:
    wide = WIDE - LEFT - 12
    return lambda value: LEFT + wide * (value - low) / ((high - low) or 1)


def _scale_up(low: float, high: float) -> Callable[[float], float]:
    tall = HIGH - BELOW - 14
    span = (high - low) or 1
    return lambda value: 10 + tall * (1 - (value - low) / span) if math.isfinite(value) else 10.0


def _month(day: date) -> str:
    return f"{day:%Y-%m}"
