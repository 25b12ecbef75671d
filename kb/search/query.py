"""What a query means: its codes, its words with all that may stand for them, and what it asks for.

A query falls into *units*, each of which a page should answer. A unit has *ways*: the word itself, its
synonyms, the word that sounds like it, a likely spelling. A page answers a unit by its best way; a way by
tolerance counts less, and the reason that is shown names it.
"""

from dataclasses import dataclass
from typing import Literal

from kb.search.code_table import AskedCode, CodeEntry

WayKind = Literal["word", "synonym", "pinyin", "initials", "spelling"]
Intent = Literal["find", "name", "task", "howto", "define"]
LONGEST_QUERY = 200


@dataclass(frozen=True, slots=True)
class Way:
    """One way to answer a unit.

    Args:
        tokens: Index tokens; a page has the way in so far as it has them.
        factor: How much it counts, 0 to 1.
        kind: How it came about.
        shown: The word it stands for.
    """

    tokens: tuple[str, ...]
    factor: float
    kind: WayKind
    shown: str


@dataclass(frozen=True, slots=True)
class Unit:
    """A piece of the query that a page should answer.

    Args:
        text: As typed.
        weight: How much it says, 0 to 1.
        ways: How it may be answered; at least one.
        surfaces: Folded texts that are marked in a page.
        start: Place of its first character in the query.
        end: Place after its last.
        novel: Share of it that no page has and that stands for nothing known, 0 to 1.
        other: Whether the query is about it and it belongs to another trade, unless a page is about it.
    """

    text: str
    weight: float
    ways: tuple[Way, ...]
    surfaces: tuple[str, ...]
    start: int
    end: int
    novel: float = 0.0
    other: bool = False


@dataclass(frozen=True, slots=True)
class TermHeard:
    """A term of the trade in the query: what was typed, what it was taken for, and the term page if there is one."""

    typed: str
    label: str
    label_en: str
    kind: WayKind
    page_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Understood:
    """What a query was taken for.

    Args:
        query: As typed, cut to `LONGEST_QUERY` characters.
        codes: Alarm codes.
        alarm_texts: Pages whose message text the query is (True) or is a part of (False).
        page_ids: Pages named by their id or by a fact.
        units: What else a page should answer.
        written: Tokens of the query as it is written, pairs that span two units among them.
        terms: Terms of the trade that were heard.
        negligible: Words that were left out.
        families: Alarm families that the query names.
        intent: Whether it asks for a procedure or a definition, or is a name of the trade and nothing else.
        suggestion: The query with likely spellings; empty where none is needed.
    """

    query: str
    codes: tuple[AskedCode, ...] = ()
    alarm_texts: tuple[tuple[CodeEntry, bool], ...] = ()
    page_ids: tuple[str, ...] = ()
    units: tuple[Unit, ...] = ()
    written: tuple[str, ...] = ()
    terms: tuple[TermHeard, ...] = ()
    negligible: tuple[str, ...] = ()
    families: frozenset[str] = frozenset()
    intent: Intent = "find"
    suggestion: str = ""
