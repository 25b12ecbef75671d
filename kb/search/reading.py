"""The words of a query become units: names, rests, pinyin, initials, likely spellings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kb.search.codes import CERTAIN_PREFIXES
from kb.search.dictionary import CONCEPT, DEFINE, HOWTO, STOP, TASK, WEAK, Dictionary, name_key
from kb.search.query import TermHeard, Unit, Way, WayKind
from kb.search.tokens import Atom, atoms_of, fold, has_chinese
from kb.search.tolerance import Tolerance

WORD, SYNONYM, SOUND, LETTERS, SPELLING = 1.0, 0.85, 0.75, 0.6, 0.65
"""How much a match counts by the way it came about; the word itself counts in full."""
WEAK_WEIGHT = 0.22
SINGLE_WEIGHT = 0.5
MAKER_WEIGHT = 0.35


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


@dataclass(slots=True)
class Reading:
    """What is collected while a query is read."""

    units: list[Unit] = field(default_factory=list)
    terms: list[TermHeard] = field(default_factory=list)
    negligible: list[str] = field(default_factory=list)
    replaced: list[tuple[int, int, str]] = field(default_factory=list)
    families: set[str] = field(default_factory=set)
    kinds: set[str] = field(default_factory=set)


class Reader:
    """Reads the words of one query."""

    def __init__(
        self,
        text: str,
        folded: str,
        dictionary: Dictionary,
        tolerance: Tolerance,
        count: Callable[[str], int],
    ) -> None:
        self._text = text
        self._folded = folded
        self._dictionary = dictionary
        self._tolerance = tolerance
        self._count = count

    def segments(self, atoms: Sequence[Atom]) -> list[Segment]:
        """Return the cheapest way to cover the atoms by names; what no name covers is left as a rest."""
        total = len(atoms)
        names: dict[int, list[tuple[int, str]]] = {}
        for found in self._dictionary.found_in(atoms):
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
        return self._joined(found_segments[::-1])

    def _joined(self, segments: list[Segment]) -> list[Segment]:
        """Return the segments with neighbouring rests joined, and lone characters that stand beside a rest."""
        joined: list[Segment] = []
        for number, segment in enumerate(segments):
            before = joined[-1] if joined else None
            touching = before is not None and segment.atoms[0].glued and before.end == segment.start
            if before is not None and touching and not before.key and before.atoms[-1].kind == "chinese":
                after = segments[number + 1] if number + 1 < len(segments) else None
                stop = segment.key and self._dictionary.is_kind(segment.key, STOP)
                more = after is not None and not after.key and after.atoms[0].glued
                if (not segment.key and segment.single) or (segment.single and (not stop or more)):
                    joined[-1] = Segment([*before.atoms, *segment.atoms])
                    continue
            if before is not None and not segment.key and segment.single and touching and before.single:
                stop = self._dictionary.is_kind(before.key, STOP)
                if before.key and not stop and not self._dictionary.is_kind(before.key, WEAK):
                    joined[-1] = Segment([*before.atoms, *segment.atoms])
                    continue
            if before is not None and not segment.key and not before.key and segment.atoms[0].joined:
                joined[-1] = Segment([*before.atoms, *segment.atoms])
                continue
            joined.append(segment)
        return joined

    def read(self, segments: Sequence[Segment], *, alone: bool) -> Reading:
        """Return the units of a query.

        Args:
            segments: What it falls into.
            alone: Whether there is no code beside the words; only then words that say little count in full
                where nothing else is said.
        """
        reading = Reading()
        number = 0
        while number < len(segments):
            segment = segments[number]
            if segment.key:
                self._name(segment, reading)
                number += 1
                continue
            if segment.atoms[0].kind == "chinese":
                self._chinese_rest(segment, reading)
                number += 1
                continue
            group = [segment]
            while number + len(group) < len(segments) and not segments[number + len(group)].key:
                if segments[number + len(group)].atoms[0].kind == "chinese":
                    break
                group.append(segments[number + len(group)])
            self._latin_rest(group, reading)
            number += len(group)
        if alone and reading.units and all(unit.weight <= WEAK_WEIGHT for unit in reading.units):
            reading.units = [
                Unit(unit.text, 1.0, unit.ways, unit.surfaces, unit.start, unit.end) for unit in reading.units
            ]
        if alone and not reading.units and reading.negligible:
            for segment in segments:
                if segment.key and not self._dictionary.is_kind(segment.key, DEFINE):
                    self._literal(segment, reading, WEAK_WEIGHT)
        return reading

    def _typed(self, segment: Segment) -> str:
        return self._text[segment.start : segment.end]

    def _name(self, segment: Segment, reading: Reading) -> None:
        key, words = segment.key, self._dictionary
        typed = self._typed(segment)
        for kind in (HOWTO, DEFINE, TASK):
            if words.is_kind(key, kind):
                reading.kinds.add(kind)
        meanings = words.meanings(key)
        if words.is_kind(key, STOP) or (
            not meanings and (words.is_kind(key, HOWTO) or words.is_kind(key, DEFINE))
        ):
            reading.negligible.append(typed)
            return
        families = words.families(key)
        reading.families |= families
        weight = 1.0
        if words.is_kind(key, WEAK):
            weight = WEAK_WEIGHT
        elif families:
            weight = MAKER_WEIGHT
        elif segment.single:
            weight = SINGLE_WEIGHT
        literal = self._literal_tokens(segment.atoms)
        ways = [Way(literal, WORD, "word", typed)]
        surfaces = [self._folded[segment.start : segment.end]]
        for concept in meanings:
            kind, factor = self._kind_of(typed, concept.names, concept.label)
            ways.append(Way((concept.token,), factor, kind, concept.label))
            surfaces += concept.names
            if concept.id.startswith("TERM-"):
                reading.terms.append(TermHeard(typed, concept.label, concept.label_en, kind, concept.id))
                if kind == "spelling":
                    reading.replaced.append((segment.start, segment.end, concept.label))
        reading.units.append(
            Unit(typed, weight, tuple(ways), tuple(dict.fromkeys(surfaces)), segment.start, segment.end)
        )

    def _kind_of(self, typed: str, names: Sequence[str], label: str) -> tuple[WayKind, float]:
        """Return how a typed name stands to its concept: by sound where it is written in pinyin, or a synonym."""
        folded = fold(typed)
        if folded == fold(label):
            return "word", 0.95
        if not has_chinese(folded) and self._tolerance.spells_a_name(folded, names):
            return "pinyin", SYNONYM
        if has_chinese(folded) and self._tolerance.misspells(folded, fold(label)):
            return "spelling", SYNONYM
        return "synonym", SYNONYM

    def _literal_tokens(self, atoms: Sequence[Atom]) -> tuple[str, ...]:
        """Return the tokens that a page with the very words has."""
        if len(atoms) == 1:
            return (atoms[0].text,)
        tokens = []
        for one, two in pairwise(atoms):
            if (
                two.glued
                and "chinese" in {one.kind, two.kind}
                and (one.kind == "chinese" or len(one.text) == 1)
            ):
                tokens.append(one.text + two.text)
        latin = [atom for atom in atoms if atom.kind != "chinese"]
        if len(latin) == len(atoms) and all(atom.joined for atom in atoms[1:]):
            word = "".join(atom.text for atom in atoms)
            return (word,) if self._count(word) else tuple(dict.fromkeys(atom.text for atom in atoms))
        tokens += [atom.text for atom in latin if len(atom.text) > 1]
        return tuple(dict.fromkeys(tokens)) or (atoms[0].text,)

    def _literal(self, segment: Segment, reading: Reading, weight: float) -> None:
        tokens = self._literal_tokens(segment.atoms)
        surface = self._folded[segment.start : segment.end]
        reading.units.append(
            Unit(
                self._typed(segment),
                weight,
                (Way(tokens, WORD, "word", self._typed(segment)),),
                (surface,),
                segment.start,
                segment.end,
            )
        )

    def _chinese_rest(self, segment: Segment, reading: Reading) -> None:
        run = "".join(atom.text for atom in segment.atoms)
        if len(run) == 1:
            self._literal(segment, reading, SINGLE_WEIGHT * (1 if self._count(run) else 0.5))
            return
        literal = tuple(token for token in self._literal_tokens(segment.atoms) if self._count(token))
        surfaces = [run, *(token for token in literal)]
        ways = []
        if literal:
            ways.append(Way(self._literal_tokens(segment.atoms), WORD, "word", run))
        else:
            ways.append(Way(tuple(dict.fromkeys(run)), WORD, "word", run))
        for guess in self._tolerance.chinese(run, self._count):
            concepts = self._dictionary.meanings(guess.key)
            # The name that was hit may be a wrong writing itself; then the right one is shown.
            right = [
                concept.label for concept in concepts if self._tolerance.misspells(guess.name, concept.label)
            ]
            name = right[0] if right else guess.name
            for concept in concepts:
                ways.append(Way((concept.token,), SPELLING, "spelling", name))
                surfaces += concept.names
            start = segment.start + guess.start
            reading.replaced.append((start, start + guess.length, name))
        if (sound := self._tolerance.sound_tokens(run)) and not literal:
            ways.append(Way(sound, SPELLING, "spelling", run))
        reading.units.append(
            Unit(
                self._typed(segment),
                1.0,
                tuple(ways),
                tuple(dict.fromkeys(surfaces)),
                segment.start,
                segment.end,
            )
        )

    def _latin_rest(self, group: Sequence[Segment], reading: Reading) -> None:
        """Read neighbouring Latin words that the dictionary does not know: pinyin, initials, or misspelt."""
        words = ["".join(self._folded[atom.start : atom.end] for atom in segment.atoms) for segment in group]
        unknown = [not self._count(self._literal_tokens(segment.atoms)[0]) for segment in group]
        syllables = [self._tolerance.syllables(word) for word in words]
        first = 0
        while first < len(group):
            last = first
            while last < len(group) and syllables[last]:
                last += 1
            stretch = range(first, last)
            if last > first and any(unknown[n] for n in stretch):
                whole = tuple(sound for n in stretch for sound in syllables[n])
                if len(whole) > 1:
                    self._pinyin(group[first], group[last - 1], whole, reading)
                    first = last
                    continue
            segment = group[first]
            if unknown[first] and not any(atom.kind == "digits" for atom in segment.atoms):
                self._unknown_latin(segment, words[first], reading)
            else:
                single = len(words[first]) == 1
                self._literal(segment, reading, WEAK_WEIGHT if single else 1.0)
            first += 1

    def _pinyin(self, first: Segment, last: Segment, syllables: tuple[str, ...], reading: Reading) -> None:
        heard: list[str] = []
        for piece in self._tolerance.heard(syllables):
            ways: list[Way] = []
            surfaces: list[str] = []
            weight = 1.0
            names = [self._dictionary.name(key) for key in piece.keys]
            for key, name in zip(piece.keys, names, strict=True):
                if self._dictionary.is_kind(key, WEAK):
                    weight = WEAK_WEIGHT
                ways.append(Way(self._literal_tokens(atoms_of(name)), SOUND, "pinyin", name))
                surfaces.append(name)
                for concept in self._dictionary.meanings(key):
                    ways.append(Way((concept.token,), SOUND * 0.95, "pinyin", name))
                    surfaces += concept.names
                    if concept.id.startswith("TERM-"):
                        reading.terms.append(
                            TermHeard(piece.text, concept.label, concept.label_en, "pinyin", concept.id)
                        )
            if piece.tokens:
                ways.append(Way(piece.tokens, SOUND, "pinyin", piece.text))
            heard.append(names[0] if names else piece.text)
            if any(self._dictionary.is_kind(key, STOP) for key in piece.keys):
                reading.negligible.append(piece.text)
                continue
            if ways:
                unit = Unit(
                    piece.text, weight, tuple(ways), tuple(dict.fromkeys(surfaces)), first.start, last.end
                )
                reading.units.append(unit)
        if any(has_chinese(word) for word in heard):
            reading.replaced.append((first.start, last.end, "".join(heard)))
        if not heard:
            self._literal(first, reading, 1.0)

    def _unknown_latin(self, segment: Segment, word: str, reading: Reading) -> None:
        ways = [Way(self._literal_tokens(segment.atoms), WORD, "word", word)]
        surfaces = [word]
        for guess in self._tolerance.initials(word):
            if not all(token.startswith(CONCEPT) or self._count(token) for token in guess.tokens):
                continue  # Words of a page that is there no more.
            ways.append(Way(guess.tokens, LETTERS, "initials", guess.text))
            surfaces += guess.surfaces
        if len(ways) == 1 and word.upper() not in CERTAIN_PREFIXES:
            for spelt in self._tolerance.latin(word):
                tokens = self._literal_tokens(atoms_of(spelt))
                ways.append(Way(tokens, SPELLING, "spelling", spelt))
                surfaces.append(spelt)
                for concept in self._dictionary.meanings(name_key(atoms_of(spelt))):
                    ways.append(Way((concept.token,), SPELLING * 0.95, "spelling", spelt))
                    surfaces += concept.names
            if len(ways) > 1:
                reading.replaced.append((segment.start, segment.end, ways[1].shown))
        reading.units.append(
            Unit(
                self._typed(segment),
                1.0,
                tuple(ways),
                tuple(dict.fromkeys(surfaces)),
                segment.start,
                segment.end,
            )
        )
