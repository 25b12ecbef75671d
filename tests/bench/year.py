"""A department's year, the simple rule against the search.

    python tests/bench/year.py --sites 300 --machines 1500 --technicians 12 --seconds 60 --seed 1
    python tests/bench/year.py --visits 1800 --load 0.85 --seconds 60 --seed 1
    python tests/bench/year.py --growth docs/pictures/year-growth.svg

The first plans the product's sample department of the wanted size, the second one of the generator in
`tests/bench/departments.py`; each prints one line of JSON. The third lets both grow from 100 to 20,000 visits, each size
in a process of its own, prints a table and draws it. `--cpu` counts the search's seconds on the processor of this
process instead of the clock, for machines that are not idle. Every plan goes through the independent checker.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from datetime import date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[2]))

from kb.store import Store
from kb.usecases.plan import planning_state, task_of
from kb.usecases.plan_period import Period
from kb.usecases.sample import SampleSize, load_sample
from planner.calendars import WorkCalendar
from planner.model import DueWork, Visit
from planner.routing import StopRule, Surroundings, breaches, first_plan
from planner.routing.improve import improve
from tests.bench.departments import made_department
from tests.bench.year_picture import growth_svg

ZONE = ZoneInfo("Asia/Shanghai")
YEAR = 2026
GROWTH = (100, 300, 1_000, 3_000, 10_000, 20_000)
GROWTH_STEPS = 50
"""Iterations for each visit in the growth: enough to be past the steep part of the curve."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--sites", type=int, default=60)
    parser.add_argument("--machines", type=int, default=240)
    parser.add_argument("--technicians", type=int)
    parser.add_argument("--visits", type=int, help="use the generator, with so many visits")
    parser.add_argument("--load", type=float, default=0.85, help="of the generator's technicians")
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--iterations", type=int)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--cpu", action="store_true")
    parser.add_argument("--growth", type=Path, help="draw the growth into this file")
    wanted = parser.parse_args()
    if wanted.growth:
        growth(wanted.growth, wanted.seed)
    else:
        print(json.dumps(case(wanted)))


def case(wanted: argparse.Namespace) -> dict[str, Any]:
    """Plan one year and return its figures."""
    began = time.perf_counter()
    if wanted.visits:
        work, around, bound = generated(wanted)
    else:
        work, around, bound = sampled(wanted)
    made_s = time.perf_counter() - began
    began = time.perf_counter()
    first = first_plan(work, **around)
    first_s = time.perf_counter() - began
    stop = StopRule(
        seconds=None if wanted.iterations is not None else wanted.seconds, iterations=wanted.iterations
    )
    executor = (
        ProcessPoolExecutor(wanted.workers, mp_context=get_context("spawn")) if wanted.workers > 1 else None
    )
    clock = time.process_time if wanted.cpu else time.monotonic
    began, cpu = time.perf_counter(), time.process_time()
    better = improve(
        work,
        first.visits,
        **around,
        seed=wanted.seed,
        stop=stop,
        clock=clock,
        executor=executor,
        workers=wanted.workers,
    )
    search_s, cpu_s = time.perf_counter() - began, time.process_time() - cpu
    if executor:
        executor.shutdown()
    calendars = around["technician_calendars"]
    found = breaches(work, better.visits, better.unplaced, Surroundings(**around))
    before, after = _travel(first.visits), _travel(better.visits)
    return {
        "visits": len(work),
        "technicians": len(calendars),
        "seed": wanted.seed,
        "workers": wanted.workers,
        "read_s": round(made_s, 1),
        "first_s": round(first_s, 2),
        "search_s": round(search_s, 1),
        "cpu_s": round(cpu_s, 1),
        "iterations": better.iterations,
        "first": _figures(work, first.visits, bound, calendars),
        "better": _figures(work, better.visits, bound, calendars),
        "less_travel_percent": round(100 * (1 - after / before), 1),
        "breaches": len(found),
        "cost_first": round(better.before.total),
        "cost": round(better.costs.total),
        "curve": [[round(one.seconds, 1), round(one.cost)] for one in better.curve][
            :: max(1, len(better.curve) // 12)
        ],
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "peak_worker_mb": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024,
    }


def generated(wanted: argparse.Namespace) -> tuple[Sequence[DueWork], dict[str, Any], frozenset[str]]:
    made = made_department(wanted.visits, wanted.technicians, load=wanted.load, seed=wanted.seed)
    around = {
        "sites": made.sites,
        "technicians": made.technicians,
        "site_calendars": made.site_calendars,
        "technician_calendars": made.technician_calendars,
        "spacing": made.spacing,
    }
    return made.work, around, made.contract_bound


def sampled(wanted: argparse.Namespace) -> tuple[Sequence[DueWork], dict[str, Any], frozenset[str]]:
    first = date(YEAR, 1, 1)
    size = SampleSize(sites=wanted.sites, machines=wanted.machines, technicians=wanted.technicians or 8)
    now = datetime.combine(first - timedelta(days=1), datetime.min.time(), tzinfo=ZONE)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/servicebook.db")
        store.migrate()
        load_sample(store, size=size, seed=wanted.seed, today=first, now=now)
        state = planning_state(store)
        store.close()
    task = task_of(state, Period(first_day=first, last_day=date(YEAR, 12, 31)), today=now.date())
    around = {
        "sites": state.register.sites,
        "technicians": state.register.technicians,
        "site_calendars": task.site_calendars,
        "technician_calendars": task.technician_calendars,
        "locked": task.standing,
        "spacing": task.spacing,
    }
    # Every site of the sample has a contract, and each of its visits was sold.
    return task.work, around, frozenset(one.key for one in task.work)


def _figures(
    work: Sequence[DueWork],
    visits: Sequence[Visit],
    bound: frozenset[str],
    calendars: Mapping[str, WorkCalendar],
) -> dict[str, Any]:
    taken: dict[tuple[str, int], float] = defaultdict(float)
    for one in visits:
        taken[one.technician_id or "", one.day.month] += (one.duration + one.travel) / timedelta(hours=1)
    has = {
        (one, month): _hours(calendar, month) for one, calendar in calendars.items() for month in range(1, 13)
    }
    months = [
        _cv([taken[one, month] / has[one, month] for one in calendars if has[one, month]])
        for month in range(1, 13)
    ]
    year = _cv(
        [
            sum(taken[one, month] for month in range(1, 13)) / sum(has[one, month] for month in range(1, 13))
            for one in calendars
        ]
    )
    by_key = {one.key: one for one in work}
    inside = [one for one in visits if by_key[one.key].earliest <= one.day <= by_key[one.key].latest]
    return {
        "travel_minutes_a_visit": round(_travel(visits), 1),
        "inside_tolerance_percent": round(100 * len(inside) / len(work), 2),
        "contract_bound_percent": round(
            100 * sum(one.key in bound for one in visits) / max(1, len(bound)), 2
        ),
        "load_percent": round(100 * sum(taken.values()) / sum(has.values()), 1),
        "cv_month": round(statistics.mean(months), 3),
        "cv_year": round(year, 3),
    }


def _travel(visits: Sequence[Visit]) -> float:
    return sum(one.travel / timedelta(minutes=1) for one in visits) / max(1, len(visits))


def _cv(values: Sequence[float]) -> float:
    mean = statistics.mean(values)
    return statistics.pstdev(values) / mean if mean else 0.0


def _hours(calendar: WorkCalendar, month: int) -> float:
    day, hours = date(YEAR, month, 1), 0.0
    while day.month == month:
        hours += sum(span.duration / timedelta(hours=1) for span in calendar.spans(day))
        day += timedelta(days=1)
    return hours


def growth(picture: Path, seed: int) -> None:
    """Let the department grow, each size in a process of its own; print a table and draw it."""
    rows = []
    for visits in GROWTH:
        command = [
            sys.executable, __file__, "--visits", str(visits), "--load", "0.8", "--cpu",
            "--seed", str(seed), "--iterations", str(GROWTH_STEPS * visits),
        ]  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        row = json.loads(done.stdout)
        rows.append(row)
        print(
            f"| {row['visits']:,} | {row['technicians']} | {row['first_s']} | {row['cpu_s']} | "
            f"{row['first']['travel_minutes_a_visit']} | {row['better']['travel_minutes_a_visit']} | "
            f"{row['less_travel_percent']} | {row['better']['inside_tolerance_percent']} | {row['breaches']} | "
            f"{row['peak_mb']} |",
            flush=True,
        )
    picture.write_text(growth_svg(rows, steps=GROWTH_STEPS), "utf-8")


if __name__ == "__main__":
    main()
