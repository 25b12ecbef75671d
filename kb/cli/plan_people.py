"""`servicebook plan …` for people and roads: offers for a fault, swaps, weeks, calendars, known ways, what if."""

import json
from pathlib import Path
from typing import Annotated

import typer

from kb.content.vocabulary import load_vocabularies
from kb.errors import BadInput, Fault, NotFound
from kb.export.docx import docx_bytes
from kb.export.pdf import pdf_bytes
from kb.settings import Settings
from kb.usecases.plan import latest_plan
from kb.usecases.plan_board import Consequences, consequences_of_swap, swap_visits
from kb.usecases.plan_book import PlanBook
from kb.usecases.plan_documents import AUTHOR
from kb.usecases.plan_feeds import feeds, make_feed, revoke_feed
from kb.usecases.plan_load import kept_dates, plan_load
from kb.usecases.plan_period import period_from
from kb.usecases.plan_replan import urgent_offers
from kb.usecases.plan_replan_json import insertion_json, names_of
from kb.usecases.plan_replan_request import replan_request
from kb.usecases.plan_week import technician_week, week_document, week_json
from kb.usecases.plan_whatif import Supposition, checked_supposition, compute_what_if, start_what_if
from kb.usecases.plan_words import Words
from kb.usecases.register_days import day_of
from kb.usecases.register_kinds import Wording, Wrong, wording_of
from kb.usecases.travel_roads import ask_roads
from kb.usecases.travel_times import import_ways, known_by_hand, set_way, travel_state, ways_workbook
from kb.wiring import House, open_house
from planner.scheduling import Overdue

command = typer.Typer(rich_markup_mode=None)

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
TechnicianCode = Annotated[
    str, typer.Argument(metavar="TECHNICIAN", help="工程师编号 · code of the technician")
]
CLI = "servicebook plan"


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def _book(house: House) -> PlanBook:
    book = latest_plan(house.store)
    if book is None:
        raise NotFound("plan", "latest; run: servicebook plan inspections --from 2026-01-01 --to 2026-12-31")
    return book


def _wording(house: House) -> Wording:
    settings = house.settings
    vocabularies = load_vocabularies(settings.content_dir / "vocabularies")
    return wording_of(settings.language, settings.time_zone, vocabularies)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


@command.command("offers")
def offers(
    site: Annotated[str, typer.Argument(metavar="SITE", help="故障现场编号 · code of the site")],
    skill: Annotated[
        list[str] | None, typer.Option(help="所需技能，可重复 · skill that it needs, may be repeated")
    ] = None,
    by: Annotated[str, typer.Option(help="最迟哪天到场 · last day for it", metavar="YYYY-MM-DD")] = "",
    hours: Annotated[str, typer.Option(help="预计工时 · expected hours of work")] = "",
    as_json: JsonOption = False,
) -> None:
    """急修的三个最佳安排（不动其他人） · the three best places for an urgent job, nobody else moved."""
    house = _house()
    request = replan_request(
        house.store, today=house.today(), urgent=site, skills=skill or (), by=by, hours=hours
    )
    names = names_of(house.store)
    found = [
        insertion_json(one, names) for one in urgent_offers(house.store, request.urgent[0], now=house.now())
    ]
    if as_json:
        _print_json(found)
        return
    message = "{day} {hours} {technician}: detour {detour} min, overtime {overtime} min, delays {delays}"
    for one in found:
        typer.echo(
            Words(house.settings.language)
            .say(message)
            .format(
                day=one["day"],
                hours=one["hours"],
                technician=one["technician_name"],
                detour=one["detour_minutes"],
                overtime=one["overtime_minutes"],
                delays=len(one["delays"]),
            )
        )


@command.command("swap")
def swap(
    key: Annotated[str, typer.Argument(metavar="VISIT", help="巡检编号 · key of a visit")],
    other: Annotated[str, typer.Argument(metavar="VISIT", help="另一巡检编号 · key of the other")],
    confirm: Annotated[
        bool, typer.Option("--confirm", help="违反规则也照做 · do it although rules are broken")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="只看结果 · only tell what it comes to")] = False,
    as_json: JsonOption = False,
) -> None:
    """对调两次巡检的日期和工程师 · let two visits change their days and technicians."""
    house = _house()
    wording = _wording(house)
    found: Consequences = (
        consequences_of_swap(house.store, key, other, wording=wording, today=house.today())
        if dry_run
        else swap_visits(house.store, key, other, confirm=confirm, wording=wording, who=CLI, now=house.now())
    )
    if as_json:
        _print_json(found.json())
        return
    for fault in (*found.faults, *found.warnings):
        typer.echo(f"! {fault.what}")
    message = "Driving {travel:+d} min, overtime {overtime:+d} min"
    typer.echo(
        Words(house.settings.language)
        .say(message)
        .format(travel=found.travel_minutes, overtime=found.overtime_minutes)
    )


@command.command("load")
def load(as_json: JsonOption = False) -> None:
    """各工程师每月负荷与三种准期率 · load by technician and month, and how well dates are kept."""
    house = _house()
    book = _book(house)
    found, kept = plan_load(book), kept_dates(house.store, book, today=house.today())
    if as_json:
        _print_json({"load": found.json(), "dates_kept": kept.json()})
        return
    for one in found.people:
        shares = " ".join(
            "  —" if month.share is None else f"{100 * month.share:3.0f}" for month in one.months
        )
        typer.echo(f"{shares}  {one.name}")
    for rule, past in kept.so_far.items():
        ahead = kept.as_planned[rule]
        typer.echo(f"{rule.value}: {past.kept}/{past.counted} · {ahead.kept}/{ahead.counted}")


@command.command("week")
def week(
    technician: TechnicianCode,
    day: Annotated[
        str, typer.Option(help="那一周的某天，默认今天 · a day of the week", metavar="YYYY-MM-DD")
    ] = "",
    docx: Annotated[
        Path | None, typer.Option(help="写成 Word 文件 · write it as docx", dir_okay=False)
    ] = None,
    pdf: Annotated[Path | None, typer.Option(help="写成 PDF 文件 · write it as pdf", dir_okay=False)] = None,
    as_json: JsonOption = False,
) -> None:
    """工程师的一周 · a technician's week, also as a file."""
    house = _house()
    book, words = _book(house), Words(house.settings.language)
    try:
        wanted = day_of(day) if day else house.today()
    except Wrong as wrong:
        what, repair = wrong.told(words.language)
        raise BadInput("no such week", [Fault(where="day", what=what, repair=repair)]) from None
    found = technician_week(book, technician, wanted, words.language)
    document = week_document(book, found, words.language, author=words.say(AUTHOR))
    if docx is not None:
        docx.write_bytes(docx_bytes(document))
    if pdf is not None:
        pdf.write_bytes(pdf_bytes(document, created=document.created))
    if as_json:
        _print_json(week_json(found))
        return
    for each, stops in found.days:
        typer.echo(words.day(each))
        for one in stops:
            typer.echo(f"  {one.hours}  {one.site}  {one.machines}  [{one.key}]")


@command.command("feed")
def feed(
    technician: TechnicianCode,
    make: Annotated[bool, typer.Option("--make", help="生成保密地址 · make a secret address")] = False,
    revoke: Annotated[
        str, typer.Option(help="撤销此编号的地址 · revoke the address with this id", metavar="ID")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """工程师日历的保密地址 · secret addresses of a technician's calendar."""
    house = _house()
    told: dict[str, object] = {}
    if make:
        made, secret = make_feed(
            house.store, technician, id=house.new_id(), secret=house.token, who=CLI, now=house.now()
        )
        told = {"id": made.id, "path": f"/calendar/{secret}.ics"}
        if not as_json:
            typer.echo(told["path"])
    if revoke:
        revoke_feed(house.store, revoke, who=CLI, now=house.now())
    names = names_of(house.store)
    id = next((id for id, code in names.codes["technicians"].items() if code == technician), technician)
    kept = [
        {"id": one.id, "created": one.created.isoformat(), "by": one.created_by}
        for one in feeds(house.store, id)
    ]
    if as_json:
        _print_json({**told, "feeds": kept})
    else:
        for one in kept:
            typer.echo(f"{one['id']}  {one['created']}  {one['by']}")


@command.command("travel")
def travel(
    one: Annotated[
        str, typer.Option("--from", help="起点编号（现场或工程师） · code of a site or technician")
    ] = "",
    other: Annotated[str, typer.Option("--to", help="终点编号 · code of a site")] = "",
    minutes: Annotated[str, typer.Option(help="分钟，留空即删除 · minutes; empty forgets the way")] = "",
    km: Annotated[str, typer.Option(help="公里 · kilometres")] = "",
    workbook: Annotated[
        Path | None,
        typer.Option("--import", help="导入工作簿 · bring in a workbook", exists=True, dir_okay=False),
    ] = None,
    export: Annotated[Path | None, typer.Option(help="导出工作簿 · write a workbook", dir_okay=False)] = None,
    roads: Annotated[bool, typer.Option("--roads", help="查询路网服务 · ask the road service")] = False,
    as_json: JsonOption = False,
) -> None:
    """已知车程：填写、导入导出、查询路网服务 · known ways: type, import, export, ask the road service."""
    house = _house()
    store, now = house.store, house.now()
    if one or other:
        set_way(store, one=one, other=other, minutes=minutes, km=km, who=CLI, now=now)
    if workbook is not None:
        with workbook.open("rb") as content:
            limit = house.settings.upload_limit_bytes
            import_ways(store, content=content, name=workbook.name, who=CLI, now=now, limit_bytes=limit)
    if roads:
        ask_roads(store, house.settings.osrm_url, who=CLI, now=now)
    if export is not None:
        export.write_bytes(ways_workbook(store, house.settings.language, now=now))
    state, ways = travel_state(store), known_by_hand(store)
    if as_json:
        _print_json(
            {
                "by_hand": state.by_hand,
                "by_road": state.by_road,
                "failed": state.failed,
                "ways": [
                    {"one": way.one, "other": way.other, "minutes": way.minutes, "metres": way.metres}
                    for way in ways
                ],
            }
        )
        return
    for way in ways:
        typer.echo(f"{way.one}  {way.other}  {way.minutes} min  {way.metres / 1000:g} km")
    say = Words(house.settings.language).say
    known = "Known from people: {hand}; from the road service: {road}."
    typer.echo(say(known).format(hand=state.by_hand, road=state.by_road))
    if state.failed:
        message = "The road service failed: {why}. The plan goes on with the ways that are known and the assumed speeds."
        typer.echo(f"! {say(message).format(why=state.failed)}")


@command.command("what-if")
def what_if(
    first: Annotated[str, typer.Option("--from", help="第一天 · first day", metavar="YYYY-MM-DD")],
    last: Annotated[str, typer.Option("--to", help="最后一天 · last day", metavar="YYYY-MM-DD")],
    add_at: Annotated[
        str, typer.Option(help="多一名工程师，住在此现场附近 · one more, living near this site")
    ] = "",
    add_skill: Annotated[
        list[str] | None, typer.Option(help="其技能，可重复 · skill of that one, may be repeated")
    ] = None,
    remove: Annotated[str, typer.Option(help="少这名工程师 · without this technician")] = "",
    move: Annotated[str, typer.Option(help="这名工程师搬家 · this technician moves")] = "",
    move_to: Annotated[str, typer.Option(help="搬到此现场附近 · to near this site")] = "",
    late_percent: Annotated[int, typer.Option(help="允许偏差，% · tolerance, percent of today's")] = 100,
    shift_minutes: Annotated[
        int, typer.Option(help="工作日延长的分钟 · minutes that working days are longer")
    ] = 0,
    search_seconds: Annotated[
        int, typer.Option(help="两边各用搜索优化的秒数 · seconds that the search makes each side better")
    ] = 0,
    as_json: JsonOption = False,
) -> None:
    """假如：在副本上比较 · what if: both sides planned on a copy, side by side."""
    house = _house()
    period = period_from(first, last)
    supposed = checked_supposition(
        house.store,
        Supposition(
            add_at=add_at,
            add_skills=tuple(add_skill or ()),
            remove=remove,
            move=move,
            move_to=move_to,
            late_percent=late_percent,
            shift_minutes=shift_minutes,
        ),
    )
    started = start_what_if(
        house.store,
        period,
        supposed,
        search_seconds=search_seconds,
        id=house.new_id(),
        now=house.now(),
        by=CLI,
    )
    if not started.is_new:
        what = f"one is computed since {started.job.created:%H:%M:%S} by {started.job.created_by}"
        raise BadInput(
            "another supposition is being computed", [Fault(where="what-if", what=what, repair="wait")]
        )
    found = compute_what_if(
        house.store,
        started.job,
        clock=house.now,
        seconds=house.seconds,
        overdue=Overdue(house.settings.overdue),
    )
    if as_json:
        _print_json(found)
        return
    for name in (
        "technicians",
        "visits",
        "unserved",
        "outside",
        "travel_minutes",
        "overtime_minutes",
        "spread",
    ):
        typer.echo(f"{name:18} {found['as_is'][name]!s:>10} {found['supposed'][name]!s:>10}")
