"""What a record comes to: verdicts of a sample with their bounds, what a target reached, who is satisfied, what is paid."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from math import sqrt
from typing import Any

from kb.store import Store
from kb.store import records as rows
from kb.store.records import RecordSelection, Session
from kb.usecases.record_kinds_customer import CATEGORIES
from kb.usecases.record_kinds_quality import MEASURES, VERDICTS
from kb.usecases.record_making import span_of
from kb.usecases.record_nouns import Actor, Record
from kb.usecases.register_kinds import Names, Wording

_Z95 = 1.959964
"""Normal quantile of a 95 % interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """What stands above a record: a heading and pairs of name and text."""

    title: str
    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attainment:
    """What a target came to.

    Args:
        actual: None where nothing was recorded yet.
        percent: Of the goal; None where the goal is zero or nothing was recorded.
        reached: Whether the goal is kept; None where nothing was recorded.
    """

    actual: float | None
    percent: float | None
    reached: bool | None


def wilson(hits: int, total: int) -> tuple[float, float]:
    """Return the 95 % bounds of a share, each from 0 to 1.

    Source:
        Wilson score interval (E. B. Wilson, 1927).
    """
    if total == 0:
        return 0.0, 1.0
    share, square = hits / total, _Z95 * _Z95
    middle = share + square / (2 * total)
    spread = _Z95 * sqrt(share * (1 - share) / total + square / (4 * total * total))
    whole = 1 + square / total
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def summary_of(store: Store, one: Record, *, actor: Actor, wording: Wording, now: datetime) -> Summary | None:
    """Return what a record comes to; None for a kind that is not summed up."""
    pairs: list[tuple[Names, str]] = []
    if one.kind.name == "verification":
        pairs = _verdicts(one.values["items"], one.values["total"])
    elif one.kind.name == "satisfaction" and one.state == "done":
        asked, content = answers_of(one.values)
        pairs = [(("满意项数", "Satisfied with"), f"{content} / {asked}")]
    elif one.kind.name == "target":
        pairs = _target(store, one, actor, wording, now)
    elif one.kind.name == "project":
        pairs = _project(one, actor, now.date())
    if not pairs:
        return None
    rows_ = tuple((wording.pick(names), text) for names, text in pairs)
    return Summary(title=wording.pick(("汇总", "Summary")), rows=rows_)


def _verdicts(items: Sequence[dict[str, Any]], total: int) -> list[tuple[Names, str]]:
    counts = {code: sum(1 for item in items if item.get("verdict") == code) for code in VERDICTS}
    judged = counts["true"] + counts["not_true"]
    low, high = wilson(counts["true"], judged)
    pairs: list[tuple[Names, str]] = [
        (("总体与样本", "In all, drawn"), f"{total}, {len(items)}"),
        (("待核实", "Still to verify"), str(len(items) - sum(counts.values()))),
        *((names, str(counts[code])) for code, names in VERDICTS.items()),
    ]
    if judged:
        share = f"{counts['true'] / judged:.1%} ({low:.1%} – {high:.1%})"
        pairs.append((("属实率（95% 区间）", "True (95 % bounds)"), share))
    return pairs


def answers_of(values: Any) -> tuple[int, int]:
    """Return how many categories a follow-up call has an answer for, and how many of them satisfy."""
    said = [values.get(name) for name in CATEGORIES]
    return sum(1 for one in said if one in ("yes", "no")), sum(1 for one in said if one == "yes")


def _target(
    store: Store, one: Record, actor: Actor, wording: Wording, now: datetime
) -> list[tuple[Names, str]]:
    found = attainment(store, one, now=now)
    if one.values["measure"] == "compensation" and not actor.sees_private:
        return [(("实际", "Reached"), "***")]
    if found.actual is None:
        return [(("实际", "Reached"), "—")]
    wanted = "≥" if one.values["direction"] == "least" else "≤"
    pairs: list[tuple[Names, str]] = [
        (MEASURES[one.values["measure"]], f"{found.actual:,.6g} ({wanted} {one.values['goal']:,.6g})")
    ]
    if found.percent is not None:
        pairs.append((("达成率", "Attainment"), f"{found.percent:.1f} %"))
    kept = ("已达成", "reached") if found.reached else ("未达成", "not reached")
    pairs.append((("结论", "Standing"), wording.pick(kept)))
    return pairs


def attainment(store: Store, one: Record, *, now: datetime) -> Attainment:
    """Return what a target came to so far: counted from the records where they can count it."""
    values = one.values
    if values["measure"] == "by_hand":
        actual = values["by_hand"]
    else:
        with store.reading() as session:
            actual = measured(session, values["measure"], values["first_day"], values["last_day"], now)
    if actual is None:
        return Attainment(actual=None, percent=None, reached=None)
    goal = values["goal"]
    if values["direction"] == "least":
        return Attainment(
            actual=actual, percent=100 * actual / goal if goal else None, reached=actual >= goal
        )
    percent = None if not actual else min(100 * goal / actual, 100.0)
    return Attainment(actual=actual, percent=100.0 if not actual else percent, reached=actual <= goal)


def measured(session: Session, measure: str, first: date, last: date, now: datetime) -> float | None:
    """Return what the records count between two days, both included; None for a share of nothing."""
    start, before = span_of(first, last, now)

    def closed(kind: str, *states: str) -> RecordSelection:
        return RecordSelection(kind=kind, states=states, closed_from=start, closed_before=before)

    if measure == "visits_done":
        return len(rows.visits_done(session, first, last))
    if measure == "orders_closed":
        return len(rows.closed_orders(session, start, before))
    if measure == "calls_made":
        return rows.count_records(session, closed("satisfaction", "done"))
    if measure == "questions_answered":
        return rows.count_records(session, closed("question", "answered"))
    if measure == "complaints":
        opened = RecordSelection(kind="complaint", created_from=start, created_before=before)
        return rows.count_records(session, opened)
    if measure == "compensation":
        paid = rows.record_rows(session, closed("complaint", "closed"), first=0, size=None)
        return sum(float(row.values.get("compensation") or 0) for row in paid)
    if measure == "satisfied_percent":
        calls = rows.record_rows(session, closed("satisfaction", "done"), first=0, size=None)
        answers = [answers_of(row.values) for row in calls]
        asked = sum(one for one, _ in answers)
        return 100 * sum(content for _, content in answers) / asked if asked else None
    samples = rows.record_rows(session, closed("verification", "done"), first=0, size=None)
    verdicts = [item.get("verdict") for row in samples for item in row.values.get("items", ())]
    judged = [one for one in verdicts if one in ("true", "not_true")]
    return 100 * judged.count("true") / len(judged) if judged else None


def _project(one: Record, actor: Actor, today: date) -> list[tuple[Names, str]]:
    milestones = one.values["milestones"]
    done = sum(1 for row in milestones if row["done_on"])
    pairs: list[tuple[Names, str]] = [(("里程碑完成", "Milestones done"), f"{done} / {len(milestones)}")]
    if actor.sees_private:
        instalments = one.values["instalments"]
        whole = sum(row["amount"] for row in instalments)
        paid = sum(row["amount"] for row in instalments if row["paid_on"])
        late = sum(
            row["amount"]
            for row in instalments
            if not row["paid_on"] and date.fromisoformat(row["due"]) < today
        )
        pairs += [
            (("合同款 / 已到账", "Instalments, paid"), f"{whole:,.2f} / {paid:,.2f}"),
            (("逾期未付", "Overdue"), f"{late:,.2f}"),
        ]
    return pairs
