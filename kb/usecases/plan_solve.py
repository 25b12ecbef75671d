"""The search in a process of its own: the service stays responsive, never loads a compiler, and outlives a crash.

The process is started anew (spawned), given its task once, and tells how far it is through a pipe. It ends by itself
when the process that started it is gone. One that dies is started again from the best plan it told of, so that at
most `TELL_S` seconds of its work are lost.
"""

import importlib
import importlib.util
import os
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from kb.errors import BadInput, Fault
from planner.model import DueWork, Visit
from planner.routing import CurvePoint, Improved, Snapshot, StopRule
from planner.routing.setting import Setting

T = TypeVar("T")
TELL_S = 4.0
"""Between two tellings of the best plan: with a beat of a job's heart behind it, less than ten seconds are lost."""
MOST_STARTS = 4
"""A process that dies more often than this dies for a reason that another start does not remove."""
_LOOK_S = 0.25
"""How often the wishes of people are looked at while the process is silent."""
_SPAWN = get_context("spawn")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How hard to search.

    Args:
        seconds: How long; None with `iterations` for the same plan again on any machine.
        iterations: How often a plan is taken apart and put together again.
        seed: Of the dice.
        workers: Processes of this machine; 1 needs no others.
        cluster: Address of a Dask cluster, such as tcp://10.0.0.5:8786, that takes the place of own workers.
    """

    seconds: float | None = 60.0
    iterations: int | None = None
    seed: int = 1
    workers: int = 1
    cluster: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveTask:
    """What the process is given.

    Args:
        work: The trips to place.
        visits: Where they stand now.
        setting: All the rest.
        effort: How hard to search.
        clock: Seconds, only ever growing; a function that can be pickled by name.
    """

    work: tuple[DueWork, ...]
    visits: tuple[Visit, ...]
    setting: Setting
    effort: Effort
    clock: Callable[[], float]


Told = Callable[[Snapshot], None]
Keep = Callable[[], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class Solved:
    """What a search came to.

    Args:
        visits: The best plan that it told of.
        curve: The falling price.
        improved: Its answer; None where its process died too often to give one.
    """

    visits: tuple[Visit, ...]
    curve: tuple[CurvePoint, ...]
    improved: Improved | None


def solved(task: SolveTask, *, told: Told, keep: Keep) -> Solved:
    """Return what the search makes of a task, in a process of its own.

    Args:
        task: What to improve.
        told: Called with each snapshot; what it raises ends the process and comes out here.
        keep: Asked a few times a second; once true, the search ends with the best plan it has.
    """
    best, curve = task.visits, list[CurvePoint]()
    began = task.clock()

    def listening(snapshot: Snapshot) -> None:
        nonlocal best
        if snapshot.visits:
            best = snapshot.visits
        curve.append(snapshot.point)
        told(snapshot)

    for _ in range(MOST_STARTS):
        spent = task.clock() - began
        improved = _once(_left(task, best, spent), told=_later(listening, spent), keep=keep)
        if improved is not None:
            return Solved(visits=improved.visits, curve=tuple(curve) or improved.curve, improved=improved)
    return Solved(visits=best, curve=tuple(curve), improved=None)


def _left(task: SolveTask, best: tuple[Visit, ...], spent: float) -> SolveTask:
    """Return the task with the best plan so far and the time that is left."""
    seconds = task.effort.seconds
    left = None if seconds is None else max(0.0, seconds - spent)
    return replace(task, visits=best, effort=replace(task.effort, seconds=left))


def _later(told: Told, seconds: float) -> Told:
    """Return a listener for a process that was started `seconds` after the first."""
    return lambda snapshot: told(
        replace(snapshot, point=replace(snapshot.point, seconds=snapshot.point.seconds + seconds))
    )


def _once(task: SolveTask, *, told: Told, keep: Keep) -> Improved | None:
    """Run one process to its end; None where it died."""
    with TemporaryDirectory(prefix="servicebook-", ignore_cleanup_errors=True) as folder:
        wanted = Path(folder, "wanted")
        wanted.touch()
        return _watched(task, wanted, told=told, keep=keep)


def _watched(task: SolveTask, wanted: Path, *, told: Told, keep: Keep) -> Improved | None:
    ours, theirs = _SPAWN.Pipe()
    process = _SPAWN.Process(target=_child, args=(theirs, task, Gone(wanted)), name="servicebook solver")
    process.start()
    theirs.close()
    asked = False
    try:
        while True:
            if not asked and keep():
                wanted.unlink()
                ours.send("keep")
                asked = True
            if not ours.poll(_LOOK_S):
                continue
            kind, value = ours.recv()
            if kind == "snapshot":
                told(value)
            elif kind == "error":
                raise value
            else:
                return _checked(value)
    except (EOFError, ConnectionError):
        return None
    finally:
        wanted.unlink(missing_ok=True)
        ours.close()
        process.terminate()
        process.join()


def _checked(value: object) -> Improved:
    assert isinstance(value, Improved)
    return value


@dataclass(frozen=True, slots=True)
class Gone:
    """Tells processes of this machine that somebody has enough: a file is there as long as nobody has.

    Args:
        path: The file.
    """

    path: Path

    def __call__(self) -> bool:
        """Whether somebody has enough, or whoever wanted the search is gone."""
        return not self.path.exists()


def _child(pipe: "Connection[Any, Any]", task: SolveTask, enough: Gone) -> None:
    """Search; runs in the process of its own."""
    os.nice(5)
    wants_end = threading.Event()
    threading.Thread(target=_listen, args=(pipe, wants_end), daemon=True).start()
    effort = task.effort
    # By name, so that the process that only starts this one never loads the compiler.
    room = importlib.import_module("planner.routing.improve")
    try:
        with executor_of(effort) as executor:
            improved = room.improve(
                task.work,
                task.visits,
                **{name: getattr(task.setting, name) for name in Setting.__slots__},
                seed=effort.seed,
                stop=StopRule(seconds=effort.seconds, iterations=effort.iterations),
                clock=task.clock,
                progress=lambda snapshot: pipe.send(("snapshot", snapshot)),
                cancelled=wants_end.is_set,
                # Workers of a cluster may be on other machines, which know nothing of this one's files.
                cancelled_there=None if effort.cluster else enough,
                executor=executor,
                workers=effort.workers,
                tell_every=TELL_S,
            )
    except Exception as error:
        pipe.send(("error", error))
    else:
        pipe.send(("done", improved))


def _listen(pipe: "Connection[Any, Any]", wants_end: threading.Event) -> None:
    try:
        while pipe.recv() == "keep":
            wants_end.set()
    except (EOFError, OSError):
        # Whoever asked is gone, and nobody would read the answer.
        os._exit(1)


def search_is_compiled() -> bool:
    """Whether the machine code of the search is there and not older than its source, so that it starts at once."""
    found = importlib.util.find_spec("planner.routing")
    folders = list(found.submodule_search_locations or ()) if found else []
    sources = [one for folder in folders for one in Path(folder, "search").glob("*.py")]
    code = [
        one for folder in folders for one in Path(folder, "search", "__pycache__").glob("anneal.anneal-*.nbi")
    ]
    return bool(sources and code) and max(_changed(code)) >= max(_changed(sources))


def _changed(files: Iterable[Path]) -> list[float]:
    return [one.stat().st_mtime for one in files]


class RenewingPool(Executor):
    """Processes side by side; where one was killed, and its pool is broken, the next work gets a new pool.

    Args:
        workers: How many.
    """

    def __init__(self, workers: int) -> None:
        self._workers = workers
        self._pool = self._new()

    def _new(self) -> ProcessPoolExecutor:
        return ProcessPoolExecutor(max_workers=self._workers, mp_context=_SPAWN)

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> "Future[T]":
        """Run `fn` in one of the processes."""
        try:
            return self._pool.submit(fn, *args, **kwargs)
        except BrokenProcessPool:
            self._pool.shutdown(wait=False)
            self._pool = self._new()
            return self._pool.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the processes."""
        self._pool.shutdown(wait=wait, cancel_futures=cancel_futures)


def executor_of(effort: Effort) -> AbstractContextManager[Executor | None]:
    """Return what runs the parts of a search side by side; None where one process is enough."""
    if effort.cluster:
        return _cluster(effort.cluster)
    if effort.workers > 1:
        return RenewingPool(effort.workers)
    return nullcontext(None)


def _cluster(address: str) -> AbstractContextManager[Executor]:
    try:
        distributed = importlib.import_module("distributed")
    except ModuleNotFoundError as error:
        raise _no_cluster("needs the library `distributed`", "install servicebook[cluster]") from error
    try:
        client = distributed.Client(address, timeout=10)
    except (OSError, TimeoutError, ValueError) as error:
        raise _no_cluster(
            f"{address} does not answer: {error}", "start its scheduler, or search here"
        ) from error
    found: AbstractContextManager[Executor] = client.get_executor()
    return found


def _no_cluster(what: str, repair: str) -> BadInput:
    return BadInput("the cluster cannot be used", [Fault(where="cluster", what=what, repair=repair)])
