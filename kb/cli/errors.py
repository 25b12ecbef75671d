"""Exit codes: the one table from error to code, and how an error reads on a terminal.

0 done · 1 an unforeseen fault (a bug) · 2 the command line is wrong (typer's own) · the rest below.
docs/reference/commands.md shows this table and is compared with it by a test.
"""

import json
import sys

from kb.errors import (
    BadContent,
    BadImport,
    BadInput,
    BadQuery,
    Conflict,
    FaultyInput,
    KbError,
    NotAllowed,
    NotFound,
    Stopped,
    StoreFailure,
)
from planner.errors import InvalidInput, NoFeasiblePlan, PlannerError

EXIT_CODES: dict[type[Exception], int] = {
    BadContent: 3,
    BadImport: 4,
    BadInput: 5,
    BadQuery: 6,
    NotFound: 7,
    Conflict: 8,
    NotAllowed: 9,
    InvalidInput: 10,
    NoFeasiblePlan: 11,
    StoreFailure: 14,
    Stopped: 130,
    KbError: 12,
    PlannerError: 13,
}


def exit_code_of(error: Exception) -> int:
    """Return the code of the nearest class of `error` that the table names; 1 where none does."""
    return next((EXIT_CODES[kind] for kind in type(error).__mro__ if kind in EXIT_CODES), 1)


def report(error: KbError | PlannerError, *, as_json: bool) -> None:
    """Write `error` to standard error, every fault on its own line, or as one JSON object."""
    faults: list[dict[str, str]] = []
    if isinstance(error, FaultyInput):
        faults = [{"where": f.where, "what": f.what, "repair": f.repair} for f in error.faults]
    elif isinstance(error, InvalidInput):
        faults = [{"where": "", "what": text, "repair": ""} for text in error.faults]
    if as_json:
        body = {"error": type(error).__name__, "message": str(error.args[0]), "faults": faults}
        sys.stderr.write(json.dumps(body, ensure_ascii=False) + "\n")
    elif isinstance(error, InvalidInput):
        sys.stderr.write("\n".join(["InvalidInput:", *(f"  {text}" for text in error.faults)]) + "\n")
    else:
        sys.stderr.write(f"{type(error).__name__}: {error}\n")
