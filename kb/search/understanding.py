"""What does a query mean? Its codes first, then the words around them."""

import re
from collections.abc import Callable, Sequence

from kb.search.code_table import AskedCode, CodeTable
from kb.search.codes import without_letters, written_codes
from kb.search.dictionary import DEFINE, HOWTO, STOP, TASK, WEAK, Dictionary, name_key
from kb.search.query import LONGEST_QUERY, Intent, Understood
from kb.search.reading import Reader
from kb.search.segments import Segment, segments
from kb.search.tokens import Atom, atoms_of, fold, has_chinese, tokens_of
from kb.search.tolerance import Tolerance

DEGREES = frozenset("太很挺")
SHORTEST_MAKER, MOST_LETTERS, SHORTEST_GLUED = 4, 2, 3
"""Letters of a maker's name, and letters and digits of a code, that are told apart where they are written as one."""
_GLUED = re.compile(r"(?<![A-Za-z0-9])(?P<word>[A-Za-z]+)(?P<digits>[0-9]+)")


def understand(
    query: str,
    *,
    dictionary: Dictionary,
    codes: CodeTable,
    tolerance: Tolerance,
    count: Callable[[str], int],
) -> Understood:
    """Return what `query` means.

    Args:
        query: As typed.
        dictionary: The trade's words.
        codes: The library's codes.
        tolerance: Likely words for what was mistyped.
        count: Returns how many pages have a token.
    """
    query = parted(" ".join(query[:LONGEST_QUERY].split()), dictionary)
    folded = fold(query)
    if not folded.strip():
        return Understood(query=query)  # Signs alone: something was asked, and nothing answers it.
    reader = Reader(query, folded, dictionary, tolerance, count)
    atoms = _without_degree(atoms_of(folded))
    found = segments(atoms, dictionary)
    families = frozenset(family for segment in found for family in dictionary.families(segment.key))
    asked = _codes_of(query, folded, found, families, dictionary, codes)
    taken = [(code.start, code.end) for code in asked if not _is_word(code, atoms, count)]
    rest = [atom for atom in atoms if not any(start <= atom.start < end for start, end in taken)]
    reading = reader.read(segments(rest, dictionary), alone=not asked)
    texts = tuple(codes.texts_in(query))
    kinds = reading.kinds
    intent: Intent = "find"
    if not asked and len(reading.units) == 1 and reading.terms:
        intent = "name"
    if DEFINE in kinds:
        intent = "define"
    elif HOWTO in kinds:
        intent = "howto"
    elif TASK in kinds:
        intent = "task"
    return Understood(
        query=query,
        codes=tuple(asked),
        alarm_texts=texts,
        page_ids=tuple(codes.pages_by_id(query)),
        units=tuple(reading.units),
        written=tuple(dict.fromkeys(tokens_of(rest))),
        terms=tuple({(term.typed, term.label): term for term in reading.terms}.values()),
        negligible=tuple(reading.negligible),
        families=families,
        intent=intent,
        suggestion=_suggestion(query, reading.replaced),
    )


def parted(query: str, dictionary: Dictionary) -> str:
    """Return a query with a space between the name of a maker and the code that is glued to it: FANUCSV0401."""
    pieces: list[str] = []
    last = 0
    for match in _GLUED.finditer(query):
        word, digits = match["word"], match["digits"]
        long = len(digits) >= SHORTEST_GLUED
        # The longest name first; what is left of the word are the letters of the code.
        for length in range(len(word), SHORTEST_MAKER - 1, -1):
            rest = word[length:]
            if len(rest) <= MOST_LETTERS and (rest or long) and _makers(word[:length], dictionary):
                pieces += [query[last : match.start() + length], " "]
                last = match.start() + length
                break
    return "".join([*pieces, query[last:]])


def _makers(word: str, dictionary: Dictionary) -> frozenset[str]:
    """Return the families of a maker's name, written just so: FANUCS is none."""
    key = name_key(atoms_of(fold(word)))
    return dictionary.families(key) if dictionary.name(key) == fold(word) else frozenset()


def _without_degree(atoms: Sequence[Atom]) -> list[Atom]:
    """Return the atoms without words of degree: 油温太高 is searched as 油温高."""
    kept: list[Atom] = []
    bridged = False
    for atom in atoms:
        if atom.text in DEGREES:
            bridged = bridged or atom.glued
            continue
        kept.append(
            atom._replace(glued=atom.glued and (bool(kept) and (kept[-1].end == atom.start or bridged)))
        )
        bridged = False
    return kept


def _codes_of(
    text: str,
    folded: str,
    segments: Sequence[Segment],
    families: frozenset[str],
    dictionary: Dictionary,
    codes: CodeTable,
) -> list[AskedCode]:
    written = written_codes(text)
    # A maker's or controller's name with a number in it (0i-TF, M70, SV660) is no code.
    named = [
        (segment.start, segment.end)
        for segment in segments
        if segment.key and len(segment.atoms) > 1 and dictionary.families(segment.key)
    ]
    informing = [
        segment
        for segment in segments
        if not (
            segment.key and (dictionary.is_kind(segment.key, STOP) or dictionary.is_kind(segment.key, WEAK))
        )
        and not any(code.start <= segment.start < code.axis_end for code in written)
        and not dictionary.families(segment.key)
    ]
    found: list[AskedCode] = []
    for code in written:
        if any(start <= code.start and code.end <= end for start, end in named):
            continue
        if code.spaced and _makers(code.prefix, dictionary):
            code = without_letters(code, text)
        if _is_product(code.prefix, code.number, dictionary) and not any(
            key in codes for key in code.keys[:1]
        ):
            continue
        shown = text[code.start : code.end]
        asked = codes.resolve(code, families=families, alone=not informing, shown=shown)
        if asked is not None:
            found.append(asked)
    spans = [(code.start, code.end) for code in found]
    for atom in atoms_of(folded):
        word = folded[atom.start : atom.end].upper()
        if atom.kind == "latin" and word in codes.words and not any(s <= atom.start < e for s, e in spans):
            entries = tuple(codes.entries(word))
            names = tuple(dict.fromkeys(entry.family for entry in entries if entry.role == "alarm"))
            if names:
                found.append(
                    AskedCode(word, word, "exact", entries, (word,), names, "", atom.start, atom.end)
                )
    return found


def _is_word(code: AskedCode, atoms: Sequence[Atom], count: Callable[[str], int]) -> bool:
    """Whether pages have a code that none is about, as any other word: a year, a model, a number in a text."""
    inside = [atom for atom in atoms if code.start <= atom.start < code.end]
    return code.state == "unknown" and count("".join(atom.text for atom in inside)) > 0


def _is_product(prefix: str, number: str, dictionary: Dictionary) -> bool:
    """Whether letters and number together are a name of the dictionary, such as SV660."""
    return bool(prefix) and name_key(atoms_of(fold(prefix + number))) in dictionary and prefix not in {"AL"}


def _suggestion(text: str, replaced: Sequence[tuple[int, int, str]]) -> str:
    """Return the query with what it was taken for; Chinese words that come to stand side by side are one phrase."""
    parts: list[str] = []
    last = 0
    for start, end, word in sorted(replaced):
        if start < last:
            continue
        between = text[last:start]
        joined = parts and not between.strip() and has_chinese(parts[-1][-1:]) and has_chinese(word[:1])
        parts += ["" if joined else between, word]
        last = end
    rest = text[last:]
    if parts and rest[:1] == " " and has_chinese(parts[-1][-1:]) and has_chinese(rest[1:2]):
        rest = rest[1:]
    suggested = "".join([*parts, rest])
    return suggested if suggested != text else ""
