"""Before somebody writes a page: which pages may say it already? Code, control and component before text.

One rule for the draft from the field, the editor and any program; what it weighs is `kb.search.similarity`, as for
similar cases.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from kb.content import Library, Page
from kb.content.pages import CasePage
from kb.i18n import Language
from kb.search import Filters, Reason, SearchIndex
from kb.search.similarity import ALARM, CONTROLLER, SUBSYSTEM, Features, alike, features_of
from kb.search.tokens import atoms_of, fold, tokens_of
from kb.usecases.search import sentences

KINDS = ("case", "guide", "alarm")
"""Page types that may say the same."""
LONGEST_TEXT = 2000
MOST_TEXTS = 20
LOOKED_AT = 30
"""Hits of the search by text that are compared closely."""
ALIKE_TEXT = 0.55
"""Share of the words of the shorter text that the longer has, from which words alone make a warning."""
ALIKE_BESIDE = 0.25
"""The same where the place on the machine agrees, too."""
SAME_PLACE = SUBSYSTEM + CONTROLLER
"""A component in common, or a subsystem and the control."""
SURE_TEXT = 0.85
FEWEST_WORDS = 6
"""Tokens that a text counts as having at least: three pairs of characters, such as 伺服报警, stand on a hundred pages."""
SHORTEST_NAME = 3
"""Letters and digits of a series' name, from which it is recognised in a free text: `0i` is, `ONE` is a word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sketch:
    """What somebody is about to write.

    Args:
        title: Its title; may be empty.
        symptom: What is seen.
        alarms: Alarms as typed, each with or without its family.
        components: Codes of subsystems, each alone or with its item: `SPI`, `SPI/motor`.
        models: Codes of controls or machine classes, or free text such as `VMC850 FANUC 0i-MF`.
        page_id: Id of the page itself where it is there already; it is no duplicate of itself.
    """

    title: str = ""
    symptom: str = ""
    alarms: tuple[str, ...] = ()
    components: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    page_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A page that may say it already.

    Args:
        page: The page.
        weight: What it shares in codes; 0 where only words agree.
        text: Share of the words that agree, 0 to 1.
        sure: Whether it is the same case as far as codes and words can tell.
        why: What it shares, the strongest first.
    """

    page: Page
    weight: float
    text: float
    sure: bool
    why: tuple[Reason, ...]

    def json(self, language: Language) -> dict[str, object]:
        """Return it as an object of JSON."""
        return {
            "id": self.page.id,
            "type": self.page.type,
            "title": self.page.title_en if language == "en" else self.page.title,
            "sure": self.sure,
            "weight": round(self.weight, 2),
            "text": round(self.text, 2),
            "why": list(sentences(self.why, language)),
        }


def possible_duplicates(
    index: SearchIndex,
    *,
    title: str = "",
    symptom: str = "",
    alarms: Sequence[str] = (),
    components: Sequence[str] = (),
    models: Sequence[str] = (),
    page_id: str = "",
    size: int = 5,
) -> tuple[Duplicate, ...]:
    """Return the pages that may say already what is about to be written, the likeliest first.

    Pages that share an alarm come first, among them those that share control and component; then those whose words
    agree. Withdrawn pages are left out. Texts longer than `LONGEST_TEXT` are cut, lists after `MOST_TEXTS`.

    Args:
        index: The open index.
        title: As `Sketch.title`; the further arguments likewise.
        symptom: What is seen.
        alarms: Alarms as typed.
        components: Codes of subsystems, with or without items.
        models: Controls, machine classes or free text.
        page_id: The page itself.
        size: Pages to return at most.
    """
    sketch = Sketch(
        title=title[:LONGEST_TEXT],
        symptom=symptom[:LONGEST_TEXT],
        alarms=_cut(alarms),
        components=_cut(components),
        models=_cut(models),
        page_id=page_id,
    )
    library = index.library
    controllers = controllers_in(library, sketch.models)
    coded = _pages_with_codes(index, sketch, controllers)
    features = [
        Features(
            subsystem=component.partition("/")[0],
            item=component.partition("/")[2],
            controllers=controllers,
        )
        for component in sketch.components or ("",)
    ]
    words = _words(f"{sketch.title}\n{sketch.symptom}")
    title_words = _words(sketch.title)
    found = []
    for id_ in dict.fromkeys([*coded, *_pages_with_words(index, sketch)]):
        page = library.pages[id_]
        # An alarm page is about its own code: where a code is asked for, those of other codes say something else.
        if id_ != sketch.page_id and (not coded or id_ in coded or page.type != "alarm"):
            found.append(_compared(page, coded.get(id_, ""), features, words, title_words))
    warned = [one for one in found if one is not None]
    warned.sort(key=lambda one: (not one.sure, -one.weight, -one.text, one.page.id))
    return tuple(warned[:size])


def _compared(
    page: Page, code: str, features: Sequence[Features], words: frozenset[str], title_words: frozenset[str]
) -> Duplicate | None:
    """Return a page as a possible duplicate; None where it shares too little."""
    own = features_of(page)
    shared = max((alike(one, own) for one in features), key=lambda one: one.weight)
    seen = page.symptom if isinstance(page, CasePage) else page.summary
    text = max(
        _agreement(words, _words(f"{page.title}\n{seen}")), _agreement(title_words, _words(page.title))
    )
    weight = shared.weight + (ALARM if code else 0.0)
    needed = 0.0 if code else ALIKE_BESIDE if shared.weight >= SAME_PLACE else ALIKE_TEXT
    if text < needed or not (code or text):
        return None
    why = [Reason("code {code}: this page is about it", {"code": code})] if code else []
    why += [Reason(message, {}) for message in shared.reasons]
    if text >= ALIKE_BESIDE:
        why.append(Reason("similar words", {}))
    named = any(one.controllers or one.subsystem for one in features)
    agrees = bool(shared.reasons) or not named
    sure = page.type == "case" and ((bool(code) and agrees) or text >= SURE_TEXT)
    return Duplicate(page=page, weight=weight, text=text, sure=sure, why=tuple(why))


def _pages_with_codes(index: SearchIndex, sketch: Sketch, controllers: frozenset[str]) -> dict[str, str]:
    """Return the pages that are about a code of the sketch, each with the code as typed.

    A code in a free text counts too; where controls are known, codes of other families are left out.
    """
    entries = index.library.vocabularies.lists.get("controllers", {})
    families = {"".join(entries[code].texts("alarm_family")) for code in controllers} - {"", "other"}
    found: dict[str, str] = {}
    for text in (*sketch.alarms, f"{sketch.title} {sketch.symptom}"):
        for code in index.search(text, size=1, facets=False).understood.codes:
            if code.state not in {"exact", "other_prefix"}:
                continue
            for entry in code.entries:
                page = index.library.pages.get(entry.page_id)
                if page is None or entry.role == "fact" or not _counts(page):
                    continue
                if not families or not entry.family or entry.family in families:
                    found.setdefault(entry.page_id, code.shown)
    return found


def _pages_with_words(index: SearchIndex, sketch: Sketch) -> list[str]:
    chosen = Filters(chosen={"type": frozenset(KINDS)})
    texts = [text for text in (sketch.title, sketch.symptom.partition("\n")[0][:200]) if text.strip()]
    return [
        hit.page.id
        for text in texts
        for hit in index.search(text, filters=chosen, size=LOOKED_AT, facets=False).hits
    ]


def controllers_in(library: Library, texts: Iterable[str]) -> frozenset[str]:
    """Return the codes of the controls that texts name: by code, by name, or by the name of a series."""
    entries = library.vocabularies.lists.get("controllers", {})
    found: set[str] = set()
    for text in texts:
        if text in entries:
            found.add(text)
            continue
        there = _plain(text)
        # The longest name that fits wins, so that `840D sl` is not taken for an 840D.
        names = [
            (len(plain), code)
            for code, entry in entries.items()
            for plain in map(_plain, (entry.zh, entry.en, *entry.texts("series")))
            if len(plain) >= SHORTEST_NAME and plain in there
        ]
        longest = max((length for length, _ in names), default=0)
        found.update(code for length, code in names if length == longest)
    return frozenset(found)


def _plain(text: str) -> str:
    return "".join(sign for sign in fold(text) if sign.isalnum())


def _counts(page: Page) -> bool:
    return page.type in KINDS and page.status.value != "withdrawn"


def _words(text: str) -> frozenset[str]:
    return frozenset(tokens_of(atoms_of(fold(text)), characters=False))


def _agreement(one: frozenset[str], two: frozenset[str]) -> float:
    """Return the share of the shorter text's words that the longer has; a few words alone agree with too much."""
    if one == two and one:
        return 1.0
    least = min(len(one), len(two))
    return len(one & two) / max(least, FEWEST_WORDS) if least else 0.0


def _cut(texts: Sequence[str]) -> tuple[str, ...]:
    return tuple(text.strip()[:LONGEST_TEXT] for text in texts[:MOST_TEXTS] if text.strip())


def draft_sketch(texts: Mapping[str, str]) -> Sketch:
    """Return what a draft from the field is about to say; its fields are free text."""
    alarm, symptom = texts.get("alarm", ""), texts.get("symptom", "")
    return Sketch(
        title=symptom.strip().partition("\n")[0][:120] or alarm.strip().partition("\n")[0][:120],
        symptom=symptom,
        alarms=tuple(line for line in alarm.splitlines() if line.strip()),
        models=(texts["machine"],) if texts.get("machine") else (),
    )


def duplicates_of(index: SearchIndex, sketch: Sketch, *, size: int = 5) -> tuple[Duplicate, ...]:
    """Return the pages that may say already what a sketch says; see `possible_duplicates`."""
    return possible_duplicates(
        index,
        title=sketch.title,
        symptom=sketch.symptom,
        alarms=sketch.alarms,
        components=sketch.components,
        models=sketch.models,
        page_id=sketch.page_id,
        size=size,
    )
