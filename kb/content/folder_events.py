"""What the system tells of changes in folders, where it does: Linux's inotify, without a thread and without a package.

A write of any process into a file of a watched folder is told by the time the write returns, and asking costs one call.
What another machine writes on a network share, or through a link from elsewhere, is never told.
"""

import contextlib
import ctypes
import errno
import os
import struct
import sys
import threading
from collections.abc import Iterable

_MODIFY, _ATTRIB, _MOVED_FROM, _MOVED_TO, _CREATE, _DELETE = 0x2, 0x4, 0x40, 0x80, 0x100, 0x200
_DELETE_SELF, _MOVE_SELF, _UNMOUNT, _OVERFLOW, _IGNORED = 0x400, 0x800, 0x2000, 0x4000, 0x8000
_ONLY_FOLDERS, _IS_FOLDER = 0x01000000, 0x40000000
_WANTED = _MODIFY | _ATTRIB | _MOVED_FROM | _MOVED_TO | _CREATE | _DELETE | _DELETE_SELF | _MOVE_SELF
_FOLDERS_CHANGED = _DELETE_SELF | _MOVE_SELF | _UNMOUNT | _OVERFLOW | _IGNORED | _IS_FOLDER
_HEAD = struct.Struct("iIII")
_AT_ONCE = 65_536


class FolderEvents:
    """Tells whether something has changed in the folders that are watched; safe to use from several threads.

    Counts what it was told, so that whoever looked before may ask whether more has come since.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._handle = -1
        self._process = 0
        self._watched: set[str] = set()
        self._lost = True
        self._told = 0

    def told(self) -> int:
        """Return how many times changes were told until now; a number not seen before means: look again."""
        with self._lock:
            if self._handle >= 0:
                if (
                    self._process != os.getpid()
                ):  # a child: what it read here would be missing from its parent
                    self._lost = True
                    self._told += 1
                elif self._drained():
                    self._told += 1
            return self._told

    def watch(self, folders: Iterable[str]) -> tuple[bool, bool]:
        """Watch these folders.

        Returns:
            Whether all are watched now, and whether one is that was not before: it must be looked through again.
        """
        with self._lock:
            if self._lost or self._process != os.getpid():
                self._begin()
            if self._handle < 0:
                return False, False
            more = [folder for folder in folders if folder not in self._watched]
            for folder in more:
                if (
                    _system().inotify_add_watch(self._handle, os.fsencode(folder), _WANTED | _ONLY_FOLDERS)
                    >= 0
                ):
                    self._watched.add(folder)
                elif ctypes.get_errno() not in {
                    errno.ENOENT,
                    errno.ENOTDIR,
                }:  # there are no more watches to be had
                    self._end()
                    return False, False
                else:  # taken away at this moment; what became of its name is seen by the next look
                    self._lost = True
            return True, bool(more)

    def close(self) -> None:
        """Watch nothing any more."""
        with self._lock:
            self._end()

    def _begin(self) -> None:
        self._end()
        if sys.platform == "linux":
            self._handle = int(_system().inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC))
        self._process = os.getpid()
        self._lost = False

    def _end(self) -> None:
        if self._handle >= 0:
            with contextlib.suppress(OSError):
                os.close(self._handle)
        self._handle = -1
        self._watched = set()
        self._lost = True

    def _drained(self) -> bool:
        """Take what has been told; return whether a file or folder that counts was in it."""
        counts = False
        while True:
            try:
                raw = os.read(self._handle, _AT_ONCE)
            except BlockingIOError:
                return counts
            except OSError:
                self._lost = True
                return True
            at = 0
            while at < len(raw):
                _, mask, _, length = _HEAD.unpack_from(raw, at)
                hidden = raw[at + _HEAD.size : at + _HEAD.size + 1] == b"."
                at += _HEAD.size + length
                self._lost = self._lost or bool(mask & _FOLDERS_CHANGED)
                counts = counts or bool(mask & _FOLDERS_CHANGED) or not hidden


def _system() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)
