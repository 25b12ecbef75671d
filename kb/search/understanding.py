"""What does a query mean? Its codes first, then the words around them."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise

from kb.search.code_table import AskedCode, CodeTable
from kb.search.codes import written_codes
from kb.search.dictionary import DEFINE, HOWTO, STOP, TASK, WEAK, Dictionary, name_key
from kb.search.query import LONGEST_QUERY, Intent, Understood, Unit
from kb.search.reading import Reader, Segment
from kb.search.tokens import Atom, atoms_of, fold
from kb.search.tolerance import Tolerance

DEGREES = frozenset("太很挺")


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
    query = " ".join(query[:LONGEST_QUERY].split())
    folded = fold(query)
    if not folded.strip():
        return Understood(query=query)  # Signs alone: something was asked, and nothing answers it.
    reader = Reader(query, folded, dictionary, tolerance, count)
    atoms = _without_degree(atoms_of(folded))
    segments = reader.segments(atoms)
    families = frozenset(family for segment in segments for family in dictionary.families(segment.key))
    asked = _codes_of(query, folded, segments, families, dictionary, codes)
    taken = [(code.start, code.end) for code in asked]
    rest = [atom for atom in atoms if not any(start <= atom.start < end for start, end in taken)]
    reading = reader.read(reader.segments(rest), alone=not asked)
    texts = tuple(codes.texts_in(query))
    bridges = _bridges(rest, reading.units)
    kinds = reading.kinds
    intent: Intent = "find"
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
        bridges=bridges,
        terms=tuple({(term.typed, term.label): term for term in reading.terms}.values()),
        negligible=tuple(reading.negligible),
        families=families,
        intent=intent,
        suggestion=_suggestion(query, reading.replaced),
    )


def _without_degree(atoms: Sequence[Atom]) -> list[Atom]:
    """Return the atoms without words of degree: 油温太高 is searched as 油温高."""
    kept: list[Atom] = []
    bridged = False
    for atom in atoms:
        if atom.text in DEGREES:
            bridged = bridged or atom.glued
            continue
        kept.append(
            replace(atom, glued=atom.glued and (bool(kept) and (kept[-1].end == atom.start or bridged)))
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


def _is_product(prefix: str, number: str, dictionary: Dictionary) -> bool:
    """Whether letters and number together are a name of the dictionary, such as SV660."""
    return bool(prefix) and name_key(atoms_of(fold(prefix + number))) in dictionary and prefix not in {"AL"}


def _bridges(atoms: Sequence[Atom], units: Sequence[Unit]) -> tuple[str, ...]:
    inside = {token for unit in units for token in unit.ways[0].tokens}
    found = []
    for one, two in pairwise(atoms):
        if two.glued and one.kind == two.kind == "chinese" and one.text + two.text not in inside:
            found.append(one.text + two.text)
    return tuple(dict.fromkeys(found))


def _suggestion(text: str, replaced: Sequence[tuple[int, int, str]]) -> str:
    if not replaced:
        return ""
    parts, last = [], 0
    for start, end, word in sorted(replaced):
        if start < last:
            continue
        parts += [text[last:start], word]
        last = end
    return "".join([*parts, text[last:]])
