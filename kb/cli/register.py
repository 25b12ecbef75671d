"""`servicebook register`: list and show, template, import, export."""

import json
from pathlib import Path
from typing import Annotated

import typer

from kb.content.vocabulary import load_vocabularies
from kb.errors import BadInput, Fault
from kb.settings import Settings
from kb.usecases.register_description import Table
from kb.usecases.register_export import register_csv, register_csv_zip, register_xlsx, template_xlsx
from kb.usecases.register_import import import_register
from kb.usecases.register_kinds import Wording, wording_of
from kb.usecases.register_lists import ListQuery, thing, things
from kb.usecases.register_tables import SHEETS, TABLES, sheet_named
from kb.wiring import House, open_house

command = typer.Typer(rich_markup_mode=None)

JsonOption = Annotated[bool, typer.Option("--json", help="JSON")]
LanguageOption = Annotated[str, typer.Option("--language", help="zh_CN 或 en · zh_CN or en")]
TABLE_HELP = "表 · table: " + ", ".join(TABLES)
SHEET_HELP = "表 · table: " + ", ".join(SHEETS)


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def _wording(house: House, language: str = "") -> Wording:
    settings = house.settings
    chosen = settings.language
    if language:
        if language not in ("zh_CN", "en"):
            fault = Fault(
                where="--language", what=f"{language!r} is no language here", repair="use zh_CN or en"
            )
            raise BadInput("nothing was done", [fault])
        chosen = "en" if language == "en" else "zh_CN"
    return wording_of(chosen, settings.time_zone, load_vocabularies(settings.content_dir / "vocabularies"))


def _tables(names: list[str]) -> tuple[Table, ...]:
    return tuple(sheet_named(name) for name in names)


@command.command("list")
def list_things(
    table: Annotated[str, typer.Argument(help=TABLE_HELP)],
    text: Annotated[str, typer.Option("--search", help="查找 · text to look for")] = "",
    where: Annotated[list[str] | None, typer.Option(help="筛选 字段=值 · filter FIELD=VALUE")] = None,
    sort: Annotated[str, typer.Option(help="排序字段，-字段为倒序 · field, or -field")] = "",
    page: Annotated[int, typer.Option(min=1, help="页码 · page")] = 1,
    size: Annotated[int, typer.Option(min=1, max=500, help="每页行数 · rows a page")] = 50,
    as_json: JsonOption = False,
) -> None:
    """列出台账 · list a table of the register."""
    house = _house()
    wording = _wording(house)
    equal = {name: value for name, _, value in (one.partition("=") for one in where or [])}
    query = ListQuery(text=text, equal=equal, sort=sort, page=page, size=size)
    found = things(house.store, table, query, wording)
    if as_json:
        body = {
            "items": [one.json() for one in found.items],
            "page": found.page,
            "size": found.size,
            "total": found.total,
        }
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    listed = [one for one in TABLES[table].fields if one.listed]
    for one in found.items:
        typer.echo("\t".join(field.kind.text(one.values[field.name], wording) for field in listed))
    typer.echo(f"{found.page}/{found.last} · {found.total}", err=True)


@command.command("show")
def show(
    table: Annotated[str, typer.Argument(help=TABLE_HELP)],
    code: Annotated[str, typer.Argument(help="编号 · code or tag")],
    as_json: JsonOption = False,
) -> None:
    """显示一条 · show one thing."""
    house = _house()
    wording = _wording(house)
    one = thing(house.store, table, code, wording)
    if as_json:
        typer.echo(json.dumps(one.json(), ensure_ascii=False))
        return
    for field in one.table.fields:
        text = one.leads_to.get(field.name) or field.kind.text(one.values[field.name], wording)
        typer.echo(f"{wording.pick(field.title)}\t{text}")


@command.command("template")
def template(file: Path, language: LanguageOption = "") -> None:
    """写出带说明的导入模板 · write the import template with its explanations."""
    house = open_house(Settings())
    file.write_bytes(template_xlsx(wording=_wording(house, language), now=house.now()))
    typer.echo(f"已写出 · written {file}")


@command.command("export")
def export(
    file: Annotated[
        Path, typer.Argument(help=".xlsx、.zip（csv）或文件夹 · .xlsx, .zip of csv, or a folder for csv")
    ],
    table: Annotated[list[str] | None, typer.Option(help=SHEET_HELP)] = None,
    language: LanguageOption = "",
) -> None:
    """导出台账 · export the register; what comes out can be imported again."""
    house = _house()
    wording = _wording(house, language)
    tables = _tables(table or [])
    if file.suffix == ".xlsx":
        file.write_bytes(register_xlsx(house.store, wording=wording, now=house.now(), tables=tables))
    elif file.suffix == ".zip":
        file.write_bytes(register_csv_zip(house.store, wording=wording, tables=tables))
    elif file.suffix and not file.is_dir():
        fault = Fault(where=str(file), what=f"ends in {file.suffix}", repair="use .xlsx, .zip, or a folder")
        raise BadInput("nothing was exported", [fault])
    else:
        file.mkdir(parents=True, exist_ok=True)
        for name, content in register_csv(house.store, wording=wording, tables=tables).items():
            (file / name).write_bytes(content)
    typer.echo(f"已导出 · exported {file}")


@command.command("import")
def import_file(
    file: Annotated[
        Path, typer.Argument(help=".xlsx、.csv、.zip 或文件夹 · .xlsx, .csv, .zip, or a folder of csv")
    ],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只检查 · only check")] = False,
    as_json: JsonOption = False,
) -> None:
    """导入台账 · import into the register, all or nothing; exit code 4 with every fault where there is one."""
    house = _house()
    report = import_register(
        house.store,
        path=file,
        wording=_wording(house),
        who="cli",
        now=house.now(),
        new_id=house.new_id,
        dry_run=dry_run,
    )
    if as_json:
        typer.echo(json.dumps(report.json(), ensure_ascii=False))
        return
    for one in report.tables:
        typer.echo(
            f"{one.table.title[0]} · {one.table.title[1]}: 新增 added {one.added},"
            f" 更新 changed {one.changed}, 不变 unchanged {one.unchanged}"
        )
    if report.dry_run:
        typer.echo("只检查，未写入 · checked only, nothing was written")
