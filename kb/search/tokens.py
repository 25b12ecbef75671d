"""Text becomes tokens: the same for pages and queries, in Chinese, Latin and mixed writing.

`fold` makes forms equal that a reader takes for equal: full-width and half-width, upper and lower case,
Traditional and Simplified characters. It never changes the number of characters, so a place in the folded
text is the place in the text itself, which highlighting relies on.

An *atom* is one Chinese character, or a run of Latin letters, or a run of digits: `报警25050` is 报 警 25050,
`X轴` is x 轴, `GSK980TDi` is gsk 980 tdi. A *word* is a stretch of Latin and digit atoms without a space.
Tokens of a text are its characters, pairs of neighbouring characters, atoms and words.

Source:
    Unigrams and bigrams keep recall where a segmenter loses it: spec of the search, measured on CMRC 2018.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache
from typing import Literal, NamedTuple

from opencc_purepy import OpenCC

TOKENS_VERSION = 6
"""Raise it when any token comes out differently, so that an index built before is built again."""

CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\u3007"
_ATOM = re.compile(rf"(?P<chinese>[{CHINESE}])|(?P<digits>[0-9]+)|(?P<latin>[^\W\d_{CHINESE}]+)")
_HAS_CHINESE = re.compile(rf"[{CHINESE}]")
_JOINTS = frozenset("-./_+")
"""Signs that hold a word together: 0i-TF, A.830, RS-232, I/O."""

Kind = Literal["chinese", "digits", "latin"]


@cache
def _simplified() -> dict[str, str]:
    """Return Simplified by Traditional character, for the characters that differ."""
    converter = OpenCC("t2s")
    table = {}
    for number in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000)):
        character = chr(number)
        converted = converter.convert(character)
        if converted != character and len(converted) == 1:
            table[character] = converted
    return table


class _Folding(dict[int, str]):
    """Folded character by code point, filled as characters are met."""

    def __missing__(self, number: int) -> str:
        character = chr(number)
        folded = unicodedata.normalize("NFKC", character).lower()
        # A sign that falls apart (㎜, ①) keeps its place with its first character.
        folded = folded[:1] or " "
        if unicodedata.category(folded) in {"Cc", "Cf", "Cs", "Co", "Cn"}:
            folded = " "
        folded = _simplified().get(folded, folded)
        self[number] = folded
        return folded


_FOLDING = _Folding()


def fold(text: str) -> str:
    """Return `text` with forms made equal; as long as `text`, character for character."""
    return text.translate(_FOLDING)


def has_chinese(text: str) -> bool:
    """Whether `text` has a Chinese character."""
    return _HAS_CHINESE.search(text) is not None


class Atom(NamedTuple):
    """The smallest piece of a text that is looked up; a tuple, as hundreds of thousands are made and soon forgotten.

    Args:
        text: The folded piece; Latin words are reduced to their stem.
        kind: What it is made of.
        start: Place of its first character.
        end: Place after its last.
        joined: Whether it belongs to the same Latin word as the atom before it.
        glued: Whether nothing at all stands between it and the atom before it.
    """

    text: str
    kind: Kind
    start: int
    end: int
    joined: bool
    glued: bool


def atoms_of(folded: str) -> list[Atom]:
    """Return the atoms of a folded text, in order."""
    atoms: list[Atom] = []
    last_end, last_latin = -1, False
    for match in _ATOM.finditer(folded):
        start, end = match.span()
        kind = match.lastgroup
        if kind == "chinese":
            atoms.append(Atom(match[0], "chinese", start, end, False, start == last_end))
            last_end, last_latin = end, False
            continue
        gap = folded[last_end:start] if last_latin else " "
        joined = last_latin and (gap == "" or (len(gap) == 1 and gap in _JOINTS))
        text = stem(match[0]) if kind == "latin" else match[0]
        atoms.append(
            Atom(text, "latin" if kind == "latin" else "digits", start, end, joined, start == last_end)
        )
        last_end, last_latin = end, True
    return atoms


IRREGULAR = {
    "axes": "axis",
    "axis": "axis",
    "indices": "index",
    "lost": "lose",
    "oily": "oil",
    "teeth": "tooth",
    "tire": "tyre",
    "tires": "tyre",
}
_DOUBLED = re.compile(r"([bdgklmnprt])\1$")


@cache
def stem(word: str) -> str:
    """Return the stem of a folded English word: bearings → bear, overheating → overheat, leaks → leak.

    Both sides of a search are stemmed, so a stem need not be a word; it only must be the same for all forms.
    """
    if word in IRREGULAR:
        return IRREGULAR[word]
    if len(word) < 4 or not word.isascii():
        return word
    base = word
    if base.endswith("ies") and len(base) > 4:
        base = base[:-3] + "y"
    elif base.endswith(("sses", "shes", "ches", "xes")):
        base = base[:-2]
    elif base.endswith("s") and not base.endswith(("ss", "us", "is")):
        base = base[:-1]
    for ending in ("ing", "ed"):
        if base.endswith(ending) and len(base) - len(ending) >= 3:
            base = _DOUBLED.sub(r"\1", base[: -len(ending)])
            break
    if base.endswith("e") and len(base) > 3:
        base = base[:-1]
    return base


@cache
def everyday_characters() -> frozenset[str]:
    """Return the 3,755 characters of the first level of GB 2312; one that is not among them is a word by itself."""
    rows = (bytes((high, low)) for high in range(0xB0, 0xD8) for low in range(0xA1, 0xFF))
    return frozenset(b"".join(rows).decode("gb2312", errors="ignore"))


def _is_pair(one: Atom, two: Atom) -> bool:
    """Whether an atom and the Chinese character after it are looked up together."""
    if one.kind == "chinese":
        return two.glued
    return len(one.text) == 1 and two.start - one.end <= 1


def tokens_of(atoms: list[Atom], *, characters: bool = True) -> Iterator[str]:
    """Yield the tokens of a text given as atoms, one for each occurrence.

    Characters, pairs of neighbouring characters, Latin and digit atoms, whole words written without a space
    (`828d`, `rs232`), and a single letter with the character it is glued to, as half of all writers put a space
    there or none (`X轴`, `X 轴`: `x轴`).

    Args:
        atoms: In order, as `atoms_of` returns them.
        characters: Whether everyday Chinese characters are tokens by themselves, too; rare ones always are.
    """
    previous: Atom | None = None
    word: list[str] = []
    for atom in atoms:
        if word and not atom.joined:
            if len(word) > 1:
                yield "".join(word)
            word = []
        if atom.kind == "chinese":
            if characters or atom.text not in everyday_characters():
                yield atom.text
            if previous is not None and _is_pair(previous, atom):
                yield previous.text + atom.text
        else:
            word.append(atom.text)
            yield atom.text
        previous = atom
    if len(word) > 1:
        yield "".join(word)
