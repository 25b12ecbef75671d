"""`servicebook course new`, `stale` and `refresh`: a course proposed from pages, and kept in step with them."""

import json
from pathlib import Path
from typing import Annotated

import typer

from kb.settings import Settings
from kb.usecases.accounts import Role
from kb.usecases.course_new import propose_course
from kb.usecases.course_stale import refresh_course, stale_courses
from kb.usecases.courses import course
from kb.usecases.editing_opening import Editor
from kb.wiring import open_house

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
STANDARD_OUTPUT = "-"


def new(
    pages: Annotated[
        list[str] | None, typer.Argument(help="更多资料页编号 · further page ids", metavar="[ID]…")
    ] = None,
    from_: Annotated[
        list[str] | None, typer.Option("--from", help="取材的资料页 · pages to build from", metavar="ID")
    ] = None,
    id: Annotated[str, typer.Option(help="课程编号 · course id")] = "",
    title: Annotated[str, typer.Option(help="标题 · title")] = "",
    title_en: Annotated[str, typer.Option(help="英文标题 · title in English")] = "",
    owner: Annotated[str, typer.Option(help="负责人 · who keeps it")] = "培训组",
    out: Annotated[
        str, typer.Option(help="写到哪里，- 为屏幕 · file to write, - prints it")
    ] = STANDARD_OUTPUT,
    as_json: JsonOption = False,
) -> None:
    """由案例、指南等拟出课程提纲 · propose a course from cases, guides, alarms, checklists."""
    house = open_house(Settings())
    ids = [*(from_ or ()), *(pages or ())]
    made = propose_course(
        house.library(), ids, owner=owner, now=house.now(), id=id, title=title, title_en=title_en
    )
    if out != STANDARD_OUTPUT:
        Path(out).write_text(made.text, encoding="utf-8")
    if as_json:
        typer.echo(json.dumps(made.json(), ensure_ascii=False))
        return
    typer.echo(made.text if out == STANDARD_OUTPUT else out)
    for fault in (*made.faults, *made.lacks):
        typer.echo(str(fault), err=True)


def stale(as_json: JsonOption = False) -> None:
    """哪些课程已过时、要看哪几张 · which courses are stale, and which slides to look at."""
    house = open_house(Settings())
    house.store.migrate()
    found = stale_courses(house.store, house.library(), now=house.now())
    if as_json:
        typer.echo(json.dumps({"items": [one.json() for one in found]}, ensure_ascii=False))
        return
    for one in found:
        typer.echo(f"{one.page.id}  r{one.page.revision}  {one.owner}  {one.due or '-'}  {one.page.title}")
        for source in one.sources:
            moved = source.moved
            now = f"r{moved.now}" if moved.now else "-"
            typer.echo(f"    {moved.source_id} r{moved.built} → {now}  {source.title}  {source.address}")
            for slide in moved.slides:
                typer.echo(f"        {slide}")
            if moved.questions:
                typer.echo(f"        题目 · questions: {', '.join(moved.questions)}")


def refresh(
    id: Annotated[str, typer.Argument(help="课程编号 · course id", metavar="ID")],
    why: Annotated[str, typer.Option(help="看过以后怎样 · what you found")],
    who: Annotated[str, typer.Option(help="谁看的 · who has looked")] = "local",
    yes: Annotated[bool, typer.Option("--yes", help="都看过了 · I have looked at all of it")] = False,
) -> None:
    """看过以后，把课程改到现在的版本 · bring a course in step after you have looked."""
    house = open_house(Settings())
    house.store.migrate()
    library = house.library()
    course(library, id)
    found = [one for one in stale_courses(house.store, library, now=house.now()) if one.page.id == id]
    looked_at = {source.moved.source_id: source.moved.now or 0 for one in found for source in one.sources}
    for source in (source for one in found for source in one.sources):
        moved = source.moved
        now = f"r{moved.now}" if moved.now else "-"
        told = "、".join([*moved.slides, *moved.questions]) or "-"
        typer.echo(f"{moved.source_id} r{moved.built} → {now}: {told}")
    if found and not yes:
        typer.confirm("这些幻灯片都对照新版看过了吗？ · Have you looked at these slides?", abort=True)
    saved = refresh_course(
        house.store,
        library,
        id,
        looked_at,
        why=why,
        editor=Editor(name=who, role=Role.ADMIN),
        now=house.now(),
    )
    typer.echo(f"{saved.page_id} {saved.digest[:12]}")
