"""What the library knows of an imported case: its alarms, control, machine, component, and pages that tell the same.

Codes are read as the search reads them, so that what is proposed here is found there.
"""

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from kb.content import Library
from kb.content.pages import CasePage
from kb.errors import Fault
from kb.search import SearchIndex
from kb.usecases.page_import_cases import Candidate, noted

CHUNK = 180
"""Characters of a text that are read at once; the search takes queries of at most 200."""
MOST_CHUNKS = 30
MOST_SIMILAR = 5
SHORTEST_NAME = 3
_CUES = ("报警", "alarm", "故障码", "代码", "错误")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recognised:
    """What is proposed for a page.

    Args:
        alarms: Family and code, as the library writes it.
        controllers: Codes of control families.
        machines: Codes of equipment classes.
        subsystem: Code of the component; empty where nothing tells.
        similar: Pages that may tell the same already: id, title, and why.
        notes: What could not be decided.
    """

    alarms: tuple[tuple[str, str], ...] = ()
    controllers: tuple[str, ...] = ()
    machines: tuple[str, ...] = ()
    subsystem: str = ""
    similar: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[Fault, ...] = field(default=())


def recognised(index: SearchIndex, candidate: Candidate) -> Recognised:
    """Return what the library makes of a case from outside."""
    library = index.library
    notes: list[Fault] = []
    alarms: dict[tuple[str, str], None] = {}
    pages: dict[str, str] = {}
    for chunk, is_code in _chunks(candidate):
        understood = index.search(chunk, size=1, facets=False).understood
        for code in understood.codes:
            has_letters = any(sign.isalpha() for sign in code.shown)
            said = chunk[max(code.start - 8, 0) : code.start].casefold()
            if not (is_code or has_letters or any(cue in said for cue in _CUES)):
                continue
            if code.state == "unknown" or not code.entries:
                if is_code or has_letters:
                    message = "the library has no page about {code}"
                    notes.append(noted(candidate.place, message, code=code.shown))
                continue
            if len(code.families) > 1:
                message = "{code} stands in the families {families}"
                families = ", ".join(code.families)
                notes.append(
                    noted(candidate.place, message, "choose one", code=code.shown, families=families)
                )
                continue
            shown = code.shown
            for entry in code.entries:
                if entry.role in ("alarm", "case"):
                    pages.setdefault(entry.page_id, f"{code.shown}")
                if entry.role == "alarm" and entry.main:
                    shown = getattr(library.pages[entry.page_id], "code", shown)
            if code.families:
                alarms[code.families[0], shown] = None
    text = "\n".join((candidate.title, candidate.machine, *candidate.sections.values()))
    controllers = _controllers(library, text, {family for family, _ in alarms})
    return Recognised(
        alarms=tuple(alarms),
        controllers=controllers,
        machines=_machines(library, text),
        subsystem=_subsystem(library, pages, text),
        similar=_similar(library, candidate, pages),
        notes=tuple(dict.fromkeys(notes)),
    )


def _chunks(candidate: Candidate) -> Iterator[tuple[str, bool]]:
    """Give pieces of text short enough to be read, and whether one is what the file itself calls the alarm."""
    if candidate.alarm:
        yield candidate.alarm[:CHUNK], True
    count = 0
    for text in (candidate.title, *candidate.sections.values()):
        for line in text.split("\n"):
            if "](figures/" in line:
                continue
            for start in range(0, len(line), CHUNK):
                if count >= MOST_CHUNKS:
                    return
                piece = line[start : start + CHUNK]
                if any("0" <= sign <= "9" for sign in piece):
                    count += 1
                    yield piece, False


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _controllers(library: Library, text: str, families: set[str]) -> tuple[str, ...]:
    """Return the control families whose series or name the text names; brand names alone say too little."""
    said = _folded(text)
    found = []
    for code, entry in library.vocabularies.lists["controllers"].items():
        names = [entry.zh, entry.en, *entry.texts("series")]
        own = entry.texts("alarm_family")
        brand = entry.texts("brand")
        nearby = any(_folded(one) in said for one in brand) or bool(families & set(own))
        for name in map(_folded, names):
            if (
                len(name) >= SHORTEST_NAME
                and _stands_in(name, said)
                and (nearby or len(name) > SHORTEST_NAME + 1)
            ):
                found.append(code)
                break
    if not found:
        for code, entry in library.vocabularies.lists["controllers"].items():
            short = _folded(entry.en.split()[-1])
            brand = entry.texts("brand")
            if any(_folded(one) in said for one in brand) and len(short) >= 2 and _stands_in(short, said):
                found.append(code)
    return tuple(found)


def _stands_in(name: str, text: str) -> bool:
    """Whether a name stands in a text by itself: `840d` is no part of `1840d`."""
    start = text.find(name)
    while start >= 0:
        before, after = text[start - 1 : start], text[start + len(name) : start + len(name) + 1]
        if not (before.isascii() and before.isalnum()) and not (after.isascii() and after.isalnum()):
            return True
        start = text.find(name, start + 1)
    return False


def _machines(library: Library, text: str) -> tuple[str, ...]:
    said = _folded(text)
    return tuple(
        code
        for code, entry in library.vocabularies.lists["equipment_classes"].items()
        if _folded(entry.zh) in said or _folded(entry.en) in said
    )


def _subsystem(library: Library, pages: Mapping[str, str], text: str) -> str:
    for id_ in pages:
        component = library.pages[id_].component
        if component is not None:
            return component.subsystem
    words = {
        "SPI": "主轴",
        "AXS": "伺服",
        "ATC": "换刀",
        "LUB": "润滑",
        "HYD": "液压",
        "COO": "冷却",
        "MEA": "数显",
    }
    counts = {code: text.count(word) for code, word in words.items()}
    best = max(counts, key=lambda code: counts[code])
    return best if counts[best] else ""


def _similar(
    library: Library, candidate: Candidate, pages: Mapping[str, str]
) -> tuple[tuple[str, str, str], ...]:
    title = "".join(_folded(candidate.title).split())
    found: dict[str, str] = {}
    for page in library.pages.values():
        if "".join(_folded(page.title).split()) == title:
            found[page.id] = "the same title"
    for id_, shown in pages.items():
        if isinstance(library.pages[id_], CasePage):
            found.setdefault(id_, f"shows {shown}")
    return tuple((id_, library.pages[id_].title, why) for id_, why in found.items())[:MOST_SIMILAR]
