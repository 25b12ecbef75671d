"""`servicebook inspection`: what inspections came to and what is advised; bulletins and their machines."""

import json
from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer

from kb.errors import BadInput, Fault
from kb.i18n import translator
from kb.settings import Settings
from kb.usecases.inspection_advice import advice_for
from kb.usecases.inspection_campaign_reading import STATES, Campaign, campaign, campaigns
from kb.usecases.inspection_campaigns import decide_machine, keep_campaign
from kb.usecases.inspection_document import inspection_docx, inspection_pdf
from kb.usecases.inspection_facts import Facts, Scope, inspection_facts
from kb.usecases.inspection_json import analysis_json, campaign_json
from kb.usecases.inspection_words import NOTHING, STATE_NAMES, sentence
from kb.wiring import House, open_house

command = typer.Typer(rich_markup_mode=None)

COMMAND_LINE = "command line"
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
MachineOption = Annotated[str, typer.Option("--machine", help="设备编号 · tag of the machine")]
SiteOption = Annotated[str, typer.Option("--site", help="现场编号 · code of the site")]
VisitOption = Annotated[str, typer.Option("--visit", help="巡检键 · key of the visit")]
OrderOption = Annotated[str, typer.Option("--order", help="工单号 · number of the work order")]
NumberArgument = Annotated[str, typer.Argument(help="通告编号 · number of the bulletin")]


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def _found(house: House, scope: Scope) -> tuple[Facts, ...]:
    zone = house.now().tzinfo or UTC
    return inspection_facts(house.store, house.library(), scope, today=house.today(), zone=zone)


@command.command("analyse")
def analyse(
    machine: MachineOption = "",
    site: SiteOption = "",
    visit: VisitOption = "",
    order: OrderOption = "",
    pdf: Annotated[Path | None, typer.Option(help="写成 PDF · write as PDF")] = None,
    docx: Annotated[Path | None, typer.Option(help="写成 Word · write as Word")] = None,
    as_json: JsonOption = False,
) -> None:
    """分析上次巡检并给出建议 · analyse the last inspection and advise."""
    house = _house()
    language, today, now = house.settings.language, house.today(), house.now()
    found = _found(house, Scope(machine=machine, site=site, visit=visit, order=order))
    if pdf is not None:
        pdf.write_bytes(inspection_pdf(found, language, today=today, created=now))
    if docx is not None:
        docx.write_bytes(inspection_docx(found, language, today=today, created=now))
    if as_json:
        body = {"items": [analysis_json(one, language, today=today) for one in found], "total": len(found)}
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    say = translator(language)
    for facts in found:
        typer.echo(f"{facts.tag}  {facts.site}  {facts.last.number if facts.last else say('not recorded')}")
        items = {one.item_id: one.item for one in facts.results}
        advice = advice_for(facts, today=today)
        for number, one in enumerate(advice, 1):
            typer.echo(f"  {number}. {sentence(one, items, language)}")
            for each in one.evidence:
                typer.echo(f"     {each.reference} {each.text}".rstrip())
        if not advice:
            typer.echo(f"  {say(NOTHING)}")


@command.command("bulletins")
def bulletins(as_json: JsonOption = False) -> None:
    """列出技术通告与进度 · list the bulletins with their progress."""
    house = _house()
    found = campaigns(house.store)
    if as_json:
        items = [campaign_json(one, today=house.today(), with_machines=False) for one in found]
        typer.echo(json.dumps({"items": items, "total": len(items)}, ensure_ascii=False))
        return
    for one in found:
        counts = " ".join(f"{state}={one.count(state)}" for state in STATES)
        typer.echo(f"{one.number}  {one.due or '-':10}  {counts}  {one.title}")


@command.command("bulletin")
def bulletin(number: NumberArgument, as_json: JsonOption = False) -> None:
    """显示一份通告及其设备 · show a bulletin with its machines."""
    house = _house()
    _show(campaign(house.store, number), house, as_json=as_json)


@command.command("keep")
def keep(
    file: Annotated[Path, typer.Argument(help="JSON 文件 · file with the bulletin as JSON")],
    number: Annotated[str, typer.Option(help="要改的通告编号 · the bulletin to change")] = "",
    as_json: JsonOption = False,
) -> None:
    """登记或修改通告 · keep a bulletin, new or changed."""
    house = _house()
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise BadInput("nothing was kept", [Fault(where=str(file), what=str(error)[:200])]) from error
    if not isinstance(raw, dict):
        raise BadInput("nothing was kept", [Fault(where=str(file), what="holds no JSON object")])
    found = keep_campaign(
        house.store, raw, number=number, id=house.new_id(), who=COMMAND_LINE, now=house.now()
    )
    _show(found, house, as_json=as_json)


@command.command("decide")
def decide(
    number: NumberArgument,
    machine: Annotated[str, typer.Argument(help="设备编号 · tag of the machine")],
    state: Annotated[str, typer.Argument(help="open | affected | done | not_affected")],
    order: OrderOption = "",
    why: Annotated[str, typer.Option(help="理由 · why")] = "",
    said_by: Annotated[str, typer.Option(help="谁说的 · who says so")] = "",
    as_json: JsonOption = False,
) -> None:
    """登记一台设备的结论 · keep what was decided of a machine."""
    house = _house()
    found = decide_machine(
        house.store,
        number,
        machine,
        state,
        order=order,
        why=why,
        said_by=said_by,
        who=COMMAND_LINE,
        now=house.now(),
    )
    _show(found, house, as_json=as_json)


def _show(found: Campaign, house: House, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(campaign_json(found, today=house.today()), ensure_ascii=False))
        return
    say = translator(house.settings.language)
    typer.echo(f"{found.number}  {found.title}  {found.due or ''}")
    for one in found.machines:
        typer.echo(f"  {say(STATE_NAMES[one.state])}  {one.tag}  {one.site}  {one.order} {one.why}".rstrip())
