"""`servicebook equipment`: machine data, read from a file or from an agent."""

import json
from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer

from kb.i18n import translator
from kb.settings import Settings
from kb.usecases.machine_data import ImportReport, import_machine_data, machine_data, upload_limits
from kb.usecases.machine_data_changes import MachineChange, Outcome
from kb.usecases.machine_data_document import document_from_address, document_from_file, is_address
from kb.usecases.machine_data_report import machine_json, report_json
from kb.usecases.machine_file import machine_file
from kb.usecases.machine_file import machine_json as file_json
from kb.usecases.machine_file_document import machine_docx, machine_pdf
from kb.wiring import House, open_house
from planner.model import EquipmentClass

command = typer.Typer(rich_markup_mode=None)

JsonOption = Annotated[bool, typer.Option("--json", help="JSON")]
MARKS = {Outcome.ADDED: "+", Outcome.CHANGED: "~", Outcome.UNCHANGED: "=", Outcome.SKIPPED: "-"}


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


@command.command("import-mtconnect")
def import_mtconnect(
    source: Annotated[
        str, typer.Argument(metavar="FILE|URL", help="探测文档或代理地址 · probe document or agent address")
    ],
    site: Annotated[str, typer.Option("--site", help="现场编号 · code of the site", metavar="CODE")],
    equipment_class: Annotated[
        EquipmentClass | None, typer.Option("--class", help="新设备的类别 · class of new machines")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只报告 · report only")] = False,
    as_json: JsonOption = False,
) -> None:
    """导入 MTConnect 探测文档 · take machines over from an MTConnect probe document."""
    house = _house()
    limits = upload_limits(house.settings.upload_limit_bytes)
    document = (
        document_from_address(source, limits=limits)
        if is_address(source)
        else document_from_file(Path(source), limits=limits)
    )
    report = import_machine_data(
        house.store,
        document,
        site_code=site,
        vocabularies=house.library().vocabularies,
        who="local",
        now=house.now(),
        new_id=house.new_id,
        equipment_class=equipment_class,
        dry_run=dry_run,
    )
    if as_json:
        translate = translator(house.settings.language)
        typer.echo(json.dumps(report_json(report, translate), ensure_ascii=False))
    else:
        _print(report, house)


@command.command("show")
def show(tag: str, as_json: JsonOption = False) -> None:
    """显示设备的硬件与软件 · show a machine's hardware and software."""
    data = machine_data(_house().store, tag)
    if as_json:
        typer.echo(json.dumps(machine_json(data), ensure_ascii=False))
        return
    typer.echo(
        "  ".join(part for part in (data.tag, data.brand, data.model, data.serial, data.controller) if part)
    )
    for name, version in data.software:
        typer.echo(f"{name}={version}")
    for part in data.hardware:
        plate = " ".join(str(part[key]) for key in ("manufacturer", "model", "serial") if part[key])
        items = ", ".join(item.get("name") or item["id"] for item in part["data_items"])
        typer.echo("  ".join(text for text in (part["path"] or part["type"], plate, items) if text))
    if not data.hardware:
        typer.echo(
            "还没有读取过机床数据 · no machine data was read yet: servicebook equipment import-mtconnect"
        )


def _print(report: ImportReport, house: House) -> None:
    for one in report.machines:
        _print_machine(one, house)
    counts = ", ".join(f"{outcome.value} {report.count(outcome)}" for outcome in Outcome)
    done = "试运行，未保存 · dry run, nothing stored" if report.dry_run else "已保存 · stored"
    typer.echo(f"{report.site_code} {report.site_name}: {counts} ({done})")


def _print_machine(one: MachineChange, house: House) -> None:
    translate = translator(house.settings.language)
    device = one.device
    typer.echo(
        f"{MARKS[one.outcome]} {one.tag or device.name}  {device.manufacturer} {device.model} {device.serial}  "
        f"{device.component_count} 部件 · components, {device.data_item_count} 数据项 · data items"
    )
    for field in one.fields if one.outcome is Outcome.CHANGED else ():
        typer.echo(f"    {field.field}: {field.before or '—'} → {field.after or '—'}")
    for remark in one.remarks:
        typer.echo(f"    ! {remark.sentence(translate)}")


@command.command("file")
def file(
    tag: Annotated[str, typer.Argument(help="设备编号、出厂编号 · tag, serial number or id")],
    pdf: Annotated[Path | None, typer.Option(help="写成 PDF · write as PDF")] = None,
    docx: Annotated[Path | None, typer.Option(help="写成 Word · write as Word")] = None,
    as_json: JsonOption = False,
) -> None:
    """设备档案：一台设备的全部 · everything about one machine."""
    house = _house()
    now, library, language = house.now(), house.library(), house.settings.language
    found = machine_file(house.store, tag, today=house.today(), zone=now.tzinfo or UTC)
    if pdf is not None:
        pdf.write_bytes(machine_pdf(found, library, language, created=now))
        typer.echo(str(pdf), err=True)
    if docx is not None:
        docx.write_bytes(machine_docx(found, library, language, created=now))
        typer.echo(str(docx), err=True)
    if as_json:
        typer.echo(json.dumps(file_json(found, library.vocabularies, language), ensure_ascii=False))
        return
    typer.echo(
        f"{found.tag}  {found.machine['brand']} {found.machine['model']}  {found.customer.get('name', '')}"
    )
    for one in found.moments[-30:]:
        typer.echo(f"{one.day}  {one.kind:12} {one.title}")
