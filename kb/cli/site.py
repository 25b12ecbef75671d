"""`servicebook site`: build the static site and check that every page is there."""

import json
from pathlib import Path
from typing import Annotated

import typer

from kb.settings import Settings
from kb.usecases.site import Builder, build_site
from kb.wiring import open_house

command = typer.Typer(rich_markup_mode=None)


@command.callback()
def _site() -> None:
    """生成与检查站点 · build and check the site."""


@command.command("build")
def build(
    strict: Annotated[bool, typer.Option("--strict", help="任何警告都算错 · a warning is a fault")] = False,
    builder: Annotated[Builder, typer.Option("--with", help="生成器 · builder")] = "mkdocs",
    into: Annotated[Path | None, typer.Option("--into", help="输出目录 · folder of the site")] = None,
    config: Annotated[Path, typer.Option(help="站点配置 · mkdocs.yml")] = Path("mkdocs.yml"),
    as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False,
) -> None:
    """生成站点 · build the site and check that every page was built."""
    house = open_house(Settings())
    settings = house.settings
    default = settings.site_dir if builder == "mkdocs" else Path("build") / "site-zensical"
    report = build_site(
        config_file=config,
        content_dir=settings.content_dir,
        site_dir=into or default,
        builder=builder,
        strict=strict,
        built=house.now(),
    )
    if as_json:
        body = {"pages": report.pages, "warnings": report.warnings, "site_dir": str(report.site_dir)}
        typer.echo(json.dumps(body, ensure_ascii=False))
    else:
        typer.echo(f"{report.pages} 页 · pages, {len(report.warnings)} 条警告 · warnings → {report.site_dir}")
