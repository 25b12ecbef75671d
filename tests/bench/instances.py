"""Files of the literature as routing problems: Cordeau's PVRP and MDPVRP, Pillac's technician problems."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from planner.routing.problem import NONE, Openings, Problem, Requests, Slots, Tasks, checked, no_openings


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A problem and the names that its file uses.

    Args:
        problem: What is solved.
        name: The file's name without its ending.
        customers: For each request the customer's number in the file.
        vehicles: For each slot (day, depot, vehicle), each counted from 1; TRSP: (1, 1, technician's number).
        depots: Number of depots; 0 marks a technician problem.
        depot: TRSP: number of the node where tools and parts are taken.
    """

    problem: Problem
    name: str
    customers: tuple[int, ...]
    vehicles: tuple[tuple[int, int, int], ...]
    depots: int
    depot: int = 0


def read(path: Path) -> Instance:
    """Return the instance of a file, of whichever kind it is."""
    text = path.read_text(encoding="utf-8", errors="replace")
    return read_trsp(text, path.stem) if "TECHNICIANS" in text else read_pvrp(text, path.stem)


def read_pvrp(text: str, name: str) -> Instance:
    """Return a periodic problem: type 1 with one depot, type 8 (and 2, 4, 6) with several."""
    rows = [[float(word) for word in line.split()] for line in text.splitlines() if line.strip()]
    kind, vehicles, customers, periods = (int(number) for number in rows[0][:4])
    if kind not in (1, 8):
        raise ValueError(f"{name} is of type {kind}; type 1 (PVRP) and 8 (MDPVRP) can be read")
    depots = int(rows[0][4]) if kind == 8 else 1
    limits = rows[1 : 1 + periods * depots]
    nodes = rows[1 + periods * depots :]
    homes, stops = nodes[:depots], nodes[depots : depots + customers]
    where = np.array([[node[1], node[2]] for node in [*homes, *stops]])
    travel = np.hypot(where[:, None, 0] - where[None, :, 0], where[:, None, 1] - where[None, :, 1])
    tasks: list[tuple[int, float, float, int]] = []
    first, days, names, homes_of = [0], [], [], []
    most = max(1, *(int(stop[5]) for stop in stops))
    for row, stop in enumerate(stops):
        service, demand, frequency, count = stop[3], stop[4], max(1, int(stop[5])), int(stop[6])
        masks = [int(word) for word in stop[7 : 7 + count]]
        patterns = [[d for d in range(periods) if mask >> (periods - 1 - d) & 1] for mask in masks]
        patterns = [one for one in patterns if len(one) == frequency] or [[d] for d in range(periods)]
        # Every visit of a customer starts from one depot (Vidal et al. 2012), so depot and days are chosen together.
        for depot in range(depots) if depots > 1 else [NONE]:
            for pattern in patterns:
                days.append([*pattern, *[NONE] * (most - len(pattern))])
                homes_of.append(depot)
        first.append(len(days))
        names.append(int(stop[0]))
        tasks += [(depots + row, service, demand, row)] * frequency
    slots = [
        (day, depot, vehicle, *limits[day if depots == 1 else _limit_row(day, depot, periods)][:2])
        for day in range(periods)
        for depot in range(depots)
        for vehicle in range(vehicles)
    ]
    unlimited = [(slot[3] or np.inf, slot[4] or np.inf) for slot in slots]
    problem = Problem(
        travel_time=travel,
        travel_cost=travel,
        tasks=Tasks(
            place=np.array([task[0] for task in tasks], np.int64),
            service=np.array([task[1] for task in tasks]),
            load=np.array([[task[2]] for task in tasks]),
            request=np.array([task[3] for task in tasks], np.int64),
            opening=np.full(len(tasks), NONE, np.int64),
            fixed_slot=np.full(len(tasks), NONE, np.int64),
            fixed_start=np.full(len(tasks), np.nan),
        ),
        requests=_requests(first, days, homes_of),
        openings=no_openings(periods),
        slots=_slots(
            day=[slot[0] for slot in slots],
            technician=[slot[1] for slot in slots],
            place=[slot[1] for slot in slots],
            latest=[one[0] for one in unlimited],
            capacity=[[one[1]] for one in unlimited],
        ),
        allowed=np.zeros((len(tasks), depots)),
        own_tools=np.ones((len(tasks), depots), np.bool_),
        balance=0.0,
        days=periods,
    )
    return Instance(
        problem=checked(problem),
        name=name,
        customers=tuple(names),
        vehicles=tuple((slot[0] + 1, slot[1] + 1, slot[2] + 1) for slot in slots),
        depots=depots,
    )


def _limit_row(day: int, depot: int, periods: int) -> int:
    """Return the limits' row: depot by depot, and within a depot day by day."""
    return depot * periods + day


def read_trsp(text: str, name: str) -> Instance:
    """Return a technician problem: one day, homes, skills, tools, parts, and one stop at the depot where needed."""
    lines = text.splitlines()
    head = next(i for i, line in enumerate(lines) if line.split()[:1] == ["CREW"])
    crew = int(lines[head + 1].split()[0])
    parts = int(lines[head + 1].split()[3])
    body = next(i for i, line in enumerate(lines) if line.split()[:1] == ["ID"]) + 1
    rows = [re.findall(r"\[[^\]]*\]|\S+", line) for line in lines[body:] if line.strip()]
    nodes = [[float(word) for word in row[:6]] for row in rows]
    sets = [[_numbers(word) for word in row[6:9]] for row in rows]
    where = np.array([[node[1], node[2]] for node in nodes])
    travel = np.hypot(where[:, None, 0] - where[None, :, 0], where[:, None, 1] - where[None, :, 1])
    technicians, requests = range(1, crew + 1), range(crew + 1, len(nodes))
    allowed = np.array(
        [[0.0 if set(sets[q][0]) <= set(sets[k][0]) else np.inf for k in technicians] for q in requests]
    )
    own_tools = np.array(
        [[set(sets[q][1]) <= set(sets[k][1]) for k in technicians] for q in requests], np.bool_
    )
    count = len(requests)
    problem = Problem(
        travel_time=travel,
        travel_cost=travel,
        tasks=Tasks(
            place=np.array(requests, np.int64),
            service=np.array([nodes[q][5] for q in requests]),
            load=np.array([sets[q][2] or [0] * parts for q in requests], dtype=np.float64),
            request=np.arange(count),
            opening=np.arange(count),
            fixed_slot=np.full(count, NONE, np.int64),
            fixed_start=np.full(count, np.nan),
        ),
        requests=_requests(list(range(count + 1)), [[0]] * count, [NONE] * count),
        openings=Openings(
            first=np.stack([np.arange(count), np.arange(1, count + 1)], axis=1),
            begins=np.array([nodes[q][3] for q in requests]),
            ends=np.array([nodes[q][4] for q in requests]),
        ),
        slots=_slots(
            day=[0] * crew,
            technician=list(range(crew)),
            place=list(technicians),
            latest=[nodes[k][4] for k in technicians],
            capacity=[[float(one) for one in (sets[k][2] or [0] * parts)] for k in technicians],
            begin=[nodes[k][3] for k in technicians],
            restock=0,
        ),
        allowed=allowed,
        own_tools=own_tools,
        balance=0.0,
        days=1,
    )
    return Instance(
        problem=checked(problem),
        name=name,
        customers=tuple(int(nodes[q][0]) for q in requests),
        vehicles=tuple((1, 1, int(nodes[k][0])) for k in technicians),
        depots=0,
        depot=int(nodes[0][0]),
    )


def _numbers(word: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", word)]


def _requests(first: list[int], days: list[list[int]], technicians: list[int]) -> Requests:
    count = len(first) - 1
    return Requests(
        first_alternative=np.array(first, np.int64),
        days=np.array(days, np.int64),
        cost=np.zeros(len(days)),
        technician=np.array(technicians, np.int64),
        price=np.full(count, np.inf),
        group=np.full(count, NONE, np.int64),
        gap=np.zeros(0, np.int64),
    )


def _slots(
    *,
    day: list[int],
    technician: list[int],
    place: list[int],
    latest: list[float],
    capacity: list[list[float]],
    begin: list[float] | None = None,
    restock: int = NONE,
) -> Slots:
    count = len(day)
    zeros = np.zeros(count)
    return Slots(
        day=np.array(day, np.int64),
        technician=np.array(technician, np.int64),
        start_place=np.array(place, np.int64),
        end_place=np.array(place, np.int64),
        shift_begin=np.array(begin) if begin else zeros,
        regular_end=np.array(latest, dtype=np.float64),
        latest_end=np.array(latest, dtype=np.float64),
        overtime_price=zeros,
        lunch_earliest=zeros,
        lunch_latest=zeros,
        lunch_length=zeros,
        capacity=np.array(capacity, dtype=np.float64),
        bucket=np.full(count, NONE, np.int64),
        restock_place=np.full(count, restock, np.int64),
        usable=np.ones(count, np.bool_),
    )
