"""What a search is and what comes back; every engine keeps to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

from kb.content import Library, Page
from kb.content.pages import (
    AlarmPage,
    CasePage,
    ChecklistPage,
)
from kb.search.query import Understood
from kb.search.scope import Fit, Scope

FACETS = (
    "type",
    "brand",
    "controller",
    "family",
    "subsystem",
    "failure_mode",
    "confidence",
    "level",
    "machine",
)
"""Names of the facets, in the order in which they are shown."""
Match = Literal["code", "related_code", "text", "nearest", "all"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One page that was found.

    Args:
        page: The page.
        score: Higher is better; comparable within one result only.
        match: `code`: it is about the code asked for; `related_code`: it shows, or is near to, that code; `text`;
            `nearest`: it does not hold all that was asked, and nothing else does; `all`: nothing was asked.
        why: One sentence for each reason, the strongest first, as message id and values (see `kb.search.why`).
        fit: How it stands to the machine in hand; None where none was given.
    """

    page: Page
    score: float
    match: Match
    why: tuple["Reason", ...]
    fit: Fit | None = None


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a page was found: a message id with `{places}` and what to fill in."""

    message: str
    values: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What a search brought.

    Args:
        hits: The hits of the page asked for, best first.
        total: How many pages were found.
        understood: What the query was taken for.
        facets: Counts by value by facet, over all that was found without that facet's own filter.
        nearest: Whether nothing holds all that was asked, so that the hits are only the nearest.
        unknown_codes: Codes in the query that no page has.
        suggestion: Another spelling of the query; empty where there is none.
    """

    hits: tuple[Hit, ...]
    total: int
    understood: Understood
    facets: Mapping[str, Mapping[str, int]]
    nearest: bool
    unknown_codes: tuple[str, ...]
    suggestion: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What the pages must be.

    Args:
        chosen: Allowed values by facet; a facet that is not there allows all.
        withdrawn: Whether withdrawn pages are found, too.
    """

    chosen: Mapping[str, frozenset[str]] = field(default_factory=dict)
    withdrawn: bool = False


NO_FILTERS = Filters()
NO_REUSE: Mapping[str, float] = {}


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a text, marked where it matched."""

    text: str
    marked: bool


class SearchIndex(Protocol):
    """An open index over one state of the library; safe to use from several threads."""

    @property
    def library(self) -> Library:
        """The library it was built from."""

    def search(
        self,
        query: str,
        *,
        filters: Filters = NO_FILTERS,
        first: int = 0,
        size: int = 20,
        facets: bool = True,
        scope: Scope | None = None,
        reuse: Mapping[str, float] = NO_REUSE,
    ) -> Result:
        """Return the pages for `query`; an empty query finds all that the filters allow.

        The same query on the same library gives the same order.

        Args:
            query: As typed.
            filters: What the pages must be.
            first: How many hits to leave out.
            size: How many hits to return at most.
            facets: Whether to count facets.
            scope: The machine in hand: hits tell how they stand to it, and those for it come first. None is hidden.
            reuse: How proven pages are by jobs that used them, 0 to 1 by id: it orders what answers alike.
        """

    def similar(self, page_id: str, *, size: int = 5) -> tuple[Hit, ...]:
        """Return the pages most like a page: shared alarms, machine and component before text.

        Raises:
            NotFound: The library has no such page.
        """

    def marked(self, text: str, understood: Understood) -> tuple[Piece, ...]:
        """Return `text` in pieces, those marked that answer the query."""

    def excerpt(self, page_id: str, understood: Understood, *, length: int = 120) -> tuple[Piece, ...]:
        """Return the passage of a page that answers the query best, marked."""


def facet_values(page: Page, library: Library) -> dict[str, tuple[str, ...]]:
    """Return the values of every facet of a page."""
    controllers = tuple(dict.fromkeys(code for group in page.applies_to for code in group.controller))
    machines = tuple(dict.fromkeys(code for group in page.applies_to for code in group.machine))
    entries = library.vocabularies.lists.get("controllers", {})
    families: tuple[str, ...] = ()
    brands = [entries[code].texts("brand")[0] for code in controllers if code in entries]
    if isinstance(page, AlarmPage):
        families = (page.family,)
    elif isinstance(page, CasePage):
        families = tuple(dict.fromkeys(alarm.family for alarm in page.alarms))
    if not brands:
        of_family = {
            entry.texts("alarm_family"): entry.texts("brand")[0] for entry in reversed(list(entries.values()))
        }
        brands = [
            of_family[(name,)] for name in families if (name,) in of_family and name not in {"other", "dro"}
        ]
    return {
        "type": (page.type,),
        "brand": tuple(dict.fromkeys(brands)),
        "controller": controllers,
        "family": families,
        "subsystem": (page.component.subsystem,) if page.component else (),
        "failure_mode": (page.failure_mode,) if isinstance(page, CasePage) else (),
        "confidence": (page.confidence.value,),
        "level": (page.level.value,) if isinstance(page, ChecklistPage) else (),
        "machine": machines,
    }
