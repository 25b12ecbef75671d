"""The only place that opens things, reads the clock and makes randomness.

May import: `kb.settings`, and every room that has something to open.
"""

import gc
import logging
import secrets
import time
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

from kb.content import Library
from kb.content.watching import WatchedLibrary
from kb.errors import StoreFailure
from kb.search import SearchIndex, open_index
from kb.settings import Settings
from kb.store import Store
from kb.usecases.jobs import Background
from kb.usecases.page_feedback import all_verdicts
from kb.usecases.page_use import all_reuse, reuse_scores
from kb.usecases.search_notes import SearchNotes

_log = logging.getLogger(__name__)

MANY_PAGES = 2_000
"""Pages from which on the library is left out of the collection of garbage."""

REUSE_FRESH = timedelta(seconds=30)
"""A page linked to a job is lifted in the search after so long at most; asking the database each time would cost more."""


class House:
    """Everything that is open while the product runs.

    Args:
        settings: The settings in force.
        store: The database; opened lazily by its first use.
        clock: Returns the present instant, aware.
        token: Returns a fresh random secret, URL-safe, at least 256 bits.
        library: The library as it was read before; None reads all of it when it is first asked for.
    """

    seconds = staticmethod(time.monotonic)
    """Seconds on a clock that only runs forwards; a function that another process finds by its name."""

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        clock: Callable[[], datetime],
        token: Callable[[], str],
        library: Library | None = None,
    ) -> None:
        self.settings = settings
        self.store = store
        self._clock = clock
        self.token = token
        self.search_notes = SearchNotes(store)
        self._library = WatchedLibrary(settings.content_dir, seconds=time.monotonic, known=library)
        self._index: SearchIndex | None = None
        self._reuse: tuple[datetime, Mapping[str, float]] | None = None

    def in_background(self, name: str, work: Callable[[], object]) -> Background:
        """Start `work` in a thread that ends with the process, and return it."""
        worker = Background(name, work)
        worker.start()
        return worker

    def new_id(self) -> str:
        """Return an id that nothing has: some 130 random bits as 22 letters and digits.

        A dash in front would make it an option of a command.
        """
        return self.token()[:22].replace("-", "h").replace("_", "u")

    def now(self) -> datetime:
        """Return the present instant in the house's time zone."""
        return self._clock()

    def today(self) -> date:
        """Return the present day in the house's time zone."""
        return self.now().date()

    def library(self) -> Library:
        """Return the library, read again where a file has changed since."""
        return self._library.now()

    def search_index(self) -> SearchIndex:
        """Return an open index that matches the library; built again where it is missing, old or damaged."""
        first = self._index is None
        library = self.library()
        self._index = open_index(
            self.settings.index_dir, library, known=self._index, engine=self.settings.search_engine
        )
        if first and len(library.pages) >= MANY_PAGES:
            # The pages stay for as long as the process does: looking through them for garbage stops it for most of
            # a second, at 10,000 pages, in the middle of somebody's search.
            gc.collect()
            gc.freeze()
        return self._index

    def reuse(self) -> Mapping[str, float]:
        """Return how proven pages are by the jobs that used them, at most `REUSE_FRESH` old.

        While the database cannot be asked, what was known last holds: a search answers without it.
        """
        now = self.now()
        if self._reuse is None or not timedelta(0) <= now - self._reuse[0] < REUSE_FRESH:
            scores: Mapping[str, float] = self._reuse[1] if self._reuse is not None else {}
            try:
                verdicts = all_verdicts(self.store, self.library())
                scores = reuse_scores(all_reuse(self.store), verdicts)
            except StoreFailure as failure:
                _log.warning("the search goes on without the use of pages in jobs: %s", failure)
            self._reuse = (now, scores)
        return self._reuse[1]


def open_house(
    settings: Settings | None = None,
    *,
    clock: Callable[[], datetime] | None = None,
    library: Library | None = None,
) -> House:
    """Open a house.

    Args:
        settings: The settings; None reads the environment.
        clock: A clock for tests; None reads the machine's in the settings' time zone.
        library: The library as somebody has read it already: only what has changed since is read again.
    """
    settings = settings or Settings()
    zone = ZoneInfo(settings.time_zone)
    Path(settings.home).mkdir(parents=True, exist_ok=True)
    return House(
        settings=settings,
        store=Store(settings.database),
        clock=clock or (lambda: datetime.now(zone)),
        token=lambda: secrets.token_urlsafe(32),
        library=library,
    )
