"""How long do due dates take: levels of many machines over some years, combined; prints one line of JSON.

Seconds are of the clock and, so that a busy machine can be told from slow code, of the processor.

Run from the project's folder: python -m tests.bench.due_dates --machines 10000 --years 3
"""

import argparse
import json
import random
import resource
import time
from datetime import date, timedelta

from planner.calendars import WorkCalendar
from planner.model import CalendarMove, DateSpan, Level, MaintenancePlan
from planner.scheduling import combined_levels, due_occurrences, merged_at_site
from tests.builders import INTERVALS

FIRST_DAY = date(2026, 1, 1)
MACHINES_PER_SITE = 5
LONGEST_TRIP = timedelta(hours=8)
LEVELS = (Level.MONTHLY, Level.QUARTERLY, Level.YEARLY)


def plans_of_machine(number: int, anchor: date, move: CalendarMove) -> list[MaintenancePlan]:
    """Return the monthly, quarterly and yearly plan of one machine."""
    return [
        MaintenancePlan(
            id=f"m{number}-{level}",
            equipment_id=f"m{number}",
            level=level,
            interval=INTERVALS[level],
            anchor=anchor,
            move=move,
        )
        for level in LEVELS
    ]


def calendars_of_sites(sites: int, years: int, chance: random.Random) -> list[WorkCalendar]:
    """Return a calendar for each site; every third has a summer stop of its own."""
    calendars = []
    for site in range(sites):
        stops = ()
        if site % 3 == 0:
            begins = [date(FIRST_DAY.year + year, 7, chance.randint(10, 30)) for year in range(years)]
            stops = tuple(
                DateSpan(start=day, end=day + timedelta(days=10), note="夏季停产") for day in begins
            )
        calendars.append(WorkCalendar(closures=stops))
    return calendars


def measured(machines: int, years: int, seed: int) -> dict[str, object]:
    """Return counts and seconds for each step."""
    chance = random.Random(seed)
    sites = -(-machines // MACHINES_PER_SITE)
    calendars = calendars_of_sites(sites, years, chance)
    moves = list(CalendarMove)
    plans = [
        plans_of_machine(number, FIRST_DAY - timedelta(days=chance.randrange(365)), chance.choice(moves))
        for number in range(machines)
    ]
    end = date(FIRST_DAY.year + years, FIRST_DAY.month, FIRST_DAY.day)
    occurrences = 0
    combined = []
    started, started_cpu = time.perf_counter(), time.process_time()
    for number, of_machine in enumerate(plans):
        calendar = calendars[number // MACHINES_PER_SITE]
        due = [
            one
            for plan in of_machine
            for one in due_occurrences(plan, start=FIRST_DAY, end=end, calendar=calendar)
        ]
        occurrences += len(due)
        combined.append(combined_levels(due))
    after_levels, after_levels_cpu = time.perf_counter(), time.process_time()
    by_id = {plan.id: plan for of_machine in plans for plan in of_machine}
    trips = 0
    for site in range(sites):
        of_site = combined[site * MACHINES_PER_SITE : (site + 1) * MACHINES_PER_SITE]
        works = merged_at_site(
            [one for of_machine in of_site for one in of_machine],
            site_id=f"s{site}",
            plans=by_id,
            calendar=calendars[site],
            longest=LONGEST_TRIP,
        )
        trips += len(works)
    after_merge, after_merge_cpu = time.perf_counter(), time.process_time()
    return {
        "machines": machines,
        "years": years,
        "seed": seed,
        "occurrences": occurrences,
        "after_levels": sum(len(of_machine) for of_machine in combined),
        "trips": trips,
        "due_dates_s": round(after_levels - started, 2),
        "due_dates_cpu_s": round(after_levels_cpu - started_cpu, 2),
        "merge_s": round(after_merge - after_levels, 2),
        "merge_cpu_s": round(after_merge_cpu - after_levels_cpu, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def main() -> None:
    """Read the size from the command line, measure, print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--machines", type=int, default=10_000)
    parser.add_argument("--years", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    print(json.dumps(measured(asked.machines, asked.years, asked.seed)))


if __name__ == "__main__":
    main()
