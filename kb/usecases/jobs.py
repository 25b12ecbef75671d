"""Long work: one of a kind at a time, with progress, a heart that beats, and a way to stop it.

A job is a row that tells the truth whatever happens to the process that works on it: while it runs its heart beats
every `BEAT`; a heart that has not beaten for `STALE` belongs to a dead process, and whoever looks next says so.
The end of a job is written in the same transaction as its result, so that neither is there without the other.
"""

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from threading import Event, Thread

from kb.errors import Fault, FaultyInput, KbError, NotFound, Stopped, StoreFailure
from kb.store import Store
from kb.store.jobs import add_job, job_row, running_job, stopped_hearts
from kb.store.register import Session
from kb.store.tables import JobRow
from planner.errors import PlannerError

BEAT = timedelta(seconds=2)
"""Between two beats of a heart."""
STALE = timedelta(seconds=30)
"""Without a beat for so long the process is dead; twice as long as a writer may have to wait for its turn."""
KEEP = "keep_best"
"""In a job's request: somebody wants it to end early with the best that it has."""
CHECKPOINT = "checkpoint"
"""In a job's result: what it can be taken up from; not shown, because it is long."""
LEFT_BEHIND = "The process that worked on it has ended; nothing was written. Start it again."
UNFORESEEN = "An unforeseen fault; nothing was written, and the server's log has the details."
_log = logging.getLogger(__name__)


class JobState(StrEnum):
    """Where a job stands; all but *running* are ends."""

    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A piece of long work.

    Args:
        progress: From 0 to 1.
        message: What it does, or why it failed: a message id, or a sentence.
        request: What was asked for.
        result: What came of it; while it runs, what it has so far.
        keep_wanted: Whether somebody asked it to end early with what it has.
        faults: What is wrong with the request, where that made it fail.
    """

    id: str
    kind: str
    state: JobState
    created: datetime
    created_by: str
    finished: datetime | None
    progress: float
    message: str
    cancel_wanted: bool
    request: Mapping[str, object]
    keep_wanted: bool = False
    result: Mapping[str, object] = field(default_factory=dict)
    faults: tuple[Fault, ...] = ()

    def elapsed(self, now: datetime) -> timedelta:
        """Return how long it has run, or ran."""
        return max((self.finished or now) - self.created, timedelta(0))


@dataclass(frozen=True, slots=True, kw_only=True)
class Started:
    """A job, and whether it is new; otherwise one of its kind was running already."""

    job: Job
    is_new: bool


def start_job(
    store: Store, *, id: str, kind: str, request: Mapping[str, object], now: datetime, by: str
) -> Started:
    """Claim the work of a kind; where one runs already, return that one.

    Args:
        id: An id that nothing has, for the new job.
        now: The present instant.
    """
    with store.writing() as session:
        _fail_left_behind(session, now)
        row = running_job(session, kind)
        if row is not None:
            return Started(job=_job(row), is_new=False)
        row = JobRow(id=id, kind=kind, created_at=now, heartbeat_at=now, created_by=by, request=dict(request))
        add_job(session, row)
        return Started(job=_job(row), is_new=True)


def find_job(store: Store, id: str, *, now: datetime) -> Job:
    """Return a job; one that a dead process left behind has failed.

    Raises:
        NotFound: There is no such job.
    """
    with store.reading() as session:
        job = _job(_known(session, id))
        is_left = bool(stopped_hearts(session, now - STALE))
    if not is_left:
        return job
    with store.writing() as session:
        _fail_left_behind(session, now)
        return _job(_known(session, id))


def stop_job(store: Store, id: str) -> Job:
    """Ask for a job to stop; it ends at its next step, and one that has ended stays as it is.

    Raises:
        NotFound: There is no such job.
    """
    with store.writing() as session:
        row = _known(session, id)
        if row.state == JobState.RUNNING:
            row.cancel_wanted = True
        return _job(row)


def keep_job(store: Store, id: str) -> Job:
    """Ask for a job to end early with the best that it has; one that has ended stays as it is.

    Only work that gets better and better understands this; other work goes on to its end.

    Raises:
        NotFound: There is no such job.
    """
    with store.writing() as session:
        row = _known(session, id)
        if row.state == JobState.RUNNING:
            row.request = {**(row.request or {}), KEEP: True}
        return _job(row)


def end_with(session: Session, id: str, *, now: datetime, result: Mapping[str, object]) -> None:
    """Let a job be done, in the transaction that writes what it made.

    Raises:
        Stopped: It was asked to stop, or counts as dead: nothing of the transaction may stay.
    """
    row = _known(session, id)
    if row.state != JobState.RUNNING or row.cancel_wanted:
        raise Stopped("it was stopped; nothing was written")
    _end(row, JobState.DONE, now=now, result=result)
    row.progress = 1


@contextmanager
def working_on(store: Store, id: str, *, clock: Callable[[], datetime]) -> Iterator["Heart"]:
    """Let the heart of a job beat while a block works on it; an error that leaves the block ends the job.

    Args:
        clock: Returns the present instant, aware.
    """
    heart = Heart(store, id, clock)
    thread = Thread(target=heart.keep_beating, name=f"heart of {id}", daemon=True)
    thread.start()
    try:
        yield heart
    except (Stopped, KeyboardInterrupt):
        _fail(store, id, JobState.CANCELLED, clock(), "", ())
        raise
    except (KbError, PlannerError) as error:
        faults = error.faults if isinstance(error, FaultyInput) else ()
        _fail(store, id, JobState.FAILED, clock(), str(error.args[0]), faults)
        raise
    except Exception:
        _fail(store, id, JobState.FAILED, clock(), UNFORESEEN, ())
        raise
    finally:
        heart.stop()
        thread.join()


class Heart:
    """The sign of life of one job; carries its progress into the row and the wish to stop out of it."""

    def __init__(self, store: Store, id: str, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._id = id
        self._clock = clock
        self._ended = Event()
        self._stop_wanted = Event()
        self._keep_wanted = Event()
        self._so_far: Mapping[str, object] | None = None
        self._progress = 0.0
        self._message = ""

    def tell(self, progress: float, message: str) -> None:
        """Note how far the work is; written with the next beat.

        Args:
            progress: From 0 to 1.
            message: What is being done, a message id.

        Raises:
            Stopped: Somebody wishes the work to stop.
        """
        self._progress, self._message = progress, message
        if self._stop_wanted.is_set():
            raise Stopped("it was stopped; nothing was written")

    def note(self, so_far: Mapping[str, object]) -> None:
        """Note what the work has so far; written with the next beat as the job's result, and kept if it dies.

        Args:
            so_far: JSON values; what is under `CHECKPOINT` is not shown.
        """
        self._so_far = so_far

    @property
    def stop_wanted(self) -> bool:
        """Whether somebody wishes the work to stop and leave nothing."""
        return self._stop_wanted.is_set()

    @property
    def keep_wanted(self) -> bool:
        """Whether somebody wishes the work to end with the best that it has."""
        return self._keep_wanted.is_set()

    def beat(self) -> None:
        """Write a sign of life with the progress; learn whether to stop."""
        with self._store.writing() as session:
            row = _known(session, self._id)
            if row.state != JobState.RUNNING or row.cancel_wanted:
                self._stop_wanted.set()
                return
            if KEEP in (row.request or {}):
                self._keep_wanted.set()
            row.heartbeat_at = self._clock()
            row.progress, row.message = self._progress, self._message
            so_far, self._so_far = self._so_far, None
            if so_far is not None:
                row.result = dict(so_far)

    def keep_beating(self) -> None:
        """Beat until the work ends."""
        while not self._ended.wait(BEAT.total_seconds()):
            try:
                self.beat()
            except StoreFailure as failure:
                # The work itself meets the same failure when it writes; one missed beat is not death.
                _log.warning("job %s missed a beat: %s", self._id, failure)

    def stop(self) -> None:
        """Let the heart rest."""
        self._ended.set()


class Background(Thread):
    """Work in a thread that ends with the process; what it raised is kept.

    Args:
        work: What to do.
    """

    def __init__(self, name: str, work: Callable[[], object]) -> None:
        super().__init__(name=name, daemon=True)
        self._work = work
        self.error: Exception | None = None

    def run(self) -> None:
        """Do the work."""
        try:
            self._work()
        except Exception as error:
            self.error = error
            if not isinstance(error, KbError | PlannerError):
                _log.exception("unforeseen fault in %s", self.name)

    def has_ended(self, *, within_s: float) -> bool:
        """Wait up to `within_s` seconds; return whether the work has ended."""
        self.join(within_s)
        return not self.is_alive()


def _known(session: Session, id: str) -> JobRow:
    row = job_row(session, id)
    if row is None:
        raise NotFound("job", id)
    return row


def _fail_left_behind(session: Session, now: datetime) -> None:
    for row in stopped_hearts(session, now - STALE):
        _end(row, JobState.FAILED, now=row.heartbeat_at, result=row.result or {})
        row.message = LEFT_BEHIND


def _fail(
    store: Store, id: str, state: JobState, now: datetime, message: str, faults: tuple[Fault, ...]
) -> None:
    told = [{"where": one.where, "what": one.what, "repair": one.repair} for one in faults]
    with store.writing() as session:
        row = _known(session, id)
        if row.state == JobState.RUNNING:
            so_far = row.result or {} if state is JobState.FAILED else {}
            _end(row, state, now=now, result={**so_far, **({"faults": told} if told else {})})
            row.message = message


def _end(row: JobRow, state: JobState, *, now: datetime, result: Mapping[str, object]) -> None:
    row.state, row.finished_at, row.result = state.value, now, dict(result)


def _job(row: JobRow) -> Job:
    result = dict(row.result or {})
    result.pop(CHECKPOINT, None)
    return Job(
        id=row.id,
        kind=row.kind,
        state=JobState(row.state),
        created=row.created_at,
        created_by=row.created_by,
        finished=row.finished_at,
        progress=row.progress,
        message=row.message,
        cancel_wanted=row.cancel_wanted,
        request={name: value for name, value in (row.request or {}).items() if name != KEEP},
        keep_wanted=KEEP in (row.request or {}),
        result=result,
        faults=tuple(Fault(**one) for one in result.pop("faults", ())),
    )
