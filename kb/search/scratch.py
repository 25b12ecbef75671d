"""Arrays with a place for each document, lent to a search and kept for the next.

A search in 100,000 pages needs some twenty of 0.8 MB. Given back to the system after each search, their memory has to be
asked for and cleared page by page again: two thirds of the processor's time of a long query.
"""

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.float64]
KEPT = 32
"""Arrays that are kept, 25 MB at 100,000 pages; enough for one long query, or a few short ones at once."""


class Scratch:
    """Arrays of one length that nobody uses now; safe to use from several threads."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._free: list[Places] = []

    def lent(self) -> "Lent":
        """Return what lends arrays to one search."""
        return Lent(self._total, self._free)


class Lent:
    """Lends arrays until the search ends: `with` it.

    Args:
        total: Length of each.
        free: Those to be had; appending to a list and popping from it are safe among threads.
    """

    def __init__(self, total: int, free: list[Places] | None = None) -> None:
        self._total = total
        self._free = [] if free is None else free
        self._out: list[Places] = []

    def zeros(self) -> Places:
        """Return an array of zeros, until the search ends."""
        array = self.taken()
        self._out.append(array)
        return array

    def taken(self) -> Places:
        """Return an array of zeros that is put back by `put_back`."""
        try:
            array = self._free.pop()
        except IndexError:
            return np.zeros(self._total)
        array.fill(0.0)
        return array

    def put_back(self, *arrays: Places) -> None:
        """Take back arrays of `taken` that nobody looks at any more."""
        for array in arrays:
            if len(self._free) < KEPT:
                self._free.append(array)

    def __enter__(self) -> "Lent":
        return self

    def __exit__(self, *_: object) -> None:
        self.put_back(*self._out)
        self._out = []
