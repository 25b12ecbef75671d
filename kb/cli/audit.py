"""`servicebook audit`: who changed what, when; a customer's data handed out, and personal data erased."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from kb.settings import Settings
from kb.usecases.accounts import Role
from kb.usecases.audit import AuditQuery, audit_csv, audit_trail
from kb.usecases.personal_data import erase_customer, export_customer
from kb.usecases.record_nouns import Actor
from kb.wiring import House, open_house

command = typer.Typer(rich_markup_mode=None)

COMMAND_LINE = Actor(name="command line", role=Role.ADMIN)
CodeArgument = Annotated[str, typer.Argument(help="客户编号 · code of the customer", metavar="CODE")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


@command.command("find")
def find(
    who: Annotated[str, typer.Option(help="人员 · who did it")] = "",
    kind: Annotated[str, typer.Option(help="对象类别 · kind of thing")] = "",
    thing: Annotated[str, typer.Option(help="对象编号 · id or code of the thing")] = "",
    first: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="起始日 · first day")
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="截止日 · last day")
    ] = None,
    page: Annotated[int, typer.Option(min=1, help="页码 · page")] = 1,
    size: Annotated[int, typer.Option(min=1, max=500, help="每页行数 · rows a page")] = 50,
    csv: Annotated[Path | None, typer.Option(help="全部写成 csv · write all of them as csv")] = None,
    as_json: JsonOption = False,
) -> None:
    """查谁在何时改了什么，由何变为何 · find who changed what, when, from what to what."""
    house = _house()
    query = AuditQuery(
        who=who,
        kind=kind,
        thing=thing,
        first_day=first.date() if first else None,
        last_day=last.date() if last else None,
        page=page,
        size=size,
    )
    if csv is not None:
        csv.write_bytes(audit_csv(house.store, query, actor=COMMAND_LINE, now=house.now()))
        typer.echo(str(csv), err=True)
        return
    found = audit_trail(house.store, query, actor=COMMAND_LINE, now=house.now())
    if as_json:
        body = {"items": [one.json() for one in found.items], "page": page, "size": size, "more": found.more}
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    for one in found.items:
        at = one.at.astimezone(house.now().tzinfo)
        typer.echo(f"{at:%Y-%m-%d %H:%M}  {one.who}  {one.action}  {one.kind} {one.thing}")
        for name, old, new in one.fields:
            typer.echo(f"    {name}: {old} → {new}")


@command.command("export-customer")
def hand_out(
    code: CodeArgument,
    file: Annotated[Path, typer.Argument(help="要写的 zip 文件 · the zip to write", metavar="FILE")],
) -> None:
    """导出一个客户的全部数据和附件 · write everything about a customer with its files."""
    file.write_bytes(export_customer(_house().store, code, actor=COMMAND_LINE))
    typer.echo(str(file), err=True)


@command.command("erase-customer")
def erase(
    code: CodeArgument,
    confirm: Annotated[str, typer.Option(help="再输入一次客户编号 · the customer's code again")] = "",
    more: Annotated[
        list[str] | None, typer.Option(help="其他要清除的姓名、号码 · further names and numbers")
    ] = None,
    with_files: Annotated[
        bool, typer.Option("--with-files", help="附件内容一并删除 · the files' contents go too")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """清除一个客户的个人信息，统计保留 · erase a customer's personal data, the figures stay."""
    house = _house()
    done = erase_customer(
        house.store,
        code,
        confirm=confirm,
        more=more or (),
        with_files=with_files,
        actor=COMMAND_LINE,
        now=house.now(),
    )
    if as_json:
        typer.echo(json.dumps({"places": done.places, "total": done.total, "files": done.files}))
        return
    typer.echo(f"{done.total} 处 · places; {done.files} 附件 · files")
