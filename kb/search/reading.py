"""The words of a query become units: names, rests, pinyin, initials, likely spellings."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from kb.search.codes import CERTAIN_PREFIXES
from kb.search.dictionary import CONCEPT, DEFINE, HOWTO, OTHER, STOP, TASK, WEAK, Dictionary, name_key
from kb.search.query import TermHeard, Unit, Way, WayKind
from kb.search.segments import Segment
from kb.search.tokens import Atom, atoms_of, fold, has_chinese
from kb.search.tolerance import Guess, Tolerance

WORD, SYNONYM, SOUND, LETTERS, SPELLING, SLIP = 1.0, 0.85, 0.75, 0.6, 0.65, 0.6
"""How much a match counts by the way it came about; the word itself counts in full."""
WEAK_WEIGHT = 0.22
SINGLE_WEIGHT = 0.5
MAKER_WEIGHT = 0.35
CHARACTERS_A_WORD = 2.5
"""Characters of a stretch that no name covers which count as one word."""
BESIDE = re.compile(
    r"(?:[用拿从在靠挨]|打|通过|\b(?:near|beside|next to|behind|from|by|via|with|at|in)(?: (?:the|a|an|my|our))?) ?$"
)
PLACE = re.compile(r"^[^,，。；;？?]{0,4}(?:的|旁|隔壁|附近|对面|边上|店)")
OURS = re.compile(r"机床|数控|[车铣磨镗]床|加工中心|数显|\b(?:cnc|lathe|mill|dro|machine tool)\b")
"""What stands before and behind a thing that is but the place or the means of what is asked: the spindle beside the lift."""


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
        if not has_chinese(typed) and (spelt := self._tolerance.spelt_name(fold(typed), meanings)):
            reading.replaced.append((segment.start, segment.end, spelt))
        marked = tuple(dict.fromkeys(surfaces))
        other = words.is_kind(key, OTHER) and self._asked_about(segment)
        reading.units.append(
            Unit(typed, weight, tuple(ways), marked, segment.start, segment.end, other=other)
        )

    def _asked_about(self, segment: Segment) -> bool:
        """Whether a thing is what a query asks about, and not the place or the means of it."""
        before, after = self._folded[: segment.start], self._folded[segment.end :]
        return not (BESIDE.search(before) or PLACE.match(after) or OURS.search(self._folded))

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
        """Read a run that the dictionary does not know: stretches that may be misspelt names, and what lies between."""
        run = "".join(atom.text for atom in segment.atoms)
        if len(run) == 1:
            self._literal(segment, reading, SINGLE_WEIGHT * (1 if self._count(run) else 0.5))
            return
        last = 0
        for guess in sorted(self._tolerance.chinese(run, self._count), key=lambda guess: guess.start):
            self._unknown_run(segment.atoms[last : guess.start], reading)
            last = guess.start + guess.length
            self._guessed(segment.atoms[guess.start : last], guess, reading)
        self._unknown_run(segment.atoms[last:], reading, alone=not last)

    def _guessed(self, atoms: Sequence[Atom], guess: Guess, reading: Reading) -> None:
        segment = Segment(atoms)
        run = "".join(atom.text for atom in atoms)
        ways = [Way(self._literal_tokens(atoms), WORD, "word", run)]
        surfaces = [run]
        concepts = self._dictionary.meanings(guess.key)
        name = self._tolerance.right_name(guess.key)
        for concept in concepts:
            ways.append(Way((concept.token,), SPELLING, "spelling", name))
            surfaces += concept.names
        reading.replaced.append((segment.start, segment.end, name))
        self._unit(segment, 1.0, ways, surfaces, reading)

    def _unknown_run(self, atoms: Sequence[Atom], reading: Reading, *, alone: bool = False) -> None:
        """Read characters that are no name; they count by their number, as a word has two or three.

        Args:
            atoms: Side by side; may be none.
            reading: Takes the unit.
            alone: Whether they are the whole of an unknown stretch, of which no part may be a name.
        """
        if not atoms:
            return
        segment = Segment(atoms)
        run = "".join(atom.text for atom in atoms)
        if len(run) == 1:
            self._literal(segment, reading, SINGLE_WEIGHT * 0.5)
            return
        tokens = self._literal_tokens(atoms)
        literal = [token for token in tokens if self._count(token)]
        ways = [Way(tokens if literal else tuple(dict.fromkeys(run)), WORD, "word", run)]
        sound = self._tolerance.sound_tokens(run) if alone and not literal else ()
        if sound and all(map(self._count, sound)):
            ways.append(Way(sound, SPELLING, "spelling", run))
        weight = max(1.0, len(run) / CHARACTERS_A_WORD)
        novel = 0.0 if len(ways) > 1 else self._novel(run)
        self._unit(segment, weight, ways, [run, *literal], reading, novel)

    def _novel(self, run: str) -> float:
        """Return the share of characters that stand in no pair that any page has."""
        known = [self._count(one + two) > 0 for one, two in pairwise(run)]
        alone = [not before and not after for before, after in pairwise([False, *known, False])]
        return sum(alone) / len(alone)

    def _unit(
        self,
        segment: Segment,
        weight: float,
        ways: Sequence[Way],
        surfaces: Sequence[str],
        reading: Reading,
        novel: float = 0.0,
    ) -> None:
        marked = tuple(dict.fromkeys(surfaces))
        typed = self._typed(segment)
        reading.units.append(Unit(typed, weight, tuple(ways), marked, segment.start, segment.end, novel))

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
            keys, factor = piece.keys, SOUND
            if not keys and not any(map(self._count, piece.tokens)):
                # No page sounds like it: a slip of a letter is likelier than a word that nobody wrote.
                keys, factor = tuple(self._tolerance.slipped(piece.text, self._count)), SLIP
            ways, surfaces, weight = self._ways_of(piece.text, keys, factor, "pinyin", reading)
            if piece.tokens:
                ways.append(Way(piece.tokens, SOUND, "pinyin", piece.text))
            heard.append(self._tolerance.right_name(keys[0]) if keys else piece.text)
            if any(self._dictionary.is_kind(key, STOP) for key in keys):
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

    def _ways_of(
        self, typed: str, keys: Sequence[str], factor: float, kind: WayKind, reading: Reading
    ) -> tuple[list[Way], list[str], float]:
        """Return the ways, marks and weight of names that something typed may stand for."""
        ways: list[Way] = []
        surfaces: list[str] = []
        weight = 1.0
        for key in keys:
            name = self._dictionary.name(key)
            if self._dictionary.is_kind(key, WEAK):
                weight = WEAK_WEIGHT
            ways.append(Way(self._literal_tokens(atoms_of(name)), factor, kind, name))
            surfaces.append(name)
            for concept in self._dictionary.meanings(key):
                ways.append(Way((concept.token,), factor * 0.95, kind, name))
                surfaces += concept.names
                if concept.id.startswith("TERM-"):
                    heard = TermHeard(typed, concept.label, concept.label_en, kind, concept.id)
                    reading.terms.append(heard)
        return ways, surfaces, weight

    def _unknown_latin(self, segment: Segment, word: str, reading: Reading) -> None:
        ways = [Way(self._literal_tokens(segment.atoms), WORD, "word", word)]
        surfaces = [word]
        for guess in self._tolerance.initials(word):
            if not all(token.startswith(CONCEPT) or self._count(token) for token in guess.tokens):
                continue  # Words of a page that is there no more.
            ways.append(Way(guess.tokens, LETTERS, "initials", guess.text))
            surfaces.append(guess.text)
            concept = guess.concept
            if concept is not None and concept.id.startswith("TERM-"):
                heard = TermHeard(word, concept.label, concept.label_en, "initials", concept.id)
                reading.terms.append(heard)
        if len(ways) == 1 and word.upper() not in CERTAIN_PREFIXES:
            self._likely(segment, word, ways, surfaces, reading)
        self._unit(segment, 1.0, ways, surfaces, reading, float(len(ways) == 1))

    def _likely(
        self, segment: Segment, word: str, ways: list[Way], surfaces: list[str], reading: Reading
    ) -> None:
        """Add what a word that nobody knows may stand for: pinyin that is cut short or mistyped, a likely spelling."""
        if sounding := self._tolerance.characters(word):
            keys: Sequence[str] = sounding
        else:
            keys = self._tolerance.shortened(word, self._count) or self._tolerance.slipped(word, self._count)
        more, marks, _ = self._ways_of(word, keys, SLIP, "pinyin", reading)
        ways += more
        surfaces += marks
        for spelt in self._tolerance.latin(word):
            ways.append(Way(self._literal_tokens(atoms_of(spelt)), SPELLING, "spelling", spelt))
            surfaces.append(spelt)
            for concept in self._dictionary.meanings(name_key(atoms_of(spelt))):
                ways.append(Way((concept.token,), SPELLING * 0.95, "spelling", spelt))
                surfaces += concept.names
        if len(ways) > 1:
            shown = self._tolerance.right_name(keys[0]) if keys else ways[1].shown
            reading.replaced.append((segment.start, segment.end, shown))
