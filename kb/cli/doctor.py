"""`servicebook doctor`: is this installation sound?"""

import json
from typing import Annotated

import typer

from kb.settings import Settings
from kb.usecases.doctor import examine
from kb.wiring import open_house

MARKS = {"good": "✓", "warning": "!", "bad": "✗", "skipped": "–"}


def command(as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False) -> None:
    """自检 · check database, library, index and versions; exit code 1 when something is bad."""
    settings = Settings()
    house = open_house(settings)
    findings = examine(
        store=house.store,
        library=house.library(),
        index_dir=settings.index_dir,
        now=house.now(),
        engine=settings.search_engine,
    )
    if as_json:
        typer.echo(
            json.dumps(
                [{"name": f.name, "state": f.state, "detail": f.detail} for f in findings], ensure_ascii=False
            )
        )
    else:
        for finding in findings:
            typer.echo(f"{MARKS[finding.state]} {finding.name}: {finding.detail}")
    if any(finding.state == "bad" for finding in findings):
        raise typer.Exit(1)
