"""The days a plan may span, read from what a person typed; every fault at once."""

from dataclasses import dataclass
from datetime import date

from kb.errors import BadInput, Fault
from kb.usecases.plan_views import FIRST_YEAR, LAST_YEAR

LONGEST_YEARS = 10
"""Longest period of one plan: contracts are rarely longer, and nothing planned so far ahead would hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """Days from `first_day` to `last_day`, both included.

    Raises:
        BadInput: The last day lies before the first, the period is longer than `LONGEST_YEARS`,
            or touches a year that plans cannot reach.
    """

    first_day: date
    last_day: date

    def __post_init__(self) -> None:
        faults = [
            Fault(
                where=where,
                what=f"{day} lies outside {FIRST_YEAR}–{LAST_YEAR}",
                repair="give a year in these bounds",
            )
            for where, day in (("from", self.first_day), ("to", self.last_day))
            if not FIRST_YEAR <= day.year <= LAST_YEAR
        ]
        if self.last_day < self.first_day:
            what = f"the last day {self.last_day} lies before the first day {self.first_day}"
            faults.append(Fault(where="to", what=what, repair="give a last day on or after the first"))
        elif not faults and self.last_day >= _years_later(self.first_day, LONGEST_YEARS):
            what = f"{self.first_day} to {self.last_day} is longer than {LONGEST_YEARS} years"
            faults.append(Fault(where="to", what=what, repair=f"plan at most {LONGEST_YEARS} years at once"))
        if faults:
            raise BadInput("the period cannot be planned", faults)


def period_from(first: str, last: str) -> Period:
    """Return the period between two dates as a person wrote them, `2026-01-31`.

    Raises:
        BadInput: A text is no date, or the period breaks a rule of `Period`.
    """
    days: dict[str, date] = {}
    faults = []
    for where, text in (("from", first), ("to", last)):
        try:
            days[where] = date.fromisoformat(text.strip())
        except ValueError:
            faults.append(
                Fault(
                    where=where,
                    what=f"{text!r} is no date",
                    repair="write year-month-day, such as 2026-01-31",
                )
            )
    if faults:
        raise BadInput("the period cannot be planned", faults)
    return Period(first_day=days["from"], last_day=days["to"])


def _years_later(day: date, years: int) -> date:
    try:
        return day.replace(year=day.year + years)
    except ValueError:  # 29 February has no such day in a common year
        return date(day.year + years, 3, 1)
