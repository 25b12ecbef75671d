"""A page becomes a document: its fields, how much each weighs, and its tokens with their BM25F weights.

Source:
    Robertson, Zaragoza, Taylor 2004, simple BM25 extension to multiple weighted fields: term frequencies are
    weighted and length-normalised by field, then added, then saturated once.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kb.content import Library, Page
from kb.content.pages import AlarmPage, CasePage, ChecklistPage, CoursePage, GuidePage, TermPage
from kb.search.code_table import CodeTable, mentioned_keys
from kb.search.dictionary import Dictionary
from kb.search.pinyin import pairs, sounds
from kb.search.tokens import TOKENS_VERSION, atoms_of, fold, tokens_of

DOCUMENTS_VERSION = 7
"""Raise it when fields or weights change; it is part of the index's name."""
SCHEMA = f"{DOCUMENTS_VERSION}.{TOKENS_VERSION}"
CODE = "#"
"""First character of the token of a code that stands in a page's running text."""


@dataclass(frozen=True, slots=True)
class FieldWeight:
    """How a field counts.

    Args:
        boost: Weight of one occurrence.
        b: How strongly a long field is held against it, 0 to 1.
        sound: Whether it is also found by pinyin.
        short: Whether its single characters are tokens, too; in long texts nearly every page has them all.
    """

    boost: float
    b: float
    sound: bool = False
    short: bool = False


FIELDS: Mapping[str, FieldWeight] = {
    "title": FieldWeight(4.0, 0.3, sound=True, short=True),
    "title_en": FieldWeight(3.0, 0.3, short=True),
    "keywords": FieldWeight(2.6, 0.3, sound=True, short=True),
    "symptom": FieldWeight(2.4, 0.4, sound=True, short=True),
    "summary": FieldWeight(1.8, 0.4, sound=True, short=True),
    "meaning": FieldWeight(2.4, 0.4, short=True),
    "causes": FieldWeight(1.2, 0.6),
    "labels": FieldWeight(0.8, 0.2),
    "items": FieldWeight(1.0, 0.7),
    "body": FieldWeight(0.9, 0.75),
    "minor": FieldWeight(0.3, 0.75),
}

TOLD_BESIDE = ("keywords", "symptom", "meaning", "causes", "items")
ALONE = 2.0
"""How much more a body counts where nothing but a title and a summary stands beside it, as in a page that was brought in: the
saturation that suits weighty fields is slow for a body alone (nDCG@10 on manual pages .865 at 1, .876 at 2)."""


def fields_of(page: Page, body: str, library: Library) -> dict[str, str]:
    """Return the text of every field of a page; parts are parted by line ends, so no pair spans two of them."""
    fields: dict[str, list[str]] = {
        "title": [page.title],
        "title_en": [page.title_en],
        "keywords": list(page.keywords),
        "summary": [page.summary],
        "body": [body],
        "labels": _labels(page, library),
        "minor": [],
    }
    if not isinstance(page.hazards, str):
        fields["minor"] += [text for hazard in page.hazards for text in (hazard.hazard, hazard.avoid)]
    if isinstance(page, CasePage):
        context = page.context
        fields["symptom"] = [page.symptom, *(alarm.shown or "" for alarm in page.alarms)]
        fields["causes"] = [context.when or "", context.changed or "", page.containment or ""]
        for solution in page.solutions:
            fields["causes"] += [solution.cause.text, solution.check, solution.remedy.text]
            fields["minor"] += [part.name for part in solution.parts]
        fields["minor"] += [page.verification or "", page.prevention or ""]
    elif isinstance(page, AlarmPage):
        fields["meaning"] = [page.text.zh, page.text.en]
        fields["causes"] = [page.explanation, page.reaction or "", page.continuation or "", *page.remedy]
    elif isinstance(page, GuidePage):
        fields["minor"] += [
            *page.tools,
            *page.supplies,
            *page.prerequisites,
            *(part.name for part in page.parts),
        ]
    elif isinstance(page, ChecklistPage):
        fields["items"] = [
            text for item in page.items for text in (item.text, item.text_en or "", item.criterion or "")
        ]
    elif isinstance(page, TermPage):
        fields["keywords"] += [*page.alt, page.abbreviation or ""]
        fields["summary"] = [page.definition]
    elif isinstance(page, CoursePage):
        fields["items"] = [*page.objectives, *(entry.slide for entry in page.outline)]
    return {name: "\n".join(part for part in parts if part) for name, parts in fields.items()}


def _labels(page: Page, library: Library) -> list[str]:
    """Return the names, in both languages, of the codes that a page carries."""
    lists = library.vocabularies.lists
    codes: list[tuple[str, str]] = []
    for group in page.applies_to:
        codes += [("controllers", code) for code in group.controller]
        codes += [("equipment_classes", code) for code in group.machine]
    if page.component:
        codes.append(("subsystems", page.component.subsystem))
    if isinstance(page, CasePage):
        codes.append(("failure_modes", page.failure_mode))
        codes += [("alarm_families", alarm.family) for alarm in page.alarms]
    elif isinstance(page, AlarmPage):
        codes.append(("alarm_families", page.family))
    elif isinstance(page, ChecklistPage):
        codes.append(("levels", page.level.value))
    labels = []
    for name, code in dict.fromkeys(codes):
        entry = lists.get(name, {}).get(code)
        if entry is not None:
            labels += [entry.zh, entry.en]
    return labels


def boost_of(name: str, fields: Mapping[str, str]) -> float:
    """Return the weight of one occurrence in a field of a document, its length left out."""
    alone = name == "body" and not any(fields.get(other) for other in TOLD_BESIDE)
    return FIELDS[name].boost * (ALONE if alone else 1.0)


def mean_lengths(fields: Iterable[Mapping[str, str]]) -> dict[str, float]:
    """Return the mean length in characters of every field over the pages that have it."""
    sums: dict[str, int] = {}
    counts: dict[str, int] = {}
    for texts in fields:
        for name, text in texts.items():
            if text:
                sums[name] = sums.get(name, 0) + len(text)
                counts[name] = counts.get(name, 0) + 1
    return {name: sums[name] / counts[name] for name in sums}


def weights_of(
    fields: Mapping[str, str], means: Mapping[str, float], dictionary: Dictionary, codes: CodeTable
) -> dict[str, float]:
    """Return the BM25F weight of every token of a document, before saturation.

    Args:
        fields: Text by field.
        means: Mean length of each field.
        dictionary: Names whose concepts become tokens.
        codes: Codes that become tokens where they stand in running text.
    """
    weights: dict[str, float] = {}
    for name, text in fields.items():
        if not text:
            continue
        field = FIELDS[name]
        one = boost_of(name, fields) / (1 - field.b + field.b * len(text) / means[name])
        atoms = atoms_of(fold(text))
        for token in tokens_of(atoms, characters=field.short):
            weights[token] = weights.get(token, 0.0) + one
        seen: set[tuple[str, int]] = set()
        for found in dictionary.found_in(atoms):
            for concept in dictionary.meanings(found.name):
                if (concept.token, found.first) not in seen:
                    seen.add((concept.token, found.first))
                    weights[concept.token] = weights.get(concept.token, 0.0) + one
        for key in mentioned_keys(text, codes):
            weights[CODE + key] = weights.get(CODE + key, 0.0) + one
        if field.sound:
            for syllables in sounds(text):
                for token in pairs(syllables):
                    weights[token] = weights.get(token, 0.0) + one
    return weights
