"""Alarms of a machine counted by code, each with the library's pages about it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, tzinfo

from kb.content import Library
from kb.content.pages import AlarmPage, CasePage
from kb.search.codes import code_keys
from kb.store.inspections import AlarmRow

PAGES_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One time that an alarm was told of."""

    kind: str
    number: str
    text: str
    day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class AlarmCount:
    """An alarm since the last inspection, and between that and the one before.

    Args:
        code: As it was shown last.
        before: How often it came between the two last inspections; None where there is nothing to compare with.
        pages: Pages of the library about it, those for the machine's control.
    """

    code: str
    times: tuple[Shown, ...]
    before: int | None
    pages: tuple[str, ...]

    @property
    def count(self) -> int:
        """How often it came since the last inspection."""
        return len(self.times)


def key_of(alarm: str) -> str:
    """Return what an alarm is counted under: its first code, or its text where it has none."""
    keys = code_keys(alarm)
    return keys[0] if keys else " ".join(alarm.casefold().split())


def pages_by_key(library: Library) -> dict[str, tuple[AlarmPage | CasePage, ...]]:
    """Return the pages about each alarm, pages of the alarm itself before cases."""
    found: dict[str, list[AlarmPage | CasePage]] = {}
    ordered = sorted(library.pages.values(), key=lambda one: (one.type != "alarm", one.id))
    for page in ordered:
        if isinstance(page, AlarmPage | CasePage) and page.status != "withdrawn":
            codes = (
                [page.code, *page.aliases] if isinstance(page, AlarmPage) else [a.code for a in page.alarms]
            )
            for key in {key for code in codes for key in code_keys(code)}:
                found.setdefault(key, []).append(page)
    return {key: tuple(pages) for key, pages in found.items()}


def alarm_counts(
    told: Sequence[AlarmRow],
    *,
    since: datetime,
    before_from: datetime | None,
    pages: Mapping[str, Sequence[AlarmPage | CasePage]],
    controller: str,
    zone: tzinfo,
) -> tuple[tuple[AlarmCount, ...], tuple[str, ...]]:
    """Return the alarms since an instant, the most frequent first, and those that came only in the time before.

    Args:
        told: Of one machine, oldest first.
        before_from: Where the time before began; None where there was none.
    """
    times: dict[str, list[AlarmRow]] = {}
    earlier: Counter[str] = Counter()
    shown: dict[str, str] = {}
    for one in told:
        key = key_of(one.alarm)
        shown[key] = one.alarm.strip()
        if one.at > since:
            times.setdefault(key, []).append(one)
        elif before_from is not None and one.at > before_from:
            earlier[key] += 1
    counts = [
        AlarmCount(
            code=shown[key],
            times=tuple(
                Shown(kind=one.kind, number=one.number, text=one.alarm, day=one.at.astimezone(zone).date())
                for one in found
            ),
            before=None if before_from is None else earlier[key],
            pages=tuple(page.id for page in pages.get(key, ()) if _fits(page, controller))[:PAGES_SHOWN],
        )
        for key, found in times.items()
    ]
    vanished = tuple(sorted(shown[key] for key in earlier if key not in times))
    return tuple(sorted(counts, key=lambda one: (-one.count, one.code))), vanished


def _fits(page: AlarmPage | CasePage, controller: str) -> bool:
    controllers = {code for group in page.applies_to for code in group.controller}
    return not controllers or not controller or controller in controllers
