"""Reads a hostile file in a child process with limits on time, memory and answer.

A 179 KB workbook was seen to take 21 s and 761 MB, so no parser of uploads runs in the service itself. The
child limits itself before it imports a parser; it answers in JSON, never by pickle.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from kb.errors import BadImport, Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What a reading may use.

    Args:
        file_bytes: Size of the file on disk.
        seconds: Wall-clock time, and as much processor time.
        memory_bytes: Address space of the child, where the system can limit it (POSIX).
        answer_bytes: Size of the JSON answer.
    """

    file_bytes: int = 20_000_000
    seconds: int = 60
    memory_bytes: int = 1_000_000_000
    answer_bytes: int = 50_000_000


DEFAULT_LIMITS = Limits()

OUT_OF_MEMORY = (b"MemoryError", b"SystemError", b"Cannot allocate memory", b"failed to map segment")
"""How a Python process ends that its memory limit stopped: C code that could not allocate often sets no
MemoryError of its own (SystemError), and a library that no longer fits cannot be mapped."""


def read_limited(
    reader: str, path: Path, *, name: str | None = None, limits: Limits = DEFAULT_LIMITS
) -> object:
    """Return what `reader` makes of the file, as JSON values.

    Args:
        reader: A key of `kb.imports.child.READERS`.
        path: The file.
        name: What to call the file in messages; its own name otherwise.
        limits: What the reading may use.

    Raises:
        BadImport: The file is too large, the reading hit a limit, or the reader refused the file with its faults.
    """
    shown = name or path.name
    try:
        size = path.stat().st_size
    except OSError as error:
        raise _refused(shown, f"cannot be read: {error.strerror}") from error
    if size > limits.file_bytes:
        raise _refused(shown, f"has {size:,} bytes", f"send at most {limits.file_bytes:,}")
    command = [
        sys.executable,
        "-I",
        "-m",
        "kb.imports.child",
        reader,
        str(path.resolve()),
        str(limits.memory_bytes),
        str(limits.seconds),
    ]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module
            command, capture_output=True, timeout=limits.seconds + 5, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise _refused(shown, f"took longer than {limits.seconds} s to read", "split it") from error
    if len(done.stdout) > limits.answer_bytes:
        raise _refused(shown, f"holds more than {limits.answer_bytes:,} bytes of data", "split it")
    return _answer(done, shown, limits)


def _answer(done: "subprocess.CompletedProcess[bytes]", shown: str, limits: Limits) -> object:
    try:
        answer = cast("dict[str, object]", json.loads(done.stdout))
    except ValueError as error:
        cause = "needs more memory or time than a reading may use"
        if done.returncode >= 0 and not any(sign in done.stderr for sign in OUT_OF_MEMORY):
            cause = (
                "made the reader stop: "
                + done.stderr.decode(errors="replace").strip().rpartition("\n")[2][:300]
            )
        raise _refused(shown, cause, f"limits: {limits.memory_bytes:,} bytes, {limits.seconds} s") from error
    if "faults" in answer:
        faults = cast("list[dict[str, str]]", answer["faults"])
        raise BadImport(
            f"{shown} was not read",
            [Fault(where=f["where"] or shown, what=f["what"], repair=f["repair"]) for f in faults],
        )
    return answer["result"]


def _refused(shown: str, what: str, repair: str = "") -> BadImport:
    return BadImport(f"{shown} was not read", [Fault(where=shown, what=what, repair=repair)])
