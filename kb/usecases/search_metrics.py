"""How good is a list of hits? Pure figures over names: what each hit tells, and what a query was judged to want.

A *name* is a page's id or a fact that pages tell. Several pages may tell one fact, and a reader needs it once:
so a judged name counts at the first hit that tells it and nowhere else. Where only ids are judged, every figure
is the textbook's.

Source:
    nDCG with gain by grade and discount 1/log2(rank + 1): Järvelin and Kekäläinen 2002; a name that counts once
    is α-nDCG with α = 1, its ideal chosen greedily: Clarke et al. 2008. MRR, recall and hit rate: textbook.
"""

import math
from collections.abc import Collection, Iterable, Mapping, Sequence

DEPTH = 10
"""How many hits are looked at: what a reader sees without turning the page."""


def first_rank(hits: Sequence[Collection[str]], judged: Mapping[str, int], *, depth: int = DEPTH) -> int:
    """Return the rank, from 1, of the first hit that tells a judged name; 0 where none of the first `depth` does.

    Args:
        hits: The names each hit tells, best first.
        judged: Grade, at least 1, by judged name.
        depth: How many hits are looked at.
    """
    return next(
        (rank for rank, names in enumerate(hits[:depth], 1) if not judged.keys().isdisjoint(names)), 0
    )


def reciprocal_rank(
    hits: Sequence[Collection[str]], judged: Mapping[str, int], *, depth: int = DEPTH
) -> float:
    """Return 1 divided by the first rank that tells a judged name; 0 where none does."""
    rank = first_rank(hits, judged, depth=depth)
    return 1 / rank if rank else 0.0


def recall(hits: Sequence[Collection[str]], judged: Mapping[str, int], *, depth: int = DEPTH) -> float:
    """Return the share of the judged names that the first `depth` hits tell; 0 where nothing is judged.

    With more judged names than places the share can stay below 1 however good the order is.
    """
    told = {name for names in hits[:depth] for name in names if name in judged}
    return len(told) / len(judged) if judged else 0.0


def gains(
    hits: Sequence[Collection[str]], judged: Mapping[str, int], *, depth: int = DEPTH
) -> tuple[int, ...]:
    """Return, for each of the first `depth` hits, the grades of the judged names that it is the first to tell."""
    left = dict(judged)
    return tuple(sum(left.pop(name, 0) for name in set(names)) for names in hits[:depth])


def ideal_gains(
    pages: Iterable[Collection[str]], judged: Mapping[str, int], *, depth: int = DEPTH
) -> tuple[int, ...]:
    """Return the gains of the best order: at each rank the page that tells the most that is still untold.

    Args:
        pages: The names each page of the library tells; only those with a judged name matter.
        judged: Grade by judged name.
        depth: How many ranks there are.
    """
    left = dict(judged)
    useful = [told for names in pages if (told := frozenset(names) & judged.keys())]
    chosen: list[int] = []
    while useful and len(chosen) < depth:
        best = max(useful, key=lambda told: sum(left.get(name, 0) for name in told))
        gain = sum(left.pop(name, 0) for name in best)
        if not gain:
            break
        chosen.append(gain)
    return tuple(chosen)


def discounted(gains_by_rank: Iterable[int]) -> float:
    """Return the sum of gains, each divided by log2(rank + 1)."""
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains_by_rank, 1))


def ndcg(
    hits: Sequence[Collection[str]],
    judged: Mapping[str, int],
    pages: Iterable[Collection[str]],
    *,
    depth: int = DEPTH,
) -> float:
    """Return the discounted gain of `hits` as a share of the best order's, 0 to 1; 0 where no page is wanted.

    The best order is found greedily, which is not always the very best, so the share is held at 1.
    """
    best = discounted(ideal_gains(pages, judged, depth=depth))
    return min(1.0, discounted(gains(hits, judged, depth=depth)) / best) if best else 0.0


def mean(figures: Sequence[float]) -> float:
    """Return the mean; 0 of nothing."""
    return math.fsum(figures) / len(figures) if figures else 0.0
