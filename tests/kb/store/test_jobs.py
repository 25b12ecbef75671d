"""Jobs on both databases: one of a kind at a time, found by its stopped heart, ended with its result or not at all."""

import re
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from kb.errors import BadInput, Fault, NotFound, Stopped
from kb.store import Store
from kb.store.tables import CustomerRow
from kb.usecases.jobs import (
    LEFT_BEHIND,
    STALE,
    UNFORESEEN,
    Heart,
    Job,
    JobState,
    Started,
    end_with,
    find_job,
    start_job,
    stop_job,
    working_on,
)

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
REQUEST = {"first_day": "2026-01-01"}


def started(store: Store, id: str = "j1", *, now: datetime = NOW, kind: str = "planning") -> Started:
    return start_job(store, id=id, kind=kind, request=REQUEST, now=now, by="周工")


def found(store: Store, id: str = "j1", *, after: timedelta = timedelta(0)) -> Job:
    return find_job(store, id, now=NOW + after)


def a_heart(store: Store) -> Heart:
    return Heart(store, "j1", lambda: NOW + timedelta(seconds=10))


def finish(store: Store, *, result: dict[str, object] | None = None) -> None:
    with store.writing() as session:
        session.add(CustomerRow(id="c1", code="c1", name="客户"))
        session.flush()
        end_with(session, "j1", now=NOW, result=result or {"plan": 3})


def customers(store: Store) -> int:
    with store.reading() as session:
        return int(session.get(CustomerRow, "c1") is not None)


def test_a_started_job_says_what_who_and_when(store: Store) -> None:
    job = started(store).job
    assert job == found(store)
    assert (job.state, job.created, job.created_by, job.request) == (JobState.RUNNING, NOW, "周工", REQUEST)
    assert job.elapsed(NOW + timedelta(seconds=7)) == timedelta(seconds=7)


def test_a_second_start_finds_the_running_one_and_another_kind_is_its_own(store: Store) -> None:
    assert started(store).is_new
    again = started(store, "j2")
    assert (again.job.id, again.is_new) == ("j1", False)
    assert started(store, "j3", kind="site").is_new
    with pytest.raises(NotFound, match="no job has the id 'j2'"):
        found(store, "j2")


def test_of_two_who_start_at_once_one_starts(store: Store) -> None:
    gate = threading.Barrier(4)

    def start(number: int) -> Started:
        gate.wait()
        return started(store, f"j{number}")

    with ThreadPoolExecutor(4) as people:
        all_started = list(people.map(start, range(4)))
    assert sorted(one.is_new for one in all_started) == [False, False, False, True]
    assert len({one.job.id for one in all_started}) == 1


@pytest.mark.parametrize(
    ("after", "state"),
    [
        pytest.param(STALE, JobState.RUNNING, id="just beating"),
        pytest.param(STALE + timedelta(microseconds=1), JobState.FAILED, id="a moment longer"),
    ],
)
def test_a_job_whose_heart_has_stopped_has_failed_with_a_reason(
    store: Store, after: timedelta, state: JobState
) -> None:
    started(store)
    job = found(store, after=after)
    assert job.state is state
    assert job.message == (LEFT_BEHIND if state is JobState.FAILED else "")
    assert started(store, "j2", now=NOW + after).is_new is (state is JobState.FAILED)


def test_a_beat_carries_progress_and_keeps_the_job_alive(store: Store) -> None:
    started(store)
    heart = a_heart(store)
    heart.tell(0.4, "Placing the visits")
    heart.beat()
    job = found(store, after=STALE + timedelta(seconds=10))
    assert (job.state, job.progress, job.message) == (JobState.RUNNING, 0.4, "Placing the visits")


def test_a_heart_learns_the_wish_to_stop_and_tells_it_to_the_work(store: Store) -> None:
    started(store)
    heart = a_heart(store)
    assert stop_job(store, "j1").cancel_wanted
    heart.tell(0.1, "")
    heart.beat()
    with pytest.raises(Stopped, match="nothing was written"):
        heart.tell(0.2, "")


def test_the_result_and_the_end_of_a_job_are_written_together(store: Store) -> None:
    started(store)
    finish(store)
    job = found(store)
    assert (job.state, job.result, job.progress, customers(store)) == (JobState.DONE, {"plan": 3}, 1, 1)
    assert stop_job(store, "j1").state is JobState.DONE
    assert not found(store).cancel_wanted


def test_a_job_that_was_asked_to_stop_writes_nothing(store: Store) -> None:
    started(store)
    stop_job(store, "j1")
    with pytest.raises(Stopped, match="it was stopped"):
        finish(store)
    assert customers(store) == 0


def test_a_job_that_counted_as_dead_and_wakes_up_writes_nothing(store: Store) -> None:
    started(store)
    found(store, after=STALE * 2)
    with pytest.raises(Stopped, match="it was stopped"):
        finish(store)
    assert (found(store).state, customers(store)) == (JobState.FAILED, 0)


FAULT = Fault(where="to", what="too long", repair="plan less")


@pytest.mark.parametrize(
    ("error", "state", "message"),
    [
        pytest.param(
            BadInput("cannot be planned", [FAULT]), JobState.FAILED, "cannot be planned", id="expected"
        ),
        pytest.param(RuntimeError("a bug"), JobState.FAILED, UNFORESEEN, id="unforeseen"),
        pytest.param(Stopped("stopped"), JobState.CANCELLED, "", id="stopped"),
        pytest.param(KeyboardInterrupt("Ctrl+C"), JobState.CANCELLED, "", id="interrupted"),
    ],
)
def test_an_error_ends_the_job_and_goes_on(
    store: Store, error: BaseException, state: JobState, message: str
) -> None:
    started(store)
    with (
        pytest.raises(type(error), match=re.escape(str(error.args[0]))),
        working_on(store, "j1", clock=lambda: NOW),
    ):
        raise error
    job = found(store)
    assert (job.state, job.message, job.finished) == (state, message, NOW)
    assert job.faults == ((FAULT,) if isinstance(error, BadInput) else ())


def test_jobs_from_before_they_said_who_asked_are_read_after_the_upgrade(bare_store: Store) -> None:
    bare_store.migrate(to="0002")
    with bare_store.writing() as session:
        session.connection().exec_driver_sql(
            "INSERT INTO jobs (id, kind, state, created_at, heartbeat_at, progress, message, cancel_wanted, result)"
            " VALUES ('j1','planning','running','2026-03-01 08:00:00','2026-03-01 08:00:00',0,'',false,'null')"
        )
    bare_store.migrate()
    job = found(bare_store)
    assert (job.created_by, job.request, job.finished) == ("", {}, None)
