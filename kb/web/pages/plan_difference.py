"""Differences between plans as a list shows them: names looked up, days in words."""

from collections.abc import Iterable
from dataclasses import dataclass

from kb.usecases.plan_replan_json import Names, site_name, technician_name
from kb.usecases.plan_versions import Difference, Differs, Place
from kb.usecases.plan_words import Words
from kb.web.pages.plan_rows import visit_href

KINDS = {
    Differs.NEW: "new visit",
    Differs.GONE: "visit is gone",
    Differs.MOVED: "other day",
    Differs.TECHNICIAN: "other technician",
    Differs.HOURS: "other hours",
    Differs.WORK: "other work",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DifferenceRow:
    """A visit before and after; `href` is empty where it is gone."""

    key: str
    kind: str
    kind_code: str
    site: str
    href: str
    before: str
    after: str
    hit: bool


def difference_rows(
    names: Names, found: Iterable[Difference], words: Words, *, hit: Iterable[str] = ()
) -> list[DifferenceRow]:
    """Return the rows of differences, in their order.

    Args:
        names: The register.
        found: The differences.
        words: The reader's language.
        hit: Keys of visits that a disturbance hit.
    """
    known = set(hit)
    return [
        DifferenceRow(
            key=one.key,
            kind=words.say(KINDS[one.kind]),
            kind_code=one.kind.value,
            site=site_name(names, one.site_id),
            href=visit_href(one.key) if one.after else "",
            before=place_text(names, one.before, words),
            after=place_text(names, one.after, words),
            hit=one.key in known,
        )
        for one in found
    ]


def place_text(names: Names, place: Place | None, words: Words) -> str:
    """Return where a visit stands, in a line."""
    if place is None:
        return "—"
    who = technician_name(names, place.technician_id) or words.say("No technician")
    return " ".join(part for part in (words.day(place.day), place.hours, who) if part)
