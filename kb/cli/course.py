"""`servicebook course`: list courses, see which are stale, build slides, handout and question files."""

import json
from pathlib import Path
from typing import Annotated

import typer

from kb.settings import Settings
from kb.usecases.courses import Format, build_course, courses
from kb.usecases.quiz_statistics import quiz_figures
from kb.wiring import open_house

command = typer.Typer(rich_markup_mode=None)

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]


@command.command("list")
def list_courses(
    stale: Annotated[bool, typer.Option("--stale", help="只列已过时的 · only stale ones")] = False,
    as_json: JsonOption = False,
) -> None:
    """列出课程及其来源是否已更新 · list courses, and which sources have moved on."""
    found = [one for one in courses(open_house(Settings()).library()) if one.moved or not stale]
    if as_json:
        typer.echo(json.dumps({"items": [one.json() for one in found]}, ensure_ascii=False))
        return
    for one in found:
        typer.echo(f"{one.page.id}  r{one.page.revision}  {one.slides:>3}  {one.page.title}")
        for moved in one.moved:
            now = f"r{moved.now}" if moved.now else "-"
            typer.echo(f"    {moved.source_id} r{moved.built} → {now}: {'、'.join(moved.slides) or '-'}")
        for fault in one.faults:
            typer.echo(f"    {fault}")


@command.command("build")
def build(
    id: Annotated[str, typer.Argument(help="课程编号 · course id", metavar="ID")],
    format: Annotated[Format, typer.Option(help="格式 · format")] = "pptx",
    out: Annotated[Path | None, typer.Option(help="写到哪里 · file to write")] = None,
    template: Annotated[
        Path | None,
        typer.Option(
            exists=True, dir_okay=False, readable=True, help="本单位的 pptx 模板 · a pptx template of yours"
        ),
    ] = None,
) -> None:
    """生成课件：幻灯片、讲义、题库 · build slides, handout or question file."""
    house = open_house(Settings())
    made = build_course(
        house.library(),
        id,
        format,
        language=house.settings.language,
        template=template.read_bytes() if template else None,
    )
    path = out or Path(made.name)
    path.write_bytes(made.content)
    typer.echo(str(path))


@command.command("results")
def results(
    id: Annotated[str, typer.Argument(help="课程编号 · course id", metavar="ID")],
    as_json: JsonOption = False,
) -> None:
    """谁考过了，题目好不好 · who has passed, and what the answers say of the questions."""
    house = open_house(Settings())
    house.store.migrate()
    figures = quiz_figures(house.store, house.library(), id)
    if as_json:
        typer.echo(json.dumps(figures.json(), ensure_ascii=False))
        return
    for result in figures.results:
        mark = "✓" if result.passed else "✗"
        typer.echo(
            f"{result.finished:%Y-%m-%d}  {mark} {result.score:>4.0%}  r{result.revision}  {result.person}"
        )
    for one in figures.questions:
        right = "   -" if one.right is None else f"{one.right:>4.0%}"
        told = "    -" if one.discrimination is None else f"{one.discrimination:>5.2f}"
        typer.echo(f"{one.question.id:<8} {one.asked:>4} {right} {told}  {' '.join(one.remarks)}")
