"""`servicebook emergency`: plans of sites and machines, what persons add, reviews, drills, files."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from kb.errors import BadInput, Fault
from kb.i18n import translator
from kb.settings import Settings
from kb.usecases.emergency import change_emergency_plan, tell_drill
from kb.usecases.emergency_document import emergency_docx, emergency_pdf
from kb.usecases.emergency_json import line_json, plan_json
from kb.usecases.emergency_reading import EmergencyPlan, emergency_lines, emergency_plan
from kb.wiring import House, open_house

command = typer.Typer(rich_markup_mode=None)

COMMAND_LINE = "command line"
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
SiteOption = Annotated[str, typer.Option(help="现场编号 · code of the site")]
MachineOption = Annotated[str, typer.Option("--machine", help="设备编号 · tag of the machine")]


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def _which(site: str, machine: str) -> dict[str, str]:
    if bool(site) == bool(machine):
        raise BadInput(
            "which plan is meant?",
            [Fault(where="--site, --machine", what="both or neither are given", repair="give one of them")],
        )
    return {"site": site} if site else {"tag": machine}


def _show(plan: EmergencyPlan, house: House, *, as_json: bool) -> None:
    language = house.settings.language
    if as_json:
        typer.echo(json.dumps(plan_json(plan, language), ensure_ascii=False))
        return
    say = translator(language)
    typer.echo(f"{plan.name}  {plan.customer}")
    for one in plan.callers:
        typer.echo(f"  {say(one.role)}: {one.name} {one.phone}")
    for trigger in plan.triggers:
        typer.echo(f"  - {say(trigger.trigger.name)}: {', '.join(one.page_id for one in trigger.recoveries)}")
    for message in plan.missing:
        typer.echo(f"  ! {say(message)}")


@command.command("list")
def show_list(
    due: Annotated[
        bool, typer.Option("--due", help="只列待复核的 · only those that wait for a review")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """列出各现场的应急预案 · list the plans of all sites."""
    house = _house()
    today = house.today()
    lines = [one for one in emergency_lines(house.store) if not due or one.is_due(today)]
    if as_json:
        body = {"items": [line_json(one, today) for one in lines], "total": len(lines)}
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    for one in lines:
        typer.echo(f"{one.code}  {one.review_due or '-':10}  {one.site} · {one.customer}")


@command.command("show")
def show(site: SiteOption = "", machine: MachineOption = "", as_json: JsonOption = False) -> None:
    """显示一份预案 · show a plan."""
    house = _house()
    plan = emergency_plan(house.store, house.library(), **_which(site, machine), today=house.today())
    _show(plan, house, as_json=as_json)


@command.command("review")
def review(
    site: SiteOption = "",
    machine: MachineOption = "",
    owner: Annotated[str | None, typer.Option(help="责任人 · owner")] = None,
    due: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="下次复核 · next review; a year from now")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """确认已复核 · confirm that a plan was looked through."""
    house = _house()
    plan = change_emergency_plan(
        house.store,
        house.library(),
        {},
        **_which(site, machine),
        owner=owner,
        reviewed=True,
        review_due=due.date() if due else None,
        revision=None,
        id=house.new_id(),
        who=COMMAND_LINE,
        now=house.now(),
    )
    _show(plan, house, as_json=as_json)


@command.command("drill")
def drill(
    day: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="日期 · day")],
    trigger: Annotated[str, typer.Option(help="演练内容代码 · code of what was drilled")],
    led_by: Annotated[str, typer.Option(help="负责人 · led by")],
    people: Annotated[int, typer.Option(help="人数 · people")],
    result: Annotated[str, typer.Option(help="结果 · result")],
    site: SiteOption = "",
    machine: MachineOption = "",
    as_json: JsonOption = False,
) -> None:
    """登记一次演练 · keep a drill that was held."""
    house = _house()
    plan = tell_drill(
        house.store,
        house.library(),
        **_which(site, machine),
        id=house.new_id(),
        day=day.date(),
        trigger=trigger,
        led_by=led_by,
        people=people,
        result=result,
        who=COMMAND_LINE,
        now=house.now(),
    )
    _show(plan, house, as_json=as_json)


@command.command("export")
def export(
    site: SiteOption = "",
    machine: MachineOption = "",
    pdf: Annotated[Path | None, typer.Option(help="写成 PDF · write as PDF")] = None,
    docx: Annotated[Path | None, typer.Option(help="写成 Word · write as Word")] = None,
) -> None:
    """导出预案 · write a plan as PDF or Word."""
    house = _house()
    language = house.settings.language
    plan = emergency_plan(house.store, house.library(), **_which(site, machine), today=house.today())
    if pdf is not None:
        pdf.write_bytes(emergency_pdf(plan, language, created=house.now()))
    if docx is not None:
        docx.write_bytes(emergency_docx(plan, language, created=house.now()))
    typer.echo(" ".join(str(one) for one in (pdf, docx) if one), err=True)
