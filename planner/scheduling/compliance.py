"""How well maintenance kept its dates, by three definitions at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from fractions import Fraction

from planner.model import Interval
from planner.scheduling.dates import cycle_days
from planner.scheduling.windows import early_days, late_days


class ComplianceRule(StrEnum):
    """What counts as done in time."""

    ON_DUE_DATE = "on_due_date"
    SMRP = "smrp"
    TEN_PERCENT = "ten_percent"


@dataclass(frozen=True, slots=True, kw_only=True)
class DatedWork:
    """One occurrence as it was due and as it was done.

    Args:
        done: None while nobody has done it.
    """

    due: date
    interval: Interval
    done: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Compliance:
    """How many of the occurrences that can be judged kept their date.

    Args:
        kept: Done in time.
        counted: Done, or past the last day on which they would have been in time.
    """

    kept: int
    counted: int

    @property
    def share(self) -> Fraction | None:
        """Kept of counted; None where nothing can be judged yet."""
        return Fraction(self.kept, self.counted) if self.counted else None


def compliance(works: Sequence[DatedWork], *, today: date) -> Mapping[ComplianceRule, Compliance]:
    """Return the compliance of `works` as of `today` by each rule.

    Work that is open counts as soon as it can no longer be in time, and not before.

    Source:
        Spec of scheduling, point 15.
    """
    kept, counted = dict.fromkeys(ComplianceRule, 0), dict.fromkeys(ComplianceRule, 0)
    for work in works:
        cycle = cycle_days(work.interval, work.due)
        for rule in ComplianceRule:
            first, last = _in_time(work.due, cycle, rule)
            if work.done is None:
                counted[rule] += today > last
                continue
            counted[rule] += 1
            kept[rule] += (first is None or first <= work.done) and work.done <= last
    return {rule: Compliance(kept=kept[rule], counted=counted[rule]) for rule in ComplianceRule}


def in_time(due: date, interval: Interval, rule: ComplianceRule) -> tuple[date | None, date]:
    """Return the first (None for any) and last day on which work due on `due` is in time, both inclusive.

    *On due date* is that day alone. *SMRP* allows 20 % of the cycle that starts on it, at most 28 days, after it and any
    time before. The *10 % rule* allows a tenth of that cycle on either side. Days are whole, rounded down.

    Source:
        SMRP best practice metric on preventive maintenance compliance; the 10 % rule of maintenance management.
    """
    return _in_time(due, cycle_days(interval, due), rule)


def _in_time(due: date, cycle: int, rule: ComplianceRule) -> tuple[date | None, date]:
    match rule:
        case ComplianceRule.ON_DUE_DATE:
            return due, due
        case ComplianceRule.SMRP:
            return None, due + timedelta(days=late_days(cycle))
        case ComplianceRule.TEN_PERCENT:
            tolerance = timedelta(days=early_days(cycle))
            return due - tolerance, due + tolerance
