"""By which words a customer's data is found: strictly in the customer's own rows, with care where everybody writes.

What belongs to the customer by its keys is searched for every part of a name. Drafts, queries and notes belong to
nobody: there a name counts as a whole or by its Chinese parts, never by a title or the name of a town, and a Latin
name only between the edges of words.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

ERASED = "［已清除］"
"""Stands where personal data stood; the same in both languages, so that a search finds all of them."""
SHORTEST_NAME, SHORTEST_NUMBER, SHORTEST_CODE = 2, 6, 4
LONGEST_NAME = 12
"""Longer texts, such as addresses, count in loose texts as a whole only."""
TITLES = frozenset(
    {
        *(
            "总",
            "经理",
            "总经理",
            "副总",
            "主任",
            "厂长",
            "师傅",
            "先生",
            "女士",
            "小姐",
            "工程师",
            "设备",
            "设备科",
        ),
        *(
            "设备部",
            "老板",
            "部长",
            "科长",
            "主管",
            "班长",
            "组长",
            "车间",
            "电话",
            "手机",
            "联系人",
            "前台",
            "值班",
        ),
        *("保安", "采购", "生产", "mr", "mrs", "ms", "dr"),
    }
)
"""Words beside a name that are nobody's."""
_PARTS = re.compile(r"[,，、;；/|\n\t ()（）]+")
_LIST = re.compile(r"[,，、;；/|\n]+")


def own_pattern(said: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds each name and number in rows of the customer; a number also with other signs between its digits."""
    ways = set()
    for whole in said:
        for text in {whole.strip(), *_PARTS.split(whole.strip())} - {ERASED}:
            if number := _number(text):
                ways.add(number)
            elif len(text) >= SHORTEST_NAME and not text.isdigit():
                ways.add(re.escape(text))
    return _any(ways)


def loose_pattern(said: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds names and numbers in texts of everybody."""
    ways = set()
    for whole in said:
        texts = {whole.strip()}
        if len(whole.strip()) <= LONGEST_NAME or _LIST.search(whole):
            texts |= {one.strip() for one in _LIST.split(whole)}
        for text in list(texts):
            if len(text) <= LONGEST_NAME:
                texts |= {one for one in _PARTS.split(text) if not one.isascii() or _number(one)}
        for text in texts - {ERASED}:
            if number := _number(text):
                ways.add(rf"(?<!\d){number}(?!\d)")
            elif len(text) >= SHORTEST_NAME and text.casefold() not in TITLES and not text.isdigit():
                ways.add(_bounded(text))
    return _any(ways)


def belonging_pattern(names: Iterable[str], codes: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds a customer, without its persons: by names, serial numbers and tags."""
    ways = {_bounded(name.strip()) for name in names if len(name.strip()) >= SHORTEST_CODE}
    ways |= {_bounded(code.strip()) for code in codes if len(code.strip()) >= SHORTEST_CODE}
    return _any(ways)


def speaks_of(texts: Mapping[str, Any], patterns: Sequence[re.Pattern[str] | None]) -> bool:
    """Say whether a pattern is found in a row's texts."""
    # A number or a name does not run on over the edge of a value.
    text = "\0".join(_strings(texts))
    return any(one is not None and one.search(text) is not None for one in patterns)


def _strings(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from _strings(one)


def _number(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    is_number = len(digits) >= SHORTEST_NUMBER and len(digits) >= len(text) - 6
    return r"[\s\-()]{0,2}".join(digits) if is_number else ""


def _bounded(text: str) -> str:
    before = r"(?<![A-Za-z0-9])" if text[0].isascii() else ""
    after = r"(?![A-Za-z0-9])" if text[-1].isascii() else ""
    return f"{before}{re.escape(text)}{after}"


def _any(ways: set[str]) -> re.Pattern[str] | None:
    if not ways:
        return None
    return re.compile("|".join(sorted(ways, key=lambda way: (-len(way), way))), re.IGNORECASE)
