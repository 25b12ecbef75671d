"""The library of a running service, always as the files stand, without asking each file before each answer.

Looking at every file costs 40 ms of the processor at 10,000 pages, too much for every request. Instead a request asks
130 folders for their times, which a page that is replaced changes (a third of a millisecond), and the system whether it
was told of a write into a file in place. Where the system tells nothing (not Linux, no watches left) a thread looks at
every file four times a second while people ask; where it does, the thread looks now and then, for what is never told:
links to files elsewhere, and network shares that another machine writes to.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from kb.content.folder_events import FolderEvents
from kb.content.library import Library, load_library

MANY_FILES = 2_000
"""From here on not every request looks at every file."""
LOOK_SECONDS = 0.2
"""Pause between two looks at every file, while people ask and nobody tells of changes."""
LOOK_SHARE = 4
"""So many times what a look costs is paused at least: past 10,000 pages a fifth of a core is all that looking may cost."""
TOLD_SECONDS = 10.0
"""Pause where the system tells of changes."""
CALM_SECONDS = 60.0
"""So long after the last request the thread rests; the next request looks for itself."""


class WatchedLibrary:
    """The pages of a folder, as they stand now; safe to use from several threads.

    Args:
        folder: The content folder.
        seconds: Seconds on a clock that only runs forwards.
        known: The library as it was read before.
        events: Who tells of changes.
    """

    def __init__(
        self,
        folder: Path,
        *,
        seconds: Callable[[], float],
        known: Library | None = None,
        events: FolderEvents | None = None,
    ) -> None:
        self._folder = folder
        self._seconds = seconds
        self._seen: tuple[Library | None, dict[str, int], int] = (known, {}, -1)
        self._events = events if events is not None else FolderEvents()
        self._is_told = False
        self._asked = 0.0
        self._cost = 0.0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def now(self) -> Library:
        """Return the library; read again where a file has changed since.

        Of a large one that is asked for again and again, a page that was replaced shows at once, and so does one that
        was written in place where the system tells of it; elsewhere after `pause()` seconds and the time of a look.
        """
        self._asked = self._seconds()
        if (known := self._unchanged()) is not None:
            return known
        with self._lock:
            # Whoever waited here for another's look needs none of his own.
            known = self._unchanged()
            library = known if known is not None else self._looked()
            if len(library.files) >= MANY_FILES and not self.watches:
                self._thread = threading.Thread(target=self._keep_looking, name="library", daemon=True)
                self._thread.start()
            return library

    def look(self) -> Library:
        """Look at every file, and return the library."""
        with self._lock:
            return self._looked()

    def pause(self) -> float:
        """Return how long the thread waits between two looks, in seconds."""
        return max(TOLD_SECONDS if self._is_told else LOOK_SECONDS, LOOK_SHARE * self._cost)

    def close(self) -> None:
        """Let the thread end."""
        self._closed.set()
        self._events.close()

    @property
    def watches(self) -> bool:
        """Whether the thread looks."""
        return self._thread is not None and self._thread.is_alive()

    def _unchanged(self) -> Library | None:
        """Return the library as it was seen last, if nobody has told of a change since and no folder has another time."""
        known, folders, told = self._seen
        if known is not None and self.watches and self._events.told() == told and folders == _times(folders):
            return known
        return None

    def _looked(self) -> Library:
        """Look at every file; what is told of from then on is not seen yet."""
        while True:
            began = self._seconds()
            told = self._events.told()
            folders: dict[str, int] = {}
            library = load_library(self._folder, known=self._seen[0], folders=folders)
            self._seen = (library, folders, told)
            self._cost = self._seconds() - began
            if len(library.files) < MANY_FILES:
                return library
            # What was written between the look and the watch was told to nobody: a new watch asks for another look.
            self._is_told, more = self._events.watch(folders)
            if not more:
                return library

    def _keep_looking(self) -> None:
        while self._seconds() - self._asked < CALM_SECONDS and not self._closed.wait(self.pause()):
            self.look()


def _times(folders: dict[str, int]) -> dict[str, int]:
    """Return when each of some folders was changed last; 0 for one that is gone."""
    found = {}
    for name in folders:
        try:
            found[name] = os.stat(name).st_mtime_ns
        except OSError:
            found[name] = 0
    return found
