"""`servicebook content`: check and list the library's pages."""

import json
from pathlib import Path
from typing import Annotated, Literal

import typer

from kb.cli.page_export import export
from kb.cli.page_import import accept, import_file
from kb.content import load_library
from kb.settings import Settings
from kb.usecases.content import check_content, page_by_id, pages_of
from kb.wiring import open_house

command = typer.Typer(rich_markup_mode=None)

Kind = Literal["alarm", "case", "checklist", "course", "guide", "term"]
JsonOption = Annotated[bool, typer.Option("--json", help="JSON")]
command.command("export")(export)
command.command("import")(import_file)
command.command("accept")(accept)


@command.command("check")
def check(
    as_json: JsonOption = False,
    facts: Annotated[
        Path | None, typer.Option(help="事实目录 · folder of researched facts, to check `facts`")
    ] = None,
) -> None:
    """检查资料页 · every fault of every page at once; exit code 3 where there is one."""
    house = open_house(Settings())
    report = check_content(house.library(), today=house.today(), domain_dir=facts)
    if as_json:
        found = [{"where": f.where, "what": f.what, "repair": f.repair} for f in report.faults]
        typer.echo(json.dumps({"pages": report.pages, "faults": found}, ensure_ascii=False))
    else:
        for fault in report.faults:
            typer.echo(str(fault), err=True)
        counts = "，".join(f"{kind} {count}" for kind, count in report.pages.items())
        typer.echo(
            f"{sum(report.pages.values())} 页 · pages ({counts}), {len(report.faults)} 处问题 · faults"
        )
    if report.faults:
        raise typer.Exit(3)


@command.command("list")
def list_pages(
    kind: Annotated[Kind | None, typer.Option("--type", help="类型 · type of page")] = None,
    as_json: JsonOption = False,
) -> None:
    """列出资料页 · list pages with type, confidence and title."""
    pages = pages_of(load_library(Settings().content_dir), kind=kind or "")
    if as_json:
        rows = [{"id": p.id, "type": p.type, "title": p.title, "confidence": p.confidence} for p in pages]
        typer.echo(json.dumps(rows, ensure_ascii=False))
        return
    for page in pages:
        typer.echo(f"{page.id}\t{page.confidence}\t{page.title}")


@command.command("show")
def show(page_id: str, as_json: JsonOption = False) -> None:
    """显示一页 · show one page."""
    library = load_library(Settings().content_dir)
    page = page_by_id(library, page_id)
    if as_json:
        body = {**page.model_dump(mode="json"), "body": library.bodies[page_id]}
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    typer.echo(f"{page.title}\n{page.title_en}\n\n{page.summary}\n\n{library.bodies[page_id]}")
