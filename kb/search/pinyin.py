"""Chinese as people type it without Chinese keys: full pinyin and initials.

Tones are left out and ü is v, as on a keyboard. A pinyin token is a pair of neighbouring syllables
(`~zhu.zhou`), so a word that no dictionary knows is still found by its sound.
"""

import re
from collections.abc import Mapping, Sequence
from functools import cache
from itertools import pairwise, product

from pypinyin import Style, pinyin

from kb.search.tokens import CHINESE

MARK = "~"
"""First character of every pinyin token."""
MOST_READINGS = 8
_CHINESE_RUN = re.compile(rf"[{CHINESE}]+")


@cache
def syllables_known() -> frozenset[str]:
    """Return every syllable of the characters of GB 2312, without tones."""
    found: set[str] = set()
    for high in range(0xB0, 0xF8):
        row = b"".join(bytes((high, low)) for low in range(0xA1, 0xFF)).decode("gb2312", errors="ignore")
        for readings in pinyin(row, style=Style.NORMAL, heteronym=True, errors="ignore"):
            found.update(reading for reading in readings if reading.isascii() and reading.isalpha())
    return frozenset(found - {"m", "n", "ng", "hm", "hng"})


@cache
def _character(character: str) -> tuple[str, ...]:
    readings = pinyin(character, style=Style.NORMAL, heteronym=True, errors="ignore")
    return tuple(dict.fromkeys(reading for reading in readings[0] if reading.isascii())) if readings else ()


def sounds(text: str) -> list[tuple[str, ...]]:
    """Return the syllables of every Chinese run of `text`, each character by the reading its word gives it."""
    return [
        tuple(entry[0] for entry in pinyin(run, style=Style.NORMAL, errors="ignore"))
        for run in _CHINESE_RUN.findall(text)
    ]


@cache
def readings(word: str) -> tuple[tuple[str, ...], ...]:
    """Return the ways to read a short Chinese word, the usual one first (重 zhong or chong)."""
    usual = tuple(entry[0] for entry in pinyin(word, style=Style.NORMAL, errors="ignore"))
    if len(usual) != len(word):
        return ()
    choices = [_character(character) or (sound,) for character, sound in zip(word, usual, strict=True)]
    ways = {usual: None}
    for way in product(*(choice[:3] for choice in choices)):
        if len(ways) >= MOST_READINGS:
            break
        ways.setdefault(way)
    return tuple(ways)


def near_sound(syllable: str) -> str:
    """Return a syllable as an ear that does not part zh from z, or ing from in, hears it.

    Many speakers, and so many typists, do not: 黑屏 heiping is typed 黑频 heipin, zhuzhou as zuzou.
    """
    if syllable[:2] in {"zh", "ch", "sh"}:
        syllable = syllable[0] + syllable[2:]
    return syllable[:-1] if syllable.endswith(("ing", "eng")) else syllable


def pairs(syllables: tuple[str, ...]) -> list[str]:
    """Return the pinyin tokens of a run of syllables."""
    return [f"{MARK}{one}.{two}" for one, two in pairwise(syllables)]


def initials(syllables: tuple[str, ...]) -> str:
    """Return the first letter of each syllable."""
    return "".join(syllable[0] for syllable in syllables)


def begins(word: str, syllables: tuple[str, ...]) -> bool:
    """Whether `word` is made of the beginnings of the syllables, one of each, and not of their first letters alone."""
    if len(word) <= len(syllables):
        return False
    ends = {0}
    for syllable in syllables:
        ends = {
            end + length
            for end in ends
            for length in range(1, len(syllable) + 1)
            if word.startswith(syllable[:length], end)
        }
    return len(word) in ends


def lost_letters(word: str) -> set[str]:
    """Return a word with each of its letters left out once."""
    return {word[:place] + word[place + 1 :] for place in range(len(word))}


def near_spellings(word: str, by_lost_letter: Mapping[str, Sequence[str]]) -> list[str]:
    """Return the words that differ from `word` in one letter too many, too few, or other, or in two that changed places.

    Args:
        word: As typed.
        by_lost_letter: Known words by what is left of them without one letter, and by themselves.
    """
    found = {known for left in {word, *lost_letters(word)} for known in by_lost_letter.get(left, ())}
    return sorted(known for known in found if known != word and _one_slip(word, known))


def _one_slip(one: str, two: str) -> bool:
    first = next(
        (n for n, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two))
    )
    one, two = one[first:], two[first:]
    if len(one) == len(two):
        return one[1:] == two[1:] or (one[:2] == two[1::-1] and one[2:] == two[2:])
    return one[1:] == two if len(one) > len(two) else one == two[1:]


@cache
def split_syllables(word: str) -> tuple[str, ...]:
    """Return `word` as syllables, as few and as evenly long as it allows; empty where it is not pinyin."""
    if not word.isascii() or not word.isalpha() or len(word) > 60:
        return ()
    known = syllables_known()
    best: list[tuple[str, ...] | None] = [(), *[None] * len(word)]
    for end in range(1, len(word) + 1):
        for start in range(max(0, end - 6), end):
            before = best[start]
            if before is None or word[start:end] not in known:
                continue
            way = (*before, word[start:end])
            now = best[end]
            if now is None or len(way) < len(now):
                best[end] = way
    return best[len(word)] or ()
