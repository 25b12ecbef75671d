"""Files of the library on the disk: read as they stand, replaced whole or not at all.

What was acknowledged is there after a power cut: the new file is written aside, brought to the disk, renamed over the
old one, and then the folder that holds its name is brought to the disk.
"""

import contextlib
import hashlib
import os
import stat
from pathlib import Path

from kb.errors import NotFound, Unwritable

ASIDE = ".servicebook-new"
"""Ending of a file that is being written; hidden, so that no reader of the library takes it for a page."""


def file_below(folder: Path, name: str) -> Path:
    """Return the file `name` of the library, where a link leads if it is one.

    Raises:
        NotFound: It would lie outside of the folder.
    """
    root = folder.resolve()
    target = (root / name).resolve()
    if "\0" in name or not target.is_relative_to(root) or target == root:
        raise NotFound("file of the library", name[:200])
    return target


def digest_of(content: bytes) -> str:
    """Return the SHA-256 of a file's bytes, hexadecimal, as the library tells it."""
    return hashlib.sha256(content).hexdigest()


def content_of(file: Path) -> bytes | None:
    """Return the bytes of a file; None where there is none.

    Raises:
        Unwritable: It is there and cannot be read.
    """
    try:
        return file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise Unwritable(f"the file {file.name} cannot be read: {error.strerror}") from error


def can_be_written(file: Path) -> bool:
    """Whether a file could be replaced, or made where it is missing: its folder decides, as the new one is renamed."""
    folder = file.parent
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    return folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


def replace_file(file: Path, content: bytes) -> None:
    """Put `content` in the place of a file, whole or not at all, and bring it to the disk.

    Two must not write the same file at once; `kb.usecases.editing_history` holds the database's writing lock.

    Raises:
        Unwritable: It cannot be written; the file is as it was.
    """
    aside = file.with_name(f".{file.name}{ASIDE}")
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        mode = stat.S_IMODE(file.stat().st_mode) if file.exists() else None
        with aside.open("wb") as out:
            out.write(content)
            out.flush()
            os.fsync(out.fileno())
        if mode is not None:
            aside.chmod(mode)
        aside.replace(file)
        _sync_folder(file.parent)
    except OSError as error:
        with contextlib.suppress(OSError):
            aside.unlink(missing_ok=True)
        raise Unwritable(
            f"the file {file.name} cannot be written: {error.strerror}; nothing was changed"
        ) from error


def _sync_folder(folder: Path) -> None:
    if os.name == "nt":
        return  # a folder cannot be opened there; NTFS journals the rename by itself
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
