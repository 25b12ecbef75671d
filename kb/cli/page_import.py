"""`servicebook content import` and `accept`: files become drafts, and drafts that were looked at become pages."""

import json
from pathlib import Path
from typing import Annotated

import typer

from kb.errors import BadImport, BadInput, Fault, Message
from kb.settings import Settings
from kb.usecases.accounts import Role
from kb.usecases.editing_opening import Editor
from kb.usecases.page_import import ImportReport, Item
from kb.usecases.page_import_accepting import accept_draft
from kb.usecases.page_import_job import ImportRequest, import_at_once
from kb.wiring import House, open_house

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def import_file(
    file: Annotated[
        Path,
        typer.Argument(help="文件 .docx .xlsx .csv .md .zip · file to bring in", metavar="FILE"),
    ],
    columns: Annotated[
        list[str] | None,
        typer.Option(
            "--map", help="表头=字段，可重复；- 表示不要 · HEADER=FIELD, repeatable; - leaves it out"
        ),
    ] = None,
    only: Annotated[str, typer.Option(help="只要这些序号，如 1,3 · only these numbers, such as 1,3")] = "",
    types: Annotated[
        list[str] | None,
        typer.Option(
            "--type",
            help="序号=类型，可重复，如 2=guide；类型 case guide alarm checklist · NUMBER=TYPE, repeatable",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看结果，不保存 · report only")] = False,
    as_json: JsonOption = False,
) -> None:
    """把文件读成草稿 · read a file into drafts; nothing is published before somebody accepts it."""
    house = _house()
    if not file.is_file():
        fault = Fault(
            where=str(file), what="is no file", repair="name a .docx, .xlsx, .csv, .md or .zip file"
        )
        raise BadImport("nothing was imported", [fault])
    request = ImportRequest(
        name=file.name,
        mapping=_mapping(columns or []),
        only=_numbers(only),
        types=_types(types or []),
        dry_run=dry_run,
    )
    with file.open("rb") as content:
        report = import_at_once(
            house.store,
            house.search_index(),
            content,
            request,
            id=house.new_id(),
            by="local",
            clock=house.now,
            limit_bytes=house.settings.upload_limit_bytes,
        )
    if as_json:
        typer.echo(json.dumps(report.json(), ensure_ascii=False))
        return
    _tell(report)


def accept(
    draft_id: Annotated[str, typer.Argument(help="草稿编号 · draft id", metavar="ID")],
    values: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            help="字段=值，可重复，如 title_en=…；值写 @文件 则读文件 · FIELD=VALUE, repeatable; @FILE reads a file",
        ),
    ] = None,
    kind: Annotated[
        str,
        typer.Option(
            "--type", help="成为何种资料页，不写则按导入时所定 · page type; without it as chosen when it came"
        ),
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """接受一份导入的草稿，成为编写中的资料页 · make a page in preparation of an imported draft."""
    house = _house()
    given = {name: _told(value) for name, value in (_pair(one, "--set") for one in values or [])}
    if kind:
        given["type"] = kind
    editor = Editor(name="local", role=Role.ADMIN)
    made = accept_draft(house.store, house.library(), draft_id, given, editor=editor, now=house.now())
    if as_json:
        told = {"page": made.saved.page_id, "digest": made.saved.digest, "draft": made.draft.id}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo(f"{made.saved.page_id}  编写中 · in preparation")


def _tell(report: ImportReport) -> None:
    for sheet, shape in report.tables.items():
        told = "，".join(f"{header} → {field}" for header, field in shape.mapping.items())
        typer.echo(f"{sheet or report.name}: {told}", err=True)
        if shape.unknown:
            typer.echo(f"  作为备注 · kept as remarks: {'、'.join(shape.unknown)}", err=True)
    for item in report.items:
        known = item.draft_id or item.page_id
        typer.echo(f"{item.number:>3}  {item.state:<9}  {item.page_type:<9}  {known:<36}  {item.title}")
        for line in _about(item):
            typer.echo(f"       {line}")
    for note in report.notes:
        typer.echo(f"! {note}", err=True)
    counts = report.json()["counts"]
    told = " · ".join(f"{state} {count}" for state, count in counts.items() if count)
    mode = "试运行 · dry run: " if report.dry_run else ""
    typer.echo(f"{mode}{told or '0'}", err=True)


def _about(item: Item) -> list[str]:
    lines = []
    if item.known.alarms:
        lines.append("报警 · alarms: " + "、".join(f"{family} {code}" for family, code in item.known.alarms))
    codes = (*item.known.controllers, *item.known.machines, item.known.subsystem)
    if any(codes):
        lines.append("适用 · applies to: " + "、".join(code for code in codes if code))
    lines += [f"类似 · similar: {id_} {title} ({why})" for id_, title, why in item.known.similar]
    return [*lines, *(f"! {note}" for note in item.notes)]


def _mapping(columns: list[str]) -> dict[str, str]:
    return dict(_pair(one, "--map") for one in columns)


def _pair(text: str, option: str) -> tuple[str, str]:
    name, sign, value = text.partition("=")
    if not sign or not name.strip():
        fault = Fault(where=option, what=f"is {text[:80]!r}", repair="write NAME=VALUE")
        raise BadInput("nothing was done", [fault])
    return name.strip(), value.strip()


def _types(given: list[str]) -> dict[int, str]:
    pairs = [_pair(one, "--type") for one in given]
    faults = [
        Fault(where="--type", what=Message("has {words}", words=repr(name[:40])), repair="write 2=guide")
        for name, _ in pairs
        if not name.isdecimal()
    ]
    if faults:
        raise BadInput("nothing was imported", faults)
    return {int(name): kind for name, kind in pairs}


def _told(value: str) -> str:
    """Return a value as it is said, or what stands in the file that it names with a leading @."""
    if not value.startswith("@"):
        return value
    path = Path(value[1:])
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        fault = Fault(
            where="--set",
            what=Message("{file} cannot be read", file=value[1:200]),
            repair="name a UTF-8 file",
        )
        raise BadInput("nothing was written", [fault]) from error


def _numbers(text: str) -> tuple[int, ...]:
    words = [word.strip() for word in text.replace("，", ",").split(",") if word.strip()]
    if bad := [word for word in words if not word.isdecimal()]:
        fault = Fault(where="--only", what=f"has {bad[0][:40]!r}", repair="write numbers such as 1,3")
        raise BadInput("nothing was imported", [fault])
    return tuple(int(word) for word in words)
