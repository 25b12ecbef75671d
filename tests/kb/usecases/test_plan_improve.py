"""Improving a plan as a job: its process, its curve, ended early, stopped, killed, taken up, fitted to what changed."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from datetime import timedelta
from multiprocessing import active_children
from pathlib import Path

import pytest
from sqlmodel import select

from kb.errors import BadInput, NotFound, Stopped
from kb.store import Store
from kb.store.tables import JobRow, PlanRunRow, VisitRow
from kb.usecases import plan_improve
from kb.usecases.jobs import CHECKPOINT, STALE, JobState, find_job, keep_job, stop_job
from kb.usecases.plan import latest_plan
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_checkpoint import checkpoint_of, taken_up
from kb.usecases.plan_improve import IMPROVING, effort_of, improve_plan, start_improving, told_curve
from kb.usecases.plan_job import make_plan, start_planning
from kb.usecases.plan_period import Period
from kb.usecases.plan_solve import Effort, RenewingPool, Solved, SolveTask
from planner.model import VisitState
from planner.routing import CurvePoint, Snapshot
from planner.scheduling import Overdue
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, fill, small_register

YEAR = Period(first_day=FIRST, last_day=LAST)
FEW = Effort(seconds=None, iterations=500)
ROOT = Path(__file__).parents[3]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(f"sqlite:///{tmp_path / 'servicebook.db'}")
    store.migrate()
    fill(store, small_register())
    job = start_planning(store, YEAR, id="first", now=NOW, by="周工").job
    make_plan(store, job, clock=lambda: NOW, overdue=Overdue.MERGE)
    return store


def improve(
    store: Store,
    id: str,
    effort: Effort = FEW,
    *,
    watch: Callable[[Snapshot], None] = lambda snapshot: None,
) -> PlanBook:
    job = start_improving(store, effort, id=id, now=NOW, by="周工").job
    return improve_plan(
        store, job, clock=lambda: NOW, seconds=time.monotonic, overdue=Overdue.MERGE, watch=watch
    )


def runs(store: Store) -> list[int]:
    with store.reading() as session:
        return list(session.exec(select(PlanRunRow.number)))


def solver_pid() -> int:
    (child,) = active_children()
    assert child.pid is not None
    return child.pid


def test_a_better_plan_is_written_with_its_curve_by_a_process_of_its_own(store: Store) -> None:
    before = latest_plan(store)
    assert before is not None
    book = improve(store, "j1")
    job = find_job(store, "j1", now=NOW)
    assert (job.state, job.result["plan"]) == (JobState.DONE, 2)
    curve = job.result["curve"]
    assert isinstance(curve, list)
    assert curve[0][1] == 0
    assert curve[-1][1] == FEW.iterations
    assert curve[-1][2] <= curve[0][2]
    assert {one.key for one in book.visits} == {one.key for one in before.visits}
    assert CHECKPOINT not in job.result
    assert active_children() == []


def test_a_killed_search_is_started_again_from_the_best_it_told_of(store: Store) -> None:
    killed: list[int] = []

    def watch(snapshot: Snapshot) -> None:
        if not killed:
            killed.append(solver_pid())
            os.kill(killed[0], signal.SIGKILL)

    improve(store, "j1", Effort(seconds=None, iterations=2_000), watch=watch)
    job = find_job(store, "j1", now=NOW)
    assert job.state is JobState.DONE
    curve = job.result["curve"]
    assert isinstance(curve, list)
    assert [point[1] for point in curve].count(0) == 2
    assert runs(store) == [1, 2]


def test_an_endless_search_ends_early_with_its_best_when_somebody_has_enough(store: Store) -> None:
    def watch(snapshot: Snapshot) -> None:
        keep_job(store, "j1")

    improve(store, "j1", Effort(seconds=24 * 3600.0), watch=watch)
    assert find_job(store, "j1", now=NOW).state is JobState.DONE
    assert runs(store) == [1, 2]


def test_a_search_that_is_stopped_leaves_nothing(store: Store) -> None:
    with pytest.raises(Stopped, match="nothing was written"):
        improve(store, "j1", Effort(seconds=24 * 3600.0), watch=lambda snapshot: stop_job(store, "j1"))
    assert find_job(store, "j1", now=NOW).state is JobState.CANCELLED
    assert runs(store) == [1]
    assert active_children() == []


def found_at_once(told_first: Callable[[], object] = lambda: None) -> Callable[..., Solved]:
    """Return a search that moves nothing, in this process."""

    def solved(task: SolveTask, *, told: Callable[[Snapshot], None], keep: Callable[[], bool]) -> Solved:
        point = CurvePoint(seconds=1, iterations=1, cost=10)
        told(Snapshot(point=point, unplaced=0, visits=task.visits))
        told_first()
        return Solved(visits=task.visits, curve=(point,), improved=None)

    return solved


def test_what_people_changed_while_it_searched_stands_in_the_better_plan(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = latest_plan(store)
    assert book is not None
    key = book.visits[0].key

    def book_visit() -> None:
        with store.writing() as session:
            row = session.get_one(VisitRow, key)
            row.state, row.revision = "booked", row.revision + 1

    monkeypatch.setattr(plan_improve, "solved", found_at_once(book_visit))
    after = improve(store, "j1")
    assert after.visit(key).state is VisitState.BOOKED
    assert find_job(store, "j1", now=NOW).state is JobState.DONE


def test_a_search_whose_service_died_is_taken_up_by_the_next(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    book = latest_plan(store)
    assert book is not None
    job = start_improving(store, FEW, id="dead", now=NOW + timedelta(minutes=1), by="").job
    with store.writing() as session:
        row = session.get_one(JobRow, job.id)
        row.result = {CHECKPOINT: checkpoint_of(book.visits), "curve": [[1, 1, 1]]}
    later = NOW + timedelta(minutes=1) + STALE + timedelta(seconds=1)
    assert find_job(store, "dead", now=later).state is JobState.FAILED
    begun: list[SolveTask] = []

    def solved(task: SolveTask, *, told: Callable[[Snapshot], None], keep: Callable[[], bool]) -> Solved:
        begun.append(task)
        return Solved(visits=task.visits, curve=(), improved=None)

    monkeypatch.setattr(plan_improve, "solved", solved)
    job = start_improving(store, FEW, id="next", now=later, by="").job
    improve_plan(store, job, clock=lambda: later, seconds=time.monotonic, overdue=Overdue.MERGE)
    assert find_job(store, "next", now=later).result["taken_from"] == "dead"
    assert {(one.key, one.day) for one in begun[0].visits} == {(one.key, one.day) for one in book.visits}


def test_a_checkpoint_brings_back_who_goes_where_and_leaves_the_rest_as_it_is(store: Store) -> None:
    book = latest_plan(store)
    assert book is not None
    # A visit has all that is asked of the work here: its key, site, window, occurrences and duration.
    found = taken_up(checkpoint_of(book.visits[:2]), book.visits, book.visits)  # type: ignore[arg-type]
    assert [(one.key, one.technician_id, one.day, one.hours) for one in found] == [
        (one.key, one.technician_id, one.day, one.hours) for one in book.visits
    ]
    assert found[2:] == book.visits[2:]


def test_one_plan_is_improved_at_a_time_and_only_one_that_is_there(store: Store, tmp_path: Path) -> None:
    assert start_improving(store, FEW, id="a", now=NOW, by="").is_new
    second = start_improving(store, FEW, id="b", now=NOW, by="")
    assert (second.is_new, second.job.id, second.job.kind) == (False, "a", IMPROVING)
    empty = Store(f"sqlite:///{tmp_path / 'empty.db'}")
    empty.migrate()
    with pytest.raises(NotFound, match="latest"):
        start_improving(empty, FEW, id="c", now=NOW, by="")


def test_every_fault_of_an_effort_is_told_at_once() -> None:
    with pytest.raises(BadInput) as caught:
        effort_of(seconds=0, seed=-1, workers=65, cluster="here")
    assert [one.where for one in caught.value.faults] == ["seconds", "seed", "workers", "cluster"]
    with pytest.raises(BadInput) as caught:
        effort_of(seconds=None)
    assert [one.where for one in caught.value.faults] == ["seconds"]
    assert effort_of(seconds=1, workers=64).workers == 64


def test_a_long_curve_is_thinned_out_and_keeps_its_ends() -> None:
    curve = [CurvePoint(seconds=n, iterations=n, cost=5_000 - n) for n in range(3_000)]
    told = told_curve(curve)["curve"]
    assert isinstance(told, list)
    assert len(told) <= 401
    assert (told[0][0], told[-1][0]) == (0, 2_999)


def test_the_service_never_loads_the_compiler() -> None:
    code = (
        "import sys, kb.api.app, kb.web.plan_jobs, kb.cli.plan; "
        "print(sorted({'numba', 'distributed'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"


def test_a_pool_with_a_killed_process_is_renewed() -> None:
    with RenewingPool(1) as pool:
        with pytest.raises(BrokenProcessPool, match="terminated abruptly"):
            pool.submit(os._exit, 1).result()
        assert pool.submit(abs, -2).result() == 2
