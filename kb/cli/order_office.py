"""What the office does with a work order by command: tie it to a visit, verify a signed report."""

import json
from typing import Annotated

import typer

from kb.settings import Settings
from kb.usecases.order_access import Actor
from kb.usecases.order_signing import Verified, grouped, verify
from kb.usecases.order_ties import tie_order
from kb.wiring import House, open_house

LOCAL = Actor(name="command line", may_all=True)
JsonOption = Annotated[bool, typer.Option("--json", help="输出 JSON · print one JSON document")]


def _opened() -> House:
    house = open_house(Settings())
    house.store.migrate()
    return house


def tie(
    id: Annotated[str, typer.Argument(help="工单编号 · number or id of the order", metavar="ORDER")],
    visit: Annotated[
        str, typer.Argument(help="上门编号；留空为取消关联 · visit key; empty for none", metavar="KEY")
    ],
    as_json: JsonOption = False,
) -> None:
    """将工单与计划中的一次上门关联 · tie an order to a visit of the plan."""
    house = _opened()
    tied = tie_order(house.store, id, visit, revision=None, actor=LOCAL, now=house.now())
    if as_json:
        typer.echo(json.dumps(tied.json(), ensure_ascii=False))
    else:
        typer.echo(f"{tied.number}  {tied.values['visit_key'] or '—'}")


def verify_report(
    digest: Annotated[str, typer.Argument(help="报告上的摘要，至少 12 位 · the digest, 12 digits or more")],
    order: Annotated[str, typer.Option(help="报告上的工单编号 · the order that the report names")] = "",
    as_json: JsonOption = False,
) -> None:
    """核对已签字报告的摘要；不符时以 1 退出 · verify a signed report; exits with 1 where it does not match."""
    told = verify(_opened().store, digest, order=order)
    if as_json:
        typer.echo(json.dumps(told.json(), ensure_ascii=False))
    else:
        for line in _lines(told):
            typer.echo(line)
    if not (told.matches and told.intact):
        raise typer.Exit(1)


def _lines(told: Verified) -> list[str]:
    if told.matches and told.intact:
        said = "相符 · matches"
    elif told.matches:
        said = "相符，但保存的内容已不能得出它 · matches, but what is kept no longer gives it"
    else:
        said = "不符 · does not match"
    lines = [said]
    if told.order:
        lines.append(f"{told.order}  {told.title}  {told.customer} {told.site}".rstrip())
    if told.signed and told.signed_at is not None:
        lines.append(f"{told.signed_by}  {told.signed_at.isoformat()}")
        lines.append(grouped(told.signed))
    if told.amended:
        lines.append(f"签字后更正 · amended afterwards: {told.amended}")
    if told.newer:
        lines.append("此后又签过一次 · signed once more afterwards")
    return lines
