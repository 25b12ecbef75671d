"""`python -m tests.year --seed 1`: live through a year and print every figure of the product beside the counted one."""

import argparse
import sys
import tempfile
import time
from pathlib import Path

from kb.store import Store
from kb.usecases.summary_figures import FIGURES
from tests.conftest import the_real_library
from tests.year import checking, proposing
from tests.year.department import MONTHS, YEAR
from tests.year.whole import NEW_YEAR, LivedYear, live


def table(year: LivedYear) -> list[str]:
    """Return the figures by month, each as it is shown, with the counted one behind it where they differ."""
    found = year.summary(str(YEAR))
    known = checking.counted(year.life.tally, found)
    lines = ["figure".ljust(22) + "".join(month[5:].rjust(9) for month in MONTHS) + "whole".rjust(11)]
    for figure in FIGURES:
        cells = []
        for month in (*MONTHS, ""):
            shown = found.values[figure.code][month] if month else found.whole(figure)
            counted = known[figure.code][month]
            text = checking.as_read(figure.code, shown)
            cells.append(text if shown == counted else f"{text}≠{checking.as_read(figure.code, counted)}")
        lines.append(
            figure.code.ljust(22) + "".join(cell.rjust(9) for cell in cells[:-1]) + cells[-1].rjust(11)
        )
    return lines


def main() -> int:
    """Live, compare, print; the answer is 1 where a figure differs."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--size", type=int, default=20, help="faults by chance, beside those at the edges")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/year.db")
        store.migrate()
        begun = time.process_time()
        year = live(
            store, the_real_library(), Path(folder, "letterhead.docx"), seed=asked.seed, size=asked.size
        )
        spent = time.process_time() - begun
        summaries = year.summaries()
        found = [one for each in summaries for one in checking.compared(year.life.tally, each)]
        found += [one for each in summaries for one in checking.behind(each)]
        found += [
            one for each in summaries for one in checking.in_document(year.life.tally, each, now=NEW_YEAR)
        ]
        found += checking.in_workbooks(year.life.tally, summaries, now=NEW_YEAR)
        print("\n".join(table(year)))
        store.close()
    return report(year, found, spent)


def report(year: LivedYear, found: list[checking.Compared], spent: float) -> int:
    """Print what was compared, and each figure that differs."""
    wrong = [one for one in found if not one.matches]
    for place in ("page", "json", "list", "docx", "xlsx"):
        here = [one for one in found if one.where == place]
        print(f"{place}: {len(here)} figures, {sum(not one.matches for one in here)} differ")
    told = known = 0
    for offer in year.offers.offered:
        for name in proposing.FIGURES:
            figures, differ = proposing.leaves(offer.told[name], offer.known[name])
            told, known = told + figures, known + differ
    print(f"proposals: {len(year.offers.offered)} states, {told} figures, {known} differ")
    print(f"lived in {spent:.1f} s of the processor; visits: {', '.join(year.visits.outcomes)}")
    for one in wrong:
        print(one)
    return 1 if wrong or known else 0


sys.exit(main())
