"""On which days, and at what times, each trip may be: what the windows, the sites' calendars and spacing leave."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from planner.model import DueWork
from planner.routing.board import Board, minutes_of
from planner.routing.department_slots import SlotTable
from planner.routing.problem import NONE, Ints, Openings
from planner.routing.timetable import START_STEP, Spans, length
from planner.routing.working_clock import begins, open_on_clock


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidates:
    """Where each trip may be.

    Args:
        days: By work, the days on which site and somebody are there and the work fits, in order.
        opening: By work, the row of the openings; NONE where nothing restricts the hours.
        openings: When work may begin, by kind of opening and day.
    """

    days: tuple[tuple[date, ...], ...]
    opening: Ints
    openings: Openings


def candidates(board: Board, work: Sequence[DueWork], table: SlotTable) -> Candidates:
    """Return the days and hours that each of `work` may take; the board has what stands."""
    people = _people_by_day(table)
    kinds: dict[_Kind, int] = {}
    known: dict[tuple[Spans, tuple[Spans, ...], int], Spans] = {}
    days: list[tuple[date, ...]] = []
    opening = np.full(len(work), NONE, np.int64)
    for number, one in enumerate(work):
        minutes = -(-minutes_of(one) // START_STEP) * START_STEP
        found: list[tuple[date, Spans]] = []
        for away in range((one.latest - one.earliest).days + 1):
            day = one.earliest + timedelta(days=away)
            there = people.get(day)
            if not there or board.closed(one, day) is not None or not board.able_on(one, day):
                continue
            key = board.site_spans(one.site_id, day), there, minutes
            times = known.get(key)
            if times is None:
                times = known[key] = begins([open_on_clock(spans, key[0]) for spans in there], minutes)
            if times:
                found.append((day, times))
        days.append(tuple(day for day, _ in found))
        if found:
            kind = _Kind.of([((day - table.first_day).days, times) for day, times in found])
            opening[number] = kinds.setdefault(kind, len(kinds))
    return Candidates(days=tuple(days), opening=opening, openings=_openings(list(kinds), table.day_count))


@dataclass(frozen=True, slots=True)
class _Kind:
    """Hours of begin: the same on all days that count, or by day."""

    always: Spans
    by_day: tuple[tuple[int, Spans], ...] = ()

    @classmethod
    def of(cls, days: Sequence[tuple[int, Spans]]) -> "_Kind":
        first = days[0][1]
        return cls(first) if all(times == first for _, times in days) else cls((), tuple(days))


def _people_by_day(table: SlotTable) -> dict[date, tuple[Spans, ...]]:
    """Return the different working hours of each day; where they differ only by overtime, the longest."""
    longest: dict[date, dict[Spans, Spans]] = defaultdict(dict)
    for (_, day), on_board, usable in zip(table.names, table.days, table.usable, strict=True):
        if usable:
            start = on_board.spans[-1][0]
            plain = (*on_board.spans[:-1], (start, start))
            best = longest[day].get(plain)
            if best is None or length(best) < length(on_board.spans):
                longest[day][plain] = on_board.spans
    return {day: tuple(sorted(found.values())) for day, found in longest.items()}


def _openings(kinds: Sequence[_Kind], day_count: int) -> Openings:
    first = np.zeros((len(kinds), day_count + 1), np.int64)
    begin: list[float] = []
    end: list[float] = []
    for number, kind in enumerate(kinds):
        by_day = dict(kind.by_day) if kind.by_day else dict.fromkeys(range(day_count), kind.always)
        for day in range(day_count):
            first[number, day] = len(begin)
            begin += [float(start) for start, _ in by_day.get(day, ())]
            end += [float(last) for _, last in by_day.get(day, ())]
        first[number, day_count] = len(begin)
    return Openings(first=first, begins=np.array(begin, np.float64), ends=np.array(end, np.float64))
