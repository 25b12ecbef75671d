"""`servicebook visit`: list visits, report them done, book, move, lock, miss and cancel them."""

import json
from datetime import date
from typing import Annotated

import typer

from kb.content.vocabulary import load_vocabularies
from kb.errors import BadInput, Fault
from kb.settings import Settings
from kb.usecases.plan_words import Words, hours_text
from kb.usecases.register_days import day_of
from kb.usecases.register_kinds import Wording, Wrong, wording_of
from kb.usecases.visit_reading import KeptVisit, VisitQuery, visit, visits
from kb.usecases.visits import change_visit
from kb.wiring import House, open_house
from planner.model import VisitState

command = typer.Typer(rich_markup_mode=None)

Key = Annotated[str, typer.Argument(help="巡检编号 · visit key", metavar="KEY")]
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
ConfirmOption = Annotated[
    bool,
    typer.Option(
        "--confirm", help="超出窗口、休假、缺技能等仍照做 · do it although rules of planning are broken"
    ),
]
RevisionOption = Annotated[
    int | None,
    typer.Option(help="只在仍是此版本时改 · change only while the revision is this", min=1),
]
NotesOption = Annotated[str | None, typer.Option(help="备注 · notes; replaces those that are there")]


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def _wording(house: House) -> Wording:
    settings = house.settings
    vocabularies = load_vocabularies(settings.content_dir / "vocabularies")
    return wording_of(settings.language, settings.time_zone, vocabularies)


@command.command("list")
def list_visits(
    site: Annotated[str, typer.Option(help="现场编号 · site code", metavar="CODE")] = "",
    technician: Annotated[str, typer.Option(help="工程师编号 · technician code", metavar="CODE")] = "",
    first: Annotated[str, typer.Option("--from", help="计划日起 · from this day", metavar="YYYY-MM-DD")] = "",
    last: Annotated[str, typer.Option("--to", help="计划日止 · to this day", metavar="YYYY-MM-DD")] = "",
    state: Annotated[
        list[VisitState] | None, typer.Option(help="状态，可重复 · state, may be repeated")
    ] = None,
    page: Annotated[int, typer.Option(min=1, help="页码 · page")] = 1,
    size: Annotated[int, typer.Option(min=1, max=500, help="每页行数 · rows a page")] = 50,
    as_json: JsonOption = False,
) -> None:
    """列出巡检 · list visits by day."""
    days = _days({"--from": first, "--to": last})
    house = _house()
    query = VisitQuery(
        site=site,
        technician=technician,
        first_day=days["--from"],
        last_day=days["--to"],
        states=tuple(state or ()),
        page=page,
        size=size,
    )
    found = visits(house.store, query, today=house.today())
    if as_json:
        body = {
            "items": [one.json() for one in found.items],
            "page": page,
            "size": size,
            "total": found.total,
        }
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    words = Words(house.settings.language)
    for one in found.items:
        typer.echo(_line(one, words))
    typer.echo(f"{found.page}/{found.last} · {found.total}", err=True)


@command.command("show")
def show(key: Key, as_json: JsonOption = False) -> None:
    """显示一次巡检 · show one visit."""
    house = _house()
    kept = visit(house.store, key, today=house.today())
    if as_json:
        typer.echo(json.dumps(kept.json(), ensure_ascii=False))
    else:
        _print(house, kept)


@command.command("done")
def done(
    key: Key,
    on: Annotated[str, typer.Option("--on", help="完成日 · day on which it was done", metavar="YYYY-MM-DD")],
    plan: Annotated[
        list[str] | None,
        typer.Option(
            help="只完成了这些计划（编号，可重复） · only these plans were done, by code, may be repeated"
        ),
    ] = None,
    technician: Annotated[
        str | None, typer.Option(help="实际上门的工程师 · who really went, by code", metavar="CODE")
    ] = None,
    notes: NotesOption = None,
    confirm: ConfirmOption = False,
    revision: RevisionOption = None,
    as_json: JsonOption = False,
) -> None:
    """报完成或部分完成 · report a visit done, or with --plan partly done."""
    house = _house()
    raw: dict[str, object] = {"state": VisitState.DONE.value, "done_on": on}
    if plan:
        raw["done_plans"] = plan
        every = visit(house.store, key, today=house.today()).values["plans"]
        if set(plan) != set(every):
            raw["state"] = VisitState.PARTLY_DONE.value
    if technician is not None:
        raw["technician"] = technician
    _change(house, key, raw, notes=notes, confirm=confirm, revision=revision, as_json=as_json)


@command.command("book")
def book(
    key: Key, notes: NotesOption = None, revision: RevisionOption = None, as_json: JsonOption = False
) -> None:
    """已与客户约定 · the visit is agreed with the customer; a new plan does not move it."""
    raw: dict[str, object] = {"state": VisitState.BOOKED.value}
    _change(_house(), key, raw, notes=notes, revision=revision, as_json=as_json)


@command.command("move")
def move(
    key: Key,
    to: Annotated[str | None, typer.Option("--to", help="改到哪天 · new day", metavar="YYYY-MM-DD")] = None,
    technician: Annotated[
        str | None, typer.Option(help="换成哪位工程师 · new technician, by code", metavar="CODE")
    ] = None,
    notes: NotesOption = None,
    confirm: ConfirmOption = False,
    revision: RevisionOption = None,
    as_json: JsonOption = False,
) -> None:
    """改期或换人，之后即锁定 · move a visit to another day or person; it is locked then."""
    raw: dict[str, object] = {}
    if to is not None:
        raw["day"] = to
    if technician is not None:
        raw["technician"] = technician
    if not raw:
        fault = Fault(
            where="move", what="neither a day nor a technician is given", repair="give --to or --technician"
        )
        raise BadInput("nothing to move", [fault])
    _change(_house(), key, raw, notes=notes, confirm=confirm, revision=revision, as_json=as_json)


@command.command("lock")
def lock(key: Key, revision: RevisionOption = None, as_json: JsonOption = False) -> None:
    """锁定，新计划不移动 · lock a visit; a new plan does not move it."""
    _change(_house(), key, {"locked": True}, revision=revision, as_json=as_json)


@command.command("unlock")
def unlock(key: Key, revision: RevisionOption = None, as_json: JsonOption = False) -> None:
    """解锁 · unlock a visit; a new plan may move it."""
    _change(_house(), key, {"locked": False}, revision=revision, as_json=as_json)


@command.command("cancel")
def cancel(
    key: Key, notes: NotesOption = None, revision: RevisionOption = None, as_json: JsonOption = False
) -> None:
    """取消 · cancel a visit; its work comes back with the next plan of its period."""
    raw: dict[str, object] = {"state": VisitState.CANCELLED.value}
    _change(_house(), key, raw, notes=notes, revision=revision, as_json=as_json)


@command.command("miss")
def miss(
    key: Key, notes: NotesOption = None, revision: RevisionOption = None, as_json: JsonOption = False
) -> None:
    """没有上门 · the visit did not take place; a follow-up visit takes its work."""
    raw: dict[str, object] = {"state": VisitState.MISSED.value}
    _change(_house(), key, raw, notes=notes, revision=revision, as_json=as_json)


def _change(
    house: House,
    key: str,
    raw: dict[str, object],
    *,
    notes: str | None = None,
    confirm: bool = False,
    revision: int | None,
    as_json: bool,
) -> None:
    if notes is not None:
        raw["notes"] = notes
    if confirm:
        raw["confirm"] = True
    wording = _wording(house)
    # Typed at a terminal the newest revision is meant, unless one is named.
    changed = change_visit(
        house.store, key, raw, revision=revision, wording=wording, who="cli", now=house.now()
    )
    words = Words(wording.language)
    if as_json:
        body = {
            **changed.kept.json(),
            "passed": [one.value for one in changed.passed],
            "confirmed": [
                {"where": one.field, "what": one.wrong.told(wording.language)[0]} for one in changed.confirmed
            ],
            "locked_by_move": changed.locked_by_move,
        }
        typer.echo(json.dumps(body, ensure_ascii=False))
        return
    _print(house, changed.kept)
    if changed.passed:
        passed = words.join(words.state(one) for one in changed.passed)
        typer.echo(words.say("Counted as passed on the way: {states}").format(states=passed))
    if changed.locked_by_move:
        typer.echo(words.say("Moved by hand, so it is locked: a new plan does not move it."))
    for one in changed.confirmed:
        typer.echo(f"! {one.wrong.told(wording.language)[0]}")


def _print(house: House, kept: KeptVisit) -> None:
    words = Words(house.settings.language)
    typer.echo(_line(kept, words))
    names = kept.names
    for one in kept.all_occurrences:
        mark = "-" if one in kept.left else "·"
        typer.echo(
            f"  {mark} {names.tags.get(one.equipment_id, '')} {words.level(one.level)} {names.plan(one)}"
        )
    if kept.follow_up:
        typer.echo(words.say("What is left goes to the visit {key}").format(key=kept.follow_up))
    if kept.notes:
        typer.echo(kept.notes)


def _line(kept: KeptVisit, words: Words) -> str:
    found, names = kept.visit, kept.names
    parts = (
        words.day(found.day),
        hours_text(found.hours),
        words.state(kept.state) + (f" {kept.done_on}" if kept.done_on else ""),
        words.say("locked") if found.locked and kept.is_open else "",
        names.technician_names.get(found.technician_id or "", words.say("No technician")),
        names.site_names.get(found.site_id, found.site_id),
        words.levels(found),
        words.say("taken out by a plan") if kept.dropped else "",
        f"[{kept.key}]",
    )
    return "  ".join(part for part in parts if part)


def _days(typed: dict[str, str]) -> dict[str, date | None]:
    found: dict[str, date | None] = {}
    faults = []
    for name, text in typed.items():
        try:
            found[name] = day_of(text) if text else None
        except Wrong as wrong:
            what, repair = wrong.told("en")
            faults.append(Fault(where=name, what=what, repair=repair))
    if faults:
        raise BadInput("the list cannot be given", faults)
    return found
