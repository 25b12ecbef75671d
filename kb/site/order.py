"""How pages are put in order and in groups: numbers by value, alarms by their letters, groups as the vocabulary has them."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeVar

from kb.content.pages import AlarmPage, Page

_P = TypeVar("_P", bound=Page)
_NUMBER = re.compile(r"(\d+)")
_LETTERS = re.compile(r"([A-Za-z]{1,3})[.-]?\d[0-9A-Za-z]*(?:[ ./-]+[A-Za-z]{0,2}\d*\w?)*")
BY_NUMBER = "按编号"
"""Group of the alarms whose code is a bare number."""
BY_TEXT = "屏幕文字"
"""Group of the alarms that have no code but a message."""


def natural(text: str) -> tuple[tuple[int, int, str], ...]:
    """Return a key that sorts numbers inside a text by value: `PS2` before `PS10`."""
    parts = _NUMBER.split(text.casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts if part)


def prefix_of(page: AlarmPage) -> str:
    """Return what the alarms of a family are told apart by: the letters before the number (`SV`, `SP`)."""
    if page.code.startswith("EnDat "):
        return "EnDat"
    if letters := _LETTERS.fullmatch(page.code):
        return letters[1].upper()
    return BY_NUMBER if page.code[:1].isdecimal() else BY_TEXT


def grouped(pages: Iterable[_P], key: Callable[[_P], str], names: Mapping[str, str]) -> dict[str, list[_P]]:
    """Return pages by the name of their group, groups in the order of the vocabulary.

    Args:
        pages: In the order that they keep within a group.
        key: The code of a page's group.
        names: Names of the groups by code, in their order; a code without one stands last, as it is.
    """
    groups: dict[str, list[_P]] = {}
    for page in pages:
        groups.setdefault(key(page), []).append(page)
    order = {code: place for place, code in enumerate(names)}
    return {
        names.get(code, code): groups[code]
        for code in sorted(groups, key=lambda c: (order.get(c, len(order)), c))
    }
