"""The one place that names numba: `@compiled` makes a function machine code, `rand` and `below` are its dice."""

from collections.abc import Callable
from typing import Any, TypeAlias, TypeVar

import numba
import numpy as np

F = TypeVar("F", bound=Callable[..., Any])
Array: TypeAlias = Any
"""An array of numbers or of records; numba checks its type when it compiles, mypy has no words for records."""
KERNELS = (
    "anneal",
    "clock",
    "compiled",
    "cross",
    "insertion",
    "restock",
    "routes",
    "ruin",
    "tables",
    "undo",
)
"""Files whose functions become part of each other's machine code, or whose records they read."""


def compiled(function: F) -> F:
    """Return `function` as machine code, kept on disk so that the next process starts at once.

    Without numba's counting of references (`_nrt`), which cost ten times what the search itself does: the kernels
    neither allocate nor keep arrays. A kernel that would allocate does not compile.
    """
    return _bound(numba.njit(cache=True, nogil=True, error_model="numpy", _nrt=False)(function))


def inlined(function: F) -> F:
    """Return `function` as machine code that becomes part of its callers.

    The tables are tuples of many arrays. A call hands over every one of them, which costs more than most of these
    functions do.
    """
    return _bound(
        numba.njit(cache=True, nogil=True, error_model="numpy", forceinline=True, _nrt=False)(function)
    )


def compiled_with_memory(function: F) -> F:
    """Return `function` as machine code that may allocate; for work outside the loop of the search."""
    return numba.njit(cache=True, nogil=True)(function)


def _bound(kernel: Any) -> Any:
    """Return the kernel, whose machine code on disk is now valid only while no kernel file has changed.

    Numba looks only at the file in which a function stands, but its machine code holds what it calls as well.
    """
    held = kernel._cache
    locator = held._impl.locator
    own: str = locator._py_file
    folder = own[: max(own.rfind("/"), own.rfind("\\")) + 1]
    stamps = []
    for name in KERNELS:
        locator._py_file = f"{folder}{name}.py"
        stamps.append(locator.get_source_stamp())
    locator._py_file = own
    held._cache_file._source_stamp = tuple(stamps)
    return kernel


@inlined
def rand(dice: Array) -> float:
    """Return a number in [0, 1) and step the dice (SplitMix64, Steele, Lea & Flood 2014), shape (1,), uint64."""
    dice[0] += np.uint64(0x9E3779B97F4A7C15)
    z = dice[0]
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return float(z >> np.uint64(11)) * (1.0 / 9007199254740992.0)


@inlined
def below(dice: Array, count: int) -> int:
    """Return a whole number of 0 up to `count`."""
    return int(rand(dice) * count)


@inlined
def copied(source: Array, target: Array) -> None:
    """Copy `source` over `target`; a slice would ask for memory that compiled code here does not manage."""
    for i in range(len(source)):
        target[i] = source[i]
