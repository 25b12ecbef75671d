"""How often is the true cause among the first three? Against the most frequent causes of the subsystem.

    python tests/bench/cause_ranking.py --seed 1 --jobs 2000
    python tests/bench/cause_ranking.py --records FILE.csv

Without `--records` a department's closed jobs are generated from the cases of the library: each department has habits of
its own (which cause of a case is the usual one differs from the order on the page), writes alarms in several ways, leaves
them out, records the item at fault in nine of ten jobs, and tells symptoms with some words of the case and some of others. The last
fifth by time is held out; the ranking sees neither subsystem nor failure mode of a held-out job, the baseline is told the
subsystem. With `--records` the jobs are real ones: an excavator fleet's work orders (columns Date, Asset, OriginalShorttext,
MajorSystem, Part); what is ranked is the part, both sides know the major system.
"""

import argparse
import csv
import random
import re
import time
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from kb.content import load_library
from kb.content.pages import CasePage
from kb.search.codes import code_keys
from kb.usecases.fault_diagnosis import cause_key, words_of
from kb.usecases.fault_items import item_in
from planner.faults import KnownCause, Picture, SolvedJob, diagnose

ROOT = Path(__file__).parents[2]
HELD_OUT = 0.2
RECORDED_ITEM = 0.9
SHOWN_ALARM = 0.7
MODELS = 40
BLANKS = frozenset({"", "NA"})


def generated(seed: int, count: int) -> tuple[list[SolvedJob], list[KnownCause]]:
    """Return jobs in the order of time, and the library's causes."""
    chance = random.Random(seed)
    library = load_library(ROOT / "content")
    cases = [page for page in library.pages.values() if isinstance(page, CasePage) and page.solutions]
    cases.sort(key=lambda page: page.id)
    chance.shuffle(cases)
    how_often = [1 / (rank + 4) for rank in range(len(cases))]
    habits, causes, known = {}, {}, []
    pool = sorted({word for page in cases for word in words_of(page.symptom)})
    for page in cases:
        subsystem = page.component.subsystem if page.component else "GEN"
        codes = [key for one in page.alarms for key in code_keys(one.code)]
        picture = Picture(
            alarm=codes[0] if codes else "",
            subsystem=subsystem,
            failure_mode=page.failure_mode,
            words=words_of(" ".join((page.title, page.symptom, *page.keywords))),
        )
        own = []
        for rank, one in enumerate(page.solutions, start=1):
            parts = tuple(part.name for part in one.parts)
            named = item_in((*parts, one.cause.text), subsystem, library.vocabularies)
            by_item = cause_key(*named, "") if named else f"{page.id}#{rank}"
            own.append((by_item, cause_key(subsystem, "", one.cause.code)))
            known.append(
                KnownCause(case_id=page.id, picture=picture, cause=by_item, rank=rank, check=one.check)
            )
        causes[page.id] = own
        habits[page.id] = [chance.gammavariate(0.6, 1) / rank**0.5 + 0.01 for rank in range(1, len(own) + 1)]
    classes = sorted({code for page in cases for group in page.applies_to for code in group.machine})
    controls = sorted({code for page in cases for group in page.applies_to for code in group.controller})
    models = [(f"M{number}", chance.choice(classes), chance.choice(controls)) for number in range(MODELS)]
    jobs = []
    for number in range(count):
        page = chance.choices(cases, how_often)[0]
        place = chance.choices(range(len(causes[page.id])), habits[page.id])[0]
        by_item, by_code = causes[page.id][place]
        cause = by_item if "#" not in by_item and chance.random() < RECORDED_ITEM else by_code
        codes = [key for one in page.alarms for key in code_keys(one.code)]
        model, equipment_class, controller = chance.choice(_fitting(page, models))
        told = sorted(words_of(" ".join((page.symptom, *page.keywords))))
        words = {word for word in told if chance.random() < 0.35} | set(chance.sample(pool, 4))
        jobs.append(
            SolvedJob(
                id=f"j{number}",
                picture=Picture(
                    alarm=codes[0] if codes and chance.random() < SHOWN_ALARM else "",
                    model=model,
                    equipment_class=equipment_class,
                    controller=controller,
                    subsystem=page.component.subsystem if page.component else "GEN",
                    failure_mode=page.failure_mode,
                    words=frozenset(words),
                ),
                cause=cause,
            )
        )
    return jobs, known


def _fitting(page: CasePage, models: Sequence[tuple[str, str, str]]) -> Sequence[tuple[str, str, str]]:
    """Return the models that a page is written for; all where it is written for none of them."""
    machines = {code for group in page.applies_to for code in group.machine}
    controllers = {code for group in page.applies_to for code in group.controller}
    found = [
        one
        for one in models
        if (not machines or one[1] in machines) and (not controllers or one[2] in controllers)
    ]
    return found or models


def recorded(path: Path) -> list[SolvedJob]:
    """Return real jobs in the order of time; those that name no part are left out."""
    rows = []
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        for number, row in enumerate(csv.DictReader(file)):
            if row["Part"] in BLANKS or row["MajorSystem"] in BLANKS:
                continue
            words = frozenset(re.findall(r"[a-z]{3,}", row["OriginalShorttext"].lower()))
            picture = Picture(model=row["Asset"], subsystem=row["MajorSystem"], words=words)
            when = datetime.strptime(row["Date"], "%d/%m/%Y")  # noqa: DTZ007 - days without a zone
            rows.append((when, number, SolvedJob(id=str(number), picture=picture, cause=row["Part"])))
    return [job for *_, job in sorted(rows, key=lambda one: one[:2])]


def measure(jobs: Sequence[SolvedJob], known: Sequence[KnownCause], *, sees_subsystem: bool) -> None:
    """Print a table of both ways."""
    cut = round(len(jobs) * (1 - HELD_OUT))
    past, future = jobs[:cut], jobs[cut:]
    of_subsystem: dict[str, Counter[str]] = defaultdict(Counter)
    for job in past:
        of_subsystem[job.picture.subsystem][job.cause] += 1
    first, three, base_first, base_three, none = 0, 0, 0, 0, 0
    began = time.perf_counter()
    for job in future:
        fault = job.picture if sees_subsystem else replace(job.picture, subsystem="", failure_mode="")
        ranked = [one.cause for one in diagnose(fault, jobs=past, library=known).causes[:3]]
        usual = [cause for cause, _ in of_subsystem[job.picture.subsystem].most_common(3)]
        first += job.cause in ranked[:1]
        three += job.cause in ranked
        none += not ranked
        base_first += job.cause in usual[:1]
        base_three += job.cause in usual
    spent = (time.perf_counter() - began) / len(future)
    print(f"{len(past)} jobs known, {len(future)} held out, {len({job.cause for job in jobs})} causes")
    print("| | the first | among the first three |\n| --- | ---: | ---: |")
    print(f"| ranked | {first / len(future):.1%} | {three / len(future):.1%} |")
    print(
        f"| most frequent of the subsystem | {base_first / len(future):.1%} | {base_three / len(future):.1%} |"
    )
    print(f"without any answer: {none}; {spent * 1000:.1f} ms each")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--jobs", type=int, default=2000)
    parser.add_argument("--records", type=Path)
    asked = parser.parse_args()
    if asked.records:
        measure(recorded(asked.records), [], sees_subsystem=True)
        return
    jobs, known = generated(asked.seed, asked.jobs)
    measure(jobs, known, sees_subsystem=False)


if __name__ == "__main__":
    main()
