"""What someone may have meant: words by their sound, by their initials, by a likely spelling."""

import itertools
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz import fuzz, process

from kb.search.dictionary import Concept, Dictionary
from kb.search.pinyin import (
    begins,
    initials,
    near_sound,
    near_spellings,
    pairs,
    readings,
    sounds,
    split_syllables,
)
from kb.search.tokens import atoms_of, fold, has_chinese, stem

LONGEST_WORD = 7
SHORTEST_LATIN = 4
SHORTEST_LOOK = 4
"""Characters of a word in which one other character is forgiven however it sounds: 电视机 is no slip for 电动机."""
LIKE_LATIN = 80.0
LIKE_CHINESE = 66.0
MOST_GUESSES = 3
SELDOM = 8
SHORTEST_SLIP, LONGEST_PINYIN = 6, 40
"""Letters of pinyin in which one wrong letter is forgiven: in fewer every word is near another."""
SHORTEST_INITIALS, LONGEST_INITIALS = 2, 10
"""Two letters are only taken for a name's initials, more also for initials inside a title."""


@dataclass(frozen=True, slots=True)
class Guess:
    """A name that a stretch of a query may stand for.

    Args:
        key: Key of the name in the dictionary.
        name: The name as it is written.
        start: Where the stretch begins in the run.
        length: How many characters it has.
    """

    key: str
    name: str
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Heard:
    """A stretch of pinyin.

    Args:
        text: As typed, without spaces.
        keys: Keys of the names that sound like it.
        tokens: Pinyin tokens of the stretch; empty for one syllable.
    """

    text: str
    keys: tuple[str, ...]
    tokens: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Letters:
    """What initials may stand for: a phrase, its tokens, and the concept that it names, if any."""

    text: str
    tokens: tuple[str, ...]
    concept: Concept | None = None


@dataclass(frozen=True, slots=True)
class LetteredLines:
    """Phrases and their initials, each in one text: one search goes through all of them.

    Args:
        titles: The phrases, a line each.
        letters: Their initials, at the very same places.
    """

    titles: str
    letters: str

    @classmethod
    def of(cls, lettered: Sequence[tuple[str, str]]) -> "LetteredLines":
        """Return the phrases of pairs; each has as many characters as initials."""
        return cls("\n".join(title for title, _ in lettered), "\n".join(letters for _, letters in lettered))

    def phrases(self, word: str) -> Iterator[str]:
        """Yield what the letters `word` first stand for in each phrase that has them."""
        place = self.letters.find(word)
        while place >= 0:
            yield self.titles[place : place + len(word)]
            end = self.letters.find("\n", place)
            place = self.letters.find(word, end) if end >= 0 else -1


class Tolerance:
    """Likely words, from the dictionary and from the titles of the library.

    Args:
        dictionary: The trade's words.
        lettered: Returns phrases of titles, keywords and symptoms with their initials; asked for once, when the
            first query needs it.
        latin: Returns the Latin words of the library; asked for once, when the first query needs them.
    """

    def __init__(
        self,
        *,
        dictionary: Dictionary,
        lettered: Callable[[], Sequence[tuple[str, str]]],
        latin: Callable[[], Sequence[str]],
    ) -> None:
        self._dictionary = dictionary
        self._read = lettered
        self._lettered: LetteredLines | None = None
        self._read_latin = latin
        self._latin: tuple[str, ...] | None = None
        self._chinese = tuple(sorted(name for _, name in dictionary.spoken() if len(name) >= 3))

    def right_name(self, key: str) -> str:
        """Return a name as it is rightly written: that of its concept where it only sounds like that."""
        name = self._dictionary.name(key)
        for concept in self._dictionary.meanings(key):
            if sounds_alike(name, concept.label):
                return concept.label
        return name

    def spells_a_name(self, word: str, names: Sequence[str]) -> bool:
        """Whether a Latin word is the pinyin of one of the names."""
        plain = word.replace(" ", "")
        return any("".join(way) == plain for name in names if _wholly_chinese(name) for way in readings(name))

    def spelt_name(self, word: str, concepts: Sequence[Concept]) -> str:
        """Return the name that a Latin word is the pinyin of, as it is rightly written; nothing where it is of none."""
        plain = word.replace(" ", "")
        for concept in concepts:
            for name in concept.names:
                if _wholly_chinese(name) and any("".join(way) == plain for way in readings(name)):
                    return concept.label if sounds_alike(name, concept.label) else name
        return ""

    def characters(self, word: str) -> tuple[str, ...]:
        """Return keys of names of one character that a lone syllable may stand for."""
        return self._dictionary.characters_spoken(word) if word.isascii() and word.isalpha() else ()

    def misspells(self, word: str, label: str) -> bool:
        """Whether a Chinese word is a wrong writing of `label`: other characters, same sound or all but one alike."""
        if len(word) != len(label) or word == label or not (_wholly_chinese(word) and _wholly_chinese(label)):
            return False
        if sounds_alike(word, label):
            return True
        same = sum(one == two for one, two in zip(word, label, strict=True))
        return len(label) >= 3 and same == len(label) - 1

    def syllables(self, word: str) -> tuple[str, ...]:
        """Return a word as pinyin syllables; empty where it is none."""
        return split_syllables(word) if word.isalpha() and len(word) > 1 else ()

    def heard(self, syllables: tuple[str, ...]) -> list[Heard]:
        """Return the stretches of pinyin, names as long as possible first; what is left goes by pairs."""
        by_pinyin, by_near = self._dictionary.by_pinyin, self._dictionary.by_near_sound
        found: list[Heard] = []
        left: list[str] = []

        def flush() -> None:
            if left:
                found.append(Heard("".join(left), (), tuple(pairs(tuple(left)))))
                left.clear()

        place = 0
        while place < len(syllables):
            for length in range(min(LONGEST_WORD, len(syllables) - place), 1, -1):
                part = syllables[place : place + length]
                keys = by_pinyin.get("".join(part), ()) or by_near.get("".join(map(near_sound, part)), ())
                if keys:
                    flush()
                    found.append(Heard("".join(part), keys, tuple(pairs(part))))
                    place += length
                    break
            else:
                left.append(syllables[place])
                place += 1
        flush()
        return found

    def sound_tokens(self, run: str) -> tuple[str, ...]:
        """Return the pinyin tokens of a Chinese run."""
        return tuple(token for syllables in sounds(run) for token in pairs(syllables))

    def chinese(self, run: str, count: Callable[[str], int]) -> list[Guess]:
        """Return names that sound like a stretch of `run`; after them those that differ from one in one character.

        Only stretches with a pair of characters that no page has are looked at, so that what is written
        right is never put right; or, for the same sound, a pair that is `SELDOM` times rarer than the name, as
        in a large library every pair stands somewhere by chance.
        """
        guesses: list[Guess] = []
        for way in (self._by_sound, self._by_look):
            for length in range(min(LONGEST_WORD, len(run)), 1, -1):
                for start in range(len(run) - length + 1):
                    if any(
                        guess.start < start + length and start < guess.start + guess.length
                        for guess in guesses
                    ):
                        continue
                    if key := way(run[start : start + length], count, whole=length == len(run)):
                        guesses.append(Guess(key, self._dictionary.name(key), start, length))
        return guesses

    def _by_sound(self, part: str, count: Callable[[str], int], *, whole: bool) -> str:
        """Return the key of a name that sounds like `part`, or nothing; `whole`: it is all of an unknown run."""
        written = _seldomest(part, count)
        # Two characters out of a longer run must sound just so: 视机, of 电视机, is nearly 死机 to an ear.
        for key in self._sounding(part, near=whole or len(part) > 2):
            name = self._dictionary.name(key)
            # Every pair of characters sounds like some word: 由器 is no slip for 油气, 抱警 is one for 报警.
            likely = len(part) > 2 or any(one == two for one, two in zip(part, name, strict=False))
            if likely and name != part and (not written or self._carried(key, count) >= SELDOM * written):
                return key
        return ""

    def _by_look(self, part: str, count: Callable[[str], int], *, whole: bool) -> str:
        """Return the name that differs from `part` in one character, or nothing."""
        del whole
        return self._alike(part) if len(part) >= SHORTEST_LOOK and not _seldomest(part, count) else ""

    def _carried(self, key: str, count: Callable[[str], int]) -> int:
        """Return how many pages have a name or one that means the same."""
        return max((count(concept.token) for concept in self._dictionary.meanings(key)), default=0)

    def _sounding(self, part: str, *, near: bool) -> tuple[str, ...]:
        for way in readings(part):
            if keys := self._dictionary.by_pinyin.get("".join(way)):
                return keys
        for way in readings(part)[:1] if near else ():
            if keys := self._dictionary.by_near_sound.get("".join(map(near_sound, way))):
                return keys
        return ()

    def _alike(self, part: str) -> str:
        best = process.extractOne(part, self._chinese, scorer=fuzz.ratio, score_cutoff=LIKE_CHINESE)
        if best is None or len(best[0]) != len(part):
            return ""
        same = sum(one == two for one, two in zip(part, best[0], strict=True))
        return str(best[0]) if same >= len(part) - 1 else ""

    def latin(self, word: str) -> list[str]:
        """Return Latin words that are spelt much like `word`, the likeliest first."""
        if len(word) < SHORTEST_LATIN or not word.isascii():
            return []
        if self._latin is None:
            single = {word for word in self._dictionary.words if word.isascii() and word.isalpha()}
            words = {*self._read_latin(), *single}
            self._latin = tuple(sorted(word for word in words if len(word) >= SHORTEST_LATIN))
        found = process.extract(word, self._latin, scorer=fuzz.ratio, score_cutoff=LIKE_LATIN, limit=None)
        # A slip hardly ever hits the first letter: a truck is nothing that is stuck.
        likely = [entry for entry in found if entry[0][0] == word[0]]
        ordered = sorted(likely, key=lambda entry: (-entry[1], entry[0]))
        return [str(entry[0]) for entry in ordered[:MOST_GUESSES]]

    def shortened(self, word: str, count: Callable[[str], int]) -> list[str]:
        """Return keys of names of whose syllables only the beginnings were typed: bianmq, dingx, zhuzgr.

        At least one syllable is whole or nearly so: bare initials are another matter (`initials`).
        """
        if not (SHORTEST_LATIN <= len(word) <= LONGEST_PINYIN and word.isascii() and word.isalpha()):
            return []
        found = {
            key: len(word) / sum(map(len, way))
            for key, way in self._dictionary.spoken_from(word[0])
            if len(way) < len(word) and begins(word, way)
        }
        return self._likeliest(found, count)

    def slipped(self, word: str, count: Callable[[str], int]) -> list[str]:
        """Return keys of names whose pinyin differs from `word` in one letter, or in two that changed places."""
        if not (SHORTEST_SLIP <= len(word) <= LONGEST_PINYIN and word.isascii() and word.isalpha()):
            return []
        found = {
            key: 1.0
            for spelt in near_spellings(word, self._dictionary.by_lost_letter)
            for key in self._dictionary.by_pinyin[spelt]
            if spelt[0] == word[0]
        }
        return self._likeliest(found, count)

    def _likeliest(self, found: dict[str, float], count: Callable[[str], int]) -> list[str]:
        """Return the keys that are most like what was typed, of these the ones that most pages have."""
        carried = {key: self._carried(key, count) for key in found}
        ordered = sorted(found, key=lambda key: (-found[key], -carried[key], self._dictionary.name(key)))
        return [key for key in ordered if carried[key]][:MOST_GUESSES]

    def initials(self, word: str) -> list[Letters]:
        """Return what the letters may be the initials of: names, names in a row, or words of a title."""
        if not (SHORTEST_INITIALS <= len(word) <= LONGEST_INITIALS and word.isascii() and word.isalpha()):
            return []
        found: dict[str, Letters] = {}
        for keys in self._dictionary.by_initials.get(word, ()):
            name = self.right_name(keys)
            for concept in self._dictionary.meanings(keys)[:1]:
                found[name] = Letters(name, (concept.token,), concept)
        if len(word) >= 3:
            if self._lettered is None:
                self._lettered = LetteredLines.of(self._read())
            for phrase in self._lettered.phrases(word):
                if phrase not in found:
                    tokens = tuple(one + two for one, two in itertools.pairwise(phrase))
                    found[phrase] = Letters(phrase, tokens)
        return sorted(found.values(), key=lambda entry: entry.text)[: MOST_GUESSES * 4]


def sounds_alike(one: str, two: str) -> bool:
    """Whether two Chinese words are read alike."""
    if len(one) != len(two) or not (_wholly_chinese(one) and _wholly_chinese(two)):
        return False
    return not set(readings(one)).isdisjoint(readings(two))


def _seldomest(part: str, count: Callable[[str], int]) -> int:
    """Return how many pages have the rarest pair of characters of `part`."""
    return min(count(one + two) for one, two in itertools.pairwise(part))


def _wholly_chinese(text: str) -> bool:
    return bool(text) and all(has_chinese(character) for character in text)


def latin_words(texts: Sequence[str]) -> list[str]:
    """Return the stems' words of Latin text, in alphabetical order, for spelling."""
    return sorted(set(itertools.chain.from_iterable(map(_latin_of, texts))))


@lru_cache(maxsize=200_000)
def _latin_of(text: str) -> tuple[str, ...]:
    return tuple(
        word
        for word in fold(text).replace("-", " ").replace("/", " ").split()
        if word.isascii() and word.isalpha() and len(word) >= SHORTEST_LATIN and stem(word)
    )


def lettered_phrases(texts: Iterable[str]) -> list[tuple[str, str]]:
    """Return the Chinese of each text with the first letters of its pinyin, each phrase once."""
    found: dict[str, str] = {}
    for text in dict.fromkeys(texts):
        phrase = "".join(atom.text for atom in atoms_of(fold(text)) if atom.kind == "chinese")
        if len(phrase) < SHORTEST_INITIALS or phrase in found:
            continue
        for syllables in sounds(phrase):
            if len(syllables) == len(phrase):
                found[phrase] = initials(syllables)
    return list(found.items())
