"""What is known of each document beside its tokens: page, facets, freshness. In memory, by document number."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kb.content import Library, Page
from kb.content.pages import Status
from kb.search.index import FACETS, Filters, facet_values
from kb.search.query import Intent
from kb.search.ranking import CONFIDENCE, TYPE_FACTORS


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All documents of an index.

    Args:
        pages: Pages by document number.
        numbers: Document number by page id.
        sets: Bit set of documents by value by facet; bit n is document n.
        withdrawn: Bit set of withdrawn pages.
        confidence: Factor of each document.
        type_factors: Factor of each document by what the query asks for.
        alive: Bit set of the documents that are pages of the library; those that are not are never found.
        places: Place of each document in the order into which ties fall.
    """

    pages: tuple[Page, ...]
    numbers: Mapping[str, int]
    sets: Mapping[str, Mapping[str, int]]
    withdrawn: int
    confidence: NDArray[np.float64]
    type_factors: Mapping[Intent, NDArray[np.float64]]
    alive: int
    places: NDArray[np.float64]

    def allowed(self, filters: Filters, *, but: str = "") -> int:
        """Return the bit set of the documents that the filters let through, one facet left out."""
        allowed = self.alive
        if not filters.withdrawn:
            allowed &= ~self.withdrawn
        for facet, values in filters.chosen.items():
            if facet != but and values:
                one = 0
                for value in values:
                    one |= self.sets.get(facet, {}).get(value, 0)
                allowed &= one
        return allowed

    def ordered(
        self, scores: NDArray[np.float64], numbers: NDArray[np.intp], most: int | None = None
    ) -> NDArray[np.intp]:
        """Return document numbers by score, the highest first, ties in their order.

        Args:
            scores: Score by document number.
            numbers: What is ordered.
            most: How many are looked at; what stands behind these is there, in no order. None for all.
        """
        if most is not None and 0 < most < len(numbers):
            of_these = scores[numbers]
            least = np.partition(of_these, len(numbers) - most)[len(numbers) - most]
            ahead = of_these >= least
            return np.concatenate((self.ordered(scores, numbers[ahead]), numbers[~ahead]))
        return numbers[np.lexsort((self.places[numbers], -scores[numbers]))]

    def counts(self, found: int, filters: Filters) -> dict[str, dict[str, int]]:
        """Return how many documents of each value are in `found`, every facet without its own filter.

        Bit sets make a count one machine operation a word, so it costs nothing even in a large library.
        """
        counted = {}
        for facet in FACETS:
            inside = found & self.allowed(filters, but=facet)
            values = {}
            for value, members in self.sets.get(facet, {}).items():
                if count := (inside & members).bit_count():
                    values[value] = count
            counted[facet] = dict(sorted(values.items(), key=lambda item: (-item[1], item[0])))
        return counted


def build_catalogue(library: Library, ids: Sequence[str]) -> Catalogue:
    """Return the catalogue of the pages `ids`, in that order."""
    pages = tuple(library.pages[id_] for id_ in ids)
    members: dict[str, dict[str, list[int]]] = {facet: {} for facet in FACETS}
    withdrawn = 0
    for number, page in enumerate(pages):
        for facet, values in facet_values(page, library).items():
            for value in values:
                members[facet].setdefault(value, []).append(number)
        if page.status is Status.WITHDRAWN:
            withdrawn |= 1 << number
    return Catalogue(
        pages=pages,
        numbers={id_: number for number, id_ in enumerate(ids)},
        sets={
            facet: {value: bit_set(numbers, len(pages)) for value, numbers in values.items()}
            for facet, values in members.items()
        },
        withdrawn=withdrawn,
        confidence=np.array([CONFIDENCE[page.confidence] for page in pages], dtype=np.float64),
        type_factors={
            intent: np.array([factors.get(page.type, 1.0) for page in pages], dtype=np.float64)
            for intent, factors in TYPE_FACTORS.items()
        },
        alive=(1 << len(pages)) - 1,
        places=np.arange(len(pages), dtype=np.float64),
    )


def tie_order(page: Page) -> tuple[int, str]:
    """Return by what ties are ordered: the later review first, then the id."""
    return -page.reviewed.toordinal(), page.id


def extended_catalogue(
    base: Catalogue,
    library: Library,
    gone: Sequence[int],
    added: Sequence[str],
    order: Sequence[tuple[int, str]],
) -> Catalogue:
    """Return `base` without the documents `gone`, and with the pages `added` behind its own.

    Args:
        base: The catalogue of an index.
        library: Has the pages `added`.
        gone: Document numbers.
        added: Page ids.
        order: What ties of the documents of `base` are ordered by, ascending.
    """
    more = build_catalogue(library, added)
    first = len(base.pages)
    masked = bit_set(gone, first)
    lost = set(gone)
    numbers = {id_: number for id_, number in base.numbers.items() if number not in lost}
    numbers |= {id_: first + number for id_, number in more.numbers.items()}
    pages = base.pages + more.pages
    # A document behind the others falls between two of theirs; several in one gap keep their own order.
    newcomers = sorted(range(first, len(pages)), key=lambda number: tie_order(pages[number]))
    places = np.arange(len(pages), dtype=np.float64)
    for rank, number in enumerate(newcomers, 1):
        before = bisect_left(order, tie_order(pages[number]))
        places[number] = before - 1 + rank / (len(newcomers) + 1)
    return Catalogue(
        pages=pages,
        numbers=numbers,
        sets={
            facet: {
                value: base.sets[facet].get(value, 0) | more.sets[facet].get(value, 0) << first
                for value in {**base.sets[facet], **more.sets[facet]}
            }
            for facet in FACETS
        },
        withdrawn=base.withdrawn | more.withdrawn << first,
        confidence=np.concatenate((base.confidence, more.confidence)),
        type_factors={
            intent: np.concatenate((factors, more.type_factors[intent]))
            for intent, factors in base.type_factors.items()
        },
        alive=(base.alive & ~masked) | more.alive << first,
        places=places,
    )


def bit_set(numbers: Sequence[int] | NDArray[np.intp], total: int) -> int:
    """Return the set of document numbers as bits."""
    members = np.zeros(total, dtype=np.bool_)
    members[np.asarray(numbers, dtype=np.intp)] = True
    return int.from_bytes(np.packbits(members, bitorder="little").tobytes(), "little")


def mask_of(bits: int, total: int) -> NDArray[np.bool_]:
    """Return a bit set as a truth value for each document."""
    raw = np.frombuffer(bits.to_bytes(total // 8 + 1, "little"), dtype=np.uint8)
    return np.unpackbits(raw, bitorder="little")[:total].astype(np.bool_)


def numbers_of(bits: int, total: int) -> NDArray[np.intp]:
    """Return the document numbers of a bit set, ascending."""
    return np.flatnonzero(mask_of(bits, total))
