"""Visits changed by people, on a real database: states, dates, parts, moves, and what the next plan makes of it."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import select

from kb.errors import BadInput, Conflict, NotAllowed, NotFound, Unconfirmed
from kb.store import Store
from kb.store.mapping import site_of, technician_of
from kb.store.tables import AuditRow, EquipmentRow, MaintenancePlanRow, SiteRow, TechnicianRow, VisitRow
from kb.usecases.plan import plan_inspections
from kb.usecases.plan_book import PlanBook
from kb.usecases.register_kinds import Wording
from kb.usecases.visit_reading import KeptVisit, VisitQuery, visit, visit_history, visits
from kb.usecases.visits import ChangedVisit, change_visit
from planner.calendars import site_calendar, technician_calendar
from planner.model import DueWork, VisitState
from planner.routing import Surroundings, breaches
from planner.scheduling import FOLLOWING_STATES
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, ZONE, fill, small_register
from tests.postgresql import empty_store, server

__all__ = ["empty_store", "server"]

YEARLY = "suzhou/m1-yearly/yearly/0"
"""15 January 2026: the yearly inspection of VMC-01 and the quarterly one of LAT-02."""
KUNSHAN = "kunshan/m3-quarterly/quarterly/0"
WUXI = "wuxi/m4-quarterly/quarterly/0"
AFTER = datetime(2026, 1, 20, 9, 0, tzinfo=ZONE)
EN = Wording(language="en", zone=ZONE)
ZH = Wording(language="zh_CN", zone=ZONE)


def plan(store: Store, now: datetime = NOW, first: date = FIRST) -> PlanBook:
    return plan_inspections(store, first_day=first, last_day=LAST, now=now)


@pytest.fixture
def store(empty_store: Store) -> Store:
    empty_store.migrate()
    fill(empty_store, small_register())
    plan(empty_store)
    return empty_store


def change(store: Store, key: str = YEARLY, *, now: datetime = AFTER, **raw: Any) -> ChangedVisit:
    more = {name: raw.pop(name) for name in ("revision", "may_plan", "wording") if name in raw}
    more = {"revision": None, "wording": EN, **more}
    return change_visit(store, key, raw, who="li", now=now, **more)


def kept(store: Store, key: str = YEARLY, now: datetime = AFTER) -> KeptVisit:
    return visit(store, key, today=now.date())


def faults(error: BadInput) -> list[tuple[str, str]]:
    return [(one.where, one.what) for one in error.faults]


def edit(store: Store, table: type[Any], id: str, **fields: Any) -> None:
    with store.writing() as session:
        row = session.get_one(table, id)
        for name, value in fields.items():
            setattr(row, name, value)
        row.revision += 1


def test_a_visit_reported_done_at_once_passes_called_and_booked_and_says_so(store: Store) -> None:
    before = kept(store, now=NOW)
    assert before.state is VisitState.CALLED
    changed = change(store, state="done", done_on="2026-01-16", revision=before.revision)
    assert changed.passed == (VisitState.BOOKED,)
    assert changed.kept.state is VisitState.DONE
    assert changed.kept.done_on == date(2026, 1, 16)
    assert (changed.kept.revision, changed.kept.sequence) == (before.revision + 1, before.sequence + 1)
    (entry,) = visit_history(store, YEARLY)
    assert (entry.who, entry.action, entry.at) == ("li", "update", AFTER)
    assert ("state", "called", "done") in entry.fields
    assert ("passed", None, ["booked"]) in entry.fields


def test_a_forecast_reported_done_passes_both(store: Store) -> None:
    late = "suzhou/m1-monthly/monthly/6"
    changed = change(store, late, state="done", done_on="2026-01-16", confirm=True)
    assert changed.passed == (VisitState.CALLED, VisitState.BOOKED)


@pytest.mark.parametrize("after", list(VisitState))
@pytest.mark.parametrize("before", list(VisitState))
def test_a_visit_comes_only_where_the_states_lead(
    store: Store, before: VisitState, after: VisitState
) -> None:
    edit(
        store,
        VisitRow,
        YEARLY,
        state=before.value,
        done_on=date(2026, 1, 15) if before.value.endswith("done") else None,
    )
    raw: dict[str, Any] = {"state": after.value}
    if after.value.endswith("done"):
        raw |= {"done_on": "2026-01-15"}
    if after is VisitState.PARTLY_DONE and before is not after:
        raw |= {"done_plans": ["m1-yearly"]}
    is_open = before in {VisitState.FORECAST, VisitState.CALLED, VisitState.BOOKED}
    allowed = before is after or is_open or after in FOLLOWING_STATES[before]
    if after is VisitState.FORECAST:
        allowed = False  # its day has passed, so it is called
        if before in (VisitState.FORECAST, after):
            return
    if allowed:
        assert change(store, **raw).kept.state in {
            after,
            VisitState.CALLED if after is VisitState.FORECAST else after,
        }
    else:
        with pytest.raises(BadInput, match=r"cannot become|so it is called") as refused:
            change(store, **raw)
        assert {where for where, _ in faults(refused.value)} == {"state"}


@pytest.mark.parametrize(
    ("done_on", "what"),
    [
        pytest.param("2026-01-21", "lies in the future", id="tomorrow"),
        pytest.param("2026-01-20", None, id="today"),
        pytest.param(
            "2026-01-14", "before the commissioning of VMC-01 on 2026-01-15", id="the day before it ran"
        ),
        pytest.param("2026-01-15", None, id="the day it ran"),
        pytest.param("", "is missing", id="no day"),
        pytest.param("soon", "is not a day", id="no date"),
    ],
)
def test_the_day_done_is_neither_in_the_future_nor_before_the_machine_ran(
    store: Store, done_on: str, what: str | None
) -> None:
    edit(store, EquipmentRow, "m1", commissioned=date(2026, 1, 15))
    if what is None:
        assert change(store, state="done", done_on=done_on, confirm=True).kept.done_on == date.fromisoformat(
            done_on
        )
        return
    with pytest.raises(BadInput, match=what) as refused:
        change(store, state="done", done_on=done_on, confirm=True)
    assert [where for where, _ in faults(refused.value)] == ["done_on"]
    assert kept(store).revision == 1


def test_every_fault_is_told_at_once_and_nothing_is_written(store: Store) -> None:
    with pytest.raises(BadInput, match="was not changed") as refused:
        change(
            store,
            state="partly_done",
            done_on="2027-01-01",
            done_plans=["m9"],
            day="2026-02-02",
            site="kunshan",
            plans=["m9"],
            technician="t9",
            colour="red",
        )
    told = sorted(where for where, _ in faults(refused.value))
    assert told == ["colour", "day", "done_on", "done_plans", "plans", "site", "technician"]
    assert kept(store).revision == 1
    with pytest.raises(NotFound, match="no visit"):
        change(store, "nowhere/x/1", state="done")


def test_a_stale_edit_is_refused_with_both_versions(store: Store) -> None:
    change(store, notes="gate 3", revision=1)
    with pytest.raises(Conflict, match="revision 1 is now 2") as refused:
        change(store, notes="gate 4", state="booked", revision=1)
    assert (refused.value.yours["notes"], refused.value.yours["revision"]) == ("gate 4", 1)
    assert (refused.value.theirs["notes"], refused.value.theirs["revision"]) == ("gate 3", 2)
    assert refused.value.theirs["state"] == "called"
    assert kept(store).notes == "gate 3"


def test_a_note_or_a_lock_is_no_news_for_calendars(store: Store) -> None:
    assert change(store, notes="ask for Mr Wang", locked=True).kept.sequence == 0
    assert kept(store).revision == 2
    assert change(store, notes="ask for Mr Wang").kept.revision == 2
    assert len(visit_history(store, YEARLY)) == 1


def test_an_engineer_reports_work_and_no_more(store: Store) -> None:
    with pytest.raises(NotAllowed, match="changing day needs the role planner"):
        change(store, day="2026-01-22", may_plan=False)
    with pytest.raises(NotAllowed, match="state cancelled"):
        change(store, state="cancelled", may_plan=False)
    changed = change(store, state="done", done_on="2026-01-15", notes="belt worn", may_plan=False)
    assert (changed.kept.state, changed.kept.notes) == (VisitState.DONE, "belt worn")


def test_what_was_not_done_goes_to_a_follow_up_that_the_next_plan_places(store: Store) -> None:
    changed = change(store, state="partly_done", done_on="2026-01-15", done_plans=["m1-yearly"])
    assert [one.plan_id for one in changed.kept.left] == ["m2-quarterly"]
    assert changed.kept.values["done_plans"] == ["m1-yearly"]
    assert changed.kept.values["plans"] == ["m1-yearly", "m2-quarterly"]
    key = changed.kept.follow_up
    follow_up = kept(store, key)
    assert key == "suzhou/m2-quarterly/quarterly/0"
    assert (follow_up.follows, follow_up.visit.technician_id, follow_up.visit.day) == (
        YEARLY,
        None,
        date(2026, 1, 15),
    )
    assert follow_up.is_open
    plan(store, now=AFTER, first=date(2026, 1, 21))
    assert kept(store).state is VisitState.PARTLY_DONE
    (again,) = serving(store, "m2-quarterly/quarterly/0")
    assert again.visit.day >= date(2026, 1, 21)
    assert again.visit.technician_id is not None


def serving(store: Store, key: str) -> list[KeptVisit]:
    """Return the visits that stand for an occurrence, absorbed or not."""
    page = visits(store, VisitQuery(size=500), today=AFTER.date())
    gone = {VisitState.CANCELLED, VisitState.MISSED}
    return [
        one
        for one in page.items
        if not one.dropped and one.state not in gone
        if any(key in (part.key, *part.absorbed) for part in one.visit.occurrences)
    ]


def test_what_was_missed_is_taken_along_into_the_next_year(store: Store) -> None:
    key = "kunshan/m3-quarterly/quarterly/3"
    changed = change(store, key, now=datetime(2026, 10, 30, 9, 0, tzinfo=ZONE), state="missed")
    assert changed.kept.follow_up == f"{key}~2"
    new_year = datetime(2027, 1, 4, 9, 0, tzinfo=ZONE)
    plan_inspections(store, first_day=date(2027, 1, 1), last_day=date(2027, 12, 31), now=new_year)
    (again,) = serving(store, "m3-quarterly/quarterly/3")
    assert again.visit.day >= new_year.date()
    assert again.visit.technician_id is not None


@pytest.mark.parametrize(
    ("state", "done_plans", "what"),
    [
        pytest.param("partly_done", [], "names nothing", id="nothing"),
        pytest.param("partly_done", ["m1-yearly", "m2-quarterly"], "names everything", id="everything"),
        pytest.param("partly_done", ["m3-quarterly"], "m3-quarterly are no plans", id="of another site"),
        pytest.param("done", ["m1-yearly"], "leaves out m2-quarterly", id="done with one left out"),
    ],
)
def test_the_parts_done_are_some_of_the_visits_own(
    store: Store, state: str, done_plans: list[str], what: str
) -> None:
    with pytest.raises(BadInput, match=what):
        change(store, state=state, done_on="2026-01-15", done_plans=done_plans)


def test_the_rest_done_after_all_takes_its_follow_up_back(store: Store) -> None:
    first = change(store, state="partly_done", done_on="2026-01-15", done_plans=["m1-yearly"])
    changed = change(store, state="done", done_on="2026-01-15")
    assert changed.kept.values["done_plans"] == ["m1-yearly", "m2-quarterly"]
    assert (changed.kept.left, changed.kept.follow_up) == ((), "")
    assert kept(store, first.kept.follow_up).state is VisitState.CANCELLED
    plan(store, now=AFTER)
    assert [one.key for one in serving(store, "m2-quarterly/quarterly/0")] == [YEARLY]


def test_the_rest_is_not_taken_from_a_visit_that_is_booked(store: Store) -> None:
    first = change(store, state="partly_done", done_on="2026-01-15", done_plans=["m1-yearly"])
    change(store, first.kept.follow_up, state="booked")
    with pytest.raises(BadInput, match=r"the rest is in the visit suzhou/m2-quarterly/quarterly/0"):
        change(store, state="done", done_on="2026-01-15")


def test_a_visit_moved_by_hand_is_locked_gets_hours_and_keeps_every_rule_of_the_checker(store: Store) -> None:
    before = kept(store, KUNSHAN)
    changed = change(store, KUNSHAN, now=NOW, day="2026-01-13", technician="t2")
    visit_now = changed.kept.visit
    assert (visit_now.day, visit_now.technician_id, visit_now.locked) == (date(2026, 1, 13), "t2", True)
    assert changed.locked_by_move
    assert changed.confirmed == ()
    assert changed.kept.body["former"] == [before.visit.technician_id]
    assert changed.kept.sequence == before.sequence + 1
    with store.reading() as session:
        site = SiteRow.model_validate(session.get_one(SiteRow, "kunshan").model_dump())
        person = TechnicianRow.model_validate(session.get_one(TechnicianRow, "t2").model_dump())
    found = checked(visit_now, site, person)
    assert [one for one in found if one.rule != "served"] == []
    book = plan(store, now=NOW)
    again = book.visit(KUNSHAN)
    assert (again.day, again.hours, again.technician_id) == (visit_now.day, visit_now.hours, "t2")
    assert [(one.technician_id, one.key) for one in book.cancelled] == [("t1", KUNSHAN)]


def checked(visit_now: Any, site: SiteRow, person: TechnicianRow) -> Any:
    site_, person_ = site_of(site), technician_of(person)
    due = DueWork(
        key=visit_now.key,
        site_id=visit_now.site_id,
        ideal=visit_now.day,
        earliest=visit_now.earliest,
        latest=visit_now.latest,
        occurrences=visit_now.occurrences,
        duration=visit_now.duration,
        skills=frozenset({"base"}),
    )
    around = Surroundings(
        sites={site_.id: site_},
        technicians={person_.id: person_},
        site_calendars={site_.id: site_calendar(site_)},
        technician_calendars={person_.id: technician_calendar(person_)},
    )
    return breaches([due], [visit_now], [], around)


@pytest.mark.parametrize(
    ("raw", "fields", "what"),
    [
        pytest.param({"day": "2026-03-30"}, ["day"], r"lies outside the window", id="outside the window"),
        pytest.param({"day": "2026-01-17"}, ["day", "technician"], r"the site is closed on 2026-01-17", id="weekend"),
        pytest.param({"day": "2026-01-16"}, ["day"], r"closed on 2026-01-16: 盘点", id="shutdown"),
        pytest.param({"day": "2026-01-13", "technician": "t2"}, ["technician"], "李工 does not work on 2026-01-13: 年假", id="leave"),
        pytest.param({"day": "2026-01-12", "technician": "t3"}, ["technician"], "赵工 lacks the skills: base", id="skill"),
    ],
)  # fmt: skip
def test_a_move_that_breaks_a_rule_is_told_and_done_only_when_confirmed(
    store: Store, raw: dict[str, Any], fields: list[str], what: str
) -> None:
    edit(store, SiteRow, "kunshan", shutdowns=[["2026-01-16", "2026-01-17", "盘点"]])
    edit(store, TechnicianRow, "t2", leave=[["2026-01-13", "2026-01-14", "年假"]])
    with store.writing() as session:
        session.add(
            TechnicianRow(
                id="t3", code="t3", name="赵工", latitude_deg=31.3, longitude_deg=120.6, skills=["dro"]
            )
        )
    with pytest.raises(Unconfirmed, match=what) as refused:
        change(store, KUNSHAN, now=NOW, **raw)
    assert sorted({where for where, _ in faults(refused.value)}) == fields
    assert kept(store, KUNSHAN).revision == 1
    changed = change(store, KUNSHAN, now=NOW, confirm=True, **raw)
    assert {flaw.field for flaw in changed.confirmed} == set(fields)
    assert changed.kept.visit.locked


def test_a_full_day_is_told_and_kept_whole_when_confirmed(store: Store) -> None:
    with store.writing() as session:
        row = session.get_one(VisitRow, KUNSHAN)
        row.body = {**row.body, "duration_s": 6 * 3600}
    move = {"day": kept(store).visit.day.isoformat(), "technician": "t1"}
    told = r"王工 has no time left on 2026-01-15 for 6 h of work and the way"
    with pytest.raises(Unconfirmed, match=told):
        change(store, KUNSHAN, now=NOW, **move)
    changed = change(store, KUNSHAN, now=NOW, confirm=True, **move)
    assert changed.kept.visit.hours is None


def test_nothing_is_moved_into_the_past_or_after_it_was_done(store: Store) -> None:
    with pytest.raises(BadInput, match="2026-01-19 lies in the past"):
        change(store, KUNSHAN, day="2026-01-19", confirm=True)
    assert change(store, KUNSHAN, day="2026-01-20", confirm=True).kept.visit.day == date(2026, 1, 20)
    change(store, state="done", done_on="2026-01-15")
    with pytest.raises(BadInput, match="only open visits are moved"):
        change(store, day="2026-02-02", confirm=True)


def test_a_day_done_outside_its_window_must_be_meant(store: Store) -> None:
    with pytest.raises(Unconfirmed, match="lies outside the window"):
        change(store, state="done", done_on="2025-01-15")
    assert change(store, state="done", done_on="2025-01-15", confirm=True).kept.done_on == date(2025, 1, 15)


@pytest.mark.parametrize(
    ("basis", "more", "due"),
    [
        pytest.param("fixed", {}, date(2026, 4, 15), id="fixed counts from the anchor"),
        pytest.param("floating", {}, date(2026, 4, 28), id="floating counts from the day done"),
        pytest.param(
            "shifted",
            {"late_factor_percent": 50, "tolerance_percent": 10},
            # 13 days late, 10 % of 90 days are 9: half of the whole deviation, 6.5 days, rounds to 7.
            date(2026, 4, 22),
            id="shifted moves by its factor",
        ),
    ],
)
def test_a_visit_done_late_drives_the_next_plan(
    empty_store: Store, basis: str, more: dict[str, Any], due: date
) -> None:
    empty_store.migrate()
    fill(empty_store, small_register())
    edit(empty_store, MaintenancePlanRow, "m3-quarterly", basis=basis, **more)
    plan(empty_store)
    assert due_of(empty_store, 1, NOW) == date(2026, 4, 15)
    now = datetime(2026, 1, 28, 18, 0, tzinfo=ZONE)
    assert kept(empty_store, KUNSHAN).visit.day == date(2026, 1, 14)
    change(empty_store, KUNSHAN, now=now, state="done", done_on="2026-01-28")
    assert due_of(empty_store, 1, now) == due


def due_of(store: Store, k: int, now: datetime) -> date:
    found = [
        one
        for each in plan(store, now=now).visits
        for one in each.occurrences
        if one.key == f"m3-quarterly/quarterly/{k}"
    ]
    return found[0].due


def test_lists_are_narrowed_by_site_person_days_and_state(store: Store) -> None:
    def keys(**query: Any) -> list[str]:
        return [one.key for one in visits(store, VisitQuery(**query), today=NOW.date()).items]

    assert len(keys()) == 20
    assert keys(site="wuxi") == [f"wuxi/m4-quarterly/quarterly/{k}" for k in range(4)]
    assert set(keys(technician="t2")) == set(keys(site="wuxi"))
    assert keys(first_day=date(2026, 1, 15), last_day=date(2026, 1, 15), site="suzhou") == [YEARLY]
    assert len(keys(states=(VisitState.CALLED,))) == 3
    change(store, state="booked")
    assert keys(states=(VisitState.BOOKED,)) == [YEARLY]
    page = visits(store, VisitQuery(page=2, size=15), today=NOW.date())
    assert (page.total, page.last, len(page.items)) == (20, 2, 5)
    with pytest.raises(NotFound, match="no site has the id 'nowhere'"):
        keys(site="nowhere")


def test_a_forecast_is_called_by_the_passing_of_days(store: Store) -> None:
    key = "suzhou/m1-monthly/monthly/6"
    day = kept(store, key).visit.day
    lead = timedelta(days=30)
    eve = datetime.combine(day - lead - timedelta(days=1), NOW.time(), tzinfo=ZONE)
    assert kept(store, key, eve).state is VisitState.FORECAST
    assert kept(store, key, eve + timedelta(days=1)).state is VisitState.CALLED
    with pytest.raises(BadInput, match="at most 30 days away, so it is called"):
        change(store, key, now=eve + timedelta(days=1), state="forecast")


def test_one_of_two_who_change_at_once_is_told(store: Store) -> None:
    # Both read revision 1; the second finds it gone.
    change(store, state="booked", revision=1)
    with pytest.raises(Conflict, match="changed meanwhile"):
        change(store, state="cancelled", revision=1)
    with store.reading() as session:
        entries = session.exec(select(AuditRow).where(AuditRow.kind == "visits")).all()
        assert len(entries) == 1


def test_faults_are_told_in_chinese(store: Store) -> None:
    with pytest.raises(BadInput, match="将来") as refused:
        change(store, state="done", done_on="2026-01-21", wording=ZH)
    assert refused.value.faults[0].repair == "请填不晚于 2026-01-20 的日期"
