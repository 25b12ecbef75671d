"""`servicebook migrate`: bring the database to this version."""

import typer

from kb.settings import Settings
from kb.wiring import open_house


def command() -> None:
    """升级数据库结构 · bring the database to this version."""
    house = open_house(Settings())
    before, after = house.store.migrate()
    if before == after:
        typer.echo(f"数据库已是最新 · the database is up to date ({after})")
    else:
        typer.echo(f"数据库已升级 · the database went from {before or '—'} to {after}")
