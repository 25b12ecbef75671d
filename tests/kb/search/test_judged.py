"""Our judged queries against the project's own library: figures that may not fall, and a hold-out nobody tunes on."""

from pathlib import Path

import pytest

from kb.content import load_library
from kb.search import SearchIndex, open_index
from kb.usecases.search_evaluation import STRATA, Evaluation, JudgedQuery, evaluate, read_judged_queries

ROOT = Path(__file__).parents[3]
GOLDEN = ROOT / "tests" / "golden"
JUDGED, HOLDOUT = GOLDEN / "judged_queries.tsv", GOLDEN / "holdout_queries.tsv"
BLIND, FOREIGN = GOLDEN / "blind_queries.tsv", GOLDEN / "foreign_queries.tsv"
ANSWERED_FOREIGN = 0.05
"""Share of questions of other trades that get hits as if they had an answer."""
REFUSED = 0.01
"""Share of our own questions that are told that nothing fits."""
AT_LEAST_OF_EACH = 50
"""Queries of each stratum, both files together."""


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    return open_index(tmp_path_factory.mktemp("judged"), load_library(ROOT / "content"))


@pytest.fixture(scope="module")
def judged(real: SearchIndex) -> Evaluation:
    return evaluate(real, read_judged_queries(JUDGED, real.library))


@pytest.fixture(scope="module")
def held_out(real: SearchIndex) -> Evaluation:
    return evaluate(real, read_judged_queries(HOLDOUT, real.library))


def queries(real: SearchIndex) -> list[JudgedQuery]:
    return [one for path in (JUDGED, HOLDOUT) for one in read_judged_queries(path, real.library)]


def test_there_are_more_than_300_queries_no_two_alike_and_fifty_of_each_stratum(real: SearchIndex) -> None:
    every = queries(real)
    assert len(every) > 300
    assert len({one.query for one in every}) == len(every)
    for stratum in STRATA:
        assert sum(one.stratum == stratum for one in every) >= AT_LEAST_OF_EACH


def test_the_hold_out_has_100_queries_of_all_strata_and_says_that_nothing_is_tuned_on_it(
    real: SearchIndex,
) -> None:
    held = read_judged_queries(HOLDOUT, real.library)
    assert len(held) == 100
    assert {one.stratum for one in held} == set(STRATA)
    assert "Nothing is ever tuned on them" in HOLDOUT.read_text(encoding="utf-8").splitlines()[0]


def test_no_query_is_a_golden_one_or_a_title_or_summary_of_a_page(real: SearchIndex) -> None:
    golden = {
        line.split("\t")[1]
        for line in (GOLDEN / "search_queries.tsv").read_text(encoding="utf-8").splitlines()
    }
    every = queries(real)
    assert not [one.query for one in every if one.query in golden]
    titles = {
        text for page in real.library.pages.values() for text in (page.title, page.title_en, page.summary)
    }
    assert not [one.query for one in every if one.stratum in {"symptom", "how-to"} and one.query in titles]


def test_no_complaint_stands_word_for_word_in_a_body(real: SearchIndex) -> None:
    text = "\n".join(real.library.bodies.values())
    assert not [one.query for one in queries(real) if one.stratum == "symptom" and one.query in text]


def test_the_figures_of_our_own_queries_do_not_fall(judged: Evaluation) -> None:
    assert judged.all.ndcg_10 >= 0.95
    assert judged.all.hit_3 >= 0.97
    assert judged.all.zero <= 0.02
    assert judged.strata["code"].hit_1 >= 0.99
    assert min(figures.ndcg_10 for figures in judged.strata.values()) >= 0.92


def test_the_figures_of_the_hold_out_do_not_fall(held_out: Evaluation) -> None:
    assert held_out.all.ndcg_10 >= 0.90
    assert held_out.all.hit_3 >= 0.93
    assert held_out.all.zero <= 0.02
    assert held_out.strata["code"].hit_1 >= 0.99
    assert min(figures.ndcg_10 for figures in held_out.strata.values()) >= 0.70


def test_questions_of_other_trades_are_told_that_nothing_fits(real: SearchIndex) -> None:
    queries = read_judged_queries(FOREIGN, real.library)
    assert len(queries) > 100
    assert not [one.query for one in queries if one.grades]
    assert len(evaluate(real, queries).noise) <= ANSWERED_FOREIGN * len(queries)


def test_our_own_questions_are_not(real: SearchIndex) -> None:
    asked = [one.query for one in read_judged_queries(JUDGED, real.library) if one.grades]
    refused = [query for query in asked if real.search(query, size=1, facets=False).nearest]
    assert len(refused) <= REFUSED * len(asked), refused


@pytest.mark.parametrize(
    "query",
    ["咖啡机漏水", "怎么做红烧肉", "苹果手机换屏", "coffee machine leaks", "汽车空调不制冷", "打印机卡纸"],
)
def test_a_question_of_another_trade_brings_at_most_what_is_nearest(real: SearchIndex, query: str) -> None:
    result = real.search(query, size=5, facets=False)
    assert result.nearest
    assert {hit.match for hit in result.hits} <= {"nearest"}


@pytest.mark.parametrize(
    "query", ["隔壁车间的主轴过热了", "手机店旁边的数显表乱跳", "the operator complains that the chuck slips"]
)
def test_a_foreign_word_beside_good_ones_does_no_harm(real: SearchIndex, query: str) -> None:
    assert not real.search(query, size=5, facets=False).nearest
