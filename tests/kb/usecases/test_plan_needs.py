"""Two technicians, several days, kits and optional visits from the register to the week sheet, the calendar and the trace."""

from datetime import timedelta
from pathlib import Path

import pytest

from kb.store import Store, planning_input
from kb.store.kits import KitRow
from kb.store.visits import unplaced_from, unplaced_json, visit_from_json, visit_json
from kb.usecases.plan import latest_plan
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_calendars import plan_calendars
from kb.usecases.plan_improve import effort_of, improve_plan, start_improving
from kb.usecases.plan_job import make_plan, start_planning
from kb.usecases.plan_json import visit_json as told_json
from kb.usecases.plan_load import plan_load
from kb.usecases.plan_period import Period
from kb.usecases.plan_trace import unplaced_sentence, visit_sentences
from kb.usecases.plan_views import VisitFilter, technician_plan
from kb.usecases.plan_week import technician_week
from planner.model import Kit, Needs, Visit
from planner.scheduling import Overdue
from tests.kb.usecases.plan_register import FIRST, NOW, a_plan_row, fill, small_register

QUARTER = Period(first_day=FIRST, last_day=FIRST + timedelta(days=89))


def rows() -> list[object]:
    """The small register, in which each machine's quarterly work has other needs."""
    needs = {
        "m2-quarterly": {"crew": 2, "second_skills": ["gantry"], "kits": ["laser"]},
        "m3-quarterly": {"work_days": 3, "overnight": True, "duration_minutes": 1000},
        "m4-quarterly": {"price_minutes": 5.0},
    }
    kept = [one for one in small_register() if getattr(one, "id", "") not in needs]
    skills = {"m2-quarterly": ["base"], "m3-quarterly": ["base"], "m4-quarterly": ["gantry"]}
    return [
        *kept,
        *(a_plan_row(*id.split("-"), skills=skills[id], **more) for id, more in needs.items()),  # type: ignore[arg-type]
    ]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    path: Path = tmp_path_factory.mktemp("needs")
    store = Store(f"sqlite:///{path / 'servicebook.db'}")
    store.migrate()
    fill(store, rows())
    with store.writing() as session:
        session.add(KitRow(id="k1", code="laser", name="激光干涉仪", owned=1, holders=["t1", "nobody"]))
    job = start_planning(store, QUARTER, id="first", now=NOW, by="周工").job
    make_plan(store, job, clock=lambda: NOW, overdue=Overdue.MERGE)
    return store


@pytest.fixture(scope="module")
def book(store: Store) -> PlanBook:
    found = latest_plan(store)
    assert found is not None
    return found


def of_plan(book: PlanBook, plan_id: str) -> Visit:
    return next(one for one in book.visits if one.occurrences[0].plan_id == plan_id)


def test_the_register_gives_planning_the_needs_and_the_kits(store: Store) -> None:
    with store.reading() as session:
        register = planning_input(session)
    assert register.kits == {"laser": Kit(id="laser", owned=1, holders=frozenset({"t1", "nobody"}))}
    assert register.plans["m2-quarterly"].needs == Needs(
        crew=2, second_skills=frozenset({"gantry"}), kits=frozenset({"laser"})
    )
    assert register.plans["m3-quarterly"].needs == Needs(days=3, overnight=True)
    assert register.plans["m1-monthly"].needs == Needs()


def test_a_pair_stands_in_both_weeks_calendars_and_loads(book: PlanBook) -> None:
    visit = of_plan(book, "m2-quarterly")
    assert (visit.technician_id, visit.second_id) == ("t1", "t2")
    for who, company in (("t1", "与李工同行 · 携带：laser"), ("t2", "与王工同行")):
        week = technician_week(book, who, visit.day, "zh_CN")
        stops = [one for day, stops in week.days for one in stops if one.key == visit.key]
        assert [one.company for one in stops] == [company]
        assert visit in [one for one in book.visits if VisitFilter(technician_id=who).fits(one)]
        assert visit.key in {one.key for one in technician_plan(book, who)}
    calendars = plan_calendars(book, "en", time_zone="Asia/Shanghai")
    starts = [one.start for who in ("t1", "t2") for one in calendars[who].events if "LAT" in one.description]
    assert len(starts) >= 2
    assert starts[0] == starts[len(starts) // 2]
    load = {one.technician_id: sum(month.visits for month in one.months) for one in plan_load(book).people}
    assert sum(load.values()) == len(book.presences)
    assert "Together with 李工 · carries: laser." in visit_sentences(book, visit, "en")


def test_a_visit_of_three_days_spans_three_days(book: PlanBook) -> None:
    visit = of_plan(book, "m3-quarterly")
    assert visit.last_day == visit.day + timedelta(days=2)
    week = technician_week(book, str(visit.technician_id), visit.day, "en")
    lines = [(day, one.company) for day, stops in week.days for one in stops if one.key == visit.key]
    assert [day for day, _ in lines] == [visit.day + timedelta(days=one) for one in range(3)]
    assert lines[1][1].startswith("day 2 of 3")
    events = plan_calendars(book, "en", time_zone="Asia/Shanghai")[str(visit.technician_id)].events
    mine = [one for one in events if "day 1 of 3" in one.description or "of 3, " in one.description]
    assert (
        len({one.uid for one in mine})
        == len(mine)
        == 3 * len([one for one in book.visits if one.needs.days == 3])
    )
    told = told_json(book, visit, "en")
    assert (told["last_day"], len(told["further"])) == (visit.last_day.isoformat(), 2)  # type: ignore[arg-type]


def test_an_optional_visit_stays_out_with_its_price_and_its_detour(book: PlanBook) -> None:
    left = [one for one in book.unplaced if one.needs.price == 5.0]
    assert left
    english = unplaced_sentence(book, left[0], "en")
    assert english.startswith("It is optional and worth 5 minutes of driving; the detour would be")
    assert unplaced_sentence(book, left[0], "zh_CN").startswith("属可选工作，值 5 分钟车程；绕路需")
    assert unplaced_from(unplaced_json(left[0])) == left[0]


def test_what_is_written_is_read_again(book: PlanBook) -> None:
    for visit in book.visits:
        assert visit_from_json(visit_json(visit)) == visit


def test_the_search_keeps_pairs_and_long_visits_whole(store: Store, book: PlanBook) -> None:
    effort = effort_of(seconds=None, iterations=200)
    job = start_improving(store, effort, id="better", now=NOW, by="周工").job
    after = improve_plan(store, job, clock=lambda: NOW, seconds=float, overdue=Overdue.MERGE)
    assert len(of_plan(after, "m2-quarterly").further) == 1
    assert len(of_plan(after, "m3-quarterly").further) == 2
    assert len(after.visits) == len(book.visits)
