"""`servicebook page`: read, write and bring back pages of the library, with their history."""

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import click
import typer

from kb.content.pages import Confidence, Status
from kb.errors import BadInput, Fault, NotFound
from kb.settings import Settings
from kb.usecases.accounts import Role
from kb.usecases.draft_page import close_with_page, may_become
from kb.usecases.editing import Proposal, Saved, change_page, create_page, new_proposal, proposal, save_page
from kb.usecases.editing_difference import Line, difference
from kb.usecases.editing_history import MOST_ROWS, history, revision, texts_of
from kb.usecases.editing_new import beginning, said_already
from kb.usecases.editing_opening import Editor, open_page
from kb.usecases.editing_pictures import keep_picture, text_with_picture, waiting_in
from kb.usecases.editing_standing import restore, set_standing
from kb.wiring import House, open_house

command = typer.Typer(rich_markup_mode=None)

IdArgument = Annotated[str, typer.Argument(help="资料页编号 · page id", metavar="ID")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
WhyOption = Annotated[str, typer.Option("--why", help="修改原因 · the reason")]
FileOption = Annotated[
    Path | None,
    typer.Option("--from", help="新内容的文件，- 为标准输入 · file with the new text, - for standard input"),
]
DryOption = Annotated[
    bool,
    typer.Option("--dry-run", help="只显示差异与问题，不写入 · show difference and faults, write nothing"),
]
Kind = Literal["alarm", "case", "checklist", "course", "guide", "term"]
LOCAL = Editor(name="local", role=Role.ADMIN)
"""Whoever has the command line has the files as well."""
SIGNS = {"same": "  ", "gone": "- ", "new": "+ "}


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


@command.command("show")
def show(page_id: IdArgument, as_json: JsonOption = False) -> None:
    """显示一页的文件 · show the file of a page, with its digest."""
    house = _house()
    opened = open_page(house.store, house.library(), page_id, editor=LOCAL, now=house.now())
    if as_json:
        fields = opened.page.model_dump(mode="json") if opened.page is not None else {}
        body = {"id": opened.id, "path": opened.path, "digest": opened.digest, "text": opened.text}
        typer.echo(json.dumps({**body, "fields": fields, "body": opened.body}, ensure_ascii=False))
        return
    typer.echo(opened.text, nl=False)
    typer.echo(f"{opened.path} · {opened.digest}", err=True)


@command.command("edit")
def edit(
    page_id: IdArgument,
    source: FileOption = None,
    why: WhyOption = "",
    based_on: Annotated[
        str, typer.Option(help="所依据状态的摘要 · digest of the state that was edited")
    ] = "",
    dry_run: DryOption = False,
    as_json: JsonOption = False,
) -> None:
    """修改一页：来自文件，或打开编辑器 · change a page, from a file or in your editor."""
    house = _house()
    opened = open_page(house.store, house.library(), page_id, editor=LOCAL, now=house.now())
    text = (
        _given(source) if source is not None else click.edit(opened.text, extension=".md", require_save=True)
    )
    if text is None:
        typer.echo("没有改动 · nothing was changed", err=True)
        return
    if dry_run:
        _tell_proposal(
            proposal(house.library(), opened, text, now=house.now(), waiting=waiting_in(house.store, text)),
            as_json=as_json,
        )
        return
    saved = save_page(
        house.store,
        house.library(),
        page_id,
        text,
        based_on=based_on or opened.digest,
        why=why,
        editor=LOCAL,
        now=house.now(),
    )
    _tell_saved(saved, as_json=as_json)


@command.command("new")
def new(
    source: FileOption = None,
    kind: Annotated[
        Kind | None, typer.Option("--type", help="打印此类型的空白页 · print a blank page of this type")
    ] = None,
    page_id: Annotated[str, typer.Option("--id", help="空白页的编号 · id of the blank page")] = "",
    why: WhyOption = "",
    draft: Annotated[
        str,
        typer.Option(
            help="由哪份现场草稿而来，写入后草稿随之关闭 · the draft it came of; it is closed with it"
        ),
    ] = "",
    dry_run: DryOption = False,
    as_json: JsonOption = False,
) -> None:
    """写入新页，或打印空白页 · write a new page from a file, or print a blank one."""
    house = _house()
    if source is None:
        if kind is None:
            what = "neither --from nor --type is given"
            raise BadInput(
                "nothing was written", [Fault(where="--from", what=what, repair="give one of them")]
            )
        typer.echo(beginning(house.library(), kind, id=page_id, owner="", now=house.now()), nl=False)
        return
    text = _given(source)
    if dry_run:
        waiting = waiting_in(house.store, text)
        asked = new_proposal(house.library(), text, now=house.now(), waiting=waiting)
        if asked.examined.page is not None and not as_json:
            for one in said_already(house.search_index(), asked.examined.page):
                typer.echo(f"或已写过 · may be written already: {one.page.id} {one.page.title}", err=True)
        _tell_proposal(asked, as_json=as_json)
        return
    if draft:
        page = new_proposal(house.library(), text, now=house.now()).examined.page
        may_become(house.store, draft, page.id if page is not None else "")
    saved = create_page(house.store, house.library(), text, why=why, editor=LOCAL, now=house.now())
    if draft:
        close_with_page(house.store, draft, saved.page_id, who=LOCAL.name, now=house.now())
    _tell_saved(saved, as_json=as_json)


@command.command("picture")
def add_picture(
    page_id: IdArgument,
    file: Annotated[Path, typer.Argument(help="图片文件 · picture file", exists=True, dir_okay=False)],
    alt: Annotated[str, typer.Option(help="图片说明 · what it shows")] = "",
    why: WhyOption = "",
    as_json: JsonOption = False,
) -> None:
    """给一页加一张图片 · add a picture to a page; it is written anew, without what the camera wrote beside it."""
    house = _house()
    with file.open("rb") as source:
        limit = house.settings.upload_limit_bytes
        content = source.read(limit + 1)
    kept = keep_picture(house.store, content, file.name, who=LOCAL.name, now=house.now(), limit_bytes=limit)
    saved = change_page(
        house.store,
        house.library(),
        page_id,
        lambda opened: text_with_picture(opened, kept, alt),
        based_on="",
        why=why,
        editor=LOCAL,
        now=house.now(),
        kind="edit",
    )
    _tell_saved(saved, as_json=as_json)


@command.command("history")
def list_history(
    page_id: IdArgument,
    page: Annotated[int, typer.Option(min=1, help="页码 · page")] = 1,
    size: Annotated[int, typer.Option(min=1, max=MOST_ROWS, help="每页行数 · rows a page")] = 50,
    as_json: JsonOption = False,
) -> None:
    """一页的历史，最新的在前 · the states of a page, the newest first."""
    house = _house()
    library = house.library()
    path = library.paths.get(page_id, "")
    found, total = history(house.store, library.folder, page_id, path, now=house.now(), page=page, size=size)
    if not total:
        raise NotFound("page", page_id)
    if as_json:
        typer.echo(json.dumps({"items": [one.json() for one in found], "total": total}, ensure_ascii=False))
        return
    for one in found:
        when = one.at.astimezone(house.now().tzinfo)
        typer.echo(f"{one.number:>4}  {when:%Y-%m-%d %H:%M}  {one.kind:<8}  {one.who or '-'}  {one.why}")


@command.command("diff")
def diff(
    page_id: IdArgument,
    before: Annotated[int, typer.Argument(min=1, help="较早的版本 · earlier state", metavar="BEFORE")],
    after: Annotated[
        int | None,
        typer.Argument(
            min=1, help="较晚的版本，省略为现在 · later state; left out: as it stands", metavar="AFTER"
        ),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """两个版本之间的差异 · what changed from one state to another."""
    house = _house()
    old = revision(house.store, page_id, before)[1]
    if after is not None:
        new_text = texts_of([revision(house.store, page_id, after)[1]])[0]
    else:
        new_text = open_page(house.store, house.library(), page_id, editor=LOCAL, now=house.now()).text
    _tell_lines(difference(texts_of([old])[0], new_text), as_json=as_json)


@command.command("restore")
def bring_back(
    page_id: IdArgument,
    number: Annotated[
        int, typer.Argument(min=1, help="要恢复的版本 · state to bring back", metavar="NUMBER")
    ],
    why: WhyOption = "",
    as_json: JsonOption = False,
) -> None:
    """把以前的内容恢复为新版本 · bring an earlier text back as a new state."""
    house = _house()
    saved = restore(house.store, house.library(), page_id, number, why=why, editor=LOCAL, now=house.now())
    _tell_saved(saved, as_json=as_json)


@command.command("set-status")
def set_status(
    page_id: IdArgument,
    status: Annotated[Status | None, typer.Option(help="状态 · status")] = None,
    confidence: Annotated[Confidence | None, typer.Option(help="可信度 · confidence")] = None,
    reviewed: Annotated[bool, typer.Option("--reviewed", help="今天已审核 · reviewed today")] = False,
    superseded_by: Annotated[str, typer.Option(help="由哪一页取代 · page that takes its place")] = "",
    why: WhyOption = "",
    as_json: JsonOption = False,
) -> None:
    """改变状态或可信度，登记审核 · change status or confidence, note a review."""
    house = _house()
    saved = set_standing(
        house.store,
        house.library(),
        page_id,
        status=status,
        confidence=confidence,
        reviewed_today=reviewed,
        superseded_by=superseded_by,
        why=why,
        editor=LOCAL,
        now=house.now(),
    )
    _tell_saved(saved, as_json=as_json)


def _given(source: Path) -> str:
    raw = sys.stdin.buffer.read() if str(source) == "-" else _bytes(source)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        what = f"is not UTF-8 on line {line}"
        raise BadInput(
            "nothing was written", [Fault(where=str(source), what=what, repair="save it as UTF-8")]
        ) from error


def _bytes(source: Path) -> bytes:
    try:
        return source.read_bytes()
    except OSError as error:
        raise NotFound("file", str(source)) from error


def _tell_saved(saved: Saved, *, as_json: bool) -> None:
    if as_json:
        body = {
            "id": saved.page_id,
            "digest": saved.digest,
            "written": saved.is_new_state,
            "revision": saved.revision.json() if saved.revision is not None else None,
            "warnings": [str(one.fault()) for one in saved.warnings],
        }
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    for one in saved.warnings:
        typer.echo(str(one.fault()), err=True)
    if saved.is_new_state and saved.revision is not None:
        typer.echo(f"{saved.page_id} 已保存为版本 · saved as state {saved.revision.number}")
    else:
        typer.echo(f"{saved.page_id} 没有改动 · nothing was changed")


def _tell_proposal(asked: Proposal, *, as_json: bool) -> None:
    faults = [str(one.fault()) for one in asked.faults]
    if as_json:
        lines = [line.json() for line in asked.lines]
        typer.echo(
            json.dumps({"path": asked.path, "faults": faults, "difference": lines}, ensure_ascii=False)
        )
    else:
        _tell_lines(asked.lines, as_json=False)
        for line in faults:
            typer.echo(line, err=True)
    if faults:
        raise typer.Exit(5)


def _tell_lines(lines: tuple[Line, ...], *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps([line.json() for line in lines], ensure_ascii=False))
        return
    for line in lines:
        if line.side == "gap":
            typer.echo(f"  … {line.skipped}")
        elif line.side == "changed":
            marks = {"same": "{}", "gone": "[-{}-]", "new": "{{+{}+}}"}
            typer.echo("~ " + "".join(marks[span.side].format(span.text) for span in line.spans))
        else:
            typer.echo(SIGNS[line.side] + "".join(span.text for span in line.spans))
