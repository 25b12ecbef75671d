"""What was left behind is caught up with: once, soon, told in the trace, and without a flood."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from kb.store import Store
from kb.store.tables import CustomerRow, EquipmentRow, PlanRunRow, VisitRow
from kb.store.visits import body_of, unplaced_json
from kb.usecases.plan import plan_inspections
from kb.usecases.plan_book import Change, PlanBook
from kb.usecases.plan_trace import occurrence_sentences
from kb.usecases.sample import DEFAULT_SEED, SampleSize, load_sample
from planner.model import Level, Occurrence, Reason, ReasonKind, Unplaced, Visit, VisitState
from planner.scheduling import Overdue
from tests.builders import a_visit, an_occurrence
from tests.kb.usecases.plan_register import (
    ZONE,
    a_contract_row,
    a_plan_row,
    a_site_row,
    a_technician_row,
    fill,
)
from tests.postgresql import empty_store, server

__all__ = ["empty_store", "server"]

OPEN = {VisitState.FORECAST, VisitState.CALLED}
MARCH, JUNE = date(2026, 3, 1), date(2026, 6, 30)
MONDAY = date(2026, 3, 2)
"""1 March 2026 is a Sunday; the first day on which anybody can come is the Monday."""
NOW = datetime(2026, 3, 1, 8, tzinfo=ZONE)
LONG_AGO = datetime(2024, 1, 1, tzinfo=ZONE)


@pytest.fixture
def store(empty_store: Store) -> Store:
    """A site with one machine, one technician, and a run of long ago that visits can name."""
    empty_store.migrate()
    fill(
        empty_store,
        [
            CustomerRow(id="c1", code="c1", name="苏州精密机械"),
            a_site_row("suzhou", "c1", "苏州一厂", (31.299, 120.585)),
            EquipmentRow(id="m1", tag="VMC-01", site_id="suzhou", equipment_class="VMC"),
            a_technician_row("t1", "王工", (31.300, 120.600)),
        ],
    )
    add_run(empty_store, 1, LONG_AGO)
    return empty_store


def add_run(store: Store, number: int, created: datetime, unplaced: Iterable[Unplaced] = ()) -> None:
    run = PlanRunRow(
        number=number,
        created=created,
        first_day=created.date(),
        last_day=created.date(),
        unplaced=[unplaced_json(one) for one in unplaced],
    )
    with store.writing() as session:
        session.add(run)


def dated(level: str, k: int, due: date, **more: Any) -> Occurrence:
    return an_occurrence(level=Level(level), plan_id=f"m1-{level}", k=k, due=due, **more)


def add_visit(store: Store, *occurrences: Occurrence, run: int = 1, **more: Any) -> str:
    """Keep a visit of these occurrences on the day of the first; return its key."""
    first = occurrences[0]
    values = {"key": f"suzhou/{first.key}", "site_id": "suzhou", "day": first.due, "technician_id": "t1"}
    done_on = more.pop("done_on", None)
    visit = a_visit(**{**values, "occurrences": occurrences, "latest": first.latest, **more})
    with store.writing() as session:
        session.add(
            VisitRow(
                key=visit.key,
                run=run,
                site_id="suzhou",
                technician_id=visit.technician_id,
                day=visit.day,
                state=visit.state.value,
                done_on=done_on,
                body=body_of(visit, lead=timedelta(days=30)),
            )
        )
    return visit.key


def done(store: Store, *occurrences: Occurrence, **more: Any) -> str:
    return add_visit(store, *occurrences, state=VisitState.DONE, **more)


def plan(store: Store, **more: Any) -> PlanBook:
    return plan_inspections(store, **{"first_day": MARCH, "last_day": JUNE, "now": NOW, **more})


def made_good(book: PlanBook) -> list[Visit]:
    """Return the visits that make good for something, by day."""
    return [
        visit
        for visit in book.visits
        if any(reason.kind is ReasonKind.OVERDUE for one in visit.occurrences for reason in one.reasons)
    ]


def sentence(visit: Visit, language: Any) -> str:
    (told,) = [
        text
        for one in visit.occurrences
        for reason, text in zip(one.reasons, occurrence_sentences(one, language), strict=True)
        if reason.kind is ReasonKind.OVERDUE
    ]
    return told


def test_a_floating_machine_last_visited_eight_months_ago_is_visited_on_the_first_possible_day(
    store: Store,
) -> None:
    fill(store, [a_plan_row("m1", "quarterly", basis="floating", anchor=date(2025, 1, 1))])
    done(store, dated("quarterly", 2, date(2025, 7, 1)))
    book = plan(store)
    (visit,) = made_good(book)
    assert (visit.day, visit.key) == (MONDAY, "suzhou/m1-quarterly/quarterly/4")
    assert [one.absorbed for one in visit.occurrences] == [("m1-quarterly/quarterly/3",)]
    assert sentence(visit, "zh_CN") == (
        "2025-09-30 至 2025-12-31 共 2 次到期未做，已逾期：自 2026-03-01 起一次补做，安排在最早可行日。"
    )
    assert sentence(visit, "en") == (
        "2 dates from 2025-09-30 to 2025-12-31 not done: made up for at once, "
        "on the first possible day from 2026-03-01."
    )
    assert [one.day for one in book.visits] == [MONDAY, date(2026, 4, 1)]


def test_generating_again_changes_nothing_on_the_same_day_nor_on_the_next(store: Store) -> None:
    fill(store, [a_plan_row("m1", "quarterly", anchor=date(2025, 1, 1)), a_plan_row("m1", "weekly")])
    done(store, dated("quarterly", 2, date(2025, 7, 1)))
    done(store, dated("weekly", 0, date(2026, 1, 15)))
    first = plan(store)
    assert {one.level for visit in made_good(first) for one in visit.occurrences} >= {Level.QUARTERLY}
    again = plan(store)
    assert again.changes == ()
    assert again.visits == first.visits
    # The visit is on Monday; on Monday it is still to come.
    assert plan(store, now=NOW + timedelta(days=1)).changes == ()


def test_a_visit_that_made_good_and_did_not_take_place_is_made_good_for_under_the_same_key(
    store: Store,
) -> None:
    fill(store, [a_plan_row("m1", "quarterly", anchor=date(2025, 1, 1))])
    done(store, dated("quarterly", 2, date(2025, 7, 1)))
    (first,) = made_good(plan(store))
    later = plan(store, now=NOW + timedelta(days=2))
    assert [(one.change, one.key) for one in later.changes] == [(Change.MOVED, first.key)]
    (visit,) = made_good(later)
    assert (visit.day, visit.occurrences[0].absorbed) == (date(2026, 3, 3), first.occurrences[0].absorbed)


@pytest.mark.parametrize(
    ("policy", "days", "absorbed"),
    [
        pytest.param(Overdue.MERGE, [MONDAY], [("m1-quarterly/quarterly/3",)], id="merge"),
        pytest.param(Overdue.STACK, [MONDAY, MONDAY], [(), ()], id="stack"),
        pytest.param(Overdue.SKIP, [], [], id="skip"),
    ],
)
def test_the_policy_decides_what_becomes_of_two_overdue_dates(
    store: Store, policy: Overdue, days: list[date], absorbed: list[tuple[str, ...]]
) -> None:
    fill(store, [a_plan_row("m1", "quarterly", anchor=date(2025, 1, 1))])
    done(store, dated("quarterly", 2, date(2025, 7, 1)))
    found = made_good(plan(store, overdue=policy))
    assert [visit.day for visit in found] == days
    assert [visit.occurrences[0].absorbed for visit in found] == absorbed


@pytest.mark.parametrize(
    ("basis", "day"),
    [
        pytest.param("fixed", date(2026, 4, 1), id="fixed: from the anchor"),
        pytest.param("floating", date(2026, 4, 20), id="floating: from the day it was done"),
        pytest.param("shifted", date(2026, 4, 21), id="shifted: by the whole deviation"),
    ],
)
def test_what_was_done_late_is_not_overdue_and_moves_the_next_date_by_its_basis(
    store: Store, basis: str, day: date
) -> None:
    fill(store, [a_plan_row("m1", "quarterly", basis=basis, anchor=date(2026, 1, 1))])
    done(store, dated("quarterly", 0, date(2025, 12, 31)), done_on=date(2026, 1, 20))
    book = plan(store)
    assert made_good(book) == []
    assert [visit.day for visit in book.visits][:1] == [day]


@pytest.mark.parametrize(
    ("anchor", "expected"),
    [
        pytest.param(date(2026, 2, 28), [MONDAY], id="due the day before the period"),
        pytest.param(date(2026, 3, 2), [], id="due in the period"),
    ],
)
def test_a_date_the_day_before_the_period_is_made_good_inside_its_window(
    store: Store, anchor: date, expected: list[date]
) -> None:
    fill(store, [a_plan_row("m1", "yearly", anchor=anchor.replace(year=2025))])
    done(store, dated("yearly", 0, anchor.replace(year=2025)))
    found = made_good(plan(store))
    assert [visit.day for visit in found] == expected
    assert all(visit.latest == date(2026, 3, 28) for visit in found)


def test_without_any_sign_that_a_plan_was_followed_nothing_from_before_is_owed(store: Store) -> None:
    fill(store, [a_plan_row("m1", "monthly", anchor=date(2020, 1, 10))])
    book = plan(store)
    assert made_good(book) == []
    assert min(visit.day for visit in book.visits) == date(2026, 3, 10)


@pytest.mark.parametrize(
    ("made", "is_owed"),
    [
        pytest.param(datetime(2025, 12, 31, tzinfo=ZONE), True, id="made before the date"),
        pytest.param(datetime(2026, 1, 2, tzinfo=ZONE), False, id="made after it"),
    ],
)
def test_work_that_an_earlier_run_could_not_place_is_owed_if_it_was_ahead_then(
    store: Store, made: datetime, is_owed: bool
) -> None:
    fill(store, [a_plan_row("m1", "yearly", anchor=date(2025, 12, 31))])
    left = Unplaced(
        site_id="suzhou",
        earliest=date(2025, 12, 31),
        latest=date(2026, 1, 28),
        occurrences=(dated("yearly", 0, date(2025, 12, 31)),),
        duration=timedelta(hours=1),
        reason=Reason(kind=ReasonKind.UNPLACED, values=(("why", "skill"),)),
    )
    add_run(store, 2, made, [left])
    assert [visit.key for visit in made_good(plan(store))] == ["suzhou/m1-yearly/yearly/0"] * is_owed


@pytest.mark.parametrize(
    ("commissioned", "is_owed"),
    [
        pytest.param(date(2025, 12, 31), True, id="on the due date"),
        pytest.param(date(2026, 1, 1), False, id="a day later"),
    ],
)
def test_what_was_due_before_the_machine_was_in_service_is_not_owed(
    store: Store, commissioned: date, is_owed: bool
) -> None:
    fill(store, [a_plan_row("m1", "yearly", anchor=date(2024, 12, 31))])
    done(store, dated("yearly", 0, date(2024, 12, 31)))
    with store.writing() as session:
        session.get_one(EquipmentRow, "m1").commissioned = commissioned
    assert bool(made_good(plan(store))) is is_owed


@pytest.mark.parametrize(
    ("contracts", "is_owed"),
    [
        pytest.param([], True, id="never a contract"),
        pytest.param([("2025-12-31", "2027-01-01")], True, id="began on the due date"),
        pytest.param([("2026-01-01", "2027-01-01")], False, id="began a day later"),
        pytest.param([("2025-01-01", "2026-01-01"), ("2026-01-01", "2027-01-01")], True, id="continued"),
        pytest.param([("2025-01-01", "2026-01-01"), ("2026-01-02", "2027-01-01")], False, id="with a gap"),
        pytest.param([("2025-01-01", "2026-01-01")], False, id="ended"),
    ],
)
def test_a_debt_does_not_outlive_its_contract(
    store: Store, contracts: list[tuple[str, str]], is_owed: bool
) -> None:
    rows = [
        a_contract_row(
            "suzhou",
            id=f"c{number}",
            code=f"c{number}",
            valid_from=date.fromisoformat(first),
            valid_until=date.fromisoformat(end),
        )
        for number, (first, end) in enumerate(contracts)
    ]
    fill(store, [a_plan_row("m1", "yearly", anchor=date(2024, 12, 31)), *rows])
    done(store, dated("yearly", 0, date(2024, 12, 31)))
    assert bool(made_good(plan(store))) is is_owed


def test_a_larger_level_that_was_done_restarts_the_floating_chain_of_the_smaller(store: Store) -> None:
    fill(
        store,
        [
            a_plan_row("m1", "monthly", basis="floating", anchor=date(2025, 1, 10)),
            a_plan_row("m1", "yearly", anchor=date(2026, 2, 10)),
        ],
    )
    done(store, dated("yearly", 0, date(2026, 2, 10), absorbed=("m1-monthly/monthly/13",)))
    book = plan(store)
    assert made_good(book) == []
    assert book.visits[0].day == date(2026, 3, 10)


@pytest.mark.parametrize(
    ("early_days", "keys"),
    [
        pytest.param(22, [("m1-monthly/monthly/2", date(2026, 3, 9))], id="its window opens in seven days"),
        pytest.param(21, [("m1-monthly/monthly/1", MONDAY)], id="in eight"),
    ],
)
def test_overdue_work_waits_for_the_next_date_of_its_plan_where_one_visit_can_serve_both(
    store: Store, early_days: int, keys: list[tuple[str, date]]
) -> None:
    # Due on 30 January and 30 March; the window of the later one opens on Sunday the 8th, or on the 9th.
    fill(
        store,
        [
            a_plan_row(
                "m1",
                "monthly",
                anchor=date(2025, 11, 30),
                interval_count=2,
                early_days=early_days,
                late_days=6,
            )
        ],
    )
    done(store, dated("monthly", 0, date(2025, 11, 30)))
    book = plan(store)
    assert [(visit.occurrences[0].key, visit.day) for visit in made_good(book)] == keys
    assert "2026-01-30" in sentence(made_good(book)[0], "zh_CN")
    assert plan(store).changes == ()


def test_open_visits_of_a_service_that_was_switched_off_become_one(store: Store) -> None:
    fill(store, [a_plan_row("m1", "weekly", anchor=date(2026, 1, 5))])
    done(store, dated("weekly", 0, date(2026, 1, 5)))
    keys = [add_visit(store, dated("weekly", k, date(2026, 1, 5) + timedelta(weeks=k))) for k in range(1, 4)]
    book = plan(store)
    visit = made_good(book)[0]
    # 2 March is the next date of the plan itself: one visit serves it and all that was left.
    assert visit.day == MONDAY
    assert visit.occurrences[0].absorbed == tuple(f"m1-weekly/weekly/{k}" for k in range(1, 8))
    assert {one.key for one in book.changes if one.change is Change.REMOVED} == set(keys)


def test_what_a_partly_done_visit_left_goes_to_the_first_possible_day(store: Store) -> None:
    fill(store, [a_plan_row("m1", "monthly", anchor=date(2026, 2, 27)), a_plan_row("m1", "yearly")])
    ticked, left = dated("yearly", 0, date(2026, 2, 27)), dated("monthly", 0, date(2026, 2, 27))
    visit = a_visit(occurrences=(ticked,))
    add_visit(store, *visit.occurrences, state=VisitState.PARTLY_DONE)
    add_visit(store, left, key="suzhou/m1-yearly/yearly/0~2", technician_id=None)
    book = plan(store)
    (again,) = made_good(book)
    assert (again.day, [one.key for one in again.occurrences]) == (MONDAY, [left.key])
    assert again.technician_id == "t1"
    assert plan(store).changes == ()


def test_a_missed_visit_of_before_comes_back_once_under_a_new_key(store: Store) -> None:
    fill(store, [a_plan_row("m1", "yearly", anchor=date(2026, 1, 5))])
    key = add_visit(store, dated("yearly", 0, date(2026, 1, 5)), state=VisitState.MISSED)
    assert [visit.key for visit in made_good(plan(store))] == [f"{key}~2"]
    assert plan(store).changes == ()


def test_a_day_in_the_period_that_has_passed_is_late_once_its_window_has(store: Store) -> None:
    fill(store, [a_plan_row("m1", "monthly", anchor=date(2026, 3, 10), late_days=5)])
    first = plan(store)
    key = first.visits[0].key
    last = NOW + timedelta(days=14)  # 15 March is the last day of the window
    assert plan(store, now=last).changes == ()
    after = plan(store, now=last + timedelta(days=1))
    assert [(one.change, one.key) for one in after.changes] == [(Change.MOVED, key)]
    assert after.visit(key).day == date(2026, 3, 16)


def test_a_period_planned_after_its_days_were_over_does_not_pile_up_on_today(store: Store) -> None:
    fill(store, [a_plan_row("m1", "monthly", anchor=date(2026, 3, 10))])
    late = NOW.replace(month=6, day=25)
    first = plan(store, now=late)
    assert [visit.day.month for visit in first.visits] == [3, 4, 5, 6]
    assert plan(store, now=late).changes == ()


def test_the_plan_of_a_retired_maintenance_plan_is_not_made_good(store: Store) -> None:
    fill(store, [a_plan_row("m1", "quarterly", anchor=date(2025, 1, 1))])
    done(store, dated("quarterly", 2, date(2025, 7, 1)))
    (visit,) = made_good(plan(store))
    with store.writing() as session:
        session.get_one(EquipmentRow, "m1").retired = True
    after = plan(store)
    assert (Change.REMOVED, visit.key) in {(one.change, one.key) for one in after.changes}
    assert replace(visit, state=VisitState.CANCELLED) in after.cancelled


def test_late_work_that_a_larger_or_a_later_date_takes_in_is_not_planned_again(store: Store) -> None:
    rows = [
        a_plan_row("m1", "weekly", anchor=date(2026, 1, 5)),
        a_plan_row("m1", "quarterly", anchor=date(2026, 3, 6), early_days=4),
    ]
    fill(store, rows)
    done(store, dated("weekly", 0, date(2026, 1, 5)))
    first = plan(store, first_day=date(2026, 1, 1))
    served = [key for visit in first.visits for one in visit.occurrences for key in (one.key, *one.absorbed)]
    assert len(served) == len(set(served))
    assert {f"m1-weekly/weekly/{k}" for k in range(1, 9)} <= set(served)
    again = plan(store, first_day=date(2026, 1, 1))
    assert again.changes == ()
    assert plan(store, first_day=date(2026, 1, 1), now=NOW + timedelta(days=1)).changes == ()


def test_a_department_that_reported_nothing_for_a_quarter_is_caught_up_with_and_then_stands_still(
    empty_store: Store,
) -> None:
    empty_store.migrate()
    today = NOW.replace(year=2025, month=11, day=25)
    size = SampleSize(sites=12, machines=48, technicians=4)
    load_sample(empty_store, size=size, seed=DEFAULT_SEED, today=today.date(), now=today)
    year = {"first_day": date(2026, 1, 1), "last_day": date(2026, 12, 31)}
    plan(empty_store, **year, now=today)
    later = today + timedelta(days=100)
    caught_up = plan(empty_store, **year, now=later)
    assert made_good(caught_up)
    assert all(visit.day >= later.date() for visit in made_good(caught_up))
    overdue = [visit for visit in caught_up.visits if visit.latest < later.date() and visit.state in OPEN]
    assert overdue == []
    again = plan(empty_store, **year, now=later)
    assert again.changes == ()
    assert len(again.unplaced) == len(caught_up.unplaced)
