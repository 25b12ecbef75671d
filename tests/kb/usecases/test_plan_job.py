"""Planning as a job: stopped in the middle, killed in the middle, told and written together."""

import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlmodel import select

from kb.errors import BadInput, Stopped
from kb.store import Store
from kb.store.tables import PlanRunRow
from kb.usecases.jobs import LEFT_BEHIND, STALE, JobState, find_job, stop_job
from kb.usecases.plan import latest_plan
from kb.usecases.plan_job import make_plan, start_planning
from kb.usecases.plan_period import Period
from planner.scheduling import Overdue
from tests.kb.usecases.plan_register import FIRST, LAST, NOW, fill, small_register

ROOT = Path(__file__).parents[3]
YEAR = Period(first_day=FIRST, last_day=LAST)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = Store(f"sqlite:///{tmp_path / 'servicebook.db'}")
    store.migrate()
    fill(store, small_register())
    return store


def make(store: Store, id: str, *, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Make a plan; do something else when its placing is told of first."""
    job = start_planning(store, YEAR, id=id, now=NOW, by="周工").job
    told: list[int] = []

    def placing(done: int, total: int) -> None:
        if not told:
            meanwhile()
        told.append(done)

    make_plan(store, job, clock=lambda: NOW, overdue=Overdue.MERGE, progress=placing)
    assert told


def runs(store: Store) -> list[int]:
    with store.reading() as session:
        return list(session.exec(select(PlanRunRow.number)))


def test_a_finished_job_names_its_plan_and_the_plan_who_asked(store: Store) -> None:
    make(store, "j1")
    job = find_job(store, "j1", now=NOW)
    assert (job.state, job.result, job.progress) == (JobState.DONE, {"plan": 1}, 1)
    with store.reading() as session:
        assert session.get_one(PlanRunRow, 1).created_by == "周工"
    assert start_planning(store, YEAR, id="j2", now=NOW, by="").is_new


def test_a_job_stopped_while_it_runs_leaves_the_old_plan_untouched(store: Store) -> None:
    make(store, "j1")
    before = latest_plan(store)
    with pytest.raises(Stopped, match="nothing was written"):
        make(store, "j2", meanwhile=lambda: stop_job(store, "j2"))
    assert find_job(store, "j2", now=NOW).state is JobState.CANCELLED
    assert latest_plan(store) is before
    assert runs(store) == [1]


def test_a_job_that_cannot_be_done_keeps_its_faults(tmp_path: Path) -> None:
    store = Store(f"sqlite:///{tmp_path / 'empty.db'}")
    store.migrate()
    with pytest.raises(BadInput, match="nothing to plan"):
        make(store, "j1")
    job = find_job(store, "j1", now=NOW)
    assert (job.state, job.message) == (JobState.FAILED, "there is nothing to plan")
    assert "bring in machines" in job.faults[0].repair
    store.close()


KILLED = """
import sys
from kb.store import Store
from kb.usecases.plan_job import make_plan, start_planning
from planner.scheduling import Overdue
from tests.kb.usecases.test_plan_job import NOW, YEAR

store = Store(sys.argv[1])
job = start_planning(store, YEAR, id="killed", now=NOW, by="").job

def placing(done, total):
    print("in the middle", flush=True)
    sys.stdin.read()

make_plan(store, job, clock=lambda: NOW, overdue=Overdue.MERGE, progress=placing)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="kill -9 is a signal of POSIX")
def test_a_process_killed_in_the_middle_of_planning_leaves_a_sound_database_and_a_failed_job(
    store: Store,
) -> None:
    make(store, "j1")
    before = latest_plan(store)
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, store.address],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "in the middle\n"
        assert find_job(store, "killed", now=NOW).state is JobState.RUNNING
        assert not start_planning(store, YEAR, id="j2", now=NOW, by="").is_new
        process.send_signal(signal.SIGKILL)
    assert process.returncode == -signal.SIGKILL
    assert store.integrity_faults() == ()
    assert latest_plan(store) is before
    later = NOW + STALE + timedelta(seconds=1)
    assert start_planning(store, YEAR, id="j3", now=later, by="").is_new
    killed = find_job(store, "killed", now=later)
    assert (killed.state, killed.message) == (JobState.FAILED, LEFT_BEHIND)
    assert runs(store) == [1]
    store.close()
