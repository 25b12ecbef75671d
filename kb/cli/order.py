"""`servicebook order`: list, show and open work orders, tell what happened on site, close them, write their reports."""

import json
from dataclasses import asdict
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from kb.cli.order_office import tie, verify_report
from kb.errors import BadInput, Fault
from kb.i18n import LANGUAGES
from kb.settings import Settings
from kb.usecases.order_access import Actor
from kb.usecases.order_closing import close_order, draft_of_order, suggested_codes
from kb.usecases.order_entry_checking import Entry
from kb.usecases.order_finding import OrderWish, found_orders
from kb.usecases.order_ledger import LedgerWish, ledger
from kb.usecases.order_making import Written, decide_finding, order_of_visit, write_order
from kb.usecases.order_reading import WorkOrder
from kb.usecases.order_report import report_docx, report_pdf
from kb.usecases.order_sheet import Sheet, order_sheet
from kb.usecases.order_telling import receive_entry, settle_entry
from kb.usecases.plan_documents import checklists
from kb.usecases.register_days import day_of
from kb.usecases.register_kinds import Wrong
from kb.wiring import House, open_house
from planner.model import OrderState

command = typer.Typer(rich_markup_mode=None)

LOCAL = Actor(name="command line", may_all=True)
Handle = Annotated[str, typer.Argument(help="工单编号 · number or id of the order", metavar="ORDER")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
MachineOption = Annotated[str, typer.Option(help="设备编号 · machine tag", metavar="TAG")]
SiteOption = Annotated[str, typer.Option(help="现场编号 · site code", metavar="CODE")]
TechnicianOption = Annotated[str, typer.Option(help="工程师编号 · technician code", metavar="CODE")]


def opened() -> House:
    """Return the house, with its database up to date."""
    house = open_house(Settings())
    house.store.migrate()
    return house


def printed(body: object) -> None:
    """Print one JSON document."""
    typer.echo(json.dumps(body, ensure_ascii=False))


def _line(one: WorkOrder) -> str:
    values, names = one.values, one.names
    parts = [one.number, str(one.standing.state), names["site"], names["tag"], names["technician"]]
    return "  ".join(part for part in (*parts, str(values["title"])) if part)


def _day(text: str, option: str) -> date | None:
    if not text:
        return None
    try:
        return day_of(text)
    except Wrong as error:
        fault = Fault(where=option, what=f"{text[:40]!r} is no day", repair="write it as 2027-01-31")
        raise BadInput("nothing was done", [fault]) from error


@command.command("list")
def list_orders(
    state: Annotated[
        list[OrderState] | None, typer.Option(help="状态，可重复 · state, may be repeated")
    ] = None,
    technician: TechnicianOption = "",
    customer: Annotated[str, typer.Option(help="客户编号 · customer code", metavar="CODE")] = "",
    site: SiteOption = "",
    machine: MachineOption = "",
    first: Annotated[str, typer.Option("--from", help="开单日起 · opened from", metavar="YYYY-MM-DD")] = "",
    last: Annotated[str, typer.Option("--to", help="开单日止 · opened to", metavar="YYYY-MM-DD")] = "",
    text: Annotated[str, typer.Option(help="编号、标题、报警中的字 · in number, title or alarm")] = "",
    page: Annotated[int, typer.Option(min=1, help="页码 · page")] = 1,
    size: Annotated[int, typer.Option(min=1, max=200, help="每页行数 · rows a page")] = 50,
    as_json: JsonOption = False,
) -> None:
    """列出工单，未完的在前 · list work orders, open ones first."""
    house = opened()
    wish = OrderWish(
        states=tuple(state or ()),
        technician=technician,
        customer=customer,
        site=site,
        machine=machine,
        first_day=_day(first, "--from"),
        last_day=_day(last, "--to"),
        text=text,
        page=page,
        size=size,
    )
    found = found_orders(house.store, wish, actor=LOCAL, now=house.now())
    if as_json:
        items = [one.json() for one in found.items]
        printed({"items": items, "page": found.page, "size": found.size, "total": found.total})
        return
    for one in found.items:
        typer.echo(_line(one))
    typer.echo(f"{found.page}/{found.pages} · {found.total}", err=True)


@command.command("show")
def show(id: Handle, as_json: JsonOption = False) -> None:
    """显示一张工单 · show a work order."""
    house = opened()
    _show(order_sheet(house.store, id, now=house.now()), as_json=as_json)


def _show(sheet: Sheet, *, as_json: bool) -> None:
    if as_json:
        printed(sheet.json())
        return
    typer.echo(_line(sheet.order))
    for line in sheet.lines:
        result = line["result"]
        told = (
            ""
            if result is None
            else f"{result['verdict']} {result['value'] if result['value'] is not None else result['text']}"
        )
        typer.echo(f"  {line['tag']} {line['item_id']} {line['text']}: {told or '—'}")
    for one in sheet.findings:
        typer.echo(f"  ! {one['severity']} {one['text']} → {one['recommendation']} ({one['state']})")
    for one in sheet.parts:
        typer.echo(
            f"  + {one['part_number'] or one['name']} ×{one['quantity']:g} {one['old_serial']}→{one['new_serial']}"
        )
    for one in sheet.held:
        typer.echo(f"  ? {one['id']} {one['kind']}: {one['why']}")


@command.command("new")
def new(
    title: Annotated[str, typer.Argument(help="标题 · title", metavar="TITLE")],
    kind: Annotated[str, typer.Option(help="类别 · kind, such as repair or inspection")] = "repair",
    site: SiteOption = "",
    machine: MachineOption = "",
    technician: TechnicianOption = "",
    day: Annotated[str, typer.Option(help="计划日 · planned day", metavar="YYYY-MM-DD")] = "",
    alarm: Annotated[str, typer.Option(help="显示的报警 · alarm as displayed")] = "",
    level: Annotated[str, typer.Option(help="带此级别的点检表 · with the checklist of this level")] = "",
    follows: Annotated[str, typer.Option(help="接续的工单 · the order that it continues")] = "",
    as_json: JsonOption = False,
) -> None:
    """开一张工单 · open a work order."""
    house = opened()
    written = Written(
        kind=kind,
        title=title,
        site=site,
        machine=machine,
        technician=technician,
        planned_day=_day(day, "--day"),
        alarm=alarm,
        level=level,
        follows=follows,
    )
    pages = checklists(house.library()) if level else {}
    made = write_order(house.store, written, pages=pages, id=house.new_id(), actor=LOCAL, now=house.now())
    _made(made, as_json=as_json)


@command.command("of-visit")
def of_visit(
    key: Annotated[str, typer.Argument(help="巡检编号 · visit key", metavar="KEY")],
    as_json: JsonOption = False,
) -> None:
    """由计划的巡检开工单，带其点检表 · open the order of a planned visit, with its checklists."""
    house = opened()
    pages = checklists(house.library())
    _made(order_of_visit(house.store, key, pages=pages, actor=LOCAL, now=house.now()), as_json=as_json)


def _made(made: WorkOrder, *, as_json: bool) -> None:
    if as_json:
        printed(made.json())
    else:
        typer.echo(_line(made))


@command.command("tell")
def tell(
    id: Handle,
    kind: Annotated[str, typer.Argument(help="类别，如 check、part、time · kind of entry", metavar="KIND")],
    values: Annotated[str, typer.Argument(help="JSON 对象 · values as a JSON object", metavar="JSON")] = "{}",
    entry_id: Annotated[str, typer.Option("--id", help="编号，重发不重记 · its id; again is once")] = "",
    at: Annotated[str, typer.Option(help="时间，默认现在 · instant with offset; now by default")] = "",
    amends: Annotated[str, typer.Option(help="签字后更正的理由 · why signed contents change")] = "",
    as_json: JsonOption = False,
) -> None:
    """告知现场的一件事 · tell something of an order: a result, a part, a time, an event."""
    house = opened()
    faults = []
    body: Any = {}
    moment = house.now()
    try:
        body = json.loads(values)
    except ValueError:
        faults.append(Fault(where="JSON", what=f"{values[:40]!r} is no JSON", repair="give an object"))
    if not isinstance(body, dict):
        faults.append(Fault(where="JSON", what="is no object", repair='such as {"minutes": 30}'))
    try:
        moment = datetime.fromisoformat(at) if at else moment
    except ValueError:
        faults.append(
            Fault(where="--at", what=f"{at[:40]!r} is no instant", repair="2027-01-31T08:00:00+08:00")
        )
    if faults:
        raise BadInput("nothing was told", faults)
    sent = Entry(id=entry_id or house.new_id(), kind=kind, at=moment, values=body, amends=amends)
    received = receive_entry(
        house.store,
        id,
        sent,
        actor=LOCAL,
        now=house.now(),
        photo_limit_bytes=house.settings.draft_photo_limit_bytes,
    )
    if as_json:
        printed(received.json())
    else:
        typer.echo(f"{received.id}  {received.state}  {received.why}".strip())


@command.command("settle")
def settle(
    id: Handle,
    entry: Annotated[str, typer.Argument(help="待定的记录 · the entry that waits", metavar="ENTRY")],
    reason: Annotated[str, typer.Option(help="理由 · why")],
    take: Annotated[
        bool, typer.Option("--take/--drop", help="采纳或不采纳 · take it over or drop it")
    ] = True,
    as_json: JsonOption = False,
) -> None:
    """裁定一条待定记录 · decide on an entry that waits."""
    house = opened()
    received = settle_entry(house.store, id, entry, take=take, reason=reason, actor=LOCAL, now=house.now())
    if as_json:
        printed(received.json())
    else:
        typer.echo(f"{received.id}  {received.state}")


@command.command("finding")
def finding(
    id: Annotated[str, typer.Argument(help="发现的编号 · id of the finding", metavar="FINDING")],
    decision: Annotated[str, typer.Argument(help="order、proposal 或 none", metavar="DECISION")],
    reason: Annotated[str, typer.Option(help="理由 · why, for none")] = "",
    as_json: JsonOption = False,
) -> None:
    """裁定一项发现：开工单、进方案、或不做 · decide on a finding."""
    house = opened()
    order = decide_finding(
        house.store,
        id,
        decision=decision,
        reason=reason,
        order_id=house.new_id(),
        actor=LOCAL,
        now=house.now(),
    )
    _made(order, as_json=as_json)


@command.command("close")
def close(
    id: Handle,
    code: Annotated[
        list[str] | None, typer.Option("--set", help="代码，如 cause=O4 · field=code, may be repeated")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """以代码结单；不带代码时先列出可能的 · close an order with its codes."""
    house = opened()
    wrong = [one for one in code or () if "=" not in one]
    if wrong:
        faults = [Fault(where="--set", what=f"{one[:40]!r} has no =", repair="cause=O4") for one in wrong]
        raise BadInput("nothing was closed", faults)
    codes = dict(one.split("=", 1) for one in code or ())
    closed = close_order(
        house.store,
        id,
        codes,
        event_id=house.new_id(),
        actor=LOCAL,
        vocabularies=house.library().vocabularies,
        now=house.now(),
    )
    _made(closed, as_json=as_json)


@command.command("codes")
def codes(id: Handle, as_json: JsonOption = False) -> None:
    """列出结单时可能的代码及依据 · the codes that an order may be closed with, and why."""
    house = opened()
    found = suggested_codes(house.store, house.library(), id, now=house.now())
    if as_json:
        printed({"items": [one.json() for one in found]})
        return
    for one in found:
        told = " ".join(f"{name}={code}" for name, code in one.codes.items())
        typer.echo(f"{told}  {one.why} {one.jobs or ''} {' '.join(one.pages[:3])}".rstrip())


@command.command("draft")
def draft(id: Handle, as_json: JsonOption = False) -> None:
    """由已结工单起案例草稿，客户信息不带入 · make a draft case of a closed order."""
    house = opened()
    made, left = draft_of_order(
        house.store,
        id,
        actor=LOCAL,
        now=house.now(),
        photo_limit_bytes=house.settings.draft_photo_limit_bytes,
    )
    if as_json:
        printed({"draft": made.json(), "left_behind": [asdict(one) for one in left]})
        return
    typer.echo(f"{made.id}  {made.title}")
    for one in left:
        typer.echo(f"未带入 · left behind ({one.kind}): {one.text}", err=True)


@command.command("report")
def report(
    id: Handle,
    file: Annotated[Path, typer.Argument(help="pdf 或 docx 文件 · a pdf or docx file", metavar="FILE")],
    language: Annotated[str, typer.Option(help="zh_CN 或 en")] = "",
) -> None:
    """写出服务报告 · write the service report."""
    house = opened()
    makers = {".pdf": report_pdf, ".docx": report_docx}
    faults = []
    if file.suffix not in makers:
        faults.append(Fault(where="FILE", what=f"ends with {file.suffix!r}", repair=".pdf or .docx"))
    if language not in {"", *LANGUAGES}:
        faults.append(Fault(where="--language", what=f"is {language[:20]!r}", repair=", ".join(LANGUAGES)))
    if faults:
        raise BadInput("no report was written", faults)
    chosen = next((one for one in LANGUAGES if one == language), house.settings.language)
    make = makers[file.suffix]
    file.write_bytes(make(house.store, id, house.library().vocabularies, chosen, now=house.now()))
    typer.echo(str(file), err=True)


@command.command("parts")
def parts(
    text: Annotated[
        str, typer.Option(help="件号、名称或序列号 · in part number, name or serial number")
    ] = "",
    site: SiteOption = "",
    machine: MachineOption = "",
    covered: Annotated[bool, typer.Option("--covered", help="仍在保 · still under warranty")] = False,
    as_json: JsonOption = False,
) -> None:
    """质保台账 · the warranty ledger."""
    house = opened()
    under = house.today() if covered else None
    wish = LedgerWish(text=text, site=site, machine=machine, under=under)
    lines = ledger(house.store, wish, whole=True).items
    if as_json:
        printed({"items": [one.json() for one in lines]})
        return
    for one in lines:
        serials = f"{one.old_serial or '—'} → {one.new_serial or '—'}"
        typer.echo(
            f"{one.used_on}  {one.tag}  {one.part_number} {one.name}  {serials}  {one.warranty_until or ''}"
        )


command.command("tie")(tie)
command.command("verify")(verify_report)
