"""Which pages are about which code? Front matter only, so it is rebuilt in memory with each library."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from operator import attrgetter
from typing import Literal, TypeVar

from kb.content import Library, Page
from kb.content.pages import AlarmPage, CasePage
from kb.search.codes import (
    BITS,
    CERTAIN_PREFIXES,
    DISPLAY_LETTERS,
    FANUC_PREFIXES,
    MOST_DISPLAY_DIGITS,
    SHOWING,
    CodeRange,
    WrittenCode,
    alarm_text,
    code_keys,
    code_range,
    head_of,
    plain_number,
    written_codes,
)
from kb.search.tokens import fold

Role = Literal["alarm", "case", "fact"]
MISSING = frozenset({"other_family", "unknown"})
"""States of a code that no page is about, as far as the query names a family."""
State = Literal["exact", "other_prefix", "range", "other_family", "unknown"]
_Entry = TypeVar("_Entry")
LEAST_TEXT_WORDS = 3
"""A text alarm is recognised inside a longer query from so many words on."""
TEXT_FAMILIES = frozenset({"linuxcnc", "heidenhain", "dro", "gsk", "hnc", "servo-other", "other"})


@dataclass(frozen=True, slots=True)
class CodeEntry:
    """A page and how it stands to a code.

    Args:
        page_id: The page.
        family: Code of vocabularies/alarm_families.yaml; empty where the page does not say.
        role: `alarm`: the page explains the code; `case`: the case shows it; `fact`: the page rests on it.
        main: Whether it is the page's own code, not one of its aliases.
    """

    page_id: str
    family: str
    role: Role
    main: bool


@dataclass(frozen=True, slots=True)
class AskedCode:
    """A code in a query and what the library has for it.

    Args:
        shown: As it was typed.
        key: The key it was understood as.
        state: `exact`; `other_prefix`: the family has the number under other letters; `range`: a page explains
            the run of numbers it lies in; `other_family`: only families that the query does not name have it;
            `unknown`: no page has it.
        entries: The pages, families and roles; empty where unknown.
        keys: Every key that it may be, after the families that the query names have been heard.
        families: Families that have it, those first whose screens show the very number, then in the order of the
            vocabulary; more than one means ambiguous.
        axis: The axis typed behind it; it plays no part in the search.
        start: Place of its first character in the query.
        end: Place after its last, the axis included.
        direct: Pages about an alarm that shows the very number: Err-4 and PS0004 are alarm 4, SP9004 only shortened.
    """

    shown: str
    key: str
    state: State
    entries: tuple[CodeEntry, ...]
    keys: tuple[str, ...]
    families: tuple[str, ...]
    axis: str
    start: int
    end: int
    direct: frozenset[str] = frozenset()


class CodeTable:
    """All codes of a library.

    Args:
        by_key: Pages by code key.
        by_number: Keys by bare number.
        ranges: Ranges and the page of each.
        texts: Pages by alarm text with numbers replaced.
        ids: Page ids by upper-case id or fact.
        order: Rank of each alarm family.
    """

    def __init__(
        self,
        *,
        by_key: dict[str, list[CodeEntry]],
        ranges: list[tuple[CodeRange, CodeEntry]],
        texts: dict[str, list[CodeEntry]],
        ids: dict[str, list[str]],
        order: dict[str, int],
    ) -> None:
        self._by_key = by_key
        self._by_number: dict[str, list[str]] = defaultdict(list)
        for key in by_key:
            last = key.rsplit(".", 1)[-1]
            if last.isdigit():
                self._by_number[last].append(key)
                if key.startswith("SP.9") and len(last) == 4:
                    self._by_number[plain_number(last[1:])].append(key)
        self._ranges = ranges
        self._texts = texts
        self._ids = ids
        self._order = order
        self.words = frozenset(key for key in by_key if key.isalpha())

    def __contains__(self, key: str) -> bool:
        return key in self._by_key

    def changed(self, gone: Set[str], fresh: "CodeTable") -> "CodeTable":
        """Return the table without the pages `gone`, and with the codes of `fresh`."""
        by_key = _merged(self._by_key, fresh._by_key, gone, _page_of)
        for key in fresh._by_key:
            by_key[key].sort(key=lambda entry: entry.page_id)
        return CodeTable(
            by_key=by_key,
            ranges=[*(known for known in self._ranges if known[1].page_id not in gone), *fresh._ranges],
            texts=_merged(self._texts, fresh._texts, gone, _page_of),
            ids=_merged(self._ids, fresh._ids, gone, str),
            order=self._order,
        )

    def pages_by_id(self, text: str) -> list[str]:
        """Return the pages with the id, resting on the fact, or about the range of numbers, that `text` is."""
        span = code_range(text)
        about = [entry.page_id for known, entry in self._ranges if known == span and entry.role == "alarm"]
        return self._ids.get(fold(text).strip().upper(), []) or about

    def texts_in(self, query: str) -> list[tuple[CodeEntry, bool]]:
        """Return the pages whose alarm text the query is or holds, and whether it is the whole of it."""
        asked = alarm_text(query)
        if len(asked) < 4:
            return []
        found: dict[str, tuple[CodeEntry, bool]] = {}
        for text, entries in self._texts.items():
            whole = text == asked
            part = f" {text} " in f" {asked} " and text.count(" ") + 1 >= LEAST_TEXT_WORDS
            inside = f" {asked} " in f" {text} " and asked.count(" ") + 1 >= LEAST_TEXT_WORDS
            if whole or part or inside:
                for entry in entries:
                    known = found.get(entry.page_id)
                    found[entry.page_id] = (entry, whole or part or (known is not None and known[1]))
        return list(found.values())

    def resolve(
        self, code: WrittenCode, *, families: frozenset[str], alone: bool, shown: str
    ) -> AskedCode | None:
        """Return what the library has for a written code, or None where it is no code at all.

        Args:
            code: What was written.
            families: Families that other words of the query name; empty means any.
            alone: Whether the query holds nothing else that informs.
            shown: The code as it was typed.
        """
        if code.measure:
            return None

        def asked(key: str, state: State, keys: Sequence[str], more: Iterable[CodeEntry] = ()) -> AskedCode:
            every = [*(e for one in keys for e in self._by_key[one]), *more]
            entries = self._in_families(every, families)
            alarms = alarms_of(entries)
            if state in {"exact", "range"} and families and alarms and families.isdisjoint(alarms):
                state = "other_family"
            pages = {entry.page_id for entry in entries}
            kept = tuple(one for one in keys if any(entry.page_id in pages for entry in self._by_key[one]))
            direct = self._direct(code.number) & pages
            shows = {entry.family for entry in entries if entry.page_id in direct}
            names = sorted(alarms_of(entries), key=lambda name: (name not in shows, self._rank(name)))
            end = code.axis_end if code.axis else code.end
            return AskedCode(
                shown, key, state, tuple(entries), kept, tuple(names), code.axis, code.start, end, direct
            )

        value = int(code.number or 0)
        within = [e for span, e in self._ranges if code.digits >= 3 and span.holds(code.prefix, value)]
        # A run of numbers of the family named comes before the very number of another.
        own = [entry for entry in within if entry.family in families]
        bare = not code.prefix or (code.spaced and code.prefix not in CERTAIN_PREFIXES)
        exact = [key for key in code.keys if key in self._by_key]
        if exact and not (bare and not code.prefix):
            keys = exact if code.prefix == "AL" else exact[:1]
            # S01 is the class of S01 0052: a page about the class is no page about the alarm.
            wider = bool(code.keys) and code.keys[0].startswith(f"{exact[0]}.")
            return asked(code.keys[0], "range", exact[:1]) if wider else asked(exact[0], "exact", keys)
        sure = code.cued or alone or bool(families) or code.digits >= 3
        if bare and sure:
            keys = list(dict.fromkeys([*exact, *self._numbered(code, families)]))
            found = asked(code.number, "exact", keys) if keys else None
            if found is not None and not (found.state == "other_family" and own):
                return found
        if sure and within:
            return asked(code.keys[0], "range", (), within)
        if code.prefix in DISPLAY_LETTERS and code.digits <= MOST_DISPLAY_DIGITS:
            shown_so = [
                key for key in self._by_number.get(code.number, []) if head_of(key) in DISPLAY_LETTERS
            ]
            if shown_so:
                return asked(code.keys[0], "other_prefix", shown_so)
        if code.prefix in CERTAIN_PREFIXES:
            others = [
                key
                for key in self._by_number.get(code.number, [])
                if key.split(".")[0] in {*FANUC_PREFIXES, key}
                and any(entry.family in {"fanuc", ""} for entry in self._by_key[key])
            ]
            if others:
                return asked(code.keys[0], "other_prefix", others)
        certain = code.prefix in CERTAIN_PREFIXES or (
            len(code.keys) > 1 and code.prefix in {"F", "A", "N", "S"}
        )
        if certain or (not code.prefix and (code.cued or alone) and code.digits >= 2):
            return asked(code.keys[0], "unknown", ())
        return None

    def _numbered(self, code: WrittenCode, families: frozenset[str]) -> list[str]:
        """Return the keys that a bare number may mean; short numbers only where a word says alarm or a family."""
        keys = []
        for key in self._by_number.get(code.number, []):
            prefix = head_of(key)
            if prefix in BITS and not families:
                continue  # Bit 4 of a word is no alarm 4.
            padded = prefix in FANUC_PREFIXES or not prefix
            if not padded and "." in prefix and code.digits < 4 and not families:
                continue  # `52` is not `S01 0052` unless it is typed as 0052 or the maker is named.
            if prefix == "SP" and plain_number(key.rsplit(".", 1)[1]) != code.number and not code.cued:
                continue  # A spindle amplifier's own two digits need a word that says alarm.
            if code.digits < 3 and not (code.cued or (families and code.digits == 2)):
                continue
            keys.append(key)
        return keys

    def _direct(self, number: str) -> frozenset[str]:
        """Return the pages whose own alarm shows the very number, whatever letters stand before it."""
        return frozenset(
            entry.page_id
            for key in self._by_number.get(number, [])
            if (head_of(key) in SHOWING or not head_of(key)) and key.rpartition(".")[2] == number
            for entry in self._by_key[key]
            if entry.role == "alarm" and entry.main
        )

    def _in_families(self, entries: list[CodeEntry], families: frozenset[str]) -> list[CodeEntry]:
        inside = [entry for entry in entries if entry.family in families]
        kept = inside or entries
        unique: dict[str, CodeEntry] = {}
        for entry in kept:
            known = unique.get(entry.page_id)
            if known is None or (entry.role, not entry.main) < (known.role, not known.main):
                unique[entry.page_id] = entry
        return sorted(unique.values(), key=lambda e: (self._rank(e.family), not e.main, e.page_id))

    def _rank(self, family: str) -> int:
        return self._order.get(family, len(self._order))

    def nearest(self, code: AskedCode, most: int, families: frozenset[str]) -> list[str]:
        """Return keys with the same letters and the nearest numbers; a bare number may have any letters of its family.

        Args:
            code: A code that no page has.
            most: How many keys are returned at most.
            families: Families that the query names; empty means any.
        """
        prefix, _, last = code.key.rpartition(".")
        same = []
        for key in self._by_key if last.isdigit() else ():
            head, _, tail = key.rpartition(".")
            if (
                tail.isdigit()
                and (head == prefix or (families and not prefix))
                and any(
                    entry.role == "alarm" and (not families or entry.family in families)
                    for entry in self._by_key[key]
                )
            ):
                same.append((abs(int(tail) - int(last)), int(tail), key))
        return [key for _, _, key in sorted(same)[:most]]

    def entries(self, key: str) -> list[CodeEntry]:
        """Return the pages of a key."""
        return self._by_key.get(key, [])


_page_of = attrgetter("page_id")


def alarms_of(entries: Iterable[CodeEntry]) -> set[str]:
    """Return the families of the pages that explain an alarm."""
    return {entry.family for entry in entries if entry.role == "alarm"}


def _merged(
    old: Mapping[str, list[_Entry]],
    new: Mapping[str, list[_Entry]],
    gone: Set[str],
    page_of: Callable[[_Entry], str],
) -> dict[str, list[_Entry]]:
    """Return both tables as one, without the pages `gone`; lists that stay as they are are shared."""
    kept = dict(old)
    if gone:
        for key, entries in old.items():
            if not gone.isdisjoint(map(page_of, entries)):
                kept[key] = [entry for entry in entries if page_of(entry) not in gone]
    for key, entries in new.items():
        kept[key] = [*kept.get(key, ()), *entries]
    return {key: entries for key, entries in kept.items() if entries}


_ONLY_A_NUMBER = re.compile(r"(?:n|号码?|报警|警报|告警|错误|故障码?|报|alarm|alm|error|err|no|\d|\s)+")
"""A message that is but a number is none: as a text, alarm 4 would be alarm 5."""
_FACT_ID = re.compile(r"^(?:[A-Z]{3}-\d{2}|T\d{3})$")


def code_table(library: Library) -> CodeTable:
    """Return the codes of all pages of `library`."""
    by_key: dict[str, list[CodeEntry]] = defaultdict(list)
    texts: dict[str, list[CodeEntry]] = defaultdict(list)
    ranges: list[tuple[CodeRange, CodeEntry]] = []
    ids: dict[str, list[str]] = defaultdict(list)

    def add_text(text: str, entry: CodeEntry) -> None:
        if entry.family in TEXT_FAMILIES:
            for part in re.split(r"\s/\s", text):
                plain = alarm_text(part)
                if len(plain) >= 4 and not _ONLY_A_NUMBER.fullmatch(plain):
                    texts[plain].append(entry)

    def add(text: str, entry: CodeEntry, *, with_text: bool) -> None:
        span = code_range(text)
        if span is not None:
            if all(known != (span, entry) for known in ranges):
                ranges.append((span, entry))
            return
        for key in code_keys(text):
            if all(known.page_id != entry.page_id for known in by_key[key]):
                by_key[key].append(entry)
        if with_text:
            add_text(text, entry)

    for id_, page in library.pages.items():
        ids[id_.upper()].append(id_)
        family = _families_of(page)
        if isinstance(page, AlarmPage):
            own = CodeEntry(id_, page.family, "alarm", True)
            alias = CodeEntry(id_, page.family, "alarm", False)
            add(page.code, own, with_text=True)
            for text in (*page.aliases, *page.facts):
                if not _FACT_ID.match(text):  # MEA-04 is a fault of ours, and no alarm 4 of anybody.
                    add(text, alias, with_text=True)
            for fine in page.subcodes:
                add(f"{page.code} {fine}" if fine[:1].isdigit() else fine, alias, with_text=False)
            add_text(page.text.en, own)  # A number in a message is no code of its own.
        elif isinstance(page, CasePage):
            for shown in page.alarms:
                entry = CodeEntry(id_, shown.family, "case", True)
                add(shown.code, entry, with_text=True)
        for fact in page.facts:
            if _FACT_ID.match(fact):
                ids[fact].append(id_)
            elif not isinstance(page, AlarmPage):
                role: Role = "case" if isinstance(page, CasePage) else "fact"
                add(fact, CodeEntry(id_, family, role, False), with_text=False)
    order = {name: rank for rank, name in enumerate(library.vocabularies.lists.get("alarm_families", {}))}
    return CodeTable(by_key=dict(by_key), ranges=ranges, texts=dict(texts), ids=dict(ids), order=order)


def _families_of(page: Page) -> str:
    """Return the alarm family of the first alarm that a case shows; the facts of a page do not name theirs."""
    if isinstance(page, CasePage) and page.alarms:
        return page.alarms[0].family
    return ""


def mentioned_keys(text: str, table: CodeTable) -> list[str]:
    """Return the keys of known codes that stand in a page's running text; bare short numbers do not count."""
    keys = []
    for code in written_codes(text):
        if code.measure:
            continue
        key = next((key for key in code.keys if key in table), None)
        if key is not None and (code.prefix or code.cued or code.digits >= 5):
            keys.append(key)
    return keys
