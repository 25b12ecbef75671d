"""`servicebook stock`: what lies where, and what is short. Parts and stock come in by `servicebook register import`."""

import json
from typing import Annotated

import typer

from kb.settings import Settings
from kb.usecases.stock import StockLine, StockWish, stock
from kb.wiring import open_house

command = typer.Typer(rich_markup_mode=None)


@command.callback()
def _group() -> None:
    """备件库存：数量、存放处、缺件。

    Spare parts in stock: how many, where, what is short.
    """


@command.command("list")
def list_stock(
    text: Annotated[str, typer.Option(help="件号、名称或可替代件 · in number, name or alternatives")] = "",
    part_class: Annotated[
        str, typer.Option("--class", help="common、wearing 或 maintenance", metavar="CLASS")
    ] = "",
    place: Annotated[str, typer.Option(help="存放处 · kept there")] = "",
    short: Annotated[bool, typer.Option("--short", help="低于最低数量 · below the minimum")] = False,
    page: Annotated[int, typer.Option(min=1, help="页码 · page")] = 1,
    size: Annotated[int, typer.Option(min=1, max=500, help="每页行数 · rows a page")] = 50,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")] = False,
) -> None:
    """列出备件及存放处 · list parts and where they lie."""
    house = open_house(Settings())
    house.store.migrate()
    wish = StockWish(text=text, part_class=part_class, place=place, short=short, page=page, size=size)
    found = stock(house.store, wish)
    if as_json:
        typer.echo(json.dumps(found.json(), ensure_ascii=False))
        return
    for one in found.items:
        typer.echo(_line(one))
    typer.echo(f"{found.page}/{found.pages} · {found.total} · 缺 · short: {found.short}", err=True)


def _line(one: StockLine) -> str:
    places = [
        f"{held.place} {held.quantity:g}" + (f" (< {held.minimum:g})" if held in one.short else "")
        for held in one.held
    ]
    others = f"  ≈ {', '.join(one.alternatives)}" if one.alternatives else ""
    return f"{one.number}  {one.name}  {'; '.join(places) or '—'}{others}"
