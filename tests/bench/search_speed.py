"""How fast is the search? Builds a library of generated pages and measures build and queries.

    python tests/bench/search_speed.py --pages 10000 --seed 1

Prints one JSON object: seconds to build and to open, and milliseconds of a query through the use case, with
facets and with the marks of ten hits, each query once cold and then several times warm. Each figure also as time of
the processor, which other work on the machine hardly touches. Beside them stand tantivy, SQLite FTS5 and, with `--lunr`, lunr (what a MkDocs site ships, run by the node of Playwright) by themselves,
with our tokens of the same pages and queries, ranked by their own formulas, ten hits.
"""

import argparse
import contextlib
import json
import os
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

import mkdocs.contrib.search
import playwright
import tantivy

from kb.content import Library, load_library
from kb.content.pages import (
    AlarmPage,
    AlarmShown,
    AlarmText,
    AppliesTo,
    CasePage,
    Cause,
    Component,
    Confidence,
    Page,
    Remedy,
    Solution,
    Status,
)
from kb.search import open_index
from kb.search.tokens import atoms_of, fold, tokens_of
from kb.usecases.search import find_pages, shown_hits

ROOT = Path(__file__).resolve().parents[2]
QUERIES = (
    "报警401",
    "SV0401",
    "25050 X1",
    "主轴过热",
    "数显表乱跳",
    "主轴电机过热报警怎么处理",
    "换刀臂卡在中间不动了",
    "光珊尺脏",
    "zhuzhou guore",
    "zzgr",
    "encoder battery low",
    "怎么更换编码器电池",
    "润滑油位低但是油箱是满的一直报警停机",
    "液压站压力上不去卡盘夹不紧工件打滑",
    "X轴回零位置不准每次差一个螺距",
    "FANUC 0i 401 急停",
    "丝杆间系大",
    "机床报警",
    "切削液发臭",
    "spindel overheat",
)
TYPES = ("case", "alarm")


def generated_library(pages: int, seed: int) -> Library:
    """Return the project's library grown to `pages` pages: real vocabularies and terms, sentences put together anew.

    Words come from the real pages, so that frequencies, and with them the length of postings, are lifelike.
    """
    generator = random.Random(seed)
    real = load_library(ROOT / "content")
    sentences = [
        sentence
        for id_, body in sorted(real.bodies.items())
        for sentence in (*body.replace("\n", "。").split("。"), real.pages[id_].summary)
        if 6 <= len(sentence) <= 120
    ]
    titles = [page.title for _, page in sorted(real.pages.items())]
    words = [word for _, page in sorted(real.pages.items()) for word in page.keywords] or titles
    controllers = sorted(real.vocabularies.codes("controllers"))
    classes = sorted(real.vocabularies.codes("equipment_classes"))
    subsystems = sorted(real.vocabularies.codes("subsystems"))
    modes = sorted(real.vocabularies.codes("failure_modes"))
    made = dict(real.pages)
    bodies = dict(real.bodies)
    for number in range(max(0, pages - len(made))):
        page = _page(number, generator, sentences, titles, words, controllers, classes, subsystems, modes)
        made[page.id] = page
        bodies[page.id] = "\n".join(generator.choices(sentences, k=generator.randint(12, 40)))
    return Library(
        folder=real.folder,
        files={},
        pages=made,
        bodies=bodies,
        paths={},
        vocabularies=real.vocabularies,
        digest=f"generated-{pages}-{seed}-{real.digest}",
        faults=(),
    )


def _page(
    number: int,
    generator: random.Random,
    sentences: Sequence[str],
    titles: Sequence[str],
    words: Sequence[str],
    controllers: Sequence[str],
    classes: Sequence[str],
    subsystems: Sequence[str],
    modes: Sequence[str],
) -> Page:
    common = {
        "title": f"{generator.choice(titles)} {generator.choice(words)}",
        "title_en": f"generated page {number}",
        "summary": generator.choice(sentences),
        "status": Status.RELEASED,
        "confidence": generator.choice(list(Confidence)),
        "audience": "internal",
        "owner": "bench",
        "created": date(2026, 1, 1),
        "reviewed": date(2026, 1, 1 + number % 28),
        "review_due": date(2027, 1, 1),
        "revision": 1,
        "applies_to": (
            AppliesTo(machine=(generator.choice(classes),), controller=(generator.choice(controllers),)),
        ),
        "component": Component(subsystem=generator.choice(subsystems)),
        "keywords": tuple(generator.sample(words, k=min(6, len(words)))),
        "hazards": "none",
    }
    if generator.random() < 0.4:
        code = str(generator.randint(100, 99_999))
        return AlarmPage(
            id=f"ALM-G-{number}",
            type="alarm",
            family=generator.choice(("fanuc", "siemens", "haas", "mitsubishi")),
            code=code,
            number=code,
            text=AlarmText(zh=generator.choice(titles), en=f"generated alarm {code}"),
            explanation=generator.choice(sentences),
            remedy=tuple(generator.choices(sentences, k=3)),
            severity="S3",
            **common,
        )
    return CasePage(
        id=f"CASE-G-{number}",
        type="case",
        symptom=generator.choice(sentences),
        failure_mode=generator.choice(modes),
        alarms=(AlarmShown(family="fanuc", code=f"SV{generator.randint(1, 9999):04}"),),
        solutions=tuple(
            Solution(
                cause=Cause(code="O4", text=generator.choice(sentences)),
                check=generator.choice(sentences),
                remedy=Remedy(text=generator.choice(sentences)),
            )
            for _ in range(3)
        ),
        severity="S3",
        **common,
    )


Timed = tuple[float, float]
"""Milliseconds by the clock, and of the processor."""


def _timed(work: Callable[[], object]) -> Timed:
    start, start_cpu = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - start) * 1000, (time.process_time() - start_cpu) * 1000


def _figures(times: Sequence[Timed]) -> dict[str, float]:
    figures = {}
    for name, values in zip(("", "cpu_"), zip(*times, strict=True), strict=True):
        ordered = sorted(values)
        figures[f"{name}p50_ms"] = round(statistics.median(ordered), 2)
        figures[f"{name}p95_ms"] = round(ordered[min(len(ordered) - 1, int(len(ordered) * 0.95))], 2)
    return figures


def _warm(rounds: int, work: Callable[[str], object]) -> dict[str, float]:
    """Return the figures of `work` over all queries, after one round that is not counted."""
    for query in QUERIES:
        work(query)
    return _figures([_timed(lambda q=query: work(q)) for _ in range(rounds) for query in QUERIES])


def _text_of(library: Library, id_: str) -> str:
    """Return our tokens of a page, parted by spaces, for engines that rank by themselves."""
    page = library.pages[id_]
    whole = " ".join((page.title, page.title_en, page.summary, *page.keywords, library.bodies[id_]))
    return " ".join(tokens_of(atoms_of(fold(whole))))


def _words_of(query: str) -> list[str]:
    return list(dict.fromkeys(token for token in tokens_of(atoms_of(fold(query))) if token.isalnum()))


def _raw_tantivy(library: Library, rounds: int) -> dict[str, float]:
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("text", tokenizer_name="whitespace")
    index = tantivy.Index(builder.build())
    writer = index.writer(heap_size=200_000_000, num_threads=1)
    for id_ in library.pages:
        document = tantivy.Document()
        document.add_text("text", _text_of(library, id_))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()
    schema = index.schema

    def ask(query: str) -> object:
        parts = [
            (tantivy.Occur.Should, tantivy.Query.term_query(schema, "text", word))
            for word in _words_of(query)
        ]
        return searcher.search(tantivy.Query.boolean_query(parts), limit=10).hits

    return _warm(rounds, ask)


def _raw_fts5(library: Library, rounds: int) -> dict[str, float]:
    with contextlib.closing(sqlite3.connect(":memory:")) as connection:
        connection.execute('CREATE VIRTUAL TABLE pages USING fts5(text, tokenize = "unicode61")')
        texts = ((_text_of(library, id_),) for id_ in library.pages)
        connection.executemany("INSERT INTO pages VALUES (?)", texts)

        def ask(query: str) -> object:
            words = " OR ".join(f'"{word}"' for word in _words_of(query))
            rows = connection.execute(
                "SELECT rowid FROM pages WHERE pages MATCH ? ORDER BY bm25(pages) LIMIT 10", (words,)
            )
            return rows.fetchall()

        return _warm(rounds, ask)


LUNR = """
const lunr = require(process.argv[1]);
const {texts, queries, rounds} = JSON.parse(require("fs").readFileSync(0, "utf8"));
const start = process.cpuUsage();
const index = lunr(function () {
  this.ref("id"); this.field("text");
  this.pipeline.reset(); this.searchPipeline.reset(); this.tokenizer.separator = / /;
  texts.forEach((text, id) => this.add({id, text}));
});
const build = process.cpuUsage(start).user / 1e6;
const ask = (words) => index.query((query) => words.forEach((word) => query.term(word))).slice(0, 10);
queries.forEach(ask);
const times = [];
for (let round = 0; round < rounds; round += 1) for (const words of queries) {
  const [from, cpu] = [performance.now(), process.cpuUsage()];
  ask(words);
  const used = process.cpuUsage(cpu);
  times.push([performance.now() - from, (used.user + used.system) / 1e3]);
}
console.log(JSON.stringify({build, times}));
"""


def _raw_lunr(library: Library, rounds: int) -> dict[str, float] | str:
    node = Path(playwright.__file__).parent / "driver" / "node"
    script = Path(mkdocs.contrib.search.__file__).parent / "templates" / "search" / "lunr.js"
    if not (node.is_file() and script.is_file()):
        return "skipped: Playwright's node or MkDocs' lunr.js is not installed"
    texts = [_text_of(library, id_) for id_ in library.pages]
    asked = json.dumps(
        {"texts": texts, "queries": [_words_of(query) for query in QUERIES], "rounds": min(rounds, 3)}
    )
    command = [str(node), "--max-old-space-size=8000", "-e", LUNR, str(script)]
    done = subprocess.run(command, input=asked, capture_output=True, text=True, check=True)
    told = json.loads(done.stdout)
    return {"build_cpu_s": round(told["build"], 1)} | _figures([(wall, cpu) for wall, cpu in told["times"]])


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pages", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=("auto", "whoosh", "tantivy"), default="auto")
    parser.add_argument(
        "--lunr", action="store_true", help="also lunr, whose index takes minutes from 10,000 pages on"
    )
    parser.add_argument("--rounds", type=int, default=10, help="warm rounds of all queries")
    chosen = parser.parse_args()
    library = generated_library(chosen.pages, chosen.seed)
    with tempfile.TemporaryDirectory() as folder:
        start, start_cpu = time.perf_counter(), time.process_time()
        open_index(Path(folder), library, engine=chosen.engine)
        build, build_cpu = time.perf_counter() - start, time.process_time() - start_cpu
        size = sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
        start = time.perf_counter()
        index = open_index(Path(folder), library, engine=chosen.engine)
        opened = time.perf_counter() - start
        cold = _figures([_timed(lambda q=q: find_pages(index, q)) for q in QUERIES])

        def marked(query: str) -> object:
            return shown_hits(index, find_pages(index, query, with_facets=False, size=10), "zh_CN")

        plain = _warm(chosen.rounds, lambda q: find_pages(index, q, with_facets=False, size=10))
        facets = _warm(chosen.rounds, lambda q: find_pages(index, q))
        shown = _warm(chosen.rounds, marked)
    raw: dict[str, object] = {
        "tantivy": _raw_tantivy(library, chosen.rounds),
        "fts5": _raw_fts5(library, chosen.rounds),
    }
    if chosen.lunr:
        raw["lunr"] = _raw_lunr(library, chosen.rounds)
    json.dump(
        {
            "engine": chosen.engine,
            "load": os.getloadavg()[0],
            "pages": len(library.pages),
            "seed": chosen.seed,
            "build_s": round(build, 2),
            "build_cpu_s": round(build_cpu, 2),
            "open_s": round(opened, 2),
            "index_mb": round(size / 1e6, 1),
            "cold": cold,
            "hits": plain,
            "hits_and_facets": facets,
            "hits_and_marks": shown,
            "by_themselves": raw,
        },
        sys.stdout,
    )
    sys.stdout.write("\n")


if __name__ == "__main__":
    main()
