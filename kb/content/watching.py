"""The library of a running service, always as the files stand: looked through whole, and by its folders alone in between.

Looking at every file costs 35 ms of the processor at 10,000 pages, too much for every request. A page that is replaced,
as the service, git and most editors do it, changes its folder's time, and 130 folders are asked in a quarter of a
millisecond; what is written into a file in place shows in the file alone, which a thread looks for while people ask.

Events of the operating system (inotify and its kin) are left out on purpose: folders on a network never tell them, so
that looking would stay needed, and a wrapper of our own for one system is code that we do not exist for.
"""

import os
import threading
from collections.abc import Callable
from pathlib import Path

from kb.content.library import Library, load_library

MANY_FILES = 2_000
"""From here on the files are looked through in the background; a smaller library is looked through by every request."""
LOOK_SECONDS = 0.2
"""Pause between two looks at every file, while people ask."""
LOOK_SHARE = 4
"""So many times what a look costs is paused at least: past 10,000 pages a fifth of a core is all that looking may cost."""
CALM_SECONDS = 60.0
"""So long after the last request the thread rests; the next request looks for itself."""


class WatchedLibrary:
    """The pages of a folder, as they stand now; safe to use from several threads.

    Args:
        folder: The content folder.
        seconds: Seconds on a clock that only runs forwards.
        known: The library as it was read before.
    """

    def __init__(self, folder: Path, *, seconds: Callable[[], float], known: Library | None = None) -> None:
        self._folder = folder
        self._seconds = seconds
        self._seen: tuple[Library | None, dict[str, int]] = (known, {})
        self._asked = 0.0
        self._cost = 0.0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def now(self) -> Library:
        """Return the library; read again where a file has changed since.

        Of a large one that is asked for again and again, a page that was replaced shows at once, and a page that was
        written in place after `pause()` seconds and the time of a look at most.
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
        return max(LOOK_SECONDS, LOOK_SHARE * self._cost)

    def close(self) -> None:
        """Let the thread end."""
        self._closed.set()

    @property
    def watches(self) -> bool:
        """Whether the thread looks."""
        return self._thread is not None and self._thread.is_alive()

    def _unchanged(self) -> Library | None:
        """Return the library as it was seen last, where the thread looks and no folder has another time."""
        known, folders = self._seen
        return known if known is not None and self.watches and folders == _times(folders) else None

    def _looked(self) -> Library:
        began = self._seconds()
        folders: dict[str, int] = {}
        library = load_library(self._folder, known=self._seen[0], folders=folders)
        self._seen = (library, folders)
        self._cost = self._seconds() - began
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
