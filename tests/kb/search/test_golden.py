"""The table of golden queries against the project's own library: what engineers type and what must come.

A row is a promise: a page with one of the wanted ids or facts stands at rank `at_most` or better. A lesson
from the field becomes a row here first.
"""

import csv
from dataclasses import dataclass
from pathlib import Path

import pytest

from kb.content import Library, load_library
from kb.search import SearchIndex, open_index

ROOT = Path(__file__).parents[3]
TABLE = ROOT / "tests" / "golden" / "search_queries.tsv"
AT_FIRST, AMONG_THREE = 0.85, 0.95
"""Shares of all rows that must stand first, and among the first three: a row may slip, the whole may not."""
KINDS = {"code", "complaint", "task", "spelling", "pinyin", "english", "mixed"}


@dataclass(frozen=True)
class Golden:
    kind: str
    query: str
    wanted: frozenset[str]
    at_most: int


def golden() -> list[Golden]:
    with TABLE.open(encoding="utf-8", newline="") as file:
        return [
            Golden(row["kind"], row["query"], frozenset(row["wanted"].split("|")), int(row["at_most"]))
            for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        ]


@pytest.fixture(scope="module")
def library() -> Library:
    return load_library(ROOT / "content")


@pytest.fixture(scope="module")
def by_engine(tmp_path_factory: pytest.TempPathFactory, library: Library) -> dict[str, SearchIndex]:
    return {
        "whoosh": open_index(tmp_path_factory.mktemp("real"), library, engine="whoosh"),
        "tantivy": open_index(tmp_path_factory.mktemp("real"), library, engine="tantivy"),
    }


@pytest.fixture(scope="module", params=["whoosh", "tantivy"])
def real(request: pytest.FixtureRequest, by_engine: dict[str, SearchIndex]) -> SearchIndex:
    return by_engine[request.param]


def place(index: SearchIndex, row: Golden) -> int:
    """Return the rank of the first wanted page, 0 where it is not among the first ten."""
    hits = index.search(row.query, size=10, facets=False).hits
    return next((rank for rank, hit in enumerate(hits, 1) if row.wanted & {hit.page.id, *hit.page.facts}), 0)


@pytest.mark.parametrize("row", golden(), ids=lambda row: row.query)
def test_a_golden_query_finds_its_page(real: SearchIndex, row: Golden) -> None:
    known = {name for page in real.library.pages.values() for name in (page.id, *page.facts)}
    assert row.wanted & known, f"the library has none of {sorted(row.wanted)}"
    rank = place(real, row)
    shown = [hit.page.id for hit in real.search(row.query, size=5).hits]
    assert 0 < rank <= row.at_most, f"rank {rank or 'none'}, at most {row.at_most}; first are {shown}"


def test_most_golden_queries_find_their_page_first(real: SearchIndex) -> None:
    ranks = [place(real, row) for row in golden()]
    assert sum(rank == 1 for rank in ranks) / len(ranks) >= AT_FIRST
    assert sum(0 < rank <= 3 for rank in ranks) / len(ranks) >= AMONG_THREE


def test_the_table_has_rows_of_every_kind() -> None:
    rows = golden()
    assert len(rows) >= 80
    assert {row.kind for row in rows} == KINDS
    assert len({row.query for row in rows}) == len(rows)


def test_every_alarm_page_is_found_first_by_its_own_code(real: SearchIndex) -> None:
    """Or beside the pages of other families, or under a page that shares its number in the same family."""
    missed = []
    for id_, page in sorted(real.library.pages.items()):
        if page.type == "alarm":
            hits = [hit.page.id for hit in real.search(page.code, size=5, facets=False).hits]
            if id_ not in hits:
                missed.append((id_, page.code, hits))
    assert not missed


def test_the_same_query_gives_the_same_order(real: SearchIndex) -> None:
    for query in ("主轴", "报警", "回零不准", "encoder"):
        one = [(hit.page.id, hit.score) for hit in real.search(query, size=50).hits]
        assert one == [(hit.page.id, hit.score) for hit in real.search(query, size=50).hits]


def test_both_engines_answer_alike_to_the_last_digit(by_engine: dict[str, SearchIndex]) -> None:
    differing = []
    for row in golden():
        answers = [
            [(hit.page.id, hit.score, hit.match, hit.why) for hit in index.search(row.query, size=50).hits]
            for index in by_engine.values()
        ]
        if answers[0] != answers[1]:
            differing.append(row.query)
    assert not differing


def test_both_engines_count_facets_alike(by_engine: dict[str, SearchIndex]) -> None:
    for query in ("", "主轴", "报警401", "zzgr", "光珊尺"):
        whoosh, tantivy = (index.search(query) for index in by_engine.values())
        assert whoosh.total == tantivy.total
        assert whoosh.facets == tantivy.facets
