"""Time on a route: windows, fixed hours, and lunch."""

import numpy as np

from planner.routing.search.compiled import Array, compiled
from planner.routing.search.tables import Tables

RESTOCK_STOP = -1


@compiled
def begin_at(tables: Tables, task: int, day: int, time: float) -> float:
    """Return when service of the task can begin at `time` or later; infinity where it cannot."""
    one = tables.tasks[task]
    if one.start == one.start:
        return one.start if time <= one.start else np.inf
    kind = one.opening
    if kind < 0:
        return time
    for row in range(tables.open_first[kind, day], tables.open_first[kind, day + 1]):
        if time <= tables.open_ends[row]:
            return max(time, tables.open_begins[row])
    return np.inf


@compiled
def latest_begin(tables: Tables, task: int, day: int, time: float) -> float:
    """Return the latest begin of the task's service at `time` or earlier; minus infinity where there is none."""
    one = tables.tasks[task]
    if one.start == one.start:
        return one.start if time >= one.start else -np.inf
    kind = one.opening
    if kind < 0:
        return time
    for row in range(tables.open_first[kind, day + 1] - 1, tables.open_first[kind, day] - 1, -1):
        if time >= tables.open_begins[row]:
            return min(time, tables.open_ends[row])
    return -np.inf


@compiled
def _after(slot: Array, now: float, fed: bool, length: float) -> tuple[float, bool]:
    """Return when something of `length` ends, and whether lunch is over by then."""
    end = now + length
    if slot.lunch > 0.0 and not fed and end > slot.lunch_latest:
        return end + slot.lunch, True
    return end, fed


@compiled
def _waited(slot: Array, now: float, fed: bool, begin: float) -> tuple[float, bool]:
    """Return when service can begin that would begin at `begin`, lunch being taken in the wait where it fits."""
    if slot.lunch > 0.0 and not fed:
        noon = max(now, slot.lunch_earliest)
        if noon + slot.lunch <= begin:
            return begin, True
        if begin > slot.lunch_latest:
            return max(begin, max(now, min(noon, slot.lunch_latest)) + slot.lunch), True
    return begin, fed


@compiled
def walk(tables: Tables, stops: Array, n: int, s: int, gap: int, task: int) -> float:
    """Return when the route is back that has `task` after stop `gap` (-1 = as it is); infinity: a window is missed.

    The whole route is walked, because lunch moves with what lies before it. Only slots with lunch need this.
    """
    slot = tables.slots[s]
    now = slot.begin
    fed = False
    here = slot.start
    extra = 1 if gap >= 0 else 0
    for i in range(1, n + 1 + extra):
        stop = stops[i] if extra == 0 or i <= gap else (task if i == gap + 1 else stops[i - 1])
        place = slot.restock if stop == RESTOCK_STOP else tables.tasks[stop].place
        now, fed = _after(slot, now, fed, tables.time[here, place])
        here = place
        if stop == RESTOCK_STOP:
            continue
        begin = begin_at(tables, stop, slot.day, now)
        ready, fed = _waited(slot, now, fed, begin)
        begin = begin_at(tables, stop, slot.day, ready)
        if begin == np.inf:
            return np.inf
        now, fed = _after(slot, begin, fed, tables.tasks[stop].service)
    if n + extra == 0:
        return now
    now, fed = _after(slot, now, fed, tables.time[here, slot.end])
    return now
