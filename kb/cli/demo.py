"""`servicebook demo`: a sample department, library, index, site and this year's plan; then the service.

Each step says what it did and how long it took. What exists already and is current is not made again.
"""

import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from kb.cli.serve import run
from kb.errors import BadContent
from kb.settings import Settings
from kb.usecases.demo import plan_is_current, register_is_filled, site_built_if_needed
from kb.usecases.plan import plan_inspections
from kb.usecases.plan_improve import effort_of, improve_plan, start_improving
from kb.usecases.plan_solve import search_is_compiled
from kb.usecases.sample import DEFAULT_SEED, SampleSize, load_sample
from kb.wiring import House, open_house
from planner.scheduling import Overdue

SITE_CONFIG = Path("mkdocs.yml")
IMPROVING_S = 3.0
"""Enough for sixty sites: the curve is flat after two seconds."""

THINGS_TO_TRY = """
试一试 · what to try
  {address}/                      首页 · start page
  {address}/search?q=报警401       按报警号检索 · search by alarm code
  {address}/search?q=主轴定向超时   按现象检索 · search by complaint
  {address}/plan                  {year} 年巡检计划 · inspections of {year}
  {address}/library/              资料站点 · the library as a site
  {address}/machine-data          导入 MTConnect 机床数据 · take over machine data
  servicebook search "SV0401" --json
  servicebook plan show --technician SMP-T001
"""


def command(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="端口 · TCP port")] = None,
    serve: Annotated[bool, typer.Option("--serve/--no-serve", help="最后启动服务 · serve at the end")] = True,
) -> None:
    """建立示例部门并启动服务 · build a sample department and serve it."""
    settings = Settings()
    house = open_house(settings)
    year = house.today().year
    _step("数据库 · database", lambda: _migrated(house))
    _step("示例部门 · sample department", lambda: _sample_loaded(house))
    _step("资料库 · library", lambda: f"{len(house.library().pages)} 页 · pages")
    _step("索引 · index", lambda: _index_opened(house))
    _step("站点 · site", lambda: _site_built(house))
    _step(f"{year} 年计划 · plan", lambda: _planned(house, year))
    host, chosen = "127.0.0.1", port or settings.port
    typer.echo(THINGS_TO_TRY.format(address=f"http://{host}:{chosen}", year=year))
    if serve:
        run(house, host=host, port=chosen)


def _step(name: str, work: Callable[[], str]) -> None:
    start = time.monotonic()
    said = work()
    typer.echo(f"{name}: {said} ({time.monotonic() - start:.1f} s)")


def _migrated(house: House) -> str:
    before, after = house.store.migrate()
    return f"已是最新 · up to date ({after})" if before == after else f"{before or '—'} → {after}"


def _sample_loaded(house: House) -> str:
    if register_is_filled(house.store):
        return "台账已有数据，保留 · the register has rows; kept"
    report = load_sample(
        house.store, size=SampleSize(), seed=DEFAULT_SEED, today=house.today(), now=house.now()
    )
    rows = report.rows
    return f"{rows['sites']} 个现场 · sites, {rows['equipment']} 台设备 · machines, {rows['visits']} 次历史巡检 · visits"


def _index_opened(house: House) -> str:
    return f"{len(house.search_index().library.pages)} 页可检索 · pages to search"


def _site_built(house: House) -> str:
    if not SITE_CONFIG.is_file():
        return "此目录没有 mkdocs.yml，跳过 · no mkdocs.yml in this folder; skipped"
    try:
        pages = site_built_if_needed(
            config_file=SITE_CONFIG,
            content_dir=house.settings.content_dir,
            site_dir=house.settings.site_dir,
            library=house.library(),
            now=house.now(),
        )
    except BadContent as error:
        # A fault in one page must not keep anybody from the rest; the faults are told, an older site stays.
        typer.echo(str(error), err=True)
        return f"{len(error.faults)} 处问题，未生成，其余继续 · faults, not built; the rest goes on"
    return "已是最新 · up to date" if pages is None else f"{pages} 页 · pages"


def _planned(house: House, year: int) -> str:
    first_day, last_day = date(year, 1, 1), date(year, 12, 31)
    if plan_is_current(house.store, first_day=first_day, last_day=last_day):
        return "已是最新 · up to date"
    book = plan_inspections(house.store, first_day=first_day, last_day=last_day, now=house.now(), by="demo")
    # Where the search is still to be compiled, nobody should wait a minute for it: `plan improve` says so and does it.
    if search_is_compiled():
        job = start_improving(
            house.store, effort_of(seconds=IMPROVING_S), id=house.new_id(), now=house.now(), by="demo"
        ).job
        book = improve_plan(
            house.store, job, clock=house.now, seconds=house.seconds, overdue=Overdue(house.settings.overdue)
        )
    return f"{len(book.visits)} 次巡检 · visits, {len(book.unplaced)} 项未排入 · unplaced"
