"""Count unanswered queries beside the search, so that no search ever waits for the database.

A note goes into a short queue and is written by a thread of its own. Where the queue is full, or the database is busy
or gone, notes are lost and the search goes on: a count is worth less than an answer.
"""

import queue
import threading
from datetime import datetime

from kb.errors import StoreFailure
from kb.search import Result
from kb.store import Store
from kb.usecases.search_log import Note, keep_notes, note_of

WAITING = 1_000
"""Notes that wait at most; at the pace of people typing far more than the longest lock."""
AT_ONCE = 200


class SearchNotes:
    """Writes notes of unanswered queries in the background; safe to use from several threads.

    Args:
        store: The database; opened by the first note.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._waiting: queue.Queue[Note | threading.Event] = queue.Queue(WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self.lost = 0
        """How many notes could not be written."""

    def take(self, query: str, result: Result, *, at: datetime) -> None:
        """Note a search that was not answered; returns at once, whatever the database does."""
        note = note_of(query, result, at=at)
        if note is None:
            return
        try:
            self._waiting.put_nowait(note)
        except queue.Full:
            self.lost += 1
            return
        self._started()

    def flush(self, *, seconds: float) -> bool:
        """Wait until what was noted so far is written or lost; return whether that happened within the time."""
        if self._thread is None:
            return True
        reached = threading.Event()
        try:
            self._waiting.put(reached, timeout=seconds)
        except queue.Full:
            return False
        self._started()
        return reached.wait(seconds)

    def _started(self) -> None:
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._write, name="search-notes", daemon=True)
                self._thread.start()

    def _write(self) -> None:
        while True:
            taken = [self._waiting.get()]
            while len(taken) < AT_ONCE and not self._waiting.empty():
                taken.append(self._waiting.get())
            notes = [one for one in taken if isinstance(one, Note)]
            try:
                if notes:
                    keep_notes(self._store, notes)
            except StoreFailure:
                self.lost += len(notes)
            finally:
                for one in taken:
                    if isinstance(one, threading.Event):
                        one.set()
