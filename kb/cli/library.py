"""`servicebook library`: its health, what readers think of pages, the work from it, and pages used on visits."""

import json
from pathlib import Path
from typing import Annotated

import typer

from kb.i18n import translator
from kb.settings import Settings
from kb.usecases.course_stale import keep_stale_work
from kb.usecases.duplicates import Sketch, duplicates_of
from kb.usecases.library_health import Rows, library_health
from kb.usecases.library_health_figures import health_row
from kb.usecases.library_health_lists import Choice, health_list, health_xlsx
from kb.usecases.page_feedback import LOCAL_VOTER, Verdict, feedback_on, judge_page
from kb.usecases.page_reviews import MOST_DAYS, WITHIN_DAYS
from kb.usecases.page_use import link_page, pages_of_visit, unlink_page, uses_of_page
from kb.usecases.page_work import State, page_work, page_work_counts, take_over_page
from kb.usecases.search import sentences
from kb.usecases.work_items import MOST_ROWS, Asked
from kb.wiring import House, open_house

command = typer.Typer(rich_markup_mode=None)

COMMAND_LINE = "command line"
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
PageArgument = Annotated[str, typer.Argument(help="资料页编号 · page id", metavar="PAGE")]
VisitOption = Annotated[str, typer.Option(help="巡检编号 · key of the visit")]


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def _print(body: object) -> None:
    typer.echo(json.dumps(body, ensure_ascii=False))


@command.command("health")
def health(as_json: JsonOption = False) -> None:
    """资料库健康状况的数字 · the figures of the library's health."""
    house = _house()
    body = health_row(library_health(house.store, house.library(), today=house.today()))
    if as_json:
        _print(body)
        return
    for name in ("pages", "ages_months", "counts", "work", "unanswered"):
        figures = body[name]
        assert isinstance(figures, dict)
        typer.echo(f"{name}: " + " · ".join(f"{key} {value}" for key, value in figures.items()))


@command.command("list")
def show_list(
    name: Annotated[
        str,
        typer.Argument(
            help="reviews, links, outside, doubted, unused, not_validated, no_source, missing, demand, "
            "coverage, ages, confidence",
            metavar="NAME",
        ),
    ],
    within: Annotated[
        int, typer.Option(min=0, max=MOST_DAYS, help="审核：多少天内到期 · reviews due within days")
    ] = WITHIN_DAYS,
    owner: Annotated[str, typer.Option(help="责任人 · owner")] = "",
    by: Annotated[Rows, typer.Option(help="按厂家或系统 · rows of the map")] = "brand",
    row: Annotated[str, typer.Option(help="厂家或系统代码；- 为不限 · brand or control; - is any")] = "",
    subsystem: Annotated[str, typer.Option(help="子系统代码 · subsystem code")] = "",
    age: Annotated[str, typer.Option(help="月数，如 6-12 · months, such as 6-12")] = "",
    confidence: Annotated[str, typer.Option(help="可信度 · confidence")] = "",
    xlsx: Annotated[Path | None, typer.Option(help="写成表格 · write it as a workbook")] = None,
    as_json: JsonOption = False,
) -> None:
    """列出某个数字背后的资料页 · list what stands behind a figure of the library's health."""
    house = _house()
    language = house.settings.language
    choice = Choice(
        within_days=within, owner=owner, by=by, row=row, subsystem=subsystem, age=age, confidence=confidence
    )
    state = library_health(house.store, house.library(), today=house.today())
    found = health_list(state, name, choice, language)
    if xlsx is not None:
        xlsx.write_bytes(health_xlsx(found, language, now=house.now()))
        typer.echo(str(xlsx), err=True)
    if as_json:
        _print(found.json())
        return
    say = translator(language)
    for line in found.rows:
        typer.echo("  ".join(str(line.get(key, "")) for key, _ in found.columns))
    typer.echo(f"{say(found.title)}: {len(found.rows)}", err=True)


@command.command("judge")
def judge(
    page: PageArgument,
    helpful: Annotated[bool, typer.Option("--helpful/--not-helpful", help="有没有帮助 · did it help")],
    reason: Annotated[str, typer.Option(help="outdated, wrong, unclear, other_machine, incomplete")] = "",
    text: Annotated[str, typer.Option(help="具体说明 · in your own words")] = "",
    as_json: JsonOption = False,
) -> None:
    """评价一页；再评一次即改投 · judge a page; judged again, the vote changes."""
    house = _house()
    library = house.library()
    verdict = Verdict(helpful=helpful, reason=reason, text=text)
    judge_page(house.store, library, page, verdict, voter=LOCAL_VOTER, now=house.now())
    _feedback(house, page, as_json=as_json)


@command.command("feedback")
def feedback(page: PageArgument, as_json: JsonOption = False) -> None:
    """显示读者对一页的评价 · show what readers think of a page."""
    _feedback(_house(), page, as_json=as_json)


def _feedback(house: House, page: str, *, as_json: bool) -> None:
    found = feedback_on(house.store, house.library(), page, voter=LOCAL_VOTER)
    if as_json:
        _print(found.json())
        return
    counts = found.verdicts
    typer.echo(f"{page}  +{counts.helpful} -{counts.not_helpful}  {dict(counts.reasons)}")
    for one in found.told:
        typer.echo(f"{one.cast.date()}  {one.verdict.reason}  {one.verdict.text}")


@command.command("work")
def work(
    state: Annotated[State, typer.Option(help="状态 · state")] = "open",
    page: Annotated[int, typer.Option(min=1, help="页码 · page")] = 1,
    size: Annotated[int, typer.Option(min=1, max=MOST_ROWS, help="每页行数 · rows a page")] = 50,
    as_json: JsonOption = False,
) -> None:
    """列出被指有错或过时的资料页 · list the pages that readers called wrong or out of date."""
    house = _house()
    keep_stale_work(house.store, house.library(), now=house.now())
    found = page_work(house.store, house.library(), today=house.today(), state=state, page=page, size=size)
    counts = page_work_counts(house.store)
    if as_json:
        _print({"items": [one.json() for one in found], "page": page, "size": size, "counts": counts})
        return
    for one in found:
        due = one.due.isoformat() if one.due else "-"
        typer.echo(f"{one.page_id}  {due}  {one.owner}  {dict(one.reasons)}  {one.title}")
    typer.echo(" · ".join(f"{name} {count}" for name, count in counts.items()), err=True)


@command.command("take")
def take(
    page: PageArgument,
    owner: Annotated[str, typer.Option(help="责任人 · owner")] = "",
    due: Annotated[str, typer.Option(help="期限，如 2027-01-31 · due day")] = "",
    state: Annotated[State, typer.Option(help="状态 · state")] = "open",
    note: Annotated[str, typer.Option(help="说明 · note")] = "",
    as_json: JsonOption = False,
) -> None:
    """认领、改好或谢绝一页的复核 · take over, close or decline the work on a page."""
    house = _house()
    asked = Asked(owner=owner, due=due, state=state, note=note)
    kept = take_over_page(house.store, house.library(), page, asked, who=COMMAND_LINE, now=house.now())
    if as_json:
        _print(kept.json())
    else:
        typer.echo(f"{kept.page_id}  {kept.state}  {kept.owner}  {kept.due or '-'}  {kept.note}")


@command.command("use")
def use(
    page: PageArgument,
    visit: VisitOption,
    solved: Annotated[
        bool, typer.Option("--solved/--of-use", help="是否靠它解决 · did it cure the fault")
    ] = True,
    remove: Annotated[bool, typer.Option("--remove", help="撤销关联 · take the link back")] = False,
    as_json: JsonOption = False,
) -> None:
    """把一页关联到一次巡检 · link a page to the visit on which it helped."""
    house = _house()
    if remove:
        unlink_page(house.store, page_id=page, visit_key=visit, who=COMMAND_LINE, now=house.now())
        return
    kept = link_page(
        house.store,
        house.library(),
        page_id=page,
        visit_key=visit,
        solved=solved,
        who=COMMAND_LINE,
        now=house.now(),
    )
    if as_json:
        _print(kept.json())
    else:
        typer.echo(f"{kept.page_id}  {kept.job_key}  {'solved' if kept.solved else 'of use'}")


@command.command("uses")
def uses(
    page: Annotated[str, typer.Option(help="资料页编号 · page id")] = "",
    visit: Annotated[str, typer.Option(help="巡检编号 · key of the visit")] = "",
    as_json: JsonOption = False,
) -> None:
    """列出一页用于哪些巡检，或一次巡检用了哪些页 · list the visits of a page, or the pages of a visit."""
    if bool(page) == bool(visit):
        raise typer.BadParameter("give either --page or --visit")
    house = _house()
    if page:
        found = uses_of_page(house.store, house.library(), page)
    else:
        found = pages_of_visit(house.store, house.library(), visit, today=house.today())
    if as_json:
        _print({"items": [one.json() for one in found]})
        return
    for one in found:
        typer.echo(
            f"{one.page_id}  {one.job_key}  {'solved' if one.solved else 'of use'}  {one.who}  {one.title}"
        )


@command.command("duplicates")
def duplicates(
    title: Annotated[str, typer.Option(help="标题 · title")] = "",
    symptom: Annotated[str, typer.Option(help="现象 · what is seen")] = "",
    alarm: Annotated[list[str] | None, typer.Option(help="报警，可多次 · alarm, may be repeated")] = None,
    component: Annotated[
        list[str] | None, typer.Option(help="子系统代码，可带部件 · subsystem code, such as SPI/motor")
    ] = None,
    model: Annotated[
        list[str] | None, typer.Option(help="机床或系统 · control code, or free text such as VMC850 0i-MF")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """写之前查重：可能已经写过的资料页 · pages that may say already what you are about to write."""
    house = _house()
    sketch = Sketch(
        title=title,
        symptom=symptom,
        alarms=tuple(alarm or ()),
        components=tuple(component or ()),
        models=tuple(model or ()),
    )
    language = house.settings.language
    found = duplicates_of(house.search_index(), sketch)
    if as_json:
        _print({"items": [one.json(language) for one in found]})
        return
    for one in found:
        why = "；".join(sentences(one.why, language))
        typer.echo(f"{'!' if one.sure else '?'} {one.page.id}  {one.page.title}  {why}")
