"""Plans made on a real database: what is placed, what stands, what changes, what is said."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select

from kb.errors import BadInput, Conflict
from kb.store import Store
from kb.store.tables import (
    ContractRow,
    EquipmentRow,
    MaintenancePlanRow,
    PlanRunRow,
    SiteRow,
    TechnicianRow,
    VisitRow,
)
from kb.usecases.plan import (
    Progress,
    keep_plan,
    latest_plan,
    placed,
    plan_book,
    plan_inspections,
    planning_state,
    planning_stock,
)
from kb.usecases.plan_book import Change, PlanBook
from kb.usecases.plan_period import Period
from planner.calendars import site_calendar, technician_calendar
from planner.model import ReasonKind, Visit, VisitState
from planner.routing import Surroundings, breaches
from tests.kb.usecases.plan_register import (
    FIRST,
    LAST,
    NOW,
    a_contract_row,
    a_plan_row,
    a_site_row,
    fill,
    small_register,
)
from tests.postgresql import empty_store, server

__all__ = ["empty_store", "server"]

YEARLY = "suzhou/m1-yearly/yearly/0"


@pytest.fixture
def empty(empty_store: Store) -> Store:
    empty_store.migrate()
    return empty_store


@pytest.fixture
def store(empty: Store) -> Store:
    fill(empty, small_register())
    return empty


def plan(store: Store, **more: Any) -> PlanBook:
    return plan_inspections(store, **{"first_day": FIRST, "last_day": LAST, "now": NOW, **more})


def edit(store: Store, key: str, **fields: Any) -> None:
    """Change a visit as people do: the revision grows."""
    with store.writing() as session:
        row = session.get_one(VisitRow, key)
        for name, value in fields.items():
            setattr(row, name, value)
        row.revision += 1


def change(store: Store, table: type[Any], id: str, **fields: Any) -> None:
    with store.writing() as session:
        row = session.get_one(table, id)
        for name, value in fields.items():
            setattr(row, name, value)
        row.revision += 1


def told(visit: Visit) -> tuple[object, ...]:
    return visit.key, visit.day, visit.hours, visit.technician_id


def rows(store: Store) -> dict[str, dict[str, Any]]:
    with store.reading() as session:
        return {row.key: row.model_dump() for row in session.exec(select(VisitRow))}


def test_a_year_is_placed_with_a_technician_hours_and_a_reason_for_each_visit(store: Store) -> None:
    book = plan(store)
    assert len(book.visits) == 20
    assert not book.unplaced
    for visit in book.visits:
        assert visit.technician_id in {"t1", "t2"}
        assert visit.hours is not None
        assert visit.earliest <= visit.day <= visit.latest
        assert ReasonKind.TECHNICIAN in {one.kind for one in visit.reasons}
        assert all(one.reasons for one in visit.occurrences)


def test_every_due_date_is_served_exactly_once(store: Store) -> None:
    book = plan(store)
    served = [key for visit in book.visits for one in visit.occurrences for key in (one.key, *one.absorbed)]
    expected = {f"m1-monthly/monthly/{k}" for k in range(12)} | {"m1-yearly/yearly/0"}
    expected |= {f"{machine}-quarterly/quarterly/{k}" for machine in ("m2", "m3", "m4") for k in range(4)}
    assert sorted(served) == sorted(expected)


def test_machines_and_levels_of_a_site_share_a_visit(store: Store) -> None:
    visit = plan(store).visit(YEARLY)
    assert [one.key for one in visit.occurrences] == ["m1-yearly/yearly/0", "m2-quarterly/quarterly/0"]
    assert visit.occurrences[0].absorbed == ("m1-monthly/monthly/0",)
    assert visit.duration == timedelta(minutes=330)


def test_the_independent_checker_finds_nothing(store: Store) -> None:
    state = planning_state(store)
    planned = placed(state, Period(first_day=FIRST, last_day=LAST), today=NOW.date())
    around = Surroundings(
        sites=state.register.sites,
        technicians=state.register.technicians,
        site_calendars={one: site_calendar(site) for one, site in state.register.sites.items()},
        technician_calendars={
            one: technician_calendar(who) for one, who in state.register.technicians.items()
        },
    )
    assert planned.task.work
    assert breaches(planned.task.work, planned.visits, planned.unplaced, around) == ()


def test_planning_again_changes_nothing_not_even_a_byte(store: Store) -> None:
    first, before = plan(store), rows(store)
    again = plan(store, now=NOW + timedelta(hours=1))
    assert (again.number, again.changes, again.unchanged) == (2, (), 20)
    assert rows(store) == before
    assert again.visits == first.visits


def test_two_databases_get_the_same_bytes(store: Store, tmp_path: Path) -> None:
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    other.migrate()
    fill(other, list(reversed(small_register())))
    plan(store)
    plan(other)
    assert rows(store) == rows(other)
    other.close()


def test_states_follow_the_call_horizon_without_counting_as_changes(store: Store) -> None:
    book = plan(store)
    assert book.visit(YEARLY).state is VisitState.CALLED
    assert book.visits[-1].state is VisitState.FORECAST
    key = "suzhou/m1-monthly/monthly/1"
    assert book.visit(key).state is VisitState.FORECAST
    later = plan(store, now=NOW.replace(year=2026, month=1, day=15))
    assert later.visit(key).state is VisitState.CALLED
    assert later.changes == ()


def test_a_new_machine_adds_and_leaves_the_rest_where_it_is(store: Store) -> None:
    before = plan(store)
    fill(
        store,
        [
            EquipmentRow(id="m5", tag="MIL-05", site_id="wuxi", equipment_class="MIL"),
            a_plan_row("m5", "yearly", anchor=date(2026, 6, 1), skills=["base"], early_days=0, late_days=3),
        ],
    )
    after = plan(store)
    assert [(one.change, one.key) for one in after.changes] == [(Change.ADDED, "wuxi/m5-yearly/yearly/0")]
    assert after.unchanged == 20
    assert set(before.visits) <= {
        replace(visit, travel=old.travel, travel_m=old.travel_m)
        for visit in after.visits
        if (old := before.by_key.get(visit.key)) is not None
    }


def test_no_visit_is_due_before_its_machine_is_in_service(store: Store) -> None:
    before = [one for visit in plan(store).visits for one in visit.occurrences if one.equipment_id == "m1"]
    day = date(2026, 4, 20)
    assert any(one.due < day for one in before)
    change(store, EquipmentRow, "m1", commissioned=day)
    book = plan(store)
    served = [(visit, one) for visit in book.visits for one in visit.occurrences if one.equipment_id == "m1"]
    assert len(served) == sum(one.due >= day for one in before)
    assert min(min(visit.day, visit.earliest, one.due, one.earliest) for visit, one in served) >= day


def test_leave_moves_only_the_visits_it_touches(store: Store) -> None:
    before = plan(store)
    taken = before.visit("suzhou/m1-monthly/monthly/4")
    day = taken.day
    change(store, TechnicianRow, "t1", leave=[[str(day), str(day + timedelta(days=1)), ""]])
    after = plan(store)
    assert [(one.change, one.key) for one in after.changes] == [(Change.MOVED, taken.key)]
    (moved,) = after.changes
    assert moved.before == taken
    assert moved.after == after.visit(taken.key)
    assert after.sequences[taken.key] == 1
    assert after.sequences[YEARLY] == 0


@pytest.mark.parametrize("state", ["booked", "done", "partly_done"])
def test_what_people_settled_does_not_move(store: Store, state: str) -> None:
    plan(store)
    edit(store, YEARLY, state=state)
    change(store, TechnicianRow, "t1", leave=[["2026-01-01", "2026-03-01", ""]])
    before = rows(store)[YEARLY]
    after = plan(store)
    assert rows(store)[YEARLY] == before
    assert YEARLY not in {one.key for one in after.changes}


def test_a_locked_visit_does_not_move_and_says_so(store: Store) -> None:
    plan(store)
    edit(store, YEARLY, locked=True)
    change(store, SiteRow, "suzhou", shutdowns=[["2026-01-01", "2026-02-01", ""]])
    after = plan(store)
    assert after.visit(YEARLY).day == date(2026, 1, 15)
    assert after.visit(YEARLY).locked


def test_others_drive_around_a_booked_visit(store: Store) -> None:
    plan(store)
    key = "suzhou/m1-monthly/monthly/4"
    edit(store, key, state="booked", technician_id="t2")
    after = plan(store)
    assert after.visit(key).technician_id == "t2"
    assert after.changes == ()


def test_work_that_is_done_is_not_planned_again_and_floating_dates_count_from_it(store: Store) -> None:
    change(store, MaintenancePlanRow, "m3-quarterly", basis="floating")
    plan(store)
    edit(store, "kunshan/m3-quarterly/quarterly/0", state="done", done_on=date(2026, 1, 28))
    after = plan(store, now=NOW.replace(year=2026, month=2, day=1))
    days = [visit.day for visit in after.visits if visit.site_id == "kunshan"]
    assert days[0] < date(2026, 2, 1)
    assert days[1] == date(2026, 4, 28)


def test_a_missed_visit_stays_missed_and_its_work_comes_back_under_a_new_key(store: Store) -> None:
    plan(store)
    key = "kunshan/m3-quarterly/quarterly/0"
    edit(store, key, state="missed")
    after = plan(store)
    assert after.visit(key).state is VisitState.MISSED
    assert after.visit(f"{key}~2").state is VisitState.CALLED
    assert plan(store).changes == ()


def test_an_open_visit_of_an_earlier_plan_is_taken_along(store: Store) -> None:
    plan(store)
    today = NOW.replace(year=2026, month=2, day=10)
    later = plan(store, first_day=date(2026, 2, 10), now=today)
    late = [visit for visit in later.visits if any(one.due < date(2026, 2, 10) for one in visit.occurrences)]
    assert {visit.key for visit in late} == {
        YEARLY,
        "kunshan/m3-quarterly/quarterly/0",
        "wuxi/m4-quarterly/quarterly/0",
    }
    assert all(date(2026, 2, 10) <= visit.day <= date(2026, 3, 10) for visit in late)
    again = plan(store, first_day=date(2026, 2, 10), now=today)
    assert again.changes == ()
    assert set(again.by_key) == set(later.by_key)


def test_a_part_of_the_year_leaves_the_rest_of_the_plan_alone(store: Store) -> None:
    plan(store)
    before = rows(store)
    part = plan(store, first_day=date(2026, 4, 1), last_day=date(2026, 6, 30))
    assert part.changes == ()
    assert all(date(2026, 4, 1) <= visit.day <= date(2026, 6, 30) for visit in part.visits)
    assert rows(store) == before


def test_two_half_years_serve_the_same_work_as_one_year(store: Store, tmp_path: Path) -> None:
    whole = plan(store)
    other = Store(f"sqlite:///{tmp_path / 'other.db'}")
    other.migrate()
    fill(other, small_register())
    first = plan(other, last_day=date(2026, 6, 30))
    second = plan(other, first_day=date(2026, 7, 1))
    assert {visit.key for visit in (*first.visits, *second.visits)} == set(whole.by_key)
    other.close()


def test_a_retired_plan_cancels_its_open_visits_and_keeps_them_for_calendars(store: Store) -> None:
    before = plan(store)
    change(store, MaintenancePlanRow, "m3-quarterly", retired=True)
    after = plan(store)
    gone = {key for key in before.by_key if key.startswith("kunshan/")}
    assert {one.key for one in after.changes if one.change is Change.REMOVED} == gone
    assert {visit.key for visit in after.cancelled} == gone
    assert all(visit.state is VisitState.CANCELLED for visit in after.cancelled)
    assert all(after.sequences[key] == 1 for key in gone)
    assert not any(visit.site_id == "kunshan" for visit in after.visits)
    change(store, MaintenancePlanRow, "m3-quarterly", retired=False)
    back = plan(store)
    assert {one.key for one in back.changes if one.change is Change.ADDED} == gone
    assert all(back.sequences[key] == 2 for key in gone)
    assert back.cancelled == ()


def test_a_visit_that_changes_hands_is_cancelled_for_the_one_who_had_it(store: Store) -> None:
    before = plan(store)
    key = "kunshan/m3-quarterly/quarterly/1"
    assert before.visit(key).technician_id == "t1"
    change(store, TechnicianRow, "t1", leave=[["2026-04-01", "2026-05-01", ""]])
    after = plan(store)
    assert after.visit(key).technician_id == "t2"
    assert [(one.key, one.technician_id) for one in after.cancelled if one.key == key] == [(key, "t1")]


def test_an_older_run_is_read_as_it_was(store: Store) -> None:
    first = plan(store)
    change(store, MaintenancePlanRow, "m3-quarterly", retired=True)
    change(store, TechnicianRow, "t1", leave=[["2026-05-01", "2026-06-01", ""]])
    second = plan(store)
    old = plan_book(store, 1)
    assert old is not None
    assert second.visits != first.visits
    # How far it was to a stop may have changed with the stops beside it; where people were told to be has not.
    assert [told(visit) for visit in old.visits] == [told(visit) for visit in first.visits]
    assert [(one.change, one.key) for one in old.changes] == [(one.change, one.key) for one in first.changes]
    assert plan_book(store, 3) is None
    assert plan_book(store, 0) is None


def test_nothing_is_planned_outside_the_contract_and_it_is_told(store: Store) -> None:
    change(store, ContractRow, "contract-suzhou", valid_until=date(2026, 7, 1))
    book = plan(store)
    days = [visit.day for visit in book.visits if visit.site_id == "suzhou"]
    assert max(days) < date(2026, 7, 1)
    (left,) = book.unplaced
    assert dict(left.reason.values) == {"why": "contract", "relax": "contract", "dates": "6"}
    assert (left.site_id, left.earliest, left.latest) == ("suzhou", date(2026, 7, 15), date(2026, 12, 15))


def test_a_window_is_cut_by_the_end_of_the_contract(store: Store) -> None:
    change(store, ContractRow, "contract-suzhou", valid_until=date(2026, 6, 16))
    change(store, TechnicianRow, "t1", leave=[["2026-06-15", "2026-06-16", ""]])
    change(store, TechnicianRow, "t2", leave=[["2026-06-15", "2026-06-16", ""]])
    visit = plan(store).visit("suzhou/m1-monthly/monthly/5")
    assert visit.day == date(2026, 6, 12)
    assert visit.latest == date(2026, 6, 15)
    assert visit.occurrences[0].latest > date(2026, 6, 15)


def test_a_renewal_continues_the_contract(store: Store) -> None:
    change(store, ContractRow, "contract-suzhou", valid_until=date(2026, 7, 1))
    fill(store, [a_contract_row("suzhou", id="next", code="next", valid_from=date(2026, 7, 1))])
    assert plan(store).unplaced == ()


@pytest.mark.parametrize(
    ("sold", "missing"), [pytest.param(12, 0, id="as sold"), pytest.param(13, 1, id="one more")]
)
def test_fewer_visits_than_sold_are_told(store: Store, sold: int, missing: int) -> None:
    change(store, ContractRow, "contract-suzhou", visits_per_year=sold)
    found = plan(store).shortfalls
    assert sum(one.sold - one.planned for one in found) == missing
    assert [one.site_id for one in found] == ["suzhou"] * bool(missing)


def test_a_contract_year_is_judged_only_as_far_as_plans_reach(store: Store) -> None:
    change(store, ContractRow, "contract-suzhou", visits_per_year=24)
    assert [(one.sold, one.planned) for one in plan(store, last_day=date(2026, 3, 31)).shortfalls] == [(5, 3)]


def test_spacing_of_the_contract_is_kept(store: Store) -> None:
    change(store, ContractRow, "contract-suzhou", min_spacing_days=31)
    book = plan(store)
    days = sorted(visit.day for visit in book.visits if visit.site_id == "suzhou")
    assert all(later - day >= timedelta(days=31) for day, later in pairwise(days))


def test_work_without_the_skill_is_left_out_with_the_reason(store: Store) -> None:
    change(store, TechnicianRow, "t2", skills=["base"])
    book = plan(store)
    assert {work.site_id for work in book.unplaced} == {"wuxi"}
    assert len(book.unplaced) == 4
    assert dict(book.unplaced[0].reason.values)["skills"] == "gantry"


def test_the_plan_keeps_its_provisional_years(store: Store) -> None:
    assert plan(store).provisional_years == ()
    assert plan(store, first_day=date(2027, 1, 1), last_day=date(2027, 12, 31)).provisional_years == (2027,)


def test_a_window_that_reaches_beyond_the_period_is_used_inside_it(store: Store) -> None:
    fill(
        store,
        [
            a_site_row("changzhou", "c1", "常州厂", (31.8, 119.97)),
            EquipmentRow(id="m6", tag="TMC-06", site_id="changzhou", equipment_class="TMC"),
            a_plan_row("m6", "yearly", anchor=date(2026, 12, 31), skills=["base"]),
        ],
    )
    change(store, TechnicianRow, "t1", leave=[["2026-12-31", "2027-01-01", ""]])
    change(store, TechnicianRow, "t2", leave=[["2026-12-31", "2027-01-01", ""]])
    assert plan(store).visit("changzhou/m6-yearly/yearly/0").day == date(2026, 12, 30)


def test_an_empty_register_is_refused_with_what_to_do(empty: Store) -> None:
    assert latest_plan(empty) is None
    with pytest.raises(BadInput, match=r"nothing to plan[\s\S]*bring in machines"):
        plan(empty)
    assert planning_stock(empty).plans == 0


def test_a_register_without_technicians_leaves_everything_out(empty: Store) -> None:
    fill(empty, [row for row in small_register() if not isinstance(row, TechnicianRow)])
    book = plan(empty)
    assert book.visits == ()
    assert {dict(work.reason.values)["why"] for work in book.unplaced} == {"skill"}


def test_a_wrong_period_is_refused(store: Store) -> None:
    with pytest.raises(BadInput, match="lies before the first day"):
        plan(store, first_day=LAST, last_day=FIRST)


def test_a_change_by_others_meanwhile_is_not_overwritten(store: Store) -> None:
    plan(store)
    period = Period(first_day=FIRST, last_day=LAST)
    state = planning_state(store)
    planned = placed(state, period, today=NOW.date())
    edit(store, YEARLY, state="booked")
    with pytest.raises(Conflict, match="changed while the plan was made"):
        keep_plan(store, state, planned, period, now=NOW)
    with store.reading() as session:
        assert _runs(session) == [1]


def test_the_run_keeps_who_made_it_and_when(store: Store) -> None:
    plan(store, by="周工")
    with store.reading() as session:
        run = session.get_one(PlanRunRow, 1)
        assert (run.created_by, run.created) == ("周工", NOW)


def test_progress_ends_at_the_number_of_trips(store: Store) -> None:
    seen: list[tuple[int, int]] = []
    report: Progress = lambda done, total: seen.append((done, total))  # noqa: E731
    plan(store, progress=report)
    assert seen[-1] == (20, 20)


def test_a_loaded_book_is_kept_until_anything_changes(store: Store) -> None:
    plan(store)
    book = latest_plan(store)
    assert latest_plan(store) is book
    change(store, SiteRow, "suzhou", name="苏州新厂")
    renamed = latest_plan(store)
    assert renamed is not book
    assert renamed is not None
    assert renamed.site_name("suzhou") == "苏州新厂"
    edit(store, YEARLY, state="booked")
    booked = latest_plan(store)
    assert booked is not None
    assert booked.visit(YEARLY).state is VisitState.BOOKED


def test_the_stock_counts_what_is_in_use(store: Store) -> None:
    change(store, EquipmentRow, "m4", retired=True)
    stock = planning_stock(store)
    assert (stock.sites, stock.equipment, stock.plans, stock.technicians) == (3, 3, 5, 2)


def _runs(session: Session) -> list[int]:
    return list(session.exec(select(PlanRunRow.number)))


def test_two_people_who_plan_at_once_make_one_plan_and_one_conflict(store: Store) -> None:
    period = Period(first_day=FIRST, last_day=LAST)
    state = planning_state(store)
    planned = placed(state, period, today=NOW.date())

    def keep(_: int) -> str:
        try:
            return f"run {keep_plan(store, state, planned, period, now=NOW)}"
        except Conflict as error:
            return type(error).__name__

    with ThreadPoolExecutor(4) as people:
        ended = sorted(people.map(keep, range(4)))
    assert ended == ["Conflict", "Conflict", "Conflict", "run 1"]
    assert len(rows(store)) == 20
