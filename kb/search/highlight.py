"""Which pieces of a text answer the query? Marked as pieces, so that escaping is left to whoever shows them."""

import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from kb.search.codes import written_codes
from kb.search.index import Piece
from kb.search.query import Understood
from kb.search.tokens import IRREGULAR, Atom, atoms_of, fold, has_chinese

_SENTENCE_END = re.compile(r"(?<=[。！？；\n])|(?<=[.!?;]\s)")
_MARKUP = re.compile(r"^[#>*\-\s|]+|[*`_]{1,3}|\[([^\]]*)\]\([^)]*\)", re.MULTILINE)
LONGEST_BODY = 20_000
CODE_UNIT = -1
"""Stands where a unit of the query has its number, for what answers a code."""


class Marker:
    """Finds the words of one query in texts.

    Args:
        understood: The query.
    """

    def __init__(self, understood: Understood) -> None:
        self._phrases: dict[str, dict[tuple[str, ...], int]] = {}
        for number, unit in enumerate(understood.units):
            for surface in unit.surfaces:
                atoms = atoms_of(surface)
                typed = surface == unit.surfaces[0]
                shortest = 1 if has_chinese(surface) else 3
                if typed or len(surface) > shortest:
                    self._add(atoms, number)
                if typed and unit.ways[0].kind == "word":
                    for one, two in pairwise(atoms):
                        if one.kind == two.kind == "chinese" and len(atoms) > 2:
                            self._add([one, two], number)
        self._longest = {
            first: sorted(phrases, key=len, reverse=True) for first, phrases in self._phrases.items()
        }
        self._codes = {code.key for code in understood.codes}
        self._numbers = {code.key.rsplit(".", 1)[-1] for code in understood.codes}
        self._needles: dict[str, set[int]] = {number.lower(): {CODE_UNIT} for number in self._numbers}
        for first, numbers in self._phrases.items():
            for needle in _needles(first):
                self._needles.setdefault(needle, set()).update(numbers.values())

    def _add(self, atoms: Sequence[Atom], number: int) -> None:
        if atoms:
            texts = tuple(atom.text for atom in atoms)
            self._phrases.setdefault(texts[0], {}).setdefault(texts, number)

    def spans(self, text: str) -> list[tuple[int, int, int]]:
        """Return start, end and number of the unit (`CODE_UNIT` for a code) of what answers the query; nothing overlaps."""
        found: list[tuple[int, int, int]] = []
        if self._codes:
            for code in written_codes(text):
                if self._codes & set(code.keys) or (code.number in self._numbers and not code.measure):
                    found.append((code.start, code.end, CODE_UNIT))
        atoms = _atoms(text)
        longest = self._longest
        behind = 0
        for first, atom in enumerate(atoms):
            phrases = longest.get(atom.text)
            if phrases is None or first < behind:
                continue
            for phrase in phrases:
                last = first + len(phrase)
                part = atoms[first:last]
                if (len(phrase) == 1 or tuple(atom.text for atom in part) == phrase) and _together(part):
                    found.append((part[0].start, part[-1].end, self._phrases[phrase[0]][phrase]))
                    behind = last
                    break
        return _without_overlap(found)

    def pieces(self, text: str) -> tuple[Piece, ...]:
        """Return `text` cut where marks begin and end."""
        pieces: list[Piece] = []
        last = 0
        for start, end, _ in self.spans(text):
            if start > last:
                pieces.append(Piece(text[last:start], marked=False))
            if pieces and pieces[-1].marked and start == last:
                pieces[-1] = Piece(pieces[-1].text + text[start:end], marked=True)
            else:
                pieces.append(Piece(text[start:end], marked=True))
            last = end
        if last < len(text):
            pieces.append(Piece(text[last:], marked=False))
        return tuple(pieces)

    def best_passage(self, texts: Sequence[str], length: int) -> str:
        """Return the sentence that answers most units, with what follows up to `length` characters.

        Args:
            texts: In the order in which they are preferred; the first with the most wins.
            length: Characters at most.
        """
        wanted = sum(len(phrases) > 0 for phrases in self._phrases.values())
        reads = [_read(text) for text in texts]
        best, best_score, best_place = "", (0, 0), (len(reads), 0)
        # Those that may answer most come first, so that most of the others need not be looked at.
        for most, number, sentence in sorted(
            (-most, number, sentence)
            for number, read in enumerate(reads)
            for sentence, most in self._promising(read).items()
        ):
            if -most < best_score[0] or (
                -most == best_score[0] and best_score[1] >= wanted and best_place < (number, sentence)
            ):
                continue
            read = reads[number]
            start, end = read.sentences[sentence]
            inside = self.spans(read.plain[start:end])
            score = (len({unit for _, _, unit in inside}), min(len(inside), wanted))
            if score > best_score or (score == best_score and inside and (number, sentence) < best_place):
                best_score, best_place = score, (number, sentence)
                best = _cut(read.plain, start, end, start + inside[0][0], length)
        return best or _cut(texts[0], 0, len(texts[0]), 0, length) if texts else best

    def _promising(self, read: "_Read") -> dict[int, int]:
        """Return the sentences in which a word of the query may stand, and how many units each may answer at most."""
        units: dict[int, set[int]] = {}
        for needle, numbers in self._needles.items():
            at = read.folded.find(needle)
            while at >= 0:
                place = bisect_right(read.starts, at) - 1
                units.setdefault(place, set()).update(numbers)
                # On to the next sentence: once in this one is enough.
                at = read.folded.find(needle, read.sentences[place][1])
        code = {CODE_UNIT} if self._codes else set()
        return {place: len(numbers | code) for place, numbers in units.items()}


@dataclass(frozen=True, slots=True)
class _Read:
    """A text without its markup, as it is and folded, and its sentences, which cover all of it."""

    plain: str
    folded: str
    sentences: tuple[tuple[int, int], ...]
    starts: tuple[int, ...]


@lru_cache(maxsize=4096)
def _read(text: str) -> _Read:
    plain = _MARKUP.sub(lambda match: match[1] or "", text[:LONGEST_BODY])
    ends = [0, *(match.start() for match in _SENTENCE_END.finditer(plain)), len(plain)]
    sentences = tuple((start, end) for start, end in pairwise(ends) if end > start)
    return _Read(plain, fold(plain), sentences, tuple(start for start, _ in sentences))


@lru_cache(maxsize=8192)
def _atoms(text: str) -> tuple[Atom, ...]:
    return tuple(atoms_of(fold(text)))


def _needles(stem: str) -> tuple[str, ...]:
    """Return what stands in every folded text in which a word has the stem."""
    if has_chinese(stem) or not stem.isalpha():
        return (stem,)
    begun = stem[:-1] if stem.endswith("y") and len(stem) > 2 else stem
    return (begun, *(word for word, of in IRREGULAR.items() if of == stem))


def _together(atoms: Sequence[Atom]) -> bool:
    """Whether atoms stand side by side, or Latin ones with one sign between."""
    return len(atoms) == 1 or all(
        two.start - one.end <= (0 if "chinese" in {one.kind, two.kind} else 1) for one, two in pairwise(atoms)
    )


def _cut(text: str, start: int, end: int, place: int, length: int) -> str:
    """Return at most `length` characters of the sentence from `start` to `end`, those at `place` among them.

    A short sentence is followed by what comes after it.
    """
    if end - start > length:
        start = max(start, min(place - length // 4, end - length))
    shown = " ".join(text[start : start + length].split())
    before = "…" if start and not _SENTENCE_END.match(text, start) else ""
    return before + shown + ("…" if start + length < len(text) else "")


def _without_overlap(spans: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    kept: list[tuple[int, int, int]] = []
    for span in sorted(spans, key=lambda one: (one[0], -one[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
