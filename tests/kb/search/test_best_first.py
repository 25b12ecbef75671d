"""Only the hits that are looked at are put in order: they are those that ordering all would bring."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content import load_library
from kb.search import Filters, SearchIndex, open_index
from kb.search.catalogue import Catalogue, build_catalogue
from kb.search.documents import ALONE, boost_of
from kb.search.tolerance import LetteredLines

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> SearchIndex:
    return open_index(tmp_path_factory.mktemp("best"), load_library(ROOT / "content"))


@pytest.fixture(scope="module")
def catalogue(index: SearchIndex) -> Catalogue:
    return build_catalogue(index.library, sorted(index.library.pages))


@given(data=st.data())
def test_the_best_few_come_as_ordering_all_brings_them_and_none_is_lost(
    catalogue: Catalogue, data: st.DataObject
) -> None:
    total = len(catalogue.pages)
    # Few different scores, so that ties lie across the edge.
    scores = np.array(data.draw(st.lists(st.sampled_from([0.1, 0.2, 0.3]), min_size=total, max_size=total)))
    numbers = np.array(sorted(data.draw(st.sets(st.integers(0, total - 1)))), dtype=np.intp)
    most = data.draw(st.integers(0, total + 1))
    whole = catalogue.ordered(scores, numbers)
    best = catalogue.ordered(scores, numbers, most)
    assert best[:most].tolist() == whole[:most].tolist()
    assert sorted(best.tolist()) == numbers.tolist()


@pytest.mark.parametrize("query", ["报警", "主轴过热", "zzgr", "报警401", "怎么更换编码器电池"])
def test_pages_of_hits_laid_end_to_end_are_the_one_long_page(real: SearchIndex, query: str) -> None:
    whole = real.search(query, size=90)
    parts = [real.search(query, first=first, size=4) for first in range(0, 90, 4)]
    assert [hit for part in parts for hit in part.hits][:90] == list(whole.hits)
    assert len(whole.hits) > 4
    assert {str(part.facets) for part in parts} == {str(whole.facets)}


def test_hits_of_a_choice_are_the_hits_of_all_without_the_others(real: SearchIndex) -> None:
    every = real.search("报警", size=2000)
    chosen = real.search("报警", filters=Filters(chosen={"type": frozenset({"case"})}), size=5)
    assert [hit.page.id for hit in chosen.hits] == [
        hit.page.id for hit in every.hits if hit.page.type == "case"
    ][:5]


def test_each_hit_of_many_tells_why_it_was_found_itself(real: SearchIndex) -> None:
    together = real.search("主轴电机过热报警怎么处理", size=30)
    alone = [real.search("主轴电机过热报警怎么处理", first=number, size=1).hits[0] for number in range(30)]
    assert list(together.hits) == alone
    assert len({str(hit.why) for hit in alone}) > 1


def test_initials_are_found_in_the_last_title_and_never_across_two() -> None:
    lettered = LetteredLines.of([("主轴", "zz"), ("过热主轴过热", "grzzgr")])
    assert list(lettered.phrases("gr")) == ["过热"]
    assert list(lettered.phrases("zzgr")) == ["主轴过热"]
    assert list(lettered.phrases("zzg")) == ["主轴过"]
    assert list(lettered.phrases("zgrz")) == []
    assert list(LetteredLines.of([]).phrases("zz")) == []


def test_a_page_that_is_but_text_weighs_its_text_in_full() -> None:
    plain = {"title": "Notes", "summary": "Notes", "body": "hydraulic chuck"}
    told = {**plain, "keywords": "mandrel"}
    assert boost_of("body", plain) == ALONE * boost_of("body", told) > boost_of("body", told)
    assert boost_of("title", plain) == boost_of("title", told)
