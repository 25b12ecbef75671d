"""`servicebook search`: find pages from the command line, one query or a file of them."""

import json
import sys
from pathlib import Path
from typing import Annotated, BinaryIO

import typer

from kb.errors import BadQuery, NotFound
from kb.settings import Settings
from kb.usecases.search import (
    MOST_HITS,
    answer_lines,
    find_pages,
    result_row,
    sentences,
    understood_row,
    value_label,
)
from kb.wiring import House, open_house

TypesOption = Annotated[
    str,
    typer.Option("--type", help="类型 · case, guide, alarm, checklist, term, course; several with commas"),
]
LimitOption = Annotated[int, typer.Option(min=1, max=MOST_HITS, help="最多条数 · hits at most")]
BatchOption = Annotated[
    str,
    typer.Option(
        "--batch", help="每行一个检索的文件，- 为标准输入 · file with one query a line, - for stdin"
    ),
]
WithdrawnOption = Annotated[bool, typer.Option("--withdrawn", help="包括已撤回的页 · withdrawn pages, too")]


def command(
    query: Annotated[
        list[str] | None, typer.Argument(help="报警号、现象、零件 · code, symptom, part")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False,
    types: TypesOption = "",
    limit: LimitOption = 10,
    batch: BatchOption = "",
    withdrawn: WithdrawnOption = False,
) -> None:
    """检索资料库 · search the library by alarm code, complaint or task."""
    house = open_house(Settings())
    chosen = {"type": [kind for kind in types.replace("，", ",").split(",") if kind]}
    if batch:
        if query:
            raise BadQuery("give a query or --batch, not both")
        _batch(house, batch, limit=limit, chosen=chosen)
        return
    if not query and not chosen["type"]:
        raise BadQuery("give a query, a --type, or --batch FILE")
    text = " ".join(query or ())
    language = house.settings.language
    index = house.search_index()
    result = find_pages(index, text, chosen=chosen, size=limit, withdrawn=withdrawn, with_facets=as_json)
    if as_json:
        row = result_row(result, language, query=text)
        row["understood"] = understood_row(result.understood, index.library, language)
        row["facets"] = result.facets
        typer.echo(json.dumps(row, ensure_ascii=False))
        return
    _notes(house, result.unknown_codes, nearest=result.nearest, suggestion=result.suggestion)
    for number, hit in enumerate(result.hits, 1):
        kind = value_label(index.library, "type", hit.page.type, language)
        typer.echo(f"{number:>2}. [{kind}] {hit.page.title}  ({hit.page.id})")
        typer.echo(f"    {'；'.join(sentences(hit.why, language))}")
    typer.echo(f"{result.total} 页 · pages")


def _notes(house: House, unknown: tuple[str, ...], *, nearest: bool, suggestion: str) -> None:
    if unknown:
        typer.echo(f"资料库里没有 · not in the library: {', '.join(unknown)}")
    elif nearest:
        typer.echo("没有全部符合的页，下面是最接近的 · nothing fits wholly, the nearest are")
    if suggestion:
        typer.echo(f"是不是要找 · did you mean: {suggestion}")


def _batch(house: House, name: str, *, limit: int, chosen: dict[str, list[str]]) -> None:
    """Answer line by line, each written out before the next is read."""
    if name == "-":
        _answer(house, sys.stdin.buffer, limit=limit, chosen=chosen)
        return
    path = Path(name)
    if not path.is_file():
        raise NotFound("file of queries", name)
    with path.open("rb") as file:
        _answer(house, file, limit=limit, chosen=chosen)


def _answer(house: House, lines: BinaryIO, *, limit: int, chosen: dict[str, list[str]]) -> None:
    index = house.search_index()
    for row in answer_lines(index, lines, size=limit, chosen=chosen, language=house.settings.language):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        sys.stdout.flush()
