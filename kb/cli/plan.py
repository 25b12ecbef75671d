"""`servicebook plan`: make a year's inspections, look at them, ask why, hand them out as files."""

import json
import re
import sys
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Annotated

import typer

from kb.cli.plan_improve import SeedOption, WorkersOption, improve, improved
from kb.cli.plan_living import command as living
from kb.cli.plan_people import command as people
from kb.errors import BadInput, Conflict, Fault, NotFound, Stopped
from kb.settings import Settings
from kb.usecases.plan import Progress, latest_plan
from kb.usecases.plan_book import Change, PlanBook
from kb.usecases.plan_documents import AUTHOR, site_docx, site_pdf, technician_ics, workbook_xlsx
from kb.usecases.plan_improve import effort_of
from kb.usecases.plan_job import make_plan, start_planning
from kb.usecases.plan_json import plan_json, summary_json, unplaced_json, visit_json
from kb.usecases.plan_order import choice_json, choice_of, choice_sentences
from kb.usecases.plan_period import period_from
from kb.usecases.plan_trace import (
    occurrence_sentences,
    shortfall_sentence,
    unplaced_sentence,
    visit_sentences,
)
from kb.usecases.plan_views import VisitFilter, filtered, site_plan, technician_plan
from kb.usecases.plan_words import Words, hours_text
from kb.usecases.plan_workbook import provisional_notice
from kb.usecases.travel_times import travel_state
from kb.wiring import House, open_house
from planner.model import Visit
from planner.scheduling import Overdue

command = typer.Typer(rich_markup_mode=None)
command.command("improve")(improve)
command.registered_commands.extend(living.registered_commands)
command.registered_commands.extend(people.registered_commands)

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
SiteOption = Annotated[str | None, typer.Option("--site", help="只要此现场 · this site only", metavar="CODE")]
TechnicianOption = Annotated[
    str | None, typer.Option("--technician", help="只要此工程师 · this technician only", metavar="CODE")
]
CLI = "servicebook plan"
"""Who asks, for jobs and runs."""
_SHOWN_UNPLACED = 20
"""Lines of unplaced work on a terminal; the rest is counted and stands in --json and the files."""


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def _latest(house: House) -> PlanBook:
    book = latest_plan(house.store, zone=house.now().tzinfo or UTC)
    if book is None:
        raise NotFound("plan", "latest; run: servicebook plan inspections --from 2026-01-01 --to 2026-12-31")
    return book


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


@command.command("inspections")
def inspections(
    first: Annotated[str, typer.Option("--from", help="第一天 · first day", metavar="YYYY-MM-DD")],
    last: Annotated[str, typer.Option("--to", help="最后一天 · last day", metavar="YYYY-MM-DD")],
    improve_s: Annotated[
        float,
        typer.Option("--improve", help="随后优化的秒数 · then improve it for so long", metavar="SECONDS"),
    ] = 0.0,
    seed: SeedOption = 1,
    workers: WorkersOption = 1,
    as_json: JsonOption = False,
) -> None:
    """生成巡检计划并保存 · plan the inspections of a period and keep the plan."""
    period = period_from(first, last)
    house = _house()
    effort = (
        effort_of(seconds=improve_s, seed=seed, workers=workers, cluster=house.settings.cluster)
        if improve_s
        else None
    )
    started = start_planning(house.store, period, id=house.new_id(), now=house.now(), by=CLI)
    if not started.is_new:
        job = started.job
        raise Conflict(
            f"a plan of {job.request['first_day']} to {job.request['last_day']} is being made since "
            f"{job.created.astimezone(house.now().tzinfo):%H:%M:%S} by {job.created_by}: wait until it is done, "
            f"or stop it on /plan/jobs/{job.id}"
        )
    try:
        book = make_plan(
            house.store,
            started.job,
            clock=house.now,
            overdue=Overdue(house.settings.overdue),
            progress=_progress(),
        )
    except KeyboardInterrupt as interrupt:
        raise Stopped("it was stopped; nothing was written") from interrupt
    if effort is not None:
        book = improved(house, effort, period)
    language = house.settings.language
    if as_json:
        _print_json(plan_json(book, language))
    else:
        _print_summary(book, Words(language))
        if failed := travel_state(house.store).failed:
            message = "The road service failed: {why}. The plan goes on with the ways that are known and the assumed speeds."
            typer.echo(f"! {Words(language).say(message).format(why=failed)}")


@command.command("show")
def show(
    site: SiteOption = None,
    technician: TechnicianOption = None,
    month: Annotated[str | None, typer.Option(help="只要此月 · this month only", metavar="YYYY-MM")] = None,
    as_json: JsonOption = False,
) -> None:
    """查看最近一次计划 · show the latest plan."""
    house = _house()
    book = _latest(house)
    words = Words(house.settings.language)
    site, technician = _known(book, site, technician)
    visits = [
        visit
        for visit in filtered(book, VisitFilter(site_id=site, technician_id=technician))
        if month is None or visit.day.isoformat().startswith(_month(month))
    ]
    if as_json:
        unplaced = [work for work in book.unplaced if site in (None, work.site_id) and technician is None]
        _print_json(
            {
                **summary_json(book),
                "visits": [visit_json(book, visit, words.language) for visit in visits],
                "unplaced": [unplaced_json(book, work, words.language) for work in unplaced],
            }
        )
        return
    for visit in visits:
        typer.echo(_line(book, words, visit))
    typer.echo("")
    _print_summary(book, words)


@command.command("explain")
def explain(visit_key: Annotated[str, typer.Argument(metavar="VISIT")], as_json: JsonOption = False) -> None:
    """说明某次巡检为何在这一天 · tell why a visit is on its day, in both languages."""
    house = _house()
    book = _latest(house)
    visit = book.visit(visit_key)
    choice = choice_of(house.store, book, visit)
    if as_json:
        _print_json(
            {
                **visit_json(book, visit, house.settings.language),
                "choice": choice_json(book, choice),
                "trace_zh": list(visit_sentences(book, visit, "zh_CN")),
                "trace_en": list(visit_sentences(book, visit, "en")),
            }
        )
        return
    typer.echo(_line(book, Words(house.settings.language), visit))
    for language in ("zh_CN", "en"):
        typer.echo("")
        choice_told = choice_sentences(book, visit, choice, language)
        for sentence in (*visit_sentences(book, visit, language), *choice_told):
            typer.echo(f"· {sentence}")
        for occurrence in visit.occurrences:
            typer.echo(f"  {book.tag(occurrence.equipment_id)} · {Words(language).level(occurrence.level)}")
            for sentence in occurrence_sentences(occurrence, language):
                typer.echo(f"  - {sentence}")


@command.command("export")
def export(
    xlsx: Annotated[
        Path | None, typer.Option(help="工作簿文件 · write the workbook to this file", dir_okay=False)
    ] = None,
    ics: Annotated[
        Path | None,
        typer.Option(help="日历文件夹 · write one calendar a technician into this folder", file_okay=False),
    ] = None,
    docx: Annotated[
        Path | None,
        typer.Option(help="文档文件夹 · write one document a site into this folder", file_okay=False),
    ] = None,
    pdf: Annotated[
        Path | None,
        typer.Option(help="PDF 文件夹 · write one PDF a site into this folder", file_okay=False),
    ] = None,
    site: SiteOption = None,
    technician: TechnicianOption = None,
) -> None:
    """导出最近一次计划 · write the latest plan as files."""
    if xlsx is None and ics is None and docx is None and pdf is None:
        raise BadInput(
            "nothing to write",
            [Fault(where="export", what="no target is named", repair="give --xlsx, --ics, --docx or --pdf")],
        )
    house = _house()
    book = _latest(house)
    site, technician = _known(book, site, technician)
    language = house.settings.language
    author = Words(language).say(AUTHOR)
    if xlsx is not None:
        _write(xlsx, workbook_xlsx(book, language, author=author))
    if ics is not None:
        zone = house.settings.time_zone
        for one, content in technician_ics(book, language, time_zone=zone, only=technician).items():
            _write(
                ics / f"{_file_name(book.code('technicians', one), book.technician_name(one))}.ics", content
            )
    sites = [site] if site else sorted({visit.site_id for visit in book.visits})
    for folder, ending, document in ((docx, "docx", site_docx), (pdf, "pdf", site_pdf)):
        for one in sites if folder is not None else ():
            content = document(book, one, house.library(), language, author=author)
            name = f"{_file_name(book.code('sites', one), book.site_name(one))}.{ending}"
            if folder is not None:
                _write(folder / name, content)


def _known(book: PlanBook, site: str | None, technician: str | None) -> tuple[str | None, str | None]:
    """Return the ids of a site and a technician that were named by code or id.

    Raises:
        NotFound: Neither the register nor the plan knows one of them.
    """
    if site is not None:
        site = site_plan(book, book.id_of("sites", site)).site_id
    if technician is not None:
        technician = book.id_of("technicians", technician)
        technician_plan(book, technician)
    return site, technician


def _month(text: str) -> str:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", text):
        raise BadInput(
            "no such month", [Fault(where="month", what=f"{text!r} is no month", repair="write 2026-03")]
        )
    return text


def _file_name(id: str, name: str) -> str:
    """Return a name that every file system takes; the id keeps two of one name apart."""
    return re.sub(r'[\x00-\x1f<>:"/\\|?*]+', "_", f"{name}_{id}").strip(" .")


def _write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    typer.echo(str(path))


def _progress() -> Progress:
    """Return what reports long work: a line that is overwritten on a terminal, silence into a pipe."""
    if not sys.stderr.isatty():
        return lambda done, total: None

    def report(done: int, total: int) -> None:
        sys.stderr.write(f"\r{done}/{total}" + ("\n" if done == total else ""))
        sys.stderr.flush()

    return report


def _line(book: PlanBook, words: Words, visit: Visit) -> str:
    parts = (
        words.day(visit.day),
        hours_text(visit.hours),
        book.technician_name(visit.technician_id) or words.say("No technician"),
        book.site_name(visit.site_id),
        words.levels(visit),
        words.machines(book, visit),
        f"[{visit.key}]",
    )
    return "  ".join(part for part in parts if part)


def _print_summary(book: PlanBook, words: Words) -> None:
    say: Callable[[str], str] = words.say
    typer.echo(
        say("Plan {number}: {first} to {last}, {visits} visits, {unplaced} unplaced").format(
            number=book.number,
            first=book.first_day,
            last=book.last_day,
            visits=len(book.visits),
            unplaced=len(book.unplaced),
        )
    )
    typer.echo(words.join(f"{words.change(change)} {book.change_count(change)}" for change in Change))
    if notice := provisional_notice(book, words.language):
        typer.echo(notice)
    for one in book.shortfalls[:_SHOWN_UNPLACED]:
        typer.echo(f"! {shortfall_sentence(book, one, words.language)}")
    if len(book.shortfalls) > _SHOWN_UNPLACED:
        typer.echo(say("… and {count} more").format(count=len(book.shortfalls) - _SHOWN_UNPLACED))
    for work in book.unplaced[:_SHOWN_UNPLACED]:
        name = book.site_name(work.site_id)
        typer.echo(
            f"! {name} {work.earliest} – {work.latest}: {unplaced_sentence(book, work, words.language)}"
        )
    if len(book.unplaced) > _SHOWN_UNPLACED:
        typer.echo(say("… and {count} more").format(count=len(book.unplaced) - _SHOWN_UNPLACED))
