"""`servicebook course results` and `import-quiz`: what answers say, and questions of a file brought in."""

import json
from pathlib import Path
from typing import Annotated

import typer

from kb.errors import BadInput, Fault
from kb.settings import Settings
from kb.usecases.accounts import Role
from kb.usecases.editing_opening import Editor
from kb.usecases.quiz_bank import headers_from, headers_from_file, read_questions
from kb.usecases.quiz_import import Mode, QuizProposal, quiz_proposal, write_quiz
from kb.usecases.quiz_statistics import quiz_figures
from kb.wiring import open_house

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
CourseId = Annotated[str, typer.Argument(help="课程编号 · course id", metavar="ID")]
Columns = Annotated[
    list[str] | None,
    typer.Option("--map", help="字段=表头，可重复，如 stem=试题 · FIELD=HEADER, repeatable"),
]
ColumnsFile = Annotated[
    Path | None,
    typer.Option(
        "--columns",
        help="字段与表头的 JSON 文件 · a JSON file of headers by field",
        exists=True,
        dir_okay=False,
    ),
]
_SIGNS = {"new": "+", "changed": "~", "gone": "-", "same": "=", "kept": " "}


def named_columns(pairs: list[str] | None, file: Path | None) -> dict[str, str]:
    """Return names of columns by field, from options and a file; an option counts more.

    Raises:
        BadInput: Every option that is no FIELD=HEADER, every field that is none.
    """
    faults = [
        Fault(where="--map", what=f"{one!r} is no FIELD=HEADER", repair="write it as stem=试题")
        for one in pairs or []
        if "=" not in one
    ]
    if faults:
        raise BadInput("the columns cannot be named so", faults)
    told = headers_from_file(file.read_text(encoding="utf-8-sig")) if file else {}
    return headers_from({**told, **{one.partition("=")[0]: one.partition("=")[2] for one in pairs or []}})


def results(id: CourseId, as_json: JsonOption = False) -> None:
    """谁考过了，题目好不好 · who has passed, and what the answers say of the questions."""
    house = open_house(Settings())
    house.store.migrate()
    figures = quiz_figures(house.store, house.library(), id)
    if as_json:
        typer.echo(json.dumps(figures.json(), ensure_ascii=False))
        return
    for result in figures.results:
        mark = "✓" if result.passed else "✗"
        day = f"{result.finished.astimezone(house.now().tzinfo):%Y-%m-%d}"
        typer.echo(f"{day}  {mark} {result.score:>4.0%}  r{result.revision}  {result.person}")
    for one in figures.questions:
        right = "   -" if one.right is None else f"{one.right:>4.0%}"
        told = "    -" if one.discrimination is None else f"{one.discrimination:>5.2f}"
        typer.echo(f"{one.question.id:<8} {one.asked:>4} {right} {told}  {' '.join(one.remarks)}")


def import_quiz(
    id: CourseId,
    file: Annotated[
        Path,
        typer.Argument(
            help="题库 .xlsx .csv .gift .txt · questions", metavar="FILE", exists=True, dir_okay=False
        ),
    ],
    mode: Annotated[
        Mode, typer.Option(help="merge 保留文件里没有的，replace 删去 · keep or take out what the file lacks")
    ] = "merge",
    columns: Columns = None,
    columns_file: ColumnsFile = None,
    write: Annotated[
        bool, typer.Option("--write", help="写入；不加只看差异 · write; without it only look")
    ] = False,
    based_on: Annotated[
        str, typer.Option(help="看差异时的摘要 · digest that the preview has told; needed to write")
    ] = "",
    why: Annotated[str, typer.Option(help="理由 · reason")] = "",
    as_json: JsonOption = False,
) -> None:
    """把题库导入课程：先看差异，再写入 · questions into a course: the difference first, then written."""
    house = open_house(Settings())
    house.store.migrate()
    library, editor, now = house.library(), Editor(name="local", role=Role.ADMIN), house.now()
    with file.open("rb") as content:
        came = read_questions(
            content,
            name=file.name,
            headers=named_columns(columns, columns_file),
            limit_bytes=house.settings.upload_limit_bytes,
        )
    found = quiz_proposal(house.store, library, id, came, mode=mode, editor=editor, now=now)
    written = False
    if write:
        if not based_on:
            repair = f"look first, then give --based-on {found.based_on}"
            raise BadInput(
                "nothing was written", [Fault(where="--based-on", what="is missing", repair=repair)]
            )
        saved = write_quiz(
            house.store, library, id, found.questions, based_on=based_on, why=why, editor=editor, now=now
        )
        written = saved.is_new_state
    if as_json:
        typer.echo(json.dumps({**found.json(), "written": written}, ensure_ascii=False))
        return
    _tell(found)
    if written:
        typer.echo("已写入 · written")
    elif found.changes_anything:
        typer.echo(f"未写入；写入用 · nothing written; to write: --write --based-on {found.based_on} --why …")


def _tell(found: QuizProposal) -> None:
    for one in found.changes:
        typer.echo(f"{_SIGNS[one.state]} {one.id}")
        for line in one.lines:
            if line.side == "changed":
                gone = "".join(span.text for span in line.spans if span.side != "new")
                new = "".join(span.text for span in line.spans if span.side != "gone")
                typer.echo(f"    - {gone}\n    + {new}")
            elif line.side in {"gone", "new"}:
                sign = "-" if line.side == "gone" else "+"
                typer.echo(f"    {sign} {''.join(span.text for span in line.spans)}")
    for fault in found.faults:
        typer.echo(f"! {fault.fault()}", err=True)
