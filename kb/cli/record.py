"""`servicebook record`: the department's records: kinds, lists, made, changed, moved, with their log and files."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from kb.errors import BadInput, Fault
from kb.settings import Settings
from kb.usecases.accounts import Role
from kb.usecases.record_documents import document_bytes, list_file, record_document
from kb.usecases.record_files import add_file
from kb.usecases.record_kinds import KINDS
from kb.usecases.record_making import draw_sample, follow_up
from kb.usecases.record_nouns import Actor, Record
from kb.usecases.record_reading import RecordQuery, record, record_counts, record_history, record_list
from kb.usecases.record_words import kind_json, lines_of, state_name, text_of_field
from kb.usecases.records import change_record, create_record, move_record
from kb.usecases.register_kinds import Wording, wording_of
from kb.wiring import House, open_house

command = typer.Typer(rich_markup_mode=None)

COMMAND_LINE = Actor(name="command line", role=Role.ADMIN)
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
HandleArgument = Annotated[str, typer.Argument(help="记录编号 · number of the record", metavar="NUMBER")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="字段=值，可重复 · field=value, may be repeated")
]
KindOption = Annotated[str, typer.Option(help="类别 · kind")]


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def _wording(house: House) -> Wording:
    return wording_of(house.settings.language, house.settings.time_zone, house.library().vocabularies)


@command.command("kinds")
def kinds(as_json: JsonOption = False) -> None:
    """列出记录类别及其字段、状态 · list the kinds with their fields and states."""
    house = _house()
    wording = _wording(house)
    counts = record_counts(house.store)
    if as_json:
        typer.echo(json.dumps([kind_json(kind, wording) for kind in KINDS.values()], ensure_ascii=False))
        return
    for name, kind in KINDS.items():
        opened, total = counts[name]
        typer.echo(
            f"{name:13} {kind.prefix}  {wording.pick(kind.title)}  {opened}/{total}  {wording.pick(kind.says)}"
        )


@command.command("list")
def list_records(
    kind: KindOption = "",
    state: Annotated[str, typer.Option(help="状态 · state")] = "",
    owner: Annotated[str, typer.Option(help="负责人 · owner")] = "",
    due: Annotated[str, typer.Option(help="overdue 逾期 / week 本周 / open / closed")] = "",
    text: Annotated[str, typer.Option("--text", help="文字 · text to look for")] = "",
    customer: Annotated[str, typer.Option(help="客户编号 · code of the customer")] = "",
    equipment: Annotated[str, typer.Option(help="设备编号 · tag of the machine")] = "",
    page: Annotated[int, typer.Option(min=1, help="页码 · page")] = 1,
    size: Annotated[int, typer.Option(min=1, max=500, help="每页行数 · rows a page")] = 50,
    as_json: JsonOption = False,
) -> None:
    """列出记录，最新的在前 · list records, the newest first."""
    house = _house()
    wording = _wording(house)
    query = RecordQuery(
        kind=kind,
        state=state,
        owner=owner,
        due=due,
        text=text,
        customer=customer,
        equipment=equipment,
        page=page,
        size=size,
    )
    found = record_list(house.store, query, wording=wording, now=house.now())
    if as_json:
        body = {
            "items": [one.json() for one in found.items],
            "total": found.total,
            "page": page,
            "size": size,
        }
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    for one in found.items:
        late = " !" if one.overdue else ""
        due_day = one.due.isoformat() if one.due else "-"
        typer.echo(
            f"{one.number}  {state_name(one, wording)}  {due_day}{late}  {one.owner or '-'}  {one.title}"
        )
    typer.echo(f"{found.page}/{found.last} · {found.total}", err=True)


@command.command("show")
def show(
    handle: HandleArgument,
    history: Annotated[bool, typer.Option("--history", help="同时显示历史 · with its log")] = False,
    as_json: JsonOption = False,
) -> None:
    """显示一条记录 · show a record."""
    house = _house()
    wording = _wording(house)
    found = record(house.store, handle, actor=COMMAND_LINE, wording=wording, now=house.now())
    entries = record_history(house.store, handle, actor=COMMAND_LINE) if history else ()
    if as_json:
        body = {**found.json(), **({"history": [one.json() for one in entries]} if history else {})}
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    _show(found, wording)
    for line in lines_of(found.kind, entries, wording):
        typer.echo(f"{line.at}  {line.who}  {line.action} {line.states} {line.note}".rstrip())
        for title, before, after in line.fields:
            typer.echo(f"    {title}: {before or '—'} → {after or '—'}")


@command.command("new")
def new(
    kind: Annotated[str, typer.Argument(help="类别 · kind")],
    values: SetOption = None,
    id: Annotated[
        str, typer.Option(help="自定编号，重复提交只建一次 · id made by you: sent twice, made once")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """新建一条记录 · make a record."""
    house = _house()
    wording = _wording(house)
    made = create_record(
        house.store,
        kind,
        values_of(values or ()),
        id=id or house.new_id(),
        actor=COMMAND_LINE,
        wording=wording,
        now=house.now(),
    )
    _told(made, wording, as_json=as_json)


@command.command("change")
def change(
    handle: HandleArgument,
    values: SetOption = None,
    revision: Annotated[int | None, typer.Option(min=1, help="所见版本 · the revision that was seen")] = None,
    as_json: JsonOption = False,
) -> None:
    """修改一条记录 · change a record."""
    house = _house()
    wording = _wording(house)
    changed = change_record(
        house.store,
        handle,
        values_of(values or ()),
        revision=revision,
        actor=COMMAND_LINE,
        wording=wording,
        now=house.now(),
        new_id=house.new_id,
    )
    _told(changed, wording, as_json=as_json)


@command.command("move")
def move(
    handle: HandleArgument,
    to: Annotated[str, typer.Argument(help="新状态 · state to move it to")],
    note: Annotated[str, typer.Option(help="说明 · why")] = "",
    as_json: JsonOption = False,
) -> None:
    """变更状态 · move a record to another state."""
    house = _house()
    wording = _wording(house)
    moved = move_record(
        house.store,
        handle,
        to,
        note=note,
        revision=None,
        id=house.new_id(),
        actor=COMMAND_LINE,
        wording=wording,
        now=house.now(),
    )
    _told(moved, wording, as_json=as_json)


@command.command("export")
def export(
    file: Annotated[
        Path, typer.Argument(help="要写的 xlsx 或 csv · the xlsx or csv to write", metavar="FILE")
    ],
    kind: KindOption = "",
    due: Annotated[str, typer.Option(help="overdue / week / open / closed")] = "",
    text: Annotated[str, typer.Option("--text", help="文字 · text to look for")] = "",
) -> None:
    """导出记录清单 · write a list of records as a file."""
    house = _house()
    query = RecordQuery(kind=kind, due=due, text=text)
    format = "csv" if file.suffix.casefold() == ".csv" else "xlsx"
    content = list_file(
        house.store, query, format, actor=COMMAND_LINE, wording=_wording(house), now=house.now()
    )
    file.write_bytes(content)
    typer.echo(str(file), err=True)


@command.command("document")
def document(
    handle: HandleArgument,
    file: Annotated[
        Path, typer.Argument(help="要写的 docx 或 pdf · the docx or pdf to write", metavar="FILE")
    ],
) -> None:
    """把一条记录写成 Word 或 PDF · write a record as Word or PDF."""
    house = _house()
    made = record_document(house.store, handle, actor=COMMAND_LINE, wording=_wording(house), now=house.now())[
        1
    ]
    file.write_bytes(document_bytes(made, "pdf" if file.suffix.casefold() == ".pdf" else "docx"))
    typer.echo(str(file), err=True)


@command.command("attach")
def attach(
    handle: HandleArgument,
    file: Annotated[Path, typer.Argument(help="文件 · the file", metavar="FILE")],
    note: Annotated[str, typer.Option(help="说明 · what it shows")] = "",
    as_json: JsonOption = False,
) -> None:
    """给记录添加附件 · keep a file with a record."""
    house = _house()
    try:
        content = file.read_bytes()
    except OSError as error:
        fault = Fault(where=str(file), what=f"cannot be read: {error.strerror}")
        raise BadInput("the file was not kept", [fault]) from error
    kept = add_file(
        house.store,
        handle,
        name=file.name,
        content=content,
        note=note,
        id=house.new_id(),
        actor=COMMAND_LINE,
        now=house.now(),
        limit_bytes=house.settings.upload_limit_bytes,
    )
    typer.echo(
        json.dumps(kept.json(), ensure_ascii=False) if as_json else f"{kept.id}  {kept.name}  {kept.digest}"
    )


@command.command("call")
def call(
    visit: Annotated[str, typer.Option(help="已完成的巡检 · key of a finished visit")] = "",
    order: Annotated[str, typer.Option(help="已关闭的工单 · number of a closed work order")] = "",
    as_json: JsonOption = False,
) -> None:
    """由完成的巡检或工单生成回访 · make the follow-up call of a finished job."""
    house = _house()
    wording = _wording(house)
    made = follow_up(
        house.store,
        visit=visit,
        order=order,
        id=house.new_id(),
        actor=COMMAND_LINE,
        wording=wording,
        now=house.now(),
    )
    _told(made, wording, as_json=as_json)


@command.command("sample")
def sample(
    population: Annotated[str, typer.Argument(help="visits / orders / calls")],
    first: Annotated[str, typer.Option("--from", help="起始日 · first day")],
    last: Annotated[str, typer.Option("--to", help="截止日 · last day")],
    share: Annotated[float, typer.Option(help="比例 % · share in percent")] = 10,
    seed: Annotated[str, typer.Option(help="种子；留空则随机 · seed; a fresh one if empty")] = "",
    as_json: JsonOption = False,
) -> None:
    """按种子抽取待核实的样本 · draw a sample to verify."""
    house = _house()
    wording = _wording(house)
    asked = {
        "population": population,
        "first_day": first,
        "last_day": last,
        "share": share,
        "seed": seed or house.new_id()[:8],
    }
    made = draw_sample(
        house.store, asked, id=house.new_id(), actor=COMMAND_LINE, wording=wording, now=house.now()
    )
    _told(made, wording, as_json=as_json)


def values_of(said: Sequence[str]) -> dict[str, Any]:
    """Return the values of `field=value` options; `field=@file` reads a JSON value from a file.

    Raises:
        BadInput: An option has no `=`, or its file cannot be read.
    """
    found: dict[str, Any] = {}
    faults = []
    for one in said:
        name, sign, value = one.partition("=")
        if not sign:
            faults.append(Fault(where=one[:80], what="has no =", repair="write field=value"))
        elif value.startswith("@"):
            try:
                found[name.strip()] = json.loads(Path(value[1:]).read_text(encoding="utf-8"))
            except (OSError, ValueError) as error:
                faults.append(Fault(where=value[:80], what=f"cannot be read: {error}"))
        else:
            found[name.strip()] = value
    if faults:
        raise BadInput("the values cannot be read", faults)
    return found


def _told(one: Record, wording: Wording, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(one.json(), ensure_ascii=False))
    else:
        _show(one, wording)


def _show(one: Record, wording: Wording) -> None:
    typer.echo(f"{one.number}  {wording.pick(one.kind.single)}  {state_name(one, wording)}  {one.title}")
    for field in one.kind.fields:
        text = one.links[field.name][1] if field.name in one.links else ""
        text = text or text_of_field(field, one.values.get(field.name), wording)
        if text and field.name != "title":
            typer.echo(f"{wording.pick(field.title)}: {text}")
    if one.escalation:
        typer.echo(f"升级 · bring before: {wording.pick(one.escalation.names)}", err=True)
