"""kill -9 at any instant, again and again: what opens next is whole and answers for the library as it is."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kb.content import load_library
from kb.search import index_state, open_index
from tests.kb.search.pages import a_library

ROOT = Path(__file__).parents[3]
KILLS = 12
PROGRAM = """
import itertools, sys, threading
from pathlib import Path
from kb.content import load_library
from kb.search import open_index, opening
from tests.kb.search.pages import a_case
folder, engine, start = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
opening.FEW = 0
library, index = None, None
for number in itertools.count(start):
    text = a_case(id="CASE-LAST", title=f"第{number}号故障")
    aside = folder / "content" / "cases" / ".last"
    aside.write_text(text, encoding="utf-8")
    aside.replace(folder / "content" / "cases" / "last.md")
    library = load_library(folder / "content", known=library)
    index = open_index(folder / "index", library, known=index, engine=engine)
    assert index.search(f"第{number}号故障").hits[0].page.id == "CASE-LAST"
    print(number, flush=True)
    for thread in threading.enumerate():
        if thread.name == "index":
            thread.join()
"""


@pytest.mark.parametrize("engine", ["whoosh", "tantivy"])
def test_no_kill_leaves_a_broken_or_a_stale_index(tmp_path: Path, engine: str) -> None:
    folder = a_library(tmp_path).folder
    generator = random.Random(f"kills {engine}")
    number = 0
    states = set()
    for round_ in range(KILLS):
        with subprocess.Popen(
            [sys.executable, "-c", PROGRAM, str(tmp_path), engine, str(number)],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            # From its first answer on it builds and swaps without end: every later instant is in the midst of that.
            first = process.stdout.readline()
            assert first, "it ended by itself"
            deadline = time.monotonic() + generator.uniform(0.0, 0.4)
            while time.monotonic() < deadline:
                pass
            process.send_signal(signal.SIGKILL)
            rest = process.stdout.read().split()
        assert process.returncode == -signal.SIGKILL
        number = int((rest or [first])[-1]) + 1
        library = load_library(folder)
        states.add(index_state(tmp_path / "index", library, engine=engine))
        title = library.pages["CASE-LAST"].title
        index = open_index(tmp_path / "index", library, engine=engine)
        found = index.search(title)
        assert found.hits[0].page.id == "CASE-LAST", f"round {round_}: {title}"
        assert found.hits[0].page.title == title
        assert not found.nearest
        assert index.search("报警401").hits[0].page.id == "ALM-SV0401"
        assert index.search("").total == len(library.pages)
    assert "damaged" not in states, "a name in place is a whole index"
    assert states & {"old", "missing"}, "at least one kill met an index that was not yet that of the library"
