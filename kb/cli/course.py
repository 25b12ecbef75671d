"""`servicebook course`: list courses, see which are stale, build slides, handout and question files."""

import json
from pathlib import Path
from typing import Annotated

import typer

from kb.cli.course_making import new, refresh, stale
from kb.cli.course_quiz import Columns, ColumnsFile, import_quiz, named_columns, results
from kb.i18n import translator
from kb.settings import Settings
from kb.usecases.course_template import looked_at_template
from kb.usecases.courses import Format, build_course, courses
from kb.usecases.quiz_paper import Paper
from kb.wiring import open_house

command = typer.Typer(rich_markup_mode=None)
command.command("new")(new)
command.command("stale")(stale)
command.command("refresh")(refresh)

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
    seed: Annotated[str, typer.Option(help="试卷的乱序种子 · decides the order on a paper")] = "1",
    variant: Annotated[str, typer.Option(help="试卷卷别 A–H · variant of a paper")] = "A",
    variants: Annotated[int, typer.Option(help="答案含几种卷 · variants that a key is for")] = 2,
    columns: Columns = None,
    columns_file: ColumnsFile = None,
) -> None:
    """生成课件：幻灯片、讲义、试卷、题库 · build slides, handout, papers or question files."""
    house = open_house(Settings())
    made = build_course(
        house.library(),
        id,
        format,
        language=house.settings.language,
        template=template.read_bytes() if template else None,
        paper=Paper(seed=seed, variant=variant, variants=variants),
        headers=named_columns(columns, columns_file),
    )
    path = out or Path(made.name)
    path.write_bytes(made.content)
    typer.echo(str(path))


@command.command("check-template")
def check_template(
    file: Annotated[
        Path,
        typer.Argument(help="本单位的 pptx · a pptx of yours", metavar="FILE", exists=True, dir_okay=False),
    ],
    as_json: JsonOption = False,
) -> None:
    """查模板缺什么 · tell what a template of yours lacks."""
    report = looked_at_template(file.read_bytes(), name=file.name)
    words = translator(Settings().language)
    if as_json:
        typer.echo(json.dumps(report.json(), ensure_ascii=False))
    else:
        for one in report.lacks:
            typer.echo(f"✗ {one.text(words)}")
        for one in report.hints:
            typer.echo(f"! {one.text(words)}")
        if not report.lacks:
            typer.echo("✓ 可用 · it can be used")
    if report.lacks:
        raise typer.Exit(1)


command.command("results")(results)
command.command("import-quiz")(import_quiz)
