"""The words, sounds and codes of a library as the offline pack carries them."""

from collections.abc import Iterator, Mapping, Sequence

from kb.content import Library
from kb.search.code_table import CodeEntry, CodeTable
from kb.search.dictionary import DEFINE, HOWTO, OTHER, STOP, TASK, WEAK, Dictionary
from kb.search.offline_patterns import least_text_words
from kb.search.overlay import spoken_texts
from kb.search.pinyin import _character, readings, syllables_known
from kb.search.tokens import _simplified, has_chinese
from kb.search.tolerance import SHORTEST_LATIN, latin_words, lettered_phrases

KINDS = {STOP: 1, WEAK: 2, HOWTO: 4, TASK: 8, DEFINE: 16, OTHER: 32}
"""Bits of what a word is beside its meaning."""
ROLES = ("alarm", "case", "fact")


def words_part(dictionary: Dictionary) -> dict[str, str]:
    """Return concepts and names, a line each, fields parted by tabs; names in the order in which JavaScript compares."""
    numbers = {id_: number for number, id_ in enumerate(dictionary.concepts)}
    concepts = [
        "\t".join(map(_flat, (concept.id, concept.label, concept.label_en, *concept.names)))
        for concept in dictionary.concepts.values()
    ]
    names = []
    for key, name in sorted(dictionary._keys.items(), key=lambda item: utf16(item[0])):
        kinds = sum(bit for kind, bit in KINDS.items() if dictionary.is_kind(key, kind))
        meanings = ",".join(str(numbers[concept.id]) for concept in dictionary.meanings(key))
        families = ",".join(sorted(dictionary.families(key)))
        fields = (key, "" if name == key else name, str(kinds or ""), meanings, families)
        names.append("\t".join(map(_flat, fields)).rstrip("\t"))
    return {"concepts": "\n".join(concepts), "names": "\n".join(names)}


def simplified_pairs() -> dict[str, str]:
    """Return Traditional characters, their Simplified ones in the same order, and the pairs that go beyond the BMP."""
    pairs = sorted(_simplified().items())
    plain = [pair for pair in pairs if max(pair) <= "\uffff"]
    return {
        "from": "".join(one for one, _ in plain),
        "to": "".join(two for _, two in plain),
        "beyond": "".join(one + two for one, two in pairs if max(one, two) > "\uffff"),
    }


def sounds_part(library: Library, dictionary: Dictionary, texts: Sequence[str]) -> dict[str, str]:
    """Return what is needed to hear and to forgive: readings of characters and names, words for spelling.

    Args:
        library: The pages.
        dictionary: Their words.
        texts: Texts whose characters must have a reading, beside those of GB 2312.
    """
    groups: dict[tuple[str, ...], list[str]] = {}
    for character in sorted({*_everyday_characters(), *(sign for text in texts for sign in text)}):
        if has_chinese(character) and (ways := _character(character)):
            groups.setdefault(ways, []).append(character)
    names = [
        "\t".join((key, *(" ".join(way) for way in readings(name))))
        for key, name in sorted(dictionary.spoken(shortest=1))
    ]
    titles = [page.title_en for _, page in sorted(library.pages.items())]
    single = {word for word in dictionary.words if word.isascii() and word.isalpha()}
    latin = sorted({word for word in {*latin_words(titles), *single} if len(word) >= SHORTEST_LATIN})
    return {
        "syllables": " ".join(sorted(syllables_known())),
        "characters": "\n".join(
            f"{' '.join(ways)}\t{''.join(found)}" for ways, found in sorted(groups.items())
        ),
        "names": "\n".join(names),
        "latin": "\n".join(latin),
        "long_names": "\n".join(sorted(name for _, name in dictionary.spoken() if len(name) >= 3)),
    }


def _everyday_characters() -> Iterator[str]:
    """Yield the characters of GB 2312."""
    for high in range(0xB0, 0xF8):
        yield from b"".join(bytes((high, low)) for low in range(0xA1, 0xFF)).decode("gb2312", errors="ignore")


def lettered_part(library: Library) -> str:
    """Return phrases in which initials are looked for, each with its initials."""
    texts = spoken_texts([page for _, page in sorted(library.pages.items())])
    return "\n".join(f"{_flat(phrase)}\t{letters}" for phrase, letters in lettered_phrases(texts))


def codes_part(codes: CodeTable, numbers: Mapping[str, int]) -> dict[str, object]:
    """Return the table of codes, pages as document numbers.

    Args:
        codes: The library's codes.
        numbers: Document number by page id.
    """

    def row(entry: CodeEntry) -> list[object]:
        return [numbers[entry.page_id], entry.family, ROLES.index(entry.role), int(entry.main)]

    return {
        "keys": [[key, *map(row, entries)] for key, entries in codes._by_key.items()],
        "ranges": [[span.prefix, span.low, span.last, row(entry)] for span, entry in codes._ranges],
        "texts": [[text, *map(row, entries)] for text, entries in codes._texts.items()],
        # A page's own id needs no row: the browser has the list of ids.
        "ids": [
            [name, *(numbers[id_] for id_ in ids)]
            for name, ids in codes._ids.items()
            if [id_.upper() for id_ in ids] != [name]
        ],
        "order": list(codes._order),
        "least_text_words": least_text_words(),
    }


def utf16(text: str) -> bytes:
    """Return what orders texts as JavaScript orders them."""
    return text.encode("utf-16-be", "surrogatepass")


def _flat(text: str) -> str:
    """Return a text without the signs that part lines and fields."""
    return " ".join(text.split()) if "\t" in text or "\n" in text else text
