"""`servicebook draft`: list and show the draft cases that came from the field."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from kb.settings import Settings
from kb.usecases.draft_checking import FIELDS
from kb.usecases.draft_page import page_from_draft
from kb.usecases.drafts import MOST_ROWS, State, draft, draft_counts, draft_photo, drafts
from kb.wiring import House, open_house

command = typer.Typer(rich_markup_mode=None)

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


@command.command("list")
def list_drafts(
    state: Annotated[State | None, typer.Option(help="状态 · state")] = None,
    page: Annotated[int, typer.Option(min=1, help="页码 · page")] = 1,
    size: Annotated[int, typer.Option(min=1, max=MOST_ROWS, help="每页行数 · rows a page")] = 50,
    as_json: JsonOption = False,
) -> None:
    """列出现场草稿，最新收到的在前 · list drafts, those received last first."""
    store = _house().store
    found = drafts(store, state=state or "", page=page, size=size)
    counts = draft_counts(store)
    if as_json:
        body = {"items": [one.json() for one in found], "page": page, "size": size, "counts": counts}
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    for one in found:
        typer.echo(f"{one.id}  {one.state:<6}  {one.received.date()}  {one.author}  {one.title}")
    typer.echo(" · ".join(f"{name} {count}" for name, count in counts.items()), err=True)


@command.command("show")
def show(
    id: Annotated[str, typer.Argument(help="草稿编号 · draft id", metavar="ID")],
    photos: Annotated[
        Path | None, typer.Option(help="把照片写到此目录 · write the photos into this folder")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """显示一份草稿 · show one draft."""
    store = _house().store
    kept = draft(store, id)
    if photos is not None:
        photos.mkdir(parents=True, exist_ok=True)
        for one in kept.photos:
            ending = one.media_type.removeprefix("image/")
            path = photos / f"{kept.id}-{one.position}.{ending}"
            path.write_bytes(draft_photo(store, kept.id, one.position)[1])
            typer.echo(str(path), err=True)
    if as_json:
        typer.echo(json.dumps(kept.json(), ensure_ascii=False))
        return
    typer.echo(f"{kept.id}  {kept.state}  {kept.author}  {kept.created.isoformat()}")
    for name in FIELDS:
        if kept.texts[name]:
            typer.echo(f"{name}: {kept.texts[name]}")
    for one in kept.photos:
        typer.echo(f"photo {one.position}: {one.media_type}, {one.size_bytes:,} bytes")
    if kept.page_id:
        typer.echo(f"page: {kept.page_id}")
    if kept.note:
        typer.echo(f"note: {kept.note} ({kept.handled_by})")


@command.command("page")
def begin_page(
    id: Annotated[str, typer.Argument(help="草稿编号 · draft id", metavar="ID")], as_json: JsonOption = False
) -> None:
    """由草稿起一页（客户信息不带入），打印其文本 · print the page that a draft begins, without the customer's data."""
    house = _house()
    begun = page_from_draft(
        house.store,
        house.search_index(),
        id,
        owner="local",
        now=house.now(),
        limit_bytes=house.settings.draft_photo_limit_bytes,
    )
    left = [asdict(one) for one in begun.left_behind]
    if as_json:
        typer.echo(
            json.dumps({"draft": begun.draft.id, "text": begun.text, "left_behind": left}, ensure_ascii=False)
        )
        return
    typer.echo(begun.text, nl=False)
    for one in begun.left_behind:
        typer.echo(f"未带入 · left behind ({one.kind}): {one.text}", err=True)
    typer.echo(f"补全后：servicebook page new --from FILE --draft {begun.draft.id}", err=True)
