"""Changes by hand: what they break and cost is told before, a swap is one change, concessions place what was left out."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from kb.errors import BadInput, Conflict, NotFound, Unconfirmed
from kb.store import Store
from kb.usecases.plan import latest_plan, plan_inspections
from kb.usecases.plan_board import consequences_of_change, consequences_of_swap, swap_visits
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_feeds import feed_file, feeds, make_feed, revoke_feed
from kb.usecases.plan_load import kept_dates, plan_load
from kb.usecases.plan_map import COLOURS, mercator, plan_map
from kb.usecases.plan_relax import apply_relaxation, mark_of, relaxation_of
from kb.usecases.plan_week import technician_week, week_document
from kb.usecases.register_kinds import Wording
from kb.usecases.visits import change_visit
from planner.model import Position
from planner.scheduling import ComplianceRule
from tests.kb.usecases.plan_register import (
    FIRST,
    LAST,
    NOW,
    ZONE,
    a_plan_row,
    a_technician_row,
    fill,
    small_register,
)

MORNING = datetime(2026, 1, 12, 8, 0, tzinfo=ZONE)
TODAY = MORNING.date()
WORDING = Wording(language="en", zone=ZONE)
YEARLY = "suzhou/m1-yearly/yearly/0"
GANTRY = "wuxi/m4-quarterly/quarterly/0"
KUNSHAN = "kunshan/m3-quarterly/quarterly/0"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("board") / "plan.db"
    opened = Store(f"sqlite:///{path}")
    opened.migrate()
    fill(opened, small_register())
    plan_inspections(opened, first_day=FIRST, last_day=LAST, now=NOW)
    with opened.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    opened.close()
    return path


@pytest.fixture
def store(planned: Path, tmp_path: Path) -> Iterator[Store]:
    opened = Store(f"sqlite:///{shutil.copy(planned, tmp_path / 'plan.db')}")
    yield opened
    opened.close()


def book(store: Store) -> PlanBook:
    found = latest_plan(store, zone=ZONE)
    assert found is not None
    return found


def test_a_move_tells_what_it_breaks_and_costs_and_writes_nothing(store: Store) -> None:
    before = book(store).visit(GANTRY)
    raw = {"day": "2026-01-17", "technician": "t1"}
    found = consequences_of_change(store, GANTRY, raw, wording=WORDING, today=TODAY)
    told = [one.what for one in found.warnings]
    assert any("lacks the skills: gantry" in one for one in told)
    assert any("site is closed on 2026-01-17" in one for one in told)
    assert any("王工 does not work on 2026-01-17" in one for one in told)
    assert not found.faults
    # t1 lives in Suzhou, t2 in Shanghai: even where nobody knows the hours, the way is priced.
    assert found.travel_minutes < 0
    assert book(store).visit(GANTRY) == before
    assert found.json()["possible"] is True


def test_a_move_that_breaks_nothing_says_so_with_its_new_hours(store: Store) -> None:
    day = book(store).visit(KUNSHAN).day + timedelta(days=2)
    found = consequences_of_change(store, KUNSHAN, {"day": day.isoformat()}, wording=WORDING, today=TODAY)
    assert (found.warnings, found.faults) == ((), ())
    (one,) = found.visits
    assert one.after is not None
    assert (one.after.day, one.after.locked, one.after.hours is not None) == (day, True, True)


def test_what_cannot_be_done_is_a_fault(store: Store) -> None:
    found = consequences_of_change(store, KUNSHAN, {"day": "2026-01-02"}, wording=WORDING, today=TODAY)
    assert [one.where for one in found.faults] == ["day"]
    with pytest.raises(NotFound, match="no visit"):
        consequences_of_change(store, "nowhere", {}, wording=WORDING, today=TODAY)


def test_a_cancellation_tells_what_the_contract_then_lacks(store: Store) -> None:
    keys = [one.key for one in book(store).visits if one.site_id == "suzhou"]
    cancel = {"state": "cancelled"}
    for number, key in enumerate(keys):
        found = consequences_of_change(store, key, cancel, wording=WORDING, today=TODAY)
        left = len(keys) - number - 1
        if left >= 4:
            assert found.warnings == ()
            assert found.travel_minutes <= 0
            change_visit(store, key, cancel, revision=None, wording=WORDING, who="x", now=MORNING)
        else:
            assert [one.what for one in found.warnings] == [
                "only 3 of 4 visits that were sold until 2026-12-31 would be left"
            ]
            return
    pytest.fail("the contract was never short")


def test_two_visits_change_places_as_one_change(store: Store) -> None:
    plan = book(store)
    first = plan.visit(KUNSHAN)
    other = next(
        one
        for one in plan.visits
        if one.site_id == "suzhou" and one.technician_id == "t1" and one.day > first.day + timedelta(days=20)
    )
    looked = consequences_of_swap(store, first.key, other.key, wording=WORDING, today=TODAY)
    assert [one.after and one.after.day for one in looked.visits] == [other.day, first.day]
    assert any("outside the window" in one.what for one in looked.warnings)
    # Neither is in the other's way, though both want a place that is taken.
    assert not any("no time left" in one.what for one in looked.warnings)
    with pytest.raises(Unconfirmed, match="breaks rules"):
        swap_visits(store, first.key, other.key, confirm=False, wording=WORDING, who="x", now=MORNING)
    with pytest.raises(Conflict, match="changed meanwhile"):
        swap_visits(
            store, first.key, other.key, confirm=True, wording=WORDING, who="x", now=MORNING, revisions=(1, 9)
        )
    swap_visits(
        store, first.key, other.key, confirm=True, wording=WORDING, who="x", now=MORNING, revisions=(1, 1)
    )
    now = book(store)
    assert (now.visit(first.key).day, now.visit(other.key).day) == (other.day, first.day)
    assert now.visit(first.key).locked
    with pytest.raises(BadInput, match="named twice"):
        consequences_of_swap(store, first.key, first.key, wording=WORDING, today=TODAY)


def test_a_secret_address_gives_one_technicians_visits_until_it_is_revoked(store: Store) -> None:
    secret = "s" * 43
    feed, told = make_feed(store, "t2", id="f1", secret=lambda: secret, who="x", now=MORNING)
    assert told == secret
    found = feed_file(store, secret, language="en", time_zone="Asia/Shanghai", now=MORNING)
    mine = [one for one in book(store).visits if one.technician_id == "t2"]
    text = found.content.decode()
    assert text.count("BEGIN:VEVENT") == len(mine) > 0
    assert "昆山" not in text
    again = feed_file(
        store, secret, language="en", time_zone="Asia/Shanghai", now=MORNING + timedelta(hours=1)
    )
    assert again == found
    key = mine[0].key
    change_visit(
        store, key, {"notes": "", "locked": True}, revision=None, wording=WORDING, who="x", now=MORNING
    )
    assert feed_file(store, secret, language="en", time_zone="Asia/Shanghai", now=MORNING).mark != found.mark
    with store.reading() as session:
        kept = session.connection().exec_driver_sql("SELECT token_hash FROM calendar_feeds").all()
    assert secret not in str(kept)
    assert [one.id for one in feeds(store, "t2")] == [feed.id]
    revoke_feed(store, "f1", who="x", now=MORNING)
    revoke_feed(store, "f1", who="x", now=MORNING)
    for wrong in (secret, "t" * 43, "", "x" * 300):
        with pytest.raises(NotFound, match="no calendar"):
            feed_file(store, wrong, language="en", time_zone="Asia/Shanghai", now=MORNING)
    with pytest.raises(NotFound, match="no technician"):
        make_feed(store, "t9", id="f2", secret=lambda: secret, who="x", now=MORNING)


def test_a_week_lists_its_stops_in_order_and_makes_a_document(store: Store) -> None:
    plan = book(store)
    visit = plan.visit(YEARLY)
    week = technician_week(plan, "t1", visit.day, "en")
    assert week.monday == visit.day - timedelta(days=visit.day.weekday())
    assert YEARLY in [stop.key for _, stops in week.days for stop in stops]
    assert week.visits == sum(len(stops) for _, stops in week.days)
    document = week_document(plan, week, "en", author="Service")
    assert len(document.sections) == len(week.days)
    empty = technician_week(plan, "t1", date(2026, 2, 18), "en")
    assert (empty.visits, len(week_document(plan, empty, "en", author="x").sections)) == (0, 1)
    with pytest.raises(NotFound, match="no technician"):
        technician_week(plan, "t9", TODAY, "en")


def test_the_map_shows_every_route_from_home_to_home_inside_the_picture(store: Store) -> None:
    plan = book(store)
    day = plan.visit(YEARLY).day
    picture = plan_map(plan, day, day)
    (route,) = [one for one in picture.routes if one.technician_id == "t1"]
    assert route.points[0] == route.points[-1]
    assert [stop.number for stop in route.stops] == list(range(1, len(route.stops) + 1))
    everything = [*route.points, *(one.at for one in picture.sites), *(one[4] for one in picture.people)]
    assert all(0 <= x <= picture.width and 0 <= y <= picture.height for x, y in everything)
    assert picture.tiles == ()
    tiled = plan_map(plan, day, day, tiled=True)
    assert all(tile.zoom == tiled.tiles[0].zoom for tile in tiled.tiles)
    left, top = min(tile.at for tile in tiled.tiles)
    assert left <= 0
    assert top <= 0
    with pytest.raises(NotFound, match="no technician"):
        plan_map(plan, day, day, technician_id="t9")


def test_colours_repeat_only_with_another_pattern(store: Store) -> None:
    plan = book(store)
    one = plan.technicians["t1"]
    many = {f"t{n:02}": replace(one, id=f"t{n:02}") for n in range(30)}
    crowd = replace(plan, technicians=many, codes={**plan.codes, "technicians": {id: id for id in many}})
    styles = [(colour, pattern) for _, _, colour, pattern, _ in plan_map(crowd, TODAY, TODAY).people]
    assert len(set(styles)) == 30
    assert max(colour for colour, _ in styles) == COLOURS - 1


@pytest.mark.parametrize(
    ("latitude", "longitude", "x", "y"),
    [
        pytest.param(0.0, 0.0, 0.5, 0.5, id="the middle"),
        pytest.param(85.051129, -180.0, 0.0, 0.0, id="the corner, where tiles end"),
        pytest.param(31.230416, 121.473701, 0.8374269, 0.4085, id="Shanghai"),
    ],
)
def test_positions_lie_where_web_maps_have_them(
    latitude: float, longitude: float, x: float, y: float
) -> None:
    found = mercator(Position(latitude_deg=latitude, longitude_deg=longitude))
    assert found == (pytest.approx(x, abs=3e-4), pytest.approx(y, abs=3e-4))


def test_load_and_dates_kept_are_counted(store: Store) -> None:
    plan = book(store)
    load = plan_load(plan)
    assert len(load.months) == 12
    assert sum(month.visits for one in load.people for month in one.months) == len(plan.visits)
    january = load.people[0].months[0]
    # 2026 has 20 working days in January and a make-up day on the 4th; the office has 8 hours.
    assert january.available == 21 * 480
    done = {"state": "done", "done_on": TODAY.isoformat(), "confirm": True}
    change_visit(store, KUNSHAN, done, revision=None, wording=WORDING, who="x", now=MORNING)
    kept = kept_dates(store, book(store), today=TODAY)
    late = kept.so_far[ComplianceRule.ON_DUE_DATE]
    assert (late.kept, late.counted) == (0, 1)
    assert kept.so_far[ComplianceRule.SMRP].kept == 1
    ahead = kept.as_planned[ComplianceRule.SMRP]
    assert ahead.kept == ahead.counted > 10


def test_work_that_was_left_out_gets_its_place_by_the_concession(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'tight.db'}")
    store.migrate()
    rows = [one for one in small_register() if getattr(one, "id", "") not in ("t2", "m4-quarterly")]
    rows.append(a_plan_row("m4", "quarterly", skills=["base"], duration_minutes=420))
    rows.append(a_technician_row("t3", "赵工", (31.49, 120.31), skills=["gantry"]))
    fill(store, rows)
    plan_inspections(store, first_day=FIRST, last_day=date(2026, 3, 31), now=NOW)
    plan = book(store)
    work = next(one for one in plan.unplaced if one.site_id == "wuxi")
    conceded = relaxation_of(work)
    assert conceded is not None
    visit = apply_relaxation(store, plan, mark_of(work), language="en", who="chief", now=NOW)
    assert (visit.day.isoformat(), visit.technician_id) == (conceded["day"], conceded["technician"])
    now = book(store)
    assert mark_of(work) not in [mark_of(one) for one in now.unplaced]
    assert now.visit(visit.key).locked
    with pytest.raises(NotFound, match="unplaced work"):
        apply_relaxation(store, plan, mark_of(work), language="en", who="chief", now=NOW)
    again = plan_inspections(store, first_day=FIRST, last_day=date(2026, 3, 31), now=NOW)
    assert again.visit(visit.key).day == visit.day
    assert mark_of(work) not in [mark_of(one) for one in again.unplaced]
    store.close()
