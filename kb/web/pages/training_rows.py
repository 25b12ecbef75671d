"""What the templates of training show: form fields, the year as a strip, certificates as bars."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from kb.errors import Fault
from kb.usecases.register_description import Table
from kb.usecases.register_kinds import Wording
from kb.usecases.training import PlanItem, TrainingYear
from kb.usecases.training_record import Paper

STRIP_WIDTH, MONTH_WIDTH = 372, 31
"""A phone of 390 px shows the year whole, at one unit a pixel."""
HEAD, DOT, GAP = 18, 9, 22
MOST_DOTS = 8
"""Lines of one month that are drawn; what is beyond is counted."""
MOST_LINES = 60
"""Lines of a year that stand on one page; of more, a month at a time."""
BAR_WIDTH = 300
BAR_BEFORE, BAR_AFTER = timedelta(days=365), timedelta(days=730)
"""How far before and behind today the bars of certificates reach."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FormField:
    """A field of a form as it was typed."""

    name: str
    label: str
    about: str
    widget: str
    value: str
    required: bool
    options: tuple[tuple[str, str], ...]
    fault: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A line of the plan in the year's strip."""

    x: int
    y: int
    state: str
    title: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Strip:
    """The year: a column for each month, a dot for each line, a line at today.

    Args:
        months: Left edge, number, and how many lines were left out.
        today_x: Where today is; None in another year.
    """

    width: int
    height: int
    months: tuple[tuple[int, int, int], ...]
    dots: tuple[Dot, ...]
    today_x: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """A certificate from its first to its last day; `state` is valid, expiring or ended."""

    x: int
    width: int
    state: str
    paper: Paper


def strip_of(year: TrainingYear, states: Mapping[str, str]) -> Strip:
    """Return the year's strip; `states` are the names of states in the reader's language."""
    by_month: dict[int, list[PlanItem]] = {month: [] for month in range(1, 13)}
    for one in year.items:
        by_month[one.values["month"]].append(one)
    most = min(max((len(some) for some in by_month.values()), default=0), MOST_DOTS)
    dots = tuple(
        Dot(
            x=(month - 1) * MONTH_WIDTH + MONTH_WIDTH // 2,
            y=HEAD + GAP // 2 + row * GAP,
            state=one.state,
            title=f"{one.values['title']} · {states[one.state]}",
            href=f"/training/items/{one.id}",
        )
        for month, some in by_month.items()
        for row, one in enumerate(some[:MOST_DOTS])
    )
    today = year.today
    share = (today - date(year.year, 1, 1)).days / 366 if today.year == year.year else None
    return Strip(
        width=STRIP_WIDTH,
        height=HEAD + max(most, 1) * GAP + 4,
        months=tuple(
            ((month - 1) * MONTH_WIDTH, month, max(0, len(some) - MOST_DOTS))
            for month, some in by_month.items()
        ),
        dots=dots,
        today_x=None if share is None else round(share * STRIP_WIDTH),
    )


def bars_of(papers: Sequence[Paper], today: date, weeks: int) -> tuple[Bar, ...]:
    """Return certificates as bars between a year before today and two behind it."""
    first, last = today - BAR_BEFORE, today + BAR_AFTER
    whole = (last - first).days

    def at(day: date) -> int:
        return round(BAR_WIDTH * (min(max(day, first), last) - first).days / whole)

    found = []
    for one in papers:
        begin, end = at(one.first_day), at(one.last_day or last)
        state = "valid"
        if one.last_day is not None and one.last_day < today:
            state = "ended"
        elif one.last_day is not None and one.last_day <= today + timedelta(weeks=weeks):
            state = "expiring"
        found.append(Bar(x=begin, width=max(end - begin, 3), state=state, paper=one))
    return tuple(found)


def today_x() -> int:
    """Return where today is between the ends of the bars."""
    return round(BAR_WIDTH * BAR_BEFORE.days / (BAR_BEFORE + BAR_AFTER).days)


def form_fields(
    form: Table, typed: Mapping[str, str], faults: Sequence[Fault], wording: Wording
) -> tuple[FormField, ...]:
    """Return the fields of a form with what was typed and what is wrong with it."""
    wrong = {one.where: f"{one.what} → {one.repair}" if one.repair else one.what for one in faults}
    return tuple(
        FormField(
            name=one.name,
            label=wording.pick(one.title),
            about=wording.pick(one.help),
            widget=one.kind.widget,
            value=typed.get(one.name, ""),
            required=one.required,
            options=tuple((code, wording.pick(names)) for code, names in one.choices(wording.lists).items()),
            fault=wrong.get(one.name, ""),
        )
        for one in form.fields
    )


def typed_values(form: Table, values: Mapping[str, object], wording: Wording) -> dict[str, str]:
    """Return kept values as a person types them; a choice stays its code."""
    return {
        one.name: str(values[one.name] or "")
        if one.kind.widget == "choice"
        else one.kind.text(values[one.name], wording)
        for one in form.fields
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines:
    """The lines of a year that a page shows: all of them, or those of a month where they are many.

    Args:
        months: Each month that has lines, with how many; none where all lines are shown.
        month: The month that is shown; None for all.
    """

    months: tuple[tuple[int, int], ...]
    month: int | None
    items: tuple[PlanItem, ...]


def lines_of(plan: TrainingYear, month: int | None) -> Lines:
    """Return the lines to show: of a long year those of the month asked for, else of the present one or the first.

    Args:
        plan: The year.
        month: 1 to 12; None where no month was asked for.
    """
    if len(plan.items) <= MOST_LINES:
        return Lines(months=(), month=None, items=tuple(plan.items))
    counts: dict[int, int] = {}
    for one in plan.items:
        counts[one.values["month"]] = counts.get(one.values["month"], 0) + 1
    wanted = month or (plan.today.month if plan.today.year == plan.year else 0)
    if wanted not in counts and month is None:
        wanted = min(counts)
    found = tuple(one for one in plan.items if one.values["month"] == wanted)
    return Lines(months=tuple(sorted(counts.items())), month=wanted, items=found)
