"""Several levels of one machine on about the same day are one visit: the larger absorbs the smaller."""

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta

from planner.errors import InvalidInput
from planner.model import Level, Occurrence, Reason, ReasonKind
from planner.scheduling.keys import parsed_key

COINCIDENCE = timedelta(days=7)
"""Dates at most this far apart are one visit."""
SIZE = {level: size for size, level in enumerate(Level)}
"""Levels by size; a larger one contains the checklist of every smaller one."""


def combined_levels(
    occurrences: Sequence[Occurrence], *, coincidence: timedelta = COINCIDENCE
) -> tuple[Occurrence, ...]:
    """Return the occurrences of one machine after each larger one has absorbed the smaller ones near it.

    A larger occurrence takes from each smaller plan at most one, the nearest within `coincidence` (the earlier of two
    equally near); each occurrence is absorbed once, by the largest that can. The larger keeps its due date; its
    window shrinks towards the windows of what it absorbs as far as its own due date allows, so that the smaller
    level is not made late without need. What is absorbed counts as done with it: see `completions_of`.

    Returns:
        What is left, sorted by due date and key, absorbed keys and reasons filled in.

    Raises:
        InvalidInput: The occurrences are of several machines, a key comes twice, or `coincidence` is negative.

    Source:
        Spec of scheduling, point 4. Golden: 12 monthly + 4 quarterly + 1 yearly → 8 monthly, 3 quarterly, 1 yearly.
    """
    _require_one_machine(occurrences, coincidence)
    by_plan: dict[str, list[Occurrence]] = defaultdict(list)
    for occurrence in occurrences:
        by_plan[occurrence.plan_id].append(occurrence)
    if len(by_plan) == 1:
        return tuple(sorted(occurrences, key=_by_due))
    rows = [_PlanRow(found) for found in by_plan.values()]
    rows.sort(key=lambda row: (-row.size, row.plan_id))
    taken: set[str] = set()
    left = []
    for number, row in enumerate(rows):
        smaller = [other for other in rows[number + 1 :] if other.size < row.size]
        for larger in row.occurrences:
            if larger.key in taken:
                continue
            absorbed = [
                found for other in smaller if (found := other.nearest(larger.due, coincidence, taken))
            ]
            taken.update(found.key for found in absorbed)
            left.append(_with_absorbed(larger, absorbed) if absorbed else larger)
    return tuple(sorted(left, key=_by_due))


def completions_of(done: Iterable[tuple[Occurrence, date]]) -> Mapping[str, Mapping[int, date]]:
    """Return for each plan the day on which each k was done, absorbed ones included.

    What `due_occurrences` wants as `completions`: floating chains of the smaller levels restart from the day on which
    a larger one was done. An occurrence reported twice counts from its later day.

    Args:
        done: Occurrences as served by a visit, with the day of that visit.
    """
    completions: dict[str, dict[int, date]] = defaultdict(dict)
    for occurrence, day in done:
        for key in (occurrence.key, *occurrence.absorbed):
            parts = parsed_key(key)
            of_plan = completions[parts.plan_id]
            of_plan[parts.k] = max(day, of_plan.get(parts.k, day))
    return dict(completions)


class _PlanRow:
    """The occurrences of one plan in order of their due dates."""

    def __init__(self, found: list[Occurrence]) -> None:
        self.occurrences = sorted(found, key=_by_due)
        self.plan_id = found[0].plan_id
        self.size = SIZE[found[0].level]
        self._dues = [occurrence.due for occurrence in self.occurrences]

    def nearest(self, due: date, coincidence: timedelta, taken: set[str]) -> Occurrence | None:
        """Return the occurrence nearest to `due` within `coincidence` that is not taken."""
        best, best_distance = None, coincidence
        for index in range(bisect_left(self._dues, due - coincidence), len(self._dues)):
            if self._dues[index] - due > coincidence:
                break
            candidate = self.occurrences[index]
            distance = abs(self._dues[index] - due)
            is_nearer = distance < best_distance or (best is None and distance == best_distance)
            if is_nearer and candidate.key not in taken:
                best, best_distance = candidate, distance
        return best


def _with_absorbed(larger: Occurrence, absorbed: list[Occurrence]) -> Occurrence:
    earliest = max(larger.earliest, min(larger.due, max(one.earliest for one in absorbed)))
    latest = min(larger.latest, max(larger.due, min(one.latest for one in absorbed)))
    keys = {key for one in absorbed for key in (one.key, *one.absorbed)}
    return Occurrence(
        key=larger.key,
        plan_id=larger.plan_id,
        equipment_id=larger.equipment_id,
        level=larger.level,
        k=larger.k,
        nominal=larger.nominal,
        due=larger.due,
        earliest=earliest,
        latest=latest,
        absorbed=tuple(sorted(keys.union(larger.absorbed))),
        reasons=larger.reasons + tuple(reason for one in absorbed for reason in _absorbed_reasons(one)),
    )


def _absorbed_reasons(smaller: Occurrence) -> Iterator[Reason]:
    """Yield what was absorbed, and that it was late where it was."""
    values = (("level", smaller.level.value), ("due", smaller.due.isoformat()), ("key", smaller.key))
    yield Reason(kind=ReasonKind.ABSORBED, values=values)
    yield from (reason for reason in smaller.reasons if reason.kind is ReasonKind.OVERDUE)


def _by_due(occurrence: Occurrence) -> tuple[date, str]:
    return occurrence.due, occurrence.key


def _require_one_machine(occurrences: Sequence[Occurrence], coincidence: timedelta) -> None:
    faults = []
    machines = sorted({occurrence.equipment_id for occurrence in occurrences})
    if len(machines) > 1:
        faults.append(
            f"occurrences are of {len(machines)} machines ({', '.join(machines[:5])}); give those of one"
        )
    counted = Counter(occurrence.key for occurrence in occurrences)
    if len(counted) < len(occurrences):
        twice = sorted(key for key, times in counted.items() if times > 1)
        faults.append(f"keys come more than once: {', '.join(twice[:5])}; each occurrence must stand once")
    if coincidence < timedelta(0):
        faults.append(f"coincidence is {coincidence}; it must not be negative")
    if faults:
        raise InvalidInput(faults)
