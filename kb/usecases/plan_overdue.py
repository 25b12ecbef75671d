"""From when on work counts as owed, so that a plan catches up with what was left without being flooded.

A date that lies before the period, was never done and stands in no open visit is *owed*, and is made good for, if
all of this holds:

- The plan was followed by then: it is not earlier than the first date or day on which the plan is known to have been
  followed. That is a completion (also by a larger level that absorbed it), a visit that people dealt with, or a
  visit or unplaced work of a run that was made before its date. A run that planned days that were over proves nothing.
- The machine was in service: it is not earlier than the day of commissioning.
- The contract was running: it lies in the contract under which it would be made good for; contracts that follow each
  other without a gap are one. A site that never had a contract is served without one.
- It is late by today, or its window reaches into the period. What is still ahead and whose window ends before the
  period belongs to whoever plans those days.

Work of open visits that did not take place (`late_visits` of `kb.usecases.plan_work`) is owed whatever its age.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, tzinfo

from kb.store.planning import RunMark
from kb.store.tables import VisitRow
from kb.store.visits import unplaced_from
from planner.model import DateSpan, Equipment, Occurrence, ReasonKind, Visit, VisitState
from planner.scheduling import parsed_key

UNTOUCHED = frozenset({VisitState.FORECAST, VisitState.CALLED})
"""States that a visit has without anybody having dealt with it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What earlier runs and people left behind.

    Args:
        done_on: The day on which a visit was done where that is not its planned day, by visit key.
        planned_on: The day of the run that put a visit where it is, by visit key.
        followed_since: The first day on which a plan is known to have been followed, by plan id.
    """

    done_on: Mapping[str, date]
    planned_on: Mapping[str, date]
    followed_since: Mapping[str, date]


def past_of(
    rows: Mapping[str, VisitRow],
    visits: Iterable[Visit],
    runs: Sequence[RunMark],
    zone: tzinfo,
) -> Past:
    """Return what the rows of `visits` and the runs tell of the past.

    Args:
        zone: The department's, in which an instant has its day.
    """
    made_on = {run.number: run.created.astimezone(zone).date() for run in runs}
    planned_on = {visit.key: made_on[rows[visit.key].run] for visit in visits}
    since: dict[str, date] = {}

    def followed(occurrences: Iterable[Occurrence], not_before: date | None) -> None:
        for occurrence in occurrences:
            for plan_id, due in dates_of(occurrence):
                if (not_before is None or not_before <= due) and due < since.get(plan_id, date.max):
                    since[plan_id] = due

    for visit in visits:
        followed(visit.occurrences, planned_on[visit.key] if visit.state in UNTOUCHED else None)
    for run in runs:
        for work in run.unplaced:
            followed(unplaced_from(work).occurrences, made_on[run.number])
    return Past(
        done_on={key: row.done_on for key, row in rows.items() if row.done_on is not None},
        planned_on=planned_on,
        followed_since=since,
    )


def owed_from(
    followed_since: date | None, machine: Equipment, covered: Sequence[DateSpan] | None, start: date
) -> date | None:
    """Return the first day whose work is owed on `start`; None where nothing from before is.

    Args:
        followed_since: The first day on which the plan is known to have been followed.
        machine: The plan's machine.
        covered: The contracts of its site, those without a gap between them joined; None for a site that never had one.
        start: The first day on which something can be made good for.
    """
    if followed_since is None:
        return None
    bounds = [followed_since]
    if machine.commissioned is not None:
        bounds.append(machine.commissioned)
    if covered is not None:
        running = [span.start for span in covered if start in span]
        if not running:
            return None
        bounds += running
    return max(bounds)


def dates_of(occurrence: Occurrence) -> Iterator[tuple[str, date]]:
    """Yield the plan and day of all that `occurrence` serves, as far as its reasons tell."""
    yield occurrence.plan_id, occurrence.due
    for reason in occurrence.reasons:
        if reason.kind in (ReasonKind.OVERDUE, ReasonKind.ABSORBED):
            values = dict(reason.values)
            day = values["first_due"] if reason.kind is ReasonKind.OVERDUE else values["due"]
            yield parsed_key(values["key"]).plan_id, date.fromisoformat(day)
