"""How well does the search rank real Chinese passages that nobody tuned it on? nDCG@10 on CMRC 2018.

    python tests/bench/retrieval_quality.py --queries 1000 --seed 1
    python tests/bench/retrieval_quality.py --data FOLDER --english

Needs the shared data `bench/retrieval/cmrc2018` beside the project and says so where it is absent. Every passage
becomes a page of a library without terms, and every question a query of our search, on either engine. Beside it
stand the engines as they come: Whoosh with its standard analyser, tantivy with its default tokenizer, each with its
own ranking; and with our tokens under their own ranking, which tells the analyser's share from the ranking's. With
`--english` they also stand there with an English stemmer (Porter's) and stop words, which is what one would take for English.

Prints one JSON line for each setting.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import tantivy
from whoosh.analysis import StandardAnalyzer, StemmingAnalyzer
from whoosh.fields import ID, TEXT, Schema
from whoosh.filedb.filestore import RamStorage
from whoosh.qparser import OrGroup, QueryParser

from kb.content import Library, load_vocabularies
from kb.content.pages import Confidence, GuidePage, Status
from kb.search import open_index
from kb.search.engines import EngineChoice
from kb.search.tokens import atoms_of, fold, tokens_of
from kb.usecases.search_metrics import DEPTH, mean, ndcg, recall, reciprocal_rank

ROOT = Path(__file__).resolve().parents[2]
DATA = ROOT.parent / "shared" / "bench" / "retrieval" / "cmrc2018"

Ranked = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Collection:
    """Passages by id, questions by id, and the grades of passages by question."""

    passages: Mapping[str, str]
    questions: Mapping[str, str]
    grades: Mapping[str, Mapping[str, int]]


def read_collection(folder: Path) -> Collection:
    """Return the collection of a folder with `corpus.jsonl`, `queries.jsonl`, `qrels.tsv`."""

    def rows(name: str) -> list[dict[str, str]]:
        return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines() if line]

    grades: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels.tsv").read_text(encoding="utf-8").splitlines():
        question, passage, grade = line.split("\t")
        if int(grade) > 0:
            grades.setdefault(question, {})[passage] = int(grade)
    return Collection(
        {row["id"]: f"{row['title']} {row['text']}".strip() for row in rows("corpus.jsonl")},
        {row["id"]: row["text"] for row in rows("queries.jsonl")},
        grades,
    )


def library_of(passages: Mapping[str, str]) -> Library:
    """Return a library with a page for each passage; titles say nothing, so that only the text counts."""
    pages = {
        name: GuidePage(
            id=f"GUIDE-{name.upper()}",
            type="guide",
            title="—",
            title_en="—",
            summary="—",
            status=Status.RELEASED,
            confidence=Confidence.VALIDATED,
            audience="internal",
            owner="bench",
            created=date(2026, 1, 1),
            reviewed=date(2026, 1, 1),
            review_due=date(2027, 1, 1),
            revision=1,
            hazards="none",
            guide_type="operation",
            difficulty="easy",
            skill_level="operator",
            time_minutes=1,
        )
        for name in passages
    }
    return Library(
        folder=ROOT / "content",
        files={},
        pages={page.id: page for page in pages.values()},
        bodies={page.id: passages[name] for name, page in pages.items()},
        paths={},
        vocabularies=load_vocabularies(ROOT / "content" / "vocabularies"),
        digest=f"cmrc-{len(passages)}",
        faults=(),
    )


def ours(passages: Mapping[str, str], folder: Path, engine: EngineChoice) -> Ranked:
    """Return our search on an engine."""
    index = open_index(folder, library_of(passages), engine=engine)

    def ranked(question: str) -> list[str]:
        hits = index.search(question, size=DEPTH, facets=False).hits
        return [hit.page.id.removeprefix("GUIDE-").lower() for hit in hits]

    return ranked


def our_tokens(text: str) -> str:
    """Return our tokens of a text, parted by spaces."""
    return " ".join(tokens_of(atoms_of(fold(text))))


def whoosh_plain(
    passages: Mapping[str, str], prepared: Callable[[str], str], *, english: bool = False
) -> Ranked:
    """Return Whoosh with its own ranking over texts prepared by `prepared`; `english`: stemmed."""
    analyser = StandardAnalyzer(stoplist=None, minsize=1) if prepared is our_tokens else StandardAnalyzer()
    if english:
        analyser = StemmingAnalyzer()
    schema = Schema(id=ID(stored=True), text=TEXT(analyzer=analyser))
    index = RamStorage().create_index(schema)
    writer = index.writer()
    for name, text in passages.items():
        writer.add_document(id=name, text=prepared(text))
    writer.commit()
    searcher = index.searcher()
    parser = QueryParser("text", schema, plugins=[], group=OrGroup)

    def ranked(question: str) -> list[str]:
        return [hit["id"] for hit in searcher.search(parser.parse(prepared(question)), limit=DEPTH)]

    return ranked


def tantivy_plain(
    passages: Mapping[str, str], prepared: Callable[[str], str], *, english: bool = False
) -> Ranked:
    """Return tantivy with its own ranking over texts prepared by `prepared`; `english`: stemmed."""
    builder = tantivy.SchemaBuilder()
    builder.add_text_field("id", stored=True, tokenizer_name="raw")
    tokenizer = "whitespace" if prepared is our_tokens else "en_stem" if english else "default"
    builder.add_text_field("text", tokenizer_name=tokenizer)
    index = tantivy.Index(builder.build())
    writer = index.writer(heap_size=50_000_000, num_threads=1)
    for name, text in passages.items():
        document = tantivy.Document()
        document.add_text("id", name)
        document.add_text("text", prepared(text))
        writer.add_document(document)
    writer.commit()
    writer.wait_merging_threads()
    index.reload()
    searcher = index.searcher()

    def ranked(question: str) -> list[str]:
        # Signs of the query language are no words of a question.
        words = "".join(sign if sign.isalnum() or sign.isspace() else " " for sign in prepared(question))
        query, _ = index.parse_query_lenient(words, ["text"])
        found = searcher.search(query, limit=DEPTH).hits
        return [str(searcher.doc(address)["id"][0]) for _, address in found]

    return ranked


def figures(ranked: Ranked, collection: Collection, asked: Sequence[str]) -> dict[str, float]:
    """Return the figures of a ranking over the questions asked."""
    gains, recalls, ranks = [], [], []
    start = time.process_time()
    for question in asked:
        judged = collection.grades[question]
        hits = [{name} for name in ranked(collection.questions[question])]
        gains.append(ndcg(hits, judged, [{name} for name in judged]))
        recalls.append(recall(hits, judged))
        ranks.append(reciprocal_rank(hits, judged))
    cpu = (time.process_time() - start) / len(asked) * 1000
    return {
        "ndcg@10": round(mean(gains), 4),
        "mrr@10": round(mean(ranks), 4),
        "recall@10": round(mean(recalls), 4),
        "hit@1": round(mean([float(rank == 1) for rank in ranks]), 4),
        "cpu_ms_a_query": round(cpu, 2),
    }


def main() -> int:
    """Measure and print; 0 also where the data is absent."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--queries", type=int, default=1000, help="questions asked, drawn by the seed")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--english", action="store_true", help="also the engines with an English stemmer")
    chosen = parser.parse_args()
    if not (chosen.data / "qrels.tsv").is_file():
        sys.stderr.write("skipped: the shared data bench/retrieval/cmrc2018 is not beside the project\n")
        return 0
    collection = read_collection(chosen.data)
    every = sorted(name for name in collection.questions if name in collection.grades)
    asked = random.Random(chosen.seed).sample(every, min(chosen.queries, len(every)))
    with tempfile.TemporaryDirectory() as folder:
        settings: dict[str, Callable[[], Ranked]] = {
            "ours, Whoosh": lambda: ours(collection.passages, Path(folder) / "w", "whoosh"),
            "ours, tantivy": lambda: ours(collection.passages, Path(folder) / "t", "tantivy"),
            "our tokens, Whoosh's ranking": lambda: whoosh_plain(collection.passages, our_tokens),
            "our tokens, tantivy's ranking": lambda: tantivy_plain(collection.passages, our_tokens),
            "Whoosh as it comes": lambda: whoosh_plain(collection.passages, str),
            "tantivy as it comes": lambda: tantivy_plain(collection.passages, str),
        }
        if chosen.english:
            settings["Whoosh, English stemmer"] = lambda: whoosh_plain(collection.passages, str, english=True)
            settings["tantivy, English stemmer"] = lambda: tantivy_plain(
                collection.passages, str, english=True
            )
        for name, opened in settings.items():
            row = {
                "setting": name,
                "passages": len(collection.passages),
                "queries": len(asked),
                "seed": chosen.seed,
            }
            sys.stdout.write(
                json.dumps(row | figures(opened(), collection, asked), ensure_ascii=False) + "\n"
            )
            sys.stdout.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
