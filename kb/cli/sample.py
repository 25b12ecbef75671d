"""`servicebook sample`: a sample department in an empty register."""

import json
from datetime import date, datetime
from typing import Annotated

import typer

from kb.settings import Settings
from kb.usecases.sample import DEFAULT_SEED, LARGEST, SampleSize, load_sample
from kb.wiring import open_house

command = typer.Typer(rich_markup_mode=None)
DEFAULT = SampleSize()


@command.callback()
def _sample() -> None:
    """载入示例部门 · load the sample department."""


@command.command("load")
def load(
    sites: Annotated[int, typer.Option(min=1, max=LARGEST["sites"], help="现场数 · sites")] = DEFAULT.sites,
    machines: Annotated[
        int, typer.Option(min=1, max=LARGEST["machines"], help="设备数 · machines")
    ] = DEFAULT.machines,
    technicians: Annotated[
        int, typer.Option(min=1, max=LARGEST["technicians"], help="工程师数 · technicians")
    ] = DEFAULT.technicians,
    seed: Annotated[int, typer.Option(help="种子，相同则数据相同 · same seed, same data")] = DEFAULT_SEED,
    today: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="以此日为今天 · the day on which the department stands"),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False,
) -> None:
    """载入示例部门（空台账） · load the sample department into an empty register."""
    house = open_house(Settings())
    house.store.migrate()
    day: date = today.date() if today else house.today()
    size = SampleSize(sites=sites, machines=machines, technicians=technicians)
    report = load_sample(
        house.store, size=size, seed=seed, today=day, now=house.now(), same_day=today is not None
    )
    if as_json:
        typer.echo(json.dumps({"loaded": report.loaded, "rows": report.rows}, ensure_ascii=False))
    elif report.loaded:
        counts = ", ".join(f"{name} {count}" for name, count in report.rows.items())
        typer.echo(f"已载入示例部门 · sample department loaded: {counts}")
    else:
        typer.echo("示例部门已在台账中，未作改动 · the sample department is there already; nothing changed")
