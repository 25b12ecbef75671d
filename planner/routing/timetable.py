"""One technician's day in minutes since midnight: what is taken, and where one more stop would fit.

Travel and work both run only inside the technician's working time (lunch stops both), work on site only while
the site is open as well. Stops that stand are never shifted: a new one has to fit into a gap between them.
"""

from bisect import insort
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import time, timedelta

from planner.model import TimeSpan
from planner.routing.travel import Travel

LAST_MINUTE = 24 * 60 - 1
"""The latest minute that a local time can name: 23:59."""
START_STEP = 5
"""Visits start at minutes that people say: a way is rounded up to them, never down."""
Spans = tuple[tuple[int, int], ...]
"""Half-open spans in minutes since midnight, in order."""


@dataclass(frozen=True, slots=True, order=True)
class Stop:
    """Presence on a site from `start` up to `end`, in minutes."""

    start: int
    end: int
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """Where a stop would fit.

    Args:
        start, end: Presence in minutes; a lunch break may lie inside.
        added: Minutes of travel that the stop adds to the day.
        origin: The place the technician comes from.
        home_at: When the technician is home again, if the stop is the day's last.
    """

    start: int
    end: int
    added: int
    origin: str
    home_at: int | None


@dataclass(slots=True)
class TechnicianDay:
    """A technician's working time of one day and the stops in it.

    Args:
        home: The place where the day starts and ends.
        spans: Working time, overtime included.
        left: Minutes of working time that no stop has taken; travel is not taken off, so it is an upper bound.
        blocked: Whether the whole day is taken by something without hours.
    """

    home: str
    spans: Spans
    left: int
    stops: list[Stop] = field(default_factory=list)
    blocked: bool = False

    def put(self, stop: Stop) -> None:
        """Take the time of `stop`."""
        insort(self.stops, stop)
        self.left -= worked(self.spans, stop.start, stop.end)

    def block(self) -> None:
        """Take the whole day."""
        self.left = 0
        self.spans = ()
        self.blocked = True

    def take(self, stop: Stop) -> None:
        """Give the time of `stop` back."""
        self.stops.remove(stop)
        self.left += worked(self.spans, stop.start, stop.end)


def spans_of(spans: Sequence[TimeSpan], overtime: timedelta = timedelta(0)) -> Spans:
    """Return the spans in minutes, the last one longer by `overtime`, at most to the end of the day."""
    found = [(_minute(span.start), _minute(span.end)) for span in spans]
    if found and overtime:
        start, end = found[-1]
        found[-1] = start, min(end + overtime // timedelta(minutes=1), LAST_MINUTE)
    return tuple(found)


def length(spans: Spans) -> int:
    """Return how many minutes the spans hold."""
    return sum(end - start for start, end in spans)


def common(one: Spans, other: Spans) -> Spans:
    """Return the minutes that both have."""
    return tuple((max(a, c), min(b, d)) for a, b in one for c, d in other if max(a, c) < min(b, d))


def worked(spans: Spans, start: int, end: int) -> int:
    """Return how many minutes of the spans lie from `start` up to `end`."""
    return sum(max(0, min(b, end) - max(a, start)) for a, b in spans)


def opening(spans: Spans, at: int) -> int | None:
    """Return the first minute from `at` on in which the spans are open."""
    for start, end in spans:
        if at < end:
            return max(at, start)
    return None


def after(spans: Spans, at: int, minutes: int) -> int | None:
    """Return the minute at which `minutes` of the spans have passed since `at`; None where the day is too short."""
    if minutes == 0:
        return at
    for start, end in spans:
        begun = max(at, start)
        if begun >= end:
            continue
        if minutes <= end - begun:
            return begun + minutes
        minutes -= end - begun
    return None


def before(spans: Spans, minutes: int) -> int | None:
    """Return the last minute behind which the spans still hold `minutes`; None where they are too short."""
    for start, end in reversed(spans):
        if minutes <= end - start:
            return end - minutes
        minutes -= end - start
    return None


def closing(spans: Spans, at: int) -> int | None:
    """Return the last minute up to `at` until which the spans are open."""
    for start, end in reversed(spans):
        if start < at:
            return min(at, end)
    return None


@dataclass(frozen=True, slots=True)
class Gap:
    """A gap of a day, seen from a place: from when one can be there, between which stops, how much that adds."""

    arrival: int
    added: int
    ends: tuple[Stop | None, Stop | None]


def gaps(day: TechnicianDay, travel: Travel, place: str) -> list[Gap]:
    """Return the gaps of a day that can be reached at all, in order."""
    found = []
    busy_until = 0
    for number in range(len(day.stops) + 1):
        earlier = day.stops[number - 1] if number else None
        if earlier is not None:
            busy_until = max(busy_until, earlier.end)
            if earlier.end < busy_until:
                continue
        behind = day.stops[number] if number < len(day.stops) else None
        arrival = _arrival(day, travel, earlier, place)
        if arrival is None or (behind is not None and arrival >= behind.start):
            continue
        found.append(Gap(arrival, detour(day, travel, place, (earlier, behind)), (earlier, behind)))
    return found


def detour(day: TechnicianDay, travel: Travel, place: str, ends: tuple[Stop | None, Stop | None]) -> int:
    """Return the minutes of travel that a stop between two others adds."""
    origin = ends[0].place if ends[0] else day.home
    target = ends[1].place if ends[1] else day.home
    return travel.minutes(origin, place) + travel.minutes(place, target) - travel.minutes(origin, target)


def holds(day: TechnicianDay, travel: Travel, stop: Stop) -> bool:
    """Whether one gets to a stop in time, and on from it, between those that stand; its own length is not looked at."""
    earlier = [one for one in day.stops if one.start < stop.start]
    last = max(earlier, key=lambda one: one.end, default=None)
    behind = min((one for one in day.stops if one.start >= stop.start), default=None)
    arrival = _arrival(day, travel, last, stop.place)
    return arrival is not None and arrival <= stop.start and gets_on(day, travel, stop, behind) is not None


def find_slot(
    day: TechnicianDay, travel: Travel, place: str, open_spans: Spans, minutes: int, below: int | None = None
) -> Slot | None:
    """Return the slot that adds the least travel to the day, the earliest of equals; None where there is none.

    Args:
        day: The technician's day.
        travel: Ways between the places.
        place: Where the work is.
        open_spans: When technician and site can both work.
        minutes: How much work there is, at least 1.
        below: Only a slot that adds less than this is of interest.
    """
    best: Slot | None = None
    stops = day.stops
    busy_until = 0
    for number in range(len(stops) + 1):
        earlier = stops[number - 1] if number else None
        if earlier is not None:
            # Stops that people made may overlap; nothing fits before the longest of them has ended.
            busy_until = max(busy_until, earlier.end)
            if earlier.end < busy_until:
                continue
        behind = stops[number] if number < len(stops) else None
        added = detour(day, travel, place, (earlier, behind))
        if below is not None and added >= below:
            continue
        slot = _fitted(day, travel, place, open_spans, minutes, (earlier, behind), added)
        if slot is not None:
            best, below = slot, added
    return best


def fits(day: TechnicianDay, travel: Travel, open_spans: Spans, stop: Stop, minutes: int) -> bool:
    """Whether `stop` can stand in the day exactly as it is, with `minutes` of work in it."""
    if after(open_spans, stop.start, minutes) != stop.end or opening(open_spans, stop.start) != stop.start:
        return False
    return holds(day, travel, stop)


def _fitted(
    day: TechnicianDay,
    travel: Travel,
    place: str,
    open_spans: Spans,
    minutes: int,
    gap: tuple[Stop | None, Stop | None],
    added: int,
) -> Slot | None:
    earlier, behind = gap
    arrival = _arrival(day, travel, earlier, place)
    start = None if arrival is None else opening(open_spans, -(-arrival // START_STEP) * START_STEP)
    end = None if start is None else after(open_spans, start, minutes)
    if start is None or end is None:
        return None
    onward = gets_on(day, travel, Stop(start, end, place), behind)
    if onward is None:
        return None
    return Slot(
        start=start,
        end=end,
        added=added,
        origin=earlier.place if earlier else day.home,
        home_at=None if behind else onward,
    )


def _arrival(day: TechnicianDay, travel: Travel, earlier: Stop | None, place: str) -> int | None:
    if not day.spans:
        return None
    if earlier is None:
        return after(day.spans, day.spans[0][0], travel.minutes(day.home, place))
    return after(day.spans, earlier.end, travel.minutes(earlier.place, place))


def gets_on(day: TechnicianDay, travel: Travel, stop: Stop, behind: Stop | None) -> int | None:
    """Return when the technician is at the next stop or at home; None where that is too late."""
    target = behind.place if behind else day.home
    there = after(day.spans, stop.end, travel.minutes(stop.place, target))
    return there if there is not None and (behind is None or there <= behind.start) else None


def clock(minute: int) -> time:
    """Return the minute as a local time."""
    return time(minute // 60, minute % 60)


def _minute(clock_time: time) -> int:
    return clock_time.hour * 60 + clock_time.minute
