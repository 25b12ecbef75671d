"""`servicebook fault`: report faults, list them by deadline, tell what happened, open work orders, print labels."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from kb.errors import BadInput, Fault
from kb.export.fault_plan import stock_told
from kb.i18n import Language, translator
from kb.settings import Settings
from kb.usecases.fault_deciding import accept_report, set_aside
from kb.usecases.fault_diagnosis import likely_causes
from kb.usecases.fault_dispatch import dispatch_report
from kb.usecases.fault_handling import handling_plan, work_time
from kb.usecases.fault_intake import label_of
from kb.usecases.fault_json import report_json
from kb.usecases.fault_list import Due, FaultQuery, Group, Sort, fault_list
from kb.usecases.fault_log import ReportEvent, tell_report
from kb.usecases.fault_machines import machines_found
from kb.usecases.fault_plan_files import plan_file, plan_json
from kb.usecases.fault_reports import (
    FaultReport,
    NewReport,
    fault_report,
    report_fault,
)
from kb.usecases.fault_words import POINT_NAMES, STATE_NAMES
from kb.wiring import House, open_house
from planner.faults import HandlingPlan
from planner.model import MachineState

command = typer.Typer(rich_markup_mode=None)

CLI = "servicebook fault"
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
Id = Annotated[str, typer.Argument(metavar="REPORT", help="报障编号 · id or number of the report")]


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def _instant(text: str, house: House, where: str) -> datetime | None:
    """Return an instant as typed; without an offset it is in the department's zone."""
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        fault = Fault(
            where=where, what=f"{text[:40]!r} is no time", repair="write it such as 2026-03-02T09:30"
        )
        raise BadInput("nothing was written", [fault]) from error
    return found if found.tzinfo else found.replace(tzinfo=house.now().tzinfo)


@command.command("report")
def report(
    tag: Annotated[str, typer.Option(help="设备编号 · tag of the machine")] = "",
    site: Annotated[str, typer.Option(help="现场编号，不知道设备时 · code of the site")] = "",
    alarm: Annotated[str, typer.Option(help="屏幕上的报警 · the alarm as displayed")] = "",
    symptom: Annotated[str, typer.Option(help="客户原话 · the symptom in the customer's words")] = "",
    state: Annotated[
        MachineState, typer.Option(help="机床状态 · what the machine still does")
    ] = MachineState.STOPPED,
    danger: Annotated[bool, typer.Option("--danger", help="可能伤人 · somebody can be hurt")] = False,
    line: Annotated[bool, typer.Option("--line", help="整线停产 · other machines wait for it")] = False,
    since: Annotated[str, typer.Option(help="何时开始 · when it began")] = "",
    contact: Annotated[str, typer.Option(help="联系人 · whom to ask for")] = "",
    phone: Annotated[str, typer.Option(help="电话 · telephone")] = "",
    photo: Annotated[
        list[Path] | None, typer.Option(exists=True, dir_okay=False, help="照片，可重复 · photo")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """报障 · report a fault."""
    house = _house()
    kept = report_fault(
        house.store,
        NewReport(
            channel="phone",
            tag=tag,
            site_code=site,
            alarm=alarm,
            symptom=symptom,
            machine_state=state,
            is_dangerous=danger,
            stops_a_line=line,
            since=_instant(since, house, "since"),
            contact=contact,
            phone=phone,
        ),
        id=house.new_id(),
        now=house.now(),
        who=CLI,
        warranty_months=house.settings.warranty_months,
        photos=[path.read_bytes() for path in photo or ()],
        photo_limit_bytes=house.settings.report_photo_limit_bytes,
    )
    _show(house, kept, as_json=as_json)


@command.command("list")
def list_reports(
    group: Annotated[Group, typer.Option(help="待办、已结束、全部 · open, ended, all")] = "open",
    state: Annotated[str, typer.Option(help="状态 · state")] = "",
    priority: Annotated[str, typer.Option(help="P1–P4")] = "",
    customer: Annotated[str, typer.Option(help="客户编号 · customer code")] = "",
    technician: Annotated[str, typer.Option(help="工程师编号 · technician code")] = "",
    due: Annotated[Due, typer.Option(help="超期、即将到期 · overdue, soon")] = "",
    text: Annotated[str, typer.Option("--text", help="文字 · words")] = "",
    sort: Annotated[Sort | None, typer.Option(help="排序 · order")] = None,
    page: Annotated[int, typer.Option(min=1, help="页码 · page")] = 1,
    size: Annotated[int, typer.Option(min=1, max=200, help="每页行数 · rows a page")] = 50,
    as_json: JsonOption = False,
) -> None:
    """列出报障，最近到期的在前 · list reports, the nearest deadline first."""
    house = _house()
    query = FaultQuery(
        group=group,
        state=state,
        priority=priority,
        customer=customer,
        technician=technician,
        due=due,
        text=text,
        sort=sort or ("due" if group == "open" else "reported"),
        page=page,
        size=size,
    )
    found = fault_list(house.store, query, now=house.now())
    if as_json:
        _print_json(
            {
                "items": [one.json() for one in found.items],
                "total": found.total,
                "overdue": found.overdue,
                "soon": found.soon,
            }
        )
        return
    say = translator(house.settings.language)
    for one in found.items:
        due_text = f"{one.next_due:%m-%d %H:%M}" if one.next_due else "—"
        typer.echo(
            f"{one.number}  {one.priority}  {due_text}  {say(STATE_NAMES.get(one.state, one.state))}  "
            f"{one.customer}  {one.tag}  {one.title}"
        )
    typer.echo(f"{len(found.items)} / {found.total}", err=True)


@command.command("show")
def show(id: Id, as_json: JsonOption = False) -> None:
    """显示一条报障 · show one report."""
    house = _house()
    _show(house, _kept(house, id), as_json=as_json)


@command.command("tell")
def tell(
    id: Id,
    kind: Annotated[ReportEvent, typer.Argument(help="发生了什么 · what happened")],
    reason: Annotated[str, typer.Option(help="原因 · why")] = "",
    at: Annotated[str, typer.Option(help="何时，默认现在 · when; now")] = "",
    as_json: JsonOption = False,
) -> None:
    """记一笔：回电、暂停、到场、修好等 · tell what happened to a report."""
    house = _house()
    now = house.now()
    tell_report(
        house.store,
        id,
        id=house.new_id(),
        kind=kind,
        at=_instant(at, house, "at") or now,
        reason=reason,
        who=CLI,
        now=now,
    )
    _show(house, _kept(house, id), as_json=as_json)


@command.command("order")
def order(id: Id, as_json: JsonOption = False) -> None:
    """转为工单 · make a report a work order."""
    house = _house()
    months = house.settings.warranty_months
    accept_report(
        house.store,
        id,
        order_id=house.new_id(),
        revision=None,
        now=house.now(),
        who=CLI,
        warranty_months=months,
    )
    _show(house, _kept(house, id), as_json=as_json)


@command.command("plan")
def plan(
    id: Id,
    out: Annotated[
        Path | None, typer.Option(help="写成文件 .docx 或 .pdf · write a file", dir_okay=False)
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """故障处理方案：危险、检查、备件、谁能去 · the handling plan of a report."""
    house = _house()
    now, language = house.now(), house.settings.language
    made = handling_plan(
        house.store, house.library(), house.search_index(), _kept(house, id), language=language, now=now
    )
    if out is not None:
        if out.suffix not in {".docx", ".pdf"}:
            raise typer.BadParameter(f"{out.name} must end in .docx or .pdf")
        ending: Literal["docx", "pdf"] = "docx" if out.suffix == ".docx" else "pdf"
        out.write_bytes(plan_file(made, ending, language=language, created=now)[0])
        typer.echo(str(out), err=True)
    if as_json:
        _print_json(plan_json(made))
    elif out is None:
        _print_plan(made, language)


def _print_plan(made: HandlingPlan, language: Language) -> None:
    for hazard in made.hazards:
        typer.echo(f"! {hazard.hazard} → {hazard.avoid} [{hazard.source}]")
    typer.echo(made.likely.text)
    for step in made.checks:
        sources = ", ".join((*step.pages, *step.jobs))
        share = f" {step.share:.0%}" if step.share else ""
        typer.echo(f"{step.number}. {step.cause}{share}  {step.check}  [{sources}]")
    for part in made.parts:
        told = stock_told(part, language)
        typer.echo(f"+ {part.name} {part.number} ×{part.quantity} ({told}) [{', '.join(part.sources)}]")
    for offer in made.offers:
        typer.echo(
            f"{offer.day} {offer.start:%H:%M}  {offer.technician}  {offer.extra_minutes:+} min  "
            f"{offer.extra_km:+g} km  {offer.technician_id}"
        )
    for text in (made.nobody, *made.missing):
        if text:
            typer.echo(f"? {text}")


@command.command("dispatch")
def dispatch(
    id: Id,
    technician: Annotated[str, typer.Argument(help="工程师编号 · technician code")],
    day: Annotated[str, typer.Argument(help="哪天 · which day", metavar="YYYY-MM-DD")],
    as_json: JsonOption = False,
) -> None:
    """派工：开工单并排进计划 · open the order for a technician and a day, and plan it."""
    house = _house()
    now, months = house.now(), house.settings.warranty_months
    wanted = _instant(day, house, "day")
    likely = likely_causes(house.store, house.library(), house.search_index(), _kept(house, id), now=now)
    done = dispatch_report(
        house.store,
        id,
        technician=technician,
        day=wanted.date() if wanted else now.date(),
        duration=work_time(likely),
        order_id=house.new_id(),
        proposal_id=house.new_id(),
        now=now,
        who=CLI,
        warranty_months=months,
    )
    told = {"order": done.order_id, "proposal": done.proposal_id, "in_plan": done.in_plan}
    if as_json:
        _print_json(told)
    else:
        typer.echo("  ".join(str(value) for value in told.values()))


@command.command("aside")
def aside(
    id: Id,
    state: Annotated[Literal["duplicate", "rejected"], typer.Argument(help="重复或不受理 · why")],
    other: Annotated[str, typer.Option(help="与哪条重复 · what it repeats")] = "",
    reason: Annotated[str, typer.Option(help="原因 · why")] = "",
    as_json: JsonOption = False,
) -> None:
    """搁置：重复或不受理 · set a report aside."""
    house = _house()
    set_aside(
        house.store,
        id,
        state=state,
        reason=reason,
        other=other,
        revision=None,
        now=house.now(),
        who=CLI,
        event_id=house.new_id(),
    )
    _show(house, _kept(house, id), as_json=as_json)


@command.command("machines")
def machines(
    text: Annotated[str, typer.Argument(help="编号、序列号、客户 · tag, serial number, customer")],
    as_json: JsonOption = False,
) -> None:
    """找设备 · find the machine of a call."""
    found = machines_found(_house().store, text)
    if as_json:
        _print_json([one.json() for one in found])
        return
    for one in found:
        typer.echo(f"{one.tag}  {one.what}  {one.serial}  {one.customer}  {one.site}")


@command.command("label")
def label(
    tag: Annotated[str, typer.Argument(help="设备编号 · tag of the machine")],
    renew: Annotated[
        bool, typer.Option("--renew", help="换新地址，旧的作废 · let the old address lead nowhere")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """设备的报障二维码地址 · the path behind a machine's QR label."""
    house = _house()
    found = label_of(house.store, tag, token=house.token, who=CLI, now=house.now(), renew=renew)
    if as_json:
        _print_json({"tag": found.tag, "what": found.what, "path": found.path})
    else:
        typer.echo(found.path)


def _kept(house: House, id: str) -> FaultReport:
    return fault_report(house.store, id, now=house.now(), warranty_months=house.settings.warranty_months)


def _show(house: House, kept: FaultReport, *, as_json: bool) -> None:
    language = house.settings.language
    told: dict[str, Any] = report_json(
        kept, language=language, warranty_months=house.settings.warranty_months, now=house.now()
    )
    if as_json:
        _print_json(told)
        return
    say = translator(language)
    typer.echo(f"{told['number']}  {told['priority']}  {say(STATE_NAMES[told['state']])}  {told['title']}")
    typer.echo(f"{told['customer']}  {told['site']}  {told['tag']}  {told['contact']}  {told['phone']}")
    typer.echo(f"{told['priority']}: {told['priority_reason']}")
    if told["entitlement"]:
        typer.echo(told["entitlement"]["reason"])
        if told["entitlement"]["assumption"]:
            typer.echo(told["entitlement"]["assumption"])
    if kept.judgement and not kept.judgement.deadlines:
        typer.echo(say("No deadline was agreed for this site."))
    for one in kept.judgement.deadlines if kept.judgement else ():
        due = f"{one.due:%Y-%m-%d %H:%M}" if one.due else "—"
        met = f"  ✓ {one.met.astimezone(house.now().tzinfo):%m-%d %H:%M}" if one.met else ""
        typer.echo(f"{say(POINT_NAMES[one.point])}: {due}{met}")
    for twin in told["repeated"]:
        typer.echo(f"? {twin['number']}  {twin['title']}  {twin['reason']}")
