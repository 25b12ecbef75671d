"""What the routing benchmarks share: one run within a limit of time, its check, its gap, and the table of a set.

`--clock wall` (the default) gives each run seconds of the clock on the wall, the start of the process included.
`--clock cpu` gives each worker that many seconds of the processor instead, so that a run on a machine with other work is
the same as one on a quiet machine; several workers share the sum evenly. Every figure says which clock it is of.
"""

import argparse
import csv
import json
import os
import statistics
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))

from planner.errors import NoFeasiblePlan
from planner.routing.problem import Plan
from planner.routing.search.solve import Budget, Solved, solve
from planner.routing.solution_check import plan_breaches, plan_price
from tests.bench.instances import Instance, read

PROCESS_BEGAN = time.monotonic() - time.process_time()
"""Start of this process, by the processor: what the interpreter and the imports took counts as well."""
PROCESSOR_BEGAN = 0.0
"""Start of this process on the processor's own clock."""
WRITING_SECONDS = 0.4
"""Kept of the limit for the check and for writing the solution."""
Writer = Callable[[Instance, Plan, float], str]


def arguments(about: str | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("file", nargs="?", type=Path)
    parser.add_argument(
        "--seconds", type=float, default=60.0, help="of the clock, start of the process included"
    )
    parser.add_argument(
        "--clock",
        choices=("wall", "cpu"),
        default="wall",
        help="cpu: seconds of the processor, of each worker",
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--solution", type=Path, help="write the solution here")
    parser.add_argument("--all", type=Path, help="run every instance of this folder")
    parser.add_argument("--seeds", type=int, default=5, help="with --all: seeds 1 up to this")
    parser.add_argument("--json", action="store_true")
    wanted = parser.parse_args()
    if (wanted.file is None) == (wanted.all is None):
        parser.error("name one file, or a folder with --all")
    return wanted


def start(wanted: argparse.Namespace) -> float:
    """Return when this process began, on the clock that is wanted."""
    return PROCESSOR_BEGAN if wanted.clock == "cpu" else PROCESS_BEGAN


def clock_of(wanted: argparse.Namespace) -> Callable[[], float]:
    """Return the clock that is wanted, while one thread works."""
    return time.process_time if wanted.clock == "cpu" else time.monotonic


def run(path: Path, wanted: argparse.Namespace, seed: int, began: float, writer: Writer) -> dict[str, object]:
    """Return the figures of one run; the solution is written where it was asked for.

    Args:
        path: The instance.
        wanted: The command line.
        seed: Of the dice.
        began: When the run began, on the clock that is wanted.
        writer: Turns the plan into the customary file.
    """
    clock = clock_of(wanted)
    instance = read(path)
    seconds = max(0.5, wanted.seconds - (clock() - began) - WRITING_SECONDS)
    workers = max(1, wanted.workers)
    # The workers are threads of this process: its processor time is the sum of theirs.
    searching = (lambda: time.process_time() / workers) if wanted.clock == "cpu" else time.monotonic
    budget = Budget(seconds=seconds, clock=searching)
    before, cpu = clock(), time.process_time()
    figures: dict[str, object] = {"instance": instance.name, "seed": seed}
    try:
        with ThreadPoolExecutor(wanted.workers) as pool:
            solved: Solved = solve(
                instance.problem,
                budget,
                seed=seed,
                workers=wanted.workers,
                executor=pool if wanted.workers > 1 else None,
            )
    except NoFeasiblePlan as error:
        return {**figures, "feasible": False, "why": str(error)}
    breaches = plan_breaches(instance.problem, solved.plan)
    cost = plan_price(instance.problem, solved.plan).total
    if wanted.solution is not None and wanted.file is not None:
        wanted.solution.write_text(writer(instance, solved.plan, cost), encoding="utf-8")
    best = best_known(path)
    first = None if solved.first_after is None else round(solved.first_after + before - began, 2)
    return {
        **figures,
        "cost": round(cost, 4),
        "best_known": best,
        "gap_percent": None if best is None else round(100 * (cost / best - 1), 3),
        "feasible": not breaches,
        "breaches": [one.what for one in breaches[:5]],
        "first_feasible_seconds": first,
        "clock": wanted.clock,
        "seconds": round(clock() - began, 2),
        "cpu_seconds": round(time.process_time() - cpu, 1),
        "steps": solved.steps,
        "load": round(os.getloadavg()[0], 1),
    }


def best_known(path: Path) -> float | None:
    """Return the best-known value from `bks.csv` beside the file, where it names the instance."""
    table = path.parent / "bks.csv"
    if not table.exists():
        return None
    names = {path.stem, path.stem.split(".")[0]}
    for row in csv.reader(table.read_text(encoding="utf-8").splitlines()):
        if row and row[0] in names:
            return float(row[1])
    return None


def main(about: str | None, writer: Writer) -> None:
    """Run what the command line asks for and print it."""
    wanted = arguments(about)
    if wanted.file is not None:
        figures = run(wanted.file, wanted, wanted.seed, start(wanted), writer)
        print(
            json.dumps(figures)
            if wanted.json
            else "\n".join(f"{name}: {value}" for name, value in figures.items())
        )
        return
    table = []
    for path in sorted(one for one in wanted.all.glob("*.txt")):
        clock = clock_of(wanted)
        runs = [run(path, wanted, seed, clock(), writer) for seed in range(1, wanted.seeds + 1)]
        table.append(_row(path.stem, runs))
        print(json.dumps({**table[-1], "runs": runs}) if wanted.json else _told(table[-1]), flush=True)
    gaps = [row["mean"] for row in table if isinstance(row["mean"], float)]
    if gaps and not wanted.json:
        print(f"mean of means {statistics.mean(gaps):.3f} %, worst mean {max(gaps):.3f} %")


def _row(name: str, runs: list[dict[str, object]]) -> dict[str, object]:
    gaps = [one["gap_percent"] for one in runs if isinstance(one.get("gap_percent"), float)]
    costs = [one["cost"] for one in runs if isinstance(one.get("cost"), float)]
    return {
        "instance": name,
        "best": min(gaps, default=None),
        "mean": round(statistics.mean(gaps), 3) if gaps else None,
        "worst": max(gaps, default=None),
        "best_cost": min(costs, default=None),
        "feasible": f"{sum(bool(one['feasible']) for one in runs)}/{len(runs)}",
        "first_s": max(
            (float(str(one["first_feasible_seconds"])) for one in runs if one.get("first_feasible_seconds")),
            default=None,
        ),
        "load": max(float(str(one.get("load", 0))) for one in runs),
    }


def _told(row: dict[str, object]) -> str:
    return " | ".join(f"{name} {value}" for name, value in row.items())
