"""`servicebook search`: find pages from the command line, one query or a file of them; measure how well.

`servicebook search WORDS` searches. Only where the first word is the name of a sub-command does that run; to search
for such a word, write it with others in one quoted query.
"""

import json
import sys
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer
from typer.core import TyperGroup

from kb.errors import BadQuery, NotFound
from kb.settings import Settings
from kb.usecases.search import (
    MOST_HITS,
    Scope,
    answer_lines,
    find_pages,
    fit_label,
    result_row,
    sentences,
    understood_row,
    value_label,
)
from kb.usecases.search_evaluation import (
    Declined,
    Evaluation,
    Figures,
    Measured,
    evaluate,
    evaluation_row,
    read_judged_queries,
)
from kb.usecases.search_log import MOST_ROWS, State, Unanswered, unanswered, unanswered_counts, unanswered_row
from kb.usecases.search_scope import equipment_in_hand, in_hand_label
from kb.wiring import House, open_house

TypesOption = Annotated[
    str,
    typer.Option("--type", help="类型 · case, guide, alarm, checklist, term, course; several with commas"),
]
LimitOption = Annotated[int, typer.Option(min=1, max=MOST_HITS, help="最多条数 · hits at most")]
BatchOption = Annotated[
    str,
    typer.Option(
        "--batch", help="每行一个检索的文件，- 为标准输入 · file with one query a line, - for stdin"
    ),
]
EquipmentOption = Annotated[
    str,
    typer.Option(
        "--equipment", help="设备编号 · tag of the machine in hand: pages for it come first, all are labelled"
    ),
]
WithdrawnOption = Annotated[bool, typer.Option("--withdrawn", help="包括已撤回的页 · withdrawn pages, too")]


class SearchFirst(TyperGroup):
    """A group that searches for its words unless the first of them names another of its commands."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command `find` before words that name none."""
        if not args or (args[0] not in self.commands and args[0] not in ctx.help_option_names):
            args = [FIND, *args]
        return super().parse_args(ctx, args)


FIND = "find"
command = typer.Typer(cls=SearchFirst, rich_markup_mode=None)


@command.command(FIND)
def find(
    query: Annotated[
        list[str] | None, typer.Argument(help="报警号、现象、零件 · code, symptom, part")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False,
    types: TypesOption = "",
    limit: LimitOption = 10,
    batch: BatchOption = "",
    withdrawn: WithdrawnOption = False,
    equipment: EquipmentOption = "",
) -> None:
    """检索资料库，find 可省略 · search the library; the word `find` may be left out."""
    house = open_house(Settings())
    chosen = {"type": [kind for kind in types.replace("，", ",").split(",") if kind]}
    machine = equipment_in_hand(house.store, equipment) if equipment.strip() else None
    scope = machine.scope if machine is not None else None
    if batch:
        if query:
            raise BadQuery("give a query or --batch, not both")
        _batch(house, batch, limit=limit, chosen=chosen, scope=scope)
        return
    if not query and not chosen["type"] and machine is None:
        raise BadQuery("give a query, a --type, an --equipment, or --batch FILE")
    text = " ".join(query or ())
    language = house.settings.language
    index = house.search_index()
    result = find_pages(
        index, text, chosen=chosen, size=limit, withdrawn=withdrawn, with_facets=as_json, scope=scope
    )
    if as_json:
        row = result_row(result, language, query=text)
        row["understood"] = understood_row(result.understood, index.library, language)
        row["facets"] = result.facets
        typer.echo(json.dumps(row, ensure_ascii=False))
        return
    if machine is not None:
        about = in_hand_label(machine, index.library, language)
        typer.echo(f"设备 · machine {machine.tag}: {about}")
    _notes(house, result.unknown_codes, nearest=result.nearest, suggestion=result.suggestion)
    for number, hit in enumerate(result.hits, 1):
        kind = value_label(index.library, "type", hit.page.type, language)
        typer.echo(f"{number:>2}. [{kind}] {hit.page.title}  ({hit.page.id})")
        fit = fit_label(hit, language)
        typer.echo("    " + "；".join([*([f"【{fit}】"] if fit else []), *sentences(hit.why, language)]))
    typer.echo(f"{result.total} 页 · pages")


def _notes(house: House, unknown: tuple[str, ...], *, nearest: bool, suggestion: str) -> None:
    if unknown:
        typer.echo(f"资料库里没有 · not in the library: {', '.join(unknown)}")
    elif nearest:
        typer.echo("没有全部符合的页，下面是最接近的 · nothing fits wholly, the nearest are")
    if suggestion:
        typer.echo(f"是不是要找 · did you mean: {suggestion}")


def _batch(house: House, name: str, *, limit: int, chosen: dict[str, list[str]], scope: Scope | None) -> None:
    """Answer line by line, each written out before the next is read."""
    if name == "-":
        _answer(house, sys.stdin.buffer, limit=limit, chosen=chosen, scope=scope)
        return
    path = Path(name)
    if not path.is_file():
        raise NotFound("file of queries", name)
    with path.open("rb") as file:
        _answer(house, file, limit=limit, chosen=chosen, scope=scope)


def _answer(
    house: House, lines: BinaryIO, *, limit: int, chosen: dict[str, list[str]], scope: Scope | None
) -> None:
    index = house.search_index()
    language = house.settings.language
    for row in answer_lines(index, lines, size=limit, chosen=chosen, language=language, scope=scope):
        sys.stdout.write(json.dumps(row, ensure_ascii=False) + "\n")
        sys.stdout.flush()


@command.command("evaluate")
def evaluate_file(
    file: Annotated[
        Path,
        typer.Argument(help="判定文件 · judged queries, TSV: query, ids or facts, stratum[, control, class]"),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False,
    failures: Annotated[int, typer.Option(min=0, help="最多列出几条失败 · failures listed at most")] = 20,
) -> None:
    """评测检索质量 · measure the search with judged queries."""
    house = open_house(Settings())
    index = house.search_index()
    evaluation = evaluate(index, read_judged_queries(file, index.library))
    if as_json:
        typer.echo(json.dumps(evaluation_row(evaluation, failures=failures), ensure_ascii=False))
        return
    for line in _table(evaluation):
        typer.echo(line)
    for missed in evaluation.failures[:failures]:
        typer.echo(_failure(missed))
    for noise in evaluation.noise[:failures]:
        typer.echo(_noise(noise))
    left = len(evaluation.failures) - failures
    if left > 0:
        typer.echo(f"… 还有 {left} 条 · more failures")


@command.command("unanswered")
def list_unanswered(
    as_json: Annotated[bool, typer.Option("--json", help="JSON")] = False,
    state: Annotated[State, typer.Option(help="状态 · open, answered or declined")] = "open",
    limit: Annotated[int, typer.Option(min=1, max=MOST_ROWS, help="最多条数 · rows at most")] = 50,
) -> None:
    """没有答上的检索 · queries that found nothing, only what is near, or no help."""
    house = open_house(Settings())
    found = unanswered(
        house.store, house.search_index(), today=house.today(), state=state, page=1, size=limit
    )
    counts = unanswered_counts(house.store)
    if as_json:
        rows = [unanswered_row(one) for one in found]
        typer.echo(json.dumps({"counts": counts, "items": rows}, ensure_ascii=False))
        return
    for one in found:
        typer.echo(_unanswered_line(one))
    typer.echo(
        f"待处理 {counts['open']} · open, 已答 {counts['answered']} · answered, "
        f"不收 {counts['declined']} · declined"
    )


def _unanswered_line(one: Unanswered) -> str:
    due = f"{one.due}{'（已过期 · overdue）' if one.overdue else ''}" if one.due else "—"
    now = f"; 现在能答 · answered now by {one.found_now}" if one.found_now else ""
    return (
        f"{one.asked:>5}  {one.query}  (没找到 · nothing {one.nothing}, 相近 · near {one.nearest}, "
        f"没帮助 · not helpful {one.not_helpful})  负责 · owner {one.owner or '—'}, 期限 · due {due}{now}"
    )


def _table(evaluation: Evaluation) -> list[str]:
    lines = [
        f"{'':<20}{'queries':>8}{'nDCG@10':>9}{'MRR@10':>9}{'recall@10':>11}{'hit@1':>8}{'hit@3':>8}{'zero':>7}"
    ]
    lines += [_line(name, figures) for name, figures in evaluation.strata.items()]
    lines.append(_line("all", evaluation.all))
    if evaluation.declined:
        said = sum(one.said_so for one in evaluation.declined)
        lines.append(
            f"资料库没有答案 · no answer in the library: {said} / {len(evaluation.declined)} 说明了 · said so"
        )
    return lines


def _line(name: str, figures: Figures) -> str:
    return (
        f"{name:<20}{figures.queries:>8}{figures.ndcg_10:>9.3f}{figures.mrr_10:>9.3f}{figures.recall_10:>11.3f}"
        f"{figures.hit_1:>8.3f}{figures.hit_3:>8.3f}{figures.zero:>7.3f}"
    )


def _failure(missed: Measured) -> str:
    judged = missed.judged
    wanted = ", ".join(judged.grades)
    rank = str(missed.rank) if missed.rank else "—"
    return (
        f"{judged.line:>5}  [{judged.stratum}] {judged.query}  应有 · wanted {wanted}, 名次 · rank {rank}; "
        f"前三 · first three: {', '.join(missed.shown) or '—'}"
    )


def _noise(noise: Declined) -> str:
    return f"{noise.judged.line:>5}  {noise.judged.query}  应说没有 · should say nothing fits; {', '.join(noise.shown)}"
