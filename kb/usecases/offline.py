"""The library's search for a site that must answer without a server."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from kb.content import Library
from kb.i18n import LANGUAGES, Language, translator
from kb.search.index import FACETS, facet_values
from kb.search.offline import REASONS, offline_pack
from kb.site import is_shown, page_address
from kb.site.draft_page import DRAFT_TEXTS, SPOKEN_TEXTS
from kb.site.offline import OfflineSearch
from kb.site.offline_page import PAGE_TEXTS
from kb.usecases.search import FIT_NAMES, value_label

FACET_TITLES: Mapping[str, str] = {
    "type": "Kind",
    "brand": "Brand",
    "controller": "Control",
    "family": "Alarm family",
    "subsystem": "Subsystem",
    "failure_mode": "Failure mode",
    "confidence": "Confidence",
    "level": "Inspection level",
    "machine": "Machine class",
}
VIEW_TEXTS = (
    "{count} pages for {query}",
    "{count} pages",
    "The library has no page about {codes}.",
    "The nearest numbers are:",
    "What follows answers the other words.",
    "No page holds all of this. The nearest are:",
    "Did you mean",
    "{code} stands in several families:",
    "Narrow down",
    "Nothing found",
    "Try the alarm number alone, fewer words, or another word for the part. "
    "What nobody has written down yet is worth a case.",
    "Show more",
    "Term",
    "Danger",
    "Warning",
    "Caution",
    "Notice",
    "Pack of {date}",
    "today",
    "{days} days old",
    "offline",
    "opened from a folder",
    "Install",
    "A newer pack is here: reload",
    "{left} files to come",
    "search and all pages are on this device",
    "the search is on this device",
    "Keep all pages too ({size} MB)",
    "This device has no room for the newer pack; it keeps the one it has.",
    "The pack could not be kept on this device: {reason}",
    "The newer pack did not come whole ({reason}); the one on this device stays as it is.",
    "only the search is on this device; pages open when the network is back",
    "Machine in hand",
    "Machine class",
    "Control",
    "any",
    "Leave it out",
    "Pages are ordered and labelled by how they stand to it; none is hidden.",
)
"""Message ids that the scripts of the search page say."""


def offline_search(library: Library, *, built: datetime | None = None) -> OfflineSearch:
    """Return the search over the pages of `library` that stand on the site.

    Args:
        library: All pages; drafts and withdrawn ones are left out, as on the site.
        built: When the site is built.

    Raises:
        BadContent: The library is too large for a pack.
    """
    pages = {id_: page for id_, page in library.pages.items() if is_shown(page)}
    shown = replace(library, pages=pages, bodies={id_: library.bodies[id_] for id_ in pages})
    pack = offline_pack(
        shown,
        addresses={id_: page_address(page) for id_, page in pages.items()},
        texts={language: _texts(shown, language) for language in LANGUAGES},
    )
    say = translator("zh_CN")
    return OfflineSearch(
        version=pack.version,
        parts=pack.parts,
        files=pack.files,
        pages=pack.pages,
        texts={message: say(message) for message in (*PAGE_TEXTS, *DRAFT_TEXTS)},
        built=built,
    )


def _texts(library: Library, language: Language) -> dict[str, object]:
    """Return what the search page says in a language."""
    say = translator(language)
    values: dict[str, set[str]] = {facet: set() for facet in FACETS}
    for page in library.pages.values():
        for facet, found in facet_values(page, library).items():
            values[facet].update(found)
    texts = {message: say(message) for message in (*PAGE_TEXTS, *VIEW_TEXTS, *DRAFT_TEXTS, *SPOKEN_TEXTS)}
    texts["English"] = "English" if language != "en" else "中文"
    return {
        "ui": texts,
        "reasons": {name: say(message) for name, message in REASONS.items()},
        "facets": {
            facet: {value: value_label(library, facet, value, language) for value in sorted(found)}
            for facet, found in values.items()
        },
        "facet_titles": {facet: say(title) for facet, title in FACET_TITLES.items()},
        "fits": {fit.value: say(name) for fit, name in FIT_NAMES.items()},
        "machines": _labels(library, "equipment_classes", language),
        "controllers": _labels(library, "controllers", language),
    }


def _labels(library: Library, vocabulary: str, language: Language) -> dict[str, str]:
    """Return what the entries of a vocabulary are called."""
    entries = library.vocabularies.lists.get(vocabulary, {})
    return {code: library.vocabularies.label(vocabulary, code, language) for code in sorted(entries)}
