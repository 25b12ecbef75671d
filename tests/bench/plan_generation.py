"""How long a plan takes: `python tests/bench/plan_generation.py --sites 2000 --machines 10000 --technicians 60`.

Loads a sample department of the wanted size into an empty SQLite file, plans it, and prints one line of JSON with
the seconds of each phase. With `--check` the independent checker goes over the plan as well.
"""

import argparse
import json
import resource
import sys
import tempfile
import time
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

sys.path.insert(0, str(Path(__file__).parents[2]))

from kb.store import Store
from kb.usecases.plan import keep_plan, placed, plan_book, planning_state
from kb.usecases.plan_memory import collector_paused
from kb.usecases.plan_period import Period
from kb.usecases.sample import SampleSize, load_sample
from planner.calendars import site_calendar, technician_calendar
from planner.routing import Surroundings, breaches

ZONE = ZoneInfo("Asia/Shanghai")


class Clock:
    """Seconds by phase, on the wall and of the processor."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.cpu_seconds: dict[str, float] = {}
        self._since, self._cpu_since = time.perf_counter(), time.process_time()

    def lap(self, phase: str) -> None:
        now, cpu = time.perf_counter(), time.process_time()
        self.seconds[phase] = round(now - self._since, 2)
        self.cpu_seconds[phase] = round(cpu - self._cpu_since, 2)
        self._since, self._cpu_since = now, cpu


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sites", type=int, default=60)
    parser.add_argument("--machines", type=int, default=240)
    parser.add_argument("--technicians", type=int, default=8)
    parser.add_argument("--years", type=int, default=1)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first-year", type=int, default=2026)
    parser.add_argument("--check", action="store_true", help="have the independent checker go over the plan")
    wanted = parser.parse_args()
    first = date(wanted.first_year, 1, 1)
    period = Period(first_day=first, last_day=date(wanted.first_year + wanted.years - 1, 12, 31))
    size = SampleSize(sites=wanted.sites, machines=wanted.machines, technicians=wanted.technicians)
    now = datetime.combine(first - timedelta(days=1), datetime.min.time(), tzinfo=ZONE)
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/servicebook.db")
        store.migrate()
        clock = Clock()
        load_sample(store, size=size, seed=wanted.seed, today=first, now=now)
        clock.lap("sample")
        # As in plan_inspections, which does these three in one go.
        with collector_paused():
            state = planning_state(store)
            clock.lap("read")
            planned = placed(state, period, today=now.date())
            clock.lap("plan")
            keep_plan(store, state, planned, period, now=now)
            clock.lap("write")
        book = plan_book(store)
        clock.lap("load")
        with collector_paused():
            state = planning_state(store)
            again = placed(state, period, today=now.date())
            keep_plan(store, state, again, period, now=now)
        clock.lap("again")
        after = plan_book(store)
        assert after is not None
        found = None
        if wanted.check:
            around = Surroundings(
                sites=state.register.sites,
                technicians=state.register.technicians,
                site_calendars={one: site_calendar(site) for one, site in state.register.sites.items()},
                technician_calendars={
                    one: technician_calendar(person) for one, person in state.register.technicians.items()
                },
                locked=planned.task.standing,
                spacing=planned.task.spacing,
            )
            placed_only = planned.unplaced[: len(planned.unplaced) - len(planned.task.uncovered)]
            found = len(breaches(planned.task.work, planned.visits, placed_only, around))
            clock.lap("check")
        assert book is not None
        store.close()
    print(
        json.dumps(
            {
                "sites": wanted.sites,
                "machines": wanted.machines,
                "technicians": wanted.technicians,
                "years": wanted.years,
                "seed": wanted.seed,
                "trips": len(planned.task.work),
                "visits": len(planned.visits),
                "unplaced": len(planned.unplaced),
                "off_ideal": sum(_is_off(visit.reasons) for visit in planned.visits),
                "travel_hours": round(sum(visit.travel.total_seconds() for visit in planned.visits) / 3600),
                "work_hours": round(sum(visit.duration.total_seconds() for visit in planned.visits) / 3600),
                "unchanged_again": not after.changes and after.unchanged == len(planned.visits),
                "breaches": found,
                "seconds": clock.seconds,
                "cpu_seconds": clock.cpu_seconds,
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
            }
        )
    )


def _is_off(reasons: tuple[object, ...]) -> bool:
    return any(dict(getattr(one, "values", ())).get("ideal_why") for one in reasons)


if __name__ == "__main__":
    main()
