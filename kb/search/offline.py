"""The library's search as files for a browser without a server: same tokens, same understanding, same ranking.

Pure and deterministic: the same library gives the same bytes. Every file is a script that hands its data over
(`servicebookPack(name, data)`), as a page opened from a folder may load nothing else; its name carries the digest
of its content, so that files of two packs are never taken for each other. The scripts that read the pack are
plain modules of the site's theme (`kb/site/theme/assets/offline`).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from kb.content import Library
from kb.content.pages import Page
from kb.search.catalogue import tie_order
from kb.search.code_table import code_table
from kb.search.dictionary import build_dictionary
from kb.search.documents import SCHEMA, fields_of
from kb.search.index import FACETS, facet_values
from kb.search.offline_numbers import packed, packed_steps
from kb.search.offline_patterns import code_rules, ranking_rules, reading_rules, tolerance_rules
from kb.search.offline_postings import packed_postings
from kb.search.offline_scope import scope_part
from kb.search.offline_words import codes_part, lettered_part, simplified_pairs, sounds_part, words_part
from kb.search.ranking import CONFIDENCE
from kb.search.why import (
    BROWSE_MESSAGE,
    CODE_MESSAGES,
    MISSING_MESSAGE,
    NEAREST_CODE_MESSAGE,
    PAGE_MESSAGE,
    PART_MESSAGE,
    TEXT_MESSAGE,
    WAY_MESSAGES,
)

FORMAT = 1
"""Raise it when the scripts of the theme read the pack otherwise."""
TYPES = ("case", "guide", "alarm", "checklist", "term", "course")
TEXTS_IN_FILE = 24
SHOWN_FIELDS = ("symptom", "meaning", "summary", "causes", "items", "body")
"""Fields that a passage is taken from, the preferred first."""
BODIES = 800_000
"""Characters of bodies in a pack, shared out evenly: whole bodies in a library of hundreds, their beginnings (160
characters) in one of thousands. It bounds what passages show; what is searched is always the whole body."""
FIELD_END, RECORD_END = "\x7f", "\x80"
"""Signs that stand in no text and need no escape in a script."""
HAZARDS = ("danger", "warning", "caution", "notice")

REASONS: Mapping[str, str] = {
    **WAY_MESSAGES,
    **{f"code_{tier}": message for tier, message in CODE_MESSAGES.items()},
    "page": PAGE_MESSAGE,
    "text": TEXT_MESSAGE,
    "part": PART_MESSAGE,
    "missing": MISSING_MESSAGE,
    "nearest_code": NEAREST_CODE_MESSAGE,
    "browse": BROWSE_MESSAGE,
}
"""Message ids of why a page was found, by the name that the scripts use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflinePack:
    """A library's search as files.

    Args:
        version: Digest of everything in it.
        parts: Name of the file of each part; every file stands in one folder.
        files: Content by file name.
        pages: How many pages it finds.
    """

    version: str
    parts: Mapping[str, str]
    files: Mapping[str, bytes]
    pages: int


def offline_pack(
    library: Library, *, addresses: Mapping[str, str], texts: Mapping[str, object]
) -> OfflinePack:
    """Return the search over the pages of `library`.

    Args:
        library: Exactly the pages that are to be found.
        addresses: Where each page stands, relative to the site's root, by id.
        texts: Names and sentences that the search page shows, by language, as JSON.

    Raises:
        BadContent: The library is too large for a pack.
    """
    ids = sorted(library.pages, key=lambda id_: tie_order(library.pages[id_]))
    numbers = {id_: number for number, id_ in enumerate(ids)}
    dictionary, codes = build_dictionary(library), code_table(library)
    fields = [fields_of(library.pages[id_], library.bodies.get(id_, ""), library) for id_ in ids]
    postings = packed_postings(fields, dictionary, codes)
    parts: dict[str, object] = {f"p{number}": shard for number, shard in enumerate(postings.shards)}
    longest_body = BODIES // max(len(ids), 1)
    for first in range(0, len(ids), TEXTS_IN_FILE):
        records = [
            _record(library.pages[ids[number]], addresses[ids[number]], fields[number], longest_body)
            for number in range(first, min(first + TEXTS_IN_FILE, len(ids)))
        ]
        parts[f"t{first // TEXTS_IN_FILE}"] = RECORD_END.join(records)
    parts["sounds"] = sounds_part(library, dictionary, [text for texts in fields for text in texts.values()])
    parts["lettered"] = lettered_part(library)
    parts["scope"] = scope_part(library, ids)
    parts["core"] = {
        "about": {"format": FORMAT, "schema": SCHEMA, "pages": len(ids)},
        "rules": {
            **ranking_rules(TYPES),
            "codes": code_rules(),
            "reading": reading_rules(),
            "tolerance": tolerance_rules(),
            "texts_in_file": TEXTS_IN_FILE,
        },
        "simplified": simplified_pairs(),
        "ids": "\n".join(ids),
        "types": packed(TYPES.index(library.pages[id_].type) for id_ in ids),
        "confidences": packed(list(CONFIDENCE).index(library.pages[id_].confidence) for id_ in ids),
        "facets": _facets(library, ids),
        "numbers": postings.numbers,
        "words": words_part(dictionary),
        "codes": codes_part(codes, numbers),
    }
    parts["texts"] = texts
    return _written(parts, len(ids))


def _record(page: Page, address: str, fields: Mapping[str, str], longest_body: int) -> str:
    """Return what is shown of a page: titles, address, hazard, and the texts that a passage is taken from."""
    hazards = {hazard.type for hazard in page.hazards} if not isinstance(page.hazards, str) else set()
    shown = [page.title, page.title_en, address, next((kind for kind in HAZARDS if kind in hazards), "")]
    for name in SHOWN_FIELDS:
        text = fields.get(name, "")
        shown.append(text[:longest_body] if name == "body" else text)
    clean = str.maketrans({FIELD_END: " ", RECORD_END: " "})
    return FIELD_END.join(text.translate(clean) for text in shown).rstrip(FIELD_END)


def _facets(library: Library, ids: list[str]) -> dict[str, dict[str, str]]:
    members: dict[str, dict[str, list[int]]] = {facet: {} for facet in FACETS}
    for number, id_ in enumerate(ids):
        for facet, values in facet_values(library.pages[id_], library).items():
            for value in values:
                members[facet].setdefault(value, []).append(number)
    return {
        facet: {value: packed_steps(numbers) for value, numbers in sorted(values.items())}
        for facet, values in members.items()
    }


def _written(parts: Mapping[str, object], pages: int) -> OfflinePack:
    names: dict[str, str] = {}
    files: dict[str, bytes] = {}
    whole = hashlib.sha256(f"{FORMAT}\n".encode())
    for name, data in parts.items():
        literal = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        raw = f'servicebookPack("{name}",{literal});\n'.encode()
        digest = hashlib.sha256(raw).hexdigest()
        names[name] = f"{name}.{digest[:12]}.js"
        files[names[name]] = raw
        whole.update(f"{name}\0{digest}\n".encode())
    return OfflinePack(version=whole.hexdigest()[:16], parts=names, files=files, pages=pages)
