"""Deadlines against a clock that goes by minutes through the published notices: it shares nothing with the rule but the log."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planner.calendars import WorkCalendar
from planner.errors import InvalidInput
from planner.faults import Deadline, Point, deadlines
from planner.model import EventKind, OrderEvent, ResponseTimes

SHANGHAI = ZoneInfo("Asia/Shanghai")
UTC = ZoneInfo("UTC")
CALENDAR = WorkCalendar()
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
MOST_DAYS = 80
SPANS = ((510, 720), (780, 1050))
"""Minutes of the day that are worked: 8:30 to 12:00 and 13:00 to 17:30."""
NOTICES = {
    "2025": "0101 0128-0204 0404-0406 0501-0505 0531-0602 1001-1008 / 0126 0208 0427 0928 1011",
    "2026": "0101-0103 0215-0223 0404-0406 0501-0505 0619-0621 0925-0927 1001-1007"
    " / 0104 0214 0228 0509 0920 1010",
}
"""Days off, then weekend days that are worked for them, of the State Council's notices, written down by hand."""
PROMISED = ResponseTimes(
    response=2 * HOUR, arrival=8 * HOUR, temporary_restore=16 * HOUR, resolution=40 * HOUR
)
BEGINS = (
    datetime(2025, 1, 24, tzinfo=SHANGHAI),  # make-up Sunday, Spring Festival, make-up Saturday
    datetime(2025, 9, 26, tzinfo=SHANGHAI),
    datetime(2026, 2, 12, tzinfo=SHANGHAI),
    datetime(2026, 4, 30, tzinfo=SHANGHAI),
    datetime(2026, 9, 18, tzinfo=SHANGHAI),
)


@cache
def notice(year: int) -> tuple[frozenset[date], frozenset[date]]:
    """Return the days off and the weekend days worked of a year."""
    found = []
    for words in NOTICES[str(year)].split("/"):
        days: set[date] = set()
        for word in words.split():
            first, _, last = word.partition("-")
            day = date(year, int(first[:2]), int(first[2:]))
            end = date(year, int(last[:2]), int(last[2:])) if last else day
            while day <= end:
                days.add(day)
                day += DAY
        found.append(frozenset(days))
    return found[0], found[1]


def is_worked(minute: datetime) -> bool:
    """Whether the minute that begins here is working time."""
    off, made_up = notice(minute.year)
    day = minute.date()
    if day in off or (day.weekday() > 4 and day not in made_up):
        return False
    clock = minute.hour * 60 + minute.minute
    return any(start <= clock < end for start, end in SPANS)


@dataclass(slots=True)
class Clock:
    """Minutes counted one after the other, of which each runs or does not."""

    log: list[OrderEvent]

    def runs(self, minute: datetime) -> bool:
        """Whether the order's clock runs in a minute, by the last event that says so."""
        state = False
        for event in self.log:
            if event.at > minute:
                break
            if event.kind in {EventKind.REPORTED, EventKind.RESUMED, EventKind.REOPENED}:
                state = True
            if event.kind in {EventKind.PAUSED, EventKind.RESOLVED, EventKind.CANCELLED}:
                state = False
        return state

    def used(self, until: datetime) -> timedelta:
        """Count the working minutes in which the clock ran."""
        minute, total = self.log[0].at, 0
        while minute < until:
            total += is_worked(minute) and self.runs(minute)
            minute += MINUTE
        return total * MINUTE

    def due(self, promised: timedelta, now: datetime) -> datetime | None:
        """Return the end of the minute that uses the promise up, thinking a running or resolved clock on; None while stopped."""
        minute, total = self.log[0].at, timedelta(0)
        last = [one.kind for one in self.log if one.at <= now and one.kind in STEERING][-1]
        while minute < self.log[0].at + MOST_DAYS * DAY:
            past = minute >= now or (last is EventKind.RESOLVED and minute >= self.end(now))
            if past and last in {EventKind.PAUSED, EventKind.CANCELLED}:
                return None
            total += (past or self.runs(minute)) * is_worked(minute) * MINUTE
            minute += MINUTE
            if total == promised:
                return minute
        raise AssertionError("the promise is longer than the test looks ahead")

    def end(self, now: datetime) -> datetime:
        """Return when the last event known was."""
        return max(one.at for one in self.log if one.at <= now and one.kind in STEERING)


STEERING = {
    EventKind.REPORTED,
    EventKind.PAUSED,
    EventKind.RESUMED,
    EventKind.RESOLVED,
    EventKind.REOPENED,
    EventKind.CANCELLED,
}


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[OrderEvent], datetime]:
    """A log with pauses in and out of working time, at opening and closing minutes too; resolved, reopened, cancelled or open."""
    zone = draw(st.sampled_from((SHANGHAI, UTC)))
    edges = st.sampled_from((509, 510, 719, 720, 779, 780, 1049, 1050, 1439))
    start = draw(st.sampled_from(BEGINS)) + draw(st.integers(0, 3)) * DAY
    moment = start + draw(st.one_of(edges, st.integers(0, 1439))) * MINUTE
    log = [OrderEvent(kind=EventKind.REPORTED, at=moment.astimezone(zone))]

    def later(kind: EventKind) -> None:
        day = log[-1].at.astimezone(SHANGHAI)
        midnight = day.replace(hour=0, minute=0)
        at_edge = midnight + draw(st.integers(0, 4)) * DAY + draw(edges) * MINUTE
        at = max(day, draw(st.sampled_from((at_edge, day + draw(st.integers(0, 2000)) * MINUTE))))
        log.append(OrderEvent(kind=kind, at=at.astimezone(zone), reason="等备件"))

    later(EventKind.ASSIGNED)
    for _ in range(draw(st.integers(0, 3))):
        later(EventKind.PAUSED)
        later(EventKind.RESUMED)
    later(EventKind.ARRIVED)
    end = draw(st.sampled_from(("open", "paused", "resolved", "reopened", "cancelled")))
    if end in {"paused", "cancelled"}:
        later(EventKind.PAUSED if end == "paused" else EventKind.CANCELLED)
    if end in {"resolved", "reopened"}:
        later(EventKind.RESOLVED)
    if end == "reopened":
        later(EventKind.REOPENED)
        later(EventKind.PAUSED)
        later(EventKind.RESUMED)
    return log, log[-1].at.astimezone(SHANGHAI) + draw(st.integers(0, 3000)) * MINUTE


@settings(max_examples=12)
@given(lives())
def test_every_deadline_is_what_a_clock_of_minutes_says(life: tuple[list[OrderEvent], datetime]) -> None:
    log, now = life
    local = [OrderEvent(kind=one.kind, at=one.at.astimezone(SHANGHAI), reason=one.reason) for one in log]
    clock = Clock(local)
    reopened = any(one.kind is EventKind.REOPENED for one in local)
    for found in deadlines(log, PROMISED, CALENDAR, now=now):
        met = met_by(found.point, local, reopened=reopened)
        assert found.met == met
        assert found.used == clock.used(met or now)
        assert found.left() == found.promised - found.used
        assert found.is_kept == (None if met is None else clock.used(met) <= found.promised)
        assert found.due == clock.due(found.promised, now), found


def met_by(point: Point, log: list[OrderEvent], *, reopened: bool) -> datetime | None:
    """Return when a promise was met in these logs: someone was assigned, came, and resolved it without a reopening."""
    kind = {Point.RESPONSE: EventKind.ASSIGNED, Point.ARRIVAL: EventKind.ARRIVED}.get(
        point, EventKind.RESOLVED
    )
    if kind is EventKind.RESOLVED and reopened:
        return None
    return next((one.at for one in log if one.kind is kind), None)


@pytest.mark.parametrize(
    ("pauses", "due"),
    [
        # 8 h from Friday 13 February 15:00: 2.5 h, the make-up Saturday's 5.5 of 8 h
        pytest.param((), "2026-02-14 15:00", id="a worked Saturday"),
        # paused through that Saturday and the festival: it goes on on the 24th
        pytest.param((("2026-02-13 17:30", "2026-02-24 08:30"),), "2026-02-24 15:00", id="over the festival"),
        # a pause that begins and ends outside working time gives nothing
        pytest.param((("2026-02-14 17:30", "2026-02-23 23:59"),), "2026-02-14 15:00", id="outside"),
        # half of Saturday's morning is given back after the festival
        pytest.param(
            (("2026-02-14 10:00", "2026-02-22 12:00"),), "2026-02-24 13:30", id="from inside to a holiday"
        ),
        pytest.param(
            (("2026-02-13 16:00", "2026-02-13 17:00"), ("2026-02-14 12:00", "2026-02-14 13:00")),
            "2026-02-14 16:00",
            id="one counts, the lunch does not",
        ),
    ],
)
def test_pauses_around_the_spring_festival_by_hand(pauses: tuple[tuple[str, str], ...], due: str) -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)

    log = [OrderEvent(kind=EventKind.REPORTED, at=at("2026-02-13 15:00"))]
    for begin, end in pauses:
        log.append(OrderEvent(kind=EventKind.PAUSED, at=at(begin), reason="等备件"))
        log.append(OrderEvent(kind=EventKind.RESUMED, at=at(end), reason=""))
    (found,) = deadlines(log, ResponseTimes(arrival=8 * HOUR), CALENDAR, now=at("2026-02-26 09:00"))
    assert isinstance(found, Deadline)
    assert found.due == at(due)


def test_a_pause_inside_a_pause_is_refused_not_counted_twice() -> None:
    begin = BEGINS[2].replace(hour=9)
    kinds = (EventKind.REPORTED, EventKind.PAUSED, EventKind.PAUSED, EventKind.RESUMED)
    log = [
        OrderEvent(kind=kind, at=begin + number * HOUR, reason="等备件") for number, kind in enumerate(kinds)
    ]
    with pytest.raises(InvalidInput, match="paused while the order is reported, paused"):
        deadlines(log, PROMISED, CALENDAR, now=begin + DAY)
