"""Working minutes: a clock that stands still while a technician does not work.

Lunch stops both travel and work, so the search may forget it: it counts in minutes of working time, starting from the
minute of the day at which the first span begins. 8:30–12:00 and 13:00–17:30 become 510..990.
"""

from collections.abc import Sequence
from itertools import pairwise

from planner.routing.timetable import Spans, common, worked


def on_clock(spans: Spans, minute: int) -> int:
    """Return the working minute of a minute of the day; all of a break is the minute at which it begins.

    Args:
        spans: Working time, at least one span.
        minute: Of the day; before the first span it counts as its begin, behind the last as its end.
    """
    begin = spans[0][0]
    return begin + worked(spans, begin, minute)


def open_on_clock(spans: Spans, opening: Spans) -> Spans:
    """Return when a place is open, in working minutes; spans that a break only cuts become one."""
    found: list[tuple[int, int]] = []
    for start, end in common(spans, opening):
        begin, close = on_clock(spans, start), on_clock(spans, end)
        if found and found[-1][1] == begin:
            found[-1] = found[-1][0], close
        else:
            found.append((begin, close))
    return tuple(found)


def begins(openings: Sequence[Spans], minutes: int) -> Spans:
    """Return from when to when, both inclusive, work of `minutes` may begin under all of some openings.

    Work that is longer than each open span but not than all of them has to pause while the place is closed: it may
    begin so early that pauses and work end in time.

    Args:
        openings: Open spans in working minutes, of technicians with different hours; at least one.
        minutes: Working time on site.
    """
    found: Spans | None = None
    for spans in openings:
        here = tuple((start, end - minutes) for start, end in spans if end - start >= minutes)
        if not here and spans and sum(end - start for start, end in spans) >= minutes:
            pauses = sum(after[0] - before[1] for before, after in pairwise(spans))
            last = spans[-1][1] - minutes - pauses
            here = ((spans[0][0], last),) if last >= spans[0][0] else ()
        found = here if found is None else _met(found, here)
    return found or ()


def _met(one: Spans, other: Spans) -> Spans:
    """Return what two sequences of closed spans have in common, single minutes included."""
    return tuple((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) <= min(b, d))
