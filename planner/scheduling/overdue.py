"""What happens to work whose day has passed: policies for what is overdue, and the days to make it good."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum

from planner.calendars import WorkCalendar
from planner.model import Occurrence, Reason, ReasonKind, Visit, VisitState
from planner.scheduling.levels import COINCIDENCE

ONE_DAY = timedelta(days=1)
CATCH_UP = timedelta(days=28)
"""How long overdue work may take to be made good: as late as the default window allows at most."""
Window = tuple[date, date]
"""First and last day, both included."""


class Overdue(StrEnum):
    """What happens to occurrences whose window has passed without a visit."""

    STACK = "stack"
    SKIP = "skip"
    MERGE = "merge"


@dataclass(frozen=True, slots=True, kw_only=True)
class AfterOverdue:
    """What is left to do, and what the policy let go.

    Args:
        left: Sorted by due date and key.
        dropped: Occurrences that nobody will serve any more; with `merge` the one that is left names them.
    """

    left: tuple[Occurrence, ...]
    dropped: tuple[Occurrence, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeGood:
    """What is to be done from a day on, with the days on which late work is made good.

    Args:
        left: Sorted by due date and key; late ones carry a reason that says so.
        windows: The days allowed to late work, by key; the occurrences keep the windows of their plans.
    """

    left: tuple[Occurrence, ...]
    windows: Mapping[str, Window]


def after_overdue(occurrences: Sequence[Occurrence], *, today: date, policy: Overdue) -> AfterOverdue:
    """Return what is left of `occurrences` when those overdue are stacked, skipped or merged.

    Overdue is what could last be done before `today`. *Stack* keeps every one. *Skip* lets all of them go; the next
    date is the next visit. *Merge* makes those of one plan into the youngest of them, which names the others as
    absorbed, so that one visit makes good for all. What is left of them says in a reason what it makes good for.

    Source:
        Spec of scheduling, point 8.
    """
    overdue: dict[str, list[Occurrence]] = defaultdict(list)
    left = []
    for occurrence in sorted(occurrences, key=_by_due):
        if occurrence.latest >= today:
            left.append(occurrence)
        else:
            overdue[occurrence.plan_id].append(occurrence)
    dropped: list[Occurrence] = []
    for of_plan in overdue.values():
        if policy is Overdue.STACK:
            left.extend(_absorbing(one, (), late=(one,), start=today) for one in of_plan)
        elif policy is Overdue.SKIP:
            dropped.extend(of_plan)
        else:
            left.append(_absorbing(of_plan[-1], of_plan[:-1], late=of_plan, start=today))
            dropped.extend(of_plan[:-1])
    return AfterOverdue(left=_sorted(left), dropped=_sorted(dropped))


def made_good(
    occurrences: Sequence[Occurrence],
    *,
    start: date,
    policy: Overdue,
    calendar: WorkCalendar,
    catch_up: timedelta = CATCH_UP,
) -> MadeGood:
    """Return the work from `start` on when what was due before it is made good as soon as possible.

    What is overdue on `start` is treated by `policy` and may be done until `catch_up` later. What was due before
    `start` and may still be done keeps the end of its window. With *merge*, overdue work goes together with the next
    date of the same plan if a working day lies in the windows of both and the later of them opens at most
    `COINCIDENCE` after `start`: one visit then serves both, and keeps the key of that next date.

    Args:
        occurrences: Of one machine, levels combined, all of them open; those due from `start` on may become the
            next date that overdue work goes together with.
        calendar: When somebody can be at the site.
    """
    was_late = {one.key for one in occurrences if one.due < start}
    left = {one.key: one for one in after_overdue(occurrences, today=start, policy=policy).left}
    windows: dict[str, Window] = {}
    for one in _sorted(left.values()):
        if one.latest >= start:
            if one.key in was_late:
                left[one.key] = _absorbing(one, (), late=(one,), start=start)
                windows[one.key] = start, one.latest
            continue
        window = start, start + catch_up
        following = _next_of(one, left.values(), start) if policy is Overdue.MERGE else None
        shared = _shared(window, (following.earliest, following.latest), calendar) if following else None
        if following is None or shared is None or shared[0] > start + COINCIDENCE:
            windows[one.key] = window
            continue
        del left[one.key]
        late = [one, following] if following.key in was_late else [one]
        left[following.key] = _joined(following, one, late, shared[0])
        windows[following.key] = shared
        was_late.discard(following.key)
    return MadeGood(left=_sorted(left.values()), windows=windows)


def open_occurrences(occurrences: Iterable[Occurrence], settled: Iterable[Visit]) -> tuple[Occurrence, ...]:
    """Return the occurrences that no settled visit serves, absorbed ones included: what a new plan has to place.

    Args:
        settled: Locked visits, and those booked, done or partly done; visits missed or cancelled serve nothing. A
            partly done visit holds what was done; what remains of it is open.
    """
    nothing = {VisitState.MISSED, VisitState.CANCELLED}
    served = {
        key
        for visit in settled
        if visit.state not in nothing
        for occurrence in visit.occurrences
        for key in (occurrence.key, *occurrence.absorbed)
    }
    return tuple(occurrence for occurrence in occurrences if occurrence.key not in served)


def is_made_good(occurrence: Occurrence) -> bool:
    """Whether the occurrence, or one that it absorbed, was late when it was planned."""
    return any(reason.kind is ReasonKind.OVERDUE for reason in occurrence.reasons)


def _next_of(overdue: Occurrence, left: Iterable[Occurrence], start: date) -> Occurrence | None:
    following = [one for one in left if one.plan_id == overdue.plan_id and one.latest >= start]
    return min(following, key=_by_due, default=None)


def _shared(one: Window, other: Window, calendar: WorkCalendar) -> Window | None:
    first, last = max(one[0], other[0]), min(one[1], other[1])
    if last < first or not calendar.working_days(first, last + ONE_DAY):
        return None
    return first, last


def _joined(
    following: Occurrence, overdue: Occurrence, late: Sequence[Occurrence], start: date
) -> Occurrence:
    """Return `following` with the overdue work in it; how often that was late is told by its own reason."""
    # The last one is its own; those before came with what it had absorbed.
    told = [reason for reason in overdue.reasons if reason.kind is ReasonKind.OVERDUE][-1]
    values = dict(told.values)
    count = int(values["count"]) + len(late) - 1
    reason = _overdue_reason(following.key, values["first_due"], late[-1].due.isoformat(), count, start)
    absorbed = {overdue.key, *overdue.absorbed, *following.absorbed}
    return replace(following, absorbed=tuple(sorted(absorbed)), reasons=(*following.reasons, reason))


def _absorbing(
    one: Occurrence, older: Sequence[Occurrence], *, late: Sequence[Occurrence], start: date
) -> Occurrence:
    absorbed = {key for each in older for key in (each.key, *each.absorbed)}.union(one.absorbed)
    first, last = late[0].due.isoformat(), late[-1].due.isoformat()
    reason = _overdue_reason(one.key, first, last, len(late), start)
    return replace(one, absorbed=tuple(sorted(absorbed)), reasons=(*one.reasons, reason))


def _overdue_reason(key: str, first_due: str, last_due: str, count: int, start: date) -> Reason:
    values = (
        ("key", key),
        ("first_due", first_due),
        ("due", last_due),
        ("count", str(count)),
        ("from", start.isoformat()),
    )
    return Reason(kind=ReasonKind.OVERDUE, values=values)


def _by_due(occurrence: Occurrence) -> tuple[date, str]:
    return occurrence.due, occurrence.key


def _sorted(occurrences: Iterable[Occurrence]) -> tuple[Occurrence, ...]:
    return tuple(sorted(occurrences, key=_by_due))
