"""`servicebook plan …`: publish versions, compare them, mend the plan after a disturbance, offer places for a fault."""

import json
from typing import Annotated, Any

import typer

from kb.settings import Settings
from kb.usecases.plan_replan import find_proposal, propose_replan
from kb.usecases.plan_replan_answer import accept_proposal, reject_proposal
from kb.usecases.plan_replan_json import names_of, proposal_json
from kb.usecases.plan_replan_request import replan_request
from kb.usecases.plan_versions import Comparison, Differs, compare_versions, plan_versions, publish_plan
from kb.usecases.plan_words import Words
from kb.wiring import House, open_house

command = typer.Typer(rich_markup_mode=None)

JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]
ProposalId = Annotated[str, typer.Argument(metavar="PROPOSAL", help="方案编号 · id of the proposal")]
NoteOption = Annotated[str, typer.Option("--note", help="原因 · why, for people")]
CLI = "servicebook plan"
KINDS = {
    Differs.NEW: "new visit",
    Differs.GONE: "visit is gone",
    Differs.MOVED: "other day",
    Differs.TECHNICIAN: "other technician",
    Differs.HOURS: "other hours",
    Differs.WORK: "other work",
}


def _house() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=1))


@command.command("publish")
def publish(note: NoteOption = "", as_json: JsonOption = False) -> None:
    """发布当前计划为一个版本 · publish the plan as it stands as a version."""
    house = _house()
    version = publish_plan(house.store, note=note, who=CLI, now=house.now())
    if as_json:
        _print_json(version.json())
    else:
        say = Words(house.settings.language).say
        typer.echo(
            say("Version {number} published: {visits} visits").format(
                number=version.number, visits=version.visits
            )
        )


@command.command("versions")
def versions(as_json: JsonOption = False) -> None:
    """列出已发布的版本 · list the published versions."""
    house = _house()
    found = plan_versions(house.store)
    if as_json:
        _print_json([one.json() for one in found])
        return
    for one in found:
        when = one.published.astimezone(house.now().tzinfo) if one.published else house.now()
        typer.echo(
            f"{one.number}  {when:%Y-%m-%d %H:%M}  {one.published_by}  {one.first_day} – {one.last_day}  "
            f"{one.visits}  {one.note}"
        )


@command.command("compare")
def compare(
    before: Annotated[str, typer.Argument(metavar="VERSION", help="版本号 · number of a version, or now")],
    after: Annotated[
        str,
        typer.Argument(metavar="VERSION", help="另一版本，默认当前计划 · another one; the plan as it stands"),
    ] = "now",
    as_json: JsonOption = False,
) -> None:
    """比较两个版本 · tell what differs between two versions."""
    house = _house()
    found = compare_versions(house.store, _number(before), _number(after))
    if as_json:
        _print_json(found.json())
    else:
        _print_comparison(found, Words(house.settings.language))


def _number(text: str) -> int | None:
    if text == "now":
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        raise typer.BadParameter(f"{text!r} is no version; give a number, or now")
    return int(text)


def _print_comparison(found: Comparison, words: Words) -> None:
    counts = found.counts()
    typer.echo(words.join(f"{words.say(KINDS[kind])} {counts[kind]}" for kind in Differs))
    names = found.register
    for one in found.changes:
        site = names.sites[one.site_id].name if one.site_id in names.sites else one.site_id
        sides = [
            f"{place.day} {place.hours} {_person(found, place.technician_id, words)}" if place else "—"
            for place in (one.before, one.after)
        ]
        typer.echo(f"{words.say(KINDS[one.kind])}  {site}  {' → '.join(sides)}  [{one.key}]")


def _person(found: Comparison, technician_id: str | None, words: Words) -> str:
    if technician_id is None:
        return words.say("No technician")
    known = found.register.technicians.get(technician_id)
    return known.name if known else technician_id


@command.command("replan")
def replan(
    sick: Annotated[
        list[str] | None,
        typer.Option(
            help="不能上班的工程师，可重复 · technician who is away, may be repeated", metavar="CODE"
        ),
    ] = None,
    closed: Annotated[
        list[str] | None,
        typer.Option(
            help="去不了的现场，可重复 · site where nobody can come, may be repeated", metavar="CODE"
        ),
    ] = None,
    first: Annotated[
        str,
        typer.Option("--from", help="第一天，默认今天 · first day, today if left out", metavar="YYYY-MM-DD"),
    ] = "",
    last: Annotated[str, typer.Option("--to", help="最后一天 · last day", metavar="YYYY-MM-DD")] = "",
    urgent: Annotated[str, typer.Option(help="急修的现场 · site of an urgent fault", metavar="CODE")] = "",
    skill: Annotated[
        list[str] | None, typer.Option(help="急修所需技能，可重复 · skill that it needs, may be repeated")
    ] = None,
    by: Annotated[str, typer.Option(help="最迟哪天到场 · last day for it", metavar="YYYY-MM-DD")] = "",
    hours: Annotated[str, typer.Option(help="预计工时 · expected hours of work")] = "",
    note: NoteOption = "",
    accept: Annotated[bool, typer.Option("--accept", help="直接采纳 · write it at once")] = False,
    as_json: JsonOption = False,
) -> None:
    """病假、急修、去不了、客户改期后的最小改动方案 · mend the plan after a disturbance; shown before it is written."""
    house = _house()
    request = replan_request(
        house.store,
        today=house.today(),
        sick=sick or (),
        closed=closed or (),
        first=first,
        last=last,
        urgent=urgent,
        skills=skill or (),
        by=by,
        hours=hours,
        note=note,
    )
    proposal = propose_replan(house.store, request, id=house.new_id(), who=CLI, now=house.now())
    if accept:
        accept_proposal(house.store, proposal.id, who=CLI, now=house.now())
    _print_proposal(house, proposal.id, as_json=as_json)


@command.command("proposal")
def proposal(id: ProposalId, as_json: JsonOption = False) -> None:
    """查看一个方案 · show a proposal."""
    _print_proposal(_house(), id, as_json=as_json)


@command.command("accept")
def accept(id: ProposalId, as_json: JsonOption = False) -> None:
    """采纳方案 · write what a proposal comes to."""
    house = _house()
    accept_proposal(house.store, id, who=CLI, now=house.now())
    _print_proposal(house, id, as_json=as_json)


@command.command("reject")
def reject(id: ProposalId, as_json: JsonOption = False) -> None:
    """放弃方案 · put a proposal aside."""
    house = _house()
    reject_proposal(house.store, id, who=CLI, now=house.now())
    _print_proposal(house, id, as_json=as_json)


def _print_proposal(house: House, id: str, *, as_json: bool) -> None:
    words, names = Words(house.settings.language), names_of(house.store)
    told = proposal_json(find_proposal(house.store, id), names, words)
    if as_json:
        _print_json(told)
        return
    say = words.say
    for sentence in told["happened"]:
        typer.echo(sentence)
    for one in told["changes"]:
        sides = [
            f"{side['day']} {side['hours']} {side['technician']}" for side in (one["before"], one["after"])
        ]
        typer.echo(f"  {one['site_name']}  {' → '.join(sides)}  [{one['key']}]")
    for key, found in told["offers"].items():
        chosen = told["urgent"].get(key)
        if chosen:
            typer.echo("  " + say("Urgent job goes to: {place}").format(place=_place_text(chosen, words)))
        for one in found:
            typer.echo(f"    · {_place_text(one, words)}")
    for one in told["stranded"]:
        typer.echo(f"! {one['site_name']}: {one['sentence']}")
        for offer in one["offers"]:
            typer.echo(f"    · {_place_text(offer, words)}")
    message = (
        "{hit} visits hit; of {others} others {day} change day and {technician} technician; "
        "driving {travel:+d} min, overtime {overtime:+d} min"
    )
    figures = told["figures"]
    typer.echo(
        say(message).format(
            hit=figures["hit"],
            others=figures["others"],
            day=figures["others_day"],
            technician=figures["others_technician"],
            travel=figures["travel_minutes"],
            overtime=figures["overtime_minutes"],
        )
    )
    if told["state"] == "open":
        typer.echo(say("Nothing is written yet: servicebook plan accept {id}").format(id=id))
    else:
        typer.echo(
            say(
                {"accepted": "The proposal is accepted.", "rejected": "The proposal is rejected."}[
                    str(told["state"])
                ]
            )
        )


def _place_text(one: dict[str, Any], words: Words) -> str:
    message = "{day} {hours} {technician}: detour {detour} min, overtime {overtime} min, delays {delays}"
    return words.say(message).format(
        day=one["day"],
        hours=one["hours"],
        technician=one["technician_name"],
        detour=one["detour_minutes"],
        overtime=one["overtime_minutes"],
        delays=len(one["delays"]),
    )
