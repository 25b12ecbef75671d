"""`servicebook plan improve`: make the plan better for a while, watched and ended from the terminal."""

import json
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated

import typer

from kb.errors import Conflict
from kb.settings import Settings
from kb.usecases.jobs import keep_job
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_improve import effort_of, improve_plan, start_improving
from kb.usecases.plan_json import plan_json
from kb.usecases.plan_period import Period
from kb.usecases.plan_solve import Effort
from kb.wiring import House, open_house
from planner.routing import Snapshot
from planner.scheduling import Overdue

CLI = "servicebook plan improve"
"""Who asks, for jobs and runs."""

SecondsOption = Annotated[float, typer.Option(help="搜索秒数 · how long to search", metavar="SECONDS")]
SeedOption = Annotated[int, typer.Option(help="随机种子 · seed of the dice")]
WorkersOption = Annotated[int, typer.Option(help="并行进程数 · processes side by side")]
ClusterOption = Annotated[
    str, typer.Option(help="Dask 集群地址 · address of a Dask cluster", metavar="tcp://HOST:PORT")
]


def improved(house: House, effort: Effort, period: Period | None = None) -> PlanBook:
    """Improve a period's plan, the newest one's for None; return the plan that was written.

    Ctrl-C ends the search and keeps the best; a second one stops it and keeps nothing.

    Raises:
        Conflict: A plan is being improved already.
    """
    started = start_improving(house.store, effort, period=period, id=house.new_id(), now=house.now(), by=CLI)
    job = started.job
    if not started.is_new:
        raise Conflict(
            f"a plan is being improved since {job.created.astimezone(house.now().tzinfo):%H:%M:%S} by "
            f"{job.created_by}: wait until it is done, or end it on /plan/jobs/{job.id}"
        )
    with _first_interrupt(lambda: keep_job(house.store, job.id)):
        return improve_plan(
            house.store,
            job,
            clock=house.now,
            seconds=house.seconds,
            overdue=Overdue(house.settings.overdue),
            watch=_watch(),
        )


def improve(
    seconds: SecondsOption = 60.0,
    iterations: Annotated[
        int | None, typer.Option(help="迭代次数，代替秒数 · iterations instead of seconds", min=0)
    ] = None,
    seed: SeedOption = 1,
    workers: WorkersOption = 1,
    cluster: ClusterOption = "",
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")] = False,
) -> None:
    """优化最近一次计划：更少路程、更均衡 · make the latest plan better: less driving, evener loads."""
    house = open_house(Settings())
    house.store.migrate()
    effort = effort_of(
        seconds=None if iterations is not None else seconds,
        iterations=iterations,
        seed=seed,
        workers=workers,
        cluster=cluster or house.settings.cluster,
    )
    book = improved(house, effort)
    if as_json:
        typer.echo(json.dumps(plan_json(book, house.settings.language), ensure_ascii=False, indent=1))
    else:
        typer.echo(said(book))


def said(book: PlanBook) -> str:
    """Return one line about a plan, in both languages."""
    hours = sum(one.travel.total_seconds() for one in book.visits) / 3600
    return (
        f"计划 {book.number}：{len(book.visits)} 次巡检，路程 {hours:,.0f} 小时，{len(book.unplaced)} 项未排入 · "
        f"plan {book.number}: {len(book.visits)} visits, {hours:,.0f} h on the road, {len(book.unplaced)} unplaced"
    )


@contextmanager
def _first_interrupt(wish: Callable[[], object]) -> Iterator[None]:
    """Turn the first Ctrl-C into a wish; the next one is what it always was."""
    before = signal.getsignal(signal.SIGINT)

    def once(number: int, frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        sys.stderr.write(
            "\n保留当前最优，正在结束；再按一次则放弃 · keeping the best; once more stops and keeps nothing\n"
        )
        wish()

    signal.signal(signal.SIGINT, once)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _watch() -> Callable[[Snapshot], None]:
    """Return what reports the search: a line that is overwritten on a terminal, silence into a pipe."""
    if not sys.stderr.isatty():
        return lambda snapshot: None

    def report(snapshot: Snapshot) -> None:
        point = snapshot.point
        sys.stderr.write(
            f"\r{point.seconds:6.0f} s  {point.iterations:>12,}  {point.cost:>14,.0f}  {snapshot.unplaced:>5} "
        )
        sys.stderr.flush()

    return report
