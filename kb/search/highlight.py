"""Which pieces of a text answer the query? Marked as pieces, so that escaping is left to whoever shows them."""

import re
from collections.abc import Sequence
from itertools import pairwise

from kb.search.codes import written_codes
from kb.search.index import Piece
from kb.search.query import Understood
from kb.search.tokens import Atom, atoms_of, fold, has_chinese

_SENTENCE_END = re.compile(r"(?<=[。！？；\n])|(?<=[.!?;]\s)")
_MARKUP = re.compile(r"^[#>*\-\s|]+|[*`_]{1,3}|\[([^\]]*)\]\([^)]*\)", re.MULTILINE)
LONGEST_BODY = 20_000


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

    def _add(self, atoms: Sequence[Atom], number: int) -> None:
        if atoms:
            texts = tuple(atom.text for atom in atoms)
            self._phrases.setdefault(texts[0], {}).setdefault(texts, number)

    def spans(self, text: str) -> list[tuple[int, int, int]]:
        """Return start, end and number of the unit (-1 for a code) of what answers the query; nothing overlaps."""
        found: list[tuple[int, int, int]] = []
        if self._codes:
            for code in written_codes(text):
                if self._codes & set(code.keys) or (code.number in self._numbers and not code.measure):
                    found.append((code.start, code.end, -1))
        atoms = atoms_of(fold(text))
        first = 0
        while first < len(atoms):
            for phrase in self._longest.get(atoms[first].text, ()):
                last = first + len(phrase)
                part = atoms[first:last]
                if tuple(atom.text for atom in part) == phrase and _together(part):
                    found.append((part[0].start, part[-1].end, self._phrases[phrase[0]][phrase]))
                    first = last
                    break
            else:
                first += 1
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
        best, best_score = "", (0, 0)
        wanted = sum(len(phrases) > 0 for phrases in self._phrases.values())
        for text in texts:
            plain = _MARKUP.sub(lambda match: match[1] or "", text[:LONGEST_BODY])
            spans = self.spans(plain)
            for start, end in _sentences(plain) if spans else ():
                inside = [span for span in spans if start <= span[0] < end]
                score = (len({unit for _, _, unit in inside}), min(len(inside), wanted))
                if score > best_score:
                    best_score = score
                    best = _cut(plain, start, end, inside[0][0], length)
        return best or _cut(texts[0], 0, len(texts[0]), 0, length) if texts else best


def _together(atoms: Sequence[Atom]) -> bool:
    """Whether atoms stand side by side, or Latin ones with one sign between."""
    return all(
        two.start - one.end <= (0 if "chinese" in {one.kind, two.kind} else 1) for one, two in pairwise(atoms)
    )


def _sentences(text: str) -> list[tuple[int, int]]:
    ends = [0, *(match.start() for match in _SENTENCE_END.finditer(text)), len(text)]
    return [(start, end) for start, end in pairwise(ends) if text[start:end].strip()]


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
