"""The figures of a summary, each defined once: as a count over a list for the page, and as a formula for the workbook."""

from collections.abc import Mapping
from dataclasses import dataclass

from kb.usecases.record_kinds_customer import CATEGORIES
from kb.usecases.summary_lists import SummaryList, Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure.

    Args:
        name: Message id.
        list: The list behind it.
        where: Column and value that a row must have; empty counts all rows.
        summed: Column that is added up instead of counting rows.
        against: Column and value of the rows that, with those of `where`, make the whole of a share.
        private: Whether only planners see it: amounts paid.
    """

    code: str
    name: str
    list: str
    where: tuple[str, str] | None = None
    summed: str = ""
    against: tuple[str, str] | None = None
    private: bool = False

    @property
    def is_share(self) -> bool:
        """Whether it is a share, from 0 to 1."""
        return self.against is not None

    def value(self, lists: Mapping[str, SummaryList], month: str) -> float | None:
        """Return it for a month, or for all months where that is empty; None for a share of nothing."""
        if self.is_share:
            return share(*self.counts(lists, month))
        rows = _where(lists[self.list], month, self.where)
        return sum(_number(row[self.summed]) for row in rows) if self.summed else float(len(rows))

    def counts(self, lists: Mapping[str, SummaryList], month: str) -> tuple[int, int]:
        """Return, of a share, how many rows speak for it and how many against."""
        behind = lists[self.list]
        return len(_where(behind, month, self.where)), len(_where(behind, month, self.against))


def share(yes: float, no: float) -> float | None:
    """Return the share of those that speak for it; None of nothing."""
    return yes / (yes + no) if yes + no else None


def _where(behind: SummaryList, month: str, pair: tuple[str, str] | None) -> list[Mapping[str, Value]]:
    rows = [row for row, _ in behind.of_month(month)]
    return rows if pair is None else [row for row in rows if str(row[pair[0]]) == pair[1]]


def _number(value: Value) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _satisfied(name: str) -> Figure:
    return Figure(
        code=f"satisfied_{name}",
        name=f"Satisfied: {CATEGORIES[name][1]}",
        list="calls",
        where=(name, "yes"),
        against=(name, "no"),
    )


FIGURES: tuple[Figure, ...] = (
    Figure(code="visits", name="Visits that were done", list="visits"),
    Figure(code="orders", name="Work orders closed", list="orders"),
    Figure(code="repairs", name="of these repairs", list="orders", where=("kind", "repair")),
    Figure(code="instructions", name="of these instruction", list="orders", where=("kind", "instruction")),
    Figure(code="work_minutes", name="Minutes of work on orders", list="orders", summed="work_minutes"),
    Figure(code="travel_minutes", name="Minutes of travel on orders", list="orders", summed="travel_minutes"),
    Figure(code="reports", name="Faults reported", list="reports"),
    Figure(
        code="stopped",
        name="of these with the machine standing",
        list="reports",
        where=("machine_state", "stopped"),
    ),
    Figure(code="repeats", name="Repeat visits within 90 days", list="repeats"),
    Figure(code="repeats_30", name="of these within 30 days", list="repeats", where=("within", "30")),
    Figure(
        code="not_cured",
        name="of these not cured the first time",
        list="repeats",
        where=("reason", "not_cured"),
    ),
    Figure(
        code="other_cause",
        name="of these with another cause",
        list="repeats",
        where=("reason", "other_cause"),
    ),
    Figure(code="calls", name="Follow-up calls", list="calls"),
    *(_satisfied(name) for name in CATEGORIES),
    Figure(code="complaints", name="Complaints", list="complaints"),
    Figure(code="compensation", name="Compensation", list="complaints", summed="compensation", private=True),
    Figure(code="parts", name="Parts used", list="parts", summed="quantity"),
    Figure(
        code="parts_failed",
        name="of these after failure",
        list="parts",
        where=("after_failure", "yes"),
        summed="quantity",
    ),
)
BY_CODE: Mapping[str, Figure] = {one.code: one for one in FIGURES}
