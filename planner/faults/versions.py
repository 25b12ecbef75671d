"""Which of two software versions is the newer one, and does a version lie in a range? What cannot be told is said.

Two ways of reading: the public rules of Python packages (PEP 440) where all that is compared follows them without an
abbreviated letter, since `4.5a` is an alpha there and a later edition on a control; else parts of digits and letters
from left to right. A letter that stands against a digit, against nothing, or against another letter with more behind
it makes the order unknown: series of a control's software are no editions of each other.
"""

import re

from packaging.version import InvalidVersion, Version

_PARTS = re.compile(r"\d+|[^\W\d_]+")
_ABBREVIATED = re.compile(r"\d(?:a|b|c|r|p|-)\d|\d[a-z](?![a-z])|\d-\d", re.IGNORECASE)
_LATER = frozenset({"sp", "hf", "hotfix", "patch", "update", "servicepack"})
_LONGEST_NUMBER = 18
"""Digits of a part that is a number; more are no version."""


def compare_versions(one: str, other: str) -> int | None:
    """Return -1, 0 or 1 for older, the same or newer; None where the order cannot be told.

    Turning the two around turns the sign around.
    """
    by_rules = _by_rules(one, other)
    if by_rules is not None:
        return by_rules
    a, b = _parts(one), _parts(other)
    if not _is_readable(a) or not _is_readable(b):
        return None
    for index in range(max(len(a), len(b))):
        left = a[index] if index < len(a) else None
        right = b[index] if index < len(b) else None
        if left == right:
            continue
        if left is None or right is None:
            longer, sign = (b, -1) if left is None else (a, 1)
            told = _rest(longer[index:])
            return None if told is None else sign * told
        if isinstance(left, int) and isinstance(right, int):
            return -1 if left < right else 1
        if isinstance(left, str) and isinstance(right, str):
            is_edition = len(left) == len(right) == 1 and index == len(a) - 1 == len(b) - 1
            if is_edition and index > 0:
                return -1 if left < right else 1
        return None
    return 0


def in_range(version: str, *, first: str = "", last: str = "") -> bool | None:
    """Whether a version lies between two, both included; None where it cannot be told.

    Args:
        first, last: Empty for no bound; without both, every version lies inside.
    """
    low = compare_versions(version, first) if first else 0
    high = compare_versions(version, last) if last else 0
    if (low is not None and low < 0) or (high is not None and high > 0):
        return False
    return None if low is None or high is None else True


def is_version(text: str) -> bool:
    """Whether a text can be read as a version at all."""
    return _is_readable(_parts(text))


def _by_rules(one: str, other: str) -> int | None:
    if any(_ABBREVIATED.search(text) for text in (one, other)):
        return None
    try:
        a, b = Version(one), Version(other)
    except InvalidVersion:
        return None
    return (a > b) - (a < b)


def _parts(text: str) -> list[int | str]:
    found: list[int | str] = []
    for part in _PARTS.findall(text.strip().casefold()):
        if not part.isdecimal():
            found.append(part)
        elif len(part) <= _LONGEST_NUMBER:
            found.append(int(part))
        else:
            return []
    return found[1:] if found[:1] in (["v"], ["ver"], ["version"]) else found


def _is_readable(parts: list[int | str]) -> bool:
    return any(isinstance(part, int) for part in parts)


def _rest(parts: list[int | str]) -> int | None:
    """Return whether what one version has in addition makes it newer (1) or changes nothing (0)."""
    while parts and parts[0] == 0:
        parts = parts[1:]
    if not parts:
        return 0
    return 1 if isinstance(parts[0], int) or parts[0] in _LATER else None
