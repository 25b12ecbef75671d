"""`servicebook training …`: the yearly plan, sessions and attendance, certificates, topics from the field."""

import json
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from kb.errors import BadInput, Fault
from kb.i18n import translator
from kb.settings import Settings
from kb.usecases.plan_documents import AUTHOR
from kb.usecases.plan_words import Words
from kb.usecases.register_kinds import Wording, wording_of
from kb.usecases.training import add_item, change_item, training_year
from kb.usecases.training_certificates import MOST_WEEKS, WEEKS, attach_file, standings
from kb.usecases.training_closing import close_training, take_quiz_results
from kb.usecases.training_documents import (
    ATTENDANCE_NAMES,
    ITEM_STATES,
    SESSION_STATES,
    STANDING_STATES,
    attendance_sheet,
    training_workbook,
)
from kb.usecases.training_marks import Mark, mark
from kb.usecases.training_people import NewPeople, put_down
from kb.usecases.training_reading import Training, training
from kb.usecases.training_record import training_record
from kb.usecases.training_sessions import cancel_training, set_up
from kb.usecases.training_topics import plan_topic, topics
from kb.wiring import House, open_house

command = typer.Typer(rich_markup_mode=None)

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
YearOption = Annotated[int | None, typer.Option(min=2000, max=2100, help="年度，默认今年 · year; this one")]
WeeksOption = Annotated[int, typer.Option(min=0, max=MOST_WEEKS, help="提前几周提醒 · weeks ahead")]
SetOption = Annotated[
    list[str] | None, typer.Option("--set", help="字段=值，可重复 · field=value, may be repeated")
]
SessionId = Annotated[str, typer.Argument(metavar="SESSION", help="场次编号 · id of the session")]
CLI = "servicebook training"


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def _wording(house: House) -> Wording:
    return wording_of(house.settings.language, house.settings.time_zone, house.library().vocabularies)


def _author(house: House) -> str:
    return Words(house.settings.language).say(AUTHOR)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


def _values(pairs: Sequence[str] | None) -> dict[str, object]:
    bad = [one for one in pairs or () if "=" not in one]
    if bad:
        faults = [Fault(where=one[:40], what="has no =", repair="write field=value") for one in bad]
        raise BadInput("nothing was written", faults)
    return {name.strip(): value for name, _, value in (one.partition("=") for one in pairs or ())}


@command.command("plan")
def plan(
    year: YearOption = None,
    xlsx: Annotated[Path | None, typer.Option(help="写成工作簿 · write as a workbook")] = None,
    as_json: JsonOption = False,
) -> None:
    """年度培训计划与完成率 · the year's plan and how far it is attained."""
    house = _house()
    wanted = year or house.today().year
    found = training_year(house.store, wanted, today=house.today())
    if xlsx is not None:
        built = training_workbook(
            house.store,
            wanted,
            language=house.settings.language,
            today=house.today(),
            author=_author(house),
            created=house.now(),
        )
        xlsx.write_bytes(built.content)
        typer.echo(str(xlsx), err=True)
    if as_json:
        _print_json(found.json())
        return
    say = translator(house.settings.language)
    for one in found.items:
        day = one.values["planned_day"] or f"{wanted}-{one.values['month']:02d}"
        state = say(ITEM_STATES[one.state])
        typer.echo(f"{one.id}  {day}  {state}  {one.values['hours']:g} h  {one.values['title']}")
    told = found.attainment
    share = "—" if told.percent is None else f"{told.percent:.0f} %"
    typer.echo(f"{told.done_due} / {told.due} ({told.planned})  {share}", err=True)


@command.command("add")
def add(values: SetOption = None, as_json: JsonOption = False) -> None:
    """加入一项培训计划 · put a line into a plan."""
    house = _house()
    made = add_item(
        house.store,
        _values(values),
        library=house.library(),
        wording=_wording(house),
        id=house.new_id(),
        who=CLI,
        now=house.now(),
    )
    _print_json(made.json()) if as_json else typer.echo(made.id)


@command.command("change")
def change(
    item: Annotated[str, typer.Argument(metavar="ITEM", help="计划项编号 · id of the line")],
    values: SetOption = None,
    cancel: Annotated[
        bool | None, typer.Option("--cancel/--restore", help="取消或恢复 · cancel, or take up again")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """修改、取消或恢复一项计划 · change, cancel or restore a line."""
    house = _house()
    made = change_item(
        house.store,
        item,
        _values(values),
        revision=None,
        cancelled=cancel,
        library=house.library(),
        wording=_wording(house),
        who=CLI,
        now=house.now(),
    )
    _print_json(made.json()) if as_json else typer.echo(made.id)


@command.command("hold")
def hold(
    item: Annotated[str, typer.Option(help="所属计划项 · line of the plan")] = "",
    values: SetOption = None,
    technician: Annotated[
        list[str] | None, typer.Option(help="参加的工程师编号，可重复 · technician's code, may be repeated")
    ] = None,
    operator: Annotated[
        list[str] | None, typer.Option(help="操作工 姓名@客户编号，可重复 · operator, name@customer")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """安排一场培训及参加人员 · set up a session with who takes part."""
    house = _house()
    made = set_up(
        house.store,
        _values(values),
        item_id=item or None,
        library=house.library(),
        wording=_wording(house),
        id=house.new_id(),
        who=CLI,
        now=house.now(),
    )
    operators = [(name, company) for name, _, company in (one.partition("@") for one in operator or ())]
    people = NewPeople(technicians=technician or (), operators=operators)
    made = put_down(
        house.store, made.id, people, revision=None, new_id=house.new_id, who=CLI, now=house.now()
    )
    _show(house, made, as_json)


@command.command("session")
def session(
    id: SessionId,
    sheet: Annotated[
        Path | None, typer.Option(help="签到表 .docx 或 .pdf · attendance sheet, .docx or .pdf")
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """显示一场培训，或写签到表 · show a session, or write its attendance sheet."""
    house = _house()
    if sheet is not None:
        format: Literal["docx", "pdf"] = "pdf" if sheet.suffix.lower() == ".pdf" else "docx"
        built = attendance_sheet(
            house.store,
            id,
            format,
            language=house.settings.language,
            author=_author(house),
            created=house.now(),
        )
        sheet.write_bytes(built.content)
        typer.echo(str(sheet), err=True)
    _show(house, training(house.store, id), as_json)


@command.command("record")
def record(
    id: SessionId,
    present: Annotated[
        list[str] | None, typer.Option(help="到场者 姓名或编号[=分数] · who came: name or code[=score]")
    ] = None,
    absent: Annotated[list[str] | None, typer.Option(help="缺席者 · who did not come")] = None,
    quiz: Annotated[bool, typer.Option("--quiz", help="取测验成绩 · take results of the quiz")] = False,
    as_json: JsonOption = False,
) -> None:
    """记录出勤与成绩 · record attendance and results."""
    house = _house()
    found = training(house.store, id)
    marks: dict[str, Mark] = {}
    for one in present or ():
        who, _, score = one.partition("=")
        marks[_person(found, who)] = Mark(attendance="present", score_percent=score or None)
    for one in absent or ():
        marks[_person(found, one)] = Mark(attendance="absent")
    found = mark(house.store, id, marks, revision=None, who=CLI, now=house.now())
    if quiz:
        found = take_quiz_results(house.store, id, revision=None, who=CLI, now=house.now())
    _show(house, found, as_json)


def _person(found: Training, called: str) -> str:
    alike = [one.id for one in found.people if called.strip() in (one.code, one.name)]
    if len(alike) != 1:
        what = "is no participant" if not alike else "is the name of several"
        fault = Fault(where=called[:80], what=what, repair="give a code or a name of the session")
        raise BadInput("nothing was recorded", [fault])
    return alike[0]


@command.command("close")
def close(
    id: SessionId,
    cancel: Annotated[bool, typer.Option("--cancel", help="不办了 · it does not take place")] = False,
    as_json: JsonOption = False,
) -> None:
    """结束一场培训并发证书 · close a session and give certificates."""
    house = _house()
    if cancel:
        found = cancel_training(house.store, id, revision=None, who=CLI, now=house.now())
    else:
        found = close_training(
            house.store,
            id,
            revision=None,
            issuer=_author(house),
            wording=_wording(house),
            new_id=house.new_id,
            who=CLI,
            now=house.now(),
        )
    _show(house, found, as_json)


def _show(house: House, found: Training, as_json: bool) -> None:
    if as_json:
        _print_json(found.json())
        return
    say = translator(house.settings.language)
    values = found.values
    typer.echo(f"{found.id}  {values['day']}  {say(SESSION_STATES[found.state])}  {values['title']}")
    for one in found.people:
        score = "" if one.score_percent is None else f"{one.score_percent:g} %"
        result = "" if one.passed is None else say("passed") if one.passed else say("not passed")
        attendance = say(ATTENDANCE_NAMES[one.attendance])
        typer.echo(
            f"  {one.code or one.company or '—'}  {one.name}  {attendance}  {score} {result} {one.certificate}".rstrip()
        )


@command.command("certificates")
def certificates(
    expiring: Annotated[
        bool, typer.Option("--expiring", help="只列需处理的 · only what somebody has to see to")
    ] = False,
    weeks: WeeksOption = WEEKS,
    technician: Annotated[str, typer.Option(help="工程师编号 · technician's code")] = "",
    attach: Annotated[Path | None, typer.Option(help="附上证书扫描件 · keep a scan of a certificate")] = None,
    code: Annotated[str, typer.Option(help="扫描件所属证书编号 · the certificate of the scan")] = "",
    as_json: JsonOption = False,
) -> None:
    """证书有效情况，即将到期的在前 · how certificates stand, the gravest first."""
    house = _house()
    if attach is not None:
        attach_file(
            house.store,
            code,
            name=attach.name,
            content=attach.read_bytes(),
            id=house.new_id(),
            who=CLI,
            now=house.now(),
        )
    found = standings(house.store, today=house.today(), weeks=weeks, technician=technician)
    shown = [one for one in found if one.is_warned or not expiring]
    if as_json:
        _print_json({"weeks": weeks, "items": [one.json() for one in shown]})
        return
    say = translator(house.settings.language)
    for one in shown:
        state = say(STANDING_STATES[one.state])
        typer.echo(
            f"{one.code}  {one.name}  {one.skill}  {state}  {one.until or ''}  {one.certificate}".rstrip()
        )


@command.command("technician")
def technician(
    code: Annotated[str, typer.Argument(metavar="TECHNICIAN", help="工程师编号 · technician's code")],
    weeks: WeeksOption = WEEKS,
    as_json: JsonOption = False,
) -> None:
    """一名工程师的培训与证书 · a technician's training and certificates."""
    house = _house()
    found = training_record(house.store, code, today=house.today(), weeks=weeks)
    if as_json:
        _print_json(found.json())
        return
    say = translator(house.settings.language)
    typer.echo(f"{found.code}  {found.name}  {found.hours:g} h")
    for one in found.sessions:
        typer.echo(f"  {one.day}  {one.title}  {say(ATTENDANCE_NAMES[one.attendance])}")
    for paper in found.papers:
        typer.echo(f"  {paper.code}  {paper.skill}  {paper.first_day} – {paper.last_day or ''}")


@command.command("topics")
def list_topics(
    take: Annotated[str, typer.Option("--plan", help="把此主题加入计划 · put this topic into the plan")] = "",
    values: SetOption = None,
    as_json: JsonOption = False,
) -> None:
    """现场提出的培训主题 · topics that the field asks for."""
    house = _house()
    now: datetime = house.now()
    assert now.tzinfo is not None
    if take:
        made = plan_topic(
            house.store,
            house.library(),
            take,
            _values(values),
            id=house.new_id(),
            wording=_wording(house),
            who=CLI,
            now=now,
        )
        _print_json(made.json()) if as_json else typer.echo(made.id)
        return
    found = topics(
        house.store, house.library(), today=now.date(), zone=now.tzinfo, language=house.settings.language
    )
    if as_json:
        body: dict[str, Any] = {"items": [one.json() for one in found]}
        _print_json(body)
        return
    for one in found:
        typer.echo(f"{one.key}  {one.count}  {one.title}  {one.why}")
