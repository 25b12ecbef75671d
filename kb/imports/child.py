"""The child process that reads one file: limits itself, reads, answers in JSON on standard output.

Started by `kb.imports.limits`: `python -m kb.imports.child READER FILE MEMORY_BYTES SECONDS`.
"""

import importlib
import json
import sys
from pathlib import Path

from kb.errors import BadImport

READERS = {
    "case_table": "kb.imports.case_table",
    "markdown_zip": "kb.imports.markdown_zip",
    "mtconnect": "kb.imports.mtconnect",
    "picture": "kb.imports.picture_file",
    "presentation": "kb.imports.presentation",
    "word": "kb.imports.word",
    "workbook": "kb.imports.workbook",
}
"""Module by reader name; each has `read(path) -> JSON values` and raises BadImport."""


def limit_self(memory_bytes: int, seconds: int) -> None:
    """Bound this process's memory, processor time and files, where the system can."""
    try:
        resource = importlib.import_module("resource")
    except ModuleNotFoundError:  # Windows: the parent's time limit still holds
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(arguments: list[str]) -> None:
    """Read one file and print the answer."""
    reader, file, memory_bytes, seconds = arguments
    limit_self(int(memory_bytes), int(seconds))
    module = importlib.import_module(READERS[reader])
    try:
        answer: dict[str, object] = {"result": module.read(Path(file))}
    except BadImport as error:
        answer = {"faults": [{"where": f.where, "what": f.what, "repair": f.repair} for f in error.faults]}
    sys.stdout.buffer.write(json.dumps(answer, ensure_ascii=False).encode("utf-8", errors="replace"))


if __name__ == "__main__":
    main(sys.argv[1:])
