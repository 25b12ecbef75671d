"""A query falls into segments: names of the dictionary, as few as cover it best, and the rests between them."""

from collections.abc import Sequence
from dataclasses import dataclass

from kb.search.dictionary import STOP, WEAK, Dictionary
from kb.search.tokens import Atom


@dataclass(slots=True)
class Segment:
    """A stretch of atoms: a name of the dictionary, or a rest that it does not know."""

    atoms: Sequence[Atom]
    key: str = ""

    @property
    def single(self) -> bool:
        """Whether it is one Chinese character."""
        return len(self.atoms) == 1 and self.atoms[0].kind == "chinese"

    @property
    def start(self) -> int:
        """Place of its first character."""
        return self.atoms[0].start

    @property
    def end(self) -> int:
        """Place after its last character."""
        return self.atoms[-1].end


def segments(atoms: Sequence[Atom], dictionary: Dictionary) -> list[Segment]:
    """Return the cheapest way to cover the atoms by names; what no name covers is left as a rest."""
    total = len(atoms)
    names: dict[int, list[tuple[int, str]]] = {}
    for found in dictionary.found_in(atoms):
        names.setdefault(found.first, []).append((found.last, found.name))
    cost = [0.0] + [float("inf")] * total
    step: list[tuple[int, str]] = [(0, "")] * (total + 1)
    for first in range(total):
        here = cost[first]
        options = [(first + 1, "", 2.2 if atoms[first].kind == "chinese" else 1.4)]
        options += [
            (last, name, 1.0 + 0.01 * (last - first) if last - first > 1 else 1.3)
            for last, name in names.get(first, ())
        ]
        for last, name, price in options:
            if here + price < cost[last] - 1e-9:
                cost[last], step[last] = here + price, (first, name)
    found_segments: list[Segment] = []
    last = total
    while last > 0:
        first, name = step[last]
        found_segments.append(Segment(atoms[first:last], name))
        last = first
    return _joined(found_segments[::-1], dictionary)


def _joined(segments: list[Segment], dictionary: Dictionary) -> list[Segment]:
    """Return the segments with neighbouring rests joined, and lone characters that stand beside a rest."""
    joined: list[Segment] = []
    for number, segment in enumerate(segments):
        before = joined[-1] if joined else None
        touching = before is not None and segment.atoms[0].glued and before.end == segment.start
        if before is not None and touching and not before.key and before.atoms[-1].kind == "chinese":
            after = segments[number + 1] if number + 1 < len(segments) else None
            stop = segment.key and dictionary.is_kind(segment.key, STOP)
            more = after is not None and not after.key and after.atoms[0].glued
            if (not segment.key and segment.single) or (segment.single and (not stop or more)):
                joined[-1] = Segment([*before.atoms, *segment.atoms])
                continue
        if before is not None and not segment.key and segment.single and touching and before.single:
            stop = dictionary.is_kind(before.key, STOP)
            if before.key and not stop and not dictionary.is_kind(before.key, WEAK):
                joined[-1] = Segment([*before.atoms, *segment.atoms])
                continue
        if before is not None and not segment.key and not before.key and segment.atoms[0].joined:
            joined[-1] = Segment([*before.atoms, *segment.atoms])
            continue
        joined.append(segment)
    return joined
