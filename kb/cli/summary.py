"""`servicebook summary`: figures of a month or a year, the lists behind them, files, closing."""

import json
from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer

from kb.errors import NotFound
from kb.i18n import translator
from kb.settings import Settings
from kb.usecases.summaries import PeriodSummary, close_month, open_month, summary, summary_json
from kb.usecases.summary_figures import FIGURES
from kb.usecases.summary_files import shown, summary_docx, summary_xlsx
from kb.wiring import House, open_house

command = typer.Typer(rich_markup_mode=None)

COMMAND_LINE = "command line"
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
PeriodArgument = Annotated[str, typer.Argument(help="月份或年份，如 2026-11、2026 · month or year")]


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def _read(house: House, period: str) -> PeriodSummary:
    return summary(
        house.store,
        period,
        zone=house.now().tzinfo or UTC,
        today=house.today(),
        vocabularies=house.library().vocabularies,
        language=house.settings.language,
    )


@command.command("show")
def show(period: PeriodArgument, as_json: JsonOption = False) -> None:
    """显示月度或年度汇总 · show the figures of a month or a year."""
    house = _house()
    found = _read(house, period)
    if as_json:
        typer.echo(json.dumps(summary_json(found, private=True), ensure_ascii=False))
        return
    say = translator(house.settings.language)
    for one in FIGURES:
        typer.echo(f"{shown(one, found.whole(one)):>12}  {say(one.name)}")
    for drift in found.drifts:
        kept, now = shown(drift.figure, drift.kept), shown(drift.figure, drift.now)
        typer.echo(f"! {drift.month} {say(drift.figure.name)}: {kept} → {now}")


@command.command("list")
def show_list(
    period: PeriodArgument,
    name: Annotated[str, typer.Argument(help="visits, orders, reports, repeats, calls, complaints, parts")],
    as_json: JsonOption = False,
) -> None:
    """列出数字背后的记录 · list what stands behind figures."""
    found = _read(_house(), period)
    if name not in found.lists:
        raise NotFound("list", name[:40])
    rows = found.lists[name].rows
    if as_json:
        typer.echo(json.dumps({"items": list(rows), "total": len(rows)}, ensure_ascii=False, default=str))
        return
    for row in rows:
        typer.echo(
            "  ".join(str(value) for key, value in row.items() if key != "month" and value not in ("", None))
        )


@command.command("export")
def export(
    period: PeriodArgument,
    xlsx: Annotated[
        Path | None, typer.Option(help="写成表格（活公式） · write as a workbook with live formulas")
    ] = None,
    docx: Annotated[Path | None, typer.Option(help="写成 Word · write as Word")] = None,
) -> None:
    """导出汇总 · write a summary as a workbook or as Word."""
    house = _house()
    found, language, now = _read(house, period), house.settings.language, house.now()
    if xlsx is not None:
        xlsx.write_bytes(summary_xlsx(found, language, created=now, private=True))
    if docx is not None:
        docx.write_bytes(summary_docx(found, language, created=now, private=True))
    typer.echo(" ".join(str(one) for one in (xlsx, docx) if one), err=True)


@command.command("close")
def close(month: PeriodArgument) -> None:
    """关闭一个月：数字不再变动 · close a month: its figures stay."""
    house = _house()
    close_month(
        house.store,
        month,
        zone=house.now().tzinfo or UTC,
        today=house.today(),
        vocabularies=house.library().vocabularies,
        who=COMMAND_LINE,
        now=house.now(),
    )
    typer.echo(month)


@command.command("open")
def open_again(month: PeriodArgument, reason: Annotated[str, typer.Option(help="原因 · reason")]) -> None:
    """重新打开一个月 · let a month's figures follow the records again."""
    house = _house()
    open_month(house.store, month, reason=reason, who=COMMAND_LINE, now=house.now())
    typer.echo(month)
