"""Which pieces of a text answer the query? Marked as pieces, so that escaping is left to whoever shows them."""

import itertools
import re
from collections.abc import Sequence

from kb.search.codes import written_codes
from kb.search.dictionary import name_key
from kb.search.index import Piece
from kb.search.query import Understood
from kb.search.tokens import atoms_of, fold, has_chinese

_SENTENCE_END = re.compile(r"(?<=[。！？；\n])|(?<=[.!?;]\s)")
_MARKUP = re.compile(r"^[#>*\-\s|]+|[*`_]{1,3}|\[([^\]]*)\]\([^)]*\)", re.MULTILINE)
LONGEST_BODY = 20_000


class Marker:
    """Finds the words of one query in texts.

    Args:
        understood: The query.
    """

    def __init__(self, understood: Understood) -> None:
        self._keys: dict[str, int] = {}
        self._longest = 1
        for number, unit in enumerate(understood.units):
            for surface in unit.surfaces:
                atoms = atoms_of(surface)
                typed = surface == unit.surfaces[0]
                shortest = 1 if has_chinese(surface) else 3
                if atoms and (typed or len(surface) > shortest):
                    self._keys.setdefault(name_key(atoms), number)
                    self._longest = max(self._longest, len(atoms))
                chinese = [atom for atom in atoms if atom.kind == "chinese"]
                if unit.ways[0].kind == "word" and surface == unit.surfaces[0] and len(chinese) > 2:
                    for one, two in itertools.pairwise(atoms):
                        self._keys.setdefault(name_key([one, two]), number)
        self._codes = {key for code in understood.codes for key in (code.key,)}
        self._numbers = {code.key.rsplit(".", 1)[-1] for code in understood.codes}

    def spans(self, text: str) -> list[tuple[int, int, int]]:
        """Return start, end and number of the unit (-1 for a code) of what answers the query; nothing overlaps."""
        atoms = atoms_of(fold(text))
        found: list[tuple[int, int, int]] = []
        if self._codes:
            for code in written_codes(text):
                if self._codes & set(code.keys) or (code.number in self._numbers and not code.measure):
                    found.append((code.start, code.end, -1))
        first = 0
        while first < len(atoms):
            for length in range(min(self._longest, len(atoms) - first), 0, -1):
                part = atoms[first : first + length]
                if part[-1].end - part[0].start > sum(atom.end - atom.start for atom in part) + length - 1:
                    continue
                number = self._keys.get(name_key(part))
                if number is not None:
                    found.append((part[0].start, part[-1].end, number))
                    first += length
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
        """Return the sentence that answers most units, with what follows up to `length` characters."""
        best, best_score = "", (0, 0)
        for text in texts:
            plain = _MARKUP.sub(lambda match: match[1] or "", text[:LONGEST_BODY])
            sentences = [sentence.strip() for sentence in _SENTENCE_END.split(plain) if sentence.strip()]
            for number, sentence in enumerate(sentences):
                spans = self.spans(sentence)
                score = (len({unit for _, _, unit in spans}), len(spans))
                if score > best_score:
                    best_score = score
                    best = _cut(sentence, spans[0][0], length)
                    following = number + 1
                    while len(best) < length // 2 and following < len(sentences) and not best.endswith("…"):
                        best = _cut(f"{best} {sentences[following]}", 0, length)
                        following += 1
        return best or _cut(" ".join(texts[0].split()) if texts else "", 0, length)


def _cut(sentence: str, place: int, length: int) -> str:
    """Return at most `length` characters of a sentence, with those at `place` among them."""
    if len(sentence) <= length:
        return sentence
    start = max(0, min(place - length // 4, len(sentence) - length))
    return (
        ("…" if start else "")
        + sentence[start : start + length]
        + ("…" if start + length < len(sentence) else "")
    )


def _without_overlap(spans: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    kept: list[tuple[int, int, int]] = []
    for span in sorted(spans, key=lambda one: (one[0], -one[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept
