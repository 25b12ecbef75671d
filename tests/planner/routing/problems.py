"""Small routing problems for tests: `a_problem` with everything at rest, and random ones for laws."""

import random
from dataclasses import replace

import numpy as np

from planner.routing.problem import NONE, Openings, Problem, Requests, Slots, Tasks, checked, no_openings

MINUTES = 60.0


def a_problem(
    *,
    where: list[tuple[float, float]],
    days: int = 1,
    technicians: int = 1,
    patterns: list[list[list[int]]] | None = None,
    service: float = 0.0,
    loads: list[float] | None = None,
    capacity: float = np.inf,
    latest: float = np.inf,
    price: float = np.inf,
) -> Problem:
    """Return a problem of one home (the first place) and one request for each further place, all Euclidean."""
    spots = np.array(where, dtype=np.float64)
    travel = np.hypot(spots[:, None, 0] - spots[None, :, 0], spots[:, None, 1] - spots[None, :, 1])
    choices = patterns or [[[day] for day in range(days)] for _ in where[1:]]
    owner = [row for row, choice in enumerate(choices) for _ in choice[0]]
    most = max(len(pattern) for choice in choices for pattern in choice)
    rows = [[*pattern, *[NONE] * (most - len(pattern))] for choice in choices for pattern in choice]
    amounts = loads or [1.0] * len(choices)
    count, slots = len(owner), days * technicians
    zeros = np.zeros(slots)
    return checked(
        Problem(
            travel_time=travel,
            travel_cost=travel,
            tasks=Tasks(
                place=np.array([row + 1 for row in owner], np.int64),
                service=np.full(count, service),
                load=np.array([[amounts[row]] for row in owner]),
                request=np.array(owner, np.int64),
                opening=np.full(count, NONE, np.int64),
                fixed_slot=np.full(count, NONE, np.int64),
                fixed_start=np.full(count, np.nan),
            ),
            requests=Requests(
                first_alternative=np.cumsum([0, *(len(choice) for choice in choices)]).astype(np.int64),
                days=np.array(rows, np.int64),
                cost=np.zeros(len(rows)),
                technician=np.full(len(rows), NONE, np.int64),
                price=np.full(len(choices), price),
                group=np.full(len(choices), NONE, np.int64),
                gap=np.zeros(0, np.int64),
            ),
            openings=no_openings(days),
            slots=Slots(
                day=np.repeat(np.arange(days), technicians),
                technician=np.tile(np.arange(technicians), days),
                start_place=np.zeros(slots, np.int64),
                end_place=np.zeros(slots, np.int64),
                shift_begin=zeros,
                regular_end=np.full(slots, latest),
                latest_end=np.full(slots, latest),
                overtime_price=zeros,
                lunch_earliest=zeros,
                lunch_latest=zeros,
                lunch_length=zeros,
                capacity=np.full((slots, 1), capacity),
                bucket=np.full(slots, NONE, np.int64),
                restock_place=np.full(slots, NONE, np.int64),
                usable=np.ones(slots, np.bool_),
            ),
            allowed=np.zeros((count, technicians)),
            own_tools=np.ones((count, technicians), np.bool_),
            balance=0.0,
            days=days,
        )
    )


def with_tasks(problem: Problem, **changes: object) -> Problem:
    """Return the problem with other columns of its tasks."""
    return replace(problem, tasks=replace(problem.tasks, **changes))


def with_requests(problem: Problem, **changes: object) -> Problem:
    """Return the problem with other columns of its requests."""
    return replace(problem, requests=replace(problem.requests, **changes))


def with_slots(problem: Problem, **changes: object) -> Problem:
    """Return the problem with other columns of its slots."""
    return replace(problem, slots=replace(problem.slots, **changes))


def open_between(problem: Problem, spans: list[tuple[float, float]]) -> Problem:
    """Return the problem with one time window for each task, alike on all days."""
    kinds = len(spans)
    first = np.array(
        [[kind * problem.days + day for day in range(problem.days + 1)] for kind in range(kinds)], np.int64
    )
    openings = Openings(
        first=first,
        begins=np.repeat([span[0] for span in spans], problem.days).astype(np.float64),
        ends=np.repeat([span[1] for span in spans], problem.days).astype(np.float64),
    )
    return replace(with_tasks(problem, opening=np.arange(kinds)), openings=openings)


def a_department(seed: int, *, timed: bool) -> Problem:
    """Return a random problem with skills, prices, groups, locked tasks and (`timed`) windows, depot, parts, lunch."""
    dice = random.Random(seed)
    count, days, technicians = dice.randint(3, 12), dice.randint(1, 4), dice.randint(1, 3)
    where = [(dice.uniform(0, 60), dice.uniform(0, 60)) for _ in range(count + 1)]
    patterns = []
    for _ in range(count):
        size = dice.randint(1, min(2, days))
        patterns.append([sorted(dice.sample(range(days), size)) for _ in range(dice.randint(1, 3))])
    problem = a_problem(
        where=where,
        days=days,
        technicians=technicians,
        patterns=patterns,
        service=dice.uniform(0, 20),
        loads=[dice.choice([0.0, 0.1, 0.2, 1.0]) for _ in range(count)],
        capacity=dice.uniform(1.5, 6),
        latest=dice.uniform(150, 480),
        price=500.0,
    )
    tasks, slots = len(problem.tasks.place), len(problem.slots.day)
    allowed = np.array(
        [[dice.choice([0.0, 0.0, 5.0, np.inf]) for _ in range(technicians)] for _ in range(tasks)]
    )
    problem = replace(problem, allowed=allowed, balance=dice.choice([0.0, 2.0]))
    problem = with_slots(
        problem,
        bucket=problem.slots.technician.copy(),
        regular_end=problem.slots.latest_end * 0.8,
        overtime_price=np.full(slots, 1.5),
    )
    problem = with_requests(
        problem,
        group=np.array([dice.choice([NONE, 0]) for _ in range(count)], np.int64),
        gap=np.array([dice.randint(1, 2)], np.int64),
        cost=np.array([dice.uniform(0, 10) for _ in problem.requests.cost]),
    )
    if timed:
        problem = open_between(
            problem, [(a := dice.uniform(0, 200), a + dice.uniform(20, 200)) for _ in range(tasks)]
        )
        problem = replace(
            problem,
            own_tools=np.array([[dice.random() < 0.7 for _ in range(technicians)] for _ in range(tasks)]),
        )
        problem = with_slots(problem, restock_place=np.full(slots, dice.choice([NONE, 0]), np.int64))
    return checked(problem)
