"""The figures, against numbers worked out by hand: log2(2)=1, log2(3)=1.58496, log2(4)=2, log2(5)=2.32193."""

import random
from collections.abc import Collection, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.usecases.search_metrics import (
    DEPTH,
    discounted,
    first_rank,
    gains,
    ideal_gains,
    mean,
    ndcg,
    recall,
    reciprocal_rank,
)

A, B, C, X = {"a"}, {"b"}, {"c"}, {"x"}
ONE = {"a": 1}
GRADED = {"a": 3, "b": 2, "c": 1}
# 3/1 + 2/1.58496 + 1/2
BEST_GRADED = 4.761860


@pytest.mark.parametrize(
    ("hits", "judged", "pages", "wanted"),
    [
        pytest.param([A], ONE, [A], 1.0, id="right at once"),
        pytest.param([X, A], ONE, [A], 0.630930, id="second place: 1/log2(3)"),
        pytest.param([X, X, A], ONE, [A], 0.5, id="third place: 1/log2(4)"),
        pytest.param([X] * 9 + [A], ONE, [A], 0.289065, id="tenth place: 1/log2(11)"),
        pytest.param([X] * 10 + [A], ONE, [A], 0.0, id="one past the depth"),
        pytest.param([], ONE, [A], 0.0, id="no hit"),
        pytest.param([A], {}, [A], 0.0, id="nothing judged"),
        pytest.param([A], ONE, [X], 0.0, id="no page tells it"),
        pytest.param([A, B, C], GRADED, [A, B, C], 1.0, id="graded, best order"),
        pytest.param([C, B, A], GRADED, [A, B, C], 3.761860 / BEST_GRADED, id="graded, worst order"),
        pytest.param([B, A], GRADED, [A, B, C], (2 + 3 * 0.630930) / BEST_GRADED, id="graded, one missing"),
        pytest.param([A, B], {"a": 1, "b": 1}, [A, B], 1.0, id="a tie, one way"),
        pytest.param([B, A], {"a": 1, "b": 1}, [A, B], 1.0, id="a tie, the other way"),
        pytest.param([A, A, B], {"a": 1, "b": 1}, [A, A, B], 1.5 / 1.630930, id="told twice counts once"),
        pytest.param([{"a", "b"}], {"a": 1, "b": 1}, [A, B, {"a", "b"}], 1.0, id="one page tells both"),
        pytest.param(
            [A, B], {"a": 1, "b": 1}, [A, B, {"a", "b"}], 1.630930 / 2, id="two pages where one would do"
        ),
    ],
)
def test_ndcg_is_what_the_hand_computes(
    hits: Sequence[Collection[str]],
    judged: dict[str, int],
    pages: Sequence[Collection[str]],
    wanted: float,
) -> None:
    assert ndcg(hits, judged, pages) == pytest.approx(wanted, abs=1e-6)


def test_with_more_than_ten_judged_a_full_page_is_perfect_and_recall_says_what_is_left_out() -> None:
    judged = {f"n{number}": 1 for number in range(12)}
    pages = [{name} for name in judged]
    assert ndcg(pages[:10], judged, pages) == 1.0
    assert recall(pages[:10], judged) == pytest.approx(10 / 12)
    assert recall(pages, judged) == pytest.approx(10 / 12)
    # The ninth and tenth place lost: 1 − (1/log2(10) + 1/log2(11)) / 4.543559
    assert ndcg(pages[:8], judged, pages) == pytest.approx(1 - (0.301030 + 0.289065) / 4.543559, abs=1e-6)


@pytest.mark.parametrize(
    ("place", "rank"),
    [
        pytest.param(1, 1, id="first"),
        pytest.param(10, 10, id="tenth"),
        pytest.param(11, 0, id="past the depth"),
    ],
)
def test_rank_and_reciprocal_rank_end_at_the_depth(place: int, rank: int) -> None:
    hits = [X] * (place - 1) + [A]
    assert first_rank(hits, ONE) == rank
    assert reciprocal_rank(hits, ONE) == (1 / rank if rank else 0.0)


def test_recall_of_nothing_judged_is_nothing() -> None:
    assert recall([A], {}) == 0.0


def test_recall_counts_a_name_once_however_many_pages_tell_it() -> None:
    assert recall([A, A, A], {"a": 1, "b": 1}) == 0.5


def test_the_ideal_takes_the_page_that_tells_most_and_leaves_out_what_adds_nothing() -> None:
    pages = [A, {"a", "b"}, C, X]
    assert ideal_gains(pages, {"a": 1, "b": 1, "c": 3}) == (3, 2)
    assert ideal_gains(pages, {"a": 1, "b": 1, "c": 3}, depth=1) == (3,)
    assert ideal_gains(pages, {}) == ()


def test_gains_name_each_rank() -> None:
    assert gains([X, {"a", "b"}, A, C], GRADED) == (0, 5, 0, 1)
    assert discounted((0, 5, 0, 1)) == pytest.approx(5 / 1.584963 + 1 / 2.321928, abs=1e-5)


def test_the_mean_of_nothing_is_nothing() -> None:
    assert mean([]) == 0.0
    assert mean([1, 0, 0.5]) == 0.5


NAMES = st.frozensets(st.sampled_from("abcdefgh"), min_size=1, max_size=3)


@given(
    pages=st.lists(NAMES, min_size=1, max_size=14),
    judged=st.dictionaries(st.sampled_from("abcdefgh"), st.integers(1, 3), min_size=1),
    order=st.randoms(use_true_random=False),
)
def test_every_figure_is_a_share_and_no_order_beats_the_ideal(
    pages: list[frozenset[str]], judged: dict[str, int], order: random.Random
) -> None:
    hits = list(pages)
    order.shuffle(hits)
    for figure in (ndcg(hits, judged, pages), recall(hits, judged), reciprocal_rank(hits, judged)):
        assert 0.0 <= figure <= 1.0
    told = {name for names in pages[:DEPTH] for name in names} & judged.keys()
    assert (ndcg(pages, judged, pages) > 0) == bool(told)


@given(
    count=st.integers(1, 14),
    grades=st.lists(st.integers(1, 3), min_size=14, max_size=14),
)
def test_where_only_ids_are_judged_the_order_of_grades_is_perfect(count: int, grades: list[int]) -> None:
    judged = {f"p{number}": grade for number, grade in enumerate(grades[:count])}
    hits = [{name} for name, _ in sorted(judged.items(), key=lambda pair: -pair[1])]
    assert ndcg(hits, judged, list(reversed(hits))) == 1.0
