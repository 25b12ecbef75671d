"""Which pages lead to a page: the cases that use a guide, the cases that show an alarm, whoever names it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from kb.content.pages import AlarmPage, AlarmShown, CasePage, Page

_SIDES = re.compile(r"[()（）;；]| / ")


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlinks:
    """Pages that lead to other pages, all by id, in the order of their ids.

    Args:
        cases_with_remedy: Cases whose remedy is the guide.
        cases_with_alarm: Cases that show the alarm.
        alarms_of_case: Alarm pages of the alarms that a case shows.
        named_by: Pages that name the page as related.
        by_spelling: Alarm pages by family and spelling of the code.
    """

    cases_with_remedy: Mapping[str, tuple[str, ...]]
    cases_with_alarm: Mapping[str, tuple[str, ...]]
    alarms_of_case: Mapping[str, tuple[str, ...]]
    named_by: Mapping[str, tuple[str, ...]]
    by_spelling: Mapping[tuple[str, str], tuple[str, ...]]


def backlinks(pages: Mapping[str, Page]) -> Backlinks:
    """Return all ways back between `pages`."""
    remedy: dict[str, dict[str, None]] = {}
    alarm: dict[str, dict[str, None]] = {}
    of_case: dict[str, dict[str, None]] = {}
    named: dict[str, dict[str, None]] = {}
    by_spelling = _alarms_by_spelling(pages)
    for id_, page in sorted(pages.items()):
        for target in page.related:
            named.setdefault(target, {})[id_] = None
        if not isinstance(page, CasePage):
            continue
        for solution in page.solutions:
            if solution.remedy.guide:
                remedy.setdefault(solution.remedy.guide, {})[id_] = None
        for shown in page.alarms:
            for found in alarms_shown(shown, by_spelling):
                alarm.setdefault(found, {})[id_] = None
                of_case.setdefault(id_, {})[found] = None
    return Backlinks(
        cases_with_remedy=_frozen(remedy),
        cases_with_alarm=_frozen(alarm),
        alarms_of_case=_frozen(of_case),
        named_by=_frozen(named),
        by_spelling=by_spelling,
    )


def alarms_shown(shown: AlarmShown, by_spelling: Mapping[tuple[str, str], tuple[str, ...]]) -> list[str]:
    """Return the ids of the alarm pages that `shown` can mean within its family."""
    found: dict[str, None] = {}
    for spelling in _spellings(shown.code):
        found.update(dict.fromkeys(by_spelling.get((shown.family, spelling), ())))
    return list(found)


def _alarms_by_spelling(pages: Mapping[str, Page]) -> dict[tuple[str, str], tuple[str, ...]]:
    found: dict[tuple[str, str], dict[str, None]] = {}
    for id_, page in sorted(pages.items()):
        if isinstance(page, AlarmPage):
            for text in (page.code, page.number or "", *page.aliases):
                for spelling in _spellings(text):
                    found.setdefault((page.family, spelling), {})[id_] = None
    return {key: tuple(ids) for key, ids in found.items()}


def _spellings(code: str) -> list[str]:
    """Return how a code may be written: whole, and each side of `207900 (F07900)` or `991 / n.991`."""
    parts = [" ".join(part.casefold().split()) for part in (code, *_SIDES.split(code))]
    return [part for part in dict.fromkeys(parts) if part]


def _frozen(ids: Mapping[str, Mapping[str, None]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(values) for key, values in ids.items()}
