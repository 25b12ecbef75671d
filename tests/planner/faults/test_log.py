from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from planner.errors import InvalidInput
from planner.faults import possible_next, standing
from planner.model import EventKind, OrderEvent, OrderState

SHANGHAI = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI)
NEEDS_REASON = {EventKind.PAUSED, EventKind.REOPENED, EventKind.CANCELLED}


def a_log(*kinds: EventKind) -> list[OrderEvent]:
    """One event an hour."""
    return [
        OrderEvent(
            kind=kind, at=START + timedelta(hours=n), reason="备件未到" if kind in NEEDS_REASON else ""
        )
        for n, kind in enumerate(kinds)
    ]


def test_a_whole_order_ends_closed() -> None:
    whole = a_log(
        EventKind.REPORTED,
        EventKind.ACCEPTED,
        EventKind.ASSIGNED,
        EventKind.DEPARTED,
        EventKind.ARRIVED,
        EventKind.RESTORED,
        EventKind.RESOLVED,
        EventKind.SIGNED,
        EventKind.CLOSED,
    )
    states = [standing(whole[: n + 1]).state for n in range(len(whole))]
    assert states == [
        OrderState.REPORTED,
        OrderState.ACCEPTED,
        OrderState.ASSIGNED,
        OrderState.ON_THE_WAY,
        OrderState.ON_SITE,
        OrderState.RESTORED,
        OrderState.RESOLVED,
        OrderState.SIGNED,
        OrderState.CLOSED,
    ]


def test_a_fault_can_be_solved_by_telephone() -> None:
    assert standing(a_log(EventKind.REPORTED, EventKind.RESOLVED)).state is OrderState.RESOLVED


def test_an_order_without_events_waits_for_its_report() -> None:
    empty = standing([])
    assert empty.state is None
    assert possible_next(empty) == {EventKind.REPORTED}


def test_a_pause_keeps_the_state_and_ends_only_by_going_on_or_giving_up() -> None:
    paused = standing(a_log(EventKind.REPORTED, EventKind.ASSIGNED, EventKind.PAUSED))
    assert paused.state is OrderState.ASSIGNED
    assert paused.is_paused
    assert possible_next(paused) == {EventKind.RESUMED, EventKind.CANCELLED}


def test_what_is_resolved_cannot_pause_or_be_cancelled() -> None:
    after = possible_next(standing(a_log(EventKind.REPORTED, EventKind.RESOLVED)))
    assert after == {EventKind.SIGNED, EventKind.CLOSED, EventKind.REOPENED}


def test_all_faults_of_a_log_are_told_at_once() -> None:
    wrong = [
        OrderEvent(kind=EventKind.REPORTED, at=START),
        OrderEvent(kind=EventKind.RESUMED, at=START - timedelta(minutes=1)),
        OrderEvent(kind=EventKind.PAUSED, at=START, reason=" "),
    ]
    with pytest.raises(InvalidInput) as told:
        standing(wrong)
    assert len(told.value.faults) == 3
    assert "runs forward in time" in told.value.faults[0]
    assert "event 2 is resumed while the order is reported" in told.value.faults[1]
    assert "event 3 (paused) has no reason" in told.value.faults[2]


def test_an_event_needs_a_time_zone() -> None:
    with pytest.raises(InvalidInput, match="without a time zone"):
        OrderEvent(kind=EventKind.REPORTED, at=datetime(2026, 3, 2, 9, 0))  # noqa: DTZ001 - the fault tested
