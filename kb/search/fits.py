"""How the documents of an index stand to the machine in hand."""

import numpy as np
from numpy.typing import NDArray

from kb.content import Library
from kb.search.catalogue import Catalogue
from kb.search.scope import FACTORS, STEPS, Fit, Scope, ScopeReader


class Fits:
    """How documents stand to the machine in hand, looked at once each; without a machine all stand alike."""

    def __init__(self, scope: Scope | None, library: Library, catalogue: Catalogue) -> None:
        self._reader = ScopeReader(scope, library) if scope is not None else None
        self._pages = catalogue.pages
        self._known: dict[int, Fit] = {}
        self.families = self._reader.families if self._reader is not None else frozenset()

    def __bool__(self) -> bool:
        return self._reader is not None

    def of(self, number: int) -> Fit | None:
        """Return how a document stands to the machine, or None without one."""
        if self._reader is None:
            return None
        fit = self._known.get(number)
        if fit is None:
            fit = self._known[number] = self._reader.fit(self._pages[number])
        return fit

    def factors(self, numbers: NDArray[np.intp]) -> NDArray[np.float64]:
        """Return how much the text of each document counts."""
        fits = [self.of(number) for number in numbers.tolist()]
        return np.array([1.0 if fit is None else FACTORS[fit] for fit in fits], dtype=np.float64)

    def step(self, number: int) -> int:
        """Return the place of a document among those about one code."""
        fit = self.of(number)
        return 0 if fit is None else STEPS[fit]
