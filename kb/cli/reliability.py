"""`servicebook reliability`: figures of the machines, lives of parts, trends of readings, and old jobs brought in."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime, tzinfo
from pathlib import Path
from typing import Annotated

import typer

from kb.i18n import translator
from kb.settings import Settings
from kb.usecases.job_history import Choices, pairs_said
from kb.usecases.job_history_import import import_history
from kb.usecases.reliability import ReliabilityQuery, group_label, reliability, reliability_json
from kb.usecases.reliability_parts import RATIO, part_lives
from kb.usecases.reliability_trends import reading_trends
from kb.usecases.reliability_words import change_sentence, shape_sentence, standing_sentence
from kb.wiring import House, open_house

command = typer.Typer(rich_markup_mode=None)

COMMAND_LINE = "command line"
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
FromOption = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="第一天 · first day (default: a year ago)"),
]
ToOption = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="最后一天 · last day (default: today)")
]
SiteOption = Annotated[str, typer.Option(help="现场编号 · id of the site")]
CustomerOption = Annotated[str, typer.Option(help="客户编号 · id of the customer")]
ClassOption = Annotated[str, typer.Option("--class", help="设备类别代码 · class of machine")]
EquipmentOption = Annotated[str, typer.Option(help="设备编号 · id of the machine")]


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def _zone(house: House) -> tzinfo:
    return house.now().tzinfo or UTC


def _query(
    house: House,
    first: datetime | None,
    last: datetime | None,
    site: str,
    customer: str,
    equipment_class: str,
    equipment: str,
) -> ReliabilityQuery:
    return ReliabilityQuery.of(
        today=house.today(),
        first=_day(first),
        last=_day(last),
        site_id=site,
        customer_id=customer,
        equipment_class=equipment_class,
        equipment_id=equipment,
    )


def _day(at: datetime | None) -> date | None:
    return at.date() if at else None


def _print(body: object) -> None:
    typer.echo(json.dumps(body, ensure_ascii=False))


@command.command("show")
def show(
    first: FromOption = None,
    last: ToOption = None,
    site: SiteOption = "",
    customer: CustomerOption = "",
    equipment_class: ClassOption = "",
    equipment: EquipmentOption = "",
    as_json: JsonOption = False,
) -> None:
    """可靠性指标与帕累托 · reliability figures, and who fails most."""
    house = _house()
    language = house.settings.language
    say = translator(language)
    query = _query(house, first, last, site, customer, equipment_class, equipment)
    found = reliability(house.store, query, zone=_zone(house), today=house.today())
    vocabularies = house.library().vocabularies
    if as_json:
        _print(reliability_json(found, vocabularies, language))
        return
    typer.echo(f"{query.first} – {query.last}")
    for name, value in reliability_json(found, vocabularies, language).items():
        if isinstance(value, int | float) or value is None:
            typer.echo(f"{name:20} {value if not isinstance(value, float) else round(value, 4)}")
    for group in ("machine", "subsystem", "component", "cause"):
        typer.echo(f"\n{say(group)}")
        for one in found.counted(group)[:8]:
            label = group_label(vocabularies, group, one.key, language) or say("not recorded")
            typer.echo(f"  {one.weight:6.0f}  {one.up_to:6.1%}  {label}")


@command.command("parts")
def parts(
    first: FromOption = None,
    last: ToOption = None,
    site: SiteOption = "",
    customer: CustomerOption = "",
    equipment_class: ClassOption = "",
    equipment: EquipmentOption = "",
    ratio: Annotated[
        float,
        typer.Option(
            help="故障后更换与提前更换的费用比 · cost of a change after failure, against one in time"
        ),
    ] = RATIO,
    as_json: JsonOption = False,
) -> None:
    """零件寿命（威布尔）与更换时机 · how long parts live, and when a change pays."""
    house = _house()
    query = _query(house, first, last, site, customer, equipment_class, equipment)
    found = part_lives(house.store, query, ratio=ratio, zone=_zone(house))
    if as_json:
        _print([one.json() for one in found])
        return
    for one in found:
        typer.echo(
            f"{one.part}: {shape_sentence(one, house.settings.language)} "
            f"{change_sentence(one, house.settings.language)}"
        )


@command.command("trends")
def trends(
    site: SiteOption = "",
    customer: CustomerOption = "",
    equipment_class: ClassOption = "",
    equipment: EquipmentOption = "",
    as_json: JsonOption = False,
) -> None:
    """读数趋势与预计越限日期 · where readings are going, and when they pass a limit."""
    house = _house()
    language = house.settings.language
    found = reading_trends(
        house.store,
        house.library(),
        today=house.today(),
        zone=_zone(house),
        site_id=site,
        customer_id=customer,
        equipment_class=equipment_class,
        equipment_id=equipment,
    )
    if as_json:
        _print([one.json(language) for one in found])
        return
    for one in found:
        typer.echo(f"{one.tag} {standing_sentence(one, language)}")


@command.command("import")
def bring_in(
    file: Annotated[
        Path, typer.Argument(help="表格或 csv · a workbook or a csv file", exists=True, dir_okay=False)
    ],
    column: Annotated[
        list[str] | None, typer.Option("--map", help="列名=字段 · column=field; column= leaves it out")
    ] = None,
    kind: Annotated[
        list[str] | None, typer.Option("--kind", help="类型词=failure|planned · word=failure or word=planned")
    ] = None,
    dates: Annotated[str, typer.Option(help="日期顺序 ymd、dmy、mdy · order of dates")] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看不写 · look only")] = False,
    as_json: JsonOption = False,
) -> None:
    """导入旧的维修记录 · bring a list of old jobs in, all of it or nothing."""
    house = _house()
    report = import_history(
        house.store,
        file,
        Choices(columns=_pairs(column), order=dates, kinds=_pairs(kind)),
        vocabularies=house.library().vocabularies,
        zone=_zone(house),
        who=COMMAND_LINE,
        now=house.now(),
        dry_run=dry_run,
    )
    body = report.json()
    if as_json:
        _print(body)
        return
    for name, value in body.items():
        typer.echo(
            f"{name}: {json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value}"
        )


def _pairs(said: Sequence[str] | None) -> dict[str, str]:
    return pairs_said(said or ())
