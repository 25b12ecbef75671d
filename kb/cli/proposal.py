"""`servicebook proposal`: the price book, proposals worked out, moved, accepted, and written as files."""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

import typer

from kb.errors import BadInput, Fault, NotFound
from kb.i18n import Language
from kb.settings import Settings
from kb.usecases.price_book import price_book, write_price_book
from kb.usecases.proposal_acceptance import accept_proposal
from kb.usecases.proposal_files import letterhead_to_begin_with, proposal_docx, proposal_pdf
from kb.usecases.proposal_json import proposal_json
from kb.usecases.proposal_reading import Proposal, ProposalState
from kb.usecases.proposal_words import words_of
from kb.usecases.proposals import adjust, move_proposal, proposal, proposal_list, propose, site_id_of
from kb.usecases.register_kinds import wording_of
from kb.wiring import House, open_house
from planner.model import ContractLevel

command = typer.Typer(rich_markup_mode=None)

COMMAND_LINE = "command line"
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
HandleArgument = Annotated[
    str, typer.Argument(help="方案编号 · number or id of the proposal", metavar="PROPOSAL")
]
WishOption = Annotated[
    list[str] | None,
    typer.Option("--set", help="愿望=值，如 visits_per_year=4 · wish=value; values are JSON or text"),
]


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def _print(body: object) -> None:
    typer.echo(json.dumps(body, ensure_ascii=False))


def _show(house: House, found: Proposal, *, as_json: bool) -> None:
    if as_json:
        _print(proposal_json(found))
        return
    words = words_of(found, house.library().vocabularies, house.settings.language)
    typer.echo(f"{found.number}  {found.state}  {found.facts['customer']} {found.facts['site']['name']}")
    for one in found.options:
        left = words.money(one.left_to_customer)
        typer.echo(f"  {words.level(one.level)}: {words.money(one.price)}  (+ {left})")
    for message in found.missing:
        typer.echo(f"  ! {words.say(message)}")


@command.command("prices")
def prices(
    file: Annotated[
        Path | None,
        typer.Option("--write", help="用此 JSON 文件作为新的价目 · keep this JSON file as the price book"),
    ] = None,
    note: Annotated[str, typer.Option(help="说明 · a note")] = "",
) -> None:
    """显示或写入价目 · show the price book in force, or write a new one."""
    house = _house()
    if file is None:
        kept = price_book(house.store)
        if kept is None:
            raise NotFound("price book", "in force")
        _print(kept.json())
        return
    try:
        raw = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        fault = Fault(
            where=str(file),
            what=f"cannot be read as JSON: {error}",
            repair="see docs/how-to/propose-maintenance.md",
        )
        raise BadInput("the price book was not kept", [fault]) from error
    if not isinstance(raw, dict):
        raise BadInput("the price book was not kept", [Fault(where=str(file), what="is no JSON object")])
    hidden = ("id", "number", "created_at", "created_by", "note")
    body = {name: value for name, value in raw.items() if name not in hidden}
    _print(
        write_price_book(
            house.store, body, id=house.new_id(), seen=None, note=note, who=COMMAND_LINE, now=house.now()
        ).json()
    )


@command.command("new")
def new(
    site: Annotated[str, typer.Argument(help="现场编号 · code or id of the site", metavar="SITE")],
    start: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="第一天 · first day of the year")],
    wish: WishOption = None,
    as_json: JsonOption = False,
) -> None:
    """为一个现场拟出维保方案 · work a proposal out for a site."""
    house = _house()
    found = propose(
        house.store,
        house.library(),
        site_id_of(house.store, site),
        {"start": start.date().isoformat(), **_wishes(wish)},
        id=house.new_id(),
        language=house.settings.language,
        who=COMMAND_LINE,
        now=house.now(),
    )
    _show(house, found, as_json=as_json)


@command.command("list")
def show_list(
    state: Annotated[str, typer.Option(help="状态 · state")] = "",
    page: Annotated[int, typer.Option(min=1)] = 1,
    as_json: JsonOption = False,
) -> None:
    """列出维保方案 · list proposals, the newest first."""
    found = proposal_list(_house().store, state=state, page=page)
    if as_json:
        _print({"items": [dict(one) for one in found.items], "total": found.total, "page": page})
        return
    for one in found.items:
        typer.echo(
            f"{one['number']}  {one['state']:9}  {one['valid_until']}  {one['customer']} {one['site']}"
        )


@command.command("show")
def show(handle: HandleArgument, as_json: JsonOption = False) -> None:
    """显示一份方案：三档并列 · show a proposal, its options side by side."""
    house = _house()
    _show(house, proposal(house.store, handle), as_json=as_json)


@command.command("adjust")
def change(
    handle: HandleArgument,
    wish: WishOption = None,
    valid_until: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="有效期至 · last day it holds")
    ] = None,
    refresh: Annotated[
        bool, typer.Option("--refresh", help="重新收集事实和价目 · gather facts and prices again")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """调整草稿并重新计算 · change a draft and work it out again."""
    house = _house()
    found = adjust(
        house.store,
        house.library(),
        handle,
        _wishes(wish),
        revision=None,
        valid_until=valid_until.date() if valid_until else None,
        refresh=refresh,
        who=COMMAND_LINE,
        now=house.now(),
    )
    _show(house, found, as_json=as_json)


@command.command("move")
def move(handle: HandleArgument, state: ProposalState, as_json: JsonOption = False) -> None:
    """批准、发出、拒绝或退回草稿 · approve, send, decline, or take back to draft."""
    house = _house()
    found = move_proposal(house.store, handle, state, revision=None, who=COMMAND_LINE, now=house.now())
    _show(house, found, as_json=as_json)


@command.command("accept")
def accept(handle: HandleArgument, level: ContractLevel, as_json: JsonOption = False) -> None:
    """客户接受：生成合同与保养计划 · accepted: make the contract and the maintenance plans."""
    house = _house()
    wording = wording_of(house.settings.language, house.settings.time_zone, house.library().vocabularies)
    found = accept_proposal(
        house.store, handle, level, revision=None, wording=wording, who=COMMAND_LINE, now=house.now()
    )
    _show(house, found, as_json=as_json)


@command.command("export")
def export(
    handle: HandleArgument,
    docx: Annotated[Path | None, typer.Option(help="写成 Word · write as Word")] = None,
    pdf: Annotated[Path | None, typer.Option(help="写成 PDF · write as PDF")] = None,
    language: Annotated[Language | None, typer.Option(help="语言 · language of the document")] = None,
) -> None:
    """导出 Word（用部门信笺）或 PDF · write it as Word on the letterhead, or as PDF."""
    house = _house()
    found = proposal(house.store, handle)
    vocabularies = house.library().vocabularies
    wanted = language or found.language
    if docx is not None:
        docx.write_bytes(proposal_docx(found, vocabularies, wanted, template=house.settings.letterhead))
    if pdf is not None:
        pdf.write_bytes(proposal_pdf(found, vocabularies, wanted))
    typer.echo(" ".join(str(one) for one in (docx, pdf) if one), err=True)


@command.command("letterhead")
def letterhead(
    file: Annotated[Path, typer.Argument(help="要写的 Word 文件 · the Word file to write")],
) -> None:
    """写出可修改的信笺样张 · write a letterhead to begin with."""
    file.write_bytes(letterhead_to_begin_with(Settings().language))
    typer.echo(str(file), err=True)


def _wishes(said: list[str] | None) -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    faults = []
    for one in said or ():
        name, sign, value = one.partition("=")
        if not sign:
            faults.append(Fault(where=one[:80], what="has no =", repair="write wish=value"))
            continue
        try:
            found[name.strip()] = json.loads(value, parse_float=Decimal)
        except ValueError:
            found[name.strip()] = value
    if faults:
        raise BadInput("the wishes cannot be read", faults)
    return found
