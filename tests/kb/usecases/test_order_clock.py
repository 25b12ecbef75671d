"""Clocks that do not agree lose no work: what lies ahead is kept as of now, what comes too early finds its place or waits."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.store import Store
from kb.store.work_orders import WorkOrderEventRow
from kb.usecases.order_access import Actor
from kb.usecases.order_clock import TOO_EARLY, first_place
from kb.usecases.order_entry_checking import Entry
from kb.usecases.order_telling import Received, receive_entry, settle_entry
from kb.usecases.order_visits import note_told
from planner.errors import InvalidInput
from planner.faults import standing
from planner.model import EventKind, OrderEvent
from tests.kb.usecases.test_order_telling import (
    DAY,
    LIMIT,
    an_order,
    department,
    pages,
    picture,
    sheet,
)
from tests.postgresql import empty_store, server, store

__all__ = ["department", "empty_store", "pages", "server", "store"]

PLANNER = Actor(name="调度", may_all=True)
NOW = DAY + timedelta(hours=8)
SECOND = timedelta(seconds=1)


def told(store: Store, kind: str, at: datetime, *, id: str = "entry-01", **values: Any) -> Received:
    sent = Entry(id=id, kind=kind, at=at, values=values)
    return receive_entry(store, "order-1", sent, actor=PLANNER, now=NOW, photo_limit_bytes=LIMIT)


def log_of(store: Store) -> list[tuple[str, datetime]]:
    return [(one.kind.value, one.at.astimezone(NOW.tzinfo)) for one in sheet(store).order.events]


@pytest.mark.parametrize(
    ("early", "state", "at"),
    [
        pytest.param(SECOND, "applied", DAY, id="a second"),
        pytest.param(TOO_EARLY, "applied", DAY, id="the tolerance"),
        pytest.param(TOO_EARLY + SECOND, "held", None, id="one second more"),
        pytest.param(timedelta(days=400), "held", None, id="a clock of last year"),
    ],
)
def test_an_event_before_the_report_finds_its_place_or_waits(
    department: Store, pages: Any, early: timedelta, state: str, at: datetime | None
) -> None:
    an_order(department, pages)
    received = told(department, "event", DAY - early, event="arrived")
    assert (received.state, received.why) == (state, "clock" if state == "held" else "")
    assert dict(log_of(department)).get("arrived") == at
    again = told(department, "event", DAY - early, event="arrived")
    assert (again.fresh, again.state) == (False, state)
    if state == "applied":
        assert sheet(department).clocks["entry-01"] == DAY - early


def test_what_waited_for_its_clock_is_taken_over_into_the_first_place(department: Store, pages: Any) -> None:
    an_order(department, pages)
    told(department, "event", DAY - timedelta(hours=3), event="arrived")
    settle_entry(department, "order-1", "entry-01", take=True, reason="手机时钟慢了", actor=PLANNER, now=NOW)
    assert log_of(department) == [("reported", DAY), ("arrived", DAY)]
    assert sheet(department).clocks["entry-01"] == DAY - timedelta(hours=3)


def test_a_whole_visit_by_a_slow_clock_keeps_its_order_up_to_the_signature(
    department: Store, pages: Any
) -> None:
    an_order(department, pages)
    slow = DAY - timedelta(minutes=4)
    told(department, "event", slow, event="departed", id="entry-0a")
    told(department, "event", slow + SECOND, event="arrived", id="entry-0b")
    told(department, "event", slow + timedelta(minutes=30), event="resolved", id="entry-0c")
    signed = told(
        department, "signature", slow + timedelta(minutes=31), name="王", content=picture(), id="entry-0d"
    )
    assert signed.state == "applied"
    assert [kind for kind, _ in log_of(department)] == [
        "reported", "departed", "arrived", "resolved", "signed",
    ]  # fmt: skip
    assert set(sheet(department).clocks) == {"entry-0a", "entry-0b"}


@pytest.mark.parametrize(
    ("ahead", "kept"),
    [
        pytest.param(timedelta(minutes=5), NOW + timedelta(minutes=5), id="the slack"),
        pytest.param(timedelta(minutes=5) + SECOND, NOW, id="one second more"),
        pytest.param(timedelta(days=400), NOW, id="a clock of next year"),
    ],
)
def test_what_lies_ahead_happened_when_it_was_heard(
    department: Store, pages: Any, ahead: timedelta, kept: datetime
) -> None:
    an_order(department, pages)
    began = NOW + ahead - timedelta(minutes=40)
    for fresh in (True, False):
        received = told(
            department, "time", NOW + ahead, activity="work", minutes=40, started_at=began.isoformat()
        )
        assert (received.state, received.fresh) == ("applied", fresh)
    (time,) = sheet(department).times
    assert datetime.fromisoformat(str(time["started_at"])) == kept - timedelta(minutes=40)
    (entry,) = sheet(department).entries
    assert datetime.fromisoformat(str(entry["at"])) == kept
    assert sheet(department).clocks == ({} if kept != NOW else {"entry-01": NOW + ahead})


KINDS = st.sampled_from([one for one in EventKind if one is not EventKind.REPORTED])
STEPS = st.lists(st.tuples(KINDS, st.integers(0, 60)), max_size=5)


@given(steps=STEPS, kind=KINDS, minute=st.integers(-60, 360))
def test_the_first_place_is_possible_and_none_between_is(
    steps: list[tuple[EventKind, int]], kind: EventKind, minute: int
) -> None:
    log = [OrderEvent(kind=EventKind.REPORTED, at=DAY)]
    for step, after in steps:
        event = OrderEvent(kind=step, at=log[-1].at + timedelta(minutes=after), reason="因")
        if _is_possible([*log, event]):
            log.append(event)
    rows = [
        WorkOrderEventRow(
            id=str(n),
            work_order_id="o",
            position=n,
            kind=e.kind,
            at=e.at,
            reason=e.reason,
            who="",
            told_at=e.at,
        )
        for n, e in enumerate(log)
    ]
    at = DAY + timedelta(minutes=minute)
    place = first_place(rows, kind, at, "因")

    def fits(moment: datetime) -> bool:
        before = sum(one.at <= moment for one in log)
        return _is_possible([*log[:before], OrderEvent(kind=kind, at=moment, reason="因"), *log[before:]])

    latest = max(at, log[-1].at) + timedelta(minutes=1)
    tried = [at + timedelta(minutes=one) for one in range(int((latest - at) / timedelta(minutes=1)) + 1)]
    assert place == next((one for one in tried if fits(one)), None)


def _is_possible(log: list[OrderEvent]) -> bool:
    try:
        standing(log)
    except InvalidInput:
        return False
    return True


@pytest.mark.parametrize(
    ("note", "said"),
    [
        ("done", "已报完成"),
        ("partly_done", "已报部分完成"),
        ("no plan of the visit is whole; it stays open", "没有一项保养计划全部做完，上门仍未完成"),
        ("not reported: nothing was changed\n  state: 已取消 → reopen it first", "未报完成：没有改动; 状态: 已取消 → 请先重开"),
        ("", ""),
    ],
)  # fmt: skip
def test_what_became_of_the_visit_is_said_in_chinese(note: str, said: str) -> None:
    assert note_told(note, "zh_CN") == said
