"""The library of a running service, always as the files stand: looked through whole, and by its folders alone in between.

Looking at every file costs 35 ms of the processor at 10,000 pages, too much for every request. A page that is replaced,
as the service, git and most editors do it, changes its folder's time, and 130 folders are asked in a quarter of a
millisecond; what is written into a file in place shows in the file alone. The system tells of it within milliseconds, and a thread
looks at all files while people ask, for what is never told: folders on a network, links to elsewhere, lost events.
"""

import logging
import os
import threading
from collections.abc import Callable
from pathlib import Path

from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver

from kb.content.library import Library, load_library

_log = logging.getLogger(__name__)

MANY_FILES = 2_000
"""From here on the files are looked through in the background; a smaller library is looked through by every request."""
LOOK_SECONDS = 1.0
"""Pause between two looks at every file, while people ask."""
LOOK_SHARE = 20
"""So many times what a look costs is paused at least: past 12,000 pages a twentieth of a core is all that it may cost."""
CALM_SECONDS = 60.0
"""So long after the last request the thread rests; the next request looks for itself."""


class _Told(FileSystemEventHandler):
    """Counts the changes that the system tells of."""

    def __init__(self) -> None:
        self.count = 0

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Count what may have changed a page."""
        if event.event_type not in {"opened", "closed_no_write"}:
            self.count += 1


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
        self._seen: tuple[Library | None, dict[str, int], int] = (known, {}, 0)
        self._told = _Told()
        self._observer: BaseObserver | None = None
        self._asked = 0.0
        self._cost = 0.0
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = threading.Event()

    def now(self) -> Library:
        """Return the library; read again where a file has changed since.

        Of a large one that is asked for again and again, a page that was replaced shows at once, one that was written
        in place as soon as the system tells of it, else after `pause()` seconds and the time of a look at most.
        """
        self._asked = self._seconds()
        if (known := self._unchanged()) is not None:
            return known
        with self._lock:
            # Whoever waited here for another's look needs none of his own.
            known = self._unchanged()
            library = known if known is not None else self._looked()
            if len(library.files) >= MANY_FILES and not self.watches:
                self._listen()
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
        """Let the thread end, and listen no longer."""
        self._closed.set()
        if self._observer is not None:
            self._observer.stop()

    @property
    def watches(self) -> bool:
        """Whether the thread looks."""
        return self._thread is not None and self._thread.is_alive()

    def _unchanged(self) -> Library | None:
        """Return the library as it was seen last, where the thread looks and no folder has another time."""
        known, folders, told = self._seen
        if known is None or not self.watches or told != self._told.count or folders != _times(folders):
            return None
        return known

    def _looked(self) -> Library:
        began, told = self._seconds(), self._told.count
        folders: dict[str, int] = {}
        library = load_library(self._folder, known=self._seen[0], folders=folders)
        if library is self._seen[0]:  # else pages were read as well, which says nothing of the next look
            self._cost = self._seconds() - began
        self._seen = (library, folders, told)
        return library

    def _listen(self) -> None:
        if self._observer is not None:
            return
        self._observer = Observer()
        try:
            self._observer.schedule(self._told, str(self._folder), recursive=True)
            self._observer.start()
        except OSError as error:  # the system has no more watches: looking is enough, only slower
            _log.warning("files written in place are found by looking alone, a second later: %s", error)

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
