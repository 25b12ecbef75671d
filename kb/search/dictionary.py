"""The trade's words: which names mean the same, and which words say little or nothing.

Built from the term pages (preferred, alternative, hidden and deprecated names), the alarm families and
controllers of the vocabularies, and `words.tsv` with the everyday words of complaints. A *concept* is what
several names share; pages carry concepts as tokens (`@…`), so a synonym costs one look-up.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from kb.content import Library
from kb.content.pages import TermPage
from kb.search.pinyin import initials, lost_letters, near_sound, readings
from kb.search.tokens import Atom, atoms_of, fold, has_chinese

CONCEPT = "@"
"""First character of every concept token."""
WORDS_FILE = Path(__file__).with_name("words.tsv")
ORDINARY = frozenset({"one", "we", "2.8", "2.9"})
"""Series names that are ordinary words or versions, and so tell no maker."""
STOP, WEAK, HOWTO, TASK, DEFINE, OTHER = "stop", "weak", "howto", "task", "define", "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Concept:
    """One meaning and its names.

    Args:
        id: Id of a term page, or `W-` and a word.
        label: How it is shown.
        label_en: How it is shown in English; empty where only the everyday word is known.
        names: Every name, folded.
    """

    id: str
    label: str
    label_en: str
    names: tuple[str, ...]

    @property
    def token(self) -> str:
        """The token that pages with one of the names carry."""
        return CONCEPT + self.id


@dataclass(slots=True)
class _Node:
    """A place in the tree of names: what may follow, and what ends here."""

    children: dict[str, "_Node"] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True, slots=True)
class Found:
    """A name found in a text.

    Args:
        name: The name as the dictionary has it.
        first: Number of its first atom.
        last: Number after its last atom.
    """

    name: str
    first: int
    last: int


class Dictionary:
    """All names, what they mean, and how to find them in a text.

    Args:
        concepts: Concepts by id.
        kinds: What a word is beside its meaning: `stop`, `weak`, `howto`, `task`, `define`, `other`.
        families: Alarm families by the names of makers and controllers.
        digest: Changes when any name changes.
    """

    def __init__(
        self,
        *,
        concepts: dict[str, Concept],
        kinds: dict[str, set[str]],
        families: dict[str, frozenset[str]],
        digest: str,
    ) -> None:
        self.concepts = concepts
        self.digest = digest
        self._kinds = kinds
        self._families = families
        self._meanings: dict[str, list[str]] = defaultdict(list)
        self._root = _Node()
        self._keys: dict[str, str] = {}
        for concept in concepts.values():
            for name in concept.names:
                if STOP in kinds.get(name, ()):
                    continue  # TO is a tool offset, but every English sentence has a "to".
                meanings = self._meanings[self._enter(name)]
                if concept.id not in meanings:
                    meanings.append(concept.id)
        for name in (*kinds, *families):
            self._enter(name)

    def _enter(self, name: str) -> str:
        """Put a name into the tree and return the key under which it stands."""
        atoms = atoms_of(name)
        key = name_key(atoms)
        node = self._root
        for atom in atoms:
            node = node.children.setdefault(atom.text, _Node())
        node.name = key
        self._keys.setdefault(key, name)
        return key

    def found_in(self, atoms: Sequence[Atom], *, longest: bool = False) -> Iterator[Found]:
        """Yield the names in a text, every one, or at each place only the longest."""
        count = len(atoms)
        for first in range(count):
            node = self._root.children.get(atoms[first].text)
            last = first + 1
            best: Found | None = None
            while node is not None:
                if node.name:
                    if longest:
                        best = Found(node.name, first, last)
                    else:
                        yield Found(node.name, first, last)
                if last >= count or not _near(atoms[last - 1], atoms[last]):
                    break
                node = node.children.get(atoms[last].text)
                last += 1
            if best is not None:
                yield best

    def meanings(self, key: str) -> list[Concept]:
        """Return the concepts that a name stands for, term pages first."""
        return [self.concepts[id_] for id_ in self._meanings.get(key, ())]

    def is_kind(self, key: str, kind: str) -> bool:
        """Whether the word with the key is a stop word, a weak word, or asks for a guide, a task or a definition."""
        return kind in self._kinds.get(self._keys.get(key, key), ())

    def families(self, key: str) -> frozenset[str]:
        """Return the alarm families that a maker's or controller's name stands for."""
        return self._families.get(self._keys.get(key, key), frozenset())

    def name(self, key: str) -> str:
        """Return the name as it is written."""
        return self._keys.get(key, key)

    def __contains__(self, key: str) -> bool:
        return key in self._keys

    @property
    def words(self) -> tuple[str, ...]:
        """Every name that has a meaning, in alphabetical order."""
        return tuple(sorted(self._keys[key] for key in self._meanings))

    @property
    def by_pinyin(self) -> dict[str, tuple[str, ...]]:
        """Keys of Chinese names by their pinyin, written without spaces."""
        return _sounding_of(self).pinyin

    @property
    def by_initials(self) -> dict[str, tuple[str, ...]]:
        """Keys of Chinese names by the first letters of their pinyin."""
        return _sounding_of(self).initials

    @property
    def by_near_sound(self) -> dict[str, tuple[str, ...]]:
        """Keys of Chinese names by their pinyin as `near_sound` hears it."""
        return _sounding_of(self).near

    @property
    def by_lost_letter(self) -> dict[str, tuple[str, ...]]:
        """Pinyin of Chinese names by what is left of it without one letter, and by itself."""
        return _sounding_of(self).lost

    def spoken_from(self, letter: str) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Return key and syllables of the Chinese names whose pinyin begins with a letter."""
        return _sounding_of(self).first.get(letter, ())

    def characters_spoken(self, syllable: str) -> tuple[str, ...]:
        """Return keys of names of one character that sound so."""
        return _sounding_of(self).single.get(syllable, ())

    def spoken(self, *, shortest: int = 2) -> Iterator[tuple[str, str]]:
        """Yield key and name of every wholly Chinese name of `shortest` characters or more that has a meaning."""
        for key in self._meanings:
            name = self._keys[key]
            if (
                len(name) >= shortest
                and has_chinese(name)
                and all(has_chinese(character) for character in name)
            ):
                yield key, name


def _near(one: Atom, two: Atom) -> bool:
    """Whether two atoms may belong to one name: side by side, or Latin with one sign between."""
    return two.glued or (two.start - one.end == 1 and "chinese" not in {one.kind, two.kind})


@dataclass(frozen=True, slots=True)
class _Sounds:
    """Keys of Chinese names by what is heard or typed of them; see the properties of `Dictionary`."""

    pinyin: dict[str, tuple[str, ...]]
    initials: dict[str, tuple[str, ...]]
    near: dict[str, tuple[str, ...]]
    lost: dict[str, tuple[str, ...]]
    first: dict[str, tuple[tuple[str, tuple[str, ...]], ...]]
    single: dict[str, tuple[str, ...]]


@lru_cache(maxsize=4)
def _sounding_of(dictionary: Dictionary) -> _Sounds:
    pinyin: defaultdict[str, list[str]] = defaultdict(list)
    letters: defaultdict[str, list[str]] = defaultdict(list)
    near: defaultdict[str, list[str]] = defaultdict(list)
    lost: defaultdict[str, list[str]] = defaultdict(list)
    single: defaultdict[str, list[str]] = defaultdict(list)
    first: defaultdict[str, list[tuple[str, tuple[str, ...]]]] = defaultdict(list)
    for key, name in sorted(dictionary.spoken(shortest=1)):
        ways = readings(name)
        if len(name) == 1:
            for way in ways:
                single[way[0]].append(key)
            continue
        for way in ways:
            pinyin["".join(way)].append(key)
            near["".join(near_sound(syllable) for syllable in way)].append(key)
            first[way[0][0]].append((key, way))
        if ways:
            letters[initials(ways[0])].append(key)
    for sound in pinyin:
        for left in {sound, *lost_letters(sound)}:
            lost[left].append(sound)
    return _Sounds(
        pinyin=_fixed(pinyin),
        initials=_fixed(letters),
        near=_fixed(near),
        lost=_fixed(lost),
        first={letter: tuple(found) for letter, found in first.items()},
        single=_fixed(single),
    )


def _fixed(found: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {sound: tuple(dict.fromkeys(keys)) for sound, keys in found.items()}


def name_key(atoms: Iterable[Atom]) -> str:
    """Return the key of a name: its atoms, Latin ones parted by spaces, so 0i-TF and 0i TF are one."""
    parts: list[str] = []
    for atom in atoms:
        if parts and atom.kind != "chinese" and not has_chinese(parts[-1]):
            parts.append(" ")
        parts.append(atom.text)
    return "".join(parts)


def build_dictionary(library: Library) -> Dictionary:
    """Return the dictionary of a library."""
    concepts: dict[str, Concept] = {}
    for id_, page in sorted(library.pages.items()):
        if isinstance(page, TermPage):
            concepts[id_] = _concept_of(page)
    kinds: dict[str, set[str]] = defaultdict(set)
    raw = WORDS_FILE.read_bytes()
    for line in raw.decode("utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        kind, _, words = line.partition("\t")
        names = tuple(fold(word.strip()) for word in words.split(";") if word.strip())
        if kind == "same":
            id_ = f"W-{names[0]}"
            concepts[id_] = Concept(id=id_, label=names[0], label_en="", names=names)
        else:
            for name in names:
                kinds[name].add(kind)
    families = _families(library)
    digest = hashlib.sha256(raw)
    for concept in concepts.values():
        digest.update(f"{concept.id}\0{';'.join(concept.names)}\n".encode())
    for name, found in sorted(families.items()):
        digest.update(f"{name}\0{','.join(sorted(found))}\n".encode())
    return Dictionary(concepts=concepts, kinds=dict(kinds), families=families, digest=digest.hexdigest())


def _concept_of(page: TermPage) -> Concept:
    texts = [
        page.preferred.zh,
        page.preferred.en,
        page.abbreviation or "",
        *page.alt,
        *page.hidden,
        *page.deprecated,
    ]
    names = dict.fromkeys(fold(text).strip() for text in texts)
    return Concept(
        id=page.id,
        label=page.preferred.zh,
        label_en=page.preferred.en,
        names=tuple(name for name in names if len(name) >= 2),
    )


def _families(library: Library) -> dict[str, frozenset[str]]:
    """Return alarm families by the names of makers: their labels, their controllers, and their term pages."""
    found: dict[str, set[str]] = defaultdict(set)
    brands: dict[str, set[str]] = defaultdict(set)
    lists = library.vocabularies.lists
    for code, entry in lists.get("alarm_families", {}).items():
        if code in {"other", "servo-other"}:
            continue
        for part in (*entry.zh.split(), *entry.en.split()):
            if fold(part) not in {
                "驱动",
                "drives",
                "servo",
                "series",
                "mr",
                "系列伺服",
                "611d",
                "and",
                "scales",
            }:
                found[fold(part)].add(code)
    for entry in lists.get("controllers", {}).values():
        family = "".join(entry.texts("alarm_family"))
        if not family or family == "other":
            continue
        brands[fold("".join(entry.texts("brand")))].add(family)
        for series in entry.texts("series"):
            if len(series) > 3 or not series.isdigit():
                found[fold(series)].add(family)
    together = {"siemens": {"sinamics", "simodrive"}, "mitsubishi": {"servo-mr"}}
    for names in (*found.values(), *brands.values()):
        for family, more in together.items():
            if family in names:
                names |= more
    for page in library.pages.values():
        if isinstance(page, TermPage) and (families := brands.get(fold(page.preferred.en))):
            for name in _concept_of(page).names:
                found[name] |= families
    for brand, families in brands.items():
        found[brand] |= families
    return {name: frozenset(families) for name, families in found.items() if name not in ORDINARY}
