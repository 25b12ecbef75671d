"""`servicebook content export`: pages as PDF, docx or Markdown."""

import json
from pathlib import Path
from typing import Annotated

import typer

from kb.errors import BadInput, Fault
from kb.export.pdf import Paper
from kb.settings import Settings
from kb.usecases.page_export import FORMATS, MOST_FILES, ZIP, Format, chosen_pages, taken_out
from kb.wiring import open_house

ENDINGS: dict[str, Format] = {".pdf": "pdf", ".docx": "docx", ".md": "md", ".zip": "md"}


def export(
    target: Annotated[
        Path, typer.Argument(help="输出文件 .pdf .docx .md .zip · file to write, its ending says the format")
    ],
    ids: Annotated[list[str] | None, typer.Argument(help="页编号 · page ids")] = None,
    query: Annotated[str, typer.Option(help="按检索选页 · take what a search finds")] = "",
    types: Annotated[
        str,
        typer.Option("--type", help="类型，逗号分隔 · only these types, comma-separated"),
    ] = "",
    family: Annotated[str, typer.Option(help="报警系列 · only these alarm families, comma-separated")] = "",
    title: Annotated[str, typer.Option(help="选编标题 · title of a selection")] = "",
    paper: Annotated[Paper, typer.Option(help="PDF 纸张 · pages of a PDF: a4 or for a phone")] = Paper.A4,
    as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False,
) -> None:
    """导出资料页 · write pages as PDF, docx, or a zip of Markdown."""
    format = ENDINGS.get(target.suffix.lower())
    if format is None:
        fault = Fault(
            where="target",
            what=f"{target.name} ends with {target.suffix or 'nothing'}",
            repair=f"end it with one of {', '.join(ENDINGS)}; formats are {', '.join(FORMATS)}",
        )
        raise BadInput("nothing was written", [fault])
    house = open_house(Settings())
    library = house.library()
    chosen = {"type": _words(types), "family": _words(family)}
    searched = bool(query.strip() or any(chosen.values()))
    pages = chosen_pages(
        library,
        ids=ids or (),
        index=house.search_index() if searched else None,
        query=query,
        chosen=chosen,
        most=MOST_FILES,
    )
    language = house.settings.language
    taken = taken_out(
        library, pages, format=format, created=house.now(), language=language, paper=paper, title=title
    )
    if taken.media_type == ZIP and target.suffix.lower() == ".md":
        fault = Fault(
            where="target", what="these pages have pictures or are several", repair="end it with .zip"
        )
        raise BadInput("nothing was written", [fault])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(taken.content)
    if as_json:
        told = {"file": str(target), "pages": taken.pages, "bytes": len(taken.content)}
        typer.echo(json.dumps(told, ensure_ascii=False))
    else:
        typer.echo(f"{target}  {len(taken.pages)} 页 · pages, {len(taken.content):,} bytes")


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.replace("，", ",").split(",") if word.strip()]
