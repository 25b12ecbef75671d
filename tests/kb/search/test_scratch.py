"""Arrays are lent to one search at a time, always clear, and kept for the next."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from kb.search import SearchIndex
from kb.search.scratch import KEPT, Scratch

QUERIES = ("主轴过热", "报警401", "encoder battery low", "zhuzhou guore", "换刀臂卡在中间不动了")


def test_an_array_that_comes_back_is_lent_again_and_is_clear() -> None:
    scratch = Scratch(5)
    with scratch.lent() as lent:
        first = lent.zeros()
        first += 7.0
        assert lent.zeros() is not first
        with scratch.lent() as other:
            assert other.zeros() is not first
    with scratch.lent() as lent:
        again = [lent.zeros() for _ in range(3)]
        assert any(array is first for array in again)
        assert not np.any(again)


def test_no_more_arrays_are_kept_than_a_long_query_needs() -> None:
    scratch = Scratch(1)
    with scratch.lent() as lent:
        made = [lent.zeros() for _ in range(KEPT + 1)]
    with scratch.lent() as lent:
        later = {id(lent.zeros()) for _ in range(KEPT)}
    assert later <= {id(array) for array in made}


def test_searches_at_the_same_time_find_what_they_find_one_after_the_other(index: SearchIndex) -> None:
    alone = {query: index.search(query) for query in QUERIES}
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(index.search, QUERIES * 12))
    for query, result in zip(QUERIES * 12, together, strict=True):
        assert [(hit.page.id, hit.score) for hit in result.hits] == [
            (hit.page.id, hit.score) for hit in alone[query].hits
        ]
        assert result.total == alone[query].total
