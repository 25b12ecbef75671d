"""How soon is a page found that was just written? Writes a library of real files and edits it, as a department does.

    python tests/bench/search_freshness.py --pages 10000 --edits 40 --engine auto

Pages are those of the project with a new id, title and a mark of their own, so words are as frequent as in the real
library. Each edit adds, changes or withdraws one page, every other one by a file put in its place (git, the service
itself, most editors), the rest by writing into it; its time runs from the moment the file stands until a search
through the House has (or no longer has) it. Prints one JSON object, times in milliseconds.
"""

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
import time
from pathlib import Path

from kb.content.files import replace_file
from kb.settings import Settings
from kb.usecases.search import find_pages
from kb.wiring import House, open_house

ROOT = Path(__file__).resolve().parents[2]
KINDS = ("cases", "guides", "alarms")
_ID = re.compile(r"^id: .*$", re.MULTILINE)
_TITLE = re.compile(r"^title: .*$", re.MULTILINE)


def written_library(folder: Path, pages: int, generator: random.Random) -> list[Path]:
    """Write a library of `pages` pages into `folder` and return the files that were made for it."""
    shutil.copytree(ROOT / "content", folder)
    real = sorted(path for kind in KINDS for path in (folder / kind).rglob("*.md"))
    texts = [path.read_text(encoding="utf-8") for path in real]
    have = sum(1 for _ in folder.rglob("*.md"))
    made = []
    for number in range(max(0, pages - have)):
        path = folder / "cases" / f"made-{number % 100}" / f"{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_text(generator.choice(texts), number, "原样"), encoding="utf-8")
        made.append(path)
    return made


def _text(text: str, number: int, mark: str) -> str:
    kind = (_ID.search(text) or [""])[0].partition(":")[2].strip().partition("-")[0]
    text = _ID.sub(f"id: {kind}-MADE-{number}", text, count=1)
    return _TITLE.sub(f"title: 第{number}号页 {mark}", text, count=1)


def _found(house: House, mark: str) -> bool:
    """Whether a page with just this title is found, not only something near."""
    return any(mark in hit.page.title for hit in find_pages(house.search_index(), mark, size=5).hits)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--edits", type=int, default=40)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", default="auto")
    chosen = parser.parse_args()
    generator = random.Random(chosen.seed)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place) / "content"
        made = written_library(folder, chosen.pages, generator)
        settings = Settings(
            content_dir=folder, home=Path(place) / "var", search_engine=chosen.engine, _env_file=None
        )
        house = open_house(settings)
        start = time.perf_counter()
        house.library()
        read = time.perf_counter() - start
        start = time.perf_counter()
        house.search_index()
        built = time.perf_counter() - start
        find_pages(house.search_index(), "主轴过热")
        times: dict[str, list[float]] = {"added": [], "changed": [], "withdrawn": []}
        parts: list[float] = []
        searches = 0
        last = made[0]
        for number in range(chosen.edits):
            mark = f"zq{number:04}xk"
            kind = ("added", "changed", "withdrawn")[number % 3]
            path = made[generator.randrange(len(made))]
            text = path.read_text(encoding="utf-8")
            if kind == "added":
                path = folder / "cases" / f"new-{number}.md"
                text = _text(text, 1_000_000 + number, mark)
            elif kind == "changed":
                text = _TITLE.sub(f"title: 改过的页 {mark}", text, count=1)
            else:
                mark = f"zq{number - 1:04}xk"  # The page that the edit before has changed.
                path = last
                text = path.read_text(encoding="utf-8").replace("status: released", "status: withdrawn")
            last = path
            if number % 2:
                replace_file(path, text.encode())
            else:
                path.write_text(text, encoding="utf-8")
            start, start_cpu = time.perf_counter(), time.process_time()
            wanted = kind != "withdrawn"
            while (found := _found(house, mark)) != wanted and time.perf_counter() < start + 10:
                searches += 1
            times[kind].append((time.perf_counter() - start) * 1000)
            parts.append((time.process_time() - start_cpu) * 1000)
            if found != wanted:
                raise SystemExit(f"edit {number} ({kind}): {mark} is {'still' if found else 'not'} found")
        start = time.perf_counter()
        open_house(settings).search_index()
        again = time.perf_counter() - start
    every = sorted(value for values in times.values() for value in values)
    json.dump(
        {
            "pages": chosen.pages,
            "engine": chosen.engine,
            "read_s": round(read, 2),
            "built_s": round(built, 2),
            "p50_ms": round(every[len(every) // 2], 1),
            "p95_ms": round(every[int(len(every) * 0.95)], 1),
            "searches_in_vain": searches,
            "most_ms": round(every[-1], 1),
            "cpu_p50_ms": round(sorted(parts)[len(parts) // 2], 1),
            "cpu_p95_ms": round(sorted(parts)[int(len(parts) * 0.95)], 1),
            "by_edit_p50_ms": {
                kind: round(sorted(values)[len(values) // 2], 1) for kind, values in times.items() if values
            },
            "started_again_s": round(again, 2),
        },
        sys.stdout,
    )
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
