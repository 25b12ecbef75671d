"""What every engine hands out: the pages of a token, and how strongly each has it.

An impact is kept as one of `LEVELS` steps. So both engines, however they store it, give back the very same
number, and the same query has the same answer in the same order on either.
"""

import threading
from collections import OrderedDict
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

K1 = 3.0
"""Saturation of BM25F; above the usual 1.2, because weights of a title are several times those of a body."""
LEVELS = 255
"""Steps of an impact: a byte. The error, 0.2 % of the most a token can count, is far below what parts two pages."""
CACHED_POSTINGS = 8_000_000
"""Decoded postings that are kept, 12 bytes each, 96 MB when full: the words of dozens of queries in a library of 100,000
pages. One that drops what the next query asks for decodes again each time, which takes longer than all the rest."""

Documents = NDArray[np.int32]
Impacts = NDArray[np.float64]
PostingList = tuple[Documents, Impacts]
NO_POSTINGS: PostingList = (np.zeros(0, np.int32), np.zeros(0, np.float64))


class DamagedIndex(Exception):
    """The files are not what was written; the index is built again."""


class Postings(Protocol):
    """Where pages and impacts of tokens come from."""

    @property
    def total(self) -> int:
        """Number of documents."""

    def count(self, token: str) -> int:
        """Return how many documents have a token."""

    def impacts(self, token: str) -> PostingList:
        """Return the documents of a token in ascending order and how strongly each has it, 0 to 1."""


def impact(weight: float) -> float:
    """Return a BM25F weight after saturation, 0 to 1."""
    return weight / (weight + K1)


def level_of(weight: float) -> int:
    """Return the step of a BM25F weight, 1 to `LEVELS`; above 0, so that having a token always counts."""
    return max(1, round(LEVELS * impact(weight)))


def impacts_of(levels: NDArray[np.int32]) -> Impacts:
    """Return the impacts of steps."""
    return _IMPACTS[levels]


_IMPACTS: Impacts = np.arange(LEVELS + 1, dtype=np.float64) / LEVELS


class PostingCache:
    """Decoded postings, those used least lately dropped first; safe to use from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._lists: OrderedDict[str, PostingList] = OrderedDict()
        self._kept = 0

    def get(self, token: str) -> PostingList | None:
        """Return the postings of a token, or None where they are not kept."""
        with self._lock:
            found = self._lists.get(token)
            if found is not None:
                self._lists.move_to_end(token)
            return found

    def keep(self, token: str, found: PostingList) -> None:
        """Keep the postings of a token."""
        with self._lock:
            if token in self._lists:
                return
            self._lists[token] = found
            self._kept += len(found[0])
            while self._kept > CACHED_POSTINGS:
                _, (dropped, _) = self._lists.popitem(last=False)
                self._kept -= len(dropped)
