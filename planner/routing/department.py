"""A department's year as a routing problem in numbers: due work becomes requests, technicians' days become slots.

Times are working minutes (`planner.routing.working_clock`). Ways to a site are rounded up to the five minutes at which
visits begin, so that a route that is possible in numbers is possible on the clock; only the way home is exact. What
a slot cannot express - a day whose locked visits contradict each other, or have no hours - is left as it is: its
visits pass by the search unchanged.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from math import ceil, inf

import numpy as np

from planner.model import DueWork, Visit
from planner.routing.board import Board, home_place, minutes_of, placement_of, site_place
from planner.routing.costs import last_technicians
from planner.routing.department_days import Candidates, candidates
from planner.routing.department_kits import department_kits
from planner.routing.department_people import Columns, columns_of
from planner.routing.department_slots import SlotName, SlotTable, slot_arrays, slot_table
from planner.routing.offers import stands
from planner.routing.problem import NONE, Floats, Ints, Plan, Problem, Requests, Tasks
from planner.routing.setting import Setting
from planner.routing.timetable import START_STEP, length
from planner.routing.travel_table import minutes_table
from planner.routing.weights import Weights

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Department:
    """The problem, and what its rows mean.

    Args:
        problem: What the search reads.
        start: The plan to begin with.
        work: Request q is work q; the requests behind them are locked visits.
        slots: Technician and day of each slot.
        passing: Visits that the search leaves alone.
        homeless: Work for which there is no day at all, or that only `planner.routing.joint` can place.
        joint: Work of two technicians or several days that has its place; its visits pass the search, and take time.
    """

    problem: Problem
    start: Plan
    work: tuple[DueWork, ...]
    slots: tuple[SlotName, ...]
    passing: tuple[Visit, ...]
    homeless: tuple[DueWork, ...]
    joint: tuple[DueWork, ...] = ()


def department(work: Sequence[DueWork], visits: Sequence[Visit], setting: Setting) -> Department:
    """Return the problem of placing `work`, beginning with `visits` as far as they keep the rules.

    Args:
        work: The trips, at least one.
        visits: Where they stand now, each with technician and hours; work without one begins without a place.
        setting: All the rest.
    """
    board = setting.board()
    joint, met = _joint(board, work, visits)
    first, last = min(one.earliest for one in work), max(one.latest for one in work)
    places, table_minutes = _ways(work, setting, first, last)
    row = {one: number for number, one in enumerate(places)}
    steps = _in_steps(table_minutes, len(setting.technicians))
    table = slot_table(board, first, last, row, steps)
    passing = _passing(board, work, visits, table)
    left_alone = {visit.key for visit in passing}
    searched = [one for one in work if one.key not in left_alone and not one.needs.is_joint]
    unmet = tuple(one for one in work if one.needs.is_joint and one not in joint)
    found = candidates(board, searched, table)
    can = [bool(days) and bool(board.able(one)) for one, days in zip(searched, found.days, strict=True)]
    kept = tuple(one for one, is_in in zip(searched, can, strict=True) if is_in)
    days = tuple(some for some, is_in in zip(found.days, can, strict=True) if is_in)
    opening = found.opening[np.array(can, np.bool_)] if searched else found.opening
    trips = Candidates(days=days, opening=opening, openings=found.openings)
    problem, alternatives = _problem(board, kept, trips, table, setting, row, table_minutes, steps)
    return Department(
        problem=problem,
        start=_start(kept, visits, table, alternatives, problem, setting),
        work=kept,
        slots=table.names,
        passing=(*passing, *met),
        homeless=(*(one for one, is_in in zip(searched, can, strict=True) if not is_in), *unmet),
        joint=joint,
    )


def _joint(
    board: Board, work: Sequence[DueWork], visits: Sequence[Visit]
) -> tuple[tuple[DueWork, ...], tuple[Visit, ...]]:
    """Return the joint work that has its place, with its visits, and put them on the board."""
    asked = {one.key: one for one in work if one.needs.is_joint}
    if not asked:
        return (), ()
    met = []
    for visit in visits:
        if visit.key not in asked or visit.hours is None:
            continue
        placement = placement_of(visit)
        if stands(board, asked[visit.key], placement):
            board.put(asked[visit.key], placement)
            met.append(visit)
    return tuple(asked[one.key] for one in met), tuple(met)


def _ways(work: Sequence[DueWork], setting: Setting, first: date, last: date) -> tuple[list[str], Floats]:
    """Return the places, homes first, and the exact travel time between them."""
    homes = {home_place(one): setting.technicians[one].home for one in sorted(setting.technicians)}
    visited = {one.site_id for one in work}
    visited |= {one.site_id for one in setting.locked if first <= one.last_day and one.day <= last}
    found = {one: setting.sites.get(one) for one in sorted(visited)}
    sites = {site_place(one): site.position if site else None for one, site in found.items()}
    places = [*homes, *sites]
    return places, minutes_table(places, {**homes, **sites}, setting.rule)


def _in_steps(minutes: Floats, homes: int) -> Floats:
    """Return ways to sites rounded up to the step at which visits begin; ways home as they are."""
    steps: Floats = np.ceil(minutes / START_STEP) * START_STEP
    steps[:, :homes] = minutes[:, :homes]
    return steps


def _passing(
    board: Board, work: Sequence[DueWork], visits: Sequence[Visit], table: SlotTable
) -> tuple[Visit, ...]:
    """Return the visits on days that the search cannot use, and put them on the board."""
    keys = {one.key for one in work if not one.needs.is_joint}
    unusable = {name for name, usable in zip(table.names, table.usable, strict=True) if not usable}
    passing = tuple(
        one for one in visits if one.key in keys and (one.technician_id, one.day) in unusable and one.hours
    )
    for visit in passing:
        board.stand(visit)
    return passing


def _problem(
    board: Board,
    work: Sequence[DueWork],
    trips: Candidates,
    table: SlotTable,
    setting: Setting,
    row: Mapping[str, int],
    minutes: Floats,
    steps: Floats,
) -> tuple[Problem, list[dict[int, int]]]:
    """Return the problem, and for each work the row of its alternative by day."""
    count, fixed = len(work), table.fixed
    tasks = Tasks(
        place=_ints([*(row[site_place(one.site_id)] for one in work), *(row[one.place] for one in fixed)]),
        service=np.array(
            [
                *(-(-minutes_of(one) // START_STEP) * START_STEP for one in work),
                *(one.minutes for one in fixed),
            ],
            np.float64,
        ),
        load=np.zeros((count + len(fixed), 0)),
        request=np.arange(count + len(fixed), dtype=np.int64),
        opening=np.concatenate([trips.opening, np.full(len(fixed), NONE, np.int64)]),
        fixed_slot=_ints([*[NONE] * count, *(one.slot for one in fixed)]),
        fixed_start=np.array([*[np.nan] * count, *(one.start for one in fixed)], np.float64),
    )
    requests, alternatives = _requests(work, trips, table, setting)
    asked = (one.skills for one in work)
    columns = columns_of(setting.technicians, asked, table.first_day, table.last_day)
    problem = Problem(
        travel_time=steps,
        travel_cost=minutes * setting.weights.travel,
        tasks=tasks,
        requests=requests,
        openings=trips.openings,
        slots=slot_arrays(table, setting, row, columns),
        allowed=_allowed(work, len(fixed), table, setting, columns, row, minutes),
        own_tools=np.ones((count + len(fixed), len(columns.person)), np.bool_),
        balance=setting.weights.balance,
        days=table.day_count,
        kits=department_kits(board, work, table, setting),
    )
    return problem, alternatives


def _requests(
    work: Sequence[DueWork], trips: Candidates, table: SlotTable, setting: Setting
) -> tuple[Requests, list[dict[int, int]]]:
    weights = setting.weights
    published = {one.key: one for one in setting.published}
    first: list[int] = [0]
    days: list[int] = []
    cost: list[float] = []
    alternatives: list[dict[int, int]] = []
    groups: dict[str, int] = {}
    group: list[int] = []
    for one, candidate_days in zip(work, trips.days, strict=True):
        before = published.get(one.key)
        mine: dict[int, int] = {}
        for day in candidate_days:
            away = (day - one.ideal).days
            price = weights.late * away if away > 0 else -weights.early * away
            if before is not None and before.day != day:
                price += weights.moved_day
            number = (day - table.first_day).days
            mine[number] = len(days)
            days.append(number)
            cost.append(price)
        alternatives.append(mine)
        first.append(len(days))
        is_spaced = setting.spacing.get(one.site_id, timedelta(0)) > ONE_DAY
        group.append(groups.setdefault(one.site_id, len(groups)) if is_spaced else NONE)
    for stop in table.fixed:
        days.append((table.names[stop.slot][1] - table.first_day).days)
        cost.append(0.0)
        first.append(len(days))
        group.append(NONE)
    requests = Requests(
        first_alternative=_ints(first),
        days=_ints(days).reshape(-1, 1),
        technician=np.full(len(days), NONE, np.int64),
        cost=np.array(cost, np.float64),
        price=np.array([*_prices(work, weights), *[inf] * len(table.fixed)], np.float64),
        group=_ints(group),
        gap=_ints([ceil(setting.spacing[one] / ONE_DAY) for one in groups]),
    )
    return requests, alternatives


def _prices(work: Sequence[DueWork], weights: Weights) -> list[float]:
    """Return what it costs to leave each work out; no number of optional visits is worth a due one."""
    due = weights.unserved + sum(one.needs.price or 0.0 for one in work)
    return [due if one.needs.price is None else one.needs.price for one in work]


def _allowed(
    work: Sequence[DueWork],
    fixed: int,
    table: SlotTable,
    setting: Setting,
    columns: Columns,
    row: Mapping[str, int],
    minutes: Floats,
) -> Floats:
    """Return the price of each column for each task; infinite without the skills or where no day is long enough."""
    people = sorted(setting.technicians)
    number = {one: column for column, one in enumerate(people)}
    longest = np.zeros(len(people))
    for (name, _), on_board in zip(table.names, table.days, strict=True):
        longest[number[name]] = max(longest[number[name]], length(on_board.spans))
    last = last_technicians(setting.locked)
    published = {one.key: one.technician_id for one in setting.published}
    allowed = np.full((len(work) + fixed, len(columns.person)), inf)
    allowed[len(work) :] = 0
    for task, one in enumerate(work):
        place = row[site_place(one.site_id)]
        able = columns.holders(one.skills)
        home = columns.person[able]
        in_reach = able[minutes[home, place] + minutes[place, home] + minutes_of(one) <= longest[home]]
        who = columns.person[in_reach]
        price = np.zeros(len(in_reach))
        known = number.get(last.get(one.site_id, ""))
        if known is not None:
            price += setting.weights.other_technician * (who != known)
        before = published.get(one.key)
        if before is not None:
            price += setting.weights.moved_technician * (who != number.get(before, NONE))
        if one.needs.kits:
            price[[not _may_carry(one, people[column], setting) for column in who]] = inf
        allowed[task, in_reach] = price
    return allowed


def _may_carry(work: DueWork, technician_id: str, setting: Setting) -> bool:
    kits = [setting.kits.get(one) for one in work.needs.kits]
    return all(one is not None and one.can_be_taken_by(technician_id) for one in kits)


def _start(
    work: Sequence[DueWork],
    visits: Sequence[Visit],
    table: SlotTable,
    alternatives: Sequence[Mapping[int, int]],
    problem: Problem,
    setting: Setting,
) -> Plan:
    """Return the visits as routes; one that its request does not offer is left out."""
    number = {one.key: task for task, one in enumerate(work)}
    chosen = [NONE] * (len(work) + len(table.fixed))
    stops: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for position, stop in enumerate(table.fixed, len(work)):
        chosen[position] = int(problem.requests.first_alternative[position])
        stops[stop.slot].append((stop.start, position))
    taken: dict[str, list[date]] = defaultdict(list)
    for visit in sorted(visits, key=lambda one: (one.day, one.key)):
        task = number.get(visit.key)
        slot = table.rows.get((visit.technician_id or "", visit.day))
        if task is None or slot is None or visit.hours is None or not table.usable[slot]:
            continue
        alternative = alternatives[task].get((visit.day - table.first_day).days)
        if alternative is None or problem.allowed[task, problem.slots.technician[slot]] == inf:
            continue
        least = setting.spacing.get(visit.site_id, timedelta(0))
        if least > ONE_DAY and any(abs(visit.day - day) < least for day in taken[visit.site_id]):
            continue
        taken[visit.site_id].append(visit.day)
        chosen[task] = alternative
        begin = placement_of(visit).stop.start
        stops[slot].append((begin, task))
    routes = tuple(tuple(task for _, task in sorted(stops.get(slot, ()))) for slot in range(len(table.names)))
    return Plan(routes=routes, alternative=tuple(chosen))


def _ints(values: Sequence[int]) -> Ints:
    return np.array(values, np.int64)
