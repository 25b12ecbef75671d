"""Parts of a search on a real cluster of several workers, one of which is killed while it works."""

import os
import signal
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any

import pytest

from planner.routing import Improved, StopRule
from planner.routing import improve as room
from planner.routing.improve import improve
from tests.planner.routing.departments import Small, a_department

distributed = pytest.importorskip("distributed")


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """Three workers in processes of their own."""
    with (
        warnings.catch_warnings(),
        distributed.LocalCluster(
            n_workers=3, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        warnings.simplefilter("ignore")
        yield client


class Killing(Executor):
    """Kills a worker right after it was given its second part."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._inner = client.get_executor()
        self._sent = 0
        self.killed: int | None = None

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = self._inner.submit(fn, *args, **kwargs)
        self._sent += 1
        if self._sent == 2:
            self.killed = next(iter(self._client.run(os.getpid).values()))
            os.kill(self.killed, signal.SIGKILL)
        return future


def improved(small: Small, executor: Executor, **more: Any) -> Improved:
    return improve(
        small.work,
        **small.around(),  # type: ignore[arg-type]
        stop=StopRule(iterations=6_000),
        clock=time.monotonic,
        executor=executor,
        workers=3,
        **more,
    )


@pytest.mark.filterwarnings("default")
def test_a_worker_killed_in_the_middle_loses_nothing(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("planner.routing.territories.WORK_IN_PART", 12)
    monkeypatch.setattr(room, "EXECUTOR_FROM", 1)
    small = a_department(5, work=48, technicians=6, sites=12)
    executor = Killing(client)
    found = improved(small, executor)
    with ThreadPoolExecutor(1) as one:
        here = improved(small, one)
    assert executor.killed is not None
    assert found.visits == here.visits
    assert small.breaches(found.visits, found.unplaced) == ()
    assert executor.killed not in client.run(os.getpid).values()
