"""The days of technicians as slots of the routing problem, and the locked visits that stand in them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from planner.routing.board import Board
from planner.routing.department_people import Columns
from planner.routing.problem import NONE, Floats, Slots
from planner.routing.setting import Setting
from planner.routing.timetable import Spans, Stop, TechnicianDay, length, spans_of, worked
from planner.routing.working_clock import on_clock

ONE_DAY = timedelta(days=1)
SlotName = tuple[str, date]
"""A technician's id and a day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedStop:
    """A locked visit in a slot, in working minutes."""

    slot: int
    place: str
    start: int
    minutes: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SlotTable:
    """All days on which technicians work.

    Args:
        first_day, last_day: The days looked at, both included; day 0 is the first.
        names: Technician and day of each slot, by day, then id.
        rows: The other way round.
        days: What the board knows of each.
        fixed: Locked visits in usable slots.
        usable: False where locked visits contradict each other or have no hours.
    """

    first_day: date
    last_day: date
    names: tuple[SlotName, ...]
    rows: Mapping[SlotName, int]
    days: tuple[TechnicianDay, ...]
    fixed: tuple[FixedStop, ...]
    usable: tuple[bool, ...]

    @property
    def day_count(self) -> int:
        """How many days there are."""
        return (self.last_day - self.first_day).days + 1


def slot_table(
    board: Board, first_day: date, last_day: date, row: Mapping[str, int], steps: Floats
) -> SlotTable:
    """Return the slots between two days, both included.

    Args:
        board: With the locked visits.
        first_day, last_day: The days.
        row: Row of each place in `steps`.
        steps: Travel time as the search counts it.
    """
    names: list[SlotName] = []
    days: list[TechnicianDay] = []
    fixed: list[FixedStop] = []
    usable: list[bool] = []
    day = first_day
    while day <= last_day:
        for one in board.technicians:
            table = board.day_of(one, day)
            if not table.spans and not table.blocked:
                continue
            stops = [_fixed(len(names), table.spans, stop) for stop in table.stops] if table.spans else []
            is_usable = bool(table.spans) and _holds(stops, table, row, steps)
            fixed += stops if is_usable else []
            names.append((one, day))
            days.append(table)
            usable.append(is_usable)
        day += ONE_DAY
    return SlotTable(
        first_day=first_day,
        last_day=last_day,
        names=tuple(names),
        rows={name: number for number, name in enumerate(names)},
        days=tuple(days),
        fixed=tuple(fixed),
        usable=tuple(usable),
    )


def slot_arrays(table: SlotTable, setting: Setting, row: Mapping[str, int], columns: Columns) -> Slots:
    """Return the slots in numbers; buckets are technicians' months."""
    count = len(table.names)
    begin, regular, latest = np.zeros(count), np.zeros(count), np.zeros(count)
    bucket = np.full(count, NONE, np.int64)
    buckets: dict[tuple[str, int, int], int] = {}
    for number, ((one, day), on_board) in enumerate(zip(table.names, table.days, strict=True)):
        if not on_board.spans:
            continue
        begin[number] = on_board.spans[0][0]
        plain = spans_of(setting.technician_calendars[one].spans(day))
        regular[number] = begin[number] + length(plain)
        latest[number] = begin[number] + length(on_board.spans)
        bucket[number] = buckets.setdefault((one, day.year, day.month), len(buckets))
    technician = np.array([columns.of(one, day) for one, day in table.names], np.int64)
    homes = np.array([row[table_day.home] for table_day in table.days], np.int64)
    return Slots(
        day=np.array([(day - table.first_day).days for _, day in table.names], np.int64),
        technician=technician,
        start_place=homes,
        end_place=homes,
        shift_begin=begin,
        regular_end=regular,
        latest_end=latest,
        overtime_price=np.full(count, setting.weights.overtime),
        lunch_earliest=np.zeros(count),
        lunch_latest=np.zeros(count),
        lunch_length=np.zeros(count),
        capacity=np.zeros((count, 0)),
        bucket=bucket,
        restock_place=np.full(count, NONE, np.int64),
        usable=np.array(table.usable, np.bool_),
    )


def _fixed(slot: int, spans: Spans, stop: Stop) -> FixedStop:
    return FixedStop(
        slot=slot,
        place=stop.place,
        start=on_clock(spans, stop.start),
        minutes=worked(spans, stop.start, stop.end),
    )


def _holds(stops: list[FixedStop], table: TechnicianDay, row: Mapping[str, int], steps: Floats) -> bool:
    """Whether one can get from one locked visit to the next in the time between them, and home behind the last."""
    here, time = row[table.home], table.spans[0][0]
    for stop in stops:
        if stop.place not in row:
            return False
        there = row[stop.place]
        if time + steps[here, there] > stop.start:
            return False
        here, time = there, stop.start + stop.minutes
    return bool(time + steps[here, row[table.home]] <= table.spans[0][0] + length(table.spans))
