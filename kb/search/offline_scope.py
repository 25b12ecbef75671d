"""How pages stand to a machine in hand, as the offline pack carries it: for whom each is written, and how this counts."""

import json
from collections.abc import Sequence

from kb.content import Library, Page
from kb.content.pages import Confidence
from kb.search.offline_numbers import packed
from kb.search.posting_index import SCOPE_STEP
from kb.search.scope import FACTORS, NO_FAMILY, RELATIVES, STEPS, _families


def scope_part(library: Library, ids: Sequence[str]) -> dict[str, object]:
    """Return what tells how pages stand to a machine.

    Pages share few ways of being written for machines; each way stands once, and a page has the number of its own.

    Args:
        library: The pages.
        ids: Their ids, in the order of the document numbers.
    """
    controllers = library.vocabularies.lists.get("controllers", {})
    ways: dict[str, int] = {}
    of = [ways.setdefault(_way(library.pages[id_]), len(ways)) for id_ in ids]
    return {
        "ways": [json.loads(way) for way in ways],
        "of": packed(of),
        "controllers": {
            code: ["".join(entry.texts("alarm_family")), "".join(entry.texts("brand"))]
            for code, entry in sorted(controllers.items())
        },
        "machines": sorted(library.vocabularies.lists.get("equipment_classes", {})),
        "relatives": {family: sorted(others) for family, others in sorted(RELATIVES.items())},
        "no_family": sorted(NO_FAMILY),
        "steps": {fit.value: step for fit, step in STEPS.items()},
        "factors": {fit.value: factor for fit, factor in FACTORS.items()},
        "scope_step": SCOPE_STEP,
    }


def _way(page: Page) -> str:
    """Return for whom a page is written, as a text that is the same for pages alike."""
    groups = [
        [sorted(group.machine), sorted(group.controller)]
        # A drive or software on the page contradicts no machine of which only class and control are known.
        for group in page.applies_to
    ]
    proven = page.confidence is Confidence.VALIDATED
    return json.dumps([groups, sorted(_families(page)), int(proven)], separators=(",", ":"))
