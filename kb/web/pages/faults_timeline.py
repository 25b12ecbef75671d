"""The picture of a report's deadlines: one row a promise, pauses hatched, what happened as marks, the present as a line."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from kb.usecases.fault_log import LogLine
from planner.faults import Deadline

LEFT, WIDE, ROW, TOP, BELOW = 80, 330, 26, 18, 22
"""A phone of 390 px shows 340 units at about one a pixel."""
MOST_MARKS = 24


@dataclass(frozen=True, slots=True)
class Row:
    """A promise: its bar from the report to the deadline, and where it was met."""

    point: str
    y: int
    start: float
    end: float
    css: str
    due: datetime | None
    met_x: float | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """The whole picture; every number is a place in it."""

    width: int
    height: int
    rows: tuple[Row, ...]
    pauses: tuple[tuple[float, float], ...]
    marks: tuple[tuple[float, str, datetime], ...]
    now_x: float | None
    ticks: tuple[tuple[float, datetime, str], ...]


def timeline(
    deadlines: Sequence[Deadline], story: Sequence[LogLine], reported: datetime, now: datetime
) -> Timeline | None:
    """Return the picture; None where nothing was promised."""
    if not deadlines:
        return None
    zone = now.tzinfo
    start = reported.astimezone(zone)
    ends = [one.due for one in deadlines if one.due] + [one.met for one in deadlines if one.met]
    is_over = all(one.met for one in deadlines)
    last = max([start + timedelta(hours=1), *ends, *([] if is_over else [now])])
    whole = (last - start) / timedelta(minutes=1) * 1.04

    def x(at: datetime) -> float:
        share = (at - start) / timedelta(minutes=1) / whole
        return round(LEFT + (WIDE - LEFT) * min(max(share, 0.0), 1.0), 1)

    rows = tuple(
        Row(
            point=one.point,
            y=TOP + number * ROW,
            start=x(start),
            end=x(one.due) if one.due else x(last),
            css=_css(one, now),
            due=one.due.astimezone(zone) if one.due else None,
            met_x=x(one.met) if one.met else None,
        )
        for number, one in enumerate(deadlines)
    )
    return Timeline(
        width=WIDE + 10,
        height=TOP + len(rows) * ROW + BELOW,
        rows=rows,
        pauses=tuple((x(begin), x(end)) for begin, end in _pauses(story, last)),
        marks=tuple((x(line.at), line.kind, line.at.astimezone(zone)) for line in story[-MOST_MARKS:]),
        now_x=x(now) if now <= start + timedelta(minutes=whole) else None,
        ticks=((x(start), start, "start"), (x(last), last.astimezone(zone), "end")),
    )


def _css(one: Deadline, now: datetime) -> str:
    if one.is_kept is not None:
        return "kept" if one.is_kept else "late"
    if one.due is None:
        return "held"
    return "late" if one.due < now else "runs"


def _pauses(story: Sequence[LogLine], last: datetime) -> list[tuple[datetime, datetime]]:
    found, since = [], None
    for line in story:
        if line.kind == "paused":
            since = line.at
        elif since is not None and line.kind in {"resumed", "cancelled"}:
            found.append((since, line.at))
            since = None
    if since is not None:
        found.append((since, last))
    return found
